"""The file of a record: one at a time reads and writes it, and it is replaced in one step.

On a computer that is a lock and a file. In the browser edition what Python takes for a file is an
entry in the browser's storage, which the page reads and writes for it, a request each time. There
an entry is replaced whole, so no spare is needed; and there are no locks, so tabs make claims.
"""

from __future__ import annotations

import os
import random
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.course.files import write_whole
from kit.course.messages import KitError, message, reason

IN_BROWSER = sys.platform == "emscripten"
_LOCK_SECONDS = 5.0
_STALE_SECONDS = 4.0  #: a claim so old is of a tab that was closed: to write takes milliseconds
# Widget messages arrive on another thread while a cell runs.
_THREADS = threading.RLock()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let nobody else read or write the file meanwhile.

    Raises:
        KitError: what stands in the way, in a sentence: its folder cannot be written, or another
            holds it too long.

    """
    lock = _claim if IN_BROWSER else _file_lock
    try:
        # Where the browser keeps nothing its drive is missing, and must not be made in memory.
        path.parent.mkdir(parents=not IN_BROWSER, exist_ok=True)
        with _THREADS, lock(path):
            yield
    except OSError as fault:
        if IN_BROWSER and isinstance(fault, FileNotFoundError):
            raise KitError(message("error.no_storage")) from fault
        raise KitError(message("error.cannot_write", path=path, fault=reason(fault))) from fault


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415  (the browser edition has it not)

    try:
        with FileLock(path.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise KitError(message("error.locked", path=path)) from None


@contextmanager
def _claim(path: Path) -> Iterator[None]:
    """Hold the file by a claim: an entry beside it that names it.

    Each tab first makes its claim and then looks for others'. Of two tabs at least the second sees
    the other's, takes its own back and tries again, so never do both go on.
    """
    folder = path.parent / ".claims"
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        mine = folder / f"{path.stem} {time.time():.3f} {secrets.token_hex(4)}"
        _make_empty(mine)
        if not _has_others(mine):
            break
        mine.unlink()
        if time.monotonic() > deadline:
            raise KitError(message("error.locked", path=path))
        time.sleep(random.uniform(0.01, 0.1))  # noqa: S311  (so that two do not keep step)
    try:
        yield
    finally:
        mine.unlink()


def _make_empty(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
    except FileNotFoundError:
        path.parent.mkdir(exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))


def _has_others(mine: Path) -> bool:
    """Whether others claim the same file; what closed tabs have left is cleared away."""
    stem = mine.name.rsplit(" ", 2)[0]
    try:
        names = os.listdir(mine.parent)  # noqa: PTH208  (names alone: each look at a file is a request)
    except FileNotFoundError:  # one of them went while they were listed
        return True
    found = False
    for name in names:
        claimed, made = name.rsplit(" ", 2)[:2]
        if claimed != stem or name == mine.name:
            continue
        if time.time() - float(made) > _STALE_SECONDS:
            (mine.parent / name).unlink(missing_ok=True)
        else:
            found = True
    return found


def read(path: Path) -> bytes | None:
    """Return what the file holds; None where there is none.

    Raises:
        OSError: when it cannot be read.

    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def replace(path: Path, data: bytes, spare: Path) -> None:
    """Replace the file in one step; what it held until now stays as ``spare``.

    Args:
        path: the file.
        data: JSON, which may have blanks at its end.
        spare: where the file that stood there is kept; in the browser edition it is not.

    Raises:
        OSError: when it cannot be written; the old file stands.

    """
    if not IN_BROWSER:
        write_whole(path, data, spare=spare)
        return
    # Opened to be emptied, the entry would be written empty first. So it is written over, and
    # blanks cover the rest of a longer one; the entry is replaced when the file is closed.
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        longer = os.lseek(file, 0, os.SEEK_END) - len(data)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, data + b" " * longer)
    finally:
        os.close(file)
