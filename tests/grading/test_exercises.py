"""What every exercise to hand in must be: mixed, balanced, and markable by a reader.

That none can be won without judgement: test_blind.
"""

from __future__ import annotations

from helpers import COURSE, EXERCISES, each

from kit.authoring.build import source_path
from kit.course.article import practice_texts, read_text
from kit.questions.bank import load_questions
from kit.questions.base import Question

each_exercise = each("sheet", EXERCISES)
PRACTICE = [f"exercise-0{n}" for n in range(1, 8)]


def items_of(sheet) -> list[Question]:
    return list(load_questions(COURSE, sheet).values())


def test_each_lesson_but_the_first_has_one():
    assert [sheet.id for sheet in EXERCISES] == PRACTICE


@each_exercise
def test_it_is_mixed_and_fits_its_time(sheet):
    items = items_of(sheet)
    assert 8 <= len(items) <= 12
    assert len({i.kind for i in items}) >= (4 if sheet.id == "exercise-01" else 5)
    assert sheet.minutes == (50 if sheet.id == "exercise-07" else 40)


def more_sound(sheet) -> int:
    """Return how many more statements of an exercise are sound than not; below 0 if fewer."""
    sounds = [u.sound for i in items_of(sheet) for u in i.units]
    return sounds.count(True) - sounds.count(False)


@each_exercise
def test_about_as_many_statements_are_sound_as_not(sheet):
    """Trust alone and distrust alone earn little; an exact half could be counted off."""
    sounds = [u.sound for i in items_of(sheet) for u in i.units]
    assert min(sounds.count(True), sounds.count(False)) >= 3
    assert abs(more_sound(sheet)) <= 2


def test_over_the_course_as_many_statements_are_sound_as_not():
    assert sum(more_sound(sheet) for sheet in EXERCISES) == 0


def test_an_exact_half_is_the_exception():
    exact = [sheet.id for sheet in EXERCISES if more_sound(sheet) == 0]
    assert len(exact) <= 2


@each_exercise
def test_its_writing_can_be_marked_and_talked_about(sheet):
    written = [i for i in items_of(sheet) if i.kind == "write"]
    assert written
    for item in written:
        assert 3 <= len(item.rubric) <= 4
        for criterion in item.rubric:
            points = [level.points for level in criterion.levels]
            assert points == sorted(points)
            assert points[0] == 0
            assert all(level.anchor for level in criterion.levels)
        assert any(c.id == "defends" for c in item.rubric), "a sound claim is defended"
        assert item.look_for
        assert f"about {item.words} words" in item.prompt
        assert 0.5 * item.words <= len(item.model_answer.split()) <= item.words
        assert len(item.common) >= 3


@each_exercise
def test_ticks_and_labels_have_reasons_for_every_one(sheet):
    for item in items_of(sheet):
        assert [row.id for row in item.rows if not row.reason] == []


def test_the_last_gives_a_whole_text_that_no_lesson_shows():
    page = read_text(source_path(COURSE, EXERCISES[-1]))
    [name] = [name for name in practice_texts(COURSE) if f'kit.story("{name}")' in page]
    words = len(read_text(COURSE.root / "texts" / f"{name}.txt").split())
    assert 430 <= words <= 570
    for sheet in COURSE.sheets:
        offered = {o.id for i in load_questions(COURSE, sheet).values() for o in i.options}
        assert sheet.graded or name not in offered
        assert sheet == EXERCISES[-1] or f'"{name}"' not in read_text(source_path(COURSE, sheet))
