"""Writing a file in one step, so that nobody ever finds half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes, *, spare: Path | None = None) -> None:
    """Replace the file at ``path`` by ``data``: after a crash the old file stands, or the new one.

    Args:
        path: the file.
        data: all that it will hold.
        spare: where the file that stood there until now is kept; None to keep none.

    Raises:
        OSError: when it cannot be written; the old file stands.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if spare and path.is_file():
        _keep(path, spare)
    fresh.replace(path)


def _keep(path: Path, spare: Path) -> None:
    """Let ``spare`` be the file that is at ``path`` now.

    That file is on the disk already, so a second name for it does: writing it once more would make
    each save wait for the disk twice.
    """
    name = spare.with_name(f".{spare.name}.{os.getpid()}.new")
    name.unlink(missing_ok=True)
    try:
        name.hardlink_to(path)
    except OSError:  # a disk that gives a file one name only
        write_whole(spare, path.read_bytes())
        return
    name.replace(spare)
    name.unlink(missing_ok=True)  # replacing does nothing where both were one file already
