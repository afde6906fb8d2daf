"""Numbers, as other systems ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.course.html import inline
from kit.questions import export
from kit.questions.export import Asked, Cells, digits
from kit.questions.number import GiveNumber


class Export(export.Export):
    """See :class:`kit.questions.export.Export`."""

    question: GiveNumber

    def shares(self) -> list[float]:
        return [slip.credit for slip in self.question.slips]

    def asked(self) -> list[Asked]:
        accepted = "..".join(map(digits, self.question.bounds or ()))
        if self.question.answer is not None:
            accepted = f"{digits(self.question.answer)}:{digits(self.question.tolerance)}"
        answers = [f"=%100%{accepted}"]
        for slip in self.question.slips:
            span = f"{digits(slip.low)}..{digits(slip.high)}"
            said = export.after("#", inline(slip.reason))
            answers.append(f"=%{export.percent(slip.credit)}%{span}{said}")
        return [Asked(answers, sign="#")]

    def key_rows(self) -> Iterator[Cells]:
        question = self.question
        if question.bounds:
            cells = {"part": "number", "text": question.key_text, "answer": "right"}
            yield cells | {"points": question.marks}
        for slip in question.slips:
            span = f"{slip.low:g}–{slip.high:g} {question.unit}"
            cells = {"part": "slip", "text": span, "reason": slip.reason}
            yield cells | {"points": question.marks * slip.credit}
