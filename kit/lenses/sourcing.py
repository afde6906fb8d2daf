"""The sourcing lens: what is put down to somebody, by which words, and to whom."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from kit.lenses.find import Find
from kit.lenses.lexicon import Lexicon, Line
from kit.lenses.sources import Speakers, Stretch
from kit.lenses.words import QUOTES, Words
from kit.messages import say

_FAR = 12  #: words within which a clause shows its verb, or a quotation its mark
_ASKED = frozenset(["how", "why", "whether", "if", "what", "where"])
#: Verbs that name a hearer before what is said: 'told reporters that'.
_TO_HEARER = frozenset("tell inform warn assure remind convince persuade notify advise teach say write announce complain promise show".split())


@frozen
class Cue:
    """The words that put a statement down to somebody."""

    i: int
    after: int
    line: Line
    source: Stretch | None
    content: Stretch | None = None


@frozen
class Sourcing:
    """The sourcing lens with its lexicons."""

    lexicon: Lexicon
    grammar: Lexicon
    speakers: Speakers = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "speakers", Speakers(self.grammar, self.lexicon))

    def cues(self, words: Words) -> Iterator[Cue]:
        """Yield each attribution of a text in order."""
        lines = self.lexicon.lines
        cue_tables = frozenset(k for k, t in self.lexicon.tables.items() if t.beside)
        for first, last in words.sentences:
            done = first
            for i in [i for i in range(first, last) if words.low[i] in lines]:
                if i < done:
                    continue
                spots = (Spot(words, i, i + len(x.words), first, last, x) for x in self.lexicon.every(words.low, i) if x.table in cue_tables)
                cue = next((cue for spot in spots if (cue := self._cue(spot))), None)
                if cue:
                    done = cue.after
                    yield cue

    def _cue(self, s: Spot) -> Cue | None:
        beside = self.lexicon.tables[s.line.table].beside
        if "after" in beside:
            return self._phrase(s)
        if "agentless" in beside:
            return Cue(s.i, s.after, s.line, None)
        return self._verb(s) if s.line.form else self._noun(s)

    # --- Phrases and nouns -----------------------------------------------------------------------

    def _phrase(self, s: Spot) -> Cue | None:
        """'according to X': X follows; what is said stands on the other side."""
        source = self.speakers.after(s.words, s.after, s.last)
        if source is None or (s.line.base == "citing" and not self._somebody(s.words, source)):
            return None
        then = source[1] + 1
        content = (then + 1, s.last - 1) if s.words.near(then) == "," and s.i <= s.first + 1 else (s.first, s.i - 1)
        return Cue(s.i, s.after, s.line, source, _trim(s.words, content))

    def _somebody(self, words: Words, source: Stretch) -> bool:
        """Whether a source is a person, a body or a document: 'citing officials', not 'citing costs'."""
        known = self.lexicon.words("people") | self.lexicon.words("document") | self.lexicon.words("institution")
        return any(words.capital(k) or words.low[k] in known for k in range(source[0], source[1] + 1))

    def _noun(self, s: Spot) -> Cue | None:
        """'the claim that', 'reports of', 'Lind's warning': a noun for something said."""
        then, before = s.words.near(s.after), s.words.near(s.i - 1)
        hearsay = s.line.base in self.lexicon.words("hearsay") or s.line.base in ("report", "reports")
        owner = before in ("'s", "’s") or before in ("his", "her", "their", "its")
        by = then in ("by", "from") and self.speakers.opens(s.words, s.after + 1)
        stands = then == "that" or (hearsay and then in ("of", "about")) or (owner and then in ("that", "of")) or self._abounds(s)
        if not stands and not (by and s.line.base in _SPOKEN):
            return None
        source: Stretch | None = None
        if before in ("'s", "’s"):
            source = self.speakers.before(s.words, s.i - 1, s.first)
        elif owner:
            source = (s.i - 1, s.i - 1)
        elif by:
            source = self.speakers.after(s.words, s.after + 1, s.last)
        content = (s.after + 1, s.last - 1) if then in ("that", "of") else None
        return Cue(s.i, s.after, s.line, source, _trim(s.words, content))

    def _abounds(self, s: Spot) -> bool:
        """'Rumours swirl that': hearsay as the subject of a sentence."""
        return s.line.base in self.lexicon.words("hearsay") and s.i <= s.first + 1 and s.words.near(s.after + 1) == "that"

    # --- Verbs -----------------------------------------------------------------------------------

    def _verb(self, s: Spot) -> Cue | None:
        """'X said', 'said X', 'it is believed', 'was quoted as saying'."""
        if self._no_verb(s):
            return None
        if s.line.form == "past" and self._passive(s):
            return self._passive_cue(s)
        beside = self.lexicon.tables[s.line.table].beside
        inverted = self._inverted(s)
        if not inverted and "any" not in beside and not any(self._beside(s, b) for b in beside):
            return None
        if inverted:
            source = self.speakers.after(s.words, s.after, s.last)
            return Cue(s.i, s.after, s.line, source, _trim(s.words, (s.first, s.i - 1)))
        source = self._subject(s)
        return Cue(s.i, s.after, s.line, source, self._content(s, source))

    def _no_verb(self, s: Spot) -> bool:
        """Whether the word is a noun or a name here: 'the claim', 'in reports', 'United States'."""
        before, then = s.words.near(s.i - 1) if s.i > s.first else "", s.words.near(s.after)
        determined = before in self.grammar.words("determiner") - _PLURAL or before in _POSSESSIVE
        linked = before in self.grammar.words("preposition") - _LINKS_CLAUSES
        if s.words.capital(s.i) and (s.line.base == "state" or s.i > s.first) and not _title_case(s.words, s.first, s.last):
            return True
        if s.line.form == "ing":
            return determined or before == "of"
        if s.line.form == "participle":
            return not self._helped(s)
        if s.line.form == "past":
            return (determined and before != "that") or linked or (before == "that" and then == ",")
        if determined or linked:
            return True
        if s.line.form == "base":
            return not self._plural(s)
        return s.line.base in _ALSO_NOUNS and (then in self.grammar.words("auxiliary") or then in self.grammar.words("preposition") or then in (".", ";", "and") or (then == "," and s.words.near(s.after + 1) not in QUOTES))

    def _helped(self, s: Spot) -> bool:
        """Whether 'has', 'had' or 'been' stands within three words before."""
        return any(s.words.near(k) in self.grammar.words("auxiliary") for k in range(max(s.first, s.i - 3), s.i))

    def _plural(self, s: Spot) -> bool:
        """Whether a plain verb can stand here: after 'they', 'officials', 'did not', 'will'."""
        before = s.words.near(s.i - 1)
        if before == "to":
            return s.words.near(s.i - 2) in _BEFORE_TO
        helped = before in self.grammar.words("auxiliary") or before in self.grammar.words("adverb")
        people = before in self.grammar.words("pronoun") or before.endswith("s") or before in _PLURALS
        return helped or people or (s.line.base == "say" and s.words.capital(s.i - 1))

    def _passive(self, s: Spot) -> bool:
        be = self.grammar.words("be")
        one, two = s.words.near(s.i - 1), s.words.near(s.i - 2)
        return one in be or (two in be and (one.endswith("ly") or one in ("not", "also", "now", "being", "long")))

    def _passive_cue(self, s: Spot) -> Cue | None:
        """'is said to', 'it was announced that', 'was reported by X'."""
        then = s.words.near(s.after)
        by = next((k for k in range(s.after, min(s.after + 5, s.last)) if s.words.low[k] == "by"), None)
        if by is not None and self.speakers.opens(s.words, by + 1):
            return Cue(s.i, s.after, s.line, self.speakers.after(s.words, by + 1, s.last))
        it = s.words.near(s.i - 2) == "it" or s.words.near(s.i - 3) == "it"
        told = then == "that" or (then == "to" and s.line.base in _HELD) or (then in (",", "as") and s.line.table == "say" and it)
        if s.line.base == "tell":
            told = then in ("that", "by")
        return Cue(s.i, s.after, s.line, None, _trim(s.words, (s.after + 1, s.last - 1))) if told else None

    def _inverted(self, s: Spot) -> bool:
        """'"...", said Mara Lind': the verb before its subject."""
        before = s.words.near(s.i - 1)
        if s.line.form == "ing" or not self.speakers.opens(s.words, s.after) or s.i == s.first:
            return False
        if before in QUOTES:
            return True
        if before != "," or s.line.table not in ("say", "report"):
            return False
        source = self.speakers.after(s.words, s.after, s.last)
        return source is not None and s.words.near(source[1] + 1) in (".", ",", ";", "in", "on", "at", "who", "after", "during", "\n", "")

    def _subject(self, s: Spot) -> Stretch | None:
        if s.line.form == "ing":
            direct = s.words.near(s.i - 1)
            if direct and direct not in (",", "and", "by") and not self.speakers._between(s.words, s.i - 1):
                return self.speakers.before(s.words, s.i, s.first)
            if direct in self.grammar.words("auxiliary"):
                return self.speakers.before(s.words, s.i, s.first)
            return self.speakers.of_clause(s.words, s.first, s.i)
        return self.speakers.before(s.words, s.i, s.first)

    def _beside(self, s: Spot, what: str) -> bool:
        """Whether that stands beside the verb which makes it one of reporting here."""
        low, then = s.words.low, s.words.near(s.after)
        near = range(s.after, min(s.after + 6, s.last))
        if what == "that":
            return self._that(s) or (then in _ASKED and s.line.base in _OF_QUESTIONS)
        if what == "believed":
            return then not in ("in", "of", "about", "so", "tank", "tanks", "for", "twice", "again")
        if what == "charge":
            return any(low[k] in _CHARGES for k in range(s.after, min(s.after + 4, s.last))) or (then.endswith("ing") and s.line.base in ("deny", "admit"))
        if what == "quote":
            return self._quote_near(s)
        if what == "clause":
            return self._clause(s)
        if what == "commas":
            opened = any(low[k] in (",", "as", "than") for k in range(max(s.first, s.i - 8), s.i - 1))
            return opened and s.words.near(s.i - 1) not in ("as", "than") and (then in (",", ".", "") or s.after >= s.last) and s.line.base not in _PLAIN
        if what == "to":
            hearer = s.line.base in ("urge", "ask", "order", "call on", "call upon", "instruct") and any(low[k] == "to" for k in near)
            return then == "to" or (hearer and s.words.near(s.i - 1) != "to")
        return any(low[k] == what for k in near)

    def _that(self, s: Spot) -> bool:
        """Whether 'that' follows, at most a hearer, a day or an aside away: 'admitted on Monday that'."""
        for k in range(s.after, min(s.after + 9, s.last)):
            low = s.words.low[k]
            if low == "that":
                return k == s.after or s.words.near(k + 1) not in (",", ".")
            aside = low in _ASIDE or low.endswith("ly") or low[0].isdigit()
            if not aside and not (s.line.base in _TO_HEARER and k < s.after + 6 and low not in self.grammar.words("auxiliary")):
                return False
        return False

    def _quote_near(self, s: Spot) -> bool:
        """Whether a quotation begins or ends within a few words, and the verb stands outside it."""
        if s.words.quoted[s.i] or (s.line.base == "call" and s.words.near(s.after) in QUOTES):
            return False
        ahead = next((k for k in range(s.after, min(s.after + _FAR, s.last)) if s.words.low[k] in QUOTES), None)
        if ahead is not None and (ahead <= s.after + 1 or s.words.low[ahead - 1] in (",", ":")):
            return True
        behind = next((k for k in range(s.i - 1, max(s.i - _FAR, s.first) - 1, -1) if s.words.low[k] in QUOTES), None)
        return behind is not None and s.words.near(behind - 1) in (",", ".", "?", "!") and behind < s.i

    def _clause(self, s: Spot) -> bool:
        """Whether a clause follows without 'that': 'noted [the bank had failed]'."""
        then, low = s.words.near(s.after), s.words.low
        if then in self.grammar.words("subject") and then not in ("this", "these", "those", "some", "many", "most", "one", "no"):
            return s.line.base not in _PLAIN or then not in ("it", "you")
        studied = self._found_by_study(s) and then not in self.grammar.words("preposition")
        named = then in self.grammar.words("determiner") or s.words.capital(s.after) or then.endswith("s") or then[:1].isdigit()
        if not studied and (not named or s.line.base in _PLAIN):
            return False
        for k in range(s.after + 1, min(s.after + _FAR, s.last)):
            if low[k] in (",", ";", ":", ".", "that", "which", "who", "to", "when", "while", "because", "and", "as") or low[k] in QUOTES:
                return False
            finite = low[k] in self.grammar.words("auxiliary") and low[k] not in ("be", "been", "being", "not")
            if finite or (low[k].endswith("ed") and k > s.after + 1):
                return True
        return False

    def _found_by_study(self, s: Spot) -> bool:
        """Whether a document or those who study stand as the subject: 'a poll found', 'results show'."""
        source = self.speakers.before(s.words, s.i, s.first)
        return source is not None and any(
            s.words.low[k] in self.lexicon.words("document") or s.words.low[k] in ("researchers", "scientists", "investigators")
            for k in range(source[0], source[1] + 1)
        )

    def _content(self, s: Spot, source: Stretch | None) -> Stretch | None:
        """Return what is said: what follows the verb, or what stands before its subject."""
        then = s.words.near(s.after)
        ends = then in (".", ",", "") or s.after >= s.last
        if ends and source and source[0] > s.first + 1 and then != ",":
            return _trim(s.words, (s.first, source[0] - 1))
        if source and s.words.near(source[0] - 1) in QUOTES and source[0] > s.first + 2:
            return _trim(s.words, (s.first, source[0] - 1))
        start = next((k + 1 for k in range(s.after, min(s.after + 7, s.last)) if s.words.low[k] in ("that", ",", ":")), s.after)
        return _trim(s.words, (start, s.last - 1))


