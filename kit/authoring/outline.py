"""The beginning of an ``article.toml`` for a text: its pieces numbered, to be filled in."""

from __future__ import annotations

import json

from kit.course.article import fingerprint, paragraphs
from kit.course.messages import message


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
    return (
        f'[[units]]\nn = {n}\nkind = "{"paragraph" if n else "headline"}"\n'
        f'gist = "{message("article.outline_gist")}"\nfingerprint = "{fingerprint(line)}"\n'
    )
