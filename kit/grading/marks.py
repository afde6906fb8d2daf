"""One submission's marks: pure functions from a seal and the keyed questions to results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from itertools import chain
from pathlib import PurePosixPath

from attrs import evolve, field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading.inbox import Sender
from kit.grading.roster import Pupil, as_it_is
from kit.grading.tables import Row
from kit.grading.times import LateRule, when
from kit.learner.submission import Seal, SealedAnswer
from kit.questions.base import LONGEST_TEXT, Answer, Question, is_blank
from kit.questions.parts import TwoCounts, texts_of
from kit.questions.typed_numbers import spell

LONGEST_NAME = 80  #: characters of a class code, as the page takes them
RENAMED = "renamed"  #: a question without an answer, beside answers to no question
_NAMED = 5  #: unknown questions that a report names; a file could hold a million


@frozen
class Submission:
    """A file that was handed in and could be read, and whose it is."""

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
    content: bytes = b""  #: a digest of its answers, to tell copies apart
    own_code: str = ""  #: the learner's own, where several have handed in as one
    rule: LateRule = field(factory=LateRule)  #: when the class's work is late

    @cached_property
    def late(self) -> LateRule:
        """When this learner's work is late, who may have longer than the others."""
        if self.pupil and self.pupil.due:
            return evolve(self.rule, due=self.pupil.due.due, zone=self.pupil.due.zone)
        return self.rule

    @cached_property
    def sealed(self) -> datetime | None:
        """When it was sealed, by the learner's own clock; None where that cannot be told."""
        return when(self.seal.sealed)

    @cached_property
    def hours(self) -> float | None:
        """How many hours late it was sealed; None where that cannot be told."""
        return self.late.hours(self.sealed)

    @cached_property
    def off(self) -> float:
        """Per cent taken off for lateness."""
        if self.pupil and self.pupil.is_excused(self.seal.sheet):
            return 0.0
        return self.late.off_in_all(self.sealed)

    @property
    def whose(self) -> tuple[str, ...]:
        """What tells this learner's work from every other's: record, code, and who sent it."""
        who = (self.seal.record, self.code.casefold())
        if self.shared:  # Only then: names given to rows and pages stay as they are.
            return (*who, self.sender.key)
        return who

    @property
    def other_form(self) -> Submission | None:
        """The same as it would be, or was, if others had sent in the same record, or had not."""
        if not self.sender.key:
            return None
        return evolve(self, shared=not self.shared)

    @cached_property
    def typed(self) -> str:
        """The class code or name as typed, in one form; perhaps empty."""
        return as_it_is(self.seal.learner)[:LONGEST_NAME]

    @property
    def code(self) -> str:
        """The learner's class code or name; perhaps empty."""
        return self.own_code or self.typed

    @property
    def claimed(self) -> str:
        """What tells one code from another: for one row of the class list it is the same."""
        is_of_row = self.agreed or self.pupil is not self.sent_by
        if self.code and self.pupil and is_of_row:
            return (self.pupil.code or self.pupil.name).casefold()
        return self.code.casefold()

    @cached_property
    def learner(self) -> str:
        """The class code or name; where none was given, the LMS's name or the file's."""
        place = PurePosixPath(self.file)
        name = place.stem
        if place.parent.name and place.parent.suffix.lower() != ".zip":
            name = f"{place.parent.name}/{name}"  # for all may be called 01-exercise
        return (self.code or self.sender.name or name)[:LONGEST_NAME]


