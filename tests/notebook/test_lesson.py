from __future__ import annotations

import re
import shutil

import pytest
from attrs import evolve
from helpers import (
    COURSE,
    ITEMS,
    PROJECT,
    SHOWN,
    an_answer,
    both_forms,
    each,
    in_a_process,
    keep,
    keep_all,
    partly,
    pick,
    right,
    with_keys,
    wrong,
)

import kit
from kit.course.messages import message
from kit.learner import record as record_module
from kit.learner.record import (
    KeptAnswer,
    LearnerRecord,
    SelfReport,
    keep_answer,
    read_record,
    record_path,
)
from kit.notebook import beginning, lesson
from kit.notebook.output import Page
from kit.notebook.widget.widget import QuestionView
from kit.questions.bank import find_question, load_questions

EXERCISE = "exercise-01"
LESSON = "01-who-says-so"
CHOICE, OTHER, THIRD = (pick(LESSON, "choose-one", n) for n in range(3))
SORT = pick(LESSON, "label")
GRADED, OTHER_GRADED = (pick(EXERCISE, "choose-one", n) for n in range(2))
GRADED_SORT = pick(EXERCISE, "label")


# --- The names a notebook uses ------------------------------------------------------------------


def test_every_name_that_the_package_offers_is_there():
    for name in kit.__all__:
        assert callable(getattr(kit, name))
        assert name in dir(kit)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = kit.nonsense


SLOW = "{'pandas', 'numpy', 'matplotlib', 'trafilatura', 'jupyterlab', 'nbclient'}"
LOADED = f"print(sorted({SLOW} & {{m.partition('.')[0] for m in sys.modules}}))"


def test_a_lesson_needs_no_pandas_numpy_or_matplotlib(home):
    code = (
        "import sys, kit; kit.begin('01-who-says-so'); kit.ask('who-says-so/sort');"
        f"kit.article()._repr_html_(); kit.progress(); {LOADED}"
    )
    assert in_a_process(code, home).strip() == "[]"


def test_no_kind_of_question_needs_them_nor_a_warm_up_nor_a_reveal(home):
    shutil.copytree(PROJECT / "tests" / "showroom", home, dirs_exist_ok=True)
    code = f"""
import sys, tomllib
import kit

kit.begin("01-showroom")
for item in tomllib.load(open("items/01-showroom.toml", "rb"))["item"]:
    view = kit.ask(item["id"])
    view._repr_mimebundle_()
    value = {{"showroom/one": "bird", "showroom/number": "1 800", "showroom/forecast": 70,
              "showroom/order": ["stops", "says", "bill"]}}.get(item["id"])
    act = "commit" if item.get("locks") else "check"
    view._handle_custom_msg({{"do": act, "page": "p", "seq": 1, "value": value}}, [])
assert "again/showroom" in repr(kit.warm_up("02-afterwards")), kit.warm_up("02-afterwards")
assert "never found" in repr(kit.reveal("afterwards/end")), kit.reveal("afterwards/end")
kit.progress()
kit.begin("02-afterwards")
{LOADED}
"""
    assert in_a_process(code, home).splitlines()[-1] == "[]"


def test_a_first_question_waits_for_nothing_that_it_does_not_need(home):
    shutil.copytree(PROJECT / "tests" / "showroom", home, dirs_exist_ok=True)
    items = home / "items" / "01-showroom.toml"
    one = items.read_text(encoding="utf-8").split("[[item]]\n")[1]
    items.write_text(f"[[item]]\n{one}", encoding="utf-8")
    unneeded = {
        *("jinja2", "difflib", "kit.questions.label", "kit.questions.number"),
        *("kit.learner.practice", "kit.learner.reveals", "kit.learner.submission"),
        *("kit.course.evidence", "kit.notebook.charts", "kit.questions.in_markdown"),
    }
    code = (
        "import sys, kit; kit.begin('01-showroom'); kit.ask('showroom/one')._repr_mimebundle_();"
        f"print(sorted({unneeded} & sys.modules.keys()))"
    )
    assert in_a_process(code, home).strip() == "[]"


def test_garbage_is_collected_again_once_a_name_is_loaded_if_it_was_before(home):
    code = (
        "import gc, kit; kit.ask; print(gc.isenabled(), end=' ');"
        "gc.disable(); kit.article; print(gc.isenabled())"
    )
    assert in_a_process(code, home).strip() == "True False"


# --- begin, ask, progress -----------------------------------------------------------------------


