"""A class list, several attempts, lateness, and the gradebook of an LMS."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from attrs import evolve
from helpers import COURSE, GRADED, a_seal, key_answers
from test_folder import CHOICE, contents, put, rows_of, table
from test_inbox import zipped

from kit.course.messages import KitError
from kit.grading import Choices, LateRule, grade_folder, roster
from kit.learner import submission

SHEET = GRADED[0]
DUE = datetime(2026, 2, 1, 9, tzinfo=timezone(timedelta(hours=1)))  # 08:00 UTC
CANVAS_LIST = (
    "Student,ID,SIS User ID,SIS Login ID,Section\n"
    "    Points Possible,,,,\n"
    '"Cruz, Ada",777,s1,B07,7a\n"Berg, Bo",778,s2,B08,7a\n"Student, Test",9,,,\n'
)
MOODLE_LIST = (
    "First name,Last name,ID number,Email address\n"
    "Ada,Cruz,B07,ada@example.org\nBo,Berg,B08,bo@example.org\n"
)


CANVAS_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE_COLUMNS = ["First name", "Last name", "ID number", "Email address"]
WITHOUT_WRITING = {k: v for k, v in key_answers().items() if not k.endswith("/note")}


def grade(box, out, **choices) -> str:
    return grade_folder(COURSE, box, COURSE.keys, out, Choices(**choices))


def a_list(tmp_path, text) -> Path:
    path = tmp_path / "class.csv"
    path.write_text(text, encoding="utf-8")
    return path


def told(out) -> str:
    return "\n".join(
        f"{r['file']}|{r['learner']}|{r['problem']}" for r in table(out, "problems.csv")
    )


# --- The class list ---------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["B07", " B07 ", "b07", "Ada Cruz", "cruz,  ADA", "Cruz Ada"])
def test_a_learner_is_matched_by_code_or_by_name(tmp_path, given):
    pupils = roster.load(a_list(tmp_path, CANVAS_LIST))
    assert pupils.match(given).name == "Cruz, Ada"


@pytest.mark.parametrize("cell", ["B-7", "B–7", "'B-7", '"=""B-7"""', "#B-7", " b-7", "B\u200b-7"])
@pytest.mark.parametrize("given", ["B-7", "b–7", "\u200eB-7"])
def test_signs_that_nobody_typed_tell_no_codes_apart(tmp_path, cell, given):
    pupils = roster.load(a_list(tmp_path, f"\n\ncode,name\n{cell},Ada Cruz\nB-70,Bo Berg\n"))
    assert pupils.match(given).name == "Ada Cruz"


@pytest.mark.parametrize("cell", ["007", "7", "7.0", "'007"])
def test_a_number_is_one_code_however_a_spreadsheet_writes_it(tmp_path, cell):
    pupils = roster.load(a_list(tmp_path, f"code,name\n{cell},Ada Cruz\n70,Bo Berg\n0.7,Cy\n"))
    assert {pupils.match(given).name for given in ("007", "7", "07 ")} == {"Ada Cruz"}


@pytest.mark.parametrize(("text", "given"), [
    ("Login;Vorname;Nachname\nada;Ada;Cruz\n", "ADA"),  # ILIAS
    ("Student Number\tStudent Name\n12\tCruz, Ada\n", "012"),  # PowerSchool
    ("Surname Forename,Reg,UPN\nCruz Ada,7b,A123\n", "a123"),  # SIMS
    ("Élève;Classe\nCRUZ Ada;5B\n", "Ada Cruz"),  # Pronote
    ("*Code:,Name :\nB1,Ada Cruz\n", "B1"),
    ("code,name\nI1,İpek Işık\n", "ipek ışık"),
    ("code,name\n\u0667,Ada Cruz\n", "7"),  # an Arabic 7
])  # fmt: skip
def test_lists_and_names_as_schools_write_them(tmp_path, text, given):
    pupils = roster.load(a_list(tmp_path, text))
    assert pupils.match(given) is pupils.pupils[0]


