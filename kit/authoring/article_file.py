"""``kit article outline``: the author's ``article.toml`` on the disk, and where it is put back.

Authors send the outline into files (``kit article outline my-article.txt > article.toml``), and a
shell empties such a file before the kit begins (:mod:`kit.authoring.spares`).
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from kit.authoring.made import shelf_file
from kit.authoring.outline import Outline, outline_over
from kit.authoring.spares import ARTICLE, is_sent_to
from kit.course.article import read_text
from kit.course.course import Course
from kit.course.files import keep_beside, write_whole
from kit.course.messages import message

#: Where the output goes; ``here`` is the author's ``article.toml`` itself.
Destination = Literal["screen", "here", "file", "program"]


def write_outline(course: Course, copy: str, *, was_put_back: bool) -> None:
    """Write a text's pieces into the course's ``article.toml``; what the author wrote stays.

    Where the output goes into a file or a program it is printed too, so that whoever sends it
    there gets the pieces that they know with what they wrote.

    ``copy`` is the text, a paragraph a line; ``was_put_back`` is what
    :func:`kit.authoring.spares.put_back` did.

    Raises:
        KitError: as :func:`kit.authoring.outline.outline_over` does.

    """
    path, spare = (course.root / ARTICLE).resolve(), shelf_file(course.home, ARTICLE)
    destination = _destination(path)
    old = ""
    if path.is_file():
        old = read_text(path)
    was_empty = not old.strip()
    if was_empty and spare.is_file():
        old = read_text(spare)
        _write(path, old, destination)  # at once: whatever comes now, it is in its place again
    told = []
    if (was_empty or was_put_back) and spare.is_file():
        when = datetime.fromtimestamp(spare.stat().st_mtime, UTC).astimezone()
        told = [message("article.brought_back", path=path.name, when=f"{when:%Y-%m-%d %H:%M}")]
    elif was_empty and destination == "here":
        told = [message("article.emptied", path=path.name)]
    made = outline_over(old, copy, path)
    if destination in ("file", "program"):
        # First of all: PowerShell holds the file open that it writes this to.
        print(made.text, end="", flush=True)
    if destination == "file":
        told = [message("article.left", path=path.name)]
    else:
        told += _write_over(path, old, made, destination)
    if destination == "screen":
        print("\n".join(told))
    else:
        print("\n".join(told), file=sys.stderr)


def _write_over(path: Path, old: str, made: Outline, destination: Destination) -> list[str]:
    """Write an ``article.toml``, keeping the old one, and return what to say of it."""
    if not old.strip():
        _write(path, made.text, destination)
        return [message("article.made", path=path.name, count=made.known + made.new)]
    if read_text(path) != old:
        _write(path, old, destination)
    if made.text == old:
        return [message("article.fits", path=path.name)]
    kept = keep_beside(path)
    _write(path, made.text, destination)
    told = [message("article.merged", path=path.name, known=made.known, new=made.new)]
    if made.gone:
        pieces = ", ".join(made.gone)
        told.append(message("article.gone", count=len(made.gone), pieces=pieces))
    if kept:
        told.append(message("article.kept", kept=kept.name))
    if not made.reference_fits:
        told.append(message("article.reference", title=made.title, words=made.words))
    return told


def _destination(path: Path) -> Destination:
    """Return where the output goes; ``path`` is the author's ``article.toml``."""
    if sys.stdout.isatty():
        return "screen"
    if is_sent_to(sys.stdout, path):
        return "here"
    with suppress(OSError, ValueError):  # a program that has taken its place in this process
        if stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode):
            return "file"
    return "program"


def _write(path: Path, text: str, destination: Destination) -> None:
    """Let the file at ``path`` hold ``text`` and nothing else."""
    if destination == "here":
        path.write_bytes(text.encode())  # in its place: the shell holds this very file open
    else:
        write_whole(path, text.encode())
