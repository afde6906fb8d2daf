"""Questions that need no kernel: as HTML and as plain text, with their key or without.

No templates: every question that is shown is shown in this form too, and a lesson that needs none
does not load what fills them in.
"""

from __future__ import annotations

from markupsafe import escape

from kit.course.html import block, inline, plain
from kit.course.messages import message, of_language, sides
from kit.questions.base import Question


def still_html(question: Question, *, key: bool = False) -> str:
    """Return the question as HTML that needs no kernel; with ``key``, its answer and reasons."""
    word, kind = escape(message("still.word")), escape(message(f"kind.{question.kind}"))
    style = f"border-{sides()[0]}:4px solid #5b6b7b;padding:.2em 1em;margin:.5em 0"
    parts = [
        f'<div class="kit-still"{of_language()} style="{style}">\n',
        f"<p><strong>{word}</strong> <small>{kind}</small></p>\n",
    ]
    if question.passage:
        parts.append(f"<div>{block(question.passage)}</div>")
    parts.append(f"<p>{inline(question.prompt)}</p>\n")
    parts.append(question.still_html(key=key))
    if key and question.common:
        parts.append(f"<p>{escape(message('still.common'))}</p><ul>\n")
        for error in question.common:
            answer, say = inline(error.answer), inline(error.say)
            parts.append(f"<li>“{answer}”<br><em>{say}</em></li>\n")
        parts.append("</ul>")
    if key and question.reason:
        parts.append(f"<p>{inline(question.reason)}</p>")
    if not key:
        parts.append(f"<p><small>{escape(message('still.how'))}</small></p>")
    parts.append("</div>")
    return "".join(parts)


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
