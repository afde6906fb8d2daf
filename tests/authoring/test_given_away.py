"""The lessons' questions: no rule of thumb finds the answer for somebody who does not judge."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

import pytest
from helpers import ITEMS, of_kind

JUDGED = [item for item in of_kind("label") if any(unit.sound is not None for unit in item.units)]
PRACTISED = [item for item in JUDGED if not item.id.startswith("exercise-")]


def words(text: str) -> int:
    return len(text.split())


def test_length_does_not_tell_a_sound_statement_from_an_unsound_one():
    """Whoever takes the longer half for sound is right hardly more often than by chance."""
    found = 0
    count = 0
    for item in PRACTISED:
        middle = median(words(unit.text) for unit in item.units)
        for unit in item.units:
            longer = words(unit.text) > middle
            found += longer == unit.sound
            count += 1
    assert count >= 50
    assert 0.35 <= found / count <= 0.65


def test_the_supported_statements_come_in_another_order_in_each_lesson():
    """Whoever has seen that the first and the last never hold needs to read no further."""
    orders = [
        tuple(unit.sound for unit in item.units) for item in PRACTISED if len(item.units) == 4
    ]
    assert len(orders) >= 15
    [(_, most)] = Counter(orders).most_common(1)
    assert most <= len(orders) / 4


@pytest.mark.parametrize("sign", [r"^Nothing\b", r"\bbecause\b"])
def test_an_option_of_such_a_form_is_sometimes_right_and_sometimes_wrong(sign):
    """A learner who has seen that it never is right needs to read no further."""
    found = set()
    for item in of_kind("choose-one", marked=True):
        for option in item.options:
            if re.search(sign, option.text):
                found.add(option.right)
    assert found == {True, False}


@pytest.mark.parametrize(
    "item_id", ["how-sure/rewrite", "looking-back/settle", "your-own-text/stands"]
)
def test_a_model_answer_keeps_to_the_words_that_are_asked_for(item_id):
    item = ITEMS[item_id]
    assert words(item.model_answer) <= item.words