@frozen
class Spot:
    """Where a line of the lexicon stands in its sentence."""

    words: Words
    i: int
    after: int
    first: int
    last: int
    line: Line


_POSSESSIVE = frozenset(["'s", "’s"])
_LINKS_CLAUSES = frozenset(["as", "since", "after", "before", "like", "to", "until"])
_BEFORE_TO = frozenset("declined refused continued went began wanted went used quick failed decline refuse".split())
_PLURALS = frozenset(["people", "police", "who", "that", "and", "media", "men", "women", "some", "many", "most", "others", ",", "data"])
#: Forms in -s that are as often a noun.
_ALSO_NOUNS = frozenset("claim report state fear note estimate forecast charge comment promise demand show call offer rule signal project post order doubt remark reply stress guess cite object answer worry reason detail".split())
_OF_QUESTIONS = frozenset("ask explain say tell wonder describe reveal decide disclose specify clarify recall write note predict doubt".split())
_ASIDE = frozenset("monday tuesday wednesday thursday friday saturday sunday today yesterday on in a an the statement interview morning afternoon evening night to also , late early week month year last this earlier news".split())
_CHARGES = frozenset("wrongdoing allegation allegations accusation accusations claim claims charges reports report suggestions suggestion involvement responsibility guilt".split())


def _title_case(words: Words, first: int, last: int) -> bool:
    """Whether a sentence is a headline in which nearly every word has a capital."""
    long = [k for k in range(first, last) if len(words.low[k]) > 3]
    return bool(long) and sum(words.capital(k) for k in long) >= 0.8 * len(long)


