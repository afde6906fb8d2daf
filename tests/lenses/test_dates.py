from __future__ import annotations

from datetime import date

import pytest
from helpers import COURSE

from kit.lenses import Find, load_lenses

LENSES = load_lenses(COURSE)
TODAY = date(2026, 1, 13)  # a Tuesday


def dates(text: str, today: date | None = TODAY) -> list[Find]:
    return [f for f in LENSES.look(text, today) if f.lens == "date"]


@pytest.mark.parametrize(
    ("text", "words", "earliest", "latest"),
    [
        (
            "On Friday, July 21, 2017 it rained.",
            "Friday, July 21, 2017",
            "2017-07-21",
            "2017-07-21",
        ),
        ("On 21 July 2017 it rained.", "21 July 2017", "2017-07-21", "2017-07-21"),
        ("Since 2017-07-21.", "2017-07-21", "2017-07-21", "2017-07-21"),
        ("In July 2017 it rained.", "July 2017", "2017-07-01", "2017-07-31"),
        ("In November it rained.", "November", "2025-11-01", "2025-11-30"),
        ("It will rain in November.", "November", "2026-11-01", "2026-11-30"),
        ("In May it rained.", "May", "2025-05-01", "2025-05-31"),
        ("Since 2013 it rains.", "2013", "2013-01-01", "2013-12-31"),
        ("From 2013-15 it rained.", "2013-15", "2013-01-01", "2015-12-31"),
        ("In the 1990s it rained.", "the 1990s", "1990-01-01", "1999-12-31"),
        ("In the sixties it rained.", "the sixties", "1960-01-01", "1969-12-31"),
        ("In the 19th century it rained.", "the 19th century", "1801-01-01", "1900-12-31"),
        ("On Monday it rained.", "Monday", "2026-01-12", "2026-01-12"),
        ("On Tuesday it rained.", "Tuesday", "2026-01-13", "2026-01-13"),
        ("Last Tuesday it rained.", "Last Tuesday", "2026-01-06", "2026-01-06"),
        ("Next Monday it may rain.", "Next Monday", "2026-01-19", "2026-01-19"),
        ("Yesterday it rained.", "Yesterday", "2026-01-12", "2026-01-12"),
        ("It rained last week.", "last week", "2026-01-05", "2026-01-11"),
        ("It rained last month.", "last month", "2025-12-01", "2025-12-31"),
        ("It rained last year.", "last year", "2025-01-01", "2025-12-31"),
        ("It rained last summer.", "last summer", "2025-06-01", "2025-08-31"),
        ("In the third quarter of 2013.", "the third quarter of 2013", "2013-07-01", "2013-09-30"),
        ("In the past two weeks it rained.", "the past two weeks", "2025-12-30", "2026-01-13"),
        ("It rained two days ago.", "two days ago", "2026-01-10", "2026-01-11"),
        ("It rained about a decade ago.", "about a decade ago", "2011-01-13", "2021-01-12"),
    ],
)
def test_a_date_is_read_to_its_first_and_last_day(text, words, earliest, latest):
    (found,) = dates(text)
    assert (found.text, found.earliest, found.latest) == (words, earliest, latest)
    assert found.kind in ("date", "duration")


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("two years ago", 2),
        ("about a decade ago", 10),
        ("In 2013.", 13.03),
        ("today", 0),
        ("six months ago", 0.5),
    ],
)
def test_the_age_counts_from_the_start_of_what_is_named(text, years):
    assert dates(text)[0].age_years == years


def test_without_the_texts_date_only_what_the_words_tell_is_known():
    (ago,) = dates("two years ago", None)
    assert (ago.age_years, ago.earliest) == (2, "")
    (monday,) = dates("On Monday.", None)
    assert (monday.age_years, monday.earliest) == (None, "")
    (whole,) = dates("On 21 July 2017.", None)
    assert (whole.age_years, whole.earliest) == (None, "2017-07-21")


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("for three weeks", "three weeks", "duration"),
        ("a 12-year low", "12-year", "duration"),
        ("every day", "every day", "repeated"),
        ("its annual fair", "annual", "repeated"),
        ("on Mondays", "Mondays", "repeated"),
        ("at 6:40 p.m.", "6:40 p.m.", "time"),
        ("he is now here", "now", "vague"),
    ],
)
def test_other_times_have_their_kind(text, words, kind):
    assert [(f.text, f.kind) for f in dates(text)] == [(words, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "This may rain.",
        "They march on Rome.",
        "A man two years old.",
        "More than 2000 came.",
        "2000 people came.",
        "In the first half they led.",
        "The may-fly of 31st rank",
        "In the 20th minute he scored.",
    ],
)
def test_what_is_no_time_is_left_alone(text):
    assert dates(text) == []


@pytest.mark.parametrize(
    "text", ["February 31, 2013", "99999999999999 years ago", "the 0th century"]
)
def test_what_the_calendar_does_not_have_makes_no_fault(text):
    assert all(f.earliest == "" or f.earliest <= f.latest for f in dates(text))


@pytest.mark.parametrize("today", [date.min, date.max])
def test_at_the_ends_of_the_calendar_it_does_not_fail(today):
    text = "last year, next decade, two centuries ago, on Monday, next week, this weekend, in May"
    assert dates(text, today)
