"""The marking desk: answers to one question across the class, names hidden, marked by key.

``to-mark.csv`` is the one store: every mark is written there at once, and ``kit grade`` reads it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import traitlets
from attrs import frozen

from kit.course.course import Course, find_course
from kit.course.html import block, inline
from kit.course.messages import KitError, message, why_not, words_of_group
from kit.grading import by_hand, tables
from kit.grading.statistics import weighted_kappa
from kit.grading.tables import Row
from kit.notebook.output import Page, errors_as_text, notice
from kit.notebook.widget.widget import AnswerWidget, script, text
from kit.questions.bank import find_question
from kit.questions.base import Question
from kit.questions.parts import Level

_HERE = Path(__file__).parent
_BANK = 12  #: comments offered, those used most often
Group = tuple[str, ...]  #: the answer ids of one answer, one for each criterion


@errors_as_text
def marking_desk(folder: str = "marks", *, marker: int = 1, seed: str = "") -> MarkingDesk | Page:
    """Show the desk for the free text of a graded folder.

    Args:
        folder: where ``kit grade`` has written ``to-mark.csv``; below the project.
        marker: 1 for the marks that count, 2 for a second reader, who does not see the first one's.
        seed: any word; another one gives another order of the answers.

    """
    course = find_course()
    path = course.home / folder / "to-mark.csv"
    if not path.is_file():
        return notice(message("desk.no_table", folder=folder))
    if not any(map(by_hand.is_todays, by_hand.read_rows(path))):
        return notice(message("desk.nothing"))
    return MarkingDesk(course, path, "second_mark" if marker == 2 else "mark", seed)


# --- Rows in, rows out ------------------------------------------------------------------------


def answers(rows: Iterable[Row], seed: str) -> dict[str, list[Group]]:
    """Return for each question its answers in a seeded order, however the table is sorted.

    The rows that are kept from earlier answers are not for the desk.
    """
    groups: dict[str, dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    seen: Counter[tuple[str, ...]] = Counter()
    for row in filter(by_hand.is_todays, rows):
        # Two learners with one code may have written the same words: they are two answers.
        about = (row["item"], row["learner"], row["answer"], row["criterion"])
        answer = (row["learner"], row["answer"], str(seen[about]))
        groups[row["item"]][answer].append(row["answer_id"])
        seen[about] += 1
    ordered = {}
    for question_id, of_question in groups.items():
        ordered[question_id] = sorted(map(tuple, of_question.values()))
        random.Random(f"{seed}:{question_id}").shuffle(ordered[question_id])  # noqa: S311  (no secret)
    return ordered


def change(path: Path, name: str, cells: Mapping[str, str]) -> list[Row]:
    """Set cells of the row ``name`` in the table at ``path``; return the rows as they are then.

    The table is read again under a lock, so that what a spreadsheet or ``kit grade`` has written
    in the meantime is kept.

    Raises:
        KitError: when the row is gone, or the table cannot be read or written.

    """
    try:
        with by_hand.locked(path):
            rows = list(by_hand.read_rows(path))
            row = row_named(todays(rows), name)
            row.update(cells)
            is_marked = tables.number(row["mark"], by_hand.highest(row)) is not None
            row["status"] = message("grade.marked" if is_marked else "grade.to_mark")
            by_hand.write_marks(path, by_hand.columns_of(rows), rows)
    except OSError as fault:
        raise KitError(
            message("error.cannot_write", path=path.name, fault=why_not(fault))
        ) from None
    return rows


def todays(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows of today's answers by their ids; of two with one id the first."""
    found: dict[str, Row] = {}
    for row in filter(by_hand.is_todays, rows):
        found.setdefault(row["answer_id"], row)
    return found


def row_named(rows: Mapping[str, Row], name: str) -> Row:
    """Return the row of today's answer ``name``, or raise a KitError where there is none."""
    if name not in rows:
        raise KitError(message("desk.gone"))
    return rows[name]


def agreement(rows: Iterable[Row], question_id: str) -> str:
    """Say how far two markers agree about one question; '' where that cannot be said."""
    pairs = []
    for row in rows:
        two_marks = by_hand.both_marks(row)
        if row["item"] == question_id and two_marks:
            pairs.append(two_marks)
    kappa = weighted_kappa(pairs)
    if kappa is None:
        return ""
    return message("report.kappa", kappa=tables.printed(kappa), n=len(pairs))


def comments(rows: Iterable[Row], question_id: str) -> list[str]:
    """Return the comments given to this question so far, the most used first."""
    count: Counter[str] = Counter()
    for row in rows:
        if row["item"] == question_id and row["comment"].strip():
            count[tables.as_written(row["comment"])] += 1
    return [comment for comment, _ in count.most_common(_BANK)]


# --- The widget -----------------------------------------------------------------------------------


@frozen
class _Undo:
    """One change that can be taken back, and where the desk was."""

    place: tuple[str, int]
    name: str
    cells: dict[str, str]


