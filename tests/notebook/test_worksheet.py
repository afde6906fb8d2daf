from __future__ import annotations

import re
from html import unescape

import pytest
from helpers import COURSE, ITEMS, SHOWN, both_forms, in_a_process, with_keys
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit.authoring.build import source_path, stories
from kit.course.article import practice_texts
from kit.course.course import find_course
from kit.learner.record import keep_answer, record_path
from kit.notebook import worksheet
from kit.questions.bank import load_questions

WHICH = "your-own-text/which"
LESSON = "07-your-own-text"
TEXTS = practice_texts(COURSE)
FINAL = "quarry"  #: the text of the last exercise
OFFERED = [path for name, path in TEXTS.items() if name != FINAL]


def answer(item_id: str, value: object) -> None:
    course = find_course()
    sheet = course.sheet(item_id)
    keep_answer(record_path(course, sheet), ITEMS[item_id], value)


# --- story ---------------------------------------------------------------------------------------


def test_before_a_text_is_chosen_the_page_says_what_to_do(home):
    shown = kit.story(WHICH)
    assert shown.text == ""
    for form in both_forms(shown):
        assert "Choose a text" in form


@pytest.mark.parametrize("path", OFFERED, ids=lambda p: p.stem)
def test_the_text_that_was_chosen_is_the_one_called_like_the_option(home, path):
    answer(WHICH, path.stem)
    assert both_forms(kit.story(WHICH)) == both_forms(kit.story(path.stem))


@pytest.mark.parametrize("path", TEXTS.values(), ids=lambda p: p.stem)
def test_a_practice_text_is_shown_by_its_name_whole_and_numbered(home, path):
    shown = kit.story(path.stem)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert shown.text.splitlines() == lines
    for form in both_forms(shown):
        text = unescape(re.sub(r"<[^>]*>", " ", form))
        places = [text.index(line) for line in lines]
        assert places == sorted(places)
        assert [f"¶{n}" in text for n in range(len(lines) + 1)] == [True] * len(lines) + [False]


def test_a_text_of_one_s_own_is_read_where_the_learner_put_it(home):
    answer(WHICH, "own")
    assert "no text of your own yet" in repr(kit.story(WHICH))
    assert str(home) not in repr(kit.story(WHICH))
    (home / "my-work" / "my-text.txt").write_text("Kept with the answers\nOne.", encoding="utf-8")
    assert kit.story(WHICH).text.startswith("Kept with the answers")
    (home / "my-text.txt").write_text("A <b>title</b>\n\n  Two & three.\n", encoding="utf-8")
    shown = kit.story(WHICH)
    assert repr(shown) == "¶0 A <b>title</b>\n¶1 Two & three."
    assert "<b>title" not in shown._repr_html_()


def test_a_saved_page_is_read_as_the_story_on_it(home):
    answer(WHICH, "own")
    told = "It is believed that a bird flew into the clock of the town on Monday morning."
    page = f"<html><head><title>A bird</title></head><body><p>{told}</p></body></html>"
    (home / "my-text.html").write_text(page, encoding="utf-8")
    assert kit.story(WHICH).text == f"A bird\n{told}"


def test_a_text_shown_by_its_name_waits_for_no_answer_and_leaves_none(home):
    assert "quarries" in kit.story(FINAL).text
    assert list(home.glob("my-work/*.json")) == []


@pytest.mark.parametrize("name", ["quary", "own", "", "../course"])
def test_a_text_that_is_not_there_is_told_in_a_sentence_that_names_those_that_are(home, name):
    said = repr(kit.story(name))
    assert f"“{name}”" in said
    assert ", ".join(TEXTS) in said or "exercise-07" in said


@pytest.mark.parametrize("path", TEXTS.values(), ids=lambda p: p.stem)
def test_the_lenses_find_something_of_each_kind_in_a_practice_text(home, path):
    found = kit.look(kit.story(path.stem).text).table
    assert set(found["lens"]) == {"hedge", "sourcing", "figure", "date"}


def test_a_text_that_cannot_be_read_is_told_in_a_sentence(home):
    answer(WHICH, "own")
    (home / "my-text.txt").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as plain text" in repr(kit.story(WHICH))


def test_each_practice_text_can_be_chosen_and_one_choice_means_one_s_own():
    options = {o.id for o in ITEMS[WHICH].options}
    assert {p.stem for p in OFFERED} == options - {"own"}
    assert len(OFFERED) == 3


@pytest.mark.parametrize("path", OFFERED, ids=lambda p: p.stem)
def test_practice_texts_are_of_one_length(path):
    words = path.read_text(encoding="utf-8").split()
    assert 270 <= len(words) <= 350


# --- the text of the last exercise ---------------------------------------------------------------


def test_it_stands_in_the_last_exercise_and_is_met_nowhere_before():
    pages = {sheet.id: source_path(COURSE, sheet).read_text("utf-8") for sheet in COURSE.sheets}
    assert [name for name, page in pages.items() if FINAL in stories(page)] == ["exercise-07"]
    others = "".join(page for name, page in pages.items() if name != "exercise-07")
    options = {o.id for item in ITEMS.values() for o in item.options}
    assert FINAL not in options
    people = ["Ansel Rook", "Rook Stone", "Dara Quill", "Halvora", "Pellwick"]
    questions = "".join(str(i) for i in ITEMS.values() if not i.id.startswith("exercise-07/"))
    assert [name for name in people if name in others + questions] == []


