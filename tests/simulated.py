"""A learner, as a Jupyter server meets them: HTTP, a kernel's websocket, widgets' messages.

It speaks as JupyterLab and the kit's pages do, and draws nothing. The benchmark of a hub has a
class of them; the tests have one.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import requests
import websocket
from attrs import define, field
from helpers import COURSE, an_answer

from kit.notebook.output import PAGE
from kit.questions.bank import find_question

LESSON, EXERCISE = "notebooks/01-who-says-so.ipynb", "exercises/01-exercise.ipynb"
CODE = "exercise-01/who"  #: the question for the class code
ANSWERS = 10  #: that each learner gives in the lesson
FOLDER = "source-criticism-kit"  #: in the home, as deploy/hub/jupyter_server_config.py makes it
_WAIT = 120.0  # seconds for anything: who waits longer has left the room
_SPAWNING = re.compile(r"/hub/spawn-pending/|/hub/spawn/")


@define
class Server:
    """A learner's Jupyter server, as their browser reaches it."""

    base: str  #: the address of the host, with no slash at its end
    home: str  #: the server's place there, such as ``/user/ana/``
    browser: requests.Session = field(factory=requests.Session)

    def get(self, address: str) -> requests.Response:
        """Fetch something of the host; raises where that is refused."""
        answer = self.browser.get(self.base + address, timeout=_WAIT)
        answer.raise_for_status()
        return answer

    def ask(self, method: str, what: str, data: dict[str, Any] | None = None) -> Any:
        """Ask the server for something, as a page of it does."""
        head = {}
        with_cookie = self.browser.cookies.get("_xsrf", path=self.home)
        if with_cookie:
            head["X-XSRFToken"] = with_cookie
        address = f"{self.base}{self.home}api/{what}"
        answer = self.browser.request(method, address, json=data, headers=head, timeout=_WAIT)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    @contextlib.contextmanager
    def notebook(self, notebook: str) -> Iterator[Kernel]:
        """Give a notebook a kernel, and connect to it; it stays when its page is closed."""
        path = f"{FOLDER}/{notebook}"
        book = self.ask("GET", f"contents/{path}?content=1")["content"]
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.ask("POST", "sessions", wanted)["kernel"]["id"]
        session = uuid.uuid4().hex
        place = f"{self.home}api/kernels/{kernel}/channels?session_id={session}"
        asked = requests.Request("GET", self.base + place)
        line = websocket.create_connection(
            self.base.replace("http", "ws", 1) + place,
            cookie=requests.cookies.get_cookie_header(self.browser.cookies, asked.prepare()),
            header={k: v for k, v in self.browser.headers.items() if k == "Authorization"},
            timeout=_WAIT,
        )
        try:
            yield Kernel(line, session, book)
        finally:
            line.close()

    def hand_in(self, kernel: Kernel) -> None:
        """Press the exercise's button, and do what the kit's extension does with the seal."""
        reply = kernel.ask(kernel.hand_in, do="hand_in")
        path = f"contents/{FOLDER}/{EXERCISE}"
        book = self.ask("GET", f"{path}?content=1")["content"]
        book["metadata"]["kit"]["hand_in"] = reply["state"]["seal"]
        self.ask("PUT", path, {"type": "notebook", "format": "json", "content": book})


