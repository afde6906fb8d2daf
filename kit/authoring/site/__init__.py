"""The browser edition: a folder of static files, for any web host, on which every lesson is alive.

It is JupyterLite with one view, Notebook 7's single page. The learner's own browser computes;
nothing is fetched from anywhere but the site, and answers stay in the browser.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from kit.authoring import release
from kit.authoring.leaks import Edition
from kit.authoring.site import packages, pyodide
from kit.course.course import Course, Sheet
from kit.course.html import template
from kit.course.messages import CONTENT, KitError, languages_of, message

_HERE = Path(__file__).parent
_MARK = "kit-site.json"  #: is in every site, so that only a site is replaced by a newer one
_KERNEL = "@jupyterlite/pyodide-kernel-extension"
#: Which of the extensions that are installed here a site has, besides the kit's own.
_EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    _KERNEL,
    "anywidget",
)
#: Parts of JupyterLab that a page of a site does not need: other kinds of files, a console, export,
#: and 'Clear Browser Data', which would take the answers too. Each costs time before the first
#: question. The browser's own search is there.
_LEFT_OUT = (
    "@jupyter-notebook/console-extension",
    "@jupyter-notebook/help-extension",
    "@jupyter-notebook/notebook-extension:checkpoints",
    "@jupyter-notebook/notebook-extension:edit-notebook-metadata",
    "@jupyter-notebook/notebook-extension:tab-icon",
    "@jupyter-notebook/terminal-extension",
    "@jupyter-notebook/tree-extension",
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/audio-extension",
    "@jupyterlab/cell-toolbar-extension",
    "@jupyterlab/celltags-extension",
    "@jupyterlab/completer-extension",
    "@jupyterlab/console-extension",
    "@jupyterlab/csvviewer-extension",
    "@jupyterlab/debugger-extension",
    "@jupyterlab/documentsearch-extension",
    "@jupyterlab/fileeditor-extension",
    "@jupyterlab/help-extension",
    "@jupyterlab/htmlviewer-extension",
    "@jupyterlab/imageviewer-extension",
    "@jupyterlab/inspector-extension",
    "@jupyterlab/json-extension",
    "@jupyterlab/json-lines-extension",
    "@jupyterlab/launcher-extension",
    "@jupyterlab/logconsole-extension",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/markdownviewer-extension",
    "@jupyterlab/metadataform-extension",
    "@jupyterlab/notebook-extension:completer",
    "@jupyterlab/notebook-extension:export",
    "@jupyterlab/notebook-extension:language-server",
    "@jupyterlab/notebook-extension:search",
    "@jupyterlab/notebook-extension:tools",
    "@jupyterlab/notebook-extension:update-raw-mimetype",
    "@jupyterlab/pdf-extension",
    "@jupyterlab/running-extension",
    "@jupyterlab/settingeditor-extension",
    "@jupyterlab/statusbar-extension",
    "@jupyterlab/terminal-extension",
    "@jupyterlab/tooltip-extension",
    "@jupyterlab/video-extension",
    "@jupyterlab/workspaces-extension",
    "@jupyterlite/application-extension:clear-browser-data",
    "@jupyterlite/application-extension:lsp-connection-manager",
    "@jupyterlite/repl-extension",
)
_LABEXTENSIONS = Path("share", "jupyter", "labextensions")
_KERNEL_WHEELS = ("ipykernel", "pyodide_kernel")
#: What the kernel would install where it is not said to be there.
_THERE = ("comm", "ipykernel", "ipython", "jedi", "micropip", "piplite", "pyodide-kernel")
#: What is imported while JupyterLite still loads. Later Python would look for it in the browser's
#: storage too: the first six are what the kernel imports, and the last is for drawing.
_BEGIN = (
    "pyodide_kernel",
    "piplite.piplite",
    "IPython.core.debugger",
    "IPython.core.logger",
    "js",
    "storemagic",
    "kit.notebook.asking",
    "kit.notebook.beginning",
    "kit.notebook.lesson",
    "kit.notebook.reading",
    "kit.questions.kinds",
    "kit.questions.label",
    "kit.questions.number",
    "kit.questions.order",
    "kit.questions.probability",
    "kit.questions.write",
    "jinja2",
)
#: What every page asks for, one after another and some again and again, beside its own notebook.
_ASKED = (
    "build/schemas/all.json",
    "build/schemas/all_federated.json",
    "api/translations/all.json",
    "api/translations/en.json",
    "api/contents/all.json",
)
#: Parts of the kit that are for authors and instructors.
_THEIRS = ("authoring", "command", "grading")
_COURSE = "kit_course"  #: where a course of one's own is, among the packages of the browser
_DRIVE = "/drive"  #: where the kernel sees what the browser keeps
_HOME = "/home/pyodide"
_PYTHON = "static/pyodide"  #: where a site has its Python
_LIBRARY = "python_stdlib.zip"


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
    if jupyterlite() is None:
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


def jupyterlite() -> Path | None:
    """Return the prefix below which JupyterLite is installed; None where it is not.

    `kit.install site` puts it apart: among the learner's packages JupyterLab would load it too.
    """
    for prefix in (Path(sys.prefix, "site"), Path(sys.prefix)):
        if (prefix / _LABEXTENSIONS / _KERNEL).is_dir():
            return prefix
    return None


def _built(course: Course, edition: Edition, core: dict[str, bytes], scratch: Path) -> Path:
    """Make a site in a folder of its own, and return where."""
    lite, out = scratch / "lite", scratch / "out"
    for sheet in course.pages:
        path = lite / "files" / sheet.notebook
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_with_whole_texts(edition[Path(sheet.notebook)]), "utf-8")
    _copy_extensions(lite / "extensions")
    begin = _write_python(course, edition, core, lite)
    _write_settings(course, lite)
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--apps", "notebooks"]
    command += ["--contents", "files", "--output-dir", str(out)]
    command += ["--no-sourcemaps", "--no-unused-shared-packages"]
    prefix = str(jupyterlite())
    apart = sysconfig.get_path("purelib", vars={"base": prefix, "platbase": prefix})
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        command,
        cwd=lite,
        env={**os.environ, "PYTHONPATH": apart},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise KitError(message("site.not_built", fault=done.stderr.strip()[-500:]))
    _finish(course, out, begin)
    return out


def _with_whole_texts(book: bytes) -> str:
    """Return a notebook whose texts are whole: of a list of lines JupyterLite shows the commas."""
    return json.dumps(nbformat.reads(book.decode("utf-8"), as_version=4), ensure_ascii=False)


def _write_python(course: Course, edition: Edition, core: dict[str, bytes], lite: Path) -> str:
    """Write the browser's Python and its packages; return the name of the module that begins it.

    What can change from one site to the next has its digest in its name, so that no browser keeps
    an old one.
    """
    folder = lite / _PYTHON
    folder.mkdir(parents=True)
    for name, data in core.items():
        (folder / name).write_bytes(data)
    pinned = pyodide.pinned()
    entries = {name: _locked(name, said) for name, said in pinned["packages"].items()}
    _write_json(folder / "pyodide-lock.json", {"info": pinned["info"], "packages": entries})
    library = packages.library(core[_LIBRARY])
    files = packages.installed(pinned["info"]["python"])
    kernel = _extension(_KERNEL) / "static" / "pypi"
    for name in _KERNEL_WHEELS:
        files |= packages.unzipped(next(kernel.glob(f"{name}-*.whl")).read_bytes())
    files |= _kit_files(course, edition)
    library, files = packages.compiled(folder, library, files, _BEGIN, lite.parent)
    (folder / _LIBRARY).unlink()
    for path, data in library.items():
        files[PurePosixPath("..", path)] = data
    values = {
        "packages": _with_digest(folder, "packages.bin", packages.packed(files)),
        "modules": ", ".join(_BEGIN),
    }
    text = (_HERE / "begin.mjs").read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{{ {key} }}}}", value)
    return _with_digest(folder, "begin.mjs", text.encode())


def _locked(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """Return a package's entry in Pyodide's lock file."""
    kind = {"install_dir": "site", "package_type": "package", "unvendored_tests": False}
    return {"name": name, **kind, **said}


def _with_digest(folder: Path, name: str, data: bytes) -> str:
    """Write a file whose name tells its content, and return its name."""
    stem, end = name.split(".")
    named = f"{stem}-{hashlib.sha256(data).hexdigest()[:12]}.{end}"
    (folder / named).write_bytes(data)
    return named


def _kit_files(course: Course, edition: Edition) -> dict[PurePosixPath, bytes]:
    """Return the kit as a notebook needs it, and the course, by their place among the packages.

    Of the built-in course every course has the sentences, in its own language, and the lexicons.
    """
    files = {}
    sentences = ["messages.toml"]
    for language in languages_of(course.root):
        sentences.append(f"messages.{language}.toml")
    for path in release.tree(release.PROJECT / "kit"):
        place = path.relative_to(release.PROJECT)
        if place.parts[1] in _THEIRS or path.suffix == ".md":
            continue
        common = path.name in sentences or path.parent.name == "lexicons"
        if common or not path.is_relative_to(CONTENT):
            files[PurePosixPath(place)] = path.read_bytes()
    top = PurePosixPath()  # the built-in course takes its own place, without its author's notes
    if course.root != CONTENT:
        top = PurePosixPath(_COURSE)
    for path, data in edition.items():
        others = path.name not in sentences and path.match("messages*.toml")
        if path.parts[0] != "handouts" and path.suffix not in (".ipynb", ".md") and not others:
            files[top / path] = data
    return files


def _extension(name: str) -> Path:
    """Return the folder of an extension of JupyterLab that is installed here, or apart."""
    apart = jupyterlite()
    if name == _KERNEL and apart is not None:
        return apart / _LABEXTENSIONS / name
    return Path(sys.prefix) / _LABEXTENSIONS / name


def _copy_extensions(folder: Path) -> None:
    for name in _EXTENSIONS:
        shutil.copytree(_extension(name), folder / name)
    own = Path("labextensions", "source-criticism-kit")
    shutil.copytree(release.PROJECT / "kit" / "notebook" / own, folder / own.name)


def _storage(course: Course) -> str:
    """Return the name of the storage in which a browser keeps a course's answers."""
    return f"kit:{course.id}"


