"""Where a key would leave: what learners are about to get is compared with all that a key can have.

Fields of a key are found in whatever file they stand, and the texts of the keys that are here word
for word. What nobody can find so: a short answer in plain words (“1 b, 2 a”), or a reason told in
other words.
"""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import tarfile
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

from kit.authoring.keys import (
    Row,
    Secret,
    closed_sheets,
    item_rows,
    key_names,
    left_in,
    prefix_of,
    said,
    secrets,
    tables_in,
)
from kit.authoring.skeleton import SKELETON
from kit.course.course import Course, Sheet
from kit.course.messages import CONTENT
from kit.learner import submission

Edition = Mapping[Path, bytes]  #: each file that goes out, by its place, and what is in it
Find = tuple[str, str]  #: the id of an item, and the field of its key

_PACKAGE = Path(__file__).parents[1]
_BUILT_IN = Path(CONTENT.relative_to(_PACKAGE.parent))
#: The key of the example that `kit new` begins with; everybody may see it.
_EXAMPLE = Path(SKELETON.relative_to(_PACKAGE.parent)) / "solutions"
_START = 12  #: letters by which the texts of the keys are looked up
_NOBODY = "–"  #: where no id says which item it is

# The header of a table; the id of an item.
_HEADER = re.compile(r"\[\[?\s*item\s*(?:\.[\s\w.]*?(\w+)\s*)?\]")
_ID = re.compile(r"(?<![\w.])id[\"']?\s*[=:]\s*[\"']?([\w.-]+)(/[\w./-]+)")
_NOTE = re.compile(r"""^(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*')*(#.*)$""")
#: In a note of a few words beside an option or a statement these give it away.
_TELLING = frozenset(
    ("right", "wrong", "correct", "incorrect", "sound", "unsound", "true", "false")
)
_FEW = 4  #: words
_SOLUTION = re.compile(r"""kit\.solution\(\s*\\?["']([^"'\\/]+)([^"'\\]*)""")
_SEAL = re.compile(re.escape(submission.MARK) + r".*?#:", re.DOTALL)
#: What an exercise's notebook has when `kit notebooks` made it, or JupyterLab has shown it only.
_OF_BOOK = frozenset(("cells", "metadata", "nbformat", "nbformat_minor"))
_OF_METADATA = frozenset(("kernelspec", "language_info"))
_OF_CELL = frozenset(("cell_type", "execution_count", "id", "metadata", "outputs", "source"))
_OF_CELL_METADATA = frozenset(
    ("deletable", "editable", "jupyter", "trusted", "collapsed", "scrolled")
)


def leaks(course: Course, edition: Edition) -> list[str]:
    """Return a sentence for each part of a key in what learners are about to get.

    Args:
        course: the course.
        edition: the files that go out.

    Raises:
        KitError: when a key's file cannot be read, so that nothing can be compared with it.

    """
    look = _Look.of(course)
    found = list(_sheet_faults(course, look.closed.values()))
    for path, data in edition.items():
        for name, text in _texts_in(path.as_posix(), data):
            found += look.at(path, name, text)
    return list(dict.fromkeys(found))


def left_in_items(course: Course, sheets: Iterable[Sheet]) -> list[str]:
    """Return a sentence for each field of a key in the published questions of some sheets."""
    look, found = _Look.of(course), []
    for sheet in sheets:
        path = course.root / "items" / f"{sheet.id}.toml"
        place = look.base / "items" / path.name
        data = path.read_bytes() if path.is_file() else b""
        fields = look.fields(place, _parsed(_decoded(data)))
        found += [look.told(place.as_posix(), find) for find in fields]
    return list(dict.fromkeys(found))


def _sheet_faults(course: Course, closed: Iterable[Sheet]) -> Iterator[str]:
    """Find sheets of which ``course.toml`` says what would let their key out."""
    folder = course.keys.resolve()
    for sheet in closed:
        inside = (folder / sheet.keys).resolve().is_relative_to(folder)
        if sheet.keys and not inside:
            yield course.say("release.key_place", id=sheet.id, keys=sheet.keys)
        if not sheet.graded:
            yield course.say("release.key_ungraded", id=sheet.id)


