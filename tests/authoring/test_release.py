from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers import COURSE, GRADED, PROJECT, key_texts

from kit.authoring import build, release
from kit.command.cli import main
from kit.course.course import load_course
from kit.course.files import write_whole
from kit.course.messages import KitError
from kit.questions.bank import load_questions

EDITION = release.learners_edition(COURSE)
SECRETS = {
    text
    for sheet in GRADED
    for item in load_questions(COURSE, sheet).values()
    for text in key_texts(item)
}
NAMES = {path.as_posix() for path in EDITION}
LEFT_OUT = "kit/command/settings/python"
EACH_IN_TURN = """
import sys
from kit.command.cli import main
sys.exit(max(main(said.split()) for said in sys.argv[1:]))
"""


def told(files: release.Files) -> list[str]:
    """Return the key's texts that stand in an edition: as they are, or as JSON writes them."""
    found = []
    for source in files.values():
        try:
            text = source.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        plain = " ".join(text.split())
        found += [s for s in SECRETS if " ".join(s.split()) in plain or json.dumps(s)[1:-1] in text]
    return found


@pytest.mark.slow
def test_no_text_of_any_key_stands_in_the_learners_edition():
    assert len(SECRETS) > 250
    assert told(EDITION) == []


@pytest.mark.slow
@pytest.mark.parametrize("form", [str, json.dumps])
def test_a_key_that_slipped_in_is_noticed(tmp_path, form):
    """The control: in a page, or in a notebook's output."""
    stray = tmp_path / "stray.ipynb"
    secret = max(SECRETS, key=len)
    stray.write_text(f"before {form(secret)} after", encoding="utf-8")
    assert told(EDITION | {Path("notebooks/stray.ipynb"): stray}) == [secret]


def test_the_solved_notebooks_are_noticed_too():
    names = [sheet.notebook.rpartition("/")[2] for sheet in GRADED]
    solved = {PROJECT / "solutions" / name: PROJECT / "solutions" / name for name in names}
    assert len(set(told(solved))) > 300


def test_it_holds_what_a_learner_needs():
    needed = {"Makefile", "pyproject.toml", "requirements.lock", "environment.yml", "README.md"}
    needed |= {
        "LICENSE",
        "LICENSE-LESSONS",
        "THIRD-PARTY.md",
        "kit/__init__.py",
        "kit/notebook/widget/question.js",
        "kit/questions/order/control.js",
    }
    needed |= {"kit/content/course.toml", "kit/command/settings/jupyter_lab_config.json"}
    needed |= {sheet.notebook for sheet in COURSE.sheets}
    assert needed <= NAMES
    assert EDITION[Path("README.md")].name == "learners.md"


def test_it_holds_nothing_of_the_teacher_s_and_nothing_hidden():
    theirs = ("solutions", "examples", "docs", "tests/grading", "tests/authoring")
    theirs += ("bench", "screens")
    assert [n for n in NAMES if n.startswith(theirs)] == []
    assert {"INSTRUCTORS.md", "AUTHORING.md", "CONTRIBUTING.md"} & NAMES == set()
    hidden = [n for n in NAMES if any(part.startswith((".", "__pyc")) for part in n.split("/"))]
    assert hidden == []
    assert [n for n in NAMES if n.startswith("kit/") and not (PROJECT / n).is_file()] == []


