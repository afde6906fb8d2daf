"""Three fronts and a real browser: JupyterLab, Notebook 7 and a site, with what a learner has."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from attrs import frozen
from filelock import FileLock
from helpers import COURSE, SHOWROOM
from labserver import (
    CHROMIUM,
    FLAGS,
    HOW,
    forget,
    kernels_of,
    plain_host,
    serve,
    wait_for_kernel,
)
from playwright.sync_api import BrowserContext, BrowserType, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pyodide_files import pyodide_place

from kit.authoring import build
from kit.authoring.site import jupyterlite, write_site
from kit.course.course import Course, load_course
from kit.course.files import write_whole

ROOT = Path(__file__).parents[2]
FAILED = pytest.StashKey[bool]()
SHOTS = ROOT / "tests" / "shots"
#: Kernels listen at sockets: what listens at ports may be given one of another worker's kernel.
SOCKETS = "--KernelManager.transport=ipc"
#: How each front end is started. The tests speak to its parts through `window.jupyterapp`.
FRONTS = {
    "lab": ["-m", "kit.command.cli", "lab", "--LabApp.expose_app_in_browser=True", SOCKETS],
    "notebook": ["-m", "notebook", "--JupyterNotebookApp.expose_app_in_browser=True", SOCKETS],
}
expect.set_options(timeout=15_000)  # milliseconds; a machine that is busy with more takes its time


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


POLL_MS = 100  #: so often a page is asked; without a number it is asked for every picture it draws
#: Look at the questions on the page; tell whether they are the same as at the last look.
LOOK = """() => {
  const before = window.looked ?? [];
  window.looked = [...document.querySelectorAll('.kit-q')];
  return before.length === looked.length && looked.every((q, n) => q === before[n]);
}"""


@frozen
class Front:
    """One open notebook, and the things that a person does with it."""

    page: Page
    home: Path

    def menu(self, *names: str) -> None:
        bar = self.page.locator(".lm-MenuBar-itemLabel")
        bar.get_by_text(names[0], exact=True).first.click()
        for name in names[1:]:
            item = self.page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True)
            item.last.click()

    def run_all(self) -> None:
        """Have all cells run: a lesson has run by itself, once, when it was opened or loaded.

        Pressed before the kernel is connected the menu does nothing, so press again.
        """
        if self.page.locator(".kit-reading:not([data-kit=run])").count():
            self.page.locator("[data-kit=alive]").evaluate("e => { e.dataset.kit = 'run'; }")
            self.idle()
            return
        for _ in range(3):
            self.menu("Run", "Run All Cells")
            with contextlib.suppress(PlaywrightTimeout):
                self.page.wait_for_selector(".kit-q", timeout=15_000)
                break
        self.idle()

    def reload(self) -> None:
        """Load the page anew, and wait until it is alive again."""
        self.page.reload()
        self.page.wait_for_selector("[data-kit=alive]", timeout=90_000)

    def restart_and_run_all(self) -> None:
        self.menu("Kernel", "Restart Kernel and Run All Cells…")
        self.confirm_restart()

    def confirm_restart(self) -> None:
        """Say yes to a restart, and wait until the new kernel has drawn every question anew."""
        self.page.evaluate(LOOK)
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        gone = "() => window.looked.every((q) => !q.isConnected)"
        self.page.wait_for_function(gone, polling=POLL_MS, timeout=60_000)
        self.idle()

    def idle(self) -> None:
        """Wait until every cell has run, and every question that it shows has been drawn."""
        self.page.wait_for_function(
            "() => {const all = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];"
            "return all.length > 0 && all.every(p => !p.textContent.includes('*'))}",
            polling=POLL_MS,
            timeout=60_000,
        )
        self.page.wait_for_selector(".kit-q", timeout=30_000)
        self.page.evaluate(LOOK)
        while True:
            self.page.wait_for_timeout(500)
            if self.page.evaluate(LOOK):
                break

    def theme(self, name: str) -> None:
        """Choose a theme in the settings, "Light" or "Dark"; the server keeps it."""
        self.menu("Settings", "Theme", f"JupyterLab {name}")
        light = "true" if name == "Light" else "false"
        body = f"body[data-jp-theme-light='{light}']"
        self.page.wait_for_selector(body, state="attached")

    @property
    def in_lab(self) -> bool:
        """Whether this is JupyterLab, and not Notebook 7."""
        return "/lab/" in self.page.url

    def focused(self) -> str:
        """Return the question that holds the focus, by its first words; empty where none does."""
        return self.page.evaluate("() => document.activeElement.closest('.kit-q')?.className ?? ''")

    def hand_in(self, done: str) -> None:
        """Press the button, and see that so much is sealed and in the saved notebook."""
        part = self.page.locator(".kit-hand-in")
        part.get_by_role("button").click()
        expect(part).to_contain_text(f": {done}.")
        expect(part).to_contain_text("This notebook is saved with them in it.")

    def question(self, text: str) -> Locator:
        return self.page.locator(".kit-q", has_text=text)

    def choose(self, text: str, answer: str, *, says: str = "Saved.") -> Locator:
        """Choose an answer, see what the status says, and return the question."""
        question = self.question(text)
        question.get_by_label(answer).check()
        expect(question.locator(".kit-status")).to_contain_text(says, timeout=8000)
        return question

    def save(self, path: str) -> None:
        """Press Ctrl+S wherever the focus is, and wait for the file on the disk to change."""
        file = self.home / path
        before = file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        for _ in range(100):
            # Jupyter empties the file before it fills it: half of one does not count.
            with contextlib.suppress(OSError, ValueError):
                if file.stat().st_mtime_ns != before and json.loads(file.read_bytes()):
                    return
            time.sleep(0.1)
        pytest.fail("Ctrl+S did not save the notebook")

    def file(self, path: str) -> bytes | None:
        """Return a notebook as it is kept now."""
        return (self.home / path).read_bytes()

    def record(self, sheet: str) -> dict:
        path = self.home / "my-work" / f"{sheet}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    def value(self, sheet: str, item: str) -> object:
        return self.record(sheet)["entries"][item]["value"]

    def signal(self, number: int) -> None:
        """Send a signal to this classroom's kernels, and not to those of pytest's other workers."""
        found = subprocess.run(
            ["pgrep", "-f", f"ipykernel_launcher.*/{re.escape(kernels_of(self.home))}"],
            capture_output=True,
            text=True,
            check=True,
        )
        for pid in found.stdout.split():
            os.kill(int(pid), number)


ASK_STORAGE = """async (asked) => {
  const answer = await fetch("../api/answers", { method: "POST", body: JSON.stringify(asked) });
  return answer.json();
}"""


@frozen
class SiteFront(Front):
    """A page of a site: the answers are in the browser, and its service worker reads them."""

    def file(self, path: str) -> bytes | None:
        """Return what the browser has saved of a notebook; None where it shows the site's."""
        (text,) = self.page.evaluate(ASK_STORAGE, {"read": [f"/drive/{path}"]})["texts"]
        return text and text.encode()

    def record(self, sheet: str) -> dict:
        return json.loads(self.file(f"my-work/{sheet}.json") or b"")

    @property
    def in_lab(self) -> bool:
        return False


