"""What is a key: the fields that no learner may get, and the texts in them.

Read from the files as they are written, not from the questions made of them: a ``right = false``
that somebody wrote down tells as much as a ``right = true``.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import frozen

from kit.course.article import load_article, practice_texts, read_text
from kit.course.course import Course, Sheet
from kit.course.messages import KitError
from kit.course.toml import parse, read_toml
from kit.questions.in_markdown import take_apart
from kit.questions.kinds import KINDS

Row = Mapping[str, Any]
Table = type[Any]  # the class of a table's rows

#: Fields of a key whose words may well be elsewhere too: a level is often a criterion of another
#: question, and a wrong answer that is often given is one that a lesson speaks of.
NO_SECRET = ("levels", "common")
FEWEST = 5  #: words; a shorter text can be anywhere by chance
LONG = 12  #: words; so long a text is nowhere by chance

_WORD = re.compile(
    # In scripts without spaces between their words two characters are taken for a word.
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}|[^\W_]+"
)
_CODED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED = re.compile(r"\\[nrtbf]")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, joiners and their like
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_TARGET = re.compile(r"\]\([^()\s]*\)")
_DROPPED = re.compile(r"[\W_]")


@frozen
class Secret:
    """A text of a key, and where in the key it is."""

    question: str  #: its id
    field: str  #: with the way to it, such as ``options.much.reason``
    text: str
    letters: str  #: the same as :func:`letters` returns it


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


def closed_sheets(course: Course) -> list[Sheet]:
    """Return the sheets whose key is kept apart: those that are graded, and those that have one.

    A sheet that ``course.toml`` does not call graded, while there is a key for it, is one too.

    Raises:
        KitError: when a key's file cannot be read.

    """
    keyed = {str(row.get("id", "")).partition("/")[0] for row in _key_rows(course)}
    return [s for s in course.sheets if s.graded or s.keys or s.prefix in keyed]


def closed_pages(course: Course) -> list[Sheet]:
    """Return the sheets whose key is kept apart, each also with its plainer page.

    Raises:
        KitError: when a key's file cannot be read.

    """
    closed = {sheet.id for sheet in closed_sheets(course)}
    return [sheet for sheet in course.pages if sheet.id in closed]


def left_in(row: Row, table: str = "item", way: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each field of a question's row that is part of a key: the way to it, and its value."""
    for name, value, is_public in _fields(row, table, way):
        if not is_public:
            yield name, value


def _fields(row: Row, table: str = "item", way: str = "") -> Iterator[tuple[str, Any, bool]]:
    """Yield each field of a question's row and of the tables in it.

    Of each: the way to it, its value, and whether learners are given it.
    """
    public = public_fields()
    for name, value in row.items():
        if name not in public[table]:
            yield way + name, value, False
        elif name not in public:
            yield way + name, value, True
        else:
            for n, part in enumerate(_tables_in(value), 1):
                yield from _fields(part, name, f"{way}{name}.{part.get('id', n)}.")


def split_key(row: Row, table: str = "item") -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a question's row as learners get it, and the rest of it, which is its key.

    Both have the row's id, by which the key is laid over it again.
    """
    public = public_fields()
    given: dict[str, Any] = {}
    key: dict[str, Any] = {"id": row["id"]}
    for name, value in row.items():
        if name not in public[table]:
            key[name] = value
        elif name in public and isinstance(value, list):
            parts = [split_key(part, name) for part in value]
            given[name] = [part for part, _ in parts]
            if any(len(rest) > 1 for _, rest in parts):
                key[name] = [rest for _, rest in parts]
        else:
            given[name] = value
    return given, key


def _tables_in(value: Any) -> list[Row]:
    """Return the tables in a value: those in a list, or the one that it is."""
    if not isinstance(value, list):
        value = [value]
    return [part for part in value if isinstance(part, Mapping)]


def rows_in(data: Mapping[str, Any]) -> list[Row]:
    """Return the questions in what a file of questions or a key holds."""
    return _tables_in(data.get("item", []))


def read_rows(path: Path) -> list[Row]:
    """Return the questions in a file; none where it cannot be read, which is said elsewhere."""
    try:
        return rows_in(parse(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError):
        return []


def secrets(course: Course) -> list[Secret]:
    """Return the texts in all keys of a course that are long enough to be known again.

    What learners are given anyway is none: in a question, in the article, in a practice text.

    Raises:
        KitError: when a key's file cannot be read.

    """
    given = letters(" ".join(_given(course)))
    found = []
    for row in [*_key_rows(course), *_page_rows(course, closed_pages(course))]:
        for name, value in left_in(row):
            if name.rpartition(".")[2] in NO_SECRET:
                continue
            for way, text in _texts(value, name):
                secret = Secret(str(row.get("id", "")), way, text, letters(text))
                if count_words(text) >= FEWEST and secret.letters not in given:
                    found.append(secret)
    return found


@lru_cache(maxsize=4096)  # a course's files, each of which is looked at more than once
def letters(text: str, *, markup: bool = False) -> str:
    """Return the letters and digits of a text, to compare it by.

    Then it makes no difference whether it was written as TOML, JSON, HTML or Markdown, and how its
    lines are broken. With ``markup``, the names and attributes of tags and the addresses of links
    count too.
    """
    plain = _CODED.sub(lambda match: chr(int(match[1], 16)), text)
    plain = html.unescape(_ESCAPED.sub(" ", plain))
    if not markup:
        plain = _TARGET.sub("]", _TAG.sub(" ", plain))
    return _DROPPED.sub("", _UNSEEN.sub("", unicodedata.normalize("NFKC", plain))).casefold()


def count_words(text: str) -> int:
    """Return how many words a text has, in any script."""
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
    rows: list[Row] = []
    for path in sorted(named):
        if path.is_file():
            rows += rows_in(read_toml(path))
    for path in sorted({*course.keys.rglob("*.toml")} - named):
        rows += read_rows(path)
    return rows


def _page_rows(course: Course, sheets: Iterable[Sheet]) -> Iterator[Row]:
    """Yield the questions that are written on the pages of some sheets."""
    for sheet in sheets:
        path = course.root / "lessons" / f"{sheet.page}.md"
        if path.is_file():
            yield from take_apart(path.read_text("utf-8-sig", "replace"), sheet.prefix).rows


def _given(course: Course) -> Iterator[str]:
    """Yield the texts that learners are given: of the questions, of the article, of the texts."""
    rows = [*_page_rows(course, course.sheets)]
    for sheet in course.sheets:
        rows += read_rows(course.root / "items" / f"{sheet.first.id}.toml")
    for row in rows:
        for name, value, is_public in _fields(row):
            # A hint and a label are given too, but a reason copied into one is out.
            if is_public and name != "hints" and not name.startswith("labels."):
                yield from (text for _, text in _texts(value, name))
    with suppress(KitError):  # where there is no article, that is told elsewhere
        yield from (" ".join(unit.quotations) for unit in load_article(course).units)
    for path in practice_texts(course).values():
        yield read_text(path)
