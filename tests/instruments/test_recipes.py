from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve
from helpers import COURSE
from hypothesis import given
from hypothesis import strategies as st

from kit.course.evidence import every_record
from kit.course.messages import KitError
from kit.instruments.age import recipes
from kit.instruments.age.estimates import Estimate, Part, check_alike, find_estimate, load_book
from kit.instruments.age.recipes import assumptions, carry, effect

BOOK = load_book(COURSE)
WHOLE = find_estimate(COURSE, "95-billion")
LAND = find_estimate(COURSE, "95-billion/real-estate")
COMPANIES = find_estimate(COURSE, "95-billion/companies")
EVERY = list(BOOK.estimates.values())
DATES = sorted({p.when for s in BOOK.series.values() for p in s.points})


def amount(part, recipe, to, **chosen) -> float:
    return effect(COURSE, part, recipe, to, chosen).amount


def value(series: str, when: str) -> float:
    return next(p.value for p in BOOK.series[series].points if p.when == when)


# --- The figures of the evidence, to three digits ------------------------------------------------


@pytest.mark.parametrize(
    ("part", "to", "base", "found"),
    [
        (WHOLE, "2025", "2013", 131.3),
        (WHOLE, "2026-01", "2013-11", 132.6),
        (LAND, "2025", "2013", 71.9),
        (COMPANIES, "2025", "2013", 59.4),
        (LAND, "2013", "2008", 56.3),
    ],
)
def test_the_same_dollars_in_us_prices(part, to, base, found):
    assert round(amount(part, "prices", to, base=f"us-cpi/{base}"), 1) == found


@pytest.mark.parametrize(
    ("recipe", "later", "found"),
    [
        ("unchanged", "rial-free/2013-11-11", 16.5),
        ("unchanged", "rial-imf/2013", 27.0),
        ("unchanged", "rial-cbi/2013", 23.4),
        ("raised", "rial-free/2013-11-11", 45.4),
        ("raised", "rial-free/2013", 41.5),
    ],
)
def test_the_real_estate_as_a_sum_in_rials(recipe, later, found):
    result = amount(LAND, recipe, "2013", then="rial-cbi/2008", later=later)
    assert round(result, 1) == found


def test_the_series_give_the_ratios_of_the_evidence():
    assert value("us-cpi", "2025") / value("us-cpi", "2013") == pytest.approx(1.382, abs=5e-4)
    assert value("us-cpi", "2026-01") / value("us-cpi", "2013-11") == pytest.approx(1.396, abs=6e-4)
    days = value("rial-free", "2026-01-12") / value("rial-free", "2013-11-11")
    assert days == pytest.approx(47.5, abs=0.05)
    assert value("iran-cpi", "2013") / value("iran-cpi", "2008") == pytest.approx(2.744, abs=5e-4)
    assert value("iran-cpi", "2023") / value("iran-cpi", "2013") == pytest.approx(9.75, abs=5e-3)


@pytest.mark.parametrize(("year", "rise"), [(2009, 13.552), (2013, 36.603), (2023, 44.579)])
def test_the_chained_index_rises_as_the_world_bank_says(year, rise):
    ratio = value("iran-cpi", str(year)) / value("iran-cpi", str(year - 1))
    assert 100 * (ratio - 1) == pytest.approx(rise, abs=5e-3)


def test_an_effect_says_that_the_mean_of_2025_lacks_a_month():
    (note,) = effect(COURSE, WHOLE, "prices", "2025").notes
    assert (note.when, "11 months" in note.note) == ("2025", True)
    assert effect(COURSE, WHOLE, "prices", "2024").notes == ()


def test_a_whole_in_the_money_of_its_parts_is_the_sum_of_its_parts():
    parts = sum(amount(p, "prices", "2025") for p in WHOLE.parts)
    assert amount(WHOLE, "prices", "2025", base="us-cpi/parts") == pytest.approx(parts)
    assert sum(p.amount for p in WHOLE.parts) == WHOLE.amount


# --- What is refused, and why --------------------------------------------------------------------


def test_no_sum_is_carried_in_rials_but_the_real_estate_and_only_to_2013():
    """Else 95 billion would become about 2: a new number that goes round by itself."""
    can = {
        (part.id, to)
        for part, to, recipe in product(EVERY, DATES, ("unchanged", "raised"))
        if recipe in recipes.usable(COURSE, part, to)[0]
    }
    assert {part for part, _ in can} == {LAND.id}
    assert max(to for _, to in can) == "2013-11-11"


def test_a_sum_without_a_method_is_not_carried_at_all():
    for name in ("200-billion-three", "200-billion-embassy"):
        assert recipes.usable(COURSE, find_estimate(COURSE, name), "2025")[0] == ()


def refusal(part, recipe, to, **chosen) -> str:
    with pytest.raises(KitError) as fault:
        effect(COURSE, part, recipe, to, chosen)
    return str(fault.value)


def test_a_refusal_explains_itself():
    assert "no sum in rials with a date is known" in refusal(WHOLE, "unchanged", "2013")
    assert "our assumption" in refusal(LAND, "unchanged", "2026-01-12")
    assert "2008 to 2026-01" in refusal(WHOLE, "prices", "2027")
    assert "is no date" in refusal(WHOLE, "prices", "yesterday")
    assert "forwards only" in refusal(WHOLE, "prices", "2012")
    assert "prices, unchanged, raised" in refusal(WHOLE, "magic", "2025")
    assert "us-cpi/2013" in refusal(WHOLE, "prices", "2025", base="us-cpi/1913")
    assert "start from US dollars" in refusal(evolve(WHOLE, currency="euros"), "prices", "2025")
    later = evolve(LAND, local_of="2012", money_of=("2008",))
    assert "forwards only" in refusal(later, "unchanged", "2008")
    assert effect(COURSE, later, "prices", "2010").amount > 52
    assert "needs money_of" in refusal(evolve(WHOLE, money_of=()), "prices", "2025")


