"""What stands beside a verb that makes it one of reporting: 'that', a quotation, a clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from kit.lenses.lexicon import Spot
from kit.lenses.sources import Speakers
from kit.lenses.who import Who
from kit.lenses.words import QUOTES, Words

_FAR = 12  #: words within which a clause shows its verb, or a quotation its mark
_NAMES = frozenset(["call", "label", "dub", "brand"])  #: 'a boy called "Tom"'
_ADJECTIVES = ("less", "ful", "ous", "able", "ible")
_LOOSE = ("wall", "preposition", "conjunction", "auxiliary", "time-word")
_JUDGES = frozenset(["named-person", "institution", "document", "pronoun"])


@frozen
class Beside:
    """Tests what the tables of sourcing.toml ask for under ``beside``."""

    words: Words
    sets: Mapping[str, frozenset[str]]  #: the tables of sourcing.toml
    who: Who
    speakers: Speakers

    def holds(self, s: Spot, what: str) -> bool:
        """Whether that stands beside a verb which its table calls for."""
        test = _TESTS.get(what)
        return test(self, s) if test else what in self._near(s)

    def _near(self, s: Spot) -> list[str]:
        """Return the next words, up to a comma."""
        near = self.words.low[s.after : min(s.after + 6, s.last)]
        return near[: near.index(",")] if "," in near else near

    def to(self, s: Spot) -> bool:
        """'promised to', 'urged residents to'; 'the new rules' urge nobody."""
        to = s.ahead() == "to" or (s.line.base in self.sets["to-hearer"] and "to" in self._near(s))
        source = self.speakers.before(s.i, s.first) if to else None
        return to and (source is None or self.who.speaks(source))

    def charge(self, s: Spot) -> bool:
        """'denied taking money', 'rejected the claim'."""
        near = range(s.after, min(s.after + 4, s.last))
        return s.ahead().endswith("ing") or any(self.words.has(k, "charge") for k in near)

    def at_a_number(self, s: Spot) -> bool:
        """'put the loss at $3m'."""
        w, end = self.words, min(s.after + 8, s.last - 1)
        at = w.first_of(["at"], s.after, end)
        if at >= end:
            return False
        then = at + 1 + (w.near(at + 1) in QUOTES)  # "at “£4m and counting”"
        counted = w.has(then, "currency", "about", "cardinal") or w.near(then)[:1].isdigit()
        return counted or w.near(then) in ("more", "less", "up", "between")

    def somebody(self, s: Spot) -> bool:
        """Whether it is told who blames: 'Lind blamed', 'they blamed each other'."""
        source = self.speakers.before(s.i, s.first)
        if source is None or self.words.quoted[s.i]:
            return False
        kind = self.who.kind(source)
        if s.ahead(2) in ("other", "another"):  # "each other"; but who of "they" said what?
            return kind != "pronoun"
        return s.ahead() not in ("", ".", ",", "and") and kind in _JUDGES

    def complement(self, s: Spot) -> bool:
        """Whether how it is judged stands there: 'called it a sham', not 'the police late'."""
        w = self.words
        if not (w.has(s.after, "determiner", "object") or w.capital(s.after)):
            return False
        for k in range(s.after + 1, min(s.after + 7, s.last)):
            another = w.low[k] in ("a", "an") and not w.has(k + 1, "ordinal", "unit")
            judged = w.has(k, "judged") or w.low[k].endswith(_ADJECTIVES)
            if another or (judged and (w.near(k + 1) == "," or w.has(k + 1, *_LOOSE))):
                source = self.speakers.before(s.i, s.first)
                return source is not None and self.who.speaks(source)
            if w.low[k] == "," or w.has(k, *_LOOSE):
                return False
        return False

    def that(self, s: Spot) -> bool:
        """Whether 'that' follows, at most a hearer or a day away: 'admitted Monday that'."""
        w, told = self.words, s.line.base in self.sets["to-hearer"]
        if w.has(s.after, "question") and s.line.base in self.sets["asking"]:
            return True
        for k in range(s.after, min(s.after + 9, s.last)):
            if w.low[k] == "that":
                return True
            hearer = told and k < s.after + 6 and not w.has(k, "auxiliary")
            manner = w.low[k].endswith("ly") or w.low[k][0].isdigit()
            if not hearer and not manner and not w.has(k, "aside", "spoken-of", "owner"):
                return False
        return False

    def quote(self, s: Spot) -> bool:
        """Whether a quotation begins or ends within a few words, and the verb stands outside it."""
        low = self.words.low
        if self.words.quoted[s.i] or (s.line.base in _NAMES and s.ahead() in QUOTES):
            return False
        end = min(s.after + _FAR, s.last)
        ahead = self.words.first_of(QUOTES, s.after, end)
        named = s.line.base in self.sets["naming"] or ahead <= s.after + 1
        if ahead < end and (named or low[ahead - 1] in (",", ":")):
            return True
        # "“Why?” Lind asked" is one sentence or two.
        asked = self.words.near(s.first - 2) in ("?", "!")
        first = max(s.i - _FAR, s.first - asked)
        behind = self.words.last_of(QUOTES, first, s.i - 1)
        return behind >= first and self.words.near(behind - 1) in (",", ".", "?", "!")

    def clause(self, s: Spot) -> bool:
        """Whether a clause follows without 'that': 'noted [the bank had failed]'."""
        w, plain = self.words, s.line.base in self.sets["plain"]
        if w.has(s.after, "pronoun") or s.ahead() == "there":
            return not plain or s.ahead() not in ("it", "you")
        studied = self._by_study(s) and not w.has(s.after, "preposition")
        number = s.ahead()[:1].isdigit() or w.has(s.after, "cardinal")
        named = w.has(s.after, "determiner") or w.capital(s.after) or s.ahead().endswith("s")
        if studied and number:
            return True  # "A poll shows 54 percent favour it"
        if not studied and (plain or not (named or number)):
            return False
        for k in range(s.after + 1, min(s.after + _FAR, s.last)):
            if w.has(k, "wall", "relative", "conjunction") or w.low[k] in (",", "to"):
                return False
            finite = w.has(k, "auxiliary") and w.low[k] not in ("be", "been", "being", "not")
            if finite or (w.low[k].endswith("ed") and k > s.after + 1):
                return True
        return False

    def depicts(self, s: Spot) -> bool:
        """Whether a picture or a paper shows something: 'the video shows a man'."""
        now = s.line.form in ("base", "s") and s.line.base in self.sets["depicts"]
        return now and self._by_study(s) and not self.words.has(s.after, "preposition", "wall")

    def _by_study(self, s: Spot) -> bool:
        """Whether a document or those who study are the subject: 'a poll found', 'results show'."""
        source = self.speakers.before(s.i, s.first)
        return source is not None and self.who.any_of(source, "document", "scholar")

    def commas(self, s: Spot) -> bool:
        """', officials believe,' and 'as X noted,': what is said stands around the verb."""
        w = self.words
        before = w.low[max(s.first, s.i - 8) : max(s.first, s.i - 1)]
        opened = any(x in before for x in (",", "as", "than")) and s.back() not in ("as", "than")
        then = s.after  # "…, they wrote in a note on Monday."
        while then < s.last and w.has(then, "aside", "spoken-of") and w.low[then] != ",":
            then += 1
        closed = opened and w.near(then) in (",", ".", "", "\n")
        she = s.back(2) == "," and w.has(s.i - 1, "pronoun")  # ", she added,"
        loose = she or s.line.base not in self.sets["plain"]
        return closed and (loose or self._by_study(s))

    def closes(self, s: Spot) -> bool:
        """Whether a document closes the sentence: 'he knew, an analysis of the files [shows]'."""
        noun = self.words.has(s.i - 1, "preposition")  # "a letter of protest"
        return s.ahead() in (".", "") and not noun and self._by_study(s) and self.commas(s)


#: What a table may ask for; anything else is a word that must stand near ("of", "as", "for").
_TESTS: dict[str, Callable[[Beside, Spot], bool]] = {
    "any": lambda beside, s: True,
    "that": Beside.that,
    "to": Beside.to,
    "quote": Beside.quote,
    "clause": Beside.clause,
    "commas": Beside.commas,
    "depicts": Beside.depicts,
    "charge": Beside.charge,
    "at": Beside.at_a_number,
    "somebody": Beside.somebody,
    "complement": Beside.complement,
}
