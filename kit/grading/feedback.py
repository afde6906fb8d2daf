"""A page for each learner: each question, their answer, the reason for that answer, the marks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from attrs import define, field
from markupsafe import Markup

from kit.course.course import Course
from kit.course.evidence import EvidenceRecord, load_records
from kit.course.html import block, inline
from kit.course.messages import message
from kit.grading import pages
from kit.grading.marks import HandIn, Marked, Result, in_words
from kit.grading.tables import Row, as_written, tidy
from kit.questions.base import Parts, Question

Rows = Sequence[Row]  #: of ``to-mark.csv``, filled in; see by_hand.Given.fill
_REMEMBERED = 4000  #: answers whose reading is held in memory; some 2 kB each
_OURS = re.compile(r"[a-z0-9-]+-[0-9a-f]{12}\.html")


@define
class Pages:
    """Writes learners' pages into a folder, which must be there."""

    course: Course
    folder: Path
    # Learners who gave the same answer read the same about it.
    _bodies: dict[tuple[str, str], Markup] = field(factory=dict)

    def write(self, marked: Marked, rows: Rows, lines: list[str]) -> str:
        """Write one learner's page and return its file's name.

        Args:
            marked: what the hand-in earned.
            rows: the criteria of its written answers, with what was given for them.
            lines: what else to say under the mark, such as that it came late.

        """
        name = file_name(marked.hand_in)
        (self.folder / name).write_bytes(self.page(marked, rows, lines))
        return name

    def page(self, marked: Marked, rows: Rows, lines: list[str]) -> bytes:
        """Return one learner's page."""
        course = self.course
        given: dict[str, list[Row]] = {}
        for row in rows:
            given.setdefault(row["item"], []).append(row)
        paragraphs, records = _again(course, marked)
        return pages.page(
            "feedback.html.j2",
            course,
            sheet=course.sheet(marked.hand_in.seal.sheet),
            learner=marked.hand_in.learner,
            total=_total(marked, rows),
            lines=lines,
            questions=[(self._body(r, given.get(r.item.id, [])), _sure(r)) for r in marked.results],
            sureness=_sureness(marked),
            paragraphs=", ".join(map(str, paragraphs)),
            records=records,
        )

    def _body(self, result: Result, rows: Rows) -> Markup:
        if result.by_hand:  # what a reader gave for it is this learner's alone
            return _body(result, rows)
        key = result.item.id, repr((result.value, result.unread, result.handed))
        if key not in self._bodies:
            if len(self._bodies) >= _REMEMBERED:
                self._bodies.clear()
            self._bodies[key] = _body(result, rows)
        return self._bodies[key]


def pages_in(folder: Path) -> list[Path]:
    """Return the learners' pages that lie in a folder."""
    return sorted(path for path in folder.glob("*.html") if _OURS.fullmatch(path.name))


def file_name(hand_in: HandIn) -> str:
    """Return a page's name: letters and digits of the code, and a hash; never a path."""
    seal = hand_in.seal
    who = "\0".join([seal.sheet, *hand_in.whose])
    digest = hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:12]
    slug = re.sub(r"[^a-z0-9]+", "-", f"{seal.sheet} {hand_in.learner[:24]}".lower()).strip("-")
    return f"{slug}-{digest}.html"


def _total(marked: Marked, rows: Rows) -> str:
    numbers = [row["number"] for row in rows]
    earned = marked.automatic + sum(n for n in numbers if n is not None)
    most = tidy(marked.automatic_most + marked.written_most)
    key = "feedback.so_far" if None in numbers else "feedback.total"
    return message(key, mark=tidy(earned), most=most)


