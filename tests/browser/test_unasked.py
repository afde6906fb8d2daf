"""Nothing but the learner's own typing, click or key in the focused control changes an answer."""

from __future__ import annotations

import json
import re

import pytest
from helpers import SHOWROOM
from playwright.sync_api import Locator, expect

from kit.course.course import load_course
from kit.learner.record import keep_answer
from kit.questions.bank import find_question
from kit.questions.kinds import KINDS

SHEET = "01-showroom"
in_both_fronts = pytest.mark.parametrize("showroom", ["lab", "notebook"], indirect=True)

ANSWERS = {
    "showroom/one": "holt",
    "showroom/many": ["wheel", "holt"],
    "showroom/label": {"wheel": "named", "bird": "nobody"},
    "showroom/number": 1800,
    "showroom/order": ["stops", "says", "bill"],
    "showroom/forecast": 70,
    "showroom/write": "A wheel broke.",
}

# What every control of every question holds, and the order that stands in a list.
ON_THE_PAGE = """() => [...document.querySelectorAll('.kit-q')].map((q) => [
  q.className,
  [...q.querySelectorAll('input, select, textarea')].map((c) => [c.type, c.value, c.checked]),
  [...q.querySelectorAll('li[data-id]')].map((row) => row.dataset.id),
  q.querySelector('.kit-status').textContent,
])"""

CONTROLS = ".kit-q :is(input, select, textarea, .kit-arrow):visible"
TEXT_BOXES = ".kit-q :is(input[type=text], input[type=number], textarea):visible"
SCROLLED = """() => [...document.querySelectorAll('html, body, main, #main-panel, .jp-Notebook, '
  + '.jp-WindowedPanel-outer')].reduce((sum, node) => sum + node.scrollTop, 0)"""


def kind(front, name: str) -> Locator:
    """Return the first question of a kind."""
    question = front.page.locator(f".kit-q.kit-{name}").first
    question.scroll_into_view_if_needed()
    return question


def units(front) -> list[Locator]:
    """Return the statements of the question that gives them labels."""
    return kind(front, "label").locator(".kit-unit").all()


def says(question: Locator, text: str = "Saved.") -> None:
    expect(question.locator(".kit-status")).to_have_text(text, timeout=8000)


def answers(front) -> dict[str, object]:
    return {name: e["value"] for name, e in front.record(SHEET)["entries"].items()}


@pytest.fixture
def answered(open_showroom):
    """The showroom with every kind answered and saved, how sure and one's own judgement too."""
    front = open_showroom()
    front.run_all()
    # The forecast's number comes last: what Ctrl+Z takes back first is what was typed last.
    kind(front, "choose-one").get_by_label("Ines Holt").check()
    kind(front, "choose-one").get_by_role("spinbutton").fill("90")
    for box in kind(front, "choose-many").get_by_role("checkbox").all()[:2]:
        box.check()
    for unit, label in zip(units(front), ("named", "nobody"), strict=True):
        unit.locator(f"[value={label}]").check()
    kind(front, "number").get_by_role("textbox").press_sequentially("1800")
    order = kind(front, "order")
    for text in ("The clock stops.", "The clockmaker says"):
        order.get_by_role("button", name=f"Move up: {text}").click()
    write = kind(front, "write")
    write.get_by_role("textbox").press_sequentially("A wheel broke.")
    says(write)
    write.get_by_role("button", name="Show a model").click()
    write.get_by_label("It does").first.check()
    kind(front, "probability").get_by_role("spinbutton").press_sequentially("70")
    for name in KINDS:
        says(kind(front, name))
    assert answers(front) == ANSWERS
    return front


class Before:
    """What stood on the page and on the disk before somebody did something else."""

    def __init__(self, front) -> None:
        self.front = front
        self.page, self.record = self.now()

    def now(self) -> tuple[object, object]:
        # The moments at which an answer was kept count too: one that is kept anew was touched.
        return self.front.page.evaluate(ON_THE_PAGE), self.front.record(SHEET)["entries"]

    def stands(self, after: str = "") -> None:
        self.front.page.wait_for_timeout(1000)  # a pause in typing is over, and what it sent kept
        page, record = self.now()
        assert page == self.page, after
        assert record == self.record, after


