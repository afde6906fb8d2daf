from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from attrs import asdict
from helpers import COURSE
from hypothesis import assume, given
from hypothesis import strategies as st

from kit.belief import (
    LEAST_EACH,
    LEAST_IN_A_BIN,
    LEAST_TO_CALIBRATE,
    Judgement,
    auc_error,
    bands_of,
    bias,
    brier,
    calibration,
    discrimination,
    find_reading,
    load_bands,
    load_readings,
    report,
    report_text,
    wilson,
)
from kit.facts import every_record
from kit.messages import KitError

CHANCES = st.floats(0, 1).map(lambda x: round(x, 3))
JUDGEMENTS = st.lists(st.builds(Judgement, CHANCES, st.booleans()), min_size=1, max_size=40)


def judged(sound: list[float], unsound: list[float]) -> list[Judgement]:
    return [Judgement(c, True) for c in sound] + [Judgement(c, False) for c in unsound]


def learner(says, n: int, seed: int = 1) -> list[Judgement]:
    """Return n sound and n unsound statements as judged by a simulated learner."""
    rng = random.Random(seed)
    return [Judgement(says(so, rng), so) for so in (True, False) for _ in range(n)]


LEARNERS = {
    "distrusts": lambda so, rng: 0.05,
    "trusts": lambda so, rng: 0.95,
    "guesses": lambda so, rng: rng.random(),
    "knows": lambda so, rng: rng.uniform(0.8, 1) if so else rng.uniform(0, 0.2),
}


# --- Against published figures -------------------------------------------------------------------

# Hanley & McNeil 1982, table I: ratings 1 to 5 of 58 normal and 51 abnormal CT images.
CT = judged(
    [r / 5 for r, n in enumerate((3, 2, 2, 11, 33), 1) for _ in range(n)],
    [r / 5 for r, n in enumerate((33, 6, 6, 11, 2), 1) for _ in range(n)],
)


def test_the_area_and_its_error_are_those_of_hanley_and_mcneil():
    found = discrimination(CT)
    assert found.value == pytest.approx(0.893, abs=5e-4)
    assert auc_error(0.893, 51, 58) == pytest.approx(0.032, abs=1e-3)


def test_the_area_with_a_tie_is_that_of_the_manual_of_statpsych():
    # Its example of ci.mann; one 19 stands in both groups and counts half.
    one = [9.4, 10.3, 58.3, 106.0, 31.0, 46.2, 12.0, 19.0, 135.0, 159.0]
    other = [14.6, 5.1, 8.1, 22.7, 6.4, 4.4, 19.0, 3.2]
    scaled = judged([x / 200 for x in one], [x / 200 for x in other])
    assert discrimination(scaled).value == pytest.approx(0.86875)


def test_area_and_brier_score_are_those_of_the_manual_of_scikit_learn():
    assert discrimination(judged([0.35, 0.8], [0.1, 0.4])).value == pytest.approx(0.75)
    assert brier(judged([0.9, 0.8], [0.1, 0.3])).value == pytest.approx(0.0375)


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
    found = wilson(hits, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=2e-5), pytest.approx(high, abs=2e-5))


def test_the_interval_of_a_mean_of_noughts_and_ones_is_that_of_agresti_and_coull():
    # Two of each are added: 8 + 2 of 10 + 4. The spread is that of a sample, as they are numbers.
    found = brier(judged([0.0] * 8 + [1.0] * 2, []))
    share, n = 10 / 14, 14
    half = 1.959964 * math.sqrt(share * (1 - share) / (n - 1))
    assert found.value == pytest.approx(0.8)
    assert (found.low, found.high) == pytest.approx((share - half, share + half))


def test_the_interval_of_an_area_ends_where_its_own_error_reaches_the_area():
    found = discrimination(CT)
    for end in (found.low, found.high):
        distance = abs(found.value - end) / auc_error(end, 54.5, 54.5, 51 * 58)
        assert distance == pytest.approx(1.959964, abs=1e-6)


# --- What always holds ---------------------------------------------------------------------------


@given(JUDGEMENTS)
def test_every_interval_holds_its_value_and_stays_in_range(js):
    found = [(brier(js), 0), (bias(js), -1)]
    found += [(m, 0) for m in [discrimination(js)] if m]
    found += [(b.so, 0) for b in calibration(js)]
    for measure, lowest in found:
        assert lowest <= measure.low <= measure.value <= measure.high <= 1
        assert measure.low < measure.high


