"""Make the pictures again: JupyterLab in a real browser, and the pages of a class that never was.

Run by ``make screens``; it writes the PNG files beside this one.
"""

from __future__ import annotations

import base64
import html
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from grading.classes import a_seal
from playwright.sync_api import Locator, Page

from bench.lab.front import Front, front, run_all
from kit.authoring import build
from kit.authoring.skeleton import new_course
from kit.course.course import load_course
from kit.course.messages import CONTENT
from kit.grading import grade_folder
from kit.learner import submission

HERE = Path(__file__).parent
ROOT = HERE.parent
CLASS = 24  #: learners


#: What an author writes, for the picture of it beside the question that it makes.
WRITTEN = """::: choose-one bird
A second paper prints that a bird stopped the clock, citing the first. What does that add?

- [ ] Much: two papers say so.
  > Agreement counts when each could have erred separately.
- [x] Nothing that we can see.
  > One origin, two papers. That does not make it false.
:::
"""


def authored(home: Path) -> None:
    """Make a course in which an exercise asks what an author has written."""
    folder = home / "courses" / "Our town"
    new_course(folder)
    course = load_course(folder, folder)
    sheet = course.sheet("exercise-01")
    page = build.source_path(course, sheet)
    page.write_text(f"# Exercise\n\n{WRITTEN}", encoding="utf-8")
    book = folder / sheet.notebook
    book.parent.mkdir()
    book.write_bytes(build.as_bytes(build.bare(course, sheet)))


def classroom(home: Path) -> None:
    """Copy what an instructor has, and grade a made-up class there."""
    for folder in ("notebooks", "cases", "exercises", "solutions"):
        shutil.copytree(ROOT / folder, home / folder)
    shutil.copy(ROOT / "pyproject.toml", home)
    course = load_course(CONTENT, home)
    sheet = course.sheet("exercise-01")
    handed_in = home / "handed-in"
    handed_in.mkdir()
    for n in range(CLASS):
        path = handed_in / f"{n}.json"
        path.write_text(submission.to_json(a_seal(course, sheet, n)), encoding="utf-8")
    grade_folder(course, handed_in, course.keys, home / "marks")


def ready(page: Page) -> None:
    """Run the whole notebook and wait until its questions stand still."""
    page.keyboard.press("Control+b")  # without the list of files there is more room
    run_all(page)
    page.wait_for_selector(".kit-q")
    drawn = -1
    while drawn != (drawn := page.locator(".kit-q").count()):
        page.wait_for_timeout(1500)


def answered(page: Page) -> Locator:
    """Return a question of lesson 01 that was answered and checked."""
    question = page.locator(".kit-q", has_text="The sentence in paragraph 6 has two halves")
    question.get_by_label("The first half. For the second we have no ground so far.").check()
    question.get_by_role("button", name="Check", exact=True).click()
    question.locator(".kit-verdict").wait_for()
    page.keyboard.press("Escape")
    return question


def made(page: Page) -> Locator:
    """Return the question that an author has written, answered and checked."""
    question = page.locator(".kit-q").first
    question.get_by_label("Nothing that we can see.").check()
    question.get_by_role("button", name="Check", exact=True).click()
    question.locator(".kit-verdict").wait_for()
    return question


def beside(running: Front, shot: bytes) -> None:
    """Take the picture of what an author writes and, beside it, the question that it makes."""
    page = running.browser.new_page(viewport={"width": 1360, "height": 400})
    image = base64.b64encode(shot).decode()
    page.set_content(
        '<body style="margin:0"><div id="both" style="display:flex;gap:1.5em;padding:1em;'
        'align-items:center;background:white"><pre style="font-size:14px;white-space:pre-wrap;'
        f'width:34em;background:#f3f3f3;padding:1em">{html.escape(WRITTEN)}</pre>'
        f'<img width="680" src="data:image/png;base64,{image}"></div>'
    )
    page.locator("#both").screenshot(path=HERE / "author.png")
    page.close()


def sliders(page: Page) -> Locator:
    """Return the old estimate of lesson 03 with one of its assumptions moved."""
    box = page.locator(".kit-sliders")
    box.locator("input[type=range]").last.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1500)
    return box


def origins(page: Page) -> Locator:
    """Return the picture of who got the 95 billion from whom."""
    return page.locator(".jp-OutputArea-output:has(.jp-RenderedMermaid)").first


def desk(page: Page) -> Locator:
    """Return the marking desk."""
    return page.locator(".kit-desk")


IN_LAB: dict[str, tuple[str, Callable[[Page], Locator]]] = {
    "question": ("notebooks/01-who-says-so.ipynb", answered),
    "origins": ("notebooks/03-one-number.ipynb", origins),
    "sliders": ("notebooks/03-one-number.ipynb", sliders),
    "desk": ("solutions/marking-desk.ipynb", desk),
    "author": ("courses/Our town/exercises/01-exercise.ipynb", made),
}


def in_lab(home: Path, names: list[str]) -> None:
    """Take each picture in JupyterLab: the screen around a question, else the thing itself."""
    with front(home) as running:
        for name in names:
            path, find = IN_LAB[name]
            screen = name in ("question", "desk")
            with running.notebook(path) as page:
                page.set_viewport_size({"width": 1040, "height": 900 if screen else 1500})
                ready(page)
                shown = find(page)
                where = "center" if name == "question" else "start"
                shown.evaluate(f"node => node.scrollIntoView({{ block: '{where}' }})")
                page.wait_for_timeout(500)
                if name == "author":
                    beside(running, shown.screenshot())
                    continue
                (page if screen else shown).screenshot(path=HERE / f"{name}.png")
        pages(home, running)


def pages(home: Path, running: Front) -> None:
    """Take the tops of a learner's page and of the class report."""
    feedback = sorted((home / "marks" / "feedback").glob("*.html"))[0]
    for name, path in (("feedback", feedback), ("report", home / "marks" / "report.html")):
        page = running.browser.new_page(viewport={"width": 1000, "height": 800})
        page.goto(path.as_uri())
        page.screenshot(path=HERE / f"{name}.png")
        page.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        classroom(Path(folder))
        authored(Path(folder))
        in_lab(Path(folder), sys.argv[1:] or list(IN_LAB))
