"""What a learner's page says: their answer, the reason for it, the marks, what to read again."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import classes
import pytest
from attrs import evolve
from helpers import COURSE, GRADED, a_question, a_seal
from test_folder import answered, edit, give, put, rows_of, table

from kit.course.evidence import find_record
from kit.course.html import inline
from kit.grading import Choices, LateRule, grade_folder
from kit.grading.marks import Submission, mark
from kit.learner.submission import SealedAnswer
from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.parts import Option

SHEET = GRADED[0]
ITEMS = load_questions(COURSE, SHEET)
CHOICE = ITEMS["exercise-01/companions"]
WRITING = ITEMS["exercise-01/note"]
SORTING = ITEMS["exercise-01/sort"]


def page_of(box, out, **choices) -> str:
    grade_folder(COURSE, box, COURSE.keys, out, Choices(**choices))
    [row] = table(out, "marks.csv")
    return (out / row["feedback"]).read_text(encoding="utf-8")


def a_page(items: list[Question], answers: dict, sheet=SHEET, rows=()) -> str:
    """Return the page of one learner with these questions and answers, without any folder."""
    seal = a_seal(sheet=sheet.id, answers=answers)
    marked = mark(COURSE, {i.id: i for i in items}, Submission("a.json", seal))
    return classes.page_of(COURSE, marked, rows)


def sealed(item: Question, value, sure=None) -> dict[str, SealedAnswer]:
    return {item.id: SealedAnswer(value, item.fingerprint, sure)}


def test_each_wrong_answer_gets_the_reason_for_that_answer():
    for option in CHOICE.options:
        page = a_page([CHOICE], sealed(CHOICE, option.id))
        right = next(o for o in CHOICE.options if o.right)
        shown = {o.id for o in CHOICE.options if inline(o.reason) in page}
        assert shown == {option.id, right.id}
        assert page.count("Your answer.") == 1
        assert f"{CHOICE.marks if option.right else 0:g} of {CHOICE.marks:g}" in page


def test_every_statement_gets_its_reason_and_what_was_said():
    given = {u.id: SORTING.labels[-1].id for u in SORTING.units[:-1]}
    page = a_page([SORTING], sealed(SORTING, given))
    assert all(inline(u.reason) in page for u in SORTING.units)
    assert page.count(f"You said: {inline(SORTING.labels[-1].text)}") == len(given)
    assert page.count("No answer to this was handed in.") == 1


def test_the_page_says_what_to_read_again_and_only_that():
    wrong = {**SORTING.key, "names": "unnamed"}
    page = a_page([SORTING, CHOICE], {**sealed(SORTING, wrong), **sealed(CHOICE, "not-said")})
    assert "by their numbers: 18." in page
    assert "To read again" not in a_page([CHOICE], sealed(CHOICE, "not-said"))
    denial = ITEMS["exercise-01/denial"]
    page = a_page([denial], sealed(denial, "true"))
    again = page.partition('id="again"')[2]
    assert len(re.findall(r'<li>.*<a href="https?://', again)) == len(denial.records)
    whose = [find_record(COURSE, name).whose_page for name in denial.records]
    assert any(whose)  # NDTV tells what the embassy says
    assert all(words in unescape(page) for words in whose)


def test_levels_and_comments_of_the_reader_stand_on_the_page(box, out):
    put(box, "a.json", answers=answered(WRITING, "Mine & <b>yours</b>."))
    page = page_of(box, out)
    assert "not marked yet" in page
    assert "Mine &amp; &lt;b&gt;yours&lt;/b&gt;." in page

    def change(rows):
        give("2")(rows)
        rows[0]["mark"], rows[0]["comment"] = "6", "=Well <i>seen</i>"

    edit(out / "to-mark.csv", change)
    page = page_of(box, out)
    assert "not marked yet" not in page
    assert "6 of 6" in page
    assert "=Well &lt;i&gt;seen&lt;/i&gt;" in page
    assert "'=Well" not in page
    [criterion] = WRITING.rubric
    assert inline(criterion.levels[-1].text) in page
    assert inline(criterion.levels[-1].anchor) not in page  # full points: nothing more to reach


def test_what_was_left_out_is_told_kindly_and_the_key_shown(box, out):
    put(box, "a.json", answers={})
    page = page_of(box, out)
    assert page.count("No answer to this was handed in.") == len(ITEMS) + sum(
        len(i.units) for i in ITEMS.values()
    )
    assert "Mark: 0 of 20." in page


def test_sureness_is_told_beside_what_was_right():
    asked = [evolve(CHOICE, id=f"exercise-01/sure{n}", confidence=True) for n in range(4)]
    given = {}
    for n, item in enumerate(asked):
        given |= sealed(item, "not-said" if n else "times", 90)
    page = a_page(asked, given)
    assert page.count("You were 90 % sure.") == 4
    assert "how sure you were: 4. You said 90 % on average. Of these answers 3 were" in page
    assert "How sure you were" not in a_page([CHOICE], sealed(CHOICE, "times"))


KINDS = [
    (a_question("exercise-01/n", "number", "How many?", answer=16.5, tolerance=0.5, unit="km"), 12),
    (a_question("exercise-01/o", "order", "Order", sequence=("a", "b", "c"),
          options=tuple(Option(x, x.upper(), reason=f"? {x}") for x in "abc")), ["c", "a", "b"]),
    (a_question("exercise-01/p", "probability", "How likely?"), 40),
    (a_question("exercise-01/s", "choose-one", survey=True, options=(Option("a", "Aye"),)), "a"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "value"), KINDS, ids=[i.kind for i, _ in KINDS])
def test_every_kind_of_question_can_stand_on_a_page(item, value):
    page = a_page([item], sealed(item, value))
    told = {
        "number": "12 km is not within what we accept",
        "order": "You put it in place 1.",
        "probability": "You said: 40.",
        "choose-one": "You said: Aye.",
    }
    assert told[item.kind] in page
    assert "No answer to this was handed in." in a_page([item], {})


def test_what_lateness_costs_is_on_the_page(box, out):
    from datetime import UTC, datetime

    put(box, "a.json", sealed="2026-02-01T12:00:00+00:00", answers={})
    late = LateRule(datetime(2026, 2, 1, 10, tzinfo=UTC), 10)
    page = page_of(box, out, late=late)
    assert "the computer it was made on: 2 h." in page
    assert "10 %" in page


def test_no_page_where_none_is_wanted_and_none_left_of_others(box, out):
    put(box, "a.json", learner="B07")
    put(box, "b.json", learner="B08")
    grade_folder(COURSE, box, COURSE.keys, out)
    (out / "feedback" / "mine.html").write_text("keep", encoding="utf-8")
    (box / "b.json").unlink()
    grade_folder(COURSE, box, COURSE.keys, out)
    assert {p.name for p in (out / "feedback").iterdir()} == {
        "mine.html",
        Path(rows_of(out)["a.json"]["feedback"]).name,
    }
    other = out.parent / "other"
    grade_folder(COURSE, box, COURSE.keys, other, Choices(pages=False))
    assert not (other / "feedback").exists()
    assert table(other, "marks.csv")[0]["feedback"] == ""


def test_learners_with_like_codes_have_pages_of_their_own(box, out):
    for n, code in enumerate(["B07", "b-07", "B 07", "B07", "…", ""]):
        put(box, f"{n}.json", learner=code)
    grade_folder(COURSE, box, COURSE.keys, out)
    assert len({r["feedback"] for r in table(out, "marks.csv")}) == 6


# --- What the page begins with --------------------------------------------------------------------


def start_of(page: str) -> tuple[str, str]:
    """Return what went well, and what is to be read again, as the page begins with them."""
    start = unescape(page.partition("</header>")[2].partition("<section")[0])
    well, _, again = start.partition("To read again first")
    return well, again


def test_the_page_begins_with_what_went_well_and_the_two_that_cost_most():
    denial = ITEMS["exercise-01/denial"]
    given = {**sealed(CHOICE, CHOICE.key), **sealed(SORTING, {"syria": "named"})}
    given |= sealed(denial, "true")
    well, again = start_of(a_page([CHOICE, SORTING, denial, ITEMS["exercise-01/ferry"]], given))
    assert "#q1" in well
    assert "all its marks" in well
    assert re.findall("#q[0-9]", again) == ["#q4", "#q2"]  # 5 and 3 marks lost; the fourth, 1
    assert "the reasons below it" in again
    assert "paragraph 12 of the article: " in again


def test_a_source_to_read_again_is_named_and_linked():
    denial = ITEMS["exercise-01/denial"]
    _, again = start_of(a_page([denial], sealed(denial, "true")))
    record = find_record(COURSE, denial.records[0])
    assert record.statement in again
    assert f'href="{record.address}"' in again


def test_whoever_has_all_marks_has_nothing_to_read_again_and_the_idle_no_praise():
    assert start_of(a_page([CHOICE], sealed(CHOICE, CHOICE.key)))[1] == ""
    well, again = start_of(a_page([CHOICE], {}))
    assert "What went well" not in well
    assert "#q1" in again
    well, _ = start_of(a_page([CHOICE, SORTING], sealed(CHOICE, "times")))
    assert "You answered 1 of 2 questions." in well


def test_telling_apart_is_praised_and_blanket_distrust_is_not():
    ferry = ITEMS["exercise-01/ferry"]
    well, _ = start_of(a_page([ferry], sealed(ferry, ferry.key)))
    assert (
        "You accepted 3 of 3 well-supported statements, and turned down 2 of the 2 others" in well
    )
    well, _ = start_of(a_page([ferry], sealed(ferry, dict.fromkeys(ferry.key, "not-yet"))))
    assert "turned down" not in well


def test_an_answer_to_an_older_wording_is_neither_praised_nor_to_be_read_again():
    older = {CHOICE.id: SealedAnswer("times", "0" * 12)}
    page = a_page([CHOICE], older)
    assert "#q1" not in "".join(start_of(page))
    assert "No answer to this was handed in" not in page
    survey = evolve(CHOICE, survey=True)
    page = a_page([survey], older)
    assert "Nothing about it is marked" in page
    assert "waits for your teacher" not in page


def test_no_learner_s_page_holds_what_was_said_of_another_s_answer(box, out):
    """What is said of an answer is made once for a class; one that is to be read by hand is not."""
    given = {"A": sealed(CHOICE, "no-such"), "B": {}, "C": sealed(CHOICE, CHOICE.key), "D": {}}
    for learner, answers in given.items():
        put(box, f"{learner}.json", learner=learner, answers=answers)
    grade_folder(COURSE, box, COURSE.keys, out)
    pages = {}
    for row in table(out, "marks.csv"):
        pages[row["learner"]] = (out / row["feedback"]).read_text(encoding="utf-8")
    assert [who for who in pages if "no-such" in pages[who]] == ["A"]
    assert [who for who in pages if "Your answer." in pages[who]] == ["C"]
    assert pages["B"].replace(": B<", ": D<") == pages["D"]
