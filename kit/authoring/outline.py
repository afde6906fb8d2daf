"""``kit article outline``: an ``article.toml`` for a text, or the one there is, brought into line.

Authors send the outline into files (``kit article outline my-article.txt > article.toml``), and a
shell empties such a file before the kit begins. So a copy of ``article.toml`` is kept on the
course's shelf, and what the author wrote is put back first.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import tomllib
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TextIO

from attrs import frozen

from kit.course.article import fingerprint, outline_piece, outline_reference, paragraphs, read_text
from kit.course.course import Course
from kit.course.files import keep_beside, shelf, shelf_file, write_whole
from kit.course.messages import KitError, message
from kit.course.toml_errors import unreadable

ARTICLE = "article.toml"
_SHOWN = 50  #: characters of what an author wrote about a piece
_TABLE = re.compile(r"\s*\[\[?[^\[\]\"'=,]+\]\]?\s*(?:#.*)?$")  #: a line that begins a table
_PIECE = re.compile(r"^\s*\[\[\s*units\s*\]\]", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*n\s*=\s*)\w+", re.MULTILINE)

#: Where the output goes; ``here`` is the author's ``article.toml`` itself.
Destination = Literal["screen", "here", "file", "program"]


# --- The copy on the shelf ----------------------------------------------------------------------


def keep_spare(course: Course) -> None:
    """Keep a copy of the author's ``article.toml``, which one slip (``>``) in a shell empties."""
    with suppress(OSError):
        data = (course.root / ARTICLE).read_bytes()
        spare = shelf(course.home) / ARTICLE
        is_kept = spare.is_file() and spare.read_bytes() == data
        if data.strip() and not is_kept:
            write_whole(spare, data)


def put_back(course: Course) -> tuple[bool, bool]:
    """Put ``article.toml`` back where a shell has emptied it to send a command's output into it.

    Returns:
        Whether the output goes into it, and whether it was put back. What is said is then sent
        nowhere, where both streams go into it.

    """
    path, spare = course.root / ARTICLE, shelf_file(course.home, ARTICLE)
    if not spare.is_file():
        return False, False
    is_empty = path.is_file() and not path.read_bytes().strip()
    sent_here = [stream for stream in (sys.stdout, sys.stderr) if _is_sent_to(stream, path)]
    if sent_here and is_empty:
        path.write_bytes(spare.read_bytes())  # in its place: the shell holds this very file open
    if sys.stderr in sent_here:  # both streams: there is nobody to tell, and nothing must be added
        sys.stdout = sys.stderr = io.StringIO()
    elif not path.is_file() or not path.read_bytes().strip():
        print(message("article.is_empty", path=path.name, copy=spare), file=sys.stderr)
    return bool(sent_here), bool(sent_here) and is_empty


# --- What the command does ----------------------------------------------------------------------


def write_outline(course: Course, copy: str, *, was_put_back: bool) -> None:
    """Write a text's pieces into the course's ``article.toml``; what the author wrote stays.

    Where the output goes into a file or a program it is printed too, so that whoever sends it
    there gets the pieces that they know with what they wrote.

    Args:
        course: a course of the author's own.
        copy: the text, a paragraph a line.
        was_put_back: what :func:`put_back` did.

    Raises:
        KitError: as :func:`outline_over` does.

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
    if _is_sent_to(sys.stdout, path):
        return "here"
    with suppress(OSError, ValueError):  # a program that has taken its place in this process
        if stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode):
            return "file"
    return "program"


def _is_sent_to(stream: TextIO, path: Path) -> bool:
    """Whether a stream goes into the file at ``path``."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except (OSError, ValueError):
        return False


def _write(path: Path, text: str, destination: Destination) -> None:
    """Let the file at ``path`` hold ``text`` and nothing else."""
    if destination != "here":
        write_whole(path, text.encode())
        return
    # The shell holds the file open, and what is printed last goes to its end.
    sys.stdout.flush()
    os.lseek(sys.stdout.fileno(), 0, os.SEEK_SET)
    os.ftruncate(sys.stdout.fileno(), 0)
    with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as file:
        file.write(text.encode())


# --- An outline over an outline -----------------------------------------------------------------


