"""A term in a school: learners who share, swap and reset computers; clocks; class lists."""

from __future__ import annotations

import json
import os
import shutil
import time
import zipfile
from datetime import UTC, datetime
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from helpers import COURSE, GRADED, PROJECT, a_seal, key_answers, notebook
from test_class import CANVAS_LIST, MOODLE_LIST, WITHOUT_WRITING, a_list, grade, sent_to, told
from test_folder import CHOICE, WRITING, answered, edit, put, rows_of, table
from test_whose import WRONG, other_answers

from kit.command.cli import main
from kit.course.messages import KitError
from kit.grading import LateRule, grade_folder, roster
from kit.grading.marks import Rulings
from kit.grading.times import read_due, when
from kit.learner import paste, submission

EARLY, LATER = "2026-02-01T10:00:00+00:00", "2026-02-03T08:00:00+00:00"


# --- Which of several counts ----------------------------------------------------------------------


@pytest.mark.parametrize("names", list(permutations(["a.json", "b.json"])))
def test_of_equal_answers_the_one_sealed_first_counts_whatever_its_name(box, out, names):
    """To run all cells again gives the copy a new time: the learner was 46 hours late by a name."""
    put(box, names[0], record="one", sealed=EARLY, answers=WITHOUT_WRITING)
    put(box, names[1], record="one", sealed=LATER, answers=WITHOUT_WRITING)
    grade(box, out, late=LateRule(datetime(2026, 2, 1, 12, tzinfo=UTC), 10))
    assert {r["file"]: r["late_hours"] for r in table(out, "marks.csv")} == {names[0]: "0"}


@pytest.mark.parametrize("names", list(permutations(["a.json", "b.json"])))
def test_of_two_records_under_one_code_the_later_one_counts(box, out, names):
    """A Binder, or a computer that is reset, begins a new record with revision 1."""
    put(box, names[0], record="one", revision=40, sealed=EARLY, answers=WITHOUT_WRITING)
    put(box, names[1], record="two", revision=3, sealed=LATER, answers=other_answers())
    grade(box, out)
    assert rows_of(out).keys() == {names[1]}
    assert "sealed 2026-02-01T10:00:00+00:00 under the same code" in told(out)
    grade(box, out, first=True)
    assert rows_of(out).keys() == {names[0]}


RULES = [("", "c"), ("last", "c"), ("first", "a"), ("best", "b"), ("last before due", "b")]


@pytest.mark.parametrize(("rule", "used"), RULES)
@pytest.mark.parametrize("records", ["one one one", "one two three"])
def test_the_class_list_says_which_attempt_of_a_learner_counts(
    box, out, tmp_path, rule, used, records
):
    times = [EARLY, "2026-02-01T11:00:00+00:00", LATER]
    given = [{}, WITHOUT_WRITING, other_answers()]
    for n, record in enumerate(records.split()):
        values = {"record": record, "revision": n, "sealed": times[n], "answers": given[n]}
        put(box, f"{'abc'[n]}.json", learner="B07", **values)
    pupils = a_list(tmp_path, f"code,counts\nB07,{rule}\n")
    grade(box, out, roster=pupils, late=LateRule(datetime(2026, 2, 1, 12, tzinfo=UTC)))
    assert rows_of(out).keys() == {f"{used}.json"}
    assert len(table(out, "problems.csv")) == 2


@pytest.mark.parametrize("due", [None, datetime(2026, 1, 1, tzinfo=UTC)])
def test_where_none_was_in_time_none_is_said_to_have_been(box, out, tmp_path, due):
    for n, sealed in enumerate((EARLY, LATER)):
        put(box, f"{n}.json", learner="B07", record="one", revision=n, sealed=sealed)
    pupils = a_list(tmp_path, "code,counts\nB07,last before due\n")
    grade(box, out, roster=pupils, late=LateRule(due))
    assert rows_of(out).keys() == {"1.json"}
    assert "before it was due" not in told(out)


def test_a_rule_that_is_none_is_told_in_a_sentence(box, out, tmp_path):
    put(box, "a.json", learner="B07")
    with pytest.raises(KitError, match="first, last, best, before due"):
        grade(box, out, roster=a_list(tmp_path, "code,counts\nB07,worst\n"))


def test_one_text_under_two_codes_is_nobody_s_until_the_teacher_says(box, out):
    put(box, "a.json", learner="B07", record="one", answers=WITHOUT_WRITING)
    put(box, "b.json", learner="B08", record="one", answers=WITHOUT_WRITING)
    grade(box, out)
    assert {r["final"] for r in table(out, "marks.csv")} == {""}
    assert "a.json|B07|not counted" in told(out)
    assert "b.json|B08|not counted" in told(out)
    (box / "b.json").unlink()
    grade(box, out)
    assert rows_of(out)["a.json"]["final"] == "14"


@pytest.mark.parametrize("names", list(permutations(["a.json", "b.json", "c.json"])))
def test_one_learner_who_types_the_name_in_three_ways_is_one(box, out, tmp_path, names):
    typed = zip(names, ("B07", "Ada Cruz", "cruz,  ADA"), strict=True)
    for n, (name, learner) in enumerate(typed):
        put(box, name, learner=learner, record="one", revision=n, answers=WITHOUT_WRITING)
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST))
    assert {r["file"]: r["final"] for r in table(out, "marks.csv")} == {names[2]: "14"}
    assert "not counted" not in told(out)
    assert "more than one class code" not in told(out)


