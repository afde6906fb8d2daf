"""A question of another system's, before a kind of the kit's own takes it.

Its texts are Markdown already. :meth:`kit.questions.export.Export.take` of a kind's folder makes of
it what an author would have written in ``items/``. What the other system did not say, a reason
mostly, is :data:`TODO`, and ``kit check`` asks for it.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

TODO = "TODO"
Row = dict[str, Any]  # a table of an items file

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@frozen
class Answer:
    """An answer that the other system knows, and what it gives for it."""

    text: str
    share: float = 0.0  #: of the marks, -1 to 1
    reason: str = ""
    low: float | None = None  #: the least and the greatest number that are meant
    high: float | None = None


@frozen(kw_only=True)
class Foreign:
    """A question as Moodle's formats have it; Aiken's and GIFT's are a part of them."""

    kind: str  #: as Moodle's XML calls it, such as ``multichoice``
    name: str = ""
    text: str = ""  #: all that is asked, in as many paragraphs as there are
    section: str = ""  #: of the bank, which Moodle calls a category
    marks: float = 1
    single: bool = True  #: one answer can be chosen
    shuffle: bool = False
    answers: tuple[Answer, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()  #: a thing, or nothing, and its match
    reason: str = ""  #: said to everybody
    model: str = ""
    hints: tuple[str, ...] = ()
    notes: list[str] = field(factory=list)  #: keys of sentences: what is otherwise here


def name_of(n: int) -> str:
    """Return a short id for the ``n``-th part of a question, from 0 on: a, b, … z, a1, b1, …."""
    turn = n // len(_LETTERS)
    letter = _LETTERS[n % len(_LETTERS)]
    return f"{letter}{turn}" if turn else letter


def numbered(texts: list[tuple[str, str]]) -> list[Row]:
    """Return options or statements with ids of their own, from their texts and reasons."""
    rows = []
    for n, (text, reason) in enumerate(texts):
        rows.append({"id": name_of(n), "text": text or TODO, "reason": reason or TODO})
    return rows
