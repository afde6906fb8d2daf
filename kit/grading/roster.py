"""The class list: whose hand-in it is, and who is missing. Matched exactly, never by likeness."""

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
    cells: dict[str, str]  #: the row as it stands, by heading in small letters

    @property
    def label(self) -> str:
        """The name, and the code where it is another."""
        return (
            self.name if not self.code or self.code == self.name else f"{self.name} ({self.code})"
        )


@define
class Roster:
    """A class list that hand-ins can be matched to."""

    pupils: tuple[Pupil, ...] = ()
    _exact: dict[str, Pupil | None] = field(factory=dict)
    _folded: dict[str, Pupil | None] = field(factory=dict)
    _letters: dict[str, Pupil | None] = field(factory=dict)

    def match(self, given: str) -> Pupil | None:
        """Return the pupil that a typed code or name stands for, or None.

        First as it is written, then with capitals, commas and spaces set aside; what fits two rows
        of the list fits none.
        """
        given = unicodedata.normalize("NFC", given)
        return self._exact.get(" ".join(given.split())) or self._folded.get(_fold(given))

    def sent(self, number: str, name: str) -> Pupil | None:
        """Return the pupil that an LMS names as the sender: by its number, else by name."""
        by_name = self.match(name) or self._letters.get(_letters(name))
        by_number = None
        if number and self.is_canvas:  # in another list 'id' is a number of the school's own
            by_number = next((p for p in self.pupils if p.cells.get("id") == number), None)
        if by_name and by_number and by_name is not by_number:
            return None
        return by_number or by_name

    @property
    def is_canvas(self) -> bool:
        """Whether it is a table that Canvas exports, with Canvas's own numbers."""
        return any(name in p.cells for p in self.pupils for name in ("sis user id", "sis login id"))

    @property
    def has_names(self) -> bool:
        """Whether it names people, and not codes alone."""
        return any(p.name for p in self.pupils)

    def missing(self, there: Iterable[Pupil]) -> list[Pupil]:
        """Return the pupils that are not among those ``there``, in the list's order."""
        seen = {id(p) for p in there}
        return [p for p in self.pupils if id(p) not in seen]


def load(path: Path) -> Roster:
    """Read a class list: a column ``code`` or ``name``, or what Canvas or Moodle exports.

    Raises:
        KitError: when there is none, or it has no column that names a learner.

    """
    if not path.is_file():
        raise KitError(message("error.no_file", path=path))
    rows = [
        {k.strip().casefold(): v.strip() for k, v in row.items()}
        for row in tables.read(path, set(), "grade.no_roster")
    ]
    pupils = tuple(p for p in map(_pupil, rows) if p.name or p.code)
    if not pupils:
        raise KitError(message("grade.no_roster", path=path))
    roster = Roster(pupils)
    for pupil in pupils:
        for word in pupil.codes:
            _enter(roster._exact, unicodedata.normalize("NFC", word), pupil)
            _enter(roster._folded, _fold(word), pupil)
        for name in _orders(pupil):
            _enter(roster._folded, _fold(name), pupil)
            _enter(roster._letters, _letters(name), pupil)
    return roster


def is_called(pupil: Pupil, name: str) -> bool:
    """Whether ``name`` is one of the ways in which a pupil's name may be written."""
    return any(
        _fold(name) == _fold(way) or _letters(name) == _letters(way) for way in _orders(pupil)
    )


def _pupil(row: dict[str, str]) -> Pupil:
    first, last = _first(row, FIRST), _first(row, LAST)
    name = _first(row, NAMES) or f"{first} {last}".strip()
    if _fold(name) in _NO_LEARNER:
        return Pupil("", "", (), row)
    codes = tuple(row[c] for c in CODES if row.get(c))
    return Pupil(name, codes[0] if codes else "", codes, row)


def _first(row: dict[str, str], names: Iterable[str]) -> str:
    return next((row[n] for n in names if row.get(n)), "")


def _orders(pupil: Pupil) -> list[str]:
    """Return a name as it may be written: 'First Last', 'Last, First', and Canvas's 'lastfirst'."""
    first, last = _first(pupil.cells, FIRST), _first(pupil.cells, LAST)
    if not first:
        last, _, first = (part.strip() for part in pupil.name.partition(","))
    return [pupil.name, *([f"{first} {last}", f"{last} {first}"] if first else [])]


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    return " ".join(text.replace(",", " ").split()).casefold()


def _letters(text: str) -> str:
    """Return a name's letters and digits alone, as Canvas puts it into a file's name."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text.casefold() if c.isalnum())


def _enter(table: dict[str, Pupil | None], word: str, pupil: Pupil) -> None:
    if word:
        table[word] = pupil if table.get(word, pupil) is pupil else None
