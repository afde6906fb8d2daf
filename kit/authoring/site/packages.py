"""What the browser's Python imports before the first question: one file, unpacked in one step.

Pyodide's own packages come from its release (:mod:`pyodide`), each when a cell needs it. Everything
else is written in Python alone and is installed here already, at the versions that the tests run
with: it is packed again, so that nothing has to be fetched.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement

from kit.course.messages import KitError, message

Files = dict[PurePosixPath, bytes]

#: What the kit and the kernel import before the first question; what these need comes with them.
_ROOTS = ("anywidget", "attrs", "cattrs", "comm", "ipython", "jinja2", "markdown-it-py")
#: Only for parts that no page in a browser has: completing code, a terminal, JupyterLab itself.
_LEFT_OUT = ("jedi", "jupyterlab-widgets", "pexpect", "prompt-toolkit", "widgetsnbextension")
_LEFT_OUT_FILES = re.compile(
    r"(^|/)(tests?|__pycache__)/"
    r"|\.(so|pyd|pyx|c|pyi|js|map)$"
    r"|^\.\."
    r"|\.dist-info/(RECORD|WHEEL|INSTALLER|REQUESTED|direct_url\.json|top_level\.txt)$"
    # Of the many languages that pygments can colour a page shows one, and makes no pictures of it.
    r"|^pygments/lexers/(?!__init__|_mapping|python|special)"
    r"|^pygments/(cmdline|sphinxext|formatters/(bbcode|groff|img|irc|pangomarkup|rtf|svg))"
    r"|^IPython/(sphinxext/|extensions/|testing/(?!__init__|skipdoctest))"
    r"|^IPython/terminal/(?!__init__|pt_inputhooks/__init__)"
    r"|^IPython/(lib/(backgroundjobs|deepreload|demo|guisupport|latextools)|external/qt)"
    # Forms of data, and windows of programs, that no page has.
    r"|^cattrs/preconf/(bson|cbor2|msgpack|msgspec|orjson|pyyaml|tomlkit|ujson)\."
    r"|^psygnal/(containers/|testing|qt)"
    r"|^(ipywidgets/embed|markdown_it/tree)\."
)
#: Of Python's own library what nothing here imports: mail, servers, old alphabets of texts.
_NOT_IMPORTED = re.compile(
    r"^(_pydatetime|_pyio|doctest|ftplib|imaplib|mailbox|optparse|pickletools|poplib|smtplib)\."
    r"|^(wsgiref|xmlrpc)/"
    r"|^encodings/(?!__init__|aliases|ascii|charmap|cp1252|cp437|hex_codec|idna|iso8859_1\."
    r"|latin_1|mbcs|punycode|raw_unicode_escape|unicode_escape|utf_)"
)
_IN_BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix"}
#: The kernel installs packages by `piplite`; here nothing is to be had but what is there already.
#: And it loads `storemagic`, which keeps variables, of which a page has none.
_STILL: Files = {
    PurePosixPath("piplite/__init__.py"): b"",
    PurePosixPath("piplite/piplite.py"): b"",
    PurePosixPath("storemagic.py"): b"def load_ipython_extension(shell): ...\n",
}
_HERE = Path(__file__).parent


def installed(python: str) -> Files:
    """Return what is installed here and imported there, by its place among the packages.

    Args:
        python: the version of Python in the browser, such as ``3.14.2``.

    """
    files = dict(_STILL)
    seen: set[str] = set()
    waiting = list(_ROOTS)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found = distribution(name)
        for path in found.files or []:
            if not _LEFT_OUT_FILES.search(path.as_posix()):
                files[PurePosixPath(path)] = Path(str(path.locate())).read_bytes()
        waiting += _needs(found, python)
    return files


def _needs(found: Distribution, python: str) -> list[str]:
    there = {**_IN_BROWSER, "python_version": ".".join(python.split(".")[:2]), "extra": ""}
    names = []
    for line in found.requires or []:
        need = Requirement(line)
        name = re.sub(r"[-_.]+", "-", need.name).lower()
        if name not in _LEFT_OUT and (need.marker is None or need.marker.evaluate(there)):
            names.append(name)
    return names


def unzipped(archive: bytes) -> Files:
    """Return what is in a zip, such as a wheel."""
    files = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for entry in opened.infolist():
            if not entry.is_dir():
                files[PurePosixPath(entry.filename)] = opened.read(entry)
    return files


def library(archive: bytes) -> Files:
    """Return what a page needs of Python's own library, of the zip that Pyodide comes with."""
    files = unzipped(archive)
    return {path: files[path] for path in files if not _NOT_IMPORTED.search(path.as_posix())}


def packed(files: Mapping[PurePosixPath, bytes]) -> bytes:
    """Return these files as ``begin.mjs`` unpacks them.

    Under gzip: four bytes, how long the list is; the list, which is JSON: the name and the length
    of each file; and the files, one after another. The same files give the same bytes.
    """
    names = sorted(files)
    listed = json.dumps([[name.as_posix(), len(files[name])] for name in names]).encode()
    whole = b"".join([struct.pack("<I", len(listed)), listed, *[files[name] for name in names]])
    return gzip.compress(whole, mtime=0)


def compiled(
    core: Path, library: Files, packages: Files, begin: Iterable[str], scratch: Path
) -> tuple[Files, Files]:
    """Compile what is imported at the beginning, so that no learner's browser has to.

    Only the browser's Python writes what it can read. Node.js runs it; where there is none, nothing
    is compiled, and a lesson begins later.

    Args:
        core: the folder with Pyodide's files.
        library: Python's own library.
        packages: the packages.
        begin: the names of the modules that are imported at the beginning.
        scratch: a folder for files that are needed meanwhile.

    Returns:
        The library and the packages.

    Raises:
        KitError: where a module cannot be imported there.

    """
    node = shutil.which("node")
    if node is None:
        return library, packages
    for path, data in packages.items():
        place = scratch / "packages" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    done = subprocess.run(  # noqa: S603  (its own file, and ours)
        [node, str(_HERE / "compile.mjs"), str(core), str(scratch), ",".join(begin)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise KitError(message("site.not_built", fault=done.stderr.strip()[-500:]))
    return _replaced(library, scratch / "compiled"), _replaced(packages, scratch / "compiled")


def _replaced(files: Files, folder: Path) -> Files:
    """Return the files, those that ``folder`` has in a compiled form in that form."""
    found = {}
    for path, data in files.items():
        compiled_path = path.with_suffix(".pyc")
        place = folder / compiled_path
        if path.suffix == ".py" and place.is_file():
            found[compiled_path] = place.read_bytes()
        else:
            found[path] = data
    return found
