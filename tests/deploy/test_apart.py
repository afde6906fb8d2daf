"""On one machine for all: what one learner writes, no other reads, changes or talks to.

The server runs with the settings of ``deploy/hub``, as an account of its own, in the worst of
homes: open to all, as older systems make them, and in one group with every other learner.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from helpers import COURSE, PROJECT
from labserver import free_port
from simulated import CODE, EXERCISE, Learner, Server

from kit.authoring.release import learners_edition, write_folder

ANA, BEN, TEACHER = 61001, 61002, 61003
LEARNERS, TEACHERS = 61000, 61004
SETTINGS = PROJECT / "deploy" / "hub"

#: What a nosy neighbour tries, each a line of what they got at.
SPY = """
import json, os, pathlib, sys
home, votes, vote, tmp = map(pathlib.Path, sys.argv[1:])
got = []
def attempt(what, do):
    try:
        do()
    except OSError:
        return
    got.append(what)
for folder, folders, files in os.walk(home):
    for name in files:
        path = pathlib.Path(folder, name)
        attempt(f"read {path}", path.read_bytes)
        attempt(f"write {path}", lambda: path.open("ab"))
    for name in folders:
        attempt(f"add to {folder}/{name}", pathlib.Path(folder, name, "by-ben").mkdir)
attempt("list the votes", lambda: os.listdir(votes))
attempt("change a vote", lambda: vote.open("ab"))
attempt("delete a vote", vote.unlink)
mine = votes / "of-ben"
mine.touch()
attempt("put another in a vote's place", lambda: mine.replace(vote))
mine.unlink()
for folder in tmp.iterdir():
    attempt(f"list {folder}", lambda: os.listdir(folder))
print(json.dumps(got))
"""

PACKAGES = [str(PROJECT), *(place for place in sys.path if place.endswith("site-packages"))]


def _open_to_all(place: str) -> bool:
    """Whether other accounts may use a file or folder: they must get through all above it."""
    path = Path(place)
    return path.exists() and all(
        folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents
    )


def _python() -> str:
    """Return a Python that other accounts may use; this one may be in root's own home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if _open_to_all(python):
            return python
    return ""


PYTHON = _python()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can be two"),
    pytest.mark.skipif(not PYTHON, reason="other accounts have no Python of this version here"),
    pytest.mark.skipif(
        not all(_open_to_all(place) for place in PACKAGES),
        reason="other accounts cannot read the kit where it lies here",
    ),
]


@pytest.fixture(scope="module")
def place():
    """Return a folder that every account may enter, with the edition, a home and the votes."""
    folder = Path(tempfile.mkdtemp(prefix="kit-apart-"))
    folder.chmod(0o755)
    write_folder(COURSE, learners_edition(COURSE), folder / "edition")
    for name, account, mode in (
        ("ana", ANA, 0o755),
        ("votes", TEACHER, 0o1733),
        ("tmp", 0, 0o1777),
    ):
        (folder / name).mkdir()
        os.chown(folder / name, account, LEARNERS)
        (folder / name).chmod(mode)
    yield folder
    shutil.rmtree(folder)


def as_account(account: int, *command: object, **settings: Any) -> subprocess.Popen[str]:
    """Start Python as an account of the learners' group, with this environment's packages."""
    environment = settings.pop("env", os.environ) | {"PYTHONPATH": os.pathsep.join(PACKAGES)}
    return subprocess.Popen(
        [str(PYTHON), *map(str, command)], user=account, group=LEARNERS, extra_groups=[LEARNERS],
        env=environment, text=True, **settings,
    )  # fmt: skip


def said_by(account: int, *command: object, **settings: Any) -> str:
    """Run Python as an account, and return what it prints; it must not fail."""
    process = as_account(account, *command, stdout=subprocess.PIPE, **settings)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return said


