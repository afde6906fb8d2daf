"""The lens for dates: when, how long, how often, and how old that makes it.

A date is read by the patterns in ``dates.toml``: rows of names, each a small test of one word
("weekday", "month", "number"). The first pattern that fits at a place is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, KeysView, Mapping
from datetime import date, timedelta
from itertools import product

from attrs import define, field, frozen

from kit.course.messages import CONTENT
from kit.course.toml import read_toml, structure
from kit.lenses.find import Find, by_sentence, nearest
from kit.lenses.lexicon import Lexicon, Line
from kit.lenses.numbers import MULTIPLES, NUMBER_WORDS, VALUES, number_at
from kit.lenses.words import Words

YEAR = 365.25  #: days
Range = tuple[date | None, date | None]  #: the first and last day that is meant
Said = dict[str, str]  #: the word that stands for each name of a pattern
Window = tuple[str, str, str]  #: three words that stand one after the other
_UNKNOWN: Range = (None, None)
_FILE = CONTENT / "lexicons" / "forms.toml"
#: Tests of one word that are a matter of its form; the others are tables of grammar.toml.
FORMS = {k: re.compile(v) for k, v in structure(read_toml(_FILE), dict[str, str], _FILE).items()}
_IN_FIGURES = re.compile(r"\d.*", re.DOTALL)
_HAS_FORM = re.compile(r"\d|\w-")  #: in each word that has one of these forms
_WINDOWS_KEPT = 10_000
_LONG = {"month": 1, "quarter": 3, "season": 12, "year": 12, "decade": 120, "century": 1200}
_SOON = 45  #: days within which a month without a year is the one to come
#: Readers that need not know the text's own date.
_ABSOLUTE = frozenset(["iso", "years", "decade", "century"])


@frozen
class Item:
    """One name of a pattern, with its test."""

    name: str
    table: frozenset[str]  #: the words that can stand for it, or
    form: re.Pattern[str] | None  #: what they look like

    def may_be(self, low: str) -> bool:
        """Whether a word can stand for it, by its letters alone."""
        return low in self.table or (self.form is not None and bool(self.form.fullmatch(low)))

    def after(self, words: Words, at: int) -> int:
        """Return the word after what it takes from word ``at``; ``at`` where it takes nothing."""
        if not self.may_be(words.near(at)):
            return at
        if self.name == "number":
            return _number(words, at)
        check = _CHECKS.get(self.name)
        return at + (check is None or check(words, at))


@frozen
class Pattern:
    """A row of names, none of which may be missing, and the line of dates.toml it stands on."""

    items: list[Item]
    line: Line  #: of the kind "none" where what fits is no date ("two years old")

    def can_begin(self, lows: Window) -> bool:
        """Whether it can begin with these words, by their letters alone."""
        for item, low, then in zip(self.items, lows, (*lows[1:], ""), strict=False):
            if not item.may_be(low):
                return False
            if item.name == "number" and (then in MULTIPLES or then[:1].isdigit()):
                return True  # a number of more words than one
        return True

    def match(self, words: Words, i: int) -> tuple[dict[str, int], int] | None:
        """Return where each name stands from word ``i``, and the word after; or nothing."""
        got, at = dict[str, int](), i
        for item in self.items:
            after = item.after(words, at)
            if after == at:
                return None
            got[item.name], at = at, after
        return got, at


@frozen
class Patterns:
    """The patterns, and which of them can begin with some given words."""

    first: dict[str, list[Pattern]]  #: by each word with which they can begin
    formed: list[Pattern]  #: those that can begin with what has a form
    known: frozenset[str]  #: all words that a pattern asks for
    met: dict[Window, list[Pattern]] = field(factory=dict)  #: what was asked for before

    def beginnings(self, lows: KeysView[str]) -> set[str]:
        """Return those of some words with which a date can begin."""
        return (self.first.keys() & lows).union(filter(_HAS_FORM.search, lows))

    def of(self, low: str, *then: str) -> list[Pattern]:
        """Return the patterns that can begin with a word and the two after it."""
        second, third = (x if x in self.known or not x.isalpha() else "" for x in then)
        window = (low, second, third)
        found = self.met.get(window)
        if found is None:
            if len(self.met) > _WINDOWS_KEPT:
                self.met.clear()
            some = self.first.get(low, self.formed)
            found = self.met[window] = [p for p in some if p.can_begin(window)]
        return found


@define
class Dates:
    """The lens for dates."""

    today: date | None  #: the text's own date, where it is known
    patterns: Patterns
    named: date | None = None  #: the last single day that the text has named

    def finds(self, words: Words) -> Iterator[Find]:
        """Yield each date, duration and time of a text in order."""
        done = 0
        for i in words.places_of(self.patterns.beginnings(words.places.keys())):
            found = self._found(words, i) if i >= done else None
            if found:
                done, find = found
                if find.kind != "none":
                    yield find

    def _found(self, words: Words, i: int) -> tuple[int, Find] | None:
        for pattern in self.patterns.of(words.low[i], words.near(i + 1), words.near(i + 2)):
            match = pattern.match(words, i)
            if match is None:
                continue
            got, after = match
            table = pattern.line.table
            ago = None
            try:
                if table.rule in ("ago", "stretch"):
                    days, ago = self._counted(table.rule, words, got)
                else:
                    days = self._days(table.rule, words, i, got)
            except (ValueError, OverflowError):
                if table.rule in _ABSOLUTE or "year" in got:  # "February 31, 2013"
                    continue
                days = _UNKNOWN  # beyond the calendar
            return after, self._find(words.span(i, after - 1), pattern.line, days, ago)
        return None

    def _find(
        self, place: tuple[int, int, str], line: Line, days: Range, ago: float | None
    ) -> Find:
        first, last = days
        if first and first == last:
            self.named = first
        if ago is None and first and self.today:
            ago = (self.today - first).days / YEAR
        return Find(
            *place,
            "date",
            line.table.kind,
            line.reason,
            age_years=None if ago is None else round(ago, 2),
            earliest=first.isoformat() if first else "",
            latest=last.isoformat() if last else "",
        )

    def _days(self, reader: str, words: Words, i: int, got: dict[str, int]) -> Range:
        """Return the days that a match means."""
        if reader == "that-day":
            return self.named, self.named
        said = {name: words.low[at] for name, at in got.items()}
        the_day = said.get("unit") == "day" and words.low[i] == "the"
        today = self.today
        if self.named and reader == "period" and ("earlier" in said or the_day):
            today = self.named  # "The day before, he had left."
        if today is None and (reader in _ABSOLUTE or "year" in said):
            today = date.max  # not needed
        if not reader or today is None:
            return _UNKNOWN
        said["clause"] = _clause(words, i)
        return _READERS[reader](said, today)

    def _counted(
        self, reader: str, words: Words, got: dict[str, int]
    ) -> tuple[Range, float | None]:
        """'two years ago', 'the past two weeks': a number of units back from the text's date.

        A round number is right to the nearest unit, so "ago" reaches half a unit either way.
        """
        number = number_at(words, got["number"]) if "number" in got else None
        unit = VALUES["length"][words.low[got.get("lasting", got.get("unit", 0))].removesuffix("s")]
        days = unit * ((number.value or 3.0) if number else 1.0)
        days += unit / 2 if "half" in got else 0
        ago = days / YEAR if reader == "ago" else None
        shift = _value("shift", words.low[got["shift"]]) if "shift" in got else -1
        if self.today is None or not shift or days > self.today.toordinal():
            return _UNKNOWN, ago  # "10,000 years ago" is before any calendar
        far, near = (days + unit / 2, days - unit / 2) if reader == "ago" else (days, 0)
        ends = sorted(self.today + shift * timedelta(days=x) for x in (far, near))
        return (ends[0], min(ends[1], self.today) if shift < 0 else ends[1]), ago


def read_patterns(lexicon: Lexicon, sets: Mapping[str, frozenset[str]]) -> Patterns:
    """Return the patterns of dates.toml with the words of grammar.toml in their places.

    A row is written out with and without each name that may be missing, the fullest first.
    """
    first, formed, known = dict[str, list[Pattern]](), list[Pattern](), set(MULTIPLES)
    for line in lexicon.ordered:
        choices = [[name[:-1], ""] if name.endswith("?") else [name] for name in line.words]
        for names in product(*choices):
            items = [_item(name, sets) for name in names if name]
            if items[-1].name == ",":  # "May 5," with no year after it
                continue
            pattern = Pattern(items, line)
            known.update(*(item.table for item in items))
            for low in items[0].table:
                first.setdefault(low, []).append(pattern)
            if items[0].form:
                formed.append(pattern)
    return Patterns(first, formed, frozenset(known))


def _item(name: str, sets: Mapping[str, frozenset[str]]) -> Item:
    """Return one name of a pattern, with all that can stand for it."""
    base = name.removeprefix("clear-")
    if name == "number":
        return Item(name, NUMBER_WORDS | sets["share"] | sets["uncounted"], _IN_FIGURES)
    if base in FORMS:
        return Item(name, frozenset(), FORMS[base])
    return Item(name, sets.get(base, frozenset([name])), None)


def _number(words: Words, at: int) -> int:
    number = number_at(words, at)
    counts = number and (number.value is not None or not words.low[at][0].isdigit())
    return number.after if number and counts else at


def _clear_month(words: Words, at: int) -> bool:
    """'in May', 'in March': a month, and not a verb or a name; 'Jan' alone is a name."""
    low = words.low[at]
    doubtful = low in ("may", "march", "april", "june", "august") or len(low) < 4
    return words.capital(at) and (not doubtful or words.has(at - 1, "before-month"))


def _clear_year(words: Words, at: int) -> bool:
    """'in 2013', '2013 elections'; not '2013 people', 'more than 2000'."""
    counts = words.has(at + 1, "percent", "counted") or words.has(at - 1, "currency", "approximate")
    return not counts and 1500 <= int(words.low[at]) < 2100


def _often(words: Words, at: int) -> bool:
    """'its annual fair'; not 'LA Weekly' and not 'the weekly said'."""
    name = words.capital(at) and not words.opens_sentence(at)
    return not name and not (words.has(at - 1, "article") and words.has(at + 1, "told"))


#: What must hold besides the letters of a word.
_CHECKS: dict[str, Callable[[Words, int], bool]] = {
    "weekday": Words.capital,
    "weekdays": Words.capital,
    "month": Words.capital,
    "clear-month": _clear_month,
    "clear-year": _clear_year,
    "often": _often,
}


def on_days(dates: list[Find], words: Words, today: date | None) -> Iterator[Find]:
    """Yield each date; a time of day gets the day that its sentence names, or the text's own."""
    single = [d for d in dates if d.earliest and d.earliest == d.latest and d.kind == "date"]
    days = by_sentence(single, words)
    own = today.isoformat() if today else ""
    for found in dates:
        near = days.get(words.sentence_at(found.start))
        if found.kind != "time":
            yield found
        elif near:
            day = nearest(found.start, found.end, near)
            yield found._replace(age_years=day.age_years, earliest=day.earliest, latest=day.latest)
        else:
            yield found._replace(age_years=0.0 if own else None, earliest=own, latest=own)


