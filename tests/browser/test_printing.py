from __future__ import annotations

import re

import pytest
from helpers import PROJECT, each

FOLDER = PROJECT / "handouts"
HANDOUTS = sorted([*FOLDER.glob("*.html"), *FOLDER.glob("teacher/*.html")])
OTHER_FONTS = 1.04  #: another computer's fonts may run a little wider
POINT = 4 / 3  #: CSS pixels
every_handout = each("path", HANDOUTS)


def sheets_of_paper(page, paper: str) -> int:
    """Return how many pages Chromium prints."""
    pdf = page.pdf(format=paper, scale=OTHER_FONTS)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.fixture
def opened(context):
    """Return a function that shows a handout; one page shows all of them in turn."""
    page = context.new_page()

    def at(path):
        page.goto(path.as_uri())
        return page

    return at


def test_there_are_handouts():
    assert len(HANDOUTS) == 15


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@every_handout
def test_a_handout_prints_on_one_page(path, paper, opened):
    assert sheets_of_paper(opened(path), paper) == 1


def test_a_longer_one_would_be_seen(opened):
    page = opened(HANDOUTS[0])
    page.locator("main").evaluate(
        "main => {for (let i = 0; i < 20; i++) main.append(document.createElement('hr'))}"
    )
    assert sheets_of_paper(page, "A4") == 2


@every_handout
def test_the_print_is_large_enough_and_black_on_white(path, opened):
    page = opened(path)
    page.emulate_media(media="print")
    styles = page.locator("main *").evaluate_all(
        "all => all.filter(e => e.textContent.trim()).map(e => getComputedStyle(e))"
        ".map(s => [parseFloat(s.fontSize), s.color])"
    )
    assert styles
    assert min(size for size, _ in styles) >= 11 * POINT
    assert {color for _, color in styles} == {"rgb(0, 0, 0)"}


@each("path", [p for p in HANDOUTS if p.stem[0].isdigit()])
def test_there_is_room_to_write(path, opened):
    page = opened(path)
    lines = page.locator("main hr").evaluate_all("all => all.map(e => e.offsetHeight / 96 * 25.4)")
    assert len(lines) >= 2
    assert min(lines) >= 7  # millimetres
