from __future__ import annotations

import json

import pytest
from attrs import evolve
from helpers import ITEMS, SHOWN, an_answer, each, key_texts, pick, right, strings_in, wrong
from ipywidgets.widgets.widget import _instances

from kit.course.article import OWN_COPY
from kit.course.html import block, inline
from kit.course.messages import message
from kit.learner import record as record_module
from kit.learner.record import KeptAnswer, LearnerRecord, keep_answer, record_path
from kit.notebook.widget import widget
from kit.notebook.widget.payload import state_payload
from kit.notebook.widget.widget import QuestionView
from kit.questions.bank import class_code_question, find_question, load_questions
from kit.questions.still import still_html, still_text

LESSON = "01-who-says-so"
CHOICE, OTHER = (pick(LESSON, "choose-one", n) for n in range(2))
RIGHT, WRONG = right(CHOICE), wrong(CHOICE)
GRADED = pick("exercise-01", "choose-one")
FORECAST = next(i for i in ITEMS.values() if i.locks)
KEYED = [item for item in ITEMS.values() if item.has_key and not item.survey]


def show(course, item_id) -> QuestionView:
    """Return the live view of a question, its replies to the page in ``view.replies``."""
    sheet = course.sheet(item_id)
    view = QuestionView(course, sheet, load_questions(course, sheet)[item_id])
    view.replies = []
    view.send = view.replies.append
    return view


def tell(view, **message):
    """Send what the page sends, by the way that a comm's message takes."""
    view._handle_custom_msg({"seq": 7, **message}, [])
    return view.replies[-1]


def on_disk(course, item_id):
    path = record_path(course, course.sheet(item_id))
    return json.loads(path.read_text(encoding="utf-8"))["entries"].get(item_id)


# --- What draws it ------------------------------------------------------------------------------


def sent_with(view) -> str:
    """Return everything that goes to the page with one question."""
    return json.dumps({k: v for k, v in view.get_state().items() if isinstance(v, str | dict)})


def test_the_script_goes_to_the_page_once_and_not_with_every_question(course):
    view, other = show(course, CHOICE), show(course, OTHER)
    shared = _instances[view.shared]
    assert other.shared == view.shared
    assert "function render" in shared.script
    assert ".kit-q" in shared.css
    assert len(shared.script) > len(sent_with(view))


def test_a_page_that_missed_the_script_gets_it_anew(course):
    view = show(course, CHOICE)
    missed = view.shared
    view._handle_custom_msg({"do": "share"}, [])
    assert view.shared != missed
    assert _instances[view.shared].script == _instances[missed].script
    assert show(course, OTHER).shared == view.shared


# --- Acknowledging ------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["keep", "check"])
def test_the_acknowledgement_comes_after_the_file_is_on_the_disk(course, act):
    view = show(course, CHOICE)
    seen = []
    view.send = lambda reply: seen.append((reply, on_disk(course, CHOICE)["value"]))
    view._handle_custom_msg({"do": act, "seq": 3, "value": RIGHT}, [])
    [(reply, value)] = seen
    assert value == RIGHT
    assert (reply["seq"], reply["ok"]) == (3, True)
    assert reply["state"]["value"] == RIGHT


def test_each_message_gets_one_reply_with_its_number(course):
    view = show(course, CHOICE)
    for seq, value in enumerate([RIGHT, None, WRONG, "nonsense", 5, [], {}]):
        assert tell(view, do="keep", value=value, seq=seq)["seq"] == seq
    assert [r["seq"] for r in view.replies] == list(range(7))
    assert [r["ok"] for r in view.replies] == [True, True, True, False, False, True, True]


def test_a_ping_is_answered_and_changes_nothing(course):
    view = show(course, CHOICE)
    tell(view, do="keep", value=RIGHT)
    before = on_disk(course, CHOICE)
    assert tell(view, do="ping")["ok"]
    assert on_disk(course, CHOICE) == before


