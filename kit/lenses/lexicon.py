"""The lexicons: lists of words that anybody can read and a course can add to.

They stand in ``content/lexicons/*.toml``; a course's folder ``lexicons/`` is laid over them, file
by file and table by table.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

from kit.course import Course, read_toml, structure
from kit.messages import CONTENT, say

_VOWELS = "aeiou"
#: Verbs of two syllables that double no letter before -ed although they end like "stop".
_DOUBLE = frozenset(["admit", "infer", "quip", "refer", "stop", "plan", "chat", "concur", "blog"])


@frozen
class _Table:
    """One kind of line in a lexicon file."""

    why: str = ""
    words: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@frozen
class Line:
    """One line of a lexicon, in one of its forms."""

    words: list[str]
    table: str
    base: str  #: the line as the file has it; of a verb its plain form
    form: str  #: of a verb: ``base``, ``s``, ``ing``, ``past`` or ``participle``
    reason: str  #: what a find made by this line says


@frozen
class Lexicon:
    """The lines of one file, to be found by their first word."""

    tables: dict[str, _Table]
    lines: dict[str, list[Line]]  #: longest first

    def at(self, low: list[str], i: int) -> Line | None:
        """Return the longest line that stands at word ``i``."""
        return next(self.every(low, i), None)

    def every(self, low: list[str], i: int) -> Iterator[Line]:
        """Yield each line that stands at word ``i``, the longest first."""
        for line in self.lines.get(low[i], ()):
            size = len(line.words)
            if size == 1 or low[i : i + size] == line.words:
                yield line

    def words(self, table: str) -> frozenset[str]:
        """Return the one-word lines of a table."""
        return frozenset(self.tables[table].words)


def forms(verb: str) -> Iterator[tuple[str, str]]:
    """Yield each form of an English verb with its name.

    Args:
        verb: its plain form; an irregular one with its past forms after slashes, and a phrase with
            its verb first: ``say/said``, ``see/saw/seen``, ``point out``.

    """
    first, *pasts = verb.split("/")
    if pasts and " " in pasts[-1]:
        pasts[-1] = pasts[-1].partition(" ")[0]
    stem, space, rest = first.partition(" ")
    y = stem.endswith("y") and stem[-2] not in _VOWELS
    silent = stem.endswith("e") and not stem.endswith("ee")
    doubled = stem + stem[-1] if stem in _DOUBLE else stem
    s = stem[:-1] + "ies" if y else stem + ("es" if stem.endswith(("s", "sh", "ch", "x")) else "s")
    ed = stem[:-1] + "ied" if y else doubled + ("d" if stem.endswith("e") else "ed")
    ing = (stem[:-1] if silent else doubled) + "ing"
    past = [(p, n) for p, n in zip(pasts or [ed], ("past", "participle" if len(pasts) > 1 else ""), strict=False)]
    for form, name in [(stem, "base"), (s, "s"), (ing, "ing"), *past]:
        yield form + space + rest, name


@cache
def load_lexicon(course: Course, name: str) -> Lexicon:
    """Read the lexicon file ``name`` (without ``.toml``), the course's own laid over the kit's.

    Raises:
        KitError: a line for each fault of the file.

    """
    tables = _read(CONTENT / "lexicons" / f"{name}.toml")
    own = course.root / "lexicons" / f"{name}.toml"
    if course.root != CONTENT and own.is_file():
        for key, table in _read(own).items():
            tables[key] = _over(tables.get(key, _Table()), table)
    lines: dict[str, list[Line]] = {}
    for key, table in tables.items():
        for line in _lines(name, key, table):
            lines.setdefault(line.words[0], []).append(line)
    for same in lines.values():
        same.sort(key=lambda line: -len(line.words))
    return Lexicon(tables, lines)


def _read(path: Path) -> dict[str, _Table]:
    return structure(read_toml(path), dict[str, _Table], path)


def _over(table: _Table, own: _Table) -> _Table:
    def lay(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(x for x in (*a, *b) if x not in own.without)

    return _Table(
        own.why or table.why,
        lay(table.words, own.words),
        lay(table.verbs, own.verbs),
        own.beside or table.beside,
    )


def _lines(file: str, key: str, table: _Table) -> Iterator[Line]:
    def line(text: str, base: str, form: str) -> Line:
        reason = say("lens.line", why=table.why, line=base, table=key, file=f"{file}.toml")
        return Line(text.split(), key, base, form, reason)

    for text in table.words:
        yield line(text, text, "")
    for verb in table.verbs:
        for text, form in forms(verb):
            yield line(text, verb.partition("/")[0], form)