@with_keys
def test_its_questions_cite_paragraphs_that_it_has_and_its_key_tells_what_each_was_planted_for():
    numbers = set(range(len(TEXTS[FINAL].read_text("utf-8").splitlines())))
    final = [i for i in ITEMS.values() if i.id.startswith("exercise-07/")]
    assert {int(n) for item in final for n in re.findall(r"¶(\d+)", str(item))} <= numbers
    faults, _, merits = final[-1].look_for.partition("Holds up:")
    planted = [
        {int(n) for n in re.findall(r"(?<=[.*:] )¶(\d+)", part)} for part in (faults, merits)
    ]
    assert len(planted[0]) == len(planted[1]) == len(numbers) / 2
    assert planted[0] | planted[1] == numbers


# --- sheet ---------------------------------------------------------------------------------------


def test_an_empty_sheet_says_so_and_writes_nothing(home):
    shown = kit.sheet(LESSON)
    assert "Nothing is filled in yet" in repr(shown)
    assert list(home.glob("my-work/*.html")) == []


def filled() -> None:
    answer(WHICH, "tram")
    answer("your-own-text/says", "One source.\nIt has <no> name & no place.")
    answer("your-own-text/numbers", "The company counted, in February 2019.")
    answer("your-own-text/finding", "holds")


SAID = (
    "One source.",
    "The company counted, in February 2019.",
    "It has <no> name & no place.",
    "Night trams could be gone by winter",
)


def test_what_was_written_stands_in_the_page_the_file_and_the_text(home):
    filled()
    shown = kit.sheet(LESSON)
    kept = [(home / "my-work" / f"{LESSON}.{kind}").read_text("utf-8") for kind in ("html", "txt")]
    for form in (*both_forms(shown), *kept):
        text = unescape(form)
        assert all(words in text for words in SAID)
        assert "(left empty)" in text
        assert str(home) not in text
    assert "<no>" not in kept[0] + shown._repr_html_()
    assert f"my-work/{LESSON}.html" in repr(shown)


def test_questions_with_a_right_answer_are_not_on_the_sheet(home):
    filled()
    text = repr(kit.sheet(LESSON))
    items = load_questions(COURSE, COURSE.sheet(LESSON)).values()
    shown = [i.id for i in items if i.prompt in text]
    assert shown == [i.id for i in items if not i.marked and not i.locks]
    assert "your-own-text/finding" not in shown
    assert f"3 of {len(shown)} filled in" in text


def test_the_sheet_is_the_same_each_time_until_something_changes(home):
    filled()
    first = both_forms(kit.sheet(LESSON))
    assert both_forms(kit.sheet(LESSON)) == first
    answer("your-own-text/says", "Two sources.")
    assert "Two sources." in repr(kit.sheet(LESSON))


def test_the_download_is_the_file(home):
    import base64

    filled()
    html = kit.sheet(LESSON)._repr_html_()
    [data] = re.findall(r'href="data:text/html;base64,([^"]+)"', html)
    assert base64.b64decode(data) == (home / "my-work" / f"{LESSON}.html").read_bytes()


def test_a_sheet_that_cannot_be_written_is_told_in_a_sentence(home, monkeypatch):
    filled()

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(worksheet, "write_whole", full)
    assert "no space left" in repr(kit.sheet(LESSON))


def test_the_sheet_can_be_handed_in_with_a_code(home):
    filled()
    answer("your-own-text/who", "7b-12")
    text = repr(kit.hand_in(LESSON))
    assert "Sealed" in text
    assert "No class code" not in text


@pytest.mark.parametrize("item", SHOWN.values(), ids=lambda i: i.id)
def test_every_kind_of_answer_is_told_in_the_author_s_words(item):
    value = item.key
    if item.kind == "write":
        value = "a\n\nb"
    if item.kind == "probability":
        value = 35
    if value is None:
        value = item.options[0].id
    lines = item.in_words(value)
    assert lines
    said = {row.text for row in (*item.rows, *item.labels)}
    if item.kind in ("choose-one", "choose-many", "order"):
        assert set(lines) <= said
        assert len(lines) == (len(value) if isinstance(value, list) else 1)
    if item.kind == "label":
        assert all(set(line.split(": ")) & said for line in lines)
        assert len(lines) == len(value)
    if item.kind == "probability":
        assert lines == ["35 %"]
    if item.kind == "write":
        assert lines == ["a", "b"]


@given(st.text())
def test_a_written_answer_loses_no_word(text):
    item = ITEMS["your-own-text/says"]
    assert " ".join(item.in_words(text)).split() == text.split()


@pytest.mark.parametrize("blank", [None, "", "  ", [], {}])
@pytest.mark.parametrize("item", SHOWN.values(), ids=lambda i: i.id)
def test_silence_is_silence(item, blank):
    assert item.in_words(blank) == []


def test_nothing_slow_is_imported_for_it(home):
    code = (
        "import sys, kit; kit.story, kit.sheet;"
        "print([m for m in ('pandas', 'numpy', 'matplotlib') if m in sys.modules])"
    )
    assert in_a_process(code, home).strip() == "[]"
