"""What a call in a notebook shows: a page that reads as HTML and as text, never a traceback."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from attrs import frozen

from kit.course.html import block
from kit.course.messages import KitError, message

P = ParamSpec("P")
T = TypeVar("T")
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


def notice(text: str) -> Page:
    """Return Markdown as a page."""
    return Page(text, f'<div class="kit-notice">{block(text)}</div>')


def in_sentences(function: Callable[P, T]) -> Callable[P, T | Page]:
    """Show what went wrong as a sentence in the cell's output, never as a traceback."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T | Page:
        try:
            return function(*args, **kwargs)
        except KitError as fault:
            if os.environ.get(STRICT):
                raise
            return notice(str(fault))
        except Exception as fault:
            if os.environ.get(STRICT):
                raise
            last = traceback.extract_tb(fault.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}, {type(fault).__name__}: {fault}"
            return notice(message("error.unexpected", where=where))

    return wrapped


def display_raw(bundle: dict[str, str]) -> None:
    """Show something before what a call returns, in each form by its MIME type."""
    from IPython.display import display  # noqa: PLC0415  (slow, and only a notebook needs it)

    display(bundle, raw=True)