def a_site(course: Course, factory: pytest.TempPathFactory) -> Path:
    """Return the folder with a course's site; it is made once, for all of pytest's workers."""
    if jupyterlite() is None:
        pytest.skip("`python -m kit.install site` brings JupyterLite")
    place, base = pyodide_place(), factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "sites" / course.id
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            write_site(course, folder, place)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    if CHROMIUM is None:
        if os.environ.get("KIT_REQUIRE_BROWSER"):
            pytest.fail(HOW)
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        yield playwright.chromium


class Servers:
    """The servers of a whole run: one for each folder and front end, begun when first needed."""

    def __init__(self, until_the_end: contextlib.ExitStack) -> None:
        self.until_the_end = until_the_end
        self.addresses: dict[tuple[Path, str], str] = {}

    def address(self, home: Path, front: str) -> str:
        """Return where a folder is served by a front end of ``FRONTS``."""
        if (home, front) not in self.addresses:
            base = self.until_the_end.enter_context(serve(home, FRONTS[front]))
            self.addresses[home, front] = base
        return self.addresses[home, front]

    def clear(self, home: Path) -> None:
        """End a folder's kernels, which stand in it, and empty it of all but the servers' files."""
        for (served, _), base in self.addresses.items():
            if served == home:
                _end_kernels(base)
        for path in home.iterdir():
            if path.name == ".jupyter-state":  # whoever comes next has chosen nothing yet
                shutil.rmtree(path / "settings", ignore_errors=True)
                shutil.rmtree(path / "workspaces", ignore_errors=True)
            elif path.is_dir():
                shutil.rmtree(path)
            elif path.is_file() and path.name != "server.log":
                path.unlink()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with contextlib.ExitStack() as until_the_end:
        yield Servers(until_the_end)


