"""The lens for figures: amounts, counts, percentages, and the date that a sentence gives them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache

from attrs import frozen

from kit.course.messages import message
from kit.lenses.find import Find, by_sentence, nearest
from kit.lenses.lexicon import Lexicon
from kit.lenses.numbers import NUMBER_WORDS, Number, number_at, plain_value
from kit.lenses.words import Words

_TWO = re.compile(r"\d{1,3}-\d{1,3}")  #: "beaten 5-2", "20-30 people"
_DIGITS = "0123456789.,:/-"  #: what may stand before a unit: "30gb"
_LONGEST_NOUN = 3  #: words
_SERIES = frozenset(["and", "or", ",", "to"])  #: between numbers


@frozen
class Figures:
    """The lens for figures, with the lexicon that has the approximators."""

    hedges: Lexicon

    def finds(self, words: Words, dates: list[Find]) -> Iterator[Find]:
        """Yield each figure that is no part of a date, with the nearest date of its sentence."""
        done, told = 0, cache(message)
        begin = [d.start for d in dates]
        days = by_sentence([d for d in dates if d.kind == "date"], words)
        sets = words.grammar.sets
        opening = NUMBER_WORDS | sets["share"] | sets["uncounted"]
        for i in words.places_of(opening.union(w for w in words.places if w[0].isdigit())):
            before = bisect_right(begin, words.start[i]) - 1
            dated = before >= 0 and dates[before].end > words.start[i]
            figure = None if dated or i < done else _figure(words, i)
            if figure:
                first, last, kind = figure
                done = last + 1
                place = words.span(self._with_about(words, first), last)
                near = days.get(words.sentence_at(place[0]), [])[:8]
                near = [day for day in near if _is_of(words, day, first, last)]
                found = Find(*place, "figure", kind, told(f"lens_figure.{kind}"))
                if near:
                    day = nearest(*place[:2], near)
                    found = found._replace(age_years=day.age_years, dated=day.text)
                yield found

    def _with_about(self, words: Words, first: int) -> int:
        """Return the first word of 'more than', where it stands before a figure."""
        for i in range(max(0, first - 3), first):
            for line in self.hedges.at(words, i):
                if line.table.kind == "approximator" and i + len(line.words) == first:
                    return i
        return first


def _is_of(words: Words, day: Find, first: int, last: int) -> bool:
    """Whether a figure may be of a day: not 'the most since 2016', 'a firm founded in 2017 has'."""
    begins, after = bisect_left(words.start, day.start), bisect_left(words.start, day.end)
    if _of_a_document(words, begins, after):
        return True
    at, small = begins - 1, ("preposition", "article", "adverb", "stage")
    while words.has(at, *small) and not words.has(at, "compared"):
        at -= 1  # to the word before "in the"
    compared = words.near(begins - 1) == "on" and day.earliest != day.latest  # "up on 2016"
    owned = words.has(begins - 1, "article", "owner", "possessive") and day.text.isdigit()
    if words.has(at, "compared") or compared or owned:  # "the 1974 building"
        return False
    opens = words.near(at) in ("", "\n") or words.has(at, "parting", "conjunction")
    made = words.has(at, "made") and not words.has(at - 1, "auxiliary")
    if after > first:  # the day stands behind the figure
        apart = opens or (made and at > last + 1)
        return not (apart or _parted(words, last + 1, begins, opens=opens))
    goes_on = words.near(after + (words.near(after) == ",")).endswith(("ing", "when", "that"))
    other = words.has(at, "percent", "counted") or words.near(at)[:1].isdigit()  # its own figure
    apart = not opens and (made or other)
    return not (apart or _parted(words, after + goes_on, first, opens=opens))


def _parted(words: Words, begins: int, end: int, *, opens: bool) -> bool:
    """Whether another clause begins between a day and a figure; one that opens may reach on."""
    free = (",", "that") if opens else ()
    for k in range(begins, end):
        verb = words.near(k) == "and" and (words.past(k + 1) or words.has(k + 1, "auxiliary"))
        if verb or (words.has(k, "parting") and words.near(k) not in free):
            return True
    return False


def _of_a_document(words: Words, begins: int, after: int) -> bool:
    """Whether a day is an estimate's or a report's own, and so its figures': 'a 2013 survey'."""
    if any(words.has(k, "finding", "dating") for k in range(after, after + 3)):
        return True  # "a 2013 Reuters investigation"
    at = begins - 1
    while words.has(at, "drawn-up"):  # "the estimate, made in 2013"
        at -= 1
    verb = words.near(at) == "report" and not words.has(at - 1, "determiner", "possessive")
    return words.has(at, "finding") and not verb


def _figure(words: Words, i: int) -> tuple[int, int, str] | None:
    """Return the first and last word of the figure whose number begins at ``i``, and its kind."""
    number = number_at(words, i)
    if number is None or words.low[number.after - 1] in ("several", "few", "many", "zero"):
        return None
    sign = words.near(i - 1) in ("-", "−", "+") and words.end[i - 1] == words.start[i]
    sign = sign and (i < 2 or words.end[i - 2] < words.start[i - 1])  # "-0.27%"; not "(4+2)"
    first, after = i - sign, number.after
    last = _percentage(words, i, number)
    if last is not None:
        return first, last, "percentage"
    before, behind = words.has(i - 1, "currency"), words.has(after, "currency")
    if before or behind:
        glued = before and words.capital(i - 2) and words.end[i - 2] == words.start[i - 1]  # "US$5"
        return i - before - glued, after - 1 + behind, "amount"
    noun = after + (words.near(after) == "of" and words.has(i, "uncounted"))  # "scores of men"
    last = _counted(words, noun)
    if not _counts(words, i, after, last < noun):
        return None
    unit = words.low[i].lstrip(_DIGITS)  # "40km north"
    alone = last < noun or unit in words.grammar.sets["glued"]
    return first, after - 1 if alone else last, "count"


