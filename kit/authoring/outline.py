"""An ``article.toml`` for a text: its pieces numbered, to be filled in; or one made to fit it."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from attrs import frozen

from kit.course.article import fingerprint, paragraphs
from kit.course.messages import KitError, message
from kit.course.toml import unreadable

_SHOWN = 50  #: characters of what an author wrote about a piece
_TABLE = re.compile(r"\s*\[\[?[^\[\]\"'=,]+\]\]?\s*(?:#.*)?$")  #: a line that begins a table
_PIECE = re.compile(r"^\s*\[\[\s*units\s*\]\]", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*n\s*=\s*)\w+", re.MULTILINE)


def outline(copy: str) -> str:
    """Return the beginning of an ``article.toml`` for a text: its pieces numbered, to be filled in.

    The first line counts as the headline, 0. The text itself is not carried over.
    """
    pieces = [outline_piece(n, line) for n, line in enumerate(paragraphs(copy))]
    return "\n".join([outline_reference(copy), *pieces])


def outline_reference(copy: str) -> str:
    """Return the table ``[reference]`` for a text, with its title and its length filled in."""
    lines = paragraphs(copy)
    # JSON's escapes are TOML's too, but for this one character.
    title = json.dumps("".join(lines[:1]), ensure_ascii=False).replace("\x7f", "\\u007f")
    count = sum(len(line.split()) for line in lines)
    return (
        f'# {message("article.outline_fill")}\n[reference]\ntitle = {title}\npage = ""\n'
        f'site = ""\npublished = ""\npublished_how = ""\ncredited = ""\nwords = {count}\n'
    )


def outline_piece(n: int, line: str) -> str:
    """Return the table ``[[units]]`` of a text's piece ``n``, to be filled in."""
    kind = "paragraph"
    if n == 0:
        kind = "headline"
    return (
        f'[[units]]\nn = {n}\nkind = "{kind}"\n'
        f'gist = "{message("article.outline_gist")}"\nfingerprint = "{fingerprint(line)}"\n'
    )


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

    ``old`` is what the file at ``path`` holds, nothing where there is none; ``copy`` is the text, a
    paragraph a line.

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