def _fill_classroom(home: Path) -> None:
    """Put what a learner has into a folder: lessons and exercises, no keys."""
    for folder in ("notebooks", "cases", "exercises"):
        shutil.copytree(ROOT / folder, home / folder)
    shutil.copy(ROOT / "pyproject.toml", home)


def _fill_showroom(home: Path) -> None:
    shutil.copytree(SHOWROOM.root, home, dirs_exist_ok=True)
    for sheet in SHOWROOM.sheets:
        path = home / sheet.notebook
        path.parent.mkdir(exist_ok=True)
        write_whole(path, build.as_bytes(build.bare(SHOWROOM, sheet)))


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders that are served: a server stays in its folder, whose files come and go."""
    return {name: tmp_path_factory.mktemp(name) for name in ("classroom", "showroom")}


@pytest.fixture(scope="module")
def classroom(places: dict[str, Path], servers: Servers) -> Path:
    """A copy of what a learner has, new for each module: lessons and exercises, no keys."""
    servers.clear(places["classroom"])
    _fill_classroom(places["classroom"])
    return places["classroom"]


@pytest.fixture(scope="module")
def showroom_home(places: dict[str, Path], servers: Servers) -> Path:
    """A course with every kind of question, new for each module.

    A test may give it words or a language of its own.
    """
    servers.clear(places["showroom"])
    _fill_showroom(places["showroom"])
    return places["showroom"]


def _text_of(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _is_lesson(path: Path) -> bool:
    """Tell whether a notebook has the kit's mark."""
    return "sheet" in json.loads(path.read_bytes())["metadata"].get("kit", {})


def _end_kernels(base: str) -> None:
    with urllib.request.urlopen(f"{base}/api/sessions?token=t", timeout=5) as answer:
        ids = [session["id"] for session in json.load(answer)]
    for session in ids:
        address = f"{base}/api/sessions/{session}?token=t"
        urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=20).close()


@pytest.fixture(scope="module")
def lab(classroom: Path, servers: Servers) -> str:
    return servers.address(classroom, "lab")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


