"""The lexicons: lists of words that anybody can read and a course can add to.

They stand in ``content/lexicons/*.toml``; a course's folder ``lexicons/`` is laid over them, file
by file and table by table.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from attrs import evolve, frozen

from kit.course.course import Course
from kit.course.messages import CONTENT, message
from kit.course.toml import read_toml, structure
from kit.lenses.words import Words, tables_of

_DOUBLE = frozenset(["admit", "infer", "quip", "refer", "plan", "brag"])  #: before -ed and -ing
_BESIDE = ("never_after", "never_before", "only_after", "only_before")
_EITHER = ("why", "kind", "rule", "sure", "beside")


@frozen
class Table:
    """One table of a lexicon file: lines of one kind, and beside which words they count."""

    why: str = ""  #: what a find says; without it the table only serves the rules
    kind: str = ""  #: of its finds; the table's name where it is not given
    rule: str = ""  #: a rule of the lens that must hold as well
    sure: bool = False  #: of a hedge: its rules decide, and no weights
    words: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    never_after: frozenset[str] = frozenset()  #: "@month" stands for a table of grammar.toml
    never_before: frozenset[str] = frozenset()
    only_after: frozenset[str] = frozenset()
    only_before: frozenset[str] = frozenset()
    without: tuple[str, ...] = ()  #: in a course's own file: lines to take out

    def fits(self, words: Words, i: int, after: int) -> bool:
        """Whether the words before word ``i`` and at ``after`` let what is between count."""
        back, ahead = words.near(i - 1), words.near(after)
        if back in self.never_after or ahead in self.never_before:
            return False
        if self.only_after and back not in self.only_after:
            return False
        return not self.only_before or ahead in self.only_before


@frozen
class Line:
    """One line of a lexicon, in one of its forms."""

    words: list[str]
    table: Table
    base: str  #: the line as the file has it; of a verb its plain form
    form: str  #: of a verb: ``base``, ``s``, ``ing``, ``past`` or ``participle``
    reason: str  #: what a find made by this line says
    free: bool  #: whether it counts beside any word


class Spot(NamedTuple):
    """A place in a sentence at which a line of a lexicon stands."""

    words: Words
    i: int  #: its first word
    after: int  #: the word after its last
    first: int  #: of its sentence
    last: int  #: the word after its sentence's last
    line: Line

    @property
    def around(self) -> range:
        """The words of its sentence within forty words: a sentence can be as long as a book."""
        return range(max(self.first, self.i - 40), min(self.last, self.after + 40))

    def back(self, n: int = 1) -> str:
        """Return the ``n``-th word before it within the sentence."""
        return self.words.low[self.i - n] if self.i - n >= self.first else ""

    def ahead(self, n: int = 1) -> str:
        """Return the ``n``-th word after it within the sentence."""
        at = self.after + n - 1
        return self.words.low[at] if at < self.last else ""


@frozen
class Lexicon:
    """The lines of one file, to be found by their first word."""

    tables: dict[str, Table]
    sets: dict[str, frozenset[str]]  #: the words of each table
    ordered: list[Line]  #: of the tables that make finds, in the order of the file
    lines: dict[str, list[Line]]  #: the same by their first word, the longest first

    @cached_property
    def kinds(self) -> dict[str, frozenset[str]]:
        """Return the tables of each word."""
        return tables_of(self.sets)

    @cached_property
    def longer(self) -> dict[str, set[str]]:
        """Return the second words of all lines that begin with a word, where none is that alone."""
        found: dict[str, set[str]] = {}
        for first, lines in self.lines.items():
            if len(lines[-1].words) > 1:  # the shortest
                found[first] = {line.words[1] for line in lines}
        return found

    @cached_property
    def finite(self) -> frozenset[str]:
        """Return "says" and "told"; not "claims" (a noun), nor "called" ("a man called")."""
        found = set()
        nouns = self.sets.get("also-noun", frozenset())
        for line in self.ordered:
            irregular = line.form == "past" and not line.words[0].endswith("ed")
            if len(line.words) == 1 and (line.form == "s" or irregular) and line.base not in nouns:
                found.add(line.words[0])
        return frozenset(found)

    def at(self, words: Words, i: int) -> Iterator[Line]:
        """Yield each line that stands at word ``i`` and may count there, the longest first."""
        for line in self.lines.get(words.low[i], ()):
            size = len(line.words)
            same = size == 1 or words.low[i : i + size] == line.words
            if same and (line.free or line.table.fits(words, i, i + size)):
                yield line

    def spots(self, words: Words) -> Iterator[Spot]:
        """Yield each place of each line in a text, in order."""
        sentences = iter(words.sentences)
        first = last = 0
        low, near = words.low, words.near
        for i in words.places_of(self.lines.keys() & words.places.keys()):
            if low[i] in self.longer and near(i + 1) not in self.longer[low[i]]:
                continue
            while last <= i:
                first, last = next(sentences)
            for line in self.at(words, i):
                yield Spot(words, i, i + len(line.words), first, last, line)


def forms(verb: str) -> Iterator[tuple[str, str]]:
    """Yield each form of an English verb with its name.

    Args:
        verb: its plain form; an irregular one with its past forms after slashes, and a phrase with
            its verb first: ``say/said``, ``see/saw/seen``, ``point out``.

    """
    first, *pasts = verb.split("/")
    stem, space, rest = first.partition(" ")
    y = stem.endswith("y") and stem[-2:-1] not in "aeiou"
    e = stem.endswith("e")
    long = stem + stem[-1] if stem in _DOUBLE else stem
    s = stem[:-1] + "ies" if y else stem + ("es" if stem.endswith(("s", "sh", "ch", "x")) else "s")
    ed = stem[:-1] + "ied" if y else long + ("d" if e else "ed")
    ing = (stem[:-1] if e and not stem.endswith("ee") else long) + "ing"
    names = ["base", "s", "ing", "past", "participle"]
    named: dict[str, str] = {}
    for form, name in zip([stem, s, ing, *(pasts or [ed])], names, strict=False):
        past = name == "participle" and form.endswith("ed")  # "labelled" beside "labeled"
        named.setdefault(form + space + rest, "past" if past else name)  # "forecast": its own past
    yield from named.items()


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
            tables[key] = _over(tables.get(key, Table()), table)
    tables = {key: _spelt_out(course, table, key) for key, table in tables.items()}
    ordered: list[Line] = []
    for key, table in tables.items():
        if table.why:
            ordered += _lines(f"{name}.toml", key, table)
    lines: dict[str, list[Line]] = {}
    for line in ordered:
        lines.setdefault(line.words[0], []).append(line)
    for same in lines.values():
        same.sort(key=lambda line: -len(line.words))
    sets = {key: frozenset(t.words) for key, t in tables.items()}
    return Lexicon(tables, sets, ordered, lines)


def _read(path: Path) -> dict[str, Table]:
    return structure(read_toml(path), dict[str, Table], path)


def _over(table: Table, own: Table) -> Table:
    """Lay a course's table over the kit's: its lines are added, those under ``without`` go."""
    words, verbs = (*table.words, *own.words), (*table.verbs, *own.verbs)
    return evolve(
        table,
        words=tuple(x for x in words if x not in own.without),
        verbs=tuple(x for x in verbs if x not in own.without),
        **{key: getattr(table, key) | getattr(own, key) for key in _BESIDE},
        **{k: getattr(own, k) or getattr(table, k) for k in _EITHER},
    )


def _spelt_out(course: Course, table: Table, key: str) -> Table:
    """Put the words of a grammar table in the place of its name, and the kind where it is bare."""

    def words(names: frozenset[str]) -> frozenset[str]:
        sets = [load_lexicon(course, "grammar").sets[x[1:]] for x in names if x.startswith("@")]
        return names.union(*sets)

    lists: dict[str, Any] = {name: words(getattr(table, name)) for name in _BESIDE}
    return evolve(table, kind=table.kind or key, **lists)


def _lines(file: str, key: str, table: Table) -> Iterator[Line]:
    every = [(text, text, "") for text in table.words]
    every += [
        (text, verb.partition("/")[0], form) for verb in table.verbs for text, form in forms(verb)
    ]
    free = not any(getattr(table, name) for name in _BESIDE)
    for text, base, form in every:
        # A row of dates.toml is a pattern of names, which tells a reader nothing.
        told = "lens.row" if file == "dates.toml" else "lens.line"
        reason = message(told, why=table.why, line=base, table=key, file=file)
        yield Line(text.split(), table, base, form, reason, free)
