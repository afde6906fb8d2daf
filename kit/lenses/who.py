"""What kind of source it is: a person by name, an institution, a document, somebody not named.

A capital letter names nobody by itself ("a Turkish official", "Advisers to Mr. Bell"): what counts
is whether the name is the head of the words, or stands beside it ("the coach, Ada Moss").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from kit.lenses.words import Words

Stretch = tuple[int, int]  #: the first and the last word, both included
#: Whose words are no last names.
_NO_LAST_NAME: tuple[str, ...] = ("institution", "place", "nationality", "people", "title")
_NO_LAST_NAME += ("document", "portfolio", "hearsay")


@frozen
class Who:
    """Tells the kinds of the sources of one text, from its first to its last."""

    words: Words
    kinds: Mapping[str, frozenset[str]]  #: the tables of sourcing.toml in which each word stands
    people: set[str] = field(factory=set)  #: the last names of the persons named so far
    heads: dict[Stretch, int] = field(factory=dict)  #: as far as they were asked for

    def kind(self, stretch: Stretch) -> str:
        """Return the kind of a source."""
        w, (first, last) = self.words, stretch
        if first == last and w.has(first, "pronoun", "owner"):
            return "pronoun"
        if self.names_a_person(stretch):
            return "named-person"
        head = self.head(first, self._part_end(first, last))
        if self._is(head, "hearsay", "document"):
            return self._paper(head, first)
        alone = head == first + 1 == last and w.capital(head)
        body = alone and self._is(head, "institution")  # "The Observer", "The Guard"
        people = self._one_of(first) or self._is(head, "people", "nationality", "unnamed")
        if people and not body:
            return self._unnamed(first, last, head)
        name = self._capital(head) and not (head == first and self._common(head))  # "the Herald"
        if name or self._is(head, "institution", "place", "company"):
            return "institution"
        return self._unnamed(first, last, head)

    def names_a_person(self, stretch: Stretch) -> bool:
        """Whether a source is named, itself or beside it: 'the coach, Ada Moss'."""
        for first, last in self._parts(*stretch):
            name = self._person(first, last, beside=first > stretch[0])
            if name is not None:
                self.people.add(self.words.low[name])
                return True
        return False

    def head(self, first: int, last: int) -> int:
        """Return the head noun: the last word before 'of', 'by', a comma, 'who' or a verb."""
        if (first, last) not in self.heads:
            self.heads[first, last] = self._head(first, last)
        return self.heads[first, last]

    def _head(self, first: int, last: int) -> int:
        w = self.words
        at = last
        for k in range(first + 1, last + 1):
            ends = w.low[k] in (",", "that") or w.has(k, "preposition", "relative", "wall")
            verb = (w.past(k) and not w.low[k - 1].endswith("ly")) or self._takes_part(k)
            if ends or verb or (self._is(k, "after-noun") and self._is(k - 1, "unnamed")):
                at = k - 1
                break
        return at - 1 if at > first and w.has(at, "possessive") else at

    def any_of(self, stretch: Stretch, *tables: str) -> bool:
        """Whether a word of a stretch stands in one of these tables of sourcing.toml."""
        return any(self._is(k, *tables) for k in range(stretch[0], stretch[1] + 1))

    def speaks(self, stretch: Stretch) -> bool:
        """Whether a source can speak: somebody, a body or a paper; not 'the new rules'."""
        first, last = stretch
        head = self.head(first, last)
        known = self._is(head, "people", "institution", "document", "place", "title", "unnamed")
        person = self.words.low[head].endswith(("er", "or", "ist", "ian", "man", "ers", "ors"))
        many = self.words.low[head].endswith("s") and self.words.opens_sentence(head)
        name = self.words.capital(head) and (head > first or not many)
        return known or person or name or self.words.has(head, "pronoun")

    # --- Parts of a source ------------------------------------------------------------------------

    def _is(self, i: int, *tables: str) -> bool:
        found = self.kinds.get(self.words.near(i))
        return found is not None and not found.isdisjoint(tables)

    def _one_of(self, first: int) -> bool:
        return self.words.near(first + 1) == "of" and self.words.has(
            first, "determiner", "cardinal"
        )

    def _takes_part(self, i: int) -> bool:
        """Whether an -ing form goes on: 'a runner [working] on the show', no 'shipping firm'."""
        w = self.words
        if not w.low[i].endswith("ing") or w.capital(i):
            return False
        return w.has(i + 1, "preposition", "determiner", "pronoun", "cardinal")

    def _part_end(self, first: int, last: int) -> int:
        """Return the last word of the part that begins at ``first``."""
        w = self.words
        for k in range(first + 1, last + 1):
            if w.low[k] in (",", "(", "who", "which", "that") or w.has(k, "wall"):
                return k - 1
        return last

    def _parts(self, first: int, last: int) -> Iterator[Stretch]:
        """Yield what stands between commas, brackets and 'and', up to 'who'.

        Whoever speaks for others has not their names: "advisers to Bell and Holt" is one part.
        """
        w = self.words
        end = self._part_end(first, last)
        head = self.head(first, end)
        people = self._is(head, "people")
        many = people and w.low[head].endswith(("s", "men")) and not w.capital(end)
        group = many or self._one_of(first) or self._is(head, "unnamed")
        if group or (people and w.has(head + 1, "preposition")):
            yield first, end
            if group:
                return
            first = end + 1
        start = first
        for k in range(first, last + 2):
            over = k > last or w.low[k] in (",", "and", "(", ")", "—", "–")
            told = k <= last and w.has(k, "relative")
            if over or told:
                if k > start:
                    yield start, k - 1
                start = k + 1
            if told:
                return

    # --- Names ------------------------------------------------------------------------------------

    def _person(self, first: int, last: int, *, beside: bool) -> int | None:
        """Return the last word of the person's name in a part; nothing where none is named."""
        w = self.words
        if last > first and w.has(last, "possessive"):
            last -= 1
        head = self.head(first, last)
        if w.near(head + 1) in ("named", "called") and self._capital(head + 2):
            return head + 2
        run = self._run(head, first)
        # What stands beside is a name only where it shows: "its airline, Ryanair" is no person.
        short = beside and run[0] == head == first and w.low[head] not in self.people
        short = short and not self._is(head, "first-name") and not self._is(first - 2, "kin")
        if not short and self._named(run, first):
            return head
        office = self._is(head, "title") and (w.capital(head) or w.near(head + 1) == "of")
        office = office and not w.low[head].startswith("spokes")
        other = not self._is(head, "people", "unnamed") and not beside
        if head < last and (office or other) and self._capital(last):
            run = self._run(last, head + 1)
            return last if self._after_office(run, directly=run[0] == head + 2) else None
        return None

    def _after_office(self, run: Stretch, *, directly: bool) -> bool:
        """'Secretary of State [Ann Marsh]', 'head of the Elm Council [Ann Marsh]'."""
        w, (first, last) = self.words, run
        if self._is(last, *_NO_LAST_NAME):
            return False
        titled = any(self._is(k, "title") for k in range(first - 1, last))
        pair = last - first >= 1 and not self._is(last - 1, *_NO_LAST_NAME)
        if not pair:
            return titled
        begins = last - first == 1 and w.has(first - 1, "article", "preposition")
        known = self._is(last - 1, "first-name") and not (begins and not directly)
        behind = last - first >= 2 and (
            directly or self._is(last - 2, "institution", "portfolio", "place")
        )
        return titled or known or behind

    def _capital(self, i: int) -> bool:
        """Whether a word is spelt like a name; 'al-Amr' too."""
        return self.words.capital(i) or self.words.words[i].rpartition("-")[2][:1].isupper()

    def _run(self, last: int, first: int) -> Stretch:
        """Return the words of a name that ends at word ``last``: 'Mohamed bin Ali', 'J. Holt'."""
        start = last
        for k in range(last - 1, first - 1, -1):
            if self._capital(k):
                start = k
            elif not self._is(k, "particle"):  # "Ann van der Berg"
                break
        return start, last

    def _named(self, run: Stretch, start: int) -> bool:
        """Whether a run of capitals, in a part that begins at ``start``, is a person's name."""
        w, (first, last) = self.words, run
        if w.low[last] in self.people and not w.has(first - 1, "article"):
            return True
        if not self._last_name(last):
            return False
        while first < last and (self._is(first, "nationality") or w.has(first, "determiner")):
            first += 1
        before = range(max(start, first - 1), last)
        if any(self._is(k, "title", "people") for k in before):
            return not self._is(last - 1, "institution")
        bodies = any(self._is(k, "institution", "place") for k in range(first, last))
        if bodies or (first > start and self._is(first - 1, "company")):
            return False
        return self._is(first, "first-name") or self._looks_like_one(first, last, start)

    def _last_name(self, i: int) -> bool:
        """Whether a capital can be a last name: no month, no office, no country."""
        w = self.words
        other = self._is(i, *_NO_LAST_NAME) and not self._is(i - 1, "first-name")
        small = w.has(i, "determiner", "month", "weekday", "lead-in")
        return self._capital(i) and not small and not other

    def _looks_like_one(self, first: int, last: int, start: int) -> bool:
        """Whether words of which nothing is known look like a name: 'Mara Lind', 'Lind'."""
        w = self.words
        letters = w.words[last].isupper() or "." in w.words[last]  # "AFP", "U.S."
        if first < last:
            return not w.has(first - 1, "article") and not (letters and w.words[first].isupper())
        alone = first == start or w.has(first - 1, "possessive")  # "Germany's Merkel"
        return alone and not letters and not self._common(first)

    def _common(self, i: int) -> bool:
        """Whether a capital may be the sentence's alone: 'Passengers said'."""
        w = self.words
        if not w.opens_sentence(i):
            return False
        many = w.low[i].endswith("s") and w.has(i + 1, "preposition")
        ending = w.low[i].endswith(("ists", "ents", "ants", "ngers", "tors"))
        return many or ending or w.low[i] in w.small

    # --- The other kinds --------------------------------------------------------------------------

    def _paper(self, head: int, first: int) -> str:
        """Tell 'a report' (a document) from 'reports' (hearsay) and 'the New York Post'."""
        if self._is(head, "hearsay") and head == first and self.words.low[head] != "report":
            return "agentless"
        return "document" if head == first or not self.words.capital(head) else "institution"

    def _unnamed(self, first: int, last: int, head: int) -> str:
        told = (k for k in range(first, last + 1) if k != head)
        bare = all(self.words.has(k, "determiner", "cardinal", "vague-number") for k in told)
        return "anonymous-bare" if bare else "anonymous-described"
