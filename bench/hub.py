"""A class on a hub: everybody comes in the same minute, answers, and hands in.

``make setup-hub`` first. How many learners: ``LEARNERS=80 python -m bench hub``; 40 where it is not
said. Everything is on this machine, the learners too, and nothing of it is left running.
"""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import psutil
from attrs import define, field
from helpers import COURSE
from hubserver import HOW, IS_THERE, Hub, serve_hub
from simulated import FOLDER, Learner, Server

from bench.table import Row
from kit.grading import grade_folder

_LEARNERS = 40
_MOST = 200  # learners, whatever is asked for
_COMING = 60.0  # seconds in which all press the link
_THINKING = (2.0, 8.0)  # seconds before each answer, which is hasty
_LIMIT = 900.0  # seconds for all of it; who is not done then has not got through
_FLOOR = 1500.0  # megabytes that must be free, or this machine ends programs at random
_MB = 1e6


def rows() -> list[Row]:
    """Have a class come to a hub of its own, and say how it went."""
    if not IS_THERE:
        raise SystemExit(HOW)
    count = min(int(os.environ.get("LEARNERS", _LEARNERS)), _MOST)
    # What ends this process has to end the hub as well, also where it was started with '&', which
    # leaves only this signal.
    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="kit-", ignore_cleanup_errors=True) as folder:
        with serve_hub(Path(folder) / "class") as hub:
            school = School(hub, count)
            school.hold()
        return school.rows()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit("ended from outside")


