"""What a program can find wrong in a question, in a bank of them, and in a reveal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from textwrap import shorten

from kit.course.article import load_article
from kit.course.course import Course, Sheet
from kit.course.evidence import every_record
from kit.course.html import plain
from kit.course.messages import message
from kit.learner.reveals import load_reveals
from kit.questions.bank import load_questions
from kit.questions.base import Fault, Question
from kit.questions.foreign import TODO

#: Words, by the part of a question: nobody reads more than this.
LONGEST = {"prompt": 70, "passage": 180, "option": 45, "unit": 60, "reason": 90, "hint": 40}
BANK = 8  #: questions with one right option, from which on a habit of the author shows
HABIT = 0.6  #: a share of them in which the right option is in one place, or is the longest


def question_faults(course: Course, question: Question, place: str = "") -> Iterator[str]:
    """Yield a sentence for each fault of a question, behind its ``place`` where that is given."""
    found = [
        *_citation_faults(course, question),
        *_form_faults(question),
        *_length_faults(question),
    ]
    sheet = course.sheet(question.id)
    if question.has_key and not question.survey:
        found += [*_reason_faults(question), *question.key_faults()]
    elif not sheet.graded or _keys_are_here(course, sheet):
        # A graded question whose keys are not here cannot be checked further.
        found += _keyless_faults(question, graded=sheet.graded)
    name = f"{place}: {question.id}" if place else question.id
    for key, values in found:
        yield message(f"check_course.{key}", id=name, **values)


def _keys_are_here(course: Course, sheet: Sheet) -> bool:
    """Whether this is the author's folder: a key is in its file, or on the page."""
    on_page = any(question.has_key for question in load_questions(course, sheet).values())
    return on_page or (course.keys / sheet.keys).is_file()


def _form_faults(question: Question) -> Iterator[Fault]:
    """Yield what is wrong with the question itself, whether it has a key or not."""
    for name in question.tables:
        ids = Counter(row.id for row in getattr(question, name))
        doubles = sorted(i for i, count in ids.items() if count > 1)
        if doubles:
            yield "same_ids", {"ids": ", ".join(doubles)}
    yield from question.form_faults()
    texts = list(question.texts)
    for criterion in question.rubric:
        texts += [criterion.text, *(level.text for level in criterion.levels)]
    if count := sum(text.startswith(TODO) for text in texts):
        yield "todo_left", {"count": count}
    if not 0 <= question.marks < math.inf:
        yield "bad_marks", {}
    if question.tries < 0 or (question.tries and (question.locks or not question.marked)):
        yield "bad_tries", {}


def _reason_faults(question: Question) -> Iterator[Fault]:
    silent = []
    for row in question.rows:
        if not row.reason:  # on a page the author gave it no id, so its text says which
            silent.append(f"{row.id} (“{shorten(plain(row.text), 40, placeholder=' …')}”)")
    if silent:
        yield "no_reason", {"where": ", ".join(silent)}


def _keyless_faults(question: Question, *, graded: bool) -> Iterator[Fault]:
    """Yield what is wrong where the key should be here, and there is none."""
    if question.marked:
        yield "no_key", {}
    elif question.by_reader and question.marks and graded:
        yield "no_model", {}
        yield from question.key_faults()


def _citation_faults(course: Course, question: Question) -> Iterator[Fault]:
    numbers = {None, *(unit.n for unit in load_article(course).units)}
    for n in [*question.paragraphs, *(unit.paragraph for unit in question.units)]:
        if n not in numbers:
            yield "no_paragraph", {"n": n}
    records = every_record(course)
    for name in question.records:
        if name not in records:
            yield "no_record", {"record": name}


def _length_faults(question: Question) -> Iterator[Fault]:
    texts = [
        ("prompt", question.prompt),
        ("passage", question.passage),
        ("reason", question.reason),
    ]
    texts += [("hint", hint) for hint in question.hints]
    texts += [("option", option.text) for option in question.options]
    texts += [("unit", unit.text) for unit in question.units]
    texts += [("reason", row.reason) for row in question.rows]
    for what, text in texts:
        count = sum(word.strip("|-:") != "" for word in plain(text).split())
        if count > LONGEST[what]:
            yield "too_long", {"what": what, "count": count, "most": LONGEST[what]}


def bank_faults(questions: Iterable[Question]) -> Iterator[str]:
    """Yield a sentence for each habit by which the right options could be guessed."""
    ones = [q for q in questions if q.picks_one and q.marked and q.has_key]
    if len(ones) < BANK:
        return
    longest, places = 0, []
    for question in ones:
        longest += max(question.options, key=lambda option: len(option.text)).right
        if not question.shuffle:
            places.append(next(n for n, option in enumerate(question.options, 1) if option.right))
    if longest > HABIT * len(ones):
        yield message("check_course.longest_right", count=longest, all=len(ones))
    for place, count in Counter(places).items():
        if len(places) >= BANK and count > HABIT * len(places):
            yield message("check_course.same_place", place=place, count=count, all=len(places))


def reveal_faults(course: Course, questions: Mapping[str, Question]) -> Iterator[str]:
    """Yield a sentence for each fault of what the course keeps closed."""
    records = every_record(course)
    for reveal in load_reveals(course).values():
        course.sheet(reveal.id)
        asked = [*reveal.needs, *reveal.also]
        loose = [name for name in asked if name not in questions or not questions[name].locks]
        if loose or not reveal.needs or reveal.id in questions:
            where = ", ".join(loose) or "–"
            yield message("check_course.bad_reveal", id=reveal.id, where=where)
        for record in reveal.records:
            if record not in records:
                yield message("check_course.no_record", id=reveal.id, record=record)
        for name, known in reveal.knew.items():
            there = set()
            if name in questions:
                there = {option.id for option in questions[name].options}
            if not known or not set(known) <= there:
                yield message("check_course.bad_knew", id=reveal.id, where=name)
