"""What every kind of question has, and the doors at which the rest of the kit asks it.

A kind is a class below this one, in a folder of its own. Outside ``kit.questions`` nobody asks
which kind a question is: they ask it what they want to know, and each kind answers for itself.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self, TypeGuard

from attrs import frozen

from kit.course.html import block, inline
from kit.course.messages import KitError, message
from kit.questions.parts import (
    CommonError,
    Criterion,
    Label,
    Option,
    Row,
    Statement,
    TwoCounts,
    ids_and_texts,
    ids_of,
    texts_of,
)
from kit.questions.rows import AnsweredRow, StillRow, row_lines, row_list

#: An answer in its one standard form, by kind: an option's id, or what was written; a number; the
#: ids of options; the id of a label by the id of its statement. None where nothing was answered.
Answer = str | float | list[str] | dict[str, str] | None
Fault = tuple[str, Mapping[str, object]]  # the key of its sentence, and what fills it in

SELF_ASSESSMENTS = ("met", "partly", "not-yet")  #: how a learner judges their own writing
LONGEST_TEXT = 20_000  #: characters of one written answer; some ten pages


class UnreadableError(KitError):
    """What was typed cannot be kept as it is; the sentence says how it can be written otherwise."""


def is_blank(value: object) -> bool:
    """Whether ``value`` is silence: None, no text, nothing ticked, nothing labelled."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def ids_in(answer: Answer) -> list[str]:
    """Return the options' ids that an answer is, one or several; none without an answer."""
    if isinstance(answer, str):
        return [answer]
    return answer if isinstance(answer, list) else []


def labels_in(answer: Answer) -> dict[str, str]:
    """Return the labels' ids by the statements' that an answer holds; none without an answer."""
    return answer if isinstance(answer, dict) else {}


def number_in(answer: Answer) -> float:
    """Return the number that an answer is.

    Raises:
        TypeError: when it is none. Whoever asks knows that the question takes a number.

    """
    if not is_number(answer):
        raise TypeError(f"{answer!r} is no number")
    return answer


def _as_html(ids_texts: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"id": name, "text": inline(text)} for name, text in ids_texts]


class Contents:
    """What a question can be made of. A kind that has some of it declares it as its fields."""

    options: tuple[Option, ...] = ()  #: what can be chosen, or put in order
    shuffle: bool = False  #: each learner sees the options in an order of their own
    units: tuple[Statement, ...] = ()  #: the statements that are given labels
    labels: tuple[Label, ...] = ()
    rubric: tuple[Criterion, ...] = ()  #: what a reader of the answer looks for
    words: int = 0  #: the length of the text that is asked for
    model_answer: str = ""  #: a written answer that would have every mark
    look_for: str = ""  #: said to the reader beside the rubric
    resolves: bool | None = None  #: whether a forecast came true; None where that is not known


