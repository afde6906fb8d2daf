"""What a lens marks: one candidate in a text, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from kit.lenses.words import Words

Lens = Literal["hedge", "sourcing", "figure", "date"]


class Find(NamedTuple):
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
        return {k: v for k, v in self._asdict().items() if v not in ("", None)}


def by_sentence(finds: Iterable[Find], words: Words) -> dict[int, list[Find]]:
    """Return the finds of each sentence that has some, in the order of the text."""
    found: dict[int, list[Find]] = {}
    for find in finds:
        found.setdefault(words.sentence_at(find.start), []).append(find)
    return found


def nearest(start: int, end: int, others: list[Find]) -> Find:
    """Return the find of a sentence that is nearest to a place in it.

    The first eight are enough: a sentence that names more dates ties its figures to none of them
    in particular, and may be as long as a book.
    """
    return min(others[:8], key=lambda x: max(start - x.end, x.start - end))
