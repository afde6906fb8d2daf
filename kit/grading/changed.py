"""Whose marks a mended key has changed: an earlier ``items.csv`` beside today's rows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path

from kit.course.messages import KitError
from kit.grading import tables
from kit.grading.rows import ITEMS
from kit.grading.tables import Row

COLUMNS = (
    "learner", "name", "sheet", "question", "mark_before", "out_of_before", "mark", "out_of",
)  # fmt: skip

_Answer = tuple[str, ...]


def earlier_rows(path: Path) -> dict[_Answer, Row]:
    """Return the rows of an earlier ``items.csv`` by learner, question and answer.

    A code that several learners bear says nothing of whose mark it is, so it is left out; where
    there is no such table, nothing is returned.
    """
    try:
        rows = list(tables.read(path, set(ITEMS), "grade.no_heading"))
    except (KitError, OSError):
        return {}
    found: dict[_Answer, Row] = {}
    twice = set()
    for row in rows:
        name = _answer(row)
        if name in found:
            twice.add(name)
        found[name] = row
    for name in twice:
        del found[name]
    return found


def changes(before: Mapping[_Answer, Row], today: Iterable[Row]) -> list[Row]:
    """Return the answers that are what they were, and earn something else now.

    Args:
        before: as :func:`earlier_rows` gives it.
        today: the rows of today's ``items.csv``.

    """
    found = []
    for row in today:
        old = before.get(_answer(row))
        if old is None:
            continue
        mark, was = _number(row.get("mark")), _number(old["mark"])
        if mark is None or was is None:
            continue  # a reader's to give
        out_of = {"mark_before": old["mark"], "out_of_before": old["out_of"]}
        if mark != was or _number(row["out_of"]) != _number(old["out_of"]):
            found.append(row | out_of)
    return found


def _answer(row: Row) -> _Answer:
    cells = (str(row[name]) for name in ("learner", "sheet", "question", "answer"))
    # On the disk it has other line ends, and an apostrophe before what a spreadsheet would run.
    return tuple(" ".join(tables.as_written(cell).split()) for cell in cells)


def _number(cell: object) -> float | None:
    return tables.number(str(cell), inf)
