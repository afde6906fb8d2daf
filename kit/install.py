"""Makes ``.venv`` and installs the kit into it: ``python -m kit.install``, as ``make lab`` does.

It needs nothing but Python's own library, so that it can say in a sentence what stands in the way.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.course.messages import KitError, message, use_words_of, why_not

HOME = Path(__file__).resolve().parents[1]
VENV = HOME / ".venv"
PYTHON = VENV / "bin/python"
if os.name == "nt":
    PYTHON = VENV / "Scripts/python.exe"

ROOM = 550_000_000  #: bytes that an installed ``.venv`` takes on the disk
#: What `make site` is made with.
FOR_A_SITE = ("jupyterlite-core>=0.8", "jupyterlite-pyodide-kernel>=0.8")
#: What pip's words mean, the first that fits: words that are in them, and the key of a sentence.
_SIGNS = {
    "No space left": "first_run.full_disk",
    "Permission denied": "first_run.not_yours",
    "Read-only file system": "first_run.not_yours",
    "Retry(": "first_run.no_network",
    "Could not fetch URL": "first_run.no_network",
    "Timeout": "first_run.no_network",
}


def main(extras: list[str]) -> int:
    """Install the kit, with the ``extras`` of ``pyproject.toml`` that are named.

    Returns:
        The exit status: 1 where something is in the way, and 130 where it was interrupted.

    """
    try:
        use_words_of(HOME)
        _install(extras)
    except KitError as fault:
        print(fault, file=sys.stderr)  # on stderr nothing is too foreign to print
        return 1
    except KeyboardInterrupt:
        _tell("first_run.broken_off")
        return 130
    return 0


def _tell(key: str) -> None:
    print(message(key), file=sys.stderr, flush=True)


def _install(extras: list[str]) -> None:
    done = VENV / "-".join([".setup", *extras])
    with _alone() as waited:
        if waited and done.exists():
            return
        is_whole = _venv_is_whole()
        if not is_whole:
            _refuse()
        _tell("first_run.installing")
        if not is_whole:
            _make_venv()
        if extras == ["site"]:
            # Apart from the kit's packages: a learner's JupyterLab would load them too.
            _fill("--prefix", str(VENV / "site"), *FOR_A_SITE)
        elif extras:
            _fill("--editable", f".[{','.join(extras)}]")
        else:
            _fill("--editable", ".")
        done.touch()


@contextmanager
def _alone() -> Iterator[bool]:
    """Wait while another process installs here; tell whether there was one."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:  # Windows
        yield False
        return
    folder = os.open(HOME, os.O_RDONLY)
    try:
        waited = False
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = True
            _tell("first_run.waiting")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield waited
    finally:
        os.close(folder)


def _venv_is_whole() -> bool:
    """Tell whether ``.venv`` has a Python that runs and finds its pip."""
    command = [str(PYTHON), "-m", "pip", "--version"]
    try:
        return not subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603
    except OSError:  # there is none, or the one that it leads to has gone
        return False


def _refuse() -> None:
    """Raise a KitError where no environment can be made, as Python's own words are hard to read."""
    # Debian leaves ensurepip out, or leaves its folder there empty.
    found = importlib.util.find_spec("ensurepip")
    if found is None or found.origin is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise KitError(message("first_run.no_ensurepip", version=version))
    if os.pathsep in str(HOME):
        raise KitError(message("first_run.bad_name", folder=HOME, mark=os.pathsep))
    if shutil.disk_usage(HOME).free < ROOM:
        raise KitError(message("first_run.full_disk"))


def _make_venv() -> None:
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")
    except OSError as fault:
        raise KitError(message("first_run.not_yours", folder=HOME, fault=why_not(fault))) from None
    except subprocess.CalledProcessError as fault:
        raise KitError(message("first_run.no_venv", fault=fault)) from None


def _fill(*what: str) -> None:
    options = ["--disable-pip-version-check", "--quiet", "--constraint", "requirements.lock"]
    command = [str(PYTHON), "-m", "pip", "install", *options, *what]
    done = subprocess.run(  # noqa: S603
        command,
        cwd=HOME,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        errors = [line.strip() for line in done.stdout.splitlines() if "ERROR" in line]
        values = {"folder": HOME, "fault": "; ".join(errors[-2:])}
        for sign, key in _SIGNS.items():
            if sign in done.stdout:
                raise KitError(message(key, **values))
        raise KitError(message("first_run.no_install", **values))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
