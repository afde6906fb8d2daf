"""`kit.heard`: a phrase such as "might", what people take it to mean, and what scales say.

What thousands of people read in a phrase and what official scales mean by it stand in the course's
``evidence/series/``: ``capphrase.csv`` and ``word-scales.csv``. Chances are in per cent here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from attrs import frozen

from kit.course.course import Course, find_course
from kit.course.evidence import source_line
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.course.toml import read_table
from kit.instruments import charts
from kit.learner.record import read_record
from kit.notebook.output import Page, in_sentences, notice
from kit.questions.base import is_number
from kit.questions.items import find_item

_HERE = Path(__file__).parent
_FOLDER = "evidence/series"


@frozen
class Reading:
    """How many people read a phrase as which chance, in percent."""

    record: str
    phrase: str
    people: int
    p5: float  #: one in twenty said less
    q1: float  #: a quarter said less
    median: float
    q3: float
    p95: float


@frozen
class Band:
    """What an official scale means by a phrase, in percent."""

    record: str
    scale: str
    phrase: str
    low: float
    high: float


@cache
def load_readings(course: Course) -> tuple[Reading, ...]:
    """Return how people read each phrase, from ``evidence/series/capphrase.csv``."""
    return read_table(course.root / _FOLDER / "capphrase.csv", Reading)


@cache
def load_bands(course: Course) -> tuple[Band, ...]:
    """Return the bands of the official scales, from ``evidence/series/word-scales.csv``."""
    return read_table(course.root / _FOLDER / "word-scales.csv", Band)


def find_reading(course: Course, phrase: str) -> Reading:
    """Return how people read ``phrase``; capitals and a 'happen' at its end do not matter.

    Raises:
        KitError: when nobody was asked about it; the message lists the phrases there are.

    """
    readings = load_readings(course)
    for reading in readings:
        if _bare(reading.phrase) == _bare(phrase):
            return reading
    known = ", ".join(r.phrase for r in readings)
    raise KitError(message("belief.no_phrase", phrase=phrase, known=known))


def bands_of(course: Course, phrase: str) -> tuple[Band, ...]:
    """Return what each official scale that has ``phrase`` means by it; often none has."""
    return tuple(b for b in load_bands(course) if _bare(b.phrase) == _bare(phrase))


def _bare(phrase: str) -> str:
    words = phrase.casefold().split()
    return " ".join(w for w in words if w not in ("happen", "chances"))


@in_sentences
def heard(phrase: str, *, mine: float | None = None, item: str = "") -> Page:
    """Show how thousands of people read a phrase as a chance, and what official scales say.

    Args:
        phrase: for example ``might`` or ``Likely``.
        mine: one's own number, 0 to 100.
        item: a question whose kept answer is one's own number, for example ``how-sure/might``.
            Before it has one, nothing is shown that could change it.

    """
    course = find_course()
    reading = find_reading(course, phrase)
    given: object = mine
    if item:
        sheet, question = find_item(course, item)
        record = read_record(course.work / f"{sheet.id}.json", sheet.id)
        given = record.value(question)
        if given is None:
            return notice(message("belief.not_yet"))
    if given is not None:
        if not is_number(given) or not 0 <= given <= 100:
            raise KitError(message("belief.percent", value=given))
        mine = given
    bands = bands_of(course, phrase)
    lines = [*_heard_lines(course, reading, bands, mine)]
    picture = charts.phrase(reading, bands, mine, "\n".join(lines))
    records = dict.fromkeys([reading.record, *(b.record for b in bands)])
    sources = [source_line(course, r) for r in records]
    html = template(_HERE / "heard.html.j2", lines=lines, sources=sources, figure=picture.figure)
    return Page("\n".join([*lines, *sources]), html)


def _heard_lines(
    course: Course, reading: Reading, bands: tuple[Band, ...], mine: float | None
) -> list[str]:
    numbers = {n: f"{getattr(reading, n):g}" for n in ("p5", "q1", "median", "q3", "p95")}
    people = f"{reading.people:,}"
    lines = [message("belief.heard", phrase=reading.phrase, people=people, **numbers)]
    if mine is not None:
        said = {"mine": f"{mine:g}", "where": message(f"belief.{_place(reading, mine)}")}
        lines.append(message("belief.mine", **said))
    lines += [
        message("belief.band", scale=b.scale, phrase=b.phrase, low=f"{b.low:g}", high=f"{b.high:g}")
        for b in bands
    ]
    scales = list(dict.fromkeys(b.scale for b in load_bands(course)))
    without = [s for s in scales if s not in {b.scale for b in bands}]
    if without:
        key = "belief.some_without" if bands else "belief.none_has"
        lines.append(message(key, scales=", ".join(without), count=len(without)))
    return lines


def _place(reading: Reading, mine: float) -> str:
    """Return where among the readings a number lies, as the name of its sentence."""
    if reading.q1 <= mine <= reading.q3:
        return "in_half"
    if reading.p5 <= mine <= reading.p95:
        return "in_most"
    return "below_most" if mine < reading.p5 else "above_most"
