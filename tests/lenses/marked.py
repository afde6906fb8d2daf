"""Reads texts that were marked by hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from attrs import frozen

from kit.lenses import Find

HERE = Path(__file__).parent
_MARK = re.compile(r"\{([hcsdf])\|(?:([^|{}]*)\|)?([^|{}]*)\}")
_LENS = {"h": "hedge", "c": "cue", "s": "source", "d": "date", "f": "figure"}


@frozen
class Mark:
    """What a reader marked."""

    start: int
    end: int
    what: str  #: hedge, cue, source, date or figure
    more: str  #: the kind of a source, the age of a date


def invented() -> tuple[str, list[Mark]]:
    """Return the invented text and its marks."""
    lines = (HERE / "invented.txt").read_text(encoding="utf-8").splitlines()
    raw = "\n".join(line for line in lines if not line.startswith("#"))
    text, marks, at = "", [], 0
    for m in _MARK.finditer(raw):
        text += raw[at : m.start()]
        marks.append(Mark(len(text), len(text) + len(m[3]), _LENS[m[1]], m[2] or ""))
        text += m[3]
        at = m.end()
    return text + raw[at:], marks


def on_the_article(text: str) -> list[Mark]:
    """Return the marks on the article under study, given its text, a paragraph a line.

    Raises:
        ValueError: when a mark's words do not stand in its paragraph.

    """
    table = tomllib.loads((HERE / "article_marks.toml").read_text(encoding="utf-8"))
    starts = [m.start() for m in re.finditer(r"^(?=.*\S)", text, re.MULTILINE)]
    marks = []
    for what, rows in table.items():
        for row in rows:
            n, words, which, more = (cell.strip() for cell in row.split("|"))
            edge = r"(?<!\w)" if words[0].isalnum() else ""
            places = re.finditer(rf"{edge}{re.escape(words)}(?!\w)", text[starts[int(n)] :])
            at = starts[int(n)] + list(places)[int(which) - 1].start()
            if "\n" in text[starts[int(n)] : at]:
                raise ValueError(row)
            marks.append(Mark(at, at + len(words), what.removesuffix("s"), more))
    return marks


def what(find: Find) -> str:
    """Return under which heading of the hand-made tables a find stands."""
    return find.kind if find.lens == "sourcing" else find.lens


def score(finds: list[Find], marks: list[Mark], heading: str) -> tuple[float, list[str]]:
    """Return the F1 of the finds under a heading, and what was found or marked alone."""
    ours = [f for f in finds if what(f) == heading]
    theirs = [m for m in marks if m.what == heading]
    meets = [[m for m in theirs if f.start < m.end and m.start < f.end] for f in ours]
    met = [m for m in theirs if any(m in row for row in meets)]
    alone = [f"+{f.text}" for f, row in zip(ours, meets, strict=True) if not row]
    alone += [f"-{m.start}:{m.end}" for m in theirs if m not in met]
    if not ours or not theirs:
        return 0.0, alone
    precision = sum(map(bool, meets)) / len(ours)
    recall = len(met) / len(theirs)
    return 2 * precision * recall / ((precision + recall) or 1), alone
