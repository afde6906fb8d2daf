"""What to say of a TOML file that its author must mend: where, what is wrong, what to do.

Authors write these files by hand, and most have never seen TOML before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

import attrs
import cattrs

from kit.course.messages import message

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


def misfits(raw: Any, fault: Exception) -> list[str]:
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
