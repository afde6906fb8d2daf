from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.authoring.check import faults
from kit.authoring.skeleton import SKELETON, new_course
from kit.course.course import load_course
from kit.course.messages import KitError, message
from kit.course.toml import read_toml, unreadable

LESSON = "items/01-first-look.toml"
QUESTIONS = "items/exercise-01.toml"
KEY = "solutions/keys/01.toml"
PAGE = "lessons/01-first-look.md"
EXERCISE = "lessons/exercise-01.md"

#: What teachers get wrong: the file, what stood there, what stands there now, and what they must be
#: told: the place, and what to do.
MISTAKES = {
    "a quote missing at the end": (LESSON, 'believes it?"', "believes it?", ["line 10", "end"]),
    "a quote missing at the start": (LESSON, '"That is', "That is", ["line 20", "before it"]),
    "a quote inside a text": (LESSON, '"That is', '"That "is"', ["line 20", "“ and ”"]),
    "curly quotes around an id": (
        LESSON,
        '"first-look/sold"',
        "“first-look/sold”",
        ["line 8", "straight", "curly"],
    ),
    "a backslash": (LESSON, "That is", r"C:\Users", ["line 20", "backslash"]),
    "yes for true": (LESSON, "\nright = true", "\nright = yes", ["line 21", "true and false"]),
    "a field twice": (
        LESSON,
        'kind = "choose-one"',
        'kind = "write"\nkind = "choose-one"',
        ["line 10", "already"],
    ),
    "one bracket": (LESSON, "[[item.options]]", "[item.options]", ["line 18", "two brackets"]),
    "an open list": (LESSON, 'right = ["stands"]', 'right = ["stands"', ["line", "bracket"]),
    "a misspelt field": (
        LESSON,
        "prompt =",
        "promt =",
        ["“first-look/sold”", "“promt”", "“prompt”", "is missing"],
    ),
    "a misspelt kind": (
        LESSON,
        "kind =",
        "knd =",
        ["“first-look/sold”", "“knd”", "do you mean “kind”", "is missing"],
    ),
    "a misspelt field of an option": (
        LESSON,
        "reason =",
        "reson =",
        ["“first-look/sold”, options “owner”", "“reason”"],
    ),
    "a field below the options": (
        LESSON,
        "\n\n# --- Statements",
        "\nmarks = 2\n# ---",
        ["options “street”", "higher up"],
    ),
    "a kind that is none": (
        LESSON,
        '"choose-one"',
        '"choose one"',
        ["kind", "choose-one, choose-many"],
    ),
    "a truth in quotes": (
        LESSON,
        "\nright = true",
        '\nright = "true"',
        ["“nobody”, right", "true or false"],
    ),
    "a number as a word": (LESSON, "marks = 4", 'marks = "four"', ["sort", "marks", "a number"]),
    "a list without brackets": (
        KEY,
        'right = ["stands"]',
        'right = "stands"',
        ["01.toml", "“notice”, right", '["stands"]'],
    ),
    "an option without a reason": (
        LESSON,
        "reason = ",
        "# reason = ",
        ["first-look/sold", "owner"],
    ),
    "an id of another page": (
        LESSON,
        '"first-look/sold"',
        '"lesson/sold"',
        ["“first-look/”", "Look at: lesson/sold"],
    ),
    "a question that is not asked": (
        PAGE,
        'kit.ask("first-look/sold")',
        "kit.progress()",
        ["first-look/sold", "no page", 'kit.ask("first-look/sold")'],
    ),
    "a block that is not marked": (
        PAGE,
        '```python\nimport kit\n\nkit.ask("first-look/sold")',
        '```\nkit.ask("first-look/sold")',
        ["first-look/sold", "marked python"],
    ),
    "curly quotes on a page": (
        PAGE,
        '("first-look/sold")',
        "(“first-look/sold”)",
        ["first-look.md", "cannot be run", "curly"],
    ),
    "a block without import": (
        PAGE,
        'import kit\n\nkit.ask("first-look/sort")',
        'kit.ask("first-look/sort")',
        ["import kit"],
    ),
    "a key for an option that is none": (KEY, '"hollow"', '"hallow"', ["01.toml", "hallow"]),
    "a key for a question that is none": (
        KEY,
        '"exercise-01/note"',
        '"exercise-01/nota"',
        ["01.toml", "exercise-01/nota"],
    ),
    "a key without what is right": (
        EXERCISE,
        "- [x]",
        "- [ ]",
        ["exercise-01/ask", "what is right"],
    ),
    "a statement without a label in the key": (
        KEY,
        'right = ["stands"]\n',
        "",
        ["exercise-01/oak", "statement"],
    ),
    "levels that do not add up": (
        KEY,
        "points = 2",
        "points = 4",
        ["exercise-01/note", "5", "3 marks", "equal"],
    ),
    "marks on the page": (
        EXERCISE,
        "(4 marks)",
        "(5 marks)",
        ["exercise-01/oak", "5", "4", "equal"],
    ),
    "two right options": (
        LESSON,
        'text = "Rosa',
        'right = true\ntext = "Rosa',
        ["first-look/sold", "2 right", "choose-many"],
    ),
    "an exercise that is not handed in": (
        EXERCISE,
        'kit.hand_in("exercise-01")',
        "",
        ["kit.hand_in"],
    ),
    "a key that course.toml does not name": ("course.toml", 'keys = "01.toml"', "", ["keys = "]),
    "a key of another name": ("course.toml", "01.toml", "1.toml", ["solutions/keys/1.toml"]),
}


