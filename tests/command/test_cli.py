from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import COURSE, GRADED, PAGE, PROJECT, a_seal, in_a_process, key_answers, with_keys

from kit.authoring import build, release
from kit.authoring.skeleton import new_course
from kit.command import cli, frame
from kit.course.article import OWN_COPY, load_article
from kit.course.course import load_course
from kit.course.messages import CONTENT
from kit.learner import submission

COMMANDS = list(frame.COMMANDS.choices)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(command, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    assert left.value.code == 0
    assert f"Example: kit {command}" in capsys.readouterr().out


def test_the_help_has_nothing_for_what_there_is_not():
    options = {name: {"does", "examples"} for name in COMMANDS}
    options["shared"] = set()
    for name, parser in frame.COMMANDS.choices.items():
        for action in parser._actions:
            options[name] |= {action.dest, *action.option_strings}
        options["shared"] |= options[name] - frame.HELP[name].keys()
    assert frame.HELP.keys() == options.keys()
    for name, said in frame.HELP.items():
        assert said.keys() <= options[name]


def test_the_commands_of_the_first_cut_are_there():
    assert {"lab", "check", "article", "notebooks", "solutions", "grade"} <= set(COMMANDS)


def test_each_option_of_grade_has_an_example(capsys):
    with pytest.raises(SystemExit):
        cli.main(["grade", "--help"])
    options = capsys.readouterr().out.partition("options:")[2].partition("\nExample:")[0]
    each = re.split(r"\n  (?=--)", options)[1:]
    assert len(each) == 12
    assert [text for text in each if "such as" not in " ".join(text.split())] == []


NEEDED = {"grade": ["x"], "grades": ["x"], "article": ["check", "x"], "nbgrader": ["x"]}


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
    text = submission.to_json(a_seal(answers=key_answers()))
    (home / "handed-in" / "a.json").write_text(text, encoding="utf-8")
    return home


@with_keys
@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_ends_with_a_sentence_and_1(folder, capsys, arguments):
    if "--out" in arguments:
        shutil.copytree(COURSE.keys, folder / "solutions" / "keys")
    assert cli.main(arguments) == 1
    said = capsys.readouterr()
    [first, *rest] = (said.err if arguments[0] == "look" else said.out).splitlines()
    assert first.startswith(f"The course is “{COURSE.title}” ({COURSE.id})")
    assert rest == [] or arguments[0] == "look"
    assert re.search(r"\w[^\n]*[.:)]\n$", said.err)
    assert "Traceback" not in said.err


@pytest.mark.parametrize("text", ["id = ", 'id = "x"\n', "id = 1\n"])
def test_a_faulty_course_ends_with_a_sentence_and_1(home, capsys, text):
    (home / "course.toml").write_text(text, encoding="utf-8")
    assert cli.main(["check"]) == 1
    assert "course.toml" in capsys.readouterr().err


@pytest.mark.slow
def test_as_a_program_a_mistake_gives_no_traceback(home):
    done = subprocess.run(
        [sys.executable, "-m", "kit.command.cli", "grade", "nowhere"],
        capture_output=True,
        text=True,
        cwd=home,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("The course is ")
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
    first, found = capsys.readouterr().out.splitlines()
    assert (
        first
        == f"The course is “{COURSE.title}” ({COURSE.id}), which comes with the kit, in "
        + (f"{CONTENT}.")
    )
    assert found.startswith(f"No faults found in the course “{COURSE.title}”: ")


def test_check_tells_each_fault_on_a_line_and_ends_with_1(own_course, capsys):
    shutil.rmtree(own_course.root / "lexicons")  # the kit's own, some of which no course adds to
    page = own_course.root / "lessons" / "01-who-says-so.md"
    with page.open("a", encoding="utf-8") as file:
        file.write("\n\nAbout 4711 came.\n\nAnd 4712 went.\n")
    assert cli.main(["check"]) == 1
    first, *found = capsys.readouterr().out.splitlines()
    assert first == f"The course is “{own_course.title}” ({own_course.id}), in {own_course.root}."
    assert len(found) == 2


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
    _, *lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(load_article(COURSE).units) + 1
    original = PROJECT.parent / "shared" / "article" / "article.txt"
    if original.is_file():
        assert cli.main(["article", "check", str(original)]) == 0
        assert "All" in capsys.readouterr().out


def test_article_check_reads_a_saved_page(own_course, capsys):
    (own_course.home / "story.html").write_text(PAGE, encoding="utf-8")
    assert cli.main(["article", "outline", "story.html"]) == 0
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
    assert "soon" in capsys.readouterr().err.splitlines()[-1]


def test_look_answers_lines_of_json_with_lines_of_json(home, capsys, monkeypatch):
    lines = [json.dumps({"id": n, "text": "He may flee."}) for n in range(3)]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*lines, "", ""])))
    assert cli.main(["look", "--jsonl"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [a["id"] for a in answers] == [0, 1, 2]
    assert {f["lens"] for a in answers for f in a["finds"]} == {"hedge"}
    undated = json.dumps({"text": "He may flee.", "dct": "soon"})
    sent = f"{lines[0]}\nnonsense\n{undated}\n{lines[1]}\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(sent))
    assert cli.main(["look", "--jsonl"]) == 1
    told = capsys.readouterr()
    assert "Line 2: This is not of the form" in told.err
    assert "Line 3: “soon” is no date" in told.err
    assert len(told.out.splitlines()) == 2, "it goes on after a line that it cannot read"
    (home / "texts.jsonl").write_text(lines[2], encoding="utf-8")
    assert cli.main(["look", "--jsonl", "texts.jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == 2


def test_look_starts_without_what_the_other_commands_import(home):
    (home / "story.txt").write_text("He may flee.", encoding="utf-8")
    code = (
        "import sys\nsys.argv = ['kit', 'look', 'story.txt']\nfrom kit.__main__ import main\n"
        "main()\nslow = {'nbformat', 'ipywidgets', 'IPython', 'pandas', 'numpy', 'nbclient'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    assert in_a_process(code, home).splitlines()[-1] == "[]"


@pytest.mark.slow
def test_look_reads_utf_8_whatever_the_system_speaks(home):
    done = subprocess.run(
        [sys.executable, "-m", "kit.command.cli", "look", "--jsonl"],
        input='{"id": "é", "text": "« Élodie » may 𝔘"}\n'.encode(),
        capture_output=True,
        cwd=home,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=True,
    )
    answer = json.loads(done.stdout)
    assert (answer["id"], answer["finds"][0]["start"]) == ("é", 11)


# --- Which course -------------------------------------------------------------------------------


def first_of(capsys, stream: str = "out") -> str:
    return getattr(capsys.readouterr(), stream).partition("\n")[0]


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A folder that belongs to no course and no project."""
    folder = tmp_path / "documents"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


ANY = {
    **NEEDED,
    "article": ["check", "story.txt"],
    "look": ["story.txt"],
    "release": ["../out"],
    "site": ["../out"],
    "export": ["a.csv"],
    "lab": ["--allow-root"],
    "add": ["question", "number"],
    "rename": ["01-x", "01-y"],
    "import": ["story.txt"],
}
EACH = [command for command in COMMANDS if command != "new"]


@pytest.mark.slow
@pytest.mark.parametrize("command", EACH)
@pytest.mark.parametrize("place", [".", "items", "notebooks/deep"])
def test_every_command_says_first_which_course_it_works_on(
    own_course, capsys, monkeypatch, command, place
):
    text = (own_course.root / "course.toml").read_text(encoding="utf-8")
    named = text.replace(f'title = "{own_course.title}"', 'title = "Our town"')
    (own_course.root / "course.toml").write_text(named, encoding="utf-8")
    (own_course.root / place).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(own_course.root / place)
    load_course.cache_clear()
    monkeypatch.setattr(cli, "start", lambda *_: 0)
    monkeypatch.setattr(build, "run", lambda *_: None)
    cli.main([command, *ANY.get(command, [])])
    said = first_of(capsys, "err" if command == "look" else "out")
    assert said == f"The course is “Our town” ({own_course.id}), in {own_course.root}."


@pytest.mark.parametrize("command", EACH)
def test_outside_a_course_each_command_says_that_there_is_none(
    outside, capsys, monkeypatch, command
):
    monkeypatch.setattr(cli, "start", lambda *_: 0)
    status = cli.main([command, *ANY.get(command, [])])
    said = capsys.readouterr()
    first = (said.err if command == "look" else said.out).partition("\n")[0]
    assert first.startswith(f"The course is “{COURSE.title}” ({COURSE.id}), which comes with the")
    assert f"no course.toml is in {outside} or in a folder above it" in first
    assert "No faults" not in said.out
    if command in ("check", "notebooks", "solutions", "handouts", "release", "site"):
        assert status == 1
        assert said.err.startswith(f"Nothing was done. “kit {command}” is for a course of your own")
        assert list(outside.iterdir()) == []


def test_a_faulty_course_names_its_file_first(own_course, capsys):
    (own_course.root / "course.toml").write_text("id = ", encoding="utf-8")
    load_course.cache_clear()
    assert cli.main(["check"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"The file {own_course.root / 'course.toml'} cannot be read")


@pytest.mark.parametrize("command", [c for c in EACH if c != "look"])
def test_no_command_works_on_another_course_where_the_file_has_another_name(
    own_course, capsys, monkeypatch, command
):
    (own_course.root / "course.toml").rename(own_course.root / "course.toml.txt")
    monkeypatch.setattr(cli, "start", lambda *_: pytest.fail("the lab was opened"))
    assert cli.main([command, *ANY.get(command, [])]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "course.toml.txt" in said.err
    assert "give it the name course.toml" in said.err


def test_a_new_course_is_named_first(home, capsys):
    assert cli.main(["new", "Our", "town"]) == 0
    assert first_of(capsys) == f"The course is “Our town” (our-town), in {home / 'Our town'}."


def test_what_a_page_that_is_renamed_keeps_is_said(home, monkeypatch, capsys):
    new_course(home / "town")
    monkeypatch.chdir(home / "town")
    assert cli.main(["rename", "01-first-look", "01-the-clock"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert "still “Lesson 01: A first look”" in last
    assert "still notebooks/01-first-look.ipynb" in last
    page = load_course(home / "town", home / "town").sheets[0]
    assert (page.id, page.notebook) == ("01-the-clock", "notebooks/01-first-look.ipynb")
    assert cli.main(["rename", "exercise-01/oak", "exercise-01/tree"]) == 0
    assert "still" not in capsys.readouterr().out  # a question has neither


def test_within_the_kit_s_own_course_it_is_the_one_of_the_project(monkeypatch, capsys):
    monkeypatch.chdir(CONTENT / "items")
    assert cli.main(["notebooks", "--check"]) == 0
    assert "which comes with the kit, in " in first_of(capsys)


# --- An author's article is never lost ----------------------------------------------------------

MY_STORY = "Is it so?\nIt is said that it is.\nNobody knows.\n"
MINE = "that someone says so"


@pytest.fixture
def mine(home, monkeypatch):
    """An author's course whose article.toml has a summary in it, and which a command has seen."""
    (home / "my-article.txt").write_text(MY_STORY, encoding="utf-8")
    new_course(home / "town", home / "my-article.txt")
    monkeypatch.chdir(home / "town")
    path = home / "town" / "article.toml"
    text = path.read_text(encoding="utf-8").split("gist = ")
    text[2] = text[2].replace("TODO: what it says, in your own words", MINE)
    path.write_text("gist = ".join(text).replace('page = ""', 'page = "x"'), encoding="utf-8")
    return path


STARTED = Path(__file__).with_name("started.py")
KIT = f'"{sys.executable}" -m kit.command.cli'


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[str]:
    """What to say in a shell for `kit`: see started.py."""
    place = tmp_path_factory.mktemp("started") / "line"
    command = [sys.executable, str(STARTED), str(place)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout.readline() == "ready\n"
        yield f'"{sys.executable}" -IS "{STARTED}" "{place}"'
        process.terminate()


@pytest.fixture
def a_shell(started):
    """Say a command in a shell, which opens what stands behind its > before the kit begins."""

    def say(command: str, folder: Path, kit: str = started) -> subprocess.CompletedProcess:
        return subprocess.run(
            command.replace("kit", kit, 1),
            shell=True,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return say


def gists(path) -> list[str]:
    units = tomllib.loads(path.read_text(encoding="utf-8"))["units"]
    return [unit["gist"] for unit in units]


def test_outline_makes_an_article_where_there_is_none(mine, capsys):
    mine.unlink()
    assert cli.main(["article", "outline", "../my-article.txt"]) == 0
    assert len(gists(mine)) == 3
    assert "has been written: 3 pieces" in capsys.readouterr().err


def test_a_second_outline_changes_nothing(mine, capsys):
    before = mine.read_bytes()
    assert cli.main(["article", "outline", "../my-article.txt"]) == 0
    assert mine.read_bytes() == before
    said = capsys.readouterr()
    assert "Nothing was changed" in said.err
    assert MINE in said.out, "what is sent elsewhere has what the author wrote in it"
    assert list(mine.parent.glob("*.before*")) == []


def test_an_outline_of_a_changed_text_keeps_the_old_article_beside(mine, capsys):
    before = mine.read_bytes()
    (mine.parent / "new.txt").write_text("Is it so?\nNobody knows.\n", encoding="utf-8")
    assert cli.main(["article", "outline", "new.txt"]) == 0
    said = capsys.readouterr().err
    assert f"¶1 (“{MINE}”)" in said
    assert "kept as article.toml.before" in said
    assert mine.with_name("article.toml.before").read_bytes() == before
    assert len(gists(mine)) == 2
    assert tomllib.loads(mine.read_text("utf-8"))["reference"]["page"] == "x"


SHELL = pytest.mark.skipif(os.name != "posix", reason="the shell is another one here")


@SHELL
@pytest.mark.slow
@pytest.mark.parametrize("sign", [">", ">>", "1>", ">|"])
def test_an_outline_into_the_article_itself_brings_it_back(a_shell, mine, sign):
    a_shell("kit handouts --check", mine.parent)  # any command sees the article
    before = mine.read_bytes()
    command = f"kit article outline ../my-article.txt {sign} ./article.toml"
    # Once with a Python that begins, as for an author.
    done = a_shell(command, mine.parent, **({"kit": KIT} if sign == ">" else {}))
    assert (done.returncode, done.stdout) == (0, "")
    assert mine.read_bytes() == before
    assert ("brought back" in done.stderr) is (sign != ">>")
    assert done.stderr.startswith("The course is “town”")


@SHELL
@pytest.mark.slow
@pytest.mark.parametrize("sign", [">", ">>"])
def test_an_outline_of_a_changed_text_into_the_article_keeps_both(a_shell, mine, sign):
    a_shell("kit handouts --check", mine.parent)
    before = mine.read_bytes()
    text = "An advert.\n" + MY_STORY.replace("Nobody knows.", "Somebody knows.")
    (mine.parent / "new.txt").write_text(text, encoding="utf-8")
    done = a_shell(f"kit article outline new.txt {sign} article.toml", mine.parent)
    assert done.returncode == 0
    assert gists(mine)[2] == MINE
    assert len(gists(mine)) == 4
    assert mine.with_name("article.toml.before").read_bytes() == before


@SHELL
@pytest.mark.slow
def test_an_emptied_article_that_no_command_has_seen_is_told(a_shell, mine):
    done = a_shell("kit article outline ../my-article.txt > article.toml", mine.parent)
    assert done.returncode == 0
    assert "the kit has no copy" in done.stderr
    assert len(gists(mine)) == 3


@SHELL
@pytest.mark.slow
@pytest.mark.parametrize("way", ["| tee article.toml", "> new.toml && mv new.toml article.toml"])
def test_by_a_way_round_nothing_is_lost_either(a_shell, mine, way):
    a_shell("kit handouts --check", mine.parent)
    done = a_shell(f"kit article outline ../my-article.txt {way}", mine.parent)
    assert done.returncode == 0
    assert MINE in gists(mine)


@SHELL
@pytest.mark.slow
def test_into_another_file_it_is_printed_and_the_article_left(a_shell, mine):
    before = mine.read_bytes()
    (mine.parent / "new.txt").write_text("Other.\nWords.\nHere.", encoding="utf-8")
    done = a_shell("kit article outline new.txt > other.toml", mine.parent)
    assert mine.read_bytes() == before
    assert len(gists(mine.with_name("other.toml"))) == 3
    assert "article.toml was left as it is" in done.stderr


@SHELL
@pytest.mark.slow
def test_an_article_that_cannot_be_read_is_left(a_shell, mine):
    mine.write_text("[reference\n", encoding="utf-8")
    for sign in ("", ">> article.toml"):
        done = a_shell(f"kit article outline ../my-article.txt {sign}", mine.parent)
        assert done.returncode == 1
        assert "article.toml cannot be read" in done.stderr
        assert mine.read_text(encoding="utf-8") == "[reference\n"


def test_the_copy_of_the_article_is_hidden_from_git_and_from_a_release(mine):
    cli.main(["handouts", "--check"])
    assert (mine.parent / ".kit" / "article.toml").read_bytes() == mine.read_bytes()
    assert (mine.parent / ".kit" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    mine.with_name("article.toml.before").write_text("old", encoding="utf-8")
    course = load_course(mine.parent, mine.parent)
    given = [path.as_posix() for path in release.learners_edition(course)]
    assert [name for name in given if ".before" in name or name.startswith(".kit")] == []


def test_outside_a_course_the_outline_is_printed(outside, capsys):
    (outside / "story.txt").write_text(MY_STORY, encoding="utf-8")
    assert cli.main(["article", "outline", "story.txt"]) == 0
    said = capsys.readouterr()
    assert len(tomllib.loads(said.out)["units"]) == 3
    assert "kept nowhere" in said.err
    assert [p.name for p in outside.iterdir()] == ["story.txt"]


# --- What somebody changed by hand is kept ------------------------------------------------------


BY_HAND = [
    ("notebooks", "notebooks/01-who-says-so.ipynb", "lessons/01-who-says-so.md", "```\n\n"),
    ("handouts", "handouts/01-who-says-so.html", "handouts/01-who-says-so.md", "\n\n"),
    pytest.param(
        *("solutions", "solutions/01-exercise.ipynb", "lessons/exercise-01.md", "```\n\n"),
        marks=with_keys,
    ),
]


@pytest.mark.parametrize(("command", "made", "source", "gap"), BY_HAND)
def test_what_was_changed_by_hand_is_kept_and_what_is_old_is_not(
    own_course, capsys, monkeypatch, command, made, source, gap
):
    monkeypatch.setattr(build, "run", lambda book, _: book)
    page, path = own_course.root / source, own_course.home / made
    assert cli.main([command]) == 0
    page.write_text(page.read_text("utf-8").replace(gap, f"{gap}More.\n\n", 1), "utf-8")
    assert cli.main([command]) == 0
    assert "kept as" not in capsys.readouterr().out, "it was out of date, and nothing else"
    by_hand = path.read_text("utf-8").replace("More.", "Mine.")
    assert "Mine." in by_hand
    path.write_text(by_hand, "utf-8")
    assert cli.main([command]) == 0
    assert f"kept as {made}.before" in capsys.readouterr().out
    assert path.with_name(f"{path.name}.before").read_text("utf-8") == by_hand
    assert "Mine." not in path.read_text("utf-8")


def test_a_file_in_the_place_of_an_export_is_kept(course, capsys):
    path = Path("a.txt")
    path.write_text("mine", encoding="utf-8")
    for _ in range(2):
        assert cli.main(["export", "a.txt", "--sheet", "exercise-01"]) == 0
    assert capsys.readouterr().out.count("kept as a.txt.before.") == 1
    assert Path("a.txt.before").read_text(encoding="utf-8") == "mine"
    assert path.read_bytes().startswith(b"$CATEGORY")
    Path("a.csv").write_text("mine", encoding="utf-8")
    assert cli.main(["export", "a.csv", "--sheet", "exercise-01"]) == 0
    assert Path("a.csv.before").read_text(encoding="utf-8") == "mine"


@SHELL
@pytest.mark.slow
@pytest.mark.parametrize("into", ["> article.toml 2>&1", "&> article.toml"])
def test_where_both_streams_go_into_the_article_it_is_as_it_was(a_shell, mine, into):
    a_shell("kit handouts --check", mine.parent)
    before = mine.read_bytes()
    for command in ("article outline ../my-article.txt", "check", "article outline nowhere.txt"):
        a_shell(f"bash -c 'true' && kit {command} {into}".replace("&>", ">&"), mine.parent)
        assert mine.read_bytes() == before


@SHELL
@pytest.mark.slow
def test_another_command_into_the_article_says_so_and_changes_nothing(a_shell, mine):
    a_shell("kit handouts --check", mine.parent)
    before = mine.read_bytes()
    done = a_shell("kit check > article.toml", mine.parent)
    assert done.returncode == 1
    assert "the output of this command goes into article.toml" in done.stderr
    assert mine.read_bytes() == before


@SHELL
@pytest.mark.slow
def test_a_slip_in_the_text_s_name_empties_nothing(a_shell, mine):
    a_shell("kit handouts --check", mine.parent)
    before = mine.read_bytes()
    done = a_shell("kit article outline ../my-artcle.txt > article.toml", mine.parent)
    assert done.returncode == 1
    assert mine.read_bytes() == before


@SHELL
@pytest.mark.slow
def test_what_was_written_last_comes_back_also_where_it_has_a_slip(a_shell, mine):
    """A copy of an earlier day came back in its place, and the day's work was gone."""
    a_shell("kit handouts --check", mine.parent)
    with mine.open("a", encoding="utf-8") as file:
        file.write('# a day of work\nquotations = ["never closed]\n')
    a_shell("kit check", mine.parent)
    before = mine.read_bytes()
    done = a_shell("kit article outline ../my-article.txt > article.toml", mine.parent)
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert mine.read_bytes() == before


def test_an_empty_article_is_told_with_the_place_of_its_copy(mine, capsys):
    cli.main(["handouts", "--check"])
    mine.write_text("", encoding="utf-8")
    capsys.readouterr()
    cli.main(["check"])
    assert str(Path(".kit") / "article.toml") in capsys.readouterr().err


# --- Another course is meant ------------------------------------------------------------------


@pytest.mark.parametrize("command", ["export x.csv", "nbgrader x", "grade x", "check", "release x"])
def test_above_a_course_nothing_is_done_with_the_kit_s_own(mine, monkeypatch, capsys, command):
    monkeypatch.chdir(mine.parents[1])
    (mine.parents[1] / "pyproject.toml").unlink()
    assert cli.main(command.split()) == 1
    assert "town" in capsys.readouterr().err
    assert not (mine.parents[1] / "x.csv").exists()


def test_another_copy_of_the_kit_is_not_praised(tmp_path, monkeypatch, capsys):
    (tmp_path / "kit" / "content").mkdir(parents=True)
    (tmp_path / "kit" / "content" / "course.toml").write_text("[", encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["check"]) == 1
    said = capsys.readouterr()
    assert "another copy of the kit" in said.err
    assert "No faults" not in said.out


@pytest.mark.parametrize(
    "name",
    ["courses.toml", "golf-course.toml", "course-config.toml", "Course schedule.toml.md",
     "My course.tom and jerry.txt"],
)  # fmt: skip
def test_a_name_that_only_has_the_word_in_it_refuses_nothing(home, name, capsys):
    (home / name).write_text("x", encoding="utf-8")
    (home / "story.txt").write_text("He may flee.\n", encoding="utf-8")
    assert cli.main(["look", "story.txt"]) == 0
    (home / "in").mkdir()
    cli.main(["grade", "in"])
    assert "There is no course.toml in" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["lessons/01-first-look.md", "../outside.ipynb", "solutions/x.ipynb", "/x.ipynb", "x"]
)
def test_a_notebook_s_name_that_would_replace_another_file_is_a_fault(mine, capsys, name):
    path = mine.with_name("course.toml")
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'notebook = "[^"]*"', f'notebook = "{name}"', text, count=1), "utf-8")
    assert cli.main(["check"]) == 1
    assert name in capsys.readouterr().out


def test_a_zip_keeps_the_whole_of_its_name(showroom, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(showroom.home)
    cli.main(["notebooks"])
    cli.main(["release", str(tmp_path / "for-7a.v1.2"), "--zip"])
    assert (tmp_path / "for-7a.v1.2.zip").is_file()
