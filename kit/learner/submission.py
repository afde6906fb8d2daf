"""Handing in: a record's answers sealed into a notebook or a JSON file, and read back.

Reading never executes, imports or unpickles anything: a submission is JSON text and nothing else.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import cattrs
from attrs import field, frozen
from cattrs.gen import make_dict_unstructure_fn

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.learner.practice import asked_before
from kit.learner.record import LearnerRecord, now
from kit.learner.reveals import load_reveals

LARGEST_FILE = 20 * 1024 * 1024  #: bytes; a notebook of the course has some 100,000
MARK = "# kit-seal"  #: opens the seal in a cell; each of its lines then begins with '#:'
_WIDTH = 90
_MOST_SEALS = 200  #: that are looked at in one file; a notebook of the course has one


class NotSealedError(KitError):
    """A file can be read, and nobody has handed in anything with it."""


@frozen
class SealedAnswer:
    """One answer as handed in."""

    value: Any  #: what the file holds: whether it is an answer, ``Question.accept`` says
    wording: str  #: fingerprint of the question that was answered
    sure: float | None = None  #: how sure the learner is, in per cent, where that was asked


@frozen
class Seal:
    """What one learner hands in for one sheet."""

    course: str
    sheet: str
    learner: str  #: the class code or name as typed, perhaps empty
    record: str  #: the random name of the learner's record
    revision: int  #: the record's; of two seals of one record the higher counts
    sealed: str  #: when, ISO 8601, UTC
    answers: dict[str, SealedAnswer] = field(factory=dict)
    kit_seal: int = 1  #: version of this format


def _text(value: object, _: type) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, found {type(value).__name__}")
    return sys.intern(value)  # a class's hand-ins have the same names and wordings


def _count(value: object, _: type) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise TypeError("a whole number from 0 up expected")
    return value


def _percent(value: object, _: type) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 100:  # type: ignore[operator]
        raise TypeError("a number from 0 to 100 expected")
    return float(value)  # type: ignore[arg-type]


_CONVERTER = cattrs.Converter(forbid_extra_keys=True)
# cattrs would make text of anything, and a number of text.
_CONVERTER.register_structure_hook(str, _text)
_CONVERTER.register_structure_hook(int, _count)
_CONVERTER.register_structure_hook(float, _percent)
_CONVERTER.register_unstructure_hook(
    SealedAnswer,
    make_dict_unstructure_fn(SealedAnswer, _CONVERTER, _cattrs_omit_if_default=True),
)


def seal(course: Course, record: LearnerRecord, learner: str) -> Seal:
    """Return what ``record`` holds, ready to hand in.

    Questions of other lessons that were asked again to warm up, and what was opened with or without
    a forecast, are no part of what is handed in.
    """
    reveals = load_reveals(course)
    given = {}
    for name, entry in record.entries.items():
        own = asked_before(name) == name and name not in reveals
        if own and entry.value is not None:
            given[name] = SealedAnswer(entry.value, entry.wording, entry.sure)
    return Seal(
        course=course.id,
        sheet=record.sheet,
        learner=learner,
        record=record.record,
        revision=record.revision,
        sealed=now(),
        answers=given,
    )


def to_json(sealed: Seal) -> str:
    """Return the seal as JSON in ASCII, with a digest that shows a damaged or altered copy."""
    body = _CONVERTER.unstructure(sealed)
    return json.dumps({**body, "digest": _digest(body)})


def to_cell(call: str, sealed: Seal) -> str:
    """Return the source of the hand-in cell: the call, and the seal below it in comment lines."""
    text = to_json(sealed)
    lines = [f"{MARK} {message('handin.do_not_edit')}"]
    while text:
        end = _WIDTH
        # No line may end or begin with a space: editors trim those.
        while end < len(text) and (text[end] == " " or text[end - 1] == " "):
            end += 1
        lines.append("#:" + text[:end])
        text = text[end:]
    return call.rstrip() + "\n\n" + "\n".join(lines)


def call_part(source: str) -> str:
    """Return a hand-in cell's source without an earlier seal."""
    return source.partition(MARK)[0].rstrip()


def sealed_in(source: str) -> Seal | None:
    """Return the seal in a hand-in cell's source; None where there is none that can be read."""
    if MARK not in source:
        return None
    try:
        return _open(source)[0]
    except KitError:
        return None


def read(path: Path) -> tuple[Seal, bool]:
    """Read one submission, ``.ipynb`` or ``.json``, as :func:`hand_ins` does; the newest sheet's.

    Returns:
        The seal, and whether it is intact: its digest fits what it holds.

    Raises:
        KitError: when no seal can be read from it; the message says why, for a teacher.

    """
    try:
        refuse_large(path.stat().st_size)
        data = path.read_bytes()
    except OSError as fault:
        raise KitError(message("handin.not_json", fault=_short(fault))) from None
    return max(hand_ins(data), key=lambda pair: pair[0].sealed)


