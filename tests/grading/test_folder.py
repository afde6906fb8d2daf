from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from attrs import evolve
from helpers import BY_NAME, COURSE, GRADED, PROJECT, a_seal, key_answers, notebook

from kit.course.messages import KitError
from kit.grading import Choices, grade_folder
from kit.grading.by_hand import answer_id
from kit.grading.marks import Result, Submission
from kit.learner import submission
from kit.learner.submission import SealedAnswer
from kit.questions.bank import load_questions

SHEET = GRADED[0]
TABLES = ("marks.csv", "items.csv", "to-mark.csv", "problems.csv", "report.csv")
OURS_ALL = {*TABLES, "report.html"}
ITEMS = load_questions(COURSE, SHEET)
MOST = sum(i.marks for i in ITEMS.values() if i.marked)
WRITING = next(i for i in ITEMS.values() if i.kind == "write")
CHOICE = next(i for i in ITEMS.values() if i.kind == "choose-one")
FORMULA = '=HYPERLINK("http://example.org","x")'


def grade(box, out, keys=COURSE.keys) -> str:
    return grade_folder(COURSE, box, keys, out)


def table(out, name) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(out) -> dict[str, dict[str, str]]:
    return {row["file"]: row for row in table(out, "marks.csv")}


def problems_of(out) -> dict[str, str]:
    return {row["file"]: row["problem"] for row in table(out, "problems.csv")}


def put(box, name, **changes) -> Path:
    """Put a hand-in as a JSON file into the folder."""
    path = box / name
    values = {"answers": key_answers(), "record": name, **changes}
    path.write_text(submission.to_json(a_seal(**values)), encoding="utf-8")
    return path


def put_raw(box, name, text, *changes) -> None:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (box / name).write_text(text, encoding="utf-8")


def answered(item, value):
    return {**key_answers(), item.id: SealedAnswer(value, item.fingerprint)}


def edit(path, change, delimiter=","):
    """Change the rows of a table as a teacher does in a spreadsheet, and save it."""
    rows = table(path.parent, path.name)
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def give(mark):
    def change(rows):
        for row in rows:
            row["mark"] = mark

    return change


def contents(folder) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.csv")}


# --- What it earns ------------------------------------------------------------------------------


def test_the_solved_notebook_earns_every_automatic_mark(box, out):
    for name, path in BY_NAME.items():
        if name.startswith("solutions/"):
            shutil.copy(path, box)
    grade(box, out)
    for row in table(out, "marks.csv"):
        items = load_questions(COURSE, COURSE.sheet(row["sheet"])).values()
        most = sum(i.marks for i in items if i.marked)
        assert row["automatic"] == row["automatic_out_of"] == f"{most:g}"
        assert row["answered"] == row["questions"] == str(len(items))
        assert (row["sound_accepted"], row["unsound_rejected"]) == (row["sound"], row["unsound"])
    assert len(table(out, "marks.csv")) == len(GRADED)


def test_the_blank_exercise_earns_nothing(box, out):
    shutil.copy(PROJECT / SHEET.notebook, box / "blank.ipynb")
    put(box, "empty.json", answers={})
    grade(box, out)
    assert [(r["file"], r["mark"], r["answered"]) for r in table(out, "marks.csv")] == [
        ("empty.json", "0", "0")
    ]
    assert "no sealed answers" in problems_of(out)["blank.ipynb"]


def test_marks_add_up_to_the_whole(box, out):
    put(box, "a.json")
    grade(box, out)
    [row] = table(out, "marks.csv")
    assert float(row["out_of"]) == sum(i.marks for i in ITEMS.values())
    assert float(row["mark"]) == float(row["automatic"]) + float(row["written"])
    assert row["still_to_mark"] == str(len(table(out, "to-mark.csv")))


def test_one_wrong_answer_costs_its_own_marks(box, out):
    wrong = next(o.id for o in CHOICE.options if not o.right)
    put(box, "a.json", answers=answered(CHOICE, wrong))
    grade(box, out)
    assert float(rows_of(out)["a.json"]["automatic"]) == MOST - CHOICE.marks


