"""What is a key: the fields that no learner may get, and the texts that stand in them.

Read from the files as they are written, not from the questions made of them: a ``right = false``
that somebody wrote down tells as much as a ``right = true``.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import fields, frozen

from kit.course.course import Course, Sheet
from kit.course.toml import read_toml
from kit.questions.items import public_fields, tables
from kit.questions.parts import Level

Row = Mapping[str, Any]

#: A text of fewer words can stand anywhere by chance, and so can a number: of those only the
#: fields themselves tell.
FEWEST_WORDS = 5
#: From so many words on, a text is known again without the point at its end.
MANY_WORDS = 12
#: Shorter sentences of a longer text may well be a lesson's too: the rule that it teaches.
FEWEST_IN_A_SENTENCE = 14

_SENTENCES = re.compile(r"(?<=[.!?。])\s+")
# In scripts without spaces between their words two characters are taken for a word.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}|[^\W_]+"
)
_CODED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED = re.compile(r"\\[nrtbf]")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, joiners and their like
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_TARGET = re.compile(r"\]\([^()\s]*\)")
# Not commas: in a notebook each line of a cell is a text of its own, with a comma after it.
_DROPPED = re.compile(r"[^\w.?!]|_")
_STOPS = ".?!"


@frozen
class Secret:
    """A text of a key, and where it stands in it."""

    item: str
    field: str  #: with the way to it, such as ``options.much.reason``
    text: str
    said: str  #: the same as :func:`said` has it


def closed_sheets(course: Course) -> list[Sheet]:
    """Return the sheets whose key stands apart: those that are graded, and those that have one.

    A sheet that ``course.toml`` does not call graded, while there is a key for it, is one too.

    Raises:
        KitError: when a key's file cannot be read.

    """
    keyed = {prefix_of(row) for row in _key_rows(course)}
    return [s for s in course.sheets if s.graded or s.keys or s.prefix in keyed]


def prefix_of(row: Row) -> str:
    """Return the first half of an item's id, which names its sheet."""
    return str(row.get("id", "")).partition("/")[0]


def key_names() -> frozenset[str]:
    """Return the names of all fields that only a key can have, wherever they stand."""
    public = public_fields()
    names = {f.name for f in fields(Level) if f.name != "text"}
    for table, cls in tables():
        names |= {f.name for f in fields(cls)} - public[table]
    return frozenset(names)


def left_in(row: Row, table: str = "item", way: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each field of an item's row that is part of a key: the way to it, and its value."""
    public = public_fields()
    for name, value in row.items():
        if name not in public[table]:
            yield way + name, value
        elif name in public:
            for n, part in enumerate(tables_in(value), 1):
                yield from left_in(part, name, f"{way}{name}.{part.get('id', n)}.")


def tables_in(value: Any) -> list[Row]:
    """Return the tables in a value: those in a list, or the one that it is."""
    parts = value if isinstance(value, list) else [value]
    return [part for part in parts if isinstance(part, Mapping)]


def item_rows(data: Any) -> Iterator[Row]:
    """Yield every table called ``item`` in what a file holds, however deep it stands."""
    if isinstance(data, list):
        for part in data:
            yield from item_rows(part)
    elif isinstance(data, Mapping):
        for name, value in data.items():
            if name == "item":
                yield from tables_in(value)
            else:
                yield from item_rows(value)


def secrets(course: Course) -> list[Secret]:
    """Return the texts in all keys of a course that are long enough to be known again.

    What stands in the published question as well is none: a model answer may quote the prompt.

    Raises:
        KitError: when a key's file cannot be read.

    """
    published = _published(course)
    found = []
    for row in _key_rows(course):
        item = str(row.get("id", ""))
        texts = [pair for name, value in left_in(row) for pair in _texts(value, name)]
        for name, text in texts:
            for part in _parts(text):
                secret = Secret(item, name, part, _ending(part))
                if secret.said not in published.get(item, ""):
                    found.append(secret)
    return found


@lru_cache(maxsize=512)  # a course's files, each of which is looked at more than once
def said(text: str, *, markup: bool = False) -> str:
    """Return the letters, digits and stops of a text, to compare it by.

    Then it makes no difference whether it was written as TOML, JSON, HTML or Markdown, and how its
    lines are broken.

    Args:
        text: the text, or the whole of a file.
        markup: with the names and attributes of tags, and the addresses of links.

    """
    plain = _CODED.sub(lambda match: chr(int(match[1], 16)), text)
    plain = html.unescape(_ESCAPED.sub(" ", plain))
    if not markup:
        plain = _TARGET.sub("]", _TAG.sub(" ", plain))
    return _DROPPED.sub("", _UNSEEN.sub("", unicodedata.normalize("NFKC", plain)))


def _ending(part: str) -> str:
    """Return a part of a key as :func:`said` does, a long one without the stop at its end."""
    whole = said(part)
    return whole.rstrip(_STOPS) if _count(part) >= MANY_WORDS else whole


def _parts(text: str) -> Iterable[str]:
    """Return a text and its longer sentences, each where it is long enough."""
    sentences = [s for s in _SENTENCES.split(text) if _count(s) >= FEWEST_IN_A_SENTENCE]
    return dict.fromkeys([text, *sentences] if _count(text) >= FEWEST_WORDS else sentences)


def _count(text: str) -> int:
    return len(_WORD.findall(text))


def _texts(value: Any, way: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a value, and the way to it."""
    if isinstance(value, str):
        yield way, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, f"{way}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, way)


def _key_rows(course: Course) -> list[Row]:
    named = {course.keys / sheet.keys for sheet in course.sheets if sheet.keys}
    held = [read_toml(path) for path in sorted(named) if path.is_file()]
    held += [_read(path) for path in sorted({*course.keys.rglob("*.toml")} - named)]
    return [row for data in held for row in item_rows(data)]


def _published(course: Course) -> dict[str, str]:
    """Return what learners are given of each question, by its id, as :func:`said` has it."""
    paths = [course.root / "items" / f"{sheet.id}.toml" for sheet in course.sheets]
    rows = [row for path in paths for row in item_rows(_read(path))]
    return {str(row.get("id", "")): said(" ".join(_shown(row))) for row in rows}


def _read(path: Path) -> dict[str, Any]:
    """Read a file of questions; nothing where it cannot be read, which is said elsewhere."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}


def _shown(row: Row, table: str = "item") -> Iterator[str]:
    public = public_fields()
    for name, value in row.items():
        if name in public and name in public[table]:
            for part in tables_in(value):
                yield from _shown(part, name)
        elif name in public[table]:
            yield from (text for _, text in _texts(value, name))
