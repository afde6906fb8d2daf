"""Votes of a class: counted from small files, whatever else lies in the folder."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve
from helpers import SHOWN, SHOWROOM
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit.classroom import votes
from kit.classroom.pages import Board
from kit.course.course import load_course
from kit.course.messages import KitError
from kit.learner import practice, submission
from kit.learner.record import keep_answer, record_of, record_path

SHEET = SHOWROOM.sheet("showroom")
QUESTION = SHOWN["showroom/one"]
ASKED = votes.ballot(SHEET, QUESTION)
OPTIONS = ["bird", "holt", "town"]


def counted(folder, now=1):
    return votes.counts(folder, ASKED)[1][now].by_option


def test_each_voter_counts_once_in_a_round_and_the_last_word_stands(tmp_path):
    assert votes.counts(tmp_path / "nothing yet", ASKED)[0] == 1
    for voter, option in (("aaa", "bird"), ("bbb", "holt"), ("aaa", "holt")):
        assert votes.cast(tmp_path, ASKED, voter, option) == 1
    assert counted(tmp_path) == {"bird": 0, "holt": 2, "town": 0}
    votes.begin_round(tmp_path, ASKED, 2)
    assert votes.cast(tmp_path, ASKED, "aaa", "town") == 2
    assert (counted(tmp_path, 1)["holt"], counted(tmp_path, 2)["town"]) == (2, 1)
    votes.clear(tmp_path, ASKED)
    assert sum(counted(tmp_path).values()) == sum(counted(tmp_path, 2).values()) == 0
    assert votes.counts(tmp_path, ASKED)[0] == 1


def test_what_is_no_vote_is_passed_over(tmp_path):
    votes.cast(tmp_path, ASKED, "aaa", "bird")
    [vote] = tmp_path.iterdir()
    start = vote.name.removesuffix("1-aaa.json")
    good = json.loads(vote.read_text())
    odd = {
        "1-bbb": "{",
        "1-ccc": json.dumps([1]),
        "1-ddd": json.dumps({**good, "option": "all"}),
        "1-eee": json.dumps({**good, "option": ["bird"]}),
        "1-fff": json.dumps({**good, "wording": "of last year"}),
        "2-ggg": json.dumps({**good, "kit_vote": 9}),
        "1-hhh": "[" * 5000,
        "1-iii": json.dumps({**good, "more": "x" * 5000}),
    }
    for name, text in odd.items():
        (tmp_path / f"{start}{name}.json").write_text(text)
    for name in ("3-aaa.json", "1-aaa.json.new", "1-ÄÄÄ.json", "notes.txt"):
        (tmp_path / f"{start}{name}").write_text(json.dumps(good))
    for name in (f".{vote.name}.77.new", "1-bbb.json", f"x{vote.name}"):
        (tmp_path / name).write_text(json.dumps(good))
    (tmp_path / f"{start}1-link.json").symlink_to(vote)
    (tmp_path / f"{start}1-dir.json").mkdir()
    _, found = votes.counts(tmp_path, ASKED)
    assert (found[1].votes, found[1].passed_over) == (1, 7)
    assert (found[2].votes, found[2].passed_over) == (0, 1)


def test_a_class_that_votes_at_once_loses_no_vote(tmp_path):
    def one(n: int) -> None:
        votes.cast.__wrapped__(tmp_path, ASKED, f"{n:03}", OPTIONS[n % 3])

    with ThreadPoolExecutor(20) as pupils:
        list(pupils.map(one, range(60)))
    assert counted(tmp_path) == dict.fromkeys(OPTIONS, 20)


def test_hands_are_added_to_what_was_sent(tmp_path):
    votes.cast(tmp_path, ASKED, "aaa", "bird")
    votes.count_hands(tmp_path, ASKED, 1, {"bird": 3, "town": 0})
    _, found = votes.counts(tmp_path, ASKED)
    assert found[1].by_option == {"bird": 4, "holt": 0, "town": 0}
    assert found[1].hands == {"bird": 3}


@given(st.text("0123456789abcdef", min_size=12, max_size=12), st.sampled_from(OPTIONS))
def test_a_code_is_read_as_people_read_it_out(voter, option):
    code = votes.code(ASKED, voter, option)
    assert len(code) == 6
    for said in (code, code.lower(), f" {code[:3]} {code[3:]}. ", code.replace("1", "I"),
                 code.replace("0", "O"), code.replace("1", "l")):  # fmt: skip
        who, chosen = votes.read_code(ASKED, said)
        assert chosen == option
        assert who == votes.read_code(ASKED, code)[0]


@given(st.text(max_size=12))
def test_what_is_no_code_is_refused_in_a_sentence(text):
    try:
        votes.read_code(ASKED, text)
    except KitError as fault:
        assert "no code of this question" in str(fault)


def test_a_code_of_another_question_or_with_a_slip_is_refused():
    code = votes.code(ASKED, "0123456789ab", "holt")
    other = evolve(ASKED, prompt="What else?")
    slips = [code[:n] + ("A" if code[n] != "A" else "B") + code[n + 1 :] for n in range(6)]
    for question, said in [(other, code), *((ASKED, slip) for slip in slips)]:
        with pytest.raises(KitError):
            votes.read_code(question, said)


def test_a_folder_that_cannot_be_had_is_a_sentence(tmp_path):
    folder = tmp_path / "class"
    folder.write_text("a file where the folder should be")
    with pytest.raises(KitError, match="cannot be used"):
        votes.cast(folder, ASKED, "aaa", "bird")
    with pytest.raises(KitError, match="cannot be used"):
        votes.counts(folder, ASKED)


def test_a_drive_that_does_not_answer_is_told_and_left_alone(tmp_path, monkeypatch):
    """A dead network drive: whoever asks it waits for minutes."""
    monkeypatch.setattr(votes, "_WAIT", 0.05)
    back, asked = threading.Event(), []

    def dead(*_):
        asked.append(1)
        back.wait(20)
        return []

    monkeypatch.setattr(votes, "_votes", dead)
    for _ in range(3):
        with pytest.raises(KitError, match="does not answer"):
            votes.counts(tmp_path, ASKED)
    assert len(asked) == 1, "the page asks every second: one waits, not a row"
    back.set()
    monkeypatch.undo()
    for _ in range(100):
        if not votes._asking[tmp_path].is_alive():
            break
        time.sleep(0.01)
    assert votes.counts(tmp_path, ASKED)[0] == 1


def test_a_vote_is_no_part_of_what_is_handed_in_and_gives_no_key_away(showroom):
    course = load_course(showroom.home, showroom.home)
    sheet = course.sheet("showroom")
    path = record_path(course, sheet)
    record = keep_answer(path, ASKED, "bird")
    assert submission.seal(course, record, "").answers == {}
    assert practice.asked_before(ASKED.id) == QUESTION.id
    assert practice.last_try(QUESTION, [record]) is None
    assert votes.voter_of(record.record, ASKED) != record.record
    assert record.record not in votes.voter_of(record.record, ASKED)
    with pytest.raises(KitError, match="choose-one"):
        votes.ballot(sheet, SHOWN["showroom/write"])


# --- The two pages --------------------------------------------------------------------------------


def press(widget, **what):
    replies = []
    widget.send = replies.append
    widget._receive({"page": "p", "seq": 1, **what})
    return replies[-1]


def test_from_a_learner_s_press_to_the_teacher_s_bars(showroom, monkeypatch, tmp_path):
    monkeypatch.setenv(votes.FOLDER, str(tmp_path / "class"))
    ballot, board = kit.vote("showroom/one"), kit.show_votes("showroom/one")
    assert isinstance(board, Board)
    first = press(ballot, do="press")
    assert (first["ok"], "Choose an answer" in first["why"]) == (False, True)
    course = load_course(showroom.home, showroom.home)
    sheet = course.sheet("showroom")
    keep_answer(record_path(course, sheet), ASKED, "holt")
    assert press(ballot, do="press")["ok"]
    assert "vote 1" in ballot.shown
    state = press(board, do="look")["state"]
    assert state["rounds"][0]["options"] == {"bird": 0, "holt": 1, "town": 0}
    assert state["reasons"] == {}, "the key only when the teacher says so"
    assert press(board, do="tell", told=True)["state"]["reasons"]["holt"]["mark"] == "✓"
    assert press(board, do="tell", told=False)["state"]["reasons"] == {}
    press(board, do="round", round=2)
    keep_answer(record_path(course, sheet), ASKED, "town")
    ballot.repaint(record_of(course, sheet), ASKED.id)
    assert "another answer" in ballot.shown
    press(ballot, do="press")
    assert press(board, do="look")["state"]["rounds"][1]["options"]["town"] == 1
    hands = {"do": "hands", "round": 1}
    odd = [{"do": "round", "round": 3}, {"do": "x"}, {"do": "code"}]
    odd += [{**hands, "hands": {"holt": -1}}, {**hands, "hands": {"x": 1}}]
    for request in odd:
        assert press(board, **request)["ok"] is False
    assert press(board, do="clear")["state"]["rounds"][0]["votes"] == 0


def test_without_a_shared_folder_a_code_is_read_out(showroom, monkeypatch):
    monkeypatch.delenv(votes.FOLDER, raising=False)
    ballot, board = kit.vote("showroom/one"), kit.show_votes("showroom/one")
    course = load_course(showroom.home, showroom.home)
    sheet = course.sheet("showroom")
    record = keep_answer(record_path(course, sheet), ASKED, "holt")
    press(ballot, do="press")
    code = votes.code(ASKED, votes.voter_of(record.record, ASKED), "holt")
    assert code in ballot.shown
    for _ in range(2):  # read out twice, it is one vote
        assert press(board, do="code", text=code.lower())["ok"]
    press(board, do="hands", round=1, hands={"holt": 4})
    assert press(board, do="look")["state"]["rounds"][0]["options"]["holt"] == 5


def test_what_is_saved_of_both_pages_is_the_same_for_everybody(showroom):
    ballot, board = kit.vote("showroom/one"), kit.show_votes("showroom/one")
    for page in (ballot, board):
        data, _ = page._repr_mimebundle_()
        assert data["text/plain"]
        assert "Ines Holt" not in data["text/html"]
    assert "cannot vote" in str(kit.vote("showroom/write"))
