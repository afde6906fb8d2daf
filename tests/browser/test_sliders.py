"""The sliders of lesson 03, worked by keyboard, in both front ends."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

LESSON = "notebooks/03-one-number.ipynb"


@pytest.fixture(params=["open_lab", "open_notebook7"])
def front(request: pytest.FixtureRequest):
    """The lesson, run, in one of the two front ends."""
    opened = request.getfixturevalue(request.param)(LESSON)
    opened.run_all()
    return opened


def sliders(front) -> Locator:
    box = front.page.locator(".kit-sliders")
    box.scroll_into_view_if_needed()
    expect(box.locator(".kit-now")).to_contain_text("give")  # the first words have come
    return box


def test_the_arrow_keys_move_a_slider_and_what_follows_is_told(front) -> None:
    box = sliders(front)
    later, now = box.locator("input[type=range]").last, box.locator(".kit-now")
    before = now.text_content()  # whatever the front end lays out
    assumed = later.get_attribute("aria-valuetext")
    assert assumed
    picture = box.locator("img").get_attribute("src")
    later.focus()
    front.page.keyboard.press("ArrowRight")
    expect(now).not_to_have_text(before)
    expect(now).to_contain_text(re.compile(r"recipes give \d+\.\d to \d+\.\d billion US dollars"))
    expect(later).not_to_have_attribute("aria-valuetext", assumed)
    expect(later).to_be_focused()
    expect(box.locator("img")).not_to_have_attribute("src", picture)
    front.page.keyboard.press("ArrowLeft")
    expect(now).to_have_text(before)


def test_axe_finds_nothing_wrong_in_the_sliders(front) -> None:
    box = sliders(front)
    box.locator("input[type=range]").first.focus()
    found = Axe().run(front.page, {"include": [[".kit-sliders"]]}).response
    assert found["passes"], "axe looked at nothing"
    assert [(v["id"], n["html"][:160]) for v in found["violations"] for n in v["nodes"]] == []
