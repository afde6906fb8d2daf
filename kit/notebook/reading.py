"""What a notebook calls to read: the text under study, and the evidence around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen
from markupsafe import Markup

from kit.course.article import Article, ReadingEdition, Verdict, compare_own_copy, load_article
from kit.course.course import Course, find_course
from kit.course.evidence import COLUMNS, EvidenceRecord, cells, record_in, table
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.learner.storage import IN_BROWSER
from kit.notebook.output import Page, errors_as_text, notice

if TYPE_CHECKING:  # slow to import, and most lessons need none
    import pandas as pd

_HERE = Path(__file__).parent
_ADDRESS = re.compile(r"https?://(?P<site>[^\s;/]+)[^\s;]*")


@errors_as_text
def evidence(name: str, record_id: str = "") -> Page | pd.DataFrame:
    """Return the evidence table ``name`` as a pandas DataFrame, an address in every row.

    Args:
        name: a table, for example ``relays``; ``changes`` says where each change is first seen.
        record_id: with it, that one record of the table is shown as a card instead.

    """
    course = find_course()
    if record_id:
        return _card(course, record_in(course, name, record_id))
    return _reading_table()(table(course, name))


@cache
def _reading_table() -> type[pd.DataFrame]:
    """Return a DataFrame made for reading: pandas cuts texts off and sets them flush right."""
    import pandas as pd  # noqa: PLC0415

    class Table(pd.DataFrame):  # type: ignore[misc]  # pandas is not typed here
        @property
        def _constructor(self) -> type[pd.DataFrame]:
            return Table  # so that a selection from it is shown whole too

        def _repr_html_(self) -> str:
            filled = self.astype(object).where(self.notna(), "")
            heads = [_head(name) for name in (self.index.name or "", *self.columns)]
            rows = [[_linked(str(cell)) for cell in row] for row in filled.itertuples(name=None)]
            return template(_HERE / "table.html.j2", heads=heads, rows=rows)

    return Table


def _head(column: str) -> str:
    """Return the words over a column; its own name where a reader has made the column."""
    try:
        return message(f"evidence.{column}")
    except KeyError:
        return column


def _linked(text: str) -> Markup:
    """Return a text as HTML, its addresses as links that show their site alone."""
    html, at = Markup(), 0
    for address in _ADDRESS.finditer(text):
        html += text[at : address.start()]
        html += Markup('<a href="{}">{}</a>').format(address[0], address["site"])
        at = address.end()
    return html + text[at:]


def _card(course: Course, record: EvidenceRecord) -> Page:
    filled = cells(course, record)
    rows = []
    for column in COLUMNS:
        if filled[column] and column not in ("id", "statement"):
            rows.append((message(f"evidence.{column}"), str(filled[column])))
    text = [record.short, record.statement]
    text += [f"  {label}: {value}" for label, value in rows]
    html = template(_HERE / "record.html.j2", record=record, rows=rows)
    return Page("\n".join(text), html)


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
