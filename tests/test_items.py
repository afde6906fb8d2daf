from __future__ import annotations

import json
import math
import tomllib

import pytest
from attrs import evolve
from helpers import COURSE, GRADED, ITEMS, text_item
from hypothesis import given
from hypothesis import strategies as st

from kit.items import Item, Label, Option, Unit, find_item, load_items, who_item
from kit.messages import CONTENT, KitError
from kit.replies import LONGEST_TEXT, accept, complete, is_blank, key_answer

ONE = Item("t/one", "choose-one", "?", options=(Option("a", "A", right=True), Option("b", "B")))
MANY = evolve(ONE, id="t/many", kind="choose-many")
LABEL = Item(
    "t/label",
    "label",
    "?",
    units=(Unit("u", "U", right=("x",)), Unit("v", "V", right=("y", "x"))),
    labels=(Label("x", "X"), Label("y", "Y")),
)
PERCENT = Item("t/percent", "probability", "?")
TEXT = text_item("t/text")
SOME = next(i for i in ITEMS.values() if i.id.startswith("who-says-so/"))
ALL = (ONE, MANY, LABEL, PERCENT, TEXT)
KEY_ONLY = ("right", "reason", "sound", "model_answer", "look_for", "resolves", "anchor", "levels")

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["u", "v", "a", "z"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def names_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return value.keys() | {n for part in value.values() for n in names_in(part)}
    return {n for part in value for n in names_in(part)} if isinstance(value, list) else set()


@pytest.mark.parametrize("item", ALL, ids=lambda i: i.kind)
@given(value=any_json)
def test_any_value_is_accepted_in_standard_form_or_refused_in_a_sentence(item, value):
    try:
        answer = accept(item, value)
    except KitError as fault:
        assert item.id in str(fault)
        return
    assert accept(item, answer) == answer
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
        (TEXT, 5),
        (TEXT, ["text"]),
        (TEXT, "x" * (LONGEST_TEXT + 1)),
    ],
)
def test_what_is_no_answer_is_refused(item, value):
    with pytest.raises(KitError):
        accept(item, value)


@pytest.mark.parametrize("item", ALL, ids=lambda i: i.kind)
@pytest.mark.parametrize("value", [None, "", "  \n", [], {}])
def test_silence_is_none_for_every_kind(item, value):
    assert is_blank(value)
    assert accept(item, value) is None
    assert not complete(item, accept(item, value))


def test_zero_and_a_hundred_are_answers():
    assert accept(PERCENT, 0) == 0
    assert accept(PERCENT, 100) == 100
    assert complete(PERCENT, 0)


def test_ticks_and_labels_come_in_the_items_order_and_once():
    assert accept(MANY, ["b", "a", "b"]) == ["a", "b"]
    assert list(accept(LABEL, {"v": "x", "u": "y"})) == ["u", "v"]


@given(st.text())
def test_text_is_kept_as_typed(text):
    assert accept(TEXT, text) == (None if is_blank(text) else text)


def test_a_lone_surrogate_becomes_writable():
    accept(TEXT, "a\ud800b").encode("utf-8")


def test_a_label_question_is_complete_when_every_unit_has_one():
    assert not complete(LABEL, {"u": "x"})
    assert complete(LABEL, {"u": "x", "v": "x"})


def test_the_wording_changes_with_what_is_asked_and_not_with_the_key():
    keyed = evolve(
        ONE, reason="why", marks=5, options=(Option("a", "A", reason="r"), Option("b", "B", True))
    )
    assert keyed.wording == ONE.wording
    assert evolve(ONE, prompt="Which?").wording != ONE.wording
    assert evolve(ONE, options=ONE.options[:1]).wording != ONE.wording
    assert evolve(LABEL, labels=(Label("x", "X"), Label("y", "Z"))).wording != LABEL.wording
    assert len({i.wording for i in ITEMS.values()}) == len(ITEMS)


