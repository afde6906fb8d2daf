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
    unsure: list[int] = field(factory=list)  #: verbs of reporting that were not read as cues

    def __attrs_post_init__(self) -> None:
        self.sets = self.lexicon.sets
        self.who = Who(self.words, self.lexicon.kinds)
        self.speakers = Speakers(self.words, self.lexicon.finite | self.sets["told"], self.who)
        self.beside = Beside(self.words, self.sets, self.who, self.speakers)

    def cues(self) -> list[Cue]:
        """Return each attribution of the text in order."""
        done, found = 0, list(self._marked())
        for spot in self.lexicon.spots(self.words):
            cue = self._cue(spot) if spot.i >= done else None
            if cue:
                done = max(cue.after, cue.source[1] + 1) if cue.source else cue.after
                self.previous = cue
                found.append(cue)
            elif spot.line.form and (spot.ahead() == "to" or not self._noun_form(spot)):
                self.unsure.append(spot.i)
        return sorted(found, key=lambda cue: cue.i)

    def _noun_form(self, s: Spot) -> bool:
        """Whether a form is as often a noun: 'claim', 'orders'."""
        return s.line.form in ("base", "s") and s.line.base in self.sets["also-noun"]

    def _cue(self, s: Spot) -> Cue | None:
        """Return the cue that a line makes; its table says where the source stands."""
        where = next(iter(s.line.table.beside), "")
        if where == "nobody":  # "reportedly", "rumour has it": the words leave out who
            return Cue(s.i, s.after, s.line.reason, nobody=True)
        if where not in _WHERE:
            return self._verb(s) if s.line.form else self._noun(s)
        source = _WHERE[where](self, s)
        content = self._beyond(source, s) if source and where == "after" else None
        return Cue(s.i, s.after, s.line.reason, source, content) if source else None

    # --- Phrases and nouns ------------------------------------------------------------------------

    def _behind(self, s: Spot) -> Stretch | None:
        """'according to [X]'; nothing where nobody is named: 'citing costs'."""
        wary = s.line.base in ("citing", "cite", "per")
        return self.speakers.after(s.after, s.last, speaks=wary)

    def _beyond(self, source: Stretch, s: Spot) -> Stretch | None:
        """Return what is said: 'according to X, [it rained]', '[it rained], according to X'."""
        then = source[1] + 1
        leads = self.words.near(then) == "," and s.i <= s.first + 1
        return self._trim((then + 1, s.last - 1) if leads else (s.first, s.i - 1), s)

    def _unreached(self, s: Spot) -> Stretch | None:
        """Return who did not answer: 'attempts to reach [Lind] failed'."""
        w, near = self.words, range(s.after + 1, min(s.after + 25, s.last))
        told, sets = frozenset(w.low[s.after : near.stop]), w.grammar.sets
        if not (told & sets["failed"] or ("not" in told and told & sets["answered"])):
            return None
        ends = (k for k in near if w.past(k) or w.has(k, "past", "auxiliary") or w.low[k] == "for")
        return self.speakers.after(s.after, next(ends, s.last), speaks=True)

    def _counter(self, s: Spot) -> Stretch | None:
        """'by [the army]'s own account', 'by [its] admission'."""
        w, owner = self.words, s.i - 1 - (s.back() == "own")
        by = w.last_of(["by"], max(s.first, owner - 7), owner - 1)
        owned = w.low[by] == "by" and w.has(owner, "owner", "possessive")
        return (by + 1, owner - w.has(owner, "possessive")) if owned else None

    def _noun(self, s: Spot) -> Cue | None:
        """Read a noun for something said: 'the claim that', 'reports of', 'Lind's warning'."""
        w, then, verb = self.words, s.ahead(), self.previous
        hearsay = s.line.base in self.sets["hearsay"]
        if then in ("by", "from"):
            source = self.speakers.after(s.after + 1, s.last, speaks=True)
            return Cue(s.i, s.after, s.line.reason, source, nobody=hearsay) if source else None
        if then == "that" and verb and s.i <= verb.after + 4 and w.low[verb.after] == "in":
            return None  # "said in a report that": one report, and the verb is its cue
        near = range(s.after + 2, min(s.after + 9, s.last))
        had = (k for k in near if w.low[k - 1] in ("has", "have", "had"))
        if then == "that" and any(w.low[k] in self.sets["obtained"] for k in had):
            return None  # "a draft report that the Herald has seen"
        # "Rumours swirl that"; in "rumours suggest that" the verb is the cue.
        swirls = s.i <= s.first + 1 and "that" in w.low[s.after : min(s.after + 4, s.last)]
        swirls = swirls and then not in self.lexicon.lines
        source = (s.i - 1, s.i - 1) if w.has(s.i - 1, "owner") else None
        if w.has(s.i - 1, "possessive"):  # "Lind's claim"; not "her claim"
            source = self.speakers.before(s.i - 1, s.first)
        rumoured = hearsay and (swirls or then in ("of", "about"))
        if not (rumoured or then == "that" or (then == "of" and source)):
            return None
        content = self._trim((s.after + 1, s.last - 1), s) if then in ("that", "of") else None
        return Cue(s.i, s.after, s.line.reason, source, content, nobody=hearsay)

    # --- Marks ------------------------------------------------------------------------------------

    def _marked(self) -> Iterator[Cue]:
        """Yield who speaks before a colon, and whose claim a headline says it is at its end."""
        w, labels, why = self.words, list[Cue](), message("lens.label")
        for k in w.places_of([":", "–", "—", "-"]):
            first, end = w.sentences[w.sentence_at(w.start[k]) - 1]
            before, colon = (first, k - 1), w.low[k] == ":"
            kind = self._speaker(before) if colon and first > k - 4 else ""
            label = Cue(k, k + 1, why, before, kind=kind) if kind else None
            if label and w.near(k + 1) in QUOTES and w.quoted[end - 1]:  # "Mayor: “I did not.”"
                yield label
            elif colon and w.said(*before).lower() == "sources":
                if any(map(str.islower, w.words[k + 1 : end])):  # not "Sources: Reuters, BBC"
                    yield Cue(k, k + 1, why, before, kind="anonymous-bare")
            elif self._claims(k, end):  # "Mayor to quit – report"
                yield Cue(k, k + 1, message("lens.tail"), (k + 1, end - 1), before)
            elif label and kind != "document" and w.near(first - 1) in ("", "\n"):  # "Host: Why?"
                labels.append(label)
        speakers = [w.said(*label.source) for label in labels if label.source]
        again = "?" in w.places and 1 < len(set(speakers)) < len(speakers)
        if again or (len(speakers) > 1 and all(map(str.isupper, speakers))):  # an interview
            yield from labels

    def _speaker(self, parts: Stretch) -> str:
        """Return the kind of a speaker before a colon; nothing for 'CLAIM: …', 'She said: …'."""
        w, last = self.words, parts[1]
        lines = self.lexicon.lines.get(w.near(last), ())
        verb = any(line.form in ("s", "past", "participle") for line in lines)
        if verb or self.who.any_of(parts, "no-speaker", "hearsay"):
            return ""
        if w.said(*parts).isupper():
            body = self.who.any_of(parts, "institution", "place", "document")
            return "institution" if body else "named-person"
        kind = self.who.kind(parts) if self.who.speaks(parts) else ""
        if parts[0] == last and kind == "named-person":  # "Brexit: ‘No deal’"
            places = w.places[w.low[last]][:_NEAR_ENOUGH]  # not all of a book's, for each label
            return kind if any(w.near(k + 1) in self.speakers.verbs for k in places) else ""
        return kind

    def _claims(self, k: int, end: int) -> bool:
        """Whether those who claim what stands before a mark stand behind it, to the line's end."""
        near = 2 if self.words.low[k] == ":" else 5
        apart = k + 1 < end <= k + near and self.words.start[k + 1] > self.words.end[k]
        return apart and self.who.any_of((end - 1, end - 1), "people", "institution", "document")

    # --- Verbs ------------------------------------------------------------------------------------

    def _verb(self, s: Spot) -> Cue | None:
        """'X said', 'said X', 'it is believed', 'was quoted as saying'."""
        if self._no_verb(s) and not self._sure(s):
            return None
        if self._is_passive(s):
            return self._passive(s)
        source = self._inverted(s)
        if source is not None:
            return Cue(s.i, s.after, s.line.reason, source, self._trim((s.first, s.i - 1), s))
        holds = any(self.beside.holds(s, what) for what in s.line.table.beside)
        return self._active(s) if holds else None

    def _active(self, s: Spot) -> Cue | None:
        """Read 'X said', 'the court heard'; not 'no one said', 'neither Lind nor Moss said'."""
        source = self._subject(s)
        content = self._content(s, source)
        told = s.line.base == "hear" or (s.line.base == "tell" and s.ahead() in ("", "."))
        hearer = told and source is not None and self.who.led_by(source, "hearers")
        if source is None or hearer:
            return Cue(s.i, s.after, s.line.reason, content=content, nobody=hearer)
        if self.words.has(source[0], "nobody") or self.words.near(source[0] - 1) == "nor":
            return None
        source, other = self.speakers.pair(source, s.first)
        if s.line.base == "cite":  # whom those cite who report
            other = self._behind(s)
        return Cue(s.i, s.after, s.line.reason, source, content, other=other)

    def _sure(self, s: Spot) -> bool:
        """Whether it is a verb, though a noun could stand here: 'another [told] the Herald'."""
        one = s.back() in ("one", "another")
        finite = self.words.low[s.i] in self.lexicon.finite and (one or s.back() == "once")
        said = self.words.has(s.after, "article", "owner") or s.ahead() == "that"
        return finite or (one and said and s.i == s.first + 1) or self.beside.closes(s)

    def _no_verb(self, s: Spot) -> bool:
        """Whether the word is a noun or a name here: 'the claim', 'in reports', 'United States'."""
        w, i, form = self.words, s.i, s.line.form
        name = w.capital(i) and i > s.first and not _title_case(s)
        if name or not self.lexicon.tables[f"form-{form}"].fits(w, i, s.after):
            return True
        if form == "ing":
            return w.words[i].isupper() or s.line.base == "cite"  # "A FLOOD WARNING MEANS"
        if form == "past":  # "Asked if she would", "did not make [confirmed] gains"
            did = s.back(2) == "not" and not self.speakers.between(i - 1)
            return i == s.first or did or self._fate(s)
        if form == "participle":
            return not any(w.has(k, "auxiliary") for k in range(max(s.first, i - 3), i))
        return self._one_noun(s) if form == "base" else self._many_nouns(s)

    def _fate(self, s: Spot) -> bool:
        """Whether it tells what became of somebody: 'the first reported missing', 'to date'."""
        fate = s.ahead() in ("to", "in", "so") or s.ahead() in self.sets["lost"]
        return fate and any(s.back(n).endswith(("est", "first", "most")) for n in (1, 2, 3))

    def _one_noun(self, s: Spot) -> bool:
        """Whether a plain form is no verb: not after 'they', 'officials', 'did not', 'will'."""
        w, back = self.words, s.i - 1
        if s.back() == "to":
            return not w.has(s.i - 2, "before-to")
        if s.ahead() in self.lexicon.finite:  # "A police report suggests"
            return True
        verb = w.has(back, "auxiliary", "adverb", "pronoun", "plural-subject")
        verb = verb or (s.back().endswith("ly") and w.has(s.i - 2, "auxiliary"))
        verb = verb or s.line.base in self.sets["own-past"]
        if verb or (s.line.base == "say" and w.capital(back)):
            return False
        if w.capital(back) and self.who.any_of((back, back), "institution", "place"):
            return s.ahead() != "that"  # "The Telegraph report that"
        plural = s.back().endswith("s")
        subject = self.speakers.before(s.i, s.first)  # "residents of the valley [say]"
        if plural or subject is None:
            return not plural
        noun = self._noun_form(s) and not self.who.led_by(subject, "people", "document")
        and_ = "and" in self.words.low[subject[0] : subject[1]]
        return noun or not (and_ or self.who.many(subject))

    def _many_nouns(self, s: Spot) -> bool:
        """Whether a word in -s is a noun: 'asylum claims can be', 'Reports say'."""
        w, ends = self.words, self.words.has(s.after, "auxiliary", "wall")
        claims = s.ahead() == "to" and w.has(s.after + 1, "auxiliary")  # "claims to have won"
        if claims or not self._noun_form(s):
            return False
        name = s.i - 1 > s.first or self.who.any_of((s.first, s.first), "place", "institution")
        if name and w.capital(s.i - 1):  # "Mia Lang reports"; not "Mixed reports"
            return ends
        ends = ends or w.has(s.after, "preposition") or s.ahead() in (",", "and")
        return ends or s.i == s.first or s.back().endswith("ing")  # "reigniting fears that"

    def _is_passive(self, s: Spot) -> bool:
        """Whether it is said of somebody: 'is said', 'Was he told?', 'missing, feared dead'."""
        w = self.words
        if "at" in s.line.table.beside:
            return s.ahead() == "at"  # "the loss, [put] at $3m"; not "put the loss at $3m"
        if s.line.form not in ("past", "participle"):
            return False
        firm = w.has(s.i - 1, "possessive") and not w.has(s.i - 2, "subject")
        told = w.low[s.i] in self.lexicon.finite or w.has(s.after, "determiner")
        if firm and told and s.ahead() != "to":
            return False  # "McDonald's said"; not "It's said"
        asked = w.has(s.first, "be") and w.low[s.last - 1] == "?"
        reduced = s.line.base in self.sets["held-to-be"] and self._to_be(s)
        return passive(s) or asked or reduced

    def _to_be(self, s: Spot) -> bool:
        """Whether it tells what somebody is held to be or do: 'to have left', 'dead'."""
        return s.ahead() in self.sets["lost"] or (s.ahead() == "to" and verb_follows(s))

    def _passive(self, s: Spot) -> Cue | None:
        """'is said to', 'it was announced that', 'was reported by X', 'was quoted as saying'."""
        w, content = self.words, self._trim((s.after + 1, s.last - 1), s)
        by = next((n for n in (1, 2, 3, 4, 5) if s.ahead(n) == "by"), 0)
        named = by and s.ahead() != "to"
        source = self.speakers.after(s.after + by, s.last, speaks=True) if named else None
        then = source[1] + 1 if source else s.after
        saying = w.near(then) == "as" and w.near(then + 1) in ("saying", "telling")
        origin = self.speakers.before(s.i, s.first) if saying else None
        if source:
            other = source if origin else None
            return Cue(s.i, s.after, s.line.reason, origin or source, other=other)
        if saying:
            return Cue(s.i, s.after + 2, s.line.reason, origin, content)
        paper = self.speakers.after(s.after + 1, s.last) if s.ahead() == "in" else None
        if paper and self.who.led_by(paper, "document"):  # "It is alleged in a lawsuit that"
            return Cue(s.i, s.after, s.line.reason, paper, content)
        it = "it" in w.low[max(s.first, s.i - 3) : s.i] and s.ahead() != "to"
        held = s.line.base in self.sets["held"] and (it or self._to_be(s))
        at = s.ahead() == "at" and self.beside.at_a_number(s)
        told = it or s.line.base in self.sets["to-be-told"]  # "was assured on Friday that"
        told = told and (self.beside.that(s) or self.beside.clause(s))
        subject = self.speakers.before(s.i, s.first) if s.line.base == "tell" else None
        told = told or (subject is not None and self.who.led_by(subject, "hearers"))
        mine = s.back(2) in ("must", "to")  # "it must be said that"
        if mine or not (held or at or told or s.ahead() == "that"):
            return None
        return Cue(s.i, s.after, s.line.reason, None, content, nobody=True)

    def _inverted(self, s: Spot) -> Stretch | None:
        """Return the subject that stands behind its verb: '"...", said Mara Lind'."""
        quote = s.back() in QUOTES and s.back(2) in self.sets["ends-quote"]
        comma = s.back() == "," and "somebody" not in s.line.table.beside
        asked = s.back(2) == "?"  # "“Why?” asked Lind"
        never = s.line.form == "ing" or (s.line.base in self.sets["never-inverted"] and not asked)
        none = s.ahead() in ("it", "no", "nothing")  # "Lind, her lawyer, said no such thing exists"
        if never or none or not (quote or comma):
            return None
        source = self.speakers.after(s.after, s.last, speaks=not quote)
        if quote or source is None:
            return source
        own = self.speakers.before(s.i, s.first)  # "His daughter, Ann Moss, said a doctor wept"
        inserted = own is not None and "," in self.words.low[own[0] : own[1]]
        a_noun = inserted and self.words.has(s.after, "article")
        if own and a_noun and self.who.names_a_person(own):
            return None
        # Nothing but an aside may follow; a verb would make the noun the subject of what is said.
        then = source[1] + 1
        aside = self.words.has(then, "preposition", "relative")
        return source if aside or self.words.near(then)[:1] in ("", ",", ".", ";", "\n") else None

    # --- Who says it, and what --------------------------------------------------------------------

    def _subject(self, s: Spot) -> Stretch | None:
        """Return who does what the verb says: a verb in -ing may have no subject of its own."""
        w, k, ing = self.words, self.speakers.end_before(s.i, s.first), s.line.form == "ing"
        back = w.low[k] if k >= s.first else ""
        if ing and back == "for":  # "scolded the Herald for wrongly [stating]"
            return self.speakers.before(k, s.first)
        if ing and back == "as" and self.previous:  # "quoted the governor as [saying]"
            quoted_by = self.words.low[self.previous.after] == "by"
            return self.previous.source if quoted_by else (self.previous.after, k - 1)
        loose = ing and (back in ("", ",") or w.has(k, "preposition", "conjunction"))
        if loose or back in ("and", "but", "or", "nor"):
            return self._of_main_clause(s)
        own = self.speakers.before(s.i, s.first)
        late = ing and (own is None or w.past(own[0]))  # "appeared in a video [saying]"
        return self._of_main_clause(s) if late else own

    def _of_main_clause(self, s: Spot) -> Stretch | None:
        """Return who spoke last in the sentence, or with whom it begins: 'Lind [...] and said'."""
        before = self.previous
        if before and before.i >= s.first and before.source:
            return before.source
        opens = self.speakers.of_clause(s.first, s.i)
        return opens if opens and self.who.speaks(opens) else None

    def _content(self, s: Spot, source: Stretch | None) -> Stretch | None:
        """Return what is said: what follows the verb, or what stands before its subject."""
        closes = s.ahead() in (".", "")
        quote = source is not None and self.words.near(source[0] - 1) in QUOTES
        if source and source[0] > s.first + 1 and (closes or quote):
            return self._trim((s.first, source[0] - 1), s)
        end = min(s.after + 7, s.last)
        start = self.words.first_of(["that", ",", ":"], s.after, end)
        return self._trim((start + 1 if start < end else s.after, s.last - 1), s)

    def _trim(self, stretch: Stretch, s: Spot) -> Stretch | None:
        """Leave out commas and stops at both ends; nothing where fewer than two words are left."""
        (first, last), low = stretch, self.words.low
        last = min(last, first + _LONGEST_SAID)  # a book may have no full stop
        while first < last and low[first] in (",", ":", ";", "that"):
            first += 1
        while last > first and low[last][0] in ",.:;\n":
            last -= 1
        return (first, last) if last > first else None


