"""Questions as data: what an item is, reading items and keys, and what counts as an answer.

A lesson's item carries its key openly. A graded item is published without one; its key file has
the same shape and is laid over it, so that one class serves both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from kit.course import Course, Sheet, read_toml, structure
from kit.messages import KitError, say

Kind = Literal["choose-one", "choose-many", "label", "probability", "write"]
Answer = Any  # JSON: str, list of str, dict of str, or number, by kind

LONGEST_TEXT = 20_000  #: characters of one written answer; some ten pages


@frozen
class Option:
    """One choice of a ``choose-one`` or ``choose-many`` item."""

    id: str
    text: str
    right: bool = False
    reason: str = ""


@frozen
class Label:
    """One label that the units of a ``label`` item can be given."""

    id: str
    text: str
    accepts: bool | None = None  #: choosing it accepts (true) or rejects (false) the statement


@frozen
class Unit:
    """One numbered statement of a ``label`` item."""

    id: str
    text: str
    paragraph: int | None = None
    right: tuple[str, ...] = ()  #: every label that can be defended
    reason: str = ""
    sound: bool | None = None  #: does the statement stand on good sourcing?


@frozen
class Level:
    """One level of a rubric criterion, with an answer that stands on it."""

    points: float
    text: str
    anchor: str = ""


@frozen
class Criterion:
    """One thing that a reader of a written answer looks for."""

    id: str
    text: str
    levels: tuple[Level, ...] = ()


@frozen
class Item:
    """One question. Which fields matter depends on ``kind``; see AUTHORING.md."""

    id: str
    kind: Kind
    prompt: str
    passage: str = ""  #: Markdown shown above the question
    marks: float = 1
    paragraphs: tuple[int, ...] = ()  #: of the article, that the question is about
    records: tuple[str, ...] = ()  #: evidence that the question or its reasons rest on
    options: tuple[Option, ...] = ()
    units: tuple[Unit, ...] = ()
    labels: tuple[Label, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    locks: bool = False  #: the first committed answer stands
    survey: bool = False  #: nothing is right or wrong about it
    shares: bool = False  #: a ``label`` item that shows its labels' shares as a picture
    words: int = 60  #: the length that a ``write`` item asks for; 1 gives a single line
    reason: str = ""  #: said to everybody after the check
    model_answer: str = ""
    look_for: str = ""  #: for the marker
    resolves: bool | None = None  #: a forecast: did it come true? Shown by no lesson before 06

    @property
    def wording(self) -> str:
        """A fingerprint of what a learner is asked: twelve hex digits, the key left out."""
        asked = {
            "kind": self.kind,
            "prompt": self.prompt,
            "passage": self.passage,
            "options": [(o.id, o.text) for o in self.options],
            "units": [(u.id, u.text) for u in self.units],
            "labels": [(x.id, x.text) for x in self.labels],
            "rubric": [c.text for c in self.rubric],
        }
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]

    @property
    def has_key(self) -> bool:
        """Whether there is anything to check an answer against."""
        if self.kind == "label":
            return bool(self.units) and all(u.right for u in self.units)
        if self.kind == "write":
            return bool(self.model_answer)
        return any(o.right for o in self.options)

    @property
    def marked(self) -> bool:
        """Whether a program can mark it, once it has a key."""
        return not self.survey and self.kind in ("choose-one", "choose-many", "label")


@frozen
class _ItemFile:
    item: tuple[Item, ...] = field(factory=tuple)


def load_items(course: Course, sheet: Sheet, keys: Path | None = None) -> dict[str, Item]:
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
) -> Mapping[str, Item]:
    path = course.root / "items" / f"{sheet.id}.toml"
    raw = {**read_toml(path), "item": _rows(course, path)}
    if key_path != path and key_path.is_file():
        strays: list[str] = []
        raw["item"] = _lay_over(raw["item"], _rows(course, key_path), strays)
        if strays:
            raise KitError(
                course.say(
                    "error.unknown_in_key", path=key_path, ids=", ".join(dict.fromkeys(strays))
                )
            )
    items = structure(raw, _ItemFile, path).item
    strays = [i.id for i in items if i.id.partition("/")[0] != sheet.prefix]
    doubles = sorted({i.id for i in items if [j.id for j in items].count(i.id) > 1})
    if strays or doubles:
        raise KitError(
            course.say("error.item_ids", path=path, prefix=sheet.prefix, ids=strays + doubles)
        )
    return {i.id: i for i in items}


def _rows(course: Course, path: Path) -> list[dict[str, Any]]:
    rows = read_toml(path).get("item", [])
    good = isinstance(rows, list) and all(
        isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows
    )
    if not good:
        raise KitError(course.say("error.bad_items", path=path))
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


def find_item(course: Course, item_id: str) -> tuple[Sheet, Item]:
    """Return the item called ``item_id`` and its sheet.

    Raises:
        KitError: when there is none; the message lists the sheet's items.

    """
    sheet = course.sheet(item_id)
    items = load_items(course, sheet)
    if item_id not in items:
        raise KitError(course.say("error.no_item", id=item_id, known=", ".join(items)))
    return sheet, items[item_id]


def is_blank(value: Answer) -> bool:
    """Whether ``value`` is silence: None, no text, nothing ticked, nothing labelled."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def accept(item: Item, value: Answer) -> Answer:
    """Return ``value`` in its one standard form, or refuse it.

    Args:
        item: the question.
        value: an option's id; a list of them; a dict of unit id to label id; a number from 0 to
            100; or text. None and other blanks give None.

    Raises:
        KitError: when the value is no answer to this question.

    """
    if is_blank(value):
        return None
    answer = _FORMS[item.kind](item, value)
    if answer is None:
        raise KitError(say("error.no_answer", id=item.id))
    return answer


