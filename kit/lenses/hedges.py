"""The hedge lens: words that hold a statement open, and the cases in which they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from attrs import frozen

from kit.course.messages import CONTENT, message
from kit.course.toml import read_toml, structure
from kit.lenses.find import Find
from kit.lenses.lexicon import Lexicon, Spot
from kit.lenses.numbers import number_at
from kit.lenses.words import Words

_LONGEST_HEADLINE = 20  #: words
_SMALL = ("determiner", "pronoun", "preposition", "conjunction", "auxiliary", "be", "subject")


@cache
def load_weights() -> Mapping[str, float]:
    """Return how far lines, and what stands beside them, can be trusted.

    ``bench/learn_hedges.py`` has learned it: the weight of each feature that has one.
    """
    path = CONTENT / "lexicons" / "hedge_weights.toml"
    return structure(read_toml(path), dict[str, dict[str, float]], path)["weights"]


@frozen
class Hedges:
    """The hedge lens with its lexicon."""

    lexicon: Lexicon
    weights: Mapping[str, float]  #: of features

    def finds(self, words: Words) -> Iterator[Find]:
        """Yield each hedge of a text; headline questions come last."""
        done = 0
        for spot in self.lexicon.spots(words):
            if spot.i < done:
                continue
            holds, reason = self._judged(spot)
            if holds:
                done = spot.after
                place = words.span(spot.i, spot.after - 1)
                yield Find(*place, "hedge", spot.line.table.kind, reason)
        for first, last in words.sentences:
            if words.low[last - 1] == "?" and _is_headline(words, first, last):
                place, kind = words.span(last - 1, last - 1), "headline-question"
                yield Find(*place, "hedge", kind, message("lens.question"))

    def _judged(self, spot: Spot) -> tuple[bool, str]:
        """Return whether a line counts where it stands, and why: by its rules and its weights."""
        ruled = rule_holds(spot)
        if spot.line.table.sure:
            return ruled, spot.line.reason
        parts = [name for name in features(spot, ruled=ruled) if name in self.weights]
        total = sum(self.weights[name] for name in parts)
        if total <= 0 or len(parts) == 1:  # the rules alone
            return total > 0, spot.line.reason
        said = ", ".join(f"{name} {self.weights[name]:+.1f}" for name in parts)
        return True, message("lens.weighed", reason=spot.line.reason, parts=said)


def rule_holds(spot: Spot) -> bool:
    """Whether the rule of its table, if there is one, lets a line count."""
    rule = _RULES.get(spot.line.table.rule)
    return rule is None or rule(spot)


def features(spot: Spot, *, ruled: bool) -> list[str]:
    """Return what the weights are given to: the rules, the line, and what stands beside it."""
    line, w = f"“{spot.line.base}”", spot.words
    before = _sort(w, spot.i - 1) if spot.i > spot.first else "|"
    after = _sort(w, spot.after) if spot.after < spot.last else "|"
    rules = ["the rules", line] if ruled else ["against the rules", f"{line} against the rules"]
    return [*rules, f"{before} {line}", f"{line} {after}"]


def _sort(words: Words, i: int) -> str:
    """Return a word, if it is one of the small ones; else what sort of word it is."""
    low = words.low[i]
    if words.has(i, *_SMALL) or not low.isalnum():
        return low
    if low[0].isdigit():
        return "1"
    return "Name" if words.capital(i) else "…" + low[-2:]


def _is_headline(words: Words, first: int, last: int) -> bool:
    """Whether a line is one short question that can be answered by yes or no."""
    alone = words.near(first - 1)[:1] in ("", "\n") and words.near(last)[:1] in ("", "\n")
    starts = [first, *(i + 1 for i in range(first, last) if words.low[i] in (":", "-", "–", "—"))]
    short = last - first <= _LONGEST_HEADLINE and not words.quoted[last - 1]
    return alone and short and any(words.has(i, "yes-or-no") for i in starts)


# --- Rules: each says whether the line at this place is a hedge ----------------------------------


def _not_the_month(s: Spot) -> bool:
    """'in May', 'May 5', 'Theresa May said': there it is a month or a name."""
    w = s.words
    if not w.capital(s.i):
        return True
    dated = s.back()[:1].isdigit() or s.ahead()[:1].isdigit() or s.ahead() == ","
    # At the head of a sentence, or in a headline, where every word has a capital.
    opens = s.i == s.first and not w.capital(s.after)
    written = opens or (w.capital(s.i - 1) and w.capital(s.after)) or w.words[s.i].isupper()
    return written and not dated and not w.has(s.i - 1, "before-month")


def _under_a_condition(s: Spot) -> bool:
    """Whether a condition stands with 'would'; 'said it would' is the future seen from the past."""
    if any(s.words.has(k, "conditional") for k in s.around):
        return True
    near = range(max(s.first, s.i - 12), s.i)
    told = any(s.words.has(k, "told") for k in near)
    # "Any delay would hurt", "Closing the mill would hurt"
    step = s.words.has(s.first, "indefinite") or s.words.low[s.first].endswith("ing")
    supposed = step and all(s.words.low[k] != "," for k in near)
    open_ = supposed or s.back() in ("it", "that", "this", "which")
    judged = s.ahead() == "be" and s.words.has(s.after + 1, "judged")  # "would be wrong to guess"
    return (open_ and not told) or judged or s.ahead() in ("have", "likely", "probably")


def _no_past_form_follows(s: Spot) -> bool:
    """'he'd go' is 'would'; 'he'd walked' is 'had'."""
    return not s.ahead().endswith(("ed", "en", "wn"))


def _no_purpose(s: Spot) -> bool:
    """Whether it is not what was possible: 'so they could be near', 'neither side could score'."""
    return s.back(2) not in ("so", "neither", "no") and s.back(3) != "so"


def _no_plural_opens(s: Spot) -> bool:
    """'Estimates suggest', 'Fears grew': at the head of a sentence it is a noun."""
    return not (s.line.form == "s" and s.i == s.first)


def _passive(s: Spot) -> bool:
    """'is said to', 'was widely believed'; not 'was reported to the police'."""
    handed = s.ahead() == "to" and not verb_follows(s)
    return s.line.form in ("past", "participle") and passive(s) and not handed


def _it_passive(s: Spot) -> bool:
    """Whether 'it is' stands before: 'it is understood the pair met'."""
    return passive(s) and "it" in (s.back(2), s.back(3))


def verb_follows(s: Spot) -> bool:
    """Whether the word after 'to' is a verb, as far as one can see: no article, name or "me"."""
    then = s.after + 1
    return not (s.words.has(then, "determiner", "pronoun", "object") or s.words.capital(then))


def passive(s: Spot) -> bool:
    """Whether a form of 'be' stands right before a line, or with an adverb between."""
    between = s.back().endswith("ly") or s.back() in ("not", "being")
    between = between or s.words.has(s.i - 1, "adverb")
    return s.words.has(s.i - 1, "be") or (between and s.words.has(s.i - 2, "be"))


def _opens_a_clause(s: Spot) -> bool:
    """Whether 'should' or 'had' opens a clause, and no question: 'Had he come, it would ...'."""
    opens = s.i == s.first or s.back() in (",", ";")
    met = s.line.base != "had" or any(s.words.has(k, "unreal") for k in s.around)
    return opens and met and s.words.low[s.last - 1] != "?"


def _no_free_choice(s: Spot) -> bool:
    """', whether it is rent or work': every case is meant, none is open."""
    then = s.words.low[s.i : min(s.after + 15, s.last)]
    beside = s.back() == "," or (s.i == s.first and "," in then)
    return not (beside and "or" in then)


def _before_a_number(s: Spot) -> bool:
    """'about 20', 'around $95 billion', 'about a decade ago'; not 'over two weeks'."""
    number = number_at(s.words, s.after + s.words.has(s.after, "currency"))
    if s.line.base in ("over", "under"):
        if number is None:
            return False
        ago = s.words.near(number.after + 1) == "ago"
        return ago or not s.words.has(number.after, "unit")
    unit = s.ahead() in ("a", "an") and s.words.has(s.after + 1, "unit", "fraction")
    return number is not None or unit or s.ahead() in ("half", "twice", "double")


_RULES: dict[str, Callable[[Spot], bool]] = {
    "not-the-month": _not_the_month,
    "under-a-condition": _under_a_condition,
    "no-past-form-follows": _no_past_form_follows,
    "no-purpose": _no_purpose,
    "no-plural-opens": _no_plural_opens,
    "passive": _passive,
    "it-passive": _it_passive,
    "opens-a-clause": _opens_a_clause,
    "no-free-choice": _no_free_choice,
    "by-weight": lambda _: False,  # only what was learned makes it count
    "before-a-number": _before_a_number,
}
