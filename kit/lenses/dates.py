"""The lens for dates: when, how long, how often, and how old that makes it.

A date is found in three steps, in the order of this file:

1. Each line of ``dates.toml``, a row of names ("month ,? year"), becomes a regular expression over
   words with a space after each. At each place the first row that fits is taken.
2. The row's table says what kind of time that is, and which reader tells its days.
3. The reader goes by what the names stand for there, and by the text's own date.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from attrs import define

from kit.course.messages import CONTENT
from kit.course.toml import read_toml, structure
from kit.lenses.find import Find, by_sentence, nearest
from kit.lenses.lexicon import Lexicon, Line
from kit.lenses.numbers import MULTIPLES, NUMBER_WORDS, VALUES, any_of, number_at
from kit.lenses.words import Words

YEAR = 365.25  #: days
Range = tuple[date | None, date | None]  #: the first and last day that is meant
Day = tuple[int, int]  #: a month and a day of it
_UNKNOWN: Range = (None, None)
_FILE = CONTENT / "lexicons" / "forms.toml"
#: Names in dates.toml that are a matter of a word's form; the others are tables of grammar.toml.
FORMS = structure(read_toml(_FILE), dict[str, str], _FILE)
_HAS_FORM = re.compile(r"\d|\w-")  #: in each word that has one of these forms
_LONGEST_ROW = 12  #: words
_LONG = {"month": 1, "quarter": 3, "season": 12, "year": 12, "decade": 120, "century": 1200}
_ABSOLUTE = ("iso", "years", "decade", "century")  #: readers that need not know the text's date


# --- 1. Rows -------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A line of dates.toml with its regular expression, which has a group for each name."""

    line: Line  #: of the kind "none" where what fits is no date ("two years old")
    names: list[str]
    form: re.Pattern[str]


Rows = Mapping[str, list[Row]]  #: by the words with which they can begin; "" is what has a form


def read_rows(lexicon: Lexicon, sets: Mapping[str, frozenset[str]]) -> Rows:
    """Return the rows of dates.toml, with the words of grammar.toml in the place of its names."""
    numbers = NUMBER_WORDS | MULTIPLES | sets["share"] | sets["uncounted"]
    number = any_of(numbers) + r"|\d[\d.,]*"
    forms = {name: any_of(words) for name, words in sets.items()} | FORMS
    forms = {name: f"(?:{form}) " for name, form in forms.items()}
    several, half = f"(?:of {forms['uncounted']})?+", "(?:and a (?:half|quarter) )?+"
    forms["number"] = f"(?:(?:{number}) )++{several}{half}"
    begin = {**sets, **{name: {""} for name in FORMS}, "number": {*numbers, ""}}
    rows = defaultdict[str, list[Row]](list)
    for line in lexicon.ordered:
        form = ""
        for item in line.words:
            name = item.removesuffix("?").removeprefix("clear-")
            form += f"({forms.get(name) or re.escape(name + ' ')})" + "?" * item.endswith("?")
        row = Row(line, [item.removesuffix("?") for item in line.words], re.compile(form))
        for item in line.words:  # all with which it can begin, also after a small word
            name = item.removesuffix("?").removeprefix("clear-")
            for low in begin.get(name, [name]):
                rows[low].append(row)
            if not item.endswith("?") and item not in ("the", "a", "an", "one", "article", "owner"):
                break
    return rows


