"""Written answers, as other systems ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.questions import export
from kit.questions.export import Cells
from kit.questions.write import Write


class Export(export.Export):
    """As Moodle's essay."""

    question: Write

    def key_rows(self) -> Iterator[Cells]:
        for criterion in self.question.rubric:
            cells = {"part": "criterion", "part_id": criterion.id, "text": criterion.text}
            levels: list[Cells] = [
                {"answer": x.text, "points": x.points, "reason": x.anchor} for x in criterion.levels
            ]
            yield from (cells | level for level in levels or [{}])
