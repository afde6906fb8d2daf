"""Where a learner stands: how much of a lesson or an exercise is answered."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from kit.learner.record import LearnerRecord
from kit.questions.base import Question


@frozen
class Standing:
    """How far a learner is with one lesson or exercise."""

    answered: int
    questions: int
    right_first: int  #: of those checked, the first check of which earned full credit
    checked: int


def standing(questions: Mapping[str, Question], record: LearnerRecord) -> Standing:
    """Return how far the learner of ``record`` is with these questions."""
    answered = right_first = checked = 0
    for question in questions.values():
        answered += question.complete(record.value(question))
        if question.marked and record.first_check(question) is not None:
            checked += 1
            right_first += record.entries[question.id].right_at_first(question)
    return Standing(answered, len(questions), right_first, checked)