def test_begin_makes_the_record_and_says_where_it_is_kept(learner_course):
    text, html = both_forms(kit.begin(LESSON))
    questions = load_questions(learner_course, learner_course.sheet(LESSON)).values()
    optional = sum(question.optional for question in questions)
    told = f"0 of {len(questions) - optional} answered, and 0 of {optional} more"
    assert 0 < optional < len(questions)
    assert told in text
    assert "my-work/01-who-says-so.json" in text
    assert "my-work/01-who-says-so.json" in html
    assert str(learner_course.home) not in text + html
    assert (learner_course.work / "01-who-says-so.json").is_file()


def test_begin_counts_what_is_fully_answered(course):
    keep(course, CHOICE, right(CHOICE))
    keep(course, SORT, partly(SORT))
    assert "1 of " in repr(kit.begin(LESSON))


def test_begin_takes_the_lessons_short_name(learner_course):
    assert repr(kit.begin("who-says-so")) == repr(kit.begin(LESSON))


def test_begin_shows_an_exercises_field_for_the_class_code(learner_course, monkeypatch):
    shown = []
    monkeypatch.setattr(beginning, "display", shown.append)
    kit.begin(EXERCISE)
    assert [view.question["id"] for view in shown] == ["exercise-01/who"]
    kit.begin(LESSON)
    assert len(shown) == 1


def test_begin_tells_of_a_damaged_file(course):
    keep(course, CHOICE, right(CHOICE))
    keep(course, CHOICE, wrong(CHOICE))
    (course.work / f"{LESSON}.json").write_bytes(b"{")
    text = repr(kit.begin(LESSON))
    assert "set aside: my-work/01-who-says-so.damaged-1.json" in text
    assert "1 of " in text


def test_questions_tell_of_a_change_after_sealing_until_it_is_sealed(learner_course):
    keep_all(learner_course, EXERCISE)
    view = kit.ask(GRADED)
    kit.hand_in(EXERCISE)
    assert not view.state["unsealed"]
    view._handle_custom_msg({"do": "keep", "value": wrong(GRADED)}, [])
    assert view.state["unsealed"]
    kit.hand_in(EXERCISE)
    assert not view.state["unsealed"], "a view that is open learns of the sealing"


@each("item_id", ITEMS)
def test_a_questions_still_form_is_the_same_for_every_learner(course, item_id):
    def still():
        data, _ = kit.ask(item_id)._repr_mimebundle_()
        return data["text/plain"], data["text/html"]

    empty = still()
    item = ITEMS[item_id]
    act = "commit" if item.locks else "check"
    value = an_answer(item)
    keep(course, item_id, value, act=act)
    assert kit.ask(item_id).state["value"] == value
    assert still() == empty


def test_a_question_finds_its_record_without_begin(learner_course):
    assert isinstance(kit.ask(CHOICE), QuestionView)
    assert (learner_course.work / "01-who-says-so.json").is_file()


def test_progress_has_a_line_for_each_sheet_and_makes_no_record(learner_course):
    text, _ = both_forms(kit.progress())
    asking = []
    for sheet in learner_course.sheets:
        if load_questions(learner_course, sheet) and not sheet.optional:
            asking.append(sheet)
    assert [line.partition(": 0")[0] for line in text.splitlines()] == [
        f"- {s.title}" for s in asking
    ]
    assert "Glossary" not in text, "a page to read only has nothing to be answered"
    assert not list(learner_course.work.glob("*")), "to look leaves nothing behind"


def test_progress_names_a_case_once_it_is_begun(course):
    sheet = course.sheet("case-blood")
    assert sheet.title not in repr(kit.progress())
    keep(course, "case-blood/helped", "papers")
    assert sheet.title in repr(kit.progress())


def test_progress_counts_what_was_right_at_the_first_check(course):
    keep(course, CHOICE, wrong(CHOICE), act="check")
    keep(course, CHOICE, right(CHOICE), act="check")
    keep(course, OTHER, right(OTHER), act="check")
    keep(course, THIRD, wrong(THIRD))
    optional = sum(ITEMS[name].optional for name in (CHOICE, OTHER, THIRD))
    assert f"{3 - optional} of 5 answered, and {optional} of 8 more" in repr(kit.progress())
    assert "right first time: 1 of 2 checked" in repr(kit.progress())


