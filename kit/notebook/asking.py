"""How a question is asked: ``kit.ask``, all that most cells of a lesson do.

This is what a reader waits for when a lesson is opened, so nothing is imported here that a first
question does not need.
"""

from __future__ import annotations

from kit.course.course import find_course
from kit.course.html import block
from kit.course.messages import KitError
from kit.notebook.output import Page, errors_as_text, still_page
from kit.notebook.widget.widget import QuestionView
from kit.questions.bank import find_question


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
        still = still_page(question)
        return Page(f"{fault}\n{still.text}", block(str(fault)) + still.html)
