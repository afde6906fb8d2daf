"""``kit check``: what a program can find wrong in a course, every fault at once."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Iterator
from itertools import chain

from kit.authoring.build import asked, source_path
from kit.authoring.sources import (
    LONGEST_QUOTATION,
    Fault,
    item_texts,
    quoting_faults,
    record_faults,
)
from kit.course import Course
from kit.facts import every_record, load_records
from kit.items import Item, Option, Unit, load_items
from kit.messages import KitError, words
from kit.text import load_article, read_text

LARGEST_SHARE = 4  #: all quotations together: at most one word in so many of the text
_LINK = re.compile(r"\]\((https?://[^)\s]+)\)")
_FIGURE = re.compile(r"\d")
# Numbers that state nothing about the world: headings, a question's own number, names of sheets.
_NO_FIGURE = re.compile(
    r"^#.*|^\*\*\d+\*\* \(.*|`[^`]*`|\b(?:lesson|exercise) \d\d", re.IGNORECASE | re.MULTILINE
)
_SUPPORT = re.compile(r"\]\(|¶|paragraph \d")


def faults(course: Course) -> list[str]:
    """Return every fault of a course's questions, pages and quotations, a sentence each."""
    try:
        items = {
            item.id: item for sheet in course.sheets for item in load_items(course, sheet).values()
        }
        found = [fault for item in items.values() for fault in _item_faults(course, item)]
        pages = list(_page_faults(course, items))
        quoted = [*_quotation_faults(course), *quoting_faults(course, _texts(course, items))]
        return [*_sheet_faults(course), *found, *pages, *quoted, *record_faults(course)]
    except KitError as fault:
        return [str(fault)]


def _sheet_faults(course: Course) -> Iterator[str]:
    if not course.sheets:
        yield course.say("check_course.no_sheets")
    prefixes = [sheet.prefix for sheet in course.sheets]
    for prefix in sorted({p for p in prefixes if prefixes.count(p) > 1}):
        yield course.say("check_course.same_prefix", prefix=prefix)
    ours = words(course.root)
    for key, sentence in words().items():
        if not _braces(ours[key]) <= _braces(sentence):
            yield course.say("check_course.braces", key=key, sentence=sentence)


def _braces(sentence: str) -> set[str]:
    """Return the words in braces; a brace that is never closed counts as one that nobody fills."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
    except ValueError:
        return {"{"}


def _item_faults(course: Course, item: Item) -> Iterator[str]:
    sayings = [_citation_faults(course, item), _form_faults(item)]
    # A graded item whose keys are not here cannot be checked further.
    if item.has_key and not item.survey:
        sayings.append(_key_faults(item))
    elif item.marked and not course.sheet(item.id).graded:
        sayings.append(iter([("no_key", {})]))
    for key, values in chain(*sayings):
        yield course.say(f"check_course.{key}", id=item.id, **values)


def _citation_faults(course: Course, item: Item) -> Iterator[Fault]:
    numbers = {u.n for u in load_article(course).units}
    records = {r.id for rows in load_records(course).values() for r in rows}
    cited = [*item.paragraphs, *(u.paragraph for u in item.units if u.paragraph is not None)]
    yield from (("no_paragraph", {"n": n}) for n in cited if n not in numbers)
    yield from (("no_record", {"record": r}) for r in item.records if r not in records)


def _form_faults(item: Item) -> Iterator[Fault]:
    groups = (item.options, item.units, item.labels, item.rubric)
    for ids in ([row.id for row in rows] for rows in groups):
        if len(set(ids)) < len(ids):
            yield "same_ids", {"ids": ", ".join(sorted({i for i in ids if ids.count(i) > 1}))}
    if any(u.sound is not None for u in item.units) and all(x.accepts is None for x in item.labels):
        yield "no_accepts", {}
    if any("all of the above" in option.text.casefold() for option in item.options):
        yield "all_above", {}
    if not 0 <= item.marks < math.inf:
        yield "bad_marks", {}
    if item.kind == "write" and item.marks and not item.rubric:
        yield "no_rubric", {}


def _key_faults(item: Item) -> Iterator[Fault]:
    right = sum(option.right for option in item.options)
    if item.kind == "choose-one" and right != 1:
        yield "two_right", {"count": right}
    rows: tuple[Option | Unit, ...] = (*item.options, *item.units)
    silent = [row.id for row in rows if not row.reason]
    if silent:
        yield "no_reason", {"where": ", ".join(silent)}
    labels = {label.id for label in item.labels}
    for unit in item.units:
        yield from (
            ("bad_label", {"unit": unit.id, "label": x}) for x in unit.right if x not in labels
        )
    if item.kind == "write" and item.marks:
        yield from _rubric_faults(item)


def _rubric_faults(item: Item) -> Iterator[Fault]:
    thin = [c.id for c in item.rubric if not c.levels or not all(x.anchor for x in c.levels)]
    if thin:
        yield "no_levels", {"where": ", ".join(thin)}
    most = sum(max((x.points for x in c.levels), default=0) for c in item.rubric)
    if most != item.marks:
        yield "rubric_sum", {"most": f"{most:g}", "marks": f"{item.marks:g}"}


def _page_faults(course: Course, items: dict[str, Item]) -> Iterator[str]:
    addresses = {r.address for rows in load_records(course).values() for r in rows}
    addresses.add(load_article(course).reference.page)
    all_asked: set[str] = set()
    for sheet in course.sheets:
        path = source_path(course, sheet)
        text = read_text(path)
        ids = asked(text)
        all_asked |= set(ids)
        for item_id in ids:
            if item_id not in items:
                yield course.say("check_course.unknown_ask", page=path.name, id=item_id)
        for address in _LINK.findall(text):
            if address not in addresses:
                yield course.say("check_course.loose_link", page=path.name, address=address)
        for paragraph in re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n\n"):
            if _is_loose(paragraph):
                yield course.say(
                    "check_course.loose_figure", page=path.name, start=paragraph.strip()[:50]
                )
    for item in items.values():
        if item.id not in all_asked:
            yield course.say("check_course.never_asked", id=item.id)
        for text in item_texts(item):
            for address in _LINK.findall(text):
                if address not in addresses:
                    yield course.say("check_course.loose_link", page=item.id, address=address)


def _texts(course: Course, items: dict[str, Item]) -> dict[str, str]:
    """Return what each page, question and record says, by its name."""
    pages = {s.id: read_text(source_path(course, s)) for s in course.sheets}
    questions = {item.id: "\n\n".join(item_texts(item)) for item in items.values()}
    records = {r.id: f"{r.statement}\n\n{r.caveat}" for r in every_record(course).values()}
    return pages | questions | records


def _is_loose(paragraph: str) -> bool:
    """Whether a paragraph states a figure without a record's link or a paragraph's number."""
    said = _NO_FIGURE.sub("", paragraph)
    return bool(_FIGURE.search(said)) and not _SUPPORT.search(paragraph)


def _quotation_faults(course: Course) -> Iterator[str]:
    article = load_article(course)
    counts = [(u.n, len(q.split())) for u in article.units for q in u.quotations]
    for n, count in counts:
        if count > LONGEST_QUOTATION:
            yield course.say("check_course.long_quotation", n=n, count=count)
    total, most = sum(c for _, c in counts), article.reference.words // LARGEST_SHARE
    if total > most:
        yield course.say("check_course.many_quoted", count=total, most=most)
