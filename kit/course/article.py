"""The text under study, a reader's own copy of it, and a story of the reader's own choice.

The article belongs to its publisher, so the kit carries a numbered reading edition: a summary of
each paragraph and short quotations. A reader who has the text saves it as ``my-article.txt`` or as
``my-article.html`` and sees it in full.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.course.toml import read_toml, structure

OWN_COPY = "my-article.txt"
OWN_PAGE = "my-article.html"
OWN_TEXT = "my-text.txt"  #: a text that the reader chose


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
    """Where the text is, and what is known of its making."""

    title: str
    page: str
    site: str
    published: str
    published_how: str
    credited: str
    words: int

    @property
    def day(self) -> str:
        """When it was published, and in the author's own few words how that is known."""
        how = self.published_how.partition(":")[0]
        return f"{self.published} ({how})" if how else self.published


@frozen
class ReadingEdition:
    """A text under study as the kit may show it: numbered, summarised, quoted in small part."""

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
        raise KitError(message("error.no_paragraph", n=n, last=last))


@frozen
class Verdict:
    """How one unit of the edition is in a reader's copy."""

    n: int
    state: str  #: ``same``, ``differs`` or ``missing``
    text: str = ""  #: what the copy has there


@cache
def load_article(course: Course) -> ReadingEdition:
    """Read the course's ``article.toml``."""
    path = course.root / "article.toml"
    return structure(read_toml(path), ReadingEdition, path)


@frozen
class Article:
    """A news story of the reader's own choice, in full."""

    title: str
    paragraphs: tuple[str, ...]  #: without the title
    author: str = ""
    published: str = ""  #: ``YYYY-MM-DD``, or nothing where it is not known
    address: str = ""

    @classmethod
    def from_text(cls, text: str, published: str = "") -> Article:
        """Make a story of plain text: its first line is the title, each further line a paragraph.

        Raises:
            KitError: when there is nothing in it.

        """
        lines = paragraphs(text)
        if not lines:
            raise KitError(message("error.no_words"))
        return cls(lines[0], tuple(lines[1:]), published=published)

    @classmethod
    def from_file(cls, path: str | Path) -> Article:
        """Read a story from a plain text file, or from a page saved as ``.html``.

        Raises:
            KitError: when the file cannot be read, or no story is in it.

        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            return cls.from_text(read_text(path))
        try:
            return _from_html(path.read_bytes(), str(path))
        except FileNotFoundError:
            raise KitError(message("error.no_file", path=path)) from None
        except OSError as fault:
            raise KitError(message("error.files", fault=fault)) from None

    @property
    def text(self) -> str:
        """The whole story as plain text, a paragraph a line, the title first."""
        return "\n".join([self.title, *self.paragraphs])

    @property
    def edition(self) -> ReadingEdition:
        """The story in the form in which the text under study is shown; it has no summaries."""
        reference = Reference(
            title=self.title,
            page=self.address,
            site=urlsplit(self.address).netloc,
            published=self.published,
            published_how="",
            credited=self.author,
            words=len(self.text.split()),
        )
        units = [Unit(0, "headline", "", fingerprint(self.title))]
        for n, paragraph in enumerate(self.paragraphs, 1):
            units.append(Unit(n, "paragraph", "", fingerprint(paragraph)))
        return ReadingEdition(reference, tuple(units))


def _from_html(page: bytes, name: str) -> Article:
    from trafilatura import bare_extraction  # noqa: PLC0415  (slow to import; seldom needed)
    from trafilatura.settings import Document  # noqa: PLC0415

    found = bare_extraction(page, include_comments=False, favor_recall=True, with_metadata=True)
    if not isinstance(found, Document) or not paragraphs(found.text or ""):
        raise KitError(message("error.no_story", name=name))
    title, lines = " ".join((found.title or "").split()), paragraphs(found.text or "")
    if not title or normal(lines[0]) == normal(title):
        title, lines = lines[0], lines[1:]
    return Article(title, tuple(lines), found.author or "", found.date or "")


def paragraphs(text: str) -> list[str]:
    """Split plain text into its paragraphs: lines that hold anything."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def story_pieces(text: str) -> list[str]:
    """Split a practice text into its paragraphs; the rows of a table are one."""
    found: list[str] = []
    for line in paragraphs(text):
        if line.startswith("|") and found and found[-1].startswith("|"):
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


def normal(text: str) -> str:
    """Return ``text`` with the differences that do not matter removed: case, spaces, quotes."""
    plain = unicodedata.normalize("NFKC", html.unescape(text)).casefold()
    plain = re.sub(r"[‘’`´]", "'", re.sub(r"[“”«»]", '"', plain))
    return " ".join(re.sub(r"[‐-―−]", "-", plain).split())


def fingerprint(text: str) -> str:
    """Return sixteen hex digits that change when a word of ``text`` does."""
    return hashlib.sha256(normal(text).encode("utf-8", "replace")).hexdigest()[:16]


def compare(article: ReadingEdition, copy: str) -> list[Verdict]:
    """Say for each unit of the edition whether the reader's copy has the same words.

    Units that do not match are paired in order between those that do, so one changed paragraph
    does not shift the rest.
    """
    import difflib  # noqa: PLC0415  (slow to import; few readers have a copy)

    units, lines = article.units, paragraphs(copy)
    ours, theirs = [unit.fingerprint for unit in units], [fingerprint(line) for line in lines]
    verdicts: list[Verdict] = []
    matcher = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        state = "differs"
        if tag == "equal":
            state = "same"
        for unit, line in zip_longest(units[a0:a1], lines[b0 : min(b1, b0 + a1 - a0)]):
            if line is None:
                verdicts.append(Verdict(unit.n, "missing"))
            else:
                verdicts.append(Verdict(unit.n, state, line))
    return verdicts


def own_copy(course: Course) -> str | None:
    """Return the reader's own copy of the text; None where they have not saved one."""
    path = saved_text(course, OWN_COPY, OWN_PAGE)
    return read_copy(path) if path else None


def saved_text(course: Course, *names: str) -> Path | None:
    """Return the first of these files that the reader has saved, beside or in ``my-work``."""
    for folder in (course.work.parent, course.work):
        for name in names:
            if (folder / name).is_file():
                return folder / name
    return None


def compare_own_copy(course: Course) -> dict[int, Verdict]:
    """Return how each unit of the article is in the reader's own copy; nothing without a copy.

    Raises:
        KitError: when the copy cannot be read.

    """
    copy = own_copy(course)
    if not copy:
        return {}
    return {verdict.n: verdict for verdict in compare(load_article(course), copy)}


def read_copy(path: Path) -> str:
    """Read a reader's copy of a text, plain or a saved page, as plain text, a paragraph a line.

    Raises:
        KitError: when it cannot be read.

    """
    if path.suffix.lower() in (".html", ".htm"):
        return Article.from_file(path).text
    return read_text(path)


def practice_texts(course: Course) -> dict[str, Path]:
    """Return the course's practice texts, each file of its ``texts`` folder by its name."""
    return {path.stem: path for path in sorted((course.root / "texts").glob("*.txt"))}


def read_text(path: Path) -> str:
    """Read a plain text file of the reader's.

    Raises:
        KitError: when it is not there or is not UTF-8 text.

    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise KitError(message("error.no_file", path=path)) from None
    except (OSError, UnicodeDecodeError):
        raise KitError(message("error.not_text", path=path)) from None
