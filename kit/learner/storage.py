"""The file of a record: one at a time reads and writes it, and it is replaced in one step.

On a computer that is a lock and a file. In the browser edition it is an entry in the browser's
storage, which the site's service worker reads and replaces, one request each
(``kit/authoring/site/worker.js``). There are no locks: an entry is replaced only if it still is
what was read here, and where another tab was quicker all is done again.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from kit.course.files import write_whole
from kit.course.messages import KitError, message, why_not

IN_BROWSER = sys.platform == "emscripten"
SITE = "KIT_ANSWERS"  #: the variable that says at what address the service worker is asked
_LOCK_SECONDS = 5.0
_TURNS = 20  #: so often another tab may be quicker
_NO_ROOM = 507  #: 'Insufficient Storage', the status with which the service worker says so
# Widget messages arrive on another thread while a cell runs.
_THREADS = threading.RLock()
_Result = TypeVar("_Result")


class _QuickerError(Exception):
    """Another tab has replaced the entry since it was read here."""


#: What was read of an entry in the browser since its turn began, as text; None where there is none.
_seen: dict[Path, str | None] = {}
#: What was read of entries before they are asked for.
_ahead: dict[Path, str | None] = {}


def alone(path: Path, act: Callable[[], _Result]) -> _Result:
    """Return what ``act`` returns, while nobody else reads or writes the file.

    Args:
        path: the file.
        act: reads the file and may replace it; in the browser it can be called more than once.

    Raises:
        KitError: what stands in the way, in a sentence: its folder cannot be written, or another
            holds it too long; and what ``act`` raises.

    """
    try:
        if IN_BROWSER:
            return _in_turn(path, act)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _THREADS, _file_lock(path):
            return act()
    except OSError as fault:
        raise KitError(message("error.cannot_write", path=path, fault=why_not(fault))) from fault


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415  (the browser edition has it not)

    try:
        with FileLock(path.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise KitError(message("error.locked", path=path)) from None


def _in_turn(path: Path, act: Callable[[], _Result]) -> _Result:
    for _ in range(_TURNS):
        _seen.pop(path, None)
        try:
            return act()
        except _QuickerError:
            _ahead.pop(path, None)
    raise KitError(message("error.locked", path=path))


def copies(path: Path) -> tuple[Path, ...]:
    """Return where a file's content can be: the file, and the spare; a browser has no spare."""
    if IN_BROWSER:
        return (path,)
    return (path, _spare(path))


def _spare(path: Path) -> Path:
    return path.with_suffix(f".before{path.suffix}")


def read(path: Path) -> bytes | None:
    """Return what the file holds; None where there is none.

    Raises:
        OSError: when it cannot be read.

    """
    if not IN_BROWSER:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
    if path in _ahead:
        text = _ahead[path]
    else:
        (text,) = _asked(read=[str(path)])["texts"]
    _seen[path] = text
    return None if text is None else text.encode()


@contextmanager
def read_ahead(paths: Iterable[Path]) -> Iterator[None]:
    """Have a browser read all these files in one request, before each is asked for."""
    if IN_BROWSER:
        names = [str(path) for path in paths]
        _ahead.update(zip(map(Path, names), _asked(read=names)["texts"], strict=True))
    try:
        yield
    finally:
        _ahead.clear()


def replace(path: Path, data: bytes) -> None:
    """Replace the file in one step; on a computer what it held until now stays as its spare.

    Raises:
        OSError: when it cannot be written; the old file stands.

    """
    if not IN_BROWSER:
        write_whole(path, data, spare=_spare(path))
        return
    request: dict[str, Any] = {"write": str(path), "text": data.decode()}
    if path in _seen:
        request["seen"] = _seen[path]
    if not _asked(**request)["written"]:
        raise _QuickerError


def _asked(**request: Any) -> dict[str, Any]:
    """Return what the site's service worker answers.

    Raises:
        KitError: when it is not there, or the browser lets it keep nothing.

    """
    from js import XMLHttpRequest  # noqa: PLC0415
    from pyodide.ffi import JsException  # noqa: PLC0415

    asked = XMLHttpRequest.new()
    try:
        asked.open("POST", os.environ[SITE], False)
        asked.send(json.dumps(request))
        answer: dict[str, Any] = json.loads(asked.responseText)
    except (JsException, KeyError, ValueError):  # a plain host answers with a page
        answer = {}
    if asked.status == _NO_ROOM:
        raise KitError(message("error.no_room"))
    if not answer:
        raise KitError(message("error.no_storage"))
    return answer
