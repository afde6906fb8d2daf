"""One hand-in's marks: pure functions from a seal and the keyed items to rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from kit import scoring
from kit.course import Course
from kit.handin import Seal
from kit.items import Item
from kit.messages import KitError
from kit.replies import Answer, accept

LONGEST_NAME = 80  #: characters of a class code, as the page takes them


@frozen
class HandIn:
    """A submission that could be read."""

    file: str  #: its path below the folder of submissions
    seal: Seal
    intact: bool = True  #: not altered since it was sealed

    @property
    def learner(self) -> str:
        """The class code or name; where none was given, the file's name."""
        return (" ".join(self.seal.learner.split()) or Path(self.file).stem)[:LONGEST_NAME]


@frozen
class Written:
    """One piece of writing, for a reader to mark."""

    item: Item
    text: str


@frozen
class Marked:
    """What one hand-in earned."""

    hand_in: HandIn
    answered: int
    questions: int
    automatic: float
    automatic_most: float
    written_most: float
    counts: scoring.TwoCounts
    written: tuple[Written, ...] = ()
    problems: tuple[str, ...] = field(factory=tuple)


def mark(course: Course, items: Mapping[str, Item], hand_in: HandIn) -> Marked:
    """Mark one hand-in with the same functions that the lessons use.

    An answer to an older wording, or one that is no answer to the question, earns nothing and is
    reported.
    """
    problems: list[str] = []
    values = {item.id: _answer(course, item, hand_in.seal, problems) for item in items.values()}
    who = f"{course.sheet(hand_in.seal.sheet).prefix}/who"
    problems += [
        course.say("grade.unknown_item", id=f"{i:.60}")
        for i in hand_in.seal.answers
        if i not in items and i != who
    ]
    counts = scoring.TwoCounts()
    automatic = 0.0
    for item in items.values():
        counts += scoring.two_counts(item, values[item.id])
        automatic += item.marks * (scoring.credit(item, values[item.id]) or 0.0)
    return Marked(
        hand_in=hand_in,
        answered=sum(value is not None for value in values.values()),
        questions=len(items),
        automatic=automatic,
        automatic_most=sum(i.marks for i in items.values() if i.marked),
        written_most=sum(i.marks for i in items.values() if i.kind == "write"),
        counts=counts,
        written=tuple(
            Written(i, values[i.id])
            for i in items.values()
            if i.kind == "write" and values[i.id] is not None
        ),
        problems=tuple(problems),
    )


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
