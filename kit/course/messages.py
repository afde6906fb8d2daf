"""Every sentence that the kit itself says, looked up by key.

The words stand in ``content/messages.toml``; a course may lay its own file over them, which is
also how another language is added.
"""

from __future__ import annotations

import errno
import tomllib
from contextlib import suppress
from functools import cache
from pathlib import Path

CONTENT = Path(__file__).parents[1] / "content"


class KitError(Exception):
    """Something the user can mend, told in a sentence that says what to do."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone where IPython would print a traceback."""
        return [str(self)]


@cache
def words(folder: Path = CONTENT) -> dict[str, str]:
    """Return the kit's sentences by key, those of ``folder`` laid over the built-in ones.

    Keys are dotted: the table ``[view]`` with ``saved = "…"`` gives ``view.saved``.
    """
    table: dict[str, str] = {}
    for path in dict.fromkeys([CONTENT / "messages.toml", folder / "messages.toml"]):
        if path.is_file():
            table |= _read(path)
    return table


def _read(path: Path) -> dict[str, str]:
    try:
        groups = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise KitError(say("error.bad_toml", path=path, fault=fault)) from None
    sentences: dict[str, str] = {}
    for group, rows in groups.items():
        if not isinstance(rows, dict) or not all(isinstance(s, str) for s in rows.values()):
            raise KitError(say("error.bad_messages", path=path))
        sentences |= {f"{group}.{key}": sentence for key, sentence in rows.items()}
    return sentences


_REASONS = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "forbidden",
    errno.EEXIST: "in_the_way",
    errno.EISDIR: "in_the_way",
    errno.ENOTDIR: "in_the_way",
    errno.ENAMETOOLONG: "too_long",
}


def reason(fault: OSError) -> str:
    """Return in plain words why a file could not be had, and which; else the system's own words."""
    if fault.errno not in _REASONS:
        return str(fault)
    words_for_it = say(f"first_run.{_REASONS[fault.errno]}")
    return f"{fault.filename}: {words_for_it}" if fault.filename else words_for_it


_spoken: list[dict[str, str]] = []  # the words of the course in use, where that is known


def speak(folder: Path) -> None:
    """Let :func:`say` use the words of the course in ``folder`` from now on."""
    _spoken[:] = [words(folder)]


def say(key: str, /, **values: object) -> str:
    """Return the sentence ``key`` with ``values`` filled in, in the words of the course in use.

    A sentence of the course's own that does not take the values gives way to the kit's.
    """
    for table in (*_spoken, words()):
        with suppress(ValueError, LookupError):
            return table[key].format(**values)
    raise KeyError(key)
