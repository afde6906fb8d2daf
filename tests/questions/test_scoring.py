from __future__ import annotations

import itertools
from functools import reduce

import pytest
from attrs import evolve
from helpers import ITEMS, a_question, each, of_kind, with_keys
from hypothesis import given
from hypothesis import strategies as st

from kit.questions.base import Question
from kit.questions.number import ExpectedError
from kit.questions.parts import Label, Option, Statement, TwoCounts

MARKED = [item for item in ITEMS.values() if item.marked and item.has_key]
JUDGED = [i for i in ITEMS.values() if any(u.sound is not None for u in i.units)]


def any_answer(item: Question) -> st.SearchStrategy:
    ids = [o.id for o in item.options]
    if item.kind == "choose-one":
        return st.sampled_from([None, *ids])
    if item.kind == "choose-many":
        return st.lists(st.sampled_from(ids), unique=True)
    if item.kind == "number":
        return st.none() | st.floats(-1e6, 1e6)
    if item.kind == "order":
        return st.none() | st.permutations(ids)
    units = st.sampled_from([u.id for u in item.units])
    return st.dictionaries(units, st.sampled_from([x.id for x in item.labels]))


@st.composite
def choices(draw, kind: str) -> Question:
    """Return a made-up item with at least one right option."""
    rights = draw(st.lists(st.booleans(), min_size=2, max_size=7).filter(any))
    if kind == "choose-one":
        rights = [n == rights.index(True) for n in range(len(rights))]
    options = [Option(f"o{n}", "text", right) for n, right in enumerate(rights)]
    if kind == "choose-many":  # those that the key leaves open stand anywhere among them
        for n in range(draw(st.integers(0, 2))):
            options.insert(draw(st.integers(0, len(options))), Option(f"e{n}", "text", either=True))
    return a_question("t/x", kind, "?", options=tuple(options))


@st.composite
def labelled(draw) -> Question:
    """Return a made-up item of units, half of it judged sound or not."""
    labels = (Label("yes", "Y", True), Label("no", "N", False), Label("other", "O"))
    sounds = draw(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=8))
    units = tuple(
        Statement(f"u{n}", "text", right=("yes",) if sound else ("no", "other"), sound=sound)
        for n, sound in enumerate(sounds)
    )
    return a_question("t/x", "label", "?", units=units, labels=labels)


@st.composite
def numbers(draw) -> Question:
    """Return a made-up question for a number, by tolerance or by range, with slips."""
    low, high = sorted([draw(st.floats(-1e6, 1e6)), draw(st.floats(-1e6, 1e6))])
    ends = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted)
    shares = st.floats(0, 1)
    slips = draw(st.lists(st.tuples(ends, shares), max_size=3))
    made = tuple(ExpectedError(a, b, "why", share) for (a, b), share in slips)
    if draw(st.booleans()):
        return a_question("t/x", "number", "?", low=low, high=high, slips=made)
    return a_question("t/x", "number", "?", answer=low, tolerance=high - low, slips=made)


@st.composite
def orders(draw) -> Question:
    """Return made-up things to put in order."""
    ids = [f"o{n}" for n in range(draw(st.integers(2, 6)))]
    sequence = tuple(draw(st.permutations(ids)))
    return a_question(
        "t/x", "order", "?", options=tuple(Option(i, i) for i in ids), sequence=sequence
    )


def wrong_in(item: Question) -> list[str]:
    return [o.id for o in item.options if not o.right and not o.either]


made_up = choices("choose-one") | choices("choose-many") | labelled() | numbers() | orders()


def blanket(item: Question, accepts: bool) -> dict[str, str]:
    """Return the answer of somebody who accepts, or rejects, every statement."""
    label = next(x.id for x in item.labels if x.accepts is accepts)
    return {u.id: label for u in item.units}


@each("item", MARKED)
def test_on_each_question_of_the_course_the_key_gives_one_and_silence_nothing(item):
    assert item.credit(item.key) == 1
    assert item.credit(item.accept(None)) == 0
    assert item.credit([] if item.kind == "choose-many" else {}) == 0


@given(made_up)
def test_the_key_gives_one_and_silence_nothing(item):
    assert item.credit(item.key) == 1
    assert item.credit(None) == 0


@given(made_up.flatmap(lambda i: st.tuples(st.just(i), any_answer(i))))
def test_credit_stays_between_nothing_and_one(pair):
    item, value = pair
    earned = item.credit(item.accept(value))
    assert 0 <= earned <= 1


