from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.learner.calibration import (
    LEAST_IN_A_BIN,
    LEAST_TO_CALIBRATE,
    Judgement,
    brier,
    calibration,
    wilson,
)

CHANCES = st.floats(0, 1).map(lambda x: round(x, 3))


JUDGEMENTS = st.lists(st.builds(Judgement, CHANCES, st.booleans()), min_size=1, max_size=40)


def judged(sound: list[float], unsound: list[float]) -> list[Judgement]:
    return [Judgement(c, True) for c in sound] + [Judgement(c, False) for c in unsound]


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # published test cases for the formula with z = 1.96
        (0, 1, 0.0, 0.79346),
        (1, 11, 0.01623, 0.37736),
        (10, 100, 0.05523, 0.17437),
        (25, 100, 0.17545, 0.34305),
        (50, 100, 0.40383, 0.59617),
        (100, 100, 0.96301, 1.0),
    ],
)
def test_wilsons_interval(hits, n, low, high):
    found = wilson(hits / n, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=2e-5), pytest.approx(high, abs=2e-5))


def test_the_interval_of_a_mean_of_noughts_and_ones_is_that_of_agresti_and_coull():
    # Two of each are added: 8 + 2 of 10 + 4. The spread is that of a sample, as they are numbers.
    found = brier(judged([0.0] * 8 + [1.0] * 2, []))
    share, n = 10 / 14, 14
    half = 1.959964 * math.sqrt(share * (1 - share) / (n - 1))
    assert found.value == pytest.approx(0.8)
    assert (found.low, found.high) == pytest.approx((share - half, share + half))


@given(JUDGEMENTS)
def test_every_judgement_is_in_one_bin(js):
    bins = calibration(js)
    assert sum(b.so.n for b in bins) == len(js)
    for b in bins:
        assert b.start <= b.stated <= b.end
        assert b.enough == (b.so.n >= LEAST_IN_A_BIN)


@pytest.mark.parametrize("chance", [-0.01, 1.01, math.nan])
def test_a_chance_is_between_0_and_1(chance):
    with pytest.raises(ValueError, match="chance"):
        Judgement(chance, True)


def test_why_ten_in_a_bin():
    assert wilson(0.5, LEAST_IN_A_BIN).high < 0.9 <= wilson(0.5, LEAST_IN_A_BIN).high + 0.15
    assert LEAST_TO_CALIBRATE == 3 * LEAST_IN_A_BIN


def normal(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def test_a_calibrated_learner_lies_on_the_line():
    rng = random.Random(5)
    right = [0, 0]
    for _ in range(60):
        js = [Judgement(c, rng.random() < c) for c in (rng.random() for _ in range(100))]
        for b in calibration(js):
            if b.enough:
                right[b.so.low <= b.stated <= b.so.high] += 1
    assert right[True] / sum(right) > 0.9


def test_the_brier_score_is_that_of_the_manual_of_scikit_learn():
    assert brier(judged([0.9, 0.8], [0.1, 0.3])).value == pytest.approx(0.0375)


@given(JUDGEMENTS)
def test_every_interval_holds_its_value_and_stays_in_range(js):
    for measure in [brier(js), *(b.so for b in calibration(js))]:
        assert 0 <= measure.low <= measure.value <= measure.high <= 1
        assert measure.low < measure.high
