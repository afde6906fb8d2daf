"""What a teacher has to look at: ``problems.csv``. One submission's faults stop no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field

from kit.course.messages import KitError, message
from kit.grading import tables
from kit.grading.marks import Submission
from kit.grading.tables import Row

COLUMNS = ("file", "learner", "problem")


@define
class Problems:
    """The rows of ``problems.csv``."""

    rows: list[Row] = field(factory=list)

    def add(self, file: str, problem: str, learner: str = "") -> None:
        """Add a row; ``file`` is empty where no file is meant."""
        self.rows.append({"file": file, "learner": learner, "problem": problem})

    def add_about(self, submission: Submission, problem: str) -> None:
        """Add a row about a submission."""
        self.add(submission.file, problem, submission.learner)

    @contextmanager
    def kept_to(self, about: Submission | str, key: str = "grade.unexpected") -> Iterator[None]:
        """Let whatever goes wrong with one submission stop no other: it is listed, and said.

        Args:
            about: the submission, or the name of a file.
            key: what to say of a fault that nobody foresaw; it has a place for ``fault``.

        """
        try:
            yield
        except Exception as fault:
            told = str(fault)
            if not isinstance(fault, KitError):
                shown = f"{type(fault).__name__} {fault}"
                told = message(key, fault=" ".join(shown.split())[:120])
            if isinstance(about, Submission):
                self.add_about(about, told)
            else:
                self.add(about, told)

    def save(self, path: Path) -> None:
        """Write the table."""
        tables.write(path, COLUMNS, self.rows)