@given(choices("choose-many").filter(wrong_in))
def test_ticking_everything_earns_nothing(item):
    assert item.credit([o.id for o in item.options]) == 0


@each("item", of_kind("choose-many", marked=True))
def test_ticking_everything_in_the_course_earns_nothing(item):
    assert item.credit([o.id for o in item.options]) == 0


@given(choices("choose-many").filter(wrong_in))
def test_random_ticks_balance_out_before_the_floor(item):
    """Over all ways to tick, the share of right ticks equals that of wrong ones."""
    ids = [o.id for o in item.options]
    right, wrong = {o.id for o in item.options if o.right}, set(wrong_in(item))
    ways = [set(w) for n in range(len(ids) + 1) for w in itertools.combinations(ids, n)]
    raw = [len(w & right) / len(right) - len(w & wrong) / len(wrong) for w in ways]
    assert sum(raw) == pytest.approx(0)
    earned = [item.credit([i for i in ids if i in w]) for w in ways]
    assert earned == pytest.approx([max(0, r) for r in raw])


@given(choices("choose-many").flatmap(lambda i: st.tuples(st.just(i), any_answer(i))))
def test_one_more_wrong_tick_never_helps_and_one_more_right_tick_never_harms(pair):
    item, ticked = pair
    for option in item.options:
        if option.id in ticked:
            continue
        change = item.credit([*ticked, option.id]) - item.credit(ticked)
        if option.either:
            assert change == 0
        else:
            assert change >= 0 if option.right else change <= 0


@given(choices("choose-one"))
def test_choosing_at_random_earns_chance(item):
    earned = [item.credit(o.id) for o in item.options]
    assert sum(earned) == 1


def test_a_second_best_option_earns_what_the_key_says():
    options = (Option("a", "A", True), Option("b", "B", credit=0.5), Option("c", "C"))
    item = a_question("t/x", "choose-one", "?", options=options)
    assert [item.credit(o.id) for o in options] == [1, 0.5, 0]


@given(labelled().flatmap(lambda i: st.tuples(st.just(i), any_answer(i))))
def test_labels_earn_the_share_that_the_key_accepts(pair):
    item, given_labels = pair
    right = [u for u in item.units if given_labels.get(u.id) in u.right]
    assert item.credit(given_labels) == len(right) / len(item.units)


def test_every_label_that_the_key_accepts_counts():
    item = next(i for i in of_kind("label") if any(len(u.right) > 1 for u in i.units))
    second = {u.id: u.right[-1] for u in item.units}
    assert item.credit(second) == 1


@pytest.mark.parametrize("kind", ["probability", "write"])
def test_a_program_does_not_judge_forecasts_and_writing(kind):
    for item in of_kind(kind):
        assert item.credit(50 if kind == "probability" else "text") is None


def test_a_survey_and_a_question_without_key_earn_none():
    survey = next(i for i in ITEMS.values() if i.survey)
    assert survey.credit(survey.options[0].id) is None
    keyless = evolve(of_kind("choose-one", marked=True)[0], options=())
    assert keyless.credit(None) is None


@given(orders().flatmap(lambda i: st.tuples(st.just(i), st.permutations(i.sequence))))
def test_an_order_earns_what_is_left_of_kendalls_tau_above_nothing(pair):
    item, given_order = pair
    places = {name: n for n, name in enumerate(given_order)}
    signs = [
        1 if places[a] < places[b] else -1 for a, b in itertools.combinations(item.sequence, 2)
    ]
    assert item.credit(list(given_order)) == pytest.approx(max(0, sum(signs) / len(signs)))


@given(orders())
def test_the_order_upside_down_earns_nothing_and_one_swap_costs_a_little(item):
    assert item.credit(list(reversed(item.sequence))) == 0
    first, second, *rest = item.sequence
    pairs = len(item.sequence) * (len(item.sequence) - 1) / 2
    assert item.credit([second, first, *rest]) == pytest.approx(max(0, 1 - 2 / pairs))


def test_over_all_orders_the_credit_balances_out_before_the_floor():
    item = a_question(
        "t/x", "order", "?", options=tuple(Option(c, c) for c in "abcd"), sequence=tuple("abcd")
    )
    hits = [item.pairs_in_order(list(p)) for p in itertools.permutations("abcd")]
    assert sum(2 * h / n - 1 for h, n in hits) == pytest.approx(0)


