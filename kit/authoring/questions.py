"""What a program can find wrong in a question, in a bank of them, and in a reveal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from attrs import fields

from kit.authoring.sources import Fault
from kit.course.article import load_article
from kit.course.course import Course
from kit.course.evidence import every_record
from kit.learner.reveals import load_reveals
from kit.questions.answers import order_shown
from kit.questions.items import Item

#: Words, by what they stand in: more than this nobody reads in a question.
LONGEST = {"prompt": 70, "passage": 180, "option": 45, "unit": 60, "reason": 90, "hint": 40}
BANK = 8  #: choose-one questions, from which on a habit of the author shows
#: The fields that only some kinds of question have, and which kinds. All others every kind has.
FIELDS_OF = {
    "options": ("choose-one", "choose-many", "order"),
    "units": ("label",),
    "labels": ("label",),
    "shares": ("label",),
    "rubric": ("write",),
    "words": ("write",),
    "model_answer": ("write",),
    "look_for": ("write",),
    "unit": ("number",),
    "answer": ("number",),
    "tolerance": ("number",),
    "low": ("number",),
    "high": ("number",),
    "slips": ("number",),
    "sequence": ("order",),
    "shuffle": ("choose-one", "choose-many", "order"),
    "confidence": ("choose-one",),
    "resolves": ("probability",),
}
HABIT = 0.6  #: a share of them in which the right option stands in one place, or is the longest


def item_faults(course: Course, item: Item) -> Iterator[str]:
    """Yield a sentence for each fault of a question."""
    sayings = [_citation_faults(course, item), _form_faults(item), _length_faults(item)]
    sheet = course.sheet(item.id)
    # A graded item whose keys are not here cannot be checked further.
    keyed = not sheet.graded or (course.keys / sheet.keys).is_file()
    if item.has_key and not item.survey:
        sayings.append(_key_faults(item))
    elif item.marked and keyed:
        sayings.append(iter([("no_key", {})]))
    elif item.kind == "write" and item.marks and keyed and sheet.graded:
        sayings.append(chain([("no_model", {})], _rubric_faults(item)))
    for key, values in chain(*sayings):
        yield course.say(f"check_course.{key}", id=item.id, **values)


def _citation_faults(course: Course, item: Item) -> Iterator[Fault]:
    numbers = {u.n for u in load_article(course).units}
    records = every_record(course)
    cited = [*item.paragraphs, *(u.paragraph for u in item.units if u.paragraph is not None)]
    yield from (("no_paragraph", {"n": n}) for n in cited if n not in numbers)
    yield from (("no_record", {"record": r}) for r in item.records if r not in records)


def _form_faults(item: Item) -> Iterator[Fault]:
    defaults = {field.name: field.default for field in fields(Item)}
    foreign = [
        name
        for name, kinds in FIELDS_OF.items()
        if item.kind not in kinds and getattr(item, name) != defaults[name]
    ]
    if foreign:
        yield "foreign_fields", {"kind": item.kind, "fields": ", ".join(foreign)}
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
    if item.tries < 0 or (item.tries and (item.locks or not item.marked)):
        yield "bad_tries", {}


def _length_faults(item: Item) -> Iterator[Fault]:
    texts = [("prompt", item.prompt), ("passage", item.passage), ("reason", item.reason)]
    texts += [("hint", hint) for hint in item.hints]
    texts += [("option", o.text) for o in item.options] + [("unit", u.text) for u in item.units]
    texts += [("reason", row.reason) for row in item.rows]
    for what, text in texts:
        count = len(text.split())
        if count > LONGEST[what]:
            yield "too_long", {"what": what, "count": count, "most": LONGEST[what]}


def _key_faults(item: Item) -> Iterator[Fault]:
    right = sum(option.right for option in item.options)
    if item.kind == "choose-one" and right != 1:
        yield "two_right", {"count": right}
    silent = [row.id for row in item.rows if not row.reason]
    if silent:
        yield "no_reason", {"where": ", ".join(silent)}
    yield from _option_faults(item)
    labels = {label.id for label in item.labels}
    for unit in item.units:
        yield from (
            ("bad_label", {"unit": unit.id, "label": x}) for x in unit.right if x not in labels
        )
    if item.kind == "write" and item.marks:
        yield from _rubric_faults(item)
    if item.kind == "number":
        yield from _number_faults(item)
    if item.kind == "order":
        yield from _order_faults(item)


def _option_faults(item: Item) -> Iterator[Fault]:
    one = item.kind == "choose-one"
    partial = [o for o in item.options if o.credit]
    astray = [o.id for o in partial if not one or o.right or not 0 < o.credit < 1]
    if astray:
        yield "bad_credit", {"where": ", ".join(astray)}
    open_ones = [o for o in item.options if o.either]
    astray = [o.id for o in open_ones if item.kind != "choose-many" or o.right]
    if astray:
        yield "bad_either", {"where": ", ".join(astray)}


def _rubric_faults(item: Item) -> Iterator[Fault]:
    thin = [c.id for c in item.rubric if not c.levels or not all(x.anchor for x in c.levels)]
    if thin:
        yield "no_levels", {"where": ", ".join(thin)}
    most = sum(max((x.points for x in c.levels), default=0) for c in item.rubric)
    if most != item.marks:
        yield "rubric_sum", {"most": f"{most:g}", "marks": f"{item.marks:g}"}


def _number_faults(item: Item) -> Iterator[Fault]:
    low, high = item.bounds or (0.0, 0.0)
    two_keys = item.answer is not None and (item.low is not None or item.high is not None)
    if low > high or two_keys:
        yield "bad_range", {}
    for slip in item.slips:
        inside = low <= slip.low and slip.high <= high
        if slip.low > slip.high or inside or not slip.reason or not 0 <= slip.credit <= 1:
            yield "bad_slip", {"low": f"{slip.low:g}", "high": f"{slip.high:g}"}


def _order_faults(item: Item) -> Iterator[Fault]:
    if sorted(item.sequence) != sorted(o.id for o in item.options):
        yield "bad_sequence", {}
    elif order_shown(item, "") == list(item.sequence):
        yield "ordered_already", {}


def bank_faults(course: Course, items: Iterable[Item]) -> Iterator[str]:
    """Yield a sentence for each habit by which the right options could be guessed."""
    ones = [i for i in items if i.kind == "choose-one" and i.marked and i.has_key]
    if len(ones) < BANK:
        return
    longest = sum(max(i.options, key=lambda o: len(o.text)).right for i in ones)
    if longest > HABIT * len(ones):
        yield course.say("check_course.longest_right", count=longest, all=len(ones))
    fixed = [i for i in ones if not i.shuffle]
    places = Counter(next(n for n, o in enumerate(i.options, 1) if o.right) for i in fixed)
    for place, count in places.items():
        if len(fixed) >= BANK and count > HABIT * len(fixed):
            yield course.say("check_course.same_place", place=place, count=count, all=len(fixed))


def reveal_faults(course: Course, items: Mapping[str, Item]) -> Iterator[str]:
    """Yield a sentence for each fault of what the course keeps closed."""
    records = every_record(course)
    for reveal in load_reveals(course).values():
        course.sheet(reveal.id)
        loose = [i for i in reveal.needs if i not in items or not items[i].locks]
        if loose or not reveal.needs or reveal.id in items:
            where = ", ".join(loose) or "–"
            yield course.say("check_course.bad_reveal", id=reveal.id, where=where)
        for record in reveal.records:
            if record not in records:
                yield course.say("check_course.no_record", id=reveal.id, record=record)
        for name, known in reveal.knew.items():
            there = {option.id for option in items[name].options} if name in items else set()
            if not known or not set(known) <= there:
                yield course.say("check_course.bad_knew", id=reveal.id, where=name)