def test_a_recipe_stops_where_its_prices_end():
    free = evolve(LAND, local_until="")
    assert "consumer prices in Iran, 2008 to 2023" in refusal(free, "raised", "2024")
    assert effect(COURSE, free, "raised", "2023").amount > 0


def test_tomans_are_refused_for_rials():
    with pytest.raises(KitError, match="ten rials"):
        Part("x", 5, "land", "me", "2013", currency="Toman")


def test_a_series_in_tomans_is_refused(own_course):
    path = own_course.root / "estimates.toml"
    text = path.read_text(encoding="utf-8").replace("rials a dollar", "toman a dollar", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KitError, match="ten rials"):
        load_book(own_course)


def test_one_body_and_three_are_not_set_side_by_side():
    three = find_estimate(COURSE, "200-billion-three")
    with pytest.raises(KitError) as fault:
        check_alike((WHOLE, three))
    assert WHOLE.holder in str(fault.value)
    assert three.holder in str(fault.value)
    check_alike((WHOLE, evolve(WHOLE, amount=90, as_of="2014")))


def test_no_two_estimates_of_the_course_are_alike():
    wholes = [e for e in EVERY if isinstance(e, Estimate)]
    for one, other in product(wholes, wholes):
        if one is not other:
            with pytest.raises(KitError):
                check_alike((one, other))


def test_what_is_not_there_is_told_with_what_is():
    with pytest.raises(KitError, match="95-billion/real-estate"):
        find_estimate(COURSE, "94-billion")


@given(st.text(max_size=12), st.sampled_from(EVERY))
def test_whatever_is_typed_for_a_date_gets_a_sentence(to, part):
    can, refusals = recipes.usable(COURSE, part, to)
    assert can or all(refusals)


# --- Assumptions and their ranges ----------------------------------------------------------------

USABLE = [
    (part, recipe, to)
    for part, to in ((LAND, "2013"), (WHOLE, "2025"), (COMPANIES, "2026-01"))
    for recipe in recipes.usable(COURSE, part, to)[0]
]


@pytest.mark.parametrize(("part", "recipe", "to"), USABLE)
def test_a_range_holds_every_combination_of_assumptions(part, recipe, to):
    whole = carry(COURSE, part, recipe, to)
    every = assumptions(COURSE, part, recipe, to)
    for picked in product(*(a.choices for a in every)):
        chosen = {a.id: c.id for a, c in zip(every, picked, strict=True)}
        result = effect(COURSE, part, recipe, to, chosen)
        assert whole.low.amount <= result.amount <= whole.high.amount
        assert dict(result.chosen) == {a.id: c for a, c in zip(every, picked, strict=True)}
    assert whole.used.amount == pytest.approx(amount(part, recipe, to))
    assert whole.low.amount < whole.high.amount


@given(st.floats(0.01, 1e6), st.sampled_from(USABLE))
def test_twice_the_sum_gives_twice_the_answer(size, case):
    part, recipe, to = case
    one, two = (amount(evolve(part, amount=n), recipe, to) for n in (size, 2 * size))
    assert two == pytest.approx(2 * one)


def test_the_recipe_moves_the_answer_most_and_the_first_rate_least():
    swings = recipes.sensitivity(COURSE, LAND, "2013")
    assert [(s.recipe, s.assumption) for s in swings[:2]] == [(None, "recipe"), ("raised", "later")]
    assert (swings[-1].recipe, swings[-1].assumption) == ("unchanged", "then")
    assert [s.width for s in swings] == sorted((s.width for s in swings), reverse=True)
    top = swings[0]
    assert (round(top.low.amount, 1), round(top.high.amount, 1)) == (16.5, 56.3)


def test_one_at_a_time_leaves_the_others_at_their_first():
    for swing in recipes.sensitivity(COURSE, LAND, "2013"):
        if swing.recipe is None:
            continue
        first = dict(effect(COURSE, LAND, swing.recipe, "2013").chosen)
        for end in (swing.low, swing.high):
            moved = {name for name, choice in end.chosen if first[name] != choice}
            assert moved <= {swing.assumption}


def test_an_assumption_with_one_value_moves_nothing():
    lone = evolve(WHOLE, money_of=("2013",))
    assert recipes.sensitivity(COURSE, lone, "2025") == ()


# --- The course's own files ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2013,100.000", "2013,dear", "value"),
        ("2013,100.000", "2013,-4", "value"),
        ("2013,100.000", "2013,100,,7", "rows|fields|…"),
        ("when,value", "year,value", "when"),
    ],
)
def test_a_fault_in_a_series_is_told_with_its_place(own_course, old, new, told):
    path = own_course.root / "evidence" / "series" / "iran-cpi.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(KitError, match=told) as fault:
        load_book(own_course)
    assert "iran-cpi.csv" in str(fault.value)


def test_a_series_that_is_used_must_be_listed(own_course):
    path = own_course.root / "estimates.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('prices = "us-cpi"', 'prices = "eu-cpi"', 1), encoding="utf-8")
    with pytest.raises(KitError, match="eu-cpi"):
        load_book(own_course)


def test_a_series_without_its_figures_is_told(own_course):
    (own_course.root / "evidence" / "series" / "us-cpi.csv").unlink()
    with pytest.raises(KitError, match=r"us-cpi\.csv"):
        load_book(own_course)


def test_every_number_rests_on_a_record():
    known = every_record(COURSE).keys()
    assert {s.record for s in BOOK.series.values()} <= known
    assert {e.record for e in EVERY} <= known
