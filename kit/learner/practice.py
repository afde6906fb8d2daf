"""What earlier answers are good for: questions to warm up with, and where a learner stands."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping

from attrs import evolve, frozen

from kit.course.course import Course, Sheet
from kit.learner.calibration import Judgement
from kit.learner.record import Entry, LearnerRecord
from kit.questions.base import Question
from kit.questions.items import load_items

WARM_UPS = 3  #: questions that a lesson begins with, at most


@frozen
class Forecast:
    """One forecast of the learner, beside how it came out."""

    item: Question
    chance: float | None  #: as committed, 0 to 1; None where nothing was
    late: bool = False  #: committed when the outcome was open already

    @property
    def judgement(self) -> Judgement | None:
        """The forecast as something that can be scored; None where it cannot."""
        if self.chance is None or self.late or self.item.resolves is None:
            return None
        return Judgement(self.chance, self.item.resolves)


@frozen
class Standing:
    """How far a learner is with one lesson or exercise."""

    answered: int
    questions: int
    right_first: int  #: of those checked, the first check of which earned full credit
    checked: int


def standing(items: Mapping[str, Question], record: LearnerRecord) -> Standing:
    """Return how far the learner of ``record`` is with these questions."""
    firsts = {i.id: record.first_check(i) for i in items.values() if i.marked}
    checked = {name: value for name, value in firsts.items() if value is not None}
    return Standing(
        answered=sum(item.complete(record.value(item)) for item in items.values()),
        questions=len(items),
        right_first=sum(items[name].credit(value) == 1 for name, value in checked.items()),
        checked=len(checked),
    )


def how_sure(items: Mapping[str, Question], records: Iterable[LearnerRecord]) -> list[Judgement]:
    """Return each first check that was made with a confidence: how sure, and whether right.

    Questions asked again to warm up count as well. How sure is as the learner gave it before the
    reasons were shown.
    """
    judged = []
    for record in records:
        for name, entry in record.entries.items():
            item = items.get(name.rpartition("/again/")[2])
            if item and entry.checks and entry.first_sure is not None:
                right = item.credit(item.fitting(entry.checks[0])) == 1
                judged.append(Judgement(entry.first_sure / 100, right))
    return judged


def forecasts(
    items: Iterable[Question], records: Collection[LearnerRecord], opened: str
) -> list[Forecast]:
    """Return what the learner committed to each of ``items``.

    Args:
        items: forecasts, each a chance in 100.
        records: the learner's records of all lessons.
        opened: when the learner saw the outcome without having committed (ISO 8601, UTC); empty
            where that never was.

    """
    entries = {name: entry for record in records for name, entry in record.entries.items()}
    found = []
    for item in items:
        entry = entries.get(item.id)
        value = item.fitting(entry.value) if entry and entry.committed else None
        chance = value / 100 if isinstance(value, int | float) else None
        late = bool(entry and opened and entry.at >= opened)
        found.append(Forecast(item, chance, late and chance is not None))
    return found


def last_try(item: Question, records: Iterable[LearnerRecord]) -> Entry | None:
    """Return the entry of a question that was checked last, its warm-ups in later lessons too."""
    entries = (
        entry
        for record in records
        for name, entry in record.entries.items()
        if name == item.id or name.endswith(f"/again/{item.id}")
    )
    return max((e for e in entries if e.checks), key=lambda e: e.at, default=None)


def draw(
    items: Iterable[Question], records: Collection[LearnerRecord], seed: str, count: int = WARM_UPS
) -> list[Question]:
    """Return the earlier questions to warm up with: those got wrong first, then the longest unseen.

    Recalling helps more after a while than at once, so of two alike the one answered longer ago
    comes first; the rest is settled by lot, the same for the same seed.

    Args:
        items: questions of earlier lessons.
        records: the learner's records of all lessons.
        seed: the name of this lesson's record.
        count: how many at most.

    """
    lot = random.Random(seed)  # noqa: S311  (no secret hangs on it)
    ranked = []
    for item in items:
        entry = last_try(item, records)
        if item.marked and item.has_key and not item.locks and entry:
            right = item.credit(item.fitting(entry.checks[0])) == 1 and not entry.shown
            ranked.append((right, entry.at, lot.random(), item))
    ranked.sort(key=lambda row: row[:3])
    return [item for *_, item in ranked[:count]]


def again(sheet: Sheet, item: Question) -> Question:
    """Return the same question once more, as a question of ``sheet``, to be answered afresh."""
    return evolve(item, id=f"{sheet.prefix}/again/{item.id}", marks=0)


def earlier(course: Course, sheet: Sheet) -> list[Question]:
    """Return the questions of the lessons that stand before ``sheet`` in the course."""
    before = course.sheets[: course.sheets.index(sheet)]
    return [i for s in before if not s.graded for i in load_items(course, s).values()]
