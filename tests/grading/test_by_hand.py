"""Marks in to-mark.csv go to the answer that their whole row speaks of, or to nobody."""

from __future__ import annotations

import csv
import random

import pytest
from test_folder import WRITING, answered, edit, grade, put, rows_of, table

from kit.course.messages import KitError, message, words_in
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


RIGHT = {code: float(n % 3) for n, code in enumerate(CLASS)}


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
    assert any("but has the answer_id of another answer" in text for text in told(out))
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
        "an answer of B07, but has the answer_id of another answer (B08)" in t for t in told(out)
    )
    assert totals(out)["B08"] == 0.0


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

    row = {"answer_id": "a1", "status": message("grade.to_mark")}
    assert by_hand.is_todays(row)
    for key in ("grade.earlier", "grade.astray"):
        for said in (message(key), words_in("es")[key]):  # the course had another language then
            assert not by_hand.is_todays({**row, "status": said})


# --- Who is away, and who is there twice ----------------------------------------------------------


def test_a_torn_row_of_one_who_is_away_gives_nobody_a_mark(box, out):
    """Her mark went to the one whose id the sorting had put beside it."""
    ada = put(box, "ada.json", learner="Ada", answers=answered(WRITING, "Ada's words."))
    put(box, "bo.json", learner="Bo", answers=answered(WRITING, "Bo's words."))
    grade(box, out)

    def mark_ada(rows):
        for row in rows:
            row["mark"] = "3" if row["learner"] == "Ada" else ""

    edit(out / "to-mark.csv", mark_ada)
    ada.unlink()
    grade(box, out)
    edit(out / "to-mark.csv", sort_without(["answer_id"], seed=3))
    grade(box, out)
    assert totals(out) == {"Bo": 0.0}
    assert sum(r["mark"] == "3" for r in table(out, "to-mark.csv")) == 1


def test_where_no_letter_is_left_a_table_that_was_sorted_counts_for_nobody(box, out):
    for n, name in enumerate(("Анна", "Борис", "Вера")):
        text = f"{'ы' * (n + 3)}"
        put(box, f"{n}.json", learner=name, answers=answered(WRITING, text))
    grade(box, out)

    def change(rows):
        for n, row in enumerate(rows):
            row["mark"] = str(n % 3)
            row["learner"] = "?" * len(row["learner"])
            row["answer"] = "?" * len(row["answer"])

    edit(out / "to-mark.csv", change)
    grade(box, out)  # as it was written, only with '?' for every letter
    assert sum(totals(out).values()) == 3.0
    rows = table(out, "to-mark.csv")
    for row in rows:
        row["learner"], row["answer"] = "?" * len(row["learner"]), "?" * len(row["answer"])
    ids = [row["answer_id"] for row in rows]
    for row, name in zip(rows, reversed(ids), strict=True):
        row["answer_id"] = name
    with (out / "to-mark.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    grade(box, out)
    assert sum(totals(out).values()) == 0.0
    assert any("may have been moved" in text for text in told(out))


def test_a_mark_beside_the_id_of_one_who_is_away_is_no_proof_of_whose_it_is(box, out):
    """Nothing but another's row tells: Bo's words bear Ada's id, so Ada's may bear Bo's."""
    ada = put(box, "ada.json", learner="Ada", answers=answered(WRITING, "Ada's words."))
    put(box, "bo.json", learner="Bo", answers=answered(WRITING, "Bo's words."))
    grade(box, out)

    def swap(rows):
        one, two = rows[0], rows[1]
        assert (one["learner"], two["learner"]) == ("Ada", "Bo")
        one["answer_id"], two["answer_id"] = two["answer_id"], one["answer_id"]
        one["mark"] = "3"

    edit(out / "to-mark.csv", swap)
    ada.unlink()
    grade(box, out)
    assert totals(out) == {"Bo": 0.0}
    assert any("may have been moved" in text for text in told(out))


def test_where_no_letter_is_left_rows_that_have_changed_places_count_for_nobody(box, out):
    """Each row is about the question and criterion that its id says; only the order tells."""
    for n, name in enumerate(("Анна", "Борис", "Вера")):
        put(box, f"{n}.json", learner=name, answers=answered(WRITING, "ы" * (n + 3)))
    grade(box, out)

    def change(rows):
        first, last = rows[:1], rows[2:]
        for one, two in zip(first, last, strict=True):
            assert one["criterion"] == two["criterion"]
            one["answer_id"], two["answer_id"] = two["answer_id"], one["answer_id"]
        for row in rows:
            row["mark"], row["learner"], row["answer"] = "1", "??", "??"

    edit(out / "to-mark.csv", change)
    grade(box, out)
    assert sum(totals(out).values()) == 0.0
    assert any("may have been moved" in text for text in told(out))


def test_zeros_that_a_spreadsheet_took_give_no_mark_to_another(box, out):
    for n, code in enumerate(("007", "7")):
        put(box, f"{n}.json", learner=code, answers=answered(WRITING, "I do not know."))
    grade(box, out)

    def change(rows):
        for row in rows:
            row["mark"] = "3" if row["learner"] == "007" else ""
            row["learner"] = row["learner"].lstrip("0")

    edit(out / "to-mark.csv", change)
    grade(box, out)
    assert totals(out) == {"007": 3.0, "7": 0.0}

    def empty(rows):
        for row in rows:
            row["learner"] = row["learner"].lstrip("0")
            row["answer_id"] = "" if row["mark"] else row["answer_id"]

    edit(out / "to-mark.csv", empty)
    grade(box, out)
    assert totals(out)["7"] == 0.0


@pytest.mark.parametrize("name", ["mark", "answer_id", "learner"])
def test_two_columns_of_one_name_are_refused_and_nothing_is_written(marked, box, out, name):
    """The second one counted, so every mark was wiped."""
    text = marked.read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    lines = [f"{line},{name if n == 0 else ''}" for n, line in enumerate(lines)]
    marked.write_text("\n".join(lines), encoding="utf-8")
    before = {p: p.read_bytes() for p in out.rglob("*.csv")}
    with pytest.raises(KitError, match="two columns with one name"):
        grade(box, out)
    assert {p: p.read_bytes() for p in out.rglob("*.csv")} == before


def test_ids_in_capitals_and_a_column_without_a_name_are_kept(marked, box, out):
    text = marked.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    for n, row in enumerate(rows):
        row[-1] = row[-1].upper() if n else row[-1]
        row.append("seen" if n else "")
    with marked.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    grade(box, out)
    assert totals(out) == RIGHT
    assert {r[""] for r in table(out, marked.name)} == {"seen"}


def test_a_quotation_mark_that_is_not_closed_changes_nothing(marked, box, out):
    text = marked.read_text(encoding="utf-8-sig")
    marked.write_text(text + '\n"never closed', encoding="utf-8")
    before = marked.read_bytes()
    with pytest.raises(KitError, match="not closed"):
        grade(box, out)
    assert marked.read_bytes() == before


def test_unicode_text_as_a_spreadsheet_saves_it_is_read(marked, box, out):
    with marked.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with marked.open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(rows)
    grade(box, out)
    assert totals(out) == RIGHT
