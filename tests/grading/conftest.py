"""The folders of a class that hands in."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def box(tmp_path) -> Path:
    """The folder that the hand-ins lie in."""
    folder = tmp_path / "handed-in"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "marks"
