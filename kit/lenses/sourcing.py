"""The sourcing lens: what is put down to somebody, by which words, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from attrs import define, field

from kit.course.messages import message
from kit.lenses.beside import Beside
from kit.lenses.find import Find
from kit.lenses.hedges import passive, verb_follows
from kit.lenses.lexicon import Lexicon, Spot
from kit.lenses.sources import Speakers
from kit.lenses.who import Stretch, Who
from kit.lenses.words import QUOTES, Words

_LONGEST_SAID = 150  #: words
_NEAR_ENOUGH = 60  #: words, about two sentences, over which "he" can point back
_FATES = frozenset(["to", "in", "so", "missing", "dead", "lost", "killed", "injured"])
_ENDED = frozenset([",", ".", "?", "!", "…", "...", "-", "—"])
_UNDER = frozenset(["if", "when", "once", "unless", "until", "than", "as", "where", "though"])


class Cue(NamedTuple):
    """The words that put a statement down to somebody."""

    i: int
    after: int
    reason: str
    source: Stretch | None = None
    content: Stretch | None = None
    nobody: bool = False  #: the words themselves leave out who: "it is said"
    other: Stretch | None = None  #: a second source: "Ada Moss, and two officials, [said]"
    kind: str = ""  #: of the source, where the cue itself tells it


@define
class Sourcing:
    """The sourcing lens over one text."""

    lexicon: Lexicon
    words: Words
    who: Who = field(init=False)
    speakers: Speakers = field(init=False)
    beside: Beside = field(init=False)
    sets: dict[str, frozenset[str]] = field(init=False)  #: the tables of sourcing.toml
    previous: Cue | None = None  #: the last that was found
    judged: tuple[int, str, bool] = (-1, "", False)  #: the last verb, and whether it is none
    unsure: list[int] = field(factory=list)  #: verbs of reporting that were not read as cues

    def __attrs_post_init__(self) -> None:
        self.sets = self.lexicon.sets
        self.who = Who(self.words, self.lexicon.kinds)
        self.speakers = Speakers(self.words, self.sets, self.lexicon.finite, self.who)
        self.beside = Beside(self.words, self.sets, self.who, self.speakers)

    def cues(self) -> list[Cue]:
        """Return each attribution of the text in order."""
        done, found = 0, [*self._labels(), *self._tails()]
        for spot in self.lexicon.spots(self.words):
            cue = self._cue(spot) if spot.i >= done else None
            if cue:
                done = max(cue.after, cue.source[1] + 1) if cue.source else cue.after
                self.previous = cue
                found.append(cue)
            elif spot.line.form and not self._noun_form(spot):
                self.unsure.append(spot.i)
        return sorted(found, key=lambda cue: cue.i)

    def _noun_form(self, s: Spot) -> bool:
        """Whether a form is as often a noun: 'claim', 'orders'."""
        return s.line.form in ("base", "s") and s.line.base in self.sets["also-noun"]

    def _cue(self, s: Spot) -> Cue | None:
        for what in s.line.table.beside:
            if what in _READERS:
                return _READERS[what](self, s)
        return self._verb(s) if s.line.form else self._noun(s)

    def _without_anybody(self, s: Spot) -> Cue:
        """Read 'reportedly', 'rumour has it': the words leave out who."""
        return Cue(s.i, s.after, s.line.reason, nobody=True)

    # --- Phrases, nouns and marks -----------------------------------------------------------------

    def _phrase(self, s: Spot) -> Cue | None:
        """'according to X': X follows; what is said stands on the other side."""
        source = self.speakers.after(s.after, s.last)
        if source is None or (s.line.base in ("citing", "per") and not self._somebody(source)):
            return None
        if s.line.base == "per" and s.back() not in ("", ","):
            return None  # "ten per day"
        then = source[1] + 1
        leads = self.words.near(then) == "," and s.i <= s.first + 1
        content = (then + 1, s.last - 1) if leads else (s.first, s.i - 1)
        return Cue(s.i, s.after, s.line.reason, source, self._trim(content, s))

    def _said_by_subject(self, s: Spot) -> Cue | None:
        """'Holt could not be reached for comment': a phrase that is a verb's part."""
        source = self.speakers.before(s.i, s.first)
        return Cue(s.i, s.after, s.line.reason, source) if source else None

    def _unanswered(self, s: Spot) -> Cue:
        """Return 'request for comment' with who was asked: 'to the embassy'."""
        near = range(s.after, min(s.after + 4, s.last - 1))
        to = next((k for k in near if self.words.low[k] in ("to", "from")), None)
        source = self.speakers.after(to + 1, s.last) if to else None
        return Cue(s.i, s.after, s.line.reason, source)

    def _unreached(self, s: Spot) -> Cue | None:
        """Read 'attempts to reach Lind failed', 'calls to the embassy were not returned'."""
        w, at, near = self.words, s.after, range(s.after, min(s.after + 25, s.last))
        told, sets = w.low[s.after : s.after + len(near)], w.grammar.sets
        refused = "not" in told and not sets["answered"].isdisjoint(told)
        if not refused and sets["failed"].isdisjoint(told):
            return None
        if s.line.words[-1] == "by":  # "attempts by the Herald to reach Lind"
            at = next((k + 1 for k in near if w.low[k] in ("reach", "contact")), s.last)
        ends = (k for k in near if k > at and (w.past(k) or w.has(k, "past", "auxiliary")))
        verb = next(ends, s.last)
        verb -= 2 * (w.low[verb - 2 : verb] == ["for", "comment"])
        source = self.speakers.after(at, verb) if at < verb else None
        speaks = source and self.who.speaks(source)
        return Cue(s.i, s.after, s.line.reason, source) if speaks else None

    def _by_count(self, s: Spot) -> Cue | None:
        """'by the army's own account', 'on its own admission'."""
        w, own = self.words, s.back() == "own"
        last = s.i - 1 - own
        near = range(last - 1, max(s.first, last - 7) - 1, -1)
        led = next((k for k in near if w.low[k] == "by" or (own and w.low[k] == "on")), None)
        if led is None or not w.has(last, "owner", "possessive"):
            return None
        source = (led + 1, max(led + 1, last - w.has(last, "possessive")))
        return Cue(s.i, s.after, s.line.reason, source)

    def _somebody(self, source: Stretch) -> bool:
        """Whether a source is somebody or a document: 'citing officials', not 'citing costs'."""
        named = any(self.words.capital(k) for k in range(source[0], source[1] + 1))
        return named or self.who.any_of(source, "people", "document", "institution")

    def _noun(self, s: Spot) -> Cue | None:
        """Read a noun for something said: 'the claim that', 'reports of', 'Lind's warning'."""
        w, then = self.words, s.ahead()
        source = None
        owned = w.has(s.i - 1, "owner", "possessive") and s.i > s.first
        spoken = then in ("by", "from") and s.line.base in self.sets["spoken"]
        by = self.speakers.after(s.after + 1, s.last) if spoken else None
        hearsay = s.line.base in self.sets["hearsay"]
        # "Rumours swirl that"; in "rumours suggest that" the verb is the cue
        soon = w.low[s.after : min(s.after + 4, s.last)]
        opening = hearsay and s.i <= s.first + 1 and "that" in soon
        opening = opening and then not in self.lexicon.lines
        if owned and (then in ("that", "of")):
            source = (s.i - 1, s.i - 1)
            if w.has(s.i - 1, "possessive"):
                source = self.speakers.before(s.i - 1, s.first)
        elif by is not None and self._somebody(by):
            source = by
        elif not (then == "that" or opening or (hearsay and then in ("of", "about"))):
            return None
        content = self._trim((s.after + 1, s.last - 1), s) if then in ("that", "of") else None
        loose = s.back() in ("", "amid", "are", "is", "were", "was", "despite", "of")
        return Cue(s.i, s.after, s.line.reason, source, content, nobody=hearsay or loose)

    def _labels(self) -> Iterator[Cue]:
        """Yield who speaks before a colon: 'HOLT: We never saw it.', 'Mayor: “I did not.”'."""
        w, found = self.words, list[Cue]()
        for i in w.places_of([":"]):
            first = i
            while first > i - 4 and w.near(first - 1) not in ("", "\n"):
                first -= 1
            spoken = self._speaker_before(first, i)
            if w.near(first - 1) not in ("", "\n") or not spoken:
                continue
            cue = Cue(i, i + 1, message("lens.label"), (first, i - 1), None, kind=spoken)
            if w.near(i + 1) in QUOTES:
                yield cue
            elif w.said(first, i - 1).isupper():
                found.append(cue)
        if len(found) > 1:  # an interview
            yield from found

    def _speaker_before(self, first: int, colon: int) -> str:
        """Return what kind of speaker stands before a colon; nothing where it is none."""
        parts = (first, colon - 1)
        letters = max((len(low) for low in self.words.low[first:colon]), default=0)
        form = self.who.any_of(parts, "no-speaker", "hearsay")  # "CLAIM: …"
        lines = self.lexicon.lines.get(self.words.near(colon - 1), ())
        verb = any(line.form in ("s", "past", "participle") for line in lines)
        if letters < 2 or form or verb:
            return ""
        if self.words.said(*parts).isupper():
            bodies = self.who.any_of(parts, "institution", "place", "document")
            return "institution" if bodies else "named-person"
        return self.who.kind(parts) if self.who.speaks(parts) else ""

    def _tails(self) -> Iterator[Cue]:
        """Yield the end of a headline that says whose claim it is: 'Mayor to quit – report'."""
        w = self.words
        for k in w.places_of(["–", "—", "-", ":"]):
            end = k + 1
            while end < k + 5 and w.near(end) not in ("", "\n") and not w.has(end, "wall"):
                end += 1
            whole = w.near(end) in ("", "\n") and end > k + 1
            apart = k > 0 and (w.start[k] > w.end[k - 1] or (w.low[k] == ":" and end == k + 2))
            speaks = self.who.any_of((end - 1, end - 1), "people", "institution")
            speaks = speaks or (w.low[k] != ":" and self.who.any_of((end - 1, end - 1), "document"))
            line = k - 1
            while line >= max(0, k - 20) and w.low[line] not in ("\n", ".", "!"):
                line -= 1
            if whole and apart and speaks and w.near(line) in ("", "\n") and line < k - 2:
                yield Cue(k, k + 1, message("lens.tail"), (k + 1, end - 1), (line + 1, k - 1))

    # --- Verbs ------------------------------------------------------------------------------------

    def _verb(self, s: Spot) -> Cue | None:
        """'X said', 'said X', 'it is believed', 'was quoted as saying'."""
        if self.judged[:2] != (s.i, s.line.base):  # it may stand in more than one table
            self.judged = (s.i, s.line.base, self._no_verb(s))
        if self.judged[2]:
            return None
        if self._is_passive(s):
            return self._passive(s)
        source = self._inverted(s)
        if source is not None:
            content = self._trim((s.first, s.i - 1), s)
            return Cue(s.i, s.after, s.line.reason, source, content)
        if not any(self.beside.holds(s, what) for what in s.line.table.beside):
            return None
        source = self._subject(s)
        if source and self.words.has(source[0], "nobody"):
            return None  # "Nobody said that", "no one has told"
        other = self._other(source, s) if source else None
        content = self._content(s, source)
        return Cue(s.i, s.after, s.line.reason, source, content, other=other)

    def _no_verb(self, s: Spot) -> bool:
        """Whether the word is a noun or a name here: 'the claim', 'in reports', 'United States'."""
        w, i, form = self.words, s.i, s.line.form
        if w.capital(i) and i > s.first and not _title_case(s):
            return True
        if form == "participle":
            return not any(w.has(k, "auxiliary") for k in range(max(s.first, i - 3), i))
        its = w.has(i - 1, "possessive") and not w.has(i - 2, "pronoun")  # no "it's estimated"
        determined = its or (w.has(i - 1, "determiner") and not w.has(i - 1, "plural"))
        linked = w.has(i - 1, "preposition") and not w.has(i - 1, "links-clauses")
        if form == "ing":
            noun = w.words[i].isupper() and s.back() != ","  # "A FLOOD WARNING MEANS"
            last = self.previous.i if self.previous else -1
            quoted = last >= s.first and w.has(last, "quoting")  # "quoted the governor as saying"
            as_saying = s.back() == "as" and not quoted
            owned = determined or s.back() in ("of", "with")  # "with reporting by"
            return owned or noun or as_saying or s.line.base == "cite"
        if form == "past":
            return self._no_past(s) or linked or (determined and s.back() != "that")
        reigniting = s.back().endswith("ing") and not w.capital(i - 1)  # "reigniting fears"
        if determined or linked or reigniting:
            return True
        return not self._plural(s) if form == "base" else self._plural_noun(s)

    def _no_past(self, s: Spot) -> bool:
        """'if confirmed', 'than expected', 'Asked if she would', 'the first reported to date'."""
        w = self.words
        if s.i == s.first or s.back() in _UNDER:
            return True
        before = w.low[max(s.first, s.i - 3) : s.i]
        return s.ahead() in _FATES and any(x.endswith(("est", "first", "most")) for x in before)

    def _plural(self, s: Spot) -> bool:
        """Whether a plain verb can stand here: after 'they', 'officials', 'did not', 'will'."""
        w = self.words
        if s.line.base == "put":  # its own past
            return True
        if s.back() == "to":
            return w.has(s.i - 2, "before-to")
        if self._noun_form(s) and s.ahead() in self.lexicon.finite:
            return False  # "A police report suggests"
        after = w.has(s.i - 1, "auxiliary", "adverb", "pronoun", "plural-subject")
        after = after or (s.back().endswith("ly") and w.has(s.i - 2, "auxiliary"))
        after = after or s.back().endswith("s")
        return after or (s.line.base == "say" and w.capital(s.i - 1)) or self._many_before(s)

    def _many_before(self, s: Spot) -> bool:
        """Whether the subject is more than one: 'residents of the valley [say]'."""
        w = self.words
        if w.capital(s.i - 1) and self.who.any_of((s.i - 1, s.i - 1), "institution", "place"):
            return s.ahead() == "that"  # "The Telegraph report that"
        subject = self.speakers.before(s.i, s.first)  # "residents of the valley [say]"
        if subject is None:
            return False
        head = self.who.head(*subject)
        if self._noun_form(s) and not self.who.any_of((head, head), "people", "document"):
            return False
        return w.low[head].endswith("s") or w.has(head, "plural-subject")

    def _plural_noun(self, s: Spot) -> bool:
        """Whether a word in -s is a noun: 'asylum claims can be', 'Reports say'."""
        if s.line.base not in self.sets["also-noun"]:
            return False
        if self.words.capital(s.i - 1) and s.i > s.first + 1:  # "Mia Lang reports from"
            return self.words.has(s.after, "auxiliary", "wall")
        if s.ahead() == "," and s.ahead(2) in QUOTES:
            return False
        ends = self.words.has(s.after, "auxiliary", "preposition", "wall")
        return ends or s.ahead() in (",", "and") or s.i == s.first

    def _is_passive(self, s: Spot) -> bool:
        if s.line.form not in ("past", "participle"):
            return False
        asked = s.words.has(s.first, "be") and s.words.low[s.last - 1] == "?"  # "Was he told?"
        reduced = s.ahead() == "to" and s.line.base in self.sets["held-to-be"]
        return passive(s) or asked or (reduced and verb_follows(s))

    def _passive(self, s: Spot) -> Cue | None:
        """'is said to', 'it was announced that', 'was reported by X', 'was quoted as saying'."""
        low = self.words.low
        near = range(s.after, min(s.after + 5, s.last))
        held_to = s.ahead() == "to" and s.line.base in self.sets["held-to-be"]
        by = None if held_to else next((k for k in near if low[k] == "by"), None)
        if by is not None and self.speakers.opens(by + 1):
            return Cue(s.i, s.after, s.line.reason, self.speakers.after(by + 1, s.last))
        content = self._trim((s.after + 1, s.last - 1), s)
        if s.ahead() == "as" and s.ahead(2) == "saying":
            source = self.speakers.before(s.i, s.first)
            return Cue(s.i, s.after + 2, s.line.reason, source, content)
        held = s.line.base in self.sets["held"]
        to = s.ahead() == "to" and verb_follows(s) and held
        at = s.ahead() == "at" and s.line.base == "estimate"
        it = held and "it" in low[max(s.first, s.i - 3) : s.i]
        it = it and s.ahead() not in (".", ",", "", "to")
        if s.ahead() != "that" and not to and not at and not it:
            return None
        return Cue(s.i, s.after, s.line.reason, None, content, nobody=True)

    def _inverted(self, s: Spot) -> Stretch | None:
        """Return the subject that stands behind its verb: '"...", said Mara Lind'."""
        if s.line.form == "ing" or s.i == s.first or s.line.base in self.sets["never-inverted"]:
            return None
        if s.back() in QUOTES:
            said = s.back(2) in _ENDED  # not: “a source” says the other four
            said = said and self.speakers.opens(s.after)
            return self.speakers.after(s.after, s.last) if said else None
        if s.back() != "," or "somebody" in s.line.table.beside:
            return None
        if not self.speakers.opens(s.after):
            return self._bare_subject(s)
        source = self.speakers.after(s.after, s.last)
        then = self.words.near(source[1] + 1)[:1] if source else ""
        # Nothing but an aside may follow; a verb would make the noun the subject of what is said.
        aside = source and self.words.has(source[1] + 1, "preposition")
        return source if aside or then in ("", ",", ".", ";", "\n") else None

    def _bare_subject(self, s: Spot) -> Stretch | None:
        """'..., showed provisional exchange data.': a known noun at the end of the sentence."""
        w, end = self.words, s.last - 1 - self.words.has(s.last - 1, "wall")
        inside = range(s.after, min(end + 1, s.after + 7))
        loose = any(w.has(k, "auxiliary", "pronoun", "wall", "preposition") for k in inside)
        known = self.who.any_of((end, end), "people", "document", "institution")
        return (s.after, end) if end in inside and known and not loose else None

    # --- Who says it, and what --------------------------------------------------------------------

    def _subject(self, s: Spot) -> Stretch | None:
        k = s.i - 1
        while k > s.first and self.speakers.between(k):
            k -= 1
        back = self.words.low[k] if k >= s.first else ""
        if s.line.form == "ing":
            return self._of_ing(s, k, back)
        joined = back in ("and", "but", "or", "nor") and k > s.first
        return self._of_main_clause(s) if joined else self.speakers.before(s.i, s.first)

    def _of_ing(self, s: Spot, k: int, back: str) -> Stretch | None:
        """Return who does what stands in -ing: of the main clause, unless it has its own."""
        if back == "for":  # "scolded the Herald for wrongly [stating]"
            return self.speakers.before(k, s.first)
        if back == "as":  # "quoted the governor as [saying]"
            quoted = self.previous.after if self.previous else k
            return (quoted, k - 1) if quoted < k else None
        if back in ("", ",") or self.words.has(k, "preposition", "conjunction"):
            return self._of_main_clause(s)
        own = self.speakers.before(s.i, s.first)
        late = own is None or self.words.past(own[0])  # "appeared in a video [saying]"
        return self._of_main_clause(s) if late else own

    def _of_main_clause(self, s: Spot) -> Stretch | None:
        """Return who spoke last in the sentence, or with whom it begins: 'Lind [...] and said'."""
        before = self.previous
        if before and before.i >= s.first and before.source:
            return before.source
        return self.speakers.of_clause(s.first, s.i)

    def _other(self, source: Stretch, s: Spot) -> Stretch | None:
        """'Ilya Orlov, a spokesman, and [two officials] said': the one before 'and'."""
        start = source[0]
        if start - 2 <= s.first or self.words.low[start - 2 : start] != [",", "and"]:
            return None
        other = self.speakers.before(start - 1, s.first)
        return other if other and self.words.capital(other[1]) else None

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


