"""`kit.heard`: a phrase such as "might", what people take it to mean, and what scales say."""

from __future__ import annotations

from pathlib import Path

from kit.course.course import Course, find_course
from kit.course.html import template
from kit.course.messages import KitError, each_in_digits, in_digits, message
from kit.instruments import charts
from kit.instruments.evidence_table import source_line
from kit.instruments.readings import Band, Reading, bands_of, find_reading, load_bands
from kit.learner.record import record_of, record_path
from kit.notebook.live import LivePage
from kit.notebook.output import Page, errors_as_text, notice
from kit.questions.bank import find_question
from kit.questions.base import is_number

_HERE = Path(__file__).parent


@errors_as_text
def heard(phrase: str, *, mine: float | None = None, item: str = "") -> LivePage | Page:
    """Show how thousands of people read a phrase as a chance, and what official scales say.

    Args:
        phrase: for example ``might`` or ``Likely``.
        mine: one's own number, 0 to 100.
        item: a question whose kept answer is one's own number, for example ``how-sure/might``.
            Before it has one, nothing is shown that could change it.

    """
    course = find_course()
    reading = find_reading(course, phrase)
    if not item:
        return _heard_page(course, reading, mine)
    sheet, question = find_question(course, item)

    def page() -> Page:
        given = record_of(course, sheet).value(question)
        if given is None:
            return notice(message("belief.not_yet"))
        return _heard_page(course, reading, given)

    return LivePage(course, page, path=record_path(course, sheet))


def _heard_page(course: Course, reading: Reading, given: object) -> Page:
    """Return how people read a phrase, with the learner's own number where one is given."""
    mine = None
    if given is not None:
        if not is_number(given) or not 0 <= given <= 100:
            raise KitError(message("belief.percent", value=given))
        mine = given
    bands = bands_of(course, reading.phrase)
    lines = _lines(course, reading, bands, mine)
    picture = charts.phrase(reading, bands, mine, "\n".join(lines))
    sources = [source_line(course, reading.record)]
    for band in bands:
        source = source_line(course, band.record)
        if source not in sources:
            sources.append(source)
    html = template(_HERE / "heard.html.j2", lines=lines, sources=sources, figure=picture.figure)
    return Page("\n".join([*lines, *sources]), html)


def _lines(
    course: Course, reading: Reading, bands: tuple[Band, ...], mine: float | None
) -> list[str]:
    shares = {"p5": reading.p5, "q1": reading.q1, "median": reading.median}
    shares |= {"q3": reading.q3, "p95": reading.p95}
    told = {"phrase": reading.phrase, "people": in_digits(reading.people, ",")}
    lines = [message("belief.heard", **told, **each_in_digits("g", **shares))]
    if mine is not None:
        lines.append(message("belief.mine", mine=in_digits(mine, "g"), where=_where(reading, mine)))
    for band in bands:
        limits = each_in_digits("g", low=band.low, high=band.high)
        lines.append(message("belief.band", scale=band.scale, phrase=band.phrase, **limits))
    without = dict.fromkeys(band.scale for band in load_bands(course))
    for band in bands:
        without.pop(band.scale, None)
    key = "belief.none_has"
    if bands:
        key = "belief.some_without"
    if without:
        lines.append(message(key, scales=", ".join(without), count=len(without)))
    return lines


def _where(reading: Reading, mine: float) -> str:
    """Return in words where a number is among the readings."""
    if reading.q1 <= mine <= reading.q3:
        return message("belief.in_half")
    if reading.p5 <= mine <= reading.p95:
        return message("belief.in_most")
    if mine < reading.p5:
        return message("belief.below_most")
    return message("belief.above_most")