def each_kind_changes_by_hand(front) -> None:
    """The control: a key or a click in the focused control does change every answer."""
    page = front.page
    one = kind(front, "choose-one")
    one.get_by_role("radio").nth(1).focus()
    page.keyboard.press("ArrowDown")
    one.get_by_role("spinbutton").focus()
    page.keyboard.press("ArrowDown")
    kind(front, "choose-many").get_by_role("checkbox").first.click()
    units(front)[0].locator(":checked").focus()
    page.keyboard.press("ArrowDown")
    kind(front, "number").get_by_role("textbox").focus()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    kind(front, "order").locator("li button").nth(1).click()
    kind(front, "probability").get_by_role("spinbutton").focus()
    page.keyboard.press("ArrowUp")
    kind(front, "write").get_by_role("textbox").focus()
    page.keyboard.press("End")
    page.keyboard.type("!")
    for name in KINDS:
        says(kind(front, name))
    assert answers(front) == {
        "showroom/one": "town",
        "showroom/many": ["holt"],
        "showroom/label": {"wheel": "nobody", "bird": "nobody"},
        "showroom/number": 180,
        "showroom/order": ["says", "stops", "bill"],
        "showroom/forecast": 71,
        "showroom/write": "A wheel broke.!",
    }
    assert front.record(SHEET)["entries"]["showroom/one"]["sure"] == 89


# --- The wheel ------------------------------------------------------------------------------------


TWO_FRAMES = """() => new Promise((go) =>
  requestAnimationFrame(() => requestAnimationFrame(go)))"""


def turn(front, control: Locator, modifier: str | None = None) -> None:
    """Turn the wheel over a control: by a notch each way, and by the fractions of a trackpad."""
    control.hover()
    if modifier:
        front.page.keyboard.down(modifier)
    for by in (100, -100, 0.4):
        front.page.mouse.wheel(0, by)
        front.page.mouse.wheel(by, 0)
    if modifier:
        front.page.keyboard.up(modifier)
    front.page.evaluate(TWO_FRAMES)  # by then the page has had them


def one_of_each(front, css: str = CONTROLS) -> list[Locator]:
    """Return the first control of each type in every question: a second one is built alike."""
    types = front.page.locator(css).evaluate_all(
        "all => all.map(c => c.closest('.kit-q').className + c.type + c.textContent)"
    )
    firsts = [n for n, name in enumerate(types) if name not in types[:n]]
    return [front.page.locator(css).nth(n) for n in firsts]


def turn_the_wheel(front) -> None:
    for control in one_of_each(front):
        control.evaluate("e => { e.scrollIntoView({ block: 'center' }); e.blur(); }")
        turn(front, control)
        control.evaluate("e => e.focus()")
        for modifier in (None, "Shift", "Control"):
            turn(front, control, modifier)


# Firefox turns what has the focus once the page has heard of the wheel.
LINES = """(control) => {
  let turned = false;
  control.addEventListener('wheel', () => 0);
  document.addEventListener('wheel', () => { turned = document.activeElement === control; },
    { once: true });
  control.focus();
  control.dispatchEvent(new WheelEvent('wheel', { deltaY: 3, deltaMode: 1, bubbles: true }));
  return turned;
}"""


@in_both_fronts
def test_the_wheel_over_a_control_scrolls_the_page(answered) -> None:
    page = answered.page
    for css in ("[type=radio]", "[type=checkbox]", ".kit-number", "[role=spinbutton]",
                "[type=range]"):  # fmt: skip
        control = page.locator(f".kit-q {css}").last
        for focus in ("blur", "focus"):
            control.evaluate("e => e.scrollIntoView({ block: 'center' })")
            control.evaluate(f"e => e.{focus}({{ preventScroll: true }})")
            control.hover()
            page.wait_for_timeout(200)
            start = page.evaluate(SCROLLED)
            page.mouse.wheel(0, -150)
            page.wait_for_timeout(400)
            assert page.evaluate(SCROLLED) < start, (css, focus)
    for control in page.locator(".kit-q [type=range]").all():
        assert not control.evaluate(LINES), "Firefox would turn it"
        expect(control).to_be_focused()  # it has it back at once


# --- Keys -----------------------------------------------------------------------------------------

# No digit, 'm', 'y', 'x' and so on for the page: there they are Jupyter's, for its cells.
FOR_THE_PAGE = (
    *("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"),
    *("Delete", "Backspace", "e", "+", "-", "."),
    *("Control+z", "Control+Shift+z", "Control+y", "Control+z", "Control+Delete"),
)


