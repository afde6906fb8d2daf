"""The live question: an anywidget whose page draws and whose kernel scores and keeps.

The page sends ``{do, page, seq, base, value, sure, own}``, and says 'saved' only when
``{page, seq, ok, state}`` has come back.
"""

from __future__ import annotations

import json
import threading
import weakref
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from kit.course.course import Course, Sheet
from kit.course.messages import KitError, in_words_of, message, words_of_group
from kit.learner.record import (
    ElsewhereError,
    LearnerRecord,
    SelfReport,
    keep_answer,
    open_record,
    read_record,
    record_path,
)
from kit.learner.storage import IN_BROWSER
from kit.notebook.output import Page, still_page
from kit.notebook.widget.payload import question_payload, state_payload
from kit.questions.base import Question, UnreadableError
from kit.questions.kinds import KINDS

_HERE = Path(__file__).parent
_ACTS = ("keep", "check", "show", "commit")


def text(name: str) -> str:
    """Return a file of this folder, as text."""
    return (_HERE / name).read_text(encoding="utf-8")


def script(*files: Path) -> str:
    """Return one script, joined from the files of a page, with what every page uses before them.

    There is no build: each file is a plain script and uses the names that those before it declare;
    the last is a module, and exports ``render``. So the browser gets one text, tsc sees every file
    as it is (``kit/tsconfig.json``), and Node's tests join the few that they run. An ``import`` in
    a file would have to be resolved by somebody: the page gets a text, not addresses.

    Args:
        files: the files, in their order.

    """
    return text("dom.js") + "".join(file.read_text(encoding="utf-8") for file in files)


def question_script() -> str:
    """Return the script that draws questions: with the ``control.js`` in each kind's folder."""
    files = [_HERE / name for name in ("session.js", "rules.js", "controls.js")]
    for folder in KINDS.folders():
        if (folder / "control.js").is_file():
            files.append(folder / "control.js")
    return script(*files, _HERE / "question.js")


def _as_json(request: dict[str, Any]) -> dict[str, Any]:
    """Return a message with None for null: in the browser's Python JavaScript's null is another."""
    plain: dict[str, Any] = json.loads(json.dumps(request, default=lambda _: None))
    return plain


class Saved:
    """What a widget has in a saved notebook: a page that needs no kernel."""

    def _still(self) -> Page:
        """Return that page."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self._still().text

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})  # type: ignore[misc]
        still = self._still()
        return data | {"text/plain": still.text, "text/html": still.html}, metadata


class AnswerWidget(Saved, anywidget.AnyWidget):
    """A widget whose page says 'saved' only once the kernel has acknowledged what it sent.

    It can show what is in a learner's record, and is then told when that changes.
    """

    _ECHOED = ("page", "seq")  #: of a message, so that the page knows what is acknowledged
    _course: Course
    _path: Path  #: of the record that it shows

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self.on_msg(type(self)._receive)

    def _receive(self, request: dict[str, Any], _buffers: Any = None) -> None:
        """Do what the page asks and acknowledge it; a refusal is a sentence, never silence."""
        if IN_BROWSER:
            request = _as_json(request)
        reply = {name: request.get(name) for name in self._ECHOED} | {"ok": False}
        try:
            with in_words_of(self._course.root):
                reply |= {"state": self._do(request), "ok": True}
        except KitError as fault:
            reply |= {"why": str(fault), **self._beside(fault)}
        except Exception as fault:
            # Whatever went wrong, the page must not take silence for a save.
            reply["why"] = f"{type(fault).__name__}: {fault}"
            raise
        finally:
            self.send(reply)
        with in_words_of(self._course.root):
            self._replied()

    def _replied(self) -> None:
        """Do what can wait until the page has its reply."""

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what the page asks; return the state as it then is."""
        raise NotImplementedError

    def _beside(self, _: KitError) -> dict[str, Any]:
        """Return what the page needs beside the sentence of a refusal."""
        return {}

    def listen(self) -> None:
        """Be told of changes to the record from now on, as long as the widget is there."""
        _LISTENING.add(self)

    def shows(self, path: Path) -> bool:
        """Whether it shows anything of the record at ``path``."""
        return self._path == path

    def repaint(self, record: LearnerRecord, question: str | None) -> None:
        """Show ``record`` on the page.

        Args:
            record: as it is now.
            question: the id of the one whose answer was kept; None where all may have changed.

        """
        raise NotImplementedError


