"""The lens for figures: amounts, counts and percentages, and the date that a sentence gives them."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from kit.lenses.dates import DAYS, MONTHS
from kit.lenses.find import Find
from kit.lenses.lexicon import Lexicon
from kit.lenses.numbers import NUMBER_WORDS, number_at, plain_value
from kit.lenses.words import Words
from kit.messages import say

_PERCENT = frozenset(["%", "percent", "pct", "percentage"])
_VAGUE = frozenset(["many", "few", "several", "a", "an", "zero"])
_NOT_COUNTED = frozenset(["of", "in", "and", "or", "to", "on", "at", "for", "from", "by", "is", "was", "were", "are", "the"])
_DAYS_AND_MONTHS = frozenset([*DAYS, *MONTHS])


@frozen
class Figures:
    """The lens for figures with its lexicons."""

    hedges: Lexicon  #: for its approximators
    grammar: Lexicon

    def finds(self, words: Words, dates: list[Find]) -> Iterator[Find]:
        """Yield each figure that is no part of a date, tied to the date in its sentence."""
        taken, spans = 0, iter([(d.start, d.end) for d in dates])
        span = next(spans, (len(words.text) + 1, 0))
        for i in [i for i, low in enumerate(words.low) if low[0].isdigit() or low in NUMBER_WORDS]:
            while span[1] and span[1] <= words.start[i]:
                span = next(spans, (len(words.text) + 1, 0))
            found = self._figure(words, i) if i >= taken and words.end[i] <= span[0] else None
            if found:
                taken = found[1] + 1
                yield self._found(words, *found)

    def _figure(self, words: Words, i: int) -> tuple[int, int, str] | None:
        """Return the first and last word of the figure whose number begins at ``i``, and its kind."""
        low = words.low[i]
        number = number_at(words, i, self.grammar)
        if number is None or (low in _VAGUE and number.after == i + 1):
            return None
        first, last = i, number.after - 1
        money = self.grammar.words("currency")
        amount = words.near(i - 1) in money or words.near(number.after) in money
        first -= words.near(i - 1) in money
        last += words.near(number.after) in money
        if words.near(number.after) in _PERCENT or (words.near(number.after), words.near(number.after + 1)) == ("per", "cent"):
            return first, number.after + (words.near(number.after) == "per"), "percentage"
        if amount:
            return first, last, "amount"
        if not _counts(words, i, number.after):
            return None
        counted = words.near(number.after)
        return first, last + (counted.isalpha() and counted not in _NOT_COUNTED), "count"

    def _found(self, words: Words, first: int, last: int, kind: str) -> Find:
        first = self._approximated(words, first)
        start, end = words.start[first], words.end[last]
        return Find(start, end, words.text[start:end], "figure", kind, say(f"lens.figure_{kind}"))

    def _approximated(self, words: Words, first: int) -> int:
        """Return the first word of an approximator that stands right before, else ``first``."""
        for i in range(max(0, first - 3), first):
            line = self.hedges.at(words.low, i)
            if line and line.table == "approximator" and i + len(line.words) == first:
                return i
        return first


def _counts(words: Words, i: int, after: int) -> bool:
    """Whether a bare number counts something: not 'iPhone 4', 'page 3', '22nd', '18-year-old', 'one'."""
    low = words.low[i]
    if low[0].isdigit():
        plain = plain_value(low)
        measured = low.rstrip("abcdefghijklmnopqrstuvwxyz")  # "30gb"
        if plain is None and (plain_value(measured) is None or low.endswith(("st", "nd", "rd", "th", "s"))):
            return False
        before = words.near(i - 1)
        name = i > 0 and words.words[i - 1] != before and before not in _DAYS_AND_MONTHS
        named = (name or before in ("'s", "’s")) and after == i + 1 and words.near(i - 2)[:1] not in ("", "\n", ".")
        return not named and words.near(i - 1) not in ("no", "page", "chapter", "article", "section", "/", "-")
    return low != "one" or after > i + 1


def tie(figures: list[Find], dates: list[Find], sentences: list[tuple[int, int]]) -> list[Find]:
    """Give each figure the nearest date that its sentence names.

    Args:
        figures: in order.
        dates: in order.
        sentences: first and last code point of each sentence, in order.

    """
    dated = [d for d in dates if d.kind == "date"]
    tied, at, low = [], 0, 0
    for figure in figures:
        while at < len(sentences) - 1 and sentences[at][1] <= figure.start:
            at += 1
        first, last = sentences[at]
        while low < len(dated) and dated[low].start < first:
            low += 1
        best: Find | None = None
        for d in dated[low : low + 8]:
            if d.start < last and (best is None or _gap(figure, d) < _gap(figure, best)):
                best = d
        tied.append(evolve(figure, dated=best.text, age_years=best.age_years) if best else figure)
    return tied


def _gap(one: Find, other: Find) -> int:
    return max(one.start - other.end, other.start - one.end)
