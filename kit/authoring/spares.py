"""A copy of what an author wrote, kept because one slip in a shell empties a file.

``kit check > course.toml``: the sign ``>`` empties the file before the kit begins. So each command
keeps copies on the course's shelf, and puts such a file back before it does anything else.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from kit.authoring.made import shelf, shelf_file
from kit.course.files import write_whole
from kit.course.messages import message

ARTICLE = "article.toml"
#: What an author writes: in the folder of the course, and in the project around it.
_WRITTEN = (
    *("*.toml", "items/*.toml", "evidence/*.toml", "lessons/*.md"),
    *("handouts/**/*.md", "lexicons/*.toml", "texts/*.txt"),
)
_KEYS = "solutions/keys/*.toml"


def keep_spares(home: Path) -> None:
    """Keep a copy of each file that the author of a course wrote; none of an empty one."""
    for path in written(home, home):
        with suppress(OSError):
            data = path.read_bytes()
            spare = shelf(home) / path.relative_to(home)
            is_kept = spare.is_file() and spare.read_bytes() == data
            if data.strip() and not is_kept:
                write_whole(spare, data)


def put_back(home: Path) -> tuple[Path | None, bool]:
    """Put a file back where a shell has emptied it to send a command's output into it.

    Returns:
        The file that the output goes into, if it is one of the author's; and whether it was put
        back. What is said is then sent nowhere, where both streams go into it.

    """
    found: tuple[Path | None, bool] = (None, False)
    for path in sorted({*written(home, home), home / ARTICLE}):
        spare = shelf_file(home, path.relative_to(home).as_posix())
        if not spare.is_file():
            continue
        is_empty = path.is_file() and not path.read_bytes().strip()
        sent_here = [stream for stream in (sys.stdout, sys.stderr) if is_sent_to(stream, path)]
        if sent_here and is_empty:
            # In its place: the shell holds this very file open.
            path.write_bytes(spare.read_bytes())
        if sys.stderr in sent_here:  # both: there is nobody to tell, and nothing must be added
            sys.stdout = sys.stderr = io.StringIO()
        elif (is_empty and not sent_here) or not path.is_file():
            key = "article.is_empty" if path.name == ARTICLE else "cli.is_empty"
            print(message(key, path=path.name, copy=spare), file=sys.stderr)
        if sent_here:
            found = (path, is_empty)
    return found


def written(root: Path, home: Path) -> list[Path]:
    """Return the files of a course that its author writes; where it is, as a course says."""
    paths = []
    for pattern in _WRITTEN:
        paths += sorted(root.glob(pattern))
    return [path for path in [*paths, *sorted(home.glob(_KEYS))] if path.is_file()]


def is_sent_to(stream: TextIO, path: Path) -> bool:
    """Whether a stream goes into the file at ``path``."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except (OSError, ValueError):
        return False