def press_keys_elsewhere(front) -> None:
    page = front.page
    for name in KINDS:
        head = kind(front, name).locator("legend, .kit-kind").first
        head.click()
        for key in FOR_THE_PAGE:
            page.keyboard.press(key)
    for button in one_of_each(front, ".kit-q .kit-button:visible, .kit-q .kit-arrow"):
        button.focus()
        for key in (*FOR_THE_PAGE, *"0123456789", "a", "Control+a", "Delete", "Control+v"):
            page.keyboard.press(key)


def take_back_from_elsewhere(front) -> None:
    """Chromium's Ctrl+Z takes back what was typed last on the page, wherever the focus is."""
    for elsewhere in ("radio", "checkbox", "slider"):
        front.page.locator(".kit-q").get_by_role(elsewhere).first.focus()
        for _ in range(3):
            front.page.keyboard.press("Control+z")


# --- Drops and pastes -----------------------------------------------------------------------------


def drag_a_selection(front, box: Locator) -> None:
    page = front.page
    source = front.page.locator(".kit-q.kit-probability legend")
    source.evaluate("e => getSelection().selectAllChildren(e)")
    box.evaluate("e => e.scrollIntoView({ block: 'center' })")
    source.evaluate("e => e.scrollIntoView({ block: 'nearest' })")
    start, end = source.bounding_box(), box.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 30, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 15, end["y"] + 8, steps=6)
    page.mouse.move(end["x"] + 17, end["y"] + 9)
    page.mouse.up()


DROPPED = """(node, what) => {
  const data = new DataTransfer();
  if (what === 'file') data.items.add(new File(['5'], '5.txt', { type: 'text/plain' }));
  else data.setData(what, 'https://example.org/5');
  const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
  node.dispatchEvent(event);
  return event.defaultPrevented;
}"""


def drop_from_elsewhere(front) -> None:
    page = front.page
    size = page.viewport_size
    page.set_viewport_size({"width": 1000, "height": 3000})  # from one question to another
    page.wait_for_timeout(500)
    for box in page.locator(TEXT_BOXES).all():
        drag_a_selection(front, box)
    for control in one_of_each(front):
        for what in ("text/plain", "text/uri-list", "file"):
            assert control.evaluate(DROPPED, what), "the browser would take it"
    page.set_viewport_size(size)
    page.wait_for_timeout(500)


def drag_words_inside_a_box(front) -> None:
    box = kind(front, "write").get_by_role("textbox")
    box.evaluate("e => { e.focus(); e.setSelectionRange(0, 7); }")
    place = box.bounding_box()
    assert place
    mouse = front.page.mouse
    mouse.move(place["x"] + 20, place["y"] + 16)
    mouse.down()
    mouse.move(place["x"] + 95, place["y"] + 16, steps=6)
    mouse.move(place["x"] + 96, place["y"] + 16)
    mouse.up()


def press_other_buttons(front) -> None:
    """A press on the wheel pastes, on Linux, and every wheel is pressed by accident."""
    page = front.page
    text = kind(front, "write").get_by_role("textbox")
    text.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    for control in one_of_each(front):
        control.click(button="middle")  # without the focus, and then with it
        control.click(button="middle")
        control.click(button="right")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


# --- A finger -------------------------------------------------------------------------------------


class Finger:
    """A finger on a touch screen."""

    def __init__(self, front) -> None:
        self.page = front.page
        self.line = front.page.context.new_cdp_session(front.page)
        self.line.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def moves(self, control: Locator, across: int, down: int) -> None:
        control.evaluate("e => e.scrollIntoView({ block: 'center' })")
        place = control.bounding_box()
        assert place
        x, y = place["x"] + place["width"] * 0.3, place["y"] + place["height"] / 2
        self.send("touchStart", [{"x": x, "y": y}])
        for n in range(1, 11):
            self.page.wait_for_timeout(16)
            if across or down:
                point = {"x": x + across * n / 10, "y": y + down * n / 10}
                self.send("touchMove", [point])
        self.send("touchEnd", [])

    def send(self, kind: str, points: list) -> None:
        self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def leaves(self) -> None:
        self.line.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def scroll_past_with_a_finger(front) -> None:
    finger = Finger(front)
    for control in one_of_each(front):
        finger.moves(control, 0, 120)
        finger.moves(control, 0, -120)
    finger.leaves()


