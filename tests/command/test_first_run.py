"""The first run under bad conditions: the real commands, each in a place that has the fault."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from helpers import PROJECT, SHOWROOM
from labserver import free_port

import kit
from kit import install
from kit.authoring.skeleton import new_course
from kit.course.course import find_course
from kit.course.messages import CONTENT, why_not
from kit.notebook import lesson

pytestmark = pytest.mark.slow  # each is a program of its own
SAID = tomllib.loads((CONTENT / "messages.toml").read_text("utf-8"))["first_run"]
LAB = ["-m", "kit", "lab"]
#: Runs `kit lab` to where it becomes JupyterLab, and prints a variable that JupyterLab would have.
LAB_WITH = """
import os, sys
from kit.command.cli import main
os.execv = lambda *_: sys.exit(print(os.environ.get("{}")))
main(["lab", "--allow-root"])
"""
#: Root may write anywhere. Without these two rights it is held to a folder's permissions.
BOUND = "--bounding-set=-dac_override,-dac_read_search"
#: Runs `python -m kit.install`, and hears Ctrl+C even when a script has started the tests in its
#: background: a shell has such a process ignore it, and so do all that it starts.
INSTALL = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("kit.install", run_name="__main__")
"""
ODD = "a 'b\" é ы $HOME"  # a folder's name with all that trips up shells and encodings

posix = pytest.mark.skipif(os.name != "posix", reason="folders' permissions are another thing here")
with_make = pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")


def said(key: str, text: str) -> bool:
    """Tell whether ``text`` is the sentence ``key`` alone, whatever stands in its blanks."""
    pattern = ".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", SAID[key]))
    return bool(re.fullmatch(pattern, text.strip()))


def bound(command: list[str]) -> list[str]:
    """Return ``command`` so that it is held to permissions, even when root runs the tests."""
    if os.geteuid() != 0:
        return command
    if not shutil.which("setpriv"):
        pytest.skip("root may write anywhere; run as another user, or install setpriv (util-linux)")
    return ["setpriv", BOUND, *command]


def run(command: list[str], folder: Path, **variables: str | None) -> subprocess.CompletedProcess:
    """Run ``command`` in ``folder``; a variable that is None is not there."""
    # A make that has started the tests would number those that they start.
    around = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    environment = {k: v for k, v in (around | variables).items() if v is not None}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )


