"""A text cut into words once, in one pass; every lens reads these same lists."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from itertools import accumulate, chain, repeat
from operator import sub

from attrs import define

# Each alternative either matches at once or not at all: whatever follows its first character is
# optional, and no two parts can match the same character, so the cost grows with the length only.
_LETTER = r"[\w\u00ad\u0300-\u036f]"
_TAIL = r"(?i:s|d|ll|re|ve|m|t)\b"
_PIECE = re.compile(
    r"[^\S\n]*+(?:[a-z]++(?=[ ,\n])"  # nearly every word; what follows reads the others
    r"|\n"
    r"|(?:[A-Za-z]\.){2,}"
    r"|(?:[A-Z]|Mrs?|Ms|Dr|Prof|Gen|Lt|Col|Sgt|Capt|Sen|Rep|Gov|Rev|St|Messrs|Maj)\.(?=\s+[A-Z])"
    r"|Rs\.(?=\s*\w)"
    r"|(?i:mid|early|late|pre|post)-(?=[A-Z\d])"
    rf"|\d+(?:[.,:/]\d+)*{_LETTER}*(?:-{_LETTER}+)*"
    rf"|['’]{_TAIL}"
    rf"|\w{_LETTER}*(?:-{_LETTER}+|&{_LETTER}+|['’](?!{_TAIL}){_LETTER}{{2,}})*"
    r"|\.+|-+|[^\s])"
)
_LINK = re.compile(r"\[([^]\n]*)\]\([^)\s]*\)")  #: of Markdown
_ENDS = frozenset(["\n", ".", "!", "?", "…", "...", "..", "•"])
_CLOSING = frozenset(['"', "”", "’", "'", ")", "]", "»"])
_OPEN, _SHUT = frozenset("“«„"), frozenset("”»")
_SMALL = frozenset(["determiner", "auxiliary", "preposition", "conjunction", "pronoun"])
_SAMPLE, _TOO_SHORT = 2000, 8  #: words by which a language is told, and too few to tell it
_NONE = frozenset[str]()
_BEYOND, _NOTHING = [""] * 40, [_NONE] * 40  #: further than any rule looks
QUOTES = _OPEN | _SHUT | {'"'}


def tables_of(sets: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return tables of words the other way round: the tables in which each word stands."""
    found = defaultdict[str, set[str]](set)
    for table, words in sets.items():
        for word in words:
            found[word].add(table)
    return {word: frozenset(tables) for word, tables in found.items()}


@define(slots=False)
class Grammar:
    """The small words that show how a sentence is put together: the tables of grammar.toml."""

    sets: Mapping[str, frozenset[str]]

    def __attrs_post_init__(self) -> None:
        self.tables = tables_of(self.sets)
        self.small = frozenset[str]().union(*(self.sets[table] for table in _SMALL))


