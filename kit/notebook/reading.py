"""What a notebook calls to read: the text under study, and the evidence around it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from kit.course.article import Article, ReadingEdition, Verdict, compare, load_article, own_copy
from kit.course.course import Course, find_course
from kit.course.evidence import COLUMNS, EvidenceRecord, cells, record_in, table
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.notebook.output import Page, in_sentences, notice

if TYPE_CHECKING:  # slow to import, and most lessons need none
    import pandas as pd

_HERE = Path(__file__).parent


@in_sentences
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
            heads = [self.index.name or "", *self.columns]
            rows = list(filled.itertuples(name=None))
            return template(_HERE / "table.html.j2", heads=heads, rows=rows)

    return Table


def _card(course: Course, record: EvidenceRecord) -> Page:
    filled = {k: str(v) for k, v in cells(course, record).items() if v}
    said = [(message(f"evidence.{k}"), filled[k]) for k in COLUMNS[2:] if k in filled]
    text = "\n".join([record.short, record.statement, *(f"  {k}: {v}" for k, v in said)])
    return Page(text, template(_HERE / "record.html.j2", record=record, rows=said))


@frozen(repr=False)
class Edition:
    """A text as a notebook shows it: the text under study, or a reader's own story."""

    course: Course
    text: ReadingEdition
    own: dict[int, Verdict]  #: the reader's own copy, by number; empty where there is none
    numbers: tuple[int, ...] = ()
    note: str = ""  #: what kept the reader's own copy from being shown

    def show(self, *numbers: int) -> Edition | Page:
        """Return the same edition with only the paragraphs of these numbers."""
        try:
            return evolve(self, numbers=tuple(self.text.unit(n).n for n in numbers))
        except KitError as fault:
            return notice(str(fault))

    def _units(self) -> list[dict[str, Any]]:
        return [
            {"unit": u, "own": self.own.get(u.n)}
            for u in self.text.units
            if not self.numbers or u.n in self.numbers
        ]

    def __repr__(self) -> str:
        lines = [self.note] if self.note else []
        lines += [] if self.numbers else [self.text.reference.title]
        for row in self._units():
            unit, own = row["unit"], row["own"]
            lines.append(f"¶{unit.n} [{unit.kind}] {own.text if own and own.text else unit.gist}")
            lines += [f"     “{q}”" for q in unit.quotations if not (own and own.text)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return template(
            _HERE / "article.html.j2",
            article=self.text,
            rows=self._units(),
            whole=not self.numbers,
            note=self.note,
        )


@in_sentences
def article(story: Article | str = "") -> Edition:
    """Return the text under study in its numbered reading edition; see :class:`Edition`.

    Args:
        story: a story of one's own to show instead: an ``Article``, or the name of its file.

    """
    course = find_course()
    if story:
        own = story if isinstance(story, Article) else Article.from_file(story)
        lines = own.text.split("\n")
        shown = {n: Verdict(n, "same", line) for n, line in enumerate(lines)}
        return Edition(course, own.edition, shown)
    text = load_article(course)
    try:
        copy = own_copy(course)
    except KitError as fault:
        return Edition(course, text, {}, note=str(fault))
    return Edition(course, text, {v.n: v for v in compare(text, copy)} if copy else {})