def test_blanket_trust_and_blanket_distrust_earn_together_what_the_statements_are_worth(box, out):
    """So over the course each of them earns half: test_exercises balances the statements."""
    for name, accepts in (("trust.json", True), ("distrust.json", False)):
        given = {}
        for item in ITEMS.values():
            label = next((x.id for x in item.labels if x.accepts is accepts), None)
            if label:
                given[item.id] = SealedAnswer({u.id: label for u in item.units}, item.fingerprint)
        put(box, name, answers=given)
    grade(box, out)
    trust, distrust = (rows_of(out)[f"{name}.json"] for name in ("trust", "distrust"))
    worth = sum(item.marks for item in ITEMS.values() if any(x.accepts for x in item.labels))
    assert float(trust["automatic"]) + float(distrust["automatic"]) == worth > 0
    assert (trust["sound_accepted"], trust["unsound_rejected"]) == (trust["sound"], "0")
    assert (distrust["sound_accepted"], distrust["unsound_rejected"]) == ("0", trust["unsound"])


# --- A folder full of trouble -------------------------------------------------------------------


def fill_with_trouble(box, sentinel) -> set[str]:
    """Fill the folder with every kind of bad file; return the names that should get no marks."""
    good = submission.to_json(a_seal(answers=key_answers(), record="x"))
    call = 'import kit\nkit.hand_in("exercise-01")'
    deletes = f"import os\nos.remove({str(sentinel)!r})"
    bad = {
        "truncated.ipynb": notebook(submission.to_cell(call, a_seal(answers=key_answers())))[:-900],
        "nan.json": good.replace('"revision": 3', '"revision": NaN'),
        "huge-number.json": good.replace('"revision": 3', '"revision": 1e999'),
        "deep.json": "[" * 100_000,
        "deep-too.json": good.replace("{", '{"more": ' + "[" * 900 + "]" * 900 + ", ", 1),
        "list.json": "[1, 2]",
        "null.json": "null",
        "wrong-types.json": '{"kit_seal": "x", "answers": [5], "sheet": {}}',
        "cells.ipynb": '{"cells": [{"source": [1, null]}, 7, {"source": {"a": 1}}]}',
        "other-course.json": submission.to_json(a_seal(course="../../else")),
        "other-sheet.json": submission.to_json(a_seal(sheet="../../etc/passwd")),
        "empty.ipynb": "",
        "deletes.ipynb": notebook(deletes),
        "photo.png": "not a picture",
        "table.csv": "a,b",
        "sub/unreadable.json": "{",
    }
    (box / "sub").mkdir()
    for name, text in bad.items():
        (box / name).write_text(text, encoding="utf-8")
    (box / "latin.json").write_bytes(good.encode() + "ü".encode("latin-1"))
    with (box / "large.ipynb").open("wb") as file:
        file.truncate(50 * 2**20)
    return {*bad, "latin.json", "large.ipynb"}


def test_one_bad_file_never_stops_the_rest(box, out, tmp_path):
    sentinel = tmp_path / "sentinel"
    sentinel.touch()
    put(box, "good.json")
    bad = fill_with_trouble(box, sentinel)
    said = grade(box, out)
    assert rows_of(out).keys() == {"good.json"}
    assert rows_of(out)["good.json"]["automatic"] == f"{MOST:g}"
    assert problems_of(out).keys() == bad
    assert all(problems_of(out).values())
    assert sentinel.exists()
    assert f"Graded 1 of {len(bad) + 1}" in said


def test_a_notebook_that_would_delete_files_is_graded_and_not_run(box, out, tmp_path):
    sentinel = tmp_path / "sentinel"
    sentinel.touch()
    deletes = f"import os\nos.remove({str(sentinel)!r})"
    cell = submission.to_cell(f"{deletes}\nkit.hand_in()", a_seal(answers=key_answers()))
    (box / "a.ipynb").write_text(notebook(deletes, f"{cell}\n{deletes}"), encoding="utf-8")
    grade(box, out)
    assert rows_of(out)["a.ipynb"]["automatic"] == f"{MOST:g}"
    assert sentinel.exists()


def test_nothing_is_written_outside_the_folder_for_marks(box, out, tmp_path):
    put(box, "a.json", learner="../../evil", record="../../evil")
    put(box, "b.json", learner="/etc/evil", sealed="../x")
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    grade(box, out)
    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    fresh = after.keys() - before.keys()
    assert {p.name for p in fresh if p.parent == out} == {*OURS_ALL, ".to-mark.lock"}
    assert {p.parent for p in fresh} == {out, out / "feedback"}
    pages = [p.name for p in fresh if p.parent == out / "feedback"]
    assert len(pages) == 2
    assert all(re.fullmatch(r"[a-z0-9-]+\.html", name) for name in pages)
    assert all(after[p] == before[p] for p in before)
    assert {r["learner"] for r in table(out, "marks.csv")} == {"../../evil", "/etc/evil"}


