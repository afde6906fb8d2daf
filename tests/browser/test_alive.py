"""A lesson is alive when it opens, and runs nothing that is not the kit's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from conftest import LOOK, Front, Pages, notebook_address
from helpers import notebook
from labserver import serve
from playwright.sync_api import BrowserContext, expect

LESSON = "notebooks/00-start-here.ipynb"
FIRST = "Who stands behind the statement that the museum"
OFF = {"runWhenOpened": False, "readingView": False}


def answer_first(front: Front) -> None:
    front.choose(FIRST, "The director, by name.")


def test_one_click_from_the_link_to_the_first_answer(open_page) -> None:
    front = open_page(LESSON, alone=True)
    page, before = front.page, front.file(LESSON)
    expect(page.locator("[data-kit=alive]")).to_have_count(1, timeout=30_000)
    question = front.question(FIRST)
    expect(question).to_be_in_viewport()
    answer_first(front)
    for hidden in (".jp-InputArea-editor", ".jp-NotebookPanel-toolbar", ".jp-Cell-inputWrapper"):
        code = page.locator(f".jp-CodeCell {hidden}, .jp-NotebookPanel > {hidden}")
        assert not any(node.is_visible() for node in code.all()), hidden
    for note in page.get_by_text("choose “Run → Run All Cells”").all():
        expect(note).not_to_be_visible()
    assert front.file(LESSON) == before, "to look at a page is not to change it"
    expect(page.locator(".jp-mod-dirty, .jp-NotebookPanel.jp-mod-dirty")).to_have_count(0)
    page.get_by_role("button", name="Show code").click()
    expect(page.locator(".jp-CodeCell .jp-InputArea-editor").first).to_be_visible()
    page.get_by_role("button", name="Hide code").click()
    expect(page.locator(".jp-CodeCell .jp-InputArea-editor").first).not_to_be_visible()


def test_keys_scroll_the_page_and_open_no_cell(open_page) -> None:
    front = open_page(LESSON)
    front.run_all()
    page = front.page
    question = front.question(FIRST)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past "Answers on another computer"
    expect(question.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Space")
    expect(question.locator(".kit-status")).to_have_text("Saved.")
    text = page.locator(".jp-RenderedMarkdown").get_by_text("You will read").first
    text.click(position={"x": 5, "y": 5})
    before = question.bounding_box()["y"]
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(500)
    assert 0 < before - question.bounding_box()["y"] < 200, "a line or two, not to the next cell"
    cells = page.locator(".jp-Cell").count()
    for key in ("Enter", "d", "d", "Shift+Enter", "a", "x"):
        page.keyboard.press(key)
    text.dblclick(position={"x": 5, "y": 5})
    page.wait_for_timeout(500)
    assert page.locator(".jp-Cell").count() == cells
    assert not any(editor.is_visible() for editor in page.locator(".jp-InputArea-editor").all())


def test_where_the_focus_is_nowhere_the_next_tab_leads_into_the_page(open_notebook7) -> None:
    front = open_notebook7(LESSON)
    front.run_all()
    page = front.page
    restart = "window.jupyterapp.shell.currentWidget.context.sessionContext.restartKernel()"
    page.evaluate(LOOK)
    page.evaluate(f"() => {{ document.activeElement.blur(); return {restart}; }}")
    page.wait_for_function("() => window.looked.every((q) => !q.isConnected)", timeout=60_000)
    expect(page.locator(".jp-Notebook .jp-Cell:focus")).to_have_count(1)
    front.idle()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(front.question(FIRST).get_by_role("radio").first).to_be_focused()


def test_a_click_in_the_margin_boxes_no_question_and_a_phone_shows_the_lesson(open_page) -> None:
    front = open_page(LESSON)
    page = front.page
    front.run_all()
    question = front.question(FIRST)
    height = question.bounding_box()["height"]
    place = question.bounding_box()
    for left in (3, 10, 20, 40, 60, place["x"] - 4):
        page.mouse.click(left + page.locator(".jp-Notebook").bounding_box()["x"], place["y"] + 40)
    assert question.bounding_box()["height"] == height
    expect(question.get_by_role("button", name="Check")).to_be_visible()
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_timeout(500)
    assert question.bounding_box()["width"] > 300
    assert page.evaluate("document.querySelector('.kit-q').scrollWidth") <= 400


def test_after_a_restart_and_a_dead_kernel_the_page_comes_back(open_lab) -> None:
    front = open_lab(LESSON)
    front.run_all()
    answer_first(front)
    front.menu("Kernel", "Restart Kernel…")
    front.confirm_restart()
    expect(front.question(FIRST).get_by_label("The director, by name.")).to_be_checked()
    front.choose(FIRST, "The newspaper: it printed the sentence.")
    assert front.value("00-start-here", "start-here/try-out") == "paper"
    front.menu("Kernel", "Shut Down Kernel")
    bar = front.page.locator(".kit-page-bar")
    expect(bar).to_contain_text("has stopped")
    bar.get_by_role("button", name="Start again").click()
    expect(bar).not_to_contain_text("has stopped", timeout=20_000)
    front.idle()
    front.choose(FIRST, "The director, by name.")
    assert front.value("00-start-here", "start-here/try-out") == "director"


#: Note what the bar says, from the page's first moment until its questions are there.
LISTEN = """
  window.said = [];
  new MutationObserver(() => {
    const line = document.querySelector('.kit-page-bar [role=status]');
    if (line && !document.querySelector('[data-kit=alive]')) said.push(line.textContent);
  }).observe(document, { subtree: true, childList: true, characterData: true });