def test_one_writing_in_two_records_is_named_with_the_other_and_counts(box, out):
    text = "  The Times does not say how its source knew, and nobody else has looked into it.\n"
    for n, words in enumerate([text, text.strip().upper(), text + "I would ask."]):
        put(box, f"{n}.json", learner=f"B0{n}", answers=answered(WRITING, words))
    grade(box, out)
    assert "0.json|B00|question exercise-01/note: the answer is word for word" in told(out)
    assert "(B00: 0.json)" in told(out)
    assert "2.json" not in told(out)
    assert all(row["mark"] for row in table(out, "marks.csv"))


def test_a_code_that_was_put_right_is_one_learner_s(box, out, tmp_path):
    put(box, "a.json", learner="B7", record="one", sealed=EARLY, answers=WITHOUT_WRITING)
    put(box, "b.json", learner="B07", record="one", sealed=LATER, answers=WITHOUT_WRITING)
    late = LateRule(datetime(2026, 2, 1, 12, tzinfo=UTC), 10)
    grade(box, out, roster=a_list(tmp_path, "code\nB07\nB08\n"), late=late)
    assert {r["file"]: r["final"] for r in table(out, "marks.csv")} == {"b.json": "14"}
    assert "whose code is on the class list" in told(out)


def test_a_copied_disk_gives_each_learner_their_own_row(box, out):
    for n, answers in enumerate([WITHOUT_WRITING, other_answers(), {}]):
        put(box, f"{n}.json", learner=f"B0{n}", record="one", revision=5, answers=answers)
    grade(box, out)
    assert all(row["final"] for row in table(out, "marks.csv"))
    assert len(table(out, "marks.csv")) == 3


def test_two_who_hand_in_together_have_a_row_each_and_one_text_to_mark(box, out, tmp_path):
    put(box, "a.json", learner="B07, B08")
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST))
    assert [r["learner"] for r in table(out, "marks.csv")] == ["B07", "B08"]
    assert {r["name"] for r in table(out, "marks.csv")} == {"Ada Cruz", "Bo Berg"}
    to_mark = table(out, "to-mark.csv")
    assert len({row["answer_id"] for row in to_mark}) == len(to_mark) == 1
    assert "neither its code" not in told(out)
    assert len({row["feedback"] for row in table(out, "marks.csv")}) == 2


@pytest.mark.parametrize("typed", ["Cruz, Ada; Berg, Bo", "Ada Cruz & Bo Berg", "B07 B08"])
def test_two_who_are_on_the_class_list_are_known_however_they_are_joined(box, out, tmp_path, typed):
    put(box, "a.json", learner=typed)
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST))
    assert [r["name"] for r in table(out, "marks.csv")] == ["Ada Cruz", "Bo Berg"]


def test_who_is_in_several_groups_is_in_each(box, out, tmp_path):
    folder = box / "Team 1_55_assignsubmission_file"  # Moodle makes a blank of '_'
    folder.mkdir()
    put(folder, "x.json", learner="")
    names = 'code,name,Gruppen\nB07,Ada Cruz,Team_1\nB08,Bo Berg,"Chor, Team_1"\nB09,Cy Dorn,Chor\n'
    grade(box, out, roster=a_list(tmp_path, names))
    assert [r["name"] for r in table(out, "marks.csv")] == ["Ada Cruz", "Bo Berg"]


@pytest.mark.parametrize(("code", "rows"), [
    ("B07 and B08", 2), ("B07+B08", 2), ("B07/B08/B09", 3), ("Cruz, Ada", 1), ("-2+3", 1),
    ("7b/12", 1), ("7b 12", 1),
])  # fmt: skip
def test_without_a_class_list_only_codes_are_taken_for_several_learners(box, out, code, rows):
    put(box, "a.json", learner=code)
    grade(box, out)
    assert len(table(out, "marks.csv")) == rows


