"""Numbers in a text, in figures or in words: ``1,200``, ``$95 billion``, ``two dozen``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from kit.course.messages import CONTENT
from kit.course.toml import read_toml, structure
from kit.lenses.words import Words

_FILE = CONTENT / "lexicons" / "values.toml"
VALUES = structure(read_toml(_FILE), dict[str, dict[str, float]], _FILE)  #: of words, by table
_TIMES, _NUMBERS, _PARTS = VALUES["times"], VALUES["number"], VALUES["part"]
_TENS = [word for word, value in _NUMBERS.items() if value >= 20]
_NUMBERS |= {f"{t}-{s}": _NUMBERS[t] + n for t in _TENS for s, n in _NUMBERS.items() if 0 < n < 10}
MULTIPLES = frozenset([*_TIMES, "few", "couple"])  #: words that make a number after "a"
NUMBER_WORDS = frozenset([*_NUMBERS, "a", "an", "half"])
_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,4}(?!\w|[.,]\d)")  #: "12 000"


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression that fits each of some words, which it tries by first letter."""
    tails = defaultdict[str, list[str]](list)
    for word in words:
        tails[word[:1]].append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in tails.items())


class Number(NamedTuple):
    """A number that stands at a place."""

    after: int  #: the word after it
    value: float | None  #: nothing where the words give none ("several", "22nd")


def number_at(words: Words, i: int) -> Number | None:
    """Return the number whose first word is the ``i``-th, with its "million" or "dozen"."""
    low, then = words.near(i), words.near(i + 1)
    one = low in ("a", "an")
    if low[:1].isdigit():
        spaced = _SPACED.match(words.text, words.start[i])
        after = i + (len(spaced[0].split()) if spaced else 1)
        return _times(words, after, plain_value("".join(words.low[i:after])))
    if low == "half" and (words.near(i + 2) in _TIMES or words.has(i + 2, "percent")):
        return _times(words, i + 2, 0.5)  # "half a million"
    vague = None if one and not words.has(i + 1, "part") else _vague(words, i)
    if vague:
        return _times(words, vague, None)  # "several hundred"
    if low in _NUMBERS:
        return _times(words, i + 1, _NUMBERS[low])
    if one and then in ("few", "couple"):
        return _times(words, i + 2, 2.0 if then == "couple" else None)
    return _times(words, i + 1, 1.0) if one and then in _TIMES and len(then) > 1 else None


def _vague(words: Words, i: int) -> int | None:
    """Return the word after 'several', 'tens of thousands', 'two-thirds', 'half', 'a third'."""
    if words.has(i, "uncounted", "share"):
        more = words.near(i + 1) == "of" and words.has(i + 2, "uncounted")
        return i + 3 if more else i + 1
    part = i if words.near(i) == "half" else i + 1
    if not words.has(part, "part") or words.near(i) not in NUMBER_WORDS:
        return None
    of, then = words.near(part + 1) == "of", part + 3
    if of and words.near(then) in _TIMES:  # "a quarter of a million"
        return then
    shared = (of and not words.has(then, "lasting")) or words.has(i - 1, "about")
    shared = shared or (words.near(i - 1) in ("by", "than") and not words.has(part + 1, "turn"))
    return part + 1 if shared and not words.has(i - 1, "side") else None


def plain_value(word: str) -> float | None:
    """Return the value of ``1,200.5``; nothing where it is no plain number (``12:30``, ``5th``)."""
    number = word.replace(",", "")
    return float(number) if number.replace(".", "", 1).isdecimal() else None


def _times(words: Words, i: int, value: float | None) -> Number:
    if words.low[i : i + 2] == ["and", "a"] and words.near(i + 2) in _PARTS:  # "two and a half"
        value, i = value and value + _PARTS[words.low[i + 2]], i + 3
    while words.near(i) in _TIMES:
        value = value and value * _TIMES[words.low[i]]
        i += 1
    return Number(i, value)
