"""What counts as an answer to a question, in its one standard form."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from kit.course.messages import KitError, say
from kit.questions.items import Item
from kit.questions.typed_numbers import LARGEST, read_number

Answer = Any  # JSON: str, list of str, dict of str, or number, by kind

OWN_MARKS = ("met", "partly", "not-yet")  #: how a learner judges their own writing
LONGEST_TEXT = 20_000  #: characters of one written answer; some ten pages


def is_blank(value: Answer) -> bool:
    """Whether ``value`` is silence: None, no text, nothing ticked, nothing labelled."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def accept(item: Item, value: Answer) -> Answer:
    """Return ``value`` in its one standard form, or refuse it.

    Args:
        item: the question.
        value: an option's id; a list of them; a dict of unit id to label id; a number, or the text
            that was typed for one; or text. None and other blanks give None.

    Raises:
        KitError: when the value is no answer to this question.
        UnreadableError: when a number was typed that cannot be read, or could be two.

    """
    if is_blank(value):
        return None
    answer = _FORMS[item.kind](item, value)
    if answer is None:
        raise KitError(say("error.no_answer", id=item.id))
    return answer


class UnreadableError(KitError):
    """What was typed is no number that can be read safely; the learner can write it otherwise."""


def fitting(item: Item, value: Answer) -> Answer:
    """Return ``value`` in its standard form, or None where it is no answer to this question.

    An author may have changed the question since it was answered.
    """
    try:
        return accept(item, value)
    except KitError:
        return None


def _one(item: Item, value: Answer) -> Answer:
    return value if isinstance(value, str) and value in {o.id for o in item.options} else None


def _many(item: Item, value: Answer) -> Answer:
    order = [o.id for o in item.options]
    if not isinstance(value, list) or not all(isinstance(v, str) and v in order for v in value):
        return None
    return [option for option in order if option in value]


def _labels(item: Item, value: Answer) -> Answer:
    if not isinstance(value, dict):
        return None
    units, labels = {u.id for u in item.units}, {x.id for x in item.labels}
    fits = all(u in units and isinstance(x, str) and x in labels for u, x in value.items())
    return {u.id: value[u.id] for u in item.units if u.id in value} if fits else None


def _percent(_: Item, value: Answer) -> Answer:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and 0 <= value <= 100 else None


def _number(item: Item, value: Answer) -> Answer:
    if isinstance(value, str):
        try:
            return read_number(value, item.unit)
        except KitError as fault:
            raise UnreadableError(str(fault)) from None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and abs(value) <= LARGEST else None


def _order(item: Item, value: Answer) -> Answer:
    ids = sorted(o.id for o in item.options)
    fits = isinstance(value, list) and all(isinstance(v, str) for v in value)
    return value if fits and sorted(value) == ids else None


def _text(_: Item, value: Answer) -> Answer:
    fits = isinstance(value, str) and len(value) <= LONGEST_TEXT
    # A lone surrogate cannot be written to a file; a keyboard cannot make one.
    return value.encode("utf-8", "replace").decode() if fits else None


_FORMS: dict[str, Callable[[Item, Answer], Answer]] = {
    "choose-one": _one,
    "choose-many": _many,
    "label": _labels,
    "number": _number,
    "order": _order,
    "probability": _percent,
    "write": _text,
}


def complete(item: Item, value: Answer) -> bool:
    """Whether ``value`` answers all of the question: for ``label``, every unit."""
    return not is_blank(value) and (item.kind != "label" or len(value) == len(item.units))


def key_answer(item: Item) -> Answer:
    """Return the answer that the key calls for: what a perfect learner would hand in."""
    if item.kind == "choose-one":
        return next((o.id for o in item.options if o.right), None)
    if item.kind == "choose-many":
        return [o.id for o in item.options if o.right]
    if item.kind == "label":
        return {u.id: u.right[0] for u in item.units if u.right}
    if item.kind == "number":
        return sum(item.bounds) / 2 if item.answer is None and item.bounds else item.answer
    if item.kind == "order":
        return list(item.sequence) or None
    return item.model_answer or None


def sure(item: Item, value: Any) -> float | None:
    """Return how sure a learner is, from chance to 100 per cent; None where that was not asked.

    Raises:
        KitError: when the value is no such number.

    """
    if value is None or not item.confidence:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.floor(item.chance) <= value <= 100:
        raise KitError(say("error.no_answer", id=item.id))
    return float(value)


def own_marks(item: Item, value: Any) -> dict[str, str]:
    """Return a learner's judgement of their own writing: for each criterion one of OWN_MARKS.

    Raises:
        KitError: when it is none.

    """
    given, ids = value or {}, {c.id for c in item.rubric}
    fits = isinstance(given, dict) and all(k in ids and v in OWN_MARKS for k, v in given.items())
    if not fits:
        raise KitError(say("error.no_answer", id=item.id))
    return {str(k): str(v) for k, v in given.items()}


def order_shown(item: Item, seed: str) -> list[str]:
    """Return the options' ids in the order that a learner sees them.

    Args:
        item: the question.
        seed: the name of the learner's record; the same seed gives the same order.

    """
    ids = [o.id for o in item.options]
    if item.shuffle:
        random.Random(f"{seed}:{item.id}").shuffle(ids)  # noqa: S311  (no secret hangs on it)
        if ids == list(item.sequence):
            ids.reverse()
    return ids
