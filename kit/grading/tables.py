"""Tables for spreadsheets: written so that no cell runs, read as a spreadsheet has saved them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from kit.course.files import write_whole
from kit.course.messages import KitError, in_digits, message

Row = dict[str, Any]
#: What a spreadsheet takes for the start of a formula, at the start of a cell; and where it takes
#: ';' or a tab for the separator, a cell starts at those and at the end of a line, for then the
#: quotation marks round the text mean nothing. (A comma is safe: whoever heeds it heeds those.)
_RUNS = re.compile(r"""(?P<start>(?:\A|[;\t\r\n])[\s"]*)(?P<sign>[=+\-@＝＋－＠])""")
_SAFE = re.compile(r"""(?P<start>(?:\A|[;\t\r\n])[\s"]*)'(?P<sign>[=+\-@＝＋－＠])""")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")  #: a code such as -7, which nothing runs
_BETWEEN = re.compile(r"[,;\t]")  #: what stands between columns
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  #: how a spreadsheet's own files begin
#: Bytes that are a letter in the one Windows code page, and no letter, or a rare one, in the other.
_EAST = "³¹¿£¥¯¼¾ªº¢ð"
_WEST = "ŕĺŔĹ"
#: A word of which each letter bears a sign; neither writes so: it is Cyrillic, or Greek.
_NEITHER = re.compile(r"(?<![A-Za-z])[À-ÿ]{4,}")


class Table:
    """A table to be written. Its rows are kept as their text: of a large class they are many."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns, self._data = columns, io.BytesIO()
        self._text = io.TextIOWrapper(self._data, "utf-8-sig", "replace", newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow(columns)

    def add(self, *rows: Mapping[str, Any]) -> None:
        """Add rows; what one has beside the columns is left out.

        Cells that a spreadsheet would run are made harmless.
        """
        for row in rows:
            self._writer.writerow([harmless(row.get(name, "")) for name in self._columns])

    def save(self, path: Path) -> None:
        """Write it in place of the one at ``path``, in one step.

        It begins with the mark that tells spreadsheets that it is UTF-8.

        Raises:
            OSError: when it cannot be written; the old table stands.

        """
        self._text.flush()
        write_whole(path, self._data.getvalue())


def write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table of these rows; see :meth:`Table.save`."""
    table = Table(columns)
    table.add(*rows)
    table.save(path)


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula: such text gets an apostrophe.

    Also where a sign in it would be a separator, as ';' is in Europe: there the rest of the text
    would be a cell of its own.
    """
    return _harmless_text(value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)  # most cells of a class's tables are there many times
def _harmless_text(text: str) -> str:
    if _NUMBER.fullmatch(text):
        return text
    return _RUNS.sub(r"\g<start>'\g<sign>", text)


def as_written(cell: str) -> str:
    """Return a cell's text without the apostrophes that :func:`harmless` put into it."""
    plain = _SAFE.sub(r"\g<start>\g<sign>", cell)
    return plain if harmless(plain) == cell else cell


def read(
    path: Path, needed: set[str], lost: str, *, has_names: bool = False
) -> Iterator[dict[str, str]]:
    """Read a table that a spreadsheet has saved, with whatever stands between its columns.

    Args:
        path: the file.
        needed: columns without which it cannot be used.
        lost: the key of what to say where they are missing.
        has_names: it is about its letters, so it has to be clear how they are encoded.

    Raises:
        KitError: when it is no such table.

    """
    reader = _reader(path, has_names=has_names)
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


def _reader(path: Path, *, has_names: bool = False) -> csv.DictReader[str]:
    data = path.read_bytes()
    if data.startswith(_NOT_TEXT):
        raise KitError(message("grade.workbook", path=path))
    text = _decoded(data, path, has_names=has_names).lstrip("\r\n")
    csv.field_size_limit(2**31 - 1)
    head, _, rest = text.partition("\n")
    delimiter = ""
    if match := re.fullmatch(r'"?sep=(.)"?\r?', head):  # a line that only Excel reads
        delimiter, text = match[1], rest
    head, second = [re.sub('"[^"]*"', "", line) for line in f"{text}\n".split("\n", 2)[:2]]
    if _BETWEEN.search(second) and not (delimiter or _BETWEEN.search(head)):
        head, text = second, text.partition("\n")[2]  # what Numbers calls the table comes first
    return csv.DictReader(
        io.StringIO(text, newline=""),
        delimiter=delimiter or max(",;\t", key=head.count),
        restval="",
        strict=True,
    )


def _decoded(data: bytes, path: Path, *, has_names: bool) -> str:
    """Return a table's text: UTF-8, UTF-16, or what Windows calls plain CSV, west or east.

    Raises:
        KitError: where names are read and nothing says which of the two it is, or it is neither.

    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        west, east = data.decode("cp1252", "replace"), data.decode("cp1250", "replace")
    if word := _NEITHER.search(west):
        other = word[0].encode("cp1252").decode("cp1251")
        raise KitError(message("grade.encoding", path=path, west=word[0], east=other))
    if west == east or not has_names:
        return west
    is_east = any(sign in west for sign in _EAST)
    is_west = any(sign in east for sign in _WEST)
    if is_east == is_west:
        for one, other in zip(re.findall(r"\w+", west), re.findall(r"\w+", east), strict=False):
            if one != other:
                raise KitError(message("grade.encoding", path=path, west=one, east=other))
    return east if is_east else west


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


def printed(value: float | None) -> str:
    """Return a number as :func:`tidy` does, for a page: as the course's language writes it."""
    return in_digits(tidy(value))
