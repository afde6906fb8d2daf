"""Every kind of question, in every front: by keyboard, by eye, by ear, in another language."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers import SHOWN, SHOWROOM, escaped, pseudo_messages
from playwright.sync_api import Locator, expect

from kit.course.article import load_article

SHEET = "01-showroom"
in_both_fronts = pytest.mark.parametrize("showroom", ["lab", "notebook"], indirect=True)
in_all_fronts = pytest.mark.parametrize("showroom", ["lab", "notebook", "site"], indirect=True)
in_lab_and_site = pytest.mark.parametrize("showroom", ["lab", "site"], indirect=True)


def kind(front, name: str, n: int = 0) -> Locator:
    """Return the first question of a kind, or a later one."""
    question = front.page.locator(f".kit-q.kit-{name}").nth(n)
    question.scroll_into_view_if_needed()
    return question


def saved(question: Locator) -> None:
    expect(question.locator(".kit-status")).to_have_text("Saved.", timeout=8000)


def press(front, *keys: str) -> None:
    for key in keys:
        front.page.keyboard.press(key)


def check(front, question: Locator, name: str = "Check") -> None:
    """Press a question's button by keyboard, and see that the focus stays in the question."""
    button = question.get_by_role("button", name=name)
    button.focus()
    press(front, "Enter")
    expect(question.locator(".kit-result")).not_to_be_empty()
    front.page.wait_for_timeout(200)
    assert front.focused(), f"{name} lost the focus"


def kept(front, name: str) -> object:
    return front.value(SHEET, f"showroom/{name}")


@in_all_fronts
def test_every_kind_by_keyboard_alone(open_showroom) -> None:
    front = open_showroom()
    front.run_all()

    one = kind(front, "choose-one")
    one.get_by_role("radio").first.focus()
    press(front, "Space", "Tab")
    expect(one.get_by_role("spinbutton")).to_be_focused()
    front.page.keyboard.type("90")
    saved(one)
    check(front, one)
    expect(one.locator(".kit-reason:visible")).to_have_count(1)
    expect(one.locator(".kit-hints")).to_contain_text("Hint 1 of 2:")
    one.locator(".kit-hints button").focus()
    press(front, "Enter")
    expect(one.locator(".kit-hints")).to_contain_text("Hint 2 of 2:")
    assert front.focused(), "a hint lost the focus"
    one.get_by_role("button", name="Try again").focus()
    press(front, "Enter")
    expect(one.get_by_role("radio").first).to_be_focused()
    one.get_by_role("radio").first.focus()
    press(front, "ArrowDown", "ArrowDown")
    expect(one.get_by_role("radio").nth(2)).to_be_checked()
    saved(one)
    check(front, one, "Show all")
    expect(one.locator(".kit-reason:visible")).to_have_count(3)
    expect(one.get_by_role("button", name="Show all")).to_be_hidden()
    entry = front.record(SHEET)["entries"]["showroom/one"]
    assert (entry["value"], entry["checks"]) == ("town", ["bird"])
    assert (entry["first_sure"], entry["shown"]) == (90, True)

    many = kind(front, "choose-many")
    many.get_by_role("checkbox").first.focus()
    press(front, "Space", "Tab", "Space")
    saved(many)
    check(front, many)
    assert kept(front, "many") == ["wheel", "holt"]

    label = kind(front, "label")
    label.get_by_role("radio").first.focus()
    press(front, "Space", "Tab", "Space", "ArrowDown")
    saved(label)
    check(front, label)
    assert kept(front, "label") == {"wheel": "named", "bird": "nobody"}

    number = kind(front, "number")
    number.get_by_role("textbox").focus()
    front.page.keyboard.type("1,800")
    expect(number.locator(".kit-status")).to_contain_text("two ways")
    expect(number.get_by_role("textbox")).to_have_value("1,800")
    press(front, "Control+a")
    front.page.keyboard.type("1 800,0")
    saved(number)
    expect(number.get_by_role("textbox")).to_have_value("1 800,0")
    expect(number).to_contain_text("Kept as: 1\u202f800 crowns")
    check(front, number)
    assert kept(front, "number") == 1800

    order = kind(front, "order")
    expect(order.locator(".kit-status")).to_have_text("Not answered yet.")
    move = order.get_by_role("button", name="Move up: The clock stops.")
    move.focus()
    press(front, "Enter")
    expect(move).to_be_focused()
    expect(order.locator(".kit-said")).to_have_text("The clock stops. is now number 1 of 3.")
    order.get_by_role("button", name="Move down: The town pays").focus()
    press(front, "Space")
    saved(order)
    check(front, order)
    assert kept(front, "order") == ["stops", "says", "bill"]

    forecast = kind(front, "probability")
    forecast.get_by_role("slider").focus()
    press(front, "ArrowRight", "ArrowRight")
    saved(forecast)
    forecast.get_by_role("button", name="Commit").focus()
    press(front, "Enter")
    expect(forecast.locator(".kit-status")).to_contain_text("committed")
    assert front.focused(), "committing lost the focus"

    text = kind(front, "write")
    text.get_by_role("textbox").focus()
    front.page.keyboard.type("I believe the wheel, because dd she says so.")
    press(front, "Enter")
    saved(text)
    check(front, text, "Show a model answer")
    text.get_by_label("It does").first.focus()
    press(front, "Space")
    saved(text)
    press(front, "ArrowDown")
    saved(text)
    assert front.record(SHEET)["entries"]["showroom/write"]["own"] == {"ground": "partly"}

    # All of it is there again, and nothing that was open is closed.
    front.restart_and_run_all()
    expect(kind(front, "choose-one").locator(".kit-reason:visible")).to_have_count(3)
    expect(kind(front, "number").get_by_role("textbox")).to_have_value("1800")
    expect(kind(front, "order").locator("li").first).to_contain_text("The clock stops.")
    expect(kind(front, "write").get_by_label("Partly").first).to_be_checked()


