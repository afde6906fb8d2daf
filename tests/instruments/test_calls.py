from __future__ import annotations

import re
from html import unescape

import pytest
from helpers import in_a_process

import kit
from kit.course.evidence import every_record, find_record
from kit.course.messages import KitError
from kit.instruments.age import calls
from kit.instruments.age.estimates import Estimate, load_book
from kit.instruments.readings import load_bands, load_readings
from kit.learner.record import keep_answer
from kit.notebook.output import Page

LAND = "95-billion/real-estate"


@pytest.fixture
def course(own_course):
    """A course of one's own; every record that its figures rest on is there."""
    used = {e.record for e in load_book(own_course).estimates.values()}
    used |= {row.record for row in (*load_readings(own_course), *load_bands(own_course))}
    assert used <= every_record(own_course).keys()
    return own_course


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def bare(shown) -> str:
    """Return what a page says without its pictures and its marks."""
    return unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", shown._repr_html_()))


# --- age -----------------------------------------------------------------------------------------


def test_an_estimate_says_what_it_is_of_and_what_each_recipe_assumes(course):
    text = repr(kit.age(LAND, to="2013"))
    assert "52 billion US dollars: real estate" in text
    for found in ("56.3", "16.5", "45.4", "14.9 to 27.3", "40.9 to 74.9"):
        assert found in text
    assert "our assumption" in text
    assert "itself an assumption" in text
    assert "It is not what anything is worth" in text
    assert "Which recipe: 16.5 to 56.3" in text


def test_the_year_can_be_a_number_and_the_missing_month_is_told(course):
    assert repr(kit.age("95-billion", to=2025)) == repr(kit.age("95-billion", to="2025"))
    text = repr(kit.age("95-billion", to=2025))
    assert "131.3 billion US dollars (lowest to highest: 131.2 to 137.2)" in text
    assert "mean of 11 months" in text
    assert "Not carried in rials" in text


@pytest.mark.parametrize(("name", "to"), [("95-billion", "2025"), (LAND, "2013")])
def test_both_forms_say_the_same_numbers(course, name, to):
    shown = kit.age(name, to=to)
    assert isinstance(shown, Page)
    assert numbers(repr(shown)) <= numbers(shown._repr_html_())
    assert numbers(bare(shown)) <= numbers(repr(shown))


@pytest.mark.parametrize(("name", "to"), [("95-billion", "2025"), (LAND, "2013")])
def test_every_source_is_named_with_its_address(course, name, to):
    text = repr(kit.age(name, to=to))
    record = load_book(course).estimates[name].record
    for used in (
        record,
        "us-cpi",
        *(["rial-free", "rial-imf", "iran-cpi"] if to == "2013" else []),
    ):
        assert find_record(course, used).address in text
    assert ("github.com/datasets/cpi>" in text) == (to == "2013")
    assert str(course.home) not in text


def test_it_is_worded_as_an_effect_and_never_as_a_worth(course):
    for shown in (kit.age("95-billion", to=2025), kit.age(LAND, to=2013)):
        said = repr(shown).replace("not what anything is worth", "")
        assert not re.search(r"\b(is|are|was|were|now|really) worth\b|\bwould be worth\b", said)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: kit.age("95-billion", "200-billion-three", to=2025), "do not measure the same"),
        (lambda: kit.age("95-billion", to=2025, recipe="unchanged"), "no sum in rials"),
        (lambda: kit.age(LAND, to="2026-01-12", recipe="unchanged"), "Not carried in local money"),
        (lambda: kit.age("95-billion", to=2031), "There is no figure for 2031"),
        (lambda: kit.age("95-billion"), "Say to which date"),
        (lambda: kit.age(to=2025), "Say to which date"),
        (lambda: kit.age("95", to=2025), "There is no estimate called “95”"),
    ],
)
def test_what_would_mislead_is_refused_in_a_sentence(course, monkeypatch, call, told):
    text = repr(call())
    assert told in text
    assert "went wrong" not in text
    monkeypatch.setenv("KIT_STRICT", "1")
    with pytest.raises(KitError):
        call()


def test_a_hand_made_estimate_can_be_carried_and_alike_ones_side_by_side(course):
    mine = Estimate("mine", 10, "a house", "one family", "2013", money_of=("2013",))
    yours = Estimate("yours", 20, "a house", "one family", "2013", money_of=("2013",))
    both = repr(kit.age(mine, yours, to=2025))
    assert "13.8 billion" in both
    assert "27.6 billion" in both


def test_one_recipe_can_be_asked_for(course):
    text = repr(kit.age(LAND, to=2013, recipe="raised"))
    assert "45.4" in text
    assert "56.3" not in text


def test_another_course_names_its_own_money(course):
    path = course.root / "estimates.toml"
    text = path.read_text(encoding="utf-8")
    for ours, theirs in (("rials", "crowns"), ("US dollars", "euros"), ("a dollar", "a euro")):
        text = text.replace(ours, theirs)
    path.write_text(text, encoding="utf-8")
    load_book.cache_clear()
    said = repr(kit.age(LAND, to=2013)).replace("That the sum of 2008 was named in", "")
    assert "A sum in crowns, unchanged, turned into euros later: 16.5 billion euros" in said
    assert "9,574 crowns a euro" in said


# --- age, live -----------------------------------------------------------------------------------


