"""How a page begins: how far one is, and what carries answers elsewhere (``kit.begin``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import traitlets

from kit.course.course import Course, Sheet, find_course
from kit.course.messages import KitError, message, words_of_group
from kit.learner import carry
from kit.learner.record import damaged_copies, open_record, read_record, record_path, standing
from kit.learner.storage import IN_BROWSER
from kit.notebook.live import LivePage
from kit.notebook.output import PAGE, Page, display, errors_as_text, how_far, notice
from kit.notebook.widget.widget import AnswerWidget, QuestionView, refresh, script
from kit.questions.bank import class_code_question, load_questions

_HERE = Path(__file__).parent


@errors_as_text
def begin(name: str) -> AnswerWidget | Page:
    """Open the learner's record of a lesson or exercise and say how much is answered.

    Args:
        name: the sheet's id, for example ``01-who-says-so``.

    Returns:
        One line of text, which counts on as questions are answered; in an exercise also the field
        for the class code, shown above it. Where the kit's extension is at work the line is
        followed by what carries answers elsewhere.

    """
    course = find_course()
    sheet = course.sheet(name)
    path = record_path(course, sheet)
    open_record(path)
    if sheet.graded:
        display(QuestionView(course, sheet, class_code_question(sheet)))
    damaged = damaged_copies(path)
    line = LivePage(course, lambda: _line(course, sheet, damaged), path=path)
    if os.environ.get(PAGE) != "alive":
        return line
    display(line)
    return Carry(course)


def _line(course: Course, sheet: Sheet, damaged: list[Path]) -> Page:
    path = record_path(course, sheet)
    at = standing(load_questions(course, sheet), read_record(path))
    told = {"title": sheet.title, **how_far(at)}
    line = message("begin.line", where=course.show_path(path), **told)
    if IN_BROWSER:
        line = message("begin.line_in_browser", **told)
    if damaged:
        files = ", ".join(course.show_path(copy) for copy in damaged)
        line += "\n\n" + message("begin.damaged", files=files)
    return notice(line)


class Carry(AnswerWidget):
    """Take my answers with me, bring my answers, paste a text of my own: buttons below the line."""

    _esm = script(_HERE / "carry.js")
    words = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)  #: of the file that is taken

    def __init__(self, course: Course) -> None:
        self._course = course
        words = words_of_group("carry", course.root)
        super().__init__(words=words, name=f"answers-{course.id}.json")

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answers, put those of a file into the records, or keep a text."""
        act, text = request.get("do"), str(request.get("text"))
        if act == "take":
            return {"text": carry.take(self._course)}
        if act in ("own", "article"):
            return {"name": carry.keep_text(self._course, act, text)}
        if act != "bring":
            raise KitError(message("error.no_act"))
        brought = carry.bring(self._course, text)
        for path, record in brought.items():
            refresh(path, record)
        return {"pages": len(brought)}

    def _still(self) -> Page:
        return Page(message("carry.summary"), '<p class="kit-carry"></p>')