@frozen
class Outline:
    """An ``article.toml`` that was brought into line with a text."""

    text: str  #: all that the file should hold
    known: int  #: pieces that are as the author wrote them
    new: int  #: pieces that are still to be filled in
    gone: tuple[str, ...]  #: what the author wrote about pieces that the text has not got
    title: str  #: the text's first line
    words: int  #: the text's length
    reference_fits: bool  #: ``[reference]`` names that title and that length


def outline_over(old: str, copy: str, path: Path) -> Outline:
    """Bring an author's ``article.toml`` into line with a text, without losing what fits.

    A piece whose words are still in the text keeps all that the author wrote about it, comments
    too, wherever it stands now; only its number is changed. ``[reference]`` stays as it is.

    Args:
        old: what ``article.toml`` holds; nothing where there is none.
        copy: the text, a paragraph a line.
        path: the file, to name it.

    Raises:
        KitError: when ``old`` cannot be read, or its pieces cannot be told apart.

    """
    written = _read(old, path)
    before, pieces, after = _split(old, written.get("units", []), path)
    by_fingerprint: defaultdict[str, list[str]] = defaultdict(list)
    for piece in pieces:
        by_fingerprint[str(_unit(piece).get("fingerprint"))].append(piece)
    now, new = [], 0
    for n, line in enumerate(paragraphs(copy)):
        alike = by_fingerprint[fingerprint(line)]
        if alike:
            now.append(_renumbered(alike.pop(0), n, path))
        else:
            now.append(outline_piece(n, line))
            new += 1
    gone = []
    for left in by_fingerprint.values():
        gone += [_shortened(_unit(piece)) for piece in left if not _is_untouched(_unit(piece))]
    ours = tomllib.loads(outline_reference(copy))["reference"]
    if "reference" not in written:
        before = [outline_reference(copy), *before]
    theirs = written.get("reference", ours)
    fits = theirs.get("title") == ours["title"] and theirs.get("words") == ours["words"]
    text = "\n".join(part.strip("\n") + "\n" for part in [*before, *now, *after] if part.strip())
    if _read(text, path) == written:
        text = old
    return Outline(text, len(now) - new, new, tuple(gone), ours["title"], ours["words"], fits)


def _read(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        why = unreadable(text, fault)
        raise KitError(message("error.bad_toml", path=path, fault=why)) from None


def _split(old: str, units: object, path: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the text of an ``article.toml`` before its pieces, each piece, and what is after.

    A comment right above a table belongs to it.
    """
    lines, starts = old.splitlines(keepends=True), [0]
    for n, line in enumerate(lines):
        if _TABLE.match(line):
            start = n
            while start > starts[-1] and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            starts.append(start)
    before: list[str] = []
    pieces: list[str] = []
    after: list[str] = []
    for start, end in pairwise([*starts, len(lines)]):
        part = "".join(lines[start:end])
        if _PIECE.search(part):
            pieces.append(part)
        elif pieces:
            after.append(part)
        else:
            before.append(part)
    # Where a table seems to begin inside of a longer string, the parts are not those of the file.
    if [_unit(piece) for piece in pieces] != units:
        raise KitError(message("article.cannot_merge", path=path))
    return before, pieces, after


def _unit(piece: str) -> dict[str, Any]:
    """Return what the text of one piece holds; nothing where it is not one piece."""
    try:
        [unit] = tomllib.loads(piece)["units"]
    except (tomllib.TOMLDecodeError, KeyError, ValueError):
        return {}
    return dict(unit)


def _is_untouched(unit: dict[str, Any]) -> bool:
    """Whether a piece still is as the kit wrote it."""
    return unit.get("gist") == message("article.outline_gist") and "quotations" not in unit


def _shortened(unit: dict[str, Any]) -> str:
    gist = " ".join(str(unit.get("gist", "")).split())
    return f"¶{unit.get('n')} (“{gist[:_SHOWN]}”)"


def _renumbered(piece: str, n: int, path: Path) -> str:
    """Return the text of a piece with ``n`` for its number and nothing else changed."""
    unit = _unit(piece)
    if unit.get("n") == n:
        return piece
    for found in _NUMBER.finditer(piece):
        changed = f"{piece[: found.start()]}{found[1]}{n}{piece[found.end() :]}"
        if _unit(changed) == {**unit, "n": n}:
            return changed
    raise KitError(message("article.cannot_merge", path=path))
