"""How soon is the first question there? Beside a bare anywidget, in turn, in fresh interpreters."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.lab.sides import make_course
from bench.table import Row, ms_row

STARTS = 15  #: fresh interpreters for each side

_LOADED = "import time, IPython, ipykernel.ipkernel\nstart = time.perf_counter()\n"
_SAY = "\nprint(time.perf_counter() - start)"
_SHOW_BARE = "from bare import Bare; Bare()._repr_mimebundle_()"
_SHOW_KIT = 'import kit; kit.ask("sheet-0/q0")._repr_mimebundle_()'


def rows() -> list[Row]:
    """Measure both sides in turn, so that whatever else the machine does slows both."""
    codes = ["import kit", "import anywidget", _SHOW_KIT, _SHOW_BARE]
    took: dict[str, list[float]] = {code: [] for code in codes}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "bench"
        home.mkdir()
        make_course(home, 1)
        for code in codes:
            _start(home, code)  # compiles, and is not counted
        for _ in range(STARTS):
            for code in codes:
                took[code].append(_start(home, code) * 1000)
    return [
        ms_row(
            "import",
            took["import kit"],
            "import anywidget",
            took["import anywidget"],
            "≤ 1.2",
            "the kit loads its parts when they are first used: see the next row",
        ),
        ms_row(
            "import and first question shown, without a browser",
            took[_SHOW_KIT],
            "import and first bare anywidget shown",
            took[_SHOW_BARE],
            "≤ 2",
            "in an interpreter that has loaded what a kernel loads; the kit also makes a record",
        ),
    ]


def _start(home: Path, code: str) -> float:
    """Return how many seconds ``code`` takes in a fresh interpreter, without a record there.

    Modules are compiled once and kept, as where the kit is installed: an environment that forbids
    that (``PYTHONDONTWRITEBYTECODE``) would measure the compiler at every start.
    """
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for record in (home / "my-work").glob("*"):
        record.unlink()
    done = subprocess.run(
        [sys.executable, "-c", f"{_LOADED}{code}{_SAY}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=home / "notebooks",
        env=environment,
    )
    return float(done.stdout)
