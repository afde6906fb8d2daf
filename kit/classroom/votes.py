"""Votes of a class: small files in a folder that all can write to, and counted from there.

There is no server. The folder is what the room has: a hub's shared volume, a school's network
drive. A vote is one file, written in one step, so that two at once and half-written ones do no
harm. It carries no name. Where there is no such folder, a vote is a code of six characters to read
out, or the teacher counts hands; both come into the same count.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from attrs import evolve, field, frozen

from kit.course.course import Course, Sheet
from kit.course.files import write_whole
from kit.course.messages import KitError, message, why_not
from kit.learner.storage import IN_BROWSER
from kit.questions.base import Question
from kit.questions.parts import ids_of

FOLDER = "KIT_CLASS"  #: the variable that names the class's folder
ROUNDS = (1, 2)  #: before the class has talked it over, and after
_FORMAT = 1
_WAIT = 3.0  # seconds that a network drive has to answer
_LARGEST = 2000  # bytes; a vote has some 150
_MOST_FILES = 5000  # that are looked at: a class has some dozens
_NAME = re.compile(r"(?P<round>[12])-[0-9a-z]{3,12}\.json")
# Whoever may list the folder may read what is in it, whatever an account keeps to itself elsewhere.
_READABLE = 0o644
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # of a code: none is taken for another (Crockford)
_SAME = str.maketrans("ILOU", "110V")  # what people read for them
_VOTER, _CHECK = 3, 2  # letters of a code
_P = ParamSpec("_P")
_T = TypeVar("_T")


@frozen
class Count:
    """How a class has voted in one round."""

    by_option: dict[str, int] = field(factory=dict)  #: how many chose each, by the option's id
    hands: dict[str, int] = field(factory=dict)  #: of these, the hands that the teacher counted
    passed_over: int = 0  #: votes on another wording, and files that are none

    @property
    def votes(self) -> int:
        """How many votes there are."""
        return sum(self.by_option.values())


def ballot(sheet: Sheet, question: Question) -> Question:
    """Return a question as the class votes on it: without a check, so without its reasons.

    Raises:
        KitError: when it is none of which one option is chosen.

    """
    if not question.picks_one:
        raise KitError(message("votes.no_choice", id=question.id))
    name = f"{sheet.prefix}/vote/{question.id}"
    return evolve(question, id=name, survey=True, locks=False, hints=(), reason="")


def class_folder() -> Path | None:
    """Return the folder that the class shares; None where none is named."""
    named = os.environ.get(FOLDER, "").strip()
    return Path(named).expanduser() if named else None


def counting_folder(course: Course) -> Path:
    """Return the folder that votes are counted in: the class's, else one of the teacher's own."""
    return class_folder() or course.work / "class"


def voter_of(record: str, question: Question) -> str:
    """Return the name of a vote: the same for one learner's record, and telling nothing of it."""
    return hashlib.sha256(f"{record}:{question.id}".encode()).hexdigest()[:12]


# --- Asking the folder ----------------------------------------------------------------------------

# A drive that has gone leaves whoever asks it waiting, so another thread asks. One at a time: a
# page that asks every second must not leave a row of them behind.
_asking: dict[Path, threading.Thread] = {}


def _in_time(do: Callable[Concatenate[Path, _P], _T]) -> Callable[Concatenate[Path, _P], _T]:
    """Let a function that does something with a folder wait no longer than that may take.

    It then raises a KitError when it fails, or takes longer.
    """

    @wraps(do)
    def in_time(folder: Path, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        if IN_BROWSER:
            return do(folder, *args, **kwargs)  # no drive can go there, and there are no threads
        before = _asking.get(folder)
        if before and before.is_alive():
            before.join(_WAIT)
        done: list[_T] = []
        failed: list[OSError] = []

        def ask() -> None:
            try:
                done.append(do(folder, *args, **kwargs))
            except OSError as fault:
                failed.append(fault)

        if not (before and before.is_alive()):
            _asking[folder] = threading.Thread(target=ask, daemon=True)
            _asking[folder].start()
            _asking[folder].join(_WAIT)
        if failed:
            raise KitError(message("votes.no_folder", folder=folder, fault=why_not(failed[0])))
        if not done:
            raise KitError(message("votes.silent_folder", folder=folder))
        return done[0]

    return in_time


# --- Giving one -----------------------------------------------------------------------------------


@_in_time
def cast(folder: Path, question: Question, voter: str, option: str) -> int:
    """Put a vote into the folder, in the place of an earlier one of the same voter and round.

    Returns:
        The round that it counts in.

    Raises:
        KitError: when the folder cannot be written, or does not answer.

    """
    now = _round(folder, question)
    vote = {"kit_vote": _FORMAT, "wording": question.fingerprint, "option": option}
    place = _place(folder, question, f"{now}-{voter}")
    write_whole(place, json.dumps(vote).encode(), mode=_READABLE)
    return now


def code(question: Question, voter: str, option: str) -> str:
    """Return a vote as six letters and digits: the option, who votes, and a check of both."""
    body = _LETTERS[ids_of(question.options).index(option)] + _letters(voter, _VOTER)
    return body + _letters(question.fingerprint + body, _CHECK)


def read_code(question: Question, text: str) -> tuple[str, str]:
    """Return the voter and the option of a code that was read out.

    Raises:
        KitError: when it is none of this question's.

    """
    plain = re.sub(r"[\s.-]", "", text).upper().translate(_SAME)
    body, check = plain[:-_CHECK], plain[-_CHECK:]
    options = ids_of(question.options)
    if len(body) == 1 + _VOTER and check == _letters(question.fingerprint + body, _CHECK):
        n = _LETTERS.find(body[0])
        if n < len(options):
            return body[1:].lower(), options[n]
    raise KitError(message("votes.no_code", text=text.strip()[:20]))


def _letters(text: str, count: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:count])


