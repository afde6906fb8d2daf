"""Questions edited after somebody had answered them: nothing is lost, nothing is final."""

from __future__ import annotations

import classes
import pytest
from attrs import evolve
from helpers import COURSE, SHOWN, SHOWROOM, a_seal, an_answer, key_answers, with_keys
from markupsafe import escape
from test_class import MOODLE_LIST, WITHOUT_WRITING, a_list, grade, sent_to, told
from test_folder import CHOICE, ITEMS, WRITING, edit, give, put, rows_of, table

from kit.course.messages import message
from kit.grading import by_hand, marks, report
from kit.learner.submission import SealedAnswer
from kit.questions.base import Question

MARKED = [name for name, item in SHOWN.items() if item.marked and item.has_key]


def mark_one(item: Question, given: SealedAnswer, name: str = "") -> marks.MarkedSubmission:
    seal = a_seal(course=SHOWROOM.id, sheet=SHOWROOM.sheets[0].id, answers={name or item.id: given})
    return marks.mark(SHOWROOM, {item.id: item}, marks.Submission("a.json", seal))


def page_of(marked: marks.MarkedSubmission, rows=()) -> str:
    return classes.page_of(SHOWROOM, marked, rows)


@pytest.mark.parametrize("name", MARKED)
def test_an_answer_to_an_older_wording_waits_for_a_reader(name):
    """It earned 0 as if it had been wrong, and the learner was told 'You left this out'."""
    asked = SHOWN[name]
    edited = evolve(asked, prompt=asked.prompt + " Really?")
    marked = mark_one(edited, SealedAnswer(an_answer(asked), asked.fingerprint))
    [row] = by_hand.with_rows(marked).to_mark
    assert (marked.automatic_most, marked.written_most) == (0, edited.marks)
    assert float(row["most"]) == edited.marks
    assert row["answer"] == marks.answer_in_words(edited, an_answer(asked), with_ids=True)
    assert "{" not in row["answer"]
    page = page_of(marked)
    assert "reworded since you answered" in page
    assert "No answer to this was handed in" not in page
    assert str(escape(row["answer"])) in page
    assert marked.answered == 1


@pytest.mark.parametrize("name", MARKED)
def test_what_a_reader_gives_for_it_counts(name):
    asked = SHOWN[name]
    edited = evolve(asked, prompt=asked.prompt + " Really?")
    given = SealedAnswer(an_answer(asked), asked.fingerprint)
    marked = by_hand.with_rows(mark_one(edited, given))
    [row] = marked.to_mark
    there = {name: row.get(name, "") for name in by_hand.COLUMNS} | {"mark": "0.5"}
    readers = by_hand.ReaderMarks(rows=[by_hand.TableRow(there, 2)])
    readers.match([marked])
    filled = readers.fill(row)
    assert filled["number"] == 0.5
    page = page_of(marked, [filled])
    assert f"0.5 of {edited.marks:g}" in page
    assert '<th scope="row"></th>' not in page


@pytest.mark.parametrize("value", [["x"], "", " ", None, {}, [], {"a": 1}, 5, True, "nobody"])
@pytest.mark.parametrize("name", MARKED)
def test_only_silence_counts_as_silence(name, value):
    item = SHOWN[name]
    marked = mark_one(item, SealedAnswer(value, item.fingerprint))
    silent = value in (None, "", " ", {}, [])
    if item.kind == "number" and value == 5:
        return
    assert (marked.answered == 0) == silent
    assert ("No answer to this was handed in." in page_of(marked)) == silent
    assert len(by_hand.with_rows(marked).to_mark) == (0 if silent else 1)


def test_it_counts_neither_as_blank_nor_as_wrong_in_the_class_report():
    asked = SHOWN[MARKED[0]]
    edited = evolve(asked, prompt="Another?")
    found = report.ClassReport()
    found.add(mark_one(edited, SealedAnswer(an_answer(asked), asked.fingerprint)))
    tally = found.tally(edited)
    assert (tally.answers.count, tally.blank) == (0, 0)


@with_keys
def test_writing_under_an_edited_criterion_is_shown_and_marked(box, out, tmp_path):
    """It vanished from to-mark.csv, and the gradebook's cell was filled without it."""
    older = SealedAnswer("My own words.", "0" * 12)
    put(box, "a.json", learner="B07", answers={**key_answers(), WRITING.id: older})
    pupils = a_list(tmp_path, MOODLE_LIST)
    grade(box, out, roster=pupils, lms="moodle")
    assert sent_to(out, "moodle") == {}
    assert {r["answer"] for r in table(out, "to-mark.csv")} == {"My own words."}
    page = (out / table(out, "marks.csv")[0]["feedback"]).read_text(encoding="utf-8")
    assert "My own words." in page
    assert "reworded" in page
    edit(out / "to-mark.csv", give("2"))
    grade(box, out, roster=pupils, lms="moodle")
    count = len(table(out, "to-mark.csv"))
    assert float(rows_of(out)["a.json"]["written"]) == 2 * count
    assert set(sent_to(out, "moodle")) == {"Cruz"}


