"""What the lenses marked, alone and in lesson 07: filters, the learner's judgement of each mark."""

from __future__ import annotations

import pytest
from conftest import Front
from helpers import COURSE
from playwright.sync_api import BrowserContext, expect

from kit.lenses.look import mark_text

STORY = "The bridge may fall.\nPolice said 20 people crossed it on Monday."
LESSON = "notebooks/07-your-own-text.ipynb"
FRONTS = ("open_lab", "open_notebook7", "open_site")


@pytest.fixture(params=["alone", *FRONTS])
def page(request: pytest.FixtureRequest, context: BrowserContext):
    """A marked text; in a front it is the text that the learner has pasted and chosen."""
    if request.param == "alone":
        shown = context.new_page()
        shown.set_content(mark_text(COURSE, STORY, "2026-01-13")._repr_html_())
        return shown
    front = request.getfixturevalue(request.param)(LESSON)
    front.run_all()
    paste_own_text(front, STORY)
    front.choose("Which text do you take", "A text of my own")
    front.page.get_by_role("button", name="Show my text").click()
    expect(front.page.locator(".kit-live")).to_contain_text(["Police said 20 people"])
    front.page.get_by_role("button", name="Mark it").click()
    expect(front.page.locator(".kit-look")).to_be_visible()
    return front.page


PAGE = "<nav><p>Home</p></nav><article><h1>A bridge</h1><p>It may\n fall.</p></article>"


def test_a_text_comes_from_a_file_and_of_a_saved_page_the_story_alone(open_page, tmp_path) -> None:
    front = open_page(LESSON)
    front.run_all()
    carry = front.page.locator(".kit-carry")
    carry.get_by_text("Answers on another computer").click()
    for name, held, shown in (("a.txt", STORY, STORY), ("a.html", PAGE, "A bridge\nIt may fall.")):
        (tmp_path / name).write_text(held, "utf-8")
        with front.page.expect_file_chooser() as chooser:
            carry.get_by_role("button", name="Take a text from a file").click()
        chooser.value.set_files(tmp_path / name)
        expect(carry.get_by_role("textbox")).to_have_value(shown)
        expect(carry.get_by_role("textbox")).to_be_focused()


def paste_own_text(front: Front, text: str) -> None:
    """Paste a text at the top of a page, and have it kept as the reader's own."""
    front.page.locator("summary", has_text="Answers on another computer").click()
    carry = front.page.locator(".kit-carry")
    carry.get_by_role("textbox").fill(text)
    carry.get_by_role("button", name="Keep it as my own text").click()
    expect(carry.get_by_role("status")).to_contain_text("Your text is kept")


def test_each_filter_hides_the_labels_of_its_lens_and_brings_them_back(page):
    for lens in ("hedge", "sourcing", "figure", "date"):
        labels = page.locator(f".kit-row small.kit-{lens}")
        assert labels.first.is_visible()
        page.locator(f".kit-show-{lens}").focus()
        page.keyboard.press("Space")
        assert not labels.first.is_visible()
        others = page.locator(f".kit-row small:not(.kit-{lens})")
        assert all(other.is_visible() for other in others.all())
        page.keyboard.press("Space")
        assert labels.first.is_visible()


def test_a_learner_judges_each_mark_with_keys_and_sees_what_the_lens_got_wrong(page):
    page.locator(".kit-look summary").focus()
    page.keyboard.press("Enter")
    rows = page.locator(".kit-look details tr:has(td)")
    rows.nth(0).locator("input").first.focus()
    page.keyboard.press("Space")
    assert rows.nth(0).get_by_label("right").is_checked()
    rows.nth(1).locator("input").first.focus()
    page.keyboard.press("ArrowRight")
    assert rows.nth(1).get_by_label("wrong").is_checked()
    counted = "row => getComputedStyle(row).counterIncrement"  # what the line below adds up
    added = [row.evaluate(counted) for row in rows.all()][:3]
    assert added == ["kit-look-right 1", "kit-look-wrong 1", "none"]
    sums = "marks: 1 and “wrong” to this many: 1"
    assert sums in told(page)
    page.locator(".kit-show-hedge").uncheck()  # what is judged stays judged
    assert sums in told(page)
    page.locator(".kit-show-hedge").check()
    page.locator(".kit-only-wrong").check()
    assert [row.is_visible() for row in rows.all()] == [k == 1 for k in range(rows.count())]


def told(page) -> str:
    """Return what a screen reader says of the sums, which the style adds up."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    texts = [n["name"]["value"] for n in nodes if n["role"]["value"] == "StaticText"]
    return " ".join(" ".join(texts).split())


def test_where_there_is_little_room_the_words_stand_over_their_reason(page):
    page.set_viewport_size({"width": 400, "height": 800})
    page.locator(".kit-look summary").click()
    row = page.locator(".kit-look details tr:has(td)").first
    places = [cell.bounding_box() for cell in row.locator("td").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 400 for box in places)
    assert places[1]["y"] < places[3]["y"] < places[4]["y"]
    assert abs(places[0]["x"] - places[3]["x"]) < 10  # not at the other end, as in Jupyter's tables
