"""Tables for spreadsheets: written so that no cell runs, read as a spreadsheet has saved them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kit.course.files import write_whole
from kit.course.messages import KitError, message

Row = dict[str, Any]
_RUNS = ("=", "+", "-", "@", "\t", "\r")  #: what a spreadsheet takes for the start of a formula
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")  #: a code such as -7, which nothing runs


def write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table that takes the place of the one at ``path``, in one step.

    It begins with the mark that tells spreadsheets that it is UTF-8. Cells that a spreadsheet would
    run are made harmless; what a row has beside ``columns`` is left out.

    Raises:
        OSError: when it cannot be written; the old table stands.

    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: harmless(value) for name, value in row.items()})
    write_whole(path, text.getvalue().encode("utf-8-sig", "replace"))


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula: such text gets an apostrophe."""
    if isinstance(value, str) and value.lstrip()[:1] in _RUNS and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def as_written(cell: str) -> str:
    """Return a cell's text without the apostrophe that :func:`harmless` put before it."""
    if cell.startswith("'") and harmless(cell[1:]) == cell:
        return cell[1:]
    return cell


def read(path: Path, needed: set[str], lost: str) -> Iterator[dict[str, str]]:
    """Read a table that a spreadsheet has saved, with whatever stands between its columns.

    Args:
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
    if 0 <= value <= most:
        return value
    return None


def tidy(value: float | None) -> str:
    """Return a number with at most two decimals and no more digits than it needs."""
    if value is None:
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".")