_LISTENING: weakref.WeakSet[AnswerWidget] = weakref.WeakSet()


def refresh(path: Path, record: LearnerRecord, question: str | None = None) -> None:
    """Tell what this kernel shows of the record at ``path`` that it has changed.

    The same question may be open twice; and after handing in, every question's state has changed.
    """
    for view in list(_LISTENING):
        if view.shows(path):
            view.repaint(record, question)


class _Shared(ipywidgets.Widget):  # type: ignore[misc]
    """What draws the questions of a kernel; anywidget by itself would send it with every one."""

    script = traitlets.Unicode().tag(sync=True)
    css = traitlets.Unicode().tag(sync=True)


@cache
def _shared() -> _Shared:
    return _Shared(script=question_script(), css=text("question.css"))


class QuestionView(AnswerWidget):
    """One question, live. Its saved output is the still form, the same for every learner."""

    _esm = _HERE / "loader.js"
    shared = traitlets.Unicode().tag(sync=True)
    question = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, course: Course, sheet: Sheet, question: Question) -> None:
        self._course, self._question = course, question
        self._path = record_path(course, sheet)
        self._turns = threading.Lock()
        self._kept: LearnerRecord | None = None  # what others are to be told of
        # By page: the highest number of a message, and the revision that the page wrote last.
        self._pages: dict[str, tuple[int, int]] = {}
        record = open_record(self._path)
        super().__init__(
            question=question_payload(course, question, record.record),
            state=state_payload(question, record),
            words=words_of_group("view", course.root),
            shared=_shared().model_id,
        )
        self.listen()

    def _receive(self, request: dict[str, Any], _buffers: Any = None) -> None:
        if request.get("do") == "share":
            _shared.cache_clear()
            self.shared = _shared().model_id
        else:
            with self._turns:
                super()._receive(request)

    def _replied(self) -> None:
        if self._kept is not None:
            record, self._kept = self._kept, None
            refresh(self._path, record, self._question.id)

    def _beside(self, fault: KitError) -> dict[str, Any]:
        if isinstance(fault, ElsewhereError):
            with in_words_of(self._course.root):
                state = self.read()
                lines = self._question.in_words(state["value"])
            return {"elsewhere": state | {"in_words": lines}}
        if isinstance(fault, UnreadableError):
            return {"unreadable": True}
        return {}

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Keep what the page sends, unless a later message of that page has overtaken it.

        JupyterLab moves widget messages from the kernel's main thread to a subshell's while they
        flow, so a first message can arrive after a second one.
        """
        act = request.get("do")
        page, seq = str(request.get("page")), int(request.get("seq") or 0)
        latest, written = self._pages.get(page, (0, 0))
        if act == "ping" or seq < latest:
            return self.read()
        if act not in _ACTS:
            raise KitError(message("error.no_act"))
        base = request.get("base")
        if isinstance(base, int):
            base = max(base, written)  # what this page wrote itself, it need not have heard of yet
        self._pages[page] = (seq, written)
        question = self._question
        beside = SelfReport(
            question.read_confidence(request.get("sure")),
            question.read_self_assessment(request.get("own")),
        )
        record = keep_answer(
            self._path,
            question,
            request.get("value"),
            act=act,
            base=base,
            beside=beside,
        )
        state = state_payload(self._question, record)
        self._pages[page] = (seq, state["revision"])
        self._kept = record
        return state

    def read(self) -> dict[str, Any]:
        """Return the state from the record as it stands now."""
        return state_payload(self._question, read_record(self._path))

    def repaint(self, record: LearnerRecord, question: str | None) -> None:
        """Show ``record`` on the page, where it is about this question."""
        if question in (None, self._question.id):
            self.state = state_payload(self._question, record)

    def _still(self) -> Page:
        return still_page(self._question)
