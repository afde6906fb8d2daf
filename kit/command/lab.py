"""Starting JupyterLab on a course, having looked for what would keep it from working here."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.machinery import PathFinder
from pathlib import Path

from kit.course.course import Course
from kit.course.messages import CONTENT, KitError, message, why_not

#: JupyterLab's settings here: nothing leaves the machine, no news, no look for a newer version.
SETTINGS = Path(__file__).parent / "settings"
#: What stands before packages that a server needs not and that make it slow.
LEFT_OUT = SETTINGS / "python"
#: The folder in which Jupyter finds ``labextensions``.
EXTENSIONS = Path(__file__).parents[1] / "notebook"


def start(course: Course, rest: list[str]) -> int:
    """Open JupyterLab at the first sheet of a course; return its exit status.

    ``rest`` is passed on to JupyterLab.

    Raises:
        KitError: as :func:`ready` does.

    """
    command = lab(course, course.sheets[0].notebook if course.sheets else "", rest)
    if os.name == "posix":
        # Become JupyterLab, so that what stops this process stops it.
        os.execv(command[0], command)  # noqa: S606  (our own interpreter)
    return subprocess.call(command)  # noqa: S603


def lab(course: Course, notebook: str, rest: list[str]) -> list[str]:
    """Return the command that opens JupyterLab at a notebook; this process is made ready for it.

    ``notebook`` is its path below the course, empty for none; ``rest`` is passed on to JupyterLab.

    Raises:
        KitError: as :func:`ready` does.

    """
    ready(course, rest)
    os.chdir(course.home)
    _put_first("JUPYTER_CONFIG_PATH", SETTINGS)
    # The installed copy of the extension is as old as the installation; the kit may be newer.
    _put_first("JUPYTER_PATH", EXTENSIONS)
    _put_first("PYTHONPATH", LEFT_OUT)
    command = [sys.executable, "-m", "jupyterlab"]
    if notebook:
        command.append(f"--LabApp.default_url=/lab/tree/{notebook}")
    return command + rest


def ready(course: Course, rest: list[str]) -> None:
    """Look for what would keep JupyterLab or the lessons from working here.

    A home folder that cannot be written to, and kernels that would find another kit or none, are
    made good in this process's environment, which JupyterLab inherits. ``rest`` is what is passed
    on to JupyterLab.

    Raises:
        KitError: outside the project, when answers cannot be kept, and for root.

    """
    if course.root == CONTENT:
        name = course.sheets[0].notebook
        if not (course.home / name).is_file():
            raise KitError(message("first_run.no_lessons", name=name, folder=course.home))
    try:
        course.work.mkdir(parents=True, exist_ok=True)
        _try_to_write(course.work)
    except OSError as fault:
        told = {"folder": course.work, "fault": why_not(fault)}
        raise KitError(message("first_run.no_work", **told)) from None
    if os.name == "posix":
        if os.geteuid() == 0 and not {"--allow-root", "--ServerApp.allow_root=True"} & set(rest):
            raise KitError(message("first_run.root"))
        _find_a_home()
    _let_kernels_find_this_kit()


def _try_to_write(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(2**14))


def _find_a_home() -> None:
    """Jupyter ends with a traceback where it cannot write to the home folder."""
    try:
        _try_to_write(Path.home())
    except (OSError, RuntimeError):  # RuntimeError: this user has none
        os.environ["HOME"] = tempfile.mkdtemp(prefix="kit-home-")
        print(message("first_run.home", folder=os.environ["HOME"]), file=sys.stderr)


def _let_kernels_find_this_kit() -> None:
    """Point kernels to this kit where the folder was moved after it was installed."""
    here = Path(__file__).parents[1]
    # The first place is this command's own, which a kernel does not have.
    found = PathFinder.find_spec("kit", sys.path[1:])
    if found is None or found.origin is None or Path(found.origin).parent != here:
        _put_first("PYTHONPATH", here.parent)


def _put_first(variable: str, folder: Path) -> None:
    """Put a folder before the others that a variable of the environment lists."""
    folders = filter(None, [str(folder), os.environ.get(variable)])
    os.environ[variable] = os.pathsep.join(folders)
