"""What questions are made of: options, statements with their labels, criteria with their levels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import frozen


@frozen
class Option:
    """One thing that can be chosen, or put in order."""

    published: ClassVar = frozenset(("id", "text"))

    id: str
    text: str
    right: bool = False
    reason: str = ""
    credit: float = 0.0  #: ``choose-one``: what a second-best option earns all the same, 0 to 1
    either: bool = False  #: ``choose-many``: experts differ, so ticked or not it counts neither way

    @property
    def mark(self) -> str:
        """The mark that the key puts before it, the same wherever it is shown.

        ✓ right, ○ experts differ, ◐ earns a part, ✗ wrong.
        """
        if self.right:
            return "✓"
        if self.either:
            return "○"
        return "◐" if self.credit else "✗"


@frozen
class Statement:
    """One numbered statement that is given a label."""

    published: ClassVar = frozenset(("id", "text", "paragraph"))

    id: str
    text: str
    paragraph: int | None = None
    right: tuple[str, ...] = ()  #: every label that can be defended
    reason: str = ""
    sound: bool | None = None  #: is the statement well sourced?


Row = Option | Statement


@frozen
class Label:
    """One label that a statement can be given."""

    published: ClassVar = frozenset(("id", "text", "accepts"))

    id: str
    text: str
    accepts: bool | None = None  #: choosing it accepts (true) or rejects (false) the statement


@frozen
class Level:
    """One level of a rubric criterion, with an answer that reaches it."""

    points: float
    text: str
    anchor: str = ""


@frozen
class Criterion:
    """One thing that a reader of a written answer looks for."""

    published: ClassVar = frozenset(("id", "text"))

    id: str
    text: str
    levels: tuple[Level, ...] = ()


Named = Option | Statement | Label | Criterion


def ids_of(rows: Iterable[Named]) -> list[str]:
    """Return the ids of options, statements, labels or criteria, in their order."""
    return [row.id for row in rows]


def ids_and_texts(rows: Iterable[Named]) -> list[tuple[str, str]]:
    """Return the ids of options, statements, labels or criteria, each with its text."""
    return [(row.id, row.text) for row in rows]


def texts_of(rows: Iterable[Named]) -> dict[str, str]:
    """Return the texts of options, statements, labels or criteria by their ids.

    It is for one table at a time: a statement and a label may have the same id.
    """
    return dict(ids_and_texts(rows))


@frozen
class CommonError:
    """A wrong answer that learners often give, and what a teacher can say to it."""

    answer: str
    say: str


@frozen
class TwoCounts:
    """How far a learner tells sound from unsound: never one number that distrust alone can win."""

    sound_accepted: int = 0
    sound: int = 0
    unsound_rejected: int = 0
    unsound: int = 0

    def __add__(self, other: TwoCounts) -> TwoCounts:
        return TwoCounts(
            self.sound_accepted + other.sound_accepted,
            self.sound + other.sound,
            self.unsound_rejected + other.unsound_rejected,
            self.unsound + other.unsound,
        )