def _write_settings(course: Course, lite: Path) -> None:
    python = ".".join(pyodide.pinned()["info"]["python"].split(".")[:2])
    home = _HOME
    if course.root != CONTENT:
        home = f"/lib/python{python}/site-packages/{_COURSE}"
    kernel = {
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": _THERE,
            "env": {"HOME": _HOME, "KIT_COURSE": home, "KIT_WORK": f"{_DRIVE}/my-work"},
        },
    }
    site = {
        "appName": course.title,
        "contentsStorageName": _storage(course),
        "disabledExtensions": list(_LEFT_OUT),
        "kitSite": "1",  # the kit's extension saves no page here
        "litePluginSettings": {f"{_KERNEL}:kernel": kernel},
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


def _finish(course: Course, out: Path, begin: str) -> None:
    """Have Python begin early; add the first page and the mark; take out what no learner needs."""
    for name in ("doc", "lab", "repl", "tree", "edit", "consoles"):
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    (out / "tree").mkdir()
    shutil.copy(_HERE / "tree.html", out / "tree" / "index.html")
    worker = out / "service-worker.js"
    worker.write_text(_script(course, "worker.js") + worker.read_text("utf-8"), "utf-8")
    watch = _script(course, "watch.js")
    _begin_early(course, out, begin, watch)
    schemas = out / "build" / "schemas" / "all.json"
    needed = []
    for schema in json.loads(schemas.read_text("utf-8")):
        if not {schema["id"], schema["id"].partition(":")[0]} & set(_LEFT_OUT):
            needed.append(schema)
    _write_json(schemas, needed)
    lessons: list[Sheet] = []
    exercises: list[Sheet] = []
    for sheet in course.sheets:
        part = exercises if sheet.graded else lessons
        part.append(sheet)
    parts = {message("site_page.lessons"): lessons, message("site_page.exercises"): exercises}
    early = []
    for path in sorted((out / _PYTHON).iterdir()):
        if path.suffix != ".whl":
            early.append(path.relative_to(out).as_posix())
    told = {"parts": parts.items(), "early": early, "watch": watch}
    page = template(_HERE / "index.html.j2", course=course, **told)
    (out / "index.html").write_text(page, "utf-8")
    _write_json(out / _MARK, {"course": course.id})


def _script(course: Course, name: str) -> str:
    """Return a script of ours, with what reads and keeps answers before it."""
    answers = (_HERE / "answers.js").read_text("utf-8").replace("{{ storage }}", _storage(course))
    return answers + (_HERE / name).read_text("utf-8")


def _begin_early(course: Course, out: Path, begin: str, watch: str) -> None:
    """Let the first kernel's worker begin with the page; JupyterLite asks it for Python later."""
    settings = out / "jupyter-lite.json"
    data = json.loads(settings.read_text("utf-8"))
    kernel = data["jupyter-config-data"]["litePluginSettings"][f"{_KERNEL}:kernel"]
    kernel["pyodideUrl"] = f"./{_PYTHON}/{begin}"
    _write_json(settings, data)
    theirs = next(out.glob(f"extensions/{_KERNEL}/static/comlink.worker.*.js"))
    both = f'import "./{begin}";\nimport "../../{theirs.relative_to(out).as_posix()}";\n'
    worker = _with_digest(out / _PYTHON, "worker.js", both.encode())
    lite = data["jupyter-config-data"]["appVersion"]
    words = {name: message(f"site_page.{name}") for name in ("late", "failed", "cannot")}
    words |= {"take": message("carry.take"), "full": message("error.no_room")}
    told = {"watch": watch, "words": words, "course": course.id, "asked": _ASKED}
    start = template(_HERE / "begin.html.j2", worker=f"{_PYTHON}/{worker}", version=lite, **told)
    page = out / "notebooks" / "index.html"
    page.write_text(page.read_text("utf-8").replace("<head>", f"<head>\n{start}", 1), "utf-8")
