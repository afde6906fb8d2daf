"""The class list: whose a submission is, and who is missing. Matched exactly, never by likeness."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from attrs import define, field, frozen

from kit.course.messages import KitError, message
from kit.grading import tables

#: Headings, in small letters, under which a list may give what a learner types or an LMS knows.
CODES = (
    "code", "class code", "sis login id", "sis user id", "id number", "username", "id",
    "email address", "email",
)  # fmt: skip
NAMES = ("name", "student", "full name")
FIRST, LAST = ("first name", "firstname"), ("last name", "surname", "lastname")
_NO_LEARNER = ("points possible", "student test")  # rows of Canvas's own export


@frozen
class Pupil:
    """One row of the class list."""

    name: str
    code: str  #: the first of its codes
    codes: tuple[str, ...]
    cells: dict[str, str]  #: the row as it is, by heading in small letters

    @property
    def label(self) -> str:
        """The name, and the code where it is another."""
        if self.code in ("", self.name):
            return self.name
        return f"{self.name} ({self.code})"

    @property
    def spellings(self) -> list[str]:
        """The name as it may be written: 'First Last', 'Last, First', and Canvas's 'lastfirst'."""
        first, last = _first_of(self.cells, FIRST), _first_of(self.cells, LAST)
        if not first:
            last, _, first = (part.strip() for part in self.name.partition(","))
        if not first:
            return [self.name]
        return [self.name, f"{first} {last}", f"{last} {first}"]


@define
class Roster:
    """A class list that submissions can be matched to."""

    pupils: tuple[Pupil, ...]  #: at least one
    _exact: dict[str, Pupil | None] = field(factory=dict)
    _folded: dict[str, Pupil | None] = field(factory=dict)
    _letters: dict[str, Pupil | None] = field(factory=dict)

    def match(self, given: str) -> Pupil | None:
        """Return the pupil whom a typed code or name means, or None.

        First as it is written, then with capitals, commas and spaces set aside; what fits two rows
        of the list fits none.
        """
        given = unicodedata.normalize("NFC", given)
        return self._exact.get(" ".join(given.split())) or self._folded.get(_fold(given))

    def sent(self, number: str, name: str) -> Pupil | None:
        """Return the pupil that an LMS names as the sender: by its number, else by name."""
        by_name = self.match(name) or self._letters.get(_letters(name))
        if not number or not self.is_canvas:  # in another list 'id' is a number of the school's own
            return by_name
        for pupil in self.pupils:
            if pupil.cells.get("id") == number:
                if by_name and by_name is not pupil:
                    return None
                return pupil
        return by_name

    @property
    def is_canvas(self) -> bool:
        """Whether it is a table that Canvas exports, with Canvas's own numbers."""
        cells = self.pupils[0].cells
        return "sis user id" in cells or "sis login id" in cells

    @property
    def has_names(self) -> bool:
        """Whether it names people, and not codes alone."""
        return any(pupil.name for pupil in self.pupils)

    def missing(self, there: Iterable[Pupil | None]) -> list[Pupil]:
        """Return the pupils that are not among those ``there``, in the list's order."""
        seen = set(map(id, there))
        return [pupil for pupil in self.pupils if id(pupil) not in seen]


def load(path: Path) -> Roster:
    """Read a class list: a column ``code`` or ``name``, or what Canvas or Moodle exports.

    Raises:
        KitError: when there is none, or it has no column that names a learner.

    """
    if not path.is_file():
        raise KitError(message("error.no_file", path=path))
    pupils = []
    for row in tables.read(path, set(), "grade.no_roster"):
        pupil = _pupil({name.strip().casefold(): cell.strip() for name, cell in row.items()})
        if pupil.name or pupil.code:
            pupils.append(pupil)
    if not pupils:
        raise KitError(message("grade.no_roster", path=path))
    roster = Roster(tuple(pupils))
    for pupil in pupils:
        for word in pupil.codes:
            _enter(roster._exact, unicodedata.normalize("NFC", word), pupil)
            _enter(roster._folded, _fold(word), pupil)
        for name in pupil.spellings:
            _enter(roster._folded, _fold(name), pupil)
            _enter(roster._letters, _letters(name), pupil)
    return roster


def is_called(pupil: Pupil, name: str) -> bool:
    """Whether ``name`` is one of the ways in which a pupil's name may be written."""
    for spelling in pupil.spellings:
        if _fold(name) == _fold(spelling) or _letters(name) == _letters(spelling):
            return True
    return False


def _pupil(cells: dict[str, str]) -> Pupil:
    name = _first_of(cells, NAMES)
    if not name:
        name = f"{_first_of(cells, FIRST)} {_first_of(cells, LAST)}".strip()
    if _fold(name) in _NO_LEARNER:
        return Pupil("", "", (), cells)
    codes = tuple(cells[heading] for heading in CODES if cells.get(heading))
    return Pupil(name, _first_of(cells, CODES), codes, cells)


def _first_of(cells: dict[str, str], headings: Iterable[str]) -> str:
    """Return the first cell under one of these headings that is not empty; else ''."""
    for heading in headings:
        if cells.get(heading):
            return cells[heading]
    return ""


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    return " ".join(text.replace(",", " ").split()).casefold()


def _letters(text: str) -> str:
    """Return a name's letters and digits alone, as Canvas puts it into a file's name."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text.casefold() if c.isalnum())


def _enter(table: dict[str, Pupil | None], word: str, pupil: Pupil) -> None:
    """Let a word stand for a pupil; what stands for two stands for nobody."""
    if table.get(word, pupil) is not pupil:
        table[word] = None
    elif word:
        table[word] = pupil
