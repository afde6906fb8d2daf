"""Handing in: by the button, and by running the cell where there is none."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from attrs import evolve
from helpers import COURSE, an_answer, both_forms, keep, keep_all, partly, pick, right, wrong

import kit
from kit.learner import submission
from kit.learner.record import keep_answer, record_path
from kit.notebook import beginning, handing_in
from kit.questions.bank import find_question, load_questions

EXERCISE = "exercise-01"
GRADED, OTHER_GRADED = (pick(EXERCISE, "choose-one", n) for n in range(2))
GRADED_SORT = pick(EXERCISE, "label")


def handed_in(course):
    return sorted((course.work / "hand-in").glob("*")) if course.work.is_dir() else []


# --- Where there is no button --------------------------------------------------------------------


def test_an_answer_to_an_older_wording_is_named_as_not_answered(learner_course):
    """The grader will not mark it, so the learner should know before handing in."""
    keep_all(learner_course, EXERCISE)
    sheet, item = find_question(learner_course, GRADED)
    older = evolve(item, prompt="As it was asked before.")
    keep_answer(record_path(learner_course, sheet), older, right(GRADED))
    count = len(load_questions(learner_course, sheet))
    assert f"Sealed {count - 1} of {count}" in repr(kit.hand_in(EXERCISE))


@pytest.fixture
def cell(monkeypatch):
    """A running cell with the hand-in call; ``cell.source`` is what it becomes."""
    running = SimpleNamespace(source=f'import kit\n\nkit.hand_in("{EXERCISE}")', changes=0)

    def set_next_input(source, replace=False):
        assert replace
        running.source, running.changes = source, running.changes + 1

    shell = SimpleNamespace(
        get_parent=lambda: {"content": {"code": running.source}}, set_next_input=set_next_input
    )
    monkeypatch.setattr(handing_in, "_shell", lambda: shell)
    return running


def test_with_nothing_answered_nothing_is_sealed(learner_course, cell):
    before = cell.source
    assert "nothing was sealed" in repr(kit.hand_in(EXERCISE))
    assert cell.source == before
    assert handed_in(learner_course) == []


def test_a_class_code_alone_is_nothing_to_seal(learner_course, cell, monkeypatch):
    views = []
    monkeypatch.setattr(beginning, "display", views.append)
    kit.begin(EXERCISE)
    views[0]._handle_custom_msg({"do": "keep", "seq": 1, "value": "A7"}, [])
    assert "nothing was sealed" in repr(kit.hand_in(EXERCISE))
    assert handed_in(learner_course) == []


def test_sealing_writes_the_cell_and_a_file_that_the_grader_reads(learner_course, cell):
    keep_all(learner_course, EXERCISE)
    text, html = both_forms(kit.hand_in(EXERCISE))
    count = len(load_questions(learner_course, learner_course.sheet(EXERCISE)))
    assert f"Sealed {count} of {count}" in text
    assert "Ctrl+S" in text
    assert "Not fully answered" not in text
    [copy] = handed_in(learner_course)
    assert copy.suffix == ".json"
    sealed, intact = submission.read(copy)
    assert intact
    assert sealed == submission.sealed_in(cell.source)
    assert {i: a.value for i, a in sealed.answers.items()} == {
        i.id: an_answer(i) for i in load_questions(COURSE, COURSE.sheet(EXERCISE)).values()
    }
    assert f'download="{copy.name}"' in html
    assert str(learner_course.home) not in text + html


def test_what_is_not_fully_answered_is_named_by_number(learner_course, cell):
    keep(learner_course, OTHER_GRADED, right(OTHER_GRADED))
    keep(learner_course, GRADED_SORT, partly(GRADED_SORT))
    text = repr(kit.hand_in(EXERCISE))
    items = list(load_questions(learner_course, learner_course.sheet(EXERCISE)))
    left = [n for n, i in enumerate(items, 1) if i != OTHER_GRADED]
    assert f"Sealed 1 of {len(items)}" in text
    assert f" {', '.join(map(str, left))}." in text
    assert "No class code" in text
    assert GRADED_SORT in submission.sealed_in(cell.source).answers


def test_the_class_code_is_sealed_too(learner_course, cell, monkeypatch):
    views = []
    monkeypatch.setattr(beginning, "display", views.append)
    kit.begin(EXERCISE)
    views[0]._handle_custom_msg({"do": "keep", "seq": 1, "value": "A7"}, [])
    keep_all(learner_course, EXERCISE)
    assert "No class code" not in repr(kit.hand_in(EXERCISE))
    assert submission.sealed_in(cell.source).learner == "A7"


def test_running_all_again_leaves_a_sealed_cell_alone(learner_course, cell):
    keep_all(learner_course, EXERCISE)
    kit.hand_in(EXERCISE)
    sealed = cell.source
    kit.hand_in(EXERCISE)
    assert (cell.changes, cell.source) == (1, sealed)
    keep(learner_course, GRADED, wrong(GRADED))
    kit.hand_in(EXERCISE)
    assert cell.changes == 2
    assert cell.source.count(submission.MARK + " ") == 1
    assert submission.sealed_in(cell.source).answers[GRADED].value == wrong(GRADED)
    assert len(handed_in(learner_course)) == 1


def test_handing_in_from_another_cell_leaves_its_source_alone(learner_course, cell):
    cell.source = before = "do_something()"
    keep_all(learner_course, EXERCISE)
    kit.hand_in(EXERCISE)
    assert cell.source == before
    assert len(handed_in(learner_course)) == 1


def test_after_sealing_the_page_knows_of_a_change(learner_course, cell):
    keep_all(learner_course, EXERCISE)
    kit.hand_in(EXERCISE)
    assert not kit.ask(GRADED).state["unsealed"]
    keep(learner_course, GRADED, wrong(GRADED))
    assert kit.ask(GRADED).state["unsealed"]


def test_a_seal_that_cannot_be_written_is_told_in_a_sentence(learner_course, cell):
    keep_all(learner_course, EXERCISE)
    (learner_course.work / "hand-in").touch()
    assert "cannot be written" in repr(kit.hand_in(EXERCISE))


# --- The button ----------------------------------------------------------------------------------


@pytest.fixture
def button(learner_course, monkeypatch):
    """The button of a page that the kit's extension has brought to life; ``replies`` it sends."""
    monkeypatch.setenv(handing_in.PAGE, "alive")
    view = kit.hand_in(EXERCISE)
    view.replies = []
    view.send = view.replies.append
    return view


