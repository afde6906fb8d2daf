"""Texts of other systems as Markdown, and the pictures in them as files."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from pathlib import PurePosixPath
from typing import Any

from markdownify import MarkdownConverter

from kit.course.pictures import FOLDER, TYPES

Files = dict[str, bytes]  #: by the name in the folder ``pictures/``

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_DATA = re.compile(r"\]\(data:(?P<type>[\w/+.-]+);base64,(?P<data>[A-Za-z0-9+/=]+)\)")
_BLANKS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class _Converter(MarkdownConverter):
    """HTML as Markdown in one form, its pictures without what Markdown cannot say of them."""

    def convert_img(self, el, _text, parent_tags):  # type: ignore[no-untyped-def]
        words = " ".join(str(el.get("alt") or "").replace("]", ")").replace("[", "(").split())
        return f"![{words}]({''.join(str(el.get('src') or '').split())})"


_CONVERTER = _Converter(heading_style="ATX", bullets="-", escape_misc=False)


def markdown(text: str, form: str = "html") -> str:
    """Return a text as Markdown.

    Its ``form`` is ``html``, ``markdown``, ``plain``, or ``moodle``, which may have HTML in it.
    """
    if form == "markdown" or not text.strip():
        return text.strip()
    if form == "plain" or not _TAG.search(text):
        # A line break within a plain text is one; what Markdown would take for a mark is none.
        plain = re.sub(r"([\\*_`])", r"\\\1", text.strip())
        return _BLANKS.sub("\n\n", plain)
    if form == "moodle":
        text = text.strip().replace("\n", "<br>")
    html = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->", "", text)
    made = _CONVERTER.convert(html).replace("\xa0", " ")
    return _BLANKS.sub("\n\n", re.sub(r"[ \t]+\n", "\n", made)).strip()


def with_files(value: Any, files: Files) -> Any:
    """Return texts, or what is made of texts, with the pictures in them as files.

    Each picture whose bytes are part of a text is added to ``files``.
    """
    if isinstance(value, dict):
        return {name: with_files(part, files) for name, part in value.items()}
    if isinstance(value, list):
        return [with_files(part, files) for part in value]
    if not isinstance(value, str):
        return value

    def keep(match: re.Match[str]) -> str:
        ending = next((end for end, kind in TYPES.items() if kind == match["type"]), "")
        data = decoded(match["data"])
        if not ending or not data:
            return match[0]
        return f"]({FOLDER}/{add_file(files, f'picture{ending}', data)})"

    return _DATA.sub(keep, value)


def decoded(text: str) -> bytes:
    """Return what base64 says; nothing where it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def file_name(name: str) -> str:
    """Return a file's name in letters that every system has, with its ending."""
    path = PurePosixPath(name)
    return slug(path.stem, 60) + path.suffix.lower()


def add_file(files: Files, name: str, data: bytes) -> str:
    """Add a file, and return its name; another of the same name gets a number."""
    wanted = PurePosixPath(file_name(name))
    free, n = str(wanted), 1
    while files.get(free, data) != data:
        n += 1
        free = f"{wanted.stem}-{n}{wanted.suffix}"
    files[free] = data
    return free


def slug(text: str, most: int) -> str:
    """Return a text as a short name in plain letters, digits and hyphens."""
    plain = re.sub(r"<[^<>]*>", " ", text)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-")
    return name or "q"
