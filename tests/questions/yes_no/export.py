"""Yes or no as Moodle's true or false."""

from __future__ import annotations

from kit.questions import export
from kit.questions.export import Asked


class Export(export.Export):
    """See :class:`kit.questions.export.Export`."""

    takes = ("yes-no",)

    @staticmethod
    def take(foreign):
        return {"kind": "yes-no", "claim": foreign.answers[0].text, "truth": True}

    def asked(self):
        return [Asked(["T" if self.question.truth else "F"])]

    def key_rows(self):
        cells = {"part": "claim", "text": self.question.claim, "answer": self.question.key}
        yield cells | {"points": self.question.marks}
