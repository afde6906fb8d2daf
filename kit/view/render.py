"""Authored Markdown to safe HTML, and questions as still HTML and plain text.

Raw HTML in Markdown is shown as text, so an item can carry no script.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markupsafe import Markup

from kit.course import Course
from kit.items import Item, Option, Unit
from kit.messages import words

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": False})
_MARKS = {"choose-one": "( )", "choose-many": "[ ]", "label": "[    ]"}


def block(text: str) -> str:
    """Render Markdown with paragraphs."""
    return str(_MARKDOWN.render(text)) if text else ""


def inline(text: str) -> str:
    """Render one line of Markdown without a paragraph around it."""
    return str(_MARKDOWN.renderInline(text.strip()))


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    env = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    env.filters |= {
        "block": lambda text: Markup(block(text)),  # noqa: S704  (raw HTML is off)
        "inline": lambda text: Markup(inline(text)),  # noqa: S704
    }
    return env


def template(name: str, /, course: Course, **values: Any) -> str:
    """Fill in the template ``name`` beside this file; ``say`` gives the course's words there."""
    return _templates().get_template(name).render(say=course.say, course=course, **values)


def still_html(course: Course, item: Item, *, key: bool = False) -> str:
    """Return the question as HTML that needs no kernel; with ``key``, its answer and reasons."""
    return template("still.html.j2", course, item=item, key=key)


def still_text(course: Course, item: Item, *, key: bool = False) -> str:
    """Return the question as plain text; with ``key``, its answer and reasons."""
    lines = [course.say("still.head", kind=words(course.root)[f"kind.{item.kind}"], id=item.id)]
    lines += [_plain(item.passage)] if item.passage else []
    lines.append(_plain(item.prompt))
    if item.kind == "label" and not key:
        labels = ", ".join(_plain(x.text) for x in item.labels)
        lines.append(course.say("still.labels", labels=labels))
    rows: tuple[Option | Unit, ...] = (*item.options, *item.units)
    for row in rows:
        lines.append(f"  {_text_mark(item, row, key)} {_plain(row.text)}")
        if key and row.reason:
            lines.append(f"      {_plain(row.reason)}")
    for criterion in item.rubric:
        points = [f"{level.points:g} = {_plain(level.text)}" for level in criterion.levels if key]
        lines.append(f"  - {_plain(criterion.text)}" + (f" ({'; '.join(points)})" if key else ""))
    if key and item.model_answer:
        lines.append(course.say("still.model", answer=_plain(item.model_answer)))
    if key and item.reason:
        lines.append(_plain(item.reason))
    return "\n".join(lines)


def _text_mark(item: Item, row: Option | Unit, key: bool) -> str:
    if not key:
        return _MARKS[item.kind]
    if isinstance(row, Unit):
        names = {x.id: _plain(x.text) for x in item.labels}
        return "[" + " / ".join(names[x] for x in row.right) + "]"
    return _MARKS[item.kind].replace(" ", "x" if row.right else " ")


def _plain(text: str) -> str:
    return " ".join(text.split())
