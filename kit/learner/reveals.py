"""What a lesson shows only after the learner has committed: the outcome, after the forecasts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from attrs import field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.course.toml import read_toml, structure
from kit.learner.record import LearnerRecord
from kit.questions.base import Question
from kit.questions.choice import ChooseOne
from kit.questions.parts import Option


@frozen
class Reveal:
    """Something that stays closed until the answers that it would give away are committed."""

    id: str  #: for example ``looking-back/outcome``; the part before the slash names the lesson
    title: str  #: said while it is closed, so it must give nothing away
    needs: tuple[str, ...]  #: ids of the questions to commit first
    text: str  #: Markdown
    records: tuple[str, ...] = ()  #: the evidence that the text rests on
    #: by question, the options with which a learner said that they knew the end already
    knew: dict[str, tuple[str, ...]] = field(factory=dict)


@frozen
class _Reveals:
    reveal: tuple[Reveal, ...] = field(factory=tuple)


@cache
def load_reveals(course: Course) -> dict[str, Reveal]:
    """Return the course's reveals by id; none where it has no ``reveals.toml``.

    Raises:
        KitError: a line for each fault of the file.

    """
    path = course.root / "reveals.toml"
    if not path.is_file():
        return {}
    rows = structure(read_toml(path), _Reveals, path).reveal
    return {row.id: row for row in rows}


def find_reveal(course: Course, reveal_id: str) -> Reveal:
    """Return the reveal called ``reveal_id``.

    Raises:
        KitError: when there is none; the message lists those there are.

    """
    reveals = load_reveals(course)
    if reveal_id not in reveals:
        known = ", ".join(reveals) or "–"
        raise KitError(message("error.no_reveal", id=reveal_id, known=known))
    return reveals[reveal_id]


def missing(reveal: Reveal, records: Iterable[LearnerRecord]) -> list[str]:
    """Return the ids of the questions that are still to be committed."""
    entries = {name: entry for record in records for name, entry in record.entries.items()}
    return [i for i in reveal.needs if i not in entries or not entries[i].committed]


def opened(reveal: Reveal, records: Iterable[LearnerRecord]) -> str | None:
    """Return since when a reveal is open: a time (ISO 8601, UTC) where the learner skipped.

    Empty where everything was committed; None while it is closed.
    """
    records = list(records)
    skips = [r.entries[reveal.id] for r in records if reveal.id in r.entries]
    if any(entry.committed for entry in skips):
        return skips[0].at
    return None if missing(reveal, records) else ""


def knew_already(reveal: Reveal, records: Iterable[LearnerRecord]) -> bool | None:
    """Return whether the learner said that they knew the end; None where they did not say."""
    entries = {name: entry for record in records for name, entry in record.entries.items()}
    said = [entries[i].value in known for i, known in reveal.knew.items() if i in entries]
    return any(said) if said else None


def skip_item(reveal: Reveal, left: str) -> Question:
    """Return the question by which a learner opens a reveal without the commitments.

    It locks, so the record keeps for good that they skipped; what is revealed is its reason.
    """
    return ChooseOne(
        id=reveal.id,
        prompt=message("reveal.closed", title=reveal.title, left=left),
        options=(Option("skip", message("reveal.skip")),),
        locks=True,
        survey=True,
        reason=reveal.text,
    )
