"""Words for chances, and how well somebody's stated chances fit what turned out to be so.

What thousands of people read in a phrase and what official scales mean by it stand in the course's
``evidence/series/``: ``capphrase.csv`` and ``word-scales.csv``. Chances are from 0 to 1 here.

Telling sound from unsound (discrimination) and leaning to trust or distrust (bias) are two things:
somebody who rejects everything has the bias of a cynic and the discrimination of a coin. Every
measure has an interval that would hold the true value in about 95 of 100 such exercises.

==============  =================================================================================
brier           the mean of (stated chance - outcome) squared; 0 is best, 0.25 is saying 50 %
                always (Brier 1950, Monthly Weather Review 78, 1-3).
bias            the mean stated chance less the share that was so; above 0 is trust.
discrimination  the chance that a sound statement got the higher number than an unsound one, ties
                half: the area under the ROC curve, Mann-Whitney's U over mn (Hanley & McNeil
                1982, Radiology 143, 29-36).
calibration     in each bin of stated chances, the share that was so.
==============  =================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from statistics import fmean, stdev

from attrs import field, frozen
from attrs.validators import ge, le

from kit.course import Course, read_table
from kit.messages import KitError

Z = 1.959964  #: of the normal distribution, for 95 %

#: Sound and unsound statements each, below which discrimination says nothing: with 20 and 20 the
#: interval around 'no better than a coin' is 0.33 to 0.67; with 4 and 4 it is 0.17 to 0.83.
LEAST_EACH = 20
#: Answers in a bin below which its share is not drawn: with 10, the interval around one half, 0.24
#: to 0.76, just tells 'as good as a coin' from a stated 90 %.
LEAST_IN_A_BIN = 10
#: Answers below which calibration is not shown at all: three such bins, the fewest with a shape.
LEAST_TO_CALIBRATE = 3 * LEAST_IN_A_BIN


@frozen
class Judgement:
    """How likely somebody called something, and whether it was so."""

    chance: float = field(
        validator=[ge(0.0), le(1.0)]
    )  #: 0 to 1: that the statement is sound, or that one's answer is right
    so: bool


@frozen
class Measure:
    """A number and the interval around it."""

    value: float
    low: float
    high: float
    n: int  #: judgements that it rests on


@frozen
class Bin:
    """The judgements whose stated chance lies within two edges."""

    start: float
    end: float
    stated: float  #: their mean stated chance
    so: Measure  #: the share that was so, with Wilson's interval
    enough: bool  #: at least LEAST_IN_A_BIN


@frozen
class Report:
    """The measures of one learner or of a class, and whether they say anything."""

    sound: int
    unsound: int
    brier: Measure
    bias: Measure
    discrimination: Measure | None  #: None where one of the two kinds is missing

    @property
    def enough(self) -> bool:
        """Whether there are enough of both kinds to tell skill from luck."""
        return min(self.sound, self.unsound) >= LEAST_EACH


def wilson(hits: int, n: int) -> Measure:
    """Return the share ``hits / n`` with its score interval (Wilson 1927, JASA 22, 209-212)."""
    share = hits / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return _around(share, middle, half, n)


def _mean(values: Sequence[float], lowest: float = 0.0) -> Measure:
    """Return a mean of values from ``lowest`` to 1, with an interval that never shrinks to nothing.

    Two values are added at each end before the normal interval is taken, as Agresti & Coull do for
    a share (1998, American Statistician 52, 119-126): ten right answers in a row do not prove that
    the eleventh must be right.
    """
    padded = [*values, lowest, lowest, 1.0, 1.0]
    half = Z * stdev(padded) / math.sqrt(len(padded))
    return _around(fmean(values), fmean(padded), half, len(values), lowest)


def _around(value: float, middle: float, half: float, n: int, lowest: float = 0.0) -> Measure:
    """Return an interval that holds its value and stays between ``lowest`` and 1."""
    low, high = max(lowest, middle - half), min(1.0, middle + half)
    return Measure(value, min(value, low), max(value, high), n)


def brier(judgements: Iterable[Judgement]) -> Measure:
    """Return the Brier score of at least one judgement."""
    return _mean([(j.chance - j.so) ** 2 for j in judgements])


def bias(judgements: Iterable[Judgement]) -> Measure:
    """Return the mean stated chance less the share that was so, from -1 (distrust) to 1 (trust)."""
    return _mean([j.chance - j.so for j in judgements], lowest=-1.0)


def discrimination(judgements: Iterable[Judgement]) -> Measure | None:
    """Return how well the stated chances tell what was so from what was not; 0.5 is a coin.

    None where everything was so, or nothing. The interval is Newcombe's (2006, Statistics in
    Medicine 25, 559-573, method 5): all values whose own Hanley-McNeil error reaches the one that
    was found. It stays within 0 and 1, and does not shrink to nothing at the ends.
    """
    every = list(judgements)
    yes = [j.chance for j in every if j.so]
    no = [j.chance for j in every if not j.so]
    if not yes or not no:
        return None
    wins = sum((y > n) + (y == n) / 2 for y in yes for n in no)
    area = wins / (len(yes) * len(no))

    def reaches(true: float) -> bool:
        middling = (len(yes) + len(no)) / 2
        return abs(area - true) <= Z * auc_error(true, middling, middling, len(yes) * len(no))

    low, high = _edge(reaches, area, 0.0), _edge(reaches, area, 1.0)
    return Measure(area, low, high, len(every))


def auc_error(area: float, yes: float, no: float, pairs: float | None = None) -> float:
    """Return the standard error of an area under the ROC curve (Hanley & McNeil 1982).

    Args:
        area: the area, 0 to 1.
        yes: how many were so.
        no: how many were not.
        pairs: ``yes`` times ``no``, if both are given as their mean.

    """
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    squares = area * (1 - area) + (yes - 1) * (q1 - area**2) + (no - 1) * (q2 - area**2)
    return math.sqrt(max(0.0, squares) / (pairs or yes * no))


def _edge(reaches: Callable[[float], bool], inside: float, bound: float) -> float:
    """Return the value between ``inside`` and ``bound`` up to which ``reaches`` holds."""
    if reaches(bound):
        return bound
    outside = bound
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if reaches(middle) else (inside, middle)
    return inside


def calibration(
    judgements: Iterable[Judgement], edges: Sequence[float] = (0, 0.2, 0.4, 0.6, 0.8, 1)
) -> tuple[Bin, ...]:
    """Return the judgements by their stated chance, in bins that hold any.

    Args:
        judgements: for confidence in one's own answers, ``so`` says whether the answer was right.
        edges: of the bins, rising from 0 to 1; a chance on an edge goes into the higher bin.

    """
    every = list(judgements)
    bins = []
    for start, end in pairwise(edges):
        here = [j for j in every if start <= j.chance < end or j.chance == end == edges[-1]]
        if here:
            share = wilson(sum(j.so for j in here), len(here))
            stated = fmean(j.chance for j in here)
            bins.append(Bin(start, end, stated, share, len(here) >= LEAST_IN_A_BIN))
    return tuple(bins)


def report(course: Course, judgements: Iterable[Judgement]) -> Report:
    """Return all measures of the judgements, of at least one.

    Raises:
        KitError: when there are none.

    """
    every = list(judgements)
    if not every:
        raise KitError(course.say("belief.nothing"))
    sound = sum(j.so for j in every)
    return Report(sound, len(every) - sound, brier(every), bias(every), discrimination(every))


def report_text(course: Course, found: Report) -> str:
    """Say what a report means, a sentence for each measure; and where it is too few, so."""
    lines = []
    if not found.enough:
        lines.append(
            course.say("belief.too_few", sound=found.sound, unsound=found.unsound, least=LEAST_EACH)
        )
    if found.discrimination is not None:
        word = _word(found.discrimination, 0.5, ("worse", "coin", "better"))
        lines.append(_said(course, "discrimination", found.discrimination, word, found.enough))
    word = _word(found.bias, 0.0, ("distrust", "even", "trust"))
    lines.append(_said(course, "bias", found.bias, word, found.enough))
    lines.append(_said(course, "brier", found.brier))
    return "\n".join(lines)


def _word(measure: Measure, level: float, words: tuple[str, str, str]) -> str:
    """Return the word for an interval below a level, around it, or above it."""
    return words[0] if measure.high < level else words[2] if measure.low > level else words[1]


def _said(course: Course, name: str, measure: Measure, word: str = "", enough: bool = False) -> str:
    """Return a measure as a sentence; what it means is added only where there are enough."""
    numbers = {n: f"{getattr(measure, n):z.2f}" for n in ("value", "low", "high")}
    said = course.say(f"belief.{name}", **numbers)
    return f"{said} {course.say(f'belief.{word}')}" if enough else said


# --- Words for chances ---------------------------------------------------------------------------

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
    known = ", ".join(r.phrase for r in readings)
    raise KitError(course.say("belief.no_phrase", phrase=phrase, known=known))


def bands_of(course: Course, phrase: str) -> tuple[Band, ...]:
    """Return what each official scale that has ``phrase`` means by it; often none has."""
    return tuple(b for b in load_bands(course) if _bare(b.phrase) == _bare(phrase))


def _bare(phrase: str) -> str:
    words = phrase.casefold().split()
    return " ".join(w for w in words if w not in ("happen", "chances"))