@pytest.mark.parametrize("item_id", [SORT, CHOICE])
def test_an_old_answer_of_another_kind_stops_nothing(course, item_id):
    """As when an author has changed a question's kind since the learner answered it."""
    path = course.work / f"{LESSON}.json"
    path.parent.mkdir(parents=True)
    for value in (5, [["x"]], {"a": 1}, "gone", {"lead": []}):
        entry = KeptAnswer(value, "older", "2026-01-01T00:00:00+00:00", checks=(value,))
        record_module._write(path, LearnerRecord(LESSON, "00" * 8, {item_id: entry}))
        assert isinstance(kit.ask(item_id), QuestionView)
        assert re.search(r"\d of \d+ answered", repr(kit.begin(LESSON)))
        assert COURSE.sheets[0].title in repr(kit.progress())


# --- solution -----------------------------------------------------------------------------------


@with_keys
def test_a_solution_shows_the_key_to_whoever_has_it(course):
    item = ITEMS[GRADED]
    text, html = both_forms(kit.solution(item.id))
    assert all(option.reason in text for option in item.options)
    assert "✓" in html


def test_a_learner_has_no_solution_of_an_exercise(learner_course):
    assert "solutions/keys" in repr(kit.solution(GRADED))
    assert isinstance(kit.solution(GRADED), Page)


@with_keys
def test_a_solution_says_what_the_key_earns(course):
    items = load_questions(course, course.sheet(EXERCISE)).values()
    automatic = sum(i.marks for i in items if i.marked)
    assert f"{automatic:g} of {automatic:g}" in repr(kit.solution(EXERCISE))


# --- What goes wrong comes out as a sentence ----------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda: kit.begin("nonsense"),
        lambda: kit.begin(""),
        lambda: kit.ask("nonsense"),
        lambda: kit.ask("who-says-so/nonsense"),
        lambda: kit.solution("who-says-so/nonsense"),
        lambda: kit.solution("nonsense"),
        lambda: kit.evidence("nonsense"),
        lambda: kit.hand_in("nonsense"),
        kit.hand_in,
    ],
)
def test_a_mistake_in_a_call_is_told_in_a_sentence(learner_course, call):
    text, html = both_forms(call())
    assert text[-1] in ".:" or "has:" in text or "are:" in text or "example" in text
    assert "Traceback" not in text + html


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(home, monkeypatch):
    (home / "file").touch()
    monkeypatch.setenv("KIT_WORK", str(home / "file" / "my-work"))
    for call in (lambda: kit.begin(LESSON), lambda: kit.ask(CHOICE)):
        assert "cannot be written" in repr(call())


def test_a_faulty_course_is_told_in_a_sentence(home):
    (home / "course.toml").write_text("id = ", encoding="utf-8")
    for call in (kit.progress, kit.article, lambda: kit.begin(LESSON)):
        assert "course.toml" in repr(call())


# --- How sure -----------------------------------------------------------------------------------


def sure_answers(course, count, right) -> None:
    """Keep so many first checks with a confidence of 90 per cent; so many of them are right."""
    item = SHOWN["showroom/one"]
    for n in range(count):
        again = evolve(item, id=f"afterwards/again-{n}/again/showroom/one")
        path = record_path(course, course.sheets[1])
        value = "holt" if n < right else "bird"
        beside = SelfReport(sure=90.0)
        keep_answer(path, again, value, act="check", beside=beside)


def test_progress_says_nothing_of_confidence_where_none_was_given(showroom):
    keep_shown(showroom, "one", "holt")
    assert "sure" not in repr(kit.progress())


def test_progress_says_how_many_answers_a_picture_needs(showroom):
    sure_answers(showroom, 3, 2)
    text, html = both_forms(kit.progress())
    assert "3 answers so far. From 30 on" in text
    assert "<img" not in html


def test_progress_shows_how_confidence_and_being_right_fit(showroom):
    sure_answers(showroom, 30, 21)
    text, html = both_forms(kit.progress())
    assert "you said 90 per cent on average, and 70 per cent of them were right" in text
    assert "<img" in html
    assert 'alt="' in html


def test_in_a_browser_the_words_do_not_wait_for_the_picture(showroom, monkeypatch):
    sure_answers(showroom, 30, 21)
    monkeypatch.setattr(lesson, "IN_BROWSER", True)
    monkeypatch.setattr(lesson, "find_spec", lambda _: None)
    text, html = both_forms(kit.progress())
    assert "you said 90 per cent on average" in text
    assert 'data-kit-needs="matplotlib"' in html  # for this the page asks once more
    assert "<img" not in html


# --- Warming up, and what opens only afterwards -------------------------------------------------


@pytest.fixture
def displayed(monkeypatch) -> list:
    """What a call shows above what it returns."""
    shown: list = []
    monkeypatch.setattr(lesson, "display", shown.append)
    return shown


