"""Statements to label, as other systems ask them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.course.html import inline
from kit.questions import export
from kit.questions.export import Asked, Cells
from kit.questions.foreign import Foreign, Row, name_of, numbered
from kit.questions.label import LabelEach
from kit.questions.parts import Row as Part
from kit.questions.parts import Statement


class Export(export.Export):
    """As Moodle's matching; a question for each statement where that does not fit."""

    question: LabelEach
    takes = ("matching",)

    @staticmethod
    def take(foreign: Foreign) -> Row:
        labels: dict[str, str] = {}
        for _, label in foreign.pairs:
            labels.setdefault(label, name_of(len(labels)))
        asked = [(thing, label) for thing, label in foreign.pairs if thing]
        units = numbered([(thing, "") for thing, _ in asked])
        for unit, (_, label) in zip(units, asked, strict=True):
            unit["right"] = [labels[label]]
        rows = [{"id": name, "text": text} for text, name in labels.items()]
        return {"kind": LabelEach.kind, "labels": rows, "units": units}

    def changes(self) -> Iterator[str]:
        if not self.fits_matching():
            yield "export.split"

    def fits_matching(self) -> bool:
        """Whether each statement has one right label, and there are enough of them."""
        units = self.question.units
        one_each = len(units) > 1 and all(len(unit.right) == 1 for unit in units)
        return one_each and len(units) + len(self.unused()) >= export.FEWEST_PAIRS

    def unused(self) -> list[str]:
        """Return the labels that the key gives to no statement."""
        given: set[str] = set()
        for unit in self.question.units:
            given.update(unit.right)
        return [label.text for label in self.question.labels if label.id not in given]

    def asked(self) -> list[Asked]:
        units = self.question.units
        if not self.fits_matching():
            return [self._one_statement(n, unit) for n, unit in enumerate(units, 1)]
        pairs = []
        for n, unit in enumerate(units, 1):
            pairs.append(export.pair(_statement(n, unit), self.question.right_labels(unit)))
        for label in self.unused():
            pairs.append(export.pair("", label))
        return [Asked(pairs, units=units)]

    def _one_statement(self, n: int, unit: Statement) -> Asked:
        question, answers = self.question, []
        for label in question.labels:
            share, best = float(label.id in unit.right), label.id == unit.right[0]
            answers.append(export.choice(share, label.text, "", best=best))
        return Asked(
            answers,
            name=f"{question.id}/{unit.id}",
            marks=question.marks / len(question.units),
            units=(unit,),
            shown={"statement": _statement(n, unit)},
        )

    def key_rows(self) -> Iterator[Cells]:
        points = self.question.marks / len(self.question.units)
        for unit in self.question.units:
            yield self.row(unit) | {"answer": self.question.right_labels(unit), "points": points}

    def row(self, part: Part) -> Cells:
        cells = super().row(part) | {"part": "unit"}
        if isinstance(part, Statement) and part.paragraph is not None:
            cells["paragraphs"] = str(part.paragraph)
        return cells


def _statement(n: int, unit: Statement) -> str:
    # With its number: Moodle shuffles them, and some of them are sentences of one story.
    statement = f"{n}. {inline(unit.text)}"
    if unit.paragraph is not None:
        statement += f" (¶{unit.paragraph})"
    return statement