def _body(result: Result, rows: Rows) -> Markup:
    """Return what is said about one answer."""
    item, value = result.item, result.value
    shown: dict[str, Any] = {
        "prompt": _safe(item.prompt),
        "passage": Markup(block(item.passage)),  # noqa: S704  (authored, made safe)
        "marks": _marks(result, rows),
    }
    if result.unread:
        marked = bool(rows) and all(row["number"] is not None for row in rows)
        shown["said"] = message(f"feedback.{'read_by_hand' if marked else result.unread}")
        shown["handed_in"] = in_words(item, result.handed, with_ids=True)
        shown["criteria"] = [_criterion(item, row) for row in rows]
        return pages.fragment("question.html.j2", **shown)
    if not item.has_right_answer:
        shown["said"] = _plain_answer(result)
        return pages.fragment("question.html.j2", **shown)
    feedback = item.feedback(value)
    if value is None:
        shown["said"] = message("feedback.left_out")
    elif item.by_reader:
        shown |= {"answer": value, "criteria": [_criterion(item, row) for row in rows]}
    else:
        shown["said"] = feedback["verdict"]
    shown["rows"] = _rows(result, feedback["parts"])
    shown["after"] = [Markup(feedback[k]) for k in ("slip", "reason") if feedback.get(k)]  # noqa: S704
    shown["model"] = Markup(feedback["model"])  # noqa: S704  (authored, made safe by render.block)
    return pages.fragment("question.html.j2", **shown)


def _sure(result: Result) -> str:
    return "" if result.sure is None else message("feedback.sure", n=round(result.sure))


def _safe(text: str) -> Markup:
    """Return authored Markdown as HTML; raw HTML in it is shown as text."""
    return Markup(inline(text))  # noqa: S704


def _marks(result: Result, rows: Rows) -> str:
    item = result.item
    if not item.marks or item.survey:
        return ""
    if result.credit is not None:
        return message("feedback.marks", mark=tidy(result.marks), most=tidy(item.marks))
    numbers = [row["number"] for row in rows]
    if None in numbers:
        return message("feedback.unmarked", most=tidy(item.marks))
    return message("feedback.marks", mark=tidy(sum(numbers)), most=tidy(item.marks))


def _plain_answer(result: Result) -> str:
    if result.value is None:
        return message("feedback.left_out")
    return message("feedback.you_said", answer=in_words(result.item, result.value))


def _rows(result: Result, parts: Parts) -> list[dict[str, Any]]:
    """Return each option or statement, with what the learner gave it and what a check says."""
    rows = []
    for row in result.item.answer_rows(result.value):
        shown = {"text": Markup(row["text"]), "given": row["given"], "yours": row["yours"]}  # noqa: S704  (authored, made safe)
        if row["explained"]:
            shown |= _part(parts, row["id"])
        rows.append(shown)
    return rows


def _part(parts: Parts, name: str) -> dict[str, Any]:
    part = parts[name]
    mark = part.get("mark") or ("✓" if part["right"] else "✗")
    return {**part, "mark": mark, "reason": Markup(part["reason"])}  # noqa: S704  (authored, made safe)


def _criterion(item: Question, row: Row) -> dict[str, Any]:
    criterion = next((c for c in item.rubric if c.id == row["criterion"]), None)
    levels = criterion.levels if criterion else ()
    number = row["number"]
    reached = [x for x in levels if number is not None and x.points <= number]
    top = max(levels, key=lambda x: x.points, default=None)
    below = number is not None and top is not None and number < top.points
    return {
        "text": _safe(criterion.text) if criterion else "",
        "points": f"{'–' if number is None else tidy(number)} / {row['most']}",
        "level": _safe(max(reached, key=lambda x: x.points).text) if reached else "",
        "comment": as_written(row["comment"]),
        "top": _safe(f"{top.text} (“{top.anchor}”)") if below and top else "",
    }


def _sureness(marked: Marked) -> str:
    """Say how well the learner's own sureness fits what was right; '' where none was given."""
    pairs = [(r.sure, r.credit == 1) for r in marked.results if r.sure is not None]
    if not pairs:
        return ""
    says = sum(sure or 0.0 for sure, _ in pairs) / len(pairs)
    right = sum(hit for _, hit in pairs)
    return message(
        "feedback.sureness",
        count=len(pairs),
        says=round(says),
        right=right,
        share=round(100 * right / len(pairs)),
    )


def _again(course: Course, marked: Marked) -> tuple[list[int], list[EvidenceRecord]]:
    """Return what to read again: the paragraphs and records of questions not fully right."""
    paragraphs: set[int] = set()
    records: list[str] = []
    for result in marked.results:
        if result.credit is None or result.credit == 1:
            continue
        paragraphs |= result.item.paragraphs_missed(result.value)
        records += result.item.records
    known = _records(course)
    return sorted(paragraphs), [known[i] for i in dict.fromkeys(records) if i in known]


@cache
def _records(course: Course) -> dict[str, EvidenceRecord]:
    return {r.id: r for rows in load_records(course).values() for r in rows}
