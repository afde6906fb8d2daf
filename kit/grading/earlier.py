"""What an earlier grading left in the folder: kept beside, where today's would replace it for good.

Grading the same class again makes the same tables and pages, with more marks in them. Grading
another class into the same folder, or a part of one, would wipe the first one's.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading import feedback, lms, tables
from kit.grading.marks import Submission

FOLDER = re.compile(r"earlier-\d+")
_WHO = ("sheet", "learner", "file", "sealed")


@frozen
class Places:
    """Where a grading writes."""

    out: Path
    tables: Collection[str]  #: the files' names
    columns: tuple[str, ...]  #: of ``marks.csv``
    pages: str  #: the folder of the learners' pages

    def is_ours(self, path: Path) -> bool:
        """Whether grading has written the file at ``path``, now or before."""
        out, folder = self.out.resolve(), path.resolve().parent
        if folder == out:
            return path.name in self.tables
        if folder == out / self.pages:
            return True
        if not folder.is_relative_to(out):
            return False
        return FOLDER.fullmatch(folder.relative_to(out).parts[0]) is not None


def refuse_input(places: Places, given: Iterable[Path | None]) -> None:
    """Raise a KitError where a file that is read stands where a table will be written."""
    for path in given:
        if path and path.is_file() and places.is_ours(path):
            raise KitError(message("grade.in_the_way", path=path))


def keep(course: Course, places: Places, submissions: Collection[Submission]) -> str:
    """Keep what today's grading would replace, where that is about others than today's learners.

    Args:
        course: the course.
        places: where grading writes.
        submissions: what is graded today.

    Returns:
        What was kept, in a sentence; '' where nothing had to be.

    Raises:
        OSError: when it cannot be kept. Nothing has been replaced then.

    """
    pages, rows = set(), set()
    other_pages = set()  # as they were called while others had sent the same record
    for one in submissions:
        rows.add((one.seal.sheet, one.learner, one.file, one.seal.sealed))
        pages.add(feedback.file_name(one))
        if one.other_form:
            other_pages.add(feedback.file_name(one.other_form))
    gone_pages = []
    for page in feedback.pages_in(places.out / places.pages):
        if page.name in other_pages - pages:
            page.unlink()
        elif page.name not in pages:
            gone_pages.append(page)
    gone = max(len(gone_pages), _rows_gone(places, pages | other_pages, rows))
    there = [places.out / name for name in sorted(places.tables) if (places.out / name).is_file()]
    foreign = bool(there) and not _made_by_us(course, places, there)
    if not gone and not foreign:
        return ""
    folder = _free(places.out)
    (folder / places.pages).mkdir(parents=True)
    for path in there:
        shutil.copy2(path, folder / path.name)
    for page in gone_pages:
        page.rename(folder / places.pages / page.name)
    key = "grade.kept_foreign" if foreign else "grade.kept"
    return message(key, n=gone, folder=folder)


def _rows_gone(places: Places, pages: Collection[str], rows: Collection[tuple[str, ...]]) -> int:
    """Return how many rows of the earlier ``marks.csv`` are about no submission of today's."""
    gone = 0
    for row in _earlier_rows(places):
        page = row["feedback"].rpartition("/")[2]
        who = tuple(tables.as_written(row[name]) for name in _WHO)
        if page:
            gone += page not in pages
        else:
            gone += who not in rows
    return gone


def _made_by_us(course: Course, places: Places, there: Iterable[Path]) -> bool:
    """Whether grading has made the tables that are there, and nobody has added a column."""
    for path in there:
        if path.name == "marks.csv" and tuple(tables.heading(path)) != places.columns:
            return False
        if path.name in lms.names(course) and not lms.is_ours(course, path):
            return False
    # Without this one, what is there is from something else.
    return (places.out / "marks.csv").is_file()


def _earlier_rows(places: Places) -> list[dict[str, str]]:
    """Return the rows of the earlier ``marks.csv``; none where there is no such table."""
    try:
        path = places.out / "marks.csv"
        return list(tables.read(path, set(places.columns), "grade.no_heading"))
    except (KitError, OSError):
        return []


def _free(out: Path) -> Path:
    n = 1
    while (out / f"earlier-{n}").exists():
        n += 1
    return out / f"earlier-{n}"