def test_one_file_with_several_exercises_is_graded_for_each(box, out):
    cells = []
    for sheet in GRADED[:2]:
        seal = a_seal(sheet=sheet.id, answers=key_answers(COURSE, sheet), record="one")
        cells.append({"cell_type": "code", "source": submission.to_cell("kit.hand_in()", seal)})
    (box / "all.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    grade(box, out)
    assert {r["sheet"] for r in table(out, "marks.csv")} == {sheet.id for sheet in GRADED[:2]}
    assert all(r["automatic"] == r["automatic_out_of"] for r in table(out, "marks.csv"))


def test_of_several_exercises_in_one_file_one_that_is_cut_is_told(box, out):
    """Its learner would have been missing for that exercise without a word."""
    seals = [a_seal(sheet=sheet.id, learner="B07", answers={}) for sheet in GRADED[:2]]
    cells = [submission.to_cell("kit.hand_in()", one) for one in seals]
    (box / "a.ipynb").write_text(notebook(cells[0], cells[1][:-90]), encoding="utf-8")
    grade(box, out)
    assert [row["sheet"] for row in table(out, "marks.csv")] == [GRADED[0].id]
    assert "a.ipynb||of several hand-ins in the file one cannot be read" in told(out)


def test_to_seal_the_same_answers_once_more_makes_nobody_late():
    cells = []
    for sealed in (LATER, EARLY):
        seal = a_seal(answers=key_answers(), sealed=sealed)
        cells.append({"cell_type": "code", "source": submission.to_cell("kit.hand_in()", seal)})
    [(seal, _)] = submission.hand_ins(json.dumps({"cells": cells}).encode())
    assert seal.sealed == EARLY


def test_a_seal_in_a_cell_that_a_formatter_has_formatted_is_read():
    seal = a_seal(answers=key_answers())
    cell = submission.to_cell("kit.hand_in()", seal).replace("\n#:", "\n# :")
    assert submission.hand_ins(notebook(cell).encode()) == [(seal, True)]


# --- Where it comes from --------------------------------------------------------------------------


def test_of_teams_what_was_submitted_goes_before_the_working_copy(tmp_path, out):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for place, revision in (("Submitted files", 3), ("Working files", 9)):
            seal = a_seal(learner="", record="one", revision=revision, answers=WITHOUT_WRITING)
            name = f"{place}/Ada Cruz/Exercise 01/01-exercise.json"
            archive.writestr(name, submission.to_json(seal))
    grade(path, out)
    [row] = table(out, "marks.csv")
    assert (row["learner"], row["revision"]) == ("Ada Cruz", "3")
    assert "a working copy" in told(out)


@pytest.mark.parametrize("name", [
    "Ada Cruz/01-exercise.json", "cruz_ada.json", "Ada Cruz - 01-exercise.json",
    "7b/Copy of Ada Cruz.json", "ex-01-ada-c/01-exercise.json", "B07/x.json", "Ada Cruz (1).json",
])  # fmt: skip
def test_a_folder_or_a_file_named_after_a_learner_says_whose_it_is(box, out, tmp_path, name):
    (box / name).parent.mkdir(parents=True, exist_ok=True)
    put(box, name, learner="", answers=WITHOUT_WRITING)
    names = "code,name,github_username\nB07,Ada Cruz,ada-c\nB08,Bo Berg,bo\n"
    grade(box, out, roster=a_list(tmp_path, names))
    [row] = table(out, "marks.csv")
    assert row["name"] == "Ada Cruz"


def test_working_copies_in_teams_are_known_in_any_language(box, out):
    school = box / "7b - Aufgaben der Schüler"
    for place, revision in (
        ("Arbeitsdateien/Ada Cruz/Übung 01", 9),
        ("Gesendete Dateien/Ada Cruz/Übung 01/Version 1", 3),
        ("Arbeitsdateien/Bo Berg/Übung 01", 2),
    ):
        folder = school / place
        folder.mkdir(parents=True)
        put(folder, "x.json", learner="", record=place.split("/")[1], revision=revision)
    grade(box, out)
    counted = {r["learner"]: r["revision"] for r in table(out, "marks.csv")}
    assert counted == {"Ada Cruz": "3", "Bo Berg": "2"}
    assert "a working copy" in told(out)


def test_the_inbox_itself_may_be_nbgrader_s_folder(tmp_path, out):
    box = tmp_path / "submitted"
    for name in ("ada", "bo"):
        (box / name / "exercise-01").mkdir(parents=True)
        put(box / name / "exercise-01", "01-exercise.json", learner="", record=name)
    grade(box, out)
    assert {r["learner"] for r in table(out, "marks.csv")} == {"ada", "bo"}


def test_a_group_before_a_name_is_taken_off(tmp_path, out):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        seal = a_seal(learner="", answers=WITHOUT_WRITING)
        name = "7-B-Ada Cruz_11_assignsubmission_file_/x.json"
        archive.writestr(name, submission.to_json(seal))
    names = "code,name,group\nB07,Ada Cruz,7-b\nB08,Bo Berg,7-a\n"
    grade(path, out, roster=a_list(tmp_path, names))
    assert [r["name"] for r in table(out, "marks.csv")] == ["Ada Cruz"]


def test_of_two_records_that_one_sender_hands_in_without_a_code_the_later_counts(tmp_path, out):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for record, sealed in (("one", LATER), ("two", EARLY)):
            seal = a_seal(learner="", record=record, sealed=sealed, answers=WITHOUT_WRITING)
            place = f"Ada Cruz_11_assignsubmission_file/{record}.json"
            archive.writestr(place, submission.to_json(seal))
    grade(path, out)
    assert [r["sealed"] for r in table(out, "marks.csv")] == [LATER]


def test_a_hidden_name_keeps_its_number_and_is_no_stranger(tmp_path, out):
    path = tmp_path / "blind.zip"
    with zipfile.ZipFile(path, "w") as archive:
        seal = a_seal(learner="B07", answers=WITHOUT_WRITING)
        name = "Participant_4711_assignsubmission_file/01-exercise.json"
        archive.writestr(name, submission.to_json(seal))
    grade(path, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    assert set(sent_to(out, "moodle")) == {"Cruz"}


def test_of_whole_editions_in_home_folders_one_row_says_what_was_left(box, out):
    for learner in ("ada", "bo"):
        home = box / learner / "kit-edition"
        for name in ("kit/__init__.py", "kit/lenses/look.py", "README.md", "Makefile"):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text("", encoding="utf-8")
        shutil.copy(PROJECT / "kit" / "tsconfig.json", home / "kit")
        (home / "exercises").mkdir()
        blank = (PROJECT / GRADED[0].notebook).read_text("utf-8")
        (home / "exercises" / "02-exercise.ipynb").write_text(blank, encoding="utf-8")
        given = {"learner": learner, "record": learner, "answers": WITHOUT_WRITING}
        put(home / "exercises", "01.json", **given)
    grade(box, out)
    assert {r["learner"] for r in table(out, "marks.csv")} == {"ada", "bo"}
    rows = {r["file"]: r["problem"] for r in table(out, "problems.csv")}
    assert rows.keys() == {"ada/kit-edition", "bo/kit-edition"}
    assert all(text.endswith("left out: 6") for text in rows.values())


def test_a_lesson_among_exercises_is_left_and_said(box, out):
    put(box, "a.json")
    put(box, "b.json", sheet="01-who-says-so", answers={})
    said = grade(box, out)
    assert rows_of(out).keys() == {"a.json"}
    assert "Not graded: 01-who-says-so is a lesson" in said
    assert "b.json|A7|01-who-says-so is a lesson" in told(out)


def test_an_exercise_without_its_key_costs_no_other(box, out, tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "01.toml").write_bytes((COURSE.keys / "01.toml").read_bytes())
    put(box, "a.json")
    put(box, "b.json", sheet=GRADED[1].id, answers={})
    said = grade_folder(COURSE, box, keys, out)
    assert rows_of(out).keys() == {"a.json"}
    assert said.count("Not graded: ") == 1


# --- Time -----------------------------------------------------------------------------------------


@pytest.fixture
def in_berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(os.name == "nt", reason="no tzset")
@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(("written", "shown"), [
    ("2026-02-01", "2026-02-01 24:00 (UTC+01:00)"),
    ("2026-02-01 24:00", "2026-02-01 24:00 (UTC+01:00)"),  # as the kit itself writes it
    ("20260201", "2026-02-01 24:00 (UTC+01:00)"),
    ("01.02.2026", "2026-02-01 24:00 (UTC+01:00)"),  # as Excel saves 2026-02-01 in German
    ("1.2.2026 9:00", "2026-02-01 09:00 (UTC+01:00)"),
    ("2026-02-01 9:00 Europe/London", "2026-02-01 09:00 (UTC+00:00)"),
    ("2026-02-01T17:00", "2026-02-01 17:00 (UTC+01:00)"),
    ("2026-02-01 17:00", "2026-02-01 17:00 (UTC+01:00)"),
    ("2026-07-01", "2026-07-01 24:00 (UTC+02:00)"),
    ("2026-02-01T17:00-05:00", "2026-02-01 17:00 (UTC-05:00)"),
    ("2026-02-01 America/New_York", "2026-02-01 24:00 (UTC-05:00)"),
])  # fmt: skip
def test_a_day_means_its_end_and_how_it_was_understood_is_said(box, out, written, shown):
    due = read_due(written)
    assert str(due) == shown
    put(box, "a.json")
    said = grade(box, out, late=due)
    assert f"Due: {shown}. Minutes of grace: 1." in said
    assert table(out, "marks.csv")[0]["due"] == shown


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "soon", "31.02.2026", "01/02/2026", "2026-02-01 Europe/Nowhere", "2026-02"],
)
def test_what_is_no_day_is_told_in_a_sentence(text):
    with pytest.raises(KitError, match="is no date"):
        read_due(text)