def test_a_number_is_right_up_to_both_ends_of_its_range():
    item = a_question("t/x", "number", "?", answer=16.5, tolerance=0.1)
    assert [item.credit(x) for x in (16.4, 16.6, 16.39, 16.61)] == [1, 1, 0, 0]
    exact = evolve(item, tolerance=0.0)
    assert [exact.credit(x) for x in (16.5, 16.500001)] == [1, 0]
    assert evolve(item, answer=0.3, tolerance=0.0).credit(0.1 + 0.2) == 1


def test_a_known_slip_earns_its_share_and_is_explained():
    slips = (
        ExpectedError(1.6, 1.7, "That is in millions.", 0.5),
        ExpectedError(0, 5, "Too small."),
    )
    item = a_question("t/x", "number", "?", answer=16.5, tolerance=0.1, slips=slips)
    assert (item.credit(1.65), item.expected_error(1.65)) == (0.5, slips[0])
    assert (item.credit(4), item.expected_error(4)) == (0, slips[1])
    assert item.expected_error(900) is None
    overlapping = evolve(item, slips=(ExpectedError(0, 100, "r", 0.25),))
    assert (overlapping.credit(16.5), overlapping.expected_error(16.5)) == (1, None)


@given(labelled())
def test_blanket_trust_and_blanket_distrust_each_win_one_count_and_lose_the_other(item):
    trust, distrust = (item.two_counts(blanket(item, a)) for a in (True, False))
    assert (trust.sound_accepted, trust.unsound_rejected) == (trust.sound, 0)
    assert (distrust.sound_accepted, distrust.unsound_rejected) == (0, distrust.unsound)


@given(labelled().flatmap(lambda i: st.tuples(st.just(i), any_answer(i))))
def test_counts_never_exceed_what_there_was_to_judge(pair):
    item, value = pair
    counts = item.two_counts(value)
    assert 0 <= counts.sound_accepted <= counts.sound
    assert 0 <= counts.unsound_rejected <= counts.unsound
    assert counts.sound == sum(u.sound is True for u in item.units)
    assert counts.unsound == sum(u.sound is False for u in item.units)


def test_silence_is_neither_trust_nor_distrust():
    for item in JUDGED:
        counts = item.two_counts(None)
        assert (counts.sound_accepted, counts.unsound_rejected) == (0, 0)


@each("item", [item for item in JUDGED if len(item.units) > 1])
def test_in_the_course_neither_trust_nor_distrust_earns_much(item):
    """Not exactly half in each question, for a half can be counted off; test_exercises adds up."""
    trust, distrust = item.credit(blanket(item, True)), item.credit(blanket(item, False))
    assert trust + distrust == pytest.approx(1)
    assert max(trust, distrust) < 2 / 3


@each("item", JUDGED)
def test_a_sound_statement_is_one_that_the_key_accepts(item):
    accepts = {x.id: x.accepts for x in item.labels}
    for unit in item.units:
        assert {accepts[x] for x in unit.right} == {unit.sound}


@with_keys
def test_the_course_judges_something():
    assert {i.id.partition("/")[0] for i in JUDGED} >= {"who-says-so", "exercise-01"}


def test_counts_add_up():
    parts = [TwoCounts(1, 2, 3, 4), TwoCounts(10, 20, 30, 40)]
    assert reduce(TwoCounts.__add__, parts) == TwoCounts(11, 22, 33, 44)


def test_a_statement_without_a_label_is_not_called_wrong_before_all_is_shown():
    for item in of_kind("label", marked=True):
        first, *others = [u.id for u in item.units]
        answer = {first: item.labels[0].id}
        assert list(item.feedback(answer, whole=False)["parts"]) == [first]
        assert list(item.feedback(answer, whole=True)["parts"]) == [first, *others]


def test_shares_count_each_label_as_given_and_as_keyed():
    for item in of_kind("label", marked=True):
        one = item.labels[0].id
        rows = item.label_counts({u.id: one for u in item.units})
        assert [text for text, _, _ in rows] == [x.text for x in item.labels]
        assert [n for _, n, _ in rows] == [len(item.units)] + [0] * (len(item.labels) - 1)
        assert sum(keyed for _, _, keyed in rows) == len(item.units)
        assert sum(n for _, n, _ in item.label_counts(None)) == 0
