"""What thousands of people read in a phrase as a chance, and what official scales mean by it.

Both are in the course's ``evidence/series/``: ``capphrase.csv`` and ``word-scales.csv``. Chances
are in per cent here.
"""

from __future__ import annotations

from functools import cache

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.course.toml import read_table

_FOLDER = "evidence/series"


@frozen
class Reading:
    """How many people read a phrase as which chance, in percent."""

    record: str
    phrase: str
    people: int
    p5: float  #: one in twenty said less
    q1: float  #: a quarter said less
    median: float
    q3: float
    p95: float


@frozen
class Band:
    """What an official scale means by a phrase, in percent."""

    record: str
    scale: str
    phrase: str
    low: float
    high: float


@cache
def load_readings(course: Course) -> tuple[Reading, ...]:
    """Return how people read each phrase, from ``evidence/series/capphrase.csv``."""
    return read_table(course.root / _FOLDER / "capphrase.csv", Reading)


@cache
def load_bands(course: Course) -> tuple[Band, ...]:
    """Return the bands of the official scales, from ``evidence/series/word-scales.csv``."""
    return read_table(course.root / _FOLDER / "word-scales.csv", Band)


def find_reading(course: Course, phrase: str) -> Reading:
    """Return how people read ``phrase``; capitals and a 'happen' at its end do not matter.

    Raises:
        KitError: when nobody was asked about it; the message lists the phrases there are.

    """
    readings = load_readings(course)
    for reading in readings:
        if _bare(reading.phrase) == _bare(phrase):
            return reading
    known = ", ".join(reading.phrase for reading in readings)
    raise KitError(message("belief.no_phrase", phrase=phrase, known=known))


def bands_of(course: Course, phrase: str) -> tuple[Band, ...]:
    """Return what each official scale that has ``phrase`` means by it; often none has."""
    wanted = _bare(phrase)
    return tuple(band for band in load_bands(course) if _bare(band.phrase) == wanted)


def _bare(phrase: str) -> str:
    words = phrase.casefold().split()
    return " ".join(word for word in words if word not in ("happen", "chances"))
