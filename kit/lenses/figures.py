"""The lens for figures: amounts, counts, percentages, and the date that a sentence gives them."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from kit.course.messages import message
from kit.lenses.find import Find
from kit.lenses.lexicon import Lexicon
from kit.lenses.numbers import NUMBER_WORDS, number_at, plain_value
from kit.lenses.words import Words


@frozen
class Figures:
    """The lens for figures, with the lexicon that has the approximators."""

    hedges: Lexicon

    def finds(self, words: Words, dates: list[Find]) -> Iterator[Find]:
        """Yield each figure that is no part of a date."""
        taken, spans = 0, iter([(d.start, d.end) for d in dates])
        span = next(spans, None)
        for i in [i for i, w in enumerate(words.low) if w[0].isdigit() or w in NUMBER_WORDS]:
            while span and span[1] <= words.start[i]:
                span = next(spans, None)
            found = (
                _figure(words, i) if i >= taken and not (span and span[0] < words.end[i]) else None
            )
            if found:
                taken = found[1] + 1
                yield self._found(words, *found)

    def _found(self, words: Words, first: int, last: int, kind: str) -> Find:
        for i in range(max(0, first - 3), first):  # "more than" stands before it
            lines = [x for x in self.hedges.at(words, i) if x.table.kind == "approximator"]
            if lines and i + len(lines[0].words) == first:
                first = i
                break
        start, end = words.start[first], words.end[last]
        text = words.text[start:end]
        return Find(start, end, text, "figure", kind, message(f"lens_figure.{kind}"))


def _figure(words: Words, i: int) -> tuple[int, int, str] | None:
    """Return the first and last word of the figure whose number begins at ``i``, and its kind."""
    number = number_at(words, i)
    if number is None or words.low[number.after - 1] in ("several", "few", "many", "zero"):
        return None
    after = number.after
    if words.has(after, "percent") or (words.near(after), words.near(after + 1)) == ("per", "cent"):
        return i, after + (words.near(after) == "per"), "percentage"
    before, behind = words.has(i - 1, "currency"), words.has(after, "currency")
    if before or behind:
        return i - before, after - 1 + behind, "amount"
    if not _counts(words, i, after):
        return None
    small = words.has(after, "preposition", "auxiliary", "conjunction")
    counted = words.near(after).isalpha() and not small and not words.near(after).endswith("ed")
    return i, after - 1 + counted, "count"


def _counts(words: Words, i: int, after: int) -> bool:
    """Whether a bare number counts something: not 'iPhone 4', 'page 3', '22nd', '18-year-old'."""
    low, before = words.low[i], words.near(i - 1)
    if not low[0].isdigit():
        return low not in ("one", "zero") or after > i + 1
    unit = low.lstrip("0123456789.,:/-")  # "30gb"
    if unit in ("st", "nd", "rd", "th", "s") or plain_value(low.removesuffix(unit)) is None:
        return False
    name = i > 0 and words.words[i - 1] != before and not words.has(i - 1, "weekday", "month")
    named = (name or before in ("'s", "’s")) and words.near(i - 2)[:1] not in ("", "\n", ".")
    return not (named and after == i + 1) and before not in (
        "no",
        "page",
        "chapter",
        "article",
        "section",
        "/",
    )


def tie(figures: list[Find], dates: list[Find], sentences: list[tuple[int, int]]) -> Iterator[Find]:
    """Yield each figure with the nearest date that its sentence names.

    Args:
        figures: in order.
        dates: in order.
        sentences: first and last code point of each sentence, in order.

    """
    dated, at, low = [d for d in dates if d.kind == "date"], 0, 0
    for figure in figures:
        while at < len(sentences) - 1 and sentences[at][1] <= figure.start:
            at += 1
        while low < len(dated) and dated[low].start < sentences[at][0]:
            low += 1
        # Eight are enough: a sentence that names more dates ties its figures to none in particular.
        near = [d for d in dated[low : low + 8] if d.start < sentences[at][1]]
        best = min(
            near, key=lambda d: max(figure.start - d.end, d.start - figure.end), default=None
        )
        yield evolve(figure, dated=best.text, age_years=best.age_years) if best else figure
