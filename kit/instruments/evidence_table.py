"""The evidence as a table or as cards: ``kit.evidence``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from markupsafe import Markup

from kit.course.course import Course, find_course
from kit.course.evidence import (
    Change,
    EvidenceRecord,
    every_record,
    find_record,
    load_changes,
    load_records,
)
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.notebook.output import Page, errors_as_text

if TYPE_CHECKING:  # slow to import, and most lessons need none
    import pandas as pd

_HERE = Path(__file__).parent
_ADDRESS = re.compile(r"https?://(?P<site>[^\s;/]+)[^\s;]*")

#: The columns of a table, in order; those that no record of it fills are left out.
COLUMNS = (
    *("id", "statement", "who", "published"),
    *("number", "of", "counted_by", "whom", "until", "measure"),
    *("changes", "got_from", "address", "host", "checked", "caveat"),
)
SEEN = ("id", "kind", "change", "first_seen", "on", "pages", "address")  #: of the table ``changes``


@errors_as_text
def evidence(name: str, record_id: str = "") -> Page | pd.DataFrame:
    """Return the evidence table ``name`` as a pandas DataFrame, an address in every row.

    Args:
        name: a table, for example ``relays``; ``changes`` says where each change is first seen.
        record_id: with it, that one record of the table is shown as a card instead.

    """
    course = find_course()
    if record_id:
        return _card(course, record_in(course, name, record_id))
    return _reading_table()(table(course, name))


@cache
def _reading_table() -> type[pd.DataFrame]:
    """Return a DataFrame made for reading: pandas cuts texts off and sets them flush right."""
    import pandas as pd  # noqa: PLC0415

    class Table(pd.DataFrame):  # type: ignore[misc]  # pandas is not typed here
        @property
        def _constructor(self) -> type[pd.DataFrame]:
            return Table  # so that a selection from it is shown whole too

        def _repr_html_(self) -> str:
            filled = self.astype(object).where(self.notna(), "")
            heads = [_head(name) for name in (self.index.name or "", *self.columns)]
            rows = [[_linked(str(cell)) for cell in row] for row in filled.itertuples(name=None)]
            return template(_HERE / "table.html.j2", heads=heads, rows=rows)

    return Table


def _head(column: str) -> str:
    """Return the words over a column; its own name where a reader has made the column."""
    try:
        return message(f"evidence.{column}")
    except KeyError:
        return column


def _linked(text: str) -> Markup:
    """Return a text as HTML, its addresses as links that show their site alone."""
    html, at = Markup(), 0
    for address in _ADDRESS.finditer(text):
        html += text[at : address.start()]
        html += Markup('<a href="{}">{}</a>').format(address[0], address["site"])
        at = address.end()
    return html + text[at:]


def _card(course: Course, record: EvidenceRecord) -> Page:
    filled = cells(course, record)
    rows = []
    for column in COLUMNS:
        if filled[column] and column not in ("id", "statement"):
            rows.append((message(f"evidence.{column}"), str(filled[column])))
    text = [record.short, record.statement]
    text += [f"  {label}: {value}" for label, value in rows]
    html = template(_HERE / "record.html.j2", record=record, rows=rows)
    return Page("\n".join(text), html)


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
