"""The marking desk: answers to one question across the class, names hidden, marked by key.

``to-mark.csv`` is the one store: every mark is written there at once, and ``kit grade`` reads it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import traitlets
from attrs import frozen

from kit.course.course import Course, find_course
from kit.course.html import block, inline
from kit.course.messages import KitError, message, reason, words
from kit.grading import by_hand, tables
from kit.grading.statistics import weighted_kappa
from kit.grading.tables import Row
from kit.notebook.output import Page, errors_as_text, notice
from kit.notebook.widget.widget import AnswerWidget, script, text
from kit.questions.base import Question
from kit.questions.items import find_item

_HERE = Path(__file__).parent
_BANK = 12  #: comments offered, those used most often
Group = tuple[str, ...]  #: the answer ids of one answer, one for each criterion


@errors_as_text
def marking_desk(folder: str = "marks", *, marker: int = 1, seed: str = "") -> MarkingDesk | Page:
    """Show the desk for the free text of a graded folder.

    Args:
        folder: where ``kit grade`` has written ``to-mark.csv``; below the project.
        marker: 1 for the marks that count, 2 for a second reader, who does not see the first's.
        seed: any word; another one gives another order of the answers.

    """
    course = find_course()
    path = course.home / folder / "to-mark.csv"
    if not path.is_file():
        return notice(message("desk.no_table", folder=folder))
    if not _waiting(by_hand.read_rows(path)):
        return notice(message("desk.nothing"))
    return MarkingDesk(course, path, "second_mark" if marker == 2 else "mark", seed)


# --- Rows in, rows out ------------------------------------------------------------------------


def _waiting(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of today's answers: those kept from earlier ones are not for the desk."""
    return [row for row in rows if by_hand.is_todays(row)]


def answers(rows: Iterable[Row], seed: str) -> dict[str, list[Group]]:
    """Return for each question its answers in a seeded order, however the table is sorted."""
    groups: dict[str, dict[tuple[str, str, int], list[str]]] = {}
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for row in rows:
        who = row["learner"], row["answer"]
        # Two learners with one code may have written the same words: they are two answers.
        times = seen[(row["item"], *who, row["criterion"])]
        seen[(row["item"], *who, row["criterion"])] += 1
        groups.setdefault(row["item"], {}).setdefault((*who, times), []).append(row["answer_id"])
    ordered = {}
    for item, found in groups.items():
        ordered[item] = sorted(tuple(ids) for ids in found.values())
        random.Random(f"{seed}:{item}").shuffle(ordered[item])  # noqa: S311  (no secret in it)
    return ordered


def change(path: Path, name: str, cells: Mapping[str, str]) -> list[Row]:
    """Set cells of the row ``name`` in the table at ``path``; return the rows as they then stand.

    The table is read again under a lock, so that what a spreadsheet or ``kit grade`` has written
    in the meantime stands.

    Raises:
        KitError: when the row is gone, or the table cannot be read or written.

    """
    try:
        with by_hand.locked(path):
            rows = list(by_hand.read_rows(path))
            row = next((r for r in _waiting(rows) if r["answer_id"] == name), None)
            if row is None:
                raise KitError(message("desk.gone"))
            row.update(cells)
            marked = tables.number(row["mark"], _most(row)) is not None
            row["status"] = message("grade.marked" if marked else "grade.to_mark")
            tables.write(path, by_hand.columns_of(rows), rows)
    except OSError as fault:
        raise KitError(message("error.cannot_write", path=path.name, fault=reason(fault))) from None
    return rows


def agreement(rows: Iterable[Row], item: str) -> tuple[float | None, int]:
    """Return weighted kappa for one question, and over how many marks that both markers gave."""
    pairs = [p for row in rows if row["item"] == item and (p := by_hand.both_marks(row))]
    return weighted_kappa(pairs), len(pairs)


def bank(rows: Iterable[Row], item: str) -> list[str]:
    """Return the comments given to this question so far, the most used first."""
    given = Counter(
        tables.as_written(r["comment"]) for r in rows if r["item"] == item and r["comment"].strip()
    )
    return [text for text, _ in given.most_common(_BANK)]


# --- The widget -----------------------------------------------------------------------------------


