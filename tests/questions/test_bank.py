from __future__ import annotations

import tomllib

import pytest
from attrs import evolve
from helpers import COURSE, GRADED, ITEMS, a_question, as_kind, text_item, with_keys

from kit.course.course import QuestionDefaults
from kit.course.messages import CONTENT, KitError
from kit.questions.bank import class_code_question, find_question, load_questions
from kit.questions.number import ExpectedError
from kit.questions.parts import Label, Option, Statement

ONE = a_question(
    "t/one", "choose-one", "?", options=(Option("a", "A", right=True), Option("b", "B"))
)
MANY = as_kind(ONE, "choose-many", id="t/many")
LABEL = a_question(
    "t/label",
    "label",
    "?",
    units=(Statement("u", "U", right=("x",)), Statement("v", "V", right=("y", "x"))),
    labels=(Label("x", "X"), Label("y", "Y")),
)
PERCENT = a_question("t/percent", "probability", "?")
NUMBER = a_question("t/number", "number", "?", unit="crowns", answer=12, tolerance=0.5)
ORDER = as_kind(ONE, "order", id="t/order", sequence=("b", "a"))
TEXT = text_item("t/text")
SOME = next(i for i in ITEMS.values() if i.id.startswith("who-says-so/"))
KEY_ONLY = {"right", "reason", "sound", "model_answer", "look_for", "resolves", "anchor", "levels"}
KEY_ONLY |= {"common", "credit", "either"}


def names_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return value.keys() | {n for part in value.values() for n in names_in(part)}
    return {n for part in value for n in names_in(part)} if isinstance(value, list) else set()


def test_the_wording_changes_with_what_is_asked_and_not_with_the_key():
    keyed = evolve(
        ONE, reason="why", marks=5, options=(Option("a", "A", reason="r"), Option("b", "B", True))
    )
    assert keyed.fingerprint == ONE.fingerprint
    assert evolve(ONE, prompt="Which?").fingerprint != ONE.fingerprint
    assert evolve(ONE, options=ONE.options[:1]).fingerprint != ONE.fingerprint
    assert evolve(LABEL, labels=(Label("x", "X"), Label("y", "Z"))).fingerprint != LABEL.fingerprint
    assert evolve(NUMBER, unit="wheels").fingerprint != NUMBER.fingerprint
    keyed = evolve(NUMBER, answer=3, slips=(ExpectedError(1, 2, "r"),), hints=("h",))
    assert keyed.fingerprint == NUMBER.fingerprint
    assert evolve(ORDER, sequence=("a", "b")).fingerprint == ORDER.fingerprint
    once = [item for name, item in ITEMS.items() if "-later/" not in name]  # asked once more
    assert len({item.fingerprint for item in once}) == len(once)


def test_fingerprints_stay_what_they_were_in_the_first_release():
    """Seals of that release hold them: an answer must not become one to another wording."""
    known = [(ONE, "74784afbd30b"), (MANY, "1738b11805d5"), (LABEL, "ed8df131e70e")]
    assert [item.fingerprint for item, _ in known] == [wording for _, wording in known]
    assert PERCENT.fingerprint == "62f671166d0b"


def test_a_key_has_bounds_from_a_tolerance_or_a_range():
    assert NUMBER.bounds == (11.5, 12.5)
    assert evolve(NUMBER, answer=None, low=3, high=4).bounds == (3, 4)
    keyless = evolve(NUMBER, answer=None)
    assert keyless.bounds is None
    assert not keyless.has_key
    assert not evolve(ORDER, sequence=()).has_key
    assert ORDER.marked
    assert NUMBER.marked


def test_chance_is_one_in_so_many_options():
    assert ONE.chance == 50


def test_a_survey_and_a_forecast_are_never_marked():
    assert not evolve(ONE, survey=True).marked
    assert not PERCENT.marked
    assert not TEXT.marked


