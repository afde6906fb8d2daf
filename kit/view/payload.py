"""What the page is told: the question without its key, the learner's state, what a check says."""

from __future__ import annotations

from typing import Any

from kit.answers import Entry, Record
from kit.course import Course
from kit.items import Item, Option
from kit.messages import KitError
from kit.numbers import spell
from kit.replies import Answer, complete, fitting, is_blank, order_shown
from kit.scoring import credit, pairs_in_order, shares, slip_made
from kit.text import ReadingEdition, compare, load_article, own_copy
from kit.view.render import block, inline, option_mark


def question_payload(course: Course, item: Item, seed: str) -> dict[str, Any]:
    """Return what the page needs to draw a question: nothing of its key.

    Args:
        course: the course.
        item: the question.
        seed: the name of the learner's record, for items whose options are shuffled.

    """
    options = {o.id: o for o in item.options}
    payload: dict[str, Any] = {
        "id": item.id,
        "kind": item.kind,
        "kind_word": course.say(f"kind.{item.kind}"),
        "lang": course.language,
        "dir": course.direction,
        "prompt": inline(item.prompt),
        "passage": block(item.passage),
        "options": [{"id": i, "text": inline(options[i].text)} for i in order_shown(item, seed)],
        "units": [
            {"id": u.id, "text": inline(u.text), "paragraph": u.paragraph} for u in item.units
        ],
        "labels": [{"id": x.id, "text": x.text} for x in item.labels],
        "rubric": [{"id": c.id, "text": inline(c.text)} for c in item.rubric],
        "unit": item.unit,
        "hints": [inline(hint) for hint in item.hints],
        "chance": round(item.chance) if item.confidence else None,
        "locks": item.locks,
        "checks": item.has_key and not item.survey and not item.locks,
        "words": item.words,
    }
    if item.paragraphs:
        payload["paragraphs"] = _paragraphs(course, item)
    return payload


def _paragraphs(course: Course, item: Item) -> list[dict[str, Any]]:
    """Return the paragraphs that the question is about, from the reader's own copy if they can."""
    article = load_article(course)
    own = _own_words(course, article)
    units = [article.unit(n) for n in item.paragraphs]
    return [
        {"n": u.n, "text": inline(u.gist), "own": own.get(u.n, ""), "quotations": u.quotations}
        for u in units
    ]


def _own_words(course: Course, article: ReadingEdition) -> dict[int, str]:
    try:
        copy = own_copy(course)
    except KitError:
        return {}  # kit.article() says what is wrong with the copy
    return {v.n: v.text for v in compare(article, copy) if v.text} if copy else {}


def state_payload(course: Course, item: Item, record: Record) -> dict[str, Any]:
    """Return how the learner stands with the question, from the record alone."""
    entry = record.entries.get(item.id)
    if entry is None:
        return {"record": record.record, "value": None, "revision": 0}
    value = fitting(item, entry.value)
    state = {
        "record": record.record,
        "value": value,
        "revision": entry.revision,
        "committed": entry.committed,
        "stale": entry.wording != item.wording,
        "unsealed": record.changed_since_sealed,
        "complete": complete(item, value),
        "sure": entry.sure,
        "own": entry.own,
    }
    if item.kind == "number" and value is not None:
        state["read_as"] = spell(value)
    if entry.committed and item.reason:
        state["after"] = block(item.reason)
    if entry.checks and item.has_key and not item.survey:
        whole = opened(item, entry)
        state["feedback"] = feedback(course, item, value, whole=whole)
        state["checked"] = entry.checks[-1] == value
        state["can_show"] = not whole and len(entry.checks) >= item.tries
    return state


def opened(item: Item, entry: Entry) -> bool:
    """Whether every reason may be shown: at once, after a right answer, or when asked for."""
    solved = any(credit(item, fitting(item, value)) == 1 for value in entry.checks)
    return item.tries == 0 or entry.shown or solved


def feedback(course: Course, item: Item, value: Answer, *, whole: bool = True) -> dict[str, Any]:
    """Return the verdict and the reasons, as the page shows them.

    Until the ``whole`` may be shown, these are the reasons beside what the learner chose, and
    nothing that gives the key away.
    """
    result: dict[str, Any] = {
        "verdict": verdict(course, item, value, whole=whole),
        "reason": block(item.reason) if whole else "",
        "model": block(item.model_answer) if item.kind == "write" else "",
        "parts": _PARTS.get(item.kind, _no_parts)(course, item, value, whole),
    }
    if item.kind == "number" and value is not None:
        slip = slip_made(item, value)
        result["slip"] = block(slip.reason) if slip else ""
    if item.kind == "label" and item.shares and whole:
        result["shares"] = shares(item, value)
    return result


