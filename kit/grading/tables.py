"""Tables for spreadsheets: written so that no cell runs, read as a spreadsheet has saved them."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from kit.course.messages import KitError, message

Row = dict[str, Any]
_RUNS = ("=", "+", "-", "@", "\t", "\r")  #: what a spreadsheet takes for the start of a formula


_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")  #: a code such as -7, which nothing runs


@frozen
class Table:
    """A table that is being written, a row at a time."""

    writer: csv.DictWriter[str]

    def add(self, row: Mapping[str, Any]) -> None:
        """Write one row; cells that a spreadsheet would run are made harmless."""
        self.writer.writerow({name: harmless(value) for name, value in row.items()})


@contextmanager
def writing(path: Path, columns: tuple[str, ...]) -> Iterator[Table]:
    """Write a table that takes the place of the one at ``path`` at the end, in one step.

    It begins with the mark that tells spreadsheets that it is UTF-8. Where the block is left by a
    fault, the old table stands.

    Raises:
        OSError: when it cannot be written.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            yield Table(writer)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a whole table; as :func:`writing` does."""
    with writing(path, columns) as table:
        for row in rows:
            table.add(row)


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula: such text gets an apostrophe."""
    if isinstance(value, str) and value.lstrip()[:1] in _RUNS and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def as_written(cell: str) -> str:
    """Return a cell's text without the apostrophe that :func:`harmless` put before it."""
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell


def read(path: Path, needed: set[str], lost: str) -> Iterator[dict[str, str]]:
    """Read a table that a spreadsheet has saved, with whatever stands between its columns.

    Args:
        course: whose words are spoken.
        path: the file.
        needed: columns without which it cannot be used.
        lost: the key of what to say where they are missing.

    Raises:
        KitError: when it is no such table.

    """
    reader = _reader(path)
    try:
        if not needed <= set(reader.fieldnames or ()):
            raise KitError(message(lost, path=path))
        for row in reader:
            yield {name: cell or "" for name, cell in row.items() if name is not None}
    except csv.Error as fault:
        raise KitError(message("grade.bad_table", path=path, fault=fault)) from None


def heading(path: Path) -> list[str]:
    """Return a table's columns; none where it cannot be read."""
    try:
        return list(_reader(path).fieldnames or ())
    except (OSError, csv.Error):
        return []


def _reader(path: Path) -> csv.DictReader[str]:
    data = path.read_bytes()
    try:
        marked = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what a Windows spreadsheet calls plain CSV
    csv.field_size_limit(2**31 - 1)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    return csv.DictReader(
        io.StringIO(text, newline=""), delimiter=delimiter, restval="", strict=True
    )


def number(text: str, most: float) -> float | None:
    """Return a mark from 0 to ``most`` as it was typed, with a point or a comma; else None."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= most else None


def tidy(value: float | None) -> str:
    """Return a number with at most two decimals and no more digits than it needs."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