def test_an_order_that_is_right_as_it_stands_can_be_kept(open_showroom) -> None:
    front = open_showroom()
    front.run_all()
    order = kind(front, "order")
    order.get_by_role("button", name="Keep this order").focus()
    press(front, "Enter")
    saved(order)
    assert front.focused()
    assert kept(front, "order") == ["bill", "stops", "says"]


def answer_all(front) -> None:
    """Answer and check everything, so that every state of a question is on the page."""
    kind(front, "choose-one").get_by_label("The bird.").check()
    kind(front, "choose-many").get_by_role("checkbox").first.check()
    for label in kind(front, "label").locator("[value=named]").all():
        label.check()
    for statement in ("a wheel is broken", "a bird flew in"):
        kind(front, "label", 1).get_by_label(statement).select_option("guess")
    kind(front, "number").get_by_role("textbox").fill("600")
    kind(front, "order").get_by_role("button", name="Move up: The clock stops.").click()
    kind(front, "probability").get_by_role("spinbutton").fill("70")
    kind(front, "write").get_by_role("textbox").fill("A wheel broke.")
    checked = [kind(front, name) for name in ("choose-one", "choose-many", "number", "order")]
    for question in (*checked, kind(front, "label"), kind(front, "label", 1)):
        saved(question)
        question.get_by_role("button", name="Check").click()
        expect(question.locator(".kit-verdict")).to_be_visible()
    kind(front, "choose-one").locator("summary").click()
    [about] = kind(front, "choose-many").locator("summary").all()  # one, of both paragraphs
    about.click()
    expect(kind(front, "choose-many").locator(".kit-about")).to_contain_text("said to have seen")
    saved(kind(front, "write"))
    kind(front, "write").get_by_role("button", name="Show a model").click()
    expect(kind(front, "write").locator(".kit-own")).to_be_visible()
    saved(kind(front, "probability"))


def violations(front) -> list[tuple[str, str]]:
    """Return what axe-core finds wrong in the questions of the page."""
    # Questions are parts of a page: what a page as a whole must have is JupyterLab's affair.
    part, told = {"include": [[".kit-q"]]}, {"resultTypes": ["violations"]}
    found = Axe().run(front.page, part, told).response
    assert found["passes"] or found["violations"], "axe looked at nothing"
    return [(v["id"], n["html"][:160]) for v in found["violations"] for n in v["nodes"]]


PLACES = """(question) => {
  const place = (css) => question.querySelector(css)?.getBoundingClientRect();
  const frame = document.querySelector('.jp-Notebook').parentElement.getBoundingClientRect();
  const button = place('.kit-foot .kit-button'), verdict = place('.kit-verdict');
  return [button.top, Boolean(verdict && verdict.top >= frame.top && verdict.bottom <= button.top)];
}"""