@define  # made at each date, and twice as quickly as a frozen one
class Said:
    """What the names of a row stand for at one place of a text."""

    words: Words
    line: Line
    first: int
    after: int  #: the word after its last
    at: dict[str, int]  #: where the word of each name stands

    def word(self, name: str) -> str:
        """Return the word that stands for a name, or nothing."""
        return self.words.low[self.at[name]] if name in self.at else ""

    def value(self, name: str) -> int:
        """Return what that word is worth in the name's table of values.toml, or 0."""
        return int(VALUES[name].get(self.word(name), 0))

    @property
    def unit(self) -> float:
        """How many days its unit of time has: the "years" of "two years ago"."""
        word = self.word("lasting") or self.word("unit")
        return VALUES["length"][word.removesuffix("s")]

    @property
    def length(self) -> float:
        """How many days its number of units has; "several" are taken for three."""
        if "number" not in self.at:  # "a year and a half"
            return self.unit * (1.5 if "half" in self.at else 1.0)
        number = number_at(self.words, self.at["number"])
        return self.unit * ((number and number.value) or 3.0)


def said_at(words: Words, i: int, rows: Rows) -> Said | None:
    """Return what is said at word ``i`` by the first row that fits there."""
    text = " ".join(words.low[i : i + _LONGEST_ROW]) + " "
    for row in rows.get(words.low[i]) or rows[""]:
        match = row.form.match(text)
        said = _said(words, i, row, match) if match else None
        if said:
            return said
    return None


def _said(words: Words, i: int, row: Row, match: re.Match[str]) -> Said | None:
    """Return what a row's names stand for where it fits, unless a word's check says no."""
    at = dict[str, int]()
    place = i
    for name, taken in zip(row.names, match.groups(), strict=True):
        if taken:
            after = place + taken.count(" ")
            check = _CHECKS.get(name)
            if check and not check(words, place, after):
                return None
            at[name.removeprefix("clear-")] = place
            place = after
    if words.low[place - 1] == ",":  # "May 5," with no year after it
        place -= 1
    return Said(words, row.line, i, place, at)


# What must hold besides the letters of a word, or of some words, that stand for a name.


def _clear_month(words: Words, at: int, _: int) -> bool:
    """'in May', 'in March'; no verb and no name: 'may', 'Jan' alone, 'by August Lind'."""
    low, before = words.low[at], words.near(at - 1)
    doubtful = low in ("may", "march", "april", "june", "august") or len(low) < 4
    name = words.capital(at + 1) and before in ("of", "by", "and", "to", "from")
    return words.capital(at) and (not doubtful or (words.has(at - 1, "before-month") and not name))


def _clear_year(words: Words, at: int, after: int) -> bool:
    """'in 2013', '2013 elections'; not '2013 people', 'more than 2000'."""
    counts = words.has(after, "percent", "counted", "currency")
    counts = counts or words.has(at - 1, "currency", "approximate")
    return not counts and 1500 <= int(words.low[at]) < 2100


def _often(words: Words, at: int, after: int) -> bool:
    """'its annual fair'; not 'LA Weekly' and not 'the weekly said'."""
    name = words.capital(at) and not words.opens_sentence(at)
    return not name and not (words.has(at - 1, "article") and words.has(after, "told"))


def _shift(words: Words, at: int, after: int) -> bool:
    """Whether it is 'the last week', and not 'will last three weeks', 'following days of rain'."""
    if words.low[at] == "following":
        return words.has(at - 1, "article", "owner")
    verb = words.low[at] == "last" and words.has(at - 1, "lasts")
    return not verb or words.has(after, "time-unit")


_WITH_CAPITAL = ("weekday", "weekdays", "month", "feast", "feast-of", "feast-week", "paper", "name")
_CHECKS: dict[str, Callable[[Words, int, int], bool]] = {
    **dict.fromkeys(_WITH_CAPITAL, lambda words, at, _: words.capital(at)),
    "number": lambda words, at, after: (number_at(words, at) or (0,))[0] == after,
    "clear-month": _clear_month,
    "clear-year": _clear_year,
    "clear-season-name": lambda words, at, _: words.has(at - 1, "before-season"),
    "often": _often,
    "shift": _shift,
}


# --- 2. The lens ---------------------------------------------------------------------------------


