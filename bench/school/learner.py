"""One learner on a hub, as their browser is: HTTP, a kernel's websocket, and the widgets' messages.

It speaks as JupyterLab and the kit's pages do, and draws nothing.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import requests
import websocket
from attrs import define, field
from helpers import COURSE, an_answer

from kit.notebook.output import PAGE
from kit.questions.bank import class_code_question, find_question

LESSON, EXERCISE = "notebooks/01-who-says-so.ipynb", "exercises/01-exercise.ipynb"
ANSWERS = 10  #: that each learner gives in the lesson
FOLDER = "source-criticism-kit"  #: in the home, as deploy/hub/jupyter_server_config.py makes it
_WAIT = 120.0  # seconds for anything: who waits longer has left the room
_SPAWNING = re.compile(r"/hub/spawn-pending/|/hub/spawn/")


@define
class Learner:
    """What one learner does, how long it took, and what they were told is saved."""

    base: str
    name: str
    pause: Callable[[], float]  #: seconds that they think before each answer
    first_question: float = 0.0  #: seconds from the log-in page to the first live question
    clicks: list[float] = field(factory=list)  #: seconds from each 'Check' to its reason
    #: By question: what the page said is saved.
    saved: dict[str, Any] = field(factory=dict)
    handed_in: bool = False
    failed: str = ""  #: at what they got stuck, and on what; empty where they got through
    _browser: requests.Session = field(factory=requests.Session)

    def come_and_work(self) -> None:
        """Log in, read the lesson, answer, hand in; what goes wrong is kept in ``failed``."""
        step = "log in"
        try:
            start = perf_counter()
            self._log_in()
            step = "start the server"
            self._open(LESSON)
            step = "open the lesson"
            with self._notebook(LESSON) as kernel:
                kernel.run_until_alive()
                self.first_question = perf_counter() - start
                kernel.run_the_rest()
                step = "answer"
                self._answer(kernel, list(kernel.questions)[:ANSWERS])
            step = "open the exercise"
            self._open(EXERCISE)
            with self._notebook(EXERCISE) as kernel:
                kernel.run_until_alive()
                kernel.run_the_rest()
                step = "answer the exercise"
                self._answer(kernel, list(kernel.questions))
                step = "hand in"
                self._hand_in(kernel)
        except Exception as fault:
            self.failed = f"{step}: {type(fault).__name__}: {str(fault)[:200]}"

    # --- The browser ------------------------------------------------------------------------------

    def _log_in(self) -> None:
        page = self._get("/hub/login")
        form = {
            "username": self.name,
            "password": "x",
            "_xsrf": self._browser.cookies.get("_xsrf", path="/hub/"),
        }
        answer = self._browser.post(page.url, data=form, timeout=_WAIT)
        answer.raise_for_status()

    def _open(self, notebook: str) -> None:
        """Open a notebook's page by the link that all learners get, and wait while the hub starts."""
        until = perf_counter() + _WAIT
        address = f"/hub/user-redirect/lab/tree/{FOLDER}/{notebook}"
        while perf_counter() < until:
            page = self._get(address)
            if not _SPAWNING.search(page.url):
                for script in re.findall(r'<script[^>]+src="([^"]+)"', page.text):
                    self._get(script)
                for what in ("lab/api/settings", "api/kernelspecs", f"api/contents/{FOLDER}"):
                    self._get(f"/user/{self.name}/{what}")
                return
            time.sleep(0.5)
        raise TimeoutError("the server has not started")

    def _get(self, address: str) -> requests.Response:
        answer = self._browser.get(self.base + address, timeout=_WAIT)
        answer.raise_for_status()
        return answer

    def _api(self, method: str, what: str, data: dict[str, Any] | None = None) -> Any:
        """Ask the learner's server for something, as a page of it does."""
        home = f"/user/{self.name}/"
        head = {"X-XSRFToken": self._browser.cookies.get("_xsrf", path=home)}
        address = f"{self.base}{home}api/{what}"
        answer = self._browser.request(method, address, json=data, headers=head, timeout=_WAIT)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    @contextlib.contextmanager
    def _notebook(self, notebook: str) -> Iterator[Kernel]:
        """Give a notebook a kernel, and connect to it."""
        path = f"{FOLDER}/{notebook}"
        book = self._api("GET", f"contents/{path}?content=1")["content"]
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self._api("POST", "sessions", wanted)["kernel"]["id"]
        session = uuid.uuid4().hex
        place = f"/user/{self.name}/api/kernels/{kernel}/channels?session_id={session}"
        asked = requests.Request("GET", self.base + place)
        line = websocket.create_connection(
            self.base.replace("http", "ws", 1) + place,
            cookie=requests.cookies.get_cookie_header(self._browser.cookies, asked.prepare()),
            timeout=_WAIT,
        )
        try:
            yield Kernel(line, session, book)
        finally:
            line.close()

    # --- What a learner does ------------------------------------------------------------------------

    def _answer(self, kernel: Kernel, names: list[str]) -> None:
        for name in names:
            question = find_question(COURSE, name)[1] if "/who" not in name else None
            value: Any = self.name
            if question is not None:
                value = an_answer(question)
            time.sleep(self.pause())
            model = kernel.questions[name]
            kept = kernel.ask(model, do="keep", base=0, value=value, sure=None, own={})
            self._note(name, kept)
            if question is None or not kernel.checks[name]:
                continue
            base = kept["state"]["revision"]
            start = perf_counter()
            told = kernel.ask(model, do="check", base=base, value=value, sure=None, own={})
            self._note(name, told)
            if "feedback" in told["state"]:
                self.clicks.append(perf_counter() - start)

    def _note(self, name: str, reply: dict[str, Any]) -> None:
        if not reply["ok"]:
            raise RuntimeError(reply["why"])
        self.saved[name] = reply["state"]["value"]

    def _hand_in(self, kernel: Kernel) -> None:
        reply = kernel.ask(kernel.hand_in, do="hand_in")
        if not reply["ok"]:
            raise RuntimeError(reply["why"])
        path = f"contents/{FOLDER}/{EXERCISE}"
        book = self._api("GET", f"{path}?content=1")["content"]
        book["metadata"]["kit"]["hand_in"] = reply["state"]["seal"]
        self._api("PUT", path, {"type": "notebook", "format": "json", "content": book})
        self.handed_in = True


