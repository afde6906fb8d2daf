"""Numbers in a text, in figures or in words: ``1,200``, ``$95 billion``, ``two dozen``."""

from __future__ import annotations

from attrs import frozen

from kit.lenses.words import Words

_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {w: float(n) for n, w in enumerate(_SMALL)} | {
    w: 10.0 * n for n, w in enumerate(_TENS, 2)
}
_VALUES |= {f"{t}-{s}": _VALUES[t] + _VALUES[s] for t in _TENS for s in _SMALL[1:10]}
_TIMES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "dozen": 12.0, "lakh": 1e5, "crore": 1e7, "cr": 1e7, "k": 1e3, "m": 1e6,
    "mn": 1e6, "bn": 1e9, "tn": 1e12,
}  # fmt: skip
_MANY = frozenset(["several", "few", "many", "dozens", "scores", "hundreds", "thousands"])
_MANY |= {"millions", "billions"}
MULTIPLES = frozenset([*_TIMES, "few", "couple"])  #: words that make a number after "a"
NUMBER_WORDS = frozenset([*_VALUES, *_MANY, "a", "an"])


@frozen
class Number:
    """A number that stands at a place."""

    after: int  #: the word after it
    value: float | None  #: nothing where the words give none ("several", "22nd")


def number_at(words: Words, i: int) -> Number | None:
    """Return the number whose first word is the ``i``-th, with its "million" or "dozen"."""
    if i not in words.numbers:
        words.numbers[i] = _read(words, i)
    number: Number | None = words.numbers[i]
    return number


def _read(words: Words, i: int) -> Number | None:
    low, then = words.near(i), words.near(i + 1)
    if low in _MANY:
        return Number(i + 1, None)
    if low in ("a", "an"):
        if then in ("few", "couple"):
            return Number(i + 2, 2.0 if then == "couple" else None)
        return _times(words, i + 1, 1.0) if then in _TIMES and then not in ("m", "k") else None
    if low in _VALUES:
        return _times(words, i + 1, _VALUES[low])
    if words.has(i, "share"):  # "two-thirds"
        return Number(i + 1, None)
    return _in_figures(words, i) if low[:1].isdigit() else None


def _in_figures(words: Words, i: int) -> Number:
    low, after = words.low[i], i + 1
    while _goes_on(words, after):  # "12 000"
        low, after = low + words.low[after], after + 1
    return _times(words, after, plain_value(low))


def _goes_on(words: Words, i: int) -> bool:
    """Whether a word is three digits that a space parts from the digits before it."""
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
    while words.near(i) in _TIMES or words.has(i, "magnitude"):
        value = value * _TIMES[words.low[i]] if value and words.low[i] in _TIMES else None
        i += 1
    return Number(i, value)
