r"""GIFT, as Moodle's importer reads it (question/format/gift).

A blank line ends a question. What is asked stands before braces, the answers in them; ``\`` before
one of ``~ = # { } : \`` takes its meaning from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from attrs import evolve

from kit.authoring.importing.aiken import UNREADABLE
from kit.authoring.importing.markdown import markdown
from kit.questions.foreign import Answer, Foreign

N = TypeVar("N")

# An escaped mark becomes a character of Unicode's private area until the text is cut up.
_MARKS = "\\~=#{}:"
_HIDDEN = {mark: chr(0xE000 + n) for n, mark in enumerate(_MARKS)}
_SHOWN = str.maketrans({hidden: mark for mark, hidden in _HIDDEN.items()})
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_TITLE = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORM = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_ANSWER = re.compile(r"([=~])([^=~]*)")
_SHARE = re.compile(r"\s*%\s*(-?[\d.,]+)\s*%")
_DIGITS = r"(-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)"
_NUMBER = re.compile(rf"\s*{_DIGITS}\s*(?:(:|\.\.)\s*{_DIGITS})?\s*")
_PAIR = re.compile(r"\s*(.*?)\s*->\s*(.*?)\s*", re.DOTALL)
_CLOZE = re.compile(r"\d*:[A-Z_]+:")  #: Moodle's other way to write a gap, which is not GIFT's
_GAP = "\\_\\_\\_\\_\\_"


def read(text: str) -> Iterator[Foreign]:
    """Yield the questions of a text; what is none has the kind :data:`aiken.UNREADABLE`."""
    section = ""
    for chunk in _chunks(text):
        category = re.fullmatch(r"\s*\$CATEGORY\s*:\s*(.*?)\s*", chunk, re.IGNORECASE)
        if category:
            section = last_of(category[1])
        else:
            yield _question(chunk, section)


def _chunks(text: str) -> Iterator[str]:
    """Yield each question's lines, its comments left out, and each category.

    Strictly a blank line ends a question. Real banks have some between braces; Moodle refuses
    those, and here they are taken for what they mean, where the brace is closed before the next
    one opens.
    """
    kept: list[str] = []
    for line in text.splitlines():
        if line.lstrip().startswith("//"):
            continue
        line = _ESCAPED.sub(_hide, line)  # noqa: PLW2901
        is_category = line.lstrip().upper().startswith("$CATEGORY")
        if (line.strip() and not is_category) or (not is_category and _is_open(kept)):
            kept.append(line)
            continue
        if kept:
            yield "\n".join(kept)
            kept = []
        if is_category:
            yield line
    if kept:
        yield "\n".join(kept)


def _is_open(lines: list[str]) -> bool:
    text = "\n".join(lines)
    return text.count("{") > text.count("}")


def _hide(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else _HIDDEN[match[1]]


def last_of(path: str) -> str:
    """Return the last part of a category's path; a doubled slash is one in a name."""
    parts = path.translate(_SHOWN).replace("//", "\0").split("/")
    return parts[-1].replace("\0", "/").strip()


def _question(chunk: str, section: str) -> Foreign:
    title, asked, form = "", chunk, "moodle"
    if match := _TITLE.match(asked):
        title, asked = match[1].translate(_SHOWN).strip(), asked[match.end() :]
    if match := _FORM.match(asked):
        form, asked = match[1].lower(), asked[match.end() :]
    before, brace, rest = asked.partition("{")
    inside, closed, behind = rest.rpartition("}")
    if brace and not closed:
        return Foreign(kind=UNREADABLE, name=title, text=_text(before, form))
    if behind.strip():
        before = f"{before}{_GAP if form == 'markdown' else '_____'}{behind}"
    text = _text(before, form)
    if not brace:
        return Foreign(kind="description", name=title, text=text)
    inside, _, general = inside.partition("####")
    reason = _text(general, form)
    return evolve(
        _answered(inside.strip(), form), name=title, text=text, section=section, reason=reason
    )


def _text(text: str, form: str) -> str:
    """Return a text as Markdown; it may say itself in which form it is."""
    if match := _FORM.match(text):
        form, text = match[1].lower(), text[match.end() :]
    return markdown(text.translate(_SHOWN), form)


def _answered(inside: str, form: str) -> Foreign:
    """Return what stands between the braces: the kind, and the answers."""
    word, _, said = inside.partition("#")
    if not inside:
        return Foreign(kind="essay")
    if _CLOZE.match(inside):
        return Foreign(kind="cloze")
    if word.strip().upper() in ("T", "TRUE", "F", "FALSE"):
        wrong, _, right = said.partition("#")
        return Foreign(kind="truefalse", answers=_true_false(word, (wrong, right), form))
    if inside.startswith("#"):
        return _numerical(inside[1:].strip(), form)
    found = [(sign, text.strip()) for sign, text in _ANSWER.findall(inside)]
    pairs = [_PAIR.fullmatch(text) for sign, text in found if sign == "="]
    if pairs and all(pairs) and len(pairs) == len(found):
        matched = tuple((_text(m[1], form), _text(m[2], "plain")) for m in pairs if m)
        return Foreign(kind="matching", pairs=matched)
    answers = tuple(_answer(text, float(sign == "="), form) for sign, text in found)
    signs = [sign for sign, _ in found]
    kind = UNREADABLE
    if "~" in signs:
        kind = "multichoice"
    elif answers:
        kind = "shortanswer"
    whole = any(answer.share == 1 for answer in answers)
    return Foreign(kind=kind, answers=answers, single="=" in signs or whole)


def _true_false(word: str, said: tuple[str, str], form: str) -> tuple[Answer, ...]:
    is_true = word.strip().upper().startswith("T")
    wrong, right = (_text(text, form) for text in said)
    answers = []
    for name, is_right in (("true", is_true), ("false", not is_true)):
        answers.append(Answer(name, float(is_right), right if is_right else wrong))
    return tuple(answers)


def _answer(text: str, share: float, form: str) -> Answer:
    said, share, reason = _parted(text, share, form)
    return Answer(_text(said, form), share, reason)


def _parted(text: str, share: float, form: str) -> tuple[str, float, str]:
    """Return what an answer says, its share of the mark (-1 to 1), and its reason."""
    if match := _SHARE.match(text):
        share, text = number(match[1], 0.0) / 100, text[match.end() :]
    said, _, reason = text.partition("#")
    return said, share, _text(reason, form)


def _numerical(inside: str, form: str) -> Foreign:
    """Return numbers: ``3:2`` is 3 with 2 to either side, ``1..5`` a span."""
    lines = [text for _, text in _ANSWER.findall(inside)] or [inside]
    answers = []
    for line in lines:
        said, share, reason = _parted(line, 1.0, form)
        match = _NUMBER.fullmatch(said)
        low = high = None
        if match:
            low = high = number(match[1], 0.0)
            if match[2] == "..":
                high = number(match[3], 0.0)
            elif match[2]:
                low, high = low - number(match[3], 0.0), low + number(match[3], 0.0)
        elif said.strip() not in ("", "*"):
            return Foreign(kind=UNREADABLE)
        answers.append(Answer(said.strip(), share, reason, low, high))
    return Foreign(kind="numerical", answers=tuple(answers))


def number(text: str | None, otherwise: N) -> float | N:
    """Return a number, with a point or a comma in it; ``otherwise`` where it is none."""
    try:
        return float((text or "").strip().replace(",", "."))
    except ValueError:
        return otherwise
