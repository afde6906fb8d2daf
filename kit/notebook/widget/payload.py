"""What the page is told: the question without its key, the learner's state, what a check says."""

from __future__ import annotations

from typing import Any

from kit.course.course import Course
from kit.course.html import block, inline
from kit.course.messages import KitError, message
from kit.learner.record import KeptAnswer, LearnerRecord
from kit.questions.base import Question


def question_payload(course: Course, question: Question, seed: str) -> dict[str, Any]:
    """Return what the page needs to draw a question: nothing of its key.

    Args:
        course: the course.
        question: the question.
        seed: the name of the learner's record, for items whose options are shuffled.

    """
    payload: dict[str, Any] = {
        "id": question.id,
        "kind": question.kind,
        "kind_word": message(f"kind.{question.kind}"),
        "lang": course.language,
        "dir": course.direction,
        "prompt": inline(question.prompt),
        "passage": block(question.passage),
        "hints": [inline(hint) for hint in question.hints],
        "locks": question.locks,
        "checks": question.has_key and not question.survey and not question.locks,
        **question.for_browser(seed),
    }
    if question.paragraphs:
        payload["paragraphs"] = _paragraphs(course, question)
    return payload


def _paragraphs(course: Course, question: Question) -> list[dict[str, Any]]:
    """Return the paragraphs that the question is about, from the reader's own copy if they can."""
    from kit.course.article import compare_own_copy, load_article  # noqa: PLC0415  (most need none)

    try:
        own = compare_own_copy(course)
    except KitError:
        own = {}  # kit.article() says what is wrong with the copy
    paragraphs = []
    for n in question.paragraphs:
        unit = load_article(course).unit(n)
        shown = {"n": n, "text": inline(unit.gist), "own": "", "quotations": unit.quotations}
        if n in own:
            shown["own"] = own[n].text
        paragraphs.append(shown)
    return paragraphs


def state_payload(question: Question, record: LearnerRecord) -> dict[str, Any]:
    """Return what the record holds about the question, and what follows from that."""
    entry = record.entries.get(question.id)
    if entry is None:
        return {"record": record.record, "value": None, "revision": 0}
    value = question.fitting(entry.value)
    state = {
        "record": record.record,
        "value": value,
        "revision": entry.revision,
        "committed": entry.committed,
        "stale": entry.wording != question.fingerprint,
        "unsealed": record.changed_since_sealed,
        "complete": question.complete(value),
        "sure": entry.sure,
        "own": entry.own,
    }
    read_as = question.read_as(value)
    if read_as is not None:
        state["read_as"] = read_as
    if entry.committed and question.reason:
        state["after"] = block(question.reason)
    if entry.checks and question.has_key and not question.survey:
        whole = all_reasons_shown(question, entry)
        # Until all is open, another answer must not be told how it stands before it is checked.
        told = value if whole else question.fitting(entry.checks[-1])
        state["feedback"] = question.feedback(told, whole=whole)
        state["checked"] = entry.checks[-1] == value
        state["can_show"] = not whole
    return state


def all_reasons_shown(question: Question, entry: KeptAnswer) -> bool:
    """Whether every reason may be shown: after a right answer, the last try, or when asked for."""
    solved = any(question.is_right(value) for value in entry.checks)
    return solved or entry.shown or len(entry.checks) >= question.tries
