from __future__ import annotations

from html import unescape

import pytest
from attrs import evolve
from helpers import COURSE, ITEMS, SHOWN, SHOWROOM, both_forms, keep

import kit
from kit.course.evidence import find_record
from kit.instruments.forecasts import forecasts_of, knew_already
from kit.learner import record as record_module
from kit.learner.calibration import Judgement
from kit.learner.record import KeptAnswer, LearnerRecord, keep_answer, record_path
from kit.learner.reveals import Reveal, find_reveal, skip_question

OUTCOME = "looking-back/outcome"
END = find_reveal(SHOWROOM, "afterwards/end")
FORECAST = SHOWN["showroom/forecast"]


def _record(value, *, committed, day=1) -> LearnerRecord:
    at = f"2026-02-{day:02}T10:00:00+00:00"
    kept = KeptAnswer(value=value, wording=FORECAST.fingerprint, at=at, committed=committed)
    return LearnerRecord("01-showroom", "r", {FORECAST.id: kept})


def committed(value, day=1) -> LearnerRecord:
    return _record(value, committed=True, day=day)


def one(*records, skipped="", item=FORECAST):
    [found] = forecasts_of([item], records, skipped)
    return found


def test_only_a_committed_forecast_is_scored():
    assert one(committed(70)).judgement == Judgement(0.7, so=True)
    assert one(committed(0), item=evolve(FORECAST, resolves=False)).judgement == Judgement(
        0, so=False
    )
    assert one().chance is None
    undecided = _record(70, committed=False)
    assert one(undecided).judgement is None
    assert one(committed("nonsense")).judgement is None
    assert one(committed(70), item=evolve(FORECAST, resolves=None)).judgement is None


def test_a_forecast_of_the_past_is_not_scored():
    seen = "2026-02-05T12:00:00+00:00"
    before, after = (one(committed(70, day=d), skipped=seen) for d in (5, 6))
    assert (before.late, after.late) == (False, True)
    assert before.judgement
    assert after.chance == 0.7
    assert after.judgement is None
    assert not one(skipped=seen).late, "nothing was said, so nothing too late"


def test_whether_somebody_knew_is_what_they_said():
    reveal = Reveal("a/b", "T", ("a/c",), "text", knew={"a/know": ("some", "well")})

    def said(value):
        return [
            LearnerRecord("a", "r", {"a/know": KeptAnswer(value, "w", "2026-01-01T00:00:00+00:00")})
        ]

    assert knew_already(reveal, said("well")) is True
    assert knew_already(reveal, said("no")) is False
    assert knew_already(reveal, []) is None
    assert knew_already(END, said("well")) is None, "a reveal that does not ask"


def commit_all(course, chance=70, but=()):
    """Commit a forecast of so much to each of the eight, but for some."""
    for name in find_reveal(course, OUTCOME).needs:
        if name not in but:
            keep(course, name, chance, act="commit")


def skip(course):
    sheet = course.sheet(OUTCOME)
    item = skip_question(find_reveal(course, OUTCOME), "")
    keep_answer(record_path(course, sheet), item, "skip", act="commit")


def test_no_outcome_is_told_before_the_forecasts_are_committed(learner_course):
    needs = find_reveal(learner_course, OUTCOME).needs
    commit_all(learner_course, but=needs[:1])
    keep(learner_course, needs[0], 70)
    said = "".join(both_forms(kit.forecasts(OUTCOME)))
    assert "What happened" in said
    assert "came true" not in said
    assert [
        n for n in needs for r in ITEMS[n].records if find_record(COURSE, r).address in said
    ] == []


def test_forecasts_stand_beside_what_happened_with_their_score(learner_course):
    commit_all(learner_course)
    text, html = both_forms(kit.forecasts(OUTCOME))
    items = [ITEMS[name] for name in find_reveal(COURSE, OUTCOME).needs]
    # Four came true and four did not: (4 × 0.3² + 4 × 0.7²) / 8.
    assert [item.resolves for item in items].count(True) == 4
    assert "Brier score: 0.29" in text
    assert (
        text.count("You said 70 in 100. It came true. Squared distance: (0.70 − 1)² = 0.09.") == 4
    )
    assert text.count("It did not come true. Squared distance: (0.70 − 0)² = 0.49.") == 4
    for item in items:
        assert [
            r for r in item.records if find_record(COURSE, r).address not in unescape(html)
        ] == []
        for record in (find_record(COURSE, r) for r in item.records):
            assert record.whose_page in unescape(html)


@pytest.mark.parametrize(
    ("when", "scored"), [("2026-02-01", "(0.20 − 0)² = 0.04"), ("2099-02-01", "not scored")]
)
def test_a_forecast_that_may_be_left_out_is_told_in_words_and_scored_if_it_was_in_time(
    learner_course, monkeypatch, when, scored
):
    [(name, told)] = find_reveal(COURSE, OUTCOME).also.items()
    commit_all(learner_course)
    assert told not in repr(kit.forecasts(OUTCOME)), "nothing is told of what was left out"
    monkeypatch.setattr(record_module, "now", lambda: f"{when}T10:00:00+00:00")
    keep(learner_course, name, 20, act="commit")
    text = repr(kit.forecasts(OUTCOME))
    assert told in text
    assert scored in text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("no", "hardly knew"),
        ("well", "knew already"),
        ("some", "knew already"),
        (None, "did not say"),
    ],
)
def test_who_knew_the_end_is_told_what_the_score_is_worth(learner_course, said, told):
    if said:
        keep(learner_course, "start-here/know", said)
    commit_all(learner_course)
    for form in both_forms(kit.forecasts(OUTCOME)):
        assert told in form


def test_a_forecast_made_after_the_outcome_was_seen_is_not_scored(learner_course, monkeypatch):
    needs = find_reveal(learner_course, OUTCOME).needs
    monkeypatch.setattr(record_module, "now", lambda: "2026-02-01T10:00:00+00:00")
    keep(learner_course, needs[0], 100, act="commit")
    monkeypatch.setattr(record_module, "now", lambda: "2026-02-02T10:00:00+00:00")
    skip(learner_course)
    assert "Forecasts in this mean: 1." in repr(kit.forecasts(OUTCOME))
    monkeypatch.setattr(record_module, "now", lambda: "2026-02-03T10:00:00+00:00")
    commit_all(learner_course, 100, but=needs[:1])
    text = repr(kit.forecasts(OUTCOME))
    assert "Forecasts in this mean: 1." in text
    assert "Brier score: 0.00" in text
    assert text.count("not scored") == 7


def test_who_skipped_without_a_forecast_sees_the_outcome_and_no_score(learner_course):
    skip(learner_course)
    text, html = both_forms(kit.forecasts(OUTCOME))
    assert text.count("You committed no number.") == 8
    assert "nothing to score" in text
    assert "Brier" not in html
