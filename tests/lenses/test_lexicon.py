from __future__ import annotations

import pytest
from helpers import COURSE

from kit.course.messages import KitError, words
from kit.lenses import load_lenses
from kit.lenses.dates import _CHECKS, _READERS, FORMS
from kit.lenses.hedges import _RULES
from kit.lenses.lexicon import forms, load_lexicon
from kit.lenses.words import Words

FILES = ["hedges", "sourcing", "grammar"]
BESIDE = {"any", "that", "quote", "clause", "commas", "to", "of", "as", "for", "charge", "after"}
BESIDE |= {"nobody", "owner", "at", "somebody", "never", "before", "counted", "hearer", "depicts"}
BESIDE |= {"complement", "unreached"}


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("say/said", "say says saying said"),
        ("see/saw/seen", "see sees seeing saw seen"),
        ("deny", "deny denies denying denied"),
        ("argue", "argue argues arguing argued"),
        ("admit", "admit admits admitting admitted"),
        ("stress", "stress stresses stressing stressed"),
        ("foresee/foresaw/foreseen", "foresee foresees foreseeing foresaw foreseen"),
        ("play", "play plays playing played"),
    ],
)
def test_the_forms_of_a_verb(verb, expected):
    assert [form for form, _ in forms(verb)] == expected.split()


def test_a_phrase_changes_its_verb_only():
    assert dict(forms("point out"))["pointed out"] == "past"


@pytest.mark.parametrize("name", FILES)
def test_no_line_is_written_so_that_it_can_never_be_found(name):
    lexicon, grammar = load_lexicon(COURSE, name), load_lenses(COURSE).grammar
    lines = [x.words for same in lexicon.lines.values() for x in same]
    lines += [word.split() for words in lexicon.sets.values() for word in words if word]
    for line in lines:
        text = " ".join(line)
        if text[0].isalpha() and text[-1] in ".-":  # one word only before a name or a year
            text = f"{text.title()} Ada" if text[-1] == "." else f"{text}2013"
        assert Words(text, grammar).low[: len(line)] == line


@pytest.mark.parametrize("name", ["hedges", "sourcing"])
def test_every_table_that_makes_finds_says_why_and_names_what_there_is(name):
    for key, table in load_lexicon(COURSE, name).tables.items():
        if name == "hedges" or table.beside:
            assert table.why.endswith("."), key
        assert set(table.beside) <= BESIDE, key
        assert not table.rule or table.rule in _RULES, key


def test_every_rule_and_every_kind_of_hedge_is_used_and_named():
    tables = load_lexicon(COURSE, "hedges").tables
    assert {t.rule for t in tables.values() if t.rule} == set(_RULES)
    assert {f"lens_kind.{t.kind or key}" for key, t in tables.items()} <= set(words())


def test_no_line_stands_twice_under_one_kind():
    for name in ("hedges", "sourcing"):
        for lines in load_lexicon(COURSE, name).lines.values():
            said = [
                (line.words, line.table.kind, line.table.only_after, line.table.only_before)
                for line in lines
                if line.table.beside or line.table.why
            ]
            assert [x for x in said if said.count(x) > 1] == []


def lay(own_course, text: str) -> None:
    (own_course.root / "lexicons").mkdir(exist_ok=True)
    (own_course.root / "lexicons" / "hedges.toml").write_text(text, encoding="utf-8")


def hedges(course, text: str) -> dict[str, str]:
    return {f.text: f.kind for f in load_lenses(course).look(text) if f.lens == "hedge"}


def test_a_course_adds_lines_takes_lines_out_and_brings_kinds_of_its_own(own_course):
    before = hedges(own_course, "Perhaps he may, mayhap, so they trow.")
    assert before == {"Perhaps": "adverb", "may": "modal"}
    load_lexicon.cache_clear()
    load_lenses.cache_clear()
    lay(
        own_course,
        '[adverb]\nwords = ["mayhap"]\nwithout = ["perhaps"]\n\n'
        '[old]\nwhy = "Old words."\nkind = "belief"\nverbs = ["trow"]\n',
    )
    assert hedges(own_course, "Perhaps he may, mayhap, so they trow.") == {
        "may": "modal",
        "mayhap": "adverb",
        "trow": "belief",
    }
    assert hedges(COURSE, "Perhaps mayhap.") == {"Perhaps": "adverb"}


@pytest.mark.parametrize("text", ["the harvest", "a blue moon ago", "their jubilee"])
def test_a_courses_own_date_is_found_also_after_a_small_word(own_course, text):
    load_lexicon.cache_clear()
    load_lenses.cache_clear()
    lay(own_course, "")
    (own_course.root / "lexicons" / "dates.toml").write_text(
        '[own]\nwhy = "A time of ours."\nkind = "date"\n'
        'words = ["the harvest", "one blue moon ago", "owner jubilee"]\n',
        encoding="utf-8",
    )
    (found,) = [
        f for f in load_lenses(own_course).look(f"It rained in {text}.") if f.lens == "date"
    ]
    assert found.text == text


@pytest.mark.parametrize(
    "fault", ["[adverb]\nword = ['x']\n", "[adverb\n", "[adverb]\nwords = [1]\n"]
)
def test_a_fault_in_a_courses_lexicon_is_told_with_its_file(own_course, fault):
    load_lexicon.cache_clear()
    load_lenses.cache_clear()
    lay(own_course, fault)
    with pytest.raises(KitError, match=r"hedges\.toml"):
        load_lenses(own_course)


def test_every_name_in_a_pattern_of_dates_is_a_test_a_table_or_a_word():
    sets = load_lexicon(COURSE, "grammar").sets
    lines = load_lexicon(COURSE, "dates").ordered
    names = {n.removesuffix("?") for line in lines for n in line.words}
    spelt = {
        "ago",
        "a",
        "and",
        "old",
        "of",
        "the",
        ",",
        ".",
        "half",
        "quarter",
        "about",
        "weekend",
        "or",
        "final",
        "to",
        "mail",
        "on",
        "new",
        "fortnight",
        "as",
    }
    spelt |= {"overnight", "decade-old", "century-old", "decades-old", "centuries-old"}
    assert names <= {*FORMS, *_CHECKS, "number", *sets} | spelt
    assert {t.rule for t in load_lexicon(COURSE, "dates").tables.values()} == {
        *_READERS,
        "",
    }
    for line in lines:
        assert any(not name.endswith("?") for name in line.words)
        assert line.table.why
