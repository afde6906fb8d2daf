"""What a notebook calls to look at a text through the lenses: ``kit.look``."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from attrs import evolve, frozen

from kit.course.article import Article
from kit.course.course import Course, find_course
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.lenses import LENSES, Find, load_lenses
from kit.lenses.words import Words
from kit.notebook.output import errors_as_text

_HERE = Path(__file__).parent
_SAMPLE = 10_000  #: code points by which the language is told

if TYPE_CHECKING:
    import pandas as pd

    from kit.notebook.live import LivePage
    from kit.notebook.worksheet import Story


@frozen(repr=False)
class MarkedText:
    """A text with what the lenses marked in it."""

    course: Course
    text: str
    finds: tuple[Find, ...]
    english: bool = True

    @property
    def table(self) -> pd.DataFrame:
        """Every find as a row, with the number of its paragraph; nothing is marked twice."""
        import pandas as pd  # noqa: PLC0415  (slow to import, and most lessons need none)

        rows = [{"paragraph": n, **f.to_json()} for n, _, finds in self.paragraphs() for f in finds]
        return pd.DataFrame(rows, columns=["paragraph", *Find.__annotations__])

    @property
    def key(self) -> str:
        """Return what tells the choices on one page from those on another."""
        return f"kit-{crc32(self.text.encode('utf-8', 'replace')):x}"

    def only(self, *lenses: str) -> MarkedText:
        """Return the same text with the finds of these lenses alone.

        Raises:
            KitError: when there is no such lens.

        """
        unknown = [x for x in lenses if x not in LENSES]
        if unknown:
            known = ", ".join(LENSES)
            raise KitError(message("lens.no_lens", name=unknown[0], known=known))
        return evolve(self, finds=tuple(f for f in self.finds if f.lens in lenses))

    def paragraphs(self) -> list[tuple[int, str, list[Find]]]:
        """Return each paragraph with its number, from 0 for the headline, and its finds."""
        rows: list[tuple[int, str, list[Find]]] = []
        waiting, at = list(reversed(self.finds)), 0
        for line in self.text.split("\n"):
            end = at + len(line)
            here = []
            while waiting and waiting[-1].start < end:
                here.append(waiting.pop())
            if line.strip():
                rows.append((len(rows), line.strip(), here))
            at = end + 1
        return rows

    def label(self, find: Find) -> str:
        """Return the short name of what a find is, for example ``modal`` or ``a document``."""
        part = find.kind.removeprefix("inner-")
        unknown = find.source_kind in ("agentless", "not-found")
        who = part == "source" or (part == "cue" and unknown)
        return message(f"lens_who.{find.source_kind}" if who else f"lens_kind.{find.kind}")

    def note(self, find: Find) -> str:
        """Return the reason of a find, with its age, its days and whom it means where known."""
        parts = [find.reason]
        if find.refers_to:
            parts.append(message("lens.refers_to", name=find.refers_to))
        if find.earliest:
            key = "lens.day" if find.earliest == find.latest else "lens.days"
            parts.append(message(key, first=find.earliest, last=find.latest))
        if find.dated:
            parts.append(message("lens.dated", date=find.dated))
        if find.age_years is not None:
            key = "lens.age" if find.age_years >= 0 else "lens.ahead"
            parts.append(message(key, years=f"{abs(find.age_years):g}"))
        return " ".join(parts)

    def __repr__(self) -> str:
        lines = [message("lens.count", count=len(self.finds)), message("lens.note")]
        if not self.english:
            lines.append(message("lens.not_english"))
        for n, text, finds in self.paragraphs():
            lines.append(f"¶{n} {text}")
            for f in finds:
                name = message(f"lens_name.{f.lens}")
                lines.append(f"    “{f.text}” [{name}: {self.label(f)}] {self.note(f)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [(n, self._pieces(finds, text), finds) for n, text, finds in self.paragraphs()]
        return template(_HERE / "look.html.j2", rows=rows, lenses=LENSES, looked=self)

    def _pieces(self, finds: list[Find], line: str) -> list[tuple[str, list[Find], list[Find]]]:
        """Cut a paragraph at each end of a mark: the text, the marks over it, those that end.

        What is put down to somebody is whole sentences long, so it stands in the table only.
        """
        shown = [f for f in finds if not f.kind.endswith("content")]
        if not shown:
            return [(line, [], [])]
        first = self.text.rfind("\n", 0, shown[0].start) + 1
        first += len(self.text[first:]) - len(self.text[first:].lstrip())
        last = first + len(line)
        cuts = sorted({first, last, *(f.start for f in shown), *(f.end for f in shown)})
        pieces, over, waiting = [], list[Find](), list(reversed(shown))
        for a, b in pairwise(cuts):
            while waiting and waiting[-1].start <= a:
                over.append(waiting.pop())
            pieces.append((self.text[a:b], list(over), [f for f in over if f.end == b]))
            over = [f for f in over if f.end > b]
        return pieces


def mark_text(course: Course, source: str | Article, published: str = "") -> MarkedText:
    """Look at a text through the lenses of a course.

    Args:
        course: whose lexicons are used.
        source: the text, a paragraph a line, or a story of one's own.
        published: the text's date, ``YYYY-MM-DD``, a time of day may follow; of a story its own
            where none is given.

    Raises:
        KitError: when the date is no date.

    """
    text = source if isinstance(source, str) else source.text
    day = published or ("" if isinstance(source, str) else source.published)
    lenses = load_lenses(course)
    finds = tuple(lenses.look(text, _day(day)))
    return MarkedText(course, text, finds, Words(text[:_SAMPLE], lenses.grammar).english)


#: An open page is drawn anew at each answer that is kept; the text is the same mostly.
_marked_once = lru_cache(maxsize=2)(mark_text)


def _day(published: str) -> date | None:
    try:
        return datetime.fromisoformat(published).date() if published else None
    except ValueError:
        raise KitError(message("lens.no_date", date=published)) from None


@errors_as_text
def look(source: str | Article = "", date: str = "", *, story: str = "") -> LivePage | MarkedText:
    """Show a text with its hedges, sources, figures and dates marked, and say why of each.

    A mark is a candidate: the reader decides.

    Args:
        source: the text, or a story of one's own (``kit.Article``).
        date: the text's date, ``YYYY-MM-DD``, from which "two years ago" is counted.
        story: instead of ``source`` what :func:`kit.story` shows by this name, for example the
            text that the learner chose in ``your-own-text/which``. There is a button to look.

    """
    course = find_course()
    if not story:
        return mark_text(course, source, date)
    from kit.notebook.live import LivePage  # noqa: PLC0415  (slow; only a notebook needs it)
    from kit.notebook.worksheet import find_story  # noqa: PLC0415

    def marked() -> MarkedText | Story:
        chosen = find_story(course, story)
        if not chosen.text:
            return chosen  # it says what to do first
        return _marked_once(course, chosen.text, date)

    return LivePage(course, marked, button=message("lens.mark_it"))


def look_line(course: Course, line: str) -> str:
    """Answer one line of JSON, ``{"id", "text", "dct"?}``, with another, ``{"id", "finds"}``.

    Raises:
        KitError: when the line is not of that form.

    """
    try:
        asked = json.loads(line.removeprefix("\ufeff"))
        text, day = asked["text"], asked.get("dct") or ""
        if not isinstance(text, str) or not isinstance(day, str):
            raise TypeError
    except (ValueError, LookupError, TypeError, RecursionError):
        raise KitError(message("lens.bad_line")) from None
    finds = [f.to_json() for f in mark_text(course, text, day).finds]
    return json.dumps({"id": asked.get("id"), "finds": finds})