NAMED_COPIES = (
    "Copia de Ada Cruz.ipynb",
    "Cópia de Ada Cruz.ipynb",
    "Copia di Ada Cruz.ipynb",
    "Ada Cruz-LAPTOP-4F8K2.ipynb",
    "Ada Cruz-Adas-MacBook-Pro.ipynb",
    "Ada Cruz-Copy1.ipynb",
    "Ada Cruz – Kopie (2).ipynb",
    "01-exercise (Ada Cruz).ipynb",
    "Ada Cruz (Ada's conflicted copy 2026-02-01).ipynb",
    "exercise-01-ada_c-2026-02-01.ipynb",
    "01-exercise Ada Cruz.ipynb",
    "01-exercise.Ada Cruz.ipynb",
    "ex_01_02_03_ada_c.ipynb",
    "7b/adacruz/x.ipynb",
)


@pytest.mark.parametrize("name", NAMED_COPIES)
def test_a_learner_s_name_is_found_in_what_systems_call_copies(tmp_path, name):
    pupils = roster.load(a_list(tmp_path, "code,name\nada_c,Ada Cruz\nada,Bo Berg-Cruz\n"))
    assert pupils.in_path(name).name == "Ada Cruz"


@pytest.mark.parametrize(("name", "written"), [
    ("José María García López", "garcíalópezjosémaría"),
    ("King, Martin Luther, Jr.", "Martin Luther King, Jr."),
    ("Seán O’Neil", "Sea\u0301n O'Neil"),
    ("Seán O'Neil", "Seán ONeil"),
    ("Nguyễn Thị Minh", "Minh Nguyễn Thị"),
    ("İsmail Işık", "ismail ışık"),
    ("محمد علي", "محمدعلي"),
    ("王小明", "王小明"),
])  # fmt: skip
def test_a_name_is_known_as_people_and_systems_turn_it(tmp_path, name, written):
    pupils = roster.load(a_list(tmp_path, f'name\n"{name}"\nBo Berg\n'))
    assert pupils.sent("", written).name == name


@pytest.mark.parametrize("given", ["Ada O’Neil", "Ada O'Neil", "Ada OʼNeil", "Ada O`Neil"])
@pytest.mark.parametrize("listed", ["Ada O’Neil", "Ada O'Neil", "Ada O´Neil"])
def test_an_apostrophe_is_one_whichever_a_keyboard_has(tmp_path, given, listed):
    assert roster.load(a_list(tmp_path, f"name\n{listed}\n")).match(given).name == listed


@pytest.mark.parametrize("name", ["Max Mustermann.json", "Ada Berg.ipynb", "Max.Cruz.json"])
def test_one_word_of_a_name_is_not_who_is_called_so(tmp_path, name):
    pupils = roster.load(a_list(tmp_path, "code,name\nmax,Max\nB08,Ada\nB09,Cruz\n"))
    assert pupils.in_path(name) is None
    assert pupils.in_path("01-exercise B08.ipynb").name == "Ada"


def test_a_user_name_with_a_sign_is_found_where_blackboard_puts_signs_round_it(box, out, tmp_path):
    put(box, "Ex 01_ada_c_attempt_2026-02-01-10-00-00_x.json", learner="")
    grade(box, out, roster=a_list(tmp_path, "Last Name,First Name,Username\nCruz,Ada,ada_c\n"))
    assert [row["name"] for row in table(out, "marks.csv")] == ["Ada Cruz"]


@pytest.mark.parametrize(
    "given", ["Ada", "B0", "B070", "Ada Crux", "adacruz", "", "Points Possible", "Student, Test"]
)
def test_likeness_is_no_match(tmp_path, given):
    pupils = roster.load(a_list(tmp_path, CANVAS_LIST))
    assert pupils.match(given) is None


