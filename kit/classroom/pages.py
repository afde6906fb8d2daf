"""What a notebook calls: ``kit.vote`` on a learner's page, ``kit.show_votes`` on the teacher's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from kit.classroom import votes
from kit.course.course import Course, Sheet, find_course
from kit.course.html import block, inline
from kit.course.messages import KitError, message, words_of_group
from kit.learner.record import LearnerRecord, record_of, record_path
from kit.notebook.live import LivePage
from kit.notebook.output import Page, display, errors_as_text, notice
from kit.notebook.widget.widget import AnswerWidget, QuestionView, script
from kit.questions.bank import find_question
from kit.questions.base import Question
from kit.questions.parts import ids_of

_HERE = Path(__file__).parent
_MOST_HANDS = 999  # that a teacher can count for one option


@errors_as_text
def vote(item_id: str) -> Ballot | Page:
    """Ask a question for a vote of the class: without its reasons, and with a button to send it.

    Args:
        item_id: a question of which one option is chosen, for example ``count-origins/how-many``.
            Ask it with ``kit.ask`` below, for afterwards.

    """
    course = find_course()
    sheet, question = find_question(course, item_id)
    asked = votes.ballot(sheet, question)
    display(QuestionView(course, sheet, asked))
    return Ballot(course, sheet, asked)


class Ballot(LivePage):
    """The button that sends a learner's vote, and what became of it."""

    def __init__(self, course: Course, sheet: Sheet, question: Question) -> None:
        self._sheet, self._question = sheet, question
        self._said, self._sent = notice(message("votes.how")), ""
        path = record_path(course, sheet)
        super().__init__(course, lambda: self._said, path=path)
        self.button = message("votes.send")

    def _pressed(self) -> None:
        record = record_of(self._course, self._sheet)
        option = record.value(self._question)
        if not isinstance(option, str):
            raise KitError(message("votes.choose_first"))
        voter = votes.voter_of(record.record, self._question)
        folder = votes.class_folder()
        if folder is None:
            told = message("votes.code", code=votes.code(self._question, voter, option))
        else:
            told = message("votes.sent", n=votes.cast(folder, self._question, voter, option))
        self._said, self._sent = notice(told), option

    def repaint(self, record: LearnerRecord, question: str | None) -> None:
        """Say that what was sent is not the answer any more."""
        if self._sent and record.value(self._question) != self._sent:
            self._said, self._sent = notice(message("votes.changed")), ""
        super().repaint(record, question)


@errors_as_text
def show_votes(item_id: str) -> Board | Page:
    """Show the class how it has voted, and steer the vote: the teacher's page.

    Args:
        item_id: the question that ``kit.vote`` asks.

    """
    course = find_course()
    return Board(course, *find_question(course, item_id))


class Board(AnswerWidget):
    """Bars that grow as votes come; the key only when the teacher says so."""

    _esm = script(_HERE / "board.js")
    _css = (_HERE / "board.css").read_text(encoding="utf-8")
    words = traitlets.Dict().tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)  #: safe HTML
    passage = traitlets.Unicode().tag(sync=True)  #: the same
    options: Any = traitlets.List().tag(sync=True)  #: of each its id, and its text as safe HTML

    def __init__(self, course: Course, sheet: Sheet, question: Question) -> None:
        self._course, self._question = course, question
        self._ballot = votes.ballot(sheet, question)
        self._told = False  # whether the class may see the key
        options = [{"id": row.id, "text": inline(row.text)} for row in question.options]
        super().__init__(
            words=words_of_group("board", course.root),
            prompt=inline(question.prompt),
            passage=block(question.passage),
            options=options,
        )

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a button asks for, and return what the page then shows."""
        folder, act = votes.counting_folder(self._course), request.get("do")
        if act == "round":
            votes.begin_round(folder, self._ballot, _round_in(request))
        elif act == "tell":
            self._told = request.get("told") is True
        elif act == "hands":
            hands = _hands_in(request.get("hands"), self._ballot)
            votes.count_hands(folder, self._ballot, _round_in(request), hands)
        elif act == "code":
            voter, option = votes.read_code(self._ballot, str(request.get("text")))
            votes.cast(folder, self._ballot, voter, option)
        elif act == "clear":
            votes.clear(folder, self._ballot)
        elif act != "look":
            raise KitError(message("error.no_act"))
        return self._state(folder)

    def _state(self, folder: Path) -> dict[str, Any]:
        now, counts = votes.counts(folder, self._ballot)
        rounds = []
        for n in votes.ROUNDS:
            count = counts[n]
            rounds.append(
                {
                    "n": n,
                    "options": count.by_option,
                    "hands": count.hands,
                    "votes": count.votes,
                    "passed_over": count.passed_over,
                }
            )
        reasons = {}
        if self._told:
            for row in self._question.options:
                reasons[row.id] = {"mark": row.mark, "reason": inline(row.reason)}
        return {"round": now, "rounds": rounds, "told": self._told, "reasons": reasons}

    def _still(self) -> Page:
        return notice(message("votes.board", id=self._question.id))


def _round_in(request: dict[str, Any]) -> int:
    """Return the round that a request is about; the page sends no other."""
    now = request.get("round")
    if now not in votes.ROUNDS:
        raise KitError(message("error.no_act"))
    return int(now)


def _hands_in(typed: object, question: Question) -> dict[str, int]:
    """Return the hands that a teacher has typed, by option.

    Raises:
        KitError: when one of them is no number of hands.

    """
    hands, options = {}, ids_of(question.options)
    for name, count in dict(typed if isinstance(typed, dict) else {}).items():
        whole = type(count) is int and 0 <= count <= _MOST_HANDS
        if name not in options or not whole:
            raise KitError(message("votes.no_hands", most=_MOST_HANDS))
        hands[name] = count
    return hands
