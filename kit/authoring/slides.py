"""Slides of a lesson: one HTML file that needs no network, made from the lesson's own page.

Each heading begins a slide, and each question is one; its reasons come on the next key. A very long
paragraph is cut to its first sentences: the page has the rest. The card to take away is the last
slide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from attrs import define, field
from markupsafe import Markup

from kit.authoring.handouts import Pages
from kit.authoring.paper import REVEAL, Part, article_of, parts, question_html
from kit.course.course import Course, Sheet
from kit.course.html import block, template
from kit.course.messages import message
from kit.questions.base import Question

_HERE = Path(__file__).parent
MOST = 12  #: slides of one lesson
_LONGEST = 120  #: words of a paragraph on a slide
# The marks of Markdown that close a sentence's emphasis belong to it.
_SENTENCE = re.compile(r"\S.*?(?:[.!?…][”’)*_]*(?=\s|$)|:$)", re.DOTALL)
_WHOLE = ("#", "|", ">", "- ", "* ", "1. ")  #: beginnings of what is not cut


@define
class Slide:
    """One slide: some text under a heading, or a question."""

    title: str
    texts: list[str] = field(factory=list)
    question: Question | None = None

    @property
    def first(self) -> Markup:
        """What is seen when the slide comes up."""
        if self.question is not None:
            return question_html(self.question)
        return Markup(block("\n\n".join(self.texts)))  # noqa: S704  (raw HTML is off)

    @property
    def then(self) -> Markup:
        """What is seen instead after the next key: the same with its reasons; mostly nothing."""
        if self.question is None or self.question.survey:
            return Markup()
        return question_html(self.question, key=True)


def pages(course: Course) -> Pages:
    """Return the slides of each lesson that takes time, by the path where they are kept."""
    made = {}
    for sheet in course.sheets:
        if not sheet.graded and sheet.minutes:
            path = course.home / "handouts" / "slides" / f"{sheet.id}.html"
            made[path] = _page(course, sheet)
    return made


def _page(course: Course, sheet: Sheet) -> str:
    return template(
        _HERE / "slides.html.j2",
        course=course,
        sheet=sheet,
        slides=slides(course, sheet),
        script=Markup((_HERE / "slides.js").read_text("utf-8")),  # noqa: S704  (ours)
        article=article_of(course, sheet),
    )


def slides(course: Course, sheet: Sheet) -> list[Slide]:
    """Return a lesson's slides, at most :data:`MOST`.

    Where there are more, some are left out: what a section says after its question, the shortest
    first; then of questions in a row the last.
    """
    made = [slide for slide in _all(course, sheet) if slide.texts or slide.question]
    while len(made) > MOST:
        made.remove(_least(made))
    return made


def _least(made: list[Slide]) -> Slide:
    """Return the slide that is missed least."""
    rests, in_a_row = [], made[-1:]
    for before, slide in pairwise(made):
        if slide.question is None and slide.title == before.title:
            rests.append(slide)
        elif slide.question is not None and before.question is not None:
            in_a_row.append(slide)
    if rests:
        return min(rests, key=lambda slide: len(" ".join(slide.texts)))
    return in_a_row[-1]


def _all(course: Course, sheet: Sheet) -> Iterator[Slide]:
    """Yield the slides of a page, some of them empty."""
    slide = Slide(sheet.title)
    for part in parts(course, sheet):
        if part.call == REVEAL:
            continue  # the teacher says when
        if part.question is not None:
            yield slide
            yield Slide(slide.title, question=part.question)
            slide = Slide(slide.title)
        elif part.picture:
            slide.texts.append(f"*{message('handouts.on_the_page')}*")
        else:
            for text in _blocks(part):
                if text.startswith("#"):
                    yield slide
                    slide = Slide(text.lstrip("# "))
                else:
                    slide.texts.append(text)
    yield slide


def _blocks(part: Part) -> list[str]:
    """Return the blocks of a part's Markdown, long paragraphs cut."""
    found = []
    for text in part.text.split("\n\n"):
        if text.strip():
            found.append(_shortened(text.strip()))
    return found


def _shortened(text: str) -> str:
    """Return a paragraph's first sentences, as many as fit on a slide; all of a list or table."""
    if text.startswith(_WHOLE) or len(text.split()) <= _LONGEST:
        return text
    kept = ""
    for sentence in _SENTENCE.findall(text):
        longer = f"{kept} {sentence}".strip()
        # Emphasis that is still open goes on in the next sentence.
        if kept and len(longer.split()) > _LONGEST and kept.count("*") % 2 == 0:
            break
        kept = longer
    return kept or text
