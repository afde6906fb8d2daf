"""Every sentence that the kit itself says, looked up by key.

The words stand in ``content/messages.toml``; a course may lay its own file over them, which is
also how another language is added.
"""

from __future__ import annotations

import errno
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path

CONTENT = Path(__file__).parents[1] / "content"


class KitError(Exception):
    """Something the user can mend, told in a sentence that says what to do."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone where IPython would print a traceback."""
        return [str(self)]


def words(folder: Path = CONTENT) -> dict[str, str]:
    """Return the kit's sentences by key, those of ``folder`` laid over the built-in ones.

    Keys are dotted: the table ``[view]`` with ``saved = "…"`` gives ``view.saved``.
    """
    table: dict[str, str] = {}
    for group in _groups():
        table |= _built_in(group)
    return table | own_words(folder)


def words_of_group(group: str, folder: Path = CONTENT) -> dict[str, str]:
    """Return the sentences of one table by the rest of their key, as :func:`words` has them.

    ``words_of_group("view")["saved"]`` is the sentence ``view.saved``.
    """
    sentences = {}
    for key, sentence in (_built_in(group) | own_words(folder)).items():
        table, _, name = key.partition(".")
        if table == group:
            sentences[name] = sentence
    return sentences


@cache
def own_words(folder: Path) -> dict[str, str]:
    """Return what a course's own ``messages.toml`` says, by key; nothing where it has none.

    Raises:
        KitError: when the file cannot be read.

    """
    path = folder / "messages.toml"
    if folder == CONTENT or not path.is_file():
        return {}
    return _read(path, path.read_bytes())


@cache
def _groups() -> dict[str, str]:
    """Return the text of each table of the built-in sentences.

    The reader of TOML is slow, a lesson's first question needs three tables of forty, and in this
    file, which is ours, no sentence has a line that looks like the head of a table.
    """
    text = (CONTENT / "messages.toml").read_text(encoding="utf-8")
    _, *parts = re.split(r"^(?=\[\w+\]$)", text, flags=re.MULTILINE)
    return {part[1 : part.index("]")]: part for part in parts}


@cache
def _built_in(group: str) -> dict[str, str]:
    """Return the built-in sentences of one table, by key; nothing where there is no such table."""
    text = _groups().get(group, "")
    return _read(CONTENT / "messages.toml", text.encode("utf-8"))


def _read(path: Path, data: bytes) -> dict[str, str]:
    """Return the sentences in ``data``, which is the file at ``path`` or a part of it, by key."""
    try:
        groups = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise KitError(message("error.bad_toml", path=path, fault=fault)) from None
    sentences: dict[str, str] = {}
    for group, rows in groups.items():
        if not isinstance(rows, dict) or not all(isinstance(s, str) for s in rows.values()):
            raise KitError(message("error.bad_messages", path=path))
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
    told = message(f"first_run.{_REASONS[fault.errno]}")
    if fault.filename:
        return f"{fault.filename}: {told}"
    return told


# What the course that is being worked on lays over the built-in sentences. A context, not a
# parameter: hardly a function is without a sentence. A new thread begins in the built-in words, so
# a widget's callback, which may arrive on a thread of its own, enters its course again
# (`in_words_of`).
_in_use: ContextVar[dict[str, str] | None] = ContextVar("kit_messages", default=None)
_folder: ContextVar[Path] = ContextVar("kit_folder", default=CONTENT)


def folder_in_use() -> Path:
    """Return the folder of the course that is being worked on."""
    return _folder.get()


def use_words_of(folder: Path) -> None:
    """Let :func:`message` speak in the words of the course in ``folder`` from now on.

    Raises:
        KitError: when its ``messages.toml`` cannot be read.

    """
    _in_use.set(own_words(folder))
    _folder.set(folder)


@contextmanager
def in_words_of(folder: Path) -> Iterator[None]:
    """Let :func:`message` speak in the words of the course in ``folder``, inside of ``with``."""
    token, place = _in_use.set(own_words(folder)), _folder.set(folder)
    try:
        yield
    finally:
        _in_use.reset(token)
        _folder.reset(place)


def message(key: str, /, **values: object) -> str:
    """Return the sentence ``key`` with ``values`` filled in, in the words of the course in use.

    Where the course's own sentence does not fit the values (a stray brace, a value misspelt), the
    kit's is returned.
    """
    for table in (_in_use.get(), _built_in(key.partition(".")[0])):
        if table is not None:
            with suppress(ValueError, LookupError):
                return table[key].format(**values)
    raise KeyError(key)
