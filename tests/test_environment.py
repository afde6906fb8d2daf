from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from helpers import PROJECT

from kit import install
from kit.command.lab import EXTENSIONS

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = PROJECT / "requirements.lock"


def test_conda_gets_what_pip_gets():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    *plain, last = environment["dependencies"]
    python = f"python{PYPROJECT['requires-python']}"
    assert sorted(plain) == sorted([python, "pip", *PYPROJECT["dependencies"]])
    assert last == {"pip": ["-e ."]}
    assert environment["channels"] == ["conda-forge"]


CONTRIBUTING = PROJECT / "CONTRIBUTING.md"


@pytest.mark.skipif(not CONTRIBUTING.is_file(), reason="it is not part of this edition")
def test_each_dependency_earns_one_line():
    text = CONTRIBUTING.read_text(encoding="utf-8").partition("## What each dependency is for")[2]
    rows = re.findall(r"^\| ([\w-]+) \| \S", text, re.M)
    told = [name for name in rows if name not in ("package", "---")]
    extras = PYPROJECT["optional-dependencies"]
    asked = [*PYPROJECT["dependencies"], *extras["test"], *extras["bench"]]
    # From npm, and from the Makefile.
    elsewhere = ["configurable-http-proxy", "gift-pegjs", "typescript"]
    elsewhere += ["jupyterhub", "nbgitpuller", "nbgrader"]
    names = [re.match(r"[\w-]+", name)[0] for name in [*asked, *install.FOR_A_SITE]]
    assert sorted(told) == sorted([*names, *elsewhere])


@pytest.mark.skipif(not LOCK.is_file(), reason="no requirements.lock here yet")
def test_the_lock_names_packages_and_versions_and_no_place():
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert [x for x in pinned if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", x)] == []
    assert [x for x in lines if "://" in x or "/" in x or "@ file" in x] == []


@pytest.mark.skipif(not LOCK.is_file(), reason="no requirements.lock here yet")
def test_the_lock_pins_everything_that_is_asked_for():
    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()

    pinned = {plain(line) for line in LOCK.read_text(encoding="utf-8").splitlines() if line}
    extras = PYPROJECT["optional-dependencies"]["test"]
    asked = [*PYPROJECT["dependencies"], *extras, *install.FOR_A_SITE, "nbgrader", "jupyterhub"]
    assert [x for x in asked if plain(x) not in pinned] == []


def test_the_lab_asks_nobody_for_news_or_newer_versions():
    settings = {}
    for path in (PROJECT / "kit" / "command" / "settings").rglob("*.json"):
        settings |= json.loads(path.read_text(encoding="utf-8"))
    notice = settings["@jupyterlab/apputils-extension:notification"]
    assert notice["checkForUpdates"] is False
    assert notice["fetchNews"] == "false"


def test_the_package_tells_other_checkers_that_it_has_types():
    assert (PROJECT / "kit" / "py.typed").is_file()


@pytest.mark.parametrize("name", ["nbgrader", "jupyterlite_core", "jupyterhub"])
def test_a_learner_s_jupyterlab_has_nothing_of_what_is_kept_apart(name):
    """The tests and the learners' JupyterLab share one environment."""
    told = f"{name} is among the packages of this environment: say make clean, and make test again"
    assert importlib.util.find_spec(name) is None, told
    for folder in ("share/jupyter", "etc/jupyter"):
        files = [path for path in (Path(sys.prefix) / folder).rglob("*") if path.is_file()]
        places = [path.relative_to(sys.prefix).as_posix() for path in files]
        assert [place for place in places if name.removesuffix("_core") in place] == [], told


def test_jupyter_finds_the_extension_where_the_kit_is_installed():
    """JupyterLab, Notebook 7 and JupyterLite look there; ``kit lab`` looks into the kit itself."""
    made = EXTENSIONS / "labextensions" / "source-criticism-kit"
    installed = Path(sys.prefix) / "share/jupyter/labextensions/source-criticism-kit"
    names = [path.relative_to(made) for path in made.rglob("*") if path.is_file()]
    assert Path("package.json") in names
    assert [name for name in names if not (installed / name).is_file()] == []


@pytest.mark.skipif(not (PROJECT / "bench").is_dir(), reason="it is not part of this edition")
def test_the_benchmarks_find_the_tests_helpers():
    """A package from outside may bring a folder `tests` of its own, as textstat does."""
    wanted = "import bench.site, bench.hub, bench.lab.front, bench.grading, screens.__main__"
    told = subprocess.run(
        [sys.executable, "-c", wanted], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert told.stderr == ""