class Kernel:
    """A kernel, and the widgets that its notebook shows."""

    def __init__(self, line: websocket.WebSocket, session: str, book: dict[str, Any]) -> None:
        self._line, self._session = line, session
        self._cells = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
        self._page, self._seq = uuid.uuid4().hex, 0
        self._states: dict[str, dict[str, Any]] = {}  # of every widget, by its model
        self.questions: dict[str, str] = {}  #: the model of each question, by the question's name
        self.checks: dict[str, bool] = {}  #: whether it has a 'Check'
        self.hand_in = ""  #: the model of the button that hands in

    def run_until_alive(self) -> None:
        """Run the cells, as the kit's extension does, until there is a question."""
        self._run(f"import os; os.environ[{PAGE!r}] = 'alive'")
        while not self.questions:
            self._run(self._cells.pop(0))

    def run_the_rest(self) -> None:
        """Run what is left of the notebook."""
        for cell in self._cells:
            self._run(cell)

    def ask(self, model: str, **request: Any) -> dict[str, Any]:
        """Send what a page sends to its widget, and return the reply."""
        self._seq += 1
        content = {**request, "page": self._page, "seq": self._seq}
        data = {"method": "custom", "content": content}
        self._send("comm_msg", {"comm_id": model, "data": data})
        while True:
            told = self._receive()
            if told["msg_type"] != "comm_msg" or told["content"]["comm_id"] != model:
                continue
            reply = told["content"]["data"].get("content") or {}
            if reply.get("page") == self._page and reply.get("seq") == self._seq:
                return dict(reply)

    def _run(self, code: str) -> None:
        sent = self._send("execute_request", {"code": code, "silent": False, "allow_stdin": False})
        while True:
            told = self._receive()
            if told["parent_header"].get("msg_id") != sent:
                continue
            if told["msg_type"] == "error":
                raise RuntimeError(told["content"]["evalue"])
            if told["msg_type"] == "status" and told["content"]["execution_state"] == "idle":
                return

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        name = uuid.uuid4().hex
        header = {
            "msg_id": name,
            "msg_type": kind,
            "session": self._session,
            "username": "",
            "version": "5.3",
        }
        told = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._line.send(json.dumps({**told, "channel": "shell", "buffers": []}))
        return name

    def _receive(self) -> dict[str, Any]:
        """Return the next message; a widget that it opens is noted."""
        data = self._line.recv()
        if isinstance(data, bytes):  # with buffers, which the kit's pages do not need
            [start] = [int.from_bytes(data[4:8], "big")]
            data = data[start:].split(b"\0", 1)[0].decode()
        told: dict[str, Any] = json.loads(data)
        if told["msg_type"] == "comm_open":
            self._note(told["content"]["comm_id"], told["content"]["data"].get("state", {}))
        return told

    def _note(self, model: str, state: dict[str, Any]) -> None:
        question = state.get("question")
        if question:
            self.questions[question["id"]] = model
            self.checks[question["id"]] = question["checks"]
        elif "done" in state.get("state", {}):
            self.hand_in = model


def think(fastest: float, slowest: float) -> float:
    """Return how long somebody thinks, in seconds."""
    return random.uniform(fastest, slowest)