@define
class School:
    """A class on a hub, and what was seen of it."""

    hub: Hub
    count: int
    learners: list[Learner] = field(factory=list)
    servers: list[float] = field(factory=list)  #: megabytes of each learner's server
    kernels: list[float] = field(factory=list)  #: megabytes of each kernel with a lesson in it
    bare: float = 0.0  #: megabytes of a kernel in which nothing has run
    whole: float = 0.0  #: megabytes of all that the hub has started
    spent: list[float] = field(factory=list)  #: processor seconds of each server and kernel
    least_free: float = field(factory=lambda: psutil.virtual_memory().available / _MB)
    lost: int = 0  #: answers that a page called saved and no record holds
    graded: int = 0  #: hand-ins that `kit grade` has marked

    def hold(self) -> None:
        """Have everybody come, work and hand in; then look what is there."""
        threads = []
        for n in range(self.count):
            learner = Learner(self.hub.base, f"learner-{n:03}", _thinking)
            self.learners.append(learner)
            wait = _COMING * n / self.count
            threads.append(threading.Thread(target=_come, args=(learner, wait), daemon=True))
        until = time.monotonic() + _LIMIT
        for thread in threads:
            thread.start()
        why = f"not done in {_LIMIT:.0f} s"
        while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
            self._look()
            if self.least_free < _FLOOR:
                why = f"ended here: less than {_FLOOR:.0f} MB are free"
                break
            time.sleep(3)
        for learner, thread in zip(self.learners, threads, strict=True):
            if thread.is_alive():
                learner.failed = f"{learner.step}: {why}"
        self._weigh()
        self._count_lost()
        self._grade()

    def _look(self) -> None:
        """Note how much memory all of it takes now."""
        free = psutil.virtual_memory().available / _MB
        self.least_free = min(self.least_free, free)
        got_in = sum(bool(learner.first_question) for learner in self.learners)
        stuck = sum(bool(learner.failed) for learner in self.learners)
        told = (
            f"{got_in} of {self.count} have a question, {stuck} are stuck, {free:.0f} MB are free"
        )
        print(told, file=sys.stderr, flush=True)

    def _weigh(self) -> None:
        """Weigh every server and kernel, and a bare kernel beside them."""
        for process in self.hub.processes():
            try:
                command = " ".join(process.cmdline())
                weight = process.memory_full_info().pss / _MB
            except psutil.Error:  # it has just ended
                continue
            self.whole += weight
            if "ipykernel" in command or "singleuser" in command:
                times = process.cpu_times()
                self.spent.append(times.user + times.system)
            if "ipykernel" in command:
                self.kernels.append(weight)
            elif "singleuser" in command:
                self.servers.append(weight)
        self.bare = self._weigh_bare()

    def _weigh_bare(self) -> float:
        """Return the megabytes of a new kernel of the first learner who got through; else 0."""
        known = {process.pid for process in self.hub.processes()}
        for learner in self.learners:
            if learner.failed:
                continue
            server = Server(self.hub.base, f"/user/{learner.name}/", learner.browser)
            server.ask("POST", "kernels", {"name": "python3"})
            time.sleep(5)
            for process in self.hub.processes():
                if process.pid not in known:
                    return float(process.memory_full_info().pss / _MB)
        return 0.0

    def _count_lost(self) -> None:
        """Look into each learner's records for what the page has called saved."""
        for learner in self.learners:
            held = {}
            for path in self._work(learner).glob("[0-9e]*.json"):
                if path.name.count(".") == 1:  # no spare
                    entries = json.loads(path.read_text(encoding="utf-8"))["entries"]
                    held |= {name: entry["value"] for name, entry in entries.items()}
            self.lost += sum(held.get(name) != value for name, value in learner.saved.items())

    def _work(self, learner: Learner) -> Path:
        return self.hub.home(learner.name) / FOLDER / "my-work"

    def _grade(self) -> None:
        """Grade the homes as they are, as a teacher does."""
        out = self.hub.folder / "graded"
        grade_folder(COURSE, self.hub.folder / "homes", COURSE.keys, out)
        with (out / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
            self.graded = sum(1 for _ in csv.DictReader(file))

    def rows(self) -> list[Row]:
        """Return the figures."""
        first = [one.first_question for one in self.learners if one.first_question]
        clicks = [second for one in self.learners for second in one.clicks]
        through = [one for one in self.learners if not one.failed]
        stuck = Counter(one.failed.partition(":")[0] for one in self.learners if one.failed)
        for learner in self.learners:
            if learner.failed:
                print(f"{learner.name}: {learner.failed}", file=sys.stderr)
        saved = sum(len(one.saved) for one in self.learners)
        where = f"{self.count} learners on {os.cpu_count()} cores, who come within {_COMING:.0f} s"
        bare = f"a bare kernel: {self.bare:.0f} MB"
        return [
            _row(where, f"{len(through)} got through", note=_counted(stuck)),
            _row("from the link to the first live question", _spread(first, max), "60 s"),
            _row("from a click to its reason", _spread(clicks, _p95), "1 s"),
            _row("a learner's server", _spread(self.servers, max, "MB")),
            _row("a kernel with a lesson", _spread(self.kernels, max, "MB"), "bare + 25 MB", bare),
            _row("processor seconds, whole", f"{sum(self.spent) / self.count:.1f} s a learner"),
            _row("all of it, and the least that was free", self._memory()),
            _row("answers called saved, and lost of them", f"{saved}, {self.lost}", "0"),
            _row("hand-ins graded from the homes", f"{self.graded} of {len(through)}", "all"),
        ]

    def _memory(self) -> str:
        return f"{self.whole / 1000:.1f} GB, {self.least_free / 1000:.1f} GB"


def _come(learner: Learner, wait: float) -> None:
    time.sleep(wait)
    learner.come_and_work()


def _thinking() -> float:
    return random.uniform(*_THINKING)


def _row(what: str, ours: str, aim: str = "", note: str = "") -> Row:
    return Row(f"hub: {what}", ours, "", "", "", aim, note)


def _counted(stuck: Counter[str]) -> str:
    """Return at what learners got stuck, most first."""
    return ", ".join(f"{n} at '{step}'" for step, n in stuck.most_common())


def _spread(found: list[float], worst: Callable[[list[float]], float], unit: str = "s") -> str:
    """Return the median and the worst of what was found."""
    if not found:
        return "none"
    digits = 2 if unit == "s" else 0
    name = "the worst" if worst is max else "95 % up to"
    return f"{statistics.median(found):.{digits}f} {unit}, {name} {worst(found):.{digits}f} {unit}"


def _p95(found: list[float]) -> float:
    return sorted(found)[int(0.95 * (len(found) - 1))]
