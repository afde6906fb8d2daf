"""The browser edition: a folder of static files, for any web host, on which every lesson is alive.

It is JupyterLite with one view, Notebook 7's single page. The learner's own browser computes;
nothing is fetched from anywhere but the site, and answers stay in the browser.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from kit.authoring import release
from kit.authoring.leaks import Edition
from kit.authoring.site import pyodide, wheels
from kit.course.course import Course, Sheet
from kit.course.html import template
from kit.course.messages import CONTENT, KitError, message

_HERE = Path(__file__).parent
_MARK = "kit-site.json"  #: is in every site, so that only a site is replaced by a newer one
_KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
#: Which of the extensions that are installed here a site has, besides the kit's own.
_EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
    "anywidget",
)
#: Packages that the kernel wants by name; no page uses what they do.
_STAND_INS = ("jedi",)
_KERNEL_WHEELS = ("ipykernel", "piplite", "pyodide-kernel")
#: Parts of the kit that are for authors and instructors.
_THEIRS = ("authoring", "command", "grading")
_COURSE = "kit_course"  #: where a course of one's own is, among the packages of the browser
_DRIVE = "/drive"  #: where the kernel sees what the browser keeps
_HOME = "/home/pyodide"


def write_site(course: Course, folder: Path, place: str = "") -> int:
    """Write a course as a site; an earlier site in that folder is replaced.

    Args:
        course: the course.
        folder: where to write it: a folder that is empty, a site, or not there yet.
        place: where Pyodide's files are, as :func:`pyodide.files` takes it.

    Returns:
        How many bytes it has.

    Raises:
        KitError: where JupyterLite is not installed, a file of Pyodide is not to be had, a part of
            a key would get out, or something else is in the folder; then nothing is written.

    """
    if find_spec("jupyterlite_core") is None or find_spec("jupyterlite_pyodide_kernel") is None:
        raise KitError(message("site.no_jupyterlite"))
    release.refuse_inside(course, folder)
    is_site = (folder / _MARK).is_file()
    if folder.exists() and not is_site and (not folder.is_dir() or any(folder.iterdir())):
        raise KitError(message("site.not_empty", folder=folder))
    edition = release.contents(course, release.own_files(course))
    with tempfile.TemporaryDirectory() as scratch:
        made = _built(course, edition, pyodide.files(place), Path(scratch))
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(made, folder)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _built(course: Course, edition: Edition, core: dict[str, bytes], scratch: Path) -> Path:
    """Make a site in a folder of its own, and return where."""
    lite, out = scratch / "lite", scratch / "out"
    for sheet in course.pages:
        path = lite / "files" / sheet.notebook
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_with_whole_texts(edition[Path(sheet.notebook)]), "utf-8")
    packages = _write_python(course, edition, core, lite / "static" / "pyodide")
    _write_settings(course, lite, packages)
    _copy_extensions(lite / "extensions")
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--apps", "notebooks"]
    command += ["--contents", "files", "--output-dir", str(out)]
    command += ["--no-sourcemaps", "--no-unused-shared-packages"]
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        command, cwd=lite, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise KitError(message("site.not_built", fault=done.stderr.strip()[-500:]))
    _finish(course, out)
    return out


def _with_whole_texts(book: bytes) -> str:
    """Return a notebook whose texts are whole: of a list of lines JupyterLite shows the commas."""
    return json.dumps(nbformat.reads(book.decode("utf-8"), as_version=4), ensure_ascii=False)


def _write_python(
    course: Course, edition: Edition, core: dict[str, bytes], folder: Path
) -> list[str]:
    """Write the browser's Python and its packages; return what is loaded before the first cell."""
    folder.mkdir(parents=True)
    pinned = pyodide.pinned()
    made = wheels.installed_wheels(pinned["info"]["python"])
    made += [wheels.stand_in(name) for name in _STAND_INS]
    made.append(wheels.kit_wheel(_kit_files(course, edition), [wheel.name for wheel in made]))
    entries = {name: wheels.locked(name, **said) for name, said in pinned["packages"].items()}
    for wheel in made:
        (folder / wheel.file_name).write_bytes(wheel.data)
        entries[wheel.name] = wheel.locked
    for path in _kernel_wheels():
        shutil.copy(path, folder)
        name, version = path.name.split("-")[:2]
        wheel = wheels.Wheel(name.replace("_", "-"), version, path.read_bytes())
        entries[wheel.name] = {**wheel.locked, "file_name": path.name}
    for name, data in core.items():
        (folder / name).write_bytes(data)
    lock = {"info": pinned["info"], "packages": entries}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return ["micropip", *_KERNEL_WHEELS, *[wheel.name for wheel in made]]


