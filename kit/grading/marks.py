"""One hand-in's marks: pure functions from a seal and the keyed items to results."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from attrs import evolve, field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading.inbox import Sender
from kit.grading.roster import Pupil
from kit.learner.submission import Seal, SealedAnswer
from kit.questions.base import LONGEST_TEXT, Answer, Question, is_blank
from kit.questions.parts import TwoCounts
from kit.questions.typed_numbers import spell

LONGEST_NAME = 80  #: characters of a class code, as the page takes them
RENAMED = "renamed"  #: a question without an answer, beside answers to no question
_NAMED = 5  #: unknown questions that a report names; a file could hold a million


@frozen
class HandIn:
    """A submission that could be read."""

    file: str  #: its path below the folder of submissions
    seal: Seal
    intact: bool = True  #: not altered since it was sealed
    sender: Sender = field(factory=Sender)
    pupil: Pupil | None = None  #: the row of the class list that it was matched to
    sent_by: Pupil | None = None  #: the row of the class list that the LMS names as the sender
    agreed: bool = False  #: the code that was typed is that of the sender whom the LMS names
    shared: bool = False  #: others have sent in the same record
    stranger: bool = False  #: the LMS names a sender who is not on the class list
    dispute: str = ""  #: why nobody can say whose it is: it is then not counted
    content: int = 0  #: a hash of the answers, to tell copies apart in one run

    @property
    def whose(self) -> tuple[str, ...]:
        """What tells this learner's work from every other's: record, code, and who sent it."""
        who = (self.seal.record, self.code.casefold())
        # Only where others sent in the same record: names given to rows and pages stay as they are.
        return (*who, self.sender.key) if self.shared else who

    @property
    def other_form(self) -> HandIn | None:
        """The same as it would be, or was, if others had sent in the same record, or had not."""
        return evolve(self, shared=not self.shared) if self.sender.key else None

    @property
    def code(self) -> str:
        """The class code or name as typed, in one form; perhaps empty."""
        text = unicodedata.normalize("NFC", self.seal.learner)
        return " ".join(text.split())[:LONGEST_NAME]

    @property
    def learner(self) -> str:
        """The class code or name; where none was given, the LMS's name or the file's."""
        return (self.code or self.sender.name or PurePosixPath(self.file).stem)[:LONGEST_NAME]


@frozen
class Written:
    """One answer for a reader to mark: writing, or what no program can mark."""

    item: Question
    text: str
    why: str = ""  #: why no program can mark it: a key of ``[grade]``; '' for writing
    ids: str = ""  #: what was chosen by its ids, which stay as they are when texts are edited


@frozen
class Result:
    """What one answer earned."""

    item: Question
    value: Answer  #: None where nothing was answered, or nothing that a program can mark
    credit: float | None  #: 0 to 1; None where a program cannot judge
    sure: float | None = None  #: how sure the learner was, in per cent
    unread: str = ""  #: why no program can mark what was answered: a key of ``[grade]``
    handed: object = None  #: what was answered, where ``unread``

    @property
    def marks(self) -> float:
        """What the program gives for it."""
        return self.item.marks * (self.credit or 0.0)

    @property
    def by_program(self) -> bool:
        """Whether its marks are a program's to give."""
        return self.item.marked and not self.unread

    @property
    def by_hand(self) -> bool:
        """Whether its marks are a reader's to give."""
        return self.item.by_reader or (self.item.marked and bool(self.unread))

    @property
    def answered(self) -> bool:
        """Whether anything was handed in as an answer to it, as far as one can tell."""
        return self.value is not None or self.unread not in ("", RENAMED)


@frozen
class Marked:
    """What one hand-in earned."""

    hand_in: HandIn
    results: tuple[Result, ...]
    counts: TwoCounts
    problems: tuple[str, ...] = field(factory=tuple)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(r.answered for r in self.results)

    @property
    def automatic(self) -> float:
        """The marks that the program gives."""
        return sum(r.marks for r in self.results)

    @property
    def automatic_most(self) -> float:
        """The most that the program can give."""
        return sum(r.item.marks for r in self.results if r.by_program)

    @property
    def written_most(self) -> float:
        """The most that a reader can give."""
        return sum(r.item.marks for r in self.results if r.by_hand)

    @property
    def written(self) -> tuple[Written, ...]:
        """What a reader has to mark."""
        found = []
        for result in self.results:
            if not result.by_hand or not result.item.marks:
                continue
            if result.unread:
                said = in_words(result.item, result.handed, with_ids=True)
                ids = str(in_ids(result.handed))
                found.append(Written(result.item, said, result.unread, ids))
            elif result.value is not None:
                found.append(Written(result.item, str(result.value)))
        return tuple(found)


