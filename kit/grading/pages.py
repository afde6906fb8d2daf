"""Pages to open in a browser and to print: one file, no script, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kit.course.course import Course
from kit.course.html import inline, template
from kit.course.pictures import in_words

_HERE = Path(__file__).parent


@cache
def _style() -> dict[str, Markup]:
    """Return the pages' style, and the policy that lets it apply and nothing else.

    A course's pictures and sounds have their bytes in the page, and nothing is fetched for them.
    """
    css = (_HERE / "pages.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = "default-src 'none'; img-src data:; media-src data:; style-src 'sha256-{}'; "
    policy += "base-uri 'none'; form-action 'none'"
    # No script, no form, nothing from anywhere but the page itself.
    return {"css": Markup(css), "policy": Markup(policy).format(digest)}  # noqa: S704  (our own)


def page(name: str, /, course: Course, **values: Any) -> bytes:
    """Fill in the template ``name`` beside this file, as UTF-8; every value is escaped.

    Lone surrogates, which UTF-8 cannot hold, become question marks.
    """
    text = template(_HERE / name, course=course, **_style(), **values)
    return text.encode("utf-8", "replace")


def shortened(text: str, most: int) -> str:
    """Return a text cut after a word, with … behind it, where it has more than ``most`` letters."""
    if len(text) <= most:
        return text
    words = text[:most].rpartition(" ")[0]
    return f"{(words or text[:most]).rstrip('.,;: ')}…"


@lru_cache(maxsize=1024)  # a class's pages ask for the same ones each time
def in_short(authored: str, most: int = 90) -> str:
    """Return authored Markdown as plain text, shortened."""
    return shortened(Markup(inline(in_words(authored))).striptags(), most)  # noqa: S704  (raw HTML is off)