def _percentage(words: Words, i: int, part: Number) -> int | None:
    """Return the last word of '5 per cent', 'two-thirds', 'half', 'one in every five homes'."""
    after = part.after
    if words.has(after, "percent"):
        return after + (words.near(after + 1) in ("point", "points"))
    if (words.near(after), words.near(after + 1)) == ("per", "cent"):
        return after + 1
    if not part.value and words.has(after - 1, "share", "part"):
        return after - 1
    shared = words.has(after, "sharing") and (part.value == 1 or words.near(after + 1) == "out")
    after += shared  # "one home in six"
    out = words.near(after) == "out"  # "four out of five"
    after += out
    small, of = words.near(after + 1), words.near(after) == "of"
    begins = after + 1 + (small == "every") + 2 * (of and small == "the")  # "of the last five"
    whole = number_at(words, begins) if of or words.near(after) == "in" else None
    if not part.value or not whole or not whole.value or (of and part.value == 1 and not out):
        return None  # one of two: that is a count
    year = len(words.low[after + 1]) > 3 and words.low[after + 1][0].isdigit()
    if year or part.value >= whole.value or words.has(whole.after, "lasting"):
        return None
    return whole.after - 1 if shared else _counted(words, whole.after)


def _counted(words: Words, after: int) -> int:
    """Return the last word of what is counted: '60 [fallen trees]', without loose adjectives."""
    if words.near(after) == "°":
        return after + words.has(after + 1, "glued")
    at, small = after, ("preposition", "auxiliary", "conjunction", "determiner", "pronoun", "told")
    while at < after + _LONGEST_NOUN and not words.has(at, *small):
        low = words.near(at)
        if not low.replace("-", "").isalpha():
            break
        many = len(low) > 3 and low[-1] == "s" and low[-2] not in "isu"  # not "basis", "bus"
        if many or words.has(at, "counted"):
            return at
        at += 1
    loose = words.has(after, "no-noun", "participle", "past", "adverb")
    loose = loose or words.near(after).endswith(("ed", "en", "ing", "ly"))
    return after if at == after + 1 and not loose else after - 1


def _counts(words: Words, i: int, after: int, alone: bool) -> bool:
    """Whether a bare number counts something: not 'one', 'Channel Four', 'iPhone 4', 'page 3'."""
    low = words.low[i]
    if low[0].isdigit():
        unit, sets = low.lstrip(_DIGITS), words.grammar.sets  # not "22nd", "4x4", "9/11"
        known = not unit or unit in sets["glued"] or unit in sets["magnitude"]
        is_count = known and plain_value(low.removesuffix(unit).rstrip("-")) is not None
        if _TWO.fullmatch(low):  # things or a score; not "Boeing 737-800", "pages 9-10"
            is_count = any(words.has(k, "score") for k in range(i - 6, i))
            is_count |= bool(re.match("[a-z].*s$", words.words[_counted(words, after)]))
        return is_count and not (_is_listed(words, i, after) or _is_named(words, i, after, alone))
    if (low == "one" and after == i + 1) or _is_listed(words, i, after):
        return False
    name = words.capital(i - 1) or words.near(i - 1) == "of"
    return not (words.capital(i) and name) or words.opens_sentence(i)


def _is_listed(words: Words, i: int, after: int) -> bool:
    """Whether a number stands in a list, or is an age: '1. Two piers closed', 'the driver, 46,'."""
    before, behind = words.near(i - 1), words.near(after)
    if before in ("", "\n"):
        return behind in (".", ")")
    series = words.near(after + 1)[:1].isdigit() or not words.near(i - 2)[-1:].isalpha()
    ends = behind == "," or (behind in (".", ";", "\n") and words.capital(i - 2))
    in_brackets = before + behind in ("()", "(,", ",)") or "|" in before + behind
    return in_brackets or (before == "," and ends and not series)


def _is_named(words: Words, i: int, after: int, alone: bool) -> bool:
    """Whether a number is part of a name or an age: 'page 3', 'the Group of 20', 'a boy of 6'."""
    at, before = i - 1, words.near(i - 1)
    if alone:  # it counts nothing
        while at > i - 9 and words.near(at) in _SERIES and words.near(at - 1)[:1].isdigit():
            at -= 2  # "junctions 10 and 11"
        at -= words.has(at, "about")
        aged = words.has(at - 1, "person") and (words.near(at) == "of" or words.has(at, "be"))
        aged = aged or (words.near(at) == "at" and words.has(at - 1, "dying"))  # "dies at 91"
        phone = re.match(r"[\d'’<=>]", before) or words.near(after)[:1].isdigit()  # or "iLife '11"
        street = words.capital(after) and any(words.has(after + n, "street") for n in (1, 2, 3))
        called = words.has(i - 1, "dialled") and not words.has(i - 2, "shift")
        if aged or phone or street or called or words.has(i, "model"):
            return True
    group = before == "of" and words.capital(i - 2) and not words.opens_sentence(i - 2)
    group = group or words.has(at, "numbered")
    name = words.said(max(0, i - 1), i - 1) != before and not words.opens_sentence(i - 1)
    name = name and not words.has(i - 1, "weekday", "month", "about", "approximate")
    return group or (after == i + 1 and (name or words.has(i - 1, "possessive")))
