"""At the top of a page: take my answers with me, bring my answers, paste a text of my own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from kit.course.course import Course
from kit.course.messages import KitError, message, words_of_group
from kit.learner import carry
from kit.notebook.widget.widget import AnswerWidget, refresh, script

_HERE = Path(__file__).parent


class Carry(AnswerWidget):
    """The line about the record, and below it the buttons; saved, it is the line alone."""

    _esm = script(_HERE / "carry.js")
    words = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)  #: of the file that is taken

    def __init__(self, course: Course) -> None:
        self._course = course
        super().__init__(
            words=words_of_group("carry", course.root), name=f"answers-{course.id}.json"
        )
        self.on_msg(Carry._receive)

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answers, put those of a file into the records, or keep a text."""
        if request.get("do") == "take":
            return {"text": carry.take(self._course)}
        if request.get("do") in ("own", "article"):
            return {"name": carry.keep_text(self._course, request["do"], str(request.get("text")))}
        if request.get("do") != "bring":
            raise KitError(message("error.no_act"))
        brought = carry.bring(self._course, str(request.get("text")))
        for path, record in brought.items():
            refresh(path, record)
        return {"pages": len(brought)}

    def __repr__(self) -> str:
        return message("carry.summary")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data |= {"text/plain": repr(self), "text/html": '<p class="kit-carry"></p>'}
        return data, metadata
