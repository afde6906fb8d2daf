"""The part of ``kit check`` about what a page calls, and where its links and numbers lead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from kit import __all__ as public_names
from kit.authoring.build import blocks, pieces, source_path
from kit.course.article import load_article
from kit.course.course import Course, Sheet
from kit.course.evidence import load_claims, load_records
from kit.course.messages import CONTENT, message, near
from kit.learner.reveals import load_reveals
from kit.questions.in_markdown import calls

_OF_SHEETS = ("begin", "hand_in", "warm_up")
_PARAGRAPH = re.compile(r"¶\s?(\d+)")
_RELATIVE = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:|mailto:|#|data:)<?([^)>\s#]+)")


def call_faults(course: Course, sheet: Sheet, text: str) -> Iterator[str]:
    """Find calls on a page of what the kit or the course has not.

    What a question and a story are called is looked for elsewhere, with all questions at hand.
    """
    page, known = source_path(course, sheet).name, _known(course)
    for name, given in calls("\n".join(blocks(text))):
        if name not in public_names:
            told = near(name, public_names)
            yield message("check_course.no_call", page=page, call=f"kit.{name}", near=told)
        elif given and name in known and given not in known[name]:
            call, told = f'kit.{name}("{given}")', near(given, known[name])
            yield message("check_course.nothing_called", page=page, call=call, near=told)


def _known(course: Course) -> Mapping[str, Collection[str]]:
    """Return what each call can be given as its first argument."""
    reveals, sheets = load_reveals(course), [sheet.id for sheet in course.sheets]
    prefixes = [sheet.prefix for sheet in course.sheets]
    known: dict[str, Collection[str]] = {name: [*sheets, *prefixes] for name in _OF_SHEETS}
    known |= {"reveal": reveals, "forecasts": reveals, "provenance": load_claims(course)}
    known["evidence"] = [*load_records(course), "changes"]
    return known


def place_faults(course: Course, sheet: Sheet, text: str) -> Iterator[str]:
    """Find numbers of paragraphs and links that lead nowhere, and what nobody will reach."""
    page = source_path(course, sheet).name
    last = max((unit.n for unit in load_article(course).units), default=0)
    for n in dict.fromkeys(_PARAGRAPH.findall(text)):
        if int(n) > last:
            yield message("check_course.no_such_paragraph", page=page, n=n, last=last)
    folder = (course.home / sheet.notebook).parent
    coming = {(course.home / other.notebook).resolve() for other in course.pages}
    for place in dict.fromkeys(_RELATIVE.findall(text)):
        path = (folder / place).resolve()
        if path not in coming and not path.exists() and not _in_the_kit(course, path):
            names = [other.name for other in coming] + [file.name for file in path.parent.glob("*")]
            told = near(path.name, names)
            yield message("check_course.dead_link", page=page, link=place, near=told)
    cells = pieces(text)
    if sheet.graded and cells and cells[-1][0] == "markdown" and "kit.hand_in(" in text:
        start = " ".join(cells[-1][1].split()[:6])
        yield message("check_course.after_hand_in", page=page, start=start)


def _in_the_kit(course: Course, path: Path) -> bool:
    """Whether a place is in the folder of the kit, which goes out beside every course."""
    return (
        path.is_relative_to(course.home / "kit")
        and (CONTENT.parents[1] / path.relative_to(course.home)).exists()
    )