@given(JUDGEMENTS, st.sampled_from([lambda x: x**2, math.sqrt, lambda x: x / 2, math.sin]))
def test_discrimination_sees_only_the_order(js, rising):
    again = [Judgement(rising(j.chance), j.so) for j in js]
    assert discrimination(js) == discrimination(again)


@given(JUDGEMENTS)
def test_discrimination_turns_about_when_the_answers_do(js):
    found = discrimination(js)
    assume(found)
    swapped = discrimination([Judgement(j.chance, not j.so) for j in js])
    assert swapped.value == pytest.approx(1 - found.value)
    assert (swapped.low, swapped.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-9)


@given(JUDGEMENTS)
def test_the_area_is_won_pairs_and_half_the_ties(js):
    yes, no = ([j.chance for j in js if j.so is so] for so in (True, False))
    assume(yes and no)
    pairs = [(y > n) + 0.5 * (y == n) for y in yes for n in no]
    assert discrimination(js).value == pytest.approx(sum(pairs) / len(pairs))


@given(CHANCES, st.integers(1, 30), st.integers(1, 30))
def test_one_number_for_everything_tells_nothing_apart(chance, sound, unsound):
    found = discrimination(judged([chance] * sound, [chance] * unsound))
    assert found.value == 0.5


@given(JUDGEMENTS)
def test_every_judgement_is_in_one_bin(js):
    bins = calibration(js)
    assert sum(b.so.n for b in bins) == len(js)
    for b in bins:
        assert b.start <= b.stated <= b.end
        assert b.enough == (b.so.n >= LEAST_IN_A_BIN)


def test_without_both_kinds_there_is_no_discrimination():
    for js in (judged([0.9, 0.2], []), judged([], [0.9])):
        assert discrimination(js) is None
        assert "coin" not in report_text(COURSE, report(COURSE, js))


@pytest.mark.parametrize("chance", [-0.01, 1.01, math.nan])
def test_a_chance_is_between_0_and_1(chance):
    with pytest.raises(ValueError, match="chance"):
        Judgement(chance, True)


# --- Simulated learners --------------------------------------------------------------------------


def test_blanket_judges_and_guessers_do_no_better_than_a_coin():
    for name in ("distrusts", "trusts", "guesses"):
        for seed in range(5):
            found = discrimination(learner(LEARNERS[name], LEAST_EACH, seed))
            assert found.low < 0.5 < found.high, (name, seed)


def test_their_biases_are_told_apart():
    for seed in range(5):
        found = {k: bias(learner(f, LEAST_EACH, seed)) for k, f in LEARNERS.items()}
        assert found["distrusts"].high < 0 < found["trusts"].low
        assert found["guesses"].low < 0 < found["guesses"].high


def test_one_who_knows_comes_out_near_one_and_without_a_leaning():
    js = learner(LEARNERS["knows"], LEAST_EACH)
    found = discrimination(js)
    assert found.value == 1.0
    assert 0.85 < found.low < 1
    assert bias(js).low < 0 < bias(js).high
    assert brier(js).value < 0.05


def test_the_report_says_who_is_who():
    said = {k: report_text(COURSE, report(COURSE, learner(f, 20))) for k, f in LEARNERS.items()}
    assert "too distrustful" in said["distrusts"]
    assert "too trusting" in said["trusts"]
    assert all("A coin could do this" in said[k] for k in ("distrusts", "trusts", "guesses"))
    assert "better than a coin" in said["knows"]
    assert not any("Too few" in text for text in said.values())


def test_four_and_four_are_too_few_and_no_verdict_is_given():
    for says in LEARNERS.values():
        found = report(COURSE, learner(says, 4))
        text = report_text(COURSE, found)
        assert not found.enough
        assert text.startswith("Too few")
        assert "4 sound and 4 unsound" in text
        assert not any(w in text for w in ("distrustful", "trusting", "better", "could do this"))


@pytest.mark.parametrize(("sound", "unsound", "enough"), [(20, 20, True), (20, 19, False)])
def test_enough_is_twenty_of_each(sound, unsound, enough):
    assert report(COURSE, judged([0.9] * sound, [0.2] * unsound)).enough is enough


