"""Pictures, drawn with matplotlib in one style that can be read in black and white.

Every picture is drawn in greys on a white card, which reads anywhere: on paper, in GitHub's view.
On a page whose theme is known the card is not seen: the page shows through it, and where that is
dark the greys are turned round. It comes with a description and with its words, and shows nothing
that is not in them. The same values give the same bytes: no clock and no random names in it.
Letters stay letters, set in whatever plain font the reader has: drawn as lines they would make a
picture four times as large and slower.
"""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

from attrs import frozen

from kit.course.messages import message
from kit.learner.calibration import Bin

_STYLE: dict[Any, object] = {
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
DARK, MIDDLE, LIGHT = "#222222", "#777777", "#cfcfcf"
_WIDE = 5.2  # inches: on the narrow page of a telephone the letters are still seen
_THEMES = """<style>
[data-jp-theme-light] .kit-picture { mix-blend-mode: darken; }
:is([data-jp-theme-light="false"], .vscode-dark) .kit-picture {
  filter: invert(0.93); mix-blend-mode: lighten; }
@media print { .kit-picture.kit-picture { filter: none; mix-blend-mode: normal; } }
</style>
"""


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
            f'{_THEMES}<figure style="margin:.5em 0"><img class="kit-picture"'
            f' style="max-width:100%" alt="{escape(self.alt)}"'
            f' src="data:image/svg+xml;base64,{data}"></figure>'
        )

    def _repr_html_(self) -> str:
        return self.figure + "".join(f"<p>{escape(line)}</p>" for line in self.text.splitlines())


def calibration(bins: Sequence[Bin]) -> Picture:
    """Draw the stated chance of each bin against the share that was so; only bins with enough.

    Args:
        bins: as :func:`kit.learner.calibration.calibration` gives them.

    """
    lines = []
    stated, so, below, above = [], [], [], []  # of each bin with enough, per cent
    for one in bins:
        shares = {"start": one.start, "end": one.end, "stated": one.stated}
        shares |= {"so": one.so.value, "low": one.so.low, "high": one.so.high}
        values = {name: f"{100 * share:.0f}" for name, share in shares.items()}
        if not one.enough:
            lines.append(message("pictures.bin_few", n=one.so.n, **values))
            continue
        lines.append(message("pictures.bin", n=one.so.n, **values))
        stated.append(100 * one.stated)
        so.append(100 * one.so.value)
        below.append(100 * (one.so.value - one.so.low))
        above.append(100 * (one.so.high - one.so.value))
    level, ticks = message("pictures.level"), range(0, 101, 20)
    with drawing(4.2, 0.8) as (axes, svg):
        axes.grid(True, axis="both")
        axes.plot([0, 100], [0, 100], color=DARK, linestyle="--", linewidth=1.2, label=level)
        axes.errorbar(stated, so, [below, above], fmt="o", color="black", capsize=5, markersize=8)
        axes.set(xlim=(-2, 102), ylim=(-2, 102), xticks=ticks, yticks=ticks)
        axes.set_xlabel(message("pictures.stated"))
        axes.set_ylabel(message("pictures.came_true"))
        axes.legend(loc="upper left")
    text = "\n".join([*lines, message("pictures.calibration", level=level)])
    return Picture(svg.getvalue(), message("pictures.alt_calibration", text=text), text)


@contextmanager
def drawing(tall: float, left: float = 0.2) -> Iterator[tuple[Any, io.StringIO]]:
    """Hand out axes to draw on, and where the drawing is afterwards; sizes in inches.

    The reader's own settings do not show. The room at the left is fixed because finding the best
    one takes longer than drawing.
    """
    # It warns about its caches where there is no home folder, which no reader needs to know.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib  # noqa: PLC0415  (slow to import, and most lessons need none)
    from matplotlib.figure import Figure  # noqa: PLC0415

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        figure, svg = Figure(figsize=(_WIDE, tall)), io.StringIO()
        room = (left / _WIDE, 0.62 / tall, 1 - (left + 0.2) / _WIDE, 1 - 0.77 / tall)
        yield figure.add_axes(room), svg
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
