"""AUTHORING.md: its examples make a course without a fault, and it names what there is."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from attrs import fields
from helpers import PROJECT

from kit.authoring import build
from kit.authoring.check import faults
from kit.authoring.skeleton import SKELETON, new_course
from kit.course.article import read_text
from kit.course.course import load_course
from kit.course.evidence import EvidenceRecord
from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.kinds import KINDS
from kit.questions.number import ExpectedError
from kit.questions.parts import CommonError, Option

BEGIN = read_text(PROJECT / "AUTHORING.md")
GUIDE = BEGIN + read_text(PROJECT / "docs" / "reference.md")
FENCE = re.compile(r"^(`{3,})(toml|markdown|sh)?$")
FILE = re.compile(r"^(?:### )?`([\w/.-]+\.(?:toml|md))`:?$|are in one file, `([\w/.-]+)`")


def examples() -> dict[str, str]:
    """Return the files that the guide shows, each put together from its pieces."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    name, fence, shown = "", "", True
    for line in GUIDE.splitlines():
        start = FENCE.match(line)
        if fence and line == fence:
            fence = ""
        elif fence:
            if shown:
                files[name].append(line)
        elif start:
            fence, shown = start[1], start[2] in ("toml", "markdown")
        elif named := FILE.search(line):
            name = named[1] or named[2]
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()}


FILES = examples()


@pytest.fixture
def clock(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_course(tmp_path, tmp_path)


def test_the_examples_are_the_files_of_a_course():
    needed = {"course.toml", "article.toml", "items/01-the-clock.toml", "lessons/exercise-01.md"}
    needed |= {"solutions/keys/01.toml", "evidence/clock.toml", "reveals.toml", "messages.toml"}
    assert needed <= FILES.keys()


def test_together_they_have_no_fault(clock):
    assert faults(clock) == []
    kinds = {i.kind for s in clock.sheets for i in load_questions(clock, s).values()}
    assert kinds == KINDS.keys()


def test_their_notebooks_and_the_solution_can_be_made(clock):
    for sheet in clock.sheets:
        assert build.bare(clock, sheet).cells
    assert build.solved(clock, clock.sheet("exercise-01")).cells


@pytest.mark.parametrize(
    "kind", [Question, Option, ExpectedError, CommonError, EvidenceRecord], ids=lambda c: c.__name__
)
def test_every_field_that_an_author_may_write_is_named(kind):
    named = set(re.findall(r"`(?:\[\[item\.)?(\w+)(?:\]\])?(?: = [^`]*)?`|^(\w+) = ", GUIDE, re.M))
    words = {word for pair in named for word in pair if word}
    words |= set(re.findall(r"^\[\[item\.(\w+)\]\]", GUIDE, re.M))
    assert {f.name for f in fields(kind)} - words == set()


def test_a_new_course_has_the_parts_that_the_guide_speaks_of(tmp_path):
    new_course(tmp_path / "Our town")
    course = load_course(tmp_path / "Our town", tmp_path / "Our town")
    for name in ("items/exercise-01.toml", "solutions/keys/01.toml", "lessons/01-first-look.md"):
        assert f"`{name}`" in BEGIN
        assert (course.root / name).is_file()
    kinds = [item.kind for item in load_questions(course, course.sheet("exercise-01")).values()]
    assert kinds == ["label", "choose-one", "write"], "the guide says what each of the three is"


def test_nobody_is_taught_to_empty_a_file():
    """What stands behind a shell's > is emptied before the kit begins."""
    skeleton = SKELETON.rglob("*.toml")
    documents = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")]
    taught = [*documents, PROJECT / "kit" / "command" / "cli.py", *skeleton]
    lines = [line for path in taught for line in read_text(path).splitlines()]
    assert [line for line in lines if re.search(r"\bkit \w.*[^-]> *\S+\.toml", line)] == []
    assert "kit article outline my-article.txt" in lines
