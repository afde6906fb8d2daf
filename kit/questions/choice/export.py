"""Questions to choose from, as other systems ask them."""

from __future__ import annotations

from collections.abc import Iterator

from kit.course.messages import message
from kit.questions import export
from kit.questions.choice import Choice, ChooseMany, ChooseOne
from kit.questions.export import Asked, Cells
from kit.questions.foreign import Foreign, Row, numbered
from kit.questions.parts import Option


class Export(export.Export):
    """See :class:`kit.questions.export.Export`."""

    question: Choice
    takes = ("multichoice", "truefalse")

    @staticmethod
    def take(foreign: Foreign) -> Row:
        texts = []
        for answer in foreign.answers:
            text = answer.text
            if foreign.kind == "truefalse" and text.lower() in ("true", "false"):
                text = message(f"import.{text.lower()}")
            texts.append((text, answer.reason))
        rows = numbered(texts)
        shares = [answer.share for answer in foreign.answers]
        best = max(shares, default=0)
        for row, share in zip(rows, shares, strict=True):
            if share > 0 and (share == best or not foreign.single):
                row["right"] = True
            elif share > 0:
                row["credit"] = share
        right = [share for share in shares if share > 0]
        wrong = [share for share in shares if share <= 0]
        if best <= 0:
            foreign.notes.append("import.none_right")
        if foreign.single:
            if 0 < best < 1 or min(shares, default=0) < 0:
                foreign.notes.append("import.shares_one")
            if shares.count(best) > 1 and best > 0:
                foreign.notes.append("import.two_right")
        elif not (_alike(right, 1) and _alike(wrong, -1)):
            foreign.notes.append("import.shares_many")
        kind = ChooseMany.kind
        if foreign.single:
            kind = ChooseOne.kind
        return {"kind": kind, "shuffle": foreign.shuffle, "options": rows}

    def share_of(self, option: Option) -> float:
        """Return which share of the marks choosing ``option`` gives; below 0 for a wrong tick.

        The shares of what is ticked add up to what the question's ``credit`` gives, 0 at the least;
        so do Moodle's.
        """
        question = self.question
        if question.picks_one:
            return 1.0 if option.right else option.credit
        if option.right:
            return 1 / len(question.right_ids)
        if option.either:
            return 0.0
        return -1 / len(question.wrong_ids)

    def left_out(self) -> str | None:
        """Moodle refuses a question whose right options do not make up the whole mark."""
        why = super().left_out()
        if why or self.question.picks_one:
            return why
        whole = 0.0
        for option in self.question.options:
            if option.right:
                whole += export.grade(self.share_of(option))
        return None if round(whole, 2) == 1 else "export.too_many_right"

    def shares(self) -> list[float]:
        return [self.share_of(option) for option in self.question.options]

    def asked(self) -> list[Asked]:
        lines = []
        for option in self.question.options:
            best = option.id == self.question.key  # of several right options none is the best
            share = self.share_of(option)
            lines.append(export.choice(share, option.text, option.reason, best=best))
        return [Asked(lines)]

    def key_rows(self) -> Iterator[Cells]:
        for option in self.question.options:
            answer = ""
            if option.right:
                answer = "right"
            elif option.either:
                answer = "either"
            points = self.question.marks * self.share_of(option)
            yield self.row(option) | {"answer": answer, "points": points}


def _alike(shares: list[float], whole: float) -> bool:
    """Whether each share is the same part of the whole, as the kit counts ticks."""
    return all(abs(share - whole / len(shares)) < 0.001 for share in shares)
