"""A question as rows of a table for a spreadsheet, and such rows as a question again.

The columns that people read and change hold texts and answers. What else belongs to a question, or
to one option or statement, is JSON in a last column of its own, so that nothing is lost on
the way out and back. A table made by hand may leave both empty.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import attrs

from kit.questions.foreign import TODO, Row, name_of

Cells = dict[str, str]  # of a row, by column
_TABLES = {"option": "options", "unit": "units", "label": "labels"}  # by what a row is
#: Fields that have columns of their own, or rows.
_IN_COLUMNS = frozenset(
    (
        *("id", "prompt", "passage", "marks", "reason", "model_answer", "look_for"),
        *("options", "units", "labels", "rubric", "common", "slips", "sequence"),
        *("text", "right", "either"),
    )
)


def settings(thing: Any) -> str:
    """Return as JSON what no column holds of a question, an option or a statement."""
    left = {}
    for field in attrs.fields(type(thing)):
        value = getattr(thing, field.name)
        if field.name not in _IN_COLUMNS and value != field.default:
            left[field.name] = value
    return json.dumps(left, ensure_ascii=False) if left else ""


def item_of(rows: Sequence[Cells]) -> Row:
    """Return the rows of one question as the row of an items file that they say, but for its id.

    Raises:
        ValueError: when a cell that should hold a number, or JSON, does not.

    """
    first = rows[0]
    item: Row = {"kind": first["kind"], "prompt": first["prompt"] or TODO}
    fields = {"passage": "passage", "reason": "general_reason", "model_answer": "model_answer"}
    for name, column in {**fields, "look_for": "look_for"}.items():
        if first.get(column):
            item[name] = first[column]
    if first.get("marks"):
        item["marks"] = _number(first["marks"])
    item |= _json(first.get("settings", ""))
    if "settings" not in first and first.get("paragraphs") and first.get("part") != "unit":
        item["paragraphs"] = [int(n) for n in first["paragraphs"].split(",")]
    for row in rows:
        _add(item, row)
    _finish(item)
    return item


def _add(item: Row, row: Cells) -> None:
    """Add what one row says: an option, a statement, a label, a number, a level, an error."""
    part, text, reason = row.get("part"), row["text"], row["reason"]
    if part in _TABLES:
        _add_part(item, row, _TABLES[part])
    elif part == "number" and not item.keys() & {"answer", "low", "high"}:
        item["answer"] = _number(text)
    elif part == "slip":
        slip = {"reason": reason or TODO} | _json(row.get("part_settings", ""))
        item.setdefault("slips", []).append(slip)
    elif part == "criterion":
        _add_criterion(item, row)
    elif part == "common":
        item.setdefault("common", []).append({"answer": text, "say": reason})


def _add_part(item: Row, row: Cells, table: str) -> None:
    """Add an option, a statement or a label."""
    parts = item.setdefault(table, [])
    part: Row = {"id": row.get("part_id") or name_of(len(parts)), "text": row["text"]}
    part |= _json(row.get("part_settings", ""))
    if row["reason"]:
        part["reason"] = row["reason"]
    elif table != "labels" and not item.get("survey"):
        part["reason"] = TODO
    answer = row["answer"].strip()
    if table == "units":
        part["answer"] = answer
        if "part_settings" not in row and row.get("paragraphs", "").isdigit():
            part["paragraph"] = int(row["paragraphs"])
    elif table == "options" and answer in ("right", "either"):
        part[answer] = True
    elif table == "options" and answer:
        part["place"] = int(answer)
    parts.append(part)


def _add_criterion(item: Row, row: Cells) -> None:
    criteria = item.setdefault("rubric", [])
    if not criteria or row["text"] != criteria[-1]["text"]:
        criteria.append({"id": row.get("part_id") or name_of(len(criteria)), "text": row["text"]})
    if row.get("points"):
        level: Row = {"points": _number(row["points"]), "text": row["answer"]}
        if row["reason"]:
            level["anchor"] = row["reason"]
        criteria[-1].setdefault("levels", []).append(level)


def _finish(item: Row) -> None:
    """Put what the rows say together: the right order, and the right labels by their ids."""
    places = {}
    for option in item.get("options", []):
        if "place" in option:
            places[option["id"]] = option.pop("place")
    if places:
        item["sequence"] = sorted(places, key=places.__getitem__)
    labels = {label["text"]: label["id"] for label in item.get("labels", [])}
    for unit in item.get("units", []):
        said = [text.strip() for text in unit.pop("answer").split(" / ") if text.strip()]
        if said:
            unit["right"] = [labels.setdefault(text, name_of(len(labels))) for text in said]
    if labels:
        kept = {label["id"]: label for label in item.get("labels", [])}
        item["labels"] = [kept.get(i, {"id": i, "text": text}) for text, i in labels.items()]


def _json(text: str) -> Row:
    said = json.loads(text) if text.strip() else {}
    if not isinstance(said, dict):
        raise ValueError(text)
    return said


def _number(text: str) -> float:
    number = float(text.strip().replace(",", "."))
    return int(number) if number.is_integer() else number
