"""What kind of source it is: a person by name, an institution, a document, somebody not named.

A capital letter names nobody by itself ("a Turkish official", "Advisers to Mr. Bell"): what counts
is whether the name is the head of the words, or stands beside it ("the coach, Ada Moss").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from kit.lenses.words import Words

Stretch = tuple[int, int]  #: the first and the last word, both included
_OFTEN = 20  #: places of a name that are looked at
#: Whose words are no last names.
_NO_LAST_NAME: tuple[str, ...] = ("institution", "place", "nationality", "people", "title")
_NO_LAST_NAME += ("document", "portfolio", "hearsay", "firm")


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
        if first == last and w.has(first, "pronoun", "owner", "object"):
            return "pronoun"
        if self.names_a_person(stretch):
            return "named-person"
        head = self.head(first, last)
        capital = self._capital(head) and not w.has(head, "determiner")  # not "One in ten"
        if self._is(head, "hearsay") and head == first and w.low[head] != "report":
            return "agentless"  # "Reports said"
        some = self.any_of((first, head - 1), "ranked") or w.has(first, "cardinal", "vague-number")
        figures = w.low[head] == "figures" and some  # "two Treasury figures"
        if self._is(head, "hearsay", "document") and (head == first or not capital) and not figures:
            return "document"  # not "the New York Post"
        firm = self._is(head, "company") and w.near(head + 1) == "," and w.capital(head + 2)
        # "the rail operator, Transvel", "The Observer"
        body = firm or (capital and self._is(head, "institution")) or self._leads(first, last)
        people = (figures or self._is(head, "people", "nationality", "unnamed")) and not body
        named = capital and not self._common(head)  # "the Herald"
        if not people and (named or body or self._is(head, "institution", "place", "company")):
            return "institution"
        told = (k for k in range(first, last + 1) if k != head)
        bare = all(w.has(k, "determiner", "cardinal", "vague-number") for k in told)
        return "anonymous-bare" if bare else "anonymous-described"

    def _leads(self, first: int, last: int) -> bool:
        """Whether a body by name is joined to others: 'the Elm Mirror and the website Fresh'."""
        low = self.words.low
        left = low.index("and", first, last) - 1 if "and" in low[first:last] else first
        body = left > first and self._capital(left) and self._is(left, "institution", "firm")
        small = (k for k in range(left, last + 1) if not self._capital(k))
        return body and not any(self._is(k, "people", "unnamed") for k in small)

    def names_a_person(self, stretch: Stretch) -> bool:
        """Whether a source is named, itself or beside it: 'the coach, Ada Moss'."""
        w = self.words
        for first, last in self._parts(*stretch):
            beside = first > stretch[0]
            # "the Ministry of Health and Social Care", "a spokesman for the firm, Calder Reach"
            body = beside and self.led_by(stretch, "institution")
            body = body and not self._is(first, "first-name", "title")
            firm = self._is(first - 2, "company")
            firm = firm and "for" in w.low[stretch[0] : first]
            head = self.head(*stretch)  # "a friend of the mayor, Ann Marsh": whose name is it?
            other = self._is(head, "unnamed") and self.any_of((head + 1, first - 2), "title")
            if not (body or firm or other) and self._person(first, last, beside=beside):
                head = self.head(first, last)
                self.people.add(w.low[head if self._capital(head) else last])
                return True
        return False

    def head(self, first: int, last: int) -> int:
        """Return the head noun: 'official' in 'an official of the bank'."""
        if (first, last) not in self.heads:
            near = range(first + 1, last + 1)
            end = last - self.words.has(last, "possessive")  # "a warning from Moody's"
            if self._of_a_body(last):
                near = range(0)
            self.heads[first, last] = next((k - 1 for k in near if self._follows(k)), end)
        return self.heads[first, last]

    def _of_a_body(self, last: int) -> bool:
        """Whether somebody's body is named before them: 'a Department of Justice [official]'."""
        w = self.words
        name = w.has(last - 2, "preposition") and w.capital(last - 1) and w.capital(last - 3)
        return name and not w.capital(last) and self._is(last, "unnamed", "people")

    def _follows(self, k: int) -> bool:
        """Whether a word stands behind the head noun: 'of', 'by', a comma, 'who', a verb."""
        w = self.words
        if w.low[k] in (",", "that") or w.has(k, "preposition", "relative", "wall"):
            return True
        doing = w.low[k].endswith("ing") and self._is(k - 1, "people", "document", "unnamed")
        doing = doing and "-" not in w.low[k - 1]  # not "the open-source monitoring group"
        verb = w.past(k) and not w.low[k - 1].endswith("ly")
        return verb or doing or (self._is(k, "after-noun") and self._is(k - 1, "unnamed"))

    def any_of(self, stretch: Stretch, *tables: str) -> bool:
        """Whether a word of a stretch stands in one of these tables of sourcing.toml."""
        return any(self._is(k, *tables) for k in range(stretch[0], stretch[1] + 1))

    def led_by(self, stretch: Stretch, *tables: str) -> bool:
        """Whether its head noun stands in one of these tables of sourcing.toml."""
        return self._is(self.head(*stretch), *tables)

    def many(self, stretch: Stretch) -> bool:
        """Whether it is more than one: 'officials of the bank', 'two people'."""
        head = self.head(*stretch)
        low = self.words.low[head]
        plural = low.endswith(("s", "men")) and not low.endswith("ss")
        return plural or self.words.has(head, "plural-subject")

    def speaks(self, stretch: Stretch) -> bool:
        """Whether a source can speak: somebody, a body or a paper; not 'the new rules'."""
        w, head = self.words, self.head(*stretch)
        known = self._is(head, "people", "institution", "document", "place", "title", "unnamed")
        trade = w.low[head].endswith(("er", "or", "ist", "ian", "man", "ers", "ors"))
        trade = trade and not self._is(head, "thing")
        many = w.low[head].endswith("s") and w.opens_sentence(head)
        name = w.capital(head) and not many and not w.has(head, "weekday", "month")
        some = w.near(head + 1) == "of" and w.has(head, "determiner", "cardinal")  # "two of them"
        return known or trade or name or some or w.has(head, "pronoun", "object")

    def another_between(self, named: tuple[int, str], before: int) -> bool:
        """Whether a name stands between somebody and a pronoun: 'Lind said so. Moss left. He'."""
        w, (at, name) = self.words, named
        own = name.lower().replace(",", "").split()
        for k in range(at + 1, before):
            lone = w.opens_sentence(k) and not (w.capital(k + 1) or w.past(k + 1))
            other = w.quoted[k] or lone or w.words[k].isupper() or w.low[k] in own or self._small(k)
            if not other and self._last_name(k):
                return True
        return False

    def _small(self, i: int) -> bool:
        """Whether a word is one with a small letter, or is written so elsewhere."""
        w, low = self.words, self.words.low[i]
        return low in w.small or low in w.grammar.small

    # --- Parts of a source ------------------------------------------------------------------------

    def _is(self, i: int, *tables: str) -> bool:
        low = self.words.near(i)
        found = self.kinds.get(low)
        if found is None and "-" in low:  # "ex-minister", "Kremlin-watcher"
            found = self.kinds.get(low.rpartition("-")[2])
        return found is not None and not found.isdisjoint(tables)

    def _parts(self, first: int, last: int) -> Iterator[Stretch]:
        """Yield what stands between commas, brackets and 'and', up to 'who'.

        Whoever speaks for others has not their names: "advisers to Bell and Holt" name nobody.
        """
        w, head = self.words, self.head(first, last)
        many = self._is(head, "people") and self.many((first, last))
        named = self._is(head - 1, "first-name")  # "Sarah Crew"
        if (many or w.has(last, "possessive")) and not named:  # "McDonald's"
            return
        end = next((k for k in range(first, last + 1) if w.has(k, "relative")), last + 1)
        marks = [k for k in range(first, end) if w.low[k] in (",", "and", "(")]
        for k in [*marks, end]:
            if k > first:
                yield first, k - 1
            first = k + 1

    # --- Names ------------------------------------------------------------------------------------

    def _person(self, first: int, last: int, *, beside: bool) -> bool:
        """Whether a part names a person, at its head or behind the office at its head."""
        if first < last and self._is(last, "honour"):  # "Ann Marsh KC"
            last -= 1
        head = self.head(first, last)
        if self.words.near(head + 1) in ("named", "called") and self._capital(head + 2):
            return True  # "a man named Bob Smith"
        run = self._run(head, first)
        # One word beside it is a name only where it shows: "its airline, Ryanair" is no person.
        shows = self._is(first - 2, "kin") or self._is(run[0], "first-name", "title")
        lone = beside and run[0] == head == first and not shows
        if not lone and self._named(run, first):
            return True
        office = self._is(head, "title") or not self._is(head, "people", "unnamed")
        if head == last or not office or not self._capital(last):
            return False
        # "Secretary of State [Ann Marsh]", "head of the Elm Council [Ann Marsh]"
        start = self._run(last, head + 1)[0]
        titled = any(self._is(k, "title") for k in range(start - 1, last))
        titled = titled or (start < last and self._is(start, "first-name"))
        # "Professor of History [Ann Marsh]"
        direct = start == head + 2 <= last - 2 and self._is(head, "title")
        if (titled or direct) and self.words.low[head + 1] not in ("for", "to"):
            return True  # not "a spokesman for Mrs Clark", "close to Ann Marsh"
        return start <= last - 2 and self._is(last - 2, "institution", "portfolio", "place")

    def _capital(self, i: int) -> bool:
        """Whether a word is spelt like a name; 'al-Amr' too."""
        return self.words.capital(i) or self.words.spelt(i).rpartition("-")[2][:1].isupper()

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
        known = w.low[last] in self.people and not w.has(first - 1, "article")
        if known or not self._last_name(last):
            return known
        while first < last and (self._is(first, "nationality") or w.has(first, "determiner")):
            first += 1
        near = range(max(start, first - 1), last)
        if any(self._is(k, "title", "people") for k in near):
            return not self._is(last - 1, "institution")
        if any(self._is(k, "institution", "place", "company") for k in near):
            return False
        if self._is(first, "first-name"):
            return True
        alone = first == last and (first != start or self._common(first))
        body = w.has(first - 1, "article") or w.words[last].isupper()  # "the Herald", "AFP"
        return not (alone or body or self._a_firm(first))

    def _a_firm(self, i: int) -> bool:
        """Whether the text says that a name is a firm's: 'Tavrel AG', 'carmaker Tavrel'."""
        w = self.words
        for k in w.places[w.low[i]][:_OFTEN]:
            beside = self._is(k - 1, "company") or (self._is(k + 1, "firm") and w.capital(k + 1))
            which = w.has(k + 2, "article") and self._is(k + 3, "company")
            which = w.near(k + 1) == "," and (which or w.near(k + 2) == "which")
            if w.capital(k) and (beside or which):
                return True
        return False

    def _last_name(self, i: int) -> bool:
        """Whether a capital can be a last name: no month, no office, no country."""
        w = self.words
        other = self._is(i, *_NO_LAST_NAME) and not self._is(i - 1, "first-name")
        small = w.has(i, "determiner", "subject", "month", "weekday", "lead-in")
        return self._capital(i) and not small and not other

    def _common(self, i: int) -> bool:
        """Whether a capital may be the sentence's alone: 'Passengers said'."""
        w = self.words
        ending = w.low[i].endswith(("ists", "ents", "ants", "ers", "ors", "ians", "people"))
        ending = ending and not self._is(i, "surname")  # "Sanders"
        many = w.has(i + 1, "preposition") or self._is(i + 1, "many-do")
        many = many and w.low[i].endswith("s")
        return w.opens_sentence(i) and (ending or many or self._small(i))
