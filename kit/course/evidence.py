"""The evidence: what is known outside the text, each statement a record with its address.

A table is a file in the course's ``evidence`` folder. Beside its records a file may define claims,
whose way from page to page the records' links tell, and changes, which their pages made to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.course.toml import read_toml, structure

if TYPE_CHECKING:
    import pandas as pd

#: The columns of a table, in order; those that no record of it fills are left out.
COLUMNS = (
    *("id", "statement", "who", "published"),
    *("number", "of", "counted_by", "whom", "until", "measure"),
    *("changes", "got_from", "address", "host", "checked", "caveat"),
)
SEEN = ("id", "kind", "change", "first_seen", "on", "pages", "address")  #: of the table ``changes``

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
    changes: tuple[str, ...] = ()  #: ids of the changes that stand on this page
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


@frozen
class FirstSeen:
    """Where a change stands first, among the records that carry it."""

    change: Change
    day: str  #: YYYY-MM-DD; empty where no carrier is dated
    first: tuple[EvidenceRecord, ...]  #: every carrier of that day: one day can have several
    pages: tuple[EvidenceRecord, ...]  #: all carriers, undated ones last


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
    seen: dict[str, set[str]] = {"record": set(), "claim": set(), "change": set()}
    doubles: set[str] = set()
    for path in sorted(folder.glob("*.toml")):
        tables[path.stem] = structure(read_toml(path), _Table, path)
        for kind, ids in seen.items():
            for row in getattr(tables[path.stem], kind):
                if row.id in ids:
                    doubles.add(row.id)
                ids.add(row.id)
    if doubles:
        raise KitError(message("error.doubles", path=folder, ids=", ".join(sorted(doubles))))
    return tables


def _by_id(course: Course, kind: Literal["record", "claim", "change"]) -> dict[str, Any]:
    """Return what stands in all tables under one heading, by id."""
    rows = {}
    for table in _load(course).values():
        for row in getattr(table, kind):
            rows[row.id] = row
    return rows


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


def first_seen(changes: Iterable[Change], records: Iterable[EvidenceRecord]) -> list[FirstSeen]:
    """Return, for each change that any record carries, where it stands first.

    In order of the day; changes whose carriers are all undated come last. "First" means among these
    records: an earlier page may exist that nobody recorded.
    """
    rows = sorted(records, key=lambda r: (not r.dated, r.dated))
    found = []
    for change in changes:
        pages = tuple(r for r in rows if change.id in r.changes)
        if pages:
            day = pages[0].dated
            first = tuple(r for r in pages if day and r.dated == day)
            found.append(FirstSeen(change, day, first, pages))
    return sorted(found, key=lambda seen: (not seen.day, seen.day))


def table(course: Course, name: str) -> pd.DataFrame:
    """Return the evidence table ``name`` as a DataFrame, a record a row.

    ``changes`` is made from all records: where each change to a relayed story is first seen.

    Raises:
        KitError: when there is no such table; the message lists those there are.

    """
    import pandas as pd  # noqa: PLC0415  (slow to import, and most lessons need none)

    if name == "changes":
        seen = first_seen(load_changes(course).values(), every_record(course).values())
        return pd.DataFrame([_seen_row(one) for one in seen], columns=SEEN).set_index("id")
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
    row |= {
        "id": record.id,
        "statement": record.statement,
        "who": record.who,
        "published": record.published,
        "number": None,
        "changes": "; ".join(changes),
        "got_from": "; ".join(got),
        "address": record.address,
        "host": record.whose_page,
        "checked": record.checked,
        "caveat": record.caveat,
    }
    if record.count:
        row |= {
            "number": record.count.number,
            "of": record.count.of,
            "counted_by": record.count.by,
            "whom": record.count.whom,
            "until": record.count.until,
            "measure": record.count.measure,
        }
    return row


def _seen_row(seen: FirstSeen) -> dict[str, object]:
    return {
        "id": seen.change.id,
        "kind": seen.change.kind,
        "change": seen.change.what,
        "first_seen": seen.day,
        "on": "; ".join(record.short for record in seen.first),
        "pages": len(seen.pages),
        "address": "; ".join(record.address for record in seen.first or seen.pages),
    }


def source_line(course: Course, record_id: str) -> str:
    """Return who says what a record says, when and where, as a line under what rests on it.

    Raises:
        KitError: when there is no such record.

    """
    record = find_record(course, record_id)
    line = message(
        "ageing.source", who=record.who, published=record.published, address=record.address
    )
    return f"{line} {record.whose_page}".rstrip()
