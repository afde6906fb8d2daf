"""The sourcing lens: what is put down to somebody, by which words, and to whom."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field, frozen

from kit.course.messages import message
from kit.lenses.find import Find
from kit.lenses.hedges import passive, verb_follows
from kit.lenses.lexicon import Lexicon, Spot
from kit.lenses.sources import Speakers
from kit.lenses.who import SOURCE_KINDS, Stretch, Who
from kit.lenses.words import QUOTES, Words

_FAR = 12  #: words within which a clause shows its verb, or a quotation its mark
_LONGEST_SAID = 150  #: words
_NEAR_ENOUGH = 60  #: words, about two sentences, over which "he" can point back


@frozen
class Cue:
    """The words that put a statement down to somebody."""

    i: int
    after: int
    reason: str
    source: Stretch | None = None
    content: Stretch | None = None


@define
class Sourcing:
    """The sourcing lens over one text."""

    lexicon: Lexicon
    words: Words
    who: Who = field(init=False)
    speakers: Speakers = field(init=False)
    sets: dict[str, frozenset[str]] = field(init=False)  #: the tables of sourcing.toml

    def __attrs_post_init__(self) -> None:
        self.sets = self.lexicon.sets
        self.who = Who(self.words, self.sets)
        self.speakers = Speakers(self.words, self.sets, self.lexicon.finite, self.who)

    def cues(self) -> Iterator[Cue]:
        """Yield each attribution of the text in order."""
        done = 0
        for spot in self.lexicon.spots(self.words):
            cue = self._cue(spot) if spot.i >= done else None
            if cue:
                done = max(cue.after, cue.source[1] + 1) if cue.source else cue.after
                yield cue

    def _cue(self, s: Spot) -> Cue | None:
        beside = s.line.table.beside
        if "after" in beside:
            return self._phrase(s)
        if "nobody" in beside:
            return Cue(s.i, s.after, s.line.reason)
        return self._verb(s) if s.line.form else self._noun(s)

    # --- Phrases and nouns ------------------------------------------------------------------------

    def _phrase(self, s: Spot) -> Cue | None:
        """'according to X': X follows; what is said stands on the other side."""
        source = self.speakers.after(s.after, s.last)
        if source is None or (s.line.base == "citing" and not self._somebody(source)):
            return None
        then = source[1] + 1
        leads = self.words.near(then) == "," and s.i <= s.first + 1
        content = (then + 1, s.last - 1) if leads else (s.first, s.i - 1)
        return Cue(s.i, s.after, s.line.reason, source, self._trim(content, s))

    def _somebody(self, source: Stretch) -> bool:
        """Whether a source is somebody or a document: 'citing officials', not 'citing costs'."""
        named = any(self.words.capital(k) for k in range(source[0], source[1] + 1))
        return named or self.who.any_of(source, "people", "document", "institution")

    def _noun(self, s: Spot) -> Cue | None:
        """Read a noun for something said: 'the claim that', 'reports of', 'Lind's warning'."""
        w, then = self.words, s.ahead()
        owner = s.i - 1 if w.has(s.i - 1, "owner", "possessive") and s.i > s.first else None
        by = (
            then in ("by", "from")
            and self.speakers.opens(s.after + 1)
            and s.line.base in self.sets["spoken"]
        )
        hearsay = s.line.base in self.sets["hearsay"]
        # "Rumours swirl that"; in "rumours suggest that" the verb is the cue
        opening = hearsay and s.i <= s.first + 1 and s.ahead(2) == "that"
        opening = opening and s.ahead() not in self.lexicon.lines
        about = (hearsay and then in ("of", "about")) or (owner is not None and then == "of")
        if not (then == "that" or by or opening or about):
            return None
        source = None
        if owner is not None:
            source = (
                self.speakers.before(owner, s.first)
                if w.has(owner, "possessive")
                else (owner, owner)
            )
        elif by:
            source = self.speakers.after(s.after + 1, s.last)
        content = self._trim((s.after + 1, s.last - 1), s) if then in ("that", "of") else None
        return Cue(s.i, s.after, s.line.reason, source, content)

    # --- Verbs ------------------------------------------------------------------------------------

    def _verb(self, s: Spot) -> Cue | None:
        """'X said', 'said X', 'it is believed', 'was quoted as saying'."""
        if self._no_verb(s):
            return None
        if s.line.form in ("past", "participle") and passive(s):
            return self._passive(s)
        if self._inverted(s):
            source = self.speakers.after(s.after, s.last)
            return Cue(s.i, s.after, s.line.reason, source, self._trim((s.first, s.i - 1), s))
        if not any(self._beside(s, what) for what in s.line.table.beside):
            return None
        source = self._subject(s)
        return Cue(s.i, s.after, s.line.reason, source, self._content(s, source))

    def _no_verb(self, s: Spot) -> bool:
        """Whether the word is a noun or a name here: 'the claim', 'in reports', 'United States'."""
        w, i, form = self.words, s.i, s.line.form
        inside = i > s.first
        determined = (
            inside and w.has(i - 1, "determiner", "possessive") and not w.has(i - 1, "plural")
        )
        linked = inside and w.has(i - 1, "preposition") and not w.has(i - 1, "links-clauses")
        if w.capital(i) and (s.line.base == "state" or inside) and not _title_case(s):
            return True
        if form == "ing":
            return determined or s.back() in ("of", "as") or s.line.base == "cite"
        if form == "participle":
            return not any(w.has(k, "auxiliary") for k in range(max(s.first, i - 3), i))
        if form == "past":
            return linked or (determined and s.back() != "that")
        if determined or linked:
            return True
        return not self._plural(s) if form == "base" else self._plural_noun(s)

    def _plural(self, s: Spot) -> bool:
        """Whether a plain verb can stand here: after 'they', 'officials', 'did not', 'will'."""
        w = self.words
        if s.back() == "to":
            return w.has(s.i - 2, "before-to")
        after = w.has(s.i - 1, "auxiliary", "adverb", "pronoun", "plural-subject")
        if after or s.back().endswith("s") or (s.line.base == "say" and w.capital(s.i - 1)):
            return True
        subject = None  # "residents of the valley [say]"
        if s.line.base not in self.sets["also-noun"]:
            subject = self.speakers.before(s.i, s.first)
        return subject is not None and w.low[self.who.head(*subject)].endswith("s")

    def _plural_noun(self, s: Spot) -> bool:
        """Whether a word in -s is a noun: 'asylum claims can be', 'Reports say'."""
        quote = s.ahead() == "," and s.ahead(2) in QUOTES
        ends = self.words.has(s.after, "auxiliary", "preposition", "wall") or s.ahead() in (
            ",",
            "and",
        )
        return s.line.base in self.sets["also-noun"] and (ends or s.i == s.first) and not quote

    def _passive(self, s: Spot) -> Cue | None:
        """'is said to', 'it was announced that', 'was reported by X'."""
        near = range(s.after, min(s.after + 5, s.last))
        by = next((k for k in near if self.words.low[k] == "by"), None)
        if by is not None and self.speakers.opens(by + 1):
            return Cue(s.i, s.after, s.line.reason, self.speakers.after(by + 1, s.last))
        held = s.ahead() == "to" and verb_follows(s) and s.line.base in self.sets["held"]
        held = held or (s.line.base == "estimate" and s.ahead() == "at")
        if s.ahead() != "that" and not held and not (s.ahead() == "as" and s.ahead(2) == "saying"):
            return None
        return Cue(s.i, s.after, s.line.reason, None, self._trim((s.after + 1, s.last - 1), s))

    def _inverted(self, s: Spot) -> bool:
        """Whether the verb stands before its subject: '"...", said Mara Lind'."""
        if s.line.form == "ing" or s.i == s.first or not self.speakers.opens(s.after):
            return False
        if s.line.base in self.sets["never-inverted"]:
            return False
        if s.back() in QUOTES:
            return True
        source = self.speakers.after(s.after, s.last) if s.back() == "," else None
        then = self.words.near(source[1] + 1)[:1] if source else ""
        # Nothing but an aside may follow; a verb would make the noun the subject of what is said.
        return source is not None and (
            then in ("", ",", ".", ";", "\n") or self.words.has(source[1] + 1, "preposition")
        )

    def _subject(self, s: Spot) -> Stretch | None:
        own = s.back() not in ("", ",", "and", "by") and not (
            self.speakers.between(s.i - 1) and not self.words.has(s.i - 1, "auxiliary")
        )
        if s.line.form == "ing" and not own:
            return self.speakers.of_clause(s.first, s.i)
        return self.speakers.before(s.i, s.first)

    def _content(self, s: Spot, source: Stretch | None) -> Stretch | None:
        """Return what is said: what follows the verb, or what stands before its subject."""
        closes = s.ahead() in (".", "")
        quote = source is not None and self.words.near(source[0] - 1) in QUOTES
        if source and source[0] > s.first + 1 and (closes or quote):
            return self._trim((s.first, source[0] - 1), s)
        near = range(s.after, min(s.after + 7, s.last))
        start = next((k + 1 for k in near if self.words.low[k] in ("that", ",", ":")), s.after)
        return self._trim((start, s.last - 1), s)

    def _trim(self, stretch: Stretch, s: Spot) -> Stretch | None:
        """Leave out commas and stops at both ends; nothing where fewer than two words are left.

        What is too long for a statement is cut at its far end, so that a book without a full stop
        does not come out once for each cue in it.
        """
        (first, last), low = stretch, self.words.low
        if last - first > _LONGEST_SAID:
            far = first > s.i  # behind the cue; else before it
            first, last = (first, first + _LONGEST_SAID) if far else (last - _LONGEST_SAID, last)
        while first < last and low[first] in (",", ":", ";", "that"):
            first += 1
        while last > first and low[last][0] in ",.:;\n":
            last -= 1
        return (first, last) if last > first else None

    # --- What stands beside a verb that makes it one of reporting ---------------------------------

    def _beside(self, s: Spot, what: str) -> bool:
        """Whether that stands beside the verb which its table calls for."""
        low, base = self.words.low, s.line.base
        near = low[s.after : min(s.after + 6, s.last)]
        near = near[: near.index(",")] if "," in near else near
        if what == "any":
            return True
        if what == "that":
            asked = self.words.has(s.after, "question") and base in self.sets["asking"]
            return asked or self._that(s)
        if what == "to":
            return s.ahead() == "to" or (base in self.sets["to-hearer"] and "to" in near)
        tests = {"quote": self._quote, "clause": self._clause, "commas": self._commas}
        if what in tests:
            return tests[what](s)
        if what == "charge":
            return s.ahead().endswith("ing") or any(
                self.words.has(k, "charge") for k in range(s.after, min(s.after + 4, s.last))
            )
        return what in near

    def _that(self, s: Spot) -> bool:
        """Whether 'that' follows, at most a hearer or a day away: 'admitted Monday that'."""
        w, told = self.words, s.line.base in self.sets["to-hearer"]
        for k in range(s.after, min(s.after + 9, s.last)):
            if w.low[k] == "that":
                return True
            aside = w.has(k, "aside") or w.low[k].endswith("ly") or w.low[k][0].isdigit()
            hearer = told and k < s.after + 6 and not w.has(k, "auxiliary")
            if not aside and not hearer:
                return False
        return False

    def _quote(self, s: Spot) -> bool:
        """Whether a quotation begins or ends within a few words, and the verb stands outside it."""
        low = self.words.low
        if self.words.quoted[s.i] or (s.line.base == "call" and s.ahead() in QUOTES):
            return False
        ahead = next(
            (k for k in range(s.after, min(s.after + _FAR, s.last)) if low[k] in QUOTES), None
        )
        named = s.line.base in self.sets["naming"]
        if ahead is not None and (named or ahead <= s.after + 1 or low[ahead - 1] in (",", ":")):
            return True
        back = range(s.i - 1, max(s.i - _FAR, s.first) - 1, -1)
        behind = next((k for k in back if low[k] in QUOTES), None)
        return behind is not None and self.words.near(behind - 1) in (",", ".", "?", "!")

    def _clause(self, s: Spot) -> bool:
        """Whether a clause follows without 'that': 'noted [the bank had failed]'."""
        w, plain = self.words, s.line.base in self.sets["plain"]
        if w.has(s.after, "pronoun") or s.ahead() == "there":
            return not plain or s.ahead() not in ("it", "you")
        studied = self._by_study(s) and not w.has(s.after, "preposition")
        named = w.has(s.after, "determiner") or w.capital(s.after) or s.ahead().endswith("s")
        if not studied and (plain or not (named or s.ahead()[:1].isdigit())):
            return False
        for k in range(s.after + 1, min(s.after + _FAR, s.last)):
            if w.has(k, "wall", "relative", "conjunction") or w.low[k] in (",", "to"):
                return False
            finite = w.has(k, "auxiliary") and w.low[k] not in ("be", "been", "being", "not")
            if finite or (w.low[k].endswith("ed") and k > s.after + 1):
                return True
        return False

    def _by_study(self, s: Spot) -> bool:
        """Whether a document or those who study are the subject: 'a poll found', 'results show'."""
        source = self.speakers.before(s.i, s.first)
        return source is not None and self.who.any_of(source, "document", "scholar")

    def _commas(self, s: Spot) -> bool:
        """', officials believe,' and 'as X noted,': what is said stands around the verb."""
        before = self.words.low[max(s.first, s.i - 8) : max(s.first, s.i - 1)]
        opened = any(x in before for x in (",", "as", "than")) and s.back() not in ("as", "than")
        then = s.after  # "…, they wrote in a note on Monday."
        while (
            then < s.last
            and self.words.has(then, "aside", "spoken-of")
            and self.words.low[then] != ","
        ):
            then += 1
        closed = opened and self.words.near(then) in (",", ".", "", "\n")
        return closed and (s.line.base not in self.sets["plain"] or self._by_study(s))


