"""Where the words stand that name who said it.

There is no parser here. A noun phrase is walked word by word until a word that cannot belong to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from kit.lenses.who import Stretch, Who
from kit.lenses.words import QUOTES, Words

_LONGEST = 30  #: words that a source may have
_LINKS = frozenset(["and", "or", "&", ",", "who", "(", "-"])
_SPEAKS_NOT = frozenset(["that", "this", "it", "there", "no", "little", "nothing"])


@frozen
class Speakers:
    """Finds the stretch of words that names a source."""

    words: Words
    sets: Mapping[str, frozenset[str]]  #: the tables of sourcing.toml
    finite: frozenset[str]  #: forms of verbs of saying that are hardly anything else
    who: Who
    subjects: dict[int, Stretch | None] = field(factory=dict)  #: of verbs, as far as asked for

    # --- Before a verb ----------------------------------------------------------------------------

    def before(self, verb: int, first: int) -> Stretch | None:
        """Return the subject before a verb: 'Mara Lind, its director, has also [said]'."""
        if verb not in self.subjects:
            self.subjects[verb] = self._before(verb, max(first, verb - 2 * _LONGEST))
        return self.subjects[verb]

    def _before(self, verb: int, first: int) -> Stretch | None:
        w, i = self.words, verb - 1
        while i >= first and self.between(i):
            i -= 1  # "the agency on Friday also [said]"
        if i < first:  # "Long [observed]"
            name = verb == first + 1 and w.capital(first) and not w.has(first, "lead-in")
            return (first, first) if name and not w.low[first].endswith("ly") else None
        if w.has(i, "relative"):
            return self._antecedent(i, first)
        if w.low[i] in QUOTES:
            return self._in_quotes(i, first)
        if w.low[i] in ("and", "but", "or", "nor"):
            return self.of_clause(first, i)
        comma = _back_to(w, i, first, ",")
        spoken = w.has(comma + 1, "preposition") and w.has(i, "spoken-of")
        if comma == i or (comma > first and spoken):  # "Lind, in an interview, [said]"
            return self._over_commas(comma, first)
        found = self._back(i, first)
        timed = w.low[i] == "ago" or w.low[i].isdigit() or w.has(i, "month")
        return self.of_clause(first, i + 1) if found and timed else found  # "who lived years ago"

    def of_clause(self, first: int, verb: int) -> Stretch | None:
        """Return the subject with which a sentence begins, for a second verb: 'came and [said]'."""
        w, end = self.words, min(verb, first + _LONGEST)
        first = self._without_lead(first, end - 1)
        found = self.after(first, verb) if self._begins(first) else None
        if found is None:
            return None
        for k in range(found[0] + 1, found[1] + 1):
            if w.past(k) and (w.capital(k - 1) or k == found[1]):
                return found[0], k - 1  # "Steve Jobs [unveiled] it and said"
        return found

    def between(self, i: int) -> bool:
        """Whether a word may stand between a subject and its verb."""
        w = self.words
        manner = w.low[i].endswith("ly") and not w.capital(i) and not w.has(i - 1, "article")
        return manner or w.has(i, "auxiliary", "adverb", "before-to", "weekday")

    def _antecedent(self, i: int, first: int) -> Stretch | None:
        """'Devocht, who had [told]': the noun before the relative pronoun."""
        last = i - 1 - (self.words.near(i - 1) == ",")
        whole = self._back(last, first) if last >= first else None
        return (whole[0], i) if whole else None

    def _over_commas(self, i: int, first: int) -> Stretch | None:
        """'Mara Lind, 46, its director, [said]': the subject stands before what is inserted."""
        w, comma = self.words, _back_to(self.words, i - 1, first, ",")
        while w.near(comma - 1)[:1].isdigit() and w.near(comma - 2) == ",":
            comma -= 2
        if comma <= first:
            return self._back(i - 1, first)
        subject = self._back(comma - 1, first)
        loose = w.has(comma + 1, "preposition") or w.low[comma + 1].endswith("ing")
        return subject if loose or subject is None else (subject[0], i - 1)

    def _in_quotes(self, i: int, first: int) -> Stretch | None:
        """'But now “a source” [says]': a few words between quotation marks, and no statement."""
        near = range(i - 1, max(first, i - 7) - 1, -1)
        opened = next((k for k in near if self.words.low[k] in QUOTES), i)
        if opened + 1 >= i or "," in self.words.low[opened:i] or self.words.has(i - 1, "wall"):
            return None
        return opened + 1, i - 1

    def _back(self, i: int, first: int) -> Stretch | None:
        """Walk left from the last word of a noun phrase to its first."""
        w = self.words
        if w.has(i, "pronoun"):
            return i, i
        if w.low[i] == ")":
            opened = _back_to(w, i, first, "(")
            outside = self._back(opened - 1, first) if opened > first else None
            return (outside[0], i) if outside else None
        if w.has(i, "wall") or w.low[i] in (",", "that"):
            return None
        start = i
        while start >= first and i - start < _LONGEST and not self._starts_after(start, first):
            start -= 1
        start = self._without_lead(start + 1, i)
        return (start, i) if start <= i else None

    def _starts_after(self, i: int, first: int) -> bool:
        """Whether the noun phrase begins after word ``i``."""
        w, low = self.words, self.words.low[i]
        if low == "and":
            both = w.has(i - 1, "no-noun")  # "current and former staff"
            return not (both or w.capital(i - 1) or self._people(i - 1))
        if w.has(i, "relative") or self._is_relative(i):
            return i == first or w.low[i - 1] == ","
        # A conjunction: "after an engineer [reported]".
        if low == "," or low in self.finite or w.has(i, "conjunction", "wall", "auxiliary"):
            return True
        if not w.has(i + 1, "article", "owner"):
            return False
        # "people who attended the dinner", "the bank that lent the money"; not "rang a source"
        told = w.has(i - 1, "relative") or self._is_relative(i - 1) or low.endswith("ing")
        return not told and not w.has(i, "preposition", "determiner", "plural", "possessive")

    def _is_relative(self, i: int) -> bool:
        """Whether 'that' belongs to the noun before it: a verb follows at once."""
        w = self.words
        return w.near(i) == "that" and (w.past(i + 1) or w.has(i + 1, "past", "auxiliary"))

    def _without_lead(self, start: int, last: int) -> int:
        """Leave out what leads in: 'On Tuesday, two days later, the government'."""
        w = self.words
        while start < last and (w.has(start, "lead-in") or w.low[start].endswith("ly")):
            start += 1
        timed = next((k for k in (start, start + 1) if w.has(k, "unit")), last)
        if timed + 1 < last and w.has(timed + 1, "earlier"):  # "Two days later"
            start = timed + 2
        led = start < last and w.has(start, "preposition")
        if led or (start < last and w.has(start, "conjunction")):
            comma = next((k for k in range(start, last) if w.low[k] == ","), None)
            if comma is not None:
                return comma + 1
        for at in range(start + 2, last + 1 if led else 0):
            named = w.capital(at) and not w.capital(at - 1) and not w.has(at, "time-word")
            fresh = named or w.has(at, "article", "pronoun", "owner")
            if fresh and not w.has(at - 1, "preposition", "determiner"):
                return at
        return min(start + 2, last) if led else start

    # --- After a verb or 'according to' -----------------------------------------------------------

    def after(self, i: int, last: int) -> Stretch | None:
        """Return the noun phrase that begins at ``i``: 'according to [a report by The Times]'."""
        w, at, told = self.words, i, 0
        if w.has(i, "pronoun"):
            return i, i
        while at < min(last, i + _LONGEST):
            if w.low[at] == "who" and at > i:  # to the end of what is told about somebody
                end = min(last, at + _LONGEST)
                at = next((k for k in range(at, end) if w.low[k] == "," or w.has(k, "wall")), end)
                break
            inserted = w.low[at] == "," and not told and self._apposition(i, at + 1, last)
            told += inserted and not w.near(at + 1)[:1].isdigit()  # one; "Mara Lind, 46, a nurse"
            if not inserted and self._ends(at, i):
                break
            at += 1
        while at > i and w.low[at - 1] in (",", "and", "in", "of", "on", "at"):
            at -= 1
        return (i, at - 1) if at > i else None

    def opens(self, i: int) -> bool:
        """Whether a source may begin at word ``i``: a name, an article, a pronoun, 'officials'."""
        return self._begins(i) and self.words.near(i) not in _SPEAKS_NOT

    def _begins(self, i: int) -> bool:
        return (
            self.words.capital(i) or self.words.has(i, "determiner", "pronoun") or self._people(i)
        )

    def _people(self, i: int) -> bool:
        return self.who.any_of((i, i), "people", "institution")

    def _ends(self, at: int, i: int) -> bool:
        """Whether a noun phrase that began at ``i`` ends before word ``at``."""
        w, low = self.words, self.words.low[at]
        if low == "," or w.has(at, "wall", "auxiliary"):
            inside = low in ("(", ")", "-") or (low in ("may", "will") and w.capital(at))
            return at == i or not inside
        if at == i:
            return False
        if w.has(at, "determiner", "pronoun"):
            linked = w.has(at - 1, "preposition") or w.low[at - 1] in _LINKS
            return not linked and not w.has(at, "cardinal") and low not in ("one", "who")
        if low == "and":
            more = w.capital(at + 1) or self._people(at + 1)
            return not more and w.near(at + 1) not in ("the", "other", "its", "his", "her")
        if w.has(at, "conjunction") and not w.has(at, "preposition", "relative"):
            return True
        told = low in self.sets["told"] or low in self.finite
        return (told and not w.capital(at)) or (w.has(at, "preposition") and self._loose(at))

    def _loose(self, at: int) -> bool:
        """Whether a preposition opens a part of its own: 'on Monday', 'in a statement', 'as'."""
        w = self.words
        spoken = any(w.has(k, "spoken-of") and not w.capital(k) for k in range(at + 1, at + 5))
        timed = w.has(at + 1, "time-word") or w.near(at + 1)[:1].isdigit()
        narrow = w.low[at] in ("of", "for", "from", "with")
        return not narrow and (spoken or timed or not w.has(at, "place-word"))

    def _apposition(self, first: int, i: int, last: int) -> bool:
        """Whether what follows a comma still names the source: ', its director'."""
        w = self.words
        if w.near(i) == "who":
            return True
        opens = w.capital(i) or w.has(i, "article", "owner") or w.near(i)[:1].isdigit()
        opens = opens or self.who.any_of((i, i), "people", "title")
        head = self.who.head(first, max(first, i - 2))
        paper = self.who.any_of((head, head), "document")
        if w.near(i) == "the" and self.who.any_of((head, head), "institution"):
            paper = not self.who.names_a_person((first, i - 2))  # "the ministry, the farms"
        if not opens or paper:
            return False
        for at in range(i, min(i + 14, last)):
            if w.has(at, "auxiliary"):
                return False
            if w.has(at, "wall", "relative") or w.low[at] == ",":
                return not (w.low[at] == "," and at == i + 1 and not w.has(at + 1, "article"))
        return False


def _back_to(words: Words, i: int, first: int, mark: str) -> int:
    """Return the place of the nearest ``mark`` at or before ``i``; ``first - 1`` without one."""
    near = range(i, max(first, i - _LONGEST) - 1, -1)
    return next((k for k in near if words.low[k] == mark), first - 1)
