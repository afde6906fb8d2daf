"""The evidence: what is known outside the text, each statement a record with its address.

A table is a file in the course's ``evidence`` folder. Beside its records a file may define claims,
whose way from page to page the records' links tell, and changes, which their pages made to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, Literal

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.course.toml import doubles, read_toml, structure

_KINDS = ("record", "claim", "change")  #: what can be in a table

How = Literal["first-hand", "relayed", "inferred", "unknown"]
Host = Literal["original", "copy", "archive", "relay", "party"]


@frozen
class Claim:
    """Something that travels from page to page."""

    id: str
    title: str
    statement: str  #: the claim in our words, neither affirmed nor denied


@frozen
class Change:
    """A difference between pages and what they relay; pages that share it name the same one."""

    id: str
    kind: Literal[
        "dropped",
        "added",
        "strengthened",
        "weakened",
        "misattributed",
        "unsupported confirmation",
        "renamed",
    ]
    what: str
    against: str  #: the record that it differs from


@frozen
class Link:
    """How a record came by a claim."""

    claim: str  #: the id of a claim
    how: How  #: ``first-hand`` and ``unknown`` are origins; the others have a source
    source: str = ""  #: the id of the record that it was got from
    note: str = ""


@frozen
class Count:
    """What a number of people or places counts."""

    number: int
    of: str  #: for example deaths, cities
    by: str  #: who counted
    whom: str  #: who is counted, as far as is said
    until: str  #: up to when
    measure: Literal["floor", "total", "estimate", "not said"]


@frozen
class EvidenceRecord:
    """One statement about the world outside the text."""

    id: str
    statement: str  #: in our own words
    who: str  #: who says so
    published: str  #: when, as far as the page shows
    address: str  #: the page that was read
    checked: str  #: how it was checked
    caveat: str = ""
    #: Whose page the address is: of those who say so (``original``), a ``copy`` of theirs on
    #: another site, an ``archive`` that keeps it, somebody who tells what they say (``relay``), or
    #: one who takes a side in the matter (``party``). Pages that link these others must say so.
    host: Host = "original"
    host_note: str = ""  #: where it is not the original: whose page it is, in words
    name: str = ""  #: a short name for pictures; without one, ``who`` up to its first comma
    day: str = ""  #: the day to sort it under, YYYY-MM-DD, where ``published`` is no plain date
    links: tuple[Link, ...] = ()
    changes: tuple[str, ...] = ()  #: ids of the changes that are on this page
    count: Count | None = None

    @property
    def short(self) -> str:
        """Return the name that this record has in pictures and lists."""
        return self.name or self.who.partition(",")[0]

    @property
    def is_original(self) -> bool:
        """Whether the address is the page of those who say what the record tells."""
        return self.host == "original"

    @property
    def whose_page(self) -> str:
        """Return in words whose page the address is; nothing where it is the original."""
        if self.is_original:
            return ""
        return message(f"host.{self.host}", note=self.host_note)

    @property
    def dated(self) -> str:
        """Return the day that it is sorted under, YYYY-MM-DD, or nothing where none is known."""
        if not self.day and is_day(self.published):
            return self.published
        return self.day


@frozen
class _Table:
    record: tuple[EvidenceRecord, ...] = ()
    claim: tuple[Claim, ...] = ()
    change: tuple[Change, ...] = ()


def is_day(text: str) -> bool:
    """Whether ``text`` is a day of the calendar in the form YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@cache
def _load(course: Course) -> dict[str, _Table]:
    folder = course.root / "evidence"
    tables = {}
    for path in sorted(folder.glob("*.toml")):
        tables[path.stem] = structure(read_toml(path), _Table, path)
    twice: set[str] = set()
    for kind in _KINDS:
        twice.update(doubles(row.id for row in _rows(tables, kind)))
    if twice:
        raise KitError(message("error.doubles", path=folder, ids=", ".join(sorted(twice))))
    return tables


def _rows(tables: dict[str, _Table], kind: str) -> Iterator[Any]:
    """Yield what all tables have under one heading."""
    for each in tables.values():
        yield from getattr(each, kind)


def _by_id(course: Course, kind: str) -> dict[str, Any]:
    return {row.id: row for row in _rows(_load(course), kind)}


def load_records(course: Course) -> dict[str, tuple[EvidenceRecord, ...]]:
    """Return the course's evidence: the records of each table, by the table's name.

    Raises:
        KitError: a line for each fault; ids are unique across all tables.

    """
    return {name: table.record for name, table in _load(course).items()}


def load_claims(course: Course) -> dict[str, Claim]:
    """Return the claims whose way the records tell, by id; raises as :func:`load_records`."""
    return _by_id(course, "claim")


def load_changes(course: Course) -> dict[str, Change]:
    """Return the changes that records can carry, by id; raises as :func:`load_records`."""
    return _by_id(course, "change")


def every_record(course: Course) -> dict[str, EvidenceRecord]:
    """Return the records of all tables, by id."""
    return _by_id(course, "record")


def find_record(course: Course, record_id: str) -> EvidenceRecord:
    """Return the record called ``record_id``, from whichever table.

    Raises:
        KitError: when there is none.

    """
    records = every_record(course)
    if record_id not in records:
        raise KitError(message("error.no_record", id=record_id))
    return records[record_id]
