"""Pyodide, the browser's Python: its files, of one version, each held to its digest.

Where they come from is the teacher's choice: Pyodide's own release on the network, or a folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

from kit.course.messages import KitError, message, why_not

VARIABLE = "KIT_PYODIDE"  #: names the place where no option does
_RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
_SECONDS = 60


@cache
def pinned() -> dict[str, Any]:
    """Return which version it is, and of each of its files that a site holds the digest."""
    data: dict[str, Any] = json.loads(Path(__file__).with_name("pyodide.json").read_text("utf-8"))
    return data


def names() -> dict[str, str]:
    """Return the names of the files that a site holds, and their digests."""
    digests = dict(pinned()["core"])
    for package in pinned()["packages"].values():
        digests[package["file_name"]] = package["sha256"]
    return digests


def files(place: str = "") -> dict[str, bytes]:
    """Return Pyodide's files by name.

    Args:
        place: a folder that holds them, or an address below which they are; where it is empty the
            variable ``KIT_PYODIDE`` says it, and else it is Pyodide's own release.

    Raises:
        KitError: where one is missing, cannot be fetched or is not the one that is expected.

    """
    version = pinned()["version"]
    place = place or os.environ.get(VARIABLE, "") or _RELEASE.format(version=version)
    found = {}
    for name, digest in names().items():
        data = _read(place, name)
        if hashlib.sha256(data).hexdigest() != digest:
            raise KitError(message("site.other_file", name=name, place=place, version=version))
        found[name] = data
    return found


def _read(place: str, name: str) -> bytes:
    values = {"name": name, "place": place, "version": pinned()["version"]}
    try:
        if not place.startswith(("https://", "http://")):
            return (Path(place) / name).read_bytes()
        address = f"{place.rstrip('/')}/{name}"
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310  (see above)
            data: bytes = answer.read()
            return data
    except urllib.error.URLError as fault:
        raise KitError(message("site.no_file", fault=fault.reason, **values)) from None
    except OSError as fault:
        raise KitError(message("site.no_file", fault=why_not(fault), **values)) from None