# --- Counting them --------------------------------------------------------------------------------


@_in_time
def counts(folder: Path, question: Question) -> tuple[int, dict[int, Count]]:
    """Return the round that the class is in, and how it has voted in each.

    Raises:
        KitError: when the folder cannot be read, or does not answer.

    """
    given: dict[int, Counter[str]] = {n: Counter() for n in ROUNDS}
    odd: Counter[int] = Counter()
    for path, now in _votes(folder, question):
        option = _option_in(path, question)
        if option:
            given[now][option] += 1
        else:
            odd[now] += 1
    found = {}
    for now in ROUNDS:
        hands = _hands(folder, question, now)
        given[now].update(hands)
        by_option = {name: given[now][name] for name in ids_of(question.options)}
        found[now] = Count(by_option, hands, odd[now])
    return _round(folder, question), found


def _votes(folder: Path, question: Question) -> Iterator[tuple[Path, int]]:
    """Yield the file of each vote, and its round."""
    start, n = _start(question), 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(start):
                continue
            match = _NAME.fullmatch(entry.name.removeprefix(start))
            if match and n < _MOST_FILES and entry.is_file(follow_symlinks=False):
                n += 1
                yield Path(entry.path), int(match["round"])


def _option_in(path: Path, question: Question) -> str:
    """Return the option that a vote is for; nothing where the file is no vote on this wording."""
    vote = _read(path)
    if vote.get("kit_vote") != _FORMAT or vote.get("wording") != question.fingerprint:
        return ""
    option = vote.get("option")
    return option if isinstance(option, str) and option in ids_of(question.options) else ""


def _hands(folder: Path, question: Question, now: int) -> dict[str, int]:
    """Return how many hands the teacher has counted for each option."""
    hands = _read(_place(folder, question, f"{now}.hands"))
    found = {}
    for name in ids_of(question.options):
        count = hands.get(name)
        if type(count) is int and count > 0:
            found[name] = count
    return found


def _round(folder: Path, question: Question) -> int:
    now = _read(_place(folder, question, "round")).get("round")
    return now if now in ROUNDS else ROUNDS[0]


def _read(path: Path) -> Mapping[str, Any]:
    """Return what a small file holds; nothing where it is missing, odd, or closed to us."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST))
    except (FileNotFoundError, PermissionError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# --- What the teacher does ------------------------------------------------------------------------


@_in_time
def begin_round(folder: Path, question: Question, now: int) -> None:
    """Let votes count in this round from now on; raises as :func:`counts`."""
    data = json.dumps({"round": now}).encode()
    write_whole(_place(folder, question, "round"), data, mode=_READABLE)


@_in_time
def count_hands(folder: Path, question: Question, now: int, hands: Mapping[str, int]) -> None:
    """Keep how many hands were up for each option in a round; raises as :func:`counts`."""
    data = json.dumps(dict(hands)).encode()
    write_whole(_place(folder, question, f"{now}.hands"), data)


@_in_time
def clear(folder: Path, question: Question) -> None:
    """Delete every vote on a question, and what was counted by hand; raises as :func:`counts`."""
    for path, _ in list(_votes(folder, question)):
        path.unlink(missing_ok=True)
    for name in ("round", *(f"{now}.hands" for now in ROUNDS)):
        _place(folder, question, name).unlink(missing_ok=True)


def _place(folder: Path, question: Question, name: str) -> Path:
    """Return where something about a question is kept.

    All lies in the folder itself: in a folder within it, which some learner would be the first to
    make, that learner could delete the others' votes.
    """
    return folder / f"{_start(question)}{name}.json"


def _start(question: Question) -> str:
    return re.sub(r"[^\w-]+", "--", question.id) + "."
