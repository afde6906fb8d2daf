"""Answers in one file: what was here stays, of two the later, a committed one in any case."""

from __future__ import annotations

import json

import pytest
from attrs import evolve
from helpers import a_question, text_item

from kit.course.article import OWN_COPY, own_copy
from kit.course.course import load_course
from kit.course.messages import CONTENT, KitError
from kit.learner import carry, record

SHEET = "01-who-says-so"
A, B = text_item("who-says-so/a"), text_item("who-says-so/b")
FORECAST = a_question("who-says-so/f", "probability", "?", locks=True)


@pytest.fixture
def there(tmp_path):
    """The same course on another computer."""
    home = tmp_path / "there"
    home.mkdir()
    return load_course(CONTENT, home)


@pytest.fixture
def here(learner_course):
    return learner_course


def keep(course, monkeypatch, when, item, value, act="keep"):
    monkeypatch.setenv("KIT_WORK", str(course.home / "my-work"))
    monkeypatch.setattr(record, "now", lambda: f"2026-02-{when:02}T10:00:00+00:00")
    record.keep_answer(path(course), item, value, act=act)


def path(course):
    return record.record_path(course, course.sheet(SHEET))


def taken(course, monkeypatch):
    monkeypatch.setenv("KIT_WORK", str(course.home / "my-work"))
    return carry.take(course)


def bring(course, monkeypatch, text):
    monkeypatch.setenv("KIT_WORK", str(course.home / "my-work"))
    carry.bring(course, text)
    return record.record_of(course, course.sheet(SHEET))


def test_a_new_computer_gets_the_record_as_it_is(here, there, monkeypatch):
    keep(here, monkeypatch, 1, A, "one")
    brought = bring(there, monkeypatch, taken(here, monkeypatch))
    assert brought == record.read_record(here.home / "my-work" / f"{SHEET}.json")


def test_of_two_answers_the_later_stands_and_nothing_is_lost(here, there, monkeypatch):
    keep(here, monkeypatch, 1, A, "early")
    keep(here, monkeypatch, 4, B, "late")
    text = taken(here, monkeypatch)
    keep(there, monkeypatch, 2, A, "later")
    keep(there, monkeypatch, 3, B, "earlier")
    before = record.record_of(there, there.sheet(SHEET)).revision
    brought = bring(there, monkeypatch, text)
    assert [brought.value(item) for item in (A, B)] == ["later", "late"]
    assert brought.revision > before
    assert bring(there, monkeypatch, text) == brought


def test_a_committed_answer_stands(here, there, monkeypatch):
    keep(here, monkeypatch, 1, FORECAST, 30, "commit")
    keep(there, monkeypatch, 2, FORECAST, 60)
    assert bring(there, monkeypatch, taken(here, monkeypatch)).value(FORECAST) == 30
    keep(here, monkeypatch, 5, A, "x")
    late = json.loads(taken(here, monkeypatch))
    late["records"][SHEET]["entries"][FORECAST.id] |= {"value": 90, "at": "2027"}
    assert bring(there, monkeypatch, json.dumps(late)).value(FORECAST) == 30


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kit_answers": 2}', '{"kit_answers": 1, "x": 1}']
)
def test_what_is_no_such_file_changes_nothing(here, monkeypatch, text):
    keep(here, monkeypatch, 1, A, "one")
    before = path(here).read_bytes()
    with pytest.raises(KitError, match="no answers"):
        carry.bring(here, text)
    assert path(here).read_bytes() == before


def test_another_course_s_answers_are_refused(here, monkeypatch):
    other = evolve(here, id="another")
    with pytest.raises(KitError, match="another course"):
        carry.bring(here, taken(other, monkeypatch))


def test_a_pasted_text_is_kept_where_the_course_looks_for_it(here):
    assert carry.keep_text(here, "article", "A title\nA first paragraph, and long.\n") == OWN_COPY
    assert carry.keep_text(here, "article", "Short") == OWN_COPY
    assert own_copy(here).strip() == "Short"
    assert carry.keep_text(here, "own", "Mine") == "my-text.txt"
    with pytest.raises(KitError, match="no text to keep"):
        carry.keep_text(here, "own", " \n ")
    assert (here.work / "my-text.txt").read_text("utf-8") == "Mine"
