from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from attrs import evolve
from helpers import SHOWN, SHOWROOM, authored, escaped

import kit
from kit.course.course import find_course
from kit.course.messages import (
    CONTENT,
    KitError,
    filled,
    in_words_of,
    message,
    own_words,
    use_words_of,
    words,
    words_in,
    words_of_group,
)
from kit.learner.record import keep_answer, record_path
from kit.learner.reveals import find_reveal, skip_question
from kit.notebook.widget.payload import question_payload, state_payload
from kit.notebook.widget.widget import QuestionView, question_script
from kit.questions.still import still_html, still_text

SOURCES = sorted(Path(kit.__file__).parent.rglob("*.py"))
ANY = "**"  #: values that are handed on as a dict
TEMPLATES = sorted(Path(kit.__file__).parent.rglob("*.j2"))


def said_in_code() -> list[tuple[str, str, set[str]]]:
    """Return each call `message("group.key", name=…)`: file, key, names of the values."""
    calls = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            key = node.args[0]
            if name == "message" and isinstance(key, ast.Constant):
                given = {k.arg or ANY for k in node.keywords}
                calls.append((path.name, key.value, given))
    return calls


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_that_the_code_says_exists_and_gets_its_values():
    calls = said_in_code()
    assert len(calls) > 30
    wrong = [
        (file, key)
        for file, key, given in calls
        if key not in words() or (blanks(words()[key]) - given and ANY not in given)
    ]
    assert wrong == []


def test_every_mistake_that_a_question_can_have_has_its_sentence():
    """What `kit check` says of a mistake is looked up by the key that is yielded with it."""
    told: set[str] = set()
    for path in SOURCES:
        if "questions" not in path.parts and path.name != "questions.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                key, values = node.value.elts
                if isinstance(key, ast.Constant) and isinstance(values, ast.Dict):
                    told.add(key.value)
    assert len(told) > 20
    assert [key for key in sorted(told) if f"check_course.{key}" not in words()] == []


