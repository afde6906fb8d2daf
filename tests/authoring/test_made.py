from __future__ import annotations

import pytest

from kit.authoring.made import shelf, write_made
from kit.course.files import write_whole


def test_the_shelf_is_passed_over_by_git(tmp_path):
    folder = shelf(tmp_path)
    assert shelf(tmp_path) == folder
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_only_what_somebody_changed_is_kept(tmp_path):
    path = tmp_path / "deep" / "a.html"
    assert write_made(tmp_path, path, b"one") is None
    assert write_made(tmp_path, path, b"two") is None, "merely out of date"
    path.write_bytes(b"mine")
    assert write_made(tmp_path, path, b"two") == path.with_name("a.html.before")
    assert path.read_bytes() == b"two"
    assert path.with_name("a.html.before").read_bytes() == b"mine"


@pytest.mark.parametrize("marks", [None, b"nonsense", b"[]", b"\xff"])
def test_what_was_not_noted_counts_as_changed(tmp_path, marks):
    path = tmp_path / "a.html"
    write_made(tmp_path, path, b"one")
    notes = shelf(tmp_path) / "made.json"
    notes.unlink()
    if marks is not None:
        write_whole(notes, marks)
    assert write_made(tmp_path, path, b"one") is None, "nothing would be lost"
    notes.unlink()
    kept = write_made(tmp_path, path, b"two")
    assert kept is not None
    assert kept.read_bytes() == b"one"


def test_where_nothing_can_be_noted_the_file_is_written_all_the_same(tmp_path):
    (tmp_path / ".kit").touch()
    write_made(tmp_path, tmp_path / "a.html", b"one")
    assert (tmp_path / "a.html").read_bytes() == b"one"
