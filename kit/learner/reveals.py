"""What a lesson shows only after the learner has committed: the outcome, after the forecasts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

from attrs import field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.course.toml import read_toml, structure
from kit.learner.record import LearnerRecord, entries_of
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
    #: forecasts that may be left out, each with the sentence that tells how it came out
    also: dict[str, str] = field(factory=dict)
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
    entries, left = entries_of(records), []
    for name in reveal.needs:
        if name not in entries or not entries[name].committed:
            left.append(name)
    return left


def skipped_at(reveal: Reveal, records: Iterable[LearnerRecord]) -> str:
    """Return when the learner opened it without the commitments (ISO 8601, UTC); else nothing."""
    skip = entries_of(records).get(reveal.id)
    return skip.at if skip and skip.committed else ""


def is_open(reveal: Reveal, records: Collection[LearnerRecord]) -> bool:
    """Whether all that it would give away is committed, or the learner has skipped that."""
    return bool(skipped_at(reveal, records)) or not missing(reveal, records)


def skip_question(reveal: Reveal, left: str) -> Question:
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
