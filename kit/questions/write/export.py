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
            for level in criterion.levels:
                yield cells | {"answer": level.text, "points": level.points, "reason": level.anchor}
            if not criterion.levels:
                yield cells