@pytest.mark.parametrize("value", ["nonsense", 5, [RIGHT], {"a": 1}, True])
def test_a_refused_value_is_told_in_a_sentence_and_not_kept(course, value):
    view = show(course, CHOICE)
    tell(view, do="keep", value=RIGHT)
    reply = tell(view, do="keep", value=value)
    assert not reply["ok"]
    assert CHOICE in reply["why"]
    assert on_disk(course, CHOICE)["value"] == RIGHT
    assert view.state["value"] == RIGHT


def test_what_cannot_be_written_is_told_in_a_sentence(course, monkeypatch):
    view = show(course, CHOICE)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    reply = tell(view, do="keep", value=RIGHT)
    assert not reply["ok"]
    assert "the disk is full" in reply["why"]


def test_whatever_else_goes_wrong_the_page_is_told(course, monkeypatch):
    view = show(course, CHOICE)

    def broken(*_, **__):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("kit.notebook.widget.widget.keep_answer", broken)
    with pytest.raises(ZeroDivisionError):
        view._receive({"do": "keep", "seq": 4, "value": RIGHT})
    assert view.replies == [{"page": None, "seq": 4, "ok": False, "why": "ZeroDivisionError: boom"}]


def test_in_the_browser_null_is_no_none_and_is_read_as_one(course, monkeypatch):
    """Pyodide has an object of its own for JavaScript's null."""
    monkeypatch.setattr(widget, "IN_BROWSER", True)
    null, sure = object(), next(item for item in ITEMS.values() if item.confidence and item.key)
    reply = tell(show(course, sure.id), do="check", value=sure.key, sure=null, own={}, base=null)
    assert reply["ok"], reply
    assert reply["state"]["sure"] is None


def test_an_act_that_is_unknown_is_not_taken_for_a_save(course):
    view = show(course, CHOICE)
    reply = tell(view, do="kepe", value=RIGHT)
    assert "state" not in reply
    assert on_disk(course, CHOICE) is None


# --- The learner's state ------------------------------------------------------------------------


def test_a_new_view_is_painted_from_the_record(course):
    tell(show(course, CHOICE), do="keep", value=WRONG)
    state = show(course, CHOICE).state
    assert (state["value"], state["complete"], state["stale"]) == (WRONG, True, False)
    assert "feedback" not in state


def test_two_views_of_one_question_merge(course):
    one, other = show(course, CHOICE), show(course, OTHER)
    tell(one, do="keep", value=RIGHT)
    tell(other, do="keep", value=right(OTHER))
    assert on_disk(course, CHOICE)["value"] == RIGHT
    assert on_disk(course, OTHER)["value"] == right(OTHER)


def test_a_committed_forecast_stands_and_the_page_is_repainted_with_it(course):
    view = show(course, FORECAST.id)
    tell(view, do="commit", value=70)
    reply = tell(view, do="keep", value=20)
    assert (reply["state"]["value"], reply["state"]["committed"]) == (70, True)
    assert tell(show(course, FORECAST.id), do="commit", value=0)["state"]["value"] == 70


def test_a_blank_forecast_cannot_be_committed(course):
    view = show(course, FORECAST.id)
    tell(view, do="commit", value=None)
    assert tell(view, do="commit", value=70)["state"]["value"] == 70


def test_what_does_not_lock_can_be_changed_whatever_the_page_asks(course):
    view = show(course, CHOICE)
    tell(view, do="commit", value=WRONG)
    assert tell(view, do="keep", value=RIGHT)["state"]["value"] == RIGHT


def test_an_answer_to_another_wording_is_shown_as_stale(own_course):
    tell(show(own_course, CHOICE), do="keep", value=WRONG)
    path = own_course.root / "items" / f"{LESSON}.toml"
    text = path.read_text(encoding="utf-8")
    prompt = load_questions(own_course, own_course.sheet(LESSON))[CHOICE].prompt
    path.write_text(text.replace(prompt, "Reworded."), encoding="utf-8")
    state = show(own_course, CHOICE).state
    assert state["stale"]
    assert state["value"] == WRONG