#: Where a phrase has its source, by what its table asks for under ``beside``.
_WHERE: dict[str, Callable[[Sourcing, Spot], Stretch | None]] = {
    "never": lambda lens, s: None,
    "after": Sourcing._behind,
    "before": lambda lens, s: lens.speakers.before(s.i, s.first),  # "[Holt] could not be reached"
    "hearer": lambda lens, s: lens.speakers.after(s.after, s.last),
    "unreached": Sourcing._unreached,
    "counted": Sourcing._counter,
}


def _title_case(s: Spot) -> bool:
    """Whether a sentence is a headline in which nearly every word has a capital."""
    long = [k for k in s.around if len(s.words.low[k]) > 3]
    return bool(long) and sum(s.words.capital(k) for k in long) >= 0.8 * len(long)


def to_finds(words: Words, cues: list[Cue], who: Who) -> Iterator[Find]:
    """Yield cue, source and content of each attribution, each with the source's kind.

    What stands inside a quotation is the speaker's own, not the article's: ``inner-cue``.
    """
    named: list[tuple[int, str]] = []  # where each person spoke, and how they are named
    told = cache(message)
    for cue in cues:
        kind, refers_to = _kind(words, cue, who, named)
        said = words.said(cue.i, cue.after - 1)
        inner = words.quoted[cue.i] and not (cue.source and not words.quoted[cue.source[0]])
        other = who.kind(cue.other) if cue.other else ""
        content = _quoted(words, cue.content) if inner and cue.content else cue.content
        parts = (
            ("cue", (cue.i, cue.after - 1), cue.reason, kind),
            ("source", cue.other, "", other),
            ("source", cue.source, "", kind),
            ("content", content, told("lens.content", cue=said), kind),
        )
        for part, stretch, reason, source_kind in parts:
            if stretch:
                why = reason or told(f"lens_source.{source_kind}")
                name = f"inner-{part}" if inner else part
                yield Find(*words.span(*stretch), "sourcing", name, why, source_kind, refers_to)


