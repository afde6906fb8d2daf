"""Working out a number: ``number``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import frozen
from markupsafe import escape

from kit.course.html import block, inline
from kit.course.messages import KitError, message
from kit.questions.base import Answer, Fault, Question, UnreadableError, is_number, number_in
from kit.questions.typed_numbers import LARGEST, read_number, spell


@frozen
class ExpectedError:
    """A wrong number that people come to, and what to say to them."""

    low: float
    high: float
    reason: str
    credit: float = 0.0  #: what it earns all the same, 0 to 1


@frozen(kw_only=True)
class GiveNumber(Question):
    """Give a number.

    It earns 1 within the bounds that the key accepts; else what the first slip that holds the
    number gives, and 0 where none does.
    """

    kind: ClassVar = "number"
    published: ClassVar = Question.published | {"unit"}

    unit: str = ""  #: shown beside the box
    answer: float | None = None  #: the right number
    tolerance: float = 0.0  #: how far from ``answer`` is accepted still
    low: float | None = None  #: or the least and the greatest number that are accepted
    high: float | None = None
    slips: tuple[ExpectedError, ...] = ()

    @property
    def texts(self) -> list[str]:
        return [*super().texts, *(slip.reason for slip in self.slips)]

    def asked(self) -> dict[str, Any]:
        return {"unit": self.unit} if self.unit else {}

    def for_browser(self, seed: str) -> dict[str, Any]:
        return super().for_browser(seed) | {"unit": self.unit}

    def parse(self, value: object) -> Answer:
        if isinstance(value, str):
            try:
                return read_number(value, self.unit)
            except KitError as fault:
                raise UnreadableError(str(fault)) from None
        return value if is_number(value) and abs(value) <= LARGEST else None

    def lines(self, answer: Answer) -> list[str]:
        return [self.with_unit(number_in(answer))]

    def read_as(self, answer: Answer) -> str | None:
        return None if answer is None else self.with_unit(number_in(answer))

    def with_unit(self, number: float) -> str:
        """Return a number as it is written, with the unit."""
        return f"{spell(number)} {self.unit}".strip()

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and the greatest number that the key accepts; None without a key."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        if self.answer is None:
            return None
        return self.answer - self.tolerance, self.answer + self.tolerance

    @property
    def key(self) -> Answer:
        if self.answer is None and self.bounds:
            return sum(self.bounds) / 2
        return self.answer

    @property
    def key_text(self) -> str:
        """What the key accepts, with the unit."""
        low, high = self.bounds or (0.0, 0.0)
        if low == high:
            return self.with_unit(low)
        return f"{spell(low)}–{self.with_unit(high)}"

    def accepts(self, number: float) -> bool:
        """Whether a number lies within the bounds of the key."""
        return self.bounds is not None and _within(*self.bounds, number)

    def expected_error(self, number: float) -> ExpectedError | None:
        """Return the known slip that a wrong number shows, or None."""
        if self.accepts(number):
            return None
        for slip in self.slips:
            if _within(slip.low, slip.high, number):
                return slip
        return None

    def earned(self, answer: Answer) -> float:
        number = number_in(answer)
        if self.accepts(number):
            return 1.0
        slip = self.expected_error(number)
        return slip.credit if slip else 0.0

    def feedback(self, answer: Answer, *, whole: bool = True) -> dict[str, Any]:
        feedback = super().feedback(answer, whole=whole)
        if answer is not None:
            slip = self.expected_error(number_in(answer))
            feedback["slip"] = block(slip.reason) if slip else ""
        return feedback

    def verdict(self, answer: Answer, earned: float, *, whole: bool) -> str:
        given = "–" if answer is None else self.with_unit(number_in(answer))
        said = message("check.number_yes" if earned == 1 else "check.number_no", given=given)
        if not whole:
            return said
        low, high = self.bounds or (0.0, 0.0)
        if low == high:
            return f"{said} {message('check.number_exact', key=self.with_unit(low))}"
        wanted = message("check.number_range", low=spell(low), high=self.with_unit(high))
        return f"{said} {wanted}"

    def still_lines(self, *, key: bool) -> list[str]:
        lines = [f"  [    ] {self.unit}".rstrip()]
        if key:
            lines.append(f"  {self.key_text}")
        return lines

    def still_html(self, *, key: bool) -> str:
        if not key:
            return f"<p>______ {escape(self.unit)}</p>"
        html = f"<p><strong>{escape(self.key_text)}</strong></p>\n"
        rows = [f"<li><em>{inline(slip.reason)}</em></li>" for slip in self.slips]
        if rows:
            html += f"<ul>{''.join(rows)}</ul>"
        return html

    def key_faults(self) -> Iterator[Fault]:
        low, high = self.bounds or (0.0, 0.0)
        two_keys = self.answer is not None and (self.low is not None or self.high is not None)
        if low > high or two_keys:
            yield "bad_range", {}
        for slip in self.slips:
            inside = low <= slip.low and slip.high <= high
            if slip.low > slip.high or inside or not slip.reason or not 0 <= slip.credit <= 1:
                yield "bad_slip", {"low": f"{slip.low:g}", "high": f"{slip.high:g}"}


def _within(low: float, high: float, number: float) -> bool:
    # 16.4 must lie within 16.5 - 0.1, whatever binary fractions make of it.
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    return low - slack <= number <= high + slack
