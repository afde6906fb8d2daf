"""What a notebook calls to read: the text under study, or a story of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from kit.course.article import Article, ReadingEdition, Verdict, compare_own_copy, load_article
from kit.course.course import find_course
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.learner.storage import IN_BROWSER
from kit.notebook.output import Page, errors_as_text, notice

_HERE = Path(__file__).parent


@frozen(repr=False)
class Edition:
    """A text as a notebook shows it: the text under study, or a reader's own story."""

    text: ReadingEdition
    #: the reader's own copy, by number; empty where there is none
    own: Mapping[int, Verdict] = field(factory=dict)
    numbers: tuple[int, ...] = ()
    note: str = ""  #: what kept the reader's own copy from being shown

    def show(self, *numbers: int) -> Edition | Page:
        """Return the same edition with only the paragraphs of these numbers."""
        try:
            return evolve(self, numbers=tuple(self.text.unit(n).n for n in numbers))
        except KitError as fault:
            return notice(str(fault))

    def _rows(self) -> list[dict[str, Any]]:
        """Return the paragraphs that are shown, each with what the reader's copy has there."""
        rows = []
        for unit in self.text.units:
            if not self.numbers or unit.n in self.numbers:
                rows.append({"unit": unit, "own": self.own.get(unit.n)})
        return rows

    def __repr__(self) -> str:
        lines = []
        if self.note:
            lines.append(self.note)
        if not self.numbers:
            lines.append(self.text.reference.title)
        for row in self._rows():
            unit, own = row["unit"], row["own"]
            start = f"¶{unit.n} [{message(f'article.{unit.kind}')}]"
            if own and own.text:
                lines.append(f"{start} {own.text}")
            else:
                lines.append(f"{start} {unit.gist}")
                lines += [f"     “{quotation}”" for quotation in unit.quotations]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return template(
            _HERE / "article.html.j2",
            article=self.text,
            rows=self._rows(),
            whole=not self.numbers,
            note=self.note,
            how=self._how(),
        )

    def _how(self) -> str:
        """Return what stands above it, and what to do with the text itself."""
        if not IN_BROWSER:
            return message("article.note")
        named = {"summary": message("carry.summary"), "keep": message("carry.keep_article")}
        return message("article.note_in_browser", **named)


@errors_as_text
def article(story: Article | str = "") -> Edition:
    """Return the text under study in its numbered reading edition; see :class:`Edition`.

    Args:
        story: a story of one's own to show instead: an ``Article``, or the name of its file.

    """
    if not story:
        return _text_under_study()
    if not isinstance(story, Article):
        story = Article.from_file(story)
    lines = enumerate(story.text.split("\n"))
    return Edition(story.edition, own={n: Verdict(n, "same", line) for n, line in lines})


@errors_as_text
def paragraphs(*numbers: int) -> Edition | Page:
    """Return these paragraphs of the text under study, as :func:`article` shows them.

    Args:
        numbers: the paragraphs, for example ``5, 15``.

    """
    return _text_under_study().show(*numbers)


def _text_under_study() -> Edition:
    course = find_course()
    text = load_article(course)
    try:
        return Edition(text, own=compare_own_copy(course))
    except KitError as fault:
        return Edition(text, note=str(fault))
