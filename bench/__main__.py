"""``python -m bench [NAME ...]``: run the benchmarks, print one table, write it to RESULTS.md.

Every other module here with a function ``rows()`` is a benchmark. With names only those are run and
nothing is written.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.table import Row, markdown

HERE = Path(__file__).parent
SHOWN = ("anywidget", "ipywidgets", "jupyterlab", "pandas", "attrs")


def main(names: list[str]) -> None:
    """Run the benchmarks called ``names``, or all of them."""
    every = sorted(
        p.stem for p in HERE.glob("*.py") if p.stem not in ("__init__", "__main__", "table")
    )
    rows: list[Row] = []
    for name in names or every:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += import_module(f"bench.{name}").rows()
    text = markdown(rows)
    print(text)
    if not names:
        (HERE / "RESULTS.md").write_text(f"{_head()}\n\n{text}\n", encoding="utf-8")


def _head() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    return (
        "# What was measured\n\n"
        "Made by `make bench`; medians, both sides in one run on one machine. Ratios carry over to "
        "another machine, times do not.\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; {versions}."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