@pytest.mark.parametrize("value", [5, [["x"]], {"a": []}, "gone"])
def test_an_old_answer_that_fits_no_more_is_not_painted(course, value):
    sheet = course.sheet(LESSON)
    path = record_path(course, sheet)
    entry = KeptAnswer(value=value, wording="older", at="2026-01-01T00:00:00+00:00")
    path.parent.mkdir(parents=True)
    record_module._write(path, LearnerRecord(LESSON, "r", {CHOICE: entry}))
    state = show(course, CHOICE).state
    assert (state["value"], state["stale"]) == (None, True)


# --- Checking -----------------------------------------------------------------------------------


@each("item", KEYED)
def test_a_check_gives_every_option_its_reason(course, item):
    view = show(course, item.id)
    told = tell(view, do="check", value=item.key)["state"]["feedback"]
    rows = item.options or item.units
    assert told["parts"].keys() == {row.id for row in rows}
    assert all(told["parts"][row.id]["reason"] == inline(row.reason) for row in rows)
    assert all(part["reason"] for part in told["parts"].values())
    if item.kind != "write":
        right = [p["right"] for p in told["parts"].values()]
        # What is put in order is right where it stands; no option is a right one by itself.
        chosen = [o.right for o in item.options if item.kind != "order"]
        assert right == (chosen or [True] * len(rows))


def test_no_reasons_are_given_to_silence(course):
    """The page asks for an answer first; the kernel should not rely on that."""
    view = show(course, CHOICE)
    reply = tell(view, do="check", value=None)
    assert "feedback" not in view.state
    assert "feedback" not in reply.get("state", {})


@each("item", KEYED)
def test_a_verdict_is_a_sentence_for_any_answer(course, item):
    for value in (None, item.key):
        assert len(item.feedback(value)["verdict"].split()) > 2


def test_a_learner_without_keys_gets_no_feedback_on_an_exercise(learner_course):
    view = show(learner_course, GRADED)
    assert not view.question["checks"]
    assert "feedback" not in tell(view, do="check", value=right(GRADED))["state"]


# --- Nothing of the key goes to the page before a check -----------------------------------------


def secrets_of(item) -> set[str]:
    """Return every text of an item's key, raw and as the page would get it."""
    return {form for text in key_texts(item) for form in (text, inline(text), block(text))}


def names_in(value) -> set[str]:
    if isinstance(value, dict):
        return value.keys() | {n for part in value.values() for n in names_in(part)}
    return {n for part in value for n in names_in(part)} if isinstance(value, list) else set()


@pytest.mark.parametrize("answered", [False, True])
@each("item", ITEMS.values())
def test_before_a_check_the_page_holds_nothing_of_the_key(course, item, answered):
    view = show(course, item.id)
    if answered:
        value = "My own words." if item.kind == "write" else an_answer(item)
        assert tell(view, do="commit" if item.locks else "keep", value=value)["ok"]
    sent = [view.question, view.state, view.words, view.replies]
    every = "\n".join(strings_in(sent))
    assert [secret for secret in secrets_of(item) if secret in every] == []
    forbidden = {"right", "reason", "resolves", "records", "sound", "accepts", "model", "feedback"}
    assert names_in([view.question, view.state, view.replies]) & forbidden == set()


def test_what_the_page_gets_is_plain_json(course):
    for item in ITEMS.values():
        view = show(course, item.id)
        json.dumps([view.question, view.state, view.words], allow_nan=False)


# --- The still form -----------------------------------------------------------------------------


@each("item", ITEMS.values())
def test_the_still_form_holds_the_question_and_nothing_of_the_key(course, item):
    for still in (still_text(item), still_html(item)):
        assert [secret for secret in secrets_of(item) if secret in still] == []
    plain = still_text(item)
    assert item.id in plain
    for row in (*item.options, *item.units):
        assert " ".join(row.text.split()) in plain
        assert inline(row.text) in still_html(item)


