from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from attrs import evolve
from filelock import FileLock
from helpers import a_question, text_item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.course.messages import KitError
from kit.learner import storage
from kit.learner.record import (
    LearnerRecord,
    damaged_copies,
    keep_answer,
    mark_sealed,
    mark_warm_ups,
    open_record,
    read_record,
)
from kit.questions.parts import Option

SHEET = "test"
ITEM = text_item("test/a")
CHOICE = a_question("test/c", "choose-one", "?", options=(Option("x", "X"), Option("y", "Y")))
FORECAST = a_question("test/f", "probability", "?", locks=True)
WRITERS = Path(__file__).with_name("writers.py")


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "my-work" / "test.json"


def keep(path, value, item=ITEM, **more) -> LearnerRecord:
    return keep_answer(path, item, value, **more)


def read(path) -> LearnerRecord:
    return read_record(path)


def writer(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITERS), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def kept(record, item_id):
    entry = record.entries.get(item_id)
    return entry and entry.value


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def test_an_answer_is_on_the_disk_when_keep_returns(path):
    keep(path, "mine")
    there = json.loads(path.read_text(encoding="utf-8"))
    assert there["entries"]["test/a"]["value"] == "mine"
    assert there["entries"]["test/a"]["wording"] == ITEM.fingerprint


def test_a_record_comes_back_as_it_was_kept(path):
    written = keep(path, "ü “x” 🦉\n\n end ")
    assert read(path) == written
    assert kept(read(path), "test/a") == "ü “x” 🦉\n\n end "
    assert kept(read(path), "test/other") is None


def test_opening_makes_the_file_and_opening_again_changes_nothing(path):
    first = open_record(path)
    before = path.read_bytes()
    assert open_record(path) == first
    assert path.read_bytes() == before


def test_reading_makes_no_file(path):
    assert read(path).entries == {}
    assert not path.exists()


def test_the_revision_rises_with_each_change_and_with_nothing_else(path):
    assert keep(path, "a").revision == 1
    assert keep(path, "a").revision == 1
    assert keep(path, "b").revision == 2
    assert keep(path, None).revision == 3
    assert kept(read(path), "test/a") is None


def test_each_record_has_a_name_of_its_own(path, tmp_path):
    assert keep(path, "a").record != keep(tmp_path / "other.json", "a").record
    assert keep(path, "b").record == read(path).record


def test_each_check_is_noted_with_its_answer_the_first_one_first(path):
    keep(path, "x", CHOICE, act="check")
    keep(path, "y", CHOICE)
    record = keep(path, "y", CHOICE, act="check")
    assert record.entries["test/c"].checks == ("x", "y")


def test_a_committed_answer_stands(path):
    keep(path, 10, FORECAST)
    keep(path, 70, FORECAST, act="commit")
    for act in ("keep", "check", "commit"):
        record = keep(path, 20, FORECAST, act=act)
        assert kept(record, "test/f") == 70
        assert record.entries["test/f"].committed
    assert kept(keep(path, None, FORECAST), "test/f") == 70
    assert kept(read(path), "test/f") == 70


def test_what_is_no_answer_is_refused_and_changes_nothing(path):
    keep(path, "x", CHOICE)
    before = path.read_bytes()
    with pytest.raises(KitError, match="test/c"):
        keep(path, "z", CHOICE)
    assert path.read_bytes() == before


def test_a_record_knows_whether_it_changed_since_it_was_sealed(path):
    record = keep(path, "a")
    assert not record.changed_since_sealed
    assert not mark_sealed(path, record.revision).changed_since_sealed
    assert keep(path, "b").changed_since_sealed
    assert not mark_sealed(path, 2).changed_since_sealed


# --- Two writers --------------------------------------------------------------------------------


def test_two_processes_on_one_record_lose_nothing(path):
    both = [writer("keep", path, prefix, 40) for prefix in "ab"]
    for process in both:
        finish(process)
    record = read(path)
    expected = {f"test/{p}{n}": f"answer {p}{n}" for p in "ab" for n in range(40)}
    assert {name: entry.value for name, entry in record.entries.items()} == expected
    assert record.revision == 80


def test_threads_on_one_record_lose_nothing(path):
    def keep_ten(prefix: str) -> None:
        for n in range(10):
            keep(path, f"{prefix}{n}", text_item(f"test/{prefix}{n}"))

    threads = [threading.Thread(target=keep_ten, args=(p,)) for p in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {e.value for e in read(path).entries.values()} == {
        f"{p}{n}" for p in "abcd" for n in range(10)
    }
    assert read(path).revision == 40


def test_a_record_that_stays_locked_is_told_in_a_sentence(path, monkeypatch):
    keep(path, "before")
    monkeypatch.setattr(storage, "_LOCK_SECONDS", 0.05)
    with FileLock(path.with_suffix(".lock")), pytest.raises(KitError, match="Another program"):
        keep(path, "after")
    assert kept(read(path), "test/a") == "before"
    assert kept(keep(path, "after"), "test/a") == "after"


# --- When the disk fails ------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KitError, match="cannot be written"):
        keep(tmp_path / "file" / "test.json", "a")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_is_told_and_the_earlier_answer_stays(path, monkeypatch, step):
    keep(path, "first")
    keep(path, "second")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, full)
        with pytest.raises(KitError, match="the disk is full"):
            keep(path, "third")
    assert kept(read(path), "test/a") == "second"
    assert kept(keep(path, "third"), "test/a") == "third"


