"""What a submission comes to: all its marks, what lateness costs, and its rows in the tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from attrs import frozen

from kit.grading.marks import MarkedSubmission, Result, Submission, answer_in_ids
from kit.grading.tables import Row, tidy
from kit.grading.times import LateRule

MARKS = (
    "learner", "name", "sheet", "mark", "out_of", "late_hours", "late_off", "final", "automatic",
    "automatic_out_of", "written", "written_out_of", "still_to_mark", "answered", "questions",
    "sound_accepted", "sound", "unsound_rejected", "unsound", "file", "revision", "sealed",
    "feedback", "due",
)  # fmt: skip
ITEMS = ("learner", "name", "sheet", "question", "mark", "out_of", "sure", "answer")
CHANGES = (
    "learner", "name", "sheet", "automatic_before", "automatic", "difference", "out_of_before",
    "out_of",
)  # fmt: skip


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
    late = submission.late_rule(late)
    numbers = [row["number"] for row in to_mark if row["number"] is not None]
    hours, off = late.hours(submission.seal.sealed), late.off_in_all(submission.seal.sealed)
    if submission.pupil and submission.pupil.is_excused(submission.seal.sheet):
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
        due=str(late),
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


# --- Its rows -------------------------------------------------------------------------------------


def marks_row(graded: GradedSubmission, page: str) -> Row:
    """Return a submission's row of ``marks.csv``; ``page`` is the place of its page."""
    marked, submission = graded.marked, graded.submission
    counts = marked.counts
    row = {
        **_whose(submission),
        "mark": tidy(graded.mark),
        "out_of": tidy(graded.most),
        "late_hours": tidy(graded.hours),
        "late_off": tidy(graded.off),
        "automatic": tidy(graded.automatic),
        "automatic_out_of": tidy(marked.automatic_most),
        "written": tidy(graded.written),
        "written_out_of": tidy(marked.written_most),
        "still_to_mark": graded.waiting,
        "answered": marked.answered,
        "questions": len(marked.results),
        "sound_accepted": counts.sound_accepted,
        "sound": counts.sound,
        "unsound_rejected": counts.unsound_rejected,
        "unsound": counts.unsound,
        "file": submission.file,
        "revision": submission.seal.revision,
        "sealed": submission.seal.sealed,
        "feedback": page,
        "due": graded.due,
    }
    if submission.dispute:
        row["mark"] = ""
    if graded.is_final:
        row["final"] = tidy(graded.final)
    if graded.due and graded.hours is None:
        row["late_hours"] = "?"
    if submission.sender.late:
        row["late_hours"] = f"{row['late_hours']} (LMS: late)".strip()
    return row


def item_rows(marked: MarkedSubmission) -> Iterator[Row]:
    """Yield a submission's rows of ``items.csv``, one for each question."""
    for result in marked.results:
        row = {
            **_whose(marked.submission),
            "question": result.question.id,
            "out_of": tidy(result.question.marks),
            "sure": tidy(result.confidence),
            "answer": answer_in_ids(result.handed if result.unread else result.value),
        }
        if result.credit is not None:
            row["mark"] = tidy(result.marks)
        yield row


def _whose(submission: Submission) -> Row:
    whose = submission.pupil or submission.sender
    return {"learner": submission.learner, "name": whose.name, "sheet": submission.seal.sheet}
