"""One JupyterLab and one browser for all sides of a benchmark; each notebook gets a new kernel."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from labserver import CHROMIUM, FLAGS, HOW, serve, wait_for_kernel
from playwright.sync_api import Browser, Locator, Page, sync_playwright

CLOCKS = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")


@frozen
class Front:
    """A running JupyterLab and a browser to look at it."""

    base: str
    browser: Browser

    @contextlib.contextmanager
    def notebook(self, path: str) -> Iterator[Page]:
        """Open the notebook ``path`` in a fresh page; its kernel ends with the block."""
        context = self.browser.new_context(viewport={"width": 1000, "height": 900})
        context.add_init_script(CLOCKS)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{self.base}/lab/tree/{path}?token=t&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        wait_for_kernel(self.base, path)
        try:
            yield page
        finally:
            context.close()
            self._end_kernels()

    def _end_kernels(self) -> None:
        head = {"Authorization": "token t"}
        ask = urllib.request.Request(f"{self.base}/api/sessions", headers=head)
        with urllib.request.urlopen(ask, timeout=10) as answer:
            sessions = json.load(answer)
        for session in sessions:
            urllib.request.urlopen(
                urllib.request.Request(
                    f"{self.base}/api/sessions/{session['id']}", headers=head, method="DELETE"
                ),
                timeout=20,
            ).close()


@contextlib.contextmanager
def front(home: Path) -> Iterator[Front]:
    """Serve ``home`` as ``make lab`` does, and open a browser."""
    if CHROMIUM is None:
        raise SystemExit(HOW)
    with serve(home, ["-m", "kit.command.cli", "lab"]) as base, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Front(base, chromium)
        chromium.close()


def run_all(page: Page) -> None:
    """Choose Run → Run All Cells; the clocks in the page count from that click."""
    page.locator(".lm-MenuBar-itemLabel").get_by_text("Run", exact=True).first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).last.click()


def drawn(page: Page, name: str, count: int, *, idle: bool = False) -> float:
    """Run all cells; return the seconds until ``count`` nodes of class ``name`` are drawn."""
    run_all(page)
    return float(page.evaluate("a => bench.untilDrawn(...a)", [name, count, idle])) / 1000


def click(page: Page, cell: Locator, press: Locator, reason: str) -> float:
    """Click ``press``; return the milliseconds until ``reason`` can be read in ``cell``."""
    cell.evaluate("(root, text) => { window.reading = bench.untilSeen(root, text); }", reason)
    press.click()
    return float(page.evaluate("() => window.reading"))
