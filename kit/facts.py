"""The evidence: what is known outside the text, each statement a record with its address."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import asdict, frozen

from kit.course import Course, read_toml, structure
from kit.messages import KitError

if TYPE_CHECKING:
    import pandas as pd


@frozen
class Record:
    """One statement about the world outside the text."""

    id: str
    statement: str  #: in our own words
    who: str  #: who says so
    published: str  #: when, as far as the page shows
    address: str  #: the page that was read
    checked: str  #: how it was checked
    caveat: str = ""


@frozen
class _Table:
    record: tuple[Record, ...]


@cache
def load_records(course: Course) -> dict[str, tuple[Record, ...]]:
    """Return the course's evidence: the records of each table, by the table's name.

    Raises:
        KitError: a line for each fault; ids are unique across all tables.

    """
    folder = course.root / "evidence"
    tables = {
        path.stem: structure(read_toml(path), _Table, path).record
        for path in sorted(folder.glob("*.toml"))
    }
    ids = [record.id for records in tables.values() for record in records]
    doubles = sorted({i for i in ids if ids.count(i) > 1})
    if doubles:
        raise KitError(course.say("error.doubles", path=folder, ids=", ".join(doubles)))
    return tables


def find_record(course: Course, record_id: str) -> Record:
    """Return the record called ``record_id``, from whichever table.

    Raises:
        KitError: when there is none.

    """
    for records in load_records(course).values():
        for record in records:
            if record.id == record_id:
                return record
    raise KitError(course.say("error.no_record", id=record_id))


def table(course: Course, name: str) -> pd.DataFrame:
    """Return the evidence table ``name`` as a DataFrame, a record a row.

    Raises:
        KitError: when there is no such table; the message lists those there are.

    """
    import pandas as pd  # noqa: PLC0415  (slow to import, and most lessons need none)

    tables = load_records(course)
    if name not in tables:
        known = ", ".join(tables)
        raise KitError(course.say("error.no_table", name=name, known=known))
    return pd.DataFrame([asdict(r) for r in tables[name]]).set_index("id")
