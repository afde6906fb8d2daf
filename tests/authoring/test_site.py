"""What `kit site` refuses, and what it packs: no network, no browser."""

from __future__ import annotations

import gzip
import shutil
import tomllib
from pathlib import PurePosixPath

import pytest
import tomli_w
from helpers import COURSE, PROJECT

from kit.authoring import release
from kit.authoring import site as site_module
from kit.authoring.site import packages, pyodide, write_site
from kit.course.course import load_course
from kit.course.messages import KitError


def test_a_file_that_is_not_pyodide_s_is_refused(tmp_path):
    (tmp_path / "pyodide.mjs").write_text("something else")
    with pytest.raises(KitError, match="not the file of Pyodide"):
        pyodide.files(str(tmp_path))


@pytest.mark.parametrize("place", ["nowhere", "http://localhost:9"])
def test_where_pyodide_is_not_to_be_had_it_says_what_to_do(place):
    with pytest.raises(KitError, match="--pyodide PLACE"):
        pyodide.files(place)


def test_a_folder_of_something_else_is_left_alone(course, tmp_path):
    if site_module.jupyterlite() is None:
        pytest.skip("`python -m kit.install site` brings JupyterLite")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(KitError, match="not a site of this kit"):
        write_site(course, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"


LYNX = load_course(PROJECT / "examples" / "the-lynx", PROJECT / "examples" / "the-lynx")


def _packed(course) -> dict[PurePosixPath, bytes]:
    edition = release.contents(course, release.own_files(course))
    return site_module._kit_files(course, edition)


def test_no_key_no_note_and_nothing_for_teachers_goes_to_the_browser():
    files = _packed(COURSE)
    tops = {path.parts[1] for path in files if path.parts[0] == "kit"}
    assert {"grading", "authoring", "command"} & tops == set()
    assert [path for path in files if "solutions" in path.parts or path.suffix == ".md"] == []
    tables = {path: data.decode() for path, data in files.items() if path.suffix == ".toml"}
    authored = {path: text for path, text in tables.items() if "content" in path.parts}
    assert len(authored) > 20
    for path, text in authored.items():
        said = tomli_w.dumps(tomllib.loads(text), multiline_strings=True)
        assert text == said, f"{path}: something is in it that TOML does not say, a comment"
    others = tables.keys() - authored.keys()
    assert [path for path in others if "\n# " in tables[path]] == []


def test_a_site_has_its_own_language_and_no_sheet_that_is_held_back():
    given = release.given(COURSE)
    names = {path.as_posix() for path in _packed(given)}
    assert {"kit/content/messages.toml", "kit/content/items/01-who-says-so.toml"} <= names
    assert {"kit/content/messages.es.toml", "kit/content/items/test-a.toml"} & names == set()
    panaderia = PROJECT / "tests" / "panaderia"
    files = site_module._kit_files(load_course(panaderia, panaderia), {})
    assert PurePosixPath("kit/content/messages.es.toml") in files


def test_a_course_of_one_s_own_lies_beside_the_kit():
    files = _packed(LYNX)
    assert PurePosixPath("kit_course/course.toml") in files
    content = [path for path in files if path.parts[:2] == ("kit", "content")]
    assert {path.parts[2] for path in content} == {"messages.toml", "lexicons"}
    assert not any("solutions" in path.parts for path in files)


def test_the_same_files_give_the_same_bytes():
    files = _packed(COURSE)
    turned = dict(reversed(files.items()))
    assert packages.packed(files) == packages.packed(turned)
    assert b"kit/__init__.py" in gzip.decompress(packages.packed(files))


def test_what_is_packed_is_python_alone_with_all_that_it_needs():
    files = packages.installed(pyodide.pinned()["info"]["python"])
    tops = {path.parts[0] for path in files}
    assert {"anywidget", "cattrs", "IPython", "ipywidgets", "jinja2", "markupsafe"} <= tops
    assert {"jedi", "prompt_toolkit", "pexpect"} & tops == set()
    assert [path for path in files if path.suffix in (".so", ".pyd") or "tests" in path.parts] == []
    about = {path.parts[0].split("-")[0] for path in files if path.name == "METADATA"}
    assert {"anywidget", "ipython", "traitlets"} <= about


def test_without_node_nothing_is_compiled(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    library, files = {PurePosixPath("os.py"): b""}, {PurePosixPath("kit.py"): b""}
    assert packages.compiled(tmp_path, library, files, ["kit"], tmp_path) == (library, files)
