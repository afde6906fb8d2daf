"""What a page shows of the record is true after the next answer, without a cell being run."""

from __future__ import annotations

import pytest
from helpers import COURSE, ITEMS, pick, right

import kit
from kit.course.messages import KitError, message
from kit.learner.record import keep_answer, record_path
from kit.learner.reveals import find_reveal
from kit.notebook.live import LivePage
from kit.notebook.output import notice
from kit.notebook.widget.widget import QuestionView, refresh

LESSON = "01-who-says-so"
CHOICE = ITEMS[pick(LESSON, "choose-one")]
WHICH = ITEMS["your-own-text/which"]


def answer(course, item, value, act="keep") -> None:
    """Answer a question as its page does."""
    view = QuestionView(course, course.sheet(item.id), item)
    view.send = lambda reply: None
    view._receive({"do": act, "page": "p", "seq": 1, "value": value})


def press(page: LivePage) -> dict:
    """Press the button of a page and return what the page is told."""
    replies: list[dict] = []
    page.send = replies.append
    page._receive({"do": "press", "page": "p", "seq": 1})
    [reply] = replies
    return reply


@pytest.mark.parametrize("call", [lambda: kit.begin(LESSON), kit.progress])
def test_a_counter_counts_on_when_a_question_is_answered(learner_course, call):
    page = call()
    saved = page._repr_mimebundle_()[0]
    assert "1 of " not in page.shown
    answer(learner_course, CHOICE, right(CHOICE.id))
    assert "1 of " in page.shown
    assert page._repr_mimebundle_()[0]["text/html"] == saved["text/html"], "the saved form stays"


def test_a_counter_of_one_lesson_is_not_drawn_for_another(learner_course):
    drawn = []

    def draw():
        drawn.append(1)
        return notice("x")

    other = learner_course.sheets[-1]
    LivePage(learner_course, draw, path=record_path(learner_course, other))
    every = LivePage(learner_course, draw)
    before = len(drawn)
    answer(learner_course, CHOICE, right(CHOICE.id))
    assert len(drawn) == before + 1
    assert every.shown


def test_what_was_answered_in_another_notebook_is_there_when_the_page_is_looked_at(learner_course):
    page = kit.progress()
    sheet = learner_course.sheet(CHOICE.id)
    keep_answer(record_path(learner_course, sheet), CHOICE, right(CHOICE.id))
    assert "1 of " not in page.shown
    page.send = lambda reply: None
    page._receive({"do": "draw", "page": "p", "seq": 1})
    assert "1 of " in page.shown


def test_an_answer_is_saved_whatever_becomes_of_the_counter(learner_course):
    def broken():
        raise OSError("no such thing")

    page = LivePage(learner_course, broken)
    answer(learner_course, CHOICE, right(CHOICE.id))
    assert "no such thing" in page.shown


def test_the_outcome_opens_when_the_last_forecast_is_committed(learner_course):
    closed, table = kit.reveal("looking-back/outcome"), kit.forecasts("looking-back/outcome")
    before = table.shown
    for name in find_reveal(COURSE, "looking-back/outcome").needs:
        assert closed.button
        answer(learner_course, ITEMS[name], 70, act="commit")
    assert closed.button == ""
    assert "<details>" in closed.shown
    assert table.shown != before


def test_a_refusal_to_open_is_told_and_nothing_opens(learner_course, monkeypatch):
    closed = kit.reveal("looking-back/outcome")

    def full(*_: object, **__: object) -> None:
        raise KitError("the disk is full")

    monkeypatch.setattr("kit.notebook.lesson.keep_answer", full)
    assert press(closed) == {"page": "p", "seq": 1, "ok": False, "why": "the disk is full"}
    assert "<details>" not in closed.shown


def test_what_others_heard_appears_beside_ones_own_number(learner_course):
    page = kit.heard("might", item="how-sure/might")
    assert "5,174" not in page.shown
    answer(learner_course, ITEMS["how-sure/might"], 40)
    assert "5,174" in page.shown


@pytest.mark.parametrize(
    "call", [lambda: kit.story(WHICH.id), lambda: kit.look(story=WHICH.id)], ids=["story", "look"]
)
def test_a_text_is_shown_when_its_button_is_pressed_and_not_before(learner_course, call):
    page = call()
    assert page.shown == ""
    assert page.button in (message("sheet.show_text"), message("lens.mark_it"))
    assert press(page)["ok"]
    assert "Choose a text" in page.shown
    answer(learner_course, WHICH, "tram")
    assert "Night trams" in page.shown, "it is open: what is shown is the text that is chosen now"
    assert call().shown == ""


def test_the_sheet_is_shown_when_its_button_is_pressed(learner_course):
    answer(learner_course, WHICH, "tram")
    page = kit.sheet("07-your-own-text")
    assert page.shown == ""
    assert press(page)["ok"]
    assert "1 of " in page.shown
    refresh(record_path(learner_course, learner_course.sheets[0]), None)
    assert "1 of " in page.shown