def _clause(words: Words, i: int) -> str:
    """Tell from the verb before word ``i``, in its own clause, whether it is "ahead" or "past"."""
    if words.near(i - 1) in ("until", "through", "till"):
        return "ahead"
    for k in range(i - 1, max(-1, i - 13), -1):
        low = words.low[k]
        to_be = low == "to" and words.has(k - 1, "be")
        if to_be or words.has(k, "ahead") or _arranged(words, k):
            return "ahead"
        if words.past(k) or words.has(k, "past"):
            return "past"
        ends = low in (",", "that", "but", "\n") or words.has(k, "wall", "relative")
        small = all(words.has(n, "preposition", "adverb", "article") for n in range(k + 1, i))
        if ends or (low == "and" and not small):  # not "on Friday and on Monday"
            return ""
    return ""


def _arranged(words: Words, k: int) -> bool:
    """Whether a verb in the present announces: 'polls open'; not 'the start' and 'to open'."""
    small = words.has(k - 1, "determiner", "preposition", "possessive", "adverb", "auxiliary")
    if small or not words.has(k, "arranged") or words.opens_sentence(k):
        return False
    before = words.near(k - 1)
    many = before.endswith("s") or before in ("they", "we", "you")
    return many or words.low[k].endswith("s") or words.has(k - 1, "plural-subject")


