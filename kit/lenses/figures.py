"""The lens for figures: amounts, counts, percentages, and the date that a sentence gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from attrs import frozen

from kit.course.messages import message
from kit.lenses.find import Find, by_sentence, nearest
from kit.lenses.lexicon import Lexicon
from kit.lenses.numbers import NUMBER_WORDS, number_at, plain_value
from kit.lenses.words import Words

_TWO = re.compile(r"\d{1,3}-\d{1,3}")  #: "beaten 5-2", "20-30 people"


@frozen
class Figures:
    """The lens for figures, with the lexicon that has the approximators."""

    hedges: Lexicon

    def finds(self, words: Words, dates: list[Find]) -> Iterator[Find]:
        """Yield each figure that is no part of a date, with the nearest date of its sentence."""
        taken, spans, told = 0, iter([(d.start, d.end) for d in dates]), cache(message)
        days = by_sentence([d for d in dates if d.kind == "date"], words)
        span = next(spans, None)
        sets = words.grammar.sets
        opening = NUMBER_WORDS | sets["share"] | sets["uncounted"]
        for i in words.places_of(w for w in words.places if w[0].isdigit() or w in opening):
            while span and span[1] <= words.start[i]:
                span = next(spans, None)
            dated = span is not None and span[0] < words.end[i]
            found = None if dated or i < taken else _figure(words, i)
            if found:
                taken = found[1] + 1
                first, last, kind = found
                place = words.span(self._with_about(words, first), last)
                near = days.get(words.sentence_at(place[0]))
                reason = told(f"lens_figure.{kind}")
                if near:
                    day = nearest(*place[:2], near)
                    age, named = day.age_years, day.text
                    yield Find(*place, "figure", kind, reason, age_years=age, dated=named)
                else:
                    yield Find(*place, "figure", kind, reason)

    def _with_about(self, words: Words, first: int) -> int:
        """Return the first word of 'more than', where it stands before a figure."""
        for i in range(max(0, first - 3), first):
            lines = [x for x in self.hedges.at(words, i) if x.table.kind == "approximator"]
            if lines and i + len(lines[0].words) == first:
                return i
        return first


def _figure(words: Words, i: int) -> tuple[int, int, str] | None:
    """Return the first and last word of the figure whose number begins at ``i``, and its kind."""
    number = number_at(words, i)
    if number is None or words.low[number.after - 1] in ("several", "few", "many", "zero"):
        return None
    after = number.after
    first = i - _signed(words, i)
    if words.has(after, "percent") or (words.near(after), words.near(after + 1)) == ("per", "cent"):
        return first, after + (words.near(after) == "per"), "percentage"
    shared = _share(words, i, after)
    if shared:
        return i, shared, "percentage"
    before, behind = words.has(i - 1, "currency"), words.has(after, "currency")
    if before or behind:
        return i - before, after - 1 + behind, "amount"
    if not _counts(words, i, after):
        return None
    whole = _unit(words.low[i]) in words.grammar.sets["glued"]  # "40km north"
    return first, after - 1 if whole else _counted(words, after), "count"


def _signed(words: Words, i: int) -> bool:
    """Whether a sign stands right before a number and belongs to it: '-0.27%'."""
    sign = words.near(i - 1) in ("-", "−", "+") and words.end[i - 1] == words.start[i]
    return sign and (i < 2 or words.end[i - 2] < words.start[i - 1])


def _share(words: Words, i: int, after: int) -> int | None:
    """Return the last word of 'one in five households', 'two-thirds'."""
    if words.has(i, "share"):
        return i
    after += words.near(after) == "out"  # "four out of five"
    low = words.near(after + 1)
    whole = number_at(words, after + 1) if words.near(after) in ("in", "of") else None
    year = low[:1].isdigit() and len(low) > 3
    if whole is None or not whole.value or year or low in ("a", "an"):
        return None
    part = number_at(words, i)
    smaller = part is not None and part.value and part.value < whole.value
    return _counted(words, whole.after) if smaller else None


def _counted(words: Words, after: int) -> int:
    """Return the last word of what is counted: '60 [fallen trees]', without loose adjectives."""
    at = after
    while at < after + 3 and _describes(words, at):
        if words.has(at, "counted") or (words.low[at].endswith("s") and len(words.low[at]) > 3):
            return at
        at += 1
    loose = words.has(after, "no-noun", "participle") or at > after + 1
    loose = loose or words.near(after).endswith(("ed", "en", "ing", "ly"))
    return after if at > after and not loose else after - 1


def _of_two(words: Words, i: int, after: int) -> bool:
    """Whether two numbers are a range of things or a score: not 'Boeing 737-800', 'pages 9-10'."""
    several = words.low[_counted(words, after)].endswith("s")
    return several or any(words.has(k, "score") for k in range(i - 6, i))


def _unit(low: str) -> str:
    """Return what is written onto a number: the "gb" of "30gb"."""
    return low.lstrip("0123456789.,:/-")


def _describes(words: Words, i: int) -> bool:
    small = words.has(i, "preposition", "auxiliary", "conjunction", "determiner", "pronoun")
    return words.near(i).replace("-", "").isalpha() and not small and not words.has(i, "told")


def _counts(words: Words, i: int, after: int) -> bool:
    """Whether a bare number counts something: not 'iPhone 4', 'page 3', '22nd', '18-year-old'."""
    low, before = words.low[i], words.near(i - 1)
    if not low[0].isdigit():
        named = words.capital(i) and words.capital(i - 1) and not words.opens_sentence(i)
        return (low not in ("one", "zero") or after > i + 1) and not named  # "Channel Four"
    if before == "of" and words.capital(i - 2) and not words.opens_sentence(i - 2):
        return False  # "the Group of 20"
    unit = _unit(low)
    if unit and unit not in words.grammar.sets["glued"] | words.grammar.sets["magnitude"]:
        return False  # "22nd", "4x4"
    two = _TWO.fullmatch(low) and _of_two(words, i, after)
    if not two and plain_value(low.removesuffix(unit)) is None:
        return False
    inserted = words.near(i - 1) + words.near(after)
    listed = words.near(after + 1)[:1].isdigit()
    if inserted == "()" or (inserted == ",," and words.near(i - 2).isalpha() and not listed):
        return False  # the age of somebody: "Peter Amis (46)", "the driver, 46,"
    listed = before in ("", "\n") and words.near(after) in (".", ")")  # "1. Two piers closed"
    name = words.said(max(0, i - 1), i - 1) != before and not words.opens_sentence(i - 1)
    name = name and not words.has(i - 1, "weekday", "month", "about", "approximate")
    named = (name or before in ("'s", "’s")) and after == i + 1
    return not named and not listed and not words.has(i - 1, "numbered")