@define(slots=False)
class Words:
    """The words, numbers and marks of a text, each with its place."""

    text: str
    grammar: Grammar

    def __attrs_post_init__(self) -> None:
        # **bold** and _italic_ hide no word. Every character is part of a piece, a word with the
        # space before it, so the places follow from the lengths.
        text = _LINK.sub(lambda m: f" {m[1]}".ljust(len(m[0])), self.text)  # [told](https://…)
        pieces: list[str] = _PIECE.findall(text.replace("*", " ").replace("_", " "))
        self.words = [piece.lstrip() or "\n" for piece in pieces]
        self.end = list(accumulate(map(len, pieces)))
        self.start = list(map(sub, self.end, map(len, self.words)))
        self.low = list(map(str.lower, self.words))
        if "WHO" in self.text:  # the body; in "POLICE, WHO SAID" it is the small word
            for i, word in enumerate(self.words[:-1]):
                if word == "WHO" and not self.words[i + 1].isupper():
                    self.low[i] = "w.h.o."
        if "\u00ad" in self.text:  # soft hyphens
            self.low = [low.replace("\u00ad", "") or "-" for low in self.low]
        if "‘" in self.text:
            self._single_quotes()
        # With nothing at the end, and so also before the beginning, a rule may look past both ends.
        # The list's own method is called, for speed: half a million times in a megabyte.
        self.near = [*self.low, *_BEYOND].__getitem__  #: the i-th word in lower case, or nothing
        self.places = defaultdict[str, list[int]](list)  #: of each word
        for i, low in enumerate(self.low):
            self.places[low].append(i)
        tables = map(self.grammar.tables.get, self.low, repeat(_NONE))
        self._tables = [*tables, *_NOTHING].__getitem__
        self.spelt = [*self.words, *_BEYOND].__getitem__

    def places_of(self, lows: Iterable[str]) -> list[int]:
        """Return where one of these words stands, in order; words that stand nowhere are passed."""
        return sorted(chain.from_iterable(self.places.get(low, ()) for low in lows))

    def first_of(self, lows: Container[str], first: int, end: int) -> int:
        """Return the first place from ``first`` on of one of these words; ``end`` without one."""
        return next((k for k in range(first, end) if self.low[k] in lows), end)

    def last_of(self, lows: Container[str], first: int, last: int) -> int:
        """Return the last place up to ``last`` of one of these words; ``first - 1`` without one."""
        return next((k for k in range(last, first - 1, -1) if self.low[k] in lows), first - 1)

    def has(self, i: int, *tables: str) -> bool:
        """Whether the ``i``-th word stands in one of these tables of grammar.toml."""
        return not self._tables(i).isdisjoint(tables)

    def capital(self, i: int) -> bool:
        """Whether the ``i``-th word begins with a capital letter."""
        return self.spelt(i)[:1].isupper()

    def past(self, i: int) -> bool:
        """Whether a word looks like a verb in the past: in -ed, and no article stands before."""
        low = self.near(i)
        ending = (low.endswith("ed") and len(low) > 4) or self.has(i, "participle")
        return ending and not self.capital(i) and not self.has(i - 1, "article")

    def opens_sentence(self, i: int) -> bool:
        """Whether a word has its capital from its place."""
        before = self.near(i - 1)
        return before in _ENDS or before in QUOTES or before in ("", ":", "-", "–", "—", "(", ")")

    @cached_property
    def small(self) -> frozenset[str]:
        """Return what the text writes with a small letter: 'passengers' is no name there."""
        return frozenset(self.words)

    @cached_property
    def english(self) -> bool:
        """Whether the text looks English: where nearly none of the small words are, it is not."""
        words = list(filter(str.isalpha, self.low[:_SAMPLE]))
        small = list(filter(self.grammar.small.__contains__, words))
        return len(words) < _TOO_SHORT or len(small) >= 0.12 * len(words)

    def span(self, first: int, last: int) -> tuple[int, int, str]:
        """Return where words ``first`` to ``last`` stand, both included, and their text."""
        start, end = self.start[first], self.end[last]
        return start, end, self.text[start:end]

    def said(self, first: int, last: int) -> str:
        """Return the text from word ``first`` to word ``last``, both included."""
        return self.span(first, last)[2]

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Return each sentence as its first word and the word after its last."""
        found: list[tuple[int, int]] = []
        first = 0
        for i in self.places_of(_ENDS):
            if i < first or not self._ends_here(i):
                continue
            last = i if self.low[i] == "\n" else self._closed(i + 1)
            if last > first:
                found.append((first, last))
            first = max(last, i + 1)
        return [*found, (first, len(self.low))] if first < len(self.low) else found

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [self.start[first] for first, _ in self.sentences]

    def sentence_at(self, at: int) -> int:
        """Return the number of the sentence, from 1, in which a code point stands."""
        return bisect_right(self._sentence_starts, at)

    def goes_on(self, sentence: int) -> bool:
        """Whether a sentence, by its number, goes on from the last: 'Of those, 41 left'."""
        first, _ = self.sentences[sentence - 1]
        some = self.near(first + 1) == "of" and self.near(first + 2) in ("them", "these", "those")
        return (some or self.has(first, "goes-on")) and self.near(first - 1) != "\n"

    def _single_quotes(self) -> None:
        """Take ‘single’ quotation marks for double ones; ’ closes what ‘ opened on its line."""
        opened = False
        for i, low in enumerate(self.low):
            if low == "‘":
                self.low[i], opened = "“", True
            elif low == "’" and opened:
                self.low[i], opened = "”", False
            elif low == "\n":
                opened = False

    def _joined(self, i: int) -> bool:
        """Whether no space stands between a word and the next."""
        return i + 1 < len(self.low) and self.start[i + 1] == self.end[i]

    def _closed(self, i: int) -> int:
        """Return the word after the closing marks that stand at ``i``, if any do."""
        while self.near(i) in _CLOSING and self._joined(i - 1):
            i += 1
        return i

    def _ends_here(self, i: int) -> bool:
        then = self.spelt(i + 1)
        if self.low[i] in ("\n", "•"):
            return True
        if self.low[i] != ".":  # "“Why?” he asked" is one
            return not self.spelt(self._closed(i + 1))[:1].islower()
        inside = then == "," or then[:1].islower() or (self._joined(i) and then[0].isalnum())
        return not (inside or self.has(i - 1, "abbreviation"))

    @cached_property
    def quoted(self) -> list[bool]:
        """Say for each word whether it stands between quotation marks; a new line closes them."""
        result = [False] * len(self.low)
        opened: int | None = None  # where the quotation begins that is open
        for i in self.places_of(QUOTES | {"\n"}):
            low = self.low[i]
            if opened is None and (low in _OPEN or low == '"'):
                opened = i
            elif opened is not None and low not in _OPEN:
                result[opened : i + 1] = [True] * (i + 1 - opened)
                opened = None
        if opened is not None:
            result[opened:] = [True] * (len(result) - opened)
        return result
