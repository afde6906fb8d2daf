"""Handouts: one printed page a lesson, made from Markdown, for a class without computers.

A rule in the Markdown (``***``) is a line to write on, a fenced block a box to draw in, a quoted
block the card to take away.
"""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from kit.authoring.made import digest, write_made
from kit.course.article import load_article, read_text
from kit.course.course import Course
from kit.course.html import template

_HERE = Path(__file__).parent

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def sources(course: Course) -> list[Path]:
    """Return the Markdown files of a course's handouts, in order; none where it has none."""
    return sorted((course.root / "handouts").glob("*.md"))


def pages(course: Course) -> dict[Path, str]:
    """Return each handout as a page that needs nothing else, by the path where it is kept.

    One called like a sheet of the course has a line for the learner's code; others are for adults.
    """
    folder = course.home / "handouts"
    return {folder / f"{path.stem}.html": _page(course, path) for path in sources(course)}


def _page(course: Course, path: Path) -> str:
    text = read_text(path)
    return template(
        _HERE / "handout.html.j2",
        course=course,
        title=text.partition("\n")[0].lstrip("# "),
        body=Markup(_MARKDOWN.render(text)),  # noqa: S704  (raw HTML is off)
        for_learners=path.stem in [sheet.id for sheet in course.sheets],
        article=load_article(course).reference,
    )


def write(course: Course) -> dict[Path, Path | None]:
    """Write every handout; return where, and where one that was changed by hand is kept."""
    kept = {}
    for path, html in pages(course).items():
        kept[path] = write_made(course.home, path, html.encode(), digest)
    return kept


def stale(course: Course) -> list[Path]:
    """Return the handouts that are not as their Markdown calls for."""
    found = []
    for path, html in pages(course).items():
        if not path.is_file() or read_text(path) != html:
            found.append(path)
    return found