@pytest.mark.parametrize(
    ("showroom", "width"), [("lab", 1000), ("notebook", 400)], indirect=["showroom"]
)
def test_the_verdict_is_in_view_and_what_was_pressed_stays_where_it_was(
    open_showroom, width
) -> None:
    front = open_showroom(size=(width, 900))
    front.run_all()
    kind(front, "choose-one").get_by_label("The bird.").check()
    kind(front, "choose-many").get_by_role("checkbox").first.check()
    kind(front, "label").get_by_role("radio").first.check()
    kind(front, "number").get_by_role("textbox").fill("600")
    kind(front, "order").get_by_role("button", name="Keep this order").click()
    kind(front, "write").get_by_role("textbox").fill("A wheel broke.")
    for name in ("choose-one", "choose-many", "label", "number", "order", "write"):
        question = kind(front, name)
        expect(question.locator(".kit-status")).to_contain_text("Saved.")
        button = question.locator(".kit-foot .kit-button").first
        button.evaluate("e => e.scrollIntoView({ block: 'center' })")
        front.page.wait_for_timeout(300)
        before, _ = question.evaluate(PLACES)
        button.click()
        expect(question.locator(".kit-verdict")).to_be_visible()
        front.page.wait_for_timeout(500)
        after, in_view = question.evaluate(PLACES)
        assert abs(after - before) < 2, name
        assert in_view, name


COUNT_LOOKS = """() => {
  window.looks = 0;
  const look = Element.prototype.getBoundingClientRect;
  Element.prototype.getBoundingClientRect = function () {
    if (this.isConnected && this.closest('.kit-q')) window.looks += 1;
    return look.call(this);
  };
}"""


def test_to_draw_a_question_the_page_need_not_be_laid_out(open_showroom) -> None:
    """To ask where something is lays out the whole page: 200 questions did so 400 times."""
    front = open_showroom(alone=True)
    front.run_all()
    front.page.evaluate(COUNT_LOOKS)
    front.restart_and_run_all()
    assert front.page.evaluate("window.looks") == 0
    question = kind(front, "choose-one")
    question.get_by_label("The bird.").check()
    saved(question)
    assert front.page.evaluate("window.looks") > 0, "looks are not counted"


HEARD = """(question) => {
  window.heard = [];
  const place = question.querySelector('[role=status].kit-heard');
  const heard = new MutationObserver(() => window.heard.push(place.textContent));
  heard.observe(place, { childList: true });
}"""


def test_saved_is_heard_once_after_a_pause_and_reasons_when_they_are_asked_for(
    open_showroom,
) -> None:
    front = open_showroom()
    front.run_all()
    write, one = kind(front, "write"), kind(front, "choose-one")
    write.evaluate(HEARD)
    box = write.get_by_role("textbox")
    box.focus()
    for word in ("A", "wheel", "broke"):
        front.page.keyboard.type(f"{word} ")
        saved(write)
    assert front.page.evaluate("heard") == []
    front.page.wait_for_timeout(3000)
    assert front.page.evaluate("heard") == ["Saved."]
    one.evaluate(HEARD)
    one.get_by_label("The bird.").check()
    check(front, one)
    (heard,) = front.page.evaluate("heard")
    for said in ("Not the one", "The bird.", "A bird says nothing.", "Hint 1 of 2"):
        assert said in heard
    regions = [q.get_by_role("heading").inner_text() for q in front.page.locator(".kit-q").all()]
    assert len(set(regions)) == len(SHOWN)
    for name in regions:
        expect(front.page.get_by_role("region", name=name, exact=True)).to_have_count(1)


def test_what_a_question_does_not_need_is_jupyters_again(open_showroom) -> None:
    front = open_showroom()
    front.run_all()
    side = front.page.locator("#jp-left-stack")
    for control in (
        kind(front, "choose-one").get_by_role("radio").first,
        kind(front, "write").get_by_role("textbox"),
    ):
        was_open = side.is_visible()
        control.focus()
        press(front, "Control+b")
        expect(side).to_be_visible(visible=not was_open)
    expect(kind(front, "write").get_by_role("textbox")).to_be_focused()


