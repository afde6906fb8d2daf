"""How quick is a question? Beside a bare anywidget and the two quiz packages, all in one run."""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Page

from bench.lab.front import Front, click, drawn, front
from bench.lab.sides import (
    BARE_SIDE,
    IPYQUIZJB,
    JUPYTERQUIZ,
    KIT,
    PER_SHEET,
    REASON,
    Side,
    kit_in,
    make_course,
    make_notebook,
)
from bench.table import Row, ms_row, s_row, spread

CLICKS = 40  #: of each side
MANY = 200  #: questions in one notebook
ROUNDS = 3  #: of that
LESSONS = 5  #: times that a lesson of twenty questions is run
FAST_DISK = Path("/dev/shm")  #: a disk in memory, where there is one


def rows() -> list[Row]:
    """Measure everything; it takes some six minutes, and twice that on a busy machine."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "bench"
        home.mkdir()
        make_course(home, MANY // PER_SHEET)
        with front(home) as lab:
            return [*_click_rows(lab, home), *_many_rows(lab, home), _lesson(lab, home)]


def _opened(lab: Front, path: str) -> AbstractContextManager[Page]:
    """Open a notebook, and say so: whoever waits sees how far it is."""
    print(f"  {path}", file=sys.stderr, flush=True)
    return lab.notebook(path)


# --- Click to reason ------------------------------------------------------------------------------


def _click_rows(lab: Front, home: Path) -> list[Row]:
    sides = [KIT, BARE_SIDE, JUPYTERQUIZ, IPYQUIZJB]
    with tempfile.TemporaryDirectory(dir=FAST_DISK if FAST_DISK.is_dir() else None) as fast:
        in_memory = kit_in(Path(fast))
        if FAST_DISK.is_dir():
            sides.append(in_memory)
        took = _clicks(lab, home, sides)
    aim = "≤ 1.5"
    ours, bare = took["kit"], took["bare"]
    rows = [
        ms_row(
            "click to visible reason",
            ours,
            "bare anywidget round trip",
            bare,
            aim,
            "the kit checks, scores and writes the record through to the disk before it says the "
            "reason; the bare widget does nothing",
        )
    ]
    if in_memory in sides:
        rows.append(
            ms_row(
                "the same, records on a disk in memory",
                took[in_memory.name],
                "bare anywidget round trip",
                bare,
                aim,
                "what the disk costs is the difference to the row above",
            )
        )
    notes = {
        "jupyterquiz": "it checks in the page, without a kernel, and keeps nothing; the key stands "
        "in the page",
        "ipyquizjb": "it keeps nothing, and has no reason for each option: its note on the right "
        "answer is shown instead",
    }
    for name, note in notes.items():
        against = f"{name} {version(name)}"
        rows.append(ms_row("click to visible reason", ours, against, took[name], "", note))
    return rows


def _clicks(lab: Front, home: Path, sides: list[Side]) -> dict[str, list[float]]:
    """Ask each side's question ``CLICKS`` times, in turn, and return the milliseconds.

    A page holds as many questions as a lesson does: on a longer one everything takes longer, and
    the sides would look more alike than they are.
    """
    took: dict[str, list[float]] = {side.name: [] for side in sides}
    per_page = PER_SHEET // len(sides)
    for first in range(0, CLICKS, per_page):
        turns = range(first, first + per_page)
        asked = [(sides[(n + m) % len(sides)], n) for n in turns for m in range(len(sides))]
        path = f"notebooks/clicks-{first}.ipynb"
        make_notebook(home / path, [side.cell(n) for side, n in asked])
        with _opened(lab, path) as page:
            drawn(page, "kit-q", sum(side.press is KIT.press for side, _ in asked), idle=True)
            for n, (side, _) in enumerate(asked):
                cell = page.locator(".jp-CodeCell").nth(n)
                side.choose(cell)
                page.wait_for_timeout(250)  # what choosing set off is over
                took[side.name].append(click(page, cell, side.press(cell), REASON))
    return took


# --- Many at once ---------------------------------------------------------------------------------


def _many_rows(lab: Front, home: Path) -> list[Row]:
    took: dict[str, list[float]] = {"kit-q": [], "bare": []}
    for n in range(ROUNDS):
        for name, side in (("kit-q", KIT), ("bare", BARE_SIDE)):
            path = f"notebooks/many-{name}-{n}.ipynb"
            make_notebook(home / path, [side.cell(i) for i in range(MANY)])
            with _opened(lab, path) as page:
                took[name].append(drawn(page, name, MANY))
    return [
        s_row(
            f"{MANY} questions in {MANY} cells, from Run All to all drawn",
            took["kit-q"],
            f"{MANY} bare anywidgets",
            took["bare"],
            "≤ 1.5",
            "a question has a fieldset, its options and a still form of itself; the bare widget is "
            "two buttons",
        )
    ]


def _lesson(lab: Front, home: Path) -> Row:
    cells = [f'import kit\n\nkit.ask("all-kinds/q{n}")' for n in range(PER_SHEET)]
    times = []
    for n in range(LESSONS):
        path = f"notebooks/lesson-{n}.ipynb"
        make_notebook(home / path, ['import kit\n\nkit.begin("all-kinds")', *cells])
        with _opened(lab, path) as page:
            times.append(drawn(page, "kit-q", PER_SHEET, idle=True))
            _answer_last(page)
    return Row(
        what=f"lesson of {PER_SHEET} questions, from Run All to the last answerable",
        ours=f"{statistics.median(times):.2f} s",
        against="",
        theirs="",
        ratio="",
        aim="≤ 3 s",
        note=f"every kind, with a fresh kernel; n = {len(times)}, {spread(times)}",
    )


def _answer_last(page: Page) -> None:
    """See that the last question does take an answer."""
    last = page.locator(".kit-q").last
    last.locator("input, select, textarea").first.wait_for()
    assert last.locator("input:enabled, select:enabled, textarea:enabled, button:enabled").count()
