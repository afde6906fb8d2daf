"""What every exercise to hand in must be: mixed, balanced, and not to be won without judgement."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers import COURSE, GRADED, each

from kit.authoring.build import source_path
from kit.course.article import practice_texts, read_text
from kit.questions.base import Question
from kit.questions.items import load_items

each_exercise = each("sheet", GRADED)
PRACTICE = [f"exercise-0{n}" for n in range(1, 8)]


def items_of(sheet) -> list[Question]:
    return list(load_items(COURSE, sheet).values())


def labelled(item: Question, accepts: bool | None) -> dict[str, str]:
    known = [x.id for x in item.labels if x.accepts is accepts] or [item.labels[0].id]
    return {unit.id: known[0] for unit in item.units}


def by_length(item: Question) -> dict[str, str]:
    """Return the answer of somebody who takes the longer half of the statements for the sound."""
    by_accept = {x.accepts: x.id for x in item.labels}
    ranked = sorted(item.units, key=lambda u: -len(u.text))
    half = len(ranked) // 2
    return {u.id: by_accept.get(n < half, item.labels[0].id) for n, u in enumerate(ranked)}


def blindly(choose: Callable, label: Callable) -> Callable[[Question], object]:
    answers = {
        "choose-one": lambda i: choose(i.options).id,
        "choose-many": lambda i: [choose(i.options).id],
        "label": label,
        "order": lambda i: [o.id for o in i.options],
    }
    return lambda item: answers.get(item.kind, lambda _: None)(item)


def text_length(option) -> int:
    return len(option.text)


#: Ways to answer without judging anything.
BLIND = {
    "trusts all": blindly(lambda o: o[0], lambda i: labelled(i, accepts=True)),
    "distrusts all": blindly(lambda o: o[-1], lambda i: labelled(i, accepts=False)),
    "the longest": blindly(lambda o: max(o, key=text_length), by_length),
    "the shortest": blindly(lambda o: min(o, key=text_length), lambda i: labelled(i, None)),
    "ticks all": lambda i: [o.id for o in i.options] if i.kind == "choose-many" else None,
}


def test_each_lesson_but_the_first_has_one():
    assert [sheet.id for sheet in GRADED] == PRACTICE


@each_exercise
def test_it_is_mixed_and_fits_its_time(sheet):
    items = items_of(sheet)
    assert 8 <= len(items) <= 12
    assert len({i.kind for i in items}) >= (4 if sheet.id == "exercise-01" else 5)
    assert sheet.minutes == (50 if sheet.id == "exercise-07" else 30)


@each_exercise
@pytest.mark.parametrize("way", BLIND)
def test_nobody_passes_half_without_judging(sheet, way):
    marked = [i for i in items_of(sheet) if i.marked]
    earned = sum(i.marks * i.credit(BLIND[way](i)) for i in marked)
    assert earned < sum(i.marks for i in marked) / 2


@each_exercise
def test_as_many_statements_are_sound_as_not(sheet):
    sounds = [u.sound for i in items_of(sheet) for u in i.units]
    assert sounds.count(True) == sounds.count(False) >= 4


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
        assert 0.5 * item.words <= len(item.model_answer.split()) <= 1.3 * item.words
        assert len(item.common) >= 3


@each_exercise
def test_ticks_and_labels_have_reasons_for_every_one(sheet):
    for item in items_of(sheet):
        assert [row.id for row in item.rows if not row.reason] == []


def test_the_last_gives_a_whole_text_that_no_lesson_shows():
    page = read_text(source_path(COURSE, GRADED[-1]))
    [name] = [name for name in practice_texts(COURSE) if f'kit.story("{name}")' in page]
    words = len(read_text(COURSE.root / "texts" / f"{name}.txt").split())
    assert 430 <= words <= 570
    for sheet in COURSE.sheets:
        offered = {o.id for i in load_items(COURSE, sheet).values() for o in i.options}
        assert sheet.graded or name not in offered
        assert sheet == GRADED[-1] or f'"{name}"' not in read_text(source_path(COURSE, sheet))