def test_days_are_those_of_the_wall_clock_across_summer_time():
    """On 29 March 2026 the clocks in Berlin went from 2 to 3: 17:00 came after 23 hours."""
    zone = ZoneInfo("Europe/Berlin")
    rule = LateRule(datetime(2026, 3, 28, 17, tzinfo=zone), 10, zone)
    assert rule.off_in_all(when("2026-03-29T17:00:00+02:00")) == 10
    assert rule.off_in_all(when("2026-03-29T17:10:00+02:00")) == 20
    autumn = LateRule(datetime(2026, 10, 24, 17, tzinfo=zone), 10, zone)
    assert autumn.off_in_all(when("2026-10-25T17:00:00+01:00")) == 10  # after 25 hours


def test_a_minute_of_grace_costs_nothing():
    rule = LateRule(datetime(2026, 2, 1, 17, tzinfo=UTC), 10)
    assert rule.hours(when("2026-02-01T17:00:59+00:00")) == 0
    assert rule.hours(when("2026-02-01T17:01:01+00:00")) > 0
    assert LateRule(rule.due, 10, grace=0).hours(when("2026-02-01T17:00:01+00:00")) > 0


@pytest.mark.parametrize("sealed", ["1970-01-01T00:00:10+00:00", "2036-02-01T10:00:00+00:00"])
def test_a_clock_that_is_years_off_is_looked_at_and_costs_nothing(box, out, sealed):
    put(box, "a.json", sealed=sealed, answers=WITHOUT_WRITING)
    grade(box, out, late=LateRule(datetime(2026, 2, 1, tzinfo=UTC), 10))
    [row] = table(out, "marks.csv")
    assert (row["late_hours"], row["late_off"], row["final"]) == ("?", "0", "")
    assert f"sealed {sealed} by the learner's clock" in told(out)


@pytest.mark.parametrize("sealed", ["", "yesterday", "2026-02-01T10:00:00"])
def test_where_no_time_can_be_read_it_is_said(box, out, sealed):
    put(box, "a.json", sealed=sealed, answers=WITHOUT_WRITING)
    grade(box, out, late=LateRule(datetime(2026, 2, 1, tzinfo=UTC), 10))
    [row] = table(out, "marks.csv")
    assert (row["late_hours"], row["late_off"], row["final"]) == ("?", "0", "")
    assert "no time of sealing can be read" in told(out)
    grade(box, out)
    assert "no time of sealing" not in told(out)


def test_one_has_longer_and_one_is_excused(box, out, tmp_path):
    for code in ("B07", "B08"):
        put(box, f"{code}.json", learner=code, record=code, sealed=LATER, answers=WITHOUT_WRITING)
    pupils = a_list(tmp_path, "code,due,excused\nB07,2026-02-04,\nB08,,\nB09,,yes\nB10,,02\n")
    said = grade(box, out, roster=pupils, late=LateRule(datetime(2026, 2, 1, tzinfo=UTC), 10))
    assert {r["learner"]: r["late_off"] for r in table(out, "marks.csv")} == {
        "B07": "0",
        "B08": "30",
    }
    assert "|B09|no hand-in for exercise-01, and none is expected" in told(out)
    assert "|B10|no hand-in for exercise-01\n" in told(out) + "\n"
    assert "Missing from the class list: 1" in said


