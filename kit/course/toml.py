"""Strict reading of TOML and of tables of figures: every fault at once, each with its place.

Authors write these files by hand, and most have never seen TOML before: so a fault is told with
where it is, what is wrong, and what to do.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
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
        lines = "\n".join(f"  {line}" for line in _misfits(raw, fault))
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


# --- What is said of a file that its author must mend ---------------------------------------------

_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_CURLY = re.compile(r"^\s*[\w-]+\s*=\s*[\[,\s]*[“”„«»‘’]")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
#: What the reader of TOML says, and the sentence on what is mostly behind it.
_CAUSES = (
    ("Illegal character '\\n'", "open"),
    ("Illegal character '\\r'", "open"),
    ("Invalid value", "value"),
    ("Expected newline", "inside"),
    ("Unescaped '\\\\'", "backslash"),
    ("Invalid hex value", "backslash"),
    ("Cannot overwrite", "twice"),
    ("Cannot declare", "twice"),
    ("Expected ']", "bracket"),
    ("Unclosed array", "bracket"),
)
_LONGEST_LINE = 60  #: characters of a line that are shown


def unreadable(text: str, fault: Exception) -> str:
    """Return which line of a file's text is no TOML, what it says, and what is mostly the cause."""
    at = _LINE.search(str(fault))
    lines = text.splitlines()
    if at is None or int(at[1]) > len(lines):
        return str(fault)
    line = lines[int(at[1]) - 1].strip()
    cause = message(f"toml.{_cause(line, str(fault))}", fault=fault)
    if len(line) > _LONGEST_LINE:
        line = f"{line[:_LONGEST_LINE]}…"
    return message("toml.line", n=at[1], line=line, cause=cause)


def _cause(line: str, said: str) -> str:
    """Return the key of the sentence on what is mostly behind a fault in ``line``."""
    if _CURLY.match(line):
        return "curly"
    for start, key in _CAUSES:
        if said.startswith(start):
            return key
    return "other"


def _misfits(raw: Any, fault: Exception) -> list[str]:
    """Return a line for each value of a file that does not fit: its place, and what to do.

    The fault is what cattrs raised when it turned what the file holds, ``raw``, into classes.
    """
    told = []
    for line in cattrs.transform_error(fault, path="", format_exception=_what):
        what, _, steps = line.rpartition(" @ ")
        told.append(message("toml.fault", where=_place(raw, steps), what=what))
    return told


def _what(fault: BaseException, wanted: Any) -> str:
    """Return what is wrong with one value; ``wanted`` is the type that it should have."""
    if isinstance(fault, KeyError):
        return message("toml.missing")
    if isinstance(fault, cattrs.ForbiddenExtraKeysError):
        fields = [f.name for f in attrs.fields(fault.cl)]
        if hasattr(fault.cl, "kind"):
            fields.append("kind")  # in the file only: it says which class a question has
        return " ".join(_extra(name, fields) for name in sorted(fault.extra_fields))
    if get_origin(wanted) is Literal:
        return message("toml.none_of", known=", ".join(map(str, get_args(wanted))))
    if wanted in (int, float) and isinstance(fault, (ValueError, TypeError)):
        return message("toml.number")
    return str(fault)


def _extra(name: str, fields: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (slow to import)

    near = get_close_matches(name, fields, n=1)
    if near:
        return message("toml.misspelt", name=name, near=near[0])
    return message("toml.no_field", name=name)


def _place(raw: Any, steps: str) -> str:
    """Return a path like ``.item[0].options[2]`` in the ids that the author gave."""
    places: list[str] = []
    for name, n in _STEP.findall(steps):
        if name:
            places.append(name)
            raw = _at(raw, name)
            continue
        raw = _at(raw, int(n))
        row = _at(raw, "id") or int(n) + 1
        table = "".join(places[-1:])
        places[-1:] = [f"{table} “{row}”".strip()]
    return ", ".join(places) or message("toml.top")


def _at(raw: Any, step: str | int) -> Any:
    """Return what is at one step of a path; None where there is no such place."""
    with suppress(LookupError, TypeError):
        return raw[step]
    return None
