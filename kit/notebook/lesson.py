"""What a learner does in a notebook beside answering: warm up, open reveals, see progress.

How a lesson begins and a question is asked is in ``beginning`` and ``asking``, which load none of
this.
Every function finds its course from the working directory, and the learner's records from there, so
that no cell depends on another having been run.
"""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

from kit.course.course import Course, Sheet, find_course
from kit.course.html import block, template
from kit.course.messages import KitError, each_in_digits, message
from kit.learner import practice
from kit.learner.calibration import LEAST_TO_CALIBRATE, Judgement, calibration
from kit.learner.record import (
    keep_answer,
    lesson_records,
    mark_warm_ups,
    open_record,
    record_path,
    records_of,
    standing,
)
from kit.learner.reveals import Reveal, find_reveal, is_open, missing, skip_question
from kit.learner.storage import IN_BROWSER
from kit.notebook import charts
from kit.notebook.live import LivePage
from kit.notebook.output import (
    Page,
    display,
    errors_as_text,
    how_far,
    notice,
    one_below_another,
    still_page,
)
from kit.notebook.widget.widget import QuestionView, refresh
from kit.questions.bank import find_question, load_questions
from kit.questions.base import Question

_HERE = Path(__file__).parent
_PICTURES = "matplotlib"


@errors_as_text
def solution(item_id: str) -> Page:
    """Show one question with its key and the reasons; where no key is there, say so.

    Given a sheet's id instead, say what the key itself earns.
    """
    course = find_course()
    if "/" not in item_id:
        return notice(_full_marks(course, course.sheet(item_id)))
    _, question = find_question(course, item_id)
    if not question.has_key and (question.marked or (question.marks and question.by_reader)):
        raise KitError(message("solution.no_key", id=item_id))
    return still_page(question, key=question.has_key)


def _full_marks(course: Course, sheet: Sheet) -> str:
    """Return what the key of an exercise earns, and what is marked by its reader."""
    earned = most = written = 0.0
    for question in load_questions(course, sheet).values():
        earned += question.marks * (question.credit(question.key) or 0)
        if question.marked:
            most += question.marks
        if question.by_reader:
            written += question.marks
    sums = each_in_digits("g", earned=earned, most=most, written=written)
    return message("solution.marks", **sums)


@errors_as_text
def warm_up(name: str) -> QuestionView | Page:
    """Show two or three questions of earlier lessons once more, to be answered anew.

    Args:
        name: the id of the lesson that begins with them, for example ``02-count-origins``.

    """
    course = find_course()
    sheet = course.sheet(name)
    path = record_path(course, sheet)
    record = open_record(path)
    questions = {question.id: question for question in practice.earlier(course, sheet)}
    if not record.warm_ups:
        records = lesson_records(course)
        just_asked = practice.just_asked(course, sheet, records)
        others = [question for question in questions.values() if question.id not in just_asked]
        drawn = practice.draw(others, records, record.record)
        record = mark_warm_ups(path, tuple(question.id for question in drawn))
    views = []
    for item_id in record.warm_ups:
        if item_id in questions:
            question = practice.again(sheet, questions[item_id])
            views.append(QuestionView(course, sheet, question))
    if not views:
        return notice(message("practice.nothing", count=0))
    display(notice(message("practice.warm_up", count=len(views))))
    for view in views[:-1]:
        display(view)
    return views[-1]


@errors_as_text
def reveal(reveal_id: str) -> RevealPage | Page:
    """Show what a lesson keeps closed until the answers it would give away are committed.

    Once it is open it is shown folded up, so that the page does not give it away unasked.

    Args:
        reveal_id: for example ``looking-back/outcome``.

    """
    course = find_course()
    return RevealPage(course, find_reveal(course, reveal_id))


class RevealPage(LivePage):
    """What stays closed until it is time; a learner may open it before, and that is recorded."""

    def __init__(self, course: Course, reveal: Reveal) -> None:
        self._reveal = reveal
        super().__init__(course, self._page)
        self.below = True

    def _page(self) -> Page:
        title, records = self._reveal.title, lesson_records(self._course)
        if not is_open(self._reveal, records):
            self.button = message("reveal.skip")
            return notice(message("reveal.closed", title=title, left=self._left()))
        self.button = skipped = ""
        if missing(self._reveal, records):
            skipped = message("reveal.skipped")
        text = "\n\n".join(filter(None, [title, skipped, self._reveal.text]))
        shown = {"title": title, "skipped": skipped, "text": self._reveal.text}
        return Page(text, template(_HERE / "reveal.html.j2", **shown))

    def _left(self) -> str:
        """Return how much is still to be committed, and where."""
        left = missing(self._reveal, lesson_records(self._course))
        counts = Counter(self._course.sheet(name).title for name in left)
        named = [message("reveal.left", title=title, n=n) for title, n in counts.items()]
        return ", ".join(named)

    def _pressed(self) -> None:
        sheet = self._course.sheet(self._reveal.id)
        path, question = record_path(self._course, sheet), skip_question(self._reveal, self._left())
        record = keep_answer(path, question, "skip", act="commit")
        refresh(path, record, question.id)


@errors_as_text
def progress() -> LivePage | Page:
    """Say for each lesson and exercise how much is answered, and what was right first time.

    A sheet that the course calls optional is there once a question on it is answered.

    It counts on as questions are answered. Once there are enough answers with a confidence, a
    picture shows how well that confidence fits what was right.
    """
    course = find_course()
    return LivePage(course, lambda: _standings(course))


def _standings(course: Course) -> Page:
    lines = []
    of_lessons: dict[str, Question] = {}
    records = records_of(course, course.sheets)
    for sheet, record in zip(course.sheets, records, strict=True):
        questions = load_questions(course, sheet)
        if not sheet.graded:
            of_lessons |= questions
        at = standing(questions, record)
        if questions and (at.begun or not sheet.optional):  # without any it is read only
            key = "progress.line"
            if at.checked:
                key = "progress.checked"
            told = {"title": sheet.title, **how_far(at)}
            lines.append("- " + message(key, first=at.right_first, of=at.checked, **told))
    pages = [notice("\n".join(lines))]
    judged = practice.confidence_judgements(of_lessons, records)
    if judged:
        pages.append(_how_sure(judged))
    return one_below_another(pages)


def _how_sure(judged: list[Judgement]) -> Page:
    """Return how well the learner's confidence fits; drawn once there are enough judgements."""
    if len(judged) < LEAST_TO_CALIBRATE:
        return notice(message("progress.sure_few", n=len(judged), least=LEAST_TO_CALIBRATE))
    said = f"{100 * fmean(judgement.chance for judgement in judged):.0f}"
    right = f"{100 * fmean(judgement.so for judgement in judged):.0f}"
    words = message("progress.sure", n=len(judged), said=said, right=right)
    if IN_BROWSER and find_spec(_PICTURES) is None:  # the extension fetches it and asks once more
        return Page(words, f'<div data-kit-needs="{_PICTURES}">{block(words)}</div>')
    picture = charts.calibration(calibration(judged))
    return Page(f"{words}\n{picture.text}", block(words) + picture._repr_html_())