def press(button):
    button._receive({"do": "hand_in", "page": "p", "seq": len(button.replies) + 1})
    return button.replies[-1]


def test_the_line_follows_the_answers(learner_course, button):
    count = len(load_questions(learner_course, learner_course.sheet(EXERCISE)))
    assert (button.state["done"], button.state["all"]) == (0, count)
    view = kit.ask(OTHER_GRADED)
    view.send = lambda reply: None
    view._receive({"do": "keep", "page": "q", "seq": 1, "value": right(OTHER_GRADED)})
    assert button.state["done"] == 1
    numbers = button.state["open"].split(", ")
    names = list(load_questions(learner_course, learner_course.sheet(EXERCISE)))
    assert str(names.index(OTHER_GRADED) + 1) not in numbers
    assert len(numbers) == count - 1


def test_a_press_seals_what_the_record_holds(learner_course, button):
    keep_all(learner_course, EXERCISE)
    reply = press(button)
    assert reply["ok"]
    book = {"cells": [], "metadata": {"kit": {"hand_in": reply["state"]["seal"]}}}
    [(sealed, intact)] = submission.hand_ins(json.dumps(book).encode())
    assert intact
    assert {name: answer.value for name, answer in sealed.answers.items()} == {
        question.id: an_answer(question)
        for question in load_questions(COURSE, COURSE.sheet(EXERCISE)).values()
    }
    [copy] = handed_in(learner_course)
    assert submission.read(copy) == (sealed, True)
    assert button.state["sealed"]["name"] == copy.name
    assert not button.state["changed"]
    keep(learner_course, GRADED, wrong(GRADED))
    assert kit.hand_in(EXERCISE).state["changed"], "also when the page is opened next week"


def test_a_press_with_nothing_answered_seals_nothing(learner_course, button):
    reply = press(button)
    assert not reply["ok"]
    assert "nothing to hand in" in reply["why"]
    assert handed_in(learner_course) == []
    assert button.state["sealed"] is None


def test_a_spare_file_that_cannot_be_written_is_told_and_nothing_is_called_sealed(
    learner_course, button
):
    keep_all(learner_course, EXERCISE)
    (learner_course.work / "hand-in").touch()
    reply = press(button)
    assert not reply["ok"]
    assert "cannot be written" in reply["why"]
    assert not kit.ask(GRADED).state["unsealed"]


def test_a_damaged_spare_file_is_not_offered(learner_course, button):
    keep_all(learner_course, EXERCISE)
    press(button)
    [copy] = handed_in(learner_course)
    copy.write_text("{")
    assert kit.hand_in(EXERCISE).state["sealed"] is None


def test_the_saved_button_says_how_to_do_without_it(button):
    data, _ = button._repr_mimebundle_()
    assert "Run All Cells" in data["text/plain"]
    assert "Run All Cells" in data["text/html"]


@pytest.mark.parametrize("what", ["", "{", "[1]", '"x"', 5, {"kit_seal": 1}, ["a"], None])
def test_odd_metadata_stop_no_reader(what):
    """Whatever stands where the seal would be, what is sealed in a cell is read."""
    sealed = submission.Seal(COURSE.id, EXERCISE, "A7", "r", 1, "2026-01-01T00:00:00+00:00")
    cell = {"cell_type": "code", "source": submission.to_cell("kit.hand_in()", sealed)}
    for mark in ({"hand_in": what}, what):
        book = {"cells": [cell], "metadata": {"kit": mark}}
        assert submission.hand_ins(json.dumps(book).encode()) == [(sealed, True)]
