"""Every kind of question with everything that can be set on one, through everything that shows it.

Each place where the kit shows, marks or exports a question once switched on its kind by itself,
and what one place had forgotten was found by a class on the day of its marks.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve, fields
from helpers import SHOWN, SHOWROOM, a_seal, an_answer

from kit.authoring import export
from kit.authoring.questions import question_faults
from kit.course.html import plain
from kit.course.messages import KitError
from kit.course.toml import structure
from kit.grading import by_hand, feedback, mark_rows, marks, nbgrader, report, report_page
from kit.learner import submission
from kit.learner.record import KeptAnswer, LearnerRecord
from kit.notebook.widget import payload
from kit.questions.base import Question
from kit.questions.kinds import KINDS
from kit.questions.parts import Criterion, Level
from kit.questions.still import still_html, still_text

SHEET = SHOWROOM.sheets[0]
#: What makes a question one without a key.
NO_KEY = {
    "resolves": None, "answer": None, "low": None, "high": None, "sequence": (), "slips": (),
    "model_answer": "", "look_for": "", "reason": "", "tolerance": 0.0,
}  # fmt: skip


def without_key(item: Question) -> Question:
    options = tuple(evolve(o, right=False, either=False, credit=0, reason="") for o in item.options)
    units = tuple(evolve(u, right=(), sound=None, reason="") for u in item.units)
    return with_fields(item, {"options": options, "units": units, **NO_KEY})


def with_fields(item: Question, values: dict[str, object]) -> Question:
    """Return a question with those of the values of which its kind has the field."""
    names = {f.name for f in fields(type(item))}
    return evolve(item, **{name: value for name, value in values.items() if name in names})


def with_an_open_option(item: Question) -> Question:
    """Let one wrong option be one on which experts differ, or one that earns a part."""
    wrong = next((o for o in item.options if not o.right), None)
    if wrong is None:
        return item
    many = item.kind == "choose-many"
    changed = evolve(wrong, either=many, credit=0.0 if many else 0.5)
    return evolve(item, options=tuple(changed if o is wrong else o for o in item.options))


def variants(item: Question) -> Iterator[Question]:
    """Yield a question in every setting, also those that no author may choose."""
    settings = itertools.product(
        (True, False), (True, False), (True, False), (0, 1, 2.5), (0, 2), (True, False),
        (True, False),
    )  # fmt: skip
    for keyed, survey, locks, worth, tries, confidence, an_open_one in settings:
        shaped = with_an_open_option(item) if an_open_one else item
        shaped = shaped if keyed else without_key(shaped)
        rubric = with_levels(item, worth)
        values = {"survey": survey, "locks": locks, "marks": worth, "tries": tries}
        yield with_fields(shaped, values | {"confidence": confidence, "rubric": rubric})


def with_levels(item: Question, worth: float) -> tuple[Criterion, ...]:
    """Return criteria of which the first gives all the marks."""
    levels = (Level(0, "Nothing", "None."), Level(worth, "All", "Such."))
    none = (Level(0, "Nothing", "None."), Level(0, "All", "Such."))
    return tuple(evolve(c, levels=levels if n == 0 else none) for n, c in enumerate(item.rubric))


EVERY = [variant for item in SHOWN.values() for variant in variants(item)]
#: Those with which `kit check` finds no fault: whatever an author can make must go through.
CLEAN = [item for item in EVERY if not list(question_faults(SHOWROOM, item))]


def replies(item: Question) -> list[object]:
    """Return silence, the key's answer, another one, and one that is not complete."""
    ids = [row.id for row in item.rows]
    first = an_answer(item)
    others = {
        "choose-one": ids,
        "choose-many": [ids, ids[:1], ids[-1:]],
        "label": [{ids[0]: x.id} for x in item.labels] if item.labels else [],
        "order": [list(reversed(ids)), ids],
        "number": [0, 599.5, -1e12],
        "probability": [0, 100],
        "write": ["x", "<b>&</b>"],
    }
    assert item.kind in others, f"give {item.kind} an answer here"
    return [None, first, *others[item.kind]]


CASES = [(item, reply) for item in CLEAN for reply in replies(item)]


def settings_of(item: Question) -> tuple[object, ...]:
    return (item.has_key, item.survey, item.locks, item.marks, item.tries, item.confidence)


def marked_of(item: Question, reply: object) -> marks.MarkedSubmission:
    given = {item.id: submission.SealedAnswer(reply, item.fingerprint)}
    seal = a_seal(course=SHOWROOM.id, sheet=SHEET.id, answers=given)
    return marks.mark(SHOWROOM, {item.id: item}, marks.Submission("a.json", seal))


def page_of(item: Question, reply: object) -> str:
    return feedback.FeedbackPages(SHOWROOM).page(marked_of(item, reply)).decode()


def test_the_cross_covers_every_kind_and_every_setting():
    assert {item.kind for item in CLEAN} == {item.kind for item in SHOWN.values()}
    for kind in {item.kind for item in CLEAN}:
        settings = {(i.survey, i.locks, i.has_key) for i in CLEAN if i.kind == kind}
        assert settings >= {(True, False, False), (True, True, False)}
        assert kind == "probability" or settings >= {(False, False, True), (False, True, True)}
    assert len(CLEAN) > 300
    assert len(CASES) > 1500


