"""What the page is told: the question without its key, the learner's state, what a check says."""

from __future__ import annotations

from typing import Any

from kit.course.article import compare_own_copy, load_article
from kit.course.course import Course
from kit.course.html import block, inline
from kit.course.messages import KitError, message
from kit.learner.record import KeptAnswer, LearnerRecord
from kit.questions.base import Question


def question_payload(course: Course, item: Question, seed: str) -> dict[str, Any]:
    """Return what the page needs to draw a question: nothing of its key.

    Args:
        course: the course.
        item: the question.
        seed: the name of the learner's record, for items whose options are shuffled.

    """
    payload: dict[str, Any] = {
        "id": item.id,
        "kind": item.kind,
        "kind_word": message(f"kind.{item.kind}"),
        "lang": course.language,
        "dir": course.direction,
        "prompt": inline(item.prompt),
        "passage": block(item.passage),
        "hints": [inline(hint) for hint in item.hints],
        "locks": item.locks,
        "checks": item.has_key and not item.survey and not item.locks,
        **item.page(seed),
    }
    if item.paragraphs:
        payload["paragraphs"] = _paragraphs(course, item)
    return payload


def _paragraphs(course: Course, item: Question) -> list[dict[str, Any]]:
    """Return the paragraphs that the question is about, from the reader's own copy if they can."""
    try:
        own = compare_own_copy(course)
    except KitError:
        own = {}  # kit.article() says what is wrong with the copy
    paragraphs = []
    for n in item.paragraphs:
        unit = load_article(course).unit(n)
        shown = {"n": n, "text": inline(unit.gist), "own": "", "quotations": unit.quotations}
        if n in own:
            shown["own"] = own[n].text
        paragraphs.append(shown)
    return paragraphs


def state_payload(item: Question, record: LearnerRecord) -> dict[str, Any]:
    """Return what the record holds about the question, and what follows from that."""
    entry = record.entries.get(item.id)
    if entry is None:
        return {"record": record.record, "value": None, "revision": 0}
    value = item.fitting(entry.value)
    state = {
        "record": record.record,
        "value": value,
        "revision": entry.revision,
        "committed": entry.committed,
        "stale": entry.wording != item.fingerprint,
        "unsealed": record.changed_since_sealed,
        "complete": item.complete(value),
        "sure": entry.sure,
        "own": entry.own,
    }
    read_as = item.read_as(value)
    if read_as is not None:
        state["read_as"] = read_as
    if entry.committed and item.reason:
        state["after"] = block(item.reason)
    if entry.checks and item.has_key and not item.survey:
        whole = opened(item, entry)
        # Until all is open, another answer must not be told how it stands before it is checked.
        told = value if whole else item.fitting(entry.checks[-1])
        state["feedback"] = item.feedback(told, whole=whole)
        state["checked"] = entry.checks[-1] == value
        state["can_show"] = not whole
    return state


def opened(item: Question, entry: KeptAnswer) -> bool:
    """Whether every reason may be shown: after a right answer, the last try, or when asked for."""
    solved = any(item.credit(item.fitting(value)) == 1 for value in entry.checks)
    return solved or entry.shown or len(entry.checks) >= item.tries
