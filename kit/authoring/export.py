"""The question bank for other systems: which questions, and as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kit.authoring.gift import export_of, stories_of
from kit.authoring.leaks import left_in_items
from kit.course.course import Course, Sheet
from kit.course.evidence import find_record
from kit.course.messages import KitError, message
from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.table import settings

COLUMNS = (
    *("sheet", "id", "kind", "marks", "prompt", "passage", "paragraphs"),
    *("part", "part_id", "text", "answer", "points", "reason"),
    *("general_reason", "model_answer", "look_for", "records"),
    *("practice_text", "settings", "part_settings"),
)
Row = dict[str, Any]
Asked = list[tuple[Sheet, Question]]


def bank(course: Course, names: Iterable[str], keys: Path | None) -> tuple[Asked, list[str]]:
    """Return the questions of the sheets called ``names`` (of all, where that is empty).

    Returns:
        Each question with its sheet, in order; and the ids of those whose key is not there: they
        could not be marked elsewhere.

    Raises:
        KitError: when no sheet has a name, a file has faults, or the published questions of an
            exercise hold a part of their key: an export without keys would let it out.

    """
    sheets = dict.fromkeys([course.sheet(name) for name in names] or course.sheets)
    if left := left_in_items(course, sheets):
        raise KitError(message("release.key", faults="\n".join(left)))
    asked, lost = [], set()
    for sheet in sheets:
        for question in load_questions(course, sheet, keys).values():
            needs_key = question.marked or (
                question.by_reader and sheet.graded and not question.survey
            )
            if needs_key and not question.has_key:
                lost.add(question.id)
            else:
                asked.append((sheet, question))
    return asked, sorted(lost)


def notes_as_text(notes: Mapping[str, Iterable[str]]) -> str:
    """Return what was left out or changed: a line for each sentence, with the ids it is about.

    Args:
        notes: ids of questions, by the key of the sentence about them.

    """
    text = ""
    for key, ids in notes.items():
        if ids:
            text += "\n" + message(key, ids=", ".join(ids))
    return text


def rows(course: Course, asked: Asked) -> Iterator[Row]:
    """Yield a row for each option, statement, number or level, with the cells of its question."""
    stories = stories_of(course, asked)
    for sheet, question in asked:
        cells: Row = {
            "sheet": sheet.id,
            "id": question.id,
            "kind": question.kind,
            "marks": question.marks,
            "prompt": question.prompt,
            "passage": question.passage,
            "paragraphs": ", ".join(map(str, question.paragraphs)),
            "general_reason": question.reason,
            "records": " ".join(find_record(course, name).address for name in question.records),
            "model_answer": question.model_answer,
            "look_for": question.look_for,
            "practice_text": stories.get(question.id, ""),
            "settings": settings(question),
        }
        for part in list(export_of(question).rows()) or [{}]:
            row = cells | part
            if "points" in part:
                row["points"] = _short(part["points"])
            yield row


def _short(points: float) -> float:
    """Return points without needless digits."""
    # A number, not text: a minus before text would be taken for a formula and get an apostrophe.
    points = round(float(points), 4)
    if points.is_integer():
        return int(points)
    return points
