"""What a submission comes to: all its marks, what lateness costs, and whether anything is open."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen

from kit.grading.marks import MarkedSubmission, Result, Submission
from kit.grading.tables import Row
from kit.grading.times import LateRule

__all__ = ["GradedSubmission", "LateRule", "total"]


@frozen
class GradedSubmission:
    """A submission with all that it earned: the program's marks and the readers'."""

    marked: MarkedSubmission
    to_mark: Sequence[Row]  #: its rows of ``to-mark.csv``, filled in
    automatic: float
    written: float
    most: float
    waiting: int = 0  #: rows of ``to-mark.csv`` that wait for a mark
    hours: float | None = None  #: how late it was sealed; None where that cannot be told
    off: float = 0.0  #: per cent taken off for lateness
    due: str = ""  #: by when it was due, as it was understood; '' where nothing was said
    blocked: str = ""  #: the key of why the total is not final, whatever else is marked

    @property
    def submission(self) -> Submission:
        """What was handed in."""
        return self.marked.submission

    @property
    def sheet(self) -> str:
        """The id of the exercise."""
        return self.submission.seal.sheet

    @property
    def mark(self) -> float:
        """All its marks, before what lateness costs."""
        return self.automatic + self.written

    @property
    def final(self) -> float:
        """The mark after what lateness costs."""
        return self.mark * (1 - self.off / 100)

    @property
    def is_final(self) -> bool:
        """Whether nothing can change it any more but the teacher."""
        return not self.waiting and not self.blocked


def total(marked: MarkedSubmission, to_mark: Sequence[Row], late: LateRule) -> GradedSubmission:
    """Add up what a submission earned.

    Args:
        marked: what the program gives.
        to_mark: its rows of ``to-mark.csv``; see :meth:`kit.grading.by_hand.ReaderMarks.fill`.
        late: what lateness costs.

    """
    submission = marked.submission
    sealed, pupil = submission.seal.sealed, submission.pupil
    if pupil:
        late = late.for_due(pupil.due)
    numbers = [row["number"] for row in to_mark if row["number"] is not None]
    hours, off = late.hours(sealed), late.off_in_all(sealed)
    if pupil and pupil.is_excused(submission.seal.sheet):
        off = 0.0
    blocked = ""
    if submission.dispute:
        blocked = "lms.dispute"
    elif submission.stranger:
        blocked = "lms.stranger"
    elif late.off and late.due and hours is None:
        blocked = "lms.no_time"
    return GradedSubmission(
        marked,
        to_mark,
        automatic=marked.automatic,
        written=sum(numbers),
        most=marked.automatic_most + marked.written_most,
        waiting=len(to_mark) - len(numbers),
        hours=hours,
        off=off,
        due=str(late.as_due or ""),
        blocked=blocked,
    )


def share(result: Result, to_mark: Sequence[Row]) -> float | None:
    """Return the share of its marks, 0 to 1, that an answer earned; None while it waits for any.

    Args:
        result: what the program says.
        to_mark: the rows of ``to-mark.csv`` about it, filled in.

    """
    if result.credit is not None:
        return result.credit
    numbers: list[float | None] = [row["number"] for row in to_mark]
    if not numbers or None in numbers:
        return None
    return min(1.0, math.fsum(filter(None, numbers)) / result.question.marks)
