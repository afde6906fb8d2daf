"""Marks in to-mark.csv go to the answer that their whole row speaks of, or to nobody."""

from __future__ import annotations

import csv
import random

import pytest
from test_folder import WRITING, answered, edit, grade, put, rows_of, table

from kit.grading import by_hand

CLASS = {
    "B07": "Sehr gut belegt.",
    "B08": "Ich weiß nicht.",
    "B09": "किसने कहा?",
    "007": "I doubt it.",
}


@pytest.fixture
def marked(box, out):
    """A class whose writing has been marked: each learner got another mark."""
    for n, (code, text) in enumerate(CLASS.items()):
        put(box, f"{n}.json", learner=code, answers=answered(WRITING, text))
    grade(box, out)

    def change(rows):
        for row in rows:
            row["mark"] = str(list(CLASS).index(row["learner"]) % 3)

    edit(out / "to-mark.csv", change)
    return out / "to-mark.csv"


def totals(out) -> dict[str, float]:
    return {row["learner"]: float(row["written"]) for row in rows_of(out).values()}


RIGHT = {code: 3.0 * (n % 3) for n, code in enumerate(CLASS)}


def told(out) -> list[str]:
    return [r["problem"] for r in table(out, "problems.csv") if r["file"] == "to-mark.csv"]


def sort_without(columns, seed=1):
    """Sort a table as a spreadsheet does when some columns were not selected."""

    def change(rows):
        order = list(range(len(rows)))
        random.Random(seed).shuffle(order)
        stays = [{name: row[name] for name in columns} for row in rows]
        moved = [dict(rows[n]) for n in order]
        for row, there, fresh in zip(rows, stays, moved, strict=True):
            row.update({**fresh, **there})

    return change


@pytest.mark.parametrize("columns", [
    ["answer_id"], ["status", "answer_id"], ["learner"], ["learner", "item", "criterion"],
    ["answer", "levels", "status", "answer_id"],
])  # fmt: skip
@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_marked_by_position(marked, box, out, columns, seed):
    edit(marked, sort_without(columns, seed))
    kept = sorted(r["mark"] for r in table(out, marked.name))
    grade(box, out)
    got = totals(out)
    # What counts came from rows that sorting left whole.
    assert all(got[code] <= RIGHT[code] for code in got)
    assert any("but has the answer_id of an answer of" in text for text in told(out))
    after = [r["mark"] for r in table(out, marked.name) if r["mark"]]
    assert sorted(after) == kept
    grade(box, out)
    assert totals(out) == got
    assert sorted(r["mark"] for r in table(out, marked.name) if r["mark"]) == kept


def test_a_torn_row_is_named_with_the_other(marked, box, out):
    def swap(rows):
        one = next(r for r in rows if r["learner"] == "B07")
        two = next(r for r in rows if r["learner"] == "B08" and r["criterion"] == one["criterion"])
        one["answer_id"], two["answer_id"] = two["answer_id"], one["answer_id"]

    edit(marked, swap)
    grade(box, out)
    assert any(
        "an answer of B07, but has the answer_id of an answer of B08" in t for t in told(out)
    )
    assert totals(out)["B08"] == 2.0  # of three rows of 1 each one is torn


def test_with_the_ids_emptied_each_mark_goes_where_its_row_fits(marked, box, out):
    """The way out that the sentence names."""
    edit(marked, sort_without(["answer_id"]))
    grade(box, out)

    def empty(rows):
        for row in rows:
            row["answer_id"] = "" if row["mark"] else row["answer_id"]

    edit(marked, empty)
    grade(box, out)
    assert totals(out) == RIGHT
    assert told(out) == []


def test_a_table_sorted_as_a_whole_counts_as_before(marked, box, out):
    edit(marked, lambda rows: rows.sort(key=lambda r: r["answer"]))
    grade(box, out)
    assert totals(out) == RIGHT
    assert told(out) == []


MANGLED = {
    "cp1252": lambda row: {
        k: v.encode("cp1252", "replace").decode("cp1252") for k, v in row.items()
    },
    "no zeros in front": lambda row: {**row, "learner": row["learner"].lstrip("0")},
    "other line ends": lambda row: {**row, "answer": row["answer"].replace("\n", "\r\n")},
    "narrow": lambda row: {**row, "answer": ""},
    "no names": lambda row: {**row, "learner": ""},
    "decomposed": lambda row: {**row, "answer": row["answer"].replace("ß", "ß")},
    "spaces": lambda row: {k: f" {v} " if k != "answer_id" else v for k, v in row.items()},
}


@pytest.mark.parametrize("way", MANGLED)
def test_a_cell_that_a_spreadsheet_has_changed_takes_no_mark_away(marked, box, out, way):
    def change(rows):
        for row in rows:
            row.update(MANGLED[way](row))

    edit(marked, change)
    grade(box, out)
    assert totals(out) == RIGHT


def test_of_two_rows_with_one_id_and_two_marks_neither_counts(marked, box, out):
    rows = table(out, marked.name)
    twin = {**rows[0], "mark": "2" if rows[0]["mark"] != "2" else "1"}
    for order in ([*rows, twin], [twin, *rows]):
        with marked.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(order)
        grade(box, out)
        whose = rows[0]["learner"]
        assert totals(out)[whose] == RIGHT[whose] - float(rows[0]["mark"])
        assert any("give different marks" in text for text in told(out))
        marks = [r["mark"] for r in table(out, marked.name) if r["answer_id"] == twin["answer_id"]]
        assert sorted(m for m in marks if m) == sorted([rows[0]["mark"], twin["mark"]])
        edit(marked, lambda rows: None)


def test_a_column_that_a_teacher_has_added_is_kept(marked, box, out):
    def add(rows):
        for row in rows:
            row["to discuss"] = f"with {row['learner']}"

    edit(marked, add)
    for _ in range(2):
        grade(box, out)
        assert {r["to discuss"] for r in table(out, marked.name)} == {f"with {c}" for c in CLASS}
    assert totals(out) == RIGHT


def test_the_rows_kept_aside_are_not_for_the_desk():
    from helpers import COURSE

    row = {"answer_id": "a1", "status": COURSE.say("grade.to_mark")}
    assert by_hand.is_todays(COURSE, row)
    for key in ("grade.earlier", "grade.astray"):
        assert not by_hand.is_todays(COURSE, {**row, "status": COURSE.say(key)})
