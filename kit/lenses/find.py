"""What a lens marks: one candidate in a text, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from attrs import asdict, frozen

Sentence = tuple[int, int]  #: its first code point and the one after its last
Lens = Literal["hedge", "sourcing", "figure", "date"]


@frozen
class Find:
    """One stretch of a text that a lens marks for the reader to judge."""

    start: int  #: in code points from the beginning of the text
    end: int  #: the first code point after it
    text: str  #: what stands there
    lens: Lens
    kind: str  #: within the lens, for example ``modal``
    reason: str  #: the lexicon line or the rule that made it
    source_kind: str = ""  #: of a cue or source: who stands behind it
    refers_to: str = ""  #: the name that a pronoun was taken to stand for
    age_years: float | None = None  #: from the start of what is named to the text's date
    earliest: str = ""  #: of a date: the first day that it can mean, ``YYYY-MM-DD``
    latest: str = ""  #: the last such day
    dated: str = ""  #: of a figure: the date that its sentence gives for it

    def to_json(self) -> dict[str, Any]:
        """Return the find as plain values, without the fields that hold nothing."""
        return {k: v for k, v in asdict(self).items() if v not in ("", None)}


def in_same_sentence(
    finds: Iterable[Find], others: list[Find], sentences: list[Sentence]
) -> Iterator[tuple[Find, list[Find]]]:
    """Yield each find with the first few others of its sentence; all are in the order of the text.

    Eight are enough: a sentence that names more dates ties its figures to none in particular.
    """
    at = low = 0
    for find in finds:
        while at < len(sentences) - 1 and sentences[at][1] <= find.start:
            at += 1
        while low < len(others) and others[low].start < sentences[at][0]:
            low += 1
        yield find, [x for x in others[low : low + 8] if x.start < sentences[at][1]]


def nearest(find: Find, others: list[Find]) -> Find:
    """Return the nearest of some finds."""
    return min(others, key=lambda x: max(find.start - x.end, x.start - find.end))