@pytest.mark.parametrize(("cell", "of_01", "of_02"), [
    ("yes", True, True), ("ja", True, True), ("WAHR", True, True), ("x", True, True),
    ("nein", False, False), ("FALSCH", False, False), ("Não", False, False), ("n/a", False, False),
    ("krank seit 3.2.", True, True), ("Exercise 01: Who says so?", True, False),
    ("1", True, False), ("test-a", False, False), ("02", False, True),
    ("exercise-01 exercise-02", True, True),
])  # fmt: skip
def test_who_is_excused_is_read_as_spreadsheets_and_people_write_it(tmp_path, cell, of_01, of_02):
    [one] = roster.load(a_list(tmp_path, f"code,excused\nB07,{cell}\n")).pupils
    assert (one.is_excused("exercise-01"), one.is_excused("exercise-02")) == (of_01, of_02)


def test_who_is_excused_and_hands_in_all_the_same_loses_nothing(box, out, tmp_path):
    put(box, "a.json", learner="B07", sealed=LATER, answers=WITHOUT_WRITING)
    pupils = a_list(tmp_path, "code,excused\nB07,exercise-01\n")
    grade(box, out, roster=pupils, late=LateRule(datetime(2026, 2, 1, tzinfo=UTC), 10))
    [row] = table(out, "marks.csv")
    assert (row["late_off"], row["final"]) == ("0", "14")


def test_late_off_without_due_says_so(box, out):
    put(box, "a.json")
    assert "Nothing is taken off for lateness" in grade(box, out, late=LateRule(off=10))


# --- Class lists ----------------------------------------------------------------------------------

LISTS = {
    "English": "First name,Last name,ID number\nAda,Cruz,B07\n",
    "German": "Vorname;Nachname;Benutzername\nAda;Cruz;B07\n",
    "German, short": "Name;Vorname;Code\nCruz;Ada;B07\n",
    "French": "Prénom;Nom;Identifiant\nAda;Cruz;B07\n",
    "French, as Moodle": "Prénom,Nom de famille,Numéro d’identification\nAda,Cruz,B07\n",
    "Spanish": "Nombre;Apellido(s);Número de ID\nAda;Cruz;B07\n",
    "Italian": "Nome;Cognome;Codice\nAda;Cruz;B07\n",
    "German, in one": '"Nachname, Vorname";Klassencode\n"Cruz, Ada";B07\n',
    "German, a school's": "Schüler/in;Kennung\nAda Cruz;B07\n",
    "French, in capitals": "NOM,PRENOM,CODE\nCruz,Ada,B07\n",
    "French, in one": "Nom et prénom;Code\nCruz Ada;B07\n",
    "Spanish, in one": "Apellidos y nombre;Usuario\nCruz Ada;B07\n",
    "Spanish, a school's": "Alumno/a;Código\nAda Cruz;B07\n",
    "Italian, in one": "Cognome e nome;Matricola\nCruz Ada;B07\n",
    "Italian, a school's": "Alunno;Codice\nAda Cruz;B07\n",
    "Portuguese, a school's": "Aluno;Código\nAda Cruz;B07\n",
    "with what Numbers calls the table": "Table 1\ncode,name\nB07,Ada Cruz\n",
    "Google Classroom": "Last Name,First Name,Email Address,Exercise 01\nCruz,Ada,B07,\n"
    "Date,,,2026-02-01\nPoints,,,20\n",
    "Portuguese": "Nome;Apelido;Código\nAda;Cruz;B07\n",
    "Blackboard": '"Last Name"\t"First Name"\t"Username"\t"Student ID"\nCruz\tAda\tB07\ts1\n',
    "Gradescope": "First Name,Last Name,SID,Email\nAda,Cruz,B07,a@example.org\n",
    "Schoology": "First Name,Last Name,Unique User ID\nAda,Cruz,B07\n",
    "Brightspace": "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n"
    "#B07,#acruz,Cruz,Ada,#\n",
    "commas in quotes": '"Name";"Group, part, of, the class";Code\n"Ada Cruz";"a,b";B07\n',
    "Excel's own line": "sep=;\nName;Code\nAda Cruz;B07\n",
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_class_list_is_read_as_schools_have_it(tmp_path, kind, encoding):
    path = tmp_path / "class.csv"
    path.write_bytes(LISTS[kind].encode(encoding))
    pupils = roster.load(path)
    [ada] = pupils.pupils
    assert ada.name in ("Ada Cruz", "Cruz, Ada", "Cruz Ada")
    assert pupils.match("Ada Cruz") is ada
    assert pupils.match("b07") is ada
    assert pupils.match("Cruz, Ada") is ada


@pytest.mark.parametrize(("encoding", "name"), [
    ("cp1250", "Łukasz Wiśniewski"), ("cp1252", "Jürgen Groß"), ("cp1252", "Åsa à Lund"),
    ("cp1250", "Jürgen Groß"),
])  # fmt: skip
def test_what_windows_calls_csv_is_read_east_and_west(tmp_path, encoding, name):
    path = tmp_path / "class.csv"
    path.write_bytes(f"name\n{name}\n".encode(encoding))
    assert [pupil.name for pupil in roster.load(path).pupils] == [name]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1252", "Chloé Lefèvre"), ("cp1250", "Kovačev"), ("cp1251", "Ольга")],
)
def test_letters_that_can_be_read_in_two_ways_are_refused_by_name(tmp_path, encoding, name):
    path = tmp_path / "class.csv"
    path.write_bytes(f"name\n{name}\n".encode(encoding))
    with pytest.raises(KitError, match=name.split()[-1]):
        roster.load(path)


def test_a_workbook_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "class.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    with pytest.raises(KitError, match="save it as CSV"):
        roster.load(path)


