from __future__ import annotations

import shutil

import pytest
from helpers import PROJECT

from kit.authoring.adding import add_question, rename
from kit.authoring.check import faults
from kit.authoring.skeleton import new_course
from kit.course.course import load_course
from kit.course.messages import KitError
from kit.learner.record import keep_answer, record_path
from kit.questions.bank import load_questions
from kit.questions.kinds import KINDS


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.delenv("KIT_WORK", raising=False)
    return again(new_town(tmp_path / "town"))


def new_town(folder):
    new_course(folder)
    return load_course(folder, folder)


def again(course):
    load_course.cache_clear()
    return load_course(course.root, course.home)


def but_to_fill_in(course):
    """Return the faults but for places that still wait for the author's words."""
    return [fault for fault in faults(course) if "TODO" not in fault]


@pytest.mark.parametrize("n", [0, 1], ids=["lesson", "exercise"])
def test_each_kind_is_added_where_it_belongs_and_only_its_words_are_missing(town, n):
    sheet, before = town.sheets[n], set(load_questions(town, town.sheets[n]))
    for kind in KINDS:
        name, _ = add_question(town, kind, sheet)
        question = load_questions(town, sheet)[name]
        assert question.kind == kind
        assert question.has_key or not question.marked
    assert len(load_questions(town, sheet)) == len(before) + len(KINDS)
    found = faults(town)
    added = set(load_questions(town, sheet)) - before
    assert len([f for f in found if "TODO" in f]) == len(added)  # none is released unwritten
    assert but_to_fill_in(town) == []  # no key among the published, no page without a question


@pytest.mark.parametrize(("kind", "name"), [("chose-one", "x"), ("write", "oak"), ("write", "X y")])
def test_what_cannot_be_added_is_told(town, kind, name):
    with pytest.raises(KitError):
        add_question(town, kind, town.sheets[1], name)
    assert faults(town) == []


def test_a_question_is_renamed_wherever_it_is_named(town):
    add_question(town, "choose-one", town.sheets[1], "bird")
    for old in ("oak", "bird"):
        rename(town, f"exercise-01/{old}", f"exercise-01/new-{old}")
    names = set(load_questions(town, town.sheets[1]))
    assert {"exercise-01/new-oak", "exercise-01/new-bird"} < names
    assert but_to_fill_in(again(town)) == []


def test_a_page_is_renamed_with_its_files(tmp_path):
    folder = shutil.copytree(PROJECT / "examples" / "the-lynx", tmp_path / "lynx")
    course = load_course(folder, folder)
    for old, new in (("01-the-lynx", "02-the-cat"), ("exercise-01", "exercise-02")):
        rename(course, old, new)
        course = again(course)
    assert [sheet.id for sheet in course.sheets] == ["02-the-cat", "exercise-02"]
    assert faults(course) == []
    left = [
        p.name for p in folder.rglob("*.*") if "solutions" not in p.parts and ".kit" not in p.parts
    ]
    assert not {"01-the-lynx.md", "exercise-01.md", "exercise-01.toml"} & set(left)


@pytest.mark.parametrize(
    "new", ["exercise-01/note", "first-look/oak", "exercise-01/Big Oak", "oak"]
)
def test_a_name_that_will_not_do_changes_nothing(town, new):
    with pytest.raises(KitError, match="will not do"):
        rename(town, "exercise-01/oak", new)
    assert faults(town) == []


def test_answers_are_not_lost_without_saying_so(town):
    sheet = town.sheets[1]
    question = load_questions(town, sheet)["exercise-01/ask"]
    keep_answer(record_path(town, sheet), question, "b", act="keep", base=None)
    for old, new in (("exercise-01/ask", "exercise-01/b"), ("exercise-01", "exercise-02")):
        with pytest.raises(KitError, match="--lose-answers"):
            rename(town, old, new)
    rename(town, "exercise-01/oak", "exercise-01/tree")  # nobody has answered that one
    rename(again(town), "exercise-01/ask", "exercise-01/b", anyway=True)
    assert "exercise-01/b" in load_questions(town, sheet)
