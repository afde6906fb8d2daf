"""Where a key would get out: in the published questions, or word for word in what learners get.

Learners get only named files, without notes, and exercises as they are made (:mod:`release`). So a
copy, a table or a tried notebook stays here whatever is in it. What nobody can find: a short answer
in plain words ("1 b, 2 a"), a reason told in other words, an option whose id tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kit.authoring.keys import (
    LONG,
    Secret,
    closed_pages,
    closed_sheets,
    count_words,
    left_in,
    letters,
    read_rows,
    secrets,
)
from kit.course.course import Course, Sheet
from kit.course.messages import message
from kit.questions.in_markdown import take_apart, ticks_in

Edition = Mapping[Path, bytes]  #: what is in each file that learners get, by its place
_TEXTS = (".toml", ".md", ".txt", ".csv", ".html", ".ipynb", ".svg", ".vtt", ".srt")


def leaks(course: Course, edition: Edition) -> list[str]:
    """Return a sentence for each part of a key in what learners are about to get.

    ``edition`` is the course's own files that go out.

    Raises:
        KitError: when a key's file cannot be read, so that nothing can be compared with it.

    """
    found = [*_sheet_faults(course), *left_in_items(course, course.sheets)]
    found += _left_on_pages(course, edition)
    # An exercise's notebook is made from its page, and says no more.
    made = {Path(sheet.notebook) for sheet in course.sheets if sheet.graded}
    plain = {}
    for path, data in edition.items():
        if path.suffix in _TEXTS and path not in made:
            text = data.decode("utf-8", "replace")
            plain[path] = letters(text) + "\n" + letters(text, markup=True)
    everything = "\n".join(plain.values())  # most texts of a key are nowhere: one look for each
    known = [secret for secret in secrets(course) if secret.letters in everything]
    for path, text in plain.items():
        found += _copied(path, text, known)
    return list(dict.fromkeys(found))


def left_in_items(course: Course, sheets: Iterable[Sheet]) -> list[str]:
    """Return a sentence for each field of a key in the published questions of some sheets."""
    closed = {sheet.id for sheet in closed_sheets(course)}
    found = []
    for sheet in sheets:
        if sheet.id not in closed:
            continue
        name = f"items/{sheet.first.id}.toml"
        key = course.show_path(course.keys / sheet.keys)
        for row in read_rows(course.root / name):
            for field, _ in left_in(row):
                values = {"file": name, "id": row.get("id", "–"), "field": field}
                found.append(message("release.key_field", key=key, **values))
    return found


def _left_on_pages(course: Course, edition: Edition) -> Iterator[str]:
    """Find what the questions on an exercise's page would tell of their key, as it goes out."""
    for sheet in closed_pages(course):
        for path, data in edition.items():
            if path.parts[-2:] == ("lessons", f"{sheet.page}.md"):
                text, name = data.decode("utf-8", "replace"), f"lessons/{path.name}"
                for line in ticks_in(text):
                    yield message("release.key_tick", file=name, line=line[:60])
                for row in take_apart(text, sheet.prefix).rows:
                    for field, _ in left_in(row):
                        told = {"id": row["id"], "field": field}
                        yield message("release.key_on_page", file=name, **told)


def _sheet_faults(course: Course) -> Iterator[str]:
    """Find sheets of which ``course.toml`` says what would let their key out."""
    folder = course.keys.resolve()
    for sheet in closed_sheets(course):
        if sheet.keys and not (folder / sheet.keys).resolve().is_relative_to(folder):
            yield message("release.key_place", id=sheet.id, keys=sheet.keys)
        if not sheet.graded:
            yield message("release.key_ungraded", id=sheet.id)


def _copied(path: Path, plain: str, known: Iterable[Secret]) -> Iterator[str]:
    """Find the texts of keys in a file, given as :func:`letters` has it.

    One short text may be a rule that a lesson teaches, so it says nothing alone. A long one does,
    and so do several of one question: whoever copies a key copies more than a sentence.
    """
    by_question: dict[str, list[Secret]] = defaultdict(list)
    for secret in known:
        if secret.letters in plain:
            by_question[secret.question].append(secret)
    for name, found in by_question.items():
        several = len({secret.letters for secret in found}) > 1
        for secret in found:
            if several or count_words(secret.text) >= LONG:
                values = {"file": path.as_posix(), "id": name, "field": secret.field}
                start = " ".join(secret.text.split()[:6])
                yield message("release.key_text", start=start, **values)
