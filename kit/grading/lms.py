"""Totals, and the table that an LMS's gradebook takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import message
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
    blocked: str = ""  #: the key of why the mark is not final all the same
    disputed: bool = False  #: nobody can say whose it is
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
        final = tidy(self.final) if self.is_final else ""
        return {"late_hours": said, "late_off": tidy(self.off), "final": final}

    @property
    def is_final(self) -> bool:
        """Whether nothing can change it any more but the teacher."""
        return not (self.still or self.blocked or self.disputed)


def write(
    course: Course, kind: str, out: Path, pupils: Roster, finals: Iterable[Final]
) -> list[tuple[Pupil, str]]:
    """Write a table for the gradebook of an LMS, one for each exercise.

    With one exercise it is called ``moodle.csv`` or ``canvas.csv``, with several
    ``moodle-exercise-01.csv`` and so on. Only pupils whose mark is final are in it: Moodle 4.5
    takes an empty cell for no mark, and deletes the one that it has.

    Returns:
        The pupils who handed in and are left out, each with the reason, as a sentence.

    """
    by_sheet: dict[str, dict[int, list[Final]]] = defaultdict(lambda: defaultdict(list))
    for final in finals:
        if final.pupil:
            by_sheet[final.sheet][id(final.pupil)].append(final)
    left_out = []
    for sheet, by_pupil in sorted(by_sheet.items()):
        name = f"{kind}.csv" if len(by_sheet) == 1 else f"{kind}-{sheet}.csv"
        title = course.sheet(sheet).title
        rows: list[Row] = []
        for pupil in pupils.pupils:
            there = by_pupil.get(id(pupil), [])
            why = _why_left_out(name, there)
            if why:
                left_out.append((pupil, why))
            elif there:
                [counted] = [f for f in there if not f.disputed]
                rows.append({**_cells(kind, pupil), title: tidy(counted.final)})
        if kind == "canvas":
            most = next(iter(by_pupil.values()))[0].most
            rows.insert(0, {"Student": "    Points Possible", title: tidy(most)})
        tables.write(out / name, (*KINDS[kind], title), rows)
    return left_out


def names(course: Course, kinds: Iterable[str] = KINDS) -> list[str]:
    """Return every name that a table for an LMS can have."""
    sheets = ["", *(f"-{sheet.id}" for sheet in course.sheets)]
    return [f"{kind}{sheet}.csv" for kind in kinds for sheet in sheets]


def is_ours(course: Course, path: Path) -> bool:
    """Whether a table has no column but those that :func:`write` gives; an LMS's export has."""
    kind = path.name.partition("-")[0].removesuffix(".csv")
    known = {*KINDS[kind], *(sheet.title for sheet in course.sheets)}
    return set(tables.heading(path)) <= known


def clear(course: Course, out: Path) -> list[str]:
    """Remove the tables of an earlier grading: their marks may not be those of today.

    Returns:
        The names of those that were there.

    """
    there = [name for name in names(course) if (out / name).is_file()]
    gone = [name for name in there if is_ours(course, out / name)]
    for name in gone:
        (out / name).unlink()
    return gone


def doubles(finals: Iterable[Final]) -> list[tuple[Pupil, str]]:
    """Return the pupils who have more than one hand-in for a sheet, and say so."""
    count: Counter[tuple[int, str]] = Counter()
    found = []
    for final in finals:
        if final.pupil and not final.disputed:
            count[id(final.pupil), final.sheet] += 1
            if count[id(final.pupil), final.sheet] == 2:
                found.append((final.pupil, message("grade.two_hand_ins", sheet=final.sheet)))
    return found


def _cells(kind: str, pupil: Pupil) -> Row:
    """Return the cells by which an LMS knows a pupil."""
    row = {column: pupil.cells.get(column.casefold(), "") for column in KINDS[kind]}
    if kind == "canvas":
        row["Student"] = row["Student"] or pupil.name
    elif not any(row.values()):
        row["ID number"], row["Last name"] = pupil.code, pupil.name
    return row


def _why_left_out(table: str, there: list[Final]) -> str:
    """Return why a pupil's mark is not in the table for the LMS; '' where it can be.

    Args:
        course: whose words are spoken.
        table: the table's name.
        there: the pupil's hand-ins for the exercise.

    """
    counted = [final for final in there if not final.disputed]
    if not there:
        return ""  # a hand-in that is missing is named as that
    if len(counted) > 1:
        return message("grade.two_hand_ins", sheet=there[0].sheet)
    final = (counted or there)[0]
    if final.blocked:
        return message(final.blocked, table=table, sheet=final.sheet)
    if final.still:
        return message("lms.still", table=table, sheet=final.sheet, n=final.still)
    return ""
