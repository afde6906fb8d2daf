"""Putting things in order: ``order``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, ClassVar

from attrs import frozen

from kit.course.html import inline
from kit.course.messages import message
from kit.questions.base import Answer, Fault, Parts, ids_in
from kit.questions.options import WithOptions
from kit.questions.parts import Option, answer_row, ids_of, row_lines


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

    def read(self, value: object) -> Answer:
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

    def parts(self, answer: Answer, *, whole: bool) -> Parts:
        parts: Parts = {}
        if not whole or not self.sequence:
            return parts
        given = ids_in(answer)
        for n, option in enumerate(self.keyed_options):
            parts[option.id] = {
                "right": given[n : n + 1] == [option.id],
                "tag": message("check.place", n=n + 1),
                "reason": inline(option.reason),
            }
        return parts

    def answer_rows(self, answer: Answer) -> list[dict[str, Any]]:
        ids, rows = ids_in(answer), []
        if not self.sequence:
            return []
        for option in self.keyed_options:
            given = message("feedback.your_place", n=ids.index(option.id) + 1) if ids else ""
            rows.append(answer_row(option, given, yours=bool(ids)))
        return rows

    def still_lines(self, *, key: bool) -> list[str]:
        options, place = self.options, "[  ]"
        if key:
            options = self.keyed_options
        lines = []
        for n, option in enumerate(options, 1):
            if key and self.sequence:
                place = f"[{n}]"
            lines += row_lines(option, place, key=key)
        return lines

    def still_html(self, *, key: bool) -> str:
        options, tag = self.options, "ul"
        if key:
            options, tag = self.keyed_options, "ol"
        rows = []
        for option in options:
            text = inline(option.text)
            if key and option.reason:
                text += f"<br><em>{inline(option.reason)}</em>"
            rows.append(f"<li>{text}</li>\n")
        return f"<{tag}>\n{''.join(rows)}</{tag}>\n"

    def key_faults(self) -> Iterator[Fault]:
        yield from super().key_faults()
        if sorted(self.sequence) != sorted(ids_of(self.options)):
            yield "bad_sequence", {}
        elif self.order_shown("") == list(self.sequence):
            yield "ordered_already", {}