def fitting(item: Item, value: Answer) -> Answer:
    """Return ``value`` in its standard form, or None where it is no answer to this question.

    An author may have changed the question since it was answered.
    """
    try:
        return accept(item, value)
    except KitError:
        return None


def _one(item: Item, value: Answer) -> Answer:
    return value if isinstance(value, str) and value in {o.id for o in item.options} else None


def _many(item: Item, value: Answer) -> Answer:
    order = [o.id for o in item.options]
    if not isinstance(value, list) or not all(isinstance(v, str) and v in order for v in value):
        return None
    return [option for option in order if option in value]


def _labels(item: Item, value: Answer) -> Answer:
    if not isinstance(value, dict):
        return None
    units, labels = {u.id for u in item.units}, {x.id for x in item.labels}
    fits = all(u in units and isinstance(x, str) and x in labels for u, x in value.items())
    return {u.id: value[u.id] for u in item.units if u.id in value} if fits else None


def _percent(_: Item, value: Answer) -> Answer:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and 0 <= value <= 100 else None


def _text(_: Item, value: Answer) -> Answer:
    fits = isinstance(value, str) and len(value) <= LONGEST_TEXT
    # A lone surrogate cannot be written to a file; a keyboard cannot make one.
    return value.encode("utf-8", "replace").decode() if fits else None


_FORMS: dict[str, Callable[[Item, Answer], Answer]] = {
    "choose-one": _one,
    "choose-many": _many,
    "label": _labels,
    "probability": _percent,
    "write": _text,
}


def complete(item: Item, value: Answer) -> bool:
    """Whether ``value`` answers all of the question: for ``label``, every unit."""
    return not is_blank(value) and (item.kind != "label" or len(value) == len(item.units))


def key_answer(item: Item) -> Answer:
    """Return the answer that the key calls for: what a perfect learner would hand in."""
    if item.kind == "choose-one":
        return next((o.id for o in item.options if o.right), None)
    if item.kind == "choose-many":
        return [o.id for o in item.options if o.right]
    if item.kind == "label":
        return {u.id: u.right[0] for u in item.units if u.right}
    return item.model_answer or None


def who_item(course: Course, sheet: Sheet) -> Item:
    """Return the question for the learner's class code that heads every exercise, unmarked."""
    return Item(
        id=f"{sheet.prefix}/who",
        kind="write",
        prompt=course.say("who.prompt"),
        words=1,
        marks=0,
        survey=True,
    )
