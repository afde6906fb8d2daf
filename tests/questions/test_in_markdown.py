from __future__ import annotations

import re
import shutil

import pytest
from helpers import PROJECT
from hypothesis import given
from hypothesis import strategies as st

from kit.course.course import load_course
from kit.course.messages import KitError
from kit.questions.bank import load_questions
from kit.questions.in_markdown import take_apart

QUESTION = """::: choose-one bird marks=2 hints=["Look at [the paper](y)."]
An invented story.

- It has a list.

A second paper prints
that a bird stopped the clock. What does that add?

- [ ] Much: two papers
  say so.
  > Agreement counts when each
  could have erred.
- [X] Nothing that we can see.

  > One origin.

> This is said to everybody.
:::"""
ROW = {
    "id": "exercise-01/bird",
    "kind": "choose-one",
    "marks": 2,
    "hints": ["Look at [the paper](y)."],
    "passage": "An invented story.\n\n- It has a list.",
    "prompt": "A second paper prints that a bird stopped the clock. What does that add?",
    "options": [
        {
            "id": "a",
            "text": "Much: two papers say so.",
            "reason": "Agreement counts when each could have erred.",
        },
        {"id": "b", "text": "Nothing that we can see.", "right": True, "reason": "One origin."},
    ],
    "reason": "This is said to everybody.",
}
#: What an author may slip with, and the line that the sentence names.
SLIPS = {
    "no end": (QUESTION.removesuffix(":::"), 3, "has no end"),
    "no begin": (QUESTION.partition("\n")[2], 19, "none is open"),
    "kind": (QUESTION.replace("choose-one", "choose-on"), 3, "::: choose-one NAME"),
    "another kind": (QUESTION.replace("choose-one", "number"), 3, "items/"),
    "no name": (QUESTION.replace("bird marks", "marks"), 3, "needs a name"),
    "no box": (QUESTION.replace("- [X] ", "- "), 15, "is no option"),
    "empty box": (QUESTION.replace("- [X] ", "- [] "), 15, "is no option"),
    "round box": (QUESTION.replace("- [X] ", "- (x) "), 15, "is no option"),
    "no blank": (QUESTION.replace("- [X] ", "-[x] "), 15, "is no option"),
    "text below": (QUESTION.replace("\n> This", "\nThis"), 19, "after the options"),
    "no prompt": ("::: choose-many x\n- [x] a\n- [ ] b\n:::", 3, "says no question"),
    "one option": ("::: choose-many x\nWhich?\n\n- [x] a\n:::", 3, "two options"),
    "two names": (QUESTION.replace("bird marks", "the bird marks"), 3, "“the bird” is to be"),
    "curly": (QUESTION.replace("marks=2", "marks=“2”"), 3, "straight quotation marks"),
    "curly list": (QUESTION.replace("marks=2", "hints=[“Look at it”]"), 3, "straight quotation"),
    "own place": (QUESTION.replace("marks=2", 'prompt="x"'), 3, "own place"),
}


def lesson_with(text, tmp_path, name="exercise-01"):
    """Return the lynx course with a question at the end of a page, before its last part."""
    folder = shutil.copytree(PROJECT / "examples" / "the-lynx", tmp_path / "lynx")
    path = folder / "lessons" / f"{name}.md"
    page = path.read_text("utf-8")
    path.write_text(page.replace("## Hand in", f"{text}\n\n## Hand in"), "utf-8")
    return load_course(folder, folder)


def test_a_list_of_ticks_is_read_as_the_row_that_toml_would_give():
    page = take_apart(f"# Title\n<!-- a\nnote -->\n{QUESTION}\n", "exercise-01")
    assert page.faults == []
    assert page.rows == [ROW]
    assert page.lines == {"exercise-01/bird": 4}
    assert page.shown == '# Title\n\n\n```python\nimport kit\n\nkit.ask("exercise-01/bird")\n```\n'


