from __future__ import annotations

import pytest
from attrs import evolve
from helpers import SHOWROOM

from kit.course.course import load_course
from kit.course.messages import KitError
from kit.learner.record import KeptAnswer, LearnerRecord
from kit.learner.reveals import (
    find_reveal,
    is_open,
    load_reveals,
    missing,
    skip_question,
    skipped_at,
)

END = find_reveal(SHOWROOM, "afterwards/end")


def held(**changes) -> LearnerRecord:
    entry = KeptAnswer(value=70, wording="w", at="2026-01-01T00:00:00+00:00", **changes)
    return LearnerRecord("01-showroom", "r", {"showroom/forecast": entry})


def test_an_answer_that_is_kept_but_not_committed_opens_nothing():
    assert missing(END, []) == ["showroom/forecast"]
    assert missing(END, [held()]) == ["showroom/forecast"]
    assert missing(END, [held(committed=True)]) == []


def test_a_reveal_is_open_once_all_is_committed_or_since_the_learner_skipped():
    assert not is_open(END, [])
    assert not is_open(END, [held()])
    assert is_open(END, [held(committed=True)])
    assert skipped_at(END, [held(committed=True)]) == ""
    skip = KeptAnswer("skip", "w", "2026-03-03T00:00:00+00:00", committed=True)
    later = LearnerRecord("02-afterwards", "r2", {END.id: skip})
    assert is_open(END, [later])
    assert skipped_at(END, [held(committed=True), later]) == skip.at, "the rest came after it"
    undecided = LearnerRecord("02-afterwards", "r2", {END.id: evolve(skip, committed=False)})
    assert not is_open(END, [undecided])


def test_a_course_without_reveals_has_none(tmp_path):
    (tmp_path / "course.toml").write_text('id = "x"\ntitle = "X"\n', encoding="utf-8")
    assert load_reveals(load_course(tmp_path, tmp_path)) == {}


def test_an_unknown_reveal_names_those_there_are():
    with pytest.raises(KitError, match="afterwards/end"):
        find_reveal(SHOWROOM, "afterwards/nonsense")


def test_the_way_past_is_a_question_that_locks_and_gives_nothing_away_before():
    item = skip_question(END, "`showroom/forecast`")
    assert item.locks
    assert item.survey
    assert item.reason == END.text
    assert END.text not in item.prompt + item.passage + item.options[0].text


def test_a_fault_in_the_file_is_named(tmp_path):
    (tmp_path / "course.toml").write_text('id = "x"\ntitle = "X"\n', encoding="utf-8")
    (tmp_path / "reveals.toml").write_text('[[reveal]]\nid = "a/b"\nneed = []\n', encoding="utf-8")
    with pytest.raises(KitError, match="need"):
        load_reveals(load_course(tmp_path, tmp_path))