def of_ana(place: Path) -> dict[str, str]:
    """Return the environment in which a hub starts Ana's server."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "KIT_", "XDG_"))}
    return kept | {
        "HOME": str(place / "ana"),
        "USER": "ana",
        "TMPDIR": str(place / "tmp"),
        "JUPYTER_CONFIG_PATH": str(SETTINGS),
        "KIT_EDITION": str(place / "edition"),
        "KIT_CLASS": str(place / "votes"),
        "IPYTHONDIR": str(place / "ana" / ".ipython"),
    }


@contextmanager
def server_of_ana(place: Path):
    port = free_port()
    command = ["-m", "jupyter_server", "--no-browser", f"--port={port}"]
    process = as_account(
        ANA, *command, "--IdentityProvider.token=t", env=of_ana(place), cwd=place / "ana",
        umask=0o022, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", "/")
    server.browser.headers["Authorization"] = "token t"
    try:
        for _ in range(240):
            try:
                server.get("/api/status")
                break
            except OSError:
                assert process.poll() is None, "the server has ended"
                time.sleep(0.25)
        yield server, process.pid
    finally:
        process.terminate()
        process.wait(20)


def test_a_neighbour_gets_at_nothing_of_a_learner_s(place):
    with server_of_ana(place) as (server, pid), server.notebook(EXERCISE) as kernel:
        kernel.run_until_alive()
        kernel.run_the_rest()
        ana = Learner(server.base, "ana", lambda: 0.0)
        ana.answer(kernel, list(kernel.questions))
        server.hand_in(kernel)
        assert set(ana.saved) > {CODE}
        kernel.run("import kit; from kit.classroom import votes; from kit.course.course import *")
        kernel.run("from kit.questions.bank import find_question; course = find_course()")
        kernel.run("asked = votes.ballot(*find_question(course, 'who-says-so/first-thought'))")
        kernel.run("votes.cast(votes.class_folder(), asked, 'aaa', asked.options[0].id)")

        work = place / "ana" / "source-criticism-kit" / "my-work"
        assert json.loads((work / "exercise-01.json").read_text())["entries"]
        [sealed] = (work / "hand-in").iterdir()
        [vote] = (place / "votes").iterdir()
        places = [place / "ana", place / "votes", vote, place / "tmp"]
        assert json.loads(said_by(BEN, "-c", SPY, *places, cwd="/")) == []
        assert sealed.is_file()
        assert vote.is_file()

        # Her kernel listens where nobody else can come, but for one port: there ipykernel takes
        # the output of what a cell starts, and nothing without a secret. Her server asks who it is.
        [hers] = psutil.Process(pid).children(recursive=True)
        lines = hers.net_connections("tcp")
        assert len([line for line in lines if line.status == psutil.CONN_LISTEN]) <= 1
        stranger = Server(server.base, "/")
        with pytest.raises(OSError, match="403"):
            stranger.ask("GET", "kernels")

        # The teacher, whose folder it is, counts the vote and clears it away.
        code = f"""if True:
            from kit.classroom import votes; from kit.questions.bank import find_question
            from kit.course.course import find_course; from pathlib import Path
            folder = Path({str(place / "votes")!r})
            asked = votes.ballot(*find_question(find_course(), "who-says-so/first-thought"))
            assert votes.counts(folder, asked)[1][1].votes == 1
            votes.begin_round(folder, asked, 2)
            votes.clear(folder, asked)"""
        said_by(TEACHER, "-c", code, cwd=place / "edition")
        assert list((place / "votes").iterdir()) == []
    assert list((place / "tmp").iterdir()) == [], "the sockets' folder goes with the server"


def test_a_second_round_that_a_teacher_begins_is_known_to_the_learners(place):
    code = """if True:
        import os; os.umask(0o077)
        from kit.classroom import votes; from kit.questions.bank import find_question
        from kit.course.course import find_course; from pathlib import Path
        asked = votes.ballot(*find_question(find_course(), "who-says-so/first-thought"))
        folder = Path("../votes")
    """
    cell = f"{code}    votes.begin_round(folder, asked, 2)"
    said_by(TEACHER, "-c", cell, cwd=place / "edition")
    cell = f"{code}    print(votes.cast(folder, asked, 'bbb', asked.options[0].id))"
    assert said_by(BEN, "-c", cell, cwd=place / "edition") == "2\n"


def test_only_a_home_given_to_the_teachers_is_read_by_its_group(place):
    """The teachers' group: not the learner's, and handed on to what is made in the home."""
    code = """if True:
        import os, sys
        from traitlets.config.loader import PyFileConfigLoader
        PyFileConfigLoader("jupyter_server_config.py", sys.argv[1]).load_config()
        print(os.umask(0))
    """
    cases = [(TEACHERS, 0o2750, 0o027), (LEARNERS, 0o2750, 0o077), (TEACHERS, 0o750, 0o077)]
    shutil.rmtree(place / "ana" / "source-criticism-kit", ignore_errors=True)
    for group, mode, umask in cases:
        os.chown(place / "ana", ANA, group)
        (place / "ana").chmod(mode)
        said = said_by(ANA, "-c", code, SETTINGS, env=of_ana(place), cwd=place / "ana")
        assert said == f"{umask}\n", (group, oct(mode))
        lessons = place / "ana" / "source-criticism-kit"
        if umask == 0o027:
            for path in (
                lessons,
                lessons / "exercises",
                lessons / "exercises" / "01-exercise.ipynb",
            ):
                assert path.stat().st_gid == TEACHERS, path
                assert path.stat().st_mode & stat.S_IRGRP, path
            assert (lessons / "exercises").stat().st_mode & stat.S_ISGID, (
                "my-work gets the group too"
            )
        shutil.rmtree(lessons)
