"""What the tests share: a project folder of one's own, the built-in course, a fake front end."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from helpers import COURSE, LONGEST, PROJECT, SHOWROOM, pseudo_messages
from hypothesis import settings

from kit.course import messages
from kit.course.course import Course, find_course, load_course
from kit.course.messages import CONTENT

#: A disk in memory, where Linux has one. Every answer is written through to the disk, and browsers
#: write much: on a real one the tests wait for it most of their time.
IN_MEMORY = Path("/dev/shm")
ROOM = 3 * 2**30  #: bytes
if "TMPDIR" not in os.environ and IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(IN_MEMORY)

#: Before a package that takes more than a second of every Python that reads notebooks, as `kit lab`
#: has it. Who is started from here has it too: the other workers, servers, and each program.
LEFT_OUT = str(PROJECT / "kit" / "command" / "settings" / "python")
PLACES = os.environ.get("PYTHONPATH", "").split(os.pathsep)
if LEFT_OUT not in PLACES:
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [LEFT_OUT, *PLACES]))

# Some machines are told to keep nothing that Python has compiled. The tests start hundreds of
# programs, and each of them would compile the kit anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A script that starts the tests in its background has them ignore Ctrl+C, and so does all that they
# start, unless it is heard here again.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples at every run, and no clock: the suite must not fail by chance.
settings.register_profile("kit", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("kit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; within a file the order stays."""
    places = {PROJECT / "tests" / name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(autouse=True)
def _in_the_kit_s_own_words() -> None:
    """No test speaks in the words of another test's course."""
    messages.use_words_of(CONTENT)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A learner's project folder: no keys, no records; the working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    monkeypatch.setenv("KIT_WORK", str(folder / "my-work"))
    monkeypatch.delenv("KIT_STRICT", raising=False)
    monkeypatch.chdir(folder)
    return folder


def _copy_keys(home: Path) -> None:
    """A learner's edition has no keys."""
    if COURSE.keys.is_dir():
        shutil.copytree(COURSE.keys, home / "solutions" / "keys")


@pytest.fixture
def keyed_home(home) -> Path:
    """An instructor's project folder: the same, with the keys."""
    _copy_keys(home)
    return home


@pytest.fixture
def course(keyed_home) -> Course:
    """The built-in course with its keys, in a folder of its own."""
    return load_course(CONTENT, keyed_home)


@pytest.fixture
def learner_course(home) -> Course:
    """The built-in course as a learner has it: without keys."""
    return load_course(CONTENT, home)


@pytest.fixture
def own_course(home) -> Course:
    """A copy of the course in a teacher's folder, to plant faults in; `home` holds course.toml."""
    shutil.copytree(CONTENT, home, dirs_exist_ok=True)
    _copy_keys(home)
    return load_course(home, home)


@pytest.fixture
def showroom(home) -> Course:
    """A copy of the showroom course in the learner's folder."""
    shutil.copytree(SHOWROOM.root, home, dirs_exist_ok=True)
    return load_course(home, home)


@pytest.fixture
def pseudo(showroom) -> Course:
    """The showroom course in a made-up language, so that words that escaped it are seen."""
    (showroom.root / "messages.toml").write_text(pseudo_messages(), encoding="utf-8")
    messages.own_words.cache_clear()
    return find_course(showroom.home)
