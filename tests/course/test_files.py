from __future__ import annotations

import pytest

from kit.authoring.made import write_made
from kit.course.files import keep_beside


def test_what_is_kept_beside_gets_a_free_name(tmp_path):
    path = tmp_path / "a.toml"
    assert keep_beside(path) is None
    path.write_text("one", encoding="utf-8")
    assert keep_beside(path) == tmp_path / "a.toml.before"
    path.write_text("two", encoding="utf-8")
    (tmp_path / "a.toml.before-2").mkdir()
    assert keep_beside(path) == tmp_path / "a.toml.before-3"
    kept = [tmp_path / name for name in ("a.toml.before", "a.toml.before-3", "a.toml")]
    assert [p.read_text(encoding="utf-8") for p in kept] == ["one", "two", "two"]


def test_the_same_is_kept_once(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("one", encoding="utf-8")
    assert keep_beside(path) == keep_beside(path)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_kept_is_not_passed_over(tmp_path, monkeypatch):
    path = tmp_path / "a.toml"
    path.write_text("one", encoding="utf-8")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kit.course.files.write_whole", refuse)
    with pytest.raises(PermissionError):
        keep_beside(path)
    with pytest.raises(PermissionError):
        write_made(tmp_path, path, b"two")
    assert path.read_text(encoding="utf-8") == "one"
