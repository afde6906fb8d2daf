"""A vote of the class: two learners' pages and the teacher's, on one folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Front
from helpers import SHOWROOM, notebook
from labserver import serve, wait_for_kernel
from playwright.sync_api import BrowserContext, Locator, expect

WHERE = "notebooks/vote.ipynb"
LAB = """
import os, sys
from kit.command.cli import main
os.environ["KIT_CLASS"] = {!r}
sys.argv[0] = "kit"
main(["lab", *sys.argv[1:]])
"""


@pytest.fixture
def school(tmp_path: Path, context: BrowserContext):
    """Three homes on one server, each with a course: two learners' and the teacher's."""
    calls = {"ada": "vote", "ben": "vote", "teacher": "show_votes"}
    for name, call in calls.items():
        shutil.copytree(SHOWROOM.root, tmp_path / name)
        (tmp_path / name / "notebooks").mkdir()
        book = json.loads(notebook(f'import kit\n\nkit.{call}("showroom/one")'))
        book["metadata"]["kit"] = {"sheet": "01-showroom", "words": {}}
        (tmp_path / name / WHERE).write_text(json.dumps(book), encoding="utf-8")
    (tmp_path / "course.toml").write_bytes((SHOWROOM.root / "course.toml").read_bytes())
    shared = tmp_path / "class"
    with serve(tmp_path, ["-c", LAB.format(str(shared))]) as base:

        def opened(name: str) -> Front:
            page = context.new_page()
            page.goto(f"{base}/lab/tree/{name}/{WHERE}?token=t&reset")
            page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
            wait_for_kernel(base, f"{name}/{WHERE}")
            return Front(page, tmp_path / name)

        yield {name: opened(name) for name in calls}, shared


def send(front: Front, answer: str) -> None:
    front.page.get_by_label(answer).check()
    expect(front.page.locator(".kit-q .kit-status")).to_have_text("Saved.")
    front.page.get_by_role("button", name="Send my vote").click()
    expect(front.page.locator(".kit-live")).to_contain_text("Your vote is with the class")


def board(front: Front) -> Locator:
    return front.page.locator(".kit-board")


def test_bars_grow_as_votes_come_in_two_rounds_and_the_key_comes_last(school) -> None:
    fronts, shared = school
    ada, ben, teacher = fronts["ada"], fronts["ben"], fronts["teacher"]
    for learner in (ada, ben):
        expect(learner.page.locator(".kit-q")).to_be_visible(timeout=30_000)
        expect(learner.page.get_by_role("button", name="Check")).to_have_count(0)
    shown = board(teacher)
    expect(shown).to_contain_text("First vote: 0.", timeout=30_000)
    send(ada, "The bird.")
    expect(shown).to_contain_text("First vote: 1.")
    send(ben, "Ines Holt")
    expect(shown).to_contain_text("1st: 1 (50 %)")
    expect(shown).to_contain_text("First vote: 2.")
    expect(shown.locator(".kit-reason")).to_have_text(["", "", ""])
    second = shown.get_by_role("button", name="Second vote")
    second.focus()
    teacher.page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    send(ada, "Ines Holt")
    expect(shown).to_contain_text("2nd: 1 (100 %)")
    expect(shown).to_contain_text("1st: 1 (50 %)")
    shown.get_by_role("button", name="Show the answer").click()
    expect(shown.locator(".kit-right")).to_contain_text("✓")
    found = Axe().run(teacher.page, {"include": [[".kit-board"]]}).response["violations"]
    assert [(v["id"], n["html"][:160]) for v in found for n in v["nodes"]] == []
    names = json.dumps([path.read_text() for path in shared.rglob("*.json")])
    assert "ada" not in names
    shared.rename(shared.with_name("gone"))
    shared.write_text("The drive is another one now.")
    expect(shown.get_by_role("status")).to_contain_text("cannot be used")
    expect(shown).to_contain_text("2nd: 1 (100 %)")
    shared.unlink()
    shared.with_name("gone").rename(shared)
    expect(shown.get_by_role("status")).to_have_text("")
    teacher.page.on("dialog", lambda dialog: dialog.accept())
    shown.get_by_role("button", name="Delete the votes").click()
    expect(shown).to_contain_text("First vote: 0.")
    assert list(shared.rglob("*.json")) == []