@frozen
class Result:
    """What one answer earned."""

    question: Question
    value: Answer  #: None where nothing was answered, or nothing that a program can mark
    credit: float | None  #: 0 to 1; None where a program cannot judge
    confidence: float | None = None  #: how sure the learner was, in per cent
    unread: str = ""  #: why no program can mark what was answered: a key of ``[grade]``
    handed: object = None  #: what was answered, where ``unread``
    is_thrown_out: bool = False  #: the teacher has said that it counts for nobody
    rows: tuple[Row, ...] = ()  #: of ``to-mark.csv``, about it; see :mod:`kit.grading.by_hand`

    @property
    def marks(self) -> float:
        """What the program gives for it."""
        return self.question.marks * (self.credit or 0.0)

    @property
    def by_hand(self) -> bool:
        """Whether its marks are a reader's to give."""
        return self.question.by_reader or (self.question.marked and bool(self.unread))

    @property
    def automatic_most(self) -> float:
        """The most that the program can give for it."""
        if self.question.marked and not self.unread:
            return self.question.marks
        return 0.0

    @property
    def answered(self) -> bool:
        """Whether anything was handed in as an answer to it, as far as one can tell."""
        return self.value is not None or self.unread not in ("", RENAMED)

    @property
    def to_mark(self) -> bool:
        """Whether a reader has something to mark."""
        is_there = self.value is not None or bool(self.unread)
        return self.by_hand and bool(self.question.marks) and is_there

    @property
    def numbers(self) -> list[float | None]:
        """What a reader gave for each criterion; None where it waits for a mark."""
        return [row["number"] for row in self.rows]

    @property
    def share(self) -> float | None:
        """The share of its marks, 0 to 1, that the answer earned; None while it waits for any."""
        if self.credit is not None:
            return self.credit
        numbers = self.numbers
        if not numbers or None in numbers:
            return None
        return min(1.0, math.fsum(filter(None, numbers)) / self.question.marks)

    @property
    def text(self) -> str:
        """The answer as its reader reads it: what was written; else what was chosen, with ids.

        The ids stay as they are when texts are edited.
        """
        if self.unread:
            return answer_in_words(self.question, self.handed, with_ids=True)
        return str(self.value)

    @property
    def why_unread(self) -> str:
        """Why no program can mark what was answered, in a sentence."""
        return message(f"grade.{self.unread}", id=self.question.id, most=LONGEST_TEXT)


@frozen
class MarkedSubmission:
    """A submission with all that it earned: the program's marks and the readers'."""

    submission: Submission
    results: tuple[Result, ...]
    counts: TwoCounts
    #: The same of what was answered alone: else one who ran out of time would seem to tell worse
    #: than blanket trust does.
    judged: TwoCounts
    problems: tuple[str, ...] = ()

    @property
    def sheet(self) -> str:
        """The id of the exercise."""
        return self.submission.seal.sheet

    @cached_property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(result.answered for result in self.results)

    @cached_property
    def automatic(self) -> float:
        """The marks that the program gives."""
        return sum(result.marks for result in self.results)

    @cached_property
    def automatic_most(self) -> float:
        """The most that the program can give."""
        return sum(result.automatic_most for result in self.results)

    @cached_property
    def written_most(self) -> float:
        """The most that a reader can give."""
        return sum(result.question.marks for result in self.results if result.by_hand)

    def with_rows(self, rows_of: Callable[[Result], Iterable[Row]]) -> MarkedSubmission:
        """Return it with these rows of ``to-mark.csv`` beside its results."""
        results = []
        for result in self.results:
            rows = tuple(rows_of(result))
            results.append(evolve(result, rows=rows) if rows else result)
        return evolve(self, results=tuple(results))

    @cached_property
    def to_mark(self) -> list[Row]:
        """Its rows of ``to-mark.csv``."""
        return list(chain.from_iterable(result.rows for result in self.results))

    @cached_property
    def written(self) -> float:
        """The marks that readers have given."""
        given: list[float] = [row["number"] for row in self.to_mark if row["number"] is not None]
        return sum(given)

    @cached_property
    def waiting(self) -> int:
        """How many rows of ``to-mark.csv`` wait for a mark."""
        return sum(row["number"] is None for row in self.to_mark)

    @property
    def mark(self) -> float:
        """All its marks, before what lateness costs."""
        return self.automatic + self.written

    @property
    def most(self) -> float:
        """The most that it could earn."""
        return self.automatic_most + self.written_most

    @property
    def final(self) -> float:
        """The mark after what lateness costs."""
        return self.mark * (1 - self.submission.off / 100)

    @property
    def blocked(self) -> str:
        """The key of why the total is not final, whatever else is marked; '' where it can be."""
        late = self.submission.late
        if self.submission.dispute:
            return "lms.dispute"
        if self.submission.stranger:
            return "lms.stranger"
        if late.off and late.due and self.submission.hours is None:
            return "lms.no_time"
        return ""

    @property
    def is_final(self) -> bool:
        """Whether nothing can change it any more but the teacher."""
        return not self.waiting and not self.blocked

    def added_up(self) -> MarkedSubmission:
        """Return it, once all that it comes to has been worked out.

        Whoever asks first meets a fault in that: it must be this submission's alone, not that of a
        table in which all are.
        """
        _ = self.is_final, self.final
        return self