@define
class Dates:
    """The lens for dates."""

    today: date | None  #: the text's own date, where it is known
    rows: Rows
    named: date | None = None  #: the last single day that the text has named
    begun: date | None = None  #: the first day of what it named last

    def finds(self, words: Words) -> Iterator[Find]:
        """Yield each date, duration and time of a text in order."""
        lows, done = words.places.keys(), 0
        others = (low for low in lows if not low.isalpha())
        begin = (self.rows.keys() & lows).union(filter(_HAS_FORM.search, others))
        small = words.grammar.sets["article"] | words.grammar.sets["owner"] | {"new"}
        for i in words.places_of(begin):
            if i < done or (words.low[i] in small and words.near(i + 1) not in begin):
                continue  # "the crowd": not worth a try
            said = said_at(words, i, self.rows)
            if said:
                done = said.after
                if said.line.table.kind != "none":
                    yield self._find(said)

    def _find(self, said: Said) -> Find:
        table, age = said.line.table, None
        first, last = self._days(said)
        self.begun = first or self.begun
        self.named = first if first and first == last else self.named
        if table.rule == "ago":
            age = round(said.length / YEAR, 2)
        elif first and self.today:
            age = round((self.today - first).days / YEAR, 2)
        days = [day.isoformat() if day else "" for day in (first, last)]
        place = said.words.span(said.first, said.after - 1)
        return Find(*place, "date", table.kind, said.line.reason, "", "", age, *days)

    def _days(self, said: Said) -> Range:
        """Return the days that are meant, where they are known and the calendar has them."""
        rule, today = said.line.table.rule, self.today
        the = said.word("shift") or "the" if "the" in said.at else ""
        then = the in ("following", "same") or (the == "next" and "part-of-day" in said.at)
        if "that" in said.at or then:
            # "He was found that evening." "She left in 2012 and died the following year."
            today = self.begun if said.word("unit") in _LONG else self.named
        elif self.named and ("earlier" in said.at or (the and said.word("unit") == "day")):
            today = self.named  # "The day before, he had left."
        if today is None and (rule in _ABSOLUTE or "year" in said.at):
            today = date.max  # not needed
        if today is None or not rule:
            return _UNKNOWN
        try:
            return _READERS[rule](said, today)
        except (ValueError, OverflowError):  # "February 31", "10,000 years ago"
            return _UNKNOWN


def on_days(dates: list[Find], words: Words, today: date | None) -> Iterator[Find]:
    """Yield each date; a time of day gets a day named in its sentence or the last, or today."""
    single = [d for d in dates if d.earliest and d.earliest == d.latest and d.kind == "date"]
    days = by_sentence(single, words)
    own = today.isoformat() if today else ""
    for found in dates:
        day = found
        if found.kind == "time":
            day = found._replace(age_years=0.0 if own else None, earliest=own, latest=own)
            sentence = words.sentence_at(found.start)
            near = days.get(sentence) or days.get(sentence - 1) or [day]
            day = nearest(found.start, found.end, near)
        yield found._replace(age_years=day.age_years, earliest=day.earliest, latest=day.latest)


# --- 3. Readers: from what is said to the first and last day that is meant -----------------------


def _iso(said: Said, _: date) -> Range:
    found = date(*map(int, said.word("iso").split("-")))
    return found, found