def keep_shown(course, name, value, act="check"):
    sheet, item = find_question(course, f"showroom/{name}")
    return keep_answer(record_path(course, sheet), item, value, act=act)


def test_without_earlier_answers_there_is_nothing_to_warm_up_with(showroom, displayed):
    text, html = both_forms(kit.warm_up("02-afterwards"))
    assert "There are none yet" in text
    assert "There are none yet" in html
    assert displayed == []


def test_a_lesson_warms_up_with_what_went_wrong_and_keeps_the_earlier_answer(showroom, displayed):
    keep_shown(showroom, "one", "bird")
    keep_shown(showroom, "many", ["wheel", "holt"])
    last = kit.warm_up("02-afterwards")
    said, view = displayed
    assert "To warm up (2)" in repr(said), "it says what follows before it follows"
    assert [v.question["id"] for v in (view, last)] == [
        "afterwards/again/showroom/one",
        "afterwards/again/showroom/many",
    ]
    assert view.state["value"] is None, "it is asked afresh"
    view.send = lambda reply: None
    view._receive({"do": "check", "seq": 1, "value": "holt"})
    path = record_path(showroom, showroom.sheets[0])
    assert read_record(path).entries["showroom/one"].value == "bird"
    later = read_record(record_path(showroom, showroom.sheets[1]))
    assert later.entries["afterwards/again/showroom/one"].value == "holt"


def test_the_questions_drawn_stay_the_same_however_often_the_cell_is_run(showroom, displayed):
    keep_shown(showroom, "one", "bird")
    first = kit.warm_up("02-afterwards")
    keep_shown(showroom, "number", 5)
    again = kit.warm_up("02-afterwards")
    assert {v.question["id"] for v in (first, again)} == {"afterwards/again/showroom/one"}
    assert len(displayed) == 2, "nothing but the line above, each time"


def test_no_question_is_asked_to_warm_up_with_in_two_lessons_running(learner_course, displayed):
    item = ITEMS["start-here/try-out"]
    sheet = learner_course.sheet(item.id)
    keep_answer(record_path(learner_course, sheet), item, item.key, act="check")
    asked = [kit.warm_up(name) for name in ("01-who-says-so", "02-count-origins")]
    shown = [isinstance(view, QuestionView) for view in asked]
    assert shown == [True, False], "there is this one alone to ask"


def test_a_reveal_stays_closed_until_the_forecast_is_committed(showroom):
    closed = kit.reveal("afterwards/end")
    keep_shown(showroom, "forecast", 70, act="keep")
    for shown in (closed, kit.reveal("afterwards/end")):
        data = repr(shown) + str(shown._repr_mimebundle_()) + shown.shown
        assert "never found" not in data
        assert "What became of the clock" in data
        assert f"1 in “{showroom.sheets[0].title}”" in data
    keep_shown(showroom, "forecast", 70, act="commit")
    text, html = both_forms(kit.reveal("afterwards/end"))
    assert text.startswith("What became of the clock\n\nThe town")
    assert "never found" in text
    assert '<a href="https://example.org/accounts">' in html


def test_an_open_reveal_stands_folded(showroom):
    keep_shown(showroom, "forecast", 70, act="commit")
    _, html = both_forms(kit.reveal("afterwards/end"))
    before, _, folded = html.partition("<details>")
    summary, _, inside = folded.partition("</summary>")
    assert summary == "<summary>Open: What became of the clock"
    assert "never found" in inside.partition("</details>")[0]
    assert "never found" not in before + inside.partition("</details>")[2]


def test_a_learner_may_skip_and_that_is_recorded(showroom):
    view = kit.reveal("afterwards/end")
    assert view.button == message("reveal.skip")
    replies = []
    view.send = replies.append
    view._receive({"do": "press", "page": "p", "seq": 1})
    assert replies == [{"page": "p", "seq": 1, "ok": True, "state": {}}]
    assert "never found" in view.shown
    assert view.button == "", "there is nothing left to open"
    record = read_record(record_path(showroom, showroom.sheets[1]))
    assert record.entries["afterwards/end"].committed
    text, html = both_forms(kit.reveal("afterwards/end"))
    assert text.startswith("What became of the clock\n\n*You chose")
    assert "never found" in text
    before, _, folded = html.partition("<details>")
    assert "You chose" in before, "that they skipped is said without opening it"
    assert "never found" in folded


def test_a_reveal_that_the_course_lacks_is_told_in_a_sentence(showroom):
    assert "afterwards/end" in repr(kit.reveal("afterwards/nonsense"))
