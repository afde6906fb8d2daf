"""Choosing among options: ``choose-one`` and ``choose-many``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import frozen

from kit.course.html import inline
from kit.course.messages import KitError, message
from kit.questions.base import Answer, Fault, Parts, ids_in, is_number
from kit.questions.options import WithOptions, row_lines

_TAGS = {"✓": "check.right", "○": "check.either", "◐": "check.part", "✗": "check.wrong"}


@frozen(kw_only=True)
class Choice(WithOptions):
    """What choosing one and choosing many have in common."""

    bullet: ClassVar[str]  #: before an option, in HTML
    box: ClassVar[str]  #: the same in plain text

    @property
    def has_key(self) -> bool:
        return any(o.right for o in self.options)

    @property
    def right_ids(self) -> set[str]:
        """The ids of the right options."""
        return {o.id for o in self.options if o.right}

    def lines(self, answer: Answer) -> list[str]:
        names = self.names
        return [names[name] for name in self.chosen_ids(answer)]

    def parts(self, answer: Answer, *, whole: bool) -> Parts:
        chosen, parts = self.chosen_ids(answer), {}
        for option in self.options:
            if whole or option.id in chosen:
                parts[option.id] = {
                    "right": option.right,
                    "mark": option.mark,
                    "tag": message(_TAGS[option.mark]),
                    "reason": inline(option.reason),
                }
        return parts

    def answer_rows(self, answer: Answer) -> list[dict[str, Any]]:
        """Return all options; the reasons beside the learner's own and beside the right ones."""
        chosen, rows = self.chosen_ids(answer), []
        for option in self.options:
            yours = option.id in chosen
            row = {"id": option.id, "text": inline(option.text), "yours": yours, "given": ""}
            if yours:
                row["given"] = message("feedback.yours")
            elif option.right and not self.picks_one:
                row["given"] = message("feedback.not_ticked")
            rows.append({**row, "explained": yours or option.right})
        return rows

    def still_lines(self, *, key: bool) -> list[str]:
        lines = []
        for option in self.options:
            mark = self.box
            if key and (self.has_key or not self.survey):
                sign = {"✓": "x", "✗": " "}.get(option.mark, option.mark)
                mark = self.box.replace(" ", sign)
            lines += row_lines(option, mark, key=key)
        return lines


@frozen(kw_only=True)
class ChooseOne(Choice):
    """Choose one option.

    The right one earns 1, another what its own ``credit`` says, mostly 0.
    """

    kind: ClassVar = "choose-one"
    published: ClassVar = Choice.published | {"confidence"}
    picks_one: ClassVar = True
    bullet: ClassVar = "○"
    box: ClassVar = "( )"

    confidence: bool = False  #: also ask how sure, from chance to 100 %

    @property
    def chance(self) -> float:
        """How often a blind choice is the right one, in per cent."""
        return 100 / max(1, len(self.options))

    def page(self, seed: str) -> dict[str, Any]:
        chance = round(self.chance) if self.confidence else None
        return super().page(seed) | {"chance": chance}

    def read(self, value: object) -> Answer:
        known = {o.id for o in self.options}
        return value if isinstance(value, str) and value in known else None

    def chosen_ids(self, answer: Answer) -> list[str]:
        return [answer] if isinstance(answer, str) else []

    @property
    def key(self) -> Answer:
        return next((o.id for o in self.options if o.right), None)

    def sure(self, value: object) -> float | None:
        if value is None or not self.confidence:
            return None
        if not is_number(value) or not math.floor(self.chance) <= value <= 100:
            raise KitError(message("error.no_answer", id=self.id))
        return float(value)

    def earned(self, answer: Answer) -> float:
        for option in self.options:
            if option.id == answer:
                return 1.0 if option.right else option.credit
        return 0.0

    def judgement(self, _answer: Answer, earned: float, *, whole: bool) -> str:
        if earned == 1:
            return message("check.one_yes")
        return message("check.one_part" if earned else "check.one_no")

    def key_faults(self) -> Iterator[Fault]:
        if (count := sum(option.right for option in self.options)) != 1:
            yield "two_right", {"count": count}
        yield from super().key_faults()
        yield from self.credit_faults(parts=True)


@frozen(kw_only=True)
class ChooseMany(Choice):
    """Choose every option that fits.

    It earns max(0, r/R - w/W): r of the R right options ticked, w of the W wrong ones; those that
    the key leaves open (``either``) are passed over. Ticking everything, nothing, or at random
    gives 0, or 0 in expectation before the floor.
    """

    kind: ClassVar = "choose-many"
    bullet: ClassVar = "☐"
    box: ClassVar = "[ ]"

    def read(self, value: object) -> Answer:
        order = [o.id for o in self.options]
        if not isinstance(value, list):
            return None
        if not all(isinstance(name, str) and name in order for name in value):
            return None
        return [name for name in order if name in value]

    def chosen_ids(self, answer: Answer) -> list[str]:
        return ids_in(answer)

    @property
    def key(self) -> Answer:
        return [o.id for o in self.options if o.right]

    def earned(self, answer: Answer) -> float:
        right = self.right_ids
        wrong = {o.id for o in self.options if not o.either} - right
        ticked = set(ids_in(answer))
        hits, slips = len(right & ticked), len(wrong & ticked)
        return max(0.0, hits / len(right) - (slips / len(wrong) if wrong else 0.0))

    def judgement(self, answer: Answer, _earned: float, *, whole: bool) -> str:
        right = self.right_ids
        ticked = set(ids_in(answer)) - {o.id for o in self.options if o.either}
        hits, slips = len(ticked & right), len(ticked - right)
        return message("check.many", hits=hits, all=len(right), slips=slips)

    def key_faults(self) -> Iterator[Fault]:
        yield from super().key_faults()
        yield from self.credit_faults(either=True)
