"""Giving each of several statements a label: ``label``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import frozen

from kit.course.html import inline
from kit.course.messages import message
from kit.questions.base import Answer, Fault, Parts, Question, is_blank, labels_in, plain
from kit.questions.options import row_lines
from kit.questions.parts import Label, TwoCounts, Unit


@frozen(kw_only=True)
class LabelEach(Question):
    """Give each statement a label.

    It earns the share of the statements that bear a label the key accepts.
    """

    kind: ClassVar = "label"
    published: ClassVar = Question.published | {"units", "labels", "shares"}
    tables: ClassVar = {"units": Unit, "labels": Label}

    units: tuple[Unit, ...] = ()
    labels: tuple[Label, ...] = ()
    shares: bool = False  #: shows how often each label was given as a picture

    def asked(self) -> dict[str, Any]:
        return {
            "units": [(u.id, u.text) for u in self.units],
            "labels": [(x.id, x.text) for x in self.labels],
        }

    def page(self, seed: str) -> dict[str, Any]:
        return super().page(seed) | {
            "units": [
                {"id": u.id, "text": inline(u.text), "paragraph": u.paragraph} for u in self.units
            ],
            "labels": [{"id": x.id, "text": x.text} for x in self.labels],
        }

    def read(self, value: object) -> Answer:
        if not isinstance(value, dict):
            return None
        units, labels = {u.id for u in self.units}, {x.id for x in self.labels}
        if not all(u in units and isinstance(x, str) and x in labels for u, x in value.items()):
            return None
        return {u.id: value[u.id] for u in self.units if u.id in value}

    def complete(self, answer: Answer) -> bool:
        """Whether every statement has a label."""
        return not is_blank(answer) and len(labels_in(answer)) == len(self.units)

    def lines(self, answer: Answer) -> list[str]:
        names = self.names
        return [f"{names[unit]}: {names[label]}" for unit, label in labels_in(answer).items()]

    @property
    def label_names(self) -> dict[str, str]:
        """The text of each label, by its id."""
        return {x.id: x.text for x in self.labels}

    @property
    def key(self) -> Answer:
        return {u.id: u.right[0] for u in self.units if u.right}

    @property
    def has_key(self) -> bool:
        return bool(self.units) and all(u.right for u in self.units)

    def earned(self, answer: Answer) -> float:
        given = labels_in(answer)
        return sum(given.get(u.id) in u.right for u in self.units) / len(self.units)

    def two_counts(self, answer: Answer) -> TwoCounts:
        """Count sound statements that were accepted, and unsound ones that were rejected.

        Only statements whose key says ``sound`` and labels that say ``accepts`` count; a statement
        without a label is neither accepted nor rejected.
        """
        accepts = {label.id: label.accepts for label in self.labels}
        given = labels_in(answer)
        judged = [(u.sound, accepts.get(given.get(u.id, ""))) for u in self.units]
        return TwoCounts(
            sound_accepted=judged.count((True, True)),
            sound=sum(sound is True for sound, _ in judged),
            unsound_rejected=judged.count((False, False)),
            unsound=sum(sound is False for sound, _ in judged),
        )

    def paragraphs_missed(self, answer: Answer) -> set[int]:
        """Return the question's paragraphs, and those of the statements labelled otherwise."""
        missed, given = super().paragraphs_missed(answer), labels_in(answer)
        for unit in self.units:
            if unit.paragraph is not None and given.get(unit.id) not in unit.right:
                missed.add(unit.paragraph)
        return missed

    def feedback(self, answer: Answer, *, whole: bool = True) -> dict[str, Any]:
        said = super().feedback(answer, whole=whole)
        return said | {"shares": self.shares_of(answer)} if self.shares and whole else said

    def shares_of(self, answer: Answer) -> list[tuple[str, int, int]]:
        """Return of each label its text, how often it was given, and how often the key gives it."""
        given = Counter(labels_in(answer).values())
        keyed = Counter(u.right[0] for u in self.units if u.right)
        return [(x.text, given[x.id], keyed[x.id]) for x in self.labels]

    def judgement(self, _answer: Answer, earned: float, *, whole: bool) -> str:
        count = len(self.units)
        return message("check.label", hits=round(earned * count), all=count)

    def parts(self, answer: Answer, *, whole: bool) -> Parts:
        names, given, parts = self.label_names, labels_in(answer), {}
        for unit in self.units:
            right = given.get(unit.id) in unit.right
            if whole:
                tag = message("check.key", labels=" / ".join(names[x] for x in unit.right))
            else:
                tag = message("check.same" if right else "check.other")
            reason = inline(unit.reason) if whole else ""
            parts[unit.id] = {"right": right, "tag": tag, "reason": reason}
        return parts

    def answer_rows(self, answer: Answer) -> list[dict[str, Any]]:
        names, given, rows = self.label_names, labels_in(answer), []
        for unit in self.units:
            said = message("feedback.left_out")
            if unit.id in given:
                said = message("feedback.you_said", answer=names[given[unit.id]])
            row = {"id": unit.id, "text": inline(unit.text), "yours": unit.id in given}
            rows.append({**row, "given": said, "explained": True})
        return rows

    def still_lines(self, *, key: bool) -> list[str]:
        names = {name: plain(text) for name, text in self.label_names.items()}
        lines = [] if key else [message("still.labels", labels=", ".join(names.values()))]
        for unit in self.units:
            mark = " / ".join(names[x] for x in unit.right) if key else "    "
            lines += row_lines(unit, f"[{mark}]", key=key)
        return lines

    def form_faults(self) -> Iterator[Fault]:
        judges = any(u.sound is not None for u in self.units)
        if judges and all(x.accepts is None for x in self.labels):
            yield "no_accepts", {}

    def key_faults(self) -> Iterator[Fault]:
        yield from super().key_faults()
        labels = self.label_names
        for unit in self.units:
            for label in unit.right:
                if label not in labels:
                    yield "bad_label", {"unit": unit.id, "label": label}
