"""Pictures, drawn with matplotlib in one style that can be read in black and white.

Every picture stands on a white card, so that it reads alike in a light and a dark notebook. It
comes with a description and with its words, and shows nothing that is not in them. The same values
give the same bytes: no clock and no random names in it. Letters stay letters, set in whatever plain
font the reader has: drawn as lines they would make a picture four times as large and slower.
"""

from __future__ import annotations

import base64
import io
import logging
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

from attrs import frozen

from kit.belief import Band, Bin, Reading
from kit.course import Course

_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#333333",
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "white",
    "font.size": 11,
    "grid.color": "#dddddd",
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "kit",
    "ytick.major.size": 0,
}
_DARK, _MIDDLE, _LIGHT = "#222222", "#777777", "#cfcfcf"
_LABEL = 36  # characters in a line of a label


@frozen(repr=False)
class Picture:
    """A picture with its description, and the words that say the same."""

    svg: str
    alt: str
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def figure(self) -> str:
        """The picture alone as HTML; what it shows has to be said beside it."""
        data = base64.b64encode(self.svg.encode()).decode()
        return (
            '<figure style="margin:.5em 0"><img style="max-width:100%;background:#fff"'
            f' alt="{escape(self.alt)}" src="data:image/svg+xml;base64,{data}"></figure>'
        )

    def _repr_html_(self) -> str:
        return self.figure + "".join(f"<p>{escape(line)}</p>" for line in self.text.splitlines())


@frozen
class Bar:
    """A row of a picture of ranges."""

    label: str
    low: float
    high: float
    mark: float | None = None  #: a dot within the bar
    strong: bool = False  #: stands out from the others


def ranges(course: Course, bars: Sequence[Bar], axis: str) -> Picture:
    """Draw a bar a row from its lowest to its highest value, a diamond where it stands.

    Args:
        course: whose words the description is in.
        bars: at least one, from top to bottom.
        axis: what the numbers are, with their unit.

    """
    with _drawing(0.9 + 0.62 * len(bars)) as (axes, svg):
        for row, bar in enumerate(bars):
            axes.barh(row, bar.high - bar.low, left=bar.low, height=0.42, edgecolor=_DARK,
                      color=_MIDDLE if bar.strong else _LIGHT,
                      hatch=None if bar.strong else "///")  # fmt: skip
            for value, side, way in ((bar.low, "right", -9), (bar.high, "left", 9)):
                axes.annotate(f"{value:.1f}", (value, row), (way, 0), ha=side, va="center",
                              textcoords="offset points")  # fmt: skip
            if bar.mark is not None:
                axes.plot([bar.mark], [row], marker="D", color="black", markeredgecolor="white",
                          markersize=9, zorder=3)  # fmt: skip
        _rows(axes, [bar.label for bar in bars])
        axes.set_xlim(min(0.0, *(bar.low for bar in bars)), max(b.high for b in bars) * 1.12)
        axes.set_xlabel(axis)
    text = "\n".join(
        course.say(
            "pictures.bar" if b.mark is None else "pictures.bar_mark",
            label=b.label,
            low=f"{b.low:.1f}",
            high=f"{b.high:.1f}",
            mark=f"{b.mark or 0:.1f}",
        )
        for b in bars
    )
    alt = course.say("pictures.alt_ranges", axis=axis, text=text)
    return Picture(svg.getvalue(), alt, f"{axis}\n{text}")


