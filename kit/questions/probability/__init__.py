"""Giving a chance in 100, mostly a forecast: ``probability``."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from kit.questions.base import Answer, Question, is_number, number_in
from kit.questions.typed_numbers import spell


@frozen(kw_only=True)
class GiveProbability(Question):
    """Give a chance in 100. When it is answered nothing is right or wrong about it."""

    kind: ClassVar = "probability"
    can_be_right: ClassVar = False

    resolves: bool | None = None  #: shown by no lesson before 06

    def parse(self, value: object) -> Answer:
        return value if is_number(value) and 0 <= value <= 100 else None

    def lines(self, answer: Answer) -> list[str]:
        return [f"{spell(number_in(answer))} %"]

    def still_lines(self, *, key: bool) -> list[str]:
        return ["  [    ] %"]

    def still_html(self, *, key: bool) -> str:
        if key:
            return ""
        return "<p>______ %</p>"
