"""Pictures for the class report: SVG of our own, which the pages' style colours.

Each has a title and a description, and shows nothing that the page does not also say in words or
in a table. Only short words are in a picture, for letters in it do not wrap. What comes and goes is
in shares: from 0 to 1, or from -1 to 1.
"""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from kit.course.messages import message
from kit.grading import pages
from kit.learner.calibration import Bin, Measure

MOST_DRAWN = 300  #: learners that are drawn each; of more, a dot or a column stands for several
#: What an answer earned, from all to nothing, and what has no credit: classes of the style.
SHADES = ("all", "most", "some", "none", "blank", "waiting")
_GOLDEN = math.pi * (3 - math.sqrt(5))  # turned by it each time, dots lie evenly as in a sunflower
_NAMED = 40  # learners whose names have room above the heat map
_NAME = 16  # characters of a name there


def shade(credit: float) -> str:
    """Return the class of a credit from 0 to 1."""
    if credit == 1:
        return "all"
    if credit >= 0.5:
        return "most"
    if credit > 0:
        return "some"
    return "none"


def several(learners: int) -> int:
    """Return how many learners one dot or one column stands for."""
    return math.ceil(learners / MOST_DRAWN) or 1


def _tag(name: str, *inside: str, **attributes: object) -> Markup:
    """Return an element; everything in it and on it is escaped, ``class_`` is its class."""
    written = []
    for key, value in attributes.items():
        shown = f"{value:.1f}" if isinstance(value, float) else value
        written.append(Markup(' {}="{}"').format(key.strip("_").replace("_", "-"), shown))
    parts = (name, Markup().join(written), Markup().join(inside), name)
    return Markup("<{}{}>{}</{}>").format(*parts)


def _picture(wide: float, tall: float, title: str, about: str, *inside: str) -> Markup:
    words = (_tag("title", title), _tag("desc", about))
    box = f"0 0 {wide:.0f} {tall:.0f}"
    return _tag("svg", *words, *inside, class_="picture", role="img", viewBox=box)


def _text(x: float, y: float, text: str, **attributes: object) -> Markup:
    return _tag("text", text, x=x, y=y, **attributes)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return _tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def bar(parts: Iterable[tuple[float, str]]) -> Markup:
    """Return a bar as wide as the room it is given. What it shows has to be said beside it.

    Args:
        parts: the share of the bar that each part takes, and its class.

    """
    rects, x = [], 0.0
    for share, kind in parts:
        if share:
            # So many digits that a thousand thin parts do not add up to another length.
            rects.append(_tag("rect", x=f"{x:.3f}", width=f"{100 * share:.3f}", y=0, height=10,
                              class_=kind))  # fmt: skip
            x += 100 * share
    return _strip(*rects)


def _strip(*inside: Markup) -> Markup:
    look = {"class_": "bar", "viewBox": "0 0 100 10", "preserveAspectRatio": "none"}
    return _tag("svg", *inside, aria_hidden="true", **look)


def diamond(
    places: Mapping[tuple[float, float], int],
    step: float,
    mean: tuple[Measure, Measure] | None,
    about: str,
) -> Markup:
    """Draw a dot for each learner: leaning from left to right, telling apart from below to above.

    Nobody can be outside of a diamond: whoever tells all apart leans nowhere.

    Args:
        places: how many learners are at each leaning and telling apart, both from -1 to 1.
        step: how far two neighbouring places are apart.
        mean: the class's leaning and telling apart, with their ranges.
        about: what it shows, in words.

    """
    middle, across, radius = 208.0, 320.0, 160.0

    def at(leaning: float, apart: float) -> tuple[float, float]:
        return across + radius * leaning, middle - radius * apart

    corners = [at(0, 1), at(1, 0), at(0, -1), at(-1, 0)]
    edge = " ".join(f"{x:.0f},{y:.0f}" for x, y in corners)
    drawn = [
        _tag("polygon", points=edge, class_="edge"),
        _line(*at(0, 1), *at(0, -1), "grid"),
        _line(*at(-1, 0), *at(1, 0), "grid"),
        _text(across, 20, message("report.corner_apart"), class_="name"),
        _text(across, 400, message("report.corner_turned"), class_="name"),
        *_corner(75, middle, message("report.corner_trust")),
        *_corner(565, middle, message("report.corner_distrust")),
    ]
    each = several(sum(places.values()))
    crowd = max(places.values(), default=1) / each
    apart = min(15.0, 0.48 * radius * step / math.sqrt(crowd))
    for place, learners in places.items():
        x, y = at(*place)
        for n in range(math.ceil(learners / each)):
            out, turn = apart * math.sqrt(n), n * _GOLDEN
            center = {"cx": x + out * math.cos(turn), "cy": y + out * math.sin(turn)}
            drawn.append(_tag("circle", **center, r=0.46 * apart, class_="dot"))
    if mean:
        leaning, telling = mean
        x, y = at(leaning.value, telling.value)
        drawn.append(_line(at(leaning.low, 0)[0], y, at(leaning.high, 0)[0], y, "range"))
        drawn.append(_line(x, at(0, telling.low)[1], x, at(0, telling.high)[1], "range"))
    return _picture(640, 412, message("report.dots_title"), about, *drawn)


