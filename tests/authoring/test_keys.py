"""What is a key: one table says it, and what is not in it is one."""

from __future__ import annotations

import json

import pytest
from attrs import fields
from helpers import COURSE, GRADED, PROJECT, with_keys
from markdown_it import MarkdownIt

from kit.authoring import keys
from kit.authoring.keys import public_fields, tables
from kit.course.course import load_course

#: What each table keeps from learners. A field that is added must be named here or there.
KEPT = {
    "item": {
        *("answer", "tolerance", "low", "high", "slips", "sequence"),
        *("reason", "model_answer", "look_for", "common", "resolves"),
    },
    "options": {"right", "reason", "credit", "either"},
    "units": {"right", "reason", "sound"},
    "labels": set(),
    "rubric": {"levels"},
}


def test_every_field_is_public_or_kept():
    public = public_fields()
    known = {"item": {"kind"}}
    for table, cls in tables():
        known.setdefault(table, set()).update(f.name for f in fields(cls))
    assert known.keys() == public.keys() == KEPT.keys()
    for table, names in known.items():
        assert public[table] & KEPT[table] == set()
        assert public[table] | KEPT[table] == names, table


def test_what_is_left_is_named_with_the_way_to_it():
    row = {
        "id": "x/a",
        "prompt": "?",
        "reason": "",
        "nonsense": 1,
        "options": [{"id": "b", "right": False}, {"credit": 0}],
        "units": {"id": "u", "sound": False},
        "rubric": [{"id": "c", "text": "C", "levels": []}],
    }
    assert [way for way, _ in keys.left_in(row)] == [
        "reason",
        "nonsense",
        "options.b.right",
        "options.2.credit",
        "units.u.sound",
        "rubric.c.levels",
    ]


def test_nothing_is_left_in_the_graded_questions_as_they_are_published():
    for sheet in GRADED:
        data = keys.read_toml(COURSE.root / "items" / f"{sheet.first.id}.toml")
        rows = list(keys.rows_in(data))
        assert rows
        assert [pair for row in rows for pair in keys.left_in(row)] == []


@with_keys
def test_the_key_of_every_graded_question_has_texts_to_be_known_by():
    found = keys.secrets(COURSE)
    assert len(found) > 150
    assert {s.question.partition("/")[0] for s in found} == {s.first.id for s in GRADED}
    assert {s.field.rpartition(".")[2] for s in found} == {"reason", "model_answer", "look_for"}


TEXT = "It says “so”, *twice*, and\nnobody asked [the town](https://example.org/a) about it."


@pytest.mark.parametrize(
    "form",
    [
        str,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(text.splitlines(keepends=True), indent=1),
        lambda text: MarkdownIt().render(text),
        lambda text: text.replace(" ", "\r\n  > "),
        lambda text: text.replace("twice", "tw\u00adice"),
        lambda text: text.replace('"', "&quot;").replace("“", "&#8220;"),
    ],
)
def test_the_form_of_a_text_makes_no_difference(form):
    assert keys.letters(TEXT) in keys.letters(f"Before. {form(TEXT)} After.")


def test_another_text_is_another_one():
    assert keys.letters(TEXT) not in keys.letters(TEXT.replace("nobody", "somebody"))


def a_course(tmp_path, key, published='prompt = "What do you say to it?"'):
    root = tmp_path / "course"
    (root / "items").mkdir(parents=True)
    (root / "solutions" / "keys").mkdir(parents=True)
    sheet = (
        '[[sheets]]\nid = "x"\ntitle = "X"\nnotebook = "x.ipynb"\ngraded = true\nkeys = "1.toml"\n'
    )
    (root / "course.toml").write_text(f'id = "c"\ntitle = "C"\n{sheet}', encoding="utf-8")
    item = '[[item]]\nid = "x/a"\n'
    (root / "items" / "x.toml").write_text(f"{item}{published}\n", encoding="utf-8")
    (root / "solutions" / "keys" / "1.toml").write_text(f"{item}{key}\n", encoding="utf-8")
    return load_course.__wrapped__(root, root)


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ('reason = "Only four words here."', 0),
        ('reason = "Now there are five words."', 1),
        ("answer = 1234567890123456", 0),
        ('reason = "一つの出典から二つの記事。"', 1),
        ('common = [{ answer = "a b c d e f", say = "And who says so, then?" }]', 0),
        ('slips = [{ low = 1, high = 2, reason = "You counted each of them twice." }]', 1),
        ('model_answer = "What do you say to it?"', 0),
    ],
)
def test_texts_that_are_long_enough_and_not_published_are_looked_for(tmp_path, key, count):
    assert len(keys.secrets(a_course(tmp_path, key))) == count


def test_the_course_folder_of_the_example_is_closed_where_it_is_graded():
    folder = PROJECT / "kit" / "authoring" / "skeleton"
    closed = keys.closed_sheets(load_course(folder, folder))
    assert [sheet.id for sheet in closed] == ["exercise-01"]
