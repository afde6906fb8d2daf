"""The lenses: they mark candidates in any English news text and say why; the reader decides.

No model and no network: lexicons that anybody can read (``content/lexicons/*.toml``) and short
rules. Everything is found in one pass over the words, at a cost that grows with the length only.
"""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import message
from kit.lenses.dates import Dates, Rows, on_days, read_rows
from kit.lenses.figures import Figures
from kit.lenses.find import Find, Lens
from kit.lenses.hedges import Hedges, load_weights
from kit.lenses.lexicon import Lexicon, load_lexicon
from kit.lenses.sourcing import Sourcing, to_finds
from kit.lenses.words import Grammar, Words

__all__ = ["LENSES", "Find", "Lens", "Lenses", "load_lenses"]

LENSES: tuple[Lens, ...] = ("hedge", "sourcing", "figure", "date")


@frozen
class Lenses:
    """All lenses with the lexicons of a course."""

    hedges: Lexicon
    sourcing: Lexicon
    grammar: Grammar
    rows: Rows  #: of dates.toml
    weights: Mapping[str, float]  #: of a hedge and what stands beside it

    def look(self, text: str, today: date | None = None) -> list[Find]:
        """Return every find in a text, in the order of the text.

        Args:
            text: plain text, a paragraph a line.
            today: the date of the text, from which "two years ago" is counted; where it is not
                known, such dates have no age.

        """
        with _not_collecting():
            return self._look(text, today)

    def _look(self, text: str, today: date | None) -> list[Find]:
        words = Words(text, self.grammar)
        sourcing = Sourcing(self.sourcing, words)
        said = list(to_finds(words, sourcing.cues(), sourcing.who))
        dates = list(on_days(list(Dates(today, self.rows).finds(words)), words, today))
        figures = list(Figures(self.hedges).finds(words, dates))
        finds = [
            *Hedges(self.hedges, self.weights).finds(words),
            *said,
            *_nobody(words, figures, said, sourcing.unsure),
            *figures,
            *dates,
        ]
        return sorted(finds, key=lambda f: (f.start, -f.end))


@contextmanager
def _not_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile: what is found stays, and a seventh of the time went there."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@cache
def load_lenses(course: Course) -> Lenses:
    """Return the lenses of a course: the kit's lexicons with the course's own laid over them."""
    names = ("hedges", "sourcing", "grammar", "dates")
    hedges, sourcing, grammar, dates = (load_lexicon(course, name) for name in names)
    rows = read_rows(dates, grammar.sets)
    return Lenses(hedges, sourcing, Grammar(grammar.sets), rows, load_weights())


def _nobody(
    words: Words, figures: list[Find], said: list[Find], unsure: list[int]
) -> Iterator[Find]:
    """Yield each figure in digits in whose sentence nothing is put down to anybody.

    Where a verb might report, though it was not read so, nothing is claimed, nor where the sentence
    goes on from one with a source, or where one with a source has the same figure. What stands
    between quotation marks is somebody's; a line with tabs is a row of a table.
    """
    if not words.english:
        return
    told = {words.sentence_at(f.start) for f in said if f.kind.endswith("cue")}
    told |= {words.sentence_at(words.start[i]) for i in unsure}
    known = {_digits(f) for f in figures if words.sentence_at(f.start) in told}
    why = message("lens.nobody")
    for figure in figures:
        quoted = words.quoted[bisect_right(words.start, figure.start) - 1]
        number = any(c.isdigit() or c in "$£€%" for c in figure.text)
        sentence = words.sentence_at(figure.start)
        goes_on = sentence - 1 in told and words.goes_on(sentence)
        attributed = quoted or goes_on or sentence in told or _digits(figure) in known
        around = words.text[max(0, figure.start - 40) : figure.start + 40]
        if number and not attributed and "\t" not in around.strip("\t\n "):
            yield Find(figure.start, figure.end, figure.text, "sourcing", "unattributed", why)


def _digits(figure: Find) -> str:
    """Return a figure's number as it is written."""
    return "".join(c for c in figure.text if c.isdigit() or c in ".,%")
