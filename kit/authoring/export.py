"""The question bank for other systems: which questions, and as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kit.authoring.gift import share_of
from kit.authoring.leaks import left_in_items
from kit.course.course import Course, Sheet
from kit.course.evidence import find_record
from kit.course.messages import KitError
from kit.questions.items import Item, Option, Unit, load_items
from kit.questions.still import key_number

COLUMNS = (
    *("sheet", "id", "kind", "marks", "prompt", "passage", "paragraphs"),
    *("part", "part_id", "text", "answer", "points", "reason"),
    *("general_reason", "model_answer", "look_for", "records"),
)
_SAME = ("id", "kind", "marks", "prompt", "passage", "model_answer", "look_for")
Row = dict[str, Any]
Asked = list[tuple[Sheet, Item]]


def bank(course: Course, names: Iterable[str], keys: Path | None) -> tuple[Asked, list[str]]:
    """Return the questions of the sheets called ``names`` (of all, where that is empty).

    Returns:
        Each question with its sheet, in order; and the ids of those whose key is not there: they
        could not be marked elsewhere.

    Raises:
        KitError: when no sheet bears a name, a file has faults, or the published questions of an
            exercise hold a part of their key: an export without keys would let it out.

    """
    sheets = dict.fromkeys([course.sheet(name) for name in names] or course.sheets)
    if left := left_in_items(course, sheets):
        raise KitError(course.say("release.key", faults="\n".join(left)))
    found = [(s, i) for s in sheets for i in load_items(course, s, keys).values()]
    lost = {i.id for s, i in found if _needs_key(s, i) and not i.has_key}
    return [(s, i) for s, i in found if i.id not in lost], sorted(lost)


def _needs_key(sheet: Sheet, item: Item) -> bool:
    return item.marked or (item.kind == "write" and sheet.graded and not item.survey)


def told(course: Course, notes: Mapping[str, Iterable[str]]) -> str:
    """Return what was left out or changed: a line for each sentence, with the ids it is about."""
    said = (course.say(key, ids=", ".join(ids)) for key, ids in notes.items() if ids)
    return "".join(f"\n{sentence}" for sentence in said)


def rows(course: Course, asked: Asked) -> Iterator[Row]:
    """Yield a row for each option, statement, number or level, with the cells of its question."""
    for sheet, item in asked:
        cells: Row = {
            "sheet": sheet.id,
            "paragraphs": ", ".join(map(str, item.paragraphs)),
            "general_reason": item.reason,
            "records": " ".join(find_record(course, name).address for name in item.records),
            **{name: getattr(item, name) for name in _SAME},
        }
        for part in list(_parts(item)) or [{}]:
            points = {"points": _short(part["points"])} if "points" in part else {}
            yield cells | part | points


def _parts(item: Item) -> Iterator[Row]:
    """Yield the parts of a question; ``points`` is what each gives or takes."""
    if item.survey:  # nothing about it is right or wrong
        yield from (_part("option", o) for o in item.options)
        yield from (_part("unit", u) for u in item.units)
        return
    for o in item.options:
        if item.kind == "order":
            yield _part("option", o) | {"answer": item.sequence.index(o.id) + 1}
        else:
            answer = "right" if o.right else "either" if o.either else ""
            points = item.marks * share_of(item, o)
            yield _part("option", o) | {"answer": answer, "points": points}
    for u in item.units:
        answer = " / ".join(x.text for x in item.labels if x.id in u.right)
        yield _part("unit", u) | {"answer": answer, "points": item.marks / len(item.units)}
    if item.bounds:
        yield {
            "part": "number",
            "text": key_number(item),
            "answer": "right",
            "points": item.marks,
        }
    for s in item.slips:
        row = {"part": "slip", "text": f"{s.low:g}–{s.high:g} {item.unit}", "reason": s.reason}
        yield row | {"points": item.marks * s.credit}
    for c in item.rubric:
        row = {"part": "criterion", "part_id": c.id, "text": c.text}
        levels = [{"answer": x.text, "points": x.points, "reason": x.anchor} for x in c.levels]
        yield from (row | level for level in levels or [{}])
    yield from (
        {"part": "common", "text": error.answer, "reason": error.say} for error in item.common
    )


def _part(name: str, part: Option | Unit) -> Row:
    row = {"part": name, "part_id": part.id, "text": part.text, "reason": part.reason}
    if isinstance(part, Unit) and part.paragraph is not None:
        row["paragraphs"] = str(part.paragraph)
    return row


def _short(points: float) -> float:
    # A number, not text: a minus before text would be taken for a formula and get an apostrophe.
    points = round(float(points), 4)
    return int(points) if points.is_integer() else points
