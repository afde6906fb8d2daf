"""Giving each of several statements a label: ``label``."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar, Self

from attrs import evolve, frozen
from markupsafe import escape

from kit.course.html import inline, plain
from kit.course.messages import message
from kit.questions.base import Answer, Fault, Question, labels_in
from kit.questions.parts import Label, Statement, TwoCounts, ids_of, texts_of
from kit.questions.rows import AnsweredRow, StillRow, row_list


@frozen(kw_only=True)
class LabelEach(Question):
    """Give each statement a label.

    It earns the share of the statements that have a label the key accepts.
    """

    kind: ClassVar = "label"
    published: ClassVar = Question.published | {"units", "labels", "shares"}
    tables: ClassVar = {"units": Statement, "labels": Label}

    units: tuple[Statement, ...] = ()
    labels: tuple[Label, ...] = ()
    shares: bool = False  #: shows how often each label was given as a picture

    def parse(self, value: object) -> Answer:
        if not isinstance(value, dict):
            return None
        units, labels = ids_of(self.units), ids_of(self.labels)
        given = {unit: value[unit] for unit in units if value.get(unit) in labels}
        if len(given) < len(value):
            return None
        return given

    def shortened(self, seed: str, most: int) -> Self:
        if len(self.units) <= most:
            return self
        drawn = random.Random(seed).sample(self.units, most)  # noqa: S311  (no secret hangs on it)
        units = tuple(unit for unit in self.units if unit in drawn)
        return evolve(self, units=units, reason="")  # which speaks of all of them

    def complete(self, answer: Answer) -> bool:
        """Whether every statement has a label."""
        return len(labels_in(answer)) == len(self.units) > 0

    def lines(self, answer: Answer) -> list[str]:
        labels, given = texts_of(self.labels), labels_in(answer)
        said = [unit for unit in self.units if unit.id in given]
        return [f"{plain(unit.text)}: {labels[given[unit.id]]}" for unit in said]

    @property
    def key(self) -> Answer:
        return {unit.id: unit.right[0] for unit in self.units if unit.right}

    @property
    def has_key(self) -> bool:
        return bool(self.units) and all(unit.right for unit in self.units)

    def hits(self, answer: Answer) -> int:
        """Return how many statements have a label that the key accepts."""
        given = labels_in(answer)
        return sum(given.get(unit.id) in unit.right for unit in self.units)

    def earned(self, answer: Answer) -> float:
        return self.hits(answer) / len(self.units)

    def two_counts(self, answer: Answer) -> TwoCounts:
        """Count sound statements that were accepted, and unsound ones that were rejected.

        Only statements whose key says ``sound`` and labels that say ``accepts`` count; a statement
        without a label is neither accepted nor rejected.
        """
        accepts = {label.id: label.accepts for label in self.labels}
        given = labels_in(answer)
        sound = sound_accepted = unsound = unsound_rejected = 0
        for unit in self.units:
            accepted = accepts.get(given.get(unit.id, ""))
            if unit.sound is True:
                sound += 1
                sound_accepted += accepted is True
            elif unit.sound is False:
                unsound += 1
                unsound_rejected += accepted is False
        return TwoCounts(sound_accepted, sound, unsound_rejected, unsound)

    def paragraphs_missed(self, answer: Answer) -> set[int]:
        """Return the question's paragraphs, and those of the statements labelled otherwise."""
        missed, given = super().paragraphs_missed(answer), labels_in(answer)
        for unit in self.units:
            if unit.paragraph is not None and given.get(unit.id) not in unit.right:
                missed.add(unit.paragraph)
        return missed

    def feedback(self, answer: Answer, *, whole: bool = True) -> dict[str, Any]:
        feedback = super().feedback(answer, whole=whole)
        if self.shares and whole:
            feedback["shares"] = self.label_counts(answer)
        return feedback

    def label_counts(self, answer: Answer) -> list[tuple[str, int, int]]:
        """Return of each label its text, how often it was given, and how often the key gives it."""
        given = Counter(labels_in(answer).values())
        keyed = Counter(labels_in(self.key).values())
        return [(label.text, given[label.id], keyed[label.id]) for label in self.labels]

    def verdict(self, answer: Answer, _earned: float, *, whole: bool) -> str:
        said = message("check.label", hits=self.hits(answer), all=len(self.units))
        return f"{said} {message('check.weigh')}" if whole else said

    def answered_rows(self, answer: Answer, *, whole: bool) -> list[AnsweredRow]:
        labels, given = texts_of(self.labels), labels_in(answer)
        rows = []
        for unit in self.units:
            yours, said = unit.id in given, message("feedback.left_out")
            if not yours and not whole:
                continue  # there is nothing yet to say a word about
            if yours:
                said = message("feedback.you_said", answer=labels[given[unit.id]])
            right = given.get(unit.id) in unit.right
            tag, reason = message("check.other"), ""
            if whole:
                tag = message("check.key", labels=self.right_labels(unit))
                reason = unit.reason
            elif right:
                tag = message("check.same")
            shown = AnsweredRow(
                row=unit, yours=yours, given=said, right=right, tag=tag, reason=reason
            )
            rows.append(shown)
        return rows

    def right_labels(self, unit: Statement) -> str:
        """Return the texts of the labels that the key accepts for a statement."""
        labels = texts_of(self.labels)
        return " / ".join(labels[label] for label in unit.right)

    def still_rows(self, *, key: bool) -> list[StillRow]:
        rows = []
        for unit in self.units:
            box = "[    ]"
            if key:
                box = f"[{plain(self.right_labels(unit))}]"
            right = [label.text for label in self.labels if label.id in unit.right]
            rows.append(StillRow(unit, box, paragraph=unit.paragraph, answer=" / ".join(right)))
        return rows

    def still_lines(self, *, key: bool) -> list[str]:
        lines = super().still_lines(key=key)
        if not key:
            labels = ", ".join(plain(label.text) for label in self.labels)
            lines.insert(0, message("still.labels", labels=labels))
        return lines

    def still_html(self, *, key: bool) -> str:
        html = row_list(self.still_rows(key=key), "ol", key=key)
        if self.labels and not key:
            labels = "; ".join(inline(label.text) for label in self.labels)
            html = f"<p><small>{escape(message('still.choices'))} {labels}.</small></p>{html}"
        return html

    def form_faults(self) -> Iterator[Fault]:
        judges = any(unit.sound is not None for unit in self.units)
        if judges and all(label.accepts is None for label in self.labels):
            yield "no_accepts", {}

    def key_faults(self) -> Iterator[Fault]:
        known = ids_of(self.labels)
        for unit in self.units:
            for label in unit.right:
                if label not in known:
                    yield "bad_label", {"unit": unit.id, "label": label}
