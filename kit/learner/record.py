"""The learner's record: one JSON file a sheet, written so that no answer is ever lost.

A save re-reads the file under a lock, sets one answer and replaces the file in one step. So two
notebooks or kernels on one record merge, and a process killed at any moment leaves either the old
file or the new one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import cattrs
from attrs import asdict, evolve, field, frozen

from kit.course.course import Course, Sheet
from kit.course.messages import KitError, message, why_not
from kit.learner import storage
from kit.questions.base import Answer, Question


@frozen
class KeptAnswer:
    """What the record holds of one question: the answer, its checks, what was said beside it."""

    value: Any  #: what the file holds: whether it is an answer, ``Question.accept`` says
    wording: str  #: fingerprint of the question as it was asked
    at: str  #: when it was kept, ISO 8601, UTC
    checks: tuple[Any, ...] = ()  #: the answer at each press of 'Check', the first one first
    committed: bool = False  #: it stands and cannot be changed
    revision: int = 0  #: the record's revision that set it
    sure: float | None = None  #: how sure the learner is, in per cent
    first_sure: float | None = None  #: the same at the first 'Check'
    own: dict[str, str] = field(factory=dict)  #: the learner's judgement of their own writing
    shown: bool = False  #: they asked to be shown the answer

    def right_at_first(self, question: Question) -> bool:
        """Whether the answer at the first press of 'Check' earned full credit."""
        return bool(self.checks) and question.is_right(self.checks[0])


@frozen
class SelfReport:
    """What a learner says beside an answer, and what is never marked."""

    sure: float | None = None  #: per cent, as ``Question.read_confidence`` returns it
    own: dict[str, str] = field(factory=dict)  #: as ``Question.read_self_assessment`` returns it


@frozen
class LearnerRecord:
    """Everything that one learner has answered on one sheet."""

    sheet: str
    record: str  #: a random name of this record, so that two learners' files are never mixed up
    entries: dict[str, KeptAnswer] = field(factory=dict)
    revision: int = 0
    sealed: int | None = None  #: the revision last handed in
    warm_ups: tuple[str, ...] = ()  #: the earlier questions that were drawn for this lesson
    kit_record: int = 1  #: version of this format

    @property
    def changed_since_sealed(self) -> bool:
        """Whether an answer was changed after the last sealing."""
        return self.sealed is not None and self.sealed != self.revision

    def value(self, question: Question) -> Answer:
        """Return the kept answer to a question, or None; one to an older wording does not count."""
        entry = self.entries.get(question.id)
        if entry is None or entry.wording != question.fingerprint:
            return None
        return question.fitting(entry.value)


def entries_of(records: Iterable[LearnerRecord]) -> dict[str, KeptAnswer]:
    """Return the kept answers of several sheets, by the question's id."""
    entries: dict[str, KeptAnswer] = {}
    for record in records:
        entries |= record.entries
    return entries


@frozen
class Standing:
    """How far a learner is with one lesson or exercise."""

    questions: int  #: those that everybody answers
    open: tuple[int, ...]  #: the numbers, from 1, of those that are not fully answered
    optional: int  #: those for who has time
    optional_answered: int
    begun: bool  #: whether anything is answered, even in part
    right_first: int  #: of those checked, the first check of which earned full credit
    checked: int

    @property
    def answered(self) -> int:
        """How many of those that everybody answers are fully answered."""
        return self.questions - len(self.open)


def standing(questions: Mapping[str, Question], record: LearnerRecord) -> Standing:
    """Return how far the learner of ``record`` is with these questions."""
    still_open, begun = [], False
    optional = optional_answered = right_first = checked = 0
    for number, question in enumerate(questions.values(), 1):
        answer = record.value(question)
        begun = begun or answer is not None
        if question.optional:
            optional += 1
            optional_answered += question.complete(answer)
        elif not question.complete(answer):
            still_open.append(number)
        entry = record.entries.get(question.id)
        if entry and entry.checks and question.marked:
            checked += question.fitting(entry.checks[0]) is not None
            right_first += entry.right_at_first(question)
    everybody_s = len(questions) - optional
    return Standing(
        everybody_s,
        tuple(still_open),
        optional,
        optional_answered,
        begun,
        right_first,
        checked,
    )


def record_path(course: Course, sheet: Sheet) -> Path:
    """Return the file of the learner's record for a sheet."""
    return course.work / f"{sheet.id}.json"


def record_of(course: Course, sheet: Sheet) -> LearnerRecord:
    """Return the learner's record for a sheet, as :func:`read_record` does."""
    return read_record(record_path(course, sheet))


def records_of(course: Course, sheets: Iterable[Sheet]) -> list[LearnerRecord]:
    """Return the learner's records for sheets, in their order, as :func:`read_record` does."""
    sheets = list(sheets)
    with storage.read_ahead(record_path(course, sheet) for sheet in sheets):
        return [record_of(course, sheet) for sheet in sheets]


def lesson_records(course: Course) -> list[LearnerRecord]:
    """Return the learner's records of all lessons; an empty one where a lesson is not begun."""
    return records_of(course, [sheet for sheet in course.sheets if not sheet.graded])


def read_record(path: Path) -> LearnerRecord:
    """Return the record at ``path``; a new one where there is none.

    A damaged file is set aside beside it and the last good copy is used.

    Raises:
        KitError: when the folder cannot be read or locked.

    """
    try:
        if not storage.IN_BROWSER and not any(copy.is_file() for copy in storage.copies(path)):
            return _new(path)  # to look for a record leaves nothing behind
    except OSError as fault:
        raise KitError(message("error.cannot_read", path=path, fault=why_not(fault))) from fault
    return storage.alone(path, lambda: _read(path) or _new(path))


