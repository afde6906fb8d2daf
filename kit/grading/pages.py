"""Pages to open in a browser and to print: one file, no script, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from kit.course import Course

_HERE = Path(__file__).parent


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_HERE)
    env = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    css = (_HERE / "pages.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    env.globals |= {
        "css": Markup(css),  # noqa: S704  (our own file)
        # Only this style may apply: no script, no picture, no form, nothing from anywhere.
        "policy": Markup(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
        ).format(digest),
    }
    return env


def fragment(name: str, /, course: Course, **values: Any) -> Markup:
    """Fill in the template ``name`` beside this file; every value is escaped."""
    filled = _templates().get_template(name).render(say=course.say, course=course, **values)
    return Markup(filled)  # noqa: S704  (the template has escaped what it took in)


def page(name: str, /, course: Course, **values: Any) -> bytes:
    """Fill in a whole page, as UTF-8.

    Lone surrogates, which UTF-8 cannot hold, become question marks.
    """
    return fragment(name, course, **values).encode("utf-8", "replace")