def _years(said: Said, _: date) -> Range:
    """'2013', '2013-15', '2013/2014', and of 'late 2013' the last third of it."""
    written = said.word("years") or said.word("year")
    first, last = written[:4], written[5:]
    if "stage" in said.at:
        return _months(int(first), 1 + said.value("stage") // 10 * 4, 4)
    return date(int(first), 1, 1), date(int(first[: 4 - len(last)] + last), 12, 31)


def _decade(said: Said, _: date) -> Range:
    first = said.value("tens") or int(said.word("decade")[:-1])
    return _months(first + 1900 * (first < 100), 1, 120)


def _century(said: Said, _: date) -> Range:
    sign = -1 if "bc" in said.at else 1  # the calendar has no days before the year 1
    return _months(100 * sign * int(said.word("nth")[:-2]) - 99, 1, 1200)


def _day(said: Said, today: date) -> Range:
    """Return a day of a month, or some: 'May 24-26', 'May 24 and 25'."""
    written = f"{said.word('day')} {said.word('last-day')}"
    month, days = said.value("month"), sorted(map(int, re.findall(r"\d+", written)))
    year = _year(said, today, (month, days[0]), (month, days[-1]))
    return date(year, month, days[0]), date(year, month, days[-1])


def _month(said: Said, today: date) -> Range:
    """Return a month, or the early, middle or late part of one."""
    month, begins, ends = said.value("month"), 1, 31
    if "stage" in said.at:
        begins = said.value("stage")
        ends = begins + 9 if begins < 21 else 31
    year = _year(said, today, (month, begins), (month, ends))
    first, last = _months(year, month, 1)
    return first.replace(day=begins), last.replace(day=min(ends, last.day))


def _part(said: Said, today: date) -> Range:
    """Return a season, a quarter or a half of a year; one that has begun, unless it is to come."""
    if "season-name" in said.at:
        start, months = said.value("season-name"), 3
    else:
        ordinal, _, part = said.word("ordinal-part").partition("-")
        named = said.word("quarter-name")  # "q4", "h1"
        months = 6 if "half" in said.at or part == "half" or named[:1] == "h" else 3
        nth = VALUES["ordinal"].get(said.word("ordinal") or said.word("final") or ordinal)
        start = 1 + months * (int(nth or named[1]) - 1)
    year = _year(said, today, (start, 1), (start + months - 1, 31), soon=0)
    return _months(year, start, months)


def _weekday(said: Said, today: date) -> Range:
    """'Monday' is the nearest one that has been; 'next Monday' the next to come."""
    if said.words.low[said.first - 2 : said.first] == ["on", "a"]:
        return _UNKNOWN  # "on a Friday last month"
    back = (today.weekday() - said.value("weekday")) % 7
    shift = said.value("shift")
    if shift > 0 or (not shift and _tense(said) == "ahead"):
        back -= 7
    day = today - timedelta(days=back or (7 if shift else 0))
    return day, day


def _period(said: Said, today: date) -> Range:
    """Return the calendar period some units from today's: 'last year', 'the day before'."""
    unit = said.word("unit") or said.word("weekend") or "day"
    shift = said.value("shift") + said.value("near-day") - (said.word("earlier") == "before")
    if unit == "decade" and said.value("shift"):  # "the past decade": ten years up to now
        other = today + timedelta(days=shift * VALUES["length"][unit])
        return min(today, other), max(today, other)
    if unit in _LONG:
        size = _LONG[unit]
        first = (today.year * 12 + today.month - 1) // size + shift
        return _months(0, 1 + first * size, size)
    if unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday() - 7 * shift)
        return monday + timedelta(days=5 * (unit == "weekend")), monday + timedelta(days=6)
    day = today + timedelta(days=shift)
    return day, day


def _ago(said: Said, today: date) -> Range:
    """'two years ago': right to the nearest unit, so it reaches half a unit either way."""
    first, last = (-said.length + half * said.unit for half in (-0.5, 0.5))
    if said.unit < 1:  # "a few minutes ago" is today
        first, last = int(first), int(last)
    return today + timedelta(days=first), min(today + timedelta(days=last), today)


def _stretch(said: Said, today: date) -> Range:
    """Return 'the past two weeks', 'the next few days'."""
    shift = said.value("shift")
    other = today + timedelta(days=shift * said.length)
    return (min(today, other), max(today, other)) if shift else _UNKNOWN


_ALL = (_iso, _years, _decade, _century, _day, _month, _part, _weekday, _period, _ago, _stretch)
_READERS: dict[str, Callable[[Said, date], Range]] = {r.__name__[1:]: r for r in _ALL}