def test_a_sender_is_matched_as_the_lms_writes_it(tmp_path):
    pupils = roster.load(a_list(tmp_path, CANVAS_LIST))
    assert pupils.sent("777", "nobody").name == "Cruz, Ada"
    assert pupils.sent("", "cruzada").name == "Cruz, Ada"
    assert pupils.sent("", "Ada Cruz").name == "Cruz, Ada"
    assert pupils.sent("77", "ada") is None


def test_a_code_that_is_not_the_sender_s_is_told(box, out, tmp_path):
    put(box, "cruzada_777_1_x.json", learner="B08")
    put(box, "bergbo_778_2_x.json", learner="B08", record="other")
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST))
    assert "Berg, Bo (B08), but the LMS says that Cruz, Ada (B07) sent it" in told(out)
    assert told(out).count("but the LMS says") == 1


def test_what_fits_two_rows_fits_none(tmp_path):
    pupils = roster.load(a_list(tmp_path, "code,name\nA1,Kim Lee\nA2,kim lee\n"))
    assert pupils.match("Kim Lee") is None
    assert pupils.match("A2").code == "A2"


def test_who_is_missing_is_found_and_named(box, out, tmp_path):
    put(box, "a.json", learner="b07")
    put(box, "c.json", learner="C99")
    said = grade(box, out, roster=a_list(tmp_path, CANVAS_LIST))
    assert "Missing from the class list: 1" in said
    assert "|Berg, Bo (B08)|" in told(out)
    assert "c.json|C99|neither its code nor its name" in told(out)
    assert rows_of(out)["a.json"]["name"] == "Cruz, Ada"


@pytest.mark.parametrize("text", ["", "colour\nred\n", "code\n\n"])
def test_a_list_that_names_nobody_is_told_in_a_sentence(box, out, tmp_path, text):
    put(box, "a.json")
    with pytest.raises(KitError, match="column that names a learner"):
        grade(box, out, roster=a_list(tmp_path, text))
    with pytest.raises(KitError, match="no file"):
        grade(box, out, roster=tmp_path / "nowhere.csv")


def test_in_an_lms_s_zip_its_name_serves_where_no_code_was_typed(tmp_path, out):
    text = submission.to_json(a_seal(answers=key_answers(), learner="")).encode()
    path = zipped(tmp_path / "m.zip", {"Ada Cruz_1_assignsubmission_file_/x.json": text})
    grade(path, out, roster=a_list(tmp_path, MOODLE_LIST))
    [row] = table(out, "marks.csv")
    assert (row["learner"], row["name"]) == ("Ada Cruz", "Ada Cruz")
    assert "the name that the LMS gave" in told(out)


# --- Attempts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "used"), [(False, "new.json"), (True, "old.json")])
def test_the_last_attempt_counts_or_the_first(box, out, first, used):
    put(box, "new.json", record="one", revision=9)
    put(box, "old.json", record="one", revision=2, answers={})
    put(box, "middle.json", record="one", revision=5, answers={})
    grade(box, out, first=first)
    assert rows_of(out).keys() == {used}
    assert told(out).count("not used: revision") == 2


# --- Lateness ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sealed", "hours", "off", "final"),
    [
        ("2026-02-01T08:00:00+00:00", "0", "0", 1.0),
        ("2026-02-01T07:00:00+00:00", "0", "0", 1.0),
        ("2026-02-01T09:30:00+00:00", "1.5", "10", 0.9),
        ("2026-02-02T08:00:01+00:00", "24", "20", 0.8),
        ("2026-05-01T08:00:00+00:00", "2136", "100", 0.0),
        ("2026-02-01T12:00:00", "?", "0", 1.0),
        ("yesterday", "?", "0", 1.0),
        ("", "?", "0", 1.0),
        ("9999-99-99", "?", "0", 1.0),
    ],
)
def test_late_marks_follow_the_stated_rule(box, out, sealed, hours, off, final):
    put(box, "a.json", sealed=sealed, answers=WITHOUT_WRITING)
    grade(box, out, late=LateRule(DUE, 10))
    row = rows_of(out)["a.json"]
    assert (row["late_hours"], row["late_off"]) == (hours, off)
    if hours == "?":  # nobody can say whether it was late
        assert row["final"] == ""
    else:
        assert float(row["final"]) == pytest.approx(final * float(row["mark"]))


