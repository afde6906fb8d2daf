"""How Python keeps a record in the browser edition, with a stand-in for the service worker."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers import text_item

from kit.course.messages import KitError
from kit.learner import storage
from kit.learner.record import keep_answer, open_record, read_record

HERE, OTHER = Path("/drive/my-work/test.json"), Path("/drive/my-work/other.json")


class Worker:
    """What the browser keeps, and what is asked of it; another tab may be quicker."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.quicker: list[str] = []  #: what another tab writes, each before our next replacing

    def answer(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        if "read" in request:
            return {"texts": [self.files.get(name) for name in request["read"]]}
        name = request["write"]
        if self.quicker:
            self.files[name] = self.quicker.pop(0)
        if "seen" in request and request["seen"] != self.files.get(name):
            return {"written": False}
        self.files[name] = request["text"]
        return {"written": True}


@pytest.fixture
def worker(monkeypatch) -> Worker:
    made = Worker()
    monkeypatch.setattr(storage, "IN_BROWSER", True)
    monkeypatch.setattr(storage, "_asked", made.answer)
    return made


def keep(name: str, path: Path = HERE):
    return keep_answer(path, text_item(f"test/{name}"), name)


def test_an_answer_takes_two_requests_and_is_there_again(worker):
    keep("a")
    assert [list(request) for request in worker.asked] == [["read"], ["write", "text", "seen"]]
    assert list(read_record(HERE).entries) == ["test/a"]


def test_to_read_writes_nothing_and_to_open_makes_the_record(worker):
    read_record(HERE)
    assert worker.files == {}
    assert open_record(HERE) == open_record(HERE)
    assert list(worker.files) == [str(HERE)]


def test_where_another_tab_was_quicker_both_answers_are_kept(worker):
    keep("b", OTHER)
    worker.quicker = [worker.files.pop(str(OTHER))]
    keep("a")
    assert sorted(read_record(HERE).entries) == ["test/a", "test/b"]


def test_where_others_are_always_quicker_it_is_told_and_nothing_is_called_kept(worker):
    worker.quicker = [json.dumps({"sheet": "test", "record": str(n)}) for n in range(99)]
    with pytest.raises(KitError, match="for several seconds"):
        keep("a")
    assert "test/a" not in worker.files[str(HERE)]


def test_many_records_are_read_in_one_request(worker):
    keep("a")
    keep("b", OTHER)
    worker.asked.clear()
    with storage.read_ahead([HERE, OTHER]):
        both = [read_record(path) for path in (HERE, OTHER)]
    assert [list(record.entries) for record in both] == [["test/a"], ["test/b"]]
    assert len(worker.asked) == 1
    read_record(HERE)
    assert len(worker.asked) == 2  # what was read ahead is not trusted for longer


@pytest.mark.parametrize(
    ("status", "text", "says"),
    [
        (507, "", "no room left"),
        (503, "", "keeps nothing"),
        (404, "<h1>Not found</h1>", "keeps nothing"),  # no service worker: the host answers
        (None, "", "keeps nothing"),
    ],
)
def test_what_is_not_kept_is_told(monkeypatch, status, text, says):
    class Request:
        def open(self, *_: object) -> None: ...

        def send(self, _: str) -> None:
            if status is None:
                raise ConnectionError

        new = classmethod(lambda cls: cls())

    Request.status, Request.responseText = status, text
    monkeypatch.setitem(sys.modules, "js", SimpleNamespace(XMLHttpRequest=Request))
    monkeypatch.setitem(sys.modules, "pyodide", SimpleNamespace())
    ffi = SimpleNamespace(JsException=ConnectionError)
    monkeypatch.setitem(sys.modules, "pyodide.ffi", ffi)
    monkeypatch.setattr(storage, "IN_BROWSER", True)
    monkeypatch.setenv(storage.SITE, "http://localhost/api/answers")
    with pytest.raises(KitError, match=says):
        keep("a")
