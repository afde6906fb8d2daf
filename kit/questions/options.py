"""What the kinds have in common whose answer is made of options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from attrs import frozen

from kit.course.html import plain
from kit.course.messages import message
from kit.questions.base import Answer, Fault, Question, ids_in
from kit.questions.parts import Option, texts_of


@frozen(kw_only=True)
class WithOptions(Question):
    """A question whose answer is made of options."""

    published: ClassVar = Question.published | {"options", "shuffle"}
    tables: ClassVar = {"options": Option}
    takes_credit: ClassVar = False  #: a wrong option can earn a part of the marks
    takes_either: ClassVar = False  #: an option can be left open

    options: tuple[Option, ...] = ()
    shuffle: bool = False

    def lines(self, answer: Answer) -> list[str]:
        texts = texts_of(self.options)
        return [plain(texts[name]) for name in ids_in(answer)]

    def form_faults(self) -> Iterator[Fault]:
        for option in self.options:
            if message("check_words.all_above") in option.text.casefold():
                yield "all_above", {}
                return

    def key_faults(self) -> Iterator[Fault]:
        bad_credit, bad_either = [], []
        for option in self.options:
            fits = self.takes_credit and not option.right and 0 < option.credit < 1
            if option.credit and not fits:
                bad_credit.append(option.id)
            if option.either and (option.right or not self.takes_either):
                bad_either.append(option.id)
        if bad_credit:
            yield "bad_credit", {"where": ", ".join(bad_credit)}
        if bad_either:
            yield "bad_either", {"where": ", ".join(bad_either)}
