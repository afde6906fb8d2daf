"""What is asked about people who were killed can be left out without losing anything."""

from __future__ import annotations

import re

from helpers import COURSE, GRADED, ITEMS, each

from kit.authoring.build import asked, source_path
from kit.questions.bank import load_questions
from kit.questions.base import Question

LESSON = COURSE.sheet("05-who-counted")
PRACTICE = sorted((COURSE.root / "texts").glob("*.txt"))
ABOUT = "**About the dead.**"
PEOPLE = [i for i in ITEMS.values() if i.passage.startswith(ABOUT)]


def test_the_lesson_asks_about_the_dead_and_says_so_first():
    text = source_path(COURSE, LESSON).read_text(encoding="utf-8")
    assert len(PEOPLE) == 2
    assert text.index("**Before you begin.**") < text.index("```python")


@each("item", PEOPLE)
def test_each_has_an_invented_twin_of_the_same_form_key_and_marks_before_it(item):
    twin = ITEMS[item.id.replace("-people", "-storm")]
    assert "Invented case" in twin.passage
    assert (twin.kind, twin.marks, twin.tries) == (item.kind, item.marks, item.tries)
    assert [o.id for o in twin.options] == [o.id for o in item.options]
    assert twin.key == item.key
    ids = asked(source_path(COURSE, LESSON).read_text(encoding="utf-8"))
    assert ids.index(twin.id) + 1 == ids.index(item.id)


@each("item", PEOPLE)
def test_nothing_about_the_dead_is_slid_guessed_or_bet_on(item):
    assert item.kind in ("choose-one", "choose-many")
    assert not getattr(item, "confidence", False)


@each("path", PRACTICE)
def test_no_practice_text_is_about_deaths(path):
    text = path.read_text(encoding="utf-8").casefold()
    assert not any(word in text for word in ("dead", "death", "died", "killed", "injured"))


@each("sheet", GRADED)
def test_no_exercise_asks_about_people_who_were_killed(sheet):
    """So that nobody loses marks by leaving out what is too near."""
    items = load_questions(COURSE, sheet).values()
    asked = "\n".join([source_path(COURSE, sheet).read_text("utf-8"), *map(asked_text, items)])
    found = re.findall(r"\b(dead|deaths?|died|killed|killings?|injured|bodies)\b", asked, re.I)
    assert found == []


def asked_text(item: Question) -> str:
    rows = [row.text for row in (*item.rows, *item.labels, *item.rubric)]
    return "\n".join([item.passage, item.prompt, *rows])
