"""The lens for dates: when, how long, how often, and how old that makes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from attrs import frozen

from kit.lenses.find import Find
from kit.lenses.lexicon import Lexicon
from kit.lenses.numbers import NUMBER_WORDS, Number, number_at
from kit.lenses.words import Words
from kit.messages import say

YEAR = 365.25  #: days
_NAMES = "january february march april may june july august september october november december".split()
MONTHS = {m: n for n, m in enumerate(_NAMES, 1)} | {m[:3]: n for n, m in enumerate(_NAMES, 1)} | {"sept": 9}
_DAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
DAYS = {d: n for n, d in enumerate(_DAY_NAMES)} | {f"{d}s": n for n, d in enumerate(_DAY_NAMES)}
_UNIT = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "night": 1.0, "week": 7.0, "fortnight": 14.0, "month": YEAR / 12, "quarter": YEAR / 4,
         "year": YEAR, "decade": 10 * YEAR, "century": 100 * YEAR, "second": 1 / 86400, "weekend": 7.0, "season": YEAR}
_UNITS = _UNIT | {f"{u}s": d for u, d in _UNIT.items() if u != "century"} | {"centuries": 100 * YEAR}
_SEASON = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NEAR = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_NOW = frozenset(["now", "currently", "presently", "nowadays", "recently", "lately", "recent"])
_OFTEN = frozenset(["daily", "weekly", "monthly", "quarterly", "annual", "annually", "yearly", "nightly", "hourly", "biennial"])
_PARTS = frozenset(["morning", "afternoon", "evening", "night"])
_SHIFT = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "following": 1, "same": 0}
_ABOUT = frozenset("about around nearly almost over roughly approximately early late mid".split())
_YEAR_BEFORE = frozenset("in since of from until till by during before after early late mid to and the between for through ( - – , around about circa".split())
_ORDINAL = frozenset("first second third fourth".split())
_AHEAD = frozenset(["will", "shall", "scheduled", "upcoming", "due", "planned"])
_DECADE_WORDS = {w: 1900 + 10 * n for n, w in enumerate("twenties thirties forties fifties sixties seventies eighties nineties".split(), 2)}
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_DECADE = re.compile(r"(\d{2,4})s")
_DAY_NUMBER = re.compile(r"([0-3]?\d)(?:st|nd|rd|th)?")


@frozen
class Span:
    """A stretch of words that tells a time."""

    first: int
    after: int
    kind: str
    earliest: date | None = None
    latest: date | None = None
    age: float | None = None  #: years, where it is told directly ("two years ago")


@frozen
class Dates:
    """The lens for dates; ``today`` is the text's own date, where it is known."""

    grammar: Lexicon
    today: date | None

    def finds(self, words: Words) -> Iterator[Find]:
        """Yield each date, duration and time of a text in order."""
        done = 0
        for i in [i for i, low in enumerate(words.low) if low in _TRIGGERS or low[0].isdigit()]:
            span = self._span(words, i) if i >= done else None
            if span:
                done = span.after
                yield self._found(words, span)

    def _span(self, words: Words, i: int) -> Span | None:
        readers: tuple[Callable[[Words, int], Span | None], ...] = (
            self._calendar, self._relative, self._counted, self._word, self._clock, self._year)
        return next((span for read in readers if (span := _safe(read, words, i))), None)

    def _found(self, words: Words, span: Span) -> Find:
        start, end = words.start[span.first], words.end[span.after - 1]
        age = span.age
        if age is None and span.earliest and self.today:
            age = (self.today - span.earliest).days / YEAR
        return Find(
            start, end, words.text[start:end], "date", span.kind, say(f"lens.date_{span.kind}"),
            age_years=None if age is None else round(age, 2),
            earliest=span.earliest.isoformat() if span.earliest else "",
            latest=span.latest.isoformat() if span.latest else "",
        )

    # --- Readers: each takes a place and gives back the span that begins there, or nothing -------

    def _calendar(self, words: Words, i: int) -> Span | None:
        """'Friday, July 21, 2017', '21 July 2017', 'July 2017', 'in July', '2017-07-21'."""
        iso = _ISO.fullmatch(words.low[i])
        if iso:
            day = date(*(int(x) for x in iso.groups()))
            return Span(i, i + 1, "date", day, day)
        at = i
        if words.low[at] in DAYS and words.near(at + 1) in (",", "the") and self._month_day(words, at + 2):
            at += 2
        elif words.low[at] in DAYS and self._month_day(words, at + 1):
            at += 1
        read = self._month_day(words, at)
        if read:
            after, month, day_number = read
            year, after = _year_after(words, after)
            if year is None and words.near(after) == "of":
                year, after = self._of_year(words, after)
            return Span(i, after, "date", *self._dated(words, i, year, month, day_number))
        return self._weekday(words, i)

    def _month_day(self, words: Words, i: int) -> tuple[int, int, int | None] | None:
        """Return the word after a month with or without a day, the month and the day."""
        number = _DAY_NUMBER.fullmatch(words.near(i))
        if number:
            skip = 1 if words.near(i + 1) == "of" else 0
            month = MONTHS.get(words.near(i + 1 + skip))
            if month and words.capital(i + 1 + skip) and 1 <= int(number[1]) <= 31:
                return _past_dot(words, i + 2 + skip), month, int(number[1])
            return None
        month = MONTHS.get(words.near(i))
        if not month or not words.capital(i):
            return None
        after = _past_dot(words, i + 1) if len(words.low[i]) <= 4 and words.low[i] != "may" else i + 1
        number = _DAY_NUMBER.fullmatch(words.near(after))
        if number and 1 <= int(number[1]) <= 31:
            return after + 1, month, int(number[1])
        doubtful = len(words.low[i]) <= 3 or words.low[i] in ("march", "may", "august", "april", "june")
        if doubtful and not _year(words.near(after)) and words.near(i - 1) not in _MONTH_BEFORE:
            return None
        return after, month, None

    def _dated(self, words: Words, i: int, year: int | None, month: int, day: int | None) -> tuple[date | None, date | None]:
        if year is None and self.today is None:
            return None, None
        if year is None:
            assert self.today is not None  # noqa: S101  (said to the type checker)
            year = self.today.year
            later = (month, day or 1) > (self.today.month, self.today.day)
            ahead = _looks_ahead(words, i)
            year += 1 if ahead and not later and month != self.today.month else -1 if later and not ahead else 0
        if day:
            return date(year, month, day), date(year, month, day)
        return date(year, month, 1), _month_end(year, month)

    def _weekday(self, words: Words, i: int) -> Span | None:
        """'Monday' is the nearest one that has been; 'next Monday' the next to come."""
        low = words.low[i]
        shift = _SHIFT.get(low)
        at = i if shift is None else i + 1
        number = DAYS.get(words.near(at))
        if number is None or not words.capital(at):
            return None
        after = at + 2 if words.near(at + 1) in _PARTS else at + 1
        if words.low[at].endswith("days"):
            return Span(i, after, "repeated")
        if self.today is None:
            return Span(i, after, "date")
        back = (self.today.weekday() - number) % 7
        if shift == 1 or (shift is None and _looks_ahead(words, i)):
            day = self.today + timedelta(days=(7 - back) % 7 or 7)
        else:
            day = self.today - timedelta(days=back or (7 if shift == -1 else 0))
        return Span(i, after, "date", day, day)

    def _relative(self, words: Words, i: int) -> Span | None:
        """'last week', 'this year', 'the past two weeks', 'next summer', 'the third quarter'."""
        at = i + 1 if words.low[i] in ("the", "earlier", "later") else i
        shift = _SHIFT.get(words.near(at))
        if shift is None:
            return self._ordinal(words, i, at)
        number = number_at(words, at + 1, self.grammar)
        unit_at = number.after if number else at + 1
        unit = words.near(unit_at)
        if number and unit not in _UNITS and words.near(unit_at + 1) in _UNITS:
            unit_at += 1  # "the past five trading days"
            unit = words.near(unit_at)
        if unit in _SEASON or (unit in MONTHS and words.capital(unit_at)) or unit in (*_PARTS, "day"):
            return self._named(words, i, unit_at, shift)
        if unit not in _UNITS:
            return None
        if number or unit.endswith("s") or (unit == "decade" and shift):
            many = number.value if number and number.value else 1.0
            return Span(i, unit_at + 1, "duration", *self._stretch(shift, many * _UNITS[unit]))
        return Span(i, unit_at + 1, "date", *self._period(unit, shift))

    def _ordinal(self, words: Words, i: int, at: int) -> Span | None:
        """'the third quarter', 'the first half of 2013', 'the 19th century'."""
        low, part = words.near(at), words.near(at + 1)
        if low in _ORDINAL and part in ("quarter", "half"):
            year, after = self._of_year(words, at + 2)
            if part == "half" and after == at + 2:
                return None  # "the first half" may be of a match
            months = 3 if part == "quarter" else 6
            start = 1 + months * sorted(_ORDINAL, key="first second third fourth".split().index).index(low)
            if year is None or start > 12:
                return Span(i, after, "date")
            return Span(i, after, "date", date(year, start, 1), _month_end(year, start + months - 1))
        if part in ("century", "centuries") and low[:2].rstrip("stnrdh").isdigit():
            number = int(low[:2].rstrip("stnrdh"))
            return Span(i, at + 2, "date", date(100 * number - 99, 1, 1), date(100 * number, 12, 31))
        return None

    def _of_year(self, words: Words, after: int) -> tuple[int | None, int]:
        """Read 'of 2013' or 'of last year'; without either it is the text's own year."""
        this = self.today.year if self.today else None
        at = after + 1 if words.near(after) == "of" else after
        if _year(words.near(at)):
            return _year(words.near(at)), at + 1
        shift = _SHIFT.get(words.near(at))
        if shift is not None and words.near(at + 1) == "year":
            return this + shift if this else None, at + 2
        return this, after

    def _named(self, words: Words, i: int, at: int, shift: int) -> Span | None:
        unit = words.near(at)
        if self.today is None or unit == "day":
            return Span(i, at + 1, "date", self.today, self.today)
        if unit in _PARTS:
            day = self.today + timedelta(days=shift)
            return Span(i, at + 1, "date", day, day)
        month = _SEASON.get(unit) or MONTHS[unit]
        year = self.today.year + (shift if shift > 0 else 0)
        if shift <= 0 and (month > self.today.month or (shift < 0 and month == self.today.month)):
            year -= 0 if shift == 0 else 1
        last = month if unit in MONTHS else month + 2
        return Span(i, at + 1, "date", date(year, month, 1), _month_end(year + (last > 12), (last - 1) % 12 + 1))

    def _stretch(self, shift: int, days: float) -> tuple[date | None, date | None]:
        if self.today is None or not shift:
            return None, None
        other = self.today + timedelta(days=shift * days)
        return min(other, self.today), max(other, self.today)

    def _period(self, unit: str, shift: int) -> tuple[date | None, date | None]:
        """Return the first and last day of a calendar period ``shift`` units from the text's date."""
        today = self.today
        if today is None:
            return None, None
        if unit in ("year", "decade", "century", "season"):
            size = {"decade": 10, "century": 100}.get(unit, 1)
            first = today.year // size * size + shift * size
            return date(first, 1, 1), date(first + size - 1, 12, 31)
        if unit in ("month", "quarter"):
            size = 3 if unit == "quarter" else 1
            index = (today.year * 12 + today.month - 1) // size * size + shift * size
            year, month = divmod(index, 12)
            return date(year, month + 1, 1), _month_end(year, month + size)
        if unit in ("week", "weekend"):
            monday = today - timedelta(days=today.weekday() - 7 * shift)
            return monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=6)
        day = today + timedelta(days=shift)
        return day, day

    def _counted(self, words: Words, i: int) -> Span | None:
        """'two years ago', 'about a decade ago', 'three weeks', 'a 12-year low'."""
        at = i + 1 if words.low[i] in _ABOUT and words.low[i] not in ("early", "late", "mid") else i
        number, unit_at = self._number_and_unit(words, at)
        if number is None:
            return None
        unit, after = _UNITS[words.low[unit_at].rpartition("-")[2]], unit_at + 1
        follows = words.near(after)
        if follows not in ("ago", "earlier", "later", "before", "hence", "old"):
            bare = at == i and number.value == 1 and words.near(at) in ("a", "an", "one")
            return None if bare else Span(i, after, "duration")
        if follows == "old":
            return None
        days = (number.value or 3.0) * unit
        if follows != "ago":
            return Span(i, after + 1, "date")
        if self.today is None:
            return Span(i, after + 1, "date", age=days / YEAR)
        # A round number of units is right to the nearest unit: half a unit either way.
        early, late = (self.today - timedelta(days=days + k * unit / 2) for k in (1, -1))
        return Span(i, after + 1, "date", early, min(late, self.today), days / YEAR)

    def _number_and_unit(self, words: Words, at: int) -> tuple[Number | None, int]:
        low = words.near(at)
        count, dash, unit = low.partition("-")
        if dash and unit.partition("-")[0] in _UNITS and not unit.endswith("-old"):
            return Number(at + 1, None, True), at
        if low in ("a", "an", "half") and words.near(at + 1) in _UNITS:
            return Number(at + 1, 1.0 if low != "half" else 0.5, False), at + 1
        if low in ("a", "half") and words.near(at + 1) in ("half", "a") and words.near(at + 2) in _UNITS:
            return Number(at + 2, 0.5, False), at + 2
        number = number_at(words, at, self.grammar)
        if number is None or (number.value is None and low[0].isdigit()):
            return None, at
        unit_at = number.after + (words.near(number.after) == "of")
        for step in (0, 1):
            unit = words.near(unit_at + step)
            if unit in _UNITS and (step == 0 or words.near(unit_at) in ("more", "full", "consecutive", "straight", "whole")):
                return number, unit_at + step
        return None, at

    def _word(self, words: Words, i: int) -> Span | None:
        """'today', 'now', 'weekly', 'the 1990s', 'every year', 'the day before'."""
        low = words.low[i]
        if low in _NEAR:
            day = self.today + timedelta(days=_NEAR[low]) if self.today else None
            return Span(i, i + 2 if words.near(i + 1) in _PARTS else i + 1, "date", day, day)
        if low in _NOW:
            return Span(i, i + 1, "vague")
        if low in _OFTEN and not (words.capital(i) and words.capital(i - 1)):
            return Span(i, i + 1, "repeated")
        if low in ("every", "each") and words.near(i + 1) in (*_UNITS, *DAYS):
            return Span(i, i + 2, "repeated")
        if low == "the" and words.near(i + 1) in ("year", "day", "week", "month", "weekend", "decade"):
            more = words.near(i + 2) in ("before", "after")
            if words.near(i + 1) in ("weekend", "decade") or more:
                period = self._period(words.near(i + 1), -1 if words.near(i + 2) == "before" else 0)
                return Span(i, i + 3 if more else i + 2, "date", *period)
        return None

    def _clock(self, words: Words, i: int) -> Span | None:
        """'6:40 p.m.', '10 am', '22:30 GMT', 'midnight'."""
        low, after = words.low[i], i + 1
        half = words.near(after).replace(".", "") in ("am", "pm", "oclock")
        if not (low in ("midnight", "noon") or (_CLOCK.fullmatch(low) and ":" in low) or (half and low[0].isdigit())):
            return None
        after += half
        after += words.near(after) in ("gmt", "utc", "est", "edt", "cet", "bst", "pst")
        return Span(i, after, "time")

    def _year(self, words: Words, i: int) -> Span | None:
        """'in 2013', '(2013)', 'the 1990s', '2013 elections'."""
        at = i + 1 if words.low[i] in ("the", "early", "late", "mid") else i
        if words.low[i] == "the" and words.near(at) in _DECADE_WORDS:
            first = _DECADE_WORDS[words.near(at)]
            return Span(i, at + 1, "date", date(first, 1, 1), date(first + 9, 12, 31))
        decade = _DECADE.fullmatch(words.near(at).removeprefix("mid-"))
        if decade and len(decade[1]) != 3 and decade[1].endswith("0"):
            first = int(decade[1]) + (0 if len(decade[1]) == 4 else 1900)
            return Span(i, at + 1, "date", date(first, 1, 1), date(first + 9, 12, 31))
        year, _, until = words.low[i].partition("-")
        last = _year(until if len(until) != 2 else year[:2] + until)
        if last and _year(year):
            return Span(i, i + 1, "date", date(int(year), 1, 1), date(max(int(year), last), 12, 31))
        year = _year(words.low[i])
        if year is None or words.near(i + 1) in ("%", "percent", "points", "people"):
            return None
        likely = words.near(i - 1) in _YEAR_BEFORE or words.near(i - 1) in MONTHS or 1900 <= year < 2050
        if not likely or words.near(i - 1) in ("than", "at", "$", "€", "£", "some", "nearly"):
            return None
        return Span(i, i + 1, "date", date(year, 1, 1), date(year, 12, 31))