def test_a_page_without_questions_stays_as_it_is():
    text = "# Title\n\n```\n::: choose-one x\n- [x] a\n```\n\n- one\n- [a link](b)\n\nEnd"
    page = take_apart(text, "x")
    assert (page.rows, page.faults, page.shown, page.published) == ([], [], text, text)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_line(slip):
    text, n, said = SLIPS[slip]
    faults = take_apart(f"# Title\n\n{text}\n", "exercise-01").faults
    assert (n, True) in [(line, said in fault) for line, fault in faults], faults


WORDS = st.text("abc [](){}<>*_`#|:=\"'\\-x", min_size=1, max_size=25).map(
    lambda text: " ".join(f"w{text}w".split())
)


@given(
    prompt=WORDS,
    options=st.lists(st.tuples(WORDS, st.booleans(), WORDS), min_size=2, max_size=30),
    passage=WORDS,
    hints=st.lists(WORDS, max_size=2),
)
def test_learners_get_the_same_question_and_nothing_of_its_key(prompt, options, passage, hints):
    rows = [f"- [{'x' if right else ' '}] {text}\n  > KEY{why}" for text, right, why in options]
    told = [f'"{hint}"' for hint in hints if "\\" not in hint and '"' not in hint]
    head = f"::: choose-many q hints=[{', '.join(told)}]"
    text = "\n".join([head, passage, "", prompt, "", *rows, "", "> KEY after", ":::"])
    page = take_apart(text, "x")
    assert page.faults == []
    again = take_apart(page.published, "x")
    assert "KEY" not in page.published + page.shown
    assert not [line for line in page.published.splitlines() if line.startswith("- [x]")]
    public = {name: value for name, value in page.rows[0].items() if name != "reason"}
    public["options"] = [{"id": o["id"], "text": o["text"]} for o in public["options"]]
    assert again.rows == [public]


def test_it_is_the_question_that_toml_would_give_with_the_same_fingerprint(tmp_path):
    course = lesson_with(QUESTION, tmp_path)
    asked = load_questions(course, course.sheets[1])
    assert list(asked)[-1] == "exercise-01/bird"  # where the page asks it
    question = asked["exercise-01/bird"]
    assert (question.key, question.marks, question.credit("b")) == ("b", 2, 1)
    path = course.root / "lessons" / "exercise-01.md"
    path.write_text(take_apart(path.read_text("utf-8"), "exercise-01").published, "utf-8")
    published = load_questions(course, course.sheets[1])["exercise-01/bird"]
    assert not published.has_key
    assert published.fingerprint == question.fingerprint


def test_its_key_may_also_be_in_the_key_file(tmp_path):
    course = lesson_with(QUESTION.replace("[X]", "[ ]"), tmp_path)
    with (course.keys / "01.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[item]]\nid = "exercise-01/bird"\n[[item.options]]\nid = "a"\nright = true\n'
        )
    assert load_questions(course, course.sheets[1])["exercise-01/bird"].key == "a"


def test_a_field_that_it_does_not_have_is_named_with_file_and_line(tmp_path):
    course = lesson_with(QUESTION.replace("marks=2", "mark=2"), tmp_path)
    with pytest.raises(KitError, match=r"exercise-01\.md, line \d+") as told:
        load_questions(course, course.sheets[1])
    assert "marks" in str(told.value)  # do you mean


def test_a_word_alone_may_be_a_misspelt_field(tmp_path):
    course = lesson_with(QUESTION.replace("marks=2", "confidense"), tmp_path)
    with pytest.raises(KitError, match="do you mean “confidence”"):
        load_questions(course, course.sheets[1])


def test_of_a_key_without_its_questions_it_is_said_which_file_is_missing(tmp_path):
    course = lesson_with(QUESTION, tmp_path)
    items = course.root / "items" / "exercise-01.toml"
    items.rename(items.with_name("exercice-é.toml"))
    with pytest.raises(KitError, match=f"There is no file {re.escape(str(items))}"):
        load_questions(course, course.sheets[1])
