"""Questions as data: reading questions and their keys.

A lesson's question carries its key openly. A graded question is published without one; its key file
has the same shape and is laid over it, so that one class serves both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from attrs import field, fields, frozen
from cattrs import AttributeValidationNote, ClassValidationError

from kit.course.course import Course, Sheet
from kit.course.messages import KitError, message
from kit.course.toml import CONVERTER, read_toml, structure
from kit.questions.base import Question
from kit.questions.kinds import KINDS
from kit.questions.write import Write

Table = type[Any]  # the class of a table's rows


def tables() -> Iterator[tuple[str, Table]]:
    """Yield each table of a file of questions, and a class that its rows can have.

    The rows of ``item`` have one for each kind.
    """
    for kind in KINDS.values():
        yield "item", kind
        yield from kind.tables.items()


def public_fields() -> dict[str, frozenset[str]]:
    """Return what learners are given of a graded question: the fields of each of its tables.

    Every other field is part of the key and may stand in ``solutions/keys/`` alone.
    """
    public: dict[str, frozenset[str]] = {}
    for name, cls in tables():
        public[name] = public.get(name, frozenset()) | cls.published
    return public


@frozen
class _ItemFile:
    item: tuple[Question, ...] = field(factory=tuple)


@frozen(kw_only=True)
class _NoKind(Question):
    """A question whose kind is not known: what else is wrong with it can be told all the same."""

    kind = "unknown"


def _structure(raw: dict[str, Any], _: type[Question]) -> Question:
    """Turn a row of a file into a question of its kind; a field of another kind is refused.

    Raises:
        ClassValidationError: with every fault of the row.

    """
    faults: list[Exception] = []
    known = KINDS.get(str(raw.get("kind")))
    kind: type[Question] = known or _NoKind
    if known is None:
        fault = ValueError() if "kind" in raw else KeyError("kind")
        fault.add_note(AttributeValidationNote("kind", "kind", Literal[tuple(KINDS)]))
        faults.append(fault)
    others = set().union(*(_names(cls) for cls in KINDS.values())) - _names(kind)
    foreign = [name for name in raw if name in others]
    if foreign and known:
        values = {"id": raw.get("id"), "kind": known.kind, "fields": ", ".join(foreign)}
        faults.append(ValueError(message("check_course.foreign_fields", **values)))
    rest = {name: value for name, value in raw.items() if name not in (*foreign, "kind")}
    try:
        question = CONVERTER.structure(rest, kind)
    except ClassValidationError as fault:
        faults += fault.exceptions
    if faults:
        raise ClassValidationError(f"While structuring {kind.__name__}", faults, kind)
    return question


def _names(kind: type[Question]) -> set[str]:
    return {f.name for f in fields(kind)}


CONVERTER.register_structure_hook_func(lambda cls: cls is Question, _structure)


def load_items(course: Course, sheet: Sheet, keys: Path | None = None) -> dict[str, Question]:
    """Return the items of a sheet by id, in order; with their graded keys where those are there.

    Args:
        course: the course.
        sheet: the lesson or exercise.
        keys: the folder of the keys, if not the course's own.

    Raises:
        KitError: a line for each fault of the files.

    """
    path = course.root / "items" / f"{sheet.id}.toml"
    key_path = (keys or course.keys) / sheet.keys if sheet.keys else path
    stamps = tuple(p.stat().st_mtime_ns if p.is_file() else 0 for p in (path, key_path))
    return dict(_load(course, sheet, key_path, stamps))


@cache
def _load(
    course: Course, sheet: Sheet, key_path: Path, _stamps: tuple[int, ...]
) -> Mapping[str, Question]:
    path = course.root / "items" / f"{sheet.id}.toml"
    raw = {**read_toml(path), "item": _rows(path)}
    items = structure(raw, _ItemFile, path).item
    if key_path != path and key_path.is_file():
        strays: list[str] = []
        raw["item"] = _lay_over(raw["item"], _rows(key_path), strays)
        if strays:
            raise KitError(
                message("error.unknown_in_key", path=key_path, ids=", ".join(dict.fromkeys(strays)))
            )
        items = structure(raw, _ItemFile, key_path).item
    strays = [i.id for i in items if i.id.partition("/")[0] != sheet.prefix]
    doubles = sorted({i.id for i in items if [j.id for j in items].count(i.id) > 1})
    if strays or doubles:
        raise KitError(
            message(
                "error.item_ids", path=path, prefix=sheet.prefix, ids=", ".join(strays + doubles)
            )
        )
    return {i.id: i for i in items}


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = read_toml(path).get("item", [])
    good = isinstance(rows, list) and all(
        isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows
    )
    if not good:
        raise KitError(message("error.bad_items", path=path))
    return list(rows)


def _lay_over(
    rows: list[dict[str, Any]], over: list[dict[str, Any]], strays: list[str]
) -> list[dict[str, Any]]:
    """Lay the rows of a key over the rows of the published items, matched by id, nested too.

    Ids of the key that match nothing are added to ``strays``.
    """
    ids = [row.get("id") for row in over]
    strays += [str(name) for name in ids if ids.count(name) > 1]
    keys = {row.get("id"): row for row in over}
    merged = []
    for row in rows:
        key = keys.pop(row.get("id"), {})
        both = {**row, **key}
        for name in row.keys() & key.keys():
            if _has_ids(row[name]) and _has_ids(key[name]):
                both[name] = _lay_over(row[name], key[name], strays)
        merged.append(both)
    strays += [str(name) for name in keys]
    return merged


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(v, dict) and isinstance(v.get("id"), str) for v in value
    )


def find_item(course: Course, item_id: str) -> tuple[Sheet, Question]:
    """Return the item called ``item_id`` and its sheet.

    Raises:
        KitError: when there is none; the message lists the sheet's items.

    """
    sheet = course.sheet(item_id)
    items = load_items(course, sheet)
    if item_id not in items:
        raise KitError(message("error.no_item", id=item_id, known=", ".join(items)))
    return sheet, items[item_id]


def who_item(sheet: Sheet) -> Question:
    """Return the question for the learner's class code that heads every exercise, unmarked."""
    return Write(
        id=f"{sheet.prefix}/who",
        prompt=message("who.prompt"),
        words=1,
        marks=0,
        survey=True,
    )
