"""A class list, several attempts, lateness, and the gradebook of an LMS."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from helpers import COURSE, GRADED, a_seal, key_answers
from test_folder import contents, put, rows_of, table
from test_inbox import zipped

from kit import handin
from kit.grading import Choices, LateRule, grade_folder, roster
from kit.messages import KitError

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
    pupils = roster.load(COURSE, a_list(tmp_path, CANVAS_LIST))
    assert pupils.match(given).name == "Cruz, Ada"


@pytest.mark.parametrize(
    "given", ["Ada", "B0", "B070", "Ada Crux", "adacruz", "", "Points Possible", "Student, Test"]
)
def test_likeness_is_no_match(tmp_path, given):
    pupils = roster.load(COURSE, a_list(tmp_path, CANVAS_LIST))
    assert pupils.match(given) is None


def test_a_sender_is_matched_as_the_lms_writes_it(tmp_path):
    pupils = roster.load(COURSE, a_list(tmp_path, CANVAS_LIST))
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
    pupils = roster.load(COURSE, a_list(tmp_path, "code,name\nA1,Kim Lee\nA2,kim lee\n"))
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
    text = handin.to_json(a_seal(answers=key_answers(), learner="")).encode()
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
    put(box, "a.json", sealed=sealed)
    grade(box, out, late=LateRule(DUE, 10))
    row = rows_of(out)["a.json"]
    assert (row["late_hours"], row["late_off"]) == (hours, off)
    assert float(row["final"]) == pytest.approx(final * float(row["mark"]))


def test_without_a_rule_nothing_is_taken_off(box, out):
    put(box, "a.json", sealed="2026-09-01T08:00:00+00:00")
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
        ("canvas", CANVAS_LIST, "ID", ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]),
        ("moodle", MOODLE_LIST, "Email address",
         ["First name", "Last name", "ID number", "Email address"]),
    ],
)  # fmt: skip
def test_the_gradebook_gets_its_own_columns_back(box, out, tmp_path, kind, text, key, columns):
    answers = {k: v for k, v in key_answers().items() if not k.endswith("/note")}
    put(box, "a.json", learner="B07", answers=answers)
    grade(box, out, roster=a_list(tmp_path, text), lms=kind)
    rows = table(out, f"{kind}.csv")
    assert list(rows[0]) == [*columns, SHEET.title]
    by_key = {row[key]: row[SHEET.title] for row in rows}
    whose = {"canvas": "777", "moodle": "ada@example.org"}[kind]
    assert float(by_key.pop(whose)) == float(table(out, "marks.csv")[0]["final"])
    assert by_key.pop("", "32") == "32"  # Canvas's row of points possible
    assert set(by_key.values()) == {""}


def test_a_mark_that_is_not_final_is_not_sent(box, out, tmp_path):
    put(box, "a.json", learner="B07")
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert table(out, "marks.csv")[0]["still_to_mark"] != "0"
    assert {row[SHEET.title] for row in table(out, "canvas.csv")} == {"", "32"}


def test_of_two_hand_ins_of_one_pupil_neither_is_sent(box, out, tmp_path):
    for name in ("a.json", "b.json"):
        put(box, name, learner="B07", answers={})
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert {row[SHEET.title] for row in table(out, "canvas.csv")} == {"", "32"}
    assert "more than one hand-in for exercise-01" in told(out)


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
