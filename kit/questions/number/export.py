"""Numbers, as other systems ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.course.html import inline
from kit.questions import export
from kit.questions.export import Asked, Cells, digits
from kit.questions.foreign import TODO, Foreign, Row
from kit.questions.number import GiveNumber
from kit.questions.table import settings


class Export(export.Export):
    """See :class:`kit.questions.export.Export`."""

    question: GiveNumber
    takes = ("numerical",)

    @staticmethod
    def take(foreign: Foreign) -> Row:
        row: Row = {"kind": GiveNumber.kind}
        slips = []
        for answer in foreign.answers:
            if answer.low is None or answer.high is None:  # Moodle's * is any other number
                foreign.notes.append("import.any_number")
            elif answer.share == 1 and len(row) == 1:
                row |= {"low": answer.low, "high": answer.high}
                if answer.low == answer.high:
                    row = {"kind": GiveNumber.kind, "answer": answer.low}
            else:
                slip = {"low": answer.low, "high": answer.high, "reason": answer.reason or TODO}
                slips.append(slip | {"credit": max(0.0, answer.share)})
        if slips:
            row["slips"] = slips
        return row | {"reason": foreign.reason or TODO}

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
            cells["part_settings"] = settings(slip)
            yield cells | {"points": question.marks * slip.credit}
