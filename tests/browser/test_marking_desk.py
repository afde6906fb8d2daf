"""The marking desk in a real JupyterLab, worked by keyboard alone."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "grading"))

from classes import a_seal  # noqa: E402
from helpers import COURSE, GRADED  # noqa: E402

from kit import handin  # noqa: E402
from kit.grading import grade_folder  # noqa: E402

DESK = "solutions/marking-desk.ipynb"


def table(home: Path) -> list[dict[str, str]]:
    with (home / "marks" / "to-mark.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def marks(home: Path) -> list[str]:
    return [row["mark"] for row in table(home)]


@pytest.fixture
def desk(classroom, open_lab):
    """A graded class of three, and its desk, clicked into."""
    box = classroom / "handed-in"
    shutil.rmtree(box, ignore_errors=True)
    shutil.rmtree(classroom / "marks", ignore_errors=True)
    box.mkdir()
    shutil.copytree(ROOT / "solutions", classroom / "solutions", dirs_exist_ok=True)
    for n in range(3):
        text = handin.to_json(a_seal(COURSE, GRADED[0], n))
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
    press(desk, "3", "2", "1")
    assert sorted(m for m in marks(home) if m) == ["1", "2", "3"]
    expect(page.locator(".kit-desk")).not_to_contain_text("B0000")
    press(desk, "u")
    assert sorted(m for m in marks(home) if m) == ["2", "3"]
    for _ in range(3):
        press(desk, "o", "2", "2", "2")
    assert "" not in marks(home)
    expect(page.locator(".kit-desk")).to_contain_text("All are marked. This one is by B0000")


def test_a_comment_is_saved_and_offered_again(desk):
    page, home = desk.page, desk.home
    press(desk, "c")
    page.keyboard.type("Name the paragraph = please.")
    press(desk, "Escape")
    assert [r["comment"] for r in table(home) if r["comment"]] == ["Name the paragraph = please."]
    press(desk, "n")
    bank = page.locator(".kit-desk .kit-bank").first
    expect(bank).to_contain_text("Name the paragraph = please.")
    bank.get_by_role("button").first.click()
    page.wait_for_timeout(300)
    assert len([r for r in table(home) if r["comment"]]) == 2


def test_keys_of_the_desk_are_not_jupyterlab_s(desk):
    """In JupyterLab 'd d' deletes a cell, 'x' cuts one, 'b' adds one."""
    before = desk.page.locator(".jp-Cell").count()
    press(desk, "d", "d", "x", "b", "1")
    assert desk.page.locator(".jp-Cell").count() == before
    assert [m for m in marks(desk.home) if m] == ["1"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_a_mark_looks_like(desk, theme):
    """The level that was given is told by a sign and a word to the machine, not by colour alone."""
    if theme == "dark":
        desk.menu("Settings", "Theme")
        desk.page.locator(".lm-Menu-itemLabel").get_by_text("JupyterLab Dark", exact=True).click()
        desk.page.wait_for_timeout(1000)
        desk.page.locator(".kit-desk select").focus()
        desk.page.keyboard.press("Tab")
    press(desk, "2")
    given = desk.page.locator(".kit-desk .kit-level[aria-pressed=true]")
    expect(given).to_have_count(1)
    expect(desk.page.locator(".kit-desk")).not_to_contain_text("null")
    sign = given.locator("kbd").evaluate("n => getComputedStyle(n, '::before').content")
    assert "✓" in sign
    shots = ROOT / "tests" / "shots"
    shots.mkdir(exist_ok=True)
    desk.page.locator(".kit-desk select").scroll_into_view_if_needed()
    desk.page.screenshot(path=shots / f"desk-{theme}.png")