def test_an_answer_that_is_refused_is_told_why_and_is_saved_when_that_is_mended(
    open_showroom,
) -> None:
    front = open_showroom()
    front.run_all()
    many = kind(front, "choose-many")
    lock = front.home / f"my-work/{SHEET}.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()  # so nothing can be kept, and the kernel lives
    many.get_by_role("checkbox").first.check()
    status = many.locator(".kit-status")
    expect(status).to_contain_text("Not saved. Your answer is still on this page. The file")
    assert "Kernel" not in (status.text_content() or ""), "to restart it would not help"
    lock.rmdir()
    many.get_by_role("button", name="Save again").click()
    saved(many)
    expect(many.get_by_role("button", name="Save again")).to_be_hidden()
    text = kind(front, "write")
    text.get_by_role("textbox").fill("word " * 5000)
    expect(text.locator(".kit-status")).to_contain_text("25000 characters, and up to 20000")
    text.get_by_role("textbox").fill("A word.")
    saved(text)


TWO_FRAMES = """() => new Promise((go) =>
  requestAnimationFrame(() => requestAnimationFrame(go)))"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(
    '.kit-q :is(legend, label, input, select, button, textarea, summary, .kit-reason, .kit-status,'
    + ' .kit-said, .kit-verdict, li > div > span)')]
    .filter((e) => e.offsetParent && !e.closest('[hidden]'))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([, b]) => b.width && b.height && b.bottom > 0 && b.top < innerHeight);
  const found = [];
  for (const [i, [a, p]] of boxes.entries()) for (const [b, q] of boxes.slice(i + 1)) {
    if (a.contains(b) || b.contains(a)) continue;
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (wide > 1 && high > 1) found.push([a.outerHTML.slice(0, 90), b.outerHTML.slice(0, 90)]);
  }
  for (const q of document.querySelectorAll('.kit-q')) {
    const box = q.getBoundingClientRect();
    if (q.scrollWidth > q.clientWidth + 1) found.push(['too wide', q.className]);
    if (box.right > document.documentElement.clientWidth + 1) found.push(['cut off', q.className]);
  }
  return found;
}"""


def overlaps(front) -> list[list[str]]:
    """Return what overlaps in any question; Notebook 7 lays out only what is in view."""
    found = []
    for question in front.page.locator(".kit-q").all():
        question.evaluate("e => e.scrollIntoView()")
        front.page.evaluate(TWO_FRAMES)
        found += front.page.evaluate(OVERLAPS)
    return found


WIDTHS = {"phone": 400, "zoomed to 200 %": 500, "as it is": 1000}
TARGETS = ".kit-q :is(input, select, button, summary, textarea):visible"


def too_small(front) -> list[str]:
    """Return what a finger would miss: what is less than 24 pixels wide or high."""
    found = []
    for target in front.page.locator(TARGETS).all():
        box = target.bounding_box()
        assert box
        if min(box["width"], box["height"]) < 24:
            found.append(target.evaluate("e => e.outerHTML"))
    return found


def faults(front) -> dict[str, list]:
    """Return what is wrong with the page to look at, at every width and in both themes.

    A window of 1,000 pixels at a zoom of 200 % has room for 500.
    """
    found: dict[str, list] = {"too small": too_small(front)}
    for name, width in WIDTHS.items():
        front.page.set_viewport_size({"width": width, "height": 900})
        front.page.wait_for_timeout(300)
        found[name] = overlaps(front)
    for theme in ("Dark", "Light"):
        front.theme(theme)
        found[theme] = violations(front)
    return {name: wrong for name, wrong in found.items() if wrong}


@in_both_fronts
def test_nothing_overlaps_and_axe_finds_nothing_wrong(open_showroom) -> None:
    front = open_showroom()
    front.run_all()
    assert faults(front) == {}
    answer_all(front)
    assert faults(front) == {}
    kind(front, "number").get_by_role("textbox").fill("1,800")
    expect(kind(front, "number").locator(".kit-status")).to_contain_text("two ways")
    assert violations(front) == []
    for name in ("choose-one", "choose-many", "label", "order"):
        for reason in kind(front, name).locator(".kit-reason:visible").all():
            assert reason.text_content()[0] in "✓✗", "colour is not the only sign"
    sign = "e => getComputedStyle(e, '::before').content"
    assert kind(front, "choose-many").locator(".kit-status").evaluate(sign) == '"✓ "'


def test_overlaps_would_be_seen(open_showroom) -> None:
    front = open_showroom()
    front.run_all()
    low = front.page.add_style_tag(content=".kit-q .kit-option { height: 4px; }")
    assert overlaps(front) != []
    small = front.page.add_style_tag(content=".kit-q .kit-button { zoom: 0.5; }")
    assert too_small(front) != []
    for style in (low, small):
        style.evaluate("e => e.remove()")


