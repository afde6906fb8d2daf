"""The lens for dates: when, how long, how often, and how old that makes it.

A date is read by the patterns in ``dates.toml``: rows of names, each a small test of one word
("weekday", "month", "number"). The first pattern that fits at a place is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, KeysView, Mapping
from datetime import date, timedelta
from itertools import filterfalse

from attrs import define, evolve, frozen

from kit.lenses.find import Find, by_sentence, nearest
from kit.lenses.lexicon import Lexicon, Line
from kit.lenses.numbers import MULTIPLES, NUMBER_WORDS, VALUES, number_at
from kit.lenses.words import Words

YEAR = 365.25  #: days
Range = tuple[date | None, date | None]  #: the first and last day that is meant
_UNKNOWN: Range = (None, None)
#: Tests of one word that are a matter of its form; the others are tables of grammar.toml.
_FORMS = {
    "iso": re.compile(r"\d{4}-\d\d?-\d\d?"),
    "years": re.compile(r"[12]\d{3}[-/](?:\d\d|[12]\d{3})"),
    "year": re.compile(r"1\d{3}|2[01]\d{2}"),
    "day": re.compile(r"[0-3]?\d(?:st|nd|rd|th)?"),
    "decade": re.compile(r"(?:[12]\d)?\d0s"),
    "clock-figures": re.compile(r"[0-2]\d[0-5]\d"),
    "fiscal": re.compile(r"fy(?:\d\d|20\d\d)"),
    "quarter-name": re.compile(r"q[1-4]"),
    "ordinal-part": re.compile(r"(?:first|second|third|fourth)-(?:quarter|half)"),
    "clock": re.compile(r"\d{1,2}:\d\d(?::\d\d)?|\d{1,2}(?:[:.]\d\d)?[ap]m"),  # "7:30", "7am"
    "hour": re.compile(r"\d{1,2}(?:[:.]\d\d)?"),
    "nth": re.compile(r"\d{1,2}(?:st|nd|rd|th)"),
    "long": re.compile(
        rf"(?:\d[a-z\d]*|several|many|{'|'.join(sorted(NUMBER_WORDS))})-"
        r"(?:(?:minute|hour|day|week|month|quarter|year|decade)(?:-long)?"
        r"|(?:decade|century)-old)"
    ),
}
_IN_FIGURES = re.compile(r"\d.*", re.DOTALL)
_ANY_FORM = re.compile("|".join(form.pattern for form in (_IN_FIGURES, *_FORMS.values())))
_PAIRS_KEPT = 10_000
_LONG = {"month": 1, "quarter": 3, "season": 12, "year": 12, "decade": 120, "century": 1200}
_SOON = 45  #: days within which a month without a year is the one to come


@frozen
class Item:
    """One name of a pattern, with its test."""

    name: str
    optional: bool
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
    """A row of names, and the line of dates.toml that it stands on."""

    items: list[Item]
    line: Line  #: of the kind "none" where what fits is no date ("two years old")

    def can_begin(self, low: str, then: str) -> bool:
        """Whether it can begin with these two words, by their letters alone."""
        for k, item in enumerate(self.items):
            if item.may_be(low):
                longer = item.name == "number" and (then in MULTIPLES or then[:1].isdigit())
                if longer or _go_on(self.items[k + 1 :], then):
                    return True
            if not item.optional:
                return False
        return False


@frozen
class Patterns:
    """The patterns, and which of them can begin with two given words."""

    first: dict[str, list[Pattern]]  #: by each word with which they can begin
    formed: list[Pattern]  #: those that can begin with what has a form
    known: frozenset[str]  #: all words that a pattern asks for
    of_two: dict[tuple[str, str], list[Pattern]]  #: as far as they were met

    def beginnings(self, lows: KeysView[str]) -> set[str]:
        """Return those of some words with which a date can begin."""
        others = filterfalse(str.isalpha, lows)
        return (self.first.keys() & lows).union(filter(_ANY_FORM.fullmatch, others))

    def of(self, low: str, then: str) -> list[Pattern]:
        """Return the patterns that can begin with two words."""
        if then not in self.known and (then.isalpha() or not _ANY_FORM.fullmatch(then)):
            then = ""
        if (low, then) not in self.of_two:
            if len(self.of_two) > _PAIRS_KEPT:
                self.of_two.clear()
            some = self.first.get(low, self.formed)
            self.of_two[low, then] = [p for p in some if p.can_begin(low, then)]
        return self.of_two[low, then]


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
                if find.earliest and find.earliest == find.latest:
                    self.named = date.fromisoformat(find.earliest)
                if find.kind != "none":
                    yield find

    def _found(self, words: Words, i: int) -> tuple[int, Find] | None:
        for pattern in self.patterns.of(words.low[i], words.near(i + 1)):
            got = _match(words, i, pattern.items)
            if not got:
                continue
            try:
                days, age = self._read(pattern.line.table.rule, words, got)
            except (ValueError, OverflowError):  # "February 31", the year 0
                continue
            if age is None and days[0] and self.today:
                age = (self.today - days[0]).days / YEAR
            place, line = words.span(i, got["after"] - 1), pattern.line
            find = Find(*place, "date", line.table.kind, line.reason)
            first, last = (day.isoformat() if day else "" for day in days)
            years = None if age is None else round(age, 2)
            return got["after"], evolve(find, age_years=years, earliest=first, latest=last)
        return None

    def _read(self, reader: str, words: Words, got: dict[str, int]) -> tuple[Range, float | None]:
        """Return the days that a match means, and its age where the words tell it ("ago")."""
        if reader in ("ago", "stretch"):
            return self._counted(reader, words, got)
        said = {name: words.low[at] for name, at in got.items() if name != "after"}
        if reader in _ABSOLUTE:
            return _ABSOLUTE[reader](said), None
        if reader == "that-day":
            return (self.named, self.named), None
        shifted = said.get("unit") == "day" and said["first"] == "the"
        before = reader == "period" and ("earlier" in said or shifted)
        if before and self.named:  # "The day before, he had left."
            return _RELATIVE[reader](said, self.named), None
        today = self.today or (date(int(said["year"]), 12, 31) if "year" in said else None)
        if not reader or today is None:
            return _UNKNOWN, None
        said["clause"] = _clause(words, got["first"])
        return _RELATIVE[reader](said, today), None

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
    """Return the patterns of dates.toml with the words of grammar.toml in their places."""
    first, formed, known = dict[str, list[Pattern]](), list[Pattern](), set(MULTIPLES)
    for line in lexicon.ordered:
        pattern = Pattern([_item(name, sets) for name in line.words], line)
        known.update(*(item.table for item in pattern.items))
        needed = next(k for k, item in enumerate(pattern.items) if not item.optional)
        heads = pattern.items[: needed + 1]
        for low in frozenset[str]().union(*(item.table for item in heads)):
            first.setdefault(low, []).append(pattern)
        if any(item.form for item in heads):
            formed.append(pattern)
    return Patterns(first, formed, frozenset(known), {})


def _go_on(items: list[Item], low: str) -> bool:
    """Whether a word can stand where these names follow."""
    for item in items:
        if item.may_be(low):
            return True
        if not item.optional:
            return False
    return True


def _item(said: str, sets: Mapping[str, frozenset[str]]) -> Item:
    """Return one name of a pattern, with all that can stand for it."""
    name = said.removesuffix("?")
    base = name.removeprefix("clear-")
    table, form = frozenset[str](), _FORMS.get(base)
    if name == "number":
        table, form = NUMBER_WORDS | sets["share"] | sets["uncounted"], _IN_FIGURES
    elif form is None:
        table = sets.get(base, frozenset([name]))
    return Item(name, said.endswith("?"), table, form)


def _match(words: Words, i: int, items: list[Item]) -> dict[str, int] | None:
    """Return where each name of a pattern stands from word ``i``; nothing where it does not fit."""
    if not items[0].optional and items[0].after(words, i) == i:
        return None  # as nearly always
    got, at = {"first": i}, i
    for item in items:
        after = item.after(words, at)
        if after > at:
            got[item.name], at = at, after
        elif not item.optional:
            return None
    got["after"] = at - (words.near(at - 1) == ",")  # "May 5," with no year after it
    return got


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
            day = nearest(found, near)
            yield evolve(found, age_years=day.age_years, earliest=day.earliest, latest=day.latest)
        else:
            yield evolve(found, age_years=0.0 if own else None, earliest=own, latest=own)


# --- Readers: what the words say to the first and last day that they mean ------------------------


def _value(table: str, word: str) -> int:
    """Return what a word is worth in a table of values.toml; 0 where it is not in it."""
    return int(VALUES[table].get(word, 0))


def _iso(said: dict[str, str]) -> Range:
    day = date(*(int(x) for x in said["iso"].split("-")))
    return day, day


def _years(said: dict[str, str]) -> Range:
    first, _, last = re.sub("/", "-", said.get("years") or said["clear-year"]).partition("-")
    return date(int(first), 1, 1), date(int(first[: 4 - len(last)] + last), 12, 31)


def _decade(said: dict[str, str]) -> Range:
    first = _value("tens", said["tens"]) if "tens" in said else int(said["decade"][:-1])
    first += 1900 if first < 100 else 0
    return _months(first, 1, 120)


def _century(said: dict[str, str]) -> Range:
    return _months(100 * int(said["nth"][:-2]) - 99, 1, 1200)


def _clause(words: Words, i: int) -> str:
    """Tell from the verb before word ``i``, in its own clause, whether it is "ahead" or "past"."""
    if words.near(i - 1) in ("until", "through", "till"):
        return "ahead"
    for k in range(i - 1, max(-1, i - 13), -1):
        low = words.low[k]
        if words.has(k, "ahead") or (low == "to" and words.has(k - 1, "be")):
            return "ahead"
        if words.past(k) or words.has(k, "past"):
            return "past"
        ends = low in (",", "that", "but", "\n") or words.has(k, "wall", "relative")
        small = all(words.has(n, "preposition", "adverb", "article") for n in range(k + 1, i))
        if ends or (low == "and" and not small):  # not "on Friday and on Monday"
            return ""
    return ""


def _calendar(said: dict[str, str], today: date) -> Range:
    """Without a year it is the last such day or month, or one that comes soon or after 'will'."""
    month = _value("month", said.get("month") or said["clear-month"])
    day = int(re.sub(r"\D", "", said["day"])) if "day" in said else 0
    year = today.year + _value("shift", said.get("shift", ""))
    if "year" in said:
        year = int(said["year"])
    elif "shift" not in said:
        year += (month, day or 1) <= (
            today.month,
            today.day,
        ) and month != today.month  # the next one
        near = (year - today.year) * 365 + 30.4 * (month - today.month) + (day or 1) - today.day
        soon = 0 if said["clause"] == "past" else _SOON
        year -= said["clause"] != "ahead" and near > soon
    return (date(year, month, day),) * 2 if day else _months(year, month, 1)


def _weekday(said: dict[str, str], today: date) -> Range:
    """'Monday' is the nearest one that has been; 'next Monday' the next to come."""
    back = (today.weekday() - _value("weekday", said["weekday"])) % 7
    shift = _value("shift", said.get("shift", ""))
    if shift > 0 or (said["clause"] == "ahead" and not shift):
        day = today + timedelta(days=7 - back)
    else:
        day = today - timedelta(days=back or (7 if shift else 0))
    return day, day


def _quarter(said: dict[str, str], today: date) -> Range:
    """Without a year it is the last one that has begun, or after 'will' the one to come."""
    year = int(said.get("year", today.year)) + _value("shift", said.get("shift", ""))
    ordinal, _, part = said.get("ordinal-part", "").partition("-")
    months = 6 if "half" in said or part == "half" else 3
    nth = _value("ordinal", said.get("ordinal", ordinal))
    if "quarter-name" in said:
        nth = int(said["quarter-name"][1])
    start = 1 + months * (nth - 1)  # month
    late = start > today.month and said["clause"] != "ahead"
    if "year" not in said and "shift" not in said and late:
        year -= 1
    return _months(year, start, months)


def _season(said: dict[str, str], today: date) -> Range:
    shift, name = _value("shift", said["shift"]), said.get("season-name")
    month = _value("season-name", name) if name else _value("month", said["month"])
    year = today.year + max(shift, 0)
    year -= shift < 0 and month >= today.month
    return _months(year, month, 3 if name else 1)


def _period(said: dict[str, str], today: date) -> Range:
    """Return the calendar period some units from today's: 'last year', 'the day before'."""
    unit = said.get("unit") or ("weekend" if "weekend" in said else "day")
    shift = _value("shift", said.get("shift", "")) + _value("near-day", said.get("near-day", ""))
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


def _months(year: int, month: int, count: int) -> Range:
    """Return the first and last day of some months; month 13 is the next year's first."""
    ends = [divmod(year * 12 + month - 1 + more, 12) for more in (0, count)]
    first, after = (date(y, m + 1, 1) for y, m in ends)
    return first, after - timedelta(days=1)


_ABSOLUTE: dict[str, Callable[[dict[str, str]], Range]] = {
    "iso": _iso,
    "years": _years,
    "decade": _decade,
    "century": _century,
}
_RELATIVE: dict[str, Callable[[dict[str, str], date], Range]] = {
    "calendar": _calendar,
    "weekday": _weekday,
    "quarter": _quarter,
    "season": _season,
    "period": _period,
}
