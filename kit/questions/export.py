"""What a kind of question is elsewhere: in Moodle, as GIFT, and in a table for a spreadsheet.

Each kind's folder has an ``export.py`` with a class ``Export`` below the one here. They are for
``kit.authoring`` alone; nothing that a learner uses needs them.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from attrs import field, frozen

from kit.course.html import inline
from kit.questions.base import Question
from kit.questions.foreign import Foreign
from kit.questions.foreign import Row as ItemRow
from kit.questions.parts import Row, Statement
from kit.questions.table import settings

#: The parts of a mark that Moodle knows (question/engine/bank.php).
GRADES = (
    *(0, 1, 9 / 10, 5 / 6, 4 / 5, 3 / 4, 7 / 10, 2 / 3, 3 / 5, 1 / 2, 2 / 5, 1 / 3, 3 / 10, 1 / 4),
    *(1 / 5, 1 / 6, 1 / 7, 1 / 8, 1 / 9, 1 / 10, 1 / 20),
)
FEWEST_PAIRS = 3  #: Moodle's form asks for two things to match, and three to choose from
_NEAR = 1e-5  #: as near as Moodle wants it
_ESCAPES = str.maketrans({**{mark: f"\\{mark}" for mark in "\\#=~{}:"}, "\n": "\\n"})
Cells = dict[str, Any]  # of a row of the table, by column


@frozen
class Asked:
    """One question of Moodle's: what is to be written of it beside prompt and passage."""

    answers: Sequence[str] = ()  #: in GIFT, each for a line of its own
    name: str = ""  #: where it is not the question's id
    marks: float | None = None  #: where they are not the question's
    sign: str = ""  #: ``#`` before answers that are numbers
    units: tuple[Statement, ...] = ()  #: the statements that it is about
    shown: dict[str, object] = field(factory=dict)  #: what else its two templates need


class Export:
    """One question, as other systems ask it."""

    #: Of what other systems ask, what its kind can be made of.
    takes: ClassVar[tuple[str, ...]] = ()

    @staticmethod
    def take(foreign: Foreign) -> ItemRow:
        """Return a question of another system's as an items file has it, but for its id."""
        raise NotImplementedError

    def __init__(self, question: Question) -> None:
        self.question = question

    def left_out(self) -> str | None:
        """Return the key of the sentence that says why Moodle cannot ask it; None if it can."""
        return None if self.question.has_right_answer else "export.no_right_answer"

    def changes(self) -> Iterator[str]:
        """Yield the keys of the sentences that say what is otherwise in Moodle."""
        for share in self.shares():
            if abs(grade(share) - share) > _NEAR:
                yield "export.rounded"
                return

    def shares(self) -> list[float]:
        """Return the shares of the marks that Moodle has to know."""
        return []

    def asked(self) -> list[Asked]:
        """Return what it is in Moodle: one question, or several."""
        return [Asked()]

    def rows(self) -> Iterator[Cells]:
        """Yield a row for each of its parts; ``points`` is what each gives or takes."""
        if self.question.survey:  # nothing about it is right or wrong
            for part in self.question.rows:
                yield self.row(part)
        else:
            yield from self.key_rows()
        for label in self.question.labels:
            cells = {"part": "label", "part_id": label.id, "text": label.text}
            yield cells | {"part_settings": settings(label)}
        for error in self.question.common:
            yield {"part": "common", "text": error.answer, "reason": error.say}

    def key_rows(self) -> Iterator[Cells]:
        """Yield a row for each part of its key."""
        yield from ()

    def row(self, part: Row) -> Cells:
        """Return the cells of an option or a statement."""
        cells = {"part": "option", "part_id": part.id, "text": part.text, "reason": part.reason}
        return cells | {"part_settings": settings(part)}


# --- GIFT -----------------------------------------------------------------------------------------


def grade(share: float) -> float:
    """Return the part of a mark nearest to ``share`` (-1 to 1) that Moodle knows."""
    nearest = min(GRADES, key=lambda known: abs(known - abs(share)))
    return math.copysign(nearest, share)


def escape(text: str) -> str:
    """Return ``text`` so that GIFT reads it as it is: line breaks and marks of its own escaped."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_ESCAPES)


def rich(text: str) -> str:
    """Return HTML as GIFT holds it."""
    return f"[html]{escape(text.strip())}"


def after(sign: str, text: str) -> str:
    """Return what is said after an attempt, behind its sign; nothing where nothing is said."""
    return sign + rich(text) if text.strip() else ""


def choice(share: float, text: str, reason: str, *, best: bool) -> str:
    """Return one option; ``=``, for the ``best``, tells Moodle that only one can be chosen."""
    sign = "=" if best else f"~%{percent(share)}%"
    return sign + rich(inline(text)) + after("#", inline(reason))


def pair(thing: str, label: str) -> str:
    """Return a thing, as HTML, and its label, which Moodle shows as plain text.

    A label without a thing is one that nothing gets.
    """
    # Between its tags this HTML has no bare angle bracket: inline escapes them.
    plain = " ".join(html.unescape(re.sub("<[^>]*>", "", inline(label))).split())
    return f"{after('=', thing) or '='} -> {escape(plain)}"


def percent(share: float) -> str:
    """Return a part of a mark as GIFT writes it."""
    return digits(round(100 * grade(share), 5))


def digits(number: float) -> str:
    """Return a number as every reader of GIFT takes it: with a point, without an exponent."""
    return f"{number:.10f}".rstrip("0").rstrip(".")
