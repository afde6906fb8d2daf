"""Reads texts that were marked by hand."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import frozen

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
