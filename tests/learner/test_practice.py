from __future__ import annotations

from attrs import evolve
from helpers import COURSE, ITEMS, SHOWN, SHOWROOM

from kit.learner.calibration import Judgement
from kit.learner.practice import (
    STATEMENTS,
    again,
    confidence_judgements,
    draw,
    earlier,
    just_asked,
    last_try,
)
from kit.learner.record import KeptAnswer, LearnerRecord, standing
from kit.questions.bank import load_questions

ONE, MANY, LABEL, NUMBER, ORDER = (
    SHOWN[f"showroom/{n}"] for n in ("one", "many", "label", "number", "order")
)
MARKED = [ONE, MANY, LABEL, NUMBER, ORDER]


def entry(item, *checks, day=1, **changes) -> KeptAnswer:
    value = checks[-1] if checks else item.key
    at = f"2026-02-{day:02}T10:00:00+00:00"
    return evolve(
        KeptAnswer(value=value, wording=item.fingerprint, at=at, checks=checks), **changes
    )


def record(**entries: KeptAnswer) -> LearnerRecord:
    return LearnerRecord("01-showroom", "r", {f"showroom/{name}": e for name, e in entries.items()})


def right(item, **changes) -> KeptAnswer:
    return entry(item, item.key, **changes)


def drawn(*records, seed="s", count=3) -> list[str]:
    return [i.id.partition("/")[2] for i in draw(SHOWN.values(), records, seed, count)]


def test_what_was_got_wrong_comes_first():
    held = record(
        one=right(ONE, day=1), many=entry(MANY, ["no-bird"], day=9), number=right(NUMBER, day=2)
    )
    assert drawn(held) == ["many", "one", "number"]


def test_a_right_answer_after_a_wrong_one_still_counts_as_got_wrong():
    held = record(one=entry(ONE, "bird", "holt", day=9), number=right(NUMBER, day=1))
    assert drawn(held, count=1) == ["one"]


def test_an_answer_that_was_shown_is_not_one_that_was_known():
    held = record(one=right(ONE, day=9, shown=True), number=right(NUMBER, day=1))
    assert drawn(held, count=1) == ["one"]


def test_of_two_alike_the_one_longest_unseen_comes_first():
    held = record(one=right(ONE, day=3), many=right(MANY, day=1), number=right(NUMBER, day=2))
    assert drawn(held) == ["many", "number", "one"]


def test_the_lot_settles_the_rest_the_same_way_for_the_same_seed():
    held = record(**{i.id.partition("/")[2]: right(i) for i in MARKED})
    assert drawn(held, seed="a") == drawn(held, seed="a")
    assert len({tuple(drawn(held, seed=f"{n}")) for n in range(20)}) > 1


def test_nothing_is_drawn_that_was_never_checked_locks_or_is_not_marked():
    forecast, text = SHOWN["showroom/forecast"], SHOWN["showroom/write"]
    held = record(
        one=entry(ONE, day=1),
        forecast=entry(forecast, 70, committed=True),
        write=entry(text, "text"),
    )
    assert drawn(held) == []
    assert drawn() == []


def test_a_warm_up_that_went_well_puts_a_question_behind_the_others():
    held = record(one=entry(ONE, "bird", day=1), number=entry(NUMBER, 5, day=2))
    assert drawn(held) == ["one", "number"]
    later = LearnerRecord("02", "r2", {"afterwards/again/showroom/one": right(ONE, day=5)})
    assert drawn(held, later) == ["number", "one"]
    last, _ = last_try(ONE, [held, later])
    assert last.at.startswith("2026-02-05")


def test_a_question_asked_again_is_a_question_of_the_later_lesson():
    sheet = SHOWROOM.sheets[1]
    once_more = again(sheet, ONE)
    assert once_more.id == "afterwards/again/showroom/one"
    assert SHOWROOM.sheet(once_more.id) == sheet
    assert once_more.fingerprint == ONE.fingerprint
    assert once_more.options == ONE.options


LONG = next(item for item in ITEMS.values() if len(item.units) > STATEMENTS)


