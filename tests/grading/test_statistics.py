"""Each figure against a published example, or against another way to compute it."""

from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.grading.statistics import (
    alpha,
    clustered,
    correlation,
    mean_interval,
    t_point,
    weighted_kappa,
)
from kit.learner.calibration import wilson

# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718)]  # fmt: skip


@pytest.mark.parametrize(("hits", "n", "low", "high"), NEWCOMBE)
def test_wilson_s_interval_is_newcombe_s(hits, n, low, high):
    found = wilson(hits / n, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


# Student's t, 97.5 per cent, as any table gives it.
@pytest.mark.parametrize(
    ("df", "point"), [(3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)]
)
def test_student_s_points_are_those_of_the_tables(df, point):
    assert t_point(df) == pytest.approx(point, rel=0.01 if df < 5 else 0.001)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=4, max_size=40))
def test_the_point_biserial_correlation_is_numpy_s(pairs):
    xs, ys = [float(x) for x, _ in pairs], [y for _, y in pairs]
    found = correlation(xs, ys)
    if np.std(xs) < 1e-3 or np.std(ys) < 1e-3:
        return
    assert found.value == pytest.approx(np.corrcoef(xs, ys)[0, 1], abs=1e-6)
    assert -1 <= found.low <= found.value + 1e-5
    assert found.value - 1e-5 <= found.high <= 1


def test_nineteen_in_twenty_intervals_hold_the_true_correlation():
    """Drawn from two normal variables that correlate 0.5, in classes of 20."""
    lot = random.Random(1)
    held = 0
    for _ in range(1000):
        xs, ys = [], []
        for _ in range(20):
            xs.append(lot.gauss(0, 1))
            ys.append(0.5 * xs[-1] + math.sqrt(0.75) * lot.gauss(0, 1))
        found = correlation(xs, ys)
        held += found.low <= 0.5 <= found.high
    assert held == pytest.approx(950, abs=20)


def test_nineteen_in_twenty_intervals_hold_the_true_mean():
    lot = random.Random(2)
    held = 0
    for _ in range(1000):
        found = mean_interval([lot.gauss(0.3, 0.2) for _ in range(6)])
        held += found.low <= 0.3 <= found.high
    assert held == pytest.approx(950, abs=20)


@pytest.mark.parametrize("mean", [0.5, 0.8])
def test_an_interval_of_clustered_judgements_holds_the_true_share(mean):
    """Learners differ, so that a plain interval over all judgements would be too narrow."""
    lot = random.Random(3)
    held = plain = narrower = 0
    for _ in range(1000):
        shares = []
        for _ in range(25):
            skill = lot.betavariate(2 * mean, 2 * (1 - mean))
            shares.append(sum(lot.random() < skill for _ in range(4)) / 4)
        found, naive = clustered(shares, 4), wilson(sum(shares) / 25, 100)
        held += found.low <= mean <= found.high
        plain += naive.low <= mean <= naive.high
        widest = wilson(found.value, 25)  # as if each learner had judged once
        narrower += found.high - found.low < widest.high - widest.low
    assert held >= 930
    assert narrower > 900
    assert plain < 900


def test_a_small_class_gets_a_wide_interval_and_an_empty_one_none():
    assert clustered([], 4) is None
    found = clustered([1.0] * 6, 4)
    assert found.high == 1.0
    assert found.low == pytest.approx(wilson(1.0, 6).low)


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": B (two observers) and C (four,
# with gaps, below).
TWO = ["aabbdcccedda", "babbbccceddd"]


def by_unit(observers: list[str]) -> list[Counter[str]]:
    return [Counter(x for x in unit if x != "*") for unit in zip(*observers, strict=True)]


def test_alpha_is_krippendorff_s_of_two_observers():
    assert alpha(by_unit(TWO)) == pytest.approx(0.692, abs=5e-4)


def test_alpha_is_krippendorff_s_of_four_observers_with_gaps():
    four = ["123321412***", "1233224125*3", "*3332342251*", "12332441251*"]
    assert alpha(by_unit(four)) == pytest.approx(0.743, abs=5e-4)


def test_alpha_where_it_says_nothing():
    assert alpha([]) is None
    assert alpha([Counter("a"), Counter("b")]) is None
    assert alpha([Counter("aaa"), Counter("aa")]) is None
    assert alpha([Counter("aaa"), Counter("bb")]) == 1


MARKS = st.sampled_from([0.0, 1.0, 1.5, 2.0, 3.0])


@given(st.lists(st.tuples(MARKS, MARKS), min_size=1, max_size=30))
def test_weighted_kappa_is_that_of_the_two_tables(pairs):
    """The textbook way: a table of what was seen, a table of what chance gives, the weights."""
    levels = [0.0, 1.0, 1.5, 2.0, 3.0]
    seen = np.zeros((5, 5))
    for a, b in pairs:
        seen[levels.index(a), levels.index(b)] += 1 / len(pairs)
    chance = np.outer(seen.sum(axis=1), seen.sum(axis=0))
    weights = np.subtract.outer(levels, levels) ** 2
    found = weighted_kappa(pairs)
    if (weights * chance).sum() < 1e-12:
        assert found is None
    else:
        other = 1 - (weights * seen).sum() / (weights * chance).sum()
        assert found == pytest.approx(other, abs=1e-9)


def test_weighted_kappa_at_its_ends():
    assert weighted_kappa([(0, 0), (3, 3), (1, 1)]) == 1
    assert weighted_kappa([(0, 3), (3, 0)]) == -1
    assert weighted_kappa([]) is None