@pytest.mark.parametrize(
    "evil", [FORMULA, "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1", "=1\n=2"]
)
def test_no_cell_of_a_table_is_a_formula(box, out, evil):
    put(box, "a.json", learner=evil, answers=answered(WRITING, evil), sealed=evil)
    try:
        (box / f"{evil.strip()}.json").write_text("{", encoding="utf-8")
    except OSError:
        (box / "=x.json").write_text("{", encoding="utf-8")
    grade(box, out)
    for name in TABLES:
        for row in table(out, name):
            assert [c for c in row.values() if c.lstrip()[:1] in tuple("=+-@")] == []


@pytest.mark.parametrize("where", ["learner", "answer", "unknown id", "course"])
def test_lone_surrogates_stop_nothing(box, out, where):
    put(box, "good.json", learner="B1")
    odd = "a\ud800b"
    changes = {
        "learner": {"learner": odd},
        "answer": {"answers": answered(WRITING, odd)},
        "unknown id": {"answers": {odd: SealedAnswer("x", "")}},
        "course": {"course": odd},
    }
    put(box, "odd.json", **changes[where])
    grade(box, out)
    assert "good.json" in rows_of(out)
    assert "odd.json" in {**rows_of(out), **problems_of(out)}


@pytest.mark.parametrize(
    "wrong", [5, None, [["x"]], {"a": {}}, True, "no such option", 1.5, [None]]
)
def test_an_answer_of_a_wrong_type_earns_nothing_and_is_told(box, out, wrong):
    items = [i for i in ITEMS.values() if i.kind != "write"]
    put(box, "a.json", answers={i.id: SealedAnswer(wrong, i.fingerprint) for i in items})
    grade(box, out)
    assert rows_of(out)["a.json"]["mark"] == "0"
    told = [r for r in table(out, "problems.csv") if r["file"] == "a.json"]
    assert len(told) == (0 if wrong is None else len(items))


def test_no_depth_of_nesting_stops_the_rest(box, out):
    put(box, "good.json")
    text = submission.to_json(a_seal(answers=answered(CHOICE, "NEST"), record="deep"))
    for depth in range(900, 1000):
        put_raw(box, f"deep-{depth}.json", text, ('"NEST"', "[" * depth + "]" * depth))
    grade(box, out)
    assert "good.json" in rows_of(out)
    assert len({**rows_of(out), **problems_of(out)}) == 101


def test_an_answer_to_an_older_wording_is_told_and_not_marked(box, out):
    older = evolve(key_answers()[CHOICE.id], wording="0" * 12)
    put(box, "a.json", answers={**key_answers(), CHOICE.id: older})
    grade(box, out)
    assert float(rows_of(out)["a.json"]["automatic"]) == MOST - CHOICE.marks
    assert CHOICE.id in problems_of(out)["a.json"]
    assert "wording" in problems_of(out)["a.json"]


def test_an_unknown_question_is_told(box, out):
    put(box, "a.json", answers={**key_answers(), "x/y": SealedAnswer("z", "")})
    put(
        box,
        "b.json",
        learner="B8",
        answers={**key_answers(), "exercise-01/who": SealedAnswer("B", "")},
    )
    grade(box, out)
    assert "x/y" in problems_of(out)["a.json"]
    assert "exercise-01/who" not in str(table(out, "problems.csv"))
    assert {r["automatic"] for r in table(out, "marks.csv")} == {f"{MOST:g}"}


def test_an_altered_seal_is_marked_and_told(box, out):
    text = submission.to_json(a_seal(answers={}, record="z"))
    put_raw(box, "a.json", text, ('"learner": "A7"', '"learner": "B8"'))
    grade(box, out)
    assert rows_of(out)["a.json"]["learner"] == "B8"
    assert "changed after sealing" in problems_of(out)["a.json"]


def test_without_a_code_the_files_name_serves(box, out):
    put(box, "Anna B.json", learner="  ")
    grade(box, out)
    assert rows_of(out)["Anna B.json"]["learner"] == "Anna B"
    assert "no class code" in problems_of(out)["Anna B.json"]


