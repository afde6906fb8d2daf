"""Totals, and the table that an LMS's gradebook takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from kit.course import Course
from kit.grading import tables
from kit.grading.roster import Pupil, Roster
from kit.grading.tables import Row, tidy

#: The columns by which each LMS knows its people, as its own export calls them.
KINDS = {
    "canvas": ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
    "moodle": ("First name", "Last name", "ID number", "Email address"),
}


@frozen
class Final:
    """One learner's total for one sheet."""

    pupil: Pupil | None
    sheet: str
    most: float
    mark: float
    still: int = 0  #: rows of to-mark.csv that wait for a mark
    timed: bool = False  #: a time was set by which it was due
    hours: float | None = None  #: how late it was sealed; None where that cannot be told
    off: float = 0.0  #: per cent taken off
    lms_late: bool = False  #: the LMS calls it late

    @property
    def final(self) -> float:
        """The mark after what lateness costs."""
        return self.mark * (1 - self.off / 100)

    def cells(self) -> Row:
        """Return the columns about lateness, and the total that counts."""
        hours = "?" if self.timed and self.hours is None else tidy(self.hours)
        said = f"{hours} (LMS: late)".strip() if self.lms_late else hours
        return {"late_hours": said, "late_off": tidy(self.off), "final": tidy(self.final)}


def write(course: Course, kind: str, out: Path, pupils: Roster, finals: Iterable[Final]) -> None:
    """Write ``canvas.csv`` or ``moodle.csv``: a row for each pupil of the class list.

    A cell stays empty where there is no hand-in, where writing waits to be marked, or where one
    pupil has two hand-ins: an LMS leaves such cells as they are.
    """
    by_pupil = _by_pupil(finals)
    sheets = sorted({sheet for _, sheet in by_pupil})
    titles = {sheet: course.sheet(sheet).title for sheet in sheets}
    columns = (*KINDS[kind], *titles.values())
    rows: list[Row] = []
    if kind == "canvas":
        most = {titles[s]: tidy(f[0].most) for (_, s), f in by_pupil.items()}
        rows.append({"Student": "    Points Possible", **most})
    for pupil in pupils.pupils:
        row = {c: pupil.cells.get(c.casefold(), "") for c in KINDS[kind]}
        if kind == "canvas":
            row["Student"] = row["Student"] or pupil.name
        elif not any(row.values()):
            row["ID number"], row["Last name"] = pupil.code, pupil.name
        for sheet, title in titles.items():
            there = by_pupil.get((id(pupil), sheet), [])
            row[title] = tidy(there[0].final) if len(there) == 1 and not there[0].still else ""
        rows.append(row)
    tables.write(out / f"{kind}.csv", columns, rows)


def doubles(course: Course, finals: Iterable[Final]) -> list[str]:
    """Say which pupils of the class list have more than one hand-in for a sheet."""
    return [
        course.say("grade.two_hand_ins", pupil=there[0].pupil.label, sheet=sheet)
        for (_, sheet), there in _by_pupil(finals).items()
        if len(there) > 1 and there[0].pupil
    ]


def _by_pupil(finals: Iterable[Final]) -> dict[tuple[int, str], list[Final]]:
    table: dict[tuple[int, str], list[Final]] = defaultdict(list)
    for final in finals:
        if final.pupil:
            table[id(final.pupil), final.sheet].append(final)
    return table
