"""Authored Markdown to safe HTML, and templates filled in.

Raw HTML in Markdown is shown as text, so an author's text can carry no script.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from kit.course.messages import end_side, in_digits, message, of_language, start_side

if TYPE_CHECKING:  # slow to import, and a question is shown without it
    import jinja2

_PACKAGE = Path(__file__).parents[1]
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": False})


# A course has some hundreds of texts, and a class's feedback asks for the same ones each time.
_remembered = lru_cache(maxsize=4096)


@_remembered
def block(text: str) -> str:
    """Render Markdown with paragraphs."""
    return str(_MARKDOWN.render(text)) if text else ""


@_remembered
def inline(text: str) -> str:
    """Render one line of Markdown without a paragraph around it."""
    return str(_MARKDOWN.renderInline(text.strip()))


@cache
def _templates() -> jinja2.Environment:
    import jinja2  # noqa: PLC0415  (see above)

    # A template stands beside the code that fills it in, mostly in the package.
    outside = jinja2.FunctionLoader(lambda name: Path(name).read_text(encoding="utf-8"))
    loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(_PACKAGE), outside])
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
    if path.is_relative_to(_PACKAGE):
        path = path.relative_to(_PACKAGE)
    return _templates().get_template(path.as_posix())


def template(path: Path, **values: Any) -> str:
    """Fill in the template at ``path``; every value is escaped.

    ``message`` gives a sentence there and ``in_digits`` a number, as the course in use says them;
    ``of_language`` are the attributes of what is written in its language, ``start`` and ``end`` the
    sides on which its lines begin and end.
    """
    filled = {"message": message, "in_digits": in_digits, "start": start_side(), "end": end_side()}
    filled["of_language"] = Markup(of_language())  # noqa: S704  (a code of letters)
    return _compiled(path).render(filled | values)