@frozen
class _Look:
    """What is looked for in the files of one course."""

    course: Course
    base: Path  #: where the course's own files stand in the edition
    closed: dict[str, Sheet]  #: the sheets whose key stands apart, by the prefix of their items
    known: dict[str, list[Secret]]  #: the texts of the keys, by their first letters

    @classmethod
    def of(cls, course: Course) -> _Look:
        known: dict[str, list[Secret]] = {}
        for secret in secrets(course):
            if len(secret.said) >= _START:
                known.setdefault(secret.said[:_START], []).append(secret)
        closed = {sheet.prefix: sheet for sheet in closed_sheets(course)}
        base = _BUILT_IN if course.root == CONTENT else Path()
        return cls(course, base, closed, known)

    def at(self, path: Path, name: str, text: str) -> Iterator[str]:
        """Yield a sentence for each part of a key in a text of the edition.

        Args:
            path: the file that goes out.
            name: what to call the text: the file, or what is packed into it.
            text: what is in it.

        """
        if path.is_relative_to(_EXAMPLE):
            return
        data = _parsed(text)
        finds = dict.fromkeys(self.fields(path, data))
        if self._is_own(path):
            finds |= dict.fromkeys(self._lines(path, text, _is_table(data)))
            yield from self._answers(path, name, data)
            yield from self._notebook(path, name, data)
            yield from self._calls(name, text)
        yield from (self.told(name, find) for find in finds)
        yield from self._words(name, text, finds)

    def fields(self, path: Path, data: Any) -> Iterator[Find]:
        """Yield the fields of a key in what a file of TOML or JSON holds."""
        if self._is_own(path):
            rows = [row for row in item_rows(data) if self._is_closed(prefix_of(row))]
            for row in rows:
                yield from ((_id(row), field) for field, _ in left_in(row))
        elif not self.base.parts:
            return  # The kit goes with a course of one's own, and speaks of other questions.
        for row in _rows_called(data, self.closed):
            fields = [field for field, _ in left_in(row)]
            yield from ((_id(row), f) for f in fields if f.rpartition(".")[2] in key_names())

    def told(self, name: str, find: Find) -> str:
        """Return what to say of a field of a key."""
        item, field = find
        sheet = self.closed.get(item.partition("/")[0])
        if sheet is None and item != _NOBODY:
            return self.course.say("release.key_stray", file=name, id=item, field=field)
        keys = self.course.keys / (sheet.keys if sheet else "")
        place = self.course.show_path(keys)
        return self.course.say("release.key_field", file=name, id=item, field=field, key=place)

    def _is_own(self, path: Path) -> bool:
        """Whether a file of the edition is the course's, and not the kit's that goes with it."""
        if self.base.parts and path.is_relative_to(self.base):
            return True
        return path.parts[0] not in ("kit", "tests")

    def _lines(self, path: Path, text: str, in_notes: bool) -> Iterator[Find]:
        """Yield the fields of a key in the lines of a text, with the item that they stand under.

        Args:
            path: the file that goes out.
            text: what is in it.
            in_notes: only in the notes (``#``), because the file is TOML and was read as such.

        """
        closed = in_notes and path in self._questions(self.closed.values())
        opened = in_notes and not closed and path in self._questions(self.course.sheets)
        item: str | None = _NOBODY if closed else "" if opened else None
        names = key_names()
        field = _field(names)
        for line in _unescaped(text).splitlines():
            said_here = _note(line) if in_notes else line
            if named := _ID.search(line):
                item = named[1] + named[2] if self._is_closed(named[1]) else ""
            elif item is None and _HEADER.search(said_here):
                item = _NOBODY
            fields: set[str] = set()
            if item:
                found = {*field.findall(said_here), *_HEADER.findall(said_here)}
                fields = found & names
                yield from ((item, name) for name in sorted(fields))
            if closed and not fields and _tells(said_here) and _is_note(text, line):
                yield item or _NOBODY, said_here.strip()

    def _questions(self, sheets: Iterable[Sheet]) -> set[Path]:
        """Return where the published questions of some sheets stand in the edition."""
        return {self.base / "items" / f"{sheet.id}.toml" for sheet in sheets}

    def _is_closed(self, prefix: str) -> bool:
        """Whether items of this prefix have a key apart; those of no sheet count as such."""
        opened = {sheet.prefix for sheet in self.course.sheets} - self.closed.keys()
        return bool(self.course.sheets) and prefix not in opened

    def _answers(self, path: Path, name: str, data: Any) -> Iterator[str]:
        """Yield a sentence for each question whose answer a table gives under its id."""
        # A reveal may name the answers by which a learner says that they know the end.
        if path == self.base / "reveals.toml":
            return
        for table in _all_tables(data):
            for key in table:
                prefix, slash, _ = str(key).partition("/")
                if slash and prefix in self.closed:
                    yield self.course.say("release.key_answer", file=name, id=key)

    def _notebook(self, path: Path, name: str, data: Any) -> Iterator[str]:
        """Find in an exercise's notebook what was not put there when it was made."""
        if path not in {Path(sheet.notebook) for sheet in self.closed.values()}:
            return
        for where in _strange(data):
            yield self.course.say("release.key_notebook", file=name, where=where)

    def _calls(self, name: str, text: str) -> Iterator[str]:
        """Find a call that shows a solution, and answers that were handed in."""
        sheets = {sheet.id for sheet in self.closed.values()} | self.closed.keys()
        for prefix, rest in _SOLUTION.findall(text):
            if prefix in sheets:
                yield self.course.say("release.key_call", file=name, id=prefix + rest)
        if _SEAL.search(_unescaped(text)):
            yield self.course.say("release.key_seal", file=name)

    def _words(self, name: str, text: str, finds: Iterable[Find]) -> Iterator[str]:
        """Find the texts of the keys, save in fields that were found already."""
        known = {(item, field.rpartition(".")[2]) for item, field in finds}
        for secret in self._secrets_in(text):
            fields = secret.field.split(".")
            if not any((secret.item, field) in known for field in fields):
                yield self.course.say(
                    "release.key_text",
                    file=name,
                    id=secret.item,
                    field=secret.field,
                    start=" ".join(secret.text.split()[:6]),
                )

    def _secrets_in(self, text: str) -> list[Secret]:
        """Return the texts of the keys that stand in a text, one of each field."""
        found: dict[Find, Secret] = {}
        for plain in {said(text), said(text, markup=True)}:
            starts = {plain[n : n + _START] for n in range(len(plain) - _START + 1)}
            likely = [s for start in starts & self.known.keys() for s in self.known[start]]
            for secret in likely:
                if secret.said in plain:
                    found.setdefault((secret.item, secret.field), secret)
        return [found[find] for find in sorted(found)]


