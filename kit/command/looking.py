"""``kit look``: a text through the lenses. It starts without what the other commands import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from kit.command.frame import command, main, option
from kit.course.article import Article, read_text
from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.lenses.look import look_line, mark_text

__all__ = ["main"]


@command(
    option("file", type=Path, nargs="?"),
    option("--date", default=""),
    option("--jsonl", action="store_true"),
)
def _look(course: Course, options: argparse.Namespace) -> int:
    if options.jsonl:
        lines = read_text(options.file).split("\n") if options.file else sys.stdin
        return _look_at_lines(course, lines)
    if options.file is None:
        raise KitError(message("lens.no_file"))
    print(mark_text(course, Article.from_file(options.file), options.date))
    return 0


def _look_at_lines(course: Course, lines: Iterable[str]) -> int:
    """Answer each line; of one that cannot be read say so, and go on."""
    faults = 0
    for n, line in enumerate(lines, 1):
        if line.strip():
            try:
                print(look_line(course, line))
            except KitError as fault:
                print(message("lens.in_line", n=n, fault=fault), file=sys.stderr)
                faults += 1
    return min(faults, 1)