class MarkingDesk(AnswerWidget):
    """The desk, live. The page shows one answer; each key is a message, each change is saved."""

    _esm = script(_HERE / "desk.js")
    _css = text("question.css") + (_HERE / "desk.css").read_text(encoding="utf-8")
    state = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, course: Course, path: Path, column: str, seed: str) -> None:
        self._course, self._path, self._column = course, path, column
        self._keep(list(by_hand.read_rows(path)))
        self._answers = answers(self._rows, seed)
        self._undo: list[_Undo] = []
        first = next(iter(self._answers), "")
        self._place = (first, self._next_open(first, -1))
        sentences = {"common": message("still.common"), **words_of_group("desk", course.root)}
        super().__init__(state=self._state(), words=sentences)
        self.on_msg(MarkingDesk._receive)

    def _keep(self, rows: list[Row]) -> None:
        self._rows, self._todays = rows, todays(rows)

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        act = _ACTS.get(str(request.get("do")))
        if act is None:
            raise KitError(message("error.no_act"))
        act(self, request)
        return self._state()

    # What the page can ask for.

    def _mark(self, request: dict[str, Any]) -> None:
        row = row_named(self._todays, str(request.get("id")))
        mark = tables.number(str(request.get("mark")), by_hand.highest(row))
        if mark is None:
            raise KitError(message("desk.no_mark", most=row["most"]))
        self._set(row, self._column, tables.tidy(mark))

    def _comment(self, request: dict[str, Any]) -> None:
        row = row_named(self._todays, str(request.get("id")))
        if tables.as_written(row["comment"]) != request.get("text"):
            self._set(row, "comment", str(request.get("text")))

    def _take_back(self, _: dict[str, Any]) -> None:
        if self._undo:
            last = self._undo.pop()
            self._keep(change(self._path, last.name, last.cells))
            self._place = last.place

    def _go(self, request: dict[str, Any]) -> None:
        question_id, n = self._place
        steps = {"next": n + 1, "back": n - 1, "open": self._next_open(question_id, n)}
        there = steps.get(str(request.get("to")), n)
        self._place = question_id, there % len(self._answers[question_id])

    def _turn_to(self, request: dict[str, Any]) -> None:
        question_id = str(request.get("question"))
        if question_id in self._answers:
            self._place = question_id, self._next_open(question_id, -1)

    def _set(self, row: Row, column: str, cell: str) -> None:
        name = row["answer_id"]
        undo = _Undo(self._place, name, {column: row[column]})
        self._keep(change(self._path, name, {column: cell}))
        self._undo.append(undo)

    # What the page is told.

    def _is_marked(self, group: Group) -> bool:
        for name in group:
            row = row_named(self._todays, name)
            if tables.number(row[self._column], by_hand.highest(row)) is None:
                return False
        return True

    def _open(self, question_id: str) -> list[int]:
        """Return which answers of a question still lack a mark."""
        groups = self._answers.get(question_id, [])
        return [n for n, group in enumerate(groups) if not self._is_marked(group)]

    def _next_open(self, question_id: str, after: int) -> int:
        still = self._open(question_id)
        later = [n for n in still if n > after]
        return [*later, *still, max(after, 0)][0]

    def _state(self) -> dict[str, Any]:
        name, n = self._place
        group = [row_named(self._todays, answer_id) for answer_id in self._answers[name][n]]
        questions = []
        for other, groups in self._answers.items():
            questions.append({"id": other, "left": len(self._open(other)), "all": len(groups)})
        left = len(self._open(name))
        question = self._question(name)
        state = {
            "questions": questions,
            "question": name,
            "prompt": name,
            "look_for": "",
            "model": "",
            "common": [],
            "n": n + 1,
            "all": len(self._answers[name]),
            "left": left,
            "answer": tables.as_written(group[0]["answer"]),
            "who": "",
            "criteria": [self._criterion(question, row) for row in group],
            "bank": [],
            "comments": self._column == "mark",
            "agreement": "",
            "can_undo": bool(self._undo),
        }
        if question:
            state["prompt"], state["look_for"] = inline(question.prompt), inline(question.look_for)
            state["model"], state["common"] = block(question.model_answer), _common(question)
        if not left:
            state |= {"who": group[0]["learner"], "agreement": agreement(self._rows, name)}
        if self._column == "mark":
            state["bank"] = comments(self._rows, name)
        return state

    def _question(self, name: str) -> Question | None:
        """Return the question with its levels, where the course still has it."""
        try:
            return find_question(self._course, name)[1]
        except KitError:
            return None

    def _criterion(self, question: Question | None, row: Row) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": row["answer_id"],
            "text": row["levels"],
            "most": row["most"],
            "levels": [],
            "mark": row[self._column],
            "comment": tables.as_written(row["comment"]),
        }
        for criterion in question.rubric if question else ():
            if criterion.id == row["criterion"]:
                shown["text"] = inline(criterion.text)
                shown["levels"] = list(map(_level, criterion.levels))
        return shown

    def _still(self) -> Page:
        left = sum(len(self._open(name)) for name in self._answers)
        total = sum(map(len, self._answers.values()))
        line = message("desk.line", left=left, all=total)
        return Page(line, f"<p>{inline(line)}</p>")


def _level(level: Level) -> dict[str, str]:
    points = tables.tidy(level.points)
    return {"points": points, "text": inline(level.text), "anchor": level.anchor}


def _common(question: Question) -> list[str]:
    """Return the wrong answers that are often given, each with what to say to it, as HTML."""
    lines = []
    for error in question.common:
        lines.append(inline(message("still.common_line", answer=error.answer, say=error.say)))
    return lines


_ACTS: dict[str, Callable[[Any, dict[str, Any]], None]] = {
    "mark": MarkingDesk._mark,
    "comment": MarkingDesk._comment,
    "undo": MarkingDesk._take_back,
    "go": MarkingDesk._go,
    "question": MarkingDesk._turn_to,
}