def test_a_published_exercise_holds_nothing_of_its_key():
    for sheet in GRADED:
        text = (CONTENT / "items" / f"{sheet.first.id}.toml").read_text(encoding="utf-8")
        assert names_in(tomllib.loads(text)).isdisjoint(KEY_ONLY)


def test_without_keys_an_exercise_has_questions_and_no_key(learner_course):
    for sheet in GRADED:
        bare = load_questions(learner_course, sheet)
        keyed = load_questions(COURSE, sheet)
        assert not any(item.has_key for item in bare.values())
        assert {i: item.fingerprint for i, item in bare.items()} == {
            i: item.fingerprint for i, item in keyed.items()
        }


def test_keys_may_stand_in_a_folder_of_their_own(learner_course):
    sheet = GRADED[0]
    assert load_questions(learner_course, sheet, COURSE.keys) == load_questions(COURSE, sheet)


@with_keys
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
        load_questions(own_course, sheet)


@with_keys
def test_an_option_of_the_key_that_the_item_lacks_is_reported(own_course):
    sheet = own_course.sheet("exercise-01")
    with (own_course.keys / sheet.keys).open("a", encoding="utf-8") as file:
        file.write('\n[[item.rubric]]\nid = "no-such-criterion"\n')
    with pytest.raises(KitError, match="no-such-criterion"):
        load_questions(own_course, sheet)


@pytest.mark.parametrize("item_id", ["other/x", SOME.id], ids=["stray", "double"])
def test_ids_are_unique_and_bear_the_sheets_name(own_course, item_id):
    path = own_course.root / "items" / "01-who-says-so.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write(f'\n[[item]]\nid = "{item_id}"\nkind = "write"\nprompt = "?"\n')
    with pytest.raises(KitError, match=item_id):
        load_questions(own_course, own_course.sheet("01-who-says-so"))


def test_an_edited_file_is_read_again(own_course):
    sheet = own_course.sheet("01-who-says-so")
    before = load_questions(own_course, sheet)
    path = own_course.root / "items" / f"{sheet.id}.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write('\n[[item]]\nid = "who-says-so/new"\nkind = "write"\nprompt = "?"\n')
    assert load_questions(own_course, sheet).keys() - before.keys() == {"who-says-so/new"}


def test_an_unknown_question_names_those_there_are():
    with pytest.raises(KitError, match=SOME.id):
        find_question(COURSE, "who-says-so/nonsense")


def test_the_class_code_is_asked_on_one_line_and_never_marked():
    item = class_code_question(GRADED[0])
    assert item.words == 1
    assert item.marks == 0
    assert not item.marked
    assert item.id not in ITEMS


@with_keys
def test_a_misspelt_field_of_a_key_is_named(own_course):
    sheet = own_course.sheet("exercise-01")
    path = own_course.keys / sheet.keys
    path.write_text(path.read_text("utf-8").replace("right =", "rigth =", 1), "utf-8")
    with pytest.raises(KitError, match="rigth"):
        load_questions(own_course, sheet)


# --- How often an answer can be checked -----------------------------------------------------------


def test_a_course_says_once_how_many_tries_its_lessons_give(showroom):
    before = load_questions(showroom, showroom.sheets[0])
    own = {**before, "showroom/one": evolve(before["showroom/one"], tries=2)}
    course = evolve(showroom, questions=QuestionDefaults(tries=3))
    for name, question in load_questions(course, course.sheets[0]).items():
        short = name.removeprefix("showroom/")
        checked = short in ("many", "label", "list", "number", "order")
        assert question.tries == (3 if checked else own[name].tries), name
        assert question.fingerprint == before[name].fingerprint


def test_an_exercise_gives_its_tries_only_where_it_says_so_itself(course):
    assert course.questions.tries == 2
    for sheet in course.sheets:
        for question in load_questions(course, sheet).values():
            if sheet.graded or question.locks or question.survey or question.by_reader:
                assert question.tries == 0, question.id
            elif question.marked and question.has_key:
                assert question.tries == 2, question.id