@each("item", KEYED)
def test_with_its_key_the_still_form_holds_every_reason(course, item):
    plain, rich = still_text(item, key=True), still_html(item, key=True)
    for row in (*item.options, *item.units):
        assert " ".join(row.reason.split()) in plain
        assert inline(row.reason) in rich
    assert block(item.model_answer) in rich
    assert " ".join(item.look_for.split()) in plain
    assert inline(item.look_for) in rich


# --- Every kind, on the showroom course ---------------------------------------------------------


def forbidden_words(item) -> set[str]:
    return {"right", "reason", "answer", "sequence", "slips", "bounds", "low", "high", "tolerance"}


@pytest.mark.parametrize("answered", [False, True])
@each("item", SHOWN.values())
def test_before_a_check_no_kind_gives_its_key_away(showroom, item, answered):
    view = show(showroom, item.id)
    if answered:
        value = "My own words." if item.kind == "write" else item.key or 70
        assert tell(view, do="commit" if item.locks else "keep", value=value)["ok"]
    sent = [view.question, view.state, view.words, view.replies]
    texts = secrets_of(item) | {s.reason for s in getattr(item, "slips", ())}
    assert [t for t in texts if any(t in s for s in strings_in(sent))] == []
    assert names_in([view.question, view.state, view.replies]) & forbidden_words(item) == set()


def test_until_the_answer_is_shown_only_the_chosen_option_gets_its_reason(showroom):
    view = show(showroom, "showroom/one")
    state = tell(view, do="check", value="bird")["state"]
    assert state["feedback"]["parts"].keys() == {"bird"}
    assert state["can_show"]
    hidden = {SHOWN["showroom/one"].options[1].reason, SHOWN["showroom/one"].options[2].reason}
    assert hidden.isdisjoint(strings_in(state))
    same = tell(view, do="check", value="bird")["state"]
    assert same["feedback"]["parts"].keys() == {"bird"}, "the same answer twice is one try"
    state = tell(view, do="keep", value="holt")["state"]
    assert state["feedback"]["parts"].keys() == {"bird"}, "what is not checked is told nothing"
    assert not state["checked"]
    state = tell(view, do="show", value="town")["state"]
    assert state["feedback"]["parts"].keys() == {"bird", "holt", "town"}
    assert not state["can_show"]
    assert on_disk(showroom, "showroom/one")["shown"]
    state = tell(view, do="check", value="bird")["state"]
    assert state["feedback"]["parts"].keys() == {"bird", "holt", "town"}, "what was shown stays so"


def test_the_last_try_shows_every_reason(showroom):
    view = show(showroom, "showroom/one")
    tell(view, do="check", value="bird")
    state = tell(view, do="check", value="town")["state"]
    assert state["feedback"]["parts"].keys() == {"bird", "holt", "town"}
    assert not state["can_show"]
    assert not on_disk(showroom, "showroom/one")["shown"], "nobody asked for it"


def test_a_right_answer_shows_every_reason_at_once(showroom):
    state = tell(show(showroom, "showroom/one"), do="check", value="holt")["state"]
    assert state["feedback"]["parts"].keys() == {"bird", "holt", "town"}
    assert not state["can_show"]


def with_tries(own_course, name) -> QuestionView:
    """Return the view of a showroom question that shows its key only after two tries."""
    path = own_course.root / "items" / "01-showroom.toml"
    text = path.read_text(encoding="utf-8")
    head = f'id = "showroom/{name}"\n'
    path.write_text(text.replace(head, head + "tries = 2\n"), encoding="utf-8")
    return show(own_course, f"showroom/{name}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label", {"wheel": "nobody", "bird": "named"}),
        ("order", ["bill", "says", "stops"]),
        ("number", 5),
        ("many", ["no-bird"]),
    ],
)
def test_with_tries_left_a_check_says_how_it_stands_and_not_the_key(showroom, name, value):
    view = with_tries(showroom, name)
    item = SHOWN[f"showroom/{name}"]
    state = tell(view, do="check", value=value)["state"]
    told = state["feedback"]
    assert len(told["verdict"].split()) > 4
    said = "\n".join(strings_in(state))
    chosen = value if isinstance(value, list) and name == "many" else []
    hidden = {o.reason for o in item.options if o.id not in chosen} | {u.reason for u in item.units}
    assert [r for r in hidden | {item.reason} - {""} if inline(r) in said] == []
    assert "1\u202f790" not in said
    assert not any("We say" in t or "in our order" in t for t in strings_in(told["parts"]))


