"""The hedge lens: words that hold a statement open, and the cases in which they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from kit.lenses.find import Find
from kit.lenses.lexicon import Lexicon, Line
from kit.lenses.words import Words
from kit.messages import say

_LONGEST_HEADLINE = 20  #: words
_YES_OR_NO = frozenset(
    "am are can could did do does had has have is may might must shall should was were will would".split()
)
_NEGATORS = frozenset(["nobody", "nothing", "none", "neither", "never", "no"])
_SENSES = frozenset(["afford", "barely", "feel", "hear", "only", "see", "smell", "speak", "swim", "walk"])
_REPORTED = frozenset(["said", "announced", "promised", "pledged", "vowed", "agreed", "decided", "confirmed"])
_MAY_BEFORE = frozenset("in of since until by early mid late last this next from through before after on to and".split())
_MIGHT_BEFORE = frozenset("the its his her their our of with military full economic air all".split())
_NOT_IF = frozenset(["not", "any", "only", "necessary", "possible", "so", "and"])
_TIMES = frozenset("seconds minutes hours days weeks months years decades centuries".split())
_UNITS = frozenset("second minute hour day week month year decade century dozen hundred thousand million billion half third quarter".split())


@frozen
class Hedges:
    """The hedge lens with its lexicons."""

    lexicon: Lexicon
    grammar: Lexicon

    def finds(self, words: Words) -> Iterator[Find]:
        """Yield each hedge of a text in order."""
        low, lines, done = words.low, self.lexicon.lines, 0
        for first, last in words.sentences:
            for i in [i for i in range(first, last) if low[i] in lines]:
                line = self.lexicon.at(low, i) if i >= done else None
                if line is None:
                    continue
                place = Place(words, i, i + len(line.words), first, last, line, self.grammar)
                kind = _kind(place)
                if kind:
                    done = place.after
                    yield _found(place, kind)
            if words.near(last - 1) == "?" and self._headline(words, first, last):
                yield _question(words, last - 1)

    def _headline(self, words: Words, first: int, last: int) -> bool:
        """Whether a line is one short question that can be answered by yes or no."""
        alone = words.near(first - 1)[:1] in ("", "\n") and words.near(last)[:1] in ("", "\n")
        if not alone or last - first > _LONGEST_HEADLINE or words.quoted[last - 1]:
            return False
        starts = [first, *(i + 1 for i in range(first, last) if words.low[i] in (":", "-", "–", "—"))]
        return any(words.near(i) in _YES_OR_NO for i in starts)


@frozen
class Place:
    """Where a lexicon line stands: what a rule needs to say yes or no."""

    words: Words
    i: int  #: its first word
    after: int  #: the word after its last
    first: int  #: of its sentence
    last: int  #: the word after its sentence's last
    line: Line
    grammar: Lexicon

    def back(self, n: int) -> str:
        """Return the ``n``-th word before it within the sentence."""
        return self.words.low[self.i - n] if self.i - n >= self.first else ""

    def ahead(self, n: int) -> str:
        """Return the ``n``-th word after it within the sentence."""
        at = self.after + n - 1
        return self.words.low[at] if at < self.last else ""

    def before_is(self, table: str) -> bool:
        """Whether the word before stands in a table of grammar.toml."""
        return self.back(1) in self.grammar.words(table)

    def any_in_sentence(self, wanted: frozenset[str]) -> bool:
        """Whether the sentence holds one of the wanted words."""
        return not wanted.isdisjoint(self.words.low[self.first : self.last])


def _kind(p: Place) -> str:
    """Return the kind of hedge at a place, or nothing where a rule says that it is none."""
    if _passive(p) and p.line.form == "past":
        return _passive_kind(p)
    if p.line.table in ("opinion", "agentless"):
        return ""
    rule = _RULES.get(p.line.base) or _RULES.get(f"[{p.line.table}]")
    return "" if rule and not rule(p) else _KINDS.get(p.line.table, p.line.table)


_KINDS = {"seeming": "belief", "opinion": "belief"}


def _found(p: Place, kind: str) -> Find:
    start, end = p.words.start[p.i], p.words.end[p.after - 1]
    return Find(start, end, p.words.text[start:end], "hedge", kind, p.line.reason)


def _question(words: Words, i: int) -> Find:
    start, end = words.start[i], words.end[i]
    return Find(start, end, words.text[start:end], "hedge", "headline-question", say("lens.question"))


# --- Rules: each says whether the line at this place is a hedge ----------------------------------


def _passive(p: Place) -> bool:
    """'is said', 'was widely believed': a form of 'be' within two words before."""
    be = p.grammar.words("be")
    return p.back(1) in be or (p.back(2) in be and (p.back(1).endswith("ly") or p.back(1) in ("also", "not", "now")))


_AGENTLESS = frozenset(
    "allege assume believe claim estimate fear presume report reckon rumor rumour say suppose suspect think understand speculate".split()
)
_HELD = frozenset(["consider", "regard", "deem", "perceive", "view", "see"])


def _passive_kind(p: Place) -> str:
    """Say what kind of hedge a passive is: 'is said to', 'is expected to', 'is seen as'."""
    base, after = p.line.base, p.ahead(1)
    if base in _AGENTLESS and after in ("to", "that", "dead"):
        return "agentless"
    if base in _HELD:
        return "belief" if after in ("as", "to") or base in ("consider", "deem") else ""
    return "" if p.line.table in ("agentless", "opinion") else _KINDS.get(p.line.table, p.line.table)


def _may(p: Place) -> bool:
    """'may' is a month or a name where it is written as one: 'in May', 'May 5', 'Theresa May said'."""
    if not p.words.capital(p.i) or p.words.words[p.i].isupper():
        return True
    if p.back(1) in _MAY_BEFORE or p.back(1)[:1].isdigit() or p.ahead(1)[:1].isdigit() or p.ahead(1) == ",":
        return False
    return p.i == p.first or p.words.capital(p.after)  # in a headline every word has a capital


def _might(p: Place) -> bool:
    """'might' after an article or adjective of power is strength: 'military might'."""
    return p.back(1) not in _MIGHT_BEFORE and not p.ahead(1) == "of"


def _could(p: Place) -> bool:
    """'could not', 'nobody could', 'could see': what was or was not in somebody's power."""
    refused = p.ahead(1) in ("not", "'t", "’t") or p.back(1) in _NEGATORS
    return not refused and not (p.ahead(1) in _SENSES and p.ahead(2) != "be")