def test_without_a_rule_nothing_is_taken_off(box, out):
    put(box, "a.json", sealed="2026-09-01T08:00:00+00:00", answers=WITHOUT_WRITING)
    grade(box, out, late=LateRule(DUE))
    row = rows_of(out)["a.json"]
    assert float(row["late_hours"]) > 5000
    assert row["final"] == row["mark"]
    grade(box, out)
    assert rows_of(out)["a.json"]["late_hours"] == ""


def test_what_canvas_calls_late_is_passed_on(box, out):
    put(box, "cruzada_LATE_777_1_x.json")
    grade(box, out)
    [row] = table(out, "marks.csv")
    assert "LMS: late" in row["late_hours"]


# --- The gradebook ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "key", "columns"),
    [
        ("canvas", CANVAS_LIST, "ID", CANVAS_COLUMNS),
        ("moodle", MOODLE_LIST, "Email address", MOODLE_COLUMNS),
    ],
)
def test_the_gradebook_gets_its_own_columns_back(box, out, tmp_path, kind, text, key, columns):
    put(box, "a.json", learner="B07", answers=WITHOUT_WRITING)
    grade(box, out, roster=a_list(tmp_path, text), lms=kind)
    rows = table(out, f"{kind}.csv")
    assert list(rows[0]) == [*columns, SHEET.title]
    by_key = {row[key]: row[SHEET.title] for row in rows}
    whose = {"canvas": "777", "moodle": "ada@example.org"}[kind]
    assert float(by_key.pop(whose)) == float(table(out, "marks.csv")[0]["final"])
    assert by_key.pop("", "20") == "20"  # Canvas's row of points possible
    assert by_key == {}


LISTS = {"canvas": CANVAS_LIST, "moodle": MOODLE_LIST}


def sent_to(out, kind, table_name="") -> dict[str, str]:
    """Return by pupil what a table for an LMS would write into its gradebook."""
    rows = table(out, table_name or f"{kind}.csv")
    names = {"canvas": "Student", "moodle": "Last name"}
    rows = [r for r in rows if "Points Possible" not in r.get("Student", "")]
    [title] = rows[0].keys() - {*CANVAS_COLUMNS, *MOODLE_COLUMNS} if rows else [""]
    return {row[names[kind]].partition(",")[0]: row[title] for row in rows}


def waits_for_a_reader(box, learner):
    put(box, f"{learner}.json", learner=learner)


def has_two_hand_ins(box, learner):
    for n in (1, 2):
        put(box, f"{learner}-{n}.json", learner=learner, answers=WITHOUT_WRITING)


def was_reworded(box, learner):
    answers = dict(WITHOUT_WRITING)
    answers[CHOICE.id] = evolve(answers[CHOICE.id], wording="0" * 12)
    put(box, f"{learner}.json", learner=learner, answers=answers)


def is_no_answer(box, learner):
    answers = {**WITHOUT_WRITING, CHOICE.id: submission.SealedAnswer("nobody", CHOICE.fingerprint)}
    put(box, f"{learner}.json", learner=learner, answers=answers)


def was_renamed(box, learner):
    answers = dict(WITHOUT_WRITING)
    answers["exercise-01/old-name"] = answers.pop(CHOICE.id)
    put(box, f"{learner}.json", learner=learner, answers=answers)


def is_another_s(box, learner):
    name = "bergbo_778_2_x.json" if learner == "B07" else "cruzada_777_1_x.json"
    put(box, name, learner=learner, answers=WITHOUT_WRITING)


