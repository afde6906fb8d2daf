"""Where the words stand that name who said it.

There is no parser here. What counts is where a noun phrase cannot go on: at a word that belongs to
none (``_apart``), or before one that begins another (``_fresh``). A source before a verb reaches
back to the nearest such place, a source behind a verb on to the next.
"""

from __future__ import annotations

from attrs import field, frozen

from kit.lenses.who import Stretch, Who
from kit.lenses.words import QUOTES, Words

_LONGEST = 30  #: words that a source may have
_LONGEST_BESIDE = 14  #: words of what is inserted between commas
_LEFT_OVER = frozenset([",", "and", "at", "in", "of", "on", "such"])  #: at the end of a source


@frozen
class Speakers:
    """Finds the stretch of words that names a source."""

    words: Words
    verbs: frozenset[str]  #: forms of verbs of saying that are hardly anything else
    who: Who
    subjects: dict[int, Stretch | None] = field(factory=dict)  #: of verbs, as far as asked for

    # --- Before a verb ----------------------------------------------------------------------------

    def before(self, verb: int, first: int) -> Stretch | None:
        """Return the subject before a verb: 'Mara Lind, its director, has also [said]'."""
        if verb not in self.subjects:
            self.subjects[verb] = self._before(verb, max(first, verb - 2 * _LONGEST))
        return self.subjects[verb]

    def between(self, i: int) -> bool:
        """Whether a word may stand between a subject and its verb: 'on Friday also'."""
        w = self.words
        manner = w.low[i].endswith("ly") and not w.capital(i) and not w.has(i - 1, "article")
        manner = manner or "turn" in w.low[i : i + 2]  # "in turn"
        return manner or w.has(i, "auxiliary", "adverb", "before-to", "weekday")

    def end_before(self, verb: int, first: int) -> int:
        """Return the last word before a verb and what stands between it and its subject."""
        i = verb - 1
        while i > first and self.between(i):
            i -= 1
        return i

    def _before(self, verb: int, first: int) -> Stretch | None:
        w, i = self.words, self.end_before(verb, first)
        if w.has(i, "relative"):  # "Devocht, who had [told]"
            found = self._up_to(i - 1 - (w.near(i - 1) == ","), first)
            return (self._who_speaks(*found), i) if found else None
        if w.low[i] in QUOTES:  # "her client “categorically [denies]” it"
            inside = w.quoted[verb] and not w.quoted[i - 1]
            return self._up_to(i - 1, first) if inside else self._in_quotes(i, first)
        if w.low[i] in ("and", "but", "or", "nor"):
            return self.of_clause(first, i)
        comma = w.last_of([","], first, i)
        spoken = w.has(comma + 1, "preposition") and w.has(i, "spoken-of")
        if comma == i or (comma > first and spoken):  # "Lind, its head, in an interview [said]"
            return self._over_commas(comma, first)
        if w.low[i] == "ago" or w.low[i].isdigit():  # "who lived years ago"
            return self.of_clause(first, i + 1)
        return self._up_to(i, first)

    def _who_speaks(self, start: int, last: int) -> int:
        """Return where those begin who can speak: 'every trust in [the bank, which] said'."""
        starts = (
            k for k in range(start, last + 1) if k == start or self.words.has(k - 1, "preposition")
        )
        return next((k for k in starts if self.who.speaks((k, last))), start)

    def of_clause(self, first: int, verb: int) -> Stretch | None:
        """Return the subject with which a sentence begins, for a second verb: 'came and [said]'."""
        w = self.words
        first = self._without_lead(first, min(verb, first + _LONGEST) - 1)
        found = self.after(first, verb)
        if found is None:
            return None
        for k in range(found[0] + 1, found[1] + 1):
            subject = self.before(k, found[0]) if w.past(k) or w.has(k, "past") else None
            if subject and (w.capital(subject[1]) or k == found[1]):
                return subject  # "Steve Jobs later [unveiled] it and said"
        return found

    def pair(self, source: Stretch, first: int) -> tuple[Stretch, Stretch | None]:
        """Return a source and whom 'and' joins to it, one of them named: 'Lind and [two aides]'."""
        w, who = self.words, self.who
        start, last = max(0, source[0] - 1), source[1]
        at = w.low.index("and", start, last) if "and" in w.low[start:last] else 0
        joined = at >= source[0] or w.near(at - 1) == ","  # not "it fell and the ministry said"
        left, right = self.before(at, first) if at > first and joined else None, (at + 1, source[1])
        if left is None or any(w.past(k) or w.has(k, "past") for k in range(left[0], at)):
            return source, None
        named = who.names_a_person(left)  # "Lind, founder and head" is one
        two = w.has(at + 1, "article", "owner") or who.many(right)
        if not named:
            alone = left[0] == left[1]  # "Police and Ann Marsh"; not "aides to Bell and Ann Marsh"
            two = who.many(left) and (alone or not w.capital(left[1]))
        return (right, left) if two and named != who.names_a_person(right) else (source, None)

    def _up_to(self, last: int, first: int) -> Stretch | None:
        """Return the noun phrase of which word ``last`` is the last."""
        if last < first:
            return None
        if self.words.low[last] == ")":
            opened = self.words.last_of(["("], first + 1, last)
            outside = self._up_to(opened - 1, first)
            return (outside[0], last) if outside else None
        stop = last > first and self.words.low[last] == "."
        last -= stop and self.words.has(last - 1, "abbreviation")  # "Norvel, Inc. (Nasdaq: NRV)"
        if self._apart(last):
            return None
        if self.words.has(last, "pronoun"):
            return last, last
        start = last
        near = max(first, last - _LONGEST)
        while start > near and not self._fresh(start) and not self._apart(start - 1):
            start -= 1
        return self._without_lead(start, last), last

    def _over_commas(self, i: int, first: int) -> Stretch | None:
        """'Mara Lind, 46, its director, [said]': the subject stands before what is inserted."""
        w, comma = self.words, self.words.last_of([","], first, i - 1)
        year = w.near(i - 1).isdigit() and len(w.near(i - 1)) == 4
        if comma == i - 2 and year:  # "the memo, dated Jan. 14, 2025"
            comma = w.last_of([","], first, comma - 1)
        while w.near(comma - 1)[:1].isdigit() and w.near(comma - 2) == ",":
            comma -= 2
        if comma <= first:
            return self._up_to(i - 1, first)
        subject = self._up_to(comma - 1, first)
        if subject and w.has(comma + 1, "relative"):
            before = self._up_to(subject[0] - 2, first)  # "[Ann Marsh], Democrat of Elm, who sits"
            if before and self.who.names_a_person(before):
                subject = before
        loose = w.has(comma + 1, "preposition") or w.low[comma + 1].endswith("ing")
        return subject if loose or subject is None else (subject[0], i - 1)

    def _in_quotes(self, i: int, first: int) -> Stretch | None:
        """'But now “a source” [says]': a few words between quotation marks, and no statement."""
        opened = self.words.last_of(QUOTES, first, i - 1)
        said = "," in self.words.low[opened:i] or not 1 < i - opened < 8
        return None if said or opened < first else (opened + 1, i - 1)

    def _without_lead(self, start: int, last: int) -> int:
        """Leave out what leads in: 'On Tuesday, two days later, the government'."""
        w = self.words
        while start < last and (w.has(start, "lead-in") or w.low[start].endswith("ly")):
            start += 1
        for k in (start + 1, start + 2):
            if k < last and w.has(k, "earlier") and w.has(k - 1, "unit"):  # "Two days later"
                start = k + 1
        if not w.has(start, "preposition", "conjunction"):
            return start
        comma = w.first_of([","], start, last)
        if comma < last:
            return comma + 1
        names = (k for k in range(start + 2, last + 1) if w.capital(k) and not w.capital(k - 1))
        inside = ("preposition", "determiner")
        return next((k for k in names if not w.has(k - 1, *inside)), min(start + 2, last))

    # --- After a verb or 'according to' -----------------------------------------------------------

    def after(self, i: int, last: int, *, speaks: bool = False) -> Stretch | None:
        """Return the noun phrase at ``i``, or who can speak: 'according to [a report by Lind]'."""
        found = self._from(i, last)
        return found if found and (not speaks or self.who.speaks(found)) else None

    def _from(self, i: int, last: int) -> Stretch | None:
        w, end = self.words, min(last, i + _LONGEST)
        if w.has(i, "pronoun"):
            return i, i
        if i >= last or self._apart(i) or w.has(i, "preposition", "relative"):
            return None
        at, beside = i + 1, False
        while at < end:
            if w.low[at] == "who":  # to the end of what is told about somebody
                end = min(last, at + _LONGEST)
                at = next((k for k in range(at, end) if w.low[k] == "," or w.has(k, "wall")), end)
                break
            if w.low[at] == "," and not beside and self._beside(i, at + 1, last):
                beside = not w.near(at + 1)[:1].isdigit()  # one; "Mara Lind, 46, a nurse"
                at += w.low[at + 1] != "who"
            elif w.low[at] == "(" and ")" in w.low[at:end]:
                at = w.low.index(")", at)
            elif w.has(at - 1, "article") and w.low[at] in QUOTES:  # "an “informed source”"
                closed = w.first_of(QUOTES, at + 1, end)
                at = closed if closed < end else at
            elif self._apart(at) or self._fresh(at) or self._loose(at):
                break
            at += 1
        while at > i + 1 and w.low[at - 1] in _LEFT_OVER:
            at -= 1
        return i, at - 1

    def _loose(self, at: int) -> bool:
        """Whether a preposition opens a part of its own: 'on Monday', 'in a statement', 'as'."""
        w = self.words
        if not w.has(at, "preposition"):
            return False
        if w.low[at] in ("of", "for", "from", "with"):
            return w.near(at + 1) == "reference"  # "reported by Bild [with reference to]"
        if w.low[at] == "to":  # "warned by the army [to stay]"
            more = w.has(at + 1, "determiner") or w.near(at + 1).endswith("s")
            return not more and not w.capital(at + 1)
        spoken = any(w.has(k, "spoken-of") and not w.capital(k) for k in range(at + 1, at + 5))
        timed = w.has(at + 1, "time-word") or w.near(at + 1)[:1].isdigit()
        return spoken or timed or not w.has(at, "place-word")

    def _beside(self, first: int, i: int, last: int) -> bool:
        """Whether what follows a comma still names the source: ', its director'."""
        w = self.words
        if w.near(i) == "who":
            return True
        opens = w.capital(i) or w.has(i, "article", "owner") or w.near(i)[:1].isdigit()
        body = self.who.led_by((first, i - 2), "document", "institution")
        opens = opens or self.who.any_of((i, i + 1), "people", "title")
        if not opens or (body and not self.who.names_a_person((first, i - 2))):
            return False  # "according to the ministry, the farms"
        for at in range(i, min(i + _LONGEST_BESIDE, last)):
            done = w.past(at) and w.low[i] not in ("a", "an")
            if done or w.has(at, "auxiliary", "past"):
                return False  # not ", the banker moved"
            if w.low[at] == "," or w.has(at, "wall", "relative"):
                return w.low[at] != "," or at > i + 1
        return False

    # --- Where a noun phrase ends -----------------------------------------------------------------

    def _fresh(self, k: int) -> bool:
        """Whether word ``k`` begins another noun phrase: 'told [the] meeting', 'says [she]'."""
        w = self.words
        if not w.has(k, "article", "owner", "pronoun") or w.has(k, "relative"):
            return False
        linked = w.has(k - 1, "preposition", "determiner", "plural", "possessive")
        linked = linked or w.low[k - 1] == "and" or w.has(k - 2, "relative")
        return not (linked or self._is_relative(k - 2))  # "people who attended [the dinner]"

    def _apart(self, i: int) -> bool:
        """Whether a word belongs to no noun phrase."""
        w, low = self.words, self.words.low[i]
        if low == "," or low in self.verbs:
            return not self.who.any_of((i + 1, i + 1), "firm")  # "Norvel, Inc."
        if not w.has(i, "wall", "auxiliary", "conjunction"):
            return False
        if low == "and":  # it joins two nouns: "Lind and Moss", "current and former staff"
            nouns = w.capital(i - 1) or w.capital(i + 1) or w.has(i - 1, "no-noun")
            return not (nouns or self.who.any_of((i - 1, i + 1), "people", "institution"))
        return not w.has(i, "relative") and not self._is_relative(i)

    def _is_relative(self, i: int) -> bool:
        """Whether 'that' belongs to the noun before it: a verb follows at once."""
        w = self.words
        verb = w.past(i + 1) or w.has(i + 1, "past", "auxiliary")
        now = w.near(i + 1).endswith("s") and (w.has(i + 2, "article", "owner") or w.capital(i + 2))
        return w.near(i) == "that" and (verb or now)  # "the firm that owns the ship"
