"""What the kit begins for an author, and goes on with without losing what they wrote.

``kit new``: a course folder that works as it comes, with an example of each part to replace.
``kit article outline``: an ``article.toml`` for a text, or the one there is, brought into line.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

from attrs import frozen

from kit.authoring.outline import outline, outline_piece, outline_reference
from kit.course.article import fingerprint, paragraphs, read_copy
from kit.course.course import NAME
from kit.course.messages import KitError, message
from kit.course.toml_errors import unreadable

SKELETON = Path(__file__).with_name("skeleton")
#: The lines that name the course in the skeleton's ``course.toml``.
_ID, _TITLE = 'id = "my-course"', 'title = "My course"'
_LEAST = 3  #: lines: the skeleton's questions are about a text with two paragraphs at least
_NOT_IN_A_NAME = frozenset('<>:"|?*\\')  # Windows has no such file names
_ACCENTS = re.compile("[\u0300-\u036f]")
_SHOWN = 50  #: characters of what an author wrote about a piece
_TABLE = re.compile(r"\s*\[\[?[^\[\]\"'=,]+\]\]?\s*(?:#.*)?$")  #: a line that begins a table
_PIECE = re.compile(r"^\s*\[\[\s*units\s*\]\]", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*n\s*=\s*)\w+", re.MULTILINE)


def new_course(folder: Path, text: Path | None = None) -> str:
    """Make a course folder, named after its last part, and return its title.

    Args:
        folder: where it will stand; nothing may be there yet, and it may not lie in a course.
        text: the author's own text, plain or a saved page: ``article.toml`` then begins with its
            pieces, numbered and with their fingerprints. The text is not carried over.

    Raises:
        KitError: when the name will not do, the text cannot be used, or the folder cannot be made.

    """
    title = " ".join(folder.name.split())
    name = course_id(title)
    if not name or not folder.name.isprintable() or _NOT_IN_A_NAME & set(title):
        shown = title.encode("utf-8", "replace").decode()  # a shell can pass on what is no text
        raise KitError(message("new.bad_name", name=shown))
    _refuse_to_nest(folder)
    article = _begun(text) if text else None
    try:
        folder.mkdir(parents=True)
        for source in sorted(p for p in SKELETON.rglob("*") if p.is_file()):
            words = source.read_text(encoding="utf-8")
            if source.name == "course.toml":
                words = words.replace(_ID, f"id = {_quoted(name)}")
                words = words.replace(_TITLE, f"title = {_quoted(title)}")
            if source.name == "article.toml" and article:
                words = article
            target = folder / source.relative_to(SKELETON)
            target.parent.mkdir(parents=True, exist_ok=True)
            # Not a copy of the file: where the kit is installed it may be read-only.
            target.write_text(words, encoding="utf-8")
    except FileExistsError:
        raise KitError(message("new.exists", folder=folder)) from None
    except OSError as fault:
        why = fault.strerror or fault
        raise KitError(message("new.cannot_make", folder=folder, fault=why)) from None
    return title


def _refuse_to_nest(folder: Path) -> None:
    for above in folder.resolve().parents:
        if (above / NAME).is_file():
            raise KitError(message("new.inside", folder=folder, course=above))


def course_id(title: str) -> str:
    """Return a title as an id: small letters of any script without accents, digits, hyphens."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", title))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", bare).casefold()).strip("-")


def _begun(text: Path) -> str:
    copy = read_copy(text)
    count = len(paragraphs(copy))
    if count < _LEAST:
        raise KitError(message("new.short_text", file=text, count=count))
    return outline(copy)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # printable text: JSON's escapes are TOML's too


@frozen
class Outlined:
    """An ``article.toml`` that was brought into line with a text."""

    text: str  #: all that the file should hold
    known: int  #: pieces that are as the author wrote them
    new: int  #: pieces that are still to be filled in
    gone: tuple[str, ...]  #: what the author wrote about pieces that the text has not got
    title: str  #: the text's first line
    words: int  #: the text's length
    reference_fits: bool  #: ``[reference]`` names that title and that length


def outline_over(old: str, copy: str, path: Path) -> Outlined:
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
    said = _read(old, path)
    before, pieces, after = _parts(old, said.get("units", []), path)
    known: defaultdict[str, list[str]] = defaultdict(list)
    for piece in pieces:
        known[str(_unit(piece).get("fingerprint"))].append(piece)
    now, new = [], 0
    for n, line in enumerate(paragraphs(copy)):
        if alike := known[fingerprint(line)]:
            now.append(_numbered(alike.pop(0), n, path))
        else:
            now.append(outline_piece(n, line))
            new += 1
    left = [_unit(piece) for alike in known.values() for piece in alike]
    gone = tuple(_in_short(unit) for unit in left if not _untouched(unit))
    ours = tomllib.loads(outline_reference(copy))["reference"]
    if "reference" not in said:
        before = [outline_reference(copy), *before]
    theirs = said.get("reference", ours)
    fits = all(theirs.get(name) == ours[name] for name in ("title", "words"))
    text = "\n".join(part.strip("\n") + "\n" for part in [*before, *now, *after] if part.strip())
    if _read(text, path) == said:
        text = old
    return Outlined(text, len(now) - new, new, gone, ours["title"], ours["words"], fits)


def _read(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise KitError(
            message("error.bad_toml", path=path, fault=unreadable(text, fault))
        ) from None


def _parts(old: str, units: object, path: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the text of an ``article.toml`` before its pieces, each piece, and what is after.

    A comment that stands right above a table belongs to it.
    """
    lines, starts = old.splitlines(keepends=True), [0]
    for n, line in enumerate(lines):
        if _TABLE.match(line):
            start = n
            while start > starts[-1] and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            starts.append(start)
    ends = [*starts[1:], len(lines)]
    parts = ["".join(lines[a:b]) for a, b in zip(starts, ends, strict=True)]
    are_pieces = [bool(_PIECE.search(part)) for part in parts]
    pieces = [part for part, is_piece in zip(parts, are_pieces, strict=True) if is_piece]
    # Where a table seems to begin inside of a longer string, the parts are not those of the file.
    if [_unit(piece) for piece in pieces] != units:
        raise KitError(message("article.cannot_merge", path=path))
    first = are_pieces.index(True) if pieces else len(parts)
    after = [p for p, is_piece in zip(parts, are_pieces, strict=True) if not is_piece][first:]
    return parts[:first], pieces, after


def _unit(piece: str) -> dict[str, Any]:
    """Return what the text of one piece holds; nothing where it is not one piece."""
    try:
        [unit] = tomllib.loads(piece)["units"]
    except (tomllib.TOMLDecodeError, KeyError, ValueError):
        return {}
    return dict(unit)


def _untouched(unit: dict[str, Any]) -> bool:
    """Whether a piece still is as the kit wrote it."""
    return unit.get("gist") == message("article.outline_gist") and "quotations" not in unit


def _in_short(unit: dict[str, Any]) -> str:
    gist = " ".join(str(unit.get("gist", "")).split())
    return f"¶{unit.get('n')} (“{gist[:_SHOWN]}”)"


def _numbered(piece: str, n: int, path: Path) -> str:
    """Return the text of a piece with ``n`` for its number and nothing else changed."""
    unit = _unit(piece)
    if unit.get("n") == n:
        return piece
    for found in _NUMBER.finditer(piece):
        changed = f"{piece[: found.start()]}{found[1]}{n}{piece[found.end() :]}"
        if _unit(changed) == {**unit, "n": n}:
            return changed
    raise KitError(message("article.cannot_merge", path=path))
