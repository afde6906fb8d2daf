"""A folder that nearly is a course: the command line says what it lacks."""

from __future__ import annotations

import pytest
from helpers import PROJECT

from kit.command.look_alikes import refuse_look_alikes
from kit.course.course import find_course
from kit.course.messages import CONTENT, KitError

MINIMAL = 'id = "mine"\ntitle = "Mine"\n'


@pytest.mark.parametrize(
    "name",
    [
        "course.toml.txt",
        "Course.TOML",
        "course.toml.bak",
        "course (1).toml",
        "course - Copy.toml",
        "Copy of course.toml",
        "course.tml",
        "course.toml~",
        "course.toml.toml",
        "cource.toml",
        "coursetoml",
        "course,toml",
        "course.tooml",
        "coures.toml",
    ],
)
@pytest.mark.parametrize("deeper", [".", "items"])
def test_a_course_file_of_another_name_is_named(home, name, deeper):
    (home / "items").mkdir()
    (home / name).write_text(MINIMAL, encoding="utf-8")
    if (home / "course.toml").exists():
        pytest.skip("this disk takes small letters and capitals for the same")
    with pytest.raises(KitError, match=r"give it the name course\.toml") as fault:
        refuse_look_alikes(home / deeper)
    assert name in str(fault.value)
    assert str(home) in str(fault.value)
    (home / "course.toml").write_text(MINIMAL, encoding="utf-8")
    refuse_look_alikes(home / deeper)


@pytest.mark.parametrize("made", ["folder", "link"])
def test_a_course_file_that_is_no_file_is_told(home, made):
    path = home / "course.toml"
    path.mkdir() if made == "folder" else path.symlink_to("nowhere")
    with pytest.raises(KitError, match="must be a text file"):
        refuse_look_alikes(home)


@pytest.mark.parametrize(
    "parts",
    [
        ["items/a.toml", "lessons/a.md"],
        ["article.toml", "evidence/a.toml"],
        ["article.toml", "reveals.toml"],
        ["solutions/keys/01.toml", "items/a.toml"],
    ],
)
def test_the_parts_of_a_course_without_its_file_are_told(home, parts):
    for part in parts:
        (home / part).parent.mkdir(parents=True, exist_ok=True)
        (home / part).touch()
    with pytest.raises(KitError, match=r"its course\.toml is missing"):
        refuse_look_alikes(home)
    (home / parts[0]).unlink()
    refuse_look_alikes(home)


@pytest.mark.parametrize(
    "name",
    ["course.html", "course.txt", "course.xml", ".course.toml.swp", "courses", "pyproject.toml"],
)
def test_other_files_are_nobody_s_course(home, name):
    (home / name).touch()
    refuse_look_alikes(home)


def test_what_is_above_the_project_or_in_the_user_s_home_does_not_matter(
    home, tmp_path, monkeypatch
):
    (tmp_path / "course.toml.bak").touch()
    refuse_look_alikes(home)
    (home / "pyproject.toml").unlink()
    with pytest.raises(KitError):
        refuse_look_alikes(home)
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    refuse_look_alikes(home)
    with pytest.raises(KitError):
        refuse_look_alikes(tmp_path)


@pytest.mark.parametrize("place", [".", "notebooks", "kit/content", "kit/content/items", "tests"])
def test_the_project_itself_looks_like_no_course(place):
    refuse_look_alikes(PROJECT / place)
    assert find_course(PROJECT / place).root == CONTENT
    assert find_course(PROJECT / place).home == PROJECT


def test_a_notebook_finds_its_course_whatever_lies_about(home):
    (home / "course (1).toml").touch()
    assert find_course(home).root == CONTENT
