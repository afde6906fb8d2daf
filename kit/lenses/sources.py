"""Who is said to have said it: the words that name a source, and what kind of source that is."""

from __future__ import annotations

from attrs import frozen

from kit.lenses.lexicon import Lexicon
from kit.lenses.words import QUOTES, Words

Stretch = tuple[int, int]  #: the first and the last word, both included

_LONGEST = 30  #: words that a source may have
_RELATIVE = frozenset(["who", "which", "whose", "whom"])
_WALLS = frozenset([";", ":", "—", "–", "-", "--", "(", ")", "[", "]", ".", "!", "?", "…", "...", "\n", "/", "*"]) | QUOTES
_POSSESSIVE = frozenset(["'s", "’s"])
_STATEMENT = frozenset("statement interview interviews release speech letter report tweet post email phone telephone televised news press written court television radio article".split())
_LEAD = frozenset("meanwhile however moreover furthermore still yet also then thus earlier later separately today yesterday tonight so and but or nor though instead indeed finally".split())
_TIME = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight january february march april may june july august september october november december last this next week month year earlier morning".split()
)


@frozen
class Speakers:
    """Finds the stretch of words that names a source, and its kind."""

    grammar: Lexicon
    sourcing: Lexicon

    # --- Where the source stands ------------------------------------------------------------------

    def before(self, words: Words, verb: int, first: int) -> Stretch | None:
        """Return the subject before a verb: 'Mara Lind, its director, has also [said]'."""
        i = verb - 1
        while i >= first and self._between(words, i):
            i -= 1
        if i < first:
            return None
        low = words.low[i]
        if low in _RELATIVE:
            return self._antecedent(words, i, first)
        if low == ",":
            return self._over_commas(words, i, first)
        if low == ")":
            opened = _back_to(words, i, first, "(")
            outside = self._back(words, opened - 1, first) if opened > first else None
            return (outside[0], i) if outside else None
        if low in ("and", "but", "or", "then"):
            return self.of_clause(words, first, i)
        return self._back(words, i, first)

    def after(self, words: Words, i: int, last: int) -> Stretch | None:
        """Return the noun phrase that begins at word ``i``: 'according to [a report by The Times]'."""
        at = i
        while at < min(last, i + _LONGEST):
            if words.low[at] == "," and self._apposition(words, at, last):
                at += 1
            elif self._ends(words, at, i, last):
                break
            at += 1
        while at > i and words.low[at - 1] in (",", "and", "in", "of", "on", "at"):
            at -= 1
        return (i, at - 1) if at > i else None

    def of_clause(self, words: Words, first: int, verb: int) -> Stretch | None:
        """Return the subject with which a sentence begins, for a second verb: 'came and [said]'."""
        while first < verb and (words.low[first] in QUOTES or words.low[first] in _LEAD):
            first += 1
        if words.near(first) in self.grammar.words("preposition") or words.near(first) in self.grammar.words("conjunction"):
            comma = next((k for k in range(first, verb) if words.low[k] == ","), None)
            first = comma + 1 if comma is not None else first
        return self.after(words, first, verb) if self._opens(words, first) else None

    def _between(self, words: Words, i: int) -> bool:
        """Whether a word may stand between a subject and its verb."""
        low = words.low[i]
        small = low in self.grammar.words("auxiliary") or low in self.grammar.words("adverb")
        return small or (low.endswith("ly") and len(low) > 4 and not words.capital(i)) or low in ("declined", "refused", "continued")

    def _antecedent(self, words: Words, i: int, first: int) -> Stretch | None:
        """'Devocht, who had [told]': the noun before the relative pronoun."""
        last = i - 2 if words.near(i - 1) == "," else i - 1
        start = last
        while start > first and last - start < _LONGEST and not self._before_antecedent(words, start - 1):
            start -= 1
        return (start, i) if start <= last and last >= first and words.low[last] not in _WALLS else None

    def _before_antecedent(self, words: Words, i: int) -> bool:
        """Whether the noun that 'who' stands for begins after word ``i``."""
        low = words.low[i]
        if low in self.grammar.words("preposition"):
            return low not in ("of", "for") or words.capital(i + 1)
        wall = low in _WALLS or low in (",", "and") or low in self.grammar.words("auxiliary")
        return wall or words.near(i + 1) in ("the", "a", "an") or (not words.capital(i) and words.capital(i + 1) and low not in self.sourcing.words("title"))

    def _over_commas(self, words: Words, i: int, first: int) -> Stretch | None:
        """'Mara Lind, its director, [said]': the subject stands before the inserted part."""
        comma = _back_to(words, i - 1, first, ",")
        if comma <= first:
            return self._back(words, i - 1, first)
        aside = words.low[comma + 1]
        subject = self._back(words, comma - 1, first)
        if subject is None:
            return None
        loose = aside in self.grammar.words("preposition") or aside.endswith("ing")
        return subject if loose else (subject[0], i - 1)

    def _back(self, words: Words, i: int, first: int) -> Stretch | None:
        """Walk left from the last word of a noun phrase to its first."""
        if words.low[i] in self.grammar.words("pronoun"):
            return i, i
        if words.low[i] in _WALLS or words.low[i] == ",":
            return None
        start, joined = i, None
        while start >= first and i - start < _LONGEST and not self._starts_after(words, start, first):
            joined = start if words.low[start] == "and" else joined
            start -= 1
        if joined and any(_past(words, k) for k in range(start + 2, joined)):
            start = joined  # "came to London and Lind [said]"
        start = self._without_lead(words, start + 1, i)
        return (start, i) if start <= i else None

    def _starts_after(self, words: Words, i: int, first: int) -> bool:
        """Whether the noun phrase begins after word ``i``."""
        low = words.low[i]
        if low in _WALLS or low == "," or low in self.grammar.words("auxiliary"):
            return True
        if low == "and":
            return not words.capital(i - 1) and not self._people(words, i - 1)
        if low in _RELATIVE:
            return i == first or words.near(i - 1) == ","
        return low in self.grammar.words("conjunction") and low not in ("as", "since", "before", "after")

    def _people(self, words: Words, i: int) -> bool:
        return words.near(i) in self.sourcing.words("people") or words.near(i) in self.sourcing.words("institution")

    def _without_lead(self, words: Words, start: int, last: int) -> int:
        """Leave out what leads in: 'On Tuesday the government' is 'the government'."""
        while start < last and (words.low[start] in _LEAD or (words.low[start].endswith("ly") and not words.capital(start + 1) and start + 1 < last)):
            start += 1
        if words.low[start] not in self.grammar.words("preposition") or start == last:
            return start
        for at in range(start + 2, last + 1):
            fresh = words.capital(at) and not words.capital(at - 1) and words.low[at - 1] not in self.grammar.words("preposition")
            if words.low[at] in ("the", "a", "an", "his", "her", "its", "their", "he", "she", "they") and words.low[at - 1] not in self.grammar.words("preposition"):
                return at
            if fresh and words.low[at - 1] not in self.grammar.words("determiner") and words.low[at] not in _TIME:
                return at
        return min(start + 2, last)

    def _opens(self, words: Words, i: int) -> bool:
        """Whether a noun phrase can begin at word ``i``."""
        low = words.near(i)
        return bool(low) and (words.capital(i) or low in self.grammar.words("determiner") or low in self.grammar.words("pronoun") or self._people(words, i))

    def opens(self, words: Words, i: int) -> bool:
        """Whether a source may begin at word ``i``: a name, an article, a pronoun, 'officials'."""
        return self._opens(words, i) and words.near(i) not in ("that", "this", "it", "there")

    def _ends(self, words: Words, at: int, i: int, last: int) -> bool:
        """Whether a noun phrase that began at ``i`` ends before word ``at``."""
        low = words.low[at]
        if low in _WALLS or low in (",", "'d", "’d") or (low in self.grammar.words("auxiliary") and low not in ("may", "will")):
            return not (low in ("(", ")", "-") and at > i)
        if at == i:
            return False
        before = words.low[at - 1]
        linked = before in self.grammar.words("preposition") or before in ("and", "or", "&", ",", "who", "(", "-")
        if low in self.grammar.words("determiner") or low in self.grammar.words("pronoun"):
            return not linked and low not in ("one", "two", "three", "who")
        if low == "and":
            return not (words.capital(at + 1) or self._people(words, at + 1) or words.near(at + 1) in ("the", "other", "its", "his", "her"))
        if low in self.grammar.words("conjunction") and low not in ("who", "as", "since", "before", "after"):
            return True
        told = self.sourcing.at(words.low, at)
        if told and told.form in ("past", "s") and told.table in ("say", "report") and not linked and not words.capital(at):
            return True
        return low in self.grammar.words("preposition") and self._loose(words, at, last)

    def _loose(self, words: Words, at: int, last: int) -> bool:
        """Whether a preposition opens a part of its own: 'on Monday', 'in a statement', 'as'."""
        low, then = words.low[at], words.near(at + 1)
        if low in ("of", "for", "from", "with"):
            return False
        told = any(words.near(k) in _STATEMENT for k in range(at + 1, min(at + 5, last)))
        timed = then in _TIME or then[:1].isdigit() or words.near(at + 2) in _TIME
        return low not in ("in", "at", "on", "by", "to", "against", "near") or told or timed

    def _apposition(self, words: Words, comma: int, last: int) -> bool:
        """Whether what follows a comma still names the source: ', its director'."""
        i = comma + 1
        if words.near(i) == "who":
            return True
        if words.near(i) in QUOTES or words.near(i) in self.grammar.words("conjunction") or words.near(i) in self.grammar.words("preposition"):
            return False
        if words.near(i) in self.grammar.words("subject") or words.near(i).endswith("ing"):
            return False
        for at in range(i, min(i + 14, last)):
            low = words.low[at]
            if low in (",", ".", ";") or low in QUOTES:
                return not (words.low[at] == "," and at == i + 1 and words.near(at + 1) not in ("the", "a", "an"))
            if low in self.grammar.words("auxiliary") or low in _RELATIVE:
                return low in _RELATIVE
        return False

    # --- What kind of source it is ----------------------------------------------------------------

    def kind(self, words: Words, stretch: Stretch, people: set[str]) -> str:
        """Return the kind of source; ``people`` holds the last names of persons named before."""
        first, last = stretch
        low = words.low
        if first == last and low[first] in self.grammar.words("pronoun"):
            return "pronoun"
        head = self._head(words, first, last)
        name = self._name(words, first, last)
        lower = not words.capital(head) or head == first
        if low[head] in self.sourcing.words("hearsay"):
            return "agentless"
        if lower and low[head] in self.sourcing.words("document"):
            return "document"
        if name and self._is_person(words, name, people):
            people.add(low[name[1]])
            return "named-person"
        if low[head] in self.sourcing.words("people"):
            return "anonymous-described" if self._described(words, first, last, head) else "anonymous-bare"
        if name or low[head] in self.sourcing.words("institution"):
            return "institution"
        return "anonymous-described" if last > first else "anonymous-bare"

    def _head(self, words: Words, first: int, last: int) -> int:
        """Return the head noun: the last word before 'of', 'by', a comma or 'who'."""
        stop = self.grammar.words("preposition") | _RELATIVE | {",", "(", "-"}
        at = next((k for k in range(first + 1, last + 1) if words.low[k] in stop), last + 1) - 1
        return at - 1 if words.low[at] in _POSSESSIVE and at > first else at

    def _name(self, words: Words, first: int, last: int) -> Stretch | None:
        """Return the longest run of capitalised words that is no more than a title."""
        best: Stretch | None = None
        at = first
        while at <= last:
            if not words.capital(at) or words.low[at] in self.grammar.words("determiner"):
                at += 1
                continue
            end = at
            while end < last and words.capital(end + 1):
                end += 1
            if best is None or end - at >= best[1] - best[0]:
                best = (at, end)
            at = end + 1
        if best and best[0] == best[1] == first and words.low[first] in self.sourcing.words("people"):
            return None  # "Officials" at the head of a sentence
        return best

    def _is_person(self, words: Words, name: Stretch, people: set[str]) -> bool:
        first, last = name
        low = words.low[first : last + 1]
        if low[-1] in people:
            return True
        if not self.sourcing.words("institution").isdisjoint(low) or low[-1] in self.sourcing.words("place"):
            return False
        titled = low[0] in self.sourcing.words("title") or words.near(first - 1) in self.sourcing.words("title")
        if titled and (len(low) > 1 or words.near(first - 1) in self.sourcing.words("title")):
            return True
        the = words.near(first - 1) in ("the", "'s", "’s")
        if first == last:
            return not (the or words.words[first].isupper() or "." in words.words[first]) and words.near(first - 1) not in self.grammar.words("preposition")
        return not the and words.near(first - 1) not in ("in", "by", "of", "from", "at") and not words.words[last].isupper()

    def _described(self, words: Words, first: int, last: int, head: int) -> bool:
        """Whether anything but a number tells who the people are."""
        bare = self.grammar.words("determiner") | self.grammar.words("cardinal") | {"various", "multiple", "numerous"}
        said = [k for k in range(first, last + 1) if words.low[k] not in bare and k != head]
        return bool(said)


def _past(words: Words, i: int) -> bool:
    """Whether a word looks like a verb in the past: it ends in -ed and no article stands before."""
    low = words.low[i]
    return low.endswith("ed") and len(low) > 4 and not words.capital(i) and words.near(i - 1) not in ("a", "an", "the")


def _back_to(words: Words, i: int, first: int, mark: str) -> int:
    """Return the place of the nearest ``mark`` at or before ``i``; ``first - 1`` where there is none."""
    return next((k for k in range(i, max(first, i - _LONGEST) - 1, -1) if words.low[k] == mark), first - 1)