"""


def test_until_the_questions_are_there_the_bar_says_that_they_come(open_lab) -> None:
    front = open_lab(LESSON, alone=True)
    front.page.add_init_script(LISTEN)
    front.reload()
    said = front.page.evaluate("said")
    coming = "The questions are on their way …"
    assert coming in said
    assert set(said[said.index(coming) :]) == {coming}


BEGIN = 'import kit\n\nkit.begin("00-start-here")'
HOSTILE = {
    "beside": [BEGIN, "open('ran', 'w').close()"],
    "magic": [BEGIN, "%%writefile ran\nx"],
    "argument": ["import kit\n\nkit.begin(open('ran', 'w'))"],
    "alone": ["open('ran', 'w').close()"],
}


def test_a_hostile_notebook_gets_nothing_run(open_lab, pages: Pages, classroom: Path) -> None:
    """A notebook with the kit's mark and code that is not the kit's; and a false kit beside one."""
    place = classroom / "notebooks" / "strange"
    place.mkdir()
    for name, cells in HOSTILE.items():
        book = json.loads(notebook(*cells))
        book["metadata"]["kit"] = {"sheet": "00-start-here", "words": {"show_code": "<img src=x>"}}
        (place / f"{name}.ipynb").write_text(json.dumps(book), encoding="utf-8")
        front = open_lab(f"notebooks/strange/{name}.ipynb", lesson=False)
        front.page.wait_for_timeout(2500)
        assert front.page.locator(".kit-page-bar").count() == 0, name
        assert not (place / "ran").exists(), name
        pages.empty()
    shutil.copy(classroom / LESSON, place)
    (place / "kit.py").write_text("open('ran', 'w').close()\ndef begin(_): pass\n")
    front = open_lab("notebooks/strange/00-start-here.ipynb")
    expect(front.page.locator("[data-kit=alive]")).to_have_count(1, timeout=30_000)
    assert not (place / "ran").exists()


def test_switched_off_it_runs_nothing_and_what_was_saved_is_readable(
    context: BrowserContext, classroom: Path, tmp_path: Path
) -> None:
    home = tmp_path / "school"
    shutil.copytree(classroom, home, ignore=shutil.ignore_patterns(".jupyter*", ".runtime*"))
    choices = home / ".jupyter-state/settings/source-criticism-kit/lesson.jupyterlab-settings"
    with serve(home, ["-m", "kit.command.cli", "lab"]) as base:
        page = context.new_page()
        page.goto(notebook_address(base, "lab/tree", LESSON))
        expect(page.locator("[data-kit=alive]")).to_have_count(1, timeout=30_000)
        front = Front(page, home)
        answer_first(front)
        front.save(LESSON)
        choices.parent.mkdir(parents=True, exist_ok=True)
        choices.write_text(json.dumps(OFF), encoding="utf-8")
        next_week = context.new_page()
        next_week.goto(notebook_address(base, "lab/tree", LESSON))
        shown = next_week.locator(".jp-RenderedMarkdown, .jp-RenderedHTML")
        expect(shown.get_by_text("choose “Run → Run All Cells”").first).to_be_visible()
        expect(shown.get_by_text(FIRST).first).to_be_visible()
        next_week.wait_for_timeout(2000)
        assert next_week.locator(".kit-q input").count() == 0
        expect(next_week.get_by_text("model not found")).to_have_count(0)
    expect(page.locator(".kit-page-bar")).to_contain_text("The connection is lost", timeout=30_000)