@pytest.mark.parametrize(("typed", "code"), [
    ("007", "007"), ("7", "007"), ("B 07", "B07"), (" b07", "B07"), ("Ｂ07", "B07"), ("12", "12"),
    ("012", "012"),
])  # fmt: skip
def test_codes_are_known_as_spreadsheets_and_people_rewrite_them(tmp_path, typed, code):
    pupils = roster.load(a_list(tmp_path, "code\n007\nB07\n12\n012\n"))
    assert pupils.match(typed).code == code


def test_who_is_on_the_list_twice_is_said(box, out, tmp_path):
    put(box, "a.json", learner="B07")
    names = "code,name\nB07,Kim Lee\nB08,Kim Lee\nB09,Bo\nB09,Cy\nB10,Di\nB10,Di\n"
    grade(box, out, roster=a_list(tmp_path, names))
    assert "“kim lee” stands for more than one row" in told(out)
    assert "“b09” stands for more than one row" in told(out)
    assert "“b10”" not in told(out)  # the same row twice
    assert rows_of(out)["a.json"]["name"] == "Kim Lee"


# --- Marks given by hand, and a key that is mended ------------------------------------------------


def mark_all(out, mark="2"):
    edit(out / "to-mark.csv", lambda rows: [row.update(mark=mark) for row in rows])


def test_marks_follow_a_text_whose_learner_put_the_class_code_right(box, out):
    put(box, "a.json", learner="B7", record="one")
    put(box, "b.json", learner="B08", record="two")
    grade(box, out)
    mark_all(out)
    put(box, "a.json", learner="B07", record="one", revision=4)
    grade(box, out)
    assert {r["learner"]: r["written"] for r in table(out, "marks.csv")} == {"B07": "2", "B08": "2"}
    assert "given under the code “B7”" in told(out)
    grade(box, out)
    assert {r["written"] for r in table(out, "marks.csv")} == {"2"}
    assert "given under the code" not in told(out)


def test_marks_do_not_follow_another_s_text(box, out):
    put(box, "a.json", learner="B7", record="one")
    grade(box, out)
    mark_all(out)
    (box / "a.json").unlink()
    put(box, "a.json", learner="B07", record="two")  # the same words, from another record
    grade(box, out)
    assert table(out, "marks.csv")[0]["written"] == "0"


def test_a_shrunken_table_loses_no_mark_and_is_asked_about(box, out):
    for n in range(4):
        put(box, f"{n}.json", learner=f"B0{n}", record=str(n))
    grade(box, out)
    mark_all(out)
    grade(box, out)
    edit(out / "to-mark.csv", lambda rows: rows.__delitem__(slice(1, None)))  # what a filter shows
    grade(box, out)
    assert {r["written"] for r in table(out, "marks.csv")} == {"2"}
    assert "rows of to-mark.csv in which something was given" in told(out)
    assert "what a filter shows: 3." in told(out)
    mark_all(out, mark="")
    grade(box, out)
    assert {r["written"] for r in table(out, "marks.csv")} == {"0"}


def test_a_table_that_is_gone_loses_no_mark_and_is_asked_about(box, out):
    put(box, "a.json", learner="B07")
    grade(box, out)
    edit(out / "to-mark.csv", lambda rows: [row.update(mark="2", mine="look") for row in rows])
    grade(box, out)
    grade(box, out)
    (out / "to-mark.csv").unlink()
    for _ in range(2):
        grade(box, out)
        assert [(r["mark"], r["mine"]) for r in table(out, "to-mark.csv")] == [("2", "look")]
    (out / "to-mark.csv").unlink()
    grade(box, out)
    assert "They are put back from to-mark.csv.before" in told(out)


def test_the_table_is_kept_as_it_was_before_it_is_replaced(box, out):
    put(box, "a.json")
    grade(box, out)
    mark_all(out, mark="1,5 or so")
    found = (out / "to-mark.csv").read_bytes()
    grade(box, out)
    assert (out / "to-mark.csv.before").read_bytes() == found


def reworded(box, name="a.json", **values):
    answers = dict(WITHOUT_WRITING)
    answers[CHOICE.id] = evolve(answers[CHOICE.id], wording="0" * 12)
    put(box, name, answers=answers, **values)


def test_an_old_wording_counts_when_it_is_accepted(box, out):
    reworded(box)
    grade(box, out)
    assert table(out, "marks.csv")[0]["still_to_mark"] == "1"
    grade(box, out, rulings=Rulings(old_wording=frozenset([CHOICE.id])))
    [row] = table(out, "marks.csv")
    assert (row["still_to_mark"], row["final"]) == ("0", "14")


def test_a_mark_given_by_hand_goes_before_an_accepted_wording(box, out):
    reworded(box)
    grade(box, out)
    mark_all(out, mark="0,5")
    grade(box, out, rulings=Rulings(old_wording=frozenset([CHOICE.id])))
    assert table(out, "marks.csv")[0]["written"] == "0.5"


def test_a_question_thrown_out_counts_for_nobody_and_the_page_says_so(box, out):
    put(box, "a.json", learner="B07", answers=WITHOUT_WRITING)
    put(box, "b.json", learner="B08", answers=other_answers())
    grade(box, out)
    said = grade(box, out, rulings=Rulings(thrown_out=frozenset([CHOICE.id])))
    rows = table(out, "marks.csv")
    assert {row["mark"] for row in rows} == {f"{14 - CHOICE.marks:g}"}
    assert {row["out_of"] for row in rows} == {f"{20 - CHOICE.marks:g}"}
    assert "counts for no mark" in (out / rows[0]["feedback"]).read_text("utf-8")
    assert "Marks that the program gives otherwise than the last time: 2" in said
    with pytest.raises(KitError, match="exercise-01/nothing"):
        grade(box, out, rulings=Rulings(thrown_out=frozenset(["exercise-01/nothing"])))


