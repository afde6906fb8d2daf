"""How well somebody's stated chances fit what turned out to be so. Chances are from 0 to 1.

Every measure has an interval that would hold the true value in about 95 of 100 such exercises.

===========  ====================================================================================
brier        the mean of (stated chance - outcome) squared; 0 is best, 0.25 is saying 50 % always
             (Brier 1950, Monthly Weather Review 78, 1-3).
calibration  in each bin of stated chances, the share that was so.
===========  ====================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, stdev

from attrs import field, frozen
from attrs.validators import ge, le

Z = 1.959964  #: of the normal distribution, for 95 %

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
    n: float  #: judgements that it rests on


@frozen
class Bin:
    """The judgements whose stated chance lies within two edges."""

    start: float
    end: float
    stated: float  #: their mean stated chance
    so: Measure  #: the share that was so, with Wilson's interval
    enough: bool  #: at least LEAST_IN_A_BIN


def wilson(share: float, n: float) -> Measure:
    """Return a share from 0 to 1 of ``n`` with its score interval (Wilson 1927, JASA 22, 209-212).

    ``n`` is above 0 and need not be whole: the effective number of a sample in clusters is not.
    """
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return _around(share, middle, half, n)


def _mean(values: Sequence[float]) -> Measure:
    """Return a mean of values from 0 to 1, with an interval that never shrinks to nothing.

    Two values are added at each end before the normal interval is taken, as Agresti & Coull do for
    a share (1998, American Statistician 52, 119-126): ten right answers in a row do not prove that
    the eleventh must be right.
    """
    padded = [*values, 0.0, 0.0, 1.0, 1.0]
    half = Z * stdev(padded) / math.sqrt(len(padded))
    return _around(fmean(values), fmean(padded), half, len(values))


def _around(value: float, middle: float, half: float, n: float) -> Measure:
    """Return an interval that holds its value and stays between 0 and 1."""
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Measure(value, min(value, low), max(value, high), n)


def brier(judgements: Iterable[Judgement]) -> Measure:
    """Return the Brier score of at least one judgement."""
    return _mean([(j.chance - j.so) ** 2 for j in judgements])


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
            share = wilson(sum(j.so for j in here) / len(here), len(here))
            stated = fmean(j.chance for j in here)
            bins.append(Bin(start, end, stated, share, len(here) >= LEAST_IN_A_BIN))
    return tuple(bins)