def test_every_file_of_the_package_that_is_committed_goes_out():
    listed = subprocess.run(
        ["git", "ls-files", "kit"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("git is not here to say what is committed")
    committed = set(listed.stdout.split())
    the_teachers = {n for n in committed if n.startswith("kit/content/handouts/teacher/")}
    assert the_teachers
    assert committed - the_teachers <= NAMES
    assert not the_teachers & NAMES


@pytest.mark.slow
def test_the_folder_and_the_zip_hold_the_same_and_the_zip_is_the_same_each_time(tmp_path):
    release.write_folder(COURSE, EDITION, tmp_path / "out")
    for name in ("a.zip", "b.zip"):
        release.write_zip(COURSE, EDITION, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {
        f"could-he-flee/{path.relative_to(tmp_path / 'out').as_posix()}": path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }


def test_nothing_is_written_over_or_into_the_project(tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", encoding="utf-8")
    for place in (full, full / "mine.txt"):
        with pytest.raises(KitError, match="something at"):
            release.write_folder(COURSE, EDITION, place)
    with pytest.raises(KitError, match="something at"):
        release.write_zip(COURSE, EDITION, full / "mine.txt")
    for inside in (PROJECT / "notebooks" / "new", PROJECT):
        with pytest.raises(KitError, match="inside of the project"):
            release.write_folder(COURSE, EDITION, inside)
    assert [p.name for p in full.iterdir()] == ["mine.txt"]


def test_where_the_kit_came_without_its_project_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(release, "PROJECT", tmp_path)
    with pytest.raises(KitError, match="a copy of the whole project"):
        release.learners_edition(COURSE)


@pytest.fixture
def showroom_made(showroom):
    """A teacher's own course, with a key, a record of the teacher's and a notebook a sheet."""
    for sheet in showroom.sheets:
        write_whole(showroom.home / sheet.notebook, build.as_bytes(build.bare(showroom, sheet)))
    for name in ("solutions/keys/01.toml", "my-work/x.json", "my-article.txt", "marks/marks.csv"):
        path = showroom.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a secret", encoding="utf-8")
    return showroom


def test_of_a_course_of_ones_own_that_course_goes_out_with_the_kit(showroom_made, tmp_path, capsys):
    assert main(["release", str(tmp_path / "out.zip"), "--zip"]) == 0
    assert "Learners say “make lab” there" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
        assert not any(archive.read(name) == b"a secret" for name in archive.namelist())
    assert {"course.toml", "article.toml", "items/01-showroom.toml", "kit/command/cli.py"} <= names
    assert {sheet.notebook for sheet in showroom_made.sheets} <= names
    assert not any(name.startswith(("solutions", "my-", "marks", "tests")) for name in names)


def test_a_page_that_was_changed_since_is_not_handed_out(showroom_made, tmp_path, capsys):
    path = build.source_path(showroom_made, showroom_made.sheets[0])
    path.write_text(path.read_text("utf-8") + "\nOne more line.\n", encoding="utf-8")
    assert main(["release", str(tmp_path / "out")]) == 1
    assert "does not fit its page" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_it_works_where_learners_put_it(tmp_path):
    """Its checks and some of its own tests pass there; `.ci/run` says the two commands."""
    folder = tmp_path / "für alle é"
    release.write_folder(COURSE, EDITION, folder)
    assert load_course(folder / "kit" / "content", folder).sheets == COURSE.sheets
    alone = {k: v for k, v in os.environ.items() if not k.startswith("KIT_")}
    alone["PYTHONPATH"] = os.pathsep.join([str(folder), str(folder / LEFT_OUT)])
    tests = [f"tests/questions/test_{name}.py" for name in ("bank", "scoring", "answers")]
    made = "notebooks --check", "solutions --check", "handouts --check"
    for command in (
        ["-m", "kit", "check"],
        ["-c", EACH_IN_TURN, *made],
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=folder,
            env=alone,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    shutil.rmtree(folder)


def test_an_exercise_can_be_kept_back_with_its_text(tmp_path):
    course = release.given(COURSE, ["07"])
    release.write_folder(course, release.learners_edition(course), tmp_path / "edition")
    names = {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "edition").rglob("*")}
    assert not [n for n in names if "07-exercise" in n or "exercise-07" in n or "quarry" in n]
    edition = load_course(tmp_path / "edition/kit/content", tmp_path / "edition")
    assert [sheet.id for sheet in edition.sheets] == [sheet.id for sheet in course.sheets]
    assert len(edition.sheets) == len(release.given(COURSE).sheets) - 1
    assert f"edition/{COURSE.sheet('07-your-own-text').notebook}" in names
    with pytest.raises(KitError):
        release.given(COURSE, ["99"])


def test_a_sheet_that_is_held_back_goes_out_only_where_it_is_asked_for(tmp_path):
    """A test before and after that a class has seen beforehand measures nothing."""
    forms = {sheet.id for sheet in COURSE.sheets if sheet.held_back}
    assert forms == {"test-a", "test-b", "test-a-later", "test-b-later"}
    names = {path.as_posix() for path in release.learners_edition(release.given(COURSE))}
    assert [name for name in names if "test-a" in name or "test-b" in name] == []
    assert any(name.startswith("tests/") for name in names)
    course = release.given(COURSE, also=["test-a"])
    names = {path.as_posix() for path in release.learners_edition(course)}
    assert {"exercises/test-a.ipynb", "kit/content/items/test-a.toml"} <= names
    assert "exercises/test-b.ipynb" not in names
    with pytest.raises(KitError):
        release.given(COURSE, also=["99"])


def test_each_learner_can_have_a_file_that_nobody_else_s_overwrites(tmp_path):
    names = ["B01", "Łukasz Żak", "../up"]
    copies = release.named_copies(COURSE, names)
    assert len(copies) == len(names) * len(GRADED)
    assert Path("exercises/01-exercise-B01.ipynb") in copies
    assert all(path.parent == Path("exercises") for path in copies)
    release.write_folder(COURSE, release.learners_edition(COURSE) | copies, tmp_path / "edition")
    made = (tmp_path / "edition/exercises/01-exercise-B01.ipynb").read_bytes()
    assert made == (tmp_path / "edition/exercises/01-exercise.ipynb").read_bytes()
