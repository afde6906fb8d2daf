"""Figures about a class: pure functions of what each learner earned.

Every interval is a 95 per cent interval. With a small class they are wide, and are meant to be.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from statistics import correlation as pearson
from statistics import fmean

from kit.learner.calibration import Measure, Z, wilson

_FEWEST = 4  #: values below which nothing is said about a mean or a correlation
_NO_SPREAD = 1e-6  #: a standard deviation that is but the rounding of floating-point numbers


def t_point(df: int) -> float:
    """Return Student's 97.5 per cent point for ``df`` degrees of freedom, 3 or more.

    Abramowitz & Stegun 1964, 26.7.5, four terms: right to 1 per cent from df = 3 on.
    """
    x = Z
    g1 = (x**3 + x) / 4
    g2 = (5 * x**5 + 16 * x**3 + 3 * x) / 96
    g3 = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384
    g4 = (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160
    return x + g1 / df + g2 / df**2 + g3 / df**3 + g4 / df**4


def mean(values: Sequence[float]) -> float:
    """Return the mean; 0 where there is nothing."""
    if not values:
        return 0.0
    return fmean(values)


def _deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of two values or more, in a tenth of ``statistics``' time."""
    middle = fmean(values)
    return math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1))


def mean_interval(values: Sequence[float]) -> Measure | None:
    """Return the mean with Student's interval (Student 1908).

    None below four values, and where all are alike: then nothing shows how far they vary.
    """
    n = len(values)
    if n < _FEWEST or _deviation(values) < _NO_SPREAD:
        return None
    middle, half = fmean(values), t_point(n - 1) * _deviation(values) / math.sqrt(n)
    return Measure(middle, middle - half, middle + half, n)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> Measure | None:
    """Return Pearson's r with Fisher's interval; None where it cannot be had.

    Where x is 0 or 1 this is the point-biserial correlation. Interval: tanh(atanh r ± z/√(n-3)),
    Fisher 1921, "On the 'Probable Error' of a Coefficient of Correlation", Metron 1.
    """
    n = len(xs)
    if n < _FEWEST or min(_deviation(xs), _deviation(ys)) < _NO_SPREAD:
        return None
    r = pearson(xs, ys)
    middle = math.atanh(max(-0.999999, min(0.999999, r)))
    half = Z / math.sqrt(n - 3)
    return Measure(r, math.tanh(middle - half), math.tanh(middle + half), n)


def clustered(shares: Sequence[float], each: int) -> Measure | None:
    """Return the mean of learners' shares, from 0 to 1, with an interval that heeds the clusters.

    One learner's judgements resemble each other, so a class of 20 with 4 judgements each is less
    than 80 independent ones. Wilson's interval at the effective number (Kish 1965, "Survey
    Sampling"; Korn & Graubard 1998, Survey Methodology 24): n* = p(1-p)/SE², between the number of
    learners and that of judgements.

    Args:
        shares: each learner's share.
        each: how many judgements each learner made.

    """
    if not shares:
        return None
    n = len(shares)
    p = min(1.0, max(0.0, fmean(shares)))
    effective: float = n
    if n > 1 and _deviation(shares) > _NO_SPREAD:
        effective = p * (1 - p) * n / _deviation(shares) ** 2
    return wilson(p, min(max(effective, n), n * each))


def alpha(units: Iterable[Mapping[str, int]], times: Iterable[int] = ()) -> float | None:
    """Return Krippendorff's alpha for nominal labels: 1 full agreement, 0 as by chance.

    Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C:
    1 - (n-1) (n - Σ o_cc) / (n² - Σ n_c²), from how often each unit was given each label.

    Args:
        units: for each unit how many gave it each label; units with fewer than two are left out.
        times: for each unit, how many like it there are; where nothing is said, one.

    Returns:
        Alpha; None where no unit was labelled twice or where only one label was ever used.

    """
    totals: Counter[str] = Counter()
    agreed = 0.0
    for counts, like_it in zip(units, chain(times, repeat(1)), strict=False):
        m = sum(counts.values())
        if m > 1:
            totals.update({label: like_it * c for label, c in counts.items()})
            agreed += like_it * sum(c * (c - 1) for c in counts.values()) / (m - 1)
    n = sum(totals.values())
    expected = n * n - sum(c * c for c in totals.values())
    if not expected:
        return None
    return 1 - (n - 1) * (n - agreed) / expected


def weighted_kappa(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Return two markers' agreement beyond chance, with quadratic weights.

    Cohen 1968, "Weighted kappa", Psychological Bulletin 70: 1 - Σ w·observed / Σ w·expected, with
    w the squared difference of the two marks. Summed over marks instead of a table of levels, so
    halves are fine.

    Args:
        pairs: each answer's two marks.

    Returns:
        Kappa; None where it is not defined: no pairs, or each marker gave one and the same mark.

    """
    rows = list(pairs)
    observed = sum((one - other) ** 2 for one, other in rows)
    # Chance gives each mark of the one marker beside each mark of the other.
    second = Counter(other for _, other in rows)
    expected = 0.0
    for one, _ in rows:
        for other, times in second.items():
            expected += times * (one - other) ** 2
    if not expected:
        return None
    return 1 - observed * len(rows) / expected