UNASKED = (
    take_back_from_elsewhere,  # first: it is about what was typed last
    turn_the_wheel,
    press_keys_elsewhere,
    drop_from_elsewhere,
    drag_words_inside_a_box,
    press_other_buttons,
    scroll_past_with_a_finger,
)


@in_both_fronts
def test_nothing_unasked_changes_an_answer_and_a_hand_does(answered) -> None:
    before = Before(answered)
    for doing in UNASKED:
        doing(answered)
        before.stands(doing.__name__)
    each_kind_changes_by_hand(answered)


def test_in_the_box_itself_the_same_keys_and_fingers_are_the_learner_s(answered) -> None:
    page = answered.page
    forecast = kind(answered, "probability")
    number = forecast.get_by_role("spinbutton")
    number.focus()
    page.keyboard.press("Control+z")
    expect(number).not_to_have_value("70")
    text = kind(answered, "write").get_by_role("textbox")
    text.focus()
    for key in ("Control+a", "Control+c", "End", "Control+v"):
        page.keyboard.press(key)
    expect(text).to_have_value("A wheel broke." * 2)
    finger = Finger(answered)
    finger.moves(forecast.get_by_role("slider"), 0, 0)  # a tap, at three tenths
    expect(number).to_have_value(re.compile("^(29|30|31)$"))
    says(forecast)
    assert 29 <= answers(answered)["showroom/forecast"] <= 31
    finger.moves(forecast.get_by_role("slider"), 60, 0)  # and along it
    expect(number).not_to_have_value(re.compile("^(29|30|31)$"))
    says(forecast)
    assert answers(answered)["showroom/forecast"] > 31
    finger.leaves()


# --- Typed, and no whole number from 0 to 100 -----------------------------------------------------

NO_NUMBERS = {
    **dict.fromkeys(("e", "+", "-", ".", "7e", "1e1", "7O", "+5", "0x10"), "Give a number from 0"),
    **dict.fromkeys(("70.5", "70,5"), "Give a whole number: 70 or 71."),
    "101": "101 is above 100. If you are certain, give 100.",
    "-5": "-5 is below 0. If it cannot happen, give 0.",
}


def replace(front, box: Locator, text: str) -> None:
    """Type ``text`` in the place of what is there, as fast as a person who knows what to type."""
    box.focus()
    front.page.keyboard.press("Control+a")
    front.page.keyboard.type(text)
    front.page.wait_for_timeout(900)


@in_both_fronts
def test_what_is_no_whole_number_is_not_kept_and_the_answer_before_it_is(answered) -> None:
    forecast = kind(answered, "probability")
    box = forecast.get_by_role("spinbutton")
    for text, why in NO_NUMBERS.items():
        replace(answered, box, text)
        assert answers(answered)["showroom/forecast"] == 70, text
        expect(box).to_have_value(text)
        says(forecast, "Not saved yet.")
        expect(forecast.locator(".kit-said")).to_contain_text(why)
        expect(box).to_have_attribute("aria-invalid", "true")
    forecast.get_by_role("button", name="Commit").click()
    expect(forecast.locator(".kit-result")).to_contain_text("-5 is below 0.")
    forecast.get_by_role("button", name="Take it back").click()
    says(forecast, "Not answered yet.")
    assert answers(answered)["showroom/forecast"] is None
    expect(box).to_be_focused()
    expect(forecast.get_by_role("button", name="Take it back")).to_be_hidden()
    replace(answered, box, "70")
    replace(answered, box, "0x10")
    entry = answered.record(SHEET)["entries"]["showroom/forecast"]
    assert (entry["value"], entry["committed"]) == (70, False)
    # Another question's visit, and a view of the same from elsewhere, leave it as it is.
    kind(answered, "write").get_by_role("textbox").focus()
    answered.page.wait_for_timeout(2200)
    box.focus()
    answered.page.wait_for_timeout(500)
    says(forecast, "Not saved yet.")
    replace(answered, box, "70")
    says(forecast)
    replace(answered, box, "8")
    says(forecast)
    assert answers(answered)["showroom/forecast"] == 8
    forecast.get_by_role("button", name="Commit").click()
    says(forecast, "Saved and committed. It cannot be changed now.")


