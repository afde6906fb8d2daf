"""Putting things in order: ``order``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import ClassVar

from attrs import frozen

from kit.course.messages import message
from kit.questions.base import Answer, Fault, ids_in
from kit.questions.options import WithOptions
from kit.questions.parts import Option, ids_of
from kit.questions.rows import AnsweredRow, StillRow, row_list


@frozen(kw_only=True)
class PutInOrder(WithOptions):
    """Put the options in order.

    It earns max(0, tau), tau = 1 - 2 d/p: d of the p pairs of options are the wrong way round
    (Kendall 1938, "A New Measure of Rank Correlation"). In expectation a random order gives
    tau = 0, the reversed order gives -1.
    """

    kind: ClassVar = "order"

    sequence: tuple[str, ...] = ()  #: the options' ids in the right order

    def order_shown(self, seed: str) -> list[str]:
        """Return the order that a learner sees: never the right one, where they are shuffled."""
        ids = super().order_shown(seed)
        if self.shuffle and ids == list(self.sequence):
            ids.reverse()
        return ids

    def parse(self, value: object) -> Answer:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            return None
        if sorted(value) != sorted(ids_of(self.options)):
            return None
        return value

    @property
    def key(self) -> Answer:
        return list(self.sequence) or None

    @property
    def keyed_options(self) -> tuple[Option, ...]:
        """The options in the order of the key; without one as the author wrote them."""
        if not self.sequence:
            return self.options
        return tuple(sorted(self.options, key=lambda option: self.sequence.index(option.id)))

    def earned(self, answer: Answer) -> float:
        hits, pairs = self.pairs_in_order(ids_in(answer))
        return max(0.0, 2 * hits / pairs - 1)

    def pairs_in_order(self, answer: list[str]) -> tuple[int, int]:
        """Return how many pairs of options are in the key's order, and how many there are."""
        pairs = list(combinations(self.sequence, 2))
        hits = 0
        for one, other in pairs:
            hits += answer.index(one) < answer.index(other)
        return hits, len(pairs)

    def verdict(self, answer: Answer, _earned: float, *, whole: bool) -> str:
        hits, pairs = self.pairs_in_order(ids_in(answer) or list(reversed(self.sequence)))
        return message("check.order", hits=hits, all=pairs)

    def answered_rows(self, answer: Answer, *, whole: bool) -> list[AnsweredRow]:
        given, rows = ids_in(answer), []
        if not whole or not self.sequence:
            return []
        for n, option in enumerate(self.keyed_options):
            said = ""
            if given:
                said = message("feedback.your_place", n=given.index(option.id) + 1)
            shown = AnsweredRow(
                row=option,
                yours=bool(given),
                given=said,
                right=given[n : n + 1] == [option.id],
                tag=message("check.place", n=n + 1),
                reason=option.reason,
            )
            rows.append(shown)
        return rows

    def still_rows(self, *, key: bool) -> list[StillRow]:
        options, rows = self.options, []
        if key:
            options = self.keyed_options
        for n, option in enumerate(options, 1):
            box = "[  ]"
            if key and self.sequence:
                box = f"[{n}]"
            rows.append(StillRow(option, box))
        return rows

    def still_html(self, *, key: bool) -> str:
        tag = "ul"
        if key:
            tag = "ol"
        return row_list(self.still_rows(key=key), tag, key=key) + "\n"

    def key_faults(self) -> Iterator[Fault]:
        yield from super().key_faults()
        if sorted(self.sequence) != sorted(ids_of(self.options)):
            yield "bad_sequence", {}
        elif self.order_shown("") == list(self.sequence):
            yield "ordered_already", {}
