"""A class that never was: seeded hand-ins with every kind of answer, for tests and benchmarks."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kit.course.course import Course, Sheet
from kit.grading import feedback
from kit.grading.marks import MarkedSubmission
from kit.learner import submission
from kit.questions.bank import load_questions
from kit.questions.base import Question

TEXTS = (
    "In paragraph 15 “it is believed” hides who believes it. The 95 billion in 18 is put down to "
    "Reuters, so it can be looked up. I would ask The Times how its source knew.",
    "Some of it is true and some is not. I would need more proof.",
    "You cannot trust any of it.",
)


def an_answer(item: Question, lot: random.Random, skill: float) -> Any:
    """Return an answer to ``item``, right with the chance ``skill``; sometimes none."""
    if lot.random() < 0.03:
        return None
    knows = lot.random() < skill
    if item.kind == "label":
        labels = [x.id for x in item.labels]
        return {
            u.id: u.right[0] if lot.random() < skill else lot.choice(labels) for u in item.units
        }
    if item.kind == "choose-one":
        right = next(o.id for o in item.options if o.right)
        return right if knows else lot.choice([o.id for o in item.options])
    if item.kind == "choose-many":
        return [o.id for o in item.options if o.right == (lot.random() < skill)]
    return f"{lot.choice(TEXTS)} ({lot.randrange(10**6)})"


def a_seal(course: Course, sheet: Sheet, n: int, seed: str = "class") -> submission.Seal:
    """Return the hand-in of learner number ``n``."""
    lot = random.Random(f"{seed}:{n}")
    skill = lot.uniform(0.3, 0.95)
    given = {
        i.id: (an_answer(i, lot, skill), i.fingerprint)
        for i in load_questions(course, sheet).values()
    }
    return submission.Seal(
        course=course.id,
        sheet=sheet.id,
        learner=f"B{n:05}",
        record=f"{n:016x}",
        revision=lot.randrange(5, 40),
        sealed="2026-02-01T10:00:00+00:00",
        answers={
            name: submission.SealedAnswer(value, wording)
            for name, (value, wording) in given.items()
            if value is not None
        },
    )


def page_of(course: Course, marked: MarkedSubmission, rows: Sequence[dict[str, Any]] = ()) -> str:
    """Return the page of one learner, without any folder."""
    marked = marked.with_rows(
        lambda result: [row for row in rows if row["item"] == result.question.id]
    )
    return feedback.FeedbackPages(course).page(marked).decode()


def sealed_notebook(exercise: Path, seal: submission.Seal) -> str:
    """Return the exercise as a learner saves it: run, with the seal in its last cell."""
    book = json.loads(exercise.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and "kit.hand_in(" in source:
            cell["source"] = submission.to_cell(source, seal)
    return json.dumps(book)