@frozen
class Rulings:
    """What a teacher has said of single questions, by their ids."""

    thrown_out: frozenset[str] = frozenset()  #: count for nobody
    old_wording: frozenset[str] = frozenset()  #: answers to an older wording are marked as well


_NO_RULINGS = Rulings()


def mark(
    course: Course,
    questions: Mapping[str, Question],
    submission: Submission,
    rulings: Rulings = _NO_RULINGS,
) -> MarkedSubmission:
    """Mark one submission with the same functions that the lessons use.

    An answer to an older wording, or one that is no answer to the question, is left to a reader,
    and is reported.
    """
    strays = _strays(course, questions, submission.seal)
    results = []
    counts = judged = TwoCounts()
    for question in questions.values():
        result = _result(question, submission.seal, strays, rulings)
        of_question = question.two_counts(result.value)
        if question.id in rulings.thrown_out:
            result = evolve(result, question=evolve(question, marks=0.0), is_thrown_out=True)
        else:
            counts += of_question
            if result.value is not None:
                judged += of_question
        results.append(result)
    names = list(strays)
    problems = [message("grade.unknown_item", id=f"{name:.60}") for name in names[:_NAMED]]
    if len(names) > _NAMED:
        problems.append(message("grade.unknown_items", count=len(names) - _NAMED))
    return MarkedSubmission(submission, tuple(results), counts, judged, tuple(problems))


def _strays(course: Course, questions: Mapping[str, Question], seal: Seal) -> dict[str, object]:
    """Return the answers to questions that the exercise does not have, or not under that name."""
    asked = {*questions, f"{course.sheet(seal.sheet).prefix}/who"}
    strays = {}
    for name, answer in seal.answers.items():
        if name not in asked and not is_blank(answer.value):
            strays[name] = answer.value
    return strays


def _result(
    question: Question, seal: Seal, strays: Mapping[str, object], rulings: Rulings
) -> Result:
    answer = seal.answers.get(question.id)
    if answer is None or is_blank(answer.value):
        counts = question.marks and not question.survey
        if strays and counts and (question.marked or question.by_reader):
            # It may have been answered, and been given another name since.
            handed = dict(list(strays.items())[:_NAMED])
            return Result(question, None, None, unread=RENAMED, handed=handed)
        return Result(question, None, question.credit(None))
    value, unread = _read(question, answer, rulings)
    if unread:
        return Result(question, None, None, unread=unread, handed=answer.value)
    try:
        confidence = question.read_confidence(answer.sure)
    except KitError:
        confidence = None  # it is never marked, so nothing hangs on it
    return Result(question, value, question.credit(value), confidence)


def _read(question: Question, answer: SealedAnswer, rulings: Rulings) -> tuple[Answer, str]:
    """Return an answer as it is marked; or None, and the key of why a program cannot mark it."""
    if answer.wording != question.fingerprint and question.id not in rulings.old_wording:
        return None, "older_wording"
    if isinstance(answer.value, str) and len(answer.value) > LONGEST_TEXT:
        return None, "long_answer"
    try:
        return question.accept(answer.value), ""
    except (KitError, RecursionError):
        return None, "bad_answer"


def answer_in_words(question: Question, value: object, *, with_ids: bool = False) -> str:
    """Return an answer as a person reads it: the texts of what was chosen.

    It takes anything that a file can hold, and cuts it at the length of the longest answer.

    Args:
        question: the question.
        value: the answer.
        with_ids: also the ids, for the texts may have been others when they were chosen.

    """

    def in_words(part: object, texts: dict[str, str]) -> str:
        if isinstance(part, float) and math.isfinite(part):
            return spell(part)
        text = texts.get(str(part), str(part))
        if with_ids and str(part) in texts:
            return f"{part} (“{text}”)"
        return text

    units, labels = texts_of(question.units), texts_of(question.labels)
    options, parts = texts_of(question.options), []
    if isinstance(value, dict):
        for unit, label in value.items():
            parts.append(f"{in_words(unit, units)}: {in_words(label, labels)}")
    else:
        for part in value if isinstance(value, list) else [value]:
            parts.append(in_words(part, options))
    return "; ".join(parts)[:LONGEST_TEXT]


def answer_in_ids(value: object) -> object:
    """Return an answer as a table holds it: ids with '; ' between them, a number, or text."""
    if isinstance(value, dict):
        value = [f"{unit}={label}" for unit, label in value.items()]
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    return "" if value is None else value
