"""Pyodide's files for the tests of the browser edition, from where this machine reaches them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from kit.authoring.site import pyodide
from kit.course.messages import KitError

#: A package on PyPI that carries wheels of Pyodide's release, byte for byte.
_CARRIER = "open-webui==0.12.4"
HOW = "Pyodide's files are not to be had here; KIT_PYODIDE names a folder that holds them."


def pyodide_place() -> str:
    """Return a folder with Pyodide's files, or skip the test.

    Pyodide's own release is one download; where that is out of reach, its core is on npm, and the
    wheels are in a package on PyPI. They are fetched once and kept in the user's cache.
    """
    if place := os.environ.get(pyodide.VARIABLE):
        return place
    version = pyodide.pinned()["version"]
    folder = Path.home() / ".cache" / "source-criticism-kit" / f"pyodide-{version}"
    if not _is_whole(folder):
        with tempfile.TemporaryDirectory() as scratch:
            _fetch(Path(scratch), version)
            folder.mkdir(parents=True, exist_ok=True)
            for name in pyodide.names():
                for path in Path(scratch).rglob(name):
                    shutil.copyfile(path, folder / name)
    if not _is_whole(folder):
        pytest.skip(HOW)
    return str(folder)


def _is_whole(folder: Path) -> bool:
    try:
        return bool(pyodide.files(str(folder)))
    except KitError:
        return False


def _fetch(scratch: Path, version: str) -> None:
    npm = shutil.which("npm") or "npm"
    fetch = [npm, "pack", f"pyodide@{version}"]
    subprocess.run(fetch, cwd=scratch, capture_output=True, check=False)
    for path in scratch.glob("*.tgz"):
        with tarfile.open(path) as archive:
            archive.extractall(scratch, filter="data")
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", _CARRIER]
    subprocess.run(fetch, cwd=scratch, capture_output=True, check=False)
    for path in scratch.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if Path(name).name in pyodide.names():
                    archive.extract(name, scratch)