def test_two_learners_with_one_code_are_both_marked_and_told(box, out):
    put(box, "a.json", learner="A7")
    put(box, "b.json", learner="a7 ")
    grade(box, out)
    assert rows_of(out).keys() == {"a.json", "b.json"}
    [told] = [r["problem"] for r in table(out, "problems.csv") if "more than one" in r["problem"]]
    assert "a.json, b.json" in told


def test_of_two_revisions_of_one_record_the_higher_counts(box, out):
    put(box, "a-new.json", record="one", revision=8)
    put(box, "b-old.json", record="one", revision=5, answers={})
    put(box, "c-older.json", record="one", revision=2, answers={})
    grade(box, out)
    assert rows_of(out).keys() == {"a-new.json"}
    assert {"b-old.json", "c-older.json"} <= problems_of(out).keys()


def test_the_same_hand_in_in_both_forms_counts_once(box, out):
    seal = a_seal(answers=key_answers())
    (box / "a.json").write_text(submission.to_json(seal), encoding="utf-8")
    (box / "a.ipynb").write_text(
        notebook(submission.to_cell("kit.hand_in()", seal)), encoding="utf-8"
    )
    grade(box, out)
    assert len(table(out, "marks.csv")) == 1


def test_a_copy_with_other_answers_or_another_name_is_never_dropped_in_silence(box, out):
    """One record, one revision, two contents: somebody has changed a copy."""
    put(box, "a.json", record="one")
    put(box, "b.json", record="one", learner="B8")
    put(box, "c.json", record="one", answers={})
    grade(box, out)
    assert {*rows_of(out), *problems_of(out)} == {"a.json", "b.json", "c.json"}


def test_a_file_that_goes_while_the_folder_is_read_is_told(box, out):
    """The inbox may be a folder that others still work in."""
    put(box, "a.json")
    gone = put(box, "gone.json", learner="B9")

    def meanwhile(done, steps):
        gone.unlink(missing_ok=True)

    grade_folder(COURSE, box, COURSE.keys, out, Choices(progress=meanwhile))
    assert rows_of(out).keys() == {"a.json"}
    assert "cannot be read" in problems_of(out)["gone.json"]


def test_hidden_files_checkpoints_and_links_are_left_out(box, out):
    put(box, "a.json")
    (box / ".ipynb_checkpoints").mkdir()
    put(box / ".ipynb_checkpoints", "a-checkpoint.json", record="cp")
    (box / "__MACOSX").mkdir()
    put(box / "__MACOSX", "._a.json", record="mac")
    (box / "link.json").symlink_to(PROJECT / "pyproject.toml")
    grade(box, out)
    assert rows_of(out).keys() == {"a.json"}
    assert "._a.json" not in str(table(out, "problems.csv"))


def test_hand_ins_are_found_in_folders_below(box, out):
    (box / "7b" / "A").mkdir(parents=True)
    put(box / "7b" / "A", "same.json", record="one")
    put(box, "same.json", record="two")
    grade(box, out)
    assert rows_of(out).keys() == {"7b/A/same.json", "same.json"}


def test_a_lesson_may_be_handed_in_too(box, out):
    sheet = COURSE.sheet("01-who-says-so")
    put(box, "a.json", sheet=sheet.id, answers=key_answers(COURSE, sheet))
    grade(box, out)
    row = rows_of(out)["a.json"]
    assert row["automatic"] == row["automatic_out_of"] != "0"


# --- Nothing to grade ---------------------------------------------------------------------------


def test_what_there_is_not_is_told_in_a_sentence(box, out, tmp_path):
    with pytest.raises(KitError, match="nothing to grade"):
        grade(box, out)
    with pytest.raises(KitError, match="There is no folder"):
        grade(box / "nowhere", out)
    put(box, "a.json")
    with pytest.raises(KitError, match="--keys"):
        grade(box, out, keys=tmp_path / "no-keys")
    assert not out.exists()


# --- Marks given by hand ------------------------------------------------------------------------