def test_of_a_question_with_many_statements_three_are_asked_again():
    sheets = COURSE.sheets[-3:]
    asked = [again(sheet, LONG) for sheet in sheets]
    assert asked == [again(sheet, LONG) for sheet in sheets], "the same in each lesson"
    assert len({question.units for question in asked}) > 1, "others in another lesson"
    for question in asked:
        kept = [unit for unit in LONG.units if unit in question.units]
        assert list(question.units) == kept, "in their order"
        assert len(kept) == STATEMENTS
        assert question.credit(question.key) == 1
        assert question.fingerprint != LONG.fingerprint


def test_who_was_right_about_the_three_was_right():
    short = again(COURSE.sheets[-1], LONG)
    record_of_it = LearnerRecord("07", "r", {short.id: right(short, first_sure=80.0)})
    assert confidence_judgements({LONG.id: LONG}, [record_of_it]) == [Judgement(0.8, so=True)]
    entry_of_it, as_asked = last_try(LONG, [record_of_it])
    assert as_asked.units == short.units
    assert entry_of_it.right_at_first(as_asked)


def test_a_long_question_that_an_earlier_kit_asked_whole_is_judged_whole():
    name = again(COURSE.sheets[-1], LONG).id
    whole = LearnerRecord("07", "r", {name: right(LONG, first_sure=80.0)})
    assert confidence_judgements({LONG.id: LONG}, [whole]) == [Judgement(0.8, so=True)]


def test_what_the_lesson_before_warmed_up_with_is_known_from_its_record():
    first, second, third = [sheet for sheet in COURSE.sheets if not sheet.graded][:3]
    records = [
        LearnerRecord(first.id, "a", warm_ups=("x",)),
        LearnerRecord(second.id, "b", warm_ups=("y", "z")),
        LearnerRecord(third.id, "c", warm_ups=("own",)),
    ]
    assert just_asked(COURSE, third, records) == ("y", "z")
    assert just_asked(COURSE, third, records[:1]) == ("x",), "a lesson may have been left out"
    assert just_asked(COURSE, first, records) == ()


def test_earlier_questions_are_those_of_the_lessons_before_and_of_no_exercise():
    assert earlier(SHOWROOM, SHOWROOM.sheets[0]) == []
    assert earlier(SHOWROOM, SHOWROOM.sheets[1]) == list(SHOWN.values())
    graded = next(s for s in COURSE.sheets if s.graded)
    ids = {i.id for i in earlier(COURSE, COURSE.sheets[-1])}
    assert ids.isdisjoint(load_questions(COURSE, graded))


def test_standing_counts_what_is_answered_and_what_was_right_first_time():
    held = record(
        one=entry(ONE, "bird", "holt"), many=right(MANY), label=entry(LABEL, {"wheel": "named"})
    )
    at = standing(SHOWN, held)
    assert (at.answered, at.questions) == (2, len(SHOWN)), "a label is missing"
    assert (at.right_first, at.checked) == (1, 3)


def test_questions_for_those_who_have_time_are_counted_apart():
    questions = {**SHOWN, MANY.id: evolve(MANY, optional=True)}
    at = standing(questions, record(one=right(ONE), many=right(MANY)))
    assert (at.answered, at.questions) == (1, len(SHOWN) - 1)
    assert (at.optional_answered, at.optional) == (1, 1)
    assert standing(questions, record(many=right(MANY))).begun


def test_how_sure_pairs_the_confidence_at_the_first_check_with_how_it_went():
    sure = entry(ONE, "bird", "holt", sure=60.0, first_sure=90.0)
    assert confidence_judgements(SHOWN, [record(one=sure, many=right(MANY))]) == [
        Judgement(0.9, so=False)
    ]
    knew = right(ONE, sure=100.0, first_sure=100.0)
    later = LearnerRecord("02", "r2", {"afterwards/again/showroom/one": knew})
    assert confidence_judgements(SHOWN, [record(one=right(ONE)), later]) == [
        Judgement(1.0, so=True)
    ]
    unchecked = entry(ONE, sure=80.0)
    assert confidence_judgements(SHOWN, [record(one=unchecked)]) == []