@with_keys
def test_a_choice_under_an_older_wording_is_final_once_it_is_marked_by_hand(box, out, tmp_path):
    answers = dict(WITHOUT_WRITING)
    answers[CHOICE.id] = evolve(answers[CHOICE.id], wording="0" * 12)
    put(box, "a.json", learner="B07", answers=answers)
    pupils = a_list(tmp_path, MOODLE_LIST)
    grade(box, out, roster=pupils, lms="moodle")
    [row] = table(out, "to-mark.csv")
    assert row["item"] == CHOICE.id
    right = next(o for o in CHOICE.options if o.right)
    assert row["answer"] == f"{right.id} (“{right.text}”)"
    before = rows_of(out)["a.json"]
    assert before["still_to_mark"] == "1"
    assert float(before["automatic_out_of"]) + float(before["written_out_of"]) == sum(
        i.marks for i in ITEMS.values()
    )
    edit(out / "to-mark.csv", give("1"))
    grade(box, out, roster=pupils, lms="moodle")
    assert float(rows_of(out)["a.json"]["mark"]) == float(before["mark"]) + 1
    assert set(sent_to(out, "moodle")) == {"Cruz"}


def test_an_answer_longer_than_the_page_takes_is_called_that(box, out):
    long = SealedAnswer("word " * 5000, WRITING.fingerprint)
    put(box, "a.json", answers={**key_answers(), WRITING.id: long})
    grade(box, out)
    assert "longer than 20000 characters" in told(out)
    assert {len(r["answer"]) for r in table(out, "to-mark.csv")} == {20_000}


def test_a_question_that_was_renamed_waits_for_a_reader(box, out, tmp_path):
    """It earned 0, and the learner was told to have left it out."""
    answers = dict(WITHOUT_WRITING)
    answers["exercise-01/old-name"] = answers.pop(CHOICE.id)
    put(box, "a.json", learner="B07", answers=answers)
    pupils = a_list(tmp_path, MOODLE_LIST)
    grade(box, out, roster=pupils, lms="moodle")
    assert sent_to(out, "moodle") == {}
    page = (out / table(out, "marks.csv")[0]["feedback"]).read_text(encoding="utf-8")
    assert "exercise-01/old-name" in page
    assert "may have been given another name" in page
    rows = {r["item"]: r["answer"] for r in table(out, "to-mark.csv")}
    assert "exercise-01/old-name: not-said" in rows[CHOICE.id]
    edit(out / "to-mark.csv", give("1"))
    grade(box, out, roster=pupils, lms="moodle")
    assert set(sent_to(out, "moodle")) == {"Cruz"}
    page = (out / table(out, "marks.csv")[0]["feedback"]).read_text(encoding="utf-8")
    assert "waits for your teacher" not in page
    assert "The total is not final" not in told(out)


def test_an_option_that_was_reworded_is_not_put_into_the_learner_s_mouth(box, out, monkeypatch):
    """The new words were shown as what the learner had handed in."""
    options = tuple(evolve(o, text=f"{o.text} Or not.") for o in CHOICE.options)
    changed = evolve(CHOICE, options=options)
    answers = {CHOICE.id: SealedAnswer("not-said", CHOICE.fingerprint)}
    marked = marks.mark(
        COURSE, {changed.id: changed}, marks.Submission("a.json", a_seal(answers=answers))
    )
    [row] = by_hand.with_rows(marked).to_mark
    assert row["answer"].startswith("not-said (“")
    again = evolve(changed, options=tuple(evolve(o, text=o.text + "!") for o in options))
    marked = marks.mark(COURSE, {again.id: again}, marked.submission)
    [later] = by_hand.with_rows(marked).to_mark
    assert later["answer_id"] == row["answer_id"]  # so that a mark given by hand stays


def test_a_question_that_nobody_answered_is_named(box, out):
    """It may have been added after the exercise was handed in; everybody would lose its marks."""
    answers = {k: v for k, v in WITHOUT_WRITING.items() if k != CHOICE.id}
    for n in range(3):
        put(box, f"{n}.json", learner=f"A{n}", answers=answers)
    grade(box, out)
    assert f"nobody has answered question {CHOICE.id}" in told(out)


@pytest.mark.parametrize(("later", "is_told"), [(4, True), (1, False), (0, False)])
def test_a_question_that_only_the_first_leave_out_may_have_been_added_in_between(
    box, out, later, is_told
):
    without = {name: one for name, one in key_answers().items() if name != CHOICE.id}
    for n in range(3 + later):
        answers = key_answers() if n >= 3 else without
        put(box, f"{9 - n}.json", learner=f"B{n}", sealed=f"2026-02-0{n + 1}T10:00:00+00:00",
            answers=answers)  # fmt: skip
    grade(box, out)
    assert ("the first hand-ins (3, by their learners' clocks)" in told(out)) == is_told
    assert (f"nobody has answered question {CHOICE.id}" in told(out)) == (later == 0)


def test_an_answer_to_a_question_that_is_gone_alone_blocks_nothing(box, out, tmp_path):
    answers = {**key_answers(), "exercise-01/gone": SealedAnswer("x", "")}
    put(box, "a.json", learner="B07", answers=answers)
    grade(box, out)
    edit(out / "to-mark.csv", give("2"))
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    assert set(sent_to(out, "moodle")) == {"Cruz"}
    assert "no such question" in told(out)


def test_every_reason_has_a_sentence_for_the_teacher_and_one_for_the_learner():
    for reason in ("older_wording", "long_answer", "bad_answer", "renamed"):
        assert message(f"grade.{reason}", id="x/y", most=1)
        assert message(f"feedback.{reason}")
