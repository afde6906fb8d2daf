"""No exercise can be won by its form.

Half of the marks are out of reach for every way of answering that looks at the words and judges
nothing: accepting what is hedged, rejecting what concludes, choosing the odd one out, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from blind import SIGNS, Way, every_way, numbers_in, odd_ones
from helpers import COURSE, EXERCISES, a_question, each, of_kind, with_keys

from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.parts import Label, Option, Statement

pytestmark = with_keys

WAYS = {way.name: way for way in every_way()}
ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
each_exercise = each("sheet", EXERCISES)
ITEMS = {sheet.id: list(load_questions(COURSE, sheet).values()) for sheet in EXERCISES}
EVERY = [item for items in ITEMS.values() for item in items]
CHOICES = [item for item in EVERY if item.kind == "choose-one"]
JUDGED = [item for item in EVERY if any(u.sound is not None for u in item.units)]

#: A sign may give the right label to this share of the statements; chance gives it to one half.
MOST_STATEMENTS = 0.6
NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def share_earned(way: Way, items: Iterable[Question]) -> float:
    """Return the share of the marks of these questions that a way of answering earns."""
    marked = [item for item in items if item.marked]
    earned = sum(item.marks * way.earned(item) for item in marked)
    return earned / sum(item.marks for item in marked)


def statements_right(way: Way, items: Iterable[Question]) -> float:
    """Return the share of the statements to which a way of answering gives the right label."""
    asked = list(items)
    right = sum(len(item.units) * way.earned(item) for item in asked)
    return right / sum(len(item.units) for item in asked)


@each_exercise
@ways
def test_no_blind_way_earns_half_of_an_exercise(sheet, way):
    assert share_earned(way, ITEMS[sheet.id]) < 0.5


@ways
def test_no_sign_tells_sound_statements_from_unsound(way):
    assert statements_right(way, JUDGED) <= MOST_STATEMENTS


@ways
def test_no_sign_finds_the_right_option(way):
    assert share_earned(way, CHOICES) < 0.45


@pytest.mark.parametrize(
    "sign", ["gives a motive", "gives a because", "nothing, nobody, neither", "cannot be judged"]
)
def test_what_looks_wrong_is_sometimes_right(sign):
    rights = [o.right for item in CHOICES for o in item.options if SIGNS[sign](o.text)]
    assert any(rights)
    assert not all(rights)


def share_right(sign: str, items: Iterable[Question]) -> float:
    """Return the share of the options with a sign that are right."""
    rights = [bool(o.right) for item in items for o in item.options if SIGNS[sign](o.text)]
    return sum(rights) / len(rights)


def test_that_it_cannot_be_judged_is_right_about_as_often_as_any_option():
    """Among four options each is right once in four."""
    assert 0.2 <= share_right("cannot be judged", CHOICES) <= 0.5


#: How an option begins that finds nothing, or gives up.
GIVES_NOTHING = re.compile(
    r"(?:nothing|nobody|neither|none|never|not said|(?:this|that|it) (?:cannot|is not known))\b",
    re.IGNORECASE,
)


def test_in_the_whole_course_nothing_is_right_nearly_as_often_as_wrong():
    """Who always takes it for a trap is wrong as well; who always takes it earns no half."""
    rights = [
        bool(option.right)
        for item in of_kind("choose-one", marked=True)
        for option in item.options
        if GIVES_NOTHING.match(option.text)
    ]
    assert len(rights) > 20
    assert 0.4 <= sum(rights) / len(rights) < 0.5


@each_exercise
@pytest.mark.parametrize("sign", ["careful", "names a check", "may, might, perhaps"])
def test_in_each_exercise_sound_and_unsound_statements_have_the_sign(sheet, sign):
    units = [u for item in ITEMS[sheet.id] for u in item.units if u.sound is not None]
    assert {u.sound for u in units if SIGNS[sign](u.text)} == {True, False}


def printed(number: float, text: str) -> bool:
    """Whether a number is printed in a text, in figures or as a word."""
    in_figures = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))}
    if number in in_figures:
        return True
    words = re.findall(r"\w+", text.casefold())
    return any(NUMBER_WORDS[n] in words for n in range(len(NUMBER_WORDS)) if n == number)


@each_exercise
def test_no_number_that_is_asked_for_is_printed_with_the_question(sheet):
    for item in ITEMS[sheet.id]:
        if item.kind == "number":
            assert not printed(item.key, f"{item.passage} {item.prompt}"), item.id


@each_exercise
def test_no_number_that_is_asked_for_is_printed_in_another_question(sheet):
    items = ITEMS[sheet.id]
    for item in items:
        if item.kind != "number" or item.key < len(NUMBER_WORDS):
            continue
        spelt = f"{item.key:,.10g} {item.unit}"
        for other in items:
            rows = [row.text for row in (*other.rows, *other.labels)]
            shown = [other.passage, other.prompt, *rows]
            assert spelt not in " ".join(shown), f"{other.id} gives {item.id} away"


# --- That these tests can fail ---


def statements(*texts: tuple[str, bool]) -> Question:
    """Return a question about statements, each with whether it is sound."""
    return a_question(
        "exercise-01/s",
        "label",
        "Sound?",
        labels=(Label("yes", "Yes", True), Label("no", "No", False)),
        units=tuple(
            Statement(f"u{n}", text, right=("yes" if sound else "no",), reason="So.", sound=sound)
            for n, (text, sound) in enumerate(texts)
        ),
    )


GIVEN_AWAY = statements(
    ("Two people counted them.", True),
    ("It may have been so; it is not known.", True),
    ("So it must be true.", False),
    ("Everybody is surely to blame.", False),
)


@pytest.mark.parametrize("name", ["careful", "names a check or a limit, concludes nothing"])
def test_a_sign_that_gives_the_key_away_is_found(name):
    assert statements_right(WAYS[f"{name}: right"], [GIVEN_AWAY]) > MOST_STATEMENTS
    assert share_earned(WAYS[f"{name}: right"], [GIVEN_AWAY]) > 0.5
    assert share_earned(WAYS[f"{name}: wrong"], [GIVEN_AWAY]) < 0.5


def test_giving_up_that_is_always_wrong_is_found():
    options = (Option("a", "That cannot be judged: it is old."), Option("b", "Old.", right=True))
    item = a_question("exercise-01/c", "choose-one", "What?", options=options)
    assert share_right("cannot be judged", [item]) == 0
    assert share_earned(WAYS["cannot be judged: wrong"], [item]) == 1


def test_a_may_that_is_always_unsound_is_found():
    mays = statements(("They counted them.", True), ("It may have been so.", False))
    assert statements_right(WAYS["may, might, perhaps: wrong"], [mays]) == 1


def test_an_exact_half_is_found():
    """Whoever knows that two of four are sound takes the two that sound most careful."""
    assert statements_right(WAYS["the half that sounds most careful"], [GIVEN_AWAY]) == 1


def test_the_odd_one_out_is_found():
    texts = ["Nothing: it is old.", "Nothing: it is new.", "How he knows.", "Nothing: it is his."]
    assert odd_ones(texts) == [2]
    options = tuple(Option(f"o{n}", text, right=n == 2) for n, text in enumerate(texts))
    item = a_question("exercise-01/c", "choose-one", "What?", options=options)
    assert share_earned(WAYS["the odd one out: right"], [item]) == 1
    assert odd_ones(["It is old.", "It is new.", "It is his."]) == []


def test_a_way_that_cannot_tell_earns_what_guessing_earns():
    options = tuple(Option(f"o{n}", f"It is {n}.", right=n == 1) for n in range(4))
    item = a_question("exercise-01/c", "choose-one", "What?", options=options)
    assert share_earned(WAYS["guesses"], [item]) == 0.25
    assert share_earned(WAYS["guesses"], [GIVEN_AWAY]) == 0.5


def test_a_number_beside_its_question_is_found():
    item = a_question("exercise-01/n", "number", "Half of 1,200 is 600. And?", answer=600)
    assert numbers_in(item) == [1200, 600]
    assert share_earned(WAYS["guesses"], [item]) == 0.5
    assert printed(600, item.prompt)
    assert printed(2, "the two that did work")
    assert not printed(2, "twelve outlets, five of them")
