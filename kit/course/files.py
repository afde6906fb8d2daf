"""Writing a file in one step, so that nobody ever finds half of one, and losing nobody's work."""

from __future__ import annotations

import itertools
import os
from contextlib import suppress
from pathlib import Path


def write_whole(
    path: Path, data: bytes, *, spare: Path | None = None, mode: int | None = None
) -> None:
    """Replace the file at ``path`` by ``data``: a crash leaves the old file, or the new one.

    Args:
        path: the file.
        data: all that it will hold.
        spare: where the file that stood there until now is kept; None to keep none.
        mode: who may read and write it (POSIX), where a drive knows of such a thing; None for what
            this account's files have.

    Raises:
        OSError: when it cannot be written; the old file stays.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    kept = False
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            with suppress(OSError):
                fresh.chmod(mode)
        if spare and path.is_file():
            path.replace(spare)  # a crash now leaves the spare, which is read in its place
            kept = True
        fresh.replace(path)
    except OSError:
        if spare and kept:
            spare.replace(path)
        fresh.unlink(missing_ok=True)
        raise


def keep_beside(path: Path, folder: Path | None = None) -> Path | None:
    """Copy the file at ``path`` to a free name beside it, ``NAME.before`` or ``NAME.before-2``.

    The ending is one that nothing reads or hands out: ``kit release`` gives out no such file.

    Args:
        path: the file.
        folder: where to keep it, if not beside it.

    Returns:
        Where it is kept, which is an earlier copy where that holds the same; None where no file
        is at ``path``.

    Raises:
        OSError: when it cannot be kept.

    """
    if not path.is_file():
        return None
    data = path.read_bytes()
    for n in itertools.count(1):
        ending = ".before"
        if n > 1:
            ending += f"-{n}"
        place = (folder or path.parent) / (path.name + ending)
        if place.is_file() and place.read_bytes() == data:
            return place
        if not place.exists() and not place.is_symlink():
            break
    write_whole(place, data)
    return place
