"""Questions that need no kernel: as HTML and as plain text, with their key or without."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from kit.course.html import template
from kit.course.messages import message
from kit.questions.base import Question, plain

_FRAME = Path(__file__).with_name("still.html.j2")


def still_html(question: Question, *, key: bool = False) -> str:
    """Return the question as HTML that needs no kernel; with ``key``, its answer and reasons."""
    body = template(question.folder() / "still.html.j2", question=question, key=key)
    return template(_FRAME, body=Markup(body), question=question, key=key)  # noqa: S704  (made safe above)


def still_text(question: Question, *, key: bool = False) -> str:
    """Return the question as plain text; with ``key``, its answer and reasons."""
    kind = message(f"kind.{question.kind}")
    lines = [message("still.head", kind=kind, id=question.id)]
    if question.passage:
        lines.append(plain(question.passage))
    lines.append(plain(question.prompt))
    lines += question.still_lines(key=key)
    if key and question.reason:
        lines.append(plain(question.reason))
    if key and question.common:
        lines.append(message("still.common"))
        for error in question.common:
            told = message("still.common_line", answer=plain(error.answer), say=plain(error.say))
            lines.append(f"  - {told}")
    return "\n".join(lines)
