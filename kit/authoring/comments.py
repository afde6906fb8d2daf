"""TOML files without their comments, which may hold a part of the key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kit.course.toml import parse


@lru_cache(maxsize=256)  # a check and a release ask for the same files
def without_comments(data: bytes) -> bytes:
    """Return a TOML file without its comments; as it is where it cannot be read."""
    try:
        text = data.decode("utf-8-sig")
        meant = parse(text)
    except ValueError:
        return data
    lines = [line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#")]
    if not _says(lines, meant):  # such a line belongs to a text of several lines
        lines = text.splitlines(keepends=True)
    for n, line in enumerate(lines):
        for match in re.finditer(r"\s*#", line):
            shorter = [*lines[:n], line[: match.start()] + "\n", *lines[n + 1 :]]
            if _says(shorter, meant):
                lines = shorter
                break
    return "".join(lines).encode("utf-8")


def _says(lines: list[str], meant: Mapping[str, Any]) -> bool:
    """Whether lines of TOML say what was meant."""
    try:
        return tomllib.loads("".join(lines)) == meant
    except tomllib.TOMLDecodeError:
        return False
