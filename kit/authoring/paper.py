"""Lessons and exercises on paper: the page's text, and its questions with room to write.

A lesson's reasons are on a last page for the teacher. An exercise's are not: its teacher's sheet is
made apart, beside the keys, where nothing is ever handed out from.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from markupsafe import Markup

from kit.authoring.build import page_text, pieces, refuse_without_key
from kit.authoring.handouts import Pages
from kit.course.article import (
    Reference,
    load_article,
    practice_texts,
    read_text,
    story_pieces,
)
from kit.course.course import Course, Sheet
from kit.course.html import block, inline, template
from kit.course.messages import KitError
from kit.learner.reveals import load_reveals
from kit.questions.bank import load_questions
from kit.questions.base import Question

_HERE = Path(__file__).parent
_ELSEWHERE = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:)[^)]*\)")  #: a link to another file
_CARD = re.compile(r"^> .*?(?=^#|\Z)", re.DOTALL | re.MULTILINE)  #: with the rest of its section
_HAND_IN = "hand_in"
REVEAL = "reveal"  #: shows what a page tells only after answers were committed
#: Instruments whose still picture says something on paper too.
_PICTURES = ("age", "provenance")
_WORDS_A_LINE = 9  #: that somebody writes by hand


@frozen
class Part:
    """A part of a page: Markdown, or a question, or what an instrument showed as HTML."""

    text: str = ""
    question: Question | None = None
    picture: Markup | None = None
    call: str = ""  #: the name of the kit's function that shows it, where one does


def parts(course: Course, sheet: Sheet) -> Iterator[Part]:
    """Yield what a sheet's page shows, in order; what only a live page can show is left out.

    A lesson ends with the section of its card to take away: what follows is for more time.
    """
    questions = load_questions(course, sheet)
    for kind, source in pieces(page_text(course, sheet)):
        if kind == "markdown":
            card = _CARD.search(source)
            if card and not sheet.graded:
                yield Part(_without_places(source[: card.end()]))
                return
            yield Part(_without_places(source))
            continue
        call, names = _call(source)
        if call == "ask":
            yield Part(question=questions[str(names[0])], call=call)
        elif call == "paragraphs":
            yield Part(_paragraphs(course, names), call=call)
        elif call == "story" and names[0] in practice_texts(course):
            yield Part(story_text(course, str(names[0])), call=call)
        elif call == REVEAL:
            yield Part(load_reveals(course)[str(names[0])].text, call=call)
        elif call in _PICTURES:
            yield Part(picture=_picture(course, sheet, source), call=call)
        elif call == _HAND_IN:
            return  # what comes after it is about files


def _without_places(text: str) -> str:
    """Return Markdown without links to other files of the course: paper has no place to go to.

    A paragraph that is such a link and nothing else goes.
    """
    kept = []
    for paragraph in text.split("\n\n"):
        if not _ELSEWHERE.fullmatch(paragraph.strip()):
            kept.append(_ELSEWHERE.sub(r"\1", paragraph))
    return "\n\n".join(kept)


def _call(source: str) -> tuple[str, list[object]]:
    """Return the kit's function that a block of a page calls, and what without a name it is given.

    A block is checked to be Python (:mod:`kit.authoring.check`); one that does more calls nothing.
    """
    match ast.parse(source).body[-1]:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("kit"), name), arguments)):
            return name, [ast.literal_eval(argument) for argument in arguments]
    return "", []


def _paragraphs(course: Course, numbers: list[object]) -> str:
    """Return pieces of the reading edition as Markdown: in our words, then what is quoted."""
    shown = []
    for unit in load_article(course).units:
        if unit.n in numbers:
            quoted = " ".join(f"“{quotation}”" for quotation in unit.quotations)
            shown.append(f"- **¶{unit.n}** {unit.gist} {quoted}".rstrip())
    return "\n".join(shown)


def story_text(course: Course, name: str) -> str:
    """Return a practice text as Markdown."""
    title, *lines = story_pieces(read_text(practice_texts(course)[name]))
    return "\n\n".join([f"**{title}**", *lines])


def _picture(course: Course, sheet: Sheet, source: str) -> Markup:
    """Return what the made notebook shows below a block; nothing where it was not made yet."""
    try:
        cells = json.loads(read_text(course.home / sheet.notebook))["cells"]
    except (KitError, ValueError, KeyError):
        return Markup()
    html = ""
    for cell in cells:
        if "".join(cell["source"]).strip() == source.strip():
            for output in cell.get("outputs", []):
                html += "".join(output.get("data", {}).get("text/html", ""))
    return Markup(html)  # noqa: S704  (the kit made it)


def question_html(question: Question, *, key: bool = False) -> Markup:
    """Return a question as it is on paper and on a slide; with ``key``, its answer and reasons."""
    html = (
        f"{block(question.passage)}<p>{inline(question.prompt)}</p>{question.still_html(key=key)}"
    )
    if key:
        html += block(question.reason)
    return Markup(html)  # noqa: S704  (raw HTML is off)


def pages(course: Course) -> Pages:
    """Return each page that asks something as a page to print, by the path where it is kept."""
    made = {}
    for sheet in course.pages:
        if load_questions(course, sheet):
            path = course.home / "handouts" / "paper" / f"{sheet.page}.html"
            made[path] = _page(course, sheet, keys_only=False)
    return made


def keys(course: Course) -> Pages:
    """Return the teacher's sheet of each exercise, by its path among the solutions.

    Raises:
        KitError: where the keys are not here.

    """
    made = {}
    for sheet in course.sheets:
        if sheet.graded:
            refuse_without_key(course, sheet)
            path = course.home / "solutions" / "paper" / f"{sheet.id}.html"
            made[path] = _page(course, sheet, keys_only=True)
    return made


def _page(course: Course, sheet: Sheet, *, keys_only: bool) -> str:
    shown = list(parts(course, sheet))
    asked = [part.question for part in shown if part.question]
    explained: list[tuple[int, Markup]] = []
    if keys_only or not sheet.graded:
        for n, question in enumerate(asked, 1):
            if not question.survey:
                explained.append((n, question_html(question, key=True)))
    outcome = [part.text for part in shown if part.call == REVEAL]
    shown = [part for part in shown if part.call != REVEAL and not keys_only]
    return template(
        _HERE / "paper.html.j2",
        course=course,
        sheet=sheet,
        parts=shown,
        explained=explained,
        outcome=outcome,
        question_html=question_html,
        lines=_lines_to_write,
        article=article_of(course, sheet),
    )


def article_of(course: Course, sheet: Sheet) -> Reference | None:
    """Return the reference of the text under study, where a sheet's page speaks of it."""
    about = any(question.paragraphs for question in load_questions(course, sheet).values())
    if about or "¶" in page_text(course, sheet):
        return load_article(course).reference
    return None


def _lines_to_write(question: Question) -> int:
    """Return how many lines a written answer needs; 0 for a question that takes none."""
    if not question.by_reader:
        return 0
    return question.words // _WORDS_A_LINE + 2
