"""Answering an exercise without judging anything, as somebody good at tests would do.

Each rule looks at the texts of a question alone, never at its key. Where it has nothing to say, its
user guesses: what is earned is then the mean over all the guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from statistics import mean

from attrs import frozen

from kit.questions.base import Question
from kit.questions.parts import Row


def with_words(pattern: str) -> Callable[[str], bool]:
    """Return a test for texts in which any of these words occurs."""
    compiled = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    return lambda text: compiled.search(text) is not None


HEDGE = with_words(
    "(?-i:may)|might|could|perhaps|probably|possibly|likely|at least|at most|up to|nearly|"
    r"as far as|seems?|almost|hardly|(?:about|some|around) (?=\d|an? |half)"
)
LIMIT = with_words(
    "not (?:known|said|told|seen|clear|certain)|cannot|can't|open|unknown|whether|nobody|"
    "no (?:name|date|evidence|exact)|exactly|as far as|too little|not certain|little known"
)
CHECK = with_words(
    "count(?:ed|s)?|measured|checked|tested|saw|seen|showed|shown|shows|read|looked|photographed|"
    "lists?|letter|records?|register|reports?|laborator(?:y|ies)|minutes|machines?|pictures?|"
    "separately|confirmed|accountants|called|rang|asked|found|helper"
)
CONCLUDES = with_words(
    "so|therefore|must|sure(?:ly|r)?|certain(?:ly)?|settled|beyond doubt|proven?|proves|in truth|"
    "all|every(?:body|thing)?|each|always|never|knew|clear(?:ly)?"
)
MOTIVE = with_words(
    "want(?:s|ed)?|wish(?:es|ed)?|hop(?:e|es|ed|ing)|gain|harm|so that|in order to|purpose|hide|"
    "interest|sell|better than|suits?|right side"
)
BECAUSE = with_words("because|since|for (?:what|it|nobody|a|its|two|the)|as (?:it|he|she|they)")
NOTHING = with_words("nothing|nobody|neither|none|no|not|cannot|never|nowhere|hardly|little")
NUMBER = with_words(r"[\d,]*\d|one|two|three|four|five|six|seven|ten|hundred")
NAMED = with_words(r"(?-i:[A-Z][a-z]+ [A-Z][a-z]+)")
UNNAMED = with_words("no name|not named?|unnamed|do not name|may not speak|named nobody")
DENIES = with_words("not|no|nobody|never|none|nothing|neither|cannot")
MAY = with_words("(?-i:may)|might|perhaps")
GIVES_UP = with_words(
    "(?:cannot|can never|can hardly) be (?:judged|told|known|said|found out)|"
    "not (?:known|to be told|said)|nothing that can be judged|nobody can (?:say|know|tell)"
)


def careful(text: str) -> bool:
    """Whether a text hedges, or says where its knowledge ends."""
    return HEDGE(text) or LIMIT(text)


def checks_and_stops(text: str) -> bool:
    """Whether a text names a check or a limit, and concludes nothing."""
    return (CHECK(text) or careful(text)) and not CONCLUDES(text)


#: What somebody may take for the sign of a right option, or of a sound statement.
SIGNS: dict[str, Callable[[str], bool]] = {
    "hedged": HEDGE,
    "names a limit": LIMIT,
    "careful": careful,
    "names a check": CHECK,
    "names a check or a limit, concludes nothing": checks_and_stops,
    "concludes": CONCLUDES,
    "gives a motive": MOTIVE,
    "gives a because": BECAUSE,
    "nothing, nobody, neither": NOTHING,
    "denies": DENIES,
    "has a number": NUMBER,
    "has somebody's name": NAMED,
    "leaves out a name": UNNAMED,
    "may, might, perhaps": MAY,
    "cannot be judged": GIVES_UP,
}


def form(text: str) -> tuple[str, ...]:
    """Return what can be seen of a text's form without understanding it."""
    words = re.findall(r"\w+", text.casefold())
    return (
        words[0],
        f"colon {':' in text}",
        f"comma {',' in text}",
        f"number {NUMBER(text)}",
        f"denies {DENIES(text)}",
        f"quotes {'“' in text}",
        f"because {BECAUSE(text)}",
    )


def odd_ones(texts: list[str]) -> list[int]:
    """Return the places of the texts that differ in form from all the others most often.

    A text differs in one respect where the others agree and it does not.
    """
    forms = [form(text) for text in texts]
    oddities = []
    for n, own in enumerate(forms):
        others = forms[:n] + forms[n + 1 :]
        oddities.append(
            sum(
                len({other[k] for other in others}) == 1 and own[k] != others[0][k]
                for k in range(len(own))
            )
        )
    most = max(oddities)
    return [n for n, oddity in enumerate(oddities) if oddity == most and most]


