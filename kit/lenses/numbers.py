"""Numbers in a text, in figures or in words: ``1,200``, ``$95 billion``, ``two dozen``."""

from __future__ import annotations

from attrs import frozen

from kit.lenses.lexicon import Lexicon
from kit.lenses.words import Words

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {w: float(n) for n, w in enumerate(_SMALL)} | {w: 20.0 + 10 * n for n, w in enumerate(_TENS)}
_MAGNITUDES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "tn": 1e12, "dozen": 12.0, "lakh": 1e5, "crore": 1e7,
}
NUMBER_WORDS = frozenset(
    [*_VALUES, *(f"{tens}-{one}" for tens in _TENS for one in _SMALL[1:10]), "several", "few", "many",
     "dozens", "scores", "hundreds", "thousands", "millions", "billions", "a", "an"]
)


@frozen
class Number:
    """A number that stands at a place."""

    after: int  #: the word after it
    value: float | None  #: nothing where the words give none ("several", "dozens")
    digits: bool  #: written in figures


def number_at(words: Words, i: int, grammar: Lexicon) -> Number | None:
    """Return the number whose first word is the ``i``-th, with its "million" or "dozen"."""
    low = words.near(i)
    if low[:1].isdigit():
        value = plain_value(low)
        return _enlarged(words, i + 1, value, grammar, digits=True)
    tens, _, ones = low.partition("-")
    if low in _VALUES or (tens in _VALUES and ones in _VALUES):
        value = _VALUES[tens] + _VALUES.get(ones, 0.0)
        return _enlarged(words, i + 1, value, grammar, digits=False)
    if low in ("several", "few", "many", "dozens", "scores", "hundreds", "thousands", "millions", "billions"):
        return Number(i + 1, None, False)
    if low in ("a", "an") and words.near(i + 1) in ("few", "couple", "dozen", "hundred", "thousand", "million", "billion", "trillion", "half"):
        return _enlarged(words, i + 2, 2.0 if words.near(i + 1) == "couple" else _MAGNITUDES.get(words.near(i + 1)), grammar, digits=False)
    return None


def plain_value(word: str) -> float | None:
    """Return the value of ``1,200.5``; nothing where it is no plain number (``12:30``, ``5th``)."""
    try:
        return float(word.replace(",", ""))
    except ValueError:
        return None


def _enlarged(words: Words, i: int, value: float | None, grammar: Lexicon, *, digits: bool) -> Number:
    while (low := words.near(i)) in grammar.words("magnitude") or (
        low in ("and", "half") and words.near(i - 1) != low and number_word(words.near(i + 1)) and not digits and words.near(i - 1) in _MAGNITUDES
    ):
        value = value * _MAGNITUDES[low] if value is not None and low in _MAGNITUDES else value
        i += 1
    return Number(i, value, digits)


def number_word(low: str) -> bool:
    """Whether a word is a number in letters below a hundred."""
    return low in _VALUES or low.partition("-")[0] in _VALUES
