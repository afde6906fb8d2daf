"""The file of a record: read and written by one at a time, and replaced in one step.

On a computer that is a lock and a file. In the browser edition what is a file to Python is an entry
in the browser's storage, which the page reads and writes for it: there is no lock, and each request
takes some milliseconds.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.course.files import write_whole
from kit.course.messages import KitError, message, reason

IN_BROWSER = sys.platform == "emscripten"
_LOCK_SECONDS = 5.0
# Widget messages arrive on another thread while a cell runs.
_THREADS = threading.RLock()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let nobody else read or write the file meanwhile.

    Raises:
        KitError: what stands in the way, in a sentence: its folder cannot be written, or another
            holds it too long.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _THREADS:
            if IN_BROWSER:
                yield
            else:
                with _file_lock(path):
                    yield
    except OSError as fault:
        raise KitError(message("error.cannot_write", path=path, fault=reason(fault))) from fault


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415  (in a browser there is none)

    try:
        with FileLock(path.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise KitError(message("error.locked", path=path)) from None


def replace(path: Path, data: bytes, spare: Path) -> None:
    """Replace the file in one step; what it held until now stays as ``spare``.

    Raises:
        OSError: when it cannot be written; the old file stands.

    """
    write_whole(path, data, spare=spare)
