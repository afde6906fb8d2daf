from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import kit
from kit.messages import CONTENT, KitError, say, words

SOURCES = sorted(Path(kit.__file__).parent.rglob("*.py"))
ANY = "**"  #: values that are handed on as a dict
TEMPLATES = sorted(Path(kit.__file__).parent.rglob("*.j2"))


def said_in_code() -> list[tuple[str, str, set[str]]]:
    """Return each call `say("group.key", name=…)`: file, key, names of the values."""
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
            if name == "say" and isinstance(key, ast.Constant):
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


def test_every_sentence_that_a_template_says_exists():
    said = {
        key
        for path in TEMPLATES
        for key in re.findall(r'say\("([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert said
    assert said <= words().keys()


def test_every_word_that_the_page_uses_exists():
    script = (Path(kit.__file__).parent / "view" / "view.js").read_text(encoding="utf-8")
    used = set(re.findall(r"\bwords\.([a-z_]+)", script))
    assert used
    assert used <= {key[5:] for key in words() if key.startswith("view.")}


def test_no_sentence_is_empty():
    assert all(text.strip() for text in words().values())


def test_say_fills_in_values_that_hold_braces():
    assert "{a} {0}" in say("error.no_record", id="{a} {0}")


def test_an_unknown_key_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        say("error.there_is_no_such_key")


def test_a_course_lays_its_words_over_the_built_in_ones(tmp_path):
    (tmp_path / "messages.toml").write_text('[view]\nsaved = "Gespeichert."\n', encoding="utf-8")
    mine = words(tmp_path)
    assert mine["view.saved"] == "Gespeichert."
    assert mine["view.saving"] == words(CONTENT)["view.saving"]
    assert mine.keys() == words(CONTENT).keys()


def test_a_kit_error_is_shown_as_its_sentence_alone():
    assert KitError("Do this.")._render_traceback_() == ["Do this."]
