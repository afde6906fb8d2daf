"""The marking desk in a real JupyterLab, worked by keyboard alone."""

from __future__ import annotations

import csv
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "grading"))

from classes import a_seal  # noqa: E402
from helpers import COURSE, GRADED  # noqa: E402

from kit.grading import grade_folder  # noqa: E402
from kit.learner import submission  # noqa: E402

DESK = "solutions/marking-desk.ipynb"


def table(home: Path) -> list[dict[str, str]]:
    with (home / "marks" / "to-mark.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def marks(home: Path) -> list[str]:
    return [row["mark"] for row in table(home)]


def given_marks(home: Path) -> list[str]:
    return sorted(mark for mark in marks(home) if mark)


def comments(home: Path) -> list[str]:
    return [row["comment"] for row in table(home) if row["comment"]]


def soon(read: Callable[[Path], object], home: Path, wanted: object) -> None:
    """See that the table says so, at last: a kernel that is busy writes it when it comes to it."""
    for _ in range(150):
        if read(home) == wanted:
            return
        time.sleep(0.1)
    assert read(home) == wanted


@pytest.fixture
def desk(classroom, open_lab):
    """A graded class of three, and its desk, clicked into."""
    box = classroom / "handed-in"
    shutil.rmtree(box, ignore_errors=True)
    shutil.rmtree(classroom / "marks", ignore_errors=True)
    box.mkdir()
    shutil.copytree(ROOT / "solutions", classroom / "solutions", dirs_exist_ok=True)
    for n in range(3):
        text = submission.to_json(a_seal(COURSE, GRADED[0], n))
        (box / f"{n}.json").write_text(text, encoding="utf-8")
    grade_folder(COURSE, box, COURSE.keys, classroom / "marks")
    front = open_lab(DESK)
    front.run_all()
    front.page.locator(".kit-desk .kit-answer").click()
    front.page.locator(".kit-desk select").focus()
    front.page.keyboard.press("Tab")
    return front


def press(front, *keys: str) -> None:
    for key in keys:
        front.page.keyboard.press(key)
        expect(front.page.locator(".kit-desk .kit-status")).not_to_have_text("")
        front.page.wait_for_timeout(250)


def test_a_class_is_marked_by_keyboard_alone(desk):
    page, home = desk.page, desk.home
    press(desk, "3")
    soon(given_marks, home, ["3"])
    expect(page.locator(".kit-desk")).not_to_contain_text("B0000")
    press(desk, "u")
    soon(given_marks, home, [])
    for _ in range(3):
        press(desk, "o", "3")
    soon(given_marks, home, ["3"] * len(marks(home)))
    expect(page.locator(".kit-desk")).to_contain_text("All are marked. This one is by B0000")


def test_one_key_an_answer_is_enough(desk):
    page, home = desk.page, desk.home
    press(desk, "a")
    expect(page.get_by_label("Go on by itself as soon as an answer is marked")).to_be_checked()
    all_of_them = len(marks(home))
    press(desk, *"3" * all_of_them)
    soon(given_marks, home, ["3"] * all_of_them)
    press(desk, "u")
    soon(given_marks, home, ["3"] * (all_of_them - 1))
    expect(page.locator(".kit-desk .kit-level[aria-pressed=true]")).to_have_count(0)


def test_a_comment_is_saved_and_offered_again(desk):
    page, home = desk.page, desk.home
    press(desk, "c")
    page.keyboard.type("Name the paragraph = please.")
    press(desk, "Escape")
    soon(comments, home, ["Name the paragraph = please."])
    press(desk, "n")
    bank = page.locator(".kit-desk .kit-bank").first
    expect(bank).to_contain_text("Name the paragraph = please.")
    bank.get_by_role("button").first.click()
    soon(comments, home, ["Name the paragraph = please."] * 2)


def test_keys_of_the_desk_are_not_jupyterlab_s(desk):
    """In JupyterLab 'd d' deletes a cell, 'x' cuts one, 'b' adds one."""
    before = desk.page.locator(".jp-Cell").count()
    press(desk, "d", "d", "x", "b", "3")
    soon(given_marks, desk.home, ["3"])
    assert desk.page.locator(".jp-Cell").count() == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_a_mark_looks_like(desk, theme):
    """The level that was given is told by a sign and a word to the machine, not by colour alone."""
    if theme == "dark":
        desk.menu("Settings", "Theme")
        desk.page.locator(".lm-Menu-itemLabel").get_by_text("JupyterLab Dark", exact=True).click()
        desk.page.wait_for_timeout(1000)
        desk.page.locator(".kit-desk select").focus()
        desk.page.keyboard.press("Tab")
    press(desk, "3")
    given = desk.page.locator(".kit-desk .kit-level[aria-pressed=true]")
    expect(given).to_have_count(1)
    expect(desk.page.locator(".kit-desk")).not_to_contain_text("null")
    sign = given.locator("kbd").evaluate("n => getComputedStyle(n, '::before').content")
    assert "✓" in sign
    shots = ROOT / "tests" / "shots"
    shots.mkdir(exist_ok=True)
    desk.page.locator(".kit-desk select").scroll_into_view_if_needed()
    desk.page.screenshot(path=shots / f"desk-{theme}.png")


def given(home: Path) -> dict[str, tuple[str, str]]:
    return {row["answer_id"]: (row["mark"], row["comment"]) for row in table(home)}


def test_nothing_but_a_key_or_a_click_in_the_desk_changes_a_mark(desk):
    page, home = desk.page, desk.home
    press(desk, "3", "c")
    page.keyboard.type("Name it.")
    press(desk, "Escape")
    soon(comments, home, ["Name it."])
    before, place = given(home), page.locator(".kit-desk .kit-count").first.text_content()
    # The wheel.
    for control in page.locator(".kit-desk :is(select, button, textarea):visible").all():
        for focus in ("blur", "focus"):
            control.evaluate(f"e => e.{focus}()")
            control.hover()
            for by in (100, -100, 3.5, -0.4):
                page.mouse.wheel(0, by)
    # A text that is dropped, and a press on the wheel, which pastes on Linux.
    answer, box = page.locator(".kit-desk .kit-answer"), page.locator(".kit-desk textarea").first
    answer.evaluate("e => getSelection().selectAllChildren(e)")
    answer.drag_to(box, source_position={"x": 30, "y": 20}, target_position={"x": 20, "y": 10})
    page.locator(".kit-desk textarea").last.focus()  # where 'Name it.' was typed
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    box.click(button="middle")
    page.locator(".kit-desk .kit-level").first.focus()  # leaving a box keeps what is in it
    page.wait_for_timeout(700)
    assert given(home) == before
    # Keys outside of the desk, and Ctrl+Z in it where nothing is typed.
    page.locator(".kit-desk .kit-level").first.focus()
    page.keyboard.press("Control+z")
    page.evaluate("document.activeElement.blur()")
    for key in ("1", "2", "3", "u", "ArrowUp", "ArrowDown", "Control+z"):
        page.keyboard.press(key)
    page.wait_for_timeout(700)
    assert given(home) == before
    assert page.locator(".kit-desk .kit-count").first.text_content() == place


def test_a_key_marks_the_criterion_that_has_the_focus_and_once(desk):
    page = desk.page
    last = page.locator(".kit-desk .kit-criterion").last
    last.locator(".kit-level").first.focus()
    page.keyboard.down("3")
    for _ in range(5):
        page.keyboard.down("3")  # held down
        page.wait_for_timeout(100)
    page.keyboard.up("3")
    page.wait_for_timeout(300)
    soon(given_marks, desk.home, ["3"])
    expect(
        page.locator(".kit-desk .kit-criterion").last.locator("[aria-pressed=true]")
    ).to_have_count(1)


def test_a_fast_hand_marks_what_it_means(desk):
    page, home = desk.page, desk.home
    for key in ("3", "n", "6"):
        page.keyboard.press(key)
    page.wait_for_timeout(1500)
    soon(given_marks, home, ["3", "6"])
    # What is typed while a mark is under way is not lost when the page is drawn anew.
    page.locator(".kit-desk .kit-level").first.focus()
    page.keyboard.press("3")
    page.keyboard.press("c")
    page.keyboard.type("Good, and short.")
    page.wait_for_timeout(700)
    page.keyboard.press("Escape")
    soon(lambda home: "Good, and short." in comments(home), home, True)