@pytest.fixture
def town(home):
    new_course(home / "town")
    return home / "town"


def said_of(root) -> str:
    """Return what `kit check` says of a course, as its author left it."""
    return "\n".join(faults(load_course.__wrapped__(root, root)))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_teacher_s_mistake_is_told_with_its_place_and_what_to_do(town, name):
    path, old, new, told = MISTAKES[name]
    text = (town / path).read_text(encoding="utf-8")
    assert old in text
    (town / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    said = said_of(town)
    assert [part for part in told if part not in said] == [], said
    assert not re.search(r"@ here|typing|literal|extra fields|Illegal|Invalid|<class", said), said


def test_files_as_windows_writes_them_give_no_fault(town):
    for path in (p for p in town.rglob("*") if p.is_file()):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert said_of(town) == ""


def test_single_quotes_around_an_id_on_a_page_are_as_good(town):
    for page in (town / "lessons").iterdir():
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(r'\("([^"]+)"\)', r"('\1')", text), encoding="utf-8")
    assert said_of(town) == ""


def test_a_file_in_another_encoding_is_told(town):
    text = (town / LESSON).read_text(encoding="utf-8")
    (town / LESSON).write_bytes(text.encode("cp1252"))
    assert "UTF-8" in said_of(town)


def test_the_published_part_and_the_key_are_told_apart(town):
    key = town / KEY
    key.write_text(key.read_text("utf-8").replace("reason", "reson"), "utf-8")
    assert "keys/01.toml" in said_of(town)
    questions = town / QUESTIONS
    questions.write_text(questions.read_text("utf-8").replace("prompt", "promt"), "utf-8")
    assert "items/exercise-01.toml" in said_of(town)


TEXTS = [p.read_text(encoding="utf-8") for p in sorted(SKELETON.rglob("*.toml"))]


@given(st.sampled_from(TEXTS), st.data())
def test_whatever_character_is_lost_or_added_the_line_is_named(text, data):
    at = data.draw(st.integers(0, len(text) - 1))
    torn = (
        text[:at]
        + data.draw(st.sampled_from(["", '"', "[", "“", "\\", "\n", "="]))
        + text[at + 1 :]
    )
    try:
        tomllib.loads(torn)
    except tomllib.TOMLDecodeError as fault:
        said = unreadable(torn, fault)
        if "end of document" not in str(fault):
            n = re.search(r"line (\d+)", str(fault))[1]
            assert said.startswith(f"line {n}, `")


@pytest.mark.parametrize("text", ['x = "', "x = [1,\n", "x =", "x"])
def test_a_file_that_ends_too_soon_is_told_in_a_sentence(tmp_path, text):
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KitError, match=r"x\.toml cannot be read: .+\. Correct that place"):
        read_toml(path)


def test_every_cause_has_its_sentence():
    from kit.course.toml import _CAUSES

    assert all(message(f"toml.{key}") for _, key in _CAUSES)
