"""What earlier answers are good for: questions to warm up with, judgements of confidence."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter

from attrs import evolve

from kit.course.course import Course, Sheet
from kit.learner.calibration import Judgement
from kit.learner.record import KeptAnswer, LearnerRecord, entries_of
from kit.questions.bank import load_questions
from kit.questions.base import Question

WARM_UPS = 3  #: questions that a lesson begins with, at most
STATEMENTS = 3  #: of a question with many, that are asked once more to warm up
_AGAIN = "/again/"  #: in the id of a question that is asked once more to warm up
_BESIDE = re.compile("/(?:again|vote)/")  #: in that of one which is no part of its lesson's own


def asked_before(name: str) -> str:
    """Return the id of the question that was asked under ``name``, perhaps beside its lesson.

    To warm up with, or for a vote of the class.
    """
    return _BESIDE.split(name)[-1]


def confidence_judgements(
    questions: Mapping[str, Question], records: Iterable[LearnerRecord]
) -> list[Judgement]:
    """Return each first check that was made with a confidence: how sure, and whether right.

    Questions asked again to warm up count as well. How sure is as the learner gave it before the
    reasons were shown.
    """
    judged = []
    for name, entry in entries_of(records).items():
        question = questions.get(asked_before(name))
        if question and entry.checks and entry.first_sure is not None:
            right = entry.right_at_first(_as_asked(name, question, entry))
            judged.append(Judgement(entry.first_sure / 100, right))
    return judged


def last_try(
    question: Question, records: Iterable[LearnerRecord]
) -> tuple[KeptAnswer, Question] | None:
    """Return the entry of a question that was checked last, and the question as it was asked then.

    Its warm-ups in later lessons count too.
    """
    last = None
    for name, entry in entries_of(records).items():
        if asked_before(name) != question.id or not entry.checks:
            continue
        if last is None or entry.at > last[0].at:
            last = entry, _as_asked(name, question, entry)
    return last


def draw(
    questions: Iterable[Question],
    records: Collection[LearnerRecord],
    seed: str,
    count: int = WARM_UPS,
) -> list[Question]:
    """Return the earlier questions to warm up with: those got wrong first, then the longest unseen.

    Recalling helps more after a while than at once, so of two alike the one answered longer ago
    comes first; the rest is settled by lot, the same for the same seed.

    Args:
        questions: questions of earlier lessons.
        records: the learner's records of all lessons.
        seed: the name of this lesson's record.
        count: how many at most.

    """
    lot = random.Random(seed)  # noqa: S311  (no secret hangs on it)
    ranked = []
    for question in questions:
        tried = last_try(question, records)
        if tried and question.is_checked:
            entry, as_asked = tried
            right = entry.right_at_first(as_asked) and not entry.shown
            ranked.append(((right, entry.at, lot.random()), question))
    ranked.sort(key=itemgetter(0))
    return [question for _, question in ranked[:count]]


def again(sheet: Sheet, question: Question) -> Question:
    """Return a question once more, as a short one of ``sheet``, to be answered afresh."""
    name = f"{sheet.prefix}{_AGAIN}{question.id}"
    return evolve(question.shortened(name, STATEMENTS), id=name, marks=0)


def _as_asked(name: str, question: Question, entry: KeptAnswer) -> Question:
    """Return a question as it was asked under ``name`` when ``entry`` was kept."""
    if entry.wording == question.fingerprint:
        return question
    return question.shortened(name, STATEMENTS)


def just_asked(course: Course, sheet: Sheet, records: Collection[LearnerRecord]) -> tuple[str, ...]:
    """Return the ids of the questions that the last lesson before ``sheet`` warmed up with."""
    drawn = {record.sheet: record.warm_ups for record in records}
    for before in reversed(course.sheets[: course.sheets.index(sheet)]):
        if drawn.get(before.id):
            return drawn[before.id]
    return ()


def earlier(course: Course, sheet: Sheet) -> list[Question]:
    """Return the questions of the lessons that stand before ``sheet`` in the course."""
    questions: list[Question] = []
    for before in course.sheets[: course.sheets.index(sheet)]:
        if not before.graded:
            questions += load_questions(course, before).values()
    return questions