@frozen(kw_only=True)
class Question(Contents):
    """One question. Its kind says what counts as an answer, and what an answer earns.

    A lesson's question carries its key openly. A graded one is published without, and its key is
    laid over it. So the same class serves with a key and without.
    """

    kind: ClassVar[str]  #: its name in an author's TOML
    #: The fields that learners are given of a graded question. All others are part of its key and
    #: may be in ``solutions/keys/`` alone; so a new field is taken for a key until it is here.
    published: ClassVar[frozenset[str]] = frozenset(
        (
            *("id", "kind", "prompt", "passage", "marks", "paragraphs", "records"),
            *("hints", "tries", "locks", "survey", "optional"),
        )
    )
    #: The fields that hold tables, and the class of each of their rows.
    tables: ClassVar[Mapping[str, type[Any]]] = {}
    ticked: ClassVar[bool] = False  #: it can be written on a page, as a list of options with ticks
    by_reader: ClassVar[bool] = False  #: its marks are given by somebody who reads the answer
    picks_one: ClassVar[bool] = False  #: the answer is one option, of which one is right
    can_be_right: ClassVar[bool] = True  #: when it is answered, a right answer can be known

    id: str
    prompt: str
    passage: str = ""  #: Markdown shown above the question
    marks: float = 1
    paragraphs: tuple[int, ...] = ()  #: of the article, that the question is about
    records: tuple[str, ...] = ()  #: evidence that the question or its reasons rest on
    hints: tuple[str, ...] = ()  #: shown one at a time
    tries: int = 0  #: the check of so many answers shows every reason; 0 or 1: the first does
    locks: bool = False  #: the first committed answer cannot be changed
    survey: bool = False  #: nothing is right or wrong about it
    optional: bool = False  #: for those who have time; it is counted apart
    reason: str = ""  #: said to everybody after the check
    common: tuple[CommonError, ...] = ()  #: for the instructor, never shown to learners

    # --- The question ---

    @classmethod
    def folder(cls) -> Path:
        """Return the folder of the kind."""
        return Path(str(sys.modules[cls.__module__].__file__)).parent

    @property
    def rows(self) -> tuple[Row, ...]:
        """The options or statements, in the order in which the author wrote them."""
        return (*self.options, *self.units)

    @property
    def texts(self) -> list[str]:
        """All that it says to anybody, before the check and after it."""
        texts = [self.passage, self.prompt, self.reason, self.model_answer, self.look_for]
        for row in self.rows:
            texts += [row.text, row.reason]
        for error in self.common:
            texts += [error.answer, error.say]
        return [*texts, *self.hints]

    @cached_property
    def fingerprint(self) -> str:
        """What a learner is asked, as twelve hex digits, the key left out.

        Answers are kept beside it. An answer to another wording does not count, so its bytes must
        stay what they are: the empty lists too.
        """
        asked: dict[str, Any] = {
            "kind": self.kind,
            "prompt": self.prompt,
            "passage": self.passage,
            "options": ids_and_texts(self.options),
            "units": ids_and_texts(self.units),
            "labels": ids_and_texts(self.labels),
            "rubric": [criterion.text for criterion in self.rubric],
        }
        asked |= self.asked()
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]

    def asked(self) -> dict[str, Any]:
        """Return what else a learner is asked, for the fingerprint."""
        return {}

    def order_shown(self, seed: str) -> list[str]:
        """Return the options' ids as the learner whose record is called ``seed`` sees them."""
        ids = ids_of(self.options)
        if self.shuffle:
            random.Random(f"{seed}:{self.id}").shuffle(ids)  # noqa: S311  (no secret hangs on it)
        return ids

    def for_browser(self, seed: str) -> dict[str, Any]:
        """Return what its control in the browser is drawn from, and nothing of the key.

        A kind adds its own fields. The seed is that of :meth:`order_shown`.
        """
        texts = texts_of(self.options)
        units: list[dict[str, Any]] = []
        for unit in self.units:
            shown = {"id": unit.id, "text": inline(unit.text), "paragraph": unit.paragraph}
            units.append(shown)
        return {
            "options": _as_html((name, texts[name]) for name in self.order_shown(seed)),
            "units": units,
            "labels": [{"id": label.id, "text": label.text} for label in self.labels],
            "rubric": _as_html(ids_and_texts(self.rubric)),
        }

    def shortened(self, _seed: str, _most: int) -> Self:
        """Return it with at most so many of its statements; a seed draws the same each time."""
        return self

    # --- An answer to it ---

    def accept(self, value: object) -> Answer:
        """Return ``value`` in its one standard form, or refuse it.

        This is what the kit asks; :meth:`parse` is what a kind says.

        Args:
            value: an option's id; a list of them; a dict of unit id to label id; a number, or the
                text that was typed for one; or text. None and other blanks give None.

        Raises:
            KitError: when the value is no answer to this question.
            UnreadableError: when a number was typed that cannot be read, or could be two.

        """
        if is_blank(value):
            return None
        answer = self.parse(value)
        if answer is None:
            raise KitError(message("error.no_answer", id=self.id))
        return answer

    def parse(self, value: object) -> Answer:
        """Return a value that is not blank in its standard form; None where it is no answer.

        Half an answer is one too: the page sends it at every click. See :meth:`complete`.
        """
        raise NotImplementedError

    def fitting(self, value: object) -> Answer:
        """Return ``value`` in its standard form, or None where it is no answer to this question.

        An author may have changed the question since it was answered.
        """
        try:
            return self.accept(value)
        except KitError:
            return None

    def complete(self, answer: Answer) -> bool:
        """Whether ``answer`` answers all of the question."""
        return not is_blank(answer)

    def chosen_ids(self, _answer: Answer) -> list[str]:
        """Return the ids of the options that an answer chose."""
        return []

    def in_words(self, answer: Answer) -> list[str]:
        """Return an answer as a reader would want it on paper, a line each; none for silence."""
        return [] if is_blank(answer) else self.lines(answer)

    def lines(self, answer: Answer) -> list[str]:
        """Return an answer that is not blank as a reader would want it on paper, a line each."""
        raise NotImplementedError

    def read_as(self, _answer: Answer) -> str | None:
        """Return how the kit read what was typed, and its unit, where that could be doubted."""
        return None

    def read_confidence(self, _value: object) -> float | None:
        """Return how sure a learner is, from chance to 100 per cent; None where it was not asked.

        Raises:
            KitError: when the value is no such number.

        """
        return None

    def read_self_assessment(self, value: object) -> dict[str, str]:
        """Return how a learner judges their writing: by criterion, one of SELF_ASSESSMENTS.

        Raises:
            KitError: when it is none.

        """
        refused = KitError(message("error.no_answer", id=self.id))
        given = value or {}
        if not isinstance(given, dict):
            raise refused
        criteria = ids_of(self.rubric)
        for criterion, mark in given.items():
            if criterion not in criteria or mark not in SELF_ASSESSMENTS:
                raise refused
        return dict(given)

    # --- What an answer earns ---

    @property
    def key(self) -> Answer:
        """The answer that the key calls for: what a perfect learner would hand in."""
        return None

    @property
    def has_key(self) -> bool:
        """Whether there is anything to check an answer against."""
        return self.key not in (None, [], {})

    @property
    def has_right_answer(self) -> bool:
        """Whether anything is right or wrong about it."""
        return self.can_be_right and not self.survey

    @property
    def marked(self) -> bool:
        """Whether a program can mark it, once it has a key."""
        return self.has_right_answer and not self.by_reader

    @property
    def is_checked(self) -> bool:
        """Whether a program says how an answer stands, and the answer can still be changed then."""
        return self.marked and self.has_key and not self.locks

    def is_right(self, value: object) -> bool:
        """Whether a value, as a record holds it, earns all the marks."""
        return self.credit(self.fitting(value)) == 1

    def credit(self, answer: Answer) -> float | None:
        """Return the share of its marks, 0 to 1, that ``answer`` earns.

        It is None where a program cannot judge: forecasts, surveys, written answers. Silence earns
        nothing. The answer is as :meth:`accept` returns it.
        """
        if not self.marked or not self.has_key:
            return None
        return 0.0 if is_blank(answer) else self.earned(answer)

    def earned(self, answer: Answer) -> float:
        """Return the credit of an answer that is not blank, to a question with a key."""
        raise NotImplementedError

    def two_counts(self, _answer: Answer) -> TwoCounts:
        """Count sound statements that were accepted, and unsound ones that were rejected."""
        return TwoCounts()

    def paragraphs_missed(self, _answer: Answer) -> set[int]:
        """Return the paragraphs to read again after an answer that was not fully right."""
        return set(self.paragraphs)

    # --- What a check says ---

    def feedback(self, answer: Answer, *, whole: bool = True) -> dict[str, Any]:
        """Return the verdict and the reasons, as the page shows them.

        Until the ``whole`` may be shown, these are the reasons beside what the learner chose, and
        nothing that gives the key away.
        """
        earned = self.credit(answer)
        said = message("check.write")
        if earned is not None:
            said = self.verdict(answer, earned, whole=whole)
            if not whole:
                said = f"{said} {message('check.again')}"
        parts = {}
        for shown in self.answered_rows(answer, whole=whole):
            parts[shown.row.id] = shown.said()
        return {
            "verdict": said,
            "reason": block(self.reason) if whole else "",
            "model": block(self.model_answer),
            "parts": parts,
        }

    def verdict(self, answer: Answer, earned: float, *, whole: bool) -> str:
        """Return what is said of an answer that earned so much; of the key only with ``whole``.

        It is one sentence or two, and never a bare 'right' or 'wrong'.
        """
        raise NotImplementedError

    def answered_rows(self, _answer: Answer, *, whole: bool) -> list[AnsweredRow]:
        """Return the options or statements beside which something is said of an answer.

        What gives the key away is said with ``whole`` alone.
        """
        return []

    # --- Without a kernel: paper, GitHub, a page that is not run ---

    def still_rows(self, *, key: bool) -> list[StillRow]:
        """Return its options or statements; with ``key``, in the key's order, with its marks.

        A kind that has none says what its two still forms are instead.
        """
        raise NotImplementedError

    def still_lines(self, *, key: bool) -> list[str]:
        """Return the lines of plain text below the prompt; with ``key``, its answer and reasons."""
        return row_lines(self.still_rows(key=key), key=key)

    def still_html(self, *, key: bool) -> str:
        """Return the same as HTML. Authored text goes through ``inline`` or ``block`` into it.

        The outputs of the committed notebooks hold these bytes.
        """
        return row_list(self.still_rows(key=key), key=key)

    # --- An author's mistakes; those that any kind can have are told by kit.authoring ---

    def form_faults(self) -> Iterator[Fault]:
        """Yield what is wrong with the fields that only this kind has."""
        yield from ()

    def key_faults(self) -> Iterator[Fault]:
        """Yield what is wrong with its key."""
        yield from ()
