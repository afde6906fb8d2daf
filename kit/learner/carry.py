"""A learner's answers as one file, to take to another computer and to bring back.

A browser, a Binder or a hub that is cleared keeps nothing: this file does.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import cattrs
from attrs import asdict, evolve

from kit.course.article import OWN_COPY, OWN_TEXT
from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.learner import storage
from kit.learner.record import (
    LearnerRecord,
    change_record,
    record_from,
    record_path,
    records_of,
)

_FORMAT = 1
#: The texts that a reader can have of their own: the article in full, and one that they chose.
_TEXTS = {"article": OWN_COPY, "own": OWN_TEXT}


def take(course: Course) -> str:
    """Return every answer of a course as the text of a file."""
    records = {}
    for record in records_of(course, course.sheets):
        if record.entries:
            records[record.sheet] = asdict(record)
    return json.dumps({"kit_answers": _FORMAT, "course": course.id, "records": records})


def bring(course: Course, text: str) -> dict[Path, LearnerRecord]:
    """Put the answers of a file into the learner's records.

    Where a question is answered both here and there, the later answer stands, and a committed one
    in any case. Nothing that is here is lost for what the file has not.

    Args:
        course: the course.
        text: what :func:`take` has returned.

    Returns:
        The records that the file has answers for, by their files.

    Raises:
        KitError: when it is no such file, or one of another course; then nothing is changed.

    """
    try:
        data = json.loads(text)
        if data["kit_answers"] != _FORMAT:
            raise ValueError
        theirs = {name: record_from(raw) for name, raw in data["records"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, cattrs.BaseValidationError):
        raise KitError(message("carry.no_answers")) from None
    if data["course"] != course.id:
        raise KitError(message("carry.other_course"))
    brought = {}
    for sheet in course.sheets:
        if sheet.id in theirs:
            path = record_path(course, sheet)
            brought[path] = change_record(path, partial(_merged, theirs[sheet.id]))
    return brought


def _merged(theirs: LearnerRecord, mine: LearnerRecord) -> LearnerRecord:
    """Return a record with the answers of both, the later of two."""
    if not mine.entries:
        return evolve(theirs, sheet=mine.sheet)
    revision = max(mine.revision, theirs.revision) + 1
    entries = dict(mine.entries)
    for name, entry in theirs.entries.items():
        there = entries.get(name)
        if there is None or (not there.committed and (entry.committed or entry.at > there.at)):
            entries[name] = evolve(entry, revision=revision)
    if entries == mine.entries:
        return mine
    return evolve(
        mine, entries=entries, revision=revision, warm_ups=mine.warm_ups or theirs.warm_ups
    )


def keep_text(course: Course, kind: str, text: str) -> str:
    """Keep a text that the reader has pasted, beside the answers.

    Args:
        course: the course.
        kind: ``article`` for the article in full, ``own`` for a text of their own choice.
        text: the text, a paragraph a line.

    Returns:
        The name of its file. What was in it before is kept beside it, but in a browser.

    Raises:
        KitError: when there is nothing in the text, or it cannot be kept.

    """
    if not text.strip():
        raise KitError(message("carry.no_text"))
    path = course.work / _TEXTS[kind]
    storage.alone(path, lambda: storage.replace(path, text.encode()))
    return path.name
