"""Writing in one's own words: ``write``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import frozen
from markupsafe import escape

from kit.course.article import paragraphs
from kit.course.html import block, inline, plain
from kit.course.messages import in_digits, message
from kit.questions.base import LONGEST_TEXT, Answer, Fault, Question, UnreadableError
from kit.questions.parts import Criterion, Level


@frozen(kw_only=True)
class Write(Question):
    """Write in one's own words. A reader marks it, by the rubric."""

    kind: ClassVar = "write"
    published: ClassVar = Question.published | {"rubric", "words"}
    tables: ClassVar = {"rubric": Criterion}
    by_reader: ClassVar = True

    rubric: tuple[Criterion, ...] = ()
    words: int = 60  #: the length that is asked for; 1 gives a single line
    model_answer: str = ""
    look_for: str = ""

    def for_browser(self, seed: str) -> dict[str, Any]:
        return super().for_browser(seed) | {"words": self.words}

    def parse(self, value: object) -> Answer:
        if not isinstance(value, str):
            return None
        over = len(value) - LONGEST_TEXT
        if over > 0:
            told = {"long": len(value), "most": LONGEST_TEXT, "over": over}
            raise UnreadableError(message("error.too_long", **told))
        # A lone surrogate cannot be written to a file; a keyboard cannot make one.
        return value.encode("utf-8", "replace").decode()

    def lines(self, answer: Answer) -> list[str]:
        return paragraphs(str(answer))

    @property
    def key(self) -> Answer:
        return self.model_answer or None

    def still_lines(self, *, key: bool) -> list[str]:
        lines = []
        for criterion in self.rubric:
            line = f"  - {plain(criterion.text)}"
            if key:
                levels = [f"{in_digits(x.points, 'g')} = {plain(x.text)}" for x in criterion.levels]
                line += f" ({'; '.join(levels)})"
            lines.append(line)
        if key and self.model_answer:
            lines.append(message("still.model", answer=plain(self.model_answer)))
        if key and self.look_for:
            lines.append(plain(self.look_for))
        return lines

    def still_html(self, *, key: bool) -> str:
        rows = []
        for criterion in self.rubric:
            text = inline(criterion.text)
            if key:
                text += f"<ul>{''.join(map(_level_html, criterion.levels))}</ul>"
            rows.append(f"<li>{text}</li>\n")
        html = ""
        if rows:
            html = f"<p>{escape(message('view.rubric'))}</p><ul>\n{''.join(rows)}</ul>"
        if key and self.model_answer:
            answer = block(self.model_answer)
            html += f"<p><strong>{escape(message('view.model'))}</strong></p>"
            html += f"<blockquote>{answer}</blockquote>"
        if key and self.look_for:
            html += f"<p>{inline(self.look_for)}</p>"
        return html

    def form_faults(self) -> Iterator[Fault]:
        if self.marks and not self.rubric:
            yield "no_rubric", {}

    def key_faults(self) -> Iterator[Fault]:
        """Yield the criteria that cannot be marked by, and a sum that is not the marks."""
        if not self.marks:
            return
        thin, most = [], 0.0
        for criterion in self.rubric:
            if not criterion.levels or not all(level.anchor for level in criterion.levels):
                thin.append(criterion.id)
            most += max((level.points for level in criterion.levels), default=0)
        if thin:
            yield "no_levels", {"where": ", ".join(thin)}
        if most != self.marks:
            yield "rubric_sum", {"most": f"{most:g}", "marks": f"{self.marks:g}"}


def _level_html(level: Level) -> str:
    anchor = ""
    if level.anchor:
        anchor = f" <em>“{inline(level.anchor)}”</em>"
    return f"<li>{in_digits(level.points, 'g')}: {inline(level.text)}{anchor}</li>"
