from __future__ import annotations

import html
import json
import re

import pytest
from helpers import COURSE, in_a_process

import kit
from kit.course.article import Article
from kit.course.messages import KitError
from kit.lenses import LENSES, look

STORY = (
    "Could the bridge fall?\n\n"
    "  Over 600 <b>people</b> may have crossed it, said Mara Lind.\n"
    "It is believed that it was built about a decade ago & mended.\n"
)


@pytest.fixture
def looked():
    return look.mark_text(COURSE, STORY, "2026-01-13")


def visible(page: str) -> str:
    """Return the text that a page shows, without its marks' labels and its style."""
    page = re.sub(r"<style>.*?</style>|<small.*?</small>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_the_page_holds_the_text_word_for_word_with_its_labels(looked):
    page = looked._repr_html_()
    for line in STORY.split("\n"):
        assert line.strip() in visible(page)
    for f in looked.finds:
        assert looked.label(f) in page
        assert html.escape(looked.note(f)) in page.replace("&#34;", "&quot;").replace(
            "&#39;", "&#x27;"
        )


def test_nothing_of_the_text_becomes_part_of_the_page(looked):
    evil = '<script>alert(1)</script> " onmouseover="x" may </div>'
    page = look.mark_text(COURSE, evil)._repr_html_()
    assert "<script" not in page
    assert 'onmouseover="x"' not in page
    assert evil in visible(page)
    assert "<b>" not in looked._repr_html_().split("</fieldset>")[1].split("<details>")[0].replace(
        '<div class="kit-row"><b>', ""
    )


def test_marks_nest_properly_and_each_lens_can_be_hidden(looked):
    page = looked._repr_html_()
    assert page.count("<mark") == page.count("</mark>")
    for lens in LENSES:
        assert page.count(f'class="kit-show-{lens}"') == 1
        assert f".kit-look:has(.kit-show-{lens}:not(:checked))" in page


def test_the_plain_text_has_the_same_content_and_no_address_of_memory(looked):
    said = repr(looked)
    for n, text, finds in looked.paragraphs():
        assert f"¶{n} {text}" in said
        for f in finds:
            assert f"“{f.text}” [" in said
            assert looked.note(f) in said
    assert "0x" not in said
    assert said == repr(look.mark_text(COURSE, STORY, "2026-01-13"))


def test_every_find_is_in_one_paragraph_and_one_row(looked):
    placed = [f for _, _, finds in looked.paragraphs() for f in finds]
    assert placed == list(looked.finds)
    assert [n for n, _, _ in looked.paragraphs()] == [0, 1, 2]
    table = looked.table
    assert len(table) == len(looked.finds)
    assert list(table["text"]) == [f.text for f in looked.finds]
    assert set(table["lens"]) == set(LENSES)


def test_an_empty_text_has_an_empty_table():
    nothing = look.mark_text(COURSE, "")
    assert len(nothing.table) == 0
    assert "text" in nothing.table.columns
    assert nothing._repr_html_()


def test_only_some_lenses_can_be_asked_for(looked):
    assert {f.lens for f in looked.only("hedge", "date").finds} == {"hedge", "date"}
    with pytest.raises(KitError, match="sourcing"):
        looked.only("nonsense")


def test_the_age_of_a_figure_and_the_days_of_a_date_are_told(looked):
    assert "From 2011-01-13 to 2021-01-12. Age at the text's date: 10 years." in repr(looked)


def test_a_story_brings_its_own_date():
    story = Article("Yesterday", ("It rained.",), published="2025-05-04")
    (find,) = look.mark_text(COURSE, story).finds
    assert find.earliest == "2025-05-03"
    assert look.mark_text(COURSE, story, "2026-01-13").finds[0].earliest == "2026-01-12"


def test_a_date_that_is_none_is_told_in_a_sentence(home):
    assert "2026-01-13" in repr(kit.look("He may.", date="13 January"))


def test_a_reason_shows_a_reader_no_pattern_of_the_program(home):
    text = look.mark_text(COURSE, "On 3 May 2013, late last year, two days ago.", "2026-01-13")
    reasons = [f.reason for f in text.finds if f.lens == "date"]
    assert len(reasons) == 3
    assert not any("?" in reason for reason in reasons), reasons


def test_a_line_of_json_is_answered_with_its_id():
    answer = json.loads(look.look_line(COURSE, '{"id": "a", "text": "He may \\ud800."}'))
    assert answer["id"] == "a"
    assert [f["text"] for f in answer["finds"]] == ["may"]
    assert look.look_line(COURSE, '\ufeff{"text": "He may."}')  # as some systems send it
    for day in ("2026-01-13", "2026-01-13T21:40:00Z"):
        asked = json.dumps({"id": 1, "text": "today", "dct": day})
        assert json.loads(look.look_line(COURSE, asked))["finds"][0]["age_years"] == 0


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", "1", '{"id": 1}', '{"text": 5}', '{"text": "a", "dct": 5}', "[" * 100_000],
)
def test_a_line_of_another_form_is_told_the_form(line):
    with pytest.raises(KitError, match="not of the form"):
        look.look_line(COURSE, line)


def test_the_names_come_without_pandas_or_trafilatura(home):
    code = (
        "import sys, kit\nprint(kit.look('He may flee.'))\nkit.Article.from_text('A')\n"
        "print(sorted({'pandas', 'numpy', 'matplotlib', 'trafilatura', 'lxml'} & set(sys.modules)))"
    )
    assert in_a_process(code, home).splitlines()[-1] == "[]"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "ground"), [(0, "#ffffff"), (1, "#111111"), (1, "#212121")])
def test_every_label_can_be_read_on_a_light_and_on_a_dark_page(looked, theme, ground):
    rules = re.findall(r"\.kit-look \{[^}]*?--kit-hedge[^}]*\}", looked._repr_html_())
    colours = re.findall(r"--kit-\w+: (#[0-9a-f]{6})", rules[theme])
    assert len(colours) == len(LENSES)
    assert min(contrast(c, ground) for c in colours) >= 4.5
    assert contrast("#777777", "#ffffff") < 4.5