def test_why_twenty():
    wide, narrow = (discrimination(judged([0.5] * n, [0.5] * n)) for n in (4, LEAST_EACH))
    assert (round(wide.low, 2), round(wide.high, 2)) == (0.18, 0.82)
    assert (round(narrow.low, 2), round(narrow.high, 2)) == (0.33, 0.67)


def test_why_ten_in_a_bin():
    assert wilson(5, LEAST_IN_A_BIN).high < 0.9 <= wilson(5, LEAST_IN_A_BIN).high + 0.15
    assert LEAST_TO_CALIBRATE == 3 * LEAST_IN_A_BIN


def test_nothing_judged_is_told():
    with pytest.raises(KitError, match="no judgement"):
        report(COURSE, [])


def normal(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def test_about_95_of_100_intervals_hold_the_truth():
    rng = random.Random(20)
    apart = 1.0  # the two kinds are a standard deviation apart
    truth, held = normal(apart / math.sqrt(2)), 0
    for _ in range(300):
        js = judged(
            [normal(rng.gauss(apart, 1)) for _ in range(20)],
            [normal(rng.gauss(0, 1)) for _ in range(20)],
        )
        found = discrimination(js)
        held += found.low <= truth <= found.high
    assert 0.91 <= held / 300 <= 0.99


def test_a_calibrated_learner_lies_on_the_line():
    rng = random.Random(5)
    right = [0, 0]
    for _ in range(60):
        js = [Judgement(c, rng.random() < c) for c in (rng.random() for _ in range(100))]
        for b in calibration(js):
            if b.enough:
                right[b.so.low <= b.stated <= b.so.high] += 1
    assert right[True] / sum(right) > 0.9


# --- Words for chances ---------------------------------------------------------------------------


def test_might_is_read_as_the_evidence_says():
    for word in ("might", "Might Happen", "MIGHT HAPPEN"):
        found = asdict(find_reading(COURSE, word))
        assert [found[n] for n in ("people", "p5", "q1", "median", "q3", "p95")] == [
            5174, 10, 25, 40, 50, 66,
        ]  # fmt: skip


def test_there_are_nineteen_phrases_in_order_and_none_is_found_twice():
    readings = load_readings(COURSE)
    assert len(readings) == 19
    assert [find_reading(COURSE, r.phrase) for r in readings] == list(readings)
    for r in readings:
        assert 0 <= r.p5 <= r.q1 <= r.median <= r.q3 <= r.p95 <= 100


@pytest.mark.parametrize("word", ["might", "may", "could"])
def test_no_scale_gives_might_may_or_could_a_number(word):
    assert bands_of(COURSE, word) == ()
    assert not any(word in b.phrase.split() for b in load_bands(COURSE))


@pytest.mark.parametrize(
    ("scale", "phrase", "band"),
    [
        ("ICD 203", "likely", (55, 80)),
        ("ICD 203", "remote", (1, 5)),
        ("PHIA", "realistic possibility", (40, 50)),
        ("NATO", "unlikely", (10, 40)),
        ("IPCC AR5", "likely", (66, 100)),
        ("Kent 1964", "about even", (40, 60)),
        ("Kent 1964", "probable", (63, 87)),
    ],
)
def test_bands(scale, phrase, band):
    found = {b.scale: (b.low, b.high) for b in bands_of(COURSE, phrase)}
    assert found[scale] == band


def test_the_bands_of_a_scale_cover_it_in_order():
    scales = {b.scale for b in load_bands(COURSE)}
    assert scales == {"ICD 203", "PHIA", "NATO", "IPCC AR5", "Kent 1964"}
    for name in scales:
        pairs = sorted({(b.low, b.high) for b in load_bands(COURSE) if b.scale == name})
        assert all(0 <= low < high <= 100 for low, high in pairs)
        assert len(pairs) >= 5
        if name not in ("IPCC AR5",):  # whose terms hold each other
            assert all(a[1] <= b[0] for a, b in pairwise(pairs)), name


def test_an_unknown_phrase_is_told_with_those_there_are():
    with pytest.raises(KitError, match="Might Happen"):
        find_reading(COURSE, "peradventure")


def test_every_figure_points_at_its_record():
    pointed = {r.record for r in load_readings(COURSE)} | {b.record for b in load_bands(COURSE)}
    assert pointed == {"capphrase", "icd-203", "phia", "nato-scale", "ipcc-ar5", "kent-1964"}
    assert pointed <= every_record(COURSE).keys()
