"""A learner's forecasts beside what happened: ``kit.forecasts``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from kit.course.course import Course, find_course
from kit.course.evidence import find_record
from kit.course.html import template
from kit.course.messages import each_in_digits, in_digits, message
from kit.learner.calibration import Judgement, brier
from kit.learner.record import LearnerRecord, entries_of, lesson_records
from kit.learner.reveals import Reveal, find_reveal, is_open, skipped_at
from kit.notebook.live import LivePage
from kit.notebook.output import Page, errors_as_text, notice
from kit.questions.bank import find_question
from kit.questions.base import Question, is_number

_HERE = Path(__file__).parent


@frozen
class Forecast:
    """One forecast of the learner, beside how it came out."""

    question: Question
    chance: float | None  #: as committed, 0 to 1; None where nothing was
    late: bool = False  #: committed when the outcome was open already

    @property
    def judgement(self) -> Judgement | None:
        """The forecast as something that can be scored; None where it cannot."""
        if self.chance is None or self.late or self.question.resolves is None:
            return None
        return Judgement(self.chance, self.question.resolves)


@errors_as_text
def forecasts(reveal_id: str) -> LivePage | Page:
    """Show the learner's forecasts beside what happened, with their Brier score.

    Nothing is shown while the reveal is closed. What was committed after it had been opened
    without the commitments is not scored.

    Args:
        reveal_id: the reveal whose questions are the forecasts, ``looking-back/outcome``.

    """
    course = find_course()
    closed = find_reveal(course, reveal_id)
    return LivePage(course, lambda: _forecasts_page(course, closed))


def _forecasts_page(course: Course, closed: Reveal) -> Page:
    records = lesson_records(course)
    if not is_open(closed, records):
        return notice(message("forecasts.closed", title=closed.title))
    came_out = []
    for name in closed.needs:
        _, question = find_question(course, name)
        if question.resolves is not None:
            came_out.append(question)
    made = forecasts_of(came_out, records, skipped_at(closed, records))
    also = [find_question(course, name)[1] for name in closed.also]
    for forecast in forecasts_of(also, records, opened_at(closed, records)):
        if forecast.chance is not None:
            made.append(forecast)
    rows = [_forecast_row(course, forecast, closed.also) for forecast in made]
    lines = _score_lines(made, knew_already(closed, records))
    text = [f"{row['prompt']}\n    {row['said']} {row['found']}" for row in rows]
    html = template(_HERE / "forecasts.html.j2", rows=rows, lines=lines)
    return Page("\n".join([*text, *lines]), html)


def _forecast_row(course: Course, forecast: Forecast, told: Mapping[str, str]) -> dict[str, Any]:
    """Return what is said of one forecast: the number, how it came out, and who says so.

    Args:
        course: where the records are.
        forecast: a forecast, made or not.
        told: by question, how it came out, where that is told in a sentence of its own.

    """
    question, judged = forecast.question, forecast.judgement
    key, came = "forecasts.said", "forecasts.did_not"
    if forecast.chance is None:
        key = "forecasts.none"
    elif forecast.late:
        key = "forecasts.late"
    said = message(key, n=in_digits(100 * (forecast.chance or 0), "g"))
    if question.resolves:
        came = "forecasts.came_true"
    found = told.get(question.id) or message(came)
    if judged:
        numbers = each_in_digits(".2f", chance=judged.chance, score=brier([judged]).value)
        found += " " + message("forecasts.distance", outcome=f"{judged.so:d}", **numbers)
    records = [find_record(course, name) for name in question.records]
    return {"prompt": question.prompt, "said": said, "found": found, "records": records}


def _score_lines(made: list[Forecast], knew: bool | None) -> list[str]:
    """Return the score in sentences: of those who knew the end it says something else."""
    judged = [forecast.judgement for forecast in made if forecast.judgement]
    if not judged:
        return [message("forecasts.nothing")]
    score = brier(judged)
    numbers = each_in_digits(".2f", value=score.value, low=score.low, high=score.high)
    meaning = {None: "not_said", True: "knew", False: "new"}[knew]
    return [
        message("belief.brier", **numbers),
        message("forecasts.few", n=score.n),
        message(f"forecasts.{meaning}"),
    ]


def forecasts_of(
    questions: Iterable[Question], records: Collection[LearnerRecord], skipped: str
) -> list[Forecast]:
    """Return what the learner committed to each of ``questions``.

    Args:
        questions: forecasts, each a chance in 100.
        records: the learner's records of all lessons.
        skipped: when the learner saw the outcome without having committed (ISO 8601, UTC); empty
            where that never was.

    """
    entries = entries_of(records)
    found = []
    for question in questions:
        entry, chance, late = entries.get(question.id), None, False
        if entry and entry.committed:
            value = question.fitting(entry.value)
            if is_number(value):
                chance = value / 100
                late = bool(skipped) and entry.at >= skipped
        found.append(Forecast(question, chance, late))
    return found


def opened_at(reveal: Reveal, records: Collection[LearnerRecord]) -> str:
    """Return when an open reveal opened: by skipping, or by the last commitment (ISO 8601, UTC)."""
    entries = entries_of(records)
    return skipped_at(reveal, records) or max(entries[name].at for name in reveal.needs)


def knew_already(reveal: Reveal, records: Iterable[LearnerRecord]) -> bool | None:
    """Return whether the learner said that they knew the end; None where they did not say."""
    entries, knew = entries_of(records), None
    for name, known in reveal.knew.items():
        if name in entries:
            knew = knew or entries[name].value in known
    return knew
