"""What a check has to say: a verdict in one sentence, and the reasons."""

from __future__ import annotations

from typing import Any

from kit.course.course import Course
from kit.course.html import block, inline
from kit.questions.answers import Answer, is_blank
from kit.questions.items import Item, Option
from kit.questions.scoring import credit, pairs_in_order, shares, slip_made
from kit.questions.still import option_mark
from kit.questions.typed_numbers import spell


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
