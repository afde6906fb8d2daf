"""The text under study: a numbered reading edition, and the reader's own copy beside it.

The article belongs to its publisher, so the kit carries a summary of each paragraph and short
quotations. A reader who has the text saves it as ``my-article.txt`` and sees it in full.
"""

from __future__ import annotations

import difflib
import hashlib
import html
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

from attrs import frozen

from kit.course import Course, read_toml, structure
from kit.messages import KitError, say

OWN_COPY = "my-article.txt"


@frozen
class Unit:
    """One numbered piece of the text: a paragraph, a caption, a credit line, page furniture."""

    n: int  #: its number in reading order; the headline is 0
    kind: Literal["headline", "paragraph", "caption", "credit", "furniture"]
    gist: str  #: what it says, in our own words
    fingerprint: str  #: of its exact words, see :func:`fingerprint`
    quotations: tuple[str, ...] = ()


@frozen
class Reference:
    """Where the text stands and what is known of its making."""

    title: str
    page: str
    site: str
    published: str
    published_how: str
    credited: str
    words: int


@frozen
class Article:
    """A text under study in its reading edition."""

    reference: Reference
    units: tuple[Unit, ...]

    def unit(self, n: int) -> Unit:
        """Return the unit numbered ``n``.

        Raises:
            KitError: when there is no such number.

        """
        for unit in self.units:
            if unit.n == n:
                return unit
        last = self.units[-1].n
        raise KitError(say("error.no_paragraph", n=n, last=last))


@frozen
class Verdict:
    """How one unit of the edition stands in a reader's copy."""

    n: int
    state: str  #: ``same``, ``differs`` or ``missing``
    text: str = ""  #: what stands there in the copy


@cache
def load_article(course: Course) -> Article:
    """Read the course's ``article.toml``."""
    path = course.root / "article.toml"
    return structure(read_toml(path), Article, path)


def paragraphs(text: str) -> list[str]:
    """Split plain text into its paragraphs: lines that hold anything."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def normal(text: str) -> str:
    """Return ``text`` with the differences that do not matter removed: case, spaces, quotes."""
    plain = unicodedata.normalize("NFKC", html.unescape(text)).casefold()
    plain = re.sub(r"[‘’`´]", "'", re.sub(r"[“”«»]", '"', plain))
    return " ".join(re.sub(r"[‐-―−]", "-", plain).split())


def fingerprint(text: str) -> str:
    """Return sixteen hex digits that change when a word of ``text`` does."""
    return hashlib.sha256(normal(text).encode("utf-8", "replace")).hexdigest()[:16]


def compare(article: Article, copy: str) -> list[Verdict]:
    """Say for each unit of the edition whether the reader's copy has the same words.

    Units that do not match are paired in order between those that do, so one changed paragraph
    does not shift the rest.
    """
    units, lines = article.units, paragraphs(copy)
    ours, theirs = [u.fingerprint for u in units], [fingerprint(line) for line in lines]
    verdicts: list[Verdict] = []
    matcher = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        for i in range(a0, a1):
            j = b0 + i - a0
            state = "same" if tag == "equal" else "differs" if j < b1 else "missing"
            verdicts.append(Verdict(units[i].n, state, lines[j] if j < b1 else ""))
    return verdicts


def own_copy(course: Course) -> str | None:
    """Return the reader's own copy of the text, if they saved one beside or in ``my-work``."""
    for folder in (course.work.parent, course.work):
        path = folder / OWN_COPY
        if path.is_file():
            return read_text(path)
    return None


def read_text(path: Path) -> str:
    """Read a plain text file of the reader's.

    Raises:
        KitError: when it is not there or is not UTF-8 text.

    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise KitError(say("error.no_file", path=path)) from None
    except (OSError, UnicodeDecodeError):
        raise KitError(say("error.not_text", path=path)) from None


def outline(copy: str) -> str:
    """Return the beginning of an ``article.toml`` for a text: its pieces numbered, to be filled in.

    The first line counts as the headline, 0. The text itself is not carried over.
    """
    lines = paragraphs(copy)
    title = lines[0].replace("\\", "\\\\").replace('"', '\\"') if lines else ""
    count = sum(len(line.split()) for line in lines)
    head = (
        f'[reference]\ntitle = "{title}"\npage = ""\nsite = ""\npublished = ""\n'
        f'published_how = ""\ncredited = ""\nwords = {count}\n'
    )
    units = [
        f'[[units]]\nn = {n}\nkind = "{"paragraph" if n else "headline"}"\n'
        f'gist = "{say("article.outline_gist")}"\nfingerprint = "{fingerprint(line)}"\n'
        for n, line in enumerate(lines)
    ]
    return "\n".join([head, *units])
