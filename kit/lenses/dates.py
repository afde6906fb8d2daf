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

from kit.lenses.find import Find, Sentence, in_same_sentence, nearest
from kit.lenses.lexicon import Lexicon, Line
from kit.lenses.numbers import MULTIPLES, NUMBER_WORDS, number_at
from kit.lenses.words import Words

YEAR = 365.25  #: days
Test = Callable[[Words, int], int]
Range = tuple[date | None, date | None]  #: the first and last day that is meant
_UNKNOWN: Range = (None, None)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_NEAR = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_SHIFT = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1, "following": 1}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_ORDINALS = ["first", "second", "third", "fourth"]
_LENGTH = {
    "second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "night": 1.0, "week": 7.0,
    "weekend": 7.0, "fortnight": 14.0, "month": YEAR / 12, "quarter": YEAR / 4, "season": YEAR,
    "year": YEAR, "decade": 10 * YEAR, "centurie": 100 * YEAR, "century": 100 * YEAR,
}  # fmt: skip
_TENS = ["twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet"]

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
    "clock": re.compile(r"\d{1,2}:\d\d(?::\d\d)?"),
    "hour": re.compile(r"\d{1,2}(?:[:.]\d\d)?"),
    "nth": re.compile(r"\d{1,2}(?:st|nd|rd|th)"),
    "long": re.compile(
        rf"(?:\d[a-z\d]*|{'|'.join(sorted(NUMBER_WORDS))})-(?:(?:minute|hour|day|week|month|quarter|year|decade)(?:-long)?"
        r"|(?:decade|century)-old)"
    ),
}
_IN_FIGURES = re.compile(r"\d.*", re.DOTALL)
_ANY_FORM = re.compile("|".join(form.pattern for form in (_IN_FIGURES, *_FORMS.values())))
_PAIRS_KEPT = 10_000
_SOON = 45  #: days within which a month without a year is the one to come
_CAPITALS = frozenset(["weekday", "weekdays", "month"])


@frozen
class Item:
    """One name of a pattern, with its test."""

    name: str
    optional: bool
    test: Test
    table: frozenset[str]  #: the words that can stand for it, or
    form: re.Pattern[str] | None  #: what they look like

    def may_be(self, low: str) -> bool:
        """Whether a word can stand for it, by its letters alone."""
        return low in self.table or (self.form is not None and bool(self.form.fullmatch(low)))


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
            after = got["after"]
            return after, _find(
                words, i, after, pattern.line, days, self._age(days[0]) if age is None else age
            )
        return None

    def _age(self, first: date | None) -> float | None:
        return (self.today - first).days / YEAR if first and self.today else None

    def _read(self, reader: str, words: Words, got: dict[str, int]) -> tuple[Range, float | None]:
        """Return the days that a match means, and its age where the words tell it ("ago")."""
        if reader in ("ago", "stretch"):
            return self._counted(reader, words, got)
        said = {name: words.low[at] for name, at in got.items() if name != "after"}
        if reader in _ABSOLUTE:
            return _ABSOLUTE[reader](said), None
        if reader == "that-day":
            return (self.named, self.named), None
        shifted = reader == "period" and said["unit"] == "day" and said["first"] == "the"
        if (reader == "before" or shifted) and self.named:  # "The day before, he had left."
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
        unit = _LENGTH[words.low[got.get("lasting", got.get("unit", 0))].removesuffix("s")]
        days = unit * ((number.value or 3.0) if number else 1.0)
        days += unit / 2 if "half" in got else 0
        ago = days / YEAR if reader == "ago" else None
        shift = _SHIFT.get(words.low[got["shift"]], 0) if "shift" in got else -1
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
    form = _FORMS.get("year" if name == "clear-year" else name)
    if name == "number":
        table, form = NUMBER_WORDS | sets["share"], _IN_FIGURES
    elif form:
        table = frozenset[str]()
    else:
        table = _named({"clear-month": "month", "units": "unit"}.get(name, name), sets)
    return Item(name, said.endswith("?"), _test(name, sets), table, form)


