"""How a lesson begins, and how a question is asked: all that most cells of a lesson do.

This is what a reader waits for when a lesson is opened, so nothing is imported here that a first
question does not need.
"""

from __future__ import annotations

import os
from pathlib import Path

from kit.course.course import Course, Sheet, find_course
from kit.course.html import block
from kit.course.messages import KitError, message
from kit.learner.record import damaged_copies, open_record, read_record, record_path
from kit.learner.standing import standing
from kit.learner.storage import IN_BROWSER
from kit.notebook.carry import Carry
from kit.notebook.live import LivePage
from kit.notebook.output import PAGE, Page, display, errors_as_text, notice
from kit.notebook.widget.widget import AnswerWidget, QuestionView
from kit.questions.bank import class_code_question, find_question, load_questions
from kit.questions.still import still_html, still_text


@errors_as_text
def begin(name: str) -> LivePage | AnswerWidget | Page:
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
    open_record(path, sheet.id)
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
    at = standing(load_questions(course, sheet), read_record(path, sheet.id))
    told = {"title": sheet.title, "done": at.answered, "all": at.questions}
    line = message("begin.line", where=course.show_path(path), **told)
    if IN_BROWSER:
        line = message("begin.line_in_browser", **told)
    if damaged:
        files = ", ".join(course.show_path(copy) for copy in damaged)
        line += "\n\n" + message("begin.damaged", files=files)
    return notice(line)


@errors_as_text
def ask(item_id: str) -> QuestionView | Page:
    """Show one question, with the answer kept so far.

    Args:
        item_id: for example ``who-says-so/companions``; the part before the slash names the
            lesson whose record keeps the answer.

    """
    course = find_course()
    sheet, question = find_question(course, item_id)
    try:
        return QuestionView(course, sheet, question)
    except KitError as fault:
        # The record cannot be had; the question can still be read.
        html = f"{block(str(fault))}{still_html(question)}"
        return Page(f"{fault}\n{still_text(question)}", html)
