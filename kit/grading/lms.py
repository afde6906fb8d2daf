"""The table that an LMS's gradebook takes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from kit.course.course import Course
from kit.course.files import write_whole
from kit.course.messages import message
from kit.grading import roster as class_list
from kit.grading import tables
from kit.grading.marks import MarkedSubmission
from kit.grading.roster import Pupil, Roster
from kit.grading.tables import Row, tidy

#: The columns by which each LMS knows its people, as its own export calls them.
KINDS = {
    "canvas": ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
    "moodle": ("First name", "Last name", "ID number", "Email address"),
}
FEEDBACK = "feedback.zip"
_TIME = (1980, 1, 1, 0, 0, 0)  #: of every file in the zip: the same pages, the same bytes
#: The columns of the worksheet that Moodle gives out for grading without a connection: who, and the
#: mark. It heads and looks for them (mod/assign/feedback/offline/importgradeslib.php) as its
#: language packs say: ``recordid`` of assign; ``gradenoun``, once ``grade``, of moodle.
_WORKSHEETS = {
    "Grade": "Identifier",
    "Bewertung": "ID",
    "Calificación": "Identificador",
    "Note": "Identifiant",
    "Valutazione": "Identificativo",
    "Avaliação": "Identificador",
    "Nota": "Identificador",
}
_NUMBERED = re.compile(r"(?P<title>.+?) \(\d+\)\Z")  #: how Canvas's export heads an assignment


def write(
    course: Course, kind: str, out: Path, roster: Roster, graded: Sequence[MarkedSubmission]
) -> list[tuple[Pupil, str]]:
    """Write a table for the gradebook of an LMS, one for each exercise.

    With one exercise it is called ``moodle.csv`` or ``canvas.csv``, with several
    ``moodle-exercise-01.csv`` and so on. Only pupils whose mark is final are in it: Moodle 4.5
    takes an empty cell for no mark, and deletes the one that it has.

    Returns:
        The pupils who handed in and are left out, each with the reason, as a sentence.

    """
    sheets: dict[str, list[MarkedSubmission]] = defaultdict(list)
    for one in graded:
        if one.submission.pupil:
            sheets[one.sheet].append(one)
    left_out = []
    for sheet, of_sheet in sorted(sheets.items()):
        name = f"{kind}.csv" if len(sheets) == 1 else f"{kind}-{sheet}.csv"
        columns, title = _columns(kind, roster, course.sheet(sheet).title)
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
                rows.append({**_cells(kind, columns, pupil), title: tidy(counted.final)})
        tables.write(out / name, columns, rows)
    return left_out


def _columns(kind: str, roster: Roster, title: str) -> tuple[tuple[str, ...], str]:
    """Return the columns of a table, and which of them the mark goes into.

    That is a column of the table that the LMS has given out, where it has one for this exercise:
    Canvas knows an assignment by the number behind its title.
    """
    if kind == "moodle" and (grade := _grade_of_worksheet(roster.headings)):
        return roster.headings, grade
    # 'Exercise 01: Who says so?' may be called 'Exercise 01' there.
    titles = (title.casefold(), title.partition(":")[0].casefold())
    column = title
    for heading in roster.headings:
        match = _NUMBERED.fullmatch(heading)
        if kind == "canvas" and match and match["title"].casefold() in titles:
            column = heading
    return (*KINDS[kind], column), column


def write_feedback(
    kind: str, out: Path, graded: Sequence[MarkedSubmission], pages: Mapping[int, str]
) -> str:
    """Write the learners' pages as one zip, named so that the LMS gives each to its learner.

    Moodle (mod/assign/feedback/file/importziplib.php) reads the number from the folder's name, and
    Canvas both numbers from the file's: so they are those under which the work was handed out.

    Args:
        kind: of which LMS.
        out: the folder of the marks.
        graded: what was graded.
        pages: by its place in ``graded``, each page's place below ``out``.

    Returns:
        How many pages are in it, in a sentence.

    """
    taken = {}
    for n, page in pages.items():
        submission = graded[n].submission
        place = submission.sender.place
        if submission.dispute:
            continue
        if kind == "moodle" and "_assignsubmission_" in place:
            taken[f"{place.rstrip('_')}/{PurePosixPath(page).name}"] = out / page
        # Canvas finds the file of a page by its number; a text that was typed there has none.
        elif kind == "canvas" and submission.sender.key and not place.endswith("_text.html"):
            taken[f"{PurePosixPath(place).stem}.html"] = out / page
    data = BytesIO()
    with ZipFile(data, "w") as archive:
        for name, path in sorted(taken.items()):
            archive.writestr(ZipInfo(name, _TIME), path.read_bytes(), ZIP_DEFLATED)
    write_whole(out / FEEDBACK, data.getvalue())
    return message("lms.feedback", n=len(taken), all=len(graded), file=out / FEEDBACK)


def names(course: Course) -> list[str]:
    """Return every name that a table for an LMS can have."""
    found = [FEEDBACK]
    for kind in KINDS:
        found.append(f"{kind}.csv")
        found += [f"{kind}-{sheet.id}.csv" for sheet in course.sheets]
    return found


def is_ours(course: Course, path: Path) -> bool:
    """Whether a table has no column but those that :func:`write` gives; an LMS's export has."""
    if path.name == FEEDBACK:
        return True
    kind = path.name.partition("-")[0].removesuffix(".csv")
    known = {*KINDS[kind]}
    for sheet in course.sheets:
        known |= {sheet.title, sheet.title.partition(":")[0]}
    headings = tables.heading(path)
    unnumbered = {_NUMBERED.sub(r"\g<title>", heading) for heading in headings}
    is_worksheet = bool(_grade_of_worksheet(headings))
    return unnumbered <= known or (is_worksheet and path.with_name("marks.csv").is_file())


def _grade_of_worksheet(headings: Collection[str]) -> str:
    """Return the column of Moodle's worksheet that the mark goes into; '' of another table."""
    for grade, identifier in _WORKSHEETS.items():
        if grade in headings and identifier in headings:
            return grade
    return ""


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


def doubles(graded: Sequence[MarkedSubmission]) -> list[tuple[Pupil, str]]:
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


def _counted(graded: Sequence[MarkedSubmission]) -> list[MarkedSubmission]:
    """Return the submissions of which it is known whose they are."""
    return [one for one in graded if not one.submission.dispute]


def _cells(kind: str, columns: Sequence[str], pupil: Pupil) -> Row:
    """Return the cells by which an LMS knows a pupil."""
    row = {column: pupil.cells.get(class_list.heading(column), "") for column in columns}
    if kind == "canvas":
        row["Student"] = row["Student"] or pupil.name
    elif not _grade_of_worksheet(columns) and not any(row.values()):
        row["ID number"], row["Last name"] = pupil.code, pupil.name
    return row


def _why_left_out(table: str, ones_own: Sequence[MarkedSubmission]) -> str:
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
