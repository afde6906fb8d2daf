"""Aiken: a question, its options with a letter before each, and a line ``ANSWER: B``.

Read more widely than Moodle does: with brackets, several letters, and ``Ans - B``, as people write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import evolve

from kit.authoring.importing.markdown import markdown
from kit.questions.foreign import Answer, Foreign

_OPTION = re.compile(r"\s*\(?([A-Za-z])\s*[.)]\s*(?=\S)(.*)")
_LETTERS = r"[A-Z](?:\s*[,&]?\s*[A-Z])+|[A-Za-z]"
_RIGHT = re.compile(rf"\s*(?i:ANS(?:WER)?)\s*[:-]\s*\(?({_LETTERS})(?![\w'’]).*")
_SAID = re.compile(r"\s*(?:EXPLANATION|FEEDBACK)\s*:\s*(.*)", re.IGNORECASE)
UNREADABLE = "unreadable"  #: in place of a kind, for what breaks the rules of its format


def looks_like(text: str) -> bool:
    """Whether a text is Aiken, and no GIFT."""
    titled = re.search(r"(?m)^\s*(?:::|\$CATEGORY)", text)
    return not titled and any(map(_RIGHT.fullmatch, text.splitlines()))


def read(text: str) -> Iterator[Foreign]:
    """Yield the questions of a text; what is none has the kind :data:`UNREADABLE`."""
    asked: list[str] = []
    options: dict[str, str] = {}
    done: list[Foreign] = []
    for line in text.splitlines():
        right, option = _RIGHT.fullmatch(line), _OPTION.fullmatch(line)
        said = _SAID.fullmatch(line)
        if right:
            done.append(_question(asked, options, right[1]))
            asked, options = [], {}
        elif said and done and not options and not "".join(asked).strip():
            done[-1] = evolve(done[-1], reason=markdown(said[1], "plain"))
        elif option and asked and _is_next(option[1].upper(), options):
            options[option[1].upper()] = option[2]
        elif options and line.strip():  # an option goes on in the next line
            last = next(reversed(options))
            options[last] += f" {line.strip()}"
        elif not options:
            asked.append(line)
    if "".join(asked).strip():
        done.append(_question(asked, options, ""))
    return iter(done)


def _is_next(letter: str, options: dict[str, str]) -> bool:
    """Whether a letter goes on in the row A, B, C, …: so that "I. the king" is no option."""
    return ord(letter) == ord("A") + len(options)


def _question(asked: list[str], options: dict[str, str], letters: str) -> Foreign:
    text, right = markdown("\n".join(asked), "plain"), re.findall(r"[A-Z]", letters.upper())
    if not text or not right or len(options) < 2 or not set(right) <= set(options):
        return Foreign(kind=UNREADABLE, text=text or " ".join(options.values()))
    answers = []
    for letter, option in options.items():
        share = -1 / max(1, len(options) - len(right))
        if letter in right:
            share = 1 / len(right)
        elif len(right) == 1:
            share = 0.0
        answers.append(Answer(markdown(option.strip(), "plain"), share))
    single = len(right) == 1
    return Foreign(kind="multichoice", text=text, answers=tuple(answers), single=single)