def test_a_survey_and_a_forecast_are_never_marked():
    assert not evolve(ONE, survey=True).marked
    assert not PERCENT.marked
    assert not TEXT.marked


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda i: i.id)
def test_the_key_of_each_question_of_the_course_is_an_answer_to_it(item):
    key = key_answer(item)
    assert accept(item, key) == key
    if item.marked:
        assert complete(item, key)


def test_a_published_exercise_holds_nothing_of_its_key():
    for sheet in GRADED:
        text = (CONTENT / "items" / f"{sheet.id}.toml").read_text(encoding="utf-8")
        assert names_in(tomllib.loads(text)).isdisjoint(KEY_ONLY)


def test_without_keys_an_exercise_has_questions_and_no_key(learner_course):
    for sheet in GRADED:
        bare = load_items(learner_course, sheet)
        keyed = load_items(COURSE, sheet)
        assert not any(item.has_key for item in bare.values())
        assert {i: item.wording for i, item in bare.items()} == {
            i: item.wording for i, item in keyed.items()
        }


def test_keys_may_stand_in_a_folder_of_their_own(learner_course):
    sheet = GRADED[0]
    assert load_items(learner_course, sheet, COURSE.keys) == load_items(COURSE, sheet)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('[[item]]\nid = "exercise-01/no-such"\n', "no-such|prompt|kind"),
        ("[[item]]\nid = 5\n", "id in quotes"),
        ('[[item]]\nid = "exercise-01/note"\n', "exercise-01/note"),
    ],
)
def test_a_key_row_that_fits_nothing_is_reported(own_course, key, told):
    sheet = own_course.sheet("exercise-01")
    with (own_course.keys / sheet.keys).open("a", encoding="utf-8") as file:
        file.write("\n" + key)
    with pytest.raises(KitError, match=told):
        load_items(own_course, sheet)


def test_an_option_of_the_key_that_the_item_lacks_is_reported(own_course):
    sheet = own_course.sheet("exercise-01")
    with (own_course.keys / sheet.keys).open("a", encoding="utf-8") as file:
        file.write('\n[[item.rubric]]\nid = "no-such-criterion"\n')
    with pytest.raises(KitError, match="no-such-criterion"):
        load_items(own_course, sheet)


@pytest.mark.parametrize("item_id", ["other/x", SOME.id], ids=["stray", "double"])
def test_ids_are_unique_and_bear_the_sheets_name(own_course, item_id):
    path = own_course.root / "items" / "01-who-says-so.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write(f'\n[[item]]\nid = "{item_id}"\nkind = "write"\nprompt = "?"\n')
    with pytest.raises(KitError, match=item_id):
        load_items(own_course, own_course.sheet("01-who-says-so"))


def test_an_edited_file_is_read_again(own_course):
    sheet = own_course.sheet("01-who-says-so")
    before = load_items(own_course, sheet)
    path = own_course.root / "items" / f"{sheet.id}.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write('\n[[item]]\nid = "who-says-so/new"\nkind = "write"\nprompt = "?"\n')
    assert load_items(own_course, sheet).keys() - before.keys() == {"who-says-so/new"}


def test_an_unknown_question_names_those_there_are():
    with pytest.raises(KitError, match=SOME.id):
        find_item(COURSE, "who-says-so/nonsense")


def test_the_class_code_is_asked_on_one_line_and_never_marked():
    item = who_item(COURSE, GRADED[0])
    assert item.words == 1
    assert item.marks == 0
    assert not item.marked
    assert item.id not in ITEMS


def test_a_misspelt_field_of_a_key_is_named(own_course):
    sheet = own_course.sheet("exercise-01")
    path = own_course.keys / sheet.keys
    path.write_text(path.read_text("utf-8").replace("right =", "rigth =", 1), "utf-8")
    with pytest.raises(KitError, match="rigth"):
        load_items(own_course, sheet)
