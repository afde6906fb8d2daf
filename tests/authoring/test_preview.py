from __future__ import annotations

import json

import pytest

from kit.authoring import build
from kit.authoring.preview import preview_path, refresh
from kit.authoring.skeleton import new_course
from kit.course.course import load_course

TICKED = """::: choose-one bird
What does that add?

- [x] Nothing.
  > One origin.
- [ ] Much.
  > They have it from each other.
:::
"""


@pytest.fixture
def town(tmp_path):
    new_course(tmp_path / "town")
    return load_course(tmp_path / "town", tmp_path / "town")


def shown(course) -> list[str]:
    """Return the cells of the exercise's preview, as text."""
    path = preview_path(course, course.sheets[1])
    told = refresh(course.root, "exercise-01", path)
    return [told, *("".join(cell["source"]) for cell in json.loads(path.read_bytes())["cells"])]


def change(course, name, old, new) -> None:
    path = course.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_it_is_the_page_as_learners_get_it(town):
    told, *cells = shown(town)
    assert "No faults" in told
    assert cells == [cell.source for cell in build.bare(town, town.sheets[1]).cells]


def test_what_is_to_be_mended_is_above_its_question(town):
    change(town, "lessons/exercise-01.md", "paragraphs=[2]", "paragraphs=[99]")
    _, *cells = shown(town)
    (n,) = [n for n, text in enumerate(cells) if "paragraph 99" in text]
    assert 'kit.ask("exercise-01/ask")' in cells[n + 1]


def test_a_question_on_the_page_is_shown_and_its_slip_is_in_its_place(town):
    change(town, "lessons/exercise-01.md", "## Hand in", f"{TICKED}\n## Hand in")
    assert any('kit.ask("exercise-01/bird")' in text for text in shown(town))
    change(town, "lessons/exercise-01.md", "- [x] Nothing", "- [] Nothing")
    _, *cells = shown(town)
    assert "is no option" in cells[-2]  # the last is what hands in


def test_a_slip_elsewhere_is_counted_on_top_and_one_in_course_toml_leaves_the_page(town):
    change(town, "items/01-first-look.toml", "reason = ", "reasn = ")
    assert "reasn" in shown(town)[1]
    change(town, "course.toml", "graded = true", "graded = ture")
    _, first, second, *_ = shown(town)
    assert "course.toml" in first
    assert second.startswith("# Exercise")
