"""Written answers, as other systems ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.questions import export
from kit.questions.export import Cells
from kit.questions.foreign import TODO, Foreign, Row, name_of
from kit.questions.write import Write


class Export(export.Export):
    """As Moodle's essay."""

    question: Write
    takes = ("essay", "shortanswer")

    @staticmethod
    def take(foreign: Foreign) -> Row:
        row: Row = {"kind": Write.kind, "model_answer": foreign.model or TODO}
        accepted = [answer.text for answer in foreign.answers if answer.share > 0]
        if accepted:
            foreign.notes.append("import.by_reader")
            row |= {"words": 10, "model_answer": " / ".join(accepted)}
        levels = [{"points": 0, "text": TODO}, {"points": foreign.marks, "text": TODO}]
        return row | {"rubric": [{"id": name_of(0), "text": TODO, "levels": levels}]}

    def key_rows(self) -> Iterator[Cells]:
        for criterion in self.question.rubric:
            cells = {"part": "criterion", "part_id": criterion.id, "text": criterion.text}
            for level in criterion.levels:
                yield cells | {"answer": level.text, "points": level.points, "reason": level.anchor}
            if not criterion.levels:
                yield cells