def refuse_large(size: int) -> None:
    """Raise a KitError where a file of ``size`` bytes is larger than any hand-in."""
    if size > LARGEST_FILE:
        raise KitError(message("handin.too_large", megabytes=size // 2**20))


def decoded(data: bytes, errors: str = "strict") -> str:
    """Return a file's text: UTF-8, or UTF-16 as Notepad can save it; else a ValueError is raised.

    With ``errors`` "replace" nothing is raised.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors)
    return data.decode("utf-8-sig", errors)


def hand_ins(data: bytes, lost: list[KitError] | None = None) -> list[tuple[Seal, bool]]:
    """Read what is handed in with one file, from its bytes: of each sheet one seal.

    Of several seals of a sheet that is the highest revision of the record that was sealed last.

    Args:
        data: what is in the file.
        lost: takes why other seals in it cannot be read, where some can.

    Returns:
        Each seal, and whether it is intact: its digest fits what it holds.

    Raises:
        KitError: when no seal can be read from it; the message says why, for a teacher.

    """
    try:
        raw = _loads(decoded(data))
    except (ValueError, RecursionError) as fault:
        raise KitError(message("handin.not_json", fault=_short(fault))) from None
    sheets: dict[str, list[tuple[Seal, bool]]] = {}
    faults = []
    for found in islice(_seals_in(raw), _MOST_SEALS):
        try:
            opened = _open(found)
        except KitError as fault:
            faults.append(fault)
        else:
            sheets.setdefault(opened[0].sheet, []).append(opened)
    if not sheets:
        raise next(iter(faults), NotSealedError(message("handin.not_sealed")))
    if lost is not None:
        lost += faults
    return [_newest(seals) for seals in sheets.values()]


def _newest(seals: list[tuple[Seal, bool]]) -> tuple[Seal, bool]:
    # Revisions compare within one record only: of two records' seals the one sealed last counts.
    last = max(seals, key=lambda pair: pair[0].sealed)[0].record
    same = [pair for pair in seals if pair[0].record == last]
    # To seal the same answers once more later makes nobody late.
    return min(same, key=lambda pair: (-pair[0].revision, not pair[1], pair[0].sealed))


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]


def _seals_in(data: Any) -> Iterator[dict[str, Any] | str]:
    """Find seals: a hand-in file is one; a notebook has them in its metadata or below a call."""
    if not isinstance(data, dict):
        return
    if "kit_seal" in data:
        yield data
    pressed = _in_metadata(data)
    if pressed:
        yield pressed
    cells = data.get("cells")
    if not isinstance(cells, list):
        return
    for cell in cells:
        if isinstance(cell, dict):
            source = _source(cell)
            if MARK in source:
                yield source


def _in_metadata(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return what the button put into a notebook's metadata; nothing where that is no table."""
    found: Any = notebook
    for name in ("metadata", "kit", "hand_in"):
        if not isinstance(found, dict):
            return {}
        found = found.get(name)
    if not isinstance(found, str):
        return {}
    try:
        raw = _loads(found)
    except (ValueError, RecursionError):
        return {"kit_seal": None}  # it was cut or edited, and is told as such
    return raw if isinstance(raw, dict) else {}


def _source(cell: dict[str, Any]) -> str:
    """Return the source of a cell, which notebooks hold as a text or as a list of lines."""
    source = cell.get("source")
    if isinstance(source, list):
        with suppress(TypeError):  # something in it is no text
            return "".join(source)
    return source if isinstance(source, str) else ""


def _from_source(source: str) -> dict[str, Any]:
    """Return what the comment lines below the mark hold; nothing where that is no table."""
    lines = []
    for line in source.partition(MARK)[2].split("\n"):
        if line.startswith(("#:", "# :")):  # a code formatter puts a space after '#'
            lines.append(line.partition(":")[2].rstrip("\r"))
    try:
        raw = _loads("".join(lines))
    except (ValueError, RecursionError):
        raise KitError(message("handin.cut")) from None
    return raw if isinstance(raw, dict) else {}


def _open(found: dict[str, Any] | str) -> tuple[Seal, bool]:
    """Return the seal in a table or in a cell's source, and whether its digest fits it."""
    raw = found
    if isinstance(raw, str):
        raw = _from_source(raw)
    body = {name: value for name, value in raw.items() if name != "digest"}
    try:
        return _CONVERTER.structure(body, Seal), raw.get("digest") == _digest(body)
    except cattrs.BaseValidationError as fault:
        first = cattrs.transform_error(fault, path="seal")[:1]
        raise KitError(message("handin.wrong_form", fault=" ".join(first)[:120])) from None
    except (ValueError, TypeError, RecursionError) as fault:
        raise KitError(message("handin.wrong_form", fault=_short(fault))) from None


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _short(fault: BaseException) -> str:
    return " ".join(str(fault).split())[:120]
