from __future__ import annotations

from datetime import date

import pytest
from helpers import COURSE

from kit.lenses import Find, load_lenses
from kit.lenses.numbers import number_at
from kit.lenses.words import Words

LENSES = load_lenses(COURSE)


def figures(text: str) -> list[Find]:
    return [f for f in LENSES.look(text, date(2026, 1, 13)) if f.lens == "figure"]


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("Over 600 deaths were counted.", "Over 600 deaths", "count"),
        ("It is worth around $95 billion today.", "around $95 billion", "amount"),
        ("It cost 1,200.50 euros.", "1,200.50 euros", "amount"),
        ("Prices rose 2.9 per cent.", "2.9 per cent", "percentage"),
        ("Prices rose by more than 15-20%.", "more than 15-20%", "percentage"),
        ("Two dozen people came.", "Two dozen people", "count"),
        ("Some three million voters", "Some three million voters", "count"),
        ("Half of the flats stood empty.", "Half", "percentage"),
        ("A disk of 30GB", "30GB", "count"),
    ],
)
def test_a_figure_is_found_with_its_kind_and_its_approximator(text, words, kind):
    assert (words, kind) in [(f.text, f.kind) for f in figures(text)]


@pytest.mark.parametrize(
    "text",
    [
        "One came.",
        "The iPhone 4 came.",
        "His 22nd win.",
        "An 18-year-old man.",
        "In 2013.",
        "See page 3.",
        "A few came.",
    ],
)
def test_what_counts_nothing_is_no_figure(text):
    assert figures(text) == []


def test_a_figure_is_tied_to_the_date_that_its_sentence_names():
    (figure,) = figures("A decade ago it was worth $95 billion. It rained in 2020.")
    assert (figure.dated, figure.age_years) == ("A decade ago", 10)
    (loose,) = figures("It is worth $95 billion. It rained in 2020.")
    assert (loose.dated, loose.age_years) == ("", None)


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("An investigation about a decade ago hinted at some $9 billion.", "about a decade ago"),
        ("A 2013 Herald investigation put it at $9 billion.", "2013"),
        ("According to a 2013 estimate, he has $9 billion.", "2013"),
        ("The estimate, made in 2013, was $9 billion.", "2013"),
        ("It won $9 billion, up on the election in 2013.", ""),
        ("Rents climbed 3.1%, the sharpest rise since 2009.", ""),
        ("Turnout was 64 percent, down on 2017.", ""),
        ("Repairing the 1966 pier would cost £4 million.", ""),
        ("The gang, formed in 2015, has robbed 30 banks.", ""),
        ("The bank, worth $60 billion, settled a lawsuit in 2018.", ""),
        ("A review ordered in 2019 has found that 412 bridges are unsafe.", ""),
        ("The club has 40 shops and opened in 1990.", ""),
        ("Unemployment fell to 4% in 2019.", "2019"),
        ("In 2016, 340 families left.", "2016"),
        ("A 2013 survey found that 35% smoked.", "2013"),
        ("The mine, which had 800 workers in 1990, closed last year.", "1990"),
        ("Deaths rose from 300 in 2010 to 500 in 2019.", "2019"),
    ],
)
def test_a_date_to_compare_with_or_in_another_clause_is_not_the_figures(text, dated):
    assert figures(text)[-1].dated == dated


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("95", 95),
        ("1,200.5", 1200.5),
        ("twenty-one", 21),
        ("two dozen", 24),
        ("three hundred thousand", 300_000),
        ("a million", 1e6),
        ("$", None),
        ("several", None),
        ("22nd", None),
    ],
)
def test_a_number_has_its_value(text, value):
    number = number_at(Words(text, LENSES.grammar), 0)
    assert (number and number.value) == value
