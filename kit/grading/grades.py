"""``kit grades``: one table over all exercises, from the ``marks.csv`` of each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from kit.course.messages import KitError, message
from kit.grading import tables
from kit.grading.roster import Pupil, Roster
from kit.grading.tables import Row, as_written, tidy

_NEEDED = {"learner", "name", "sheet", "final", "out_of"}
_WHO = ("learner", "name")
_SUMS = ("percent", "percent_of_handed_in", "handed_in", "not_final")


def write_grades(
    folders: Sequence[Path], weights: Mapping[str, float], path: Path, roster: Roster | None = None
) -> int:
    """Write a table with a row a learner and a column an exercise, in per cent.

    Args:
        folders: where ``kit grade`` has written ``marks.csv``.
        weights: by the id of an exercise, how much it counts; 1 where nothing is said.
        path: the table.
        roster: the class list: who has handed in nothing is in the table too, and an exercise that
            somebody is excused from does not count for them.

    Returns:
        How many learners are in it.

    Raises:
        KitError: where there is no such table, or a weight is for no exercise in it, or one learner
            has two marks for an exercise.

    """
    roster = roster or Roster()
    named: dict[str, tuple[str, str]] = {}
    shares: dict[str, dict[str, float | None]] = defaultdict(dict)  #: None: not final
    for folder in folders:
        if not (folder / "marks.csv").is_file():
            raise KitError(message("grades.no_marks", folder=folder))
        for row in tables.read(folder / "marks.csv", _NEEDED, "grade.no_heading"):
            code, name = as_written(row["learner"]), as_written(row["name"])
            # Where there was a class list, one who typed the code in two ways is one learner.
            who = (name or code).casefold()
            if pupil := roster.match(code) or roster.match(name):
                code, who = pupil.code or code, _label(pupil)
            named.setdefault(who, (code, name))
            if row["sheet"] in shares[who]:
                raise KitError(message("grades.twice", learner=name or code, sheet=row["sheet"]))
            final = tables.number(row["final"], math.inf)
            most = tables.number(row["out_of"], math.inf)
            shares[who][row["sheet"]] = final / most if final is not None and most else None
    sheets = sorted({sheet for of_learner in shares.values() for sheet in of_learner})
    for sheet in weights:
        if sheet not in sheets:
            raise KitError(message("grades.no_sheet", sheet=sheet, known=", ".join(sheets)))
    all_weights = dict.fromkeys(sheets, 1.0) | dict(weights)
    weights_of: dict[str, dict[str, float]] = defaultdict(lambda: all_weights)
    for pupil in roster.pupils:
        who = _label(pupil)
        named.setdefault(who, (pupil.code, pupil.name))
        excused = {sheet for sheet in sheets if pupil.is_excused(sheet)} - shares[who].keys()
        weights_of[who] = {sheet: all_weights[sheet] for sheet in sheets if sheet not in excused}
    rows = []
    for who, of_learner in sorted(shares.items()):
        rows.append(_row(named[who], of_learner, weights_of[who]))
    tables.write(path, (*_WHO, *sheets, *_SUMS), rows)
    return len(rows)


def _label(pupil: Pupil) -> str:
    """Return what tells one row of the class list from another of the same name."""
    return pupil.label.casefold()


def _row(
    who: tuple[str, str], shares: Mapping[str, float | None], weights: Mapping[str, float]
) -> Row:
    """Return a learner's row; nothing is said in all as long as something is not final."""
    row: Row = {**dict(zip(_WHO, who, strict=True)), "handed_in": len(shares)}
    final = {sheet: share for sheet, share in shares.items() if share is not None}
    row |= {sheet: tidy(100 * share) for sheet, share in final.items()}
    row["not_final"] = len(shares) - len(final)
    earned = sum(weights[sheet] * share for sheet, share in final.items())
    handed_in = sum(weights[sheet] for sheet in final)
    if not row["not_final"] and weights:
        row["percent"] = tidy(100 * earned / sum(weights.values()))
    if not row["not_final"] and handed_in:
        row["percent_of_handed_in"] = tidy(100 * earned / handed_in)
    return row
