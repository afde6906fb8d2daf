"""Choosing among options: ``choose-one`` and ``choose-many``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import frozen

from kit.course.messages import KitError, message
from kit.questions.base import Answer, Fault, ids_in, is_number
from kit.questions.options import WithOptions
from kit.questions.parts import ids_of
from kit.questions.rows import AnsweredRow, StillRow

_TAGS = {"✓": "check.right", "○": "check.either", "◐": "check.part", "✗": "check.wrong"}
_STILL_MARKS = {"✓": "x", "○": "○", "◐": "◐", "✗": " "}  # in the box of plain text


@frozen(kw_only=True)
class Choice(WithOptions):
    """What choosing one and choosing many have in common."""

    ticked: ClassVar = True
    bullet: ClassVar[str]  #: before an option, in HTML
    box: ClassVar[str]  #: the same in plain text

    @property
    def right_ids(self) -> list[str]:
        """The ids of the right options."""
        return [option.id for option in self.options if option.right]

    @property
    def wrong_ids(self) -> list[str]:
        """The ids of the options that are neither right nor left open."""
        return [option.id for option in self.options if not option.right and not option.either]

    def chosen_ids(self, answer: Answer) -> list[str]:
        return ids_in(answer)

    def answered_rows(self, answer: Answer, *, whole: bool) -> list[AnsweredRow]:
        """Return what is said beside all options, or beside the learner's own.

        A marked page explains these and the right ones.
        """
        chosen, rows = self.chosen_ids(answer), []
        for option in self.options:
            yours, given = option.id in chosen, ""
            if yours:
                given = message("feedback.yours")
            elif not whole:
                continue
            elif option.right and not self.picks_one:
                given = message("feedback.not_ticked")
            shown = AnsweredRow(
                row=option,
                yours=yours,
                given=given,
                right=option.right,
                mark=option.mark,
                tag=message(_TAGS[option.mark]),
                reason=option.reason,
                explained=yours or option.right,
            )
            rows.append(shown)
        return rows

    def still_rows(self, *, key: bool) -> list[StillRow]:
        rows = []
        for option in self.options:
            box, bullet = self.box, self.bullet
            if key and self.has_key:
                box, bullet = box.replace(" ", _STILL_MARKS[option.mark]), option.mark
            rows.append(StillRow(option, box, bullet, right=option.right))
        return rows


@frozen(kw_only=True)
class ChooseOne(Choice):
    """Choose one option.

    The right one earns 1, another what its own ``credit`` says, mostly 0.
    """

    kind: ClassVar = "choose-one"
    published: ClassVar = Choice.published | {"confidence"}
    picks_one: ClassVar = True
    takes_credit: ClassVar = True
    bullet: ClassVar = "○"
    box: ClassVar = "( )"

    confidence: bool = False  #: also ask how sure, from chance to 100 %

    @property
    def chance(self) -> float:
        """How often a blind choice is the right one, in per cent."""
        return 100 / max(1, len(self.options))

    def for_browser(self, seed: str) -> dict[str, Any]:
        fields = super().for_browser(seed)
        if self.confidence:
            fields["chance"] = round(self.chance)
        return fields

    def parse(self, value: object) -> Answer:
        return value if isinstance(value, str) and value in ids_of(self.options) else None

    @property
    def key(self) -> Answer:
        return self.right_ids[0] if self.right_ids else None

    def read_confidence(self, value: object) -> float | None:
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

    def verdict(self, _answer: Answer, earned: float, *, whole: bool) -> str:
        if earned == 1:
            return message("check.one_yes")
        return message("check.one_part" if earned else "check.one_no")

    def key_faults(self) -> Iterator[Fault]:
        if len(self.right_ids) != 1:
            yield "two_right", {"count": len(self.right_ids)}
        yield from super().key_faults()


@frozen(kw_only=True)
class ChooseMany(Choice):
    """Choose every option that fits.

    It earns max(0, r/R - w/W): r of the R right options ticked, w of the W wrong ones; those that
    the key leaves open (``either``) are passed over. Ticking everything, nothing, or at random
    gives 0, or 0 in expectation before the floor.
    """

    kind: ClassVar = "choose-many"
    takes_either: ClassVar = True
    bullet: ClassVar = "☐"
    box: ClassVar = "[ ]"

    def parse(self, value: object) -> Answer:
        known = ids_of(self.options)
        if not isinstance(value, list):
            return None
        for name in value:
            if name not in known:
                return None
        return [name for name in known if name in value]

    @property
    def key(self) -> Answer:
        return self.right_ids

    def ticks(self, answer: Answer) -> tuple[int, int]:
        """Return how many right options an answer ticks, and how many wrong ones."""
        ticked = set(ids_in(answer))
        return len(ticked.intersection(self.right_ids)), len(ticked.intersection(self.wrong_ids))

    def earned(self, answer: Answer) -> float:
        right, wrong = self.ticks(answer)
        credit = right / len(self.right_ids)
        if self.wrong_ids:
            credit -= wrong / len(self.wrong_ids)
        return max(0.0, credit)

    def verdict(self, answer: Answer, _earned: float, *, whole: bool) -> str:
        right, wrong = self.ticks(answer)
        return message("check.many", hits=right, all=len(self.right_ids), slips=wrong)