def test_how_sure_that_cannot_be_read_holds_up_no_answer(answered) -> None:
    one = kind(answered, "choose-one")
    box = one.get_by_role("spinbutton")

    def entry() -> tuple[object, object]:
        found = answered.record(SHEET)["entries"]["showroom/one"]
        return found["value"], found["sure"]

    replace(answered, box, "9O")
    expect(one.locator(".kit-said")).to_contain_text("Give a number from")
    for text in ("20", "9O", "100.5", "200"):
        replace(answered, box, text)
        assert entry() == ("holt", 90), text
        says(one, "Not saved yet.")
    one.get_by_label("The bird.").check()
    answered.page.wait_for_timeout(900)
    assert entry() == ("bird", 90), "the choice is kept, and the number before"
    expect(box).to_have_value("200")
    says(one, "Not saved yet.")
    one.get_by_role("button", name="Check").click()
    expect(one.locator(".kit-result")).to_contain_text("200 is above 100.")
    replace(answered, box, "60")
    says(one)
    assert entry() == ("bird", 60)
    box.fill("")
    answered.page.wait_for_timeout(900)
    assert entry() == ("bird", None), "left out again"


def test_the_arrow_keys_step_the_number_that_has_the_focus_within_its_range(answered) -> None:
    box = kind(answered, "probability").get_by_role("spinbutton")
    for start, key, end in (
        ("70", "ArrowUp", "71"),
        ("70", "ArrowDown", "69"),
        ("100", "ArrowUp", "100"),
        ("0", "ArrowDown", "0"),
        ("", "ArrowUp", "1"),
        ("7e", "ArrowUp", "7e"),
    ):
        box.fill(start)
        answered.page.keyboard.press(key)
        expect(box).to_have_value(end)
    sure = kind(answered, "choose-one").get_by_role("spinbutton")
    sure.fill("")
    answered.page.keyboard.press("ArrowUp")
    expect(sure).to_have_value("33")
    expect(sure).to_have_attribute("aria-valuenow", "33")


# --- Coming back ----------------------------------------------------------------------------------


def test_an_answer_that_the_box_shows_otherwise_is_not_changed_by_a_visit(open_showroom) -> None:
    """Text with a carriage return, a number that could be two: a notebook may have kept them."""
    front = open_showroom()
    course = load_course(front.home, front.home)
    for name, value in (("write", "One.\r\nTwo."), ("forecast", 70.5), ("number", 1.234)):
        _, item = find_question(course, f"showroom/{name}")
        keep_answer(front.home / f"my-work/{SHEET}.json", item, value)
    front.reload()
    front.run_all()
    before = Before(front)
    for name in ("write", "number", "probability"):
        says(kind(front, name))
        kind(front, name).locator("input, textarea").first.focus()
        front.page.keyboard.press("Tab")
        front.page.keyboard.press("Escape")
    before.stands()
    kind(front, "number").get_by_role("button", name="Check").click()
    expect(kind(front, "number").locator(".kit-verdict")).to_be_visible()
    assert answers(front)["showroom/number"] == 1.234
    kind(front, "write").get_by_role("textbox").press("End")
    front.page.keyboard.type("!")
    says(kind(front, "write"))
    assert answers(front)["showroom/write"] != "One.\r\nTwo."


def test_a_page_loaded_anew_and_a_second_tab_leave_the_record_alone(
    answered, open_showroom
) -> None:
    record = json.dumps(answered.record(SHEET)["entries"])
    for control in answered.page.locator(".kit-q :is(input, select, textarea)").all():
        expect(control).to_have_attribute("autocomplete", "off")
    second = open_showroom(reset=False)
    second.run_all()  # it has been loaded with the answers, the other is now
    answered.reload()
    for front in (second, answered):
        front.run_all()
        expect(kind(front, "probability").get_by_role("spinbutton")).to_have_value("70")
        says(kind(front, "probability"))
        front.page.wait_for_timeout(1000)
    assert json.dumps(answered.record(SHEET)["entries"]) == record


def test_every_kind_of_question_is_in_the_showroom() -> None:
    """What is attacked here is every kind that there is."""
    shown = [find_question(SHOWROOM, name)[1] for name in ANSWERS]
    assert {question.kind for question in shown} == KINDS.keys(), (
        "give each kind an answer in ANSWERS"
    )