def test_every_sentence_that_a_template_says_exists():
    said = {
        key
        for path in TEMPLATES
        for key in re.findall(r'message\("([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert said
    assert said <= words().keys()


def test_every_word_that_the_page_uses_exists():
    used = set(re.findall(r"\bwords\.([a-z_]+)", question_script()))
    assert used
    assert used <= {key[5:] for key in words() if key.startswith("view.")}


def test_the_built_in_words_read_table_by_table_are_those_of_the_whole_file():
    whole = tomllib.loads((CONTENT / "messages.toml").read_text(encoding="utf-8"))
    assert len(whole) > 30
    for group, sentences in whole.items():
        assert words_of_group(group) == sentences
    assert len(words()) == sum(map(len, whole.values()))


def test_no_sentence_is_empty():
    assert all(text.strip() for text in words().values())


def test_a_message_fills_in_values_that_hold_braces():
    assert "{a} {0}" in message("error.no_record", id="{a} {0}")


def test_an_unknown_key_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        message("error.there_is_no_such_key")


def test_a_course_lays_its_words_over_the_built_in_ones(tmp_path):
    (tmp_path / "messages.toml").write_text('[view]\nsaved = "Gespeichert."\n', encoding="utf-8")
    mine = words(tmp_path)
    assert mine["view.saved"] == "Gespeichert."
    assert mine["view.saving"] == words(CONTENT)["view.saving"]
    assert mine.keys() == words(CONTENT).keys()
    assert words_of_group("view", tmp_path) == {
        **words_of_group("view"),
        "saved": "Gespeichert.",
    }


def test_a_kit_error_is_shown_as_its_sentence_alone():
    assert KitError("Do this.")._render_traceback_() == ["Do this."]


# --- Another language ---------------------------------------------------------------------------


def test_the_made_up_language_is_told_from_ours():
    assert escaped("⟦Saved ⟦twice⟧ more⟧ town", "the town") == []
    assert escaped("⟦Saved⟧ but not this", "the town") == ["but", "not", "this"]


@pytest.mark.parametrize("item", SHOWN.values(), ids=lambda i: i.id)
def test_a_question_speaks_the_language_of_its_course(pseudo, item):
    sheet = pseudo.sheet(item.id)
    value = item.key or 70
    kept = keep_answer(record_path(pseudo, sheet), item, value, act="check")
    question, state = question_payload(pseudo, item, "r"), state_payload(item, kept)
    del state["record"]  # a random name
    wrong = [item.feedback(None, whole=whole) for whole in (True, False)]
    said = [question, state, wrong, still_text(item), still_text(item, key=True)]
    said += [re.sub("<[^>]*>", " ", still_html(item, key=key)) for key in (True, False)]
    ids = f"{item.kind} {question['lang']} {question['dir']}"
    for part in said:
        values = [*values_in(part)]
        assert escaped(" ".join(values), authored(pseudo) + ids) == []


def values_in(data: object) -> Iterator[str]:
    """Yield the strings in a JSON value, its keys left out, HTML taken away."""
    if isinstance(data, str):
        yield re.sub("<[^>]*>", " ", data)
    elif isinstance(data, dict):
        yield from (text for part in data.values() for text in values_in(part))
    elif isinstance(data, list | tuple):
        yield from (text for part in data for text in values_in(part))


@pytest.mark.parametrize(
    "call",
    [
        lambda: kit.begin("01-showroom"),
        lambda: kit.begin("nonsense"),
        lambda: kit.ask("showroom/nonsense"),
        kit.progress,
        lambda: kit.warm_up("02-afterwards"),
        lambda: kit.reveal("afterwards/end"),
        lambda: kit.forecasts("afterwards/end"),
        lambda: kit.reveal("afterwards/nonsense"),
        lambda: kit.hand_in("01-showroom"),
        lambda: kit.solution("01-showroom"),
        kit.article,
        lambda: kit.article().show(99),
        lambda: kit.evidence("nonsense"),
    ],
)
def test_what_a_notebook_is_told_speaks_the_language_of_its_course(pseudo, call):
    shown = call()
    html = re.sub("<[^>]*>", " ", shown._repr_html_()) if hasattr(shown, "_repr_html_") else ""
    for said in (repr(shown), html):
        assert escaped(said, authored(pseudo) + "nonsense nbsp quot") == []


@pytest.mark.parametrize("act", ["commit", "skip"])
def test_forecasts_speak_the_language_of_their_course(pseudo, act):
    first, second = (record_path(pseudo, sheet) for sheet in pseudo.sheets)
    if act == "commit":
        keep_answer(first, SHOWN["showroom/forecast"], 70, act="commit")
    else:
        closed = skip_question(find_reveal(pseudo, "afterwards/end"), "")
        keep_answer(second, closed, "skip", act="commit")
    shown = kit.forecasts("afterwards/end")
    for said in (repr(shown), re.sub("<[^>]*>", " ", shown._repr_html_())):
        assert escaped(said, authored(pseudo)) == []


def test_a_refusal_speaks_the_language_of_its_course(pseudo):
    path = record_path(pseudo, pseudo.sheets[0])
    for name, value in [
        ("number", "1,500"),
        ("number", "x"),
        ("one", "no"),
        ("write", "x" * 30_000),
    ]:
        with pytest.raises(KitError) as fault:
            keep_answer(path, SHOWN[f"showroom/{name}"], value)
        assert escaped(str(fault.value), authored(pseudo) + "x no") == []


def test_a_callback_on_a_thread_of_its_own_speaks_the_language_of_its_course(pseudo, monkeypatch):
    """A new thread begins in the kit's own words; JupyterLab's subshells are such threads."""
    sheet, item = pseudo.sheets[0], SHOWN["showroom/number"]
    view = QuestionView(pseudo, sheet, item)
    replies: list[dict[str, Any]] = []
    monkeypatch.setattr(view, "send", replies.append)
    asked = [
        {"do": "keep", "page": "p", "seq": 1, "value": "1,500"},
        {"do": "check", "page": "p", "seq": 2, "value": "40"},
    ]
    for request in asked:
        thread = Thread(target=view._receive, args=(request,))
        thread.start()
        thread.join()
    refused, checked = replies
    verdict = checked["state"]["feedback"]["verdict"]
    assert "⟦" in verdict
    for said in (refused["why"], verdict):
        assert escaped(said, authored(pseudo)) == []
    # The sentences of the thread that the kernel runs in are not touched by it.
    use_words_of(CONTENT)
    view._receive({"do": "keep", "page": "p", "seq": 3, "value": "1,500"})
    assert "⟦" in replies[-1]["why"]
    assert "⟦" not in message("view.saved")


def test_nobody_says_a_sentence_of_their_own_in_the_code():
    """What is raised or shown comes from messages.toml, not from a string in the code."""
    loud = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "KitError",
                "notice",
            ):
                texts = [
                    c.value for a in node.args for c in ast.walk(a) if isinstance(c, ast.Constant)
                ]
                loud += [(path.name, t) for t in texts if isinstance(t, str) and " " in t.strip()]
    assert loud == []


@pytest.mark.parametrize(
    ("language", "way"), [("en", "ltr"), ("ar", "rtl"), ("fa-AF", "rtl"), ("arn", "ltr")]
)
def test_a_language_runs_its_own_way(language, way):
    assert evolve(SHOWROOM, language=language).direction == way
    item = SHOWN["showroom/one"]
    assert question_payload(evolve(SHOWROOM, language=language), item, "r")["dir"] == way


def test_a_broken_language_file_is_told_in_our_words(showroom):
    (showroom.root / "messages.toml").write_text("[view\n", encoding="utf-8")
    own_words.cache_clear()
    with pytest.raises(KitError, match=r"messages\.toml cannot be read"):
        find_course(showroom.home)
    own_words.cache_clear()


def test_a_language_file_that_breaks_while_it_is_in_use_is_told_in_its_own_words(showroom):
    path = showroom.root / "messages.toml"
    path.write_text('[error]\nbad_toml = "Broken: {path}"\n', encoding="utf-8")
    own_words.cache_clear()
    use_words_of(showroom.root)
    path.write_text("[view\n", encoding="utf-8")
    own_words.cache_clear()
    with pytest.raises(KitError, match="Broken: "):
        use_words_of(showroom.root)
    own_words.cache_clear()


#: In these the number is never 1, or it is a digit of a number ("over 50 characters").
NEVER_ONE = {
    "article.all_same", "article.some_differ", "check.order", "check_course.long_quotation",
    "check_course.many_quoted", "check_course.too_long", "check_course.two_right",
    "check_course.longest_right", "check_course.same_place", "check_evidence.long_quotation",
    "languages.head", "languages.whole", "grade.long_answer", "grade.many_answers",
    "grade.zip_many", "provenance.known", "report.each", "view.box_full", "error.too_long",
    "belief.none_has", "progress.sure", "report.tomorrow_well", "report.head",
}  # fmt: skip


#: What a sentence counts.
COUNTED = {
    "n", "count", "all", "records", "pages", "files", "words", "most", "done", "left", "learners",
    "marks", "said", "minutes", "years", "sound", "unsound", "graded", "long", "over", "least",
    "about", "hits", "slips", "of",
}  # fmt: skip


class Ones(dict):
    def __missing__(self, key):
        return 1 if key in COUNTED else "X"


def test_one_thing_is_not_told_as_several():
    """``1 records`` is no English: write ``{records} {records:record|records}``."""
    wrong = []
    for key, sentence in words_in("").items():
        if key.startswith("view.") and "|" in sentence:
            wrong.append(f"{key}: the page's script knows no {{name:one|more}}")
        told = filled(sentence, Ones())
        if re.search(r"\b1 (?!is\b|was\b)(?:[a-z-]+ )?[a-z]{3,}s\b", told):
            wrong.append(f"{key}: {told}")
    assert [line for line in wrong if line.partition(":")[0] not in NEVER_ONE] == []


def test_a_sentence_may_say_one_thing_or_several(tmp_path):
    sentence = "{count} {count:page|pages}, {all:one|all of them}"
    (tmp_path / "messages.toml").write_text(f'[carry]\nbrought = "{sentence}"\n', "utf-8")
    with in_words_of(tmp_path):
        assert message("carry.brought", count=1, all=2) == "1 page, all of them"
        assert message("carry.brought", count="3", all=1) == "3 pages, one"
