"""Handouts: one printed page a lesson, made from Markdown, for a class without computers.

A rule in the Markdown (``***``) is a line to write on, a fenced block a box to draw in, a quoted
block the card to take away.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kit.course.article import load_article, read_text
from kit.course.course import Course
from kit.course.html import template

_HERE = Path(__file__).parent
_TEACHER = "teacher"  #: the folder of the pages with what a teacher says, and the answers

Pages = Mapping[Path, str]  #: pages that need nothing else, by the path where each is kept


def sources(course: Course) -> list[Path]:
    """Return the Markdown files of a course's handouts, in order; none where it has none."""
    return [*to_hand_out(course), *sorted(_folder(course).glob(f"{_TEACHER}/*.md"))]


def to_hand_out(course: Course) -> list[Path]:
    """Return those that learners and parents may have: all but the pages for the teacher."""
    return sorted(_folder(course).glob("*.md"))


def _folder(course: Course) -> Path:
    return course.root / "handouts"


def pages(course: Course) -> Pages:
    """Return each handout as a page that needs nothing else, by the path where it is kept.

    One called like a sheet of the course has a line for the learner's code; others are for adults.
    """
    made = {}
    for path in sources(course):
        name = path.relative_to(_folder(course)).with_suffix(".html")
        made[course.home / "handouts" / name] = _page(course, path)
    return made


def _page(course: Course, path: Path) -> str:
    text = read_text(path)
    return template(
        _HERE / "handout.html.j2",
        course=course,
        title=text.partition("\n")[0].lstrip("# "),
        text=text,
        for_learners=path.parent.name != _TEACHER
        and path.stem in [sheet.id for sheet in course.sheets],
        article=load_article(course).reference,
    )
