"""Strict reading of TOML and of tables of figures: every fault at once, each with its place."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import cattrs

from kit.course.messages import KitError, message

_T = TypeVar("_T")


@lru_cache(maxsize=256)  # the reader is slow, and a check and a preview ask again and again
def parse(text: str) -> Mapping[str, Any]:
    """Return what a text in TOML says; it is shared, so nobody changes it.

    Raises:
        tomllib.TOMLDecodeError: when it is none.

    """
    return tomllib.loads(text)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file, or raise a KitError that names the file and the place.

    Its tables are shared by all who read the same text; at the top one may lay something over.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return dict(parse(text))
    except FileNotFoundError:
        raise KitError(message("error.no_file", path=path)) from None
    except UnicodeDecodeError:
        why = message("toml.not_utf8")
    except tomllib.TOMLDecodeError as fault:
        from kit.course.toml_errors import unreadable  # noqa: PLC0415  (for a faulty file only)

        why = unreadable(text, fault)
    raise KitError(message("error.bad_toml", path=path, fault=why))


def _strict_converter() -> cattrs.Converter:
    """Return a converter that refuses misspelt fields instead of passing over them."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, _only(str, "toml.text"))
    converter.register_structure_hook(bool, _only(bool, "toml.yes_or_no"))
    several = converter.get_structure_hook(tuple[str, ...])
    converter.register_structure_hook_func(
        lambda cls: getattr(cls, "__origin__", None) is tuple,
        lambda value, cls: several(_list(value), cls),
    )
    return converter


def _only(cls: type[_T], key: str) -> Callable[[object, type], _T]:
    """Return a hook that takes nothing but a ``cls``; else it says the sentence ``key``."""

    def hook(value: object, _: type) -> _T:
        if not isinstance(value, cls):
            raise TypeError(message(key, value=_shown(value)))
        return value

    return hook


def _list(value: object) -> object:
    if isinstance(value, str):
        # Python would take it for a list of its letters.
        raise TypeError(message("toml.list", value=_shown(value)))
    return value


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


#: A module of a higher storey can register how a class of its own is read.
CONVERTER = _strict_converter()


def structure(raw: Any, cls: type[_T], path: Path) -> _T:
    """Turn plain TOML values into ``cls``; every fault at once, each with its place.

    Raises:
        KitError: a line for each fault.

    """
    try:
        return CONVERTER.structure(raw, cls)
    except Exception as fault:
        from kit.course.toml_errors import misfits  # noqa: PLC0415  (for a faulty file only)

        lines = "\n".join(f"  {line}" for line in misfits(raw, fault))
        raise KitError(message("error.faults", path=path, faults=lines)) from None


def doubles(ids: Iterable[str]) -> list[str]:
    """Return what is there more than once."""
    return [name for name, count in Counter(ids).items() if count > 1]


def read_table(path: Path, cls: type[_T]) -> tuple[_T, ...]:
    """Read a table of figures, a comma between its columns, into a ``cls`` a row.

    Raises:
        KitError: when it cannot be read; otherwise a line for each fault.

    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True, restkey="…"))
    except FileNotFoundError:
        raise KitError(message("error.no_file", path=path)) from None
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise KitError(message("error.faults", path=path, faults=f"  {fault}")) from None
    return structure(rows, tuple[cls, ...], path)  # type: ignore[valid-type]