def _kit_files(course: Course, edition: Edition) -> dict[PurePosixPath, bytes]:
    """Return the kit as a notebook needs it, and the course, by their place among the packages."""
    files = {}
    for path in release.tree(release.PROJECT / "kit"):
        place = path.relative_to(release.PROJECT)
        if place.parts[1] not in _THEIRS and path.suffix != ".md":
            files[PurePosixPath(place)] = path.read_bytes()
    top = PurePosixPath()  # the built-in course takes its own place, without its author's notes
    if course.root != CONTENT:
        top = PurePosixPath(_COURSE)
    for path, data in edition.items():
        if path.parts[0] != "handouts" and path.suffix not in (".ipynb", ".md"):
            files[top / path] = data
    return files


def _kernel_wheels() -> list[Path]:
    """Return the wheels that the kernel's extension brings for itself."""
    folder = _labextensions() / "@jupyterlite/pyodide-kernel-extension/static/pypi"
    found = []
    for name in _KERNEL_WHEELS:
        found += sorted(folder.glob(f"{name.replace('-', '_')}-*.whl"))
    return found


def _labextensions() -> Path:
    return Path(sys.prefix) / "share" / "jupyter" / "labextensions"


def _copy_extensions(folder: Path) -> None:
    for name in _EXTENSIONS:
        shutil.copytree(_labextensions() / name, folder / name)
    own = Path("labextensions", "source-criticism-kit")
    shutil.copytree(release.PROJECT / "kit" / "notebook" / own, folder / own.name)


def _write_settings(course: Course, lite: Path, packages: list[str]) -> None:
    python = ".".join(pyodide.pinned()["info"]["python"].split(".")[:2])
    home = _HOME
    if course.root != CONTENT:
        home = f"/lib/python{python}/site-packages/{_COURSE}"
    kernel = {
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": packages,
            "env": {"HOME": _HOME, "KIT_COURSE": home, "KIT_WORK": f"{_DRIVE}/my-work"},
        },
    }
    site = {
        "appName": course.title,
        "contentsStorageName": f"kit:{course.id}",
        "kitSite": "1",  # the kit's extension saves no page here
        "litePluginSettings": {_KERNEL: kernel},
    }
    _write_json(
        lite / "jupyter-lite.json",
        {"jupyter-lite-schema-version": 0, "jupyter-config-data": site},
    )
    extensions = {"extra_labextensions_path": [str(lite / "extensions")]}
    _write_json(
        lite / "jupyter_lite_config.json",
        {"LiteBuildConfig": {"ignore_sys_prefix": True}, "FederatedExtensionAddon": extensions},
    )
    _write_json(
        lite / "overrides.json",
        {
            "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
        },
    )


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")


def _finish(course: Course, out: Path) -> None:
    """Add the first page and the mark; take out what no learner needs."""
    for name in ("doc", "lab", "repl", "tree", "edit", "consoles"):
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    (out / "tree").mkdir()
    shutil.copy(_HERE / "tree.html", out / "tree" / "index.html")
    worker = out / "service-worker.js"
    ours = (_HERE / "worker.js").read_text("utf-8")
    worker.write_text(ours + worker.read_text("utf-8"), "utf-8")
    lessons: list[Sheet] = []
    exercises: list[Sheet] = []
    for sheet in course.sheets:
        part = exercises if sheet.graded else lessons
        part.append(sheet)
    parts = {message("site_page.lessons"): lessons, message("site_page.exercises"): exercises}
    early = [f"static/pyodide/{name}" for name in pyodide.pinned()["core"]]
    # So that Python is on its way while JupyterLite begins.
    fetch = "".join(f'<link rel="prefetch" href="../{name}">' for name in early)
    lesson = out / "notebooks" / "index.html"
    lesson.write_text(lesson.read_text("utf-8").replace("</head>", f"{fetch}</head>", 1), "utf-8")
    page = template(_HERE / "index.html.j2", course=course, parts=parts.items(), early=early)
    (out / "index.html").write_text(page, "utf-8")
    _write_json(out / _MARK, {"course": course.id})