def has_no_time(box, learner):
    put(box, f"{learner}.json", learner=learner, answers=WITHOUT_WRITING, sealed="yesterday")


NOT_FINAL = [
    waits_for_a_reader, has_two_hand_ins, was_reworded, is_no_answer, was_renamed, is_another_s,
    has_no_time,
]  # fmt: skip


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("hand_in", NOT_FINAL)
def test_a_mark_that_is_not_final_is_not_in_the_table_and_is_named(
    box, out, tmp_path, kind, hand_in
):
    """Moodle 4.5 takes an empty cell for 'no mark', and deletes the one that it has."""
    if kind == "moodle" and hand_in is is_another_s:
        pytest.skip("Canvas's names of files")
    put(box, "b.json", learner="B08", answers=WITHOUT_WRITING)
    hand_in(box, "B07")
    grade(box, out, roster=a_list(tmp_path, LISTS[kind]), lms=kind, late=LateRule(DUE, 10))
    sent = sent_to(out, kind)
    assert set(sent) == {"Berg"}
    assert "" not in sent.values()
    rows = [r for r in table(out, "problems.csv") if "B07" in r["learner"] or "Cruz" in str(r)]
    assert any("Cruz" in f"{r['learner']} {r['problem']}" for r in rows)


def test_a_class_without_a_final_mark_gives_a_table_without_rows(box, out, tmp_path):
    put(box, "a.json", learner="B07")
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    assert table(out, "moodle.csv") == []
    assert "rows of this learner that wait for a mark in to-mark.csv: " in told(out)


def test_two_exercises_give_two_tables_so_that_no_cell_is_empty(box, out, tmp_path):
    second = GRADED[1]
    put(box, "a.json", learner="B07", answers=WITHOUT_WRITING)
    put(box, "b.json", learner="B08", answers=WITHOUT_WRITING)
    put(box, "c.json", learner="B07", sheet=second.id, answers={})
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    assert not (out / "moodle.csv").exists()
    assert set(sent_to(out, "moodle", "moodle-exercise-01.csv")) == {"Cruz", "Berg"}
    assert set(sent_to(out, "moodle", f"moodle-{second.id}.csv")) == {"Cruz"}
    (box / "c.json").unlink()
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    assert {p.name for p in out.glob("moodle*")} == {"moodle.csv"}


def test_of_two_hand_ins_of_one_pupil_neither_is_sent(box, out, tmp_path):
    has_two_hand_ins(box, "B07")
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert sent_to(out, "canvas") == {}
    assert told(out).count("more than one hand-in for exercise-01") == 1
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST))
    assert told(out).count("more than one hand-in for exercise-01") == 1


@pytest.mark.parametrize("name", ["marks.csv", "canvas.csv", "moodle.csv"])
def test_a_class_list_is_not_written_over(box, out, name):
    out.mkdir()
    (out / name).write_text(CANVAS_LIST, encoding="utf-8")
    put(box, "a.json", learner="B07")
    with pytest.raises(KitError, match="would be replaced"):
        grade(box, out, roster=out / name, lms="canvas")
    assert (out / name).read_text(encoding="utf-8") == CANVAS_LIST


def test_a_gradebook_needs_a_list(box, out):
    put(box, "a.json")
    with pytest.raises(KitError, match="--roster"):
        grade(box, out, lms="canvas")


def test_grading_again_gives_the_same_files(box, out, tmp_path):
    for n in range(5):
        put(box, f"{n}.json", learner=f"B0{n}")
    choices = {"roster": a_list(tmp_path, CANVAS_LIST), "lms": "canvas", "late": LateRule(DUE, 5)}
    grade(box, out, **choices)
    pages = {p.name: p.read_bytes() for p in out.rglob("*.html")}
    first = contents(out)
    grade(box, out, **choices)
    assert contents(out) == first
    assert {p.name: p.read_bytes() for p in out.rglob("*.html")} == pages
