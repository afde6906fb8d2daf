from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from helpers import COURSE, GRADED, PROJECT, a_seal, key_answers, with_keys
from test_text import PAGE

from kit import cli, handin
from kit.text import OWN_COPY, load_article

COMMANDS = next(
    list(action.choices)
    for action in cli._parser()._actions
    if isinstance(action, argparse._SubParsersAction)
)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(command, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    assert left.value.code == 0
    assert f"Example: kit {command}" in capsys.readouterr().out


def test_the_commands_of_the_first_cut_are_there():
    assert {"lab", "check", "article", "notebooks", "solutions", "grade"} <= set(COMMANDS)


def test_each_option_of_grade_has_an_example(capsys):
    with pytest.raises(SystemExit):
        cli.main(["grade", "--help"])
    options = capsys.readouterr().out.partition("options:")[2].partition("\nExample:")[0]
    each = re.split(r"\n  (?=--)", options)[1:]
    assert len(each) == 8
    assert [text for text in each if "such as" not in " ".join(text.split())] == []


NEEDED = {"grade": ["x"], "article": ["check", "x"], "nbgrader": ["x"]}


@pytest.mark.parametrize(
    "command",
    ["check", "grade", "solutions", "notebooks", "handouts", "article", "nbgrader"],
)
def test_an_option_that_there_is_not_is_refused(command, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([command, *NEEDED.get(command, []), "--nonsense"])
    assert left.value.code == 2
    assert "--nonsense" in capsys.readouterr().err


MISTAKES = [
    ["grade", "nowhere"],
    ["grade", "empty"],
    ["grade", "handed-in", "--keys", "nowhere"],
    ["grade", "handed-in", "--out", "file"],
    ["grade", "handed-in", "--out", "file/deeper"],
    ["grade", "handed-in", "--due", "tomorrow"],
    ["grade", "handed-in", "--due", "2026-02-30T17:00"],
    ["grade", "handed-in", "--late-off", "lots"],
    ["grade", "handed-in", "--late-off", "101"],
    ["grade", "handed-in", "--roster", "nowhere.csv"],
    ["grade", "handed-in", "--lms", "moodle"],
    ["nbgrader", "school"],
    ["article", "check", "nowhere.txt"],
    ["article", "check", "empty"],
    ["article", "check", "latin.txt"],
    ["solutions"],
    ["look"],
    ["look", "nowhere.txt"],
    ["look", "latin.txt"],
    ["look", "file"],
    ["article", "check", "empty.html"],
]


@pytest.fixture
def folder(home):
    (home / "empty").mkdir()
    (home / "handed-in").mkdir()
    (home / "file").touch()
    (home / "empty.html").touch()
    (home / "latin.txt").write_bytes(b"\xff\xfe\xff")
    text = handin.to_json(a_seal(answers=key_answers()))
    (home / "handed-in" / "a.json").write_text(text, encoding="utf-8")
    return home


@with_keys
@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_ends_with_a_sentence_and_1(folder, capsys, arguments):
    if "--out" in arguments:
        shutil.copytree(COURSE.keys, folder / "solutions" / "keys")
    assert cli.main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search(r"\w[^\n]*[.:)]\n$", said.err)
    assert "Traceback" not in said.err


@pytest.mark.parametrize("text", ["id = ", 'id = "x"\n', "id = 1\n"])
def test_a_faulty_course_ends_with_a_sentence_and_1(home, capsys, text):
    (home / "course.toml").write_text(text, encoding="utf-8")
    assert cli.main(["check"]) == 1
    assert "course.toml" in capsys.readouterr().err


def test_as_a_program_a_mistake_gives_no_traceback(home):
    done = subprocess.run(
        [sys.executable, "-m", "kit.cli", "grade", "nowhere"],
        capture_output=True,
        text=True,
        cwd=home,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("There is no folder nowhere")
    assert done.stderr.count("\n") == 1


def test_without_a_command_it_says_how(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([])
    assert left.value.code == 2
    assert "usage: kit" in capsys.readouterr().err


def test_check_is_clean_on_the_built_in_course(monkeypatch, capsys):
    monkeypatch.chdir(PROJECT)
    assert cli.main(["check"]) == 0
    assert "No faults" in capsys.readouterr().out


def test_check_tells_each_fault_on_a_line_and_ends_with_1(own_course, capsys):
    page = own_course.root / "lessons" / "01-who-says-so.md"
    with page.open("a", encoding="utf-8") as file:
        file.write("\n\nAbout 4711 came.\n\nAnd 4712 went.\n")
    assert cli.main(["check"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize("command", ["notebooks", "solutions"])
def test_the_committed_notebooks_are_not_stale(monkeypatch, command):
    monkeypatch.chdir(PROJECT)
    assert cli.main([command, "--check"]) == 0


def test_stale_notebooks_are_named_and_left_alone(own_course, capsys):
    assert cli.main(["notebooks", "--check"]) == 1
    said = capsys.readouterr().out
    assert [s.notebook for s in own_course.sheets if s.notebook not in said] == []
    assert not (own_course.home / "notebooks").exists()


@with_keys
def test_grade_writes_the_tables_and_says_so(folder, capsys):
    shutil.copytree(COURSE.keys, folder / "solutions" / "keys")
    assert cli.main(["grade", "handed-in"]) == 0
    assert "Graded 1 of 1" in capsys.readouterr().out
    made = {p.name for p in (folder / "marks").iterdir()}
    assert {"marks.csv", "items.csv", "to-mark.csv", "problems.csv", "report.html"} <= made


@with_keys
def test_grade_takes_keys_and_a_place_for_the_marks(folder, capsys):
    arguments = ["grade", "handed-in", "--keys", str(COURSE.keys), "--out", "here/deep"]
    assert cli.main(arguments) == 0
    assert (folder / "here" / "deep" / "marks.csv").is_file()
    assert GRADED[0].id in (folder / "here" / "deep" / "marks.csv").read_text(encoding="utf-8")
    assert "Graded 1 of 1" in capsys.readouterr().out


def late(folder, capsys, due: str) -> str:
    """Return how late the hand-in of 10:00 UTC is said to be when it was due at ``due``."""
    arguments = ["grade", "handed-in", "--keys", str(COURSE.keys), "--due", due]
    assert cli.main(arguments) == 0
    capsys.readouterr()
    with (folder / "marks" / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        return next(csv.DictReader(file))["late_hours"]


@with_keys
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set here")
def test_a_time_without_a_zone_is_that_of_this_computer(folder, capsys, monkeypatch):
    monkeypatch.setenv("TZ", "Etc/GMT-3")  # three hours ahead of UTC
    time.tzset()
    try:
        assert late(folder, capsys, "2026-02-01T12:00") == "1"
        assert late(folder, capsys, "2026-02-01T13:00") == "0"
        assert late(folder, capsys, "2026-02-01T09:30+00:00") == "0.5"
    finally:
        monkeypatch.undo()
        time.tzset()


@with_keys
def test_a_bar_is_drawn_on_a_screen_and_nowhere_else(folder, capsys, monkeypatch):
    arguments = ["grade", "handed-in", "--keys", str(COURSE.keys)]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert cli.main(arguments) == 0
    bars = capsys.readouterr().err.split("\r")
    assert bars[-1] == f"[{'#' * 40}]\n"
    assert len({len(bar.strip()) for bar in bars[1:]}) == 1


def test_article_check_goes_through_the_copy_paragraph_by_paragraph(home, capsys):
    (home / OWN_COPY).write_text("Some other text.", encoding="utf-8")
    assert cli.main(["article", "check", OWN_COPY]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(load_article(COURSE).units) + 1
    original = PROJECT.parent / "shared" / "article" / "article.txt"
    if original.is_file():
        assert cli.main(["article", "check", str(original)]) == 0
        assert "All" in capsys.readouterr().out


def test_article_check_reads_a_saved_page(own_course, capsys):
    (own_course.home / "story.html").write_text(PAGE, encoding="utf-8")
    assert cli.main(["article", "outline", "story.html"]) == 0
    outline = capsys.readouterr().out.replace("TODO", "to do")
    (own_course.root / "article.toml").write_text(outline, encoding="utf-8")
    load_article.cache_clear()
    assert cli.main(["article", "check", "story.html"]) == 0
    assert "All 4" in capsys.readouterr().out


def test_look_prints_each_mark_with_its_reason(home, capsys):
    (home / "story.txt").write_text("He may flee.\nIt was two years ago.", encoding="utf-8")
    assert cli.main(["look", "story.txt", "--date", "2026-01-13"]) == 0
    said = capsys.readouterr().out
    assert "“may” [" in said
    assert "2 years" in said
    assert cli.main(["look", "story.txt", "--date", "soon"]) == 1
    assert "soon" in capsys.readouterr().err


def test_look_answers_lines_of_json_with_lines_of_json(home, capsys, monkeypatch):
    lines = [json.dumps({"id": n, "text": "He may flee."}) for n in range(3)]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*lines, "", ""])))
    assert cli.main(["look", "--jsonl"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [a["id"] for a in answers] == [0, 1, 2]
    assert {f["lens"] for a in answers for f in a["finds"]} == {"hedge"}
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines[0] + "\nnonsense\n"))
    assert cli.main(["look", "--jsonl"]) == 1
    assert "Line 2" in capsys.readouterr().err


def test_look_reads_utf_8_whatever_the_system_speaks(home):
    done = subprocess.run(
        [sys.executable, "-m", "kit.cli", "look", "--jsonl"],
        input='{"id": "é", "text": "« Élodie » may 𝔘"}\n'.encode(),
        capture_output=True,
        cwd=home,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=True,
    )
    answer = json.loads(done.stdout)
    assert (answer["id"], answer["finds"][0]["start"]) == ("é", 11)