def _would(p: Place) -> bool:
    """'said it would', 'would later': the future as seen from the past, not a condition."""
    if p.ahead(1) in ("later", "go", "eventually", "often", "become", "regularly", "sometimes", "not", "'t", "rather"):
        return p.any_in_sentence(_IF)
    told = any(p.words.low[k] in _REPORTED for k in range(max(p.first, p.i - 12), p.i))
    return not told or p.any_in_sentence(_IF) or p.ahead(1) in ("have", "likely", "probably", "be")


_IF = frozenset(["if", "unless", "were", "without", "otherwise", "could", "might"])


def _contracted(p: Place) -> bool:
    """'he'd go' is 'would'; 'he'd gone' is 'had'."""
    return p.ahead(1) not in ("been", "gone", "better", "had") and not p.ahead(1).endswith(("ed", "en", "wn"))


def _if(p: Place) -> bool:
    """'as if', 'even if', 'if not', 'if any' set no condition."""
    return p.back(1) not in ("as", "even", "and") and p.ahead(1) not in _NOT_IF


def _should(p: Place) -> bool:
    """'Should talks fail, ...': a condition only where it opens a clause that is no question."""
    opens = p.i == p.first or p.back(1) in (",", ";", "and", "but")
    return opens and p.words.low[p.last - 1] != "?"


def _possible(p: Place) -> bool:
    """'as soon as possible', 'the best possible', 'wherever possible' leave nothing open."""
    before = p.back(1)
    return not (before in ("as", "where", "wherever", "when", "whenever", "if", "every", "all", "only", "most", "not", "no") or before.endswith("est"))


def _potential(p: Place) -> bool:
    """'potential' as a noun is a power that is there: 'has the potential to'."""
    return p.ahead(1) not in ("to", "of", "for", "in", "and", ".", ",", "is", "energy", "")


def _appear(p: Place) -> bool:
    """'appears to', 'it appears'; not 'appeared in court'."""
    return p.back(1) in ("it", "what") or p.ahead(1) in ("to", "that", "as", "likely", "unlikely", "ready", "set", "not", "increasingly")


def _noun_or_verb(p: Place) -> bool:
    """'the suspect', 'on second thought', 'three suspects': a noun here, not a verb of belief."""
    if p.line.form == "ing":
        return not p.before_is("determiner")
    noun = p.before_is("determiner") or p.back(1) in ("'s", "’s", "of", "in", "and", "second", "prime", "main", "with")
    return not noun or (p.line.form == "past" and p.line.base != "think")


def _suspect(p: Place) -> bool:
    """'police suspect that'; not 'the suspect was', 'two suspects'."""
    return _noun_or_verb(p) and p.ahead(1) not in ("was", "were", "is", "are", "had", "has", "in", "who", "and", ",", ".")


def _doubt(p: Place) -> bool:
    """'no doubt' and 'without doubt' are the opposite of a doubt."""
    return p.back(1) not in ("no", "without", "little", "beyond")


def _think(p: Place) -> bool:
    """'think tank', 'think about' tell of no belief."""
    return _noun_or_verb(p) and p.ahead(1) not in ("tank", "tanks", "about", "of", "twice", "again")


def _number(p: Place) -> bool:
    """An approximator stands before a number, or 'or so' after one."""
    if p.line.base in ("or so", "or more"):
        return p.back(1)[:1].isdigit() or p.back(1) in p.grammar.words("cardinal") or p.back(1) in _TIMES
    after = p.ahead(1)
    numeral = after[:1].isdigit() or after in p.grammar.words("cardinal") or after[-1:] in "$£€¥" and after != ""
    numeral = numeral or (after in ("a", "an", "half") and (p.ahead(2) in _UNITS or after == "half"))
    numeral = numeral or after in p.grammar.words("magnitude")
    if p.line.base == "some":
        return numeral and after not in ("a", "an", "half", "one")
    if p.line.base in ("over", "under", "about", "around"):
        year = len(after) == 4 and after.isdigit() and after[:2] in ("19", "20")
        return numeral and not (p.line.base == "over" and p.ahead(2) in _TIMES and "ago" != p.ahead(3)) and not (year and p.line.base in ("over", "under"))
    return numeral


_RULES: dict[str, Callable[[Place], bool]] = {
    "may": _may,
    "might": _might,
    "could": _could,
    "would": _would,
    "'d": _contracted,
    "’d": _contracted,
    "if": _if,
    "should": _should,
    "possible": _possible,
    "potential": _potential,
    "appear": _appear,
    "suspect": _suspect,
    "doubt": _doubt,
    "doubts": _doubt,
    "think": _think,
    "[belief]": _noun_or_verb,
    "[approximator]": _number,
}
