"""Things to put in order, as other systems ask them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.course.html import inline
from kit.questions import export
from kit.questions.export import Asked, Cells
from kit.questions.foreign import Foreign, Row, numbered
from kit.questions.order import PutInOrder


class Export(export.Export):
    """As Moodle's matching: each thing and its place."""

    question: PutInOrder
    takes = ("ordering",)

    @staticmethod
    def take(foreign: Foreign) -> Row:
        rows = numbered([(answer.text, answer.reason) for answer in foreign.answers])
        sequence = [row["id"] for row in rows]
        return {"kind": PutInOrder.kind, "shuffle": True, "sequence": sequence, "options": rows}

    def changes(self) -> Iterator[str]:
        yield "export.placed"

    def asked(self) -> list[Asked]:
        places = self.question.sequence
        pairs = []
        for option in self.question.options:
            pairs.append(export.pair(inline(option.text), str(places.index(option.id) + 1)))
        while len(pairs) < export.FEWEST_PAIRS:
            pairs.append(export.pair("", str(len(pairs) + 1)))
        return [Asked(pairs, shown={"options": self.question.keyed_options})]

    def key_rows(self) -> Iterator[Cells]:
        for option in self.question.options:
            place = self.question.sequence.index(option.id) + 1
            yield self.row(option) | {"answer": place}
