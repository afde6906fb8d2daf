"""A hand-in as one text to paste into any form, and found again in what a form makes of it.

The text is ``kit-seal``, a digest, the sealed answers packed into letters and digits, ``kit-end``.
Forms break lines anew, wrap a text into HTML and turn two hyphens into a dash: all that is undone.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import textwrap
import zlib
from html.parser import HTMLParser

from kit.course.messages import KitError, message
from kit.learner import submission

KINDS = (".txt", ".html", ".htm", ".csv")  #: endings of files that a paste may be in
_FIRST, _LAST = "kit-seal", "kit-end"
_DIGITS = 16  #: of the digest
_WIDTH = 72
_BEGUN = re.compile(rf"{_FIRST}(?:[\s=]*[0-9a-f]){{{_DIGITS}}}")  #: in a notebook, words follow it
_PASTE = re.compile(rf"{_FIRST}(?P<body>[\w\s=-]{{,200000}}?){_LAST}", re.ASCII)
#: What programs for writing make of hyphens and blanks, and what it was.
_TURNED = str.maketrans({"—": "--", "–": "--", "‑": "-", "−": "-", "\xa0": " ", "\u200b": None})


def to_paste(sealed: submission.Seal) -> str:
    """Return a seal as a text to paste, in lines of 72 characters; some 2,000 characters."""
    packed = zlib.compress(submission.to_json(sealed).encode("ascii"), 9)
    letters = base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
    lines = textwrap.wrap(letters, _WIDTH, break_on_hyphens=False)
    return "\n".join([f"{_FIRST} {_digest(letters)}", *lines, _LAST])


def _digest(letters: str) -> str:
    return hashlib.sha256(letters.encode("ascii")).hexdigest()[:_DIGITS]


def texts_in(name: str, data: bytes) -> dict[str, str]:
    """Return the texts of a file in which somebody has pasted a hand-in, by what to call each.

    Args:
        name: the file's name; its ending says how to read it.
        data: what is in it. Of a table (``.csv``) each row is another learner's.

    """
    text = submission.decoded(data, "replace")
    if not name.lower().endswith(".csv"):
        if name.lower().endswith((".html", ".htm")):
            text = _without_markup(text)
        return {name: text} if _BEGUN.search(text) else {}
    found = {}
    try:
        # Spreadsheets in much of Europe put ';' between columns, and a tab with UTF-16.
        head = re.sub('"[^"]*"', "", text.partition("\n")[0])
        delimiter = max(",;\t", key=head.count)
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
        ):
            for cell in row:
                if _BEGUN.search(cell):
                    found[f"{name}/{number}"] = cell
    except csv.Error:
        pass  # what was read before it counts; the rest is no table
    return found


def unpack(text: str) -> bytes:
    """Return the hand-in, as JSON, that is pasted in a text; of several the last.

    Raises:
        KitError: when it is cut short or changed.

    """
    found = [match["body"] for match in _PASTE.finditer(text.translate(_TURNED))]
    if not found:
        raise KitError(message("handin.cut"))
    body = re.sub(r"[\s=]+", "", found[-1])
    digest, letters = body[:_DIGITS], body[_DIGITS:]
    if digest != _digest(letters):
        raise KitError(message("handin.cut"))
    try:
        packed = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, submission.LARGEST_FILE)
    except (ValueError, zlib.error):
        raise KitError(message("handin.cut")) from None
    if unpacker.unconsumed_tail:  # it would be larger than any hand-in
        raise KitError(message("handin.cut"))
    return data


class _Text(HTMLParser):
    """The text of a page; a tag is a blank."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep a piece of text."""
        self.parts.append(data)

    def handle_starttag(self, *_: object) -> None:
        """Keep apart what stands before and after a tag."""
        self.parts.append(" ")


def _without_markup(page: str) -> str:
    parser = _Text()
    parser.feed(page)
    parser.close()
    return "".join(parser.parts)
