"""What the kinds have in common whose answer is made of options."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import frozen

from kit.course.html import inline
from kit.questions.base import Fault, Question, plain
from kit.questions.parts import Option, Row


@frozen(kw_only=True)
class WithOptions(Question):
    """A question whose answer is made of options."""

    published: ClassVar = Question.published | {"options", "shuffle"}
    tables: ClassVar = {"options": Option}

    options: tuple[Option, ...] = ()
    shuffle: bool = False  #: each learner sees the options in an order of their own

    def asked(self) -> dict[str, Any]:
        return {"options": [(o.id, o.text) for o in self.options]}

    def page(self, seed: str) -> dict[str, Any]:
        names = self.names
        shown = [{"id": name, "text": inline(names[name])} for name in self.order_shown(seed)]
        return super().page(seed) | {"options": shown}

    def order_shown(self, seed: str) -> list[str]:
        """Return the options' ids in the order that a learner sees them.

        Args:
            seed: the name of the learner's record; the same seed gives the same order.

        """
        ids = [o.id for o in self.options]
        if self.shuffle:
            random.Random(f"{seed}:{self.id}").shuffle(ids)  # noqa: S311  (no secret hangs on it)
        return ids

    def form_faults(self) -> Iterator[Fault]:
        if any("all of the above" in option.text.casefold() for option in self.options):
            yield "all_above", {}

    def credit_faults(self, *, parts: bool = False, either: bool = False) -> Iterator[Fault]:
        """Yield the options whose ``credit`` or ``either`` means nothing in this kind.

        Args:
            parts: whether an option can earn a part of the marks.
            either: whether an option can be left open.

        """
        partial = [o for o in self.options if o.credit]
        astray = [o.id for o in partial if not parts or o.right or not 0 < o.credit < 1]
        if astray:
            yield "bad_credit", {"where": ", ".join(astray)}
        astray = [o.id for o in self.options if o.either and (not either or o.right)]
        if astray:
            yield "bad_either", {"where": ", ".join(astray)}


def row_lines(row: Row, mark: str, *, key: bool) -> list[str]:
    """Return an option or a statement as lines of plain text; with ``key``, its reason below it."""
    lines = [f"  {mark} {plain(row.text)}"]
    if key and row.reason:
        lines.append(f"      {plain(row.reason)}")
    return lines