def _named(name: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return sets.get(name, frozenset([name]))


def _match(words: Words, i: int, items: list[Item]) -> dict[str, int] | None:
    """Return where each name of a pattern stands from word ``i``; nothing where it does not fit."""
    if not items[0].optional and items[0].test(words, i) == i:
        return None  # as nearly always
    got, at = {"first": i}, i
    for item in items:
        after = item.test(words, at)
        if after > at:
            got[item.name], at = at, after
        elif not item.optional:
            return None
    got["after"] = at - (words.near(at - 1) == ",")  # "May 5," with no year after it
    return got


def _test(name: str, sets: Mapping[str, frozenset[str]]) -> Test:
    """Return the test of one name: it gives the word after what it takes, or the same word."""
    if name in _SPECIAL:
        return _SPECIAL[name]
    if name in _FORMS:
        form = _FORMS[name]
        return lambda words, at: at + bool(form.fullmatch(words.near(at)))
    table = _named(name, sets)
    if name in _CAPITALS:
        return lambda words, at: at + (words.near(at) in table and words.capital(at))
    return lambda words, at: at + (words.near(at) in table)


def _number(words: Words, at: int) -> int:
    number = number_at(words, at)
    return (
        number.after
        if number and (number.value is not None or not words.low[at][0].isdigit())
        else at
    )


def _clear_month(words: Words, at: int) -> bool:
    """'in May', 'in March': a month, and not a verb or a name; 'Jan' alone is a name."""
    if not words.has(at, "month"):
        return False
    doubtful = (
        words.low[at] in ("may", "march", "april", "june", "august") or len(words.low[at]) < 4
    )
    return words.capital(at) and (not doubtful or words.has(at - 1, "before-month"))


def _clear_year(words: Words, at: int) -> bool:
    """'in 2013', '2013 elections'; not '2013 people', 'more than 2000'."""
    if not _FORMS["year"].fullmatch(words.near(at)):
        return False
    counts = words.has(at + 1, "percent", "counted") or words.has(at - 1, "currency", "approximate")
    return not counts and 1500 <= int(words.low[at]) < 2100


def _often(words: Words, at: int) -> bool:
    """'its annual fair'; not 'LA Weekly' and not 'the weekly said'."""
    name = words.capital(at) and not words.opens_sentence(at)
    noun = words.has(at - 1, "article") and words.has(at + 1, "told")
    return words.has(at, "often") and not name and not noun


_SPECIAL: dict[str, Test] = {
    "often": lambda words, at: at + _often(words, at),
    "number": _number,
    "units": lambda words, at: at + (words.has(at, "unit") and words.low[at].endswith("s")),
    "clear-month": lambda words, at: at + _clear_month(words, at),
    "clear-year": lambda words, at: at + _clear_year(words, at),
}


def _find(words: Words, i: int, after: int, line: Line, days: Range, age: float | None) -> Find:
    start, end = words.start[i], words.end[after - 1]
    first, last = (d.isoformat() if d else "" for d in days)
    age = None if age is None else round(age, 2)
    text, kind = words.text[start:end], line.table.kind
    return Find(
        start, end, text, "date", kind, line.reason, age_years=age, earliest=first, latest=last
    )


def on_days(dates: list[Find], sentences: list[Sentence], today: date | None) -> Iterator[Find]:
    """Yield each date; a time of day gets the day that its sentence names, or the text's own."""
    days = [d for d in dates if d.earliest and d.earliest == d.latest and d.kind == "date"]
    times = [d for d in dates if d.kind == "time"]
    on = {time.start: near for time, near in in_same_sentence(times, days, sentences)}
    for found in dates:
        near = on.get(found.start)
        if near is None:
            yield found
        elif near:
            day = nearest(found, near)
            yield evolve(found, age_years=day.age_years, earliest=day.earliest, latest=day.latest)
        else:
            day_of_text = today.isoformat() if today else ""
            age = 0.0 if today else None
            yield evolve(found, age_years=age, earliest=day_of_text, latest=day_of_text)


# --- Readers: what the words say to the first and last day that they mean ------------------------


def _iso(said: dict[str, str]) -> Range:
    day = date(*(int(x) for x in said["iso"].split("-")))
    return day, day


def _years(said: dict[str, str]) -> Range:
    first, _, last = re.sub("/", "-", said.get("years") or said["clear-year"]).partition("-")
    return date(int(first), 1, 1), date(int(first[: 4 - len(last)] + last), 12, 31)


def _decade(said: dict[str, str]) -> Range:
    digits = re.sub(r"\D", "", said.get("decade", ""))
    first = int(
        digits
        if len(digits) == 4
        else digits or 10 * _TENS.index(said["tens"].removesuffix("ies")) + 20
    )
    first += 1900 if first < 100 else 0
    return date(first, 1, 1), date(first + 9, 12, 31)


def _century(said: dict[str, str]) -> Range:
    number = int(re.sub(r"\D", "", said["nth"]))
    return date(100 * number - 99, 1, 1), date(100 * number, 12, 31)


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
        same_verb = low == "and" and _all_small(words, k + 1, i)  # "on Friday and on Monday"
        if low in (",", "that", "but", "\n") or words.has(k, "wall", "relative"):
            return ""
        if low == "and" and not same_verb:
            return ""
    return ""


def _all_small(words: Words, first: int, last: int) -> bool:
    return all(words.has(k, "preposition", "adverb", "article") for k in range(first, last))


def _calendar(said: dict[str, str], today: date) -> Range:
    """Without a year it is the last such day or month, or one that comes soon or after 'will'."""
    month = 1 + _MONTHS.index((said.get("month") or said["clear-month"])[:3])
    day = int(re.sub(r"\D", "", said["day"])) if "day" in said else 0
    year = today.year + _SHIFT.get(said.get("shift", ""), 0)
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
    return (date(year, month, day),) * 2 if day else (date(year, month, 1), _month_end(year, month))


def _weekday(said: dict[str, str], today: date) -> Range:
    """'Monday' is the nearest one that has been; 'next Monday' the next to come."""
    back = (today.weekday() - _DAYS.index(said["weekday"])) % 7
    shift = _SHIFT.get(said.get("shift", ""), 0)
    if shift > 0 or (said["clause"] == "ahead" and not shift):
        day = today + timedelta(days=7 - back)
    else:
        day = today - timedelta(days=back or (7 if shift else 0))
    return day, day


def _quarter(said: dict[str, str], today: date) -> Range:
    """Without a year it is the last one that has begun, or after 'will' the one to come."""
    year = int(said.get("year", today.year)) + _SHIFT.get(said.get("shift", ""), 0)
    ordinal, _, part = said.get("ordinal-part", "").partition("-")
    months = 6 if "half" in said or part == "half" else 3
    nth = _ORDINALS.index(said.get("ordinal", ordinal)) if "quarter-name" not in said else 0
    if "quarter-name" in said:
        nth = int(said["quarter-name"][1]) - 1
    start = 1 + months * nth
    late = start > today.month and said["clause"] != "ahead"
    if "year" not in said and "shift" not in said and late:
        year -= 1
    return date(year, start, 1), _month_end(year, start + months - 1)


def _season(said: dict[str, str], today: date) -> Range:
    shift, name = _SHIFT.get(said["shift"], 0), said.get("season-name")
    month = _SEASONS[name] if name else 1 + _MONTHS.index(said["month"][:3])
    year = today.year + max(shift, 0)
    year -= shift < 0 and month >= today.month
    last = month + 2 if name else month
    return date(year, month, 1), _month_end(year, last)


def _period(said: dict[str, str], today: date) -> Range:
    return _calendar_period(said["unit"], _SHIFT.get(said["shift"], 0), today)


def _calendar_period(unit: str, shift: int, today: date) -> Range:
    """Return the calendar period ``shift`` units from today's: 'last year', 'this week'."""
    if unit in ("year", "decade", "century", "season"):
        size = {"decade": 10, "century": 100}.get(unit, 1)
        first = today.year // size * size + shift * size
        return date(first, 1, 1), date(first + size - 1, 12, 31)
    if unit in ("month", "quarter"):
        size = 3 if unit == "quarter" else 1
        year, month = divmod((today.year * 12 + today.month - 1) // size * size + shift * size, 12)
        return date(year, month + 1, 1), _month_end(year, month + size)
    if unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday() - 7 * shift)
        return monday + timedelta(days=5 * (unit == "weekend")), monday + timedelta(days=6)
    day = today + timedelta(days=shift)
    return day, day


def _month_end(year: int, month: int) -> date:
    """Return the last day of a month; month 13 is the next year's first."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


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
    "part": lambda said, today: _calendar_period("day", _SHIFT.get(said["shift"], 0), today),
    "near": lambda said, today: _calendar_period("day", _NEAR[said["near-day"]], today),
    "weekend": lambda said, today: _calendar_period("weekend", 0, today),
    "before": lambda said, today: _calendar_period(
        said["unit"], -1 if said["earlier"] == "before" else 0, today
    ),
}