def _is_table(data: Any) -> bool:
    """Whether a file was read as TOML or JSON, and is no notebook: there the cells are texts."""
    return data is not None and not (isinstance(data, Mapping) and "cells" in data)


def _id(row: Row) -> str:
    return str(row.get("id", _NOBODY))


def _all_tables(data: Any) -> Iterator[Row]:
    """Yield every table in what a file holds."""
    if isinstance(data, Mapping):
        yield data
    parts = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else []
    for part in parts:
        yield from _all_tables(part)


def _rows_called(data: Any, prefixes: Iterable[str]) -> list[Row]:
    """Return the tables whose id is that of an item of one of the sheets."""
    found = [row for row in _all_tables(data) if "/" in _id(row)]
    return [row for row in found if prefix_of(row) in prefixes]


def _strange(book: Any) -> Iterator[str]:
    """Yield what a notebook has that none has which `kit notebooks` made: the places."""
    if not isinstance(book, Mapping):
        return
    yield from sorted(book.keys() - _OF_BOOK)
    for part in tables_in(book.get("metadata")):
        yield from (f"metadata.{name}" for name in sorted(part.keys() - _OF_METADATA))
    for n, cell in enumerate(tables_in(book.get("cells")), 1):
        names = cell.keys() - _OF_CELL
        if cell.get("outputs"):
            names.add("outputs")
        for part in tables_in(cell.get("metadata")):
            names |= {f"metadata.{name}" for name in part.keys() - _OF_CELL_METADATA}
        yield from (f"cells.{n}.{name}" for name in sorted(names))


# --- What stands in a file ----------------------------------------------------------------------


def _texts_in(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts in a file: its own, or those of all that is packed into it."""
    packed = list(_unpacked(data))
    for inner, part in packed:
        yield from _texts_in(f"{name}/{inner}" if inner else name, part)
    if not packed:
        yield name, _decoded(data)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files in an archive (an office document is one); none where it is no archive."""
    try:
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    if not entry.is_dir():
                        yield entry.filename, archive.read(entry)
        elif data[:2] == b"\x1f\x8b":
            yield "", gzip.decompress(data)
        elif data[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                for member in archive:
                    if file := archive.extractfile(member):
                        yield member.name, file.read()
    # Cut off, or locked with a password: then what it holds cannot be read by learners either.
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, zlib.error):
        return


def _decoded(data: bytes) -> str:
    """Return the text of a file, whatever an editor has saved it as."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.replace(b"\0", b"").decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.replace(b"\0", b"").decode("cp1252", "replace")


@cache
def _field(names: frozenset[str]) -> re.Pattern[str]:
    """Return what finds a field of these names as TOML, JSON or YAML writes it."""
    return re.compile(rf"(?<![\w.])({'|'.join(sorted(names))})[\"']?\s*[=:]\s*[^\s=:]")


def _parsed(text: str) -> Any:
    """Return what a text holds as TOML or JSON; None where it is neither."""
    try:
        return json.loads(text) if text.lstrip()[:1] == "{" else tomllib.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _unescaped(text: str) -> str:
    """Return a text with the line breaks and quotation marks that JSON and HTML write otherwise."""
    return html.unescape(text.replace("\\n", "\n").replace('\\"', '"'))


def _note(line: str) -> str:
    """Return the note at the end of a line of TOML, with its ``#``."""
    match = _NOTE.match(line)
    return match[1] if match else ""


def _tells(note: str) -> bool:
    """Whether a note is short, and says of what it stands beside that it is right or wrong."""
    words = re.findall(r"\w+", note.casefold())
    return len(words) <= _FEW and bool(_TELLING & set(words))


def _is_note(text: str, line: str) -> bool:
    """Whether the ``#`` in a line of TOML begins a note, and does not belong to a longer text."""
    bare = line.removesuffix(_note(line))
    try:
        return tomllib.loads(text.replace(line, bare)) == tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