#: What a table asks for under ``beside``, where the lines are neither verbs nor nouns.
_READERS: dict[str, Callable[[Sourcing, Spot], Cue | None]] = {
    "after": Sourcing._phrase,
    "before": Sourcing._said_by_subject,
    "counted": Sourcing._by_count,
    "hearer": Sourcing._unanswered,
    "unreached": Sourcing._unreached,
    "nobody": Sourcing._without_anybody,
    "never": lambda _sourcing, _spot: None,
}


def _title_case(s: Spot) -> bool:
    """Whether a sentence is a headline in which nearly every word has a capital."""
    long = [k for k in s.around if len(s.words.low[k]) > 3]
    return bool(long) and sum(s.words.capital(k) for k in long) >= 0.8 * len(long)


def to_finds(words: Words, cues: list[Cue], who: Who) -> Iterator[Find]:
    """Yield cue, source and content of each attribution, each with the source's kind.

    What stands inside a quotation is the speaker's own, not the article's: ``inner-cue``.
    """
    named: list[tuple[int, str]] = []  # where each person was named, and how
    told = cache(message)
    for cue in cues:
        kind, refers_to = _kind(words, cue, who, named)
        said = words.said(cue.i, cue.after - 1)
        inner = words.quoted[cue.i] and not (cue.source and not words.quoted[cue.source[0]])
        other = who.kind(cue.other) if cue.other else ""
        parts = (
            ("cue", (cue.i, cue.after - 1), cue.reason, kind),
            ("source", cue.other, "", other),
            ("source", cue.source, "", kind),
            ("content", cue.content, told("lens.content", cue=said), kind),
        )
        for part, stretch, reason, source_kind in parts:
            if stretch:
                why = reason or told(f"lens_source.{source_kind}")
                name = f"inner-{part}" if inner else part
                yield Find(*words.span(*stretch), "sourcing", name, why, source_kind, refers_to)


def _kind(words: Words, cue: Cue, who: Who, named: list[tuple[int, str]]) -> tuple[str, str]:
    """Return the kind of a cue's source, and whom 'he' or 'the coach' means."""
    if cue.source is None:
        return ("agentless" if cue.nobody else "not-found"), ""
    first, last = cue.source
    kind = cue.kind or who.kind(cue.source)
    near = [text for at, text in named[-8:] if first - at <= _NEAR_ENOUGH]
    if kind == "pronoun":  # whom it means where only one can be meant
        sure = words.low[first] in ("he", "she", "his", "her") and len(set(near)) == 1
        return ("named-person", near[0]) if sure else (kind, "")
    if kind == "anonymous-bare" and words.low[first] == "the":
        same = [text for text in near if words.low[last] in text.lower().split()[1:]]
        if same:
            return "named-person", same[-1]
    if kind == "named-person":
        named.append((first, words.said(*cue.source)))
    return kind, ""