def phrase(
    course: Course, reading: Reading, bands: Sequence[Band], mine: float | None, text: str
) -> Picture:
    """Draw how people read a phrase, the learner's own number among them, and official bands.

    Args:
        course: whose words the description is in.
        reading: what people said, in percent.
        bands: what official scales mean by it; may be none.
        mine: the learner's number in percent, if there is one.
        text: what the picture shows, in words.

    """
    people = course.say("pictures.people", people=f"{reading.people:,}")
    labels = [people, *(f"{band.scale}: {band.phrase}" for band in bands)]
    with _drawing(1.5 + 0.5 * len(bands), left=2.3) as (axes, svg):
        axes.plot([reading.p5, reading.p95], [0, 0], color=_DARK, linewidth=2, marker="|",
                  markersize=14, zorder=2)  # fmt: skip
        axes.barh(0, reading.q3 - reading.q1, left=reading.q1, height=0.5, color="white",
                  edgecolor=_DARK, linewidth=1.5, zorder=2)  # fmt: skip
        axes.plot([reading.median] * 2, [-0.25, 0.25], color="black", linewidth=4, zorder=3)
        for row, band in enumerate(bands, 1):
            axes.barh(row, band.high - band.low, left=band.low, height=0.35, color=_LIGHT,
                      hatch="...", edgecolor=_DARK)  # fmt: skip
        _rows(axes, labels)
        axes.set(xlim=(-1, 101), ylim=(len(labels) - 0.5, -0.9), xticks=range(0, 101, 10))
        axes.set_xlabel(course.say("pictures.chance"))
        if mine is not None:
            side, way = ("left", 9) if mine < 80 else ("right", -9)
            axes.axvline(mine, color="black", linestyle="--", linewidth=1.2, zorder=1)
            axes.plot([mine], [-0.62], marker="v", color="black", markersize=10, clip_on=False)
            axes.annotate(course.say("pictures.yours"), (mine, -0.62), (way, 0), ha=side,
                          va="center", textcoords="offset points")  # fmt: skip
    return Picture(svg.getvalue(), course.say("pictures.alt_phrase", text=text), text)


def calibration(course: Course, bins: Sequence[Bin]) -> Picture:
    """Draw the stated chance of each bin against the share that was so; only bins with enough.

    Args:
        course: whose words the picture is in.
        bins: as :func:`kit.belief.calibration` gives them.

    """
    drawn = [b for b in bins if b.enough]
    stated, so = [100 * b.stated for b in drawn], [100 * b.so.value for b in drawn]
    errors = [[100 * (b.so.value - b.so.low) for b in drawn],
              [100 * (b.so.high - b.so.value) for b in drawn]]  # fmt: skip
    level, ticks = course.say("pictures.level"), range(0, 101, 20)
    with _drawing(4.2, 5.0, 0.8) as (axes, svg):
        axes.grid(True, axis="both")
        axes.plot([0, 100], [0, 100], color=_DARK, linestyle="--", linewidth=1.2, label=level)
        axes.errorbar(stated, so, errors, fmt="o", color="black", capsize=5, markersize=8)
        axes.set(xlim=(-2, 102), ylim=(-2, 102), xticks=ticks, yticks=ticks)
        axes.set_xlabel(course.say("pictures.stated"))
        axes.set_ylabel(course.say("pictures.came_true"))
        axes.legend(loc="upper left")
    lines = [
        course.say("pictures.bin" if b.enough else "pictures.bin_few", n=b.so.n, **_percents(b))
        for b in bins
    ]
    text = "\n".join([*lines, course.say("pictures.calibration", level=level)])
    return Picture(svg.getvalue(), course.say("pictures.alt_calibration", text=text), text)


def _percents(b: Bin) -> dict[str, str]:
    shares = {"start": b.start, "end": b.end, "stated": b.stated}
    shares |= {"so": b.so.value, "low": b.so.low, "high": b.so.high}
    return {name: f"{100 * share:.0f}" for name, share in shares.items()}


def _rows(axes: Any, labels: Sequence[str]) -> None:
    """Put a label, broken into lines, at each row, the first row on top."""
    axes.set_yticks(range(len(labels)), ["\n".join(textwrap.wrap(x, _LABEL)) for x in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)


@contextmanager
def _drawing(
    tall: float, wide: float = 7.2, left: float = 2.9
) -> Iterator[tuple[Any, io.StringIO]]:
    """Hand out axes to draw on, and where the drawing is afterwards; sizes in inches.

    The reader's own settings do not show. The room at the left is fixed because finding the best
    one takes longer than drawing.
    """
    # It warns about its caches where there is no home folder; that is no reader's business.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib  # noqa: PLC0415  (slow to import, and most lessons need none)
    from matplotlib.figure import Figure  # noqa: PLC0415

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        figure, svg = Figure(figsize=(wide, tall)), io.StringIO()
        room = (left / wide, 0.62 / tall, 1 - (left + 0.2) / wide, 1 - 0.77 / tall)
        yield figure.add_axes(room), svg
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
