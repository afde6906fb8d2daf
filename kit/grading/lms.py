"""The table that an LMS's gradebook takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from kit.course.course import Course
from kit.course.messages import message
from kit.grading import tables
from kit.grading.roster import Pupil, Roster
from kit.grading.tables import Row, tidy
from kit.grading.totals import GradedSubmission

#: The columns by which each LMS knows its people, as its own export calls them.
KINDS = {
    "canvas": ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
    "moodle": ("First name", "Last name", "ID number", "Email address"),
}


def write(
    course: Course, kind: str, out: Path, roster: Roster, graded: Sequence[GradedSubmission]
) -> list[tuple[Pupil, str]]:
    """Write a table for the gradebook of an LMS, one for each exercise.

    With one exercise it is called ``moodle.csv`` or ``canvas.csv``, with several
    ``moodle-exercise-01.csv`` and so on. Only pupils whose mark is final are in it: Moodle 4.5
    takes an empty cell for no mark, and deletes the one that it has.

    Returns:
        The pupils who handed in and are left out, each with the reason, as a sentence.

    """
    sheets: dict[str, list[GradedSubmission]] = defaultdict(list)
    for one in graded:
        if one.submission.pupil:
            sheets[one.sheet].append(one)
    left_out = []
    for sheet, of_sheet in sorted(sheets.items()):
        name = f"{kind}.csv" if len(sheets) == 1 else f"{kind}-{sheet}.csv"
        title = course.sheet(sheet).title
        rows: list[Row] = []
        if kind == "canvas":
            rows.append({"Student": "    Points Possible", title: tidy(of_sheet[0].most)})
        for pupil in roster.pupils:
            ones_own = [one for one in of_sheet if one.submission.pupil is pupil]
            why = _why_left_out(name, ones_own)
            if why:
                left_out.append((pupil, why))
            elif ones_own:
                [counted] = _counted(ones_own)
                rows.append({**_cells(kind, pupil), title: tidy(counted.final)})
        tables.write(out / name, (*KINDS[kind], title), rows)
    return left_out


def names(course: Course) -> list[str]:
    """Return every name that a table for an LMS can have."""
    found = []
    for kind in KINDS:
        found.append(f"{kind}.csv")
        found += [f"{kind}-{sheet.id}.csv" for sheet in course.sheets]
    return found


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
    gone = []
    for name in names(course):
        if (out / name).is_file() and is_ours(course, out / name):
            (out / name).unlink()
            gone.append(name)
    return gone


def doubles(graded: Sequence[GradedSubmission]) -> list[tuple[Pupil, str]]:
    """Return the pupils who have more than one submission for a sheet, and say so."""
    count: Counter[tuple[int, str]] = Counter()
    found = []
    for one in _counted(graded):
        pupil = one.submission.pupil
        if pupil:
            count[id(pupil), one.sheet] += 1
            if count[id(pupil), one.sheet] == 2:
                found.append((pupil, message("grade.two_hand_ins", sheet=one.sheet)))
    return found


def _counted(graded: Sequence[GradedSubmission]) -> list[GradedSubmission]:
    """Return the submissions of which it is known whose they are."""
    return [one for one in graded if not one.submission.dispute]


def _cells(kind: str, pupil: Pupil) -> Row:
    """Return the cells by which an LMS knows a pupil."""
    row = {column: pupil.cells.get(column.casefold(), "") for column in KINDS[kind]}
    if kind == "canvas":
        row["Student"] = row["Student"] or pupil.name
    elif not any(row.values()):
        row["ID number"], row["Last name"] = pupil.code, pupil.name
    return row


def _why_left_out(table: str, ones_own: Sequence[GradedSubmission]) -> str:
    """Return why a pupil's mark is not in the table for the LMS; '' where it can be."""
    if not ones_own:
        return ""  # a submission that is missing is named as that
    counted, sheet = _counted(ones_own), ones_own[0].sheet
    if len(counted) > 1:
        return message("grade.two_hand_ins", sheet=sheet)
    one = (counted or ones_own)[0]
    if one.blocked:
        return message(one.blocked, table=table, sheet=sheet)
    if one.waiting:
        return message("lms.still", table=table, sheet=sheet, n=one.waiting)
    return ""
