"""Pictures, drawn with matplotlib in one style that can be read in black and white.

Every picture stands on a white card, so that it reads alike in a light and a dark notebook. It
comes with a description and with its words, and shows nothing that is not in them. The same values
give the same bytes: no clock and no random names in it, and letters drawn as lines, so that no font
is needed.
"""

from __future__ import annotations

import base64
import io
import logging
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from attrs import frozen

from kit.belief import Band, Bin, Reading
from kit.course import Course

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#333333",
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans"],  # comes with matplotlib
    "font.size": 11,
    "grid.color": "#dddddd",
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "kit",
    "ytick.major.size": 0,
}
_DARK, _LIGHT = "#222222", "#cfcfcf"
_WIDE = 7.2  # inches
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


def ranges(course: Course, bars: Sequence[Bar], axis: str) -> Picture:
    """Draw a bar a row from its lowest to its highest value, a dot where it stands.

    Args:
        course: whose words the description is in.
        bars: at least one, from top to bottom.
        axis: what the numbers are, with their unit.

    """
    text = "\n".join(
        course.say("pictures.bar", label=b.label, low=f"{b.low:.1f}", high=f"{b.high:.1f}")
        if b.mark is None
        else course.say(
            "pictures.bar_mark",
            label=b.label,
            low=f"{b.low:.1f}",
            high=f"{b.high:.1f}",
            mark=f"{b.mark:.1f}",
        )
        for b in bars
    )
    with _styled():
        figure = _ranges_figure(bars, axis)
        svg = _svg(figure)
    return Picture(svg, course.say("pictures.alt_ranges", axis=axis, text=text), f"{axis}\n{text}")


def _ranges_figure(bars: Sequence[Bar], axis: str) -> Figure:
    figure, axes = _canvas(0.9 + 0.62 * len(bars))
    for row, bar in enumerate(bars):
        axes.barh(row, bar.high - bar.low, left=bar.low, height=0.42, color=_LIGHT, hatch="///",
                  edgecolor=_DARK, linewidth=1)  # fmt: skip
        for value, side in ((bar.low, "right"), (bar.high, "left")):
            axes.annotate(f"{value:.1f}", (value, row), (-9 if side == "right" else 9, 0),
                          textcoords="offset points", ha=side, va="center")  # fmt: skip
        if bar.mark is not None:
            axes.plot([bar.mark], [row], marker="D", color="black", markeredgecolor="white",
                      markersize=9, zorder=3)  # fmt: skip
    _rows(axes, [bar.label for bar in bars])
    most = max(bar.high for bar in bars)
    axes.set_xlim(min(0.0, *(bar.low for bar in bars)), most * 1.12)
    axes.set_xlabel(axis)
    return figure


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
    labels = [course.say("pictures.people", people=f"{reading.people:,}")]
    labels += [f"{band.scale}: {band.phrase}" for band in bands]
    yours = course.say("pictures.yours")
    with _styled():
        figure = _phrase_figure(
            reading, bands, mine, (labels, yours, course.say("pictures.chance"))
        )
        svg = _svg(figure)
    return Picture(svg, course.say("pictures.alt_phrase", text=text), text)


def _phrase_figure(
    reading: Reading,
    bands: Sequence[Band],
    mine: float | None,
    words: tuple[list[str], str, str],
) -> Figure:
    labels, yours, axis = words
    figure, axes = _canvas(1.5 + 0.5 * len(bands), left=2.3)
    axes.plot([reading.p5, reading.p95], [0, 0], color=_DARK, linewidth=2, marker="|",
              markersize=14, zorder=2)  # fmt: skip
    axes.barh(0, reading.q3 - reading.q1, left=reading.q1, height=0.5, color="white",
              edgecolor=_DARK, linewidth=1.5, zorder=2)  # fmt: skip
    axes.plot([reading.median] * 2, [-0.25, 0.25], color="black", linewidth=4, zorder=3)
    for row, band in enumerate(bands, 1):
        axes.barh(row, band.high - band.low, left=band.low, height=0.35, color=_LIGHT, hatch="...",
                  edgecolor=_DARK)  # fmt: skip
    if mine is not None:
        axes.axvline(mine, color="black", linestyle="--", linewidth=1.2, zorder=1)
        axes.plot([mine], [-0.62], marker="v", color="black", markersize=10, clip_on=False)
        axes.annotate(yours, (mine, -0.62), (9 if mine < 80 else -9, 0),
                      textcoords="offset points", va="center",
                      ha="left" if mine < 80 else "right")  # fmt: skip
    _rows(axes, labels)
    axes.set_ylim(len(labels) - 0.5, -0.9)
    axes.set_xlim(-1, 101)
    axes.set_xticks(range(0, 101, 10))
    axes.set_xlabel(axis)
    return figure


def calibration(course: Course, bins: Sequence[Bin]) -> Picture:
    """Draw the stated chance of each bin against the share that was so; only bins with enough.

    Args:
        course: whose words the picture is in.
        bins: as :func:`kit.belief.calibration` gives them.

    """
    drawn = [b for b in bins if b.enough]
    sentences = [
        course.say(
            "pictures.bin" if b.enough else "pictures.bin_few",
            start=_percent(b.start),
            end=_percent(b.end),
            stated=_percent(b.stated),
            so=_percent(b.so.value),
            low=_percent(b.so.low),
            high=_percent(b.so.high),
            n=b.so.n,
        )
        for b in bins
    ]
    words = [course.say(f"pictures.{key}") for key in ("stated", "came_true", "level")]
    text = "\n".join([*sentences, course.say("pictures.calibration", level=words[2])])
    with _styled():
        svg = _svg(_calibration_figure(drawn, words))
    return Picture(svg, course.say("pictures.alt_calibration", text=text), text)


def _calibration_figure(bins: Sequence[Bin], words: Sequence[str]) -> Figure:
    figure, axes = _canvas(4.2, 5.0, 0.8)
    axes.grid(True, axis="both")
    axes.plot([0, 100], [0, 100], color=_DARK, linestyle="--", linewidth=1.2, label=words[2])
    shares = [100 * b.so.value for b in bins]
    errors = [
        [s - 100 * b.so.low for s, b in zip(shares, bins, strict=True)],
        [100 * b.so.high - s for s, b in zip(shares, bins, strict=True)],
    ]
    axes.errorbar([100 * b.stated for b in bins], shares, errors, fmt="o", color="black",
                  capsize=5, markersize=8)  # fmt: skip
    axes.set(xlim=(-2, 102), ylim=(-2, 102), xlabel=words[0], ylabel=words[1])
    axes.set_xticks(range(0, 101, 20))
    axes.set_yticks(range(0, 101, 20))
    axes.legend(loc="upper left")
    return figure


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _rows(axes: Any, labels: Sequence[str]) -> None:
    """Put a label, broken into lines, at each row, the first row on top."""
    axes.set_yticks(range(len(labels)), ["\n".join(textwrap.wrap(x, _LABEL)) for x in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _canvas(tall: float, wide: float = _WIDE, left: float = 2.9) -> tuple[Figure, Any]:
    """Return an empty picture; sizes and the room for labels at the left in inches.

    The room is fixed because finding the best one takes longer than drawing.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(wide, tall))
    room = (left / wide, 0.62 / tall, 1 - (left + 0.2) / wide, 1 - 0.77 / tall)
    return figure, figure.add_axes(room)


@contextmanager
def _styled() -> Iterator[None]:
    """Draw in the kit's style alone, whatever the reader's own settings are."""
    # It warns about its caches where there is no home folder; that is no reader's business.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib  # noqa: PLC0415  (slow to import, and most lessons need none)

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