def _corner(x: float, y: float, name: str) -> list[Markup]:
    """Write a corner's name in short lines."""
    lines = textwrap.wrap(name, 13)
    top = y - 11 * (len(lines) - 1) + 6
    return [_text(x, top + 22 * n, line, class_="name") for n, line in enumerate(lines)]


def heat_map(
    learners: Sequence[tuple[str, Sequence[str]]],
    numbers: Sequence[int],
    about: str,
    *,
    names: bool,
) -> Markup:
    """Draw a column for each learner and a row for each question.

    Args:
        learners: of each, the name and the class of each answer, in the questions' order.
        numbers: of the questions.
        about: what it shows, in words.
        names: write the learners' names above, where there is room.

    """
    left, top, tall = 40.0, 6.0, 22.0
    wide = min(44.0, 590 / max(1, len(learners)))
    drawn: list[Markup] = []
    if names and len(learners) <= _NAMED:
        top = 140.0
        for n, (name, _) in enumerate(learners):
            turn = f"translate({left + (n + 0.6) * wide:.1f} {top - 6:.0f}) rotate(-90)"
            drawn.append(_tag("text", pages.shortened(name, _NAME), transform=turn, class_="who"))
    # One path for each class: a class of 300 has thousands of cells.
    paths: dict[str, str] = defaultdict(str)
    filled = 0.92 * wide
    for n, (_, kinds) in enumerate(learners):
        for row, kind in enumerate(kinds):
            x, y = left + n * wide, top + row * tall
            paths[kind] += f"M{x:.1f} {y:.0f}h{filled:.1f}v{tall - 2:.0f}h-{filled:.1f}z"
    for kind, cells in paths.items():
        drawn.append(_tag("path", d=cells, class_=kind))
    for row, number in enumerate(numbers):
        drawn.append(_text(left - 20, top + row * tall + 16, str(number), class_="number"))
    bottom = top + len(numbers) * tall + 4
    return _picture(640, bottom, message("report.heat_title"), about, *drawn)


def calibration(bins: Sequence[Bin], about: str) -> Markup:
    """Draw how sure learners were against how many were right; only bins with enough answers."""
    left, bottom, size = 70.0, 330.0, 300.0
    drawn = [_line(left, bottom, left + size, bottom - size, "dashed")]
    for tick in range(0, 101, 25):
        x, y = left + size * tick / 100, bottom - size * tick / 100
        drawn.append(_line(x, bottom, x, bottom - size, "grid"))
        drawn.append(_line(left, y, left + size, y, "grid"))
        drawn.append(_text(x, bottom + 22, str(tick), class_="number"))
        drawn.append(_text(left - 22, y + 6, str(tick), class_="number"))
    for one in bins:
        if one.enough:
            x, low, high = left + size * one.stated, size * one.so.low, size * one.so.high
            drawn.append(_line(x, bottom - low, x, bottom - high, "range"))
            drawn.append(_tag("circle", cx=x, cy=bottom - size * one.so.value, r=7, class_="dot"))
    turned = f"translate(18 {bottom - size / 2:.0f}) rotate(-90)"
    drawn.append(_text(left + size / 2, bottom + 48, message("report.said"), class_="number"))
    drawn.append(_tag("text", message("report.were_right"), transform=turned, class_="number"))
    return _picture(400, 390, message("report.sure_head"), about, *drawn)


def interval(found: Measure) -> Markup:
    """Draw a figure from -1 to 1 with its range, on a line with its middle marked."""
    low, high = 50 + 50 * max(-1.0, found.low), 50 + 50 * min(1.0, found.high)
    mark = _tag("rect", x=50 + 50 * found.value - 0.8, width=1.6, y=0, height=10, class_="all")
    middle = _tag("rect", x=49.8, width=0.4, y=0, height=10, class_="middle")
    span = _tag("rect", x=low, width=max(0.0, high - low), y=3, height=4, class_="some")
    return _strip(middle, span, mark)
