"""The table that ``kit export`` writes, read back; also one that was made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kit.course.messages import KitError, message
from kit.questions.foreign import Row, name_of
from kit.questions.table import Cells, item_of

NEEDED = {"id", "kind", "prompt", "part", "text", "answer", "reason"}  #: columns


def items_of(path: Path, lines: Iterable[Cells]) -> list[Row]:
    """Return the questions of a table as rows of an items file.

    Args:
        path: the file, to name it.
        lines: its rows, by column.

    Raises:
        KitError: when a cell cannot be read.

    """
    found: dict[str, list[Cells]] = {}
    for line in lines:
        if "".join(line.values()).strip():
            found.setdefault(line["id"].strip() or name_of(len(found)), []).append(line)
    items = []
    for name, rows in found.items():
        try:
            items.append({"id": name, **item_of(rows)})
        except ValueError as fault:
            raise KitError(message("import.bad_cell", file=path, id=name, fault=fault)) from None
    return items
