"""One hand-in's marks: pure functions from a seal and the keyed items to results."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from attrs import field, frozen

from kit import scoring
from kit.course import Course
from kit.grading.inbox import Sender
from kit.grading.roster import Pupil
from kit.handin import Seal
from kit.items import Item
from kit.messages import KitError
from kit.replies import Answer, accept, sure

LONGEST_NAME = 80  #: characters of a class code, as the page takes them
_NAMED = 5  #: unknown questions that a report names; a file could hold a million


@frozen
class HandIn:
    """A submission that could be read."""

    file: str  #: its path below the folder of submissions
    seal: Seal
    intact: bool = True  #: not altered since it was sealed
    sender: Sender = field(factory=Sender)
    pupil: Pupil | None = None  #: the row of the class list that it was matched to
    content: int = 0  #: a hash of the answers and the name, to tell copies apart in one run
    load: Callable[[], bytes] = bytes  #: reads its file again

    @property
    def code(self) -> str:
        """The class code or name as typed, in one form; perhaps empty."""
        return " ".join(self.seal.learner.split())[:LONGEST_NAME]

    @property
    def learner(self) -> str:
        """The class code or name; where none was given, the LMS's name or the file's."""
        return (self.code or self.sender.name or PurePosixPath(self.file).stem)[:LONGEST_NAME]


@frozen
class Written:
    """One piece of writing, for a reader to mark."""

    item: Item
    text: str


@frozen
class Result:
    """What one answer earned."""

    item: Item
    value: Answer
    credit: float | None  #: 0 to 1; None where a program cannot judge
    sure: float | None = None  #: how sure the learner was, in per cent

    @property
    def marks(self) -> float:
        """What the program gives for it."""
        return self.item.marks * (self.credit or 0.0)


@frozen
class Marked:
    """What one hand-in earned."""

    hand_in: HandIn
    results: tuple[Result, ...]
    counts: scoring.TwoCounts
    problems: tuple[str, ...] = field(factory=tuple)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(r.value is not None for r in self.results)

    @property
    def automatic(self) -> float:
        """The marks that the program gives."""
        return sum(r.marks for r in self.results)

    @property
    def automatic_most(self) -> float:
        """The most that the program can give."""
        return sum(r.item.marks for r in self.results if r.item.marked)

    @property
    def written_most(self) -> float:
        """The most that a reader can give."""
        return sum(r.item.marks for r in self.results if r.item.kind == "write")

    @property
    def written(self) -> tuple[Written, ...]:
        """What was written, for a reader."""
        rows = (r for r in self.results if r.item.kind == "write" and r.value is not None)
        return tuple(Written(r.item, r.value) for r in rows)


def mark(course: Course, items: Mapping[str, Item], hand_in: HandIn) -> Marked:
    """Mark one hand-in with the same functions that the lessons use.

    An answer to an older wording, or one that is no answer to the question, earns nothing and is
    reported.
    """
    problems: list[str] = []
    results = tuple(_result(course, item, hand_in.seal, problems) for item in items.values())
    who = f"{course.sheet(hand_in.seal.sheet).prefix}/who"
    unknown = [i for i in hand_in.seal.answers if i not in items and i != who]
    problems += [course.say("grade.unknown_item", id=f"{i:.60}") for i in unknown[:_NAMED]]
    if unknown[_NAMED:]:
        problems.append(course.say("grade.unknown_items", count=len(unknown) - _NAMED))
    counts = sum((scoring.two_counts(r.item, r.value) for r in results), scoring.TwoCounts())
    return Marked(hand_in, results, counts, tuple(problems))


def _result(course: Course, item: Item, seal: Seal, problems: list[str]) -> Result:
    value = _answer(course, item, seal, problems)
    given = seal.answers.get(item.id)
    try:
        how_sure = sure(item, given.sure) if given and value is not None else None
    except KitError:
        how_sure = None  # it is never marked, so nothing hangs on it
    return Result(item, value, scoring.credit(item, value), how_sure)


def _answer(course: Course, item: Item, seal: Seal, problems: list[str]) -> Answer:
    given = seal.answers.get(item.id)
    if given is None:
        return None
    if given.wording != item.wording:
        problems.append(course.say("grade.older_wording", id=item.id))
        return None
    try:
        return accept(item, given.value)
    except (KitError, RecursionError):
        problems.append(course.say("grade.bad_answer", id=item.id))
        return None


@frozen
class LateRule:
    """When work is late, and what that costs: nothing, where the teacher has not said so."""

    due: datetime | None = None
    off: float = 0.0  #: per cent of the mark for each day begun after ``due``

    def hours(self, sealed: str) -> float | None:
        """Return how many hours after ``due`` it was sealed; None where that cannot be told.

        ``sealed`` is what the learner's own clock said.
        """
        if self.due is None:
            return None
        try:
            at = datetime.fromisoformat(sealed)
            return max(0.0, (at - self.due).total_seconds() / 3600)
        except (ValueError, TypeError, OverflowError):  # no time, or one without a zone
            return None

    def off_in_all(self, hours: float | None) -> float:
        """Return what is taken off a mark, in per cent of it."""
        return min(100.0, self.off * math.ceil((hours or 0.0) / 24))