@define
class Learner:
    """What one learner of a hub does, how long it took, and what they were told is saved."""

    base: str
    name: str
    pause: Callable[[], float]  #: seconds that they think before each answer
    first_question: float = 0.0  #: seconds from the log-in page to the first live question
    clicks: list[float] = field(factory=list)  #: seconds from each 'Check' to its reason
    saved: dict[str, Any] = field(factory=dict)  #: by question, what the page said is saved
    step: str = "log in"  #: what they are at
    failed: str = ""  #: at what they got stuck, and on what; empty where they got through
    browser: requests.Session = field(factory=requests.Session)

    def come_and_work(self) -> None:
        """Log in, read the lesson, answer, hand in; what goes wrong is kept in ``failed``."""
        try:
            self._come_and_work()
        except Exception as fault:
            self.failed = f"{self.step}: {type(fault).__name__}: {str(fault)[:200]}"

    def _come_and_work(self) -> None:
        start = perf_counter()
        server = Server(self.base, f"/user/{self.name}/", self.browser)
        self._log_in(server)
        self.step = "start the server"
        self._open(server, LESSON)
        self.step = "open the lesson"
        with server.notebook(LESSON) as kernel:
            kernel.run_until_alive()
            self.first_question = perf_counter() - start
            kernel.run_the_rest()
            self.step = "answer"
            self.answer(kernel, list(kernel.questions)[:ANSWERS])
        self.step = "open the exercise"
        self._open(server, EXERCISE)
        with server.notebook(EXERCISE) as kernel:
            kernel.run_until_alive()
            kernel.run_the_rest()
            self.step = "answer the exercise"
            self.answer(kernel, list(kernel.questions))
            self.step = "hand in"
            server.hand_in(kernel)

    def _log_in(self, server: Server) -> None:
        page = server.get("/hub/login")
        form = {
            "username": self.name,
            "password": "x",
            "_xsrf": server.browser.cookies.get("_xsrf", path="/hub/"),
        }
        server.browser.post(page.url, data=form, timeout=_WAIT).raise_for_status()

    def _open(self, server: Server, notebook: str) -> None:
        """Open a notebook by the link that all learners get; wait while the hub starts a server."""
        until = perf_counter() + _WAIT
        address = f"/hub/user-redirect/lab/tree/{FOLDER}/{notebook}"
        while perf_counter() < until:
            page = server.get(address)
            if not _SPAWNING.search(page.url):
                for script in re.findall(r'<script[^>]+src="([^"]+)"', page.text):
                    server.get(script)
                for what in ("lab/api/settings", "api/kernelspecs", f"api/contents/{FOLDER}"):
                    server.get(server.home + what)
                return
            time.sleep(0.5)
        raise TimeoutError("the server has not started")

    def answer(self, kernel: Kernel, names: list[str]) -> None:
        """Answer as the page does: keep each answer, and check it where that is offered."""
        for name in names:
            value: Any = self.name
            if name != CODE:
                value = an_answer(find_question(COURSE, name)[1])
            time.sleep(self.pause())
            model = kernel.questions[name]
            beside = {"value": value, "sure": None, "own": {}}
            told = kernel.ask(model, do="keep", base=0, **beside)
            self.saved[name] = told["state"]["value"]
            if not kernel.checks[name]:
                continue
            start = perf_counter()
            told = kernel.ask(model, do="check", base=told["state"]["revision"], **beside)
            self.saved[name] = told["state"]["value"]
            if "feedback" in told["state"]:
                self.clicks.append(perf_counter() - start)


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
        self.run(f"import os; os.environ[{PAGE!r}] = 'alive'")
        while not self.questions:
            self.run(self._cells.pop(0))

    def run_the_rest(self) -> None:
        """Run what is left of the notebook."""
        for cell in self._cells:
            self.run(cell)

    def ask(self, model: str, **request: Any) -> dict[str, Any]:
        """Send what a page sends to its widget, and return the reply; raises where it refuses."""
        self._seq += 1
        content = {**request, "page": self._page, "seq": self._seq}
        data = {"method": "custom", "content": content}
        self._send("comm_msg", {"comm_id": model, "data": data})
        while True:
            told = self._receive()
            if told["msg_type"] != "comm_msg" or told["content"]["comm_id"] != model:
                continue
            reply = told["content"]["data"].get("content") or {}
            if reply.get("page") != self._page or reply.get("seq") != self._seq:
                continue
            if not reply["ok"]:
                raise RuntimeError(reply["why"])
            return dict(reply)

    def run(self, code: str) -> None:
        """Run a cell, and wait until it is done; raises where it fails."""
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
        told: dict[str, Any] = json.loads(self._line.recv())
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
