from __future__ import annotations

import sys

import pytest

from kit.authoring.skeleton import new_course
from kit.authoring.spares import keep_spares, put_back


@pytest.fixture
def town(tmp_path):
    new_course(tmp_path / "Our town")
    keep_spares(tmp_path / "Our town")
    return tmp_path / "Our town"


@pytest.mark.parametrize(
    "name",
    ["course.toml", "items/exercise-01.toml", "lessons/exercise-01.md", "solutions/keys/01.toml"],
)
def test_a_file_that_a_shell_has_emptied_is_put_back(town, monkeypatch, name):
    path = town / name
    before = path.read_bytes()
    with path.open("w", encoding="utf-8") as file:  # as the shell does for `> name`
        monkeypatch.setattr(sys, "stdout", file)
        assert put_back(town) == (path, True)
    assert path.read_bytes() == before


def test_an_emptied_file_is_told_and_an_empty_one_replaces_no_copy(town, capsys):
    path = town / "items" / "exercise-01.toml"
    path.write_text("")
    keep_spares(town)
    assert put_back(town) == (None, False)
    assert "exercise-01.toml is empty" in capsys.readouterr().err
    assert (town / ".kit" / "items" / "exercise-01.toml").read_text("utf-8")
