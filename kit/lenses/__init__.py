"""The lenses: they mark candidates in any English news text and say why; the reader decides.

No model and no network: lexicons that anybody can read (``content/lexicons/*.toml``) and short
rules. Everything is found in one pass over the words, at a cost that grows with the length only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import message
from kit.lenses.dates import Dates, Patterns, read_patterns
from kit.lenses.figures import Figures, tie
from kit.lenses.find import Find, Lens
from kit.lenses.hedges import Hedges
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
    patterns: Patterns  #: of dates

    def look(self, text: str, today: date | None = None) -> list[Find]:
        """Return every find in a text, in the order of the text.

        Args:
            text: plain text, a paragraph a line.
            today: the date of the text, from which "two years ago" is counted; where it is not
                known, such dates have no age.

        """
        words = Words(text, self.grammar)
        sourcing = Sourcing(self.sourcing, words)
        cues = sourcing.cues()
        dates = list(Dates(today, self.patterns).finds(words))
        sentences = [(words.start[a], words.end[b - 1]) for a, b in words.sentences]
        figures = list(tie(list(Figures(self.hedges).finds(words, dates)), dates, sentences))
        finds = [
            *Hedges(self.hedges).finds(words),
            *to_finds(words, cues, sourcing.who),
            *_nobody(figures, [words.start[c.i] for c in cues], sentences),
            *figures,
            *dates,
        ]
        return sorted(finds, key=lambda f: (f.start, -f.end))


@cache
def load_lenses(course: Course) -> Lenses:
    """Return the lenses of a course: the kit's lexicons with the course's own laid over them."""
    names = ("hedges", "sourcing", "grammar", "dates")
    hedges, sourcing, grammar, dates = (load_lexicon(course, name) for name in names)
    return Lenses(hedges, sourcing, Grammar(grammar.sets), read_patterns(dates, grammar.sets))


def _nobody(
    figures: Iterable[Find], cues: list[int], sentences: list[tuple[int, int]]
) -> Iterable[Find]:
    """Yield each figure in whose sentence nothing is put down to anybody.

    Args:
        figures: in order.
        cues: where each attribution begins, in order.
        sentences: the first and last code point of each, in order.

    """
    at = cue = 0
    for figure in figures:
        while at < len(sentences) - 1 and sentences[at][1] <= figure.start:
            at += 1
        while cue < len(cues) and cues[cue] < sentences[at][0]:
            cue += 1
        attributed = cue < len(cues) and cues[cue] < sentences[at][1]
        if not attributed and any(c.isdigit() or c in "$£€%" for c in figure.text):
            yield Find(
                figure.start,
                figure.end,
                figure.text,
                "sourcing",
                "unattributed",
                message("lens.nobody"),
            )
