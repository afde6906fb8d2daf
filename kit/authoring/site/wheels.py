"""What the browser's Python imports, as wheels with a lock file that names their digests.

Pyodide's own packages come from its release (:mod:`pyodide`). Everything else is written in Python
alone and is installed here already, at the versions that the tests run with: it is packed again, so
that nothing has to be fetched.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath
from typing import Any

from attrs import frozen
from packaging.requirements import Requirement

import kit

#: What the kit and the kernel import before the first question; what these need comes with them.
_ROOTS = ("anywidget", "attrs", "cattrs", "comm", "ipython", "jinja2", "markdown-it-py")
#: Only for parts that no page in a browser has: completing code, a terminal, JupyterLab itself.
_LEFT_OUT = ("jedi", "jupyterlab-widgets", "pexpect", "widgetsnbextension")
_LEFT_OUT_FILES = re.compile(r"(^|/)(tests?|__pycache__)/|\.(so|pyd|pyx|c|pyi|js|map)$|^\.\.")
_IN_BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix"}
_TIME = (1980, 1, 1, 0, 0, 0)  #: of every file in a wheel, so that the same site is the same bytes


@frozen
class Wheel:
    """A package for the browser's Python."""

    name: str
    version: str
    data: bytes
    imports: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Its digest, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def file_name(self) -> str:
        """Its name; what has changed has another one, so that no browser keeps an old copy."""
        name = re.sub(r"[-_.]+", "_", self.name)
        return f"{name}-{self.version}-1{self.sha256[:12]}-py3-none-any.whl"

    @property
    def locked(self) -> dict[str, Any]:
        """What the lock file says of it."""
        return locked(
            self.name,
            version=self.version,
            file_name=self.file_name,
            sha256=self.sha256,
            imports=list(self.imports),
            depends=list(self.depends),
        )


def locked(name: str, **said: Any) -> dict[str, Any]:
    """Return a package's entry in Pyodide's lock file."""
    return {
        "name": name,
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
        **said,
    }


def installed_wheels(python: str) -> list[Wheel]:
    """Return the wheels of what is installed here and imported there.

    Args:
        python: the version of Python in the browser, such as ``3.14.2``.

    """
    wheels: dict[str, Wheel] = {}
    waiting = list(_ROOTS)
    while waiting:
        name = waiting.pop()
        if name in wheels:
            continue
        found = distribution(name)
        needs = _needs(found, python)
        wheels[name] = Wheel(name, found.version, _packed(found), depends=tuple(needs))
        waiting += needs
    return [wheels[name] for name in sorted(wheels)]


def _needs(found: Distribution, python: str) -> list[str]:
    there = {**_IN_BROWSER, "python_version": ".".join(python.split(".")[:2]), "extra": ""}
    names = []
    for line in found.requires or []:
        need = Requirement(line)
        name = re.sub(r"[-_.]+", "-", need.name).lower()
        if name not in _LEFT_OUT and (need.marker is None or need.marker.evaluate(there)):
            names.append(name)
    return sorted(set(names))


def _packed(found: Distribution) -> bytes:
    files = {}
    for path in found.files or []:
        if not _LEFT_OUT_FILES.search(path.as_posix()) and path.name != "RECORD":
            files[PurePosixPath(path)] = Path(str(path.locate())).read_bytes()
    return zipped(files)


def kit_wheel(files: Mapping[PurePosixPath, bytes], depends: Iterable[str]) -> Wheel:
    """Return the wheel that holds the kit and the course."""
    return _made("source-criticism-kit", kit.__version__, files, ("kit",), tuple(depends))


def stand_in(name: str) -> Wheel:
    """Return an empty wheel: the kernel asks for a package by name that no page uses."""
    return _made(name, "0", {}, (), ())


def _made(
    name: str,
    version: str,
    files: Mapping[PurePosixPath, bytes],
    imports: tuple[str, ...],
    depends: tuple[str, ...],
) -> Wheel:
    about = PurePosixPath(f"{name.replace('-', '_')}-{version}.dist-info")
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    tag = "Wheel-Version: 1.0\nGenerator: kit site\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    said = {about / "METADATA": metadata.encode(), about / "WHEEL": tag.encode()}
    return Wheel(name, version, zipped({**files, **said}), imports, depends)


def zipped(files: Mapping[PurePosixPath, bytes]) -> bytes:
    """Return a zip of these files; the same files give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path.as_posix(), _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[path])
    return whole.getvalue()