def test_a_field_that_a_kind_does_not_have_is_refused_by_name():
    """`unit` on a choose-one even changed the wording's fingerprint, and 'No faults found'."""
    values = {
        "options": [{"id": "a", "text": "A"}], "units": [{"id": "u", "text": "U"}],
        "labels": [{"id": "x", "text": "X"}], "rubric": [{"id": "c", "text": "C"}],
        "slips": [{"low": 1, "high": 2, "reason": "R"}], "sequence": ["a"], "shares": True,
        "words": 7, "model_answer": "x", "look_for": "x", "unit": "m", "answer": 1.0,
        "tolerance": 1.0, "low": 1.0, "high": 1.0, "shuffle": True, "confidence": True,
        "resolves": True,
    }  # fmt: skip
    common = {f.name for f in fields(Question)}
    own = {kind: {f.name for f in fields(cls)} - common for kind, cls in KINDS.items()}
    assert values.keys() == set().union(*own.values())
    for kind, names in own.items():
        for name, value in values.items():
            row = {"id": "x/q", "kind": kind, "prompt": "?", name: value}
            try:
                structure(row, Question, Path("x.toml"))
            except KitError as fault:
                told = str(fault)
            else:
                told = ""
            assert ("has no" in told and name in told) == (name not in names), (kind, name)


def test_a_statement_and_a_label_with_the_same_id_keep_their_own_texts():
    """Tables and pages once said the label in the place of the statement."""
    item = SHOWN["showroom/list"]
    unit, label, answer = item.units[0], item.labels[0], {"said": "said"}
    assert unit.id == label.id == "said"
    told = f"{unit.text}: {label.text}"
    assert marks.answer_in_words(item, answer) == told
    with_ids = f"said (“{unit.text}”): said (“{label.text}”)"
    assert marks.answer_in_words(item, answer, with_ids=True) == with_ids
    assert item.in_words(answer) == [plain(told)]
    opinion = with_fields(item, {"survey": True})
    assert told in html.unescape(page_of(opinion, answer))


@pytest.mark.parametrize("kind", sorted({item.kind for item in SHOWN.values()}))
class TestGoesThrough:
    """Each output, with every case of one kind."""

    def cases(self, kind) -> list[tuple[Question, object]]:
        return [(item, reply) for item, reply in CASES if item.kind == kind]

    def items(self, kind) -> list[Question]:
        return [item for item in CLEAN if item.kind == kind]

    def test_the_page(self, kind):
        for item, reply in self.cases(kind):
            value = item.fitting(reply)
            checks = (value,) if value is not None and not item.locks else ()
            entry = KeptAnswer(value, item.fingerprint, "", checks=checks, committed=item.locks)
            for entries in ({}, {item.id: entry}):
                record = LearnerRecord(SHEET.id, "r", entries=entries)
                state = payload.state_payload(item, record)
                assert state["record"] == "r"
            assert payload.question_payload(SHOWROOM, item, "r")["id"] == item.id

    def test_the_still_forms_and_the_solution(self, kind):
        for item in self.items(kind):
            for key in {False, item.has_key}:
                assert still_text(item, key=key)
                assert still_html(item, key=key)

    def test_the_feedback_page(self, kind):
        for item, reply in self.cases(kind):
            page = page_of(item, reply)
            assert "{" not in page.partition("<main>")[2]

    def test_whoever_has_full_marks_sees_no_cross(self, kind):
        for item, reply in self.cases(kind):
            if item.credit(item.fitting(reply)) == 1:
                assert "✗" not in page_of(item, reply), settings_of(item)

    def test_the_class_report(self, kind):
        for item in self.items(kind):
            counted = report.ClassReport()
            for reply in replies(item):
                counted.add(marked_of(item, reply))
            assert list(report.table_rows(SHEET.id, counted)) or not item.marked
            assert report_page.sheet_section(SHOWROOM, SHEET.id, counted)["questions"]

    def test_both_tables(self, kind):
        for item, reply in self.cases(kind):
            marked = marked_of(item, reply)
            [row] = mark_rows.item_rows(marked)
            assert isinstance(row["answer"], str | int | float)
            to_mark = by_hand.with_rows(marked).to_mark
            assert bool(to_mark) == bool(item.by_reader and item.marks and reply is not None)

    def test_both_exports(self, kind):
        for item in self.items(kind):
            rows = list(export.rows(SHOWROOM, [(SHEET, item)]))
            assert rows
            if item.survey:
                assert not any(row.get("points") or row.get("answer") for row in rows)
            if item.has_key:
                assert export.gift(SHOWROOM, [(SHEET, item)]).text

    def test_the_worksheet(self, kind):
        for item, reply in self.cases(kind):
            lines = item.in_words(item.fitting(reply))
            assert bool(lines) == (reply is not None)

    def test_nbgrader(self, kind):
        for item in self.items(kind):
            cells = nbgrader.cells_after(item)
            assert bool(cells) == bool(item.marked or (kind == "write" and item.marks))
