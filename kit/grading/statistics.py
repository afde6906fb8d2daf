"""Figures about a class: pure functions and running sums, so that memory does not grow with it.

Every interval is a 95 per cent interval. With a small class they are wide, and are meant to be.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import define, frozen

Z = 1.959963984540054  #: the normal curve's 97.5 per cent point


@frozen
class Interval:
    """A value that was found, and from where to where the true one may well lie."""

    value: float
    low: float
    high: float


def wilson(share: float, n: float) -> Interval:
    """Return the score interval of a share from 0 to 1 that was found among ``n``.

    Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22.
    ``n`` above 0 need not be whole: see :func:`clustered`.
    """
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


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


@define
class Sums:
    """Running sums of pairs (x, y): means, a mean's interval and a correlation, in one pass."""

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float = 0.0) -> None:
        """Take in one pair."""
        self.n += 1
        self.x += x
        self.y += y
        self.xx += x * x
        self.yy += y * y
        self.xy += x * y

    @property
    def mean(self) -> float:
        """The mean of x; 0 where there is none."""
        return self.x / self.n if self.n else 0.0

    @property
    def error(self) -> float:
        """The standard error of the mean of x."""
        if self.n < 2:
            return math.inf
        return math.sqrt(max(0.0, self.xx - self.x * self.mean) / (self.n - 1) / self.n)

    def mean_interval(self) -> Interval | None:
        """Return the mean of x with Student's interval (Student 1908).

        None below four values, and where all are alike: then nothing shows how far they vary.
        """
        if self.n < 4 or self.error == 0:
            return None
        half = t_point(self.n - 1) * self.error
        return Interval(self.mean, self.mean - half, self.mean + half)

    def correlation(self) -> Interval | None:
        """Return Pearson's r with Fisher's interval; None where it cannot be had.

        Where x is 0 or 1 this is the point-biserial correlation. Interval: tanh(atanh r ±
        z/√(n-3)), Fisher 1921, "On the 'Probable Error' of a Coefficient of Correlation", Metron 1.
        """
        spread = (self.n * self.xx - self.x**2) * (self.n * self.yy - self.y**2)
        if self.n < 4 or spread <= 1e-9:
            return None
        r = (self.n * self.xy - self.x * self.y) / math.sqrt(spread)
        r = max(-1.0, min(1.0, r))
        middle, half = math.atanh(max(-0.999999, min(0.999999, r))), Z / math.sqrt(self.n - 3)
        return Interval(r, math.tanh(middle - half), math.tanh(middle + half))


def clustered(shares: Sums, each: int) -> Interval | None:
    """Return the mean of learners' shares, from 0 to 1, with an interval that minds the clusters.

    One learner's judgements resemble each other, so a class of 20 with 4 judgements each is less
    than 80 independent ones. Wilson's interval at the effective number (Kish 1965, "Survey
    Sampling"; Korn & Graubard 1998, Survey Methodology 24): n* = p(1-p)/SE², between the number of
    learners and that of judgements.

    Args:
        shares: each learner's share, as x.
        each: how many judgements each learner made.

    """
    if shares.n == 0:
        return None
    p, error, fewest = shares.mean, shares.error, float(shares.n)
    between = p * (1 - p) / error**2 if 0 < error < math.inf else fewest
    return wilson(min(1.0, max(0.0, p)), min(max(between, fewest), fewest * each))


def alpha(units: Iterable[Mapping[str, int]]) -> float | None:
    """Return Krippendorff's alpha for nominal labels: 1 full agreement, 0 as by chance.

    Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C:
    1 - (n-1) (n - Σ o_cc) / (n² - Σ n_c²), from how often each unit was given each label.

    Args:
        units: for each unit how many gave it each label; units with fewer than two are left out.

    Returns:
        Alpha; None where no unit was labelled twice or where only one label was ever used.

    """
    totals: Counter[str] = Counter()
    agreed = 0.0
    for counts in units:
        m = sum(counts.values())
        if m > 1:
            totals.update(counts)
            agreed += sum(c * (c - 1) for c in counts.values()) / (m - 1)
    n = sum(totals.values())
    expected = n * n - sum(c * c for c in totals.values())
    return 1 - (n - 1) * (n - agreed) / expected if expected else None


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
    n = len(rows)
    if not n:
        return None
    observed = sum((a - b) ** 2 for a, b in rows) / n
    first, second = Counter(a for a, _ in rows), Counter(b for _, b in rows)
    expected = (
        sum(ca * cb * (a - b) ** 2 for a, ca in first.items() for b, cb in second.items()) / n**2
    )
    return 1 - observed / expected if expected else None