def _quoted(words: Words, stretch: Stretch) -> Stretch | None:
    """Return what of a stretch stands between quotation marks, from the first word that does."""
    first, end = stretch[0], stretch[1] + 1
    while first < end and (not words.quoted[first] or words.low[first] in QUOTES):
        first += 1
    return (first, words.first_of(QUOTES, first, end) - 1) if first < end else None


def _kind(words: Words, cue: Cue, who: Who, named: list[tuple[int, str]]) -> tuple[str, str]:
    """Return the kind of a cue's source, and whom 'he' or 'the coach' means."""
    if cue.source is None:
        return ("agentless" if cue.nobody else "not-found"), ""
    first, last = cue.source
    kind = cue.kind or who.kind(cue.source)
    near = [text for at, text in named[-8:] if first - at <= _NEAR_ENOUGH]
    if kind == "pronoun":  # whom it means where only one can be meant
        he = words.low[first] in ("he", "she", "his", "her")
        one = bool(near) and {near[-1]} == {*near} - {""}
        sure = he and one and not who.another_between(named[-1], first)
        return ("named-person", near[-1]) if sure else (kind, "")
    if kind == "anonymous-bare" and words.low[first] == "the":
        same = [text for text in near if words.low[last] in text.lower().replace(",", "").split()]
        if same:
            return "named-person", same[-1]
    if kind == "named-person" and not words.quoted[first]:
        named.append((first, words.said(*cue.source)))
    if kind.startswith("anonymous") and not who.many(cue.source):
        named.append((first, ""))  # "he" may be the driver
    return kind, ""
