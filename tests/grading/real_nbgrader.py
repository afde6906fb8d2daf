"""The real nbgrader. ``make setup-test`` puts it beside the packages of ``.venv``, not among them.

Among them JupyterLab would take up its menu and its side bars, and show them to learners.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

PLACE = Path(sys.prefix) / "nbgrader"
PACKAGES = Path(sysconfig.get_path("purelib", vars={"base": PLACE, "platbase": PLACE}))
PROGRAMS = Path(sysconfig.get_path("scripts", vars={"base": PLACE, "platbase": PLACE}))


def variables(folder: Path) -> dict[str, str]:
    """Return the environment in which nbgrader is found, with settings of its own in ``folder``."""
    path = [str(PROGRAMS), str(Path(sys.executable).parent), os.environ["PATH"]]
    packages = [os.environ.get("PYTHONPATH", ""), str(PACKAGES)]
    return {
        **os.environ,
        "PATH": os.pathsep.join(path),  # it starts programs by their names
        "PYTHONPATH": os.pathsep.join(filter(None, packages)),
        "JUPYTER_CONFIG_DIR": str(folder / ".jupyter"),
    }


def run(folder: Path, *arguments: str) -> str:
    """Run nbgrader in ``folder`` as a teacher does; return what it says.

    Raises:
        RuntimeError: where it fails, with what it says.

    """
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=variables(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout)
    return done.stdout
