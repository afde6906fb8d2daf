"""Processes of their own that write to a record, started by test_answers.py.

python writers.py keep RECORD PREFIX COUNT      keep COUNT answers
python writers.py killed RECORD ROUNDS SEED     be killed ROUNDS times while keeping answers
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from kit.learner.record import damaged_copies, keep_answer, read_record
from kit.questions.base import Question
from kit.questions.write import Write


def item(name: str) -> Question:
    return Write(id=f"test/{name}", prompt="?")


def keep(path: Path, prefix: str, count: int) -> None:
    for n in range(count):
        keep_answer(path, item(f"{prefix}{n}"), f"answer {prefix}{n}")


QUESTIONS = 20  # so many are answered in turn, again and again, by rising numbers
MOST = 100_000  # more than one round can answer


def _name(number: int) -> str:
    return f"q{number % QUESTIONS}"


def _keep_and_acknowledge(path: Path, round_: int, out: int) -> None:
    for number in itertools.count(round_ * MOST):
        keep_answer(path, item(_name(number)), f"{number}")
        os.write(out, f"{number}\n".encode())


def _kill_one(path: Path, round_: int, seconds: float) -> list[int]:
    """Let a child keep answers for a moment, kill it, and return what it had acknowledged."""
    inward, outward = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _keep_and_acknowledge(path, round_, outward)
        finally:
            os._exit(1)
    os.close(outward)
    with os.fdopen(inward, encoding="utf-8") as pipe:
        first = pipe.readline()  # from here on it is in the midst of its work
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return [int(number) for number in (first, *pipe.read().split())]


def killed(path: Path, rounds: int, seed: int) -> dict[str, object]:
    """Kill writers again and again; return what was acknowledged and what was lost of it."""
    moments = random.Random(seed)
    acknowledged: dict[str, int] = {}  # by question: the last answer that was called kept
    count, lost, unreadable = 0, [], 0
    for round_ in range(rounds):
        numbers = _kill_one(path, round_, moments.uniform(0, 0.06))
        acknowledged |= {_name(number): number for number in numbers}
        count += len(numbers)
        # Between the two steps of a save the last good copy is all there is.
        there = path if path.is_file() else path.with_suffix(".before.json")
        try:
            json.loads(there.read_bytes())
        except (ValueError, FileNotFoundError):
            unreadable += 1
        entries = read_record(path).entries
        # One more may have been written than was acknowledged; none may be older.
        lost += [n for name, n in acknowledged.items() if int(entries[f"test/{name}"].value) < n]
    aside = [p.name for p in damaged_copies(path)]
    return {
        "acknowledged": count,
        "lost": lost,
        "unreadable": unreadable,
        "aside": aside,
    }


if __name__ == "__main__":
    act, record, *rest = sys.argv[1:]
    if act == "keep":
        keep(Path(record), rest[0], int(rest[1]))
    else:
        sys.stdout.write(json.dumps(killed(Path(record), int(rest[0]), int(rest[1]))))