def test_where_all_is_thrown_out_the_report_counts_none_of_it(box, out):
    put(box, "a.json", learner="B07")
    grade(box, out, rulings=Rulings(thrown_out=frozenset(key_answers())))
    assert "report" not in told(out)
    assert (out / "report.html").is_file()
    assert {row["sound"] for row in table(out, "marks.csv")} == {"0"}


def test_a_mended_key_shows_whose_mark_changed_and_by_how_much(box, out, tmp_path):
    keys = tmp_path / "keys"
    shutil.copytree(COURSE.keys, keys)
    put(box, "a.json", learner="B07", answers=WITHOUT_WRITING)
    put(box, "b.json", learner="B08", answers=other_answers())
    grade_folder(COURSE, box, keys, out)
    text = (keys / "01.toml").read_text("utf-8")
    right = next(o.id for o in CHOICE.options if o.right)
    mended = text.replace(f'id = "{right}"\nright = true', f'id = "{right}"')
    mended = mended.replace(f'id = "{WRONG}"', f'id = "{WRONG}"\nright = true', 1)
    (keys / "01.toml").write_text(mended, encoding="utf-8")
    grade_folder(COURSE, box, keys, out)
    changes = {r["learner"]: r["difference"] for r in table(out, "changes.csv")}
    assert changes == {"B07": f"-{CHOICE.marks:g}", "B08": f"{CHOICE.marks:g}"}


# --- Back to the school's system ------------------------------------------------------------------


@pytest.mark.parametrize("title", [COURSE.sheet("exercise-01").title, "Exercise 01"])
def test_canvas_s_own_column_is_given_back_with_its_number(box, out, tmp_path, title):
    title = f"{title} (48213)"
    head, rest = CANVAS_LIST.split("\n", 1)
    pupils = a_list(tmp_path, f"{head},{title},Quiz (7)\n{rest}")
    put(box, "cruzada_777_1_x.json", learner="B07", answers=WITHOUT_WRITING)
    for _ in range(2):
        grade(box, out, roster=pupils, lms="canvas")
    rows = table(out, "canvas.csv")
    assert list(rows[0])[-1] == title
    assert [row[title] for row in rows] == ["20", "14"]


WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)\n"
    "Participant 11,Ada Cruz,ada@example.org,Submitted,,20,-\n"
    "Participant 12,Bo Berg,bo@example.org,Submitted,,20,-\n"
)


WORKSHEETS = {
    "en": WORKSHEET,
    "de": (
        "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
        "Zuletzt geändert (Bewertung)\n"
        "Teilnehmer/in11,Ada Cruz,a@example.org,Abgegeben,,32,-\n"
        "Teilnehmer/in12,Bo Berg,b@example.org,Abgegeben,,32,-\n"
    ),
    "es": (
        "Identificador,Nombre completo,Dirección de correo,Estado,Calificación,"
        "Calificación máxima,Última modificación (calificación)\n"
        "Participante11,Ada Cruz,a@example.org,Enviado,,32,-\n"
        "Participante12,Bo Berg,b@example.org,Enviado,,32,-\n"
    ),
    "fr": (
        "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,"
        "Dernière modification (note)\n"
        "Participant 11,Ada Cruz,a@example.org,Remis,,32,-\n"
        "Participant 12,Bo Berg,b@example.org,Remis,,32,-\n"
    ),
    "it": (
        "Identificativo,Nome,Indirizzo email,Stato,Valutazione,Valutazione massima,"
        "Ultima modifica (valutazione)\n"
        "Partecipante11,Ada Cruz,a@example.org,Consegnato,,32,-\n"
        "Partecipante12,Bo Berg,b@example.org,Consegnato,,32,-\n"
    ),
    "pt": (
        "Identificador,Nome completo,E-mail,Estado,Avaliação,Nota máxima,"
        "Última atualização (avaliação)\n"
        "Participante11,Ada Cruz,a@example.org,Submetido,,32,-\n"
        "Participante12,Bo Berg,b@example.org,Submetido,,32,-\n"
    ),
}


@pytest.mark.parametrize("language", [one for one in WORKSHEETS if one != "en"])
def test_moodle_s_worksheet_is_written_back_in_the_site_s_language(tmp_path, out, language):
    """The name is hidden here, so only the number says whose it is."""
    path = tmp_path / "work.zip"
    hidden = "Teilnehmerin" if language == "de" else "Participante"
    with zipfile.ZipFile(path, "w") as archive:
        seal = a_seal(learner="", answers=WITHOUT_WRITING)
        archive.writestr(f"{hidden}_11_assignsubmission_file/x.json", submission.to_json(seal))
    sheet = WORKSHEETS[language]
    for _ in range(2):
        grade(path, out, roster=a_list(tmp_path, sheet), lms="moodle")
    [row] = table(out, "moodle.csv")
    headings = sheet.partition("\n")[0].split(",")
    assert list(row) == headings
    [marks] = table(out, "marks.csv")
    identifier = sheet.split("\n")[1].split(",")[0]
    cells = [row[headings[n]] for n in (0, 1, 4)]
    assert cells == [identifier, "Ada Cruz", marks["final"]]
    assert not list(out.glob("earlier-*"))


@pytest.mark.parametrize("sender", ["Ada Cruz", "Participant"])
def test_moodle_s_worksheet_is_written_back(tmp_path, out, sender):
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as archive:
        seal = a_seal(learner="", answers=WITHOUT_WRITING)
        archive.writestr(f"{sender}_11_assignsubmission_file/x.json", submission.to_json(seal))
    for _ in range(2):
        grade(path, out, roster=a_list(tmp_path, WORKSHEET), lms="moodle")
    [row] = table(out, "moodle.csv")
    assert list(row) == WORKSHEET.partition("\n")[0].split(",")
    assert (row["Identifier"], row["Grade"], row["Maximum grade"]) == ("Participant 11", "14", "20")
    assert not list(out.glob("earlier-*"))


