from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kit
from kit.authoring import skeleton
from kit.authoring.check import faults, todos
from kit.authoring.skeleton import SKELETON, course_id, new_course
from kit.command import cli
from kit.course.article import OWN_COPY, compare, load_article
from kit.course.course import load_course
from kit.course.messages import KitError
from kit.questions.bank import load_questions

TEXT = 'Is it so?\n\nIt is said that it is, “perhaps”.\nA \\ and a "quote".\n'


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def made(folder: Path, text: Path | None = None):
    new_course(folder, text)
    return load_course(folder.resolve(), folder.resolve())


@pytest.mark.parametrize("name", ["town", "Café du coin", "Is it so?"[:-1], "日本", "it's 100%"])
def test_a_new_course_bears_its_name_and_has_no_faults(home, name):
    course = made(Path(name))
    assert (course.title, course.home.name) == (name, name)
    assert files(course.root) == files(SKELETON)
    assert faults(course) == []


@pytest.mark.slow
def test_it_works_through_every_command_as_it_comes(home, monkeypatch, capsys):
    assert cli.main(["new", "Our", "old", "town"]) == 0
    first, _, said = capsys.readouterr().out.partition("\n")
    assert first == f"The course is “Our old town” (our-old-town), in {home / 'Our old town'}."
    assert 'cd "Our old town"' in said
    named = re.findall(r"[\w/-]+\.(?:toml|md)|\w+/", said.partition("Next:")[0])
    for name in named:
        assert (home / "Our old town" / name).exists() or list(
            (home / "Our old town").rglob(name)
        ), name
    monkeypatch.chdir(home / "Our old town")
    monkeypatch.delenv("KIT_WORK")
    for command in (["check"], ["notebooks"], ["solutions"], ["notebooks", "--check"],
                    ["solutions", "--check"]):  # fmt: skip
        assert cli.main(command) == 0, capsys.readouterr()
    Path("in").mkdir()
    shutil.copy("solutions/01-exercise.ipynb", "in")
    assert cli.main(["grade", "in"]) == 0
    with Path("marks/marks.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["automatic"], row["out_of"], row["still_to_mark"]) == ("5", "8", "2")
    assert (row["sound_accepted"], row["unsound_rejected"]) == ("2", "2")


def test_it_names_every_place_to_fill_in(home, monkeypatch, capsys):
    course = made(Path("town"))
    counts = todos(course)
    assert {p.relative_to(course.root).as_posix() for p in counts} == files(SKELETON)
    monkeypatch.chdir(course.root)
    capsys.readouterr()
    cli.main(["check"])
    assert "8 places marked TODO" in capsys.readouterr().out
    for path in counts:
        path.write_text(path.read_text("utf-8").replace("TODO:", "Done:"), "utf-8")
    cli.main(["check"])
    assert "TODO" not in capsys.readouterr().out


def test_a_release_of_a_course_that_is_not_filled_in_says_so(home, monkeypatch, capsys):
    course = made(Path("town"))
    monkeypatch.chdir(course.root)
    assert cli.main(["notebooks"]) == 0
    capsys.readouterr()
    assert cli.main(["release", "../for-learners"]) == 0
    assert "8 places marked TODO" in capsys.readouterr().out


@pytest.mark.slow
def test_the_author_s_own_copy_comes_into_nothing_that_is_made(home, monkeypatch):
    own = home / "story.txt"
    own.write_text(TEXT, encoding="utf-8")
    course = made(home / "town", own)
    shutil.copy(own, course.home / OWN_COPY)
    monkeypatch.chdir(course.home)
    monkeypatch.delenv("KIT_WORK")
    assert "It is said that it is" in repr(kit.article()), "the author sees it in full"
    for command in (["notebooks"], ["solutions"], ["release", "../for-learners"]):
        assert cli.main(command) == 0
    read = [p for p in home.rglob("*") if p.suffix in (".ipynb", ".toml", ".txt", ".md")]
    with_it = [p for p in read if "It is said that it is" in p.read_text(encoding="utf-8")]
    assert sorted(with_it) == sorted([own, course.home / OWN_COPY])


def test_its_statements_are_in_balance():
    course = load_course(SKELETON, SKELETON)
    for sheet in course.sheets:
        units = [u for i in load_questions(course, sheet).values() for u in i.units]
        sound = [u.sound for u in units]
        assert sound.count(True) == sound.count(False) > 0
        assert None not in sound


def test_its_article_is_numbered_as_the_command_numbers_it(home):
    course = load_course(SKELETON, SKELETON)
    units = load_article(course).units
    assert [u.n for u in units] == [0, 1, 2]
    assert len({u.fingerprint for u in units}) == 3


def test_an_author_s_own_text_begins_the_article(home):
    own = home / "story.txt"
    own.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    course = made(home / "town", own)
    assert {v.state for v in compare(load_article(course), TEXT)} == {"same"}
    assert load_article(course).reference.title == "Is it so?"
    assert faults(course) == []
    assert todos(course)[course.root / "article.toml"] == 4
    assert "It is said" not in (course.root / "article.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "One line.", "One.\n\nTwo.\n"])
def test_a_text_that_is_too_short_is_told_and_nothing_is_made(home, text):
    (home / "story.txt").write_text(text, encoding="utf-8")
    with pytest.raises(KitError, match="each paragraph on a line of its own"):
        new_course(home / "town", home / "story.txt")
    assert not (home / "town").exists()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/..", "?", " ", "a:b", 'a"b', "a\nb", "–", "\ud800x"]
)
def test_a_name_that_will_not_do_is_told(home, name):
    with pytest.raises(KitError, match="cannot be the name") as fault:
        new_course(Path(name))
    assert str(fault.value).encode("utf-8")
    assert files(home) == {"pyproject.toml"}


@pytest.mark.parametrize("there", ["folder", "file"])
def test_what_is_there_is_left_as_it_is(home, there):
    path = home / "town"
    if there == "folder":
        path.mkdir()
        (path / "course.toml").write_text("mine", encoding="utf-8")
    else:
        path.write_text("mine", encoding="utf-8")
    with pytest.raises(KitError, match="already"):
        new_course(path)
    left = path / "course.toml" if there == "folder" else path
    assert left.read_text(encoding="utf-8") == "mine"


def test_where_nothing_may_be_written_it_says_so(home, monkeypatch, capsys):
    (home / "file").touch()
    assert cli.main(["new", "file/town"]) == 1
    assert "cannot be made here" in capsys.readouterr().err

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(skeleton.Path, "mkdir", refuse)
    assert cli.main(["new", "town"]) == 1
    assert "(Permission denied). Go to a folder of your own" in capsys.readouterr().err


@given(st.text(max_size=30))
def test_an_id_holds_letters_and_digits_with_single_hyphens_between(title):
    name = course_id(title)
    assert name == "" or all(part.isalnum() for part in name.split("-"))
    assert course_id(name) == name


def test_an_id_is_readable():
    assert course_id("Café du coin, 2.") == "cafe-du-coin-2"


# --- Never in another course --------------------------------------------------------------------


@pytest.mark.parametrize("place", ["town", "items/town", "a/b/town"])
def test_no_course_is_made_inside_of_another(own_course, capsys, place):
    before = files(own_course.root)
    assert cli.main(["new", place]) == 1
    said = capsys.readouterr()
    assert "inside of another course" in said.err
    assert str(own_course.root) in said.err
    assert files(own_course.root) == before
    assert cli.main(["new", "../town"]) == 0


@pytest.mark.parametrize("name", ["course.toml.txt", "courses.toml", "golf-course.toml"])
def test_a_course_is_made_beside_whatever_files_there_are(home, name):
    """Only in a course none is made: the home folder is full of other things."""
    (home / name).touch()
    new_course(home / "town")
    assert (home / "town" / "course.toml").is_file()
