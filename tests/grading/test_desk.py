"""The marking desk without a browser: what each message does to the one table."""

from __future__ import annotations

from pathlib import Path

import pytest
from classes import a_seal
from helpers import COURSE, GRADED
from test_folder import edit, table

from kit.course.course import find_course
from kit.grading import by_hand, desk, grade_folder
from kit.learner import submission
from kit.notebook.output import Page

SHEET = GRADED[0]


@pytest.fixture
def graded(keyed_home) -> Path:
    """A graded class of five in a teacher's project; its to-mark.csv."""
    box = keyed_home / "in"
    box.mkdir()
    for n in range(5):
        text = submission.to_json(a_seal(COURSE, SHEET, n))
        (box / f"{n}.json").write_text(text, encoding="utf-8")
    grade(keyed_home)
    return keyed_home / "marks" / "to-mark.csv"


def grade(home: Path) -> None:
    course = find_course()
    grade_folder(course, home / "in", course.keys, home / "marks")


def rows(path: Path) -> list[dict[str, str]]:
    return table(path.parent, path.name)


def ask(view, **message):
    """Send what the page would send; return the reply."""
    replies = []
    view.send = replies.append
    view._receive({"seq": 1, **message})
    [reply] = replies
    if reply["ok"]:
        view.state = reply["state"]
    return reply


def mark(view, n: int, points: str):
    return ask(view, do="mark", id=view.state["criteria"][n]["id"], mark=points)


def test_a_mark_is_in_the_table_before_it_is_acknowledged(graded):
    view = desk.marking_desk()
    reply = mark(view, 0, "3")
    assert reply["ok"]
    name = view.state["criteria"][0]["id"]
    [row] = [r for r in rows(graded) if r["answer_id"] == name]
    assert (row["mark"], row["status"]) == ("3", "marked")
    assert len([r for r in rows(graded) if r["mark"]]) == 1


def test_kit_grade_counts_what_the_desk_gave(graded, keyed_home):
    view = desk.marking_desk()
    left = view.state["left"]
    for _ in range(left):
        for n in range(len(view.state["criteria"])):
            mark(view, n, "2")
        ask(view, do="go", to="open")
    assert view.state["left"] == 0
    grade(keyed_home)
    given = [r for r in table(keyed_home / "marks", "marks.csv") if r["written"] != "0"]
    assert len(given) == left
    assert {(r["written"], r["still_to_mark"]) for r in given} == {("2", "0")}


def test_names_are_hidden_until_the_last_answer_is_marked(graded):
    view = desk.marking_desk()
    for _ in range(view.state["left"]):
        assert view.state["who"] == ""
        assert "B0000" not in str({**view.state, "answer": ""})
        mark(view, 0, "1")
        ask(view, do="go", to="open")
    assert view.state["who"].startswith("B0000")


def test_the_order_is_the_same_each_time_another_with_another_seed_and_not_the_table_s(graded):
    def order(seed=""):
        answers = desk.answers(by_hand.read_rows(graded), seed)
        return answers["exercise-01/note"]

    first = order()
    edit(graded, lambda table: table.reverse())
    assert {frozenset(group) for group in order()} == {frozenset(group) for group in first}
    assert any(order(str(n)) != order() for n in range(5))
    assert all(len(group) == 1 for group in first)


def test_undo_takes_back_one_step_after_another(graded):
    view = desk.marking_desk()
    before = rows(graded)
    mark(view, 0, "3")
    mark(view, 0, "1")
    ask(view, do="comment", id=view.state["criteria"][0]["id"], text="So so")
    ask(view, do="go", to="next")
    states = [rows(graded)]
    for _ in range(3):
        ask(view, do="undo")
        states.append(rows(graded))
    assert states[-1] == before
    assert len({str(s) for s in states}) == 4
    assert not view.state["can_undo"]
    assert ask(view, do="undo")["ok"]


def test_what_a_spreadsheet_wrote_meanwhile_is_kept(graded):
    view = desk.marking_desk()
    mine = view.state["criteria"][0]["id"]

    def change(table):
        for row in table:
            if row["answer_id"] != mine:
                row["mark"] = "1"

    edit(graded, change)
    mark(view, 0, "2")
    assert sorted({r["mark"] for r in rows(graded)}) == ["1", "2"]


