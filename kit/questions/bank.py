"""Questions as data: reading questions and their keys.

They are in ``items/NAME.toml``, on their page, ``lessons/NAME.md``, or some here and some there.

A lesson's question carries its key openly. A graded question is published without one; its key file
has the same shape and is laid over it, so that one class serves both.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import attrs
from attrs import field, frozen
from cattrs import AttributeValidationNote, ClassValidationError

from kit.course.course import Course, Sheet
from kit.course.messages import KitError, message, near
from kit.course.toml import CONVERTER, doubles, read_toml, structure
from kit.questions.base import Question
from kit.questions.kinds import KINDS


@frozen
class _ItemFile:
    item: tuple[Question, ...] = field(factory=tuple)


class _NoKind(Question):
    """A question whose kind is not known: what else is wrong with it can be told all the same."""

    kind = "unknown"


def _structure(raw: dict[str, Any], _: type[Question]) -> Question:
    """Turn a row of a file into a question of its kind; a field of another kind is refused.

    Raises:
        ClassValidationError: with every fault of the row.

    """
    faults: list[Exception] = []
    kind: type[Question] = KINDS.get(str(raw.get("kind")), _NoKind)
    if kind is _NoKind:
        fault = ValueError() if "kind" in raw else KeyError("kind")
        fault.add_note(AttributeValidationNote("kind", "kind", Literal[tuple(KINDS)]))
        faults.append(fault)
    strange = raw.keys() - _fields_of(kind) - {"kind"}
    foreign: list[str] = []
    if strange:  # hardly a question has any, and to ask all kinds for each takes its time
        others = _fields_of(*KINDS.values())
        foreign = [name for name in raw if name in strange & others]
    if foreign and kind is not _NoKind:
        told = {"id": raw.get("id"), "kind": kind.kind, "fields": ", ".join(foreign)}
        faults.append(ValueError(message("check_course.foreign_fields", **told)))
    own = {name: value for name, value in raw.items() if name not in ("kind", *foreign)}
    try:
        question = CONVERTER.structure(own, kind)
    except ClassValidationError as fault_of_class:
        faults += fault_of_class.exceptions
    if faults:
        raise ClassValidationError(f"While structuring {kind.__name__}", faults, kind)
    return question


def _fields_of(*kinds: type[Question]) -> set[str]:
    """Return the names of the fields that any of the kinds has."""
    names: set[str] = set()
    for kind in kinds:
        names.update(attrs.fields_dict(kind))
    return names


CONVERTER.register_structure_hook_func(lambda cls: cls is Question, _structure)


def load_questions(course: Course, sheet: Sheet, keys: Path | None = None) -> dict[str, Question]:
    """Return the questions of a sheet by id, in order; with their graded keys if these are here.

    Args:
        course: the course.
        sheet: the lesson or exercise.
        keys: the folder of the keys, if not the course's own.

    Raises:
        KitError: a line for each fault of the files.

    """
    if sheet.repeats:  # under names of its own, so that each time's answers are kept apart
        first = load_questions(course, sheet.first, keys)
        found = {}
        for name, question in first.items():
            own = name.replace(sheet.first.prefix, sheet.prefix, 1)
            found[own] = attrs.evolve(question, id=own)
        return found
    path = key_path = course.root / "items" / f"{sheet.id}.toml"
    if sheet.keys:
        key_path = (keys or course.keys) / sheet.keys
    page_path = course.root / "lessons" / f"{sheet.id}.md"  # a plainer second page asks none
    paths = (path, page_path, key_path)
    return dict(_load(course, sheet, paths, tuple(map(_changed, paths))))


def _changed(path: Path) -> int:
    """Return when a file was last changed; 0 where there is none."""
    return path.stat().st_mtime_ns if path.is_file() else 0


@cache
def _load(
    course: Course, sheet: Sheet, paths: tuple[Path, Path, Path], _stamps: tuple[int, ...]
) -> Mapping[str, Question]:
    path, page_path, key_path = paths
    on_page: list[dict[str, Any]] = []
    lines: dict[str, int] = {}
    if page_path.is_file() and b":::" in page_path.read_bytes():
        from kit.questions.in_markdown import questions_on  # noqa: PLC0415  (few pages have any)

        page = questions_on(page_path, sheet.prefix)
        on_page, lines = page.rows, page.lines
    raw: dict[str, Any] = {}
    if path.is_file() or not on_page:
        raw = read_toml(path)
    raw["item"] = _rows(raw, path)
    questions = structure(raw, _ItemFile, path).item
    for row in on_page:
        place = message("in_markdown.place", file=page_path.name, n=lines[row["id"]])
        questions += structure({"item": [row]}, _ItemFile, page_path.with_name(place)).item
    raw["item"] += on_page
    if key_path != path and key_path.is_file():
        strays: list[str] = []
        key = read_toml(key_path)
        raw = {**key, "item": _lay_over(raw["item"], _rows(key, key_path), strays)}
        if strays:
            told = {"ids": ", ".join(dict.fromkeys(strays))}
            told["near"] = near(strays[0], _ids_in(raw["item"]))
            if not path.is_file():
                told["near"] = f" {message('error.no_items', path=path)}"
            raise KitError(message("error.unknown_in_key", path=key_path, **told))
        questions = structure(raw, _ItemFile, key_path).item
    ids = [question.id for question in questions]
    bad = [name for name in ids if sheet.prefix != name.partition("/")[0]]
    bad += sorted(doubles(ids))
    if bad:
        where = page_path if set(bad) & lines.keys() else path
        told = {"prefix": sheet.prefix, "ids": ", ".join(bad)}
        raise KitError(message("error.item_ids", path=where, **told))
    found: dict[str, Question] = {}
    for question, row in zip(questions, raw["item"], strict=True):
        found[question.id] = question
        if question.is_checked and not sheet.graded and "tries" not in row:
            found[question.id] = attrs.evolve(question, tries=course.questions.tries)
    if on_page:  # some are here and some there: they come as the page asks them
        asked = {name: n for n, name in enumerate(page.asked)}
        names = sorted(found, key=lambda name: asked.get(name, len(asked)))
        found = {name: found[name] for name in names}
    return found


def _rows(data: Mapping[str, Any], path: Path) -> list[dict[str, Any]]:
    rows = data.get("item", [])
    if not _have_ids(rows):
        raise KitError(message("error.bad_items", path=path))
    return list(rows)


def _lay_over(
    rows: list[dict[str, Any]], over: list[dict[str, Any]], strays: list[str]
) -> list[dict[str, Any]]:
    """Lay the rows of a key over the rows of the published questions, matched by id, nested too.

    Ids of the key that match nothing, or are in it twice, are added to ``strays``.
    """
    keys = {row["id"]: row for row in over}
    strays += doubles(row["id"] for row in over)
    merged = []
    for row in rows:
        key = keys.pop(row["id"], {})
        both = {**row, **key}
        for name in row.keys() & key.keys():
            if _have_ids(row[name]) and _have_ids(key[name]):
                both[name] = _lay_over(row[name], key[name], strays)
        merged.append(both)
    strays += keys
    return merged


def _ids_in(rows: list[dict[str, Any]]) -> list[str]:
    """Return the ids of questions and of what is in them."""
    ids = []
    for row in rows:
        ids.append(row["id"])
        for value in row.values():
            if isinstance(value, list) and value and _have_ids(value):
                ids += _ids_in(value)
    return ids


def _have_ids(rows: Any) -> bool:
    """Whether a value is a list of tables, each with an id."""
    if not isinstance(rows, list):
        return False
    return all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows)


def find_question(course: Course, name: str) -> tuple[Sheet, Question]:
    """Return the question called ``name``, which is its id, and its sheet.

    Raises:
        KitError: when there is none; the message lists the sheet's questions.

    """
    sheet = course.sheet(name)
    questions = load_questions(course, sheet)
    if name not in questions:
        raise KitError(message("error.no_item", id=name, known=", ".join(questions)))
    return sheet, questions[name]


def class_code_question(sheet: Sheet) -> Question:
    """Return the question for the learner's class code that heads every exercise, unmarked."""
    from kit.questions.write import Write  # noqa: PLC0415  (it is asked in exercises only)

    name, prompt = f"{sheet.prefix}/who", message("who.prompt")
    return Write(id=name, prompt=prompt, words=1, marks=0, survey=True)
