"""The web site: seconds to the first live question, bytes before it, and a click to its reason."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from time import perf_counter

from labserver import CHROMIUM, FLAGS, HOW, plain_host, serve
from playwright.sync_api import BrowserType, Page, sync_playwright
from pyodide_files import pyodide_place

from bench.lab.front import CLOCKS, click
from bench.table import Row, ms_row, s_row
from kit.authoring.site import write_site
from kit.course.course import load_course
from kit.course.messages import CONTENT

ROUNDS = 3
LESSON = "notebooks/00-start-here.ipynb"
ASKED = "Who stands behind the statement that the museum"
ANSWER, REASON = "The director, by name.", "She is named, she is placed to know"
LIVE = ".jp-OutputArea-output .kit-q input:not([disabled])"
PROJECT = Path(__file__).parents[1]


def rows() -> list[Row]:
    """Measure site and lab in turn, each with an empty cache first and then with a full one."""
    if CHROMIUM is None:
        raise SystemExit(HOW)
    course = load_course(CONTENT, PROJECT)
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        site, home = Path(folder) / "site", Path(folder) / "home"
        write_site(course, site, pyodide_place())
        shutil.copytree(PROJECT / "notebooks", home / "notebooks")
        shutil.copy(PROJECT / "pyproject.toml", home)  # my-work is beside it
        lab = serve(home, ["-m", "kit.command.cli", "lab"])
        with plain_host(site) as host, lab as base, sync_playwright() as playwright:
            sides = {
                "site": f"{host}/notebooks/index.html?path={LESSON}",
                "lab": f"{base}/lab/tree/{LESSON}?token=t&reset",
            }
            for n in range(ROUNDS):
                for side, address in sides.items():
                    shutil.rmtree(home / "my-work", ignore_errors=True)
                    profile = Path(folder) / f"{side}-{n}"
                    for cache in ("cold", "warm"):
                        _visit(playwright.chromium, profile, address, f"{side} {cache}", took)
    note = "the lab's server runs already, on this machine; the site brings its own Python"
    fetched = f"{took['site cold bytes'][0] / 1e6:.1f} MB"
    return [
        s_row(
            "site, empty cache: the first live question",
            took["site cold"],
            "JupyterLab, empty cache",
            took["lab cold"],
            "8 s",
            note,
        ),
        s_row(
            "site, full cache: the first live question",
            took["site warm"],
            "JupyterLab, full cache",
            took["lab warm"],
            "4 s",
            note,
        ),
        Row(
            "site: bytes before that, empty cache",
            fetched,
            "",
            "",
            "",
            "25 MB",
            "as the host sends them: none is compressed on the way",
        ),
        ms_row(
            "site: click to visible reason",
            took["site cold click"],
            "JupyterLab",
            took["lab cold click"],
            "≤ 2",
            "one click a visit",
        ),
    ]


def _visit(
    chromium: BrowserType, profile: Path, address: str, name: str, took: dict[str, list[float]]
) -> None:
    """Open a lesson in a learner's browser, and keep what it took under the name."""
    context = chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=FLAGS, viewport={"width": 1000, "height": 900}
    )
    context.add_init_script(CLOCKS)
    page = context.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    start = perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(LIVE, timeout=120_000)
    took[name].append(perf_counter() - start)
    took[f"{name} bytes"].append(sum(sizes))
    page.wait_for_selector("[data-kit=alive]", timeout=120_000)
    if name.endswith("cold"):
        took[f"{name} click"].append(_click(page))
    context.close()


def _click(page: Page) -> float:
    """Answer, press Check, and return the milliseconds until the reason can be read."""
    question = page.locator(".kit-q", has_text=ASKED)
    question.get_by_label(ANSWER).check()
    page.wait_for_timeout(3000)  # what is kept with the choice is done by then
    return click(page, question, question.get_by_role("button", name="Check"), REASON)
