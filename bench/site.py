"""The web site: seconds to the first live question, bytes before it, and a click to its reason."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import json
import shutil
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from labserver import CHROMIUM, FLAGS, HOW, plain_host, serve
from playwright.sync_api import BrowserContext, BrowserType, Page, Request, sync_playwright
from pyodide_files import pyodide_place

from bench.lab.front import CLOCKS, click, run_all
from bench.lab.sides import BARE, BARE_SIDE, JUPYTERQUIZ, Side, make_notebook
from bench.lab.sides import REASON as THEIR_REASON
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
PEERS = {BARE_SIDE: ".bare", JUPYTERQUIZ: ".MCButton"}  #: and what each draws
PEERS_PAGE = "notebooks/peers.ipynb"


def rows() -> list[Row]:
    """Measure site and lab in turn, each with an empty cache first and then with a full one."""
    if CHROMIUM is None:
        raise SystemExit(HOW)
    course = load_course(CONTENT, PROJECT)
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        site, home = Path(folder) / "site", Path(folder) / "home"
        write_site(course, site, pyodide_place())
        _add_peers(site)
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
                profile = Path(folder) / f"site-{n}"
                address = f"{host}/notebooks/index.html?path={PEERS_PAGE}"
                _visit_peers(playwright.chromium, profile, address, took)
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
        s_row(
            "site, full cache: the first live question",
            took["site warm"],
            "bare anywidget there",
            took["bare"],
            "",
            "the bare widget is drawn by Run → Run All Cells, pressed once the kernel is idle",
        ),
        *(
            ms_row(
                "site: click to visible reason",
                took["site cold click"],
                f"{peer.name} there",
                took[f"{peer.name} click"],
                "",
                "they keep nothing",
            )
            for peer in PEERS
        ),
    ]


def _add_peers(site: Path) -> None:
    """Put a notebook beside the lessons, with a bare anywidget and a question of jupyterquiz."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bare.py", BARE)
        found = importlib.util.find_spec("jupyterquiz")
        if found is None or found.origin is None:
            raise SystemExit("jupyterquiz is not installed: pip install -e .[bench]")
        folder = Path(found.origin).parent
        for path in folder.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, Path(folder.name) / path.relative_to(folder))
    data = base64.b64encode(packed.getvalue()).decode()
    place = f'open("/tmp/peers.zip", "wb").write(base64.b64decode("{data}"))'
    unpack = f'import base64, sys\n{place}\nsys.path.insert(0, "/tmp/peers.zip")'
    page = site / "files" / PEERS_PAGE
    make_notebook(page, [unpack, *(peer.cell(0) for peer in PEERS)])
    text = page.read_text("utf-8").replace('"name": "python3"', '"name": "python"')
    page.write_text(
        text, "utf-8"
    )  # so the site's kernel is called; by another name it is asked for
    listing = site / "api" / "contents" / "notebooks" / "all.json"
    listed = json.loads(listing.read_text("utf-8"))
    named = {"name": Path(PEERS_PAGE).name, "path": PEERS_PAGE}
    listed["content"].append({**listed["content"][0], **named})
    listing.write_text(json.dumps(listed), "utf-8")


def _visit_peers(
    chromium: BrowserType, profile: Path, address: str, took: dict[str, list[float]]
) -> None:
    """Open the peers' notebook, run it, and answer both; the cache is full."""
    with _browser(chromium, profile) as context:
        page = context.new_page()
        page.set_default_timeout(120_000)
        start = perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        run_all(page)
        page.wait_for_selector(PEERS[BARE_SIDE])
        took["bare"].append(perf_counter() - start)
        for peer, drawn in PEERS.items():
            took[f"{peer.name} click"].append(_click_peer(page, peer, drawn))


def _click_peer(page: Page, peer: Side, drawn: str) -> float:
    page.wait_for_selector(drawn)
    cell = page.locator(".jp-OutputArea-output", has=page.locator(drawn)).last
    peer.choose(cell)
    return click(page, cell, peer.press(cell), THEIR_REASON)


@contextlib.contextmanager
def _browser(chromium: BrowserType, profile: Path) -> Iterator[BrowserContext]:
    context = chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=FLAGS, viewport={"width": 1000, "height": 900}
    )
    context.add_init_script(CLOCKS)
    yield context
    context.close()


def _visit(
    chromium: BrowserType, profile: Path, address: str, name: str, took: dict[str, list[float]]
) -> None:
    """Open a lesson in a learner's browser, and keep what it took under the name."""
    with _browser(chromium, profile) as context:
        page = context.new_page()
        done: list[Request] = []
        page.on("requestfinished", lambda r: done.append(r))  # noqa: PLW0108  (it wants a function)
        start = perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_selector(LIVE, timeout=120_000)
        took[name].append(perf_counter() - start)
        sizes = [request.sizes()["responseBodySize"] for request in list(done)]
        took[f"{name} bytes"].append(sum(sizes))
        page.wait_for_selector("[data-kit=alive]", timeout=120_000)
        if name.endswith("cold"):
            took[f"{name} click"].append(_click(page))


def _click(page: Page) -> float:
    """Answer, press Check, and return the milliseconds until the reason can be read."""
    question = page.locator(".kit-q", has_text=ASKED)
    question.get_by_label(ANSWER).check()
    page.wait_for_timeout(3000)  # what is kept with the choice is done by then
    return click(page, question, question.get_by_role("button", name="Check"), REASON)