# --- Damaged files ------------------------------------------------------------------------------


def broken_json() -> st.SearchStrategy[bytes]:
    """Return bytes that are no record: any bytes, and JSON of another shape."""
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["sheet", "record", "entries", "revision", "x"]), inner, max_size=4
            )
        ),
        max_leaves=8,
    )
    return st.binary(max_size=40) | values.map(json.dumps).map(str.encode)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=broken_json())
def test_no_content_of_the_file_stops_an_answer(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("broken") / "test.json"
    path.write_bytes(data)
    assert kept(keep(path, "mine"), "test/a") == "mine"
    assert kept(read(path), "test/a") == "mine"


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_set_aside_and_the_spare_used(path, share):
    keep(path, "one", text_item("test/one"))
    keep(path, "two", text_item("test/two"))
    cut = path.read_bytes()[: int(share * path.stat().st_size)]
    path.write_bytes(cut)
    assert kept(read(path), "test/one") == "one"
    assert [p.read_bytes() for p in damaged_copies(path)] == [cut]
    assert kept(keep(path, "three", text_item("test/three")), "test/one") == "one"
    assert json.loads(path.read_bytes())["entries"].keys() == {"test/one", "test/three"}


def test_a_vanished_file_comes_back_from_the_spare(path):
    keep(path, "one", text_item("test/one"))
    keep(path, "two", text_item("test/two"))
    path.unlink()
    assert kept(read(path), "test/one") == "one"
    assert kept(open_record(path), "test/one") == "one"


def test_when_both_copies_are_damaged_both_are_set_aside_and_nothing_is_deleted(path):
    keep(path, "one")
    keep(path, "two")
    spare = path.with_suffix(".before.json")
    path.write_bytes(b"first")
    spare.write_bytes(b"second")
    assert read(path).entries == {}
    assert {p.read_bytes() for p in damaged_copies(path)} == {b"first", b"second"}


def test_a_second_damaged_file_does_not_replace_the_first(path):
    for n in range(3):
        keep(path, "mine")
        keep(path, "mine too")
        path.write_bytes(b"bad %d" % n)
        read(path)
    assert {p.read_bytes() for p in damaged_copies(path)} == {b"bad 0", b"bad 1", b"bad 2"}


def test_one_sheets_damaged_files_are_not_anothers(path):
    other = path.with_name("test-two.json")
    other.parent.mkdir()
    other.write_bytes(b"bad")
    read_record(other)
    assert damaged_copies(path) == []
    assert len(damaged_copies(other)) == 1


def test_nothing_is_left_lying_about_after_a_save(path):
    keep(path, "a")
    keep(path, "b")
    names = {p.name for p in path.parent.iterdir()}
    assert names - {"test.lock"} == {"test.json", "test.before.json"}


# --- Killed -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_writer_killed_at_any_moment_has_lost_nothing_that_it_acknowledged(path):
    told = json.loads(finish(writer("killed", path, 300, 2026)))
    assert told["lost"] == []
    assert told["unreadable"] == 0
    assert told["aside"] == []
    assert told["acknowledged"] >= 300


def test_an_answer_to_another_wording_is_kept_as_such(path):
    keep(path, "mine")
    asked_anew = evolve(ITEM, prompt="Say something else.")
    assert read(path).entries["test/a"].wording != asked_anew.fingerprint
    assert keep(path, "mine", asked_anew).revision == 2


def test_the_first_warm_ups_drawn_stand(path):
    assert mark_warm_ups(path, ("a", "b")).warm_ups == ("a", "b")
    assert mark_warm_ups(path, ("c",)).warm_ups == ("a", "b")
    assert read(path).warm_ups == ("a", "b")


def test_the_copy_before_the_last_is_another_file(path):
    for value in ("one", "two", "three"):
        keep(path, value)
    spare = path.with_suffix(".before.json")
    assert kept(read_record(spare), "test/a") == "two"
    assert sorted(p.name for p in path.parent.iterdir() if p.name.startswith(".")) == []


def test_a_save_that_was_cut_off_between_its_two_steps_loses_nothing(path, monkeypatch):
    keep(path, "one")
    real = Path.replace

    def cut(source, target):
        if source.name.endswith(".new"):
            raise KeyboardInterrupt  # as a kill would, it leaves what has been done
        return real(source, target)

    with monkeypatch.context() as context:
        context.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            keep(path, "two")
    assert not path.exists()
    assert kept(read(path), "test/a") == "one"
    keep(path, "three")
    assert kept(read(path), "test/a") == "three"


def test_where_the_new_file_cannot_take_its_place_the_old_one_stands(path, monkeypatch):
    keep(path, "one")
    before = path.read_bytes()
    real = Path.replace

    def refuse(source, target):
        if source.name.endswith(".new"):
            raise PermissionError(13, "in use")
        return real(source, target)

    with monkeypatch.context() as context:
        context.setattr(Path, "replace", refuse)
        with pytest.raises(KitError):
            keep(path, "two")
    assert path.read_bytes() == before
