"""What a notebook calls to work on a text of the learner's choice: ``kit.story``, ``kit.sheet``."""

from __future__ import annotations

import base64
from pathlib import Path

from attrs import frozen

from kit.course.article import (
    OWN_TEXT,
    paragraphs,
    practice_texts,
    read_copy,
    saved_text,
    story_pieces,
)
from kit.course.course import Course, Sheet, find_course
from kit.course.files import write_whole
from kit.course.html import template
from kit.course.messages import KitError, message, why_not
from kit.learner.record import record_of
from kit.notebook.live import LivePage
from kit.notebook.output import Page, errors_as_text, notice
from kit.questions.bank import find_question, load_questions

_HERE = Path(__file__).parent

#: What a learner calls the text that they bring: plain, or a saved page.
OWN_TEXTS = (OWN_TEXT, "my-text.html")


@frozen(repr=False)
class Story:
    """A text as a notebook shows it, its paragraphs numbered; the title is 0."""

    text: str  #: plain, a paragraph a line; empty while none is chosen
    note: str = ""  #: what to do first

    def __repr__(self) -> str:
        lines = [f"¶{n} {line}" for n, line in enumerate(paragraphs(self.text))]
        if self.note:
            lines.insert(0, self.note)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        lines = story_pieces(self.text)
        return template(_HERE / "story.html.j2", lines=lines, note=self.note)


@errors_as_text
def story(name: str) -> LivePage | Story | Page:
    """Return a practice text, or the text that the learner chose in a question.

    Args:
        name: a practice text, a file in the course's ``texts`` folder without its ending, for
            example ``quarry``; or the id of a question with options, for example
            ``your-own-text/which``. An option of it is called like a practice text; any other
            option means the learner's own text.

    Returns:
        A :class:`Story`; for a question a button that shows the one chosen. Where there is no such
        text or question, a sentence that says so.

    """
    course = find_course()
    chosen = find_story(course, name)
    if "/" not in name:
        return chosen
    return LivePage(course, lambda: find_story(course, name), button=message("sheet.show_text"))


def find_story(course: Course, name: str) -> Story:
    """Return what :func:`story` shows.

    Raises:
        KitError: when there is no such text or question.

    """
    texts = practice_texts(course)
    if name in texts:
        return Story(read_copy(texts[name]))
    if "/" not in name:
        raise KitError(message("sheet.no_text", name=name, known=", ".join(texts)))
    sheet, question = find_question(course, name)
    chosen = record_of(course, sheet).value(question)
    if not chosen:
        return Story("", message("sheet.choose"))
    path = texts.get(str(chosen)) or saved_text(course, *OWN_TEXTS)
    if path is None:
        return Story("", message("sheet.no_own", name=OWN_TEXTS[0], page=OWN_TEXTS[1]))
    return Story(read_copy(path))


@errors_as_text
def sheet(name: str) -> LivePage | Page:
    """Show a button that shows a lesson's working sheet, and keeps it as a page to print.

    It has the questions in which nothing is right or wrong, and those answered in writing.

    Args:
        name: the lesson's id, for example ``07-your-own-text``.

    """
    course = find_course()
    page = course.sheet(name)
    return LivePage(course, lambda: _sheet_page(course, page), button=message("sheet.show"))


def _sheet_page(course: Course, page: Sheet) -> Page:
    """Return the sheet as filled in so far, and keep it as files."""
    record = record_of(course, page)
    rows = []
    for question in load_questions(course, page).values():
        if not question.marked and not question.locks:
            rows.append((question.prompt, question.in_words(record.value(question))))
    done = sum(bool(lines) for _, lines in rows)
    if not done:
        return notice(message("sheet.nothing"))
    html = template(_HERE / "sheet.html.j2", course=course, title=page.title, rows=rows)
    text = _as_text(page, rows)
    html_path, text_path = _write(course, page, "html", html), _write(course, page, "txt", text)
    head = [
        message("sheet.done", done=done, all=len(rows)),
        message("sheet.where", page=html_path, text=text_path),
    ]
    shown = template(
        _HERE / "printed.html.j2",
        said=head,
        rows=rows,
        href=f"data:text/html;base64,{base64.b64encode(html.encode()).decode()}",
        name=f"{page.id}.html",
    )
    return Page("\n".join([*head, "", text]), shown)


def _as_text(page: Sheet, rows: list[tuple[str, list[str]]]) -> str:
    parts = [page.title]
    for prompt, lines in rows:
        shown = lines or [message("sheet.empty")]
        parts.append("\n  ".join([prompt, *shown]))
    return "\n\n".join(parts) + "\n"


def _write(course: Course, page: Sheet, kind: str, data: str) -> str:
    """Keep the sheet beside the record and return where, as a learner should read it."""
    path = course.work / f"{page.id}.{kind}"
    try:
        write_whole(path, data.encode("utf-8"))
    except OSError as fault:
        raise KitError(message("error.files", fault=why_not(fault))) from fault
    return course.show_path(path)