_PLURAL = frozenset(["some", "many", "most", "others", "both", "all", "those", "these", "other"])
_SPOKEN = frozenset("report reports statement statements claim claims comment comments remark remarks warning warnings announcement allegation allegations accusation accusations estimate estimates".split())
#: Held or said to be so when passive and followed by 'to': 'is said to'.
_HELD = frozenset("say believe think report allege expect understand claim know rumor estimate fear presume suppose suspect assume reckon".split())
#: Verbs so common in other senses that only 'that' or a quotation makes them cues.
_PLAIN = frozenset("accept agree begin call charge consider continue detail document feel find go offer post project prove publish read reason rule see show signal teach add ask".split())


def _trim(words: Words, stretch: Stretch | None) -> Stretch | None:
    """Leave out the commas and stops at both ends; nothing where fewer than two words are left."""
    if stretch is None:
        return None
    first, last = stretch
    while first < last and words.low[first] in (",", ":", ";", "that"):
        first += 1
    while last > first and words.low[last] in (",", ".", ":", ";", "\n"):
        last -= 1
    return (first, last) if last > first else None


def to_finds(words: Words, cues: list[Cue], speakers: Speakers) -> Iterator[Find]:
    """Yield the cue, the source and the content of each attribution, the source's kind with them."""
    people: set[str] = set()
    named: list[tuple[int, str, str]] = []  # where, text and kind of each source named so far
    for cue in cues:
        kind = speakers.kind(words, cue.source, people) if cue.source else "agentless"
        refers_to = ""
        if cue.source and kind == "pronoun":
            kind, refers_to = _resolve(words, cue.source[0], named)
        elif cue.source:
            named.append((cue.source[0], words.said(*cue.source), kind))
        told = say(f"lens.source_{kind}")
        yield _find(words, (cue.i, cue.after - 1), "cue", cue.line.reason, kind, refers_to)
        if cue.source:
            yield _find(words, cue.source, "source", told, kind, refers_to)
        if cue.content:
            yield _find(words, cue.content, "content", say("lens.content", cue=words.said(cue.i, cue.after - 1)), kind, refers_to)


_NEAR_ENOUGH = 60  #: words; about two sentences


def _resolve(words: Words, at: int, named: list[tuple[int, str, str]]) -> tuple[str, str]:
    """Take 'he' or 'she' for the last person named as a source, where only one comes into question."""
    if words.low[at] not in ("he", "she"):
        return "pronoun", ""
    near = {text for where, text, kind in named if kind == "named-person" and at - where <= _NEAR_ENOUGH}
    return ("named-person", near.pop()) if len(near) == 1 else ("pronoun", "")


def _find(words: Words, stretch: Stretch, kind: str, reason: str, source_kind: str, refers_to: str) -> Find:
    start, end = words.start[stretch[0]], words.end[stretch[1]]
    return Find(start, end, words.text[start:end], "sourcing", kind, reason, source_kind=source_kind, refers_to=refers_to)
