from __future__ import annotations

from itertools import pairwise

import pytest
from attrs import asdict
from helpers import COURSE

from kit.course.evidence import every_record
from kit.course.messages import KitError
from kit.instruments.readings import bands_of, find_reading, load_bands, load_readings


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