def test_reduced_motion_is_respected(open_showroom, context) -> None:
    front = open_showroom()
    front.page.emulate_media(reduced_motion="reduce")
    front.run_all()
    moving = front.page.evaluate(
        "() => [...document.querySelectorAll('.kit-q, .kit-q *')].filter((e) => {"
        "const s = getComputedStyle(e);"
        "return parseFloat(s.transitionDuration) || s.animationName !== 'none'}).length"
    )
    assert moving == 0
    front.page.emulate_media(reduced_motion="null")


TEXTS = """() => [...document.querySelectorAll('.kit-q, .kit-q *')].flatMap((e) => [
  e.getAttribute('aria-label'), e.getAttribute('title'), e.getAttribute('placeholder'),
  ...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent),
]).filter(Boolean)"""


def test_no_word_of_the_page_escapes_another_language(open_showroom) -> None:
    front = open_showroom(words=pseudo_messages())
    front.run_all()
    for button in front.page.locator(".kit-hints button, .kit-q summary").all():
        button.click()
    kind(front, "number").get_by_role("textbox").fill("1,800")
    kind(front, "order").locator("li button").nth(3).click()
    kind(front, "probability").get_by_role("spinbutton").fill("300")
    kind(front, "choose-many").get_by_role("checkbox").first.check()
    kind(front, "choose-many").locator(".kit-foot button").first.click()
    kind(front, "label").locator(".kit-foot button").first.click()
    kind(front, "write").get_by_role("textbox").fill("wheel")
    front.page.wait_for_timeout(1500)
    kind(front, "write").locator(".kit-foot button").first.click()
    expect(kind(front, "write").locator(".kit-own")).to_be_visible()
    authored = " ".join(str(item) for item in SHOWN.values()) + " wheel"
    authored += " ".join(unit.gist for unit in load_article(SHOWROOM).units)
    texts = front.page.evaluate(TEXTS)
    assert len(texts) > 60
    whole = [t for t in texts if escaped(t, authored + " What does it say What do they say")]
    assert whole == []


def test_a_language_from_right_to_left_lays_the_questions_out_that_way(open_showroom) -> None:
    front = open_showroom(language="ar")
    front.run_all()
    one = kind(front, "choose-one")
    radio, text = one.get_by_role("radio").first, one.locator(".kit-option label").first
    assert radio.bounding_box()["x"] > text.bounding_box()["x"], "the button stands on the right"
    style = "e => getComputedStyle(e).borderRightWidth + ' ' + getComputedStyle(e).borderLeftWidth"
    assert one.evaluate(style) == "4px 1px"
    number = kind(front, "number")
    boxes = [number.locator(css).bounding_box()["x"] for css in ("label", "input", "[id$=unit]")]
    assert boxes == sorted(boxes, reverse=True)
    answer_all(front)
    assert overlaps(front) == []


@in_lab_and_site
def test_a_reveal_opens_where_it_stands_and_warm_ups_come_first(open_showroom, pages) -> None:
    front = open_showroom()
    front.run_all()
    counter = front.page.locator(".kit-live").first
    expect(counter).to_contain_text("0 of 8 answered")
    kind(front, "choose-one").get_by_label("The bird.").check()
    saved(kind(front, "choose-one"))
    expect(counter).to_contain_text("1 of 8 answered")
    check(front, kind(front, "choose-one"))
    pages.empty()
    later = open_showroom("02-afterwards", reset=False)
    later.run_all()
    warm = later.question("Who says that a wheel is broken?")
    expect(warm.locator(".kit-status")).to_have_text("Not answered yet.")
    warm.get_by_label("Ines Holt, the clockmaker.").check()
    saved(warm)
    assert kept(front, "one") == "bird"
    closed = later.page.locator(".kit-live").first
    expect(closed).to_contain_text("stays closed until")
    expect(closed).not_to_contain_text("never found")
    closed.get_by_role("button", name=re.compile("Open it without")).focus()
    press(later, "Enter")
    expect(closed).to_contain_text("The bird was never found.")
    expect(closed.get_by_role("button")).to_have_count(0)
    # The focus goes on from here, once the kernel's reply has come.
    page = closed.element_handle()
    later.page.wait_for_function("e => e.contains(document.activeElement)", arg=page, timeout=8000)
