"""What a learner does in JupyterLab, and on a site, by keyboard and mouse, today and next week."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers import notebook
from labserver import forget
from playwright.sync_api import expect

from kit.command.cli import main
from kit.course.course import load_course
from kit.course.messages import CONTENT
from kit.learner.record import keep_answer
from kit.questions.bank import find_question

ROOT = Path(__file__).parents[2]
EXERCISE = "exercises/01-exercise.ipynb"
LESSON = "notebooks/01-who-says-so.ipynb"
FIRST = "a news story rests on one source"
in_lab_and_site = pytest.mark.parametrize("open_page", ["open_lab", "open_site"], indirect=True)


@in_lab_and_site
def test_lesson_by_keyboard_alone(open_page) -> None:
    front = open_page(LESSON)
    front.run_all()
    question = front.question("nevertheless a first-hand source")
    question.scroll_into_view_if_needed()
    radios = question.get_by_role("radio")
    radios.first.focus()
    front.page.keyboard.press("Space")
    front.page.keyboard.press("ArrowDown")
    expect(radios.nth(1)).to_be_checked()
    expect(radios.nth(1)).to_be_focused()
    expect(question.locator(".kit-status")).to_have_text("Saved.")
    assert front.record("01-who-says-so")["entries"]["who-says-so/for-what"]["value"] == "told"
    front.page.keyboard.press("Tab")
    button = question.get_by_role("button", name="Check")
    expect(button).to_be_focused()
    front.page.keyboard.press("Enter")
    expect(question.locator(".kit-verdict")).to_contain_text("Yes")
    expect(question.locator(".kit-reason")).to_have_count(4)
    for reason in question.locator(".kit-reason").all():
        expect(reason).to_be_visible()
    expect(button).to_be_focused()


@in_lab_and_site
def test_answers_survive_a_restart_and_a_first_visit_to_a_middle_cell(open_page) -> None:
    front = open_page(LESSON)
    front.run_all()
    front.choose(FIRST, "I trust it, if the newspaper is a good one.")
    front.restart_and_run_all()
    again = front.question(FIRST)
    expect(again.get_by_label("I trust it, if the newspaper is a good one.")).to_be_checked()
    expect(again.locator(".kit-status")).to_have_text("Saved.")


def grades_as_it_was_answered(saved: bytes, folder: Path) -> None:
    handed_in = folder / "in"
    handed_in.mkdir()
    (handed_in / "amira.ipynb").write_bytes(saved)
    grade = ["grade", str(handed_in), "--keys", str(ROOT / "solutions/keys")]
    assert main([*grade, "--out", str(folder / "marks")]) == 0
    header, row = (folder / "marks/marks.csv").read_text("utf-8-sig").splitlines()
    marks = dict(zip(header.split(","), row.split(","), strict=True))
    # One for the choice, and three of five for calling every sentence of the ferry story sound.
    assert (marks["learner"], marks["automatic"], marks["still_to_mark"]) == ("7b-12", "4", "1")
    assert (marks["sound_accepted"], marks["unsound_rejected"]) == ("3", "0")


def test_exercise_from_first_answer_to_marks(open_lab, tmp_path: Path) -> None:
    front = open_lab(EXERCISE)
    front.run_all()
    last = front.page.locator(".kit-hand-in")
    last.get_by_role("button", name="Hand in").click()
    expect(last).to_contain_text("Nothing is answered yet, so there is nothing to hand in.")
    who = front.question("Your class code")
    who.get_by_role("textbox").fill("7b-12")
    expect(who.locator(".kit-status")).to_have_text("Saved.")
    choice = front.question("Paragraph 20 lists")
    choice.get_by_label("Not said: nobody is named as the source.").check()
    ferry = front.question("The night ferry from Saltholm")
    for label in ferry.locator("[value=stands]").all():
        label.check()
    expect(ferry.locator(".kit-status")).to_have_text("Saved.")
    assert ferry.get_by_role("button").count() == 0, "a graded exercise without keys checks nothing"
    note = front.question("A friend says")
    note.get_by_role("textbox").fill("Paragraph 15 hides who believes it. “Who?” I ask.")
    expect(note.locator(".kit-status")).to_have_text("Saved.")
    front.restart_and_run_all()
    note = front.question("A friend says")
    expect(
        front.question("Paragraph 20 lists").get_by_label(
            "Not said: nobody is named as the source."
        )
    ).to_be_checked()
    expect(last).to_contain_text("3 of 7 answered.")
    expect(last).to_contain_text("Not fully answered: no. 1, 3, 4, 6.")
    front.hand_in("3 of 7")
    saved = (front.home / EXERCISE).read_bytes()
    assert b"hand_in" in saved
    note.get_by_role("textbox").focus()  # Ctrl+S must save from inside a question too
    front.save(EXERCISE)
    if (ROOT / "solutions").is_dir():  # learners cannot grade
        grades_as_it_was_answered(saved, tmp_path)
    # A change after sealing is said on the page.
    front.question("Paragraph 20 lists").get_by_label("Mojtaba Khamenei").check()
    expect(front.question("Paragraph 20 lists").locator(".kit-status")).to_contain_text(
        "changed since you handed in"
    )


def test_hanging_kernel_is_not_taken_for_saved_and_a_late_word_counts(open_lab) -> None:
    front = open_lab(LESSON)
    front.run_all()
    question = front.choose(FIRST, "It is worthless.")
    front.signal(signal.SIGSTOP)
    try:
        front.choose(FIRST, "It depends, and I could say on what.", says="Not saved.")
        assert front.value("01-who-says-so", "who-says-so/first-thought") == "worthless"
    finally:
        front.signal(signal.SIGCONT)
    expect(question.locator(".kit-status")).to_have_text("Saved.", timeout=8000)
    assert front.value("01-who-says-so", "who-says-so/first-thought") == "depends"


def test_killed_kernel_loses_nothing(open_lab) -> None:
    front = open_lab(LESSON)
    front.run_all()
    front.choose(FIRST, "It is worthless.")
    front.signal(signal.SIGKILL)
    front.choose(FIRST, "It depends, and I could say on what.", says="Not saved.")
    assert front.value("01-who-says-so", "who-says-so/first-thought") == "worthless"
    front.page.locator(".jp-Dialog").get_by_role("button", name="Ok", exact=True).click()
    front.run_all()
    # The browser held the answer, and the new kernel keeps it.
    again = front.question(FIRST)
    expect(again.get_by_label("It depends, and I could say on what.")).to_be_checked()
    expect(again.locator(".kit-status")).to_have_text("Saved.")
    assert front.value("01-who-says-so", "who-says-so/first-thought") == "depends"


SAVED = """(box) => {
  window.saved = -1;
  const status = box.closest('.kit-q').querySelector('.kit-status');
  new MutationObserver(() => {
    if (status.dataset.state === 'saved') window.saved = Number(box.value);
  }).observe(status, { attributes: true, childList: true });
}"""


def test_a_kernel_killed_at_any_moment_loses_no_answer_that_was_called_saved(open_lab) -> None:
    front = open_lab(LESSON)
    moments = random.Random(2026)
    count = itertools.count()
    front.run_all()
    question = front.question("You are the editor")
    box = question.get_by_role("textbox")
    for _ in range(4):
        box.evaluate(SAVED)
        stop = time.monotonic() + moments.uniform(0.4, 1.6)
        while time.monotonic() < stop:
            box.fill(f"{next(count)}")
            box.blur()  # leaving the box sends what is in it
            time.sleep(moments.uniform(0, 0.06))
        front.signal(signal.SIGKILL)
        time.sleep(moments.uniform(0, 0.2))
        last = next(count)
        box.fill(f"{last}")
        box.blur()
        called_saved = front.page.evaluate("window.saved")
        assert called_saved >= 0, "nothing was saved before the kernel died: a dull round"
        assert int(front.value("01-who-says-so", "who-says-so/note")) >= called_saved
        front.page.locator(".jp-Dialog").get_by_role("button", name="Ok", exact=True).click()
        # The page comes back with a new kernel, and brings what the browser held.
        expect(question.locator(".kit-status")).to_have_text("Saved.", timeout=30_000)
        expect(box).to_have_value(f"{last}")
        assert int(front.value("01-who-says-so", "who-says-so/note")) == last


@in_lab_and_site
def test_a_forecast_locks(open_page) -> None:
    front = open_page("notebooks/00-start-here.ipynb")
    front.run_all()
    question = front.question("1 of 8.")
    question.get_by_role("spinbutton").fill("70")
    expect(question.locator(".kit-status")).to_have_text("Saved.")
    question.get_by_role("button", name="Commit").click()
    expect(question.locator(".kit-status")).to_contain_text("committed")
    expect(question.get_by_role("spinbutton")).to_be_disabled()
    front.restart_and_run_all()
    again = front.question("1 of 8.")
    expect(again.get_by_role("spinbutton")).to_be_disabled()
    expect(again.get_by_role("spinbutton")).to_have_value("70")


def test_no_test_finds_what_another_left_in_the_browser(context, lab) -> None:
    address = f"{lab}/api/status?token=t"
    page = context.new_page()
    page.goto(address)
    page.evaluate("() => localStorage.setItem('kit', 'held')")
    assert context.cookies()
    forget(context)
    assert context.cookies() == []
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("() => localStorage.length") == 0


def test_no_news_and_no_update_check(open_lab) -> None:
    front = open_lab(LESSON)
    front.page.wait_for_timeout(1500)
    expect(front.page.get_by_text("Would you like to get notified")).to_have_count(0)


def test_the_command_that_make_lab_uses_is_the_one_tested() -> None:
    text = (ROOT / "Makefile").read_text()
    assert "kit lab $(ARGS)" in text
    assert (
        subprocess.run(
            [sys.executable, "-m", "kit.command.cli", "lab", "--help"], check=False
        ).returncode
        == 0
    )


def test_two_tabs_of_one_notebook_show_one_answer(open_lab) -> None:
    first = open_lab(LESSON)
    first.run_all()
    second = open_lab(LESSON, reset=False)
    second.run_all()
    first.choose(FIRST, "It is worthless.")
    expect(second.question(FIRST).get_by_label("It is worthless.")).to_be_checked()
    second.choose(FIRST, "It depends, and I could say on what.")
    expect(first.question(FIRST).get_by_label("It depends, and I could say")).to_be_checked()


def test_an_answer_given_elsewhere_is_offered_and_not_overwritten(open_lab) -> None:
    front = open_lab(LESSON)
    front.run_all()
    question = front.choose(FIRST, "It is worthless.")
    course = load_course(CONTENT, front.home)
    _, item = find_question(course, "who-says-so/first-thought")
    keep_answer(front.home / "my-work/01-who-says-so.json", item, "trust")  # another kernel
    front.choose(
        FIRST, "It depends, and I could say on what.", says="Which one do you want to keep?"
    )
    assert front.value("01-who-says-so", item.id) == "trust"
    expect(question.locator(".kit-choice")).to_contain_text("I trust it")
    question.get_by_role("button", name="Keep what is here").click()
    expect(question.locator(".kit-status")).to_have_text("Saved.")
    assert front.value("01-who-says-so", item.id) == "depends"


@in_lab_and_site
def test_shut_down_kernel_is_told_and_its_advice_works(open_page) -> None:
    front = open_page(LESSON)
    front.run_all()
    front.menu("Kernel", "Shut Down Kernel")
    front.page.wait_for_timeout(1000)
    front.choose(FIRST, "It is worthless.", says="Not saved.")
    front.menu("Kernel", "Restart Kernel and Run All Cells…")
    expect(front.question(FIRST).locator(".kit-status")).to_have_text("Saved.", timeout=20_000)
    assert front.value("01-who-says-so", "who-says-so/first-thought") == "worthless"


@in_lab_and_site
def test_keys_pressed_by_accident_delete_no_question(open_page) -> None:
    front = open_page(LESSON)
    front.run_all()
    cells = front.page.locator(".jp-Cell").count()
    front.question(FIRST).locator("legend").click()
    front.page.keyboard.press("d")
    front.page.keyboard.press("d")
    front.page.wait_for_timeout(500)
    assert front.page.locator(".jp-Cell").count() == cells


def test_every_kind_by_keyboard(open_lab) -> None:
    front = open_lab(EXERCISE)
    front.run_all()
    keys = front.page.keyboard
    label = front.question("Two statements of the article")
    units = label.locator(".kit-unit")
    units.first.get_by_role("radio").first.focus()
    keys.press("Space")
    expect(units.first.locator("[value=named]")).to_be_checked()
    keys.press("Tab")  # to the link in the second statement
    keys.press("Tab")
    expect(units.nth(1).get_by_role("radio").first).to_be_focused()
    many = front.question("You can ask the page that repeats")
    many.get_by_role("checkbox").first.focus()
    keys.press("Space")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    expect(many.get_by_role("checkbox").nth(2)).to_be_checked()
    expect(many.locator(".kit-status")).to_have_text("Saved.")
    note = front.question("A friend says").get_by_role("textbox")
    note.focus()
    keys.type("a b dd x m y, and z")
    keys.press("Shift+Enter")
    keys.type("second line")
    expect(note).to_have_value("a b dd x m y, and z\nsecond line")
    expect(front.question("A friend says").locator(".kit-status")).to_have_text("Saved.")
    given = front.record("exercise-01")["entries"]
    assert given["exercise-01/sort"]["value"] == {"syria": "named"}
    assert given["exercise-01/questions"]["value"] == ["day", "calls"]
    assert given["exercise-01/note"]["value"].endswith("second line")


def test_a_page_loaded_anew_finds_its_questions_in_the_running_kernel(open_lab) -> None:
    front = open_lab(LESSON)
    front.run_all()
    front.save(LESSON)
    front.page.reload()
    front.choose(FIRST, "It is worthless.")
    assert front.value("01-who-says-so", "who-says-so/first-thought") == "worthless"


def test_a_page_that_missed_the_script_asks_for_it(open_lab, classroom: Path) -> None:
    path = "notebooks/missed.ipynb"
    ask = 'kit.ask("who-says-so/first-thought")'
    cell = f'import kit\n\nview = {ask}\nview.shared = "never-seen"\nview'
    (classroom / path).write_text(notebook(cell), encoding="utf-8")
    front = open_lab(path)
    front.run_all()
    front.choose(FIRST, "It is worthless.")
    assert front.value("01-who-says-so", "who-says-so/first-thought") == "worthless"