# --- Readers: what the words say to the first and last day that they mean ------------------------


def _value(table: str, word: str | None) -> int:
    """Return what a word is worth in a table of values.toml; 0 where it is not in it."""
    return int(VALUES[table].get(word or "", 0))


def _iso(said: Said, _: date) -> Range:
    day = date(*(int(x) for x in said["iso"].split("-")))
    return day, day


def _years(said: Said, _: date) -> Range:
    first, _dash, last = re.sub("/", "-", said.get("years") or said["clear-year"]).partition("-")
    return date(int(first), 1, 1), date(int(first[: 4 - len(last)] + last), 12, 31)


def _decade(said: Said, _: date) -> Range:
    first = _value("tens", said["tens"]) if "tens" in said else int(said["decade"][:-1])
    return _months(first + (1900 if first < 100 else 0), 1, 120)


def _century(said: Said, _: date) -> Range:
    return _months(100 * int(said["nth"][:-2]) - 99, 1, 1200)


def _day(said: Said, today: date) -> Range:
    """Return a day of a month."""
    month = _value("month", said["month"])
    day = int(re.sub(r"\D", "", said["day"]))
    found = date(_year(said, today, (month, day), (month, day)), month, day)
    return found, found


def _month(said: Said, today: date) -> Range:
    """Return a month, or the early, middle or late part of one."""
    month = _value("month", said.get("month") or said["clear-month"])
    begins = _value("stage", said.get("stage"))
    ends = begins + 9 if begins in (1, 11) else 31
    year = _year(said, today, (month, begins or 1), (month, ends))
    first, last = _months(year, month, 1)
    return first.replace(day=begins or 1), last.replace(day=min(ends, last.day))


