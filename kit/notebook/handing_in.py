"""Handing in: ``kit.hand_in``.

Where the kit's extension is at work it is a button. The extension puts what is sealed into the
notebook's metadata, where nobody has to see it, and saves the notebook. Elsewhere running the cell
seals, into comment lines under the call, and the learner saves.
"""

from __future__ import annotations

import base64
import os
import time
from pathlib import Path
from typing import Any

import traitlets
from attrs import evolve

from kit.course.course import Course, Sheet, find_course
from kit.course.files import write_whole
from kit.course.html import template
from kit.course.messages import KitError, message, why_not, words_of_group
from kit.learner import paste, submission
from kit.learner.record import (
    LearnerRecord,
    Standing,
    mark_sealed,
    record_of,
    record_path,
    standing,
)
from kit.notebook.output import PAGE, Page, errors_as_text, notice
from kit.notebook.widget.widget import AnswerWidget, refresh, script
from kit.questions.bank import class_code_question, load_questions

_HERE = Path(__file__).parent

# An answer typed just before arrives on another thread than the call to hand in: let it arrive.
_ON_THE_WAY = 0.5  # seconds


@errors_as_text
def hand_in(name: str = "") -> HandIn | Page:
    """Seal the answers of an exercise into this notebook and into ``my-work/hand-in/``.

    Args:
        name: the exercise's id, for example ``exercise-01``.

    Returns:
        A button, where the kit's extension is at work. Elsewhere the seal is put under the call
        as comment lines, where nothing is answered none, and the page says what to do.

    """
    course = find_course()
    if not name:
        raise KitError(message("handin.which"))
    sheet = course.sheet(name)
    if os.environ.get(PAGE) == "alive":
        return HandIn(course, sheet)
    if _shell() is not None:
        time.sleep(_ON_THE_WAY)
    record = record_of(course, sheet)
    at = standing(load_questions(course, sheet), record)
    if not at.begun:
        return notice(message("handin.nothing"))
    sealed, copy, _ = _sealed(course, sheet, record)
    _seal_cell(sealed)
    lines = [message("handin.sealed", done=at.answered, all=at.questions)]
    if at.open:
        lines.append(message("handin.unanswered", numbers=_numbers(at)))
    if not sealed.learner:
        lines.append(message("handin.no_name"))
    lines.append(message("handin.copy", where=course.show_path(copy)))
    html = template(_HERE / "sealed.html.j2", lines=lines, **_two_forms(sealed, copy))
    return Page("\n".join(lines), html)


class HandIn(AnswerWidget):
    """A button that hands in, above it how far one is; its saved output says how to do without."""

    _esm = script(_HERE / "handing_in.js")
    state = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, course: Course, sheet: Sheet) -> None:
        self._course, self._sheet = course, sheet
        self._path = record_path(course, sheet)
        super().__init__(
            words=words_of_group("hand_in_page", course.root),
            state=self._state(record_of(course, sheet)),
        )
        self.listen()

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Seal what the record holds; the page puts the seal into the notebook.

        Raises:
            KitError: when nothing is answered, or the spare file cannot be written.

        """
        if request.get("do") != "hand_in":
            raise KitError(message("error.no_act"))
        record = record_of(self._course, self._sheet)
        if not standing(load_questions(self._course, self._sheet), record).begun:
            raise KitError(message("hand_in_page.nothing"))
        sealed, _, record = _sealed(self._course, self._sheet, record)
        return {**self._state(record), "seal": submission.to_json(sealed)}

    def repaint(self, record: LearnerRecord, question: str | None) -> None:
        """Say how far one is now."""
        self.state = self._state(record)

    def _state(self, record: LearnerRecord) -> dict[str, Any]:
        at = standing(load_questions(self._course, self._sheet), record)
        return {
            "done": at.answered,
            "all": at.questions,
            "open": _numbers(at),
            "nameless": not _learner(self._sheet, record),
            "changed": record.changed_since_sealed,
            "sealed": self._last(record),
            "notebook": Path(self._sheet.notebook).name,
        }

    def _last(self, record: LearnerRecord) -> dict[str, str] | None:
        """Return what was handed in last: when, and its two forms; None where nothing was."""
        copy = _copy_path(self._course, self._sheet.id, record.record)
        if record.sealed is None or not copy.is_file():
            return None
        try:
            last, _ = submission.read(copy)
        except KitError:
            return None  # it was damaged; handing in again writes it anew
        return {"at": last.sealed, **_two_forms(last, copy)}

    def _still(self) -> Page:
        return notice(message("handin.nothing"))


def _numbers(at: Standing) -> str:
    """Return the numbers of the questions that are not fully answered, as one reads them."""
    return ", ".join(map(str, at.open))


def _learner(sheet: Sheet, record: LearnerRecord) -> str:
    """Return the class code, as typed."""
    return str(record.value(class_code_question(sheet)) or "")


def _sealed(
    course: Course, sheet: Sheet, record: LearnerRecord
) -> tuple[submission.Seal, Path, LearnerRecord]:
    """Seal a record; return the seal, its copy in ``my-work/hand-in/``, and the record since.

    Raises:
        KitError: when the copy or the record cannot be written.

    """
    sealed = submission.seal(course, record, _learner(sheet, record))
    copy = _write_copy(course, sealed)
    path = record_path(course, sheet)
    record = mark_sealed(path, sealed.revision)
    refresh(path, record)
    return sealed, copy, record


def _two_forms(sealed: submission.Seal, copy: Path) -> dict[str, str]:
    """Return what is handed in where no notebook can be: a file, and a text to paste."""
    data = base64.b64encode(copy.read_bytes()).decode()
    return {"name": copy.name, "data": data, "paste": paste.to_paste(sealed)}


def _copy_path(course: Course, sheet: str, record: str) -> Path:
    return course.work / "hand-in" / f"{sheet}-{record[:6]}.json"


def _write_copy(course: Course, sealed: submission.Seal) -> Path:
    path = _copy_path(course, sealed.sheet, sealed.record)
    try:
        write_whole(path, submission.to_json(sealed).encode("ascii"))
    except OSError as fault:
        raise KitError(message("error.cannot_write", path=path, fault=why_not(fault))) from fault
    return path


def _seal_cell(sealed: submission.Seal) -> None:
    """Put the seal under the call in the cell that is running, where there is a front end."""
    shell = _shell()
    if shell is None:
        return
    source = shell.get_parent().get("content", {}).get("code", "")
    there = submission.sealed_in(source)
    # Running all cells again must not change a notebook that holds the same answers already.
    same = there is not None and evolve(there, sealed=sealed.sealed) == sealed
    if "hand_in" in source and not same:
        shell.set_next_input(submission.to_cell(submission.call_part(source), sealed), replace=True)


def _shell() -> Any:
    """Return what runs this notebook's cells; None where there is no front end."""
    from IPython import get_ipython  # noqa: PLC0415

    shell = get_ipython()
    if hasattr(shell, "get_parent"):  # IPython in a terminal has a shell too, without cells
        return shell
    return None
