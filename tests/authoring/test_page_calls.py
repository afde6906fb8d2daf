"""A slip is answered by a sentence that says what to do, and what is no slip by none."""

from __future__ import annotations

import shutil

import pytest
from helpers import each

from kit.authoring.check import faults
from kit.authoring.preview import forget
from kit.authoring.skeleton import new_course
from kit.command import cli
from kit.course.course import load_course

LESSON, EXERCISE = "lessons/01-first-look.md", "lessons/exercise-01.md"
TABLE = "| Who | How many |\n| --- | --- |\n| police | 300 |"


def call(text: str) -> str:
    return f"```python\nimport kit\n\n{text}\n```"


#: What is added to a file, and what the one sentence about it says.
ADDED = [
    (LESSON, "There were 300 people.", "Say where the figure comes from"),
    (LESSON, TABLE, "the table with “| Who"),
    (LESSON, "Look at it (¶12).", "the text ends with ¶2"),
    (LESSON, "[On](../exercises/01-exercse.ipynb)", "mean “01-exercise.ipynb”?"),
    (LESSON, call('kit.begin("01-frist-look")'), "mean “01-first-look”?"),
    (LESSON, call('kit.evidence("backgroud")'), "mean “background”?"),
    (LESSON, call('kit.story("twon")'), "which is neither a file"),
    (LESSON, call("kit.artcle()"), "mean “article”?"),
    (LESSON, "- [x] Yes", "is a ticked option outside of a question"),
    (EXERCISE, "Good luck to you all.", "nobody reads what comes after kit.hand_in"),
    ("messages.toml", '[view]\nchekc = "X"', "mean “view.check”?"),
    ("solutions/keys/01.toml", '[[itme]]\nid = "x"', "mean “item”?"),
    ("solutions/keys/01.toml", '[[item]]\nid = "exercise-01/okk"', "mean “exercise-01/oak”?"),
]
HONEST = [
    "6 questions, 13 marks, about 25 minutes, 2 points for each of 3 statements.",
    "1. Read it.\n2. Ask who says so.",
    '<abbr title="at 12 metres">high</abbr>',
    f"{TABLE}\n\nThe numbers are from ¶1.",
    f"From ¶1:\n\n{TABLE}",
    "[On](../exercises/01-exercise.ipynb), [up](#top), [mail](mailto:a@example.org) (¶2)",
    call('kit.begin("first-look")'),
]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A new course; what is added to it is taken away again."""
    folder = tmp_path_factory.mktemp("courses") / "town"
    new_course(folder)
    return folder


def found_with(town, name, text) -> list[str]:
    course = shutil.copytree(town, town.with_name("copy"))
    with (course / name).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{text}\n")
    forget()
    try:
        return faults(load_course(course, course))
    finally:
        shutil.rmtree(course)


@each("case", ADDED)
def test_a_slip_is_told(town, case):
    name, text, said = case
    found = found_with(town, name, text)
    assert [fault for fault in found if said in fault], found


def test_a_question_written_on_the_plainer_page_is_told(town, tmp_path):
    folder = shutil.copytree(town, tmp_path / "town")
    sheets = folder / "course.toml"
    text = sheets.read_text("utf-8")
    plain = 'minutes = 20\nplain = "notebooks/01-plain.ipynb"'
    sheets.write_text(text.replace("minutes = 20", plain, 1), "utf-8")
    page = "::: choose-one x\nWhich?\n\n- [x] a\n- [ ] b\n:::\n"
    (folder / "lessons" / "01-first-look.plain.md").write_text(page, "utf-8")
    forget()
    assert any("Both pages share it" in fault for fault in faults(load_course(folder, folder)))


def test_what_only_an_instrument_reads_is_looked_at_too(town, tmp_path):
    folder = shutil.copytree(town, tmp_path / "town")
    (folder / "lexicons").mkdir()
    (folder / "lexicons" / "hedge.toml").touch()
    (folder / "lexicons" / "hedges.toml").write_text('[perhaps]\nwhyy = "x"\n', "utf-8")
    (folder / "estimates.toml").write_text('[[estimat]]\nid = "x"\n', "utf-8")
    told = " ".join(cli._faults_of_instruments(load_course(folder, folder)))
    assert all(near in told for near in ("mean “hedges”", "mean “why”", "mean “estimate”"))


@each("text", HONEST)
def test_what_is_no_slip_is_not(town, text):
    assert found_with(town, LESSON, text) == []