def test_grading_again_gives_the_same_tables(box, out, tmp_path):
    put(box, "a.json", learner=FORMULA)
    put(box, "b.json", answers=answered(WRITING, "- one\n- two\r\n=three; “four”, 'five'"))
    fill_with_trouble(box, tmp_path / "sentinel")
    grade(box, out)
    first = contents(out)
    edit(out / "to-mark.csv", give("2"))
    grade(box, out)
    second = contents(out)
    assert second != first
    for _ in range(2):
        grade(box, out)
        assert contents(out) == second


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_marks_given_by_hand_are_kept_and_summed(box, out, delimiter):
    put(box, "a.json")
    grade(box, out)
    count = len(table(out, "to-mark.csv"))
    assert rows_of(out)["a.json"]["still_to_mark"] == str(count)

    def change(rows):
        for n, row in enumerate(rows):
            row["mark"] = "1,5" if n == 0 else "2"
            row["comment"] = "gut; sehr “gut”, =weiter"

    edit(out / "to-mark.csv", change, delimiter)
    grade(box, out)
    row = rows_of(out)["a.json"]
    assert float(row["written"]) == 1.5 + 2 * (count - 1)
    assert float(row["mark"]) == MOST + float(row["written"])
    assert row["still_to_mark"] == "0"
    assert {r["comment"] for r in table(out, "to-mark.csv")} == {"gut; sehr “gut”, =weiter"}
    assert {r["status"] for r in table(out, "to-mark.csv")} == {"marked"}


def test_rows_may_be_sorted_and_filtered_in_the_spreadsheet(box, out):
    put(box, "a.json")
    put(box, "b.json", learner="B8")
    grade(box, out)

    def change(rows):
        give("1")(rows)
        rows.reverse()
        del rows[1:2]

    count = len(table(out, "to-mark.csv"))
    edit(out / "to-mark.csv", change)
    grade(box, out)
    assert len(table(out, "to-mark.csv")) == count
    assert sum(float(r["written"]) for r in table(out, "marks.csv")) == count - 1


@pytest.mark.parametrize("mark", ["99", "-1", "two", "nan", "inf", "1e9", "=1"])
def test_what_is_no_mark_is_told_kept_and_not_counted(box, out, mark):
    put(box, "a.json")
    grade(box, out)
    edit(out / "to-mark.csv", give(mark))
    grade(box, out)
    assert rows_of(out)["a.json"]["written"] == "0"
    assert "no mark" in problems_of(out)["to-mark.csv"]
    assert {r["mark"].lstrip("'") for r in table(out, "to-mark.csv")} == {mark}


def test_the_highest_mark_is_the_rubrics_whatever_the_table_says(box, out):
    put(box, "a.json")
    grade(box, out)

    def change(rows):
        for row in rows:
            row["mark"], row["most"] = "1000", ""

    edit(out / "to-mark.csv", change)
    grade(box, out)
    assert rows_of(out)["a.json"]["written"] == "0"


@pytest.mark.parametrize("mark", ["2", "2.0", " 2 ", "+2", "02"])
def test_a_mark_counts_however_it_is_written_and_goes_on_counting(box, out, mark):
    put(box, "a.json")
    grade(box, out)
    edit(out / "to-mark.csv", give(mark))
    count = len(table(out, "to-mark.csv"))
    for _ in range(3):
        grade(box, out)
        assert rows_of(out)["a.json"]["written"] == str(2 * count)


def test_a_mark_does_not_pass_to_a_changed_answer_and_is_not_lost(box, out):
    put(box, "a.json", revision=1, record="one")
    grade(box, out)
    edit(out / "to-mark.csv", give("2"))
    put(box, "a2.json", revision=2, record="one", answers=answered(WRITING, "Something new."))
    for _ in range(2):
        grade(box, out)
        assert rows_of(out)["a2.json"]["written"] == "0"
        rows = table(out, "to-mark.csv")
        assert {r["mark"] for r in rows if r["answer"] == "Something new."} == {""}
        kept = [r for r in rows if r["answer"] != "Something new."]
        assert {r["mark"] for r in kept} == {"2"}
        assert all("not counted" in r["status"] for r in kept)


def test_marks_survive_a_hand_in_that_is_away_for_a_while(box, out):
    path = put(box, "a.json")
    put(box, "b.json", learner="B8")
    grade(box, out)
    edit(out / "to-mark.csv", give("2"))
    text = path.read_text(encoding="utf-8")
    path.unlink()
    grade(box, out)
    path.write_text(text, encoding="utf-8")
    grade(box, out)
    assert float(rows_of(out)["a.json"]["written"]) > 0


HALF = pytest.param(
    "half a quotation mark",
)