RETURNED = {
    "moodle": ("Ada Cruz_11_assignsubmission_file_/x.json", "Ada Cruz_11_assignsubmission_file/"),
    "canvas": ("cruzada_LATE_777_4242_01-exercise-2.json", "cruzada_LATE_777_4242_01-exercise-2."),
}


@pytest.mark.parametrize("kind", RETURNED)
def test_feedback_is_one_zip_that_the_lms_takes_back(tmp_path, out, kind):
    path = tmp_path / "work.zip"
    name, begin = RETURNED[kind]
    with zipfile.ZipFile(path, "w") as archive:
        for place, code in ((name, "B07"), ("mailed.json", "B08")):
            seal = a_seal(learner=code, record=code, answers=WITHOUT_WRITING)
            archive.writestr(place, submission.to_json(seal))
    lists = {"moodle": MOODLE_LIST, "canvas": CANVAS_LIST}
    said = grade(path, out, roster=a_list(tmp_path, lists[kind]), lms=kind)
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        [member] = archive.namelist()
        page = archive.read(member)
    assert member.startswith(begin)
    assert member.endswith(".html")
    [row] = [r for r in table(out, "marks.csv") if r["learner"] == "B07"]
    assert page == (out / row["feedback"]).read_bytes()
    assert "1 of 2 pages" in said


def test_feedback_on_a_text_typed_into_canvas_is_not_promised(box, out, tmp_path):
    """Canvas finds the file of a page by its number, and such a text has none."""
    text = paste.to_paste(a_seal(learner="B07", answers=WITHOUT_WRITING))
    (box / "cruzada_777_text.html").write_text(f"<p>{text}</p>", encoding="utf-8")
    said = grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert "0 of 1 page," in said
    assert [row["name"] for row in table(out, "marks.csv")] == ["Cruz, Ada"]


def test_feedback_on_what_may_be_another_s_is_not_given_back(tmp_path, out):
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as archive:
        seal = a_seal(learner="", answers=WITHOUT_WRITING)
        for name in ("Ada Cruz_11_assignsubmission_file", "Bo Berg_12_assignsubmission_file"):
            archive.writestr(f"{name}/x.json", submission.to_json(seal))
    grade(path, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        assert archive.namelist() == []


# --- Over all exercises ---------------------------------------------------------------------------


def test_who_is_excused_loses_nothing_over_all_exercises(tmp_path):
    names = "code,name,excused\nB07,Kim Lee,\nB08,Kim Lee,02\nB09,Cy Dorn,\nB10,Di Egg,yes\n"
    pupils = a_list(tmp_path, names)
    for n, (sheet, codes) in enumerate(zip(GRADED, [("B07", "b08"), ("B07",)], strict=False)):
        box = tmp_path / f"in-{n}"
        box.mkdir()
        for code in codes:
            answers = {k: v for k, v in key_answers(COURSE, sheet).items() if k[-5:] != "/note"}
            put(box, f"{code}.json", learner=code, sheet=sheet.id, answers=answers)
        grade(box, tmp_path / f"marks-{n}", roster=pupils)
    folders = [str(tmp_path / f"marks-{n}") for n in range(2)]
    made = tmp_path / "all.csv"
    assert main(["grades", *folders, "--roster", str(pupils), "--out", str(made)]) == 0
    rows = {r["learner"]: r for r in table(tmp_path, "all.csv")}
    assert rows["B08"]["percent"] == rows["B08"]["exercise-01"] == rows["B07"]["exercise-01"]
    assert {code: rows[code]["percent"] for code in ("B09", "B10")} == {"B09": "0", "B10": ""}
    assert main(["grades", *folders, "--out", str(made)]) == 1  # who of the two is who?


def test_one_table_over_all_exercises_with_weights(tmp_path, capsys):
    full = {}
    for n, sheet in enumerate(GRADED[:2]):
        box = tmp_path / f"in-{n}"
        box.mkdir()
        answers = {k: v for k, v in key_answers(COURSE, sheet).items() if not k.endswith("/note")}
        put(box, "a.json", learner="B07", sheet=sheet.id, answers=answers)
        if n == 0:
            put(box, "b.json", learner="B08", sheet=sheet.id, answers=answers)
            put(box, "c.json", learner="B09", sheet=sheet.id)  # its writing waits for a mark
        grade(box, tmp_path / f"marks-{n}")
        [row] = [r for r in table(tmp_path / f"marks-{n}", "marks.csv") if r["learner"] == "B07"]
        full[sheet.id] = 100 * float(row["final"]) / float(row["out_of"])
    folders = [str(tmp_path / f"marks-{n}") for n in range(2)]
    weight = f"{GRADED[1].id}=3"
    assert main(["grades", *folders, "--weight", weight, "--out", str(tmp_path / "all.csv")]) == 0
    rows = {r["learner"]: r for r in table(tmp_path, "all.csv")}
    first, second = full.values()
    assert float(rows["B07"]["percent"]) == pytest.approx((first + 3 * second) / 4, abs=0.01)
    assert float(rows["B08"]["percent"]) == pytest.approx(first / 4, abs=0.01)
    assert float(rows["B08"]["percent_of_handed_in"]) == pytest.approx(first, abs=0.01)
    assert (rows["B09"]["percent"], rows["B09"]["not_final"]) == ("", "1")
    capsys.readouterr()
    for wrong in (["--weight", "exercise-99=2"], ["--weight", "exercise-01=x"], [folders[0]]):
        assert main(["grades", *folders, *wrong]) == 1
        assert "exercise" in capsys.readouterr().err
