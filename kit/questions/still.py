"""Questions that need no kernel: as HTML and as plain text, with their key or without."""

from __future__ import annotations

from pathlib import Path

from kit.course.course import Course
from kit.course.html import template
from kit.course.messages import words
from kit.questions.items import Item, Option, Unit
from kit.questions.typed_numbers import spell

_MARKS = {"choose-one": "( )", "choose-many": "[ ]", "label": "[    ]", "order": "[  ]"}


def option_mark(option: Option) -> str:
    """Return the mark that the key puts before an option, the same wherever it is shown.

    ✓ right, ○ experts differ, ◐ earns a part, ✗ wrong.
    """
    if option.right:
        return "✓"
    if option.either:
        return "○"
    return "◐" if option.credit else "✗"


def still_html(course: Course, item: Item, *, key: bool = False) -> str:
    """Return the question as HTML that needs no kernel; with ``key``, its answer and reasons."""
    rows = keyed_rows(item) if key else item.options
    return template(
        Path(__file__).with_name("still.html.j2"),
        course,
        item=item,
        key=key,
        rows=rows,
        mark=option_mark,
        key_number=key_number(item),
    )


def still_text(course: Course, item: Item, *, key: bool = False) -> str:
    """Return the question as plain text; with ``key``, its answer and reasons."""
    lines = [course.say("still.head", kind=words(course.root)[f"kind.{item.kind}"], id=item.id)]
    lines += [_plain(item.passage)] if item.passage else []
    lines.append(_plain(item.prompt))
    if item.kind == "label" and not key:
        labels = ", ".join(_plain(x.text) for x in item.labels)
        lines.append(course.say("still.labels", labels=labels))
    if item.kind in ("number", "probability"):
        lines.append(f"  [    ] {item.unit if item.kind == 'number' else '%'}".rstrip())
    rows = keyed_rows(item) if key else item.rows
    for row in rows:
        lines.append(f"  {_text_mark(item, row, key)} {_plain(row.text)}")
        if key and row.reason:
            lines.append(f"      {_plain(row.reason)}")
    for criterion in item.rubric:
        points = [f"{level.points:g} = {_plain(level.text)}" for level in criterion.levels if key]
        lines.append(f"  - {_plain(criterion.text)}" + (f" ({'; '.join(points)})" if key else ""))
    if key and item.kind == "number":
        lines.append(f"  {key_number(item)}")
    if key and item.model_answer:
        lines.append(course.say("still.model", answer=_plain(item.model_answer)))
    if key and item.look_for:
        lines.append(_plain(item.look_for))
    if key and item.reason:
        lines.append(_plain(item.reason))
    if key and item.common:
        lines.append(course.say("still.common"))
        for error in item.common:
            told = {"answer": _plain(error.answer), "say": _plain(error.say)}
            lines.append("  - " + course.say("still.common_line", **told))
    return "\n".join(lines)


def keyed_rows(item: Item) -> tuple[Option | Unit, ...]:
    """Return the options or units as the key shows them: things to put in order in their order."""
    if item.kind == "order" and item.sequence:
        return tuple(sorted(item.options, key=lambda o: item.sequence.index(o.id)))
    return item.rows


def key_number(item: Item) -> str:
    """Return what the key of a ``number`` accepts, with its unit."""
    low, high = item.bounds or (0.0, 0.0)
    between = spell(low) if low == high else f"{spell(low)}–{spell(high)}"
    return f"{between} {item.unit}".strip()


def _text_mark(item: Item, row: Option | Unit, key: bool) -> str:
    if not key:
        return _MARKS[item.kind]
    if item.kind == "order":
        return f"[{item.sequence.index(row.id) + 1}]" if item.sequence else _MARKS[item.kind]
    if isinstance(row, Unit):
        names = {x.id: _plain(x.text) for x in item.labels}
        return "[" + " / ".join(names[x] for x in row.right) + "]"
    if item.survey and not item.has_key:
        return _MARKS[item.kind]
    mark = {"✓": "x", "✗": " "}.get(option_mark(row), option_mark(row))
    return _MARKS[item.kind].replace(" ", mark)


def _plain(text: str) -> str:
    return " ".join(text.split())
