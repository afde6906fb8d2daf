"""``kit grade``: an inbox of submissions to tables, a page for each learner, and a class report.

Whatever goes wrong with one submission, in whatever stage, it is listed and the others are graded.
No name from a submission becomes a path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from attrs import define, field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading import (
    attempts,
    by_hand,
    earlier,
    feedback,
    inbox,
    lms,
    report,
    report_page,
    tables,
)
from kit.grading import roster as class_list
from kit.grading.marks import MarkedSubmission, Submission, mark
from kit.grading.rows import ITEMS, MARKS, PROBLEMS, item_rows, marks_row
from kit.grading.tables import Row
from kit.grading.totals import GradedSubmission, LateRule, total
from kit.questions.bank import load_questions
from kit.questions.base import Question

__all__ = ["Choices", "grade_folder"]

_A_FEW = 3  #: submissions; that so many leave out one question is hardly by chance


def _no_progress(_done: int, _all: int) -> None:
    """Show no progress."""


@frozen
class Choices:
    """What a teacher can choose about grading."""

    roster: Path | None = None  #: the class list
    first: bool = False  #: of several attempts the first counts, not the last
    late: LateRule = field(factory=LateRule)
    lms: str = ""  #: also write a table for this LMS's gradebook
    pages: bool = True  #: write a page for each learner
    names: bool = False  #: name learners in the class report
    progress: Callable[[int, int], None] = _no_progress  #: told how many steps of how many are done


def grade_folder(
    course: Course, submissions: Path, keys: Path, out: Path, choices: Choices | None = None
) -> str:
    """Grade every submission in ``submissions`` and write tables and pages into ``out``.

    Marks that a reader has put into an earlier ``to-mark.csv`` there are kept and counted, so
    grading again after marking gives the totals.

    Args:
        course: the course that the exercises belong to.
        submissions: a folder of ``.ipynb``, ``.json`` and ``.zip`` files, searched through; or one
            such file.
        keys: the folder of the keys.
        out: the folder to write to; made if need be.
        choices: what else was asked for.

    Returns:
        A few lines that say what was done.

    Raises:
        KitError: when there is nothing to grade or no key to grade it with.

    """
    choices, problems = choices or Choices(), attempts.Problems()
    roster = class_list.load(choices.roster) if choices.roster else None
    if choices.lms and roster is None:
        raise KitError(message("grade.lms_roster"))
    places = earlier.Places(course, out)
    places.refuse_input(submissions, choices.roster)
    with inbox.opened(submissions, places.is_ours) as files:
        read = attempts.read_all(course, files, roster, problems, choices.progress)
    counted = attempts.counting(read, problems, first=choices.first)
    attempts.note_same_codes(counted, problems)
    run = _Run(course, out, choices, _all_keyed(course, counted, keys, problems), problems)
    with by_hand.locked(out / "to-mark.csv"):
        readers = by_hand.read_marks(out / "to-mark.csv")
        graded = run.grade(counted, readers)
        kept = places.keep([one.submission for one in graded])
        run.write(graded, readers)
    missing = 0
    if roster:
        missing = attempts.note_missing(roster, counted, problems)
    gone = run.write_gradebook(graded, roster)
    tables.write(out / "problems.csv", PROBLEMS, problems.rows)
    lines = [
        message(
            "grade.done",
            graded=len(graded),
            all=len(files),
            marks=out / "marks.csv",
            written=out / "to-mark.csv",
            problems=f"{len(problems.rows)} ({out / 'problems.csv'})",
        ),
        message("grade.done_report", report=out / "report.html"),
    ]
    if missing:
        lines.append(message("grade.done_missing", n=missing))
    if kept:
        lines.append(kept)
    if gone:
        lines.append(message("grade.stale_tables", names=", ".join(gone)))
    return "\n".join(lines)


def _all_keyed(
    course: Course, submissions: Sequence[Submission], keys: Path, problems: attempts.Problems
) -> dict[str, dict[str, Question]]:
    """Return the keyed questions of each exercise that came in; list what cannot be graded.

    Raises:
        KitError: when none of them can be graded; the first one's reason.

    """
    questions: dict[str, dict[str, Question]] = {}
    faults: dict[str, KitError] = {}
    for sheet in sorted({one.seal.sheet for one in submissions}):
        try:
            questions[sheet] = keyed_questions(course, sheet, keys)
        except KitError as fault:
            faults[sheet] = fault
    if faults and not questions:
        raise next(iter(faults.values()))
    for one in submissions:
        if one.seal.sheet in faults:
            problems.add_about(one, str(faults[one.seal.sheet]))
    return questions


def keyed_questions(course: Course, sheet_id: str, keys: Path) -> dict[str, Question]:
    """Return the questions of a sheet with their keys.

    Raises:
        KitError: when they cannot be read, or have no keys.

    """
    sheet = course.sheet(sheet_id)
    questions = load_questions(course, sheet, keys)
    if any(question.marked and not question.has_key for question in questions.values()):
        raise KitError(message("grade.no_keys", sheet=sheet.id, path=keys))
    return questions


@define
class _Run:
    """One run of grading."""

    course: Course
    out: Path
    choices: Choices
    questions: dict[str, dict[str, Question]]  #: of each exercise, by id
    problems: attempts.Problems
    reports: dict[str, report.ClassReport] = field(factory=lambda: defaultdict(report.ClassReport))

    def _kept_to(
        self, submission: Submission, key: str = "grade.unexpected"
    ) -> AbstractContextManager[None]:
        return self.problems.kept_to(submission.file, submission.learner, key)

    def grade(
        self, submissions: Sequence[Submission], readers: by_hand.ReaderMarks
    ) -> list[GradedSubmission]:
        """Mark every submission, and lay over it what readers have given."""
        marked: list[tuple[MarkedSubmission, list[Row]]] = []
        today: list[Row] = []
        for submission in submissions:
            if submission.seal.sheet not in self.questions:
                continue
            with self._kept_to(submission):
                one = mark(self.course, self.questions[submission.seal.sheet], submission)
                rows = list(by_hand.rows_to_mark(one))
                marked.append((one, rows))
                today += rows
        readers.match(today)
        graded = []
        for one, rows in marked:
            with self._kept_to(one.submission):
                to_mark = [readers.fill(row) for row in rows]
                with_total = total(one, to_mark, self.choices.late)
                for problem in [*one.problems, *_unread(with_total)]:
                    self.problems.add_about(one.submission, problem)
                graded.append(with_total)
        return graded

    def write(self, graded: Sequence[GradedSubmission], readers: by_hand.ReaderMarks) -> None:
        """Write the tables, a page for each learner, and the class report."""
        marks: list[Row] = []
        answers: list[Row] = []
        to_mark: list[Row] = []
        if self.choices.pages:
            (self.out / earlier.PAGES).mkdir(parents=True, exist_ok=True)
        for n, one in enumerate(graded):
            self.choices.progress(len(graded) + n, 2 * len(graded))
            to_mark += one.to_mark
            page = ""
            if self.choices.pages:
                with self._kept_to(one.submission, "grade.no_page"):
                    page = self._write_page(one)
            with self._kept_to(one.submission):
                row, answer_rows = marks_row(one, page), list(item_rows(one.marked))
                marks.append(row)
                answers += answer_rows
        tables.write(self.out / "marks.csv", MARKS, marks)
        tables.write(self.out / "items.csv", ITEMS, answers)
        tables.write(self.out / "to-mark.csv", readers.columns, [*to_mark, *readers.left_over()])
        for one in report.one_each(graded, first=self.choices.first):
            with self._kept_to(one.submission, "grade.no_report"):
                self._count(one)
        for learner, text in readers.problems:
            self.problems.add(readers.file, text, learner)
        with self.problems.kept_to("report.html", key="grade.no_class_report"):
            reports = dict(sorted(self.reports.items()))
            report_page.write(self.course, self.out, reports, names=self.choices.names)
        self._note_unanswered(graded)
        self.choices.progress(2 * len(graded), 2 * len(graded))

    def _write_page(self, one: GradedSubmission) -> str:
        """Write a learner's page and return its place below ``out``."""
        place = f"{earlier.PAGES}/{feedback.file_name(one.submission)}"
        (self.out / place).write_bytes(feedback.page(self.course, one))
        return place

    def _count(self, one: GradedSubmission) -> None:
        """Take a submission into the class report."""
        # Tried first, so that one that fails leaves no half of itself in the class's figures.
        report.ClassReport().add(one.marked, one.to_mark)
        self.reports[one.sheet].add(one.marked, one.to_mark)

    def _note_unanswered(self, graded: Sequence[GradedSubmission]) -> None:
        """Name the questions that nobody has answered: they may be newer than the submissions."""
        for sheet, questions in self.questions.items():
            of_sheet = [one.marked for one in graded if one.sheet == sheet]
            if len(of_sheet) < _A_FEW:
                continue
            answered = set()
            for one in of_sheet:
                answered |= {result.question.id for result in one.results if result.answered}
            for question in questions.values():
                if question.marks and not question.survey and question.id not in answered:
                    text = message("grade.nobody", id=question.id, sheet=sheet)
                    self.problems.add("", text)

    def write_gradebook(
        self, graded: Sequence[GradedSubmission], roster: class_list.Roster | None
    ) -> list[str]:
        """Write the tables for an LMS in place of those of an earlier grading.

        Returns:
            The names of the earlier ones that have not been made again.

        """
        gone = lms.clear(self.course, self.out)
        kind = self.choices.lms
        left_out = []
        with self.problems.kept_to(f"{kind}.csv", key="grade.no_table"):
            if kind and roster:
                left_out = lms.write(self.course, kind, self.out, roster, graded)
            else:
                left_out = lms.doubles(graded)
        for pupil, text in left_out:
            self.problems.add("", text, pupil.label)
        return sorted(name for name in gone if not (self.out / name).is_file())


def _unread(graded: GradedSubmission) -> Iterator[str]:
    """Say which answers no program can mark, as long as no reader has marked them either."""
    waiting = {row["item"] for row in graded.to_mark if row["number"] is None}
    for result in graded.marked.results:
        if result.unread and (result.question.id in waiting or not result.by_hand):
            yield result.why_unread
