"""The browser edition's way to keep a record, tried on an ordinary disk: no locks, but claims."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit.course.messages import KitError
from kit.learner import storage
from kit.learner.record import read_record

WRITERS = Path(__file__).with_name("writers.py")


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(storage, "IN_BROWSER", True)
    (tmp_path / "my-work").mkdir()
    return tmp_path / "my-work" / "test.json"


def claims(path: Path) -> list[str]:
    return sorted(claim.name for claim in (path.parent / ".claims").iterdir())


def test_two_tabs_lose_no_answer_and_leave_no_claim(path):
    command = [sys.executable, str(WRITERS), "keep", str(path)]
    environment = {**os.environ, "AS_IN_BROWSER": "1"}
    tabs = [subprocess.Popen([*command, name, "25"], env=environment) for name in "ab"]
    assert [tab.wait(120) for tab in tabs] == [0, 0]
    kept = read_record(path, "test").entries
    assert sorted(kept) == sorted(f"test/{name}{n}" for name in "ab" for n in range(25))
    assert claims(path) == []


def test_a_claim_of_another_tab_is_waited_for_and_told(path, monkeypatch):
    monkeypatch.setattr(storage, "_LOCK_SECONDS", 0.1)
    with (
        storage.locked(path),
        pytest.raises(KitError, match="for several seconds"),
        storage.locked(path),
    ):
        pass
    assert claims(path) == []


def test_another_record_s_claim_is_none_on_this(path):
    with storage.locked(path.with_name("test-2.json")), storage.locked(path):
        assert len(claims(path)) == 2


def test_what_a_closed_tab_has_left_is_cleared_away(path):
    (path.parent / ".claims").mkdir()
    old = path.parent / ".claims" / f"test {time.time() - 60:.3f} abcd"
    old.touch()
    with storage.locked(path):
        assert not old.exists()


@pytest.mark.parametrize("before", [b"", b"{}", b'{"a": "much longer than what follows"}'])
def test_what_is_written_over_leaves_nothing_of_the_old(path, before):
    path.write_bytes(before)
    storage.replace(path, b'{"b": 1}', path)
    assert path.read_bytes().rstrip(b" ") == b'{"b": 1}'


def test_where_the_browser_keeps_nothing_nothing_is_called_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "IN_BROWSER", True)
    drive = tmp_path / "drive"  # it is missing there
    with pytest.raises(KitError, match="keeps nothing"), storage.locked(drive / "my-work" / "a"):
        pass
    assert not drive.exists()
