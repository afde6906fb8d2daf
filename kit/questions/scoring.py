"""Marks: one function for lessons and grading alike.

Credit is a share of an item's marks, from 0 to 1, or None where a program cannot judge
(forecasts, surveys, written answers). Silence earns nothing.

============  ==================================================================================
choose-one    1 for the right option, else the option's own credit, mostly 0.
choose-many   max(0, r/R - w/W): r of the R right options ticked, w of the W wrong ones; those that
              the key leaves open (``either``) are passed over. Ticking everything, nothing, or
              at random gives 0 or 0 in expectation before the floor.
label         the share of the units that bear a label the key accepts.
number        1 within the bounds that the key accepts; else what the first slip that holds the
              number gives, and 0 where none does.
order         max(0, tau), tau = 1 - 2 d/p: d of the p pairs of options stand the wrong way round
              (Kendall 1938, "A New Measure of Rank Correlation"). In expectation a random order
              gives tau = 0, the reversed order gives -1.
============  ==================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations

from attrs import frozen

from kit.questions.answers import Answer, is_blank
from kit.questions.items import Item, Slip


@frozen
class TwoCounts:
    """How far a learner tells sound from unsound: never one number that distrust alone can win."""

    sound_accepted: int = 0
    sound: int = 0
    unsound_rejected: int = 0
    unsound: int = 0

    def __add__(self, other: TwoCounts) -> TwoCounts:
        return TwoCounts(
            self.sound_accepted + other.sound_accepted,
            self.sound + other.sound,
            self.unsound_rejected + other.unsound_rejected,
            self.unsound + other.unsound,
        )


def credit(item: Item, value: Answer) -> float | None:
    """Return the credit, 0 to 1, that ``value`` earns; None where a program cannot judge.

    Args:
        item: the question with its key.
        value: an answer as :func:`kit.questions.items.accept` returns it.

    """
    if not item.marked or not item.has_key:
        return None
    if is_blank(value):
        return 0.0
    return _CREDITS[item.kind](item, value)


def _one(item: Item, value: str) -> float:
    return next((1.0 if o.right else o.credit for o in item.options if o.id == value), 0.0)


def _many(item: Item, value: list[str]) -> float:
    right = {o.id for o in item.options if o.right}
    wrong = {o.id for o in item.options if not o.either} - right
    hits, slips = len(right & set(value)), len(wrong & set(value))
    return max(0.0, hits / len(right) - (slips / len(wrong) if wrong else 0.0))


def _labels(item: Item, value: dict[str, str]) -> float:
    return sum(value.get(u.id) in u.right for u in item.units) / len(item.units)


def _order(item: Item, value: list[str]) -> float:
    hits, pairs = pairs_in_order(item, value)
    return max(0.0, 2 * hits / pairs - 1)


def _number(item: Item, value: float) -> float:
    if item.bounds and _within(*item.bounds, value):
        return 1.0
    slip = slip_made(item, value)
    return slip.credit if slip else 0.0


def slip_made(item: Item, value: float) -> Slip | None:
    """Return the known slip that a wrong number shows, or None."""
    right = item.bounds is not None and _within(*item.bounds, value)
    slips = (s for s in item.slips if _within(s.low, s.high, value))
    return None if right else next(slips, None)


def _within(low: float, high: float, value: float) -> bool:
    # 16.4 must lie within 16.5 - 0.1, whatever binary fractions make of it.
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    return low - slack <= value <= high + slack


def pairs_in_order(item: Item, value: list[str]) -> tuple[int, int]:
    """Return how many pairs of options stand in the key's order, and how many pairs there are."""
    pairs = list(combinations(item.sequence, 2))
    hits = sum(value.index(one) < value.index(other) for one, other in pairs)
    return hits, len(pairs)


_CREDITS: dict[str, Callable[[Item, Answer], float]] = {
    "choose-one": _one,
    "choose-many": _many,
    "label": _labels,
    "number": _number,
    "order": _order,
}


def two_counts(item: Item, value: Answer) -> TwoCounts:
    """Count sound statements accepted and unsound ones rejected in a ``label`` item.

    Only units whose key says ``sound`` and labels that say ``accepts`` count; a unit left
    unlabelled is neither accepted nor rejected.
    """
    accepts = {label.id: label.accepts for label in item.labels}
    given = {} if is_blank(value) or item.kind != "label" else value
    judged = [(u.sound, accepts.get(given.get(u.id, ""))) for u in item.units]
    return TwoCounts(
        sound_accepted=judged.count((True, True)),
        sound=sum(sound is True for sound, _ in judged),
        unsound_rejected=judged.count((False, False)),
        unsound=sum(sound is False for sound, _ in judged),
    )


def shares(item: Item, value: Answer) -> list[tuple[str, int, int]]:
    """Return for each label its text, how many units got it, and how many the key gives it."""
    given = Counter({} if is_blank(value) else value.values())
    keyed = Counter(u.right[0] for u in item.units if u.right)
    return [(x.text, given[x.id], keyed[x.id]) for x in item.labels]
