"""Files that are made from others, and what somebody changed in one by hand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from kit.course.files import keep_beside, write_whole

_SHELF = ".kit"
Made = Iterable[tuple[Path, bytes]]  #: files that are made from others: where each is kept


def shelf(home: Path) -> Path:
    """Return the hidden folder of a course for what the kit alone needs, making it.

    It is not handed out, and git passes over it.

    Raises:
        OSError: when it cannot be made.

    """
    folder = home / _SHELF
    if not (folder / ".gitignore").is_file():
        write_whole(folder / ".gitignore", b"*\n")
    return folder


def shelf_file(home: Path, name: str) -> Path:
    """Return where a file of that name is on a course's shelf; nothing is made."""
    return home / _SHELF / name


def write_made(home: Path, path: Path, data: bytes) -> Path | None:
    """Write a file that is made from others; what somebody changed in it by hand is kept beside.

    What the kit wrote last is noted on the course's shelf. So a file that is merely out of date is
    replaced without a word, and any other is kept.

    Returns:
        Where the file that stood there is kept; None where nothing needed keeping.

    Raises:
        OSError: when it cannot be written; the old file stands.

    """
    marks, name = _marks(home), os.path.relpath(path, home).replace(os.sep, "/")
    kept = None
    if path.is_file() and _mark(path.read_bytes()) not in (_mark(data), marks.get(name)):
        kept = keep_beside(path)
    write_whole(path, data)
    marks[name] = _mark(data)
    with suppress(OSError):  # without the note, the file is kept beside the next time
        text = json.dumps(marks, indent=1, sort_keys=True)
        write_whole(shelf(home) / "made.json", text.encode())
    return kept


def is_fresh(path: Path, data: bytes) -> bool:
    """Whether a file that is made from others is as it would be made now, outputs aside."""
    return path.is_file() and _mark(path.read_bytes()) == _mark(data)


def _marks(home: Path) -> dict[str, str]:
    """Return what the kit wrote last into each file that it has made in a course."""
    try:
        marks = json.loads((home / _SHELF / "made.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return marks if isinstance(marks, dict) else {}


def _mark(data: bytes) -> str:
    """Return what tells a file from one that says something else, in sixteen hex digits.

    Of a notebook the cells count, and their outputs do not.
    """
    with suppress(ValueError, LookupError, TypeError, AttributeError):  # it is no notebook
        cells = []
        for cell in json.loads(data)["cells"]:
            # What an author may have added by hand, beside what JupyterLab adds by itself.
            added = [cell.get("attachments"), cell["metadata"].get("tags")]
            cells.append((cell["cell_type"], "".join(cell["source"]), added))
        data = json.dumps(cells).encode()
    return hashlib.sha256(data).hexdigest()[:16]
