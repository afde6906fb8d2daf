"""``kit grades``: one table over all exercises, from the ``marks.csv`` of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import define, field

from kit.course.messages import KitError, message
from kit.grading import tables
from kit.grading.tables import Row, as_written, tidy

_NEEDED = {"learner", "name", "sheet", "final", "out_of"}
_WHO = ("learner", "name")
_SUMS = ("percent", "percent_of_handed_in", "handed_in", "not_final")


@define
class _Learner:
    """What one learner has earned."""

    code: str
    name: str
    shares: dict[str, float | None] = field(factory=dict)  #: by exercise; None: not final

    def row(self, weights: Mapping[str, float]) -> Row:
        """Return the learner's row; nothing is said in all as long as something is not final."""
        row: Row = {"learner": self.code, "name": self.name, "handed_in": len(self.shares)}
        earned = handed_in = 0.0
        waiting = 0
        for sheet, share in self.shares.items():
            if share is None:
                waiting += 1
                continue
            row[sheet] = tidy(100 * share)
            earned += weights[sheet] * share
            handed_in += weights[sheet]
        row["not_final"] = waiting
        if not waiting and handed_in:
            row["percent"] = tidy(100 * earned / sum(weights.values()))
            row["percent_of_handed_in"] = tidy(100 * earned / handed_in)
        return row


def write_grades(folders: Sequence[Path], weights: Mapping[str, float], path: Path) -> int:
    """Write a table with a row a learner and a column an exercise, in per cent.

    Args:
        folders: where ``kit grade`` has written ``marks.csv``.
        weights: by the id of an exercise, how much it counts; 1 where nothing is said.
        path: the table.

    Returns:
        How many learners are in it.

    Raises:
        KitError: where there is no such table, or a weight is for no exercise in it, or one learner
            has two marks for an exercise.

    """
    learners: dict[str, _Learner] = {}
    sheets: set[str] = set()
    for folder in folders:
        if not (folder / "marks.csv").is_file():
            raise KitError(message("grades.no_marks", folder=folder))
        for row in tables.read(folder / "marks.csv", _NEEDED, "grade.no_heading"):
            code, name = as_written(row["learner"]), as_written(row["name"])
            # Where there was a class list, one who typed the code in two ways is one learner.
            learner = learners.setdefault((name or code).casefold(), _Learner(code, name))
            if row["sheet"] in learner.shares:
                values = {"learner": name or code, "sheet": row["sheet"]}
                raise KitError(message("grades.twice", **values))
            final = tables.number(row["final"], float("inf"))
            most = tables.number(row["out_of"], float("inf"))
            share = final / most if final is not None and most else None
            learner.shares[row["sheet"]] = share
            sheets.add(row["sheet"])
    for sheet in weights:
        if sheet not in sheets:
            raise KitError(message("grades.no_sheet", sheet=sheet, known=", ".join(sorted(sheets))))
    all_weights = dict.fromkeys(sorted(sheets), 1.0) | dict(weights)
    rows = [learner.row(all_weights) for _, learner in sorted(learners.items())]
    tables.write(path, (*_WHO, *sorted(sheets), *_SUMS), rows)
    return len(rows)