def mark(course: Course, items: Mapping[str, Question], hand_in: HandIn) -> Marked:
    """Mark one hand-in with the same functions that the lessons use.

    An answer to an older wording, or one that is no answer to the question, is left to a reader,
    and is reported.
    """
    problems: list[str] = []
    strays = _strays(course, items, hand_in.seal)
    results = tuple(_result(item, hand_in.seal, strays, problems) for item in items.values())
    named = list(strays)
    problems += [message("grade.unknown_item", id=f"{i:.60}") for i in named[:_NAMED]]
    if named[_NAMED:]:
        problems.append(message("grade.unknown_items", count=len(named) - _NAMED))
    counts = sum((r.item.two_counts(r.value) for r in results), TwoCounts())
    return Marked(hand_in, results, counts, tuple(problems))


def _strays(course: Course, items: Mapping[str, Question], seal: Seal) -> dict[str, object]:
    """Return the answers to questions that the exercise does not have, or not under that name."""
    who = f"{course.sheet(seal.sheet).prefix}/who"
    return {
        name: given.value
        for name, given in seal.answers.items()
        if name not in items and name != who and not is_blank(given.value)
    }


def _result(
    item: Question,
    seal: Seal,
    strays: Mapping[str, object],
    problems: list[str],
) -> Result:
    given = seal.answers.get(item.id)
    if given is None or is_blank(given.value):
        counts = item.marks and not item.survey and (item.marked or item.by_reader)
        if not strays or not counts:
            return Result(item, None, item.credit(None))
        # It may have been answered, and been given another name since.
        handed = dict(list(strays.items())[:_NAMED])
        return Result(item, None, None, unread=RENAMED, handed=handed)
    value, unread = _read(item, given)
    if unread:
        return Result(item, None, None, unread=unread, handed=given.value)
    try:
        how_sure = item.sure(given.sure)
    except KitError:
        how_sure = None  # it is never marked, so nothing hangs on it
    return Result(item, value, item.credit(value), how_sure)


def _read(item: Question, given: SealedAnswer) -> tuple[Answer, str]:
    """Return an answer as it is marked; or None, and the key of why a program cannot mark it."""
    if given.wording != item.fingerprint:
        return None, "older_wording"
    if isinstance(given.value, str) and len(given.value) > LONGEST_TEXT:
        return None, "long_answer"
    try:
        return item.accept(given.value), ""
    except (KitError, RecursionError):
        return None, "bad_answer"


def in_words(item: Question, value: object, *, with_ids: bool = False) -> str:
    """Return an answer as a person reads it: the texts of what was chosen.

    It takes anything that a file can hold, and cuts it at the length of the longest answer.

    Args:
        item: the question.
        value: the answer.
        with_ids: also the ids, for the texts may have been others when they were chosen.

    """
    texts = item.names

    def said(part: object) -> str:
        if isinstance(part, float) and math.isfinite(part):
            return spell(part)
        text = texts.get(str(part))
        if text is None:
            return str(part)
        return f"{part} (“{text}”)" if with_ids else text

    if isinstance(value, dict):
        words = "; ".join(f"{said(unit)}: {said(label)}" for unit, label in value.items())
    elif isinstance(value, list):
        words = "; ".join(said(part) for part in value)
    else:
        words = said(value)
    return words[:LONGEST_TEXT]


def in_ids(value: object) -> object:
    """Return an answer as a table holds it: ids with '; ' between them, a number, or text."""
    if isinstance(value, dict):
        value = "; ".join(f"{unit}={label}" for unit, label in value.items())
    elif isinstance(value, list):
        value = "; ".join(str(part) for part in value)
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    return "" if value is None else value


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