# --- What the readers share -----------------------------------------------------------------------


def _year(said: Said, today: date, begin: Day, end: Day, soon: int = 45) -> int:
    """Return the year of what begins and ends on a month and day.

    Where none is told it is the last that has begun, or will soon; the next after 'will'.
    """
    if "year" in said.at:
        return int(said.word("year"))
    shift = said.value("shift")
    if "year-word" in said.at or ("shift" in said.at and shift >= 0):
        return today.year + shift
    if shift < 0:  # "last March"
        return today.year - (begin[0] >= today.month)
    tense = _tense(said)
    if tense == "ahead" or "delivery" in said.at:
        return today.year + (end < (today.month, today.day))
    limit = today if tense == "past" else today + timedelta(days=soon)
    return limit.year - (begin > (limit.month, limit.day))


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """Return the first and last day of some months; month 13 is the next year's first."""
    ends = [divmod(year * 12 + month - 1 + more, 12) for more in (0, count)]
    first, after = (date(y, m + 1, 1) for y, m in ends)
    return first, after - timedelta(days=1)


def _tense(said: Said) -> str:
    """Tell from the verb before it, in its own clause, whether a day is "ahead" or "past"."""
    words, i, then = said.words, said.first, range(said.after, said.after + 8)
    by, off = words.near(i - 1) == "by", words.low[said.after : said.after + 2] == [",", "but"]
    if words.near(i - 1) in ("until", "through", "till") or words.low[i - 2 : i] == ["ahead", "of"]:
        return "ahead"
    for k in range(i - 1, max(-1, i - 13), -1):
        low, now = words.low[k], words.near(k - 1) in ("is", "are")
        to_be = low in ("to", "for") and words.has(k - 1, "be", "planning")
        to_do = by and low == "to" and words.words[k + 1].islower()  # "told to go by Friday"
        is_on = low in ("is", "are") and _beside(words, k, i)  # "kick-off is at 3pm on Friday"
        ahead = words.has(k, "ahead") and words.words[k] != "May"
        if ahead and (words.near(k - 1) == "had" or (off and words.past(k) and not now)):
            return "past"  # "planned to open in May, but"
        if to_be or to_do or is_on or ahead or _arranged(words, k):
            return "ahead"
        past = words.past(k) or words.has(k, "past", "told") or low == "since"
        if past and not (by and now) and "be" not in words.low[k - 2 : k]:  # not "to be held"
            return "past"
        ends = low == "\n" or words.has(k, "parting")
        ends = ends or (low == "after" and words.near(k + 1).endswith("ing"))
        if ends or (low == "and" and not _beside(words, k, i)):  # "on Friday and on Monday"
            break
    return "ahead" if by and not any(words.past(n) or words.has(n, "past") for n in then) else ""


def _beside(words: Words, k: int, i: int) -> bool:
    """Whether nothing but small words and a time of day stands between two words."""
    small = ("preposition", "adverb", "article", "half-day")
    between = (n for n in range(k + 1, i) if not words.has(n, *small))
    return all(words.words[n][0].isdigit() or words.capital(n) for n in between)


def _arranged(words: Words, k: int) -> bool:
    """Whether a verb in the present announces: 'polls open', 'he plans'; not 'the start'."""
    if not words.has(k, "arranged") or words.opens_sentence(k):
        return False
    noun = words.has(k - 1, "determiner", "preposition", "possessive", "adverb", "auxiliary")
    before = words.near(k - 1)
    if before == "to":  # "Mill to close in May"; not "agreed to close"
        past = words.past(k - 2) or words.has(k - 2, "past", "told")
        return not (past or words.has(k - 3, "article"))  # "the decision to close"
    many = before.endswith("s") or words.low[k].endswith("s")
    many = many or words.has(k - 1, "plural-subject", "many")
    return many and not (noun or words.past(k - 1))  # "announced plans"