def _part(said: Said, today: date) -> Range:
    """Return a season, a quarter or a half of a year; one that has begun, unless it is to come."""
    if "season-name" in said:
        start, months = _value("season-name", said["season-name"]), 3
    else:
        ordinal, _, part = said.get("ordinal-part", "").partition("-")
        months = 6 if "half" in said or part == "half" else 3
        nth = _value("ordinal", said.get("ordinal", ordinal)) or int(said["quarter-name"][1])
        start = 1 + months * (nth - 1)
    said["clause"] = said["clause"] or "past"
    year = _year(said, today, (start, 1), (start + months - 1, 31))
    return _months(year, start, months)


def _year(said: Said, today: date, begin: tuple[int, int], end: tuple[int, int]) -> int:
    """Return the year of what begins and ends on a month and day.

    Where none is told it is the last that has begun or that comes soon; the next after 'will'.
    """
    if "year" in said:
        return int(said["year"])
    shift = _value("shift", said.get("shift"))
    if "year-word" in said or ("shift" in said and shift >= 0):
        return today.year + shift
    if shift < 0:  # "last March"
        return today.year - (begin[0] >= today.month)
    if said["clause"] == "ahead":
        return today.year + (end < (today.month, today.day))
    limit = today + timedelta(days=0 if said["clause"] == "past" else _SOON)
    return limit.year - (begin > (limit.month, limit.day))


def _weekday(said: Said, today: date) -> Range:
    """'Monday' is the nearest one that has been; 'next Monday' the next to come."""
    back = (today.weekday() - _value("weekday", said["weekday"])) % 7
    shift = _value("shift", said.get("shift"))
    if shift > 0 or (said["clause"] == "ahead" and not shift):
        day = today + timedelta(days=7 - back)
    else:
        day = today - timedelta(days=back or (7 if shift else 0))
    return day, day


def _period(said: Said, today: date) -> Range:
    """Return the calendar period some units from today's: 'last year', 'the day before'."""
    unit = said.get("unit") or ("weekend" if "weekend" in said else "day")
    shift = _value("shift", said.get("shift")) + _value("near-day", said.get("near-day"))
    shift -= said.get("earlier") == "before"
    if unit in _LONG:
        size = _LONG[unit]
        first = (today.year * 12 + today.month - 1) // size + shift
        return _months(0, 1 + first * size, size)
    if unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday() - 7 * shift)
        return monday + timedelta(days=5 * (unit == "weekend")), monday + timedelta(days=6)
    day = today + timedelta(days=shift)
    return day, day


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """Return the first and last day of some months; month 13 is the next year's first."""
    ends = [divmod(year * 12 + month - 1 + more, 12) for more in (0, count)]
    first, after = (date(y, m + 1, 1) for y, m in ends)
    return first, after - timedelta(days=1)


_READERS: dict[str, Callable[[Said, date], Range]] = {
    "iso": _iso,
    "years": _years,
    "decade": _decade,
    "century": _century,
    "day": _day,
    "month": _month,
    "part": _part,
    "weekday": _weekday,
    "period": _period,
}
