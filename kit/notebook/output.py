"""What a call in a notebook shows: a page that reads as HTML and as text, never a traceback."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from attrs import frozen

from kit.course.html import block
from kit.course.messages import KitError, message, of_language
from kit.learner.record import Standing
from kit.questions.base import Question
from kit.questions.still import still_html, still_text

P = ParamSpec("P")
T = TypeVar("T")
PAGE = "KIT_PAGE"  #: is ``alive`` where the kit's extension runs the notebook
STRICT = "KIT_STRICT"  #: set while notebooks are made: a fault must stop that, not be baked in


@frozen(repr=False)
class Page:
    """Something to read: HTML where a page can show it, plain text everywhere."""

    text: str
    html: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def still_page(question: Question, *, key: bool = False) -> Page:
    """Return a question in the form that needs no kernel; with ``key``, its answer and reasons."""
    return Page(still_text(question, key=key), still_html(question, key=key))


def one_below_another(pages: Sequence[Page]) -> Page:
    """Return several pages as one."""
    return Page("\n\n".join(page.text for page in pages), "".join(page.html for page in pages))


def notice(text: str) -> Page:
    """Return Markdown as a page."""
    return Page(text, f'<div class="kit-notice"{of_language()}>{block(text)}</div>')


def how_far(at: Standing) -> dict[str, object]:
    """Return what sentences say of how far a learner is: ``done``, ``all``, and ``more``.

    The last tells of the questions for those who have time; it is empty where there are none.
    """
    more = ""
    if at.optional:
        more = message("begin.more", done=at.optional_answered, all=at.optional)
    return {"done": at.answered, "all": at.questions, "more": more}


def errors_as_text(function: Callable[P, T]) -> Callable[P, T | Page]:
    """Show what went wrong as a sentence in the cell's output, never as a traceback."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T | Page:
        try:
            return function(*args, **kwargs)
        except Exception as fault:
            if os.environ.get(STRICT):
                raise
            if isinstance(fault, KitError):
                return notice(str(fault))
            last = traceback.extract_tb(fault.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}, {type(fault).__name__}: {fault}"
            return notice(message("error.unexpected", where=where))

    return wrapped


def display(shown: object, *, raw: bool = False) -> None:
    """Show something before what a call returns.

    Args:
        shown: a page or a widget; or, with ``raw``, a dict of texts by their MIME type.
        raw: whether it is such a dict.

    """
    from IPython.display import display as show  # noqa: PLC0415  (slow; only a notebook needs it)

    show(shown, raw=raw)
