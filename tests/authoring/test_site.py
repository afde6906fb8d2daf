"""What `kit site` refuses, and what it packs: no network, no browser."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

import pytest
from helpers import COURSE, PROJECT

from kit.authoring import release
from kit.authoring import site as site_module
from kit.authoring.site import pyodide, wheels, write_site
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
    pytest.importorskip("jupyterlite_core")
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
    comments = [path for path, data in files.items() if path.suffix == ".toml" and b"\n# " in data]
    assert comments == []


def test_a_course_of_one_s_own_lies_beside_the_kit():
    files = _packed(LYNX)
    assert PurePosixPath("kit_course/course.toml") in files
    assert not any("solutions" in path.parts for path in files)


def test_the_same_files_give_the_same_wheel_and_others_another_name():
    files = _packed(COURSE)
    one, same = wheels.kit_wheel(files, ()), wheels.kit_wheel(files, ())
    assert one.data == same.data
    other = wheels.kit_wheel({**files, PurePosixPath("kit/x.py"): b""}, ())
    assert other.file_name != one.file_name


def test_what_is_packed_is_python_alone_and_says_what_it_is():
    made = wheels.installed_wheels(pyodide.pinned()["info"]["python"])
    names = {wheel.name for wheel in made}
    assert {"anywidget", "cattrs", "ipython", "ipywidgets", "jinja2", "markupsafe"} <= names
    for wheel in made:
        with zipfile.ZipFile(io.BytesIO(wheel.data)) as archive:
            inside = archive.namelist()
        assert [name for name in inside if name.endswith((".so", ".pyd"))] == []
        assert any(name.endswith("dist-info/METADATA") for name in inside), wheel.name
        assert set(wheel.depends) <= names, wheel.name
