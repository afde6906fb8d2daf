"""Who is said to have said it: the words that name a source, and what kind of source that is.

There is no parser here. A noun phrase is walked word by word until a word that cannot belong to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from kit.lenses.words import QUOTES, Words

Stretch = tuple[int, int]  #: the first and the last word, both included
SOURCE_KINDS = (
    "named-person",
    "institution",
    "document",
    "anonymous-described",
    "anonymous-bare",
    "agentless",
    "pronoun",
)
_LONGEST = 30  #: words that a source may have


@frozen
class Speakers:
    """Finds the stretch of words that names a source, and its kind."""

    words: Words
    sets: Mapping[str, frozenset[str]]  #: the tables of sourcing.toml

    # --- Where the source stands ------------------------------------------------------------------

    def before(self, verb: int, first: int) -> Stretch | None:
        """Return the subject before a verb: 'Mara Lind, its director, has also [said]'."""
        w, i = self.words, verb - 1
        first = max(first, verb - 2 * _LONGEST)
        while i >= first and (self.between(i) or w.has(i, "weekday")):
            i -= 1  # "the agency on Friday also [said]"
        if i < first:
            return None
        if w.has(i, "relative"):
            return self._antecedent(i, first)
        if w.low[i] == ",":
            return self._over_commas(i, first)
        if w.low[i] == ")":
            opened = _back_to(w, i, first, "(")
            outside = self._back(opened - 1, first) if opened > first else None
            return (outside[0], i) if outside else None
        return (
            self.of_clause(first, i) if w.low[i] in ("and", "but", "or") else self._back(i, first)
        )

    def after(self, i: int, last: int) -> Stretch | None:
        """Return the noun phrase that begins at ``i``: 'according to [a report by The Times]'."""
        w, at = self.words, i
        if w.has(i, "pronoun"):
            return i, i
        while at < min(last, i + _LONGEST):
            if w.low[at] == "who" and at > i:  # to the end of what is told about somebody
                end = min(last, at + _LONGEST)
                at = next((k for k in range(at, end) if w.low[k] == "," or w.has(k, "wall")), end)
                break
            inserted = w.low[at] == "," and self._apposition(at + 1, last)
            if not inserted and self._ends(at, i, last):
                break
            at += 1
        while at > i and w.low[at - 1] in (",", "and", "in", "of", "on", "at"):
            at -= 1
        return (i, at - 1) if at > i else None

    def of_clause(self, first: int, verb: int) -> Stretch | None:
        """Return the subject with which a sentence begins, for a second verb: 'came and [said]'."""
        w = self.words
        end = min(verb, first + _LONGEST)
        while first < end and (w.low[first] in QUOTES or w.has(first, "lead-in")):
            first += 1
        if w.has(first, "preposition", "conjunction"):
            first = next((k + 1 for k in range(first, end) if w.low[k] == ","), first)
        return self.after(first, verb) if self._begins(first) else None

    def opens(self, i: int) -> bool:
        """Whether a source may begin at word ``i``: a name, an article, a pronoun, 'officials'."""
        return self._begins(i) and self.words.near(i) not in ("that", "this", "it", "there")

    def between(self, i: int) -> bool:
        """Whether a word may stand between a subject and its verb."""
        low = self.words.low[i]
        manner = low.endswith("ly") and len(low) > 4 and not self.words.capital(i)
        return manner or self.words.has(i, "auxiliary", "adverb", "before-to")

    def any_of(self, stretch: Stretch, *tables: str) -> bool:
        """Whether a word of a stretch stands in one of these tables of sourcing.toml."""
        said = self.words.low[stretch[0] : stretch[1] + 1]
        return any(not self.sets[table].isdisjoint(said) for table in tables)

    def _begins(self, i: int) -> bool:
        w = self.words
        return w.capital(i) or w.has(i, "determiner", "pronoun") or self._people(i)

    def _people(self, i: int) -> bool:
        low = self.words.near(i)
        return low in self.sets["people"] or low in self.sets["institution"]

    def _antecedent(self, i: int, first: int) -> Stretch | None:
        """'Devocht, who had [told]': the noun before the relative pronoun."""
        w = self.words
        start = last = i - 2 if w.near(i - 1) == "," else i - 1
        if last < first or w.has(last, "wall"):
            return None
        while start > first and last - start < _LONGEST and not self._before_antecedent(start - 1):
            start -= 1
        return start, i

    def _before_antecedent(self, i: int) -> bool:
        w, low = self.words, self.words.low[i]
        if w.has(i, "preposition"):
            return low not in ("of", "for") or w.capital(i + 1)
        named = w.capital(i + 1) and not w.capital(i) and low not in self.sets["title"]
        return (
            named or w.has(i, "wall", "auxiliary") or low in (",", "and") or w.has(i + 1, "article")
        )

    def _over_commas(self, i: int, first: int) -> Stretch | None:
        """'Mara Lind, its director, [said]': the subject stands before the inserted part."""
        w, comma = self.words, _back_to(self.words, i - 1, first, ",")
        if comma <= first:
            return self._back(i - 1, first)
        subject = self._back(comma - 1, first)
        loose = w.has(comma + 1, "preposition") or w.low[comma + 1].endswith("ing")
        return subject if subject is None or loose else (subject[0], i - 1)

    def _back(self, i: int, first: int) -> Stretch | None:
        """Walk left from the last word of a noun phrase to its first."""
        w = self.words
        if w.has(i, "pronoun"):
            return i, i
        if w.has(i, "wall") or w.low[i] == ",":
            return None
        start, joined = i, 0
        while start >= first and i - start < _LONGEST and not self._starts_after(start, first):
            joined = start if w.low[start] == "and" else joined
            start -= 1
        if joined and any(self._past(k) for k in range(start + 2, joined)):
            start = joined  # "came to London and Lind [said]"
        start = self._without_lead(start + 1, i)
        return (start, i) if start <= i else None

    def _starts_after(self, i: int, first: int) -> bool:
        """Whether the noun phrase begins after word ``i``."""
        w, low = self.words, self.words.low[i]
        if low == "and":
            return not w.capital(i - 1) and not self._people(i - 1)
        if w.has(i, "relative"):
            return i == first or w.low[i - 1] == ","
        verb = self._past(i) and w.has(i + 1, "article", "owner")  # "rejected the"
        joins = w.has(i, "conjunction")  # "after an engineer [reported]"
        return verb or joins or low == "," or low[0] == "\n" or w.has(i, "wall", "auxiliary")

    def _past(self, i: int) -> bool:
        """Whether a word looks like a verb in the past: in -ed, and no article stands before."""
        low = self.words.low[i]
        return low.endswith("ed") and len(low) > 4 and not self.words.has(i - 1, "article")

    def _without_lead(self, start: int, last: int) -> int:
        """Leave out what leads in: 'On Tuesday the government' is 'the government'."""
        w = self.words
        while start < last and (w.has(start, "lead-in") or w.low[start].endswith("ly")):
            start += 1
        if start == last or not w.has(start, "preposition"):
            return start
        for at in range(start + 2, last + 1):
            named = w.capital(at) and not w.capital(at - 1) and not w.has(at, "time-word")
            fresh = w.has(at, "article", "pronoun", "owner") or named
            if fresh and not w.has(at - 1, "preposition", "determiner"):
                return at
        return min(start + 2, last)

    def _ends(self, at: int, i: int, last: int) -> bool:
        """Whether a noun phrase that began at ``i`` ends before word ``at``."""
        w, low = self.words, self.words.low[at]
        if w.has(at, "wall", "auxiliary") or low == "," or low[0] == "\n":
            inside = low in ("(", ")", "-") or (low in ("may", "will") and w.capital(at))
            return at == i or not inside
        if at == i:
            return False
        linked = w.has(at - 1, "preposition") or w.low[at - 1] in (
            "and",
            "or",
            "&",
            ",",
            "who",
            "(",
            "-",
        )
        if w.has(at, "determiner", "pronoun"):
            return not linked and not w.has(at, "cardinal") and low not in ("one", "who")
        if low == "and":
            more = w.capital(at + 1) or self._people(at + 1)
            return not more and w.near(at + 1) not in ("the", "other", "its", "his", "her")
        if w.has(at, "conjunction") and not w.has(at, "preposition", "relative"):
            return True
        told = low in self.sets["told"] and not linked and not w.capital(at)
        return told or (w.has(at, "preposition") and self._loose(at, last))

    def _loose(self, at: int, last: int) -> bool:
        """Whether a preposition opens a part of its own: 'on Monday', 'in a statement', 'as'."""
        w, low = self.words, self.words.low[at]
        near = range(at + 1, min(at + 5, last))
        spoken = any(w.has(k, "spoken-of") and not w.capital(k) for k in near)
        timed = (
            w.has(at + 1, "time-word") or w.has(at + 2, "time-word") or w.near(at + 1)[:1].isdigit()
        )
        narrow = low in ("of", "for", "from", "with")
        return not narrow and (not w.has(at, "place-word") or spoken or timed)

    def _apposition(self, i: int, last: int) -> bool:
        """Whether what follows a comma still names the source: ', its director'."""
        w = self.words
        if w.near(i) == "who":
            return True
        if w.has(i, "wall", "conjunction", "preposition", "subject") or w.near(i).endswith("ing"):
            return False
        for at in range(i, min(i + 14, last)):
            if w.has(at, "auxiliary"):
                return False
            if w.has(at, "wall", "relative") or w.low[at] == ",":
                return not (w.low[at] == "," and at == i + 1 and not w.has(at + 1, "article"))
        return False

    # --- What kind of source it is ----------------------------------------------------------------

    def kind(self, stretch: Stretch, people: set[str]) -> str:
        """Return the kind of source; ``people`` holds the last names of persons named before."""
        w, (first, last) = self.words, stretch
        if first == last and w.has(first, "pronoun"):
            return "pronoun"
        head, name = self.head(first, last), self._name(first, last)
        low = w.low[head]
        if low in self.sets["institution"] and not w.capital(head):
            return "institution"  # "State media", "the Iranian police"
        if name and low not in self.sets["document"] and self._is_person(name, first, people):
            people.add(w.low[name[1]])
            return "named-person"
        if low in self.sets["hearsay"] or low in self.sets["document"]:
            return self._paper(low, head, first)
        body = name or low in self.sets["institution"] or low in self.sets["place"]
        if body and low not in self.sets["people"]:
            return "institution"
        told = (k for k in range(first, last + 1) if k != head)
        bare = all(w.has(k, "determiner", "cardinal", "vague-number") for k in told)
        return "anonymous-bare" if bare else "anonymous-described"

    def _paper(self, low: str, head: int, first: int) -> str:
        """Tell 'a report' (a document) from 'reports' (hearsay) and 'the New York Post'."""
        if low in self.sets["hearsay"] and not (low == "report" or head > first):
            return "agentless"
        return "document" if head == first or not self.words.capital(head) else "institution"

    def head(self, first: int, last: int) -> int:
        """Return the head noun: the last word before 'of', 'by', a comma or 'who'."""
        w = self.words
        stops = (
            k
            for k in range(first + 1, last + 1)
            if w.has(k, "preposition", "relative", "wall") or w.low[k] == "," or self._past(k)
        )
        at = next(stops, last + 1) - 1
        return at - 1 if at > first and w.has(at, "possessive") else at

    def _name(self, first: int, last: int) -> Stretch | None:
        """Return the longest run of capitalised words."""
        w, best, at = self.words, None, first
        while at <= last:
            end = at
            while end <= last and w.capital(end) and not w.has(end, "determiner"):
                end += 1
            if end > at and (best is None or end - 1 - at >= best[1] - best[0]):
                best = (at, end - 1)
            at = max(end, at + 1)
        common = best == (first, first) and self.any_of(
            best, "people", "hearsay", "document", "institution"
        )
        return None if common else best  # "Officials" at the head of a sentence

    def _is_person(self, name: Stretch, start: int, people: set[str]) -> bool:
        w, (first, last) = self.words, name
        if w.low[last] in people:
            return True
        if self.any_of((last, last), "institution", "place"):
            return False
        if self.any_of((max(first - 1, 0), last - 1), "title"):  # "Treasury Secretary Ada Moss"
            return True
        if self.any_of(name, "institution"):
            return False
        written = w.words[last].isupper() or "." in w.words[first]  # "AFP", "U.S."
        inside = first > start  # "the Post", "a report by Reuters"
        owned = inside and w.has(first - 1, "article", "possessive", "preposition")
        return not (written or owned)


def _back_to(words: Words, i: int, first: int, mark: str) -> int:
    """Return the place of the nearest ``mark`` at or before ``i``; ``first - 1`` without one."""
    near = range(i, max(first, i - _LONGEST) - 1, -1)
    return next((k for k in near if words.low[k] == mark), first - 1)
