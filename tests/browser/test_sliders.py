"""The sliders of lesson 03, worked by keyboard, in all three fronts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

LESSON = "notebooks/03-one-number.ipynb"


@pytest.fixture
def front(open_page):
    """The lesson, run, in one of the fronts."""
    opened = open_page(LESSON)
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


def test_a_slider_is_moved_by_no_wheel_and_by_no_finger_that_scrolls_past(front) -> None:
    box = sliders(front)
    slider, now = box.locator("input[type=range]").last, box.locator(".kit-now")
    before, stands = now.text_content(), slider.input_value()
    for focus in ("blur", "focus"):
        slider.evaluate(f"e => e.{focus}()")
        slider.hover()
        for by in (100, -100, 3.5, -0.4):
            front.page.mouse.wheel(0, by)
    slider.evaluate("e => e.scrollIntoView({ block: 'center' })")
    front.page.wait_for_timeout(300)
    finger = front.page.context.new_cdp_session(front.page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    place = slider.bounding_box()
    assert place
    x, y = place["x"] + place["width"] * 0.1, place["y"] + place["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", (x, y))
    for n in range(1, 11):
        front.page.wait_for_timeout(16)
        touch("touchMove", (x, y - 10 * n))
    touch("touchEnd")
    front.page.wait_for_timeout(1000)
    assert (now.text_content(), slider.input_value()) == (before, stands)
    slider.evaluate("e => e.scrollIntoView({ block: 'center' })")
    front.page.wait_for_timeout(300)
    place = slider.bounding_box()
    assert place
    y = place["y"] + place["height"] / 2
    touch("touchStart", (x, y))
    touch("touchEnd")
    expect(now).not_to_have_text(before)
