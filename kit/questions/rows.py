"""How options and statements are shown: beside an answer, and on a page that needs no kernel.

A kind says of each of its rows what is to be seen; how that is written is said here and in
:class:`kit.questions.base.Question`, once for all kinds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from kit.course.html import inline, plain
from kit.questions.parts import Row


@frozen(kw_only=True)
class AnsweredRow:
    """An option or a statement beside an answer: what the learner made of it, what a check says."""

    row: Row
    yours: bool  #: the learner chose it, or gave it something
    given: str = ""  #: what the learner gave it, in words
    right: bool
    mark: str = ""  #: where it can be more than ✓ and ✗
    tag: str  #: what the key says of it, in short
    reason: str  #: Markdown
    explained: bool = True  #: the marked page shows tag and reason too, as a lesson does

    def said(self) -> dict[str, Any]:
        """Return what a check says beside it, for the page."""
        said = {"right": self.right, "tag": self.tag, "reason": inline(self.reason)}
        if self.mark:
            said["mark"] = self.mark
        return said


@frozen
class StillRow:
    """An option or a statement as it is where no kernel draws it."""

    row: Row
    box: str  #: before it, in plain text
    bullet: str = ""  #: before it in HTML, in a list that makes no marks of its own
    paragraph: int | None = None  #: said behind it, in HTML
    right: bool = False  #: the key chooses it
    answer: str = ""  #: what the key gives it


def row_lines(rows: Iterable[StillRow], *, key: bool) -> list[str]:
    """Return rows as lines of plain text; with ``key``, the reason of each below it."""
    lines = []
    for shown in rows:
        lines.append(f"  {shown.box} {plain(shown.row.text)}")
        if key and shown.row.reason:
            lines.append(f"      {plain(shown.row.reason)}")
    return lines


def row_list(rows: Iterable[StillRow], tag: str = "ul", *, key: bool) -> str:
    """Return rows as a list in HTML, ``ul`` or ``ol``; nothing where there are none."""
    opening, items = f"<{tag}>", []
    for shown in rows:
        item = inline(shown.row.text)
        if key and shown.right:
            item = f"<strong>{item}</strong>"
        if shown.bullet:
            opening = f'<{tag} style="list-style:none;padding-inline-start:.5em">'
            item = f"{shown.bullet} {item}"
        if shown.paragraph is not None:
            item += f" <small>(¶{shown.paragraph})</small>"
        if key:
            item += _key_html(shown)
        items.append(f"<li>{item}</li>\n")
    if not items:
        return ""
    return f"{opening}\n{''.join(items)}</{tag}>"


def _key_html(shown: StillRow) -> str:
    said = []
    if shown.answer:
        said.append(f"<strong>{inline(shown.answer)}</strong>.")
    if shown.row.reason:
        said.append(f"<em>{inline(shown.row.reason)}</em>")
    return f"<br>{' '.join(said)}" if said else ""
