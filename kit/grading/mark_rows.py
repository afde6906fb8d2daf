"""A submission's rows in ``marks.csv`` and ``items.csv``."""

from __future__ import annotations

from collections.abc import Iterator

from kit.grading.marks import MarkedSubmission, Submission, answer_in_ids
from kit.grading.tables import Row, tidy

MARKS = (
    "learner", "name", "sheet", "mark", "out_of", "late_hours", "late_off", "final", "automatic",
    "automatic_out_of", "written", "written_out_of", "still_to_mark", "answered", "questions",
    "sound_accepted", "sound", "unsound_rejected", "unsound", "file", "revision", "sealed",
    "feedback", "due",
)  # fmt: skip
ITEMS = ("learner", "name", "sheet", "question", "mark", "out_of", "sure", "answer")


def marks_row(marked: MarkedSubmission, page: str) -> Row:
    """Return a submission's row of ``marks.csv``; ``page`` is the place of its page."""
    submission, counts = marked.submission, marked.counts
    due, hours = str(submission.late), submission.hours
    row = {
        **_whose(submission),
        "mark": tidy(marked.mark),
        "out_of": tidy(marked.most),
        "late_hours": tidy(hours),
        "late_off": tidy(submission.off),
        "automatic": tidy(marked.automatic),
        "automatic_out_of": tidy(marked.automatic_most),
        "written": tidy(marked.written),
        "written_out_of": tidy(marked.written_most),
        "still_to_mark": marked.waiting,
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
        "due": due,
    }
    if submission.dispute:
        row["mark"] = ""
    if marked.is_final:
        row["final"] = tidy(marked.final)
    if due and hours is None:
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
