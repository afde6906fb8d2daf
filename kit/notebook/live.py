"""What is shown of a learner's record, and stays true while the page is open.

It is drawn anew when an answer is kept, and when the page is looked at again: the answer may have
been given in another notebook. Or it has a button, and is drawn when that is pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import traitlets

from kit.course.course import Course
from kit.course.messages import in_words_of, message
from kit.learner.record import LearnerRecord
from kit.notebook.output import Page, errors_as_text
from kit.notebook.widget.widget import AnswerWidget, script

_HERE = Path(__file__).parent


class Shown(Protocol):
    """Something to read, as ``kit.notebook.output.Page`` is."""

    @property
    def text(self) -> str:
        """What it says, as plain text."""

    def _repr_html_(self) -> str: ...


class LivePage(AnswerWidget):
    """A page that is drawn from the record, anew whenever that changes or its button is pressed.

    Its saved output is the page as it is when it is first shown.
    """

    _esm = script(_HERE / "live.js")
    _css = (_HERE / "live.css").read_text(encoding="utf-8")
    shown = traitlets.Unicode().tag(sync=True)  #: safe HTML
    button = traitlets.Unicode().tag(sync=True)
    below = traitlets.Bool().tag(sync=True)  #: whether the button follows what is shown
    no_reply = traitlets.Unicode().tag(sync=True)  #: said when a press is not answered

    def __init__(
        self,
        course: Course,
        draw: Callable[[], Shown],
        *,
        path: Path | None = None,
        button: str = "",
    ) -> None:
        """Show what ``draw`` returns.

        Args:
            course: in whose words it speaks.
            draw: returns the page as it is now.
            path: of the one record that it depends on; None where it depends on several.
            button: what its button says; without one it is drawn at once.

        """
        self._course, self._only = course, path
        self._draw = errors_as_text(draw)
        self._closed = bool(button)  # until the button has been pressed
        super().__init__(button=button, no_reply=message("view.no_kernel"))
        self._first = self._draw()
        self._show(self._first)
        self.listen()

    def shows(self, path: Path) -> bool:
        """Whether it may depend on the record at ``path``."""
        return self._only in (None, path)

    def repaint(self, _record: LearnerRecord, _question: str | None) -> None:
        """Draw the page anew: an answer has been kept."""
        if not self._closed:
            with in_words_of(self._course.root):
                self._show(self._draw())

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        if request.get("do") == "press":
            self._pressed()
        self._show(self._draw())
        return {}

    def _pressed(self) -> None:
        """Do what the button is for."""
        self._closed = False

    def _show(self, page: Shown) -> None:
        if not self._closed:
            self.shown = page._repr_html_()

    @property
    def text(self) -> str:
        """What the page says now, as plain text."""
        return self._draw().text

    def __repr__(self) -> str:
        return repr(self._draw())

    def _repr_html_(self) -> str:
        return self._draw()._repr_html_()

    def _still(self) -> Page:
        return Page(repr(self._first), self._first._repr_html_())
