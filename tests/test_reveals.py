from __future__ import annotations

import pytest
from helpers import COURSE, SHOWROOM

from kit.answers import Entry, Record
from kit.course import load_course
from kit.messages import KitError
from kit.reveals import find_reveal, load_reveals, missing, skip_item

END = find_reveal(SHOWROOM, "afterwards/end")


def held(**changes) -> Record:
    entry = Entry(value=70, wording="w", at="2026-01-01T00:00:00+00:00", **changes)
    return Record("01-showroom", "r", {"showroom/forecast": entry})


def test_an_answer_that_is_kept_but_not_committed_opens_nothing():
    assert missing(END, []) == ["showroom/forecast"]
    assert missing(END, [held()]) == ["showroom/forecast"]
    assert missing(END, [held(committed=True)]) == []


def test_a_course_without_reveals_has_none(tmp_path):
    (tmp_path / "course.toml").write_text('id = "x"\ntitle = "X"\n', encoding="utf-8")
    assert load_reveals(load_course(tmp_path, tmp_path)) == {}


def test_an_unknown_reveal_names_those_there_are():
    with pytest.raises(KitError, match="afterwards/end"):
        find_reveal(SHOWROOM, "afterwards/nonsense")


def test_the_way_past_is_a_question_that_locks_and_gives_nothing_away_before():
    item = skip_item(COURSE, END, "`showroom/forecast`")
    assert item.locks
    assert item.survey
    assert item.reason == END.text
    assert END.text not in item.prompt + item.passage + item.options[0].text


def test_a_fault_in_the_file_is_named(tmp_path):
    (tmp_path / "course.toml").write_text('id = "x"\ntitle = "X"\n', encoding="utf-8")
    (tmp_path / "reveals.toml").write_text('[[reveal]]\nid = "a/b"\nneed = []\n', encoding="utf-8")
    with pytest.raises(KitError, match="need"):
        load_reveals(load_course(tmp_path, tmp_path))
