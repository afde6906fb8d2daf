"""``kit preview``: JupyterLab with one page, which is made anew whenever a file is saved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from watchfiles import watch

from kit.authoring.preview import preview_path, refresh
from kit.command.lab import lab
from kit.course.course import Course, Sheet

#: What of a course's files is written by nobody: a change in them shows nothing new.
_MADE = (".ipynb", ".json", ".html", ".new", ".lock")
_WAIT_MS = 60  #: so long files are watched for more, where an editor saves one in several steps


def show(course: Course, sheet: Sheet, rest: list[str]) -> int:
    """Open a sheet's preview and keep it as the files are, until JupyterLab or the user ends it.

    ``rest`` is passed on to JupyterLab. Returns the exit status.
    """
    path = preview_path(course, sheet)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the page is taken away then, too
    print(refresh(course.root, sheet.id, path), flush=True)
    with tempfile.TemporaryDirectory(prefix="kit-preview-") as work:
        os.environ["KIT_WORK"] = work  # what the author tries is no answer of a learner's
        server = subprocess.Popen(lab(course, path.relative_to(course.home).as_posix(), rest))  # noqa: S603
        ended = threading.Event()
        threading.Thread(target=_wait, args=(server, ended), daemon=True).start()
        try:
            for _ in watch(
                course.root, watch_filter=_is_written, debounce=_WAIT_MS, step=20, stop_event=ended
            ):
                print(refresh(course.root, sheet.id, path), flush=True)
        finally:
            server.terminate()
            server.wait()
            path.unlink(missing_ok=True)
    return 0


def _wait(server: subprocess.Popen[bytes], ended: threading.Event) -> None:
    server.wait()
    ended.set()


def _is_written(_: object, name: str) -> bool:
    """Whether a file is one that an author writes; hidden ones are the kit's or an editor's."""
    path = Path(name)
    return path.suffix not in _MADE and not any(part.startswith(".") for part in path.parts[-3:])