def open_record(path: Path) -> LearnerRecord:
    """Return the record at ``path``, making its file where there is none."""
    return change_record(path, lambda record: record)


class ElsewhereError(KitError):
    """Another tab or notebook has given another answer since; nothing was written."""


def keep_answer(
    path: Path,
    question: Question,
    value: object,
    *,
    act: str = "keep",
    base: int | None = None,
    beside: SelfReport | None = None,
) -> LearnerRecord:
    """Set one answer in the record at ``path`` and return the record as it then stands.

    Args:
        path: the record's file.
        question: the question; its wording is kept beside the answer.
        value: the answer; None takes it back.
        act: ``keep``; ``check`` notes the value as a try as well; ``show`` notes that the learner
            was shown the answer; ``commit`` makes it final.
        base: the revision of the answer that this one replaces, 0 for none; None to replace any.
        beside: what the learner says beside it; None leaves that as it is.

    Raises:
        ElsewhereError: when the record holds another answer than the one of revision ``base``.
        KitError: when the value is no answer to the question, or the file cannot be written. A
            committed answer to a question that locks stands: the call then changes nothing.

    """
    answer = question.accept(value)
    if answer is None and act != "keep":
        raise KitError(message("error.blank"))

    def change(record: LearnerRecord) -> LearnerRecord:
        old = record.entries.get(question.id)
        if old and old.committed:
            return record
        if old and base is not None and old.revision != base and old.value != answer:
            raise ElsewhereError(message("error.elsewhere"))
        entry = _entry(question, old, answer, act, beside)
        if old and evolve(entry, at=old.at) == old:
            return record
        revision = record.revision + 1
        entries = {**record.entries, question.id: evolve(entry, revision=revision)}
        return evolve(record, entries=entries, revision=revision)

    return change_record(path, change)


def _entry(
    question: Question, old: KeptAnswer | None, value: Answer, act: str, beside: SelfReport | None
) -> KeptAnswer:
    """Return what follows ``old`` when the learner does ``act`` with ``value``."""
    old = old or KeptAnswer(value=None, wording="", at="")
    beside = beside or SelfReport(old.sure, old.own)
    checks, first_sure = old.checks, old.first_sure
    # Checking the same answer twice is one try.
    if act == "check" and checks[-1:] != (value,):
        if not checks:
            first_sure = beside.sure
        checks = (*checks, value)
    return evolve(
        old,
        value=value,
        wording=question.fingerprint,
        at=now(),
        checks=checks,
        committed=question.locks and act == "commit",
        sure=beside.sure,
        first_sure=first_sure,
        own=beside.own,
        shown=old.shown or act == "show",
    )


def mark_warm_ups(path: Path, ids: tuple[str, ...]) -> LearnerRecord:
    """Note which earlier questions were drawn for this lesson; the first draw stands."""
    return change_record(path, lambda record: evolve(record, warm_ups=record.warm_ups or ids))


def mark_sealed(path: Path, revision: int) -> LearnerRecord:
    """Note in the record that ``revision`` was handed in."""
    return change_record(path, lambda record: evolve(record, sealed=revision))


def now() -> str:
    """Return the time in UTC to the second, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def change_record(path: Path, change: Callable[[LearnerRecord], LearnerRecord]) -> LearnerRecord:
    """Read the record at ``path``, keep what ``change`` makes of it, and return that.

    Raises:
        KitError: when the file cannot be read or written, and what ``change`` raises.

    """

    def act() -> LearnerRecord:
        found = _read(path)
        before = found or _new(path)
        after = change(before)
        if found is None or after != before:
            _write(path, after)
        return after

    return storage.alone(path, act)


def _read(path: Path) -> LearnerRecord | None:
    for copy in storage.copies(path):
        data = storage.read(copy)
        if data is None:
            continue
        try:
            record = record_from(json.loads(data))
        except (ValueError, RecursionError, TypeError, KeyError, cattrs.BaseValidationError):
            copy.replace(_aside(copy))
            continue
        if copy != path:
            _write(path, record)
        return record
    return None


def record_from(data: Any) -> LearnerRecord:
    """Return the record of what a file holds; cattrs raises where it is none."""
    return _converter().structure(data, LearnerRecord)


@cache
def _converter() -> cattrs.Converter:
    return cattrs.Converter()  # apart from that for TOML: a newer kit's file may hold more


def _new(path: Path) -> LearnerRecord:
    """Return an empty record; its file is called as its sheet is (:func:`record_path`)."""
    return LearnerRecord(sheet=path.stem, record=secrets.token_hex(8))


def damaged_copies(path: Path) -> list[Path]:
    """Return the files that were set aside because they could not be read."""
    return sorted(path.parent.glob(f"{path.stem}.damaged-*.json"))


def _aside(path: Path) -> Path:
    """Return a free name beside ``path`` for a copy that cannot be read."""
    stem = path.name.partition(".")[0]
    n = 1
    while (place := path.with_name(f"{stem}.damaged-{n}.json")).exists():
        n += 1
    return place


def _write(path: Path, record: LearnerRecord) -> None:
    """Replace the file in one step; the copy before it stays as a spare."""
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1)
    storage.replace(path, text.encode("utf-8"))