def slide(live, name: str, words: str) -> None:
    """Do what the page does when a slider comes to stand at the choice that begins so."""
    (control,) = [c for c in live.controls if c["id"] == name]
    (at,) = [n for n, choice in enumerate(control["choices"]) if choice.startswith(words)]
    live.chosen = {**live.chosen, name: at}


def test_a_slider_moves_the_range_and_says_what_it_assumes(course):
    live = kit.age(LAND, to=2013, live=True)
    before = live.shown
    assert "16.5 to 56.3" in live.now
    (later,) = [c for c in live.controls if c["id"] == "later"]
    assert later["choices"][live.chosen["later"]].startswith("Later: 30,100 rials a dollar (free")
    slide(live, "later", "Later: 18,414")
    assert "27.0 to 74.2" in live.now
    assert live.shown != before
    slide(live, "later", "Later: 30,100")
    assert live.shown == before


def test_sliders_rise_with_their_values_and_have_every_choice(course):
    live = kit.age(LAND, to=2013, live=True)
    assert [c["id"] for c in live.controls] == ["base", "then", "later"]
    words = live.controls[2]["choices"]
    rates = [float(w.split()[1].replace(",", "")) for w in words]
    assert rates == sorted(rates)
    assert len(rates) == 5


def test_the_saved_form_is_the_still_page_and_no_slider_changes_it(course):
    still, live = kit.age(LAND, to=2013), kit.age(LAND, to=2013, live=True)
    slide(live, "later", "Later: 18,414")
    assert repr(live) == repr(still)
    bundle, _ = live._repr_mimebundle_()
    assert bundle["text/plain"] == repr(still)
    assert bundle["text/html"] == still._repr_html_()
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_one_recipe_alone_has_no_range_of_recipes(course):
    live = kit.age("95-billion", to=2025, live=True)
    assert "gives 131.3 billion US dollars" in live.now
    assert "All recipes" not in live.shown


def test_the_page_keeps_its_arrow_keys_and_says_its_values():
    script = str(calls.LiveAge._esm)
    assert "data-lm-suppress-shortcuts" in script
    assert "aria-valuetext" in script


# --- heard ---------------------------------------------------------------------------------------


def test_might_is_told_in_numbers_and_no_scale_has_it(course):
    text = repr(kit.heard("might", mine=40))
    assert "5,174 people" in text
    assert "middle answer was 40; half of them said 25 to 50; nine in ten said 10 to 66" in text
    assert "Your number is 40: among the middle half" in text
    assert "None of the 5 official scales" in text
    assert find_record(course, "capphrase").address in text


def test_likely_is_told_with_the_bands_of_the_scales_that_have_it(course):
    text = repr(kit.heard("likely", mine=95))
    for said in ("ICD 203 uses “likely” for 55 to 80", "IPCC AR5 uses “likely” for 66 to 100"):
        assert said in text
    assert "no number in: Kent 1964" in text
    assert "higher than all but one in twenty" in text


@pytest.mark.parametrize(
    ("mine", "place"),
    [(9, "lower than all"), (10, "outside the middle half"), (25, "among the middle half"),
     (50, "among the middle half"), (66, "outside the middle half"),
     (67, "higher than all"), (0, "lower than all"), (100, "higher than all")],
)  # fmt: skip
def test_where_a_number_lies_among_the_readings(course, mine, place):
    line = next(x for x in repr(kit.heard("might", mine=mine)).splitlines() if "Your" in x)
    assert place in line


def test_both_forms_of_a_phrase_say_the_same(course):
    shown = kit.heard("likely", mine=85)
    assert numbers(bare(shown)) == numbers(repr(shown))
    assert shown._repr_html_().count("<img") == 1


@pytest.mark.parametrize("mine", [-1, 101, float("nan"), "forty"])
def test_a_number_that_is_no_chance_is_refused(course, mine):
    assert "from 0 to 100" in repr(kit.heard("might", mine=mine))


def test_a_phrase_that_nobody_was_asked_about_is_refused(course):
    assert "Nobody was asked about “perhaps”" in repr(kit.heard("perhaps"))


def forecast(course):
    from kit.questions.bank import load_questions

    return next(
        (sheet, item)
        for sheet in course.sheets
        for item in load_questions(course, sheet).values()
        if item.kind == "probability"
    )


def test_ones_own_number_is_read_from_the_record(course):
    sheet, item = forecast(course)
    text = repr(kit.heard("might", item=item.id))
    assert "not given your own number yet" in text
    assert numbers(text) == set(), "what others said must not sway one's own number"
    path = course.work / f"{sheet.id}.json"
    keep_answer(path, item, 70, act="commit")
    assert "Your number is 70: higher than" in repr(kit.heard("might", item=item.id))


def test_the_record_is_the_one_that_lessons_keep(course):
    from kit.learner.record import record_path

    sheet, _ = forecast(course)
    assert record_path(course, sheet) == course.work / f"{sheet.id}.json"


def test_nothing_slow_is_loaded_before_it_is_needed(course):
    code = (
        "import sys, kit, kit.instruments.age.calls, kit.instruments.chances, kit.notebook.charts;"
        "slow = {'pandas', 'numpy', 'matplotlib', 'jupyterlab', 'nbclient'};"
        "print(sorted(slow & {m.partition('.')[0] for m in sys.modules}))"
    )
    assert in_a_process(code, course.home).strip() == "[]"
    assert calls.age is kit.age
