"""A kind of question that the kit does not have, made outside of it: yes or no."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from kit.course.html import inline
from kit.questions.base import Question


@frozen(kw_only=True)
class YesNo(Question):
    """Say yes or no. The right one earns 1."""

    kind: ClassVar = "yes-no"
    published: ClassVar = Question.published | {"claim"}

    claim: str
    truth: bool | None = None

    @property
    def texts(self):
        return [*super().texts, self.claim]

    def asked(self):
        return {"claim": self.claim}

    def for_browser(self, seed):
        return super().for_browser(seed) | {"claim": self.claim}

    def parse(self, value):
        return value if value in ("yes", "no") else None

    def lines(self, answer):
        return [f"{self.claim}: {answer}"]

    @property
    def key(self):
        return None if self.truth is None else "yes" if self.truth else "no"

    @property
    def has_key(self):
        return self.truth is not None

    def earned(self, answer):
        return float(answer == self.key)

    def verdict(self, answer, earned, *, whole):
        return f"You said {answer}, and {'so' if earned else 'not so'} does the key."

    def still_lines(self, *, key):
        return [f"  {self.claim} [{self.key if key else '   '}]"]

    def still_html(self, *, key):
        return f"<p>{inline(self.claim)} [{self.key if key else '   '}]</p>"

    def form_faults(self):
        if "?" in self.claim:
            yield "two_right", {"count": 2}