def test_a_number_is_told_how_it_was_read_and_which_slip_it_shows(showroom):
    view = show(showroom, "showroom/number")
    state = tell(view, do="check", value=" 600,0 crowns")["state"]
    assert (state["value"], state["read_as"]) == (600, "600 crowns")
    assert "work alone" in state["feedback"]["slip"]
    assert "1\u202f790 to 1\u202f810 crowns" in state["feedback"]["verdict"]
    reply = tell(view, do="keep", value="1,800")
    assert (reply["ok"], reply["unreadable"]) == (False, True)
    assert "1800" in reply["why"]
    assert on_disk(showroom, "showroom/number")["value"] == 600


def test_an_exact_number_names_itself(showroom):
    item = evolve(SHOWN["showroom/number"], tolerance=0.0)
    assert "We accept 1\u202f800 crowns." in item.feedback(3)["verdict"]


def test_an_order_says_how_many_pairs_stand_right(showroom):
    view = show(showroom, "showroom/order")
    told = tell(view, do="check", value=["says", "stops", "bill"])["state"]["feedback"]
    assert "2 of 3 pairs" in told["verdict"]
    assert [told["parts"][i]["right"] for i in ("stops", "says", "bill")] == [False, False, True]


def test_how_sure_is_kept_beside_the_answer_and_at_the_first_check_for_good(showroom):
    view = show(showroom, "showroom/one")
    assert view.question["chance"] == 33
    assert tell(view, do="check", value="bird", sure=90)["state"]["sure"] == 90
    tell(view, do="check", value="holt", sure=60)
    kept = on_disk(showroom, "showroom/one")
    assert (kept["sure"], kept["first_sure"]) == (60, 90)
    assert not tell(view, do="keep", value="holt", sure=10)["ok"]


def test_a_learner_s_judgement_of_their_writing_is_kept_and_painted_again(showroom):
    view = show(showroom, "showroom/write")
    tell(view, do="check", value="A wheel.", own={"ground": "met"})
    assert show(showroom, "showroom/write").state["own"] == {"ground": "met"}
    assert not tell(view, do="keep", value="A wheel.", own={"nonsense": "met"})["ok"]


def test_a_committed_answer_gets_its_reason(showroom):
    item = evolve(SHOWN["showroom/forecast"], reason="Nobody *can* know.")
    path = record_path(showroom, showroom.sheets[0])
    record = keep_answer(path, item, 70, act="commit")
    assert "<em>can</em>" in state_payload(item, record)["after"]


def test_the_readers_own_copy_is_shown_beside_the_question(showroom):
    plain = show(showroom, "showroom/one").question["paragraphs"]
    assert (plain[0]["n"], plain[0]["own"]) == (1, "")
    text = "The clock has stopped\nMy own paragraph <b>one</b>.\nAnother."
    (showroom.home / OWN_COPY).write_text(text, encoding="utf-8")
    own = show(showroom, "showroom/one").question["paragraphs"]
    assert own[0]["own"] == "My own paragraph <b>one</b>."
    assert "My own" not in still_html(SHOWN["showroom/one"])


def test_shuffled_options_keep_their_order_for_one_learner(showroom):
    path = showroom.root / "items" / "01-showroom.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('kind = "choose-many"\n', 'kind = "choose-many"\nshuffle = true\n'), "utf-8"
    )
    first, second = (show(showroom, "showroom/many").question["options"] for _ in range(2))
    assert first == second
    assert {o["id"] for o in first} == {"wheel", "holt", "no-bird"}


