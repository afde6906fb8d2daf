"""Authored Markdown to safe HTML, and templates filled in.

Raw HTML in Markdown is shown as text, so an author's text can carry no script.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markupsafe import Markup

from kit.course.messages import in_digits, message, of_language, sides
from kit.course.pictures import in_words, picture_html

if TYPE_CHECKING:  # slow to import, and a question is shown without it
    import jinja2

_PACKAGE = Path(__file__).parents[1]
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": False}).enable("table")


def _image(renderer: RendererHTML, tokens: Any, at: int, options: Any, env: Any) -> str:
    """Return a picture of the course's with its bytes in it; any other as Markdown has it."""
    alt = renderer.renderInlineAsText(tokens[at].children, options, env)
    html = picture_html(str(tokens[at].attrGet("src")), alt)
    return html or RendererHTML.image(renderer, tokens, at, options, env)


_MARKDOWN.add_render_rule("image", _image)
#: The line below the head of a table.
_TABLE = re.compile(r"^ *\|?(?: *:?-+:? *\|)+(?: *:?-+:?)? *$", re.MULTILINE)


def block(text: str) -> str:
    """Render Markdown with paragraphs, tables and the course's pictures."""
    return _rendered(text, in_line=False)


def inline(text: str) -> str:
    """Render one line of Markdown without a paragraph around it; a table in it as a table."""
    return _rendered(text.strip(), in_line=True)


def _rendered(text: str, *, in_line: bool) -> str:
    if "![" in text:  # not remembered: the file of a picture can change
        return _remembered.__wrapped__(text, in_line)
    return _remembered(text, in_line)


# A course has some hundreds of texts, and a class's feedback asks for the same ones each time.
@lru_cache(maxsize=4096)
def _remembered(text: str, in_line: bool) -> str:
    if in_line and not _TABLE.search(text):
        return str(_MARKDOWN.renderInline(text))
    return str(_MARKDOWN.render(text))


def plain(text: str) -> str:
    """Return authored Markdown as one line of plain text, with the words of its pictures."""
    return " ".join(in_words(text).split())


@cache
def _templates() -> jinja2.Environment:
    import jinja2  # noqa: PLC0415  (see above)

    loader = jinja2.FileSystemLoader(_PACKAGE)  # a template is beside the code that fills it in
    # Without a look at the file's time for each of a class's pages: templates do not change.
    env = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    env.filters |= {
        "block": lambda text: Markup(block(text)),  # noqa: S704  (raw HTML is off)
        "inline": lambda text: Markup(inline(text)),  # noqa: S704
    }
    return env


@cache
def _compiled(path: Path) -> jinja2.Template:
    return _templates().get_template(path.relative_to(_PACKAGE).as_posix())


def template(path: Path, **values: Any) -> str:
    """Fill in the template at ``path``; every value is escaped.

    ``message`` gives a sentence there and ``in_digits`` a number, as the course in use says them;
    ``of_language`` are the attributes of what is written in its language, ``start`` and ``end`` the
    sides on which its lines begin and end.
    """
    start, end = sides()
    filled = {"message": message, "in_digits": in_digits, "start": start, "end": end}
    filled["of_language"] = Markup(of_language())  # noqa: S704  (a code of letters)
    return _compiled(path).render(filled | values)
