"""Questions as data: what an item is, and reading items and keys.

A lesson's item carries its key openly. A graded item is published without one; its key file has
the same shape and is laid over it, so that one class serves both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from kit.course.course import Course, Sheet
from kit.course.messages import KitError
from kit.course.toml import read_toml, structure

Kind = Literal["choose-one", "choose-many", "label", "number", "order", "probability", "write"]


@frozen
class Option:
    """One choice of a ``choose-one`` or ``choose-many`` item, or one thing to put in order."""

    id: str
    text: str
    right: bool = False
    reason: str = ""
    credit: float = 0.0  #: ``choose-one``: what a second-best option earns all the same, 0 to 1
    either: bool = False  #: ``choose-many``: experts differ, so ticked or not it counts neither way


@frozen
class CommonError:
    """A wrong answer that learners often give, and what a teacher can say to it."""

    answer: str
    say: str


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
class Slip:
    """A wrong number that people come to, and what to say to them."""

    low: float
    high: float
    reason: str
    credit: float = 0.0  #: what it earns all the same, 0 to 1


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
    unit: str = ""  #: of a ``number``, shown beside the box
    answer: float | None = None  #: the right ``number``
    tolerance: float = 0.0  #: how far from ``answer`` is accepted still
    low: float | None = None  #: or the least and the greatest number that are accepted
    high: float | None = None
    slips: tuple[Slip, ...] = ()
    sequence: tuple[str, ...] = ()  #: the options' ids in the right order, for ``order``
    shuffle: bool = False  #: each learner sees the options in an order of their own
    hints: tuple[str, ...] = ()  #: shown one at a time
    tries: int = 0  #: checks before 'Show me' is offered; 0: the first check shows every reason
    confidence: bool = False  #: ``choose-one``: also ask how sure, from chance to 100 %
    locks: bool = False  #: the first committed answer stands
    survey: bool = False  #: nothing is right or wrong about it
    shares: bool = False  #: a ``label`` item that shows its labels' shares as a picture
    words: int = 60  #: the length that a ``write`` item asks for; 1 gives a single line
    reason: str = ""  #: said to everybody after the check
    model_answer: str = ""
    look_for: str = ""  #: for the marker
    common: tuple[CommonError, ...] = ()  #: for the instructor, never shown to learners
    resolves: bool | None = None  #: a forecast: did it come true? Shown by no lesson before 06

    @cached_property
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
        if self.unit:
            asked["unit"] = self.unit
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]

    @property
    def rows(self) -> tuple[Option | Unit, ...]:
        """The options or units, in the order in which the author wrote them."""
        return (*self.options, *self.units)

    @property
    def has_key(self) -> bool:
        """Whether there is anything to check an answer against."""
        if self.kind == "label":
            return bool(self.units) and all(u.right for u in self.units)
        if self.kind == "write":
            return bool(self.model_answer)
        if self.kind == "number":
            return self.bounds is not None
        if self.kind == "order":
            return bool(self.sequence)
        return any(o.right for o in self.options)

    @property
    def marked(self) -> bool:
        """Whether a program can mark it, once it has a key."""
        return not self.survey and self.kind not in ("probability", "write")

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and the greatest ``number`` that the key accepts; None without a key."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        if self.answer is None:
            return None
        return self.answer - self.tolerance, self.answer + self.tolerance

    @property
    def chance(self) -> float:
        """How often a blind choice of one option is the right one, in per cent."""
        return 100 / max(1, len(self.options))


#: What learners are given of a graded question: the fields of each table of its published file.
#: Every other field is part of the key and may stand in ``solutions/keys/`` alone. So a field that
#: is added above is taken for a key until it is named here.
PUBLIC: Mapping[str, frozenset[str]] = {
    "item": frozenset(
        (
            *("id", "kind", "prompt", "passage", "marks", "paragraphs", "records", "unit", "words"),
            *("options", "units", "labels", "rubric", "shuffle", "hints", "tries", "confidence"),
            *("locks", "survey", "shares"),
        )
    ),
    "options": frozenset(("id", "text")),
    "units": frozenset(("id", "text", "paragraph")),
    "labels": frozenset(("id", "text", "accepts")),
    "rubric": frozenset(("id", "text")),
}


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
    items = structure(raw, _ItemFile, path).item
    if key_path != path and key_path.is_file():
        strays: list[str] = []
        raw["item"] = _lay_over(raw["item"], _rows(course, key_path), strays)
        if strays:
            raise KitError(
                course.say(
                    "error.unknown_in_key", path=key_path, ids=", ".join(dict.fromkeys(strays))
                )
            )
        items = structure(raw, _ItemFile, key_path).item
    strays = [i.id for i in items if i.id.partition("/")[0] != sheet.prefix]
    doubles = sorted({i.id for i in items if [j.id for j in items].count(i.id) > 1})
    if strays or doubles:
        raise KitError(
            course.say(
                "error.item_ids", path=path, prefix=sheet.prefix, ids=", ".join(strays + doubles)
            )
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
