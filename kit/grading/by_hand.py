"""Marks given by hand: ``to-mark.csv`` is their one store, for spreadsheets and the desk alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field
from filelock import FileLock, Timeout

from kit.course import Course
from kit.grading import tables
from kit.grading.marks import HandIn, Marked, Written
from kit.grading.tables import Row, tidy
from kit.items import Item
from kit.messages import KitError

COLUMNS = (
    "learner", "item", "criterion", "most", "mark", "comment", "second_mark", "answer", "levels",
    "status", "answer_id",
)  # fmt: skip
_LOCK_SECONDS = 5.0
_GIVEN = ("mark", "comment", "second_mark")  #: what a reader fills in


@contextmanager
def locked(course: Course, path: Path) -> Iterator[None]:
    """Keep the desk and ``kit grade`` from writing ``to-mark.csv`` over each other's marks.

    Raises:
        KitError: when the other one holds it for several seconds.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.with_name(f".{path.stem}.lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise KitError(course.say("grade.busy", path=path.name)) from None


def answer_id(hand_in: HandIn, written: Written, criterion: str) -> str:
    """Return the name of one criterion of one answer; it changes when the answer's words do."""
    who = [hand_in.seal.record, hand_in.seal.learner.strip().casefold()]
    text = "\0".join([*who, written.item.id, criterion, *written.text.split()])
    # A letter first: a spreadsheet would take 12e34 for a number and rewrite it.
    return "a" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:15]


def criteria(item: Item) -> list[tuple[str, float, str]]:
    """Return each criterion's id, highest mark and levels in words."""
    rows = []
    for criterion in item.rubric:
        levels = [f"{x.points:g} = {x.text} (“{x.anchor}”)" for x in criterion.levels]
        most = max((x.points for x in criterion.levels), default=0.0)
        rows.append((criterion.id, most, f"{criterion.text}: {'; '.join(levels)}"))
    return rows or [("whole", item.marks, item.look_for)]


def rows_to_mark(marked: Marked) -> Iterator[Row]:
    """Return a row for each criterion of each piece of writing, not marked yet."""
    for written in marked.written:
        for criterion, most, levels in criteria(written.item):
            yield {
                "learner": marked.hand_in.learner,
                "item": written.item.id,
                "criterion": criterion,
                "most": tidy(most),
                "answer": written.text,
                "levels": levels,
                "answer_id": answer_id(marked.hand_in, written, criterion),
            }


def read_rows(course: Course, path: Path) -> Iterator[Row]:
    """Read ``to-mark.csv``: every row with every column, a cell that is missing as ''.

    Raises:
        KitError: when its heading is lost, for then no mark could be matched to its answer.

    """
    for cells in tables.read(course, path, {"answer_id", "mark"}, "grade.no_heading"):
        yield {name: cells.get(name, "") for name in COLUMNS}


@define
class Given:
    """What readers have filled in so far, by answer id; and what was wrong with it."""

    file: str = "to-mark.csv"
    rows: dict[str, Row] = field(factory=dict)
    used: set[str] = field(factory=set)
    problems: list[tuple[str, str]] = field(factory=list)  #: learner, problem

    def fill(self, course: Course, row: Row) -> Row:
        """Return a row of today's with what was given for it; ``number`` is its mark or None."""
        self.used.add(row["answer_id"])
        kept = self.rows.get(row["answer_id"], {})
        mark = kept.get("mark", "").strip()
        # The rubric says how much there is, not the table: a cell there may have been changed.
        value = tables.number(mark, float(row["most"])) if mark else None
        if mark and value is None:
            at = {"row": kept["row"], "file": self.file, "mark": mark, "most": row["most"]}
            self.problems.append((row["learner"], course.say("grade.bad_mark", **at)))
        return {
            **row,
            "mark": kept.get("mark", "") if value is None else tidy(value),
            "comment": kept.get("comment", ""),
            "second_mark": kept.get("second_mark", ""),
            "status": course.say("grade.to_mark" if value is None else "grade.marked"),
            "number": value,
        }

    def left_over(self, course: Course) -> Iterator[Row]:
        """Return the marked rows whose answer is not among today's: kept, and not counted."""
        for name, row in self.rows.items():
            if name not in self.used:
                yield {**row, "status": course.say("grade.earlier")}


def read_given(course: Course, path: Path) -> Given:
    """Read back what readers have written into ``to-mark.csv``; nothing, where there is none.

    Raises:
        KitError: as :func:`read_rows`.

    """
    given = Given(path.name)
    for n, row in enumerate(read_rows(course, path) if path.is_file() else (), 2):
        if not any(row[name].strip() for name in _GIVEN):
            continue
        name = row["answer_id"]
        if not name or name in given.rows:
            text = course.say("grade.same_row", row=n, file=path.name)
            given.problems.append((row["learner"], text))
            name = f"row {n}"
        given.rows[name] = {**row, "row": n}
    return given


def both_marks(row: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the marks of both markers, where both gave one."""
    most = tables.number(row["most"], float("inf")) or 0.0
    one, two = tables.number(row["mark"], most), tables.number(row["second_mark"], most)
    return None if one is None or two is None else (one, two)