@frozen
class Way:
    """A way of answering: which of several texts it picks; none where it cannot tell."""

    name: str
    picks: Callable[[list[str]], list[int]]
    label: int | None = None  #: gives every statement this label, the first being 0

    def earned(self, item: Question) -> float:
        """Return the share of the marks that it earns on average; it never sees the key."""
        credits = [item.credit(answer) or 0.0 for answer in self.answers(item)]
        return mean(credits) if credits else 0.0

    def answers(self, item: Question) -> Iterator[object]:
        """Yield the answers among which this way does not choose."""
        if item.units:
            yield from self.labelled(item)
        elif item.kind == "choose-one":
            yield from (item.options[n].id for n in self.picked(item.options))
        elif item.kind == "choose-many":
            picked = self.picks([o.text for o in item.options])
            yield [item.options[n].id for n in picked]
        elif item.options:
            yield [o.id for o in item.options]
        else:
            yield from numbers_in(item)

    def picked(self, rows: Iterable[Row]) -> list[int]:
        """Return the places of the rows that it picks: all of them where it cannot tell."""
        texts = [row.text for row in rows]
        return self.picks(texts) or list(range(len(texts)))

    def labelled(self, item: Question) -> Iterator[dict[str, str]]:
        """Yield labels for all statements; two or more ways where it has to guess."""
        if self.label is not None:
            label = item.labels[min(self.label, len(item.labels) - 1)]
            yield {u.id: label.id for u in item.units}
            return
        accept = next((x.id for x in item.labels if x.accepts is True), None)
        reject = next((x.id for x in item.labels if x.accepts is False), None)
        picked = self.picks([u.text for u in item.units])
        if accept is None or reject is None or not picked:
            for label in item.labels:
                yield {u.id: label.id for u in item.units}
            return
        answer = {}
        for n, unit in enumerate(item.units):
            answer[unit.id] = accept if n in picked else reject
        yield answer


def numbers_in(item: Question) -> list[float]:
    """Return the numbers that are printed in a question."""
    text = f"{item.passage} {item.prompt}".replace(",", "")
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def having(sign: Callable[[str], bool]) -> Callable[[list[str]], list[int]]:
    """Return a rule that picks the texts with a sign."""
    return lambda texts: [n for n, text in enumerate(texts) if sign(text)]


def lacking(sign: Callable[[str], bool]) -> Callable[[list[str]], list[int]]:
    """Return a rule that picks the texts without a sign; none where none has it."""

    def picks(texts: list[str]) -> list[int]:
        found = [n for n, text in enumerate(texts) if not sign(text)]
        return found if len(found) < len(texts) else []

    return picks


def by_length(*, longest: bool) -> Callable[[list[str]], list[int]]:
    """Return a rule that picks the longest text or the shortest; of many statements, the half."""

    def picks(texts: list[str]) -> list[int]:
        ranked = sorted(range(len(texts)), key=lambda n: len(texts[n]), reverse=longest)
        return ranked[: 1 if len(texts) < 6 else len(texts) // 2]

    return picks


def by_half(*, careful_first: bool) -> Callable[[list[str]], list[int]]:
    """Return a rule that picks one half of the texts: those that sound most careful, or least.

    It is for somebody who has counted that half of the statements are always sound.
    """

    def picks(texts: list[str]) -> list[int]:
        def caution(n: int) -> int:
            return CHECK(texts[n]) + careful(texts[n]) - CONCLUDES(texts[n])

        ranked = sorted(range(len(texts)), key=caution, reverse=careful_first)
        return ranked[: max(1, len(texts) // 2)]

    return picks


def every_way() -> Iterator[Way]:
    """Yield every way of answering blindly."""
    for name, sign in SIGNS.items():
        yield Way(f"{name}: right", having(sign))
        yield Way(f"{name}: wrong", lacking(sign))
    yield Way("the odd one out: right", odd_ones)
    yield Way("the odd one out: wrong", lambda texts: others_than(odd_ones(texts), texts))
    yield Way("the longest", by_length(longest=True))
    yield Way("the shortest", by_length(longest=False))
    yield Way("the half that sounds most careful", by_half(careful_first=True))
    yield Way("the half that sounds least careful", by_half(careful_first=False))
    yield Way("the first", lambda _: [0])
    yield Way("the last", lambda texts: [len(texts) - 1])
    yield Way("ticks all", lambda texts: list(range(len(texts))))
    yield Way("guesses", lambda _: [])
    for n in range(4):  # with two labels: trusts all, distrusts all
        yield Way(f"the same label for all: {n + 1}", lambda _: [], label=n)


def others_than(places: list[int], texts: list[str]) -> list[int]:
    """Return the places of all texts but these; none where these are none."""
    return [n for n in range(len(texts)) if n not in places] if places else []