Parts = dict[str, dict[str, Any]]


def _no_parts(*_: object) -> Parts:
    return {}


def _option_parts(course: Course, item: Item, value: Answer, whole: bool) -> Parts:
    chosen = [value] if isinstance(value, str) else value or []
    return {
        o.id: {"right": o.right, **_tag(course, o), "reason": inline(o.reason)}
        for o in item.options
        if whole or o.id in chosen
    }


_TAGS = {"✓": "check.right", "○": "check.either", "◐": "check.part", "✗": "check.wrong"}


def _tag(course: Course, option: Option) -> dict[str, str]:
    mark = option_mark(option)
    return {"mark": mark, "tag": course.say(_TAGS[mark])}


def _label_parts(course: Course, item: Item, value: Answer, whole: bool) -> Parts:
    names = {x.id: x.text for x in item.labels}
    given = {} if is_blank(value) else value
    parts = {}
    for unit in item.units:
        right = given.get(unit.id) in unit.right
        key = course.say("check.key", labels=" / ".join(names[x] for x in unit.right))
        same = course.say("check.same" if right else "check.other")
        reason = inline(unit.reason) if whole else ""
        parts[unit.id] = {"right": right, "tag": key if whole else same, "reason": reason}
    return parts


def _order_parts(course: Course, item: Item, value: Answer, whole: bool) -> Parts:
    if not whole:
        return {}
    given, reasons = value or [], {o.id: o.reason for o in item.options}
    return {
        name: {
            "right": given[n : n + 1] == [name],
            "tag": course.say("check.place", n=n + 1),
            "reason": inline(reasons[name]),
        }
        for n, name in enumerate(item.sequence)
    }


_PARTS = {
    "choose-one": _option_parts,
    "choose-many": _option_parts,
    "label": _label_parts,
    "order": _order_parts,
}


def verdict(course: Course, item: Item, value: Answer, *, whole: bool = True) -> str:
    """Return the verdict on an answer in one sentence; never a bare 'right' or 'wrong'."""
    earned = credit(item, value)
    if earned is None:
        return course.say("check.write")
    says = _VERDICTS[item.kind](course, item, value, earned)
    if whole:
        return says + (_range(course, item) if item.kind == "number" else "")
    return f"{says} {course.say('check.again')}"


def _says_one(course: Course, _: Item, __: Answer, earned: float) -> str:
    return course.say(f"check.one_{'yes' if earned == 1 else 'part' if earned else 'no'}")


def _says_many(course: Course, item: Item, value: Answer, _: float) -> str:
    right = {o.id for o in item.options if o.right}
    ticked = set(value or []) - {o.id for o in item.options if o.either}
    hits, slips = len(ticked & right), len(ticked - right)
    return course.say("check.many", hits=hits, all=len(right), slips=slips)


def _says_label(course: Course, item: Item, _: Answer, earned: float) -> str:
    return course.say("check.label", hits=round(earned * len(item.units)), all=len(item.units))


def _says_number(course: Course, item: Item, value: Answer, earned: float) -> str:
    given = "–" if value is None else f"{spell(value)} {item.unit}".strip()
    return course.say("check.number_yes" if earned == 1 else "check.number_no", given=given)


def _range(course: Course, item: Item) -> str:
    low, high = item.bounds or (0.0, 0.0)
    if low == high:
        return " " + course.say("check.number_exact", key=f"{spell(low)} {item.unit}".strip())
    return " " + course.say(
        "check.number_range", low=spell(low), high=f"{spell(high)} {item.unit}".strip()
    )


def _says_order(course: Course, item: Item, value: Answer, _: float) -> str:
    hits, pairs = pairs_in_order(item, value or list(reversed(item.sequence)))
    return course.say("check.order", hits=hits, all=pairs)


_VERDICTS = {
    "choose-one": _says_one,
    "choose-many": _says_many,
    "label": _says_label,
    "number": _says_number,
    "order": _says_order,
}