@frozen
class _Undo:
    """One change that can be taken back, and where the desk stood."""

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
        self._rows = list(by_hand.read_rows(path))
        self._answers = answers(_waiting(self._rows), seed)
        self._undo: list[_Undo] = []
        item = next(iter(self._answers), "")
        self._place = (item, self._next_open(item, -1))
        said = {k[5:]: v for k, v in words(course.root).items() if k.startswith("desk.")}
        said["common"] = message("still.common")
        super().__init__(state=self._state(), words=said)
        self.on_msg(MarkingDesk._receive)

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        act = _ACTS.get(str(request.get("do")))
        if act is None:
            raise KitError(message("error.no_act"))
        act(self, request)
        return self._state()

    # What the page can ask for.

    def _mark(self, request: dict[str, Any]) -> None:
        row = self._row(str(request.get("id")))
        mark = tables.number(str(request.get("mark")), _most(row))
        if mark is None:
            raise KitError(message("desk.no_mark", most=row["most"]))
        self._set(row["answer_id"], {self._column: tables.tidy(mark)})

    def _comment(self, request: dict[str, Any]) -> None:
        row = self._row(str(request.get("id")))
        if tables.as_written(row["comment"]) != request.get("text"):
            self._set(row["answer_id"], {"comment": str(request.get("text"))})

    def _take_back(self, _: dict[str, Any]) -> None:
        if self._undo:
            last = self._undo.pop()
            self._rows = change(self._path, last.name, last.cells)
            self._place = last.place

    def _go(self, request: dict[str, Any]) -> None:
        item, n = self._place
        steps = {"next": n + 1, "back": n - 1, "open": self._next_open(item, n)}
        self._place = item, steps.get(str(request.get("to")), n) % len(self._answers[item])

    def _turn_to(self, request: dict[str, Any]) -> None:
        item = str(request.get("question"))
        if item in self._answers:
            self._place = item, self._next_open(item, -1)

    def _set(self, name: str, cells: dict[str, str]) -> None:
        row = self._row(name)
        before = {column: row[column] for column in cells}
        self._rows = change(self._path, name, cells)
        self._undo.append(_Undo(self._place, name, before))

    # What the page is told.

    def _row(self, name: str) -> Row:
        for row in self._rows:
            if row["answer_id"] == name and by_hand.is_todays(row):
                return row
        raise KitError(message("desk.gone"))

    def _marked(self, name: str) -> bool:
        row = self._row(name)
        return tables.number(row[self._column], _most(row)) is not None

    def _open(self, item: str) -> list[int]:
        """Return which answers of a question still lack a mark."""
        groups = enumerate(self._answers.get(item, []))
        return [n for n, group in groups if not all(map(self._marked, group))]

    def _next_open(self, item: str, after: int) -> int:
        still = self._open(item)
        return next((n for n in still if n > after), still[0] if still else max(after, 0))

    def _state(self) -> dict[str, Any]:
        (item, n), course = self._place, self._course
        group = [self._row(name) for name in self._answers[item][n]]
        left = self._open(item)
        question = _question(course, item)
        kappa, pairs = agreement(self._rows, item) if not left else (None, 0)
        return {
            "questions": [
                {"id": i, "left": len(self._open(i)), "all": len(g)}
                for i, g in self._answers.items()
            ],
            "question": item,
            "prompt": inline(question.prompt) if question else item,
            "look_for": inline(question.look_for) if question else "",
            "model": block(question.model_answer) if question else "",
            "common": _common(question) if question else [],
            "n": n + 1,
            "all": len(self._answers[item]),
            "left": len(left),
            "answer": tables.as_written(group[0]["answer"]),
            "who": group[0]["learner"] if not left else "",
            "criteria": [self._criterion(question, row) for row in group],
            "bank": bank(self._rows, item) if self._column == "mark" else [],
            "comments": self._column == "mark",
            "agreement": message("report.kappa", kappa=tables.tidy(kappa), n=pairs)
            if kappa is not None
            else "",
            "can_undo": bool(self._undo),
        }

    def _criterion(self, question: Question | None, row: Row) -> dict[str, Any]:
        known = question.rubric if question else ()
        criterion = next((c for c in known if c.id == row["criterion"]), None)
        levels = criterion.levels if criterion else ()
        return {
            "id": row["answer_id"],
            "text": inline(criterion.text) if criterion else row["levels"],
            "most": row["most"],
            "levels": [
                {"points": tables.tidy(x.points), "text": inline(x.text), "anchor": x.anchor}
                for x in levels
            ],
            "mark": row[self._column],
            "comment": tables.as_written(row["comment"]),
        }

    def __repr__(self) -> str:
        left = sum(len(self._open(item)) for item in self._answers)
        total = sum(map(len, self._answers.values()))
        return message("desk.line", left=left, all=total)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data["text/plain"] = repr(self)
        return data, metadata


def _most(row: Row) -> float:
    """Return the highest mark in a row, as a spreadsheet may have put it; 0 where it is lost."""
    return tables.number(row["most"], float("inf")) or 0.0


def _question(course: Course, item_id: str) -> Question | None:
    """Return the question with its levels, where the course still has it."""
    try:
        return find_item(course, item_id)[1]
    except KitError:
        return None


def _common(question: Question) -> list[str]:
    """Return the wrong answers that are often given, each with what to say to it, as HTML."""
    return [
        inline(message("still.common_line", answer=error.answer, say=error.say))
        for error in question.common
    ]


_ACTS: dict[str, Callable[[Any, dict[str, Any]], None]] = {
    "mark": MarkingDesk._mark,
    "comment": MarkingDesk._comment,
    "undo": MarkingDesk._take_back,
    "go": MarkingDesk._go,
    "question": MarkingDesk._turn_to,
}
