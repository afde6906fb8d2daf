from __future__ import annotations

import json
import math
from collections import Counter

import pytest
from attrs import evolve
from helpers import ITEMS, SHOWN, a_question, as_kind, each, text_item
from hypothesis import given
from hypothesis import strategies as st

from kit.course.messages import KitError
from kit.questions.base import LONGEST_TEXT, SELF_ASSESSMENTS, UnreadableError, is_blank
from kit.questions.parts import Criterion, Label, Option, Statement

ONE = a_question(
    "t/one", "choose-one", "?", options=(Option("a", "A", right=True), Option("b", "B"))
)
MANY = as_kind(ONE, "choose-many", id="t/many")
ORDER = as_kind(ONE, "order", id="t/order", sequence=("b", "a"))
NUMBER = a_question("t/number", "number", "?", unit="crowns", answer=12)
LABEL = a_question(
    "t/label",
    "label",
    "?",
    units=(Statement("u", "U", right=("x",)), Statement("v", "V", right=("y", "x"))),
    labels=(Label("x", "X"), Label("y", "Y")),
)
PERCENT = a_question("t/percent", "probability", "?")
TEXT = text_item("t/text", rubric=(Criterion("c", "C"), Criterion("d", "D")))
ALL = (ONE, MANY, LABEL, NUMBER, ORDER, PERCENT, TEXT)

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["u", "v", "a", "z"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("item", ALL, ids=lambda i: i.kind)
@given(value=any_json)
def test_any_value_is_accepted_in_standard_form_or_refused_in_a_sentence(item, value):
    try:
        answer = item.accept(value)
    except KitError as fault:
        assert item.id in str(fault) or isinstance(fault, UnreadableError)
        return
    assert item.accept(answer) == answer
    json.dumps(answer, allow_nan=False)


@pytest.mark.parametrize(
    ("item", "value"),
    [
        (ONE, "c"),
        (ONE, ["a"]),
        (ONE, 1),
        (MANY, "a"),
        (MANY, ["a", "c"]),
        (MANY, [["a"]]),
        (MANY, {"a": "b"}),
        (LABEL, {"u": "z"}),
        (LABEL, {"w": "x"}),
        (LABEL, {"u": ["x"]}),
        (LABEL, ["u"]),
        (PERCENT, -1),
        (PERCENT, 101),
        (PERCENT, math.nan),
        (PERCENT, math.inf),
        (PERCENT, True),
        (PERCENT, "50"),
        (NUMBER, math.nan),
        (NUMBER, math.inf),
        (NUMBER, 10**16),
        (NUMBER, True),
        (NUMBER, [12]),
        (ORDER, ["a"]),
        (ORDER, ["a", "a"]),
        (ORDER, ["a", "b", "a"]),
        (ORDER, ["a", "b", "c"]),
        (ORDER, ["a", 1]),
        (ORDER, "ab"),
        (TEXT, 5),
        (TEXT, ["text"]),
        (TEXT, "x" * (LONGEST_TEXT + 1)),
    ],
)
def test_what_is_no_answer_is_refused(item, value):
    with pytest.raises(KitError):
        item.accept(value)


@pytest.mark.parametrize("item", ALL, ids=lambda i: i.kind)
@pytest.mark.parametrize("value", [None, "", "  \n", [], {}])
def test_silence_is_none_for_every_kind(item, value):
    assert is_blank(value)
    assert item.accept(value) is None
    assert not item.complete(item.accept(value))


def test_zero_and_a_hundred_are_answers():
    assert PERCENT.accept(0) == 0
    assert PERCENT.accept(100) == 100
    assert PERCENT.complete(0)


def test_ticks_and_labels_come_in_the_items_order_and_once():
    assert MANY.accept(["b", "a", "b"]) == ["a", "b"]
    assert list(LABEL.accept({"v": "x", "u": "y"})) == ["u", "v"]


@given(st.text())
def test_text_is_kept_as_typed(text):
    assert TEXT.accept(text) == (None if is_blank(text) else text)


def test_a_lone_surrogate_becomes_writable():
    TEXT.accept("a\ud800b").encode("utf-8")


def test_a_label_question_is_complete_when_every_unit_has_one():
    assert not LABEL.complete({"u": "x"})
    assert LABEL.complete({"u": "x", "v": "x"})


@each("item", [i for i in ITEMS.values() if i.has_key])
def test_the_key_of_each_question_of_the_course_is_an_answer_to_it(item):
    key = item.key
    assert item.accept(key) == key
    if item.marked:
        assert item.complete(key)


# --- Numbers and orders -------------------------------------------------------------------------


def test_a_typed_number_is_kept_as_a_number():
    assert NUMBER.accept("1 429,5 crowns") == 1429.5
    assert NUMBER.accept(0) == 0
    assert NUMBER.complete(0)


def test_a_number_that_cannot_be_read_is_told_from_one_that_is_no_answer():
    with pytest.raises(UnreadableError, match="two ways"):
        NUMBER.accept("1,500")
    with pytest.raises(KitError) as fault:
        NUMBER.accept([1])
    assert not isinstance(fault.value, UnreadableError)
    assert NUMBER.fitting("1,500") is None


@given(st.permutations(["a", "b"]))
def test_every_order_of_all_the_options_is_an_answer(order):
    assert ORDER.accept(list(order)) == list(order)


def test_a_key_by_range_answers_with_its_middle():
    assert evolve(NUMBER, answer=None, low=10, high=20).key == 15
    assert evolve(NUMBER, answer=None).key is None


# --- The order that a learner sees --------------------------------------------------------------


@given(st.text(max_size=8))
def test_options_are_shown_as_written_unless_they_are_to_be_shuffled(seed):
    assert ONE.order_shown(seed) == ["a", "b"]
    item = evolve(ONE, shuffle=True, options=tuple(Option(c, c) for c in "abcde"))
    assert sorted(item.order_shown(seed)) == list("abcde")
    assert item.order_shown(seed) == item.order_shown(seed)


def test_shuffled_options_stand_in_each_place_about_as_often():
    item = evolve(ONE, shuffle=True, options=tuple(Option(c, c) for c in "abcd"))
    firsts = Counter(item.order_shown(f"learner {n}")[0] for n in range(400))
    assert set(firsts) == set("abcd")
    assert min(firsts.values()) > 60


@given(st.text(max_size=8))
def test_things_to_order_are_never_shown_in_the_right_order_already(seed):
    item = evolve(ORDER, shuffle=True)
    assert item.order_shown(seed) == ["a", "b"]
    assert SHOWN["showroom/order"].order_shown(seed) != list(SHOWN["showroom/order"].sequence)


# --- What is said beside an answer --------------------------------------------------------------


def test_how_sure_runs_from_chance_to_certain():
    item = evolve(ONE, confidence=True)
    assert item.read_confidence(50) == 50
    assert item.read_confidence(100) == 100
    assert item.read_confidence(None) is None
    for value in (49, 101, "80", True, math.nan, [80]):
        with pytest.raises(KitError):
            item.read_confidence(value)
    thirds = evolve(item, options=(*item.options, Option("c", "C")))
    assert thirds.read_confidence(33) == 33, "the page rounds a third of a hundred"


def test_how_sure_is_not_kept_where_it_was_not_asked():
    assert ONE.read_confidence(80) is None


def test_a_learner_judges_their_writing_by_the_rubric():
    assert TEXT.read_self_assessment({"c": "met"}) == {"c": "met"}
    assert TEXT.read_self_assessment(None) == {}
    assert {TEXT.read_self_assessment({"d": mark})["d"] for mark in SELF_ASSESSMENTS} == set(
        SELF_ASSESSMENTS
    )
    for value in ({"e": "met"}, {"c": "best"}, {"c": ["met"]}, ["met"], "met", 1):
        with pytest.raises(KitError):
            TEXT.read_self_assessment(value)


def test_a_text_that_is_too_long_is_told_how_long_it_is_and_how_much_can_be_kept():
    assert TEXT.accept("x" * LONGEST_TEXT)
    with pytest.raises(UnreadableError, match=r"20007 characters, and up to 20000 .* at least 7"):
        TEXT.accept("x" * (LONGEST_TEXT + 7))


def test_a_statement_keeps_its_text_where_a_label_has_the_same_id():
    """Only within one table ids are different: a statement and a label may share one."""
    same = evolve(LABEL, labels=(Label("u", "X"), Label("y", "Y")))
    assert same.in_words({"u": "u", "v": "y"}) == ["U: X", "V: Y"]
