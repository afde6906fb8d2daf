"""The instruments' pictures: ranges, and how people read a phrase."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from kit.course.messages import each_in_digits, in_digits, message
from kit.instruments.readings import Band, Reading
from kit.notebook.charts import DARK, LIGHT, MIDDLE, Picture, drawing

_LABEL = 58  # characters in a line of a label


@frozen
class Bar:
    """A row of a picture of ranges."""

    label: str
    low: float
    high: float
    mark: float | None = None  #: a dot within the bar
    strong: bool = False  #: stands out from the others


def ranges(bars: Sequence[Bar], axis: str) -> Picture:
    """Draw a bar a row from its lowest to its highest value, a diamond at its mark.

    Args:
        bars: at least one, from top to bottom.
        axis: what the numbers are, with their unit.

    """
    with drawing(0.9 + 0.9 * len(bars)) as (axes, svg):
        for row, bar in enumerate(bars):
            filling = {"color": LIGHT, "hatch": "///"}
            if bar.strong:
                filling = {"color": MIDDLE}
            width = bar.high - bar.low
            axes.barh(row, width, left=bar.low, height=0.32, edgecolor=DARK, **filling)
            for value, side, way in ((bar.low, "right", -9), (bar.high, "left", 9)):
                axes.annotate(in_digits(value, ".1f"), (value, row), (way, 0), ha=side, va="center",
                              textcoords="offset points")  # fmt: skip
            if bar.mark is not None:
                axes.plot([bar.mark], [row], marker="D", color="black", markeredgecolor="white",
                          markersize=9, zorder=3)  # fmt: skip
        _label_rows(axes, [bar.label for bar in bars], above=0.22)
        lowest, highest = min(bar.low for bar in bars), max(bar.high for bar in bars)
        axes.set_xlim(min(0.0, lowest), highest * 1.12)
        axes.set_xlabel(axis)
    lines = []
    for bar in bars:
        key = "pictures.bar_mark"
        if bar.mark is None:
            key = "pictures.bar"
        numbers = each_in_digits(".1f", low=bar.low, high=bar.high, mark=bar.mark or 0.0)
        lines.append(message(key, label=bar.label, **numbers))
    text = "\n".join(lines)
    alt = message("pictures.alt_ranges", axis=axis, text=text)
    return Picture(svg.getvalue(), alt, f"{axis}\n{text}")


def phrase(reading: Reading, bands: Sequence[Band], mine: float | None, text: str) -> Picture:
    """Draw how people read a phrase, the learner's own number among them, and official bands.

    Args:
        reading: what people said, in percent.
        bands: what official scales mean by it; may be none.
        mine: the learner's number in percent, if there is one.
        text: what the picture shows, in words.

    """
    people = message("pictures.people", people=in_digits(reading.people, ","))
    labels = [people, *(f"{band.scale}: {band.phrase}" for band in bands)]
    with drawing(1.9 + 0.65 * len(bands)) as (axes, svg):
        axes.plot([reading.p5, reading.p95], [0, 0], color=DARK, linewidth=2, marker="|",
                  markersize=14, zorder=2)  # fmt: skip
        axes.barh(0, reading.q3 - reading.q1, left=reading.q1, height=0.5, color="white",
                  edgecolor=DARK, linewidth=1.5, zorder=2)  # fmt: skip
        axes.plot([reading.median] * 2, [-0.25, 0.25], color="black", linewidth=4, zorder=3)
        for row, band in enumerate(bands, 1):
            axes.barh(row, band.high - band.low, left=band.low, height=0.35, color=LIGHT,
                      hatch="...", edgecolor=DARK)  # fmt: skip
        _label_rows(axes, labels, above=0.3)
        axes.set(xlim=(-1, 101), ylim=(len(labels) - 0.5, -0.9), xticks=range(0, 101, 10))
        axes.set_xlabel(message("pictures.chance"))
        if mine is not None:
            side, way = "left", 9
            if mine >= 80:  # at the right there is no room for a word
                side, way = "right", -9
            axes.axvline(mine, color="black", linestyle="--", linewidth=1.2, zorder=1)
            axes.plot([mine], [-0.62], marker="v", color="black", markersize=10, clip_on=False)
            axes.annotate(message("pictures.yours"), (mine, -0.62), (way, 0), ha=side,
                          va="center", textcoords="offset points")  # fmt: skip
    return Picture(svg.getvalue(), message("pictures.alt_phrase", text=text), text)


def _label_rows(axes: Any, labels: Sequence[str], above: float) -> None:
    """Put a label, broken into lines, above the bar of each row, the first row on top.

    Args:
        axes: where the bars are.
        labels: one a row.
        above: from the middle of a row up to its label, as a share of the row.

    """
    for row, label in enumerate(labels):
        lines = "\n".join(textwrap.wrap(label, _LABEL))
        axes.text(0, row - above, lines, transform=axes.get_yaxis_transform(), va="bottom")
    axes.set_yticks([])
    axes.set_ylim(len(labels) - 0.5, -0.75)
