"""The evidence: what is known outside the text, each statement a record with its address.

A table is a file in the course's ``evidence`` folder. Beside its records a file may define claims,
whose way from page to page the records' links tell, and changes, which their pages made to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import attrs
from attrs import frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.course.toml import doubles, read_toml, structure

if TYPE_CHECKING:
    import pandas as pd

#: The columns of a table, in order; those that no record of it fills are left out.
COLUMNS = (
    *("id", "statement", "who", "published"),
    *("number", "of", "counted_by", "whom", "until", "measure"),
    *("changes", "got_from", "address", "host", "checked", "caveat"),
)
SEEN = ("id", "kind", "change", "first_seen", "on", "pages", "address")  #: of the table ``changes``
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


def record_in(course: Course, name: str, record_id: str) -> EvidenceRecord:
    """Return one record of the table ``name``.

    Raises:
        KitError: when the table or the record is not there; the message lists those there are.

    """
    rows = {record.id: record for record in rows_of(course, name)}
    if record_id not in rows:
        known = ", ".join(rows)
        raise KitError(message("error.not_in_table", id=record_id, name=name, known=known))
    return rows[record_id]


def rows_of(course: Course, name: str) -> tuple[EvidenceRecord, ...]:
    """Return the records of the table ``name``.

    Raises:
        KitError: when there is no such table; the message lists those there are.

    """
    tables = load_records(course)
    if name not in tables:
        known = ", ".join([*tables, "changes"])
        raise KitError(message("error.no_table", name=name, known=known))
    return tables[name]


def first_seen(
    changes: Iterable[Change], records: Iterable[EvidenceRecord]
) -> list[dict[str, Any]]:
    """Return, for each change that any record carries, where it is first, by :data:`SEEN`.

    ``first_seen`` is a day (YYYY-MM-DD), or nothing where no carrier is dated; ``on`` are all that
    carry it on that day, ``pages`` is how many carry it at all. In order of the day; changes whose
    carriers are all undated come last. "First" means among these records: an earlier page may exist
    that nobody recorded.
    """
    dated = sorted(records, key=lambda record: (not record.dated, record.dated))
    rows = []
    for change in changes:
        pages = [record for record in dated if change.id in record.changes]
        if not pages:
            continue
        day = pages[0].dated
        first = [record for record in pages if day and record.dated == day]
        row = {"id": change.id, "kind": change.kind, "change": change.what, "first_seen": day}
        on, address = [r.short for r in first], [r.address for r in first or pages]
        rows.append(row | {"on": "; ".join(on), "pages": len(pages), "address": "; ".join(address)})
    return sorted(rows, key=lambda row: (not row["first_seen"], row["first_seen"]))


def table(course: Course, name: str) -> pd.DataFrame:
    """Return the evidence table ``name`` as a DataFrame, a record a row.

    ``changes`` is made from all records: where each change to a relayed story is first seen.

    Raises:
        KitError: when there is no such table; the message lists those there are.

    """
    import pandas as pd  # noqa: PLC0415  (slow to import, and most lessons need none)

    if name == "changes":
        seen = first_seen(load_changes(course).values(), every_record(course).values())
        return pd.DataFrame(seen, columns=SEEN).set_index("id")
    rows = [cells(course, record) for record in rows_of(course, name)]
    used = []
    for column in COLUMNS:
        if any(row[column] not in ("", None) for row in rows) or column == "id":
            used.append(column)
    frame = pd.DataFrame(rows, columns=used).set_index("id")
    if "number" in used:
        return frame.astype({"number": "Int64"})
    return frame


def cells(course: Course, record: EvidenceRecord) -> dict[str, object]:
    """Return what a table or a card shows of a record, by :data:`COLUMNS`; empty where nothing."""
    known, records = load_changes(course), every_record(course)
    changes, got = [], []
    for name in record.changes:
        if name in known:
            changes.append(f"{known[name].kind}: {known[name].what}")
    for link in record.links:
        source = link.source
        if source in records:
            source = records[source].short
        got.append(message(f"provenance.got_{link.how}", claim=link.claim, source=source))
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    for column in ("id", "statement", "who", "published", "address", "checked", "caveat"):
        row[column] = getattr(record, column)
    row |= {"host": record.whose_page, "number": None}
    row |= {"changes": "; ".join(changes), "got_from": "; ".join(got)}
    if record.count:
        row |= attrs.asdict(record.count)
        row["counted_by"] = row.pop("by")
    return row


def source_line(course: Course, record_id: str) -> str:
    """Return who says what a record says, when and where, as a line under what rests on it.

    Raises:
        KitError: when there is no such record.

    """
    record = find_record(course, record_id)
    told = {"who": record.who, "published": record.published, "address": record.address}
    line = message("ageing.source", **told)
    return f"{line} {record.whose_page}".rstrip()
