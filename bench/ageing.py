"""How long it takes, when a slider of ``kit.age(..., live=True)`` moves, to make its picture."""

from __future__ import annotations

import io
from itertools import cycle

from bench.table import Row, seconds
from kit.course.course import load_course
from kit.course.messages import CONTENT
from kit.instruments import charts
from kit.instruments.age.calls import LiveAge
from kit.instruments.age.estimates import find_estimate
from kit.notebook.output import Page

BARS = [
    charts.Bar("All recipes, under these assumptions", 16.5, 56.3, strong=True),
    charts.Bar("The same money, raised by consumer prices", 52.0, 56.3, 56.3),
    charts.Bar("A sum in rials, unchanged", 14.9, 27.3, 16.5),
    charts.Bar("A sum in rials, raised by consumer prices", 40.9, 74.9, 45.4),
]


def _pyplot_png() -> bytes:
    """Draw the same bars as most notebooks would: pyplot, its own style, PNG."""
    import matplotlib  # noqa: PLC0415

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7.2, 3.4), layout="constrained")
    for row, bar in enumerate(BARS):
        axes.barh(row, bar.high - bar.low, left=bar.low, hatch="///", edgecolor="black")
        axes.annotate(f"{bar.low:.1f}", (bar.low, row), ha="right")
        axes.annotate(f"{bar.high:.1f}", (bar.high, row), ha="left")
        if bar.mark is not None:
            axes.plot([bar.mark], [row], marker="D")
    axes.set_yticks(range(len(BARS)), [bar.label for bar in BARS])
    out = io.BytesIO()
    figure.savefig(out, format="png")
    plt.close(figure)
    return out.getvalue()


def rows() -> list[Row]:
    """Return the time of a move in the kernel, and of its picture beside pyplot's."""
    course = load_course(CONTENT, CONTENT)
    part = find_estimate(course, "95-billion/real-estate")
    live = LiveAge(course, part, "2013", Page("", ""))
    turn = cycle(range(len(live.controls[-1]["choices"])))

    def move() -> None:
        live.chosen = {**live.chosen, "later": next(turn)}

    ours, theirs = (
        seconds(lambda: charts.ranges(BARS, "billion US dollars"), 30),
        seconds(_pyplot_png, 30),
    )
    size = len(charts.ranges(BARS, "billion US dollars").svg)
    moved = seconds(move, 50)
    return [
        Row(
            "a slider of kit.age moves, until the kernel has sent the new picture",
            f"{1000 * moved:.0f} ms",
            "the aim",
            "50 ms",
            f"{moved / 0.05:.2f}",
            "below 1",
            "the kernel's work; the way to the page and its drawing come on top",
        ),
        Row(
            "a picture of four ranges",
            f"{1000 * ours:.0f} ms, {size / 1000:.0f} kB",
            "pyplot, its own style, PNG",
            f"{1000 * theirs:.0f} ms, {len(_pyplot_png()) / 1000:.0f} kB",
            f"{ours / theirs:.2f}",
            "below 1",
            "ours is SVG, with fixed margins",
        ),
    ]