def printed(done: subprocess.CompletedProcess) -> str:
    """Return what was printed below the line that says which course it is."""
    first, _, rest = done.stdout.partition("\n")
    assert first.startswith("The course is ")
    return rest.strip()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy of what a first `make lab` needs, in a folder with an odd name."""
    folder = tmp_path / ODD
    shutil.copytree(PROJECT / "kit", folder / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(PROJECT / name, folder)
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "00-start-here.ipynb").touch()
    return folder


@pytest.fixture
def closed(tmp_path):
    """A folder that cannot be written to."""
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


# Before anything is installed


def an_old_python(folder: Path) -> Path:
    """Write a Python that calls itself 3.10 and is this one in all else."""
    path = folder / "python-3.10"
    start = (
        "import runpy, sys; sys.version_info = (3, 10, 13, 'final', 0); "
        "sys.argv[:2] = ['-m']; runpy.run_module('kit.install', run_name='__main__')"
    )
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{start}" "$@"\n', "utf-8")
    path.chmod(0o755)
    return path


@with_make
def test_an_old_python_is_told_by_make(project, tmp_path):
    done = run(["make", "lab", f"PYTHON={an_old_python(tmp_path)}"], project)
    assert done.returncode == 2
    first, noise = done.stderr.splitlines()
    assert first.startswith("This kit needs Python 3.11 or newer, and this is Python 3.10.")
    assert noise.startswith("make: ***")
    assert not (project / ".venv").exists()


def test_an_old_python_is_told_in_a_notebook():
    fault = kit._TooOldError("This kit needs another Python.")
    assert fault._render_traceback_() == ["This kit needs another Python."]


@pytest.mark.parametrize("name", ["__init__", "__main__"])
def test_what_an_old_python_reads_first_has_nothing_new_in_it(name):
    # What Python 3.8 cannot do stands below the guard, or in quotes.
    import ast

    text = (Path(kit.__file__).parent / f"{name}.py").read_text("utf-8")
    ast.parse(text, feature_version=(3, 7))
    head = text.partition("__version__ =")[0]
    assert "list[" not in head.replace('"list[str]"', "")


@with_make
def test_no_python_at_all_is_told(project):
    done = run(["make", "lab", "PYTHON="], project)
    assert done.returncode == 2
    assert done.stdout.startswith("This kit needs Python 3.11 or newer, and none was found.")


@with_make
@posix
@pytest.mark.parametrize("new_enough", [["python3", "python3.12"], ["python3.13", "python3.12"]])
def test_make_takes_the_first_python_that_is_new_enough(project, tmp_path, new_enough):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("make", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    for name in ("python3", "python3.13", "python3.12"):
        right = "test $1 = -c" if name in new_enough else "exit 1"
        (programs / name).write_text(f'#!/bin/sh\n{right} || echo "{name} $*"\n', "utf-8")
        (programs / name).chmod(0o755)
    done = run(["make", "setup"], project, PATH=str(programs))
    assert (done.stdout, done.stderr) == (f"{new_enough[0]} -m kit.install\n", "")


@pytest.mark.parametrize("ensurepip", ["None", "types.ModuleType('ensurepip')"])
def test_a_python_without_ensurepip_is_told_what_to_install(project, ensurepip):
    # Debian leaves it out; importlib asks a loaded module for its spec.
    code = (
        f"import sys, types; m = {ensurepip}; sys.modules['ensurepip'] = m\n"
        "if m: import importlib.machinery as x; m.__spec__ = x.ModuleSpec('ensurepip', None)\n"
        "from kit.install import main; sys.exit(main([]))"
    )
    done = run(python("-c", code), project)
    assert done.returncode == 1
    assert said("no_ensurepip", done.stderr)
    assert f"python3.{sys.version_info.minor}-venv" in done.stderr


@posix
def test_a_folder_that_cannot_be_written_to_is_told(project):
    project.chmod(0o555)
    done = run(bound(python("-m", "kit.install")), project, PYTHONDONTWRITEBYTECODE="1")
    project.chmod(0o755)
    assert done.returncode == 1
    working, sentence = done.stderr.splitlines()
    assert said("installing", working)
    assert said("not_yours", sentence)


@posix
def test_a_colon_in_the_folders_name_is_told(project):
    folder = project.rename(project.with_name("a:b"))
    done = run(python("-m", "kit.install"), folder)
    assert done.returncode == 1
    assert said("bad_name", done.stderr)


def test_too_little_room_is_told_before_anything_is_fetched(project):
    code = (
        "import sys; from kit import install; install.ROOM = 10**18; "
        "sys.exit(install.main([])), install"
    )
    done = run(python("-c", code), project)
    assert done.returncode == 1
    assert said("full_disk", done.stderr)
    assert not (project / ".venv").exists()


PIP_SAYS = {
    "no_network": "WARNING: Retrying (Retry(total=0)) after connection broken by\n"
    "ERROR: No matching distribution found for hatchling",
    "full_disk": "ERROR: Could not install packages due to an OSError: [Errno 28] No space left",
    "not_yours": "ERROR: [Errno 13] Permission denied: 'x'",
    "no_install": "ERROR: something else",
}


@pytest.mark.parametrize("key", PIP_SAYS)
def test_what_pip_says_is_told_in_a_sentence(project, key):
    pip = project / ".venv" / install.PYTHON.relative_to(install.VENV)
    pip.parent.mkdir(parents=True)
    pip.write_text(
        f'#!/bin/sh\ntest "$3" = --version && exit\necho "{PIP_SAYS[key]}" >&2; exit 1\n', "utf-8"
    )
    pip.chmod(0o755)
    done = run(python("-m", "kit.install"), project)
    assert done.returncode == 1
    assert said(key, done.stderr.splitlines()[-1])
    assert not (project / ".venv" / ".setup").exists()


def test_the_real_pip_without_a_network_is_told(project):
    shutil.copy(PROJECT / "pyproject.toml", project)
    code = "from kit import install; install.PYTHON = install.Path(r'{}'); install._fill('.')"
    nowhere = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": None,
        "PIP_EXTRA_INDEX_URL": None,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "1",
        "no_proxy": "*",
    }
    done = run(python("-c", code.format(sys.executable)), project, **nowhere)
    assert said("no_network", done.stderr.splitlines()[-1].partition("KitError: ")[2])


@posix
def test_a_second_installation_waits_for_the_first(project):
    (project / ".venv").mkdir()
    (project / ".venv" / ".setup").touch()
    code = "import time; from kit.install import _alone\nwith _alone(): print(1, flush=True); "
    code += "time.sleep(1)"
    first = subprocess.Popen(python("-c", code), cwd=project, stdout=subprocess.PIPE)
    assert first.stdout.readline() == b"1\n"
    second = run(python("-m", "kit.install"), project)
    assert first.wait(5) == 0
    first.stdout.close()
    assert second.returncode == 0
    assert said("waiting", second.stderr)


@posix
def test_an_installation_that_is_broken_off_says_how_it_goes_on(project):
    pip = project / ".venv" / "bin" / "python"
    pip.parent.mkdir(parents=True)
    pip.write_text('#!/bin/sh\ntest "$3" = --version || { echo; exec sleep 30; }\n', "utf-8")
    pip.chmod(0o755)
    process = subprocess.Popen(
        python("-c", INSTALL), cwd=project, stderr=subprocess.PIPE, start_new_session=True
    )
    assert said("installing", process.stderr.readline().decode())
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=10)
    assert process.returncode == 130
    assert said("broken_off", told.decode())


@with_make
@posix
@pytest.mark.parametrize("left", ["no pip", "gone", "nothing", "whole"])
def test_make_makes_anew_only_what_is_not_whole(project, tmp_path, left):
    place = project / ".venv" / "bin"
    place.mkdir(parents=True)
    (project / ".venv" / ".setup").touch()
    if left == "gone":
        (place / "python").symlink_to("/nowhere/python3")
    elif left != "nothing":
        works = "exit 0" if left == "whole" else "exit 1"
        (place / "python").write_text(f"#!/bin/sh\n{works}\n", "utf-8")
        (place / "python").chmod(0o755)
    new = tmp_path / "python"
    new.write_text("#!/bin/sh\necho made anew\n", "utf-8")
    new.chmod(0o755)
    done = run(["make", "setup", f"PYTHON={new}"], project)
    assert ("made anew" in done.stdout) is (left != "whole")


@posix
def test_a_python_that_has_gone_is_no_whole_environment(monkeypatch, tmp_path):
    link = tmp_path / "python"
    link.symlink_to("/nowhere/python3")
    monkeypatch.setattr(install, "PYTHON", link)
    assert not install._venv_is_whole()
    monkeypatch.setattr(install, "PYTHON", Path(sys.executable))
    assert install._venv_is_whole()


def test_a_missing_package_is_told(project, tmp_path):
    bare = python("-S", "-m", "kit", "check")  # -S: without what is installed
    done = run(bare, project)
    assert done.returncode == 1
    assert said("no_package", done.stderr)
    done = run(python("-S", "-c", "import kit; kit.begin('x')"), project)
    assert said("no_package", done.stderr.splitlines()[-1].partition("KitError: ")[2])


@pytest.mark.parametrize("command", ["check", "look"])
def test_broken_off_while_it_starts_it_ends_with_a_sentence(tmp_path, command):
    """Ctrl+C comes while one of the modules that the command needs is being imported."""
    text = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    text += "signal.raise_signal(signal.SIGINT)\n"
    for name in ("tomli_w", "difflib"):  # of these `kit look` has the second alone
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    place = os.pathsep.join([str(tmp_path), str(PROJECT)])
    done = run(python("-m", "kit", command), tmp_path, PYTHONPATH=place)
    assert done.returncode == 130
    assert done.stdout == ""
    told = tomllib.loads((CONTENT / "messages.toml").read_text("utf-8"))["cli"]["stopped"]
    assert done.stderr == f"{told}\n"


@posix
def test_a_preview_s_own_sentence_is_not_lost_in_the_server_s_log(tmp_path):
    new_course(tmp_path / "town")
    options = ["--no-browser", "--allow-root", f"--port={free_port()}"]
    state = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    process = subprocess.Popen(
        python("-m", "kit", "preview", "exercise-01", *options),
        cwd=tmp_path / "town",
        env={**os.environ, **state},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.strip())
            if lines[-1].startswith("http://127.0.0.1"):
                break
    finally:
        process.terminate()
        process.communicate(timeout=30)
    course, sentence, _, *address = lines
    assert course.startswith("The course is ")
    assert sentence == "Shown as it is now. No faults found."
    assert len(address) == 6  # an empty line, and Jupyter's own words around its three addresses
    assert "01-exercise.preview.ipynb?token=" in address[-1]


def test_the_command_and_the_module_are_one():
    scripts = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert scripts == {"kit": "kit.__main__:main"}


# The lab


def test_the_lab_becomes_jupyterlab_in_the_project(project):
    code = LAB_WITH.replace('os.environ.get("{}")', "os.getcwd(), _[1][1:]")
    done = run(python("-c", code), project)
    first, command = done.stdout.splitlines()
    assert first.startswith("The course is ")
    assert command.startswith(f"{project} ['-m', 'jupyterlab', ")
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_course_of_ones_own_needs_no_notebooks_yet(tmp_path):
    shutil.copy(SHOWROOM.root / "course.toml", tmp_path)
    done = run(python("-c", LAB_WITH.format("KIT_NOTHING")), tmp_path)
    assert (printed(done), done.stderr) == ("None", "")


def test_outside_the_project_the_lab_says_where_to_go(tmp_path):
    done = run(python(*LAB, "--allow-root"), tmp_path)
    assert done.returncode == 1
    assert said("no_lessons", done.stderr)


@pytest.mark.parametrize("where", ["pyproject.toml", "pyproject.toml/deeper"])
def test_a_file_where_the_answers_should_be_is_told(project, where):
    done = run(python(*LAB, "--allow-root"), project, KIT_WORK=where)
    assert done.returncode == 1
    assert said("no_work", done.stderr)
    assert SAID["in_the_way"] in done.stderr


@posix
def test_a_folder_for_answers_that_cannot_be_written_to_is_told(project, closed):
    for place in (closed, closed / "new"):
        done = run(bound(python(*LAB, "--allow-root")), project, KIT_WORK=str(place))
        assert done.returncode == 1
        assert said("no_work", done.stderr)
        assert SAID["forbidden"] in done.stderr


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="this is for root only")
def test_root_is_told_what_to_do(project):
    done = run(python(*LAB), project)
    assert done.returncode == 1
    assert said("root", done.stderr)


@posix
@pytest.mark.parametrize("home", ["closed", "missing"])
def test_a_home_that_cannot_be_written_to_is_made_good(project, closed, home):
    place = closed if home == "closed" else closed.with_name("missing")
    code = LAB_WITH.format("HOME")
    done = run(bound(python("-c", code)), project, HOME=str(place))
    assert said("home", done.stderr)
    new = Path(printed(done))
    assert str(new) in done.stderr
    (new / ".local").mkdir()
    shutil.rmtree(new)
    assert not closed.with_name("missing").exists()


def test_without_a_home_the_users_own_is_taken(project):
    code = LAB_WITH.format("HOME")
    done = run(python("-c", code), project, HOME=None)
    assert (printed(done), done.stderr) == ("None", "")


@posix
def test_kernels_of_a_moved_project_find_its_kit(project, tmp_path):
    code = LAB_WITH.format("PYTHONPATH")
    # The copy stands elsewhere than what was installed into this Python.
    moved = run(python("-c", code), project, PYTHONPATH=None)
    assert printed(moved).split(os.pathsep)[1:] == [f"{project}"]
    find = python("-c", "import kit; print(kit.__file__)")
    found = run(find, project / "notebooks", PYTHONPATH=printed(moved))
    assert found.stdout == f"{project / 'kit' / '__init__.py'}\n"


def test_where_the_kit_was_installed_only_what_makes_a_server_slow_is_left_out():
    done = run(python("-c", LAB_WITH.format("PYTHONPATH")), PROJECT, PYTHONPATH=None)
    [folder] = printed(done).split(os.pathsep)
    slow = python("-c", "import sys, jsonschema; print('rfc3987_syntax' in sys.modules)")
    assert run(slow, PROJECT, PYTHONPATH=None).stdout == "True\n", "is it still asked for?"
    assert run(slow, PROJECT, PYTHONPATH=folder).stdout == "False\n"


def test_a_command_leaves_it_out_too():
    code = "import sys, kit.__main__ as m; sys.argv[1:] = ['grades', 'none']; m.main(); "
    asked = python("-c", f"{code}print('rfc3987_syntax' in sys.modules)")
    done = run(asked, PROJECT, PYTHONPATH=None)  # the tests leave it out by themselves
    assert done.stdout.splitlines()[-1] == "False"


@with_make
def test_make_starts_nothing_that_bears_the_old_path():
    # What pip puts into .venv/bin knows where it was installed; python -m does not care.
    lines = (PROJECT / "Makefile").read_text("utf-8").partition("\ntest:")[0]
    assert "$(BIN)/python -m kit lab" in lines
    assert "$(BIN)/kit" not in lines


# Where answers are kept


@pytest.mark.parametrize("notebook", [".", "notebooks", "exercises"])
def test_all_notebooks_mean_the_same_folder(home, monkeypatch, notebook):
    monkeypatch.setenv("KIT_WORK", "answers")
    (home / notebook).mkdir(exist_ok=True)
    monkeypatch.chdir(home / notebook)
    assert find_course().work == home / "answers"


def test_a_tilde_is_the_home_folder(home, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("KIT_WORK", "~/answers")
    assert find_course().work == tmp_path / "answers"


REFUSALS = ["begin", "ask"]  #: the others only look, and say that nothing is answered


@posix
@pytest.mark.parametrize("call", REFUSALS)
def test_in_a_notebook_a_closed_folder_is_a_sentence(home, closed, call):
    sheet = find_course().sheets[1].id
    item = next(iter(lesson.load_questions(find_course(), find_course().sheets[1])))
    argument = {"begin": [sheet], "ask": [item]}[call]
    code = f"import kit; print(kit.{call}(*{argument!r}))"
    done = run(bound(python("-c", code)), home, KIT_WORK=str(closed / "new"))
    assert done.stderr == ""
    assert SAID["forbidden"] in done.stdout
    assert "Errno" not in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_really_full_device_is_told_as_a_full_disk():
    with pytest.raises(OSError) as fault, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    assert why_not(fault.value) == SAID["disk_full"]


@pytest.mark.parametrize(
    ("number", "key"),
    [("ENOSPC", "disk_full"), ("EROFS", "forbidden"), ("ENOTDIR", "in_the_way"), ("EIO", None)],
)
def test_reasons_are_plain_words_and_name_the_file(number, key):
    fault = OSError(getattr(errno, number), "Unkind words", "a/b.json")
    assert why_not(fault) == (f"a/b.json: {SAID[key]}" if key else str(fault))


# The command elsewhere


@posix
def test_commands_that_write_say_where_they_may_not(project, closed):
    (closed.parent / "in").mkdir()
    (closed.parent / "in" / "a.json").write_text("{}", "utf-8")
    keys = str(PROJECT / "solutions" / "keys")
    grade = ["grade", str(closed.parent / "in"), "--keys", keys, "--out", str(closed / "marks")]
    done = run(bound(python("-m", "kit", *grade)), project)
    assert done.returncode == 1
    assert SAID["forbidden"] in done.stderr
    assert done.stderr.count("\n") == 1


@posix
@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii", "TZ": "Nowhere/Nothing", "HOME": None},
        pytest.param(
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            marks=pytest.mark.skipif(
                not sys.prefix.isascii(), reason="Python itself cannot start so from such a folder"
            ),
        ),
        {"PYTHONIOENCODING": "cp850"},
    ],
    ids=str,
)
def test_odd_surroundings_change_nothing_that_is_said(project, variables):
    (project / "story.txt").write_text("«Élodie» may flee.", "utf-8")
    done = run(python("-m", "kit", "look", "story.txt"), project, **variables)
    assert done.returncode == 0
    assert re.fullmatch("The course is .+\n", done.stderr)
    assert "“may”" in done.stdout


@posix
def test_a_reader_that_stops_reading_is_no_fault(project):
    (project / "story.txt").write_text("He may flee. " * 20_000, "utf-8")
    command = python("-m", "kit", "look", "story.txt")
    with subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert re.fullmatch(b"The course is .+\n", process.stderr.read())


@posix
def test_a_long_path_does_not_matter(tmp_path):
    deep = tmp_path.joinpath(*["a very long name of a folder, with spaces" * 2] * 9)
    deep.mkdir(parents=True)
    (deep / "pyproject.toml").touch()
    code = "import kit; print(kit.begin('01-who-says-so'))"
    done = run(python("-c", code), deep, KIT_WORK=None)
    assert "my-work/01-who-says-so.json" in done.stdout
    assert (deep / "my-work" / "01-who-says-so.json").is_file()
