"""Where a claim comes from: who got it from whom, how many origins it has, and how to draw that.

Everything here is computed from the records' links. A record whose links for the claim name no
source is an origin; so is a source that says nothing about its own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from kit.course import Course
from kit.facts import Claim, How, Link, Record, every_record, load_claims
from kit.messages import KitError, words

#: How each kind of link is drawn: four line styles, so that they differ without colour.
ARROWS: Mapping[How, str] = {
    "first-hand": "== {} ==>",
    "relayed": "-- {} -->",
    "inferred": "-. {} .->",
    "unknown": "-- {} --x",
}
MOST_LEAVES = 5  #: of one parent and kind; the others are drawn as one box, and listed in words


@frozen
class Web:
    """A claim and the records that it went through."""

    claim: Claim
    records: Mapping[str, Record]
    links: Mapping[str, tuple[Link, ...]]  #: of each record for this claim; none where not said

    def sources(self, name: str) -> tuple[Link, ...]:
        """Return the links of a record that lead to another."""
        return tuple(link for link in self.links[name] if link.source)

    def children(self, name: str) -> list[tuple[str, Link]]:
        """Return who got the claim from a record, oldest first."""
        found = [(n, x) for n in self.records for x in self.sources(n) if x.source == name]
        return sorted(found, key=lambda pair: self.age(pair[0]))

    def age(self, name: str) -> tuple[bool, str, str]:
        """Return a key that sorts records from old to new, undated ones last."""
        return not self.records[name].dated, self.records[name].dated, name

    def how(self, name: str) -> How:
        """Return how an origin knows: at first hand, or not known how."""
        return "first-hand" if any(x.how == "first-hand" for x in self.links[name]) else "unknown"


@frozen
class Summary:
    """What the links of a claim add up to."""

    origins: tuple[str, ...]  #: ids of the records that have it from no other
    first_hand: tuple[str, ...]  #: those of them that have it at first hand
    without_inferred: tuple[str, ...]  #: the origins, were every link that we inferred wrong
    passed_on: tuple[str, ...]  #: the records that have it from another
    circular: tuple[str, ...]  #: those that lead to no origin: they name each other


def web_of(course: Course, claim_id: str) -> Web:
    """Return the web of a claim, from the records of all tables.

    Raises:
        KitError: when no such claim is defined; the message lists those there are.

    """
    claims = load_claims(course)
    if claim_id not in claims:
        raise KitError(course.say("error.no_claim", id=claim_id, known=", ".join(claims)))
    return weave(claims[claim_id], every_record(course))


def weave(claim: Claim, records: Mapping[str, Record]) -> Web:
    """Return the web of ``claim`` among ``records``; links to records that are not there are cut."""
    links = {
        name: tuple(
            x for x in r.links if x.claim == claim.id and (not x.source or x.source in records)
        )
        for name, r in records.items()
    }
    sources = {link.source for own in links.values() for link in own}
    names = sorted(n for n in records if links[n] or n in sources)
    return Web(claim, {n: records[n] for n in names}, {n: links[n] for n in names})


def summary(web: Web) -> Summary:
    """Count the origins of a claim and the records that pass it on."""
    origins = _origins(web)
    certain = {n: tuple(x for x in own if x.how != "inferred") for n, own in web.links.items()}
    reached = {name for name, _, _ in walk(web)}
    return Summary(
        origins=origins,
        first_hand=tuple(n for n in origins if web.how(n) == "first-hand"),
        without_inferred=_origins(evolve(web, links=certain)),
        passed_on=tuple(n for n in sorted(web.records, key=web.age) if web.sources(n)),
        circular=tuple(n for n in web.records if n not in reached),
    )


def _origins(web: Web) -> tuple[str, ...]:
    return tuple(n for n in sorted(web.records, key=web.age) if not web.sources(n))


def walk(web: Web) -> Iterator[tuple[str, int, Link | None]]:
    """Yield each record with its depth and link, from the origins on; parents before children.

    A record with several sources comes once under each; what follows from it comes the first time.
    """
    seen: set[str] = set()

    def below(name: str, depth: int, link: Link | None) -> Iterator[tuple[str, int, Link | None]]:
        yield name, depth, link
        if name not in seen:
            seen.add(name)
            for child, how in web.children(name):
                yield from below(child, depth + 1, how)

    for origin in _origins(web):
        yield from below(origin, 0, None)


def outline(course: Course, web: Web) -> str:
    """Return the web as an indented list that is complete without the picture."""
    lines, seen = [], set()
    for name, depth, link in walk(web):
        record, how = web.records[name], link.how if link else web.how(name)
        notes = [link.note] if link else [x.note for x in web.links[name] if not x.source]
        if name in seen and web.children(name):
            notes.append(course.say("provenance.above"))
        seen.add(name)
        kind = words(course.root)[f"provenance.{how}"]
        tail = "".join(f"; {note}" for note in notes if note)
        lines.append(f"{'    ' * depth}- {_label(record)} [{kind}{tail}]")
    lines += [
        f"- {_label(web.records[n])} [{course.say('provenance.circle')}]"
        for n in summary(web).circular
    ]
    return "\n".join(lines)


def _label(record: Record) -> str:
    return f"{record.short}, {record.dated}" if record.dated else record.short


def mermaid(course: Course, web: Web) -> str:
    """Return the web as a Mermaid flowchart, with its title and description for who cannot see it.

    Records that pass the claim on to nobody are drawn as one box where they are many.
    """
    names = {name: f"r{i}" for i, name in enumerate(web.records)}
    kinds = {how: quoted(words(course.root)[f"provenance.{how}"]) for how in ARROWS}
    folded, boxes = _fold(course, web)
    lines = [
        "flowchart LR",
        f"accTitle: {_plain(web.claim.title)}",
        f"accDescr: {_plain(course.say('provenance.alt', title=web.claim.title))}",
    ]
    for name, record in web.records.items():
        if name not in folded:
            day = f"<br/>{quoted(record.dated)}" if record.dated else ""
            lines.append(f'{names[name]}["{quoted(record.short)}{day}"]')
    for i, origin in enumerate(_origins(web)):
        how = web.how(origin)
        start = quoted(course.say(f"provenance.start_{how}"))
        arrow = ARROWS[how].format(f'"{kinds[how]}"')
        lines.append(f'o{i}(["{start}"]) {arrow} {names[origin]}')
    for name in web.records:
        for link in web.sources(name):
            if name not in folded:
                arrow = ARROWS[link.how].format(f'"{kinds[link.how]}"')
                lines.append(f"{names[link.source]} {arrow} {names[name]}")
    for i, (parent, how, text) in enumerate(boxes):
        arrow = ARROWS[how].format(f'"{kinds[how]}"')
        lines.append(f'{names[parent]} {arrow} f{i}["{quoted(text)}"]')
    return "\n".join(lines) + "\n"


def _fold(course: Course, web: Web) -> tuple[set[str], list[tuple[str, How, str]]]:
    """Return the leaves that are not drawn singly, and the boxes that stand for them."""
    folded: set[str] = set()
    boxes: list[tuple[str, How, str]] = []
    for parent in web.records:
        by_kind: dict[How, list[str]] = {}
        for child, link in web.children(parent):
            if len(web.sources(child)) == 1 and not web.children(child):
                by_kind.setdefault(link.how, []).append(child)
        for how, leaves in by_kind.items():
            more = leaves[MOST_LEAVES:]
            if len(more) > 1:
                folded |= set(more)
                boxes.append((parent, how, course.say("provenance.more", n=len(more))))
    return folded, boxes


def quoted(text: str) -> str:
    """Return ``text`` for the inside of a quoted Mermaid label: only letters, digits and spaces bare.

    Mermaid reads ``#35;`` as the character with that number, so nothing in a label can end it.
    """
    return re.sub(r"[^\w ]|_", lambda m: f"#{ord(m[0])};", " ".join(text.split()))


def _plain(text: str) -> str:
    """Return ``text`` for a line of Mermaid that has no quotes, without what could end it."""
    return " ".join(re.sub(r"[#;%{}<>\"`\\]", " ", html.unescape(text)).split())
