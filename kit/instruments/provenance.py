"""Where a claim comes from: who got it from whom, how many origins it has, and how to draw that.

Everything here is computed from the records' links. An origin is a record that has the claim from
no other, or at first hand: whoever retells a story and also confirms it by own work is both.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import evolve, frozen

from kit.course.article import load_article
from kit.course.course import Course, find_course
from kit.course.evidence import Claim, EvidenceRecord, How, Link, every_record, load_claims
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.notebook.output import Page, display, errors_as_text

_HERE = Path(__file__).parent
#: How each kind of link is drawn: four line styles, so that they differ without colour.
ARROWS: Mapping[How, str] = {
    "first-hand": "== {} ==>",
    "relayed": "-- {} -->",
    "inferred": "-. {} .->",
    "unknown": "-- {} --x",
}
SHOWN = 3  #: records with the same sources that are drawn singly; the others share a box
SPACING = '%%{init: {"flowchart": {"nodeSpacing": 14, "rankSpacing": 26, "padding": 8}}}%%'


@frozen
class Web:
    """A claim and the records that it went through."""

    claim: Claim
    records: Mapping[str, EvidenceRecord]  #: the oldest first, undated ones last
    links: Mapping[str, tuple[Link, ...]]  #: of each record for this claim; none where not said

    def sources(self, name: str) -> tuple[Link, ...]:
        """Return the links of a record that lead to another."""
        return tuple(link for link in self.links[name] if link.source)

    def children(self, name: str) -> list[tuple[str, Link]]:
        """Return who got the claim from a record, oldest first, and by which link."""
        found = []
        for child in self.records:
            for link in self.sources(child):
                if link.source == name:
                    found.append((child, link))
        return found

    def how(self, name: str) -> How:
        """Return how an origin knows: at first hand, or not known how."""
        if any(link.how == "first-hand" for link in self.links[name]):
            return "first-hand"
        return "unknown"

    @property
    def first_hand(self) -> tuple[str, ...]:
        """The records that have the claim at first hand, oldest first."""
        return tuple(name for name in self.records if self.how(name) == "first-hand")

    @property
    def passed_on(self) -> tuple[str, ...]:
        """The records that have it from another."""
        return tuple(name for name in self.records if self.sources(name))

    @property
    def origins(self) -> tuple[str, ...]:
        """The records that the claim starts from."""
        found = []
        for name in self.records:
            if not self.sources(name) or self.how(name) == "first-hand":
                found.append(name)
        return tuple(found)

    @property
    def without_inferred(self) -> tuple[str, ...]:
        """The origins, were every link that we inferred wrong."""
        certain = {}
        for name, links in self.links.items():
            certain[name] = tuple(link for link in links if link.how != "inferred")
        return evolve(self, links=certain).origins

    @property
    def circular(self) -> tuple[str, ...]:
        """The records that lead to no origin: they name each other."""
        return tuple(sorted(self.records.keys() - {name for name, _, _ in walk(self)}))


def web_of(course: Course, claim_id: str) -> Web:
    """Return the web of a claim, from the records of all tables.

    Raises:
        KitError: when no such claim is defined; the message lists those there are.

    """
    claims = load_claims(course)
    if claim_id not in claims:
        raise KitError(message("error.no_claim", id=claim_id, known=", ".join(claims)))
    return weave(claims[claim_id], every_record(course))


def weave(claim: Claim, records: Mapping[str, EvidenceRecord]) -> Web:
    """Return the web of ``claim`` among ``records``; links to absent records are left out."""
    links: dict[str, tuple[Link, ...]] = {}
    linked = set()  # the records that have a link, or that one leads to
    for record in records.values():
        own = []
        for link in record.links:
            if link.claim == claim.id and (not link.source or link.source in records):
                own.append(link)
                linked |= {record.id, link.source or record.id}
        links[record.id] = tuple(own)
    oldest_first = sorted(linked, key=lambda name: _age(records[name]))
    ours = {name: records[name] for name in oldest_first}
    return Web(claim, ours, {name: links[name] for name in oldest_first})


def _age(record: EvidenceRecord) -> tuple[bool, str, str]:
    """Return a key that sorts records from old to new, undated ones last."""
    return not record.dated, record.dated, record.id


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

    for origin in web.origins:
        yield from below(origin, 0, None)


def outline(web: Web) -> list[tuple[int, str]]:
    """Return the web as a list with the depth of each line: complete without the picture."""
    lines = []
    seen: set[str] = set()
    for name, depth, link in walk(web):
        if link:
            how, notes = link.how, [link.note]
        else:
            how = web.how(name)
            notes = [own.note for own in web.links[name] if not own.source]
        if name in seen and web.children(name):
            notes.append(message("provenance.above"))
        seen.add(name)
        told = "; ".join(filter(None, [message(f"provenance.{how}"), *notes]))
        lines.append((depth, f"{_label(web.records[name])} [{told}]"))
    for name in web.circular:
        lines.append((0, f"{_label(web.records[name])} [{message('provenance.circle')}]"))
    return lines


def _label(record: EvidenceRecord) -> str:
    return ", ".join(filter(None, [record.short, record.dated]))


def mermaid(web: Web, studied: str = "") -> str:
    """Return the web as a Mermaid flowchart, with a text in place of the picture.

    Where more than a few records have the same sources, and nobody took the claim from them, the
    youngest of them are drawn as one box.

    Args:
        web: what is drawn.
        studied: the record of the text under study, which is drawn with a shape of its own.

    """
    title = message("provenance.alt", title=web.claim.title)
    lines = [SPACING, "flowchart LR", f"accTitle: {_plain(title)}"]
    ids = {name: f"r{n}" for n, name in enumerate(sorted(web.records))}
    together = _drawn_together(web, studied)
    # In the order of the list, so that what belongs together is drawn together.
    for name in dict.fromkeys([*(name for name, _, _ in walk(web)), *sorted(web.records)]):
        box = together.get(name, [name])
        if name != box[0]:
            continue
        if len(box) > 1:
            label = quoted(message("provenance.more", n=len(box)))
        else:
            record = web.records[name]
            label = "<br/>".join(filter(None, [quoted(record.short), quoted(record.dated)]))
        if name == studied:
            lines.append(f'{ids[name]}{{{{"{label}"}}}}')
            lines.append(f"style {ids[name]} stroke-width:4px")
        else:
            lines.append(f'{ids[name]}["{label}"]')
        for link in web.sources(name):
            lines.append(f"{ids[link.source]} {_arrow(link.how)} {ids[name]}")
    for origin in web.origins:
        how = web.how(origin)
        start = quoted(message(f"provenance.start_{how}"))
        lines.append(f'o{ids[origin]}(["{start}"]) {_arrow(how)} {ids[origin]}')
    return "\n".join(lines) + "\n"


def _arrow(how: How) -> str:
    return ARROWS[how].format(f'"{quoted(message(f"provenance.{how}"))}"')


def _drawn_together(web: Web, studied: str) -> dict[str, list[str]]:
    """Return the box of each record that shares one, as the ids of those in it."""
    alike: defaultdict[frozenset[tuple[str, How]], list[str]] = defaultdict(list)
    for name in web.records:
        if web.sources(name) and not web.children(name) and name != studied:
            alike[frozenset((link.source, link.how) for link in web.sources(name))].append(name)
    boxes: dict[str, list[str]] = {}
    for group in alike.values():
        box = group[SHOWN:]
        boxes |= dict.fromkeys(box, box)
    return boxes


def _studied(course: Course, web: Web) -> str:
    """Return the id of the record of the text under study; empty where the claim passed it by."""
    page = load_article(course).reference.page
    for record in web.records.values():
        if page and record.address == page:
            return record.id
    return ""


def quoted(text: str) -> str:
    """Return ``text`` for the inside of a quoted Mermaid label: only plain letters and digits bare.

    Mermaid reads ``#35;`` as the character with that number, so nothing in a label can end it.
    """
    return re.sub(r"[^A-Za-z0-9 ]", lambda m: f"#{ord(m[0])};", " ".join(text.split()))


def _plain(text: str) -> str:
    """Return ``text`` for a line of Mermaid that has no quotes, without what could end it."""
    return " ".join(re.sub(r"[#;%{}<>\"`\\]", " ", html.unescape(text)).split())


@errors_as_text
def provenance(claim_id: str) -> Page:
    """Show who got a claim from whom, drawn and in words, and how many origins it has.

    Args:
        claim_id: for example ``95-billion``.

    Returns:
        The words: a page that is complete without the picture, which is displayed before it.

    """
    course = find_course()
    web = web_of(course, claim_id)
    alt = message("provenance.alt", title=web.claim.title)
    # Notebook 7 draws Mermaid in Markdown only; JupyterLab draws that too.
    studied = _studied(course, web)
    drawn = f"```mermaid\n{mermaid(web, studied)}```"
    display({"text/markdown": drawn, "text/plain": alt}, raw=True)
    names = "; ".join(web.records[name].short for name in web.origins)
    lines = [
        message("provenance.origins", n=len(web.origins), names=names or "–"),
        message("provenance.at_first_hand", n=len(web.first_hand)),
        message("provenance.if_wrong", n=len(web.without_inferred)),
        message("provenance.pages", n=len(web.passed_on)),
        message("provenance.known", n=len(web.records)),
        message("provenance.key"),
    ]
    if studied:
        lines.append(message("provenance.studied", name=web.records[studied].short))
    tree = outline(web)
    listed = [f"{'    ' * depth}- {line}" for depth, line in tree]
    text = "\n".join([web.claim.title, web.claim.statement, *lines, "", *listed])
    listing = template(_HERE / "provenance.html.j2", claim=web.claim, lines=lines, tree=tree)
    return Page(text, listing)
