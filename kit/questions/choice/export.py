"""Questions to choose from, as other systems ask them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.questions import export
from kit.questions.choice import Choice
from kit.questions.export import Asked, Cells
from kit.questions.parts import Option


class Export(export.Export):
    """See :class:`kit.questions.export.Export`."""

    question: Choice

    def share_of(self, option: Option) -> float:
        """Return which share of the marks choosing ``option`` gives; below 0 for a wrong tick.

        The shares of what is ticked add up to what the question's ``credit`` gives, 0 at the least;
        so do Moodle's.
        """
        if self.question.picks_one:
            return 1.0 if option.right else option.credit
        options = self.question.options
        if option.right:
            return 1 / sum(o.right for o in options)
        return 0.0 if option.either else -1 / sum(not o.right and not o.either for o in options)

    def left_out(self) -> str | None:
        """Moodle refuses a question whose right options do not make up the whole mark."""
        if why := super().left_out():
            return why
        right = [o for o in self.question.options if o.right]
        whole = sum(export.grade(self.share_of(option)) for option in right)
        if not self.question.picks_one and round(whole, 2) != 1:
            return "export.too_many_right"
        return None

    def shares(self) -> list[float]:
        return [self.share_of(option) for option in self.question.options]

    def asked(self) -> list[Asked]:
        options, best = self.question.options, None
        if self.question.picks_one:
            best = next(o for o in options if o.right)
        return [
            Asked(
                [export.choice(self.share_of(o), o.text, o.reason, best=o is best) for o in options]
            )
        ]

    def key_rows(self) -> Iterator[Cells]:
        for option in self.question.options:
            answer = "either" if option.either else ""
            if option.right:
                answer = "right"
            points = self.question.marks * self.share_of(option)
            yield self.row(option) | {"answer": answer, "points": points}