def _title_case(s: Spot) -> bool:
    """Whether a sentence is a headline in which nearly every word has a capital."""
    long = [k for k in s.around if len(s.words.low[k]) > 3]
    return bool(long) and sum(s.words.capital(k) for k in long) >= 0.8 * len(long)


def to_finds(words: Words, cues: list[Cue], who: Who) -> Iterator[Find]:
    """Yield cue, source and content of each attribution, each with the source's kind."""
    reasons = {kind: message(f"lens_source.{kind}") for kind in SOURCE_KINDS}
    named: list[tuple[int, str, str]] = []  # where, text and kind of each source so far
    for cue in cues:
        kind, refers_to = "agentless", ""
        if cue.source:
            kind = who.kind(cue.source)
            if kind == "pronoun":
                kind, refers_to = _resolve(words, cue.source[0], named)
            else:
                named.append((cue.source[0], words.said(*cue.source), kind))
        said = words.said(cue.i, cue.after - 1)
        parts = (
            ("cue", (cue.i, cue.after - 1), cue.reason),
            ("source", cue.source, reasons[kind]),
            ("content", cue.content, message("lens.content", cue=said)),
        )
        for part, stretch, why in parts:
            if stretch:
                start, end = words.start[stretch[0]], words.end[stretch[1]]
                text = words.text[start:end]
                yield Find(start, end, text, "sourcing", part, why, kind, refers_to)


def _resolve(words: Words, at: int, named: list[tuple[int, str, str]]) -> tuple[str, str]:
    """Take 'he' or 'she' for a person named as a source before, where only one can be meant."""
    near = {
        text
        for where, text, kind in named[-8:]
        if kind == "named-person" and at - where <= _NEAR_ENOUGH
    }
    sure = words.low[at] in ("he", "she") and len(near) == 1
    return ("named-person", near.pop()) if sure else ("pronoun", "")