def test_while_the_folder_is_graded_the_desk_waits_and_then_says_so(graded, monkeypatch):
    """Grading reads the table at its start and replaces it at its end."""
    monkeypatch.setattr(by_hand, "_LOCK_SECONDS", 0.1)
    view = desk.marking_desk()
    before = graded.read_bytes()
    with by_hand.locked(graded):
        reply = mark(view, 0, "2")
    assert not reply["ok"]
    assert "another program of the kit" in reply["why"]
    assert graded.read_bytes() == before
    assert mark(view, 0, "2")["ok"]


def test_a_row_that_has_gone_is_told_and_nothing_is_lost(graded):
    view = desk.marking_desk()
    gone = view.state["criteria"][0]["id"]
    edit(graded, lambda table: table.remove(next(r for r in table if r["answer_id"] == gone)))
    before = graded.read_bytes()
    reply = mark(view, 0, "2")
    assert not reply["ok"]
    assert "graded anew" in reply["why"]
    assert graded.read_bytes() == before


@pytest.mark.parametrize("points", ["7", "-1", "x", "", None, "nan"])
def test_no_mark_beyond_the_rubric_is_taken(graded, points):
    view = desk.marking_desk()
    before = graded.read_bytes()
    reply = mark(view, 0, points)
    assert not reply["ok"]
    assert "0 to 6" in reply["why"]
    assert graded.read_bytes() == before


@pytest.mark.parametrize("message", [{}, {"do": "nonsense"}, {"do": "mark", "id": "?"}])
def test_what_the_page_should_not_ask_is_refused_in_a_sentence(graded, message):
    reply = ask(desk.marking_desk(), **message)
    assert not reply["ok"]
    assert reply["why"]


def test_the_comment_bank_grows_the_most_used_first(graded):
    view = desk.marking_desk()
    for text in ("Once", "Twice", "Twice"):
        ask(view, do="comment", id=view.state["criteria"][0]["id"], text=text)
        ask(view, do="go", to="next")
    assert view.state["bank"] == ["Twice", "Once"]


def test_a_comment_that_looks_like_a_formula_comes_back_as_it_was(graded):
    view = desk.marking_desk()
    ask(view, do="comment", id=view.state["criteria"][0]["id"], text="=better")
    assert view.state["criteria"][0]["comment"] == "=better"
    assert "'=better" in {r["comment"] for r in rows(graded)}


def test_a_second_marker_sees_nothing_of_the_first_and_agreement_is_told(graded):
    first = desk.marking_desk()
    second = desk.marking_desk(marker=2)
    for view, points in ((first, "12312"), (second, "12212")):
        for point in points[: first.state["all"]]:
            assert {c["mark"] for c in view.state["criteria"]} == {""}
            mark(view, 0, point)
            ask(view, do="go", to="open")
    assert "weighted kappa" in second.state["agreement"]
    assert second.state["comments"] is False
    assert {r["mark"] for r in rows(graded)} == {"1", "2", "3"}
    assert {r["second_mark"] for r in rows(graded)} == {"1", "2"}


def test_what_was_written_is_never_markup(graded):
    """The page shows it as text; the kernel hands it over as it is."""
    script = (Path(desk.__file__).parent / "desk.js").read_text(encoding="utf-8")
    assert "}, state.answer)" in script
    assert "html: state.answer" not in script
    assert "html: criterion.comment" not in script


def test_without_a_table_or_with_nothing_to_mark_it_says_so(keyed_home):
    said = desk.marking_desk()
    assert isinstance(said, Page)
    assert "kit grade" in said.text
    (keyed_home / "in").mkdir()
    (keyed_home / "in" / "a.json").write_text(
        submission.to_json(submission.Seal(COURSE.id, SHEET.id, "B", "r", 1, "")), encoding="utf-8"
    )
    grade(keyed_home)
    assert "no learner has written" in desk.marking_desk().text


def test_its_text_says_how_much_is_left(graded):
    view = desk.marking_desk()
    assert repr(view) == f"Marking desk: {view.state['left']} of {view.state['all']} answers " + (
        "to mark. Run this cell to begin."
    )


def test_its_output_is_a_widget_and_a_sentence_where_there_is_no_kernel(graded):
    data, _ = desk.marking_desk()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"] == f"<p>{data['text/plain']}</p>"
