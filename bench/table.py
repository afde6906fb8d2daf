"""One row of the results, and the table that all rows make."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from time import perf_counter

from attrs import frozen


@frozen
class Row:
    """One thing measured, beside what it is measured against."""

    what: str
    ours: str  #: with its unit
    against: str  #: what the peer is
    theirs: str  #: with its unit; empty where there is none
    ratio: str
    aim: str = ""
    note: str = ""  #: what was not like for like


def seconds(call: Callable[[], object], rounds: int) -> float:
    """Return the median time of ``call`` in seconds over ``rounds`` runs, after one to warm up."""
    call()
    times = []
    for _ in range(rounds):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return statistics.median(times)


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    heads = ("what", "ours", "against", "theirs", "ratio", "aim", "not like for like")
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    for row in rows:
        cells = (row.what, row.ours, row.against, row.theirs, row.ratio, row.aim, row.note)
        lines.append("| " + " | ".join(c.replace("|", "/") for c in cells) + " |")
    return "\n".join(lines)


def ms_row(
    what: str, ours: list[float], against: str, theirs: list[float], aim: str, note: str
) -> Row:
    """Return a row of two medians in milliseconds."""
    return _row(what, ours, against, theirs, aim, note, unit="ms", digits=1)


def s_row(
    what: str, ours: list[float], against: str, theirs: list[float], aim: str, note: str
) -> Row:
    """Return a row of two medians in seconds."""
    return _row(what, ours, against, theirs, aim, note, unit="s", digits=2)


def _row(  # noqa: PLR0913
    what: str,
    ours: list[float],
    against: str,
    theirs: list[float],
    aim: str,
    note: str,
    *,
    unit: str,
    digits: int,
) -> Row:
    one, other = statistics.median(ours), statistics.median(theirs)
    return Row(
        what=what,
        ours=f"{one:.{digits}f} {unit}",
        against=against,
        theirs=f"{other:.{digits}f} {unit}",
        ratio=f"{one / other:.2f}",
        aim=aim,
        note=f"{note}; n = {len(ours)}, {spread(ours)} beside {spread(theirs)}",
    )


def spread(times: list[float]) -> str:
    """Return between which times the middle half of them lies."""
    low, _, high = statistics.quantiles(times, n=4)
    return f"middle half {low:.3g}–{high:.3g}"
