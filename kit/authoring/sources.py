"""The part of ``kit check`` about evidence: records, and words that are somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from kit.course.article import load_article, normal
from kit.course.course import Course
from kit.course.evidence import (
    EvidenceRecord,
    Link,
    every_record,
    is_day,
    load_changes,
    load_claims,
)
from kit.course.messages import message
from kit.questions.base import Fault

LONGEST_QUOTATION = 30  #: words
SHORTEST = 6  #: words: a run of so many in the article's order is hardly chance
_QUOTED = re.compile(r"“([^”]*)”")
_UNVERIFIED = re.compile(r"\[[IM]\]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
LINK = re.compile(r"\]\((https?://[^)\s]+)\)")  #: to a page of the web, in Markdown
# Also a paragraph, an entry of a list and a row of a table end a sentence.
_SENTENCE_END = re.compile(r"(?<=[.?!])[)”\"*]*\s+|\n\s*\n|\n\s*[-|>]")


def record_faults(course: Course) -> Iterator[str]:
    """Find what is missing or astray in the records, their links and their changes."""
    records, changes = every_record(course), load_changes(course)
    for record in records.values():
        found = chain(
            _said_faults(record),
            *(_link_faults(course, records, link) for link in record.links),
            (("bad_change", {"change": c}) for c in record.changes if c not in changes),
        )
        for key, values in found:
            yield message(f"check_evidence.{key}", id=record.id, **values)
    for change in changes.values():
        if change.against not in records:
            yield message("check_evidence.bad_against", id=change.id, record=change.against)


def _said_faults(record: EvidenceRecord) -> Iterator[Fault]:
    for name in ("statement", "who", "published", "address", "checked"):
        if not getattr(record, name).strip():
            yield "blank", {"where": name}
    if not record.is_original and not record.host_note.strip():
        yield "no_host_note", {"host": record.host}
    if record.is_original and _passes_on(record.who):
        yield "who_passes_on", {"who": record.who}
    if _UNVERIFIED.search(f"{record.statement}{record.who}{record.checked}{record.caveat}"):
        yield "marked", {}
    days = [record.day] if record.day else []
    days += [record.published] if _DAY.fullmatch(record.published) else []
    days += [record.count.until] if record.count else []
    yield from (("bad_day", {"day": day}) for day in days if not is_day(day))


def _passes_on(who: str) -> bool:
    """Whether the first of those named, whose page the address is, tells what another says.

    Those after a semicolon are other pages that say so too.
    """
    first = who.partition(";")[0]
    return _begins_one_of(message("host_words.in_who").split(","), first.casefold())


def _link_faults(
    course: Course, records: Mapping[str, EvidenceRecord], link: Link
) -> Iterator[Fault]:
    if link.claim not in load_claims(course):
        yield "bad_claim", {"claim": link.claim}
    if link.source and link.source not in records:
        yield "bad_source", {"source": link.source}
    is_origin = link.how in ("first-hand", "unknown")
    if is_origin == bool(link.source):
        yield "own_source" if is_origin else "no_source", {"how": link.how}


def quoting_faults(course: Course, texts: Mapping[str, str]) -> Iterator[str]:
    """Find words of others in ``texts`` that are too many together, or not marked as theirs.

    ``texts`` are what a page, a question or a record says, by its name.
    """
    edition = [q for unit in load_article(course).units for q in unit.quotations]
    of_length = {normal(q): q for q in edition if len(q.split()) >= SHORTEST}
    for where, text in texts.items():
        for quoted in _QUOTED.findall(text):
            count = len(quoted.split())
            if count > LONGEST_QUOTATION:
                yield message(
                    "check_evidence.long_quotation",
                    where=where,
                    count=count,
                    most=LONGEST_QUOTATION,
                    start=_start(quoted),
                )
        bare = normal(_QUOTED.sub(" ", text))
        for plain, quotation in of_length.items():
            if plain in bare:
                yield message("check_evidence.unmarked", where=where, start=_start(quotation))


def host_faults(course: Course, texts: Mapping[str, str]) -> Iterator[str]:
    """Find links to a page that is not the original in a sentence that does not say so.

    An address that is the original for one record and a relay for another is let pass: which of
    them a sentence means, a program cannot tell.

    ``texts`` are what a page or a question says, by its name.
    """
    records = every_record(course).values()
    originals = {record.address for record in records if record.is_original}
    foreign = {record.address: record for record in records if record.address not in originals}
    for where, text in texts.items():
        for sentence in _SENTENCE_END.split(text):
            said = " ".join(LINK.sub("]", sentence).casefold().split())
            for address in dict.fromkeys(LINK.findall(sentence)):
                if address in foreign and not _says_whose(foreign[address], said):
                    yield message(
                        "check_evidence.not_said_whose",
                        where=where,
                        address=address,
                        host=foreign[address].whose_page,
                        words=message(f"host_words.{foreign[address].host}"),
                    )


def _says_whose(record: EvidenceRecord, sentence: str) -> bool:
    """Whether a sentence, in small letters, names the page's owner or has a word that tells it."""
    owner = record.host_note.partition(",")[0]
    listed = [owner, *message(f"host_words.{record.host}").split(",")]
    return _begins_one_of(listed, sentence)


def _begins_one_of(listed: list[str], text: str) -> bool:
    """Whether in ``text``, in small letters, there is a word that begins like one of ``listed``."""
    beginnings = [re.escape(word.strip().casefold()) for word in listed if word.strip()]
    return bool(re.search(rf"\b(?:{'|'.join(beginnings)})", text))


def _start(text: str) -> str:
    return " ".join(text.split()[:SHORTEST])
