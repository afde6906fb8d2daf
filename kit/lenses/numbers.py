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
_TIMES, _NUMBERS = VALUES["times"], VALUES["number"]
_TENS = [word for word, value in _NUMBERS.items() if value >= 20]
_NUMBERS |= {f"{t}-{s}": _NUMBERS[t] + n for t in _TENS for s, n in _NUMBERS.items() if 0 < n < 10}
MULTIPLES = frozenset([*_TIMES, "few", "couple"])  #: words that make a number after "a"
NUMBER_WORDS = frozenset([*_NUMBERS, "a", "an"])


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
    if words.has(i, "uncounted", "share"):  # "several", "two-thirds"
        return Number(i + 1, None)
    if low in _NUMBERS:
        return _times(words, i + 1, _NUMBERS[low])
    if low[:1].isdigit():
        return _in_figures(words, i)
    if low not in ("a", "an"):
        return None
    if then in ("few", "couple"):
        return Number(i + 2, 2.0 if then == "couple" else None)
    return _times(words, i + 1, 1.0) if then in _TIMES and len(then) > 1 else None


def _in_figures(words: Words, i: int) -> Number:
    figures, after = words.low[i], i + 1
    while _goes_on(words, after):
        figures += words.low[after]
        after += 1
    return _times(words, after, plain_value(figures))


def _goes_on(words: Words, i: int) -> bool:
    """Whether a word is three digits that a space parts from the digits before it: '12 000'."""
    low, before = words.near(i), words.near(i - 1)
    if len(low) != 3 or not (low.isdigit() and before.isdigit()) or len(before) > 3:
        return False
    return words.start[i] == words.end[i - 1] + 1 and not words.has(i - 2, "month")


def plain_value(word: str) -> float | None:
    """Return the value of ``1,200.5``; nothing where it is no plain number (``12:30``, ``5th``)."""
    try:
        return float(word.replace(",", ""))
    except ValueError:
        return None


def _times(words: Words, i: int, value: float | None) -> Number:
    while words.near(i) in _TIMES:
        value = value and value * _TIMES[words.low[i]]
        i += 1
    return Number(i, value)