@pytest.fixture(scope="session")
def profile(
    chromium: BrowserType, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A learner's browser: after the first test it has JupyterLab's scripts, as read and compiled.

    It has a folder, because a browser without one compiles every script anew for each page.
    """
    folder = tmp_path_factory.mktemp("browser")
    kept = chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=FLAGS, viewport={"width": 1000, "height": 900}
    )
    yield kept
    kept.close()


class Pages:
    """One page for each server, which stays open: to load JupyterLab anew costs most of all.

    A test that opens a notebook gets the page with nothing else in it, and a second page where it
    has that one already.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.taken: set[str] = set()

    def take(self, base: str) -> Page | None:
        """Return the page that is kept of a server, if there is one and it is free."""
        if base in self.taken or base not in self.pages:
            return None
        self.taken.add(base)
        return self.pages[base]

    def keep(self, base: str, page: Page) -> None:
        """Keep a page, once it is emptied, for who comes next."""
        if base not in self.pages:
            page.evaluate("() => { window.kept = true; }")
            self.pages[base] = page
            self.taken.add(base)

    def empty(self) -> list[Page]:
        """Close what the test has opened, and return the pages that are as new then."""
        self.taken.clear()
        for base, page in list(self.pages.items()):
            if page.is_closed() or not page.evaluate(EMPTY):
                del self.pages[base]
        return list(self.pages.values())


#: Close what is open, and tell whether the page is as new then. One that was loaded anew may still
#: open what it had; and what asks for an answer, or tells something, is not to be closed unread.
EMPTY = """async () => {
  const shell = window.jupyterapp?.shell;
  const said = document.querySelector('.jp-Dialog, .lm-Menu, .Toastify__toast');
  if (!window.kept || said) return false;
  const launcher = (widget) => widget.id.startsWith('launcher');
  for (const widget of [...shell.widgets('main')]) if (!launcher(widget)) widget.dispose();
  if (!shell.isSideTabBarVisible) return true;  // Notebook 7 has no side bars, and no launcher
  for (const side of ['left', 'right']) {
    if (!shell.isSideTabBarVisible(side)) shell.toggleSideTabBarVisibility(side);
  }
  shell.expandLeft();
  const files = [...shell.widgets('left')].find((widget) => widget.id === 'filebrowser');
  await files.model.cd('/');  // the folder that it shows may go
  for (let n = 0; n < 100; n++) {  // the launcher comes by itself, and must not come later
    if ([...shell.widgets('main')].some(launcher)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}"""


#: Open a notebook here; Notebook 7 would open a tab. It returns nothing: JupyterLab's answer is the
#: whole document, which would be sent to the test.
OPEN = """async ([path, address]) => {
  history.replaceState(null, '', address);
  const options = { ref: '_noref' };
  await window.jupyterapp.commands.execute('docmanager:open', { path, options });
}"""


@pytest.fixture(scope="session")
def pages() -> Pages:
    return Pages()


@pytest.fixture
def context(
    profile: BrowserContext, pages: Pages, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """The browser without pages, and without anything that a page has put into it."""
    yield profile
    if request.node.stash.get(FAILED, False):
        SHOTS.mkdir(exist_ok=True)
        for n, page in enumerate(profile.pages):
            page.screenshot(path=SHOTS / f"{request.node.name}-{n}.png")
        pages.pages.clear()
    forget(profile, but=pages.empty())


def notebook_address(base: str, where: str, path: str) -> str:
    """Return the address of a notebook in a front end, opened afresh."""
    return f"{base}/{where}/{path}?token=t&reset"


@pytest.fixture
def open_notebook(context: BrowserContext, pages: Pages):
    """Return a function that opens a notebook and waits until it has its kernel.

    In the page that stays if it can. Asked for a page ``alone``, it gives one that is closed after
    the test: for who changes the page itself, or has to see it load. ``lesson`` is False for what
    only looks like one.
    """

    def opened(
        home: Path, base: str, where: str, path: str, *, alone: bool = False, lesson: bool = True
    ) -> Front:
        page = None if alone else pages.take(base)
        if page is None:
            page = context.new_page()
            page.goto(notebook_address(base, where, path))
        else:
            page.set_viewport_size({"width": 1000, "height": 900})
            page.bring_to_front()
            page.evaluate(OPEN, [path, f"{base}/{where}/{path}"])
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        wait_for_kernel(base, path)
        if lesson and _is_lesson(home / path):
            # Until the extension has seen it, nobody knows that it will run by itself.
            page.wait_for_selector(".kit-page-bar", state="attached", timeout=60_000)
        else:
            page.wait_for_timeout(300)  # the extension looks at a page once it is ready
        if not alone:
            pages.keep(base, page)
        return Front(page, home)

    return opened


@pytest.fixture
def open_lab(open_notebook, lab: str, classroom: Path):
    """Return a function that opens a notebook in JupyterLab and hands out a Front."""

    def opened(path: str, *, reset: bool = True, alone: bool = False, lesson: bool = True) -> Front:
        work = classroom / "my-work"
        if reset and work.exists():
            shutil.rmtree(work)
        return open_notebook(classroom, lab, "lab/tree", path, alone=alone, lesson=lesson)

    return opened


@pytest.fixture
def open_showroom(context: BrowserContext, open_notebook, showroom: str, showroom_home: Path):
    """Return a function that opens a sheet of the showroom course in one of the fronts.

    A site has the language and the words of the course as it is.
    """

    def opened(
        sheet: str = "01-showroom",
        *,
        language: str = "en",
        words: str = "",
        reset: bool = True,
        size: tuple[int, int] = (1000, 900),
        alone: bool = False,
    ) -> Front:
        work = showroom_home / "my-work"
        name, _, base = showroom.partition(" ")
        if name == "site":
            front = _opened_on_site(context, base, f"notebooks/{sheet}.ipynb")
            front.page.set_viewport_size({"width": size[0], "height": size[1]})
            return front
        if reset:
            shutil.rmtree(work, ignore_errors=True)
        course = (SHOWROOM.root / "course.toml").read_text("utf-8")
        told = {"course.toml": f'language = "{language}"\n{course}', "messages.toml": words}
        if told != {file: _text_of(showroom_home / file) for file in told}:
            _end_kernels(base)  # they know the language of the test before
            for file, text in told.items():
                (showroom_home / file).write_text(text, "utf-8")
        where = "lab/tree" if name == "lab" else "notebooks"
        path = f"notebooks/{sheet}.ipynb"
        front = open_notebook(showroom_home, base, where, path, alone=alone)
        front.page.set_viewport_size({"width": size[0], "height": size[1]})
        return front

    return opened


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the course's site; no test changes it."""
    with plain_host(a_site(COURSE, tmp_path_factory)) as base:
        yield base


@pytest.fixture(scope="session")
def showroom_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("showroom")
    _fill_showroom(home)
    with plain_host(a_site(load_course(home, home), tmp_path_factory)) as base:
        yield base


def _opened_on_site(context: BrowserContext, base: str, path: str) -> SiteFront:
    page = context.new_page()
    page.goto(f"{base}/notebooks/index.html?path={path}")
    page.wait_for_selector("[data-kit=alive]", timeout=120_000)
    return SiteFront(page, Path())


@pytest.fixture
def open_site(context: BrowserContext, site: str):
    """Return a function that opens a page of the site and hands out a Front."""

    def opened(path: str, *, reset: bool = True, alone: bool = True, lesson: bool = True) -> Front:
        del alone, lesson  # each page of a site is one of its own, and a lesson
        if reset and any(page.url.startswith(site) for page in context.pages):
            pytest.fail("a site forgets at the end of a test only")
        return _opened_on_site(context, site, path)

    return opened


@pytest.fixture(params=["open_lab", "open_notebook7", "open_site"])
def open_page(request: pytest.FixtureRequest):
    """Return a function that opens a page, in each of the three fronts."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def showroom(request: pytest.FixtureRequest, showroom_home: Path, servers: Servers) -> str:
    """Serve the showroom course, by JupyterLab unless a test asks for another; name and address."""
    name = getattr(request, "param", "lab")
    if name == "site":
        return f"site {request.getfixturevalue('showroom_site')}"
    return f"{name} {servers.address(showroom_home, name)}"


@pytest.fixture(scope="module")
def notebook7(classroom: Path, servers: Servers) -> str:
    return servers.address(classroom, "notebook")


@pytest.fixture
def open_notebook7(open_notebook, notebook7: str, classroom: Path):
    """Return a function that opens a notebook in Notebook 7 and hands out a Front."""
    return partial(open_notebook, classroom, notebook7, "notebooks")