@each("item", SHOWN.values())
def test_the_still_form_of_every_kind_says_what_is_asked_and_how_to_answer(showroom, item):
    plain, rich = still_text(item), still_html(item)
    assert message(f"kind.{item.kind}") in plain
    unit = getattr(item, "unit", "")
    assert unit in plain
    assert unit in rich
    key_plain, key_rich = (f(item, key=True) for f in (still_text, still_html))
    if item.kind == "order":
        assert [line.strip()[:3] for line in key_plain.splitlines() if "[" in line] == [
            "[1]",
            "[2]",
            "[3]",
        ]
        places = [
            key_rich.index(o.text)
            for o in sorted(item.options, key=lambda o: item.sequence.index(o.id))
        ]
        assert places == sorted(places)
    if item.kind == "number":
        assert "1\u202f790–1\u202f810 crowns" in key_plain
        assert "1\u202f790–1\u202f810 crowns" in key_rich
        assert item.slips[0].reason in key_rich


def test_authored_text_can_carry_no_script():
    attack = '<script>x</script> <img src=x onerror="y"> [a](javascript:alert(1)) <b>'
    for html in (inline(attack), block(attack)):
        assert "<script" not in html
        assert "<img" not in html
        assert 'href="javascript' not in html


def test_the_class_code_is_kept_in_the_exercises_record(course):
    sheet = course.sheet("exercise-01")
    view = QuestionView(course, sheet, class_code_question(sheet))
    view.replies = []
    view.send = view.replies.append
    assert tell(view, do="keep", value="A7")["ok"]
    assert on_disk(course, "exercise-01/who")["value"] == "A7"
    assert not view.question["checks"]


def test_a_message_that_was_overtaken_does_not_undo_the_later_one(course):
    """JupyterLab may deliver a page's first message after its second."""
    view = show(course, CHOICE)
    tell(view, do="keep", value=RIGHT, page="a", seq=2)
    reply = tell(view, do="keep", value=WRONG, page="a", seq=1)
    assert (reply["seq"], reply["state"]["value"]) == (1, RIGHT)
    assert on_disk(course, CHOICE)["value"] == RIGHT
    tell(view, do="keep", value=WRONG, page="b", seq=1)
    assert on_disk(course, CHOICE)["value"] == WRONG, "another page counts for itself"


def test_the_same_question_open_twice_shows_one_answer(course):
    here, there = show(course, CHOICE), show(course, CHOICE)
    tell(here, do="keep", value=RIGHT)
    assert there.state["value"] == RIGHT


def test_an_answer_given_elsewhere_since_is_not_overwritten(course):
    """Two kernels on one record: the page that is behind is told, and shown the other answer."""
    behind = show(course, CHOICE)
    base = tell(behind, do="keep", value=RIGHT, page="a", seq=1)["state"]["revision"]
    sheet, item = find_question(course, CHOICE)
    keep_answer(record_path(course, sheet), item, WRONG)
    reply = tell(behind, do="keep", value=RIGHT, page="a", seq=2, base=base)
    assert (reply["ok"], reply["elsewhere"]["value"]) == (False, WRONG)
    assert reply["elsewhere"]["in_words"] == item.in_words(WRONG)
    assert on_disk(course, CHOICE)["value"] == WRONG
    # 'Keep what is here' answers with the revision that it replaces.
    mine = reply["elsewhere"]["revision"]
    assert tell(behind, do="keep", value=RIGHT, page="a", seq=3, base=mine)["ok"]
    assert on_disk(course, CHOICE)["value"] == RIGHT


def test_a_page_may_be_ahead_of_what_it_has_heard(course):
    """Two quick changes: the second is sent before the first was acknowledged."""
    view = show(course, CHOICE)
    assert tell(view, do="keep", value=WRONG, page="a", seq=1, base=0)["ok"]
    assert tell(view, do="keep", value=RIGHT, page="a", seq=2, base=0)["ok"]


def test_an_interrupt_during_a_save_is_no_acknowledgement(course, monkeypatch):
    view = show(course, CHOICE)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("kit.notebook.widget.widget.keep_answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        view._receive({"do": "keep", "seq": 4, "value": RIGHT})
    assert not view.replies[-1]["ok"]