@pytest.mark.parametrize("harm", ["tabs", "no header", "other columns", HALF])
def test_marks_in_a_table_that_cannot_be_understood_are_never_overwritten(box, out, harm):
    put(box, "a.json")
    grade(box, out)
    path = out / "to-mark.csv"
    edit(path, give("2"), "\t" if harm == "tabs" else ",")
    text = path.read_text(encoding="utf-8-sig")
    if harm == "no header":
        text = text.partition("\n")[2]
    if harm == "other columns":
        text = text.replace("answer_id", "number", 1)
    if harm == "half a quotation mark":
        text += '\n"' + "x" * 140_000
    path.write_text(text, encoding="utf-8")
    try:
        grade(box, out)
    except KitError as fault:
        assert "to-mark.csv" in str(fault)
    kept = [p.read_text(encoding="utf-8") for p in out.glob("*.csv")]
    counted = float(rows_of(out)["a.json"]["written"]) > 0
    assert text in kept or counted


def test_no_answers_name_looks_like_a_number_to_a_spreadsheet():
    """Spreadsheets turn 1234e56 into a number when they save, and the mark would be lost."""
    submission = Submission("a.json", a_seal())
    names = [answer_id(submission, Result(WRITING, str(n), None), "c") for n in range(3000)]
    assert [name for name in names if name[0] in "0123456789"] == []
    assert len(set(names)) == len(names)


def test_what_a_learner_wrote_stands_in_the_table_unchanged(box, out):
    text = "Zeile eins\nZeile zwei, “so”; 'x' \"y\" 🦉"
    put(box, "a.json", answers=answered(WRITING, text))
    grade(box, out)
    assert {r["answer"] for r in table(out, "to-mark.csv")} == {text}


def test_the_folder_for_marks_may_lie_among_the_hand_ins(box, monkeypatch):
    put(box, "a.json")
    monkeypatch.chdir(box)
    for _ in range(2):
        grade(Path(), Path("marks"))
        grade(box, Path("marks"))
    assert table(box / "marks", "problems.csv") == []
    assert json.loads((box / "a.json").read_text(encoding="utf-8"))["learner"] == "A7"


def test_two_learners_at_one_computer_each_have_a_row(box, out):
    put(box, "a.json", record="one", revision=5, learner="B07")
    put(box, "b.json", record="one", revision=9, learner="B08")
    grade(box, out)
    assert [row["learner"] for row in table(out, "marks.csv")] == ["B07", "B08"]
    assert "more than one class code" in " ".join(r["problem"] for r in table(out, "problems.csv"))


def test_a_very_long_code_does_not_block_the_next_grading(box, out):
    put(box, "a.json", learner="x" * 200_000, answers=answered(WRITING, "y" * 19_000))
    grade(box, out)
    grade(box, out)
    assert len(table(out, "marks.csv")[0]["learner"]) == 80


def test_marks_saved_by_a_windows_spreadsheet_keep_their_letters(box, out):
    put(box, "a.json", answers=answered(WRITING, "Text."))
    grade(box, out)
    path = out / "to-mark.csv"
    rows = table(out, "to-mark.csv")
    rows[0] |= {"mark": "2", "comment": "überzeugend – café"}
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    grade(box, out)
    assert table(out, "to-mark.csv")[0]["comment"] == "überzeugend – café"
    assert table(out, "marks.csv")[0]["written"] == "2"


@pytest.mark.parametrize(("encoding", "comment"), [("cp1251", "Хорошо!"), ("cp1253", "Πολύ")])
def test_a_comment_in_letters_that_no_byte_tells_is_not_garbled(box, out, encoding, comment):
    """Saved as plain CSV on a Russian or Greek Windows: it is refused, and nothing is changed."""
    put(box, "a.json", answers=answered(WRITING, "Text."))
    grade(box, out)
    edit(out / "to-mark.csv", lambda rows: rows[0].update(comment=comment))
    path = out / "to-mark.csv"
    path.write_bytes(path.read_text("utf-8-sig").encode(encoding, "replace"))
    before = path.read_bytes()
    with pytest.raises(KitError, match="can be read in two ways"):
        grade(box, out)
    assert path.read_bytes() == before


def test_a_row_copied_by_accident_hides_no_mark(box, out):
    put(box, "a.json", answers=answered(WRITING, "Text."))
    grade(box, out)
    rows = table(out, "to-mark.csv")
    with (out / "to-mark.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerow({**rows[0], "mark": "2"})
        writer.writerow(rows[0])
        writer.writerow({**rows[0], "mark": "1", "answer_id": ""})
    grade(box, out)
    assert table(out, "marks.csv")[0]["written"] == "2"
    assert [r["mark"] for r in table(out, "to-mark.csv") if r["mark"]] == ["2", "1"]