_MONTH_BEFORE = frozenset("in of since until by early mid late last this next from through between during and to before after".split()) | {"-", "mid-"}
_TRIGGERS = frozenset(
    [*MONTHS, *DAYS, *_NEAR, *_NOW, *_OFTEN, *_SHIFT, *_ABOUT, *_ORDINAL, "the", "a", "an", "half", "every", "each", "several", "few",
     "midnight", "noon", "earlier", "later", "dozens", "hundreds", "thousands", "centuries", "many",
     *NUMBER_WORDS,
     *(f"{n}-{u}" for n in "one two three four five six seven eight nine ten eleven twelve twenty".split() for u in _UNIT)]
)


def _safe(read: Callable[[Words, int], Span | None], words: Words, i: int) -> Span | None:
    """Read a place; what the calendar does not have ('February 31', the year 0) is no date."""
    try:
        return read(words, i)
    except (ValueError, OverflowError):
        return None


def _year(word: str) -> int | None:
    return int(word) if len(word) == 4 and word.isascii() and word.isdigit() and 1000 <= int(word) <= 2200 else None


def _year_after(words: Words, after: int) -> tuple[int | None, int]:
    at = after + 1 if words.near(after) == "," else after
    year = _year(words.near(at))
    return (year, at + 1) if year else (None, after)


def _past_dot(words: Words, i: int) -> int:
    dot = words.near(i) == "." and (words.near(i + 1)[:1].isdigit())
    return i + 1 if dot else i


def _looks_ahead(words: Words, i: int) -> bool:
    """Whether the ten words before tell of what is to come."""
    return not _AHEAD.isdisjoint(words.low[max(0, i - 10) : i])


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
