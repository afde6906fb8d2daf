"""``kit grade``: an inbox of submissions to tables, a page for each learner, and a class report.

Whatever goes wrong with one submission, in whatever stage, it is listed and the others are graded.
No name from a submission becomes a path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from attrs import define, evolve, field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading import (
    attempts,
    by_hand,
    earlier,
    feedback,
    inbox,
    lms,
    mark_rows,
    report,
    report_page,
    tables,
    whose,
)
from kit.grading import roster as class_list
from kit.grading.marks import MarkedSubmission, Rulings, Submission, mark
from kit.grading.problems import Problems
from kit.grading.tables import Row
from kit.grading.times import LateRule
from kit.questions.bank import load_questions
from kit.questions.base import Question

__all__ = ["Choices", "grade_folder"]

_A_FEW = 3  #: submissions; that so many leave out one question is hardly by chance
_NEARLY_ALL = 0.9  #: a share of the later submissions


@frozen
class Choices:
    """What a teacher can choose about grading."""

    roster: Path | None = None  #: the class list
    first: bool = False  #: of several attempts the first counts, not the last
    late: LateRule = field(factory=LateRule)
    rulings: Rulings = field(factory=Rulings)  #: what was said of single questions
    lms: str = ""  #: also write a table for this LMS's gradebook
    pages: bool = True  #: write a page for each learner
    names: bool = False  #: name learners in the class report
    #: Told how many steps of how many are done.
    progress: Callable[[int, int], None] = lambda _done, _all: None


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
    choices, problems = choices or Choices(), Problems()
    roster = class_list.Roster()
    if choices.roster:
        roster = class_list.load(choices.roster)
    elif choices.lms:
        raise KitError(message("grade.lms_roster"))
    there = earlier.Places(course, out)
    there.refuse_input(submissions, choices.roster)
    for word in roster.doubles:
        problems.add("", message("grade.twice_on_list", word=word))
    with inbox.opened(submissions, there.is_ours) as found:
        read = whose.read_all(course, found.files, roster, choices.late, problems, choices.progress)
    if found.hidden:
        problems.add("", message("grade.hidden", n=len(found.hidden)))
    run = _Run(course, out, choices, problems)
    run.read_keys(keys, {one.seal.sheet for one in read})
    choosing = attempts.Choosing(choices.first, run.earned)
    counted = attempts.those_that_count(read, problems, choosing)
    attempts.note_same_codes(counted, problems)
    attempts.note_same_texts(counted, problems)
    attempts.note_clocks(counted, problems)
    with by_hand.locked(out / "to-mark.csv"):
        readers = by_hand.read_marks(out / "to-mark.csv")
        graded = run.grade(counted, readers)
        changed = there.changes(graded)
        kept = there.keep([one.submission for one in graded])
        run.write(graded, readers)
    if changed:
        tables.write(out / earlier.CHANGES, earlier.COLUMNS, changed)
    missing = attempts.note_missing(roster, counted, problems)
    of_gradebook = run.write_gradebook(graded, roster)
    problems.save(out / "problems.csv")
    lines = [*_done(out, len(graded), len(found.files), len(problems.rows), choices.late)]
    if changed:
        lines.append(message("grade.done_changed", n=len(changed), file=out / earlier.CHANGES))
    if found.hidden:
        lines.append(message("grade.done_hidden", n=len(found.hidden)))
    lines += [message("grade.done_left", why=fault) for fault in run.faults.values()]
    if missing:
        lines.append(message("grade.done_missing", n=missing))
    if kept:
        lines.append(kept)
    return "\n".join([*lines, *of_gradebook])


def _done(out: Path, graded: int, files: int, problems: int, late: LateRule) -> Iterator[str]:
    """Say how much was graded, where it is, and by when it was taken to be due."""
    listed = f"{problems} ({out / 'problems.csv'})"
    places = {"marks": out / "marks.csv", "written": out / "to-mark.csv"}
    yield message("grade.done", graded=graded, all=files, problems=listed, **places)
    yield message("grade.done_report", report=out / "report.html")
    if late.due:
        yield message("grade.done_due", due=late, grace=f"{late.grace:g}")
    elif late.off:
        yield message("grade.off_without_due")


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
    problems: Problems
    questions: dict[str, dict[str, Question]] = field(factory=dict)  #: keyed, by exercise and id
    faults: dict[str, str] = field(factory=dict)  #: by sheet, why it is not graded
    pages: dict[int, str] = field(factory=dict)  #: each submission's page, below ``out``

    @cached_property
    def feedback_pages(self) -> feedback.FeedbackPages:
        """What makes the learners' pages."""
        return feedback.FeedbackPages(self.course)

    def read_keys(self, keys: Path, sheets: Collection[str]) -> None:
        """Read the questions of the exercises that came in, with their keys.

        Raises:
            KitError: when none of them can be graded, with the first one's reason; or where
                something was said of a question that is in none of them.

        """
        has_exercises = any(self.course.sheet(sheet).graded for sheet in sheets)
        names: list[str] = []
        for sheet in sorted(sheets):
            try:
                if has_exercises and not self.course.sheet(sheet).graded:
                    raise KitError(message("grade.no_exercise", sheet=sheet))
                self.questions[sheet] = keyed_questions(self.course, sheet, keys)
                names += self.questions[sheet]
            except KitError as fault:
                self.faults[sheet] = str(fault)
        if self.faults and not self.questions:
            raise KitError(next(iter(self.faults.values())))
        rulings = self.choices.rulings
        for name in sorted(rulings.thrown_out | rulings.old_wording):
            if name not in names:
                raise KitError(message("error.no_item", id=name, known=", ".join(names)))

    def earned(self, submission: Submission) -> float:
        """Return what the program gives for a submission; 0 where it cannot be marked."""
        with suppress(Exception):  # what is wrong with it is said where it is graded
            return self._marked(submission, self.choices.rulings).automatic
        return 0.0

    def _marked(self, submission: Submission, rulings: Rulings) -> MarkedSubmission:
        """Return what the program gives for a submission.

        Raises:
            KitError: where its sheet cannot be graded.

        """
        sheet = submission.seal.sheet
        if sheet in self.faults:
            raise KitError(self.faults[sheet])
        return by_hand.with_rows(mark(self.course, self.questions[sheet], submission, rulings))

    def grade(
        self, submissions: Sequence[Submission], readers: by_hand.ReaderMarks
    ) -> list[MarkedSubmission]:
        """Mark every submission, and lay over it what readers have given."""
        marked: list[MarkedSubmission] = []
        # As if no old wording were accepted: a mark that a reader has given goes first.
        strictly = evolve(self.choices.rulings, old_wording=frozenset())
        for submission in submissions:
            with self.problems.kept_to(submission):
                marked.append(self._marked(submission, strictly))
        readers.match(marked)
        graded = []
        for one in marked:
            with self.problems.kept_to(one.submission):
                graded.append(self._with_readers(one, readers))
        return graded

    def _with_readers(
        self, marked: MarkedSubmission, readers: by_hand.ReaderMarks
    ) -> MarkedSubmission:
        """Return a submission with what readers gave for it; what keeps a mark open is listed."""
        rulings = self.choices.rulings
        unread = {row["item"] for row in marked.to_mark if not readers.has_marked(row)}
        if old := rulings.old_wording & unread:
            marked = self._marked(marked.submission, evolve(rulings, old_wording=old))
        marked = readers.filled_in(marked)
        problems = list(marked.problems)
        for result in marked.results:
            if result.unread and (None in result.numbers or not result.by_hand):
                problems.append(result.why_unread)
        for problem in problems:
            self.problems.add_about(marked.submission, problem)
        return marked.added_up()

    def write(self, graded: Sequence[MarkedSubmission], readers: by_hand.ReaderMarks) -> None:
        """Write the tables, a page for each learner, and the class report."""
        marks, answers = tables.Table(mark_rows.MARKS), tables.Table(mark_rows.ITEMS)
        to_mark: dict[str, Row] = {}  # of those who handed in together one row, not one each
        if self.choices.pages:
            (self.out / earlier.PAGES).mkdir(parents=True, exist_ok=True)
        for n, one in enumerate(graded):
            self.choices.progress(len(graded) + n, 2 * len(graded))
            to_mark.update({row["answer_id"]: row for row in one.to_mark})
            page = ""
            if self.choices.pages:
                with self.problems.kept_to(one.submission, "grade.no_page"):
                    place = f"{earlier.PAGES}/{feedback.file_name(one.submission)}"
                    (self.out / place).write_bytes(self.feedback_pages.page(one))
                    page = self.pages[n] = place
            with self.problems.kept_to(one.submission):
                row, answer_rows = mark_rows.marks_row(one, page), list(mark_rows.item_rows(one))
                marks.add(row)
                answers.add(*answer_rows)
        marks.save(self.out / "marks.csv")
        answers.save(self.out / "items.csv")
        by_hand.write_marks(
            self.out / "to-mark.csv", readers.columns, [*to_mark.values(), *readers.left_over()]
        )
        reports = self._reports(report.one_each(graded, first=self.choices.first))
        for learner, text in readers.problems:
            self.problems.add(readers.file, text, learner)
        with self.problems.kept_to("report.html", key="grade.no_class_report"):
            by_sheet = dict(sorted(reports.items()))
            report_page.write(self.course, self.out, by_sheet, names=self.choices.names)
        self._note_unanswered(graded)
        self.choices.progress(2 * len(graded), 2 * len(graded))

    def _reports(self, graded: Sequence[MarkedSubmission]) -> dict[str, report.ClassReport]:
        """Return what there is to report of each exercise."""
        reports: dict[str, report.ClassReport] = defaultdict(report.ClassReport)
        whole = []
        for one in graded:
            with self.problems.kept_to(one.submission, "grade.no_report"):
                reports[one.sheet].add(one)
                whole.append(one)
        if len(whole) < len(graded):  # one that failed has left a half of itself in the figures
            return self._reports(whole)
        return reports

    def _note_unanswered(self, graded: Sequence[MarkedSubmission]) -> None:
        """Name the questions that the first or all hand-ins leave out: they may be newer."""
        sealed_first = sorted(graded, key=lambda one: one.submission.seal.sealed)
        for sheet, questions in self.questions.items():
            of_sheet = [one.results for one in sealed_first if one.sheet == sheet]
            for n, question in enumerate(questions.values()):
                answered = [results[n].answered for results in of_sheet]
                first = [*answered, True].index(True)  # so many of the first have left it out
                later = answered[first:]
                if not question.marks or question.survey or first < _A_FEW:
                    continue
                at = {"id": question.id, "sheet": sheet}
                if not later:
                    self.problems.add("", message("grade.nobody", **at))
                elif len(later) >= _A_FEW and sum(later) >= _NEARLY_ALL * len(later):
                    self.problems.add("", message("grade.newer", n=first, **at))

    def write_gradebook(
        self, graded: Sequence[MarkedSubmission], roster: class_list.Roster
    ) -> list[str]:
        """Write the tables for an LMS in place of those of an earlier grading.

        Returns:
            What there is to say of them, in sentences.

        """
        gone = lms.clear(self.course, self.out)
        kind = self.choices.lms
        left_out = []
        with self.problems.kept_to(f"{kind}.csv", key="grade.no_table"):
            if kind:
                left_out = lms.write(self.course, kind, self.out, roster, graded)
            else:
                left_out = lms.doubles(graded)
        for pupil, text in left_out:
            self.problems.add("", text, pupil.label)
        said = []
        with self.problems.kept_to(lms.FEEDBACK, key="grade.no_table"):
            if kind and self.pages:
                said.append(lms.write_feedback(kind, self.out, graded, self.pages))
        stale = sorted(name for name in gone if not (self.out / name).is_file())
        if stale:
            said.append(message("grade.stale_tables", names=", ".join(stale)))
        return said
