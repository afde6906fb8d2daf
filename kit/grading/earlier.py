"""What an earlier grading left in the folder: kept beside, where today's would replace it for good.

Grading the same class again makes the same tables and pages, with more marks in them. Grading
another class into the same folder, or a part of one, would wipe the first one's.
"""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from attrs import field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading import feedback, lms, tables
from kit.grading.mark_rows import MARKS
from kit.grading.marks import MarkedSubmission, Submission

CHANGES = "changes.csv"  #: whose marks the program gave otherwise the last time
COLUMNS = (
    "learner", "name", "sheet", "automatic_before", "automatic", "difference", "out_of_before",
    "out_of",
)  # fmt: skip
OURS = (
    "marks.csv", "items.csv", "to-mark.csv", "problems.csv", "report.csv", "report.html",
    "to-mark.csv.before", CHANGES,
)  # fmt: skip
LOCK = ".to-mark.lock"
PAGES = "feedback"  #: the folder of the learners' pages
_FOLDER = re.compile(r"earlier-\d+")
_WHO = ("sheet", "learner", "file", "sealed")


@frozen
class Places:
    """Where a grading writes, and what is there already."""

    course: Course
    out: Path
    _real_folders: dict[Path, Path] = field(factory=dict, init=False)

    def is_ours(self, path: Path) -> bool:
        """Whether grading has written the file at ``path``, now or before."""
        out, folder = self._real(self.out), self._real(path.parent)
        if not folder.is_relative_to(out):
            return False
        below = folder.relative_to(out).parts
        if not below:
            return path.name in (*OURS, *lms.names(self.course), LOCK)
        return below == (PAGES,) or _FOLDER.fullmatch(below[0]) is not None

    def _real(self, folder: Path) -> Path:
        """Return where a folder really is; asked of the disk once, for it may hold thousands."""
        if folder not in self._real_folders:
            self._real_folders[folder] = folder.resolve()
        return self._real_folders[folder]

    def refuse_input(self, *given: Path | None) -> None:
        """Raise a KitError where a file that is read stands where a table will be written."""
        for path in given:
            if path and path.is_file() and self.is_ours(path.resolve()):
                raise KitError(message("grade.in_the_way", path=path))

    def changes(self, graded: Collection[MarkedSubmission]) -> list[tables.Row]:
        """Return whose automatic marks differ from those of the earlier grading, and by how much.

        The hand-in is the same, so it is the key that was mended, or a question that was thrown
        out.
        """
        earlier = {_who(row): row for row in self._earlier_rows()}
        changed = []
        for one in graded:
            row = earlier.get(_who_of(one.submission), {})
            before = tables.number(row.get("automatic", ""), math.inf)
            if before is None:
                continue
            most_before = tables.number(row["automatic_out_of"], math.inf)
            cells = {
                "learner": one.submission.learner,
                "name": row["name"],
                "sheet": one.sheet,
                "automatic_before": tables.tidy(before),
                "automatic": tables.tidy(one.automatic),
                "difference": tables.tidy(one.automatic - before),
                "out_of_before": tables.tidy(most_before),
                "out_of": tables.tidy(one.automatic_most),
            }
            as_before = (cells["automatic_before"], cells["out_of_before"])
            if as_before != (cells["automatic"], cells["out_of"]):
                changed.append(cells)
        return changed

    def keep(self, submissions: Collection[Submission]) -> str:
        """Keep what today's grading would replace, where it is about others than today's learners.

        Args:
            submissions: what is graded today.

        Returns:
            What was kept, in a sentence; '' where nothing had to be.

        Raises:
            OSError: when it cannot be kept. Nothing has been replaced then.

        """
        pages = {feedback.file_name(one) for one in submissions}
        # As they were called while others had sent the same record.
        others = [one.other_form for one in submissions if one.other_form]
        other_pages = set(map(feedback.file_name, others)) - pages
        gone_pages = []
        for page in feedback.pages_in(self.out / PAGES):
            if page.name in other_pages:
                page.unlink()
            elif page.name not in pages:
                gone_pages.append(page)
        gone = max(len(gone_pages), self._rows_gone(submissions, pages | other_pages))
        names = sorted([*OURS, *lms.names(self.course)])
        there = [self.out / name for name in names if (self.out / name).is_file()]
        foreign = bool(there) and not self._made_by_us(there)
        if not gone and not foreign:
            return ""
        n = 1
        while (self.out / f"earlier-{n}").exists():
            n += 1
        folder = self.out / f"earlier-{n}"
        (folder / PAGES).mkdir(parents=True)
        for path in there:
            shutil.copy2(path, folder / path.name)
        for page in gone_pages:
            page.rename(folder / PAGES / page.name)
        key = "grade.kept_foreign" if foreign else "grade.kept"
        return message(key, n=gone, folder=folder)

    def _rows_gone(self, submissions: Collection[Submission], pages: Collection[str]) -> int:
        """Return how many rows of the earlier ``marks.csv`` are about no submission of today's."""
        today = set(map(_who_of, submissions))
        gone = 0
        for row in self._earlier_rows():
            page = row["feedback"].rpartition("/")[2]
            gone += page not in pages if page else _who(row) not in today
        return gone

    def _earlier_rows(self) -> list[tables.Row]:
        """Return the rows of the earlier ``marks.csv``; none where there is no such table."""
        needed = {*_WHO, "feedback", "name", "automatic", "automatic_out_of"}
        try:
            return list(tables.read(self.out / "marks.csv", needed, "grade.no_heading"))
        except (KitError, OSError):
            return []

    def _made_by_us(self, there: Sequence[Path]) -> bool:
        """Whether grading has made the tables that are there, and nobody has added a column."""
        for path in there:
            if path.name == "marks.csv" and tuple(tables.heading(path)) != MARKS:
                return False
            if path.name in lms.names(self.course) and not lms.is_ours(self.course, path):
                return False
        # Without this one, what is there is from something else.
        return (self.out / "marks.csv").is_file()


def _who(row: tables.Row) -> tuple[str, ...]:
    """Return what tells a row of ``marks.csv`` from the others."""
    return tuple(tables.as_written(row[name]) for name in _WHO)


def _who_of(submission: Submission) -> tuple[str, ...]:
    return (submission.seal.sheet, submission.learner, submission.file, submission.seal.sealed)
