"""``kit grade``: an inbox of hand-ins to tables, a page for each learner, and a class report.

Whatever goes wrong with one hand-in, in whatever stage, it is listed and the others are graded. No
name from a submission becomes a path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from attrs import define, field, frozen

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading import attempts, by_hand, earlier, feedback, inbox, lms, report, roster, tables
from kit.grading.by_hand import answer_id
from kit.grading.marks import HandIn, LateRule, Marked, in_ids, mark
from kit.grading.tables import Row, tidy
from kit.questions.base import LONGEST_TEXT, Question
from kit.questions.items import load_items

__all__ = ["Choices", "answer_id", "grade_folder"]

MARKS = (
    "learner", "name", "sheet", "mark", "out_of", "late_hours", "late_off", "final", "automatic",
    "automatic_out_of", "written", "written_out_of", "still_to_mark", "answered", "questions",
    "sound_accepted", "sound", "unsound_rejected", "unsound", "file", "revision", "sealed",
    "feedback",
)  # fmt: skip
ITEMS = ("learner", "name", "sheet", "question", "mark", "out_of", "sure", "answer")
PROBLEMS = ("file", "learner", "problem")
OURS = (
    "marks.csv", "items.csv", "to-mark.csv", "problems.csv", "report.csv", "report.html",
)  # fmt: skip
PAGES = "feedback"  #: the folder of the learners' pages
_A_FEW = 3  #: hand-ins; that so many leave out one question is hardly by chance


def _quiet(_done: int, _all: int) -> None:
    """Show no progress."""


@frozen
class Choices:
    """What a teacher can choose about grading."""

    roster: Path | None = None  #: the class list
    first: bool = False  #: of several attempts the first counts, not the last
    late: LateRule = field(factory=LateRule)
    lms: str = ""  #: also write a table for this LMS's gradebook
    pages: bool = True  #: write a page for each learner
    progress: Callable[[int, int], None] = _quiet  #: told how many steps of how many are done


def grade_folder(
    course: Course, submissions: Path, keys: Path, out: Path, choices: Choices | None = None
) -> str:
    """Grade every hand-in in ``submissions`` and write tables and pages into ``out``.

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
    choices, problems = choices or Choices(), attempts.Problems(course)
    pupils = roster.load(choices.roster) if choices.roster else None
    if choices.lms and pupils is None:
        raise KitError(message("grade.lms_roster"))
    places = earlier.Places(out, (*OURS, *lms.names(course)), MARKS, PAGES)
    earlier.refuse_input(places, [submissions, choices.roster])
    with inbox.opened(submissions, places.is_ours) as found:
        read = attempts.read_all(course, found, pupils, problems, choices.progress)
    hand_ins = attempts.counting(read, problems, first=choices.first)
    attempts.note_same_codes(hand_ins, problems)
    run = _Run(course, out, choices, _all_keyed(course, hand_ins, keys, problems), problems)
    with by_hand.locked(out / "to-mark.csv"):
        given = by_hand.read_given(out / "to-mark.csv")
        graded = run.grade(hand_ins, given)
        kept = earlier.keep(course, places, [g.hand_in for g in graded])
        run.write(graded, given)
    missing = attempts.note_missing(pupils, hand_ins, problems) if pupils else 0
    finals = [one.final for one in graded]
    gone = set(lms.clear(course, out))
    left_out = []
    with problems.kept_to(f"{choices.lms}.csv", key="grade.no_table"):
        if choices.lms and pupils:
            left_out = lms.write(course, choices.lms, out, pupils, finals)
        else:
            left_out = lms.doubles(finals)
    for pupil, text in left_out:
        problems.add("", text, pupil.label)
    if stale := sorted(name for name in gone if not (out / name).is_file()):
        kept = f"{kept}\n{message('grade.stale_tables', names=', '.join(stale))}".strip()
    tables.write(out / "problems.csv", PROBLEMS, problems.rows)
    said = _said(out, len(graded), len(found), missing, problems)
    return said + (f"\n{kept}" if kept else "")


def _said(out: Path, graded: int, files: int, missing: int, problems: attempts.Problems) -> str:
    lines = [
        message(
            "grade.done",
            graded=graded,
            all=files,
            marks=out / "marks.csv",
            written=out / "to-mark.csv",
            problems=f"{len(problems.rows)} ({out / 'problems.csv'})",
        ),
        message("grade.done_report", report=out / "report.html"),
    ]
    return "\n".join([*lines, *([message("grade.done_missing", n=missing)] if missing else [])])


def _all_keyed(
    course: Course, hand_ins: list[HandIn], keys: Path, problems: attempts.Problems
) -> dict[str, dict[str, Question]]:
    """Return the keyed questions of each exercise that came in; list what cannot be graded.

    Raises:
        KitError: when none of them can be graded; the first one's reason.

    """
    items: dict[str, dict[str, Question]] = {}
    faults: dict[str, KitError] = {}
    for sheet in sorted({h.seal.sheet for h in hand_ins}):
        try:
            items[sheet] = _keyed(course, sheet, keys)
        except KitError as fault:
            faults[sheet] = fault
    if faults and not items:
        raise next(iter(faults.values()))
    for hand_in in hand_ins:
        if hand_in.seal.sheet in faults:
            problems.add(hand_in.file, str(faults[hand_in.seal.sheet]), hand_in.learner)
    return items


def _keyed(course: Course, sheet_id: str, keys: Path) -> dict[str, Question]:
    sheet = course.sheet(sheet_id)
    items = load_items(course, sheet, keys)
    if not all(item.has_key for item in items.values() if item.marked):
        raise KitError(message("grade.no_keys", sheet=sheet.id, path=keys))
    return items


# --- Marking --------------------------------------------------------------------------------------


@define
class _Graded:
    """One hand-in, and what is written about it."""

    hand_in: HandIn
    marked: Marked
    to_mark: list[Row]  #: its rows of ``to-mark.csv``
    final: lms.Final
    page: str = ""  #: the place of its page
    row: Row = field(factory=dict)  #: its row of ``marks.csv``
    answers: list[Row] = field(factory=list)  #: its rows of ``items.csv``


@frozen
class _Run:
    """One run of marking."""

    course: Course
    out: Path
    choices: Choices
    items: dict[str, dict[str, Question]]
    problems: attempts.Problems
    reports: dict[str, report.ClassReport] = field(factory=dict)

    def grade(self, hand_ins: list[HandIn], given: by_hand.Given) -> list[_Graded]:
        """Mark every hand-in, and lay over it what readers have given."""
        marked: list[tuple[Marked, list[Row]]] = []
        for hand_in in hand_ins:
            if hand_in.seal.sheet not in self.items:
                continue
            with self._listed(hand_in):
                one = mark(self.course, self.items[hand_in.seal.sheet], hand_in)
                marked.append((one, list(by_hand.rows_to_mark(one))))
        given.match(self.course, (row for _, rows in marked for row in rows))
        graded = []
        for one, rows in marked:
            with self._listed(one.hand_in):
                filled = [given.fill(self.course, row) for row in rows]
                final = self._final(one, filled)
                for problem in [*one.problems, *_unread(one, filled)]:
                    self.problems.add(one.hand_in.file, problem, one.hand_in.learner)
                graded.append(_Graded(one.hand_in, one, filled, final))
        return graded

    def write(self, graded: list[_Graded], given: by_hand.Given) -> None:
        """Write the tables, a page for each learner, and the class report."""
        steps = 2 * len(graded)
        if self.choices.pages:
            (self.out / PAGES).mkdir(parents=True, exist_ok=True)
        pages = feedback.Pages(self.course, self.out / PAGES)
        for n, one in enumerate(graded):
            self.choices.progress(len(graded) + n, steps)
            with self._listed(one.hand_in, "grade.no_report"):
                self._count(one)
            if self.choices.pages:
                with self._listed(one.hand_in, "grade.no_page"):
                    lines = _lines(one)
                    one.page = f"{PAGES}/{pages.write(one.marked, one.to_mark, lines)}"
            with self._listed(one.hand_in):
                one.row, one.answers = _marks_row(one), list(_item_rows(one.marked))
        to_mark = [row for one in graded for row in one.to_mark] + list(
            given.left_over(self.course)
        )
        tables.write(self.out / "marks.csv", MARKS, [one.row for one in graded if one.row])
        items = [row for one in graded for row in one.answers]
        tables.write(self.out / "items.csv", ITEMS, items)
        tables.write(self.out / "to-mark.csv", given.columns, to_mark)
        for learner, text in given.problems:
            self.problems.add(given.file, text, learner)
        with self.problems.kept_to("report.html", key="grade.no_class_report"):
            report.write(self.course, self.out, dict(sorted(self.reports.items())))
        self._note_unanswered(graded)
        self.choices.progress(steps, steps)

    def _note_unanswered(self, graded: list[_Graded]) -> None:
        """Name the questions that nobody has answered: they may be newer than the hand-ins."""
        for sheet, items in self.items.items():
            of_sheet = [one.marked for one in graded if one.hand_in.seal.sheet == sheet]
            answered = {r.item.id for one in of_sheet for r in one.results if r.answered}
            if len(of_sheet) < _A_FEW:
                continue
            for item in items.values():
                if item.marks and not item.survey and item.id not in answered:
                    text = message("grade.nobody", id=item.id, sheet=sheet)
                    self.problems.add("", text)

    def _listed(
        self, hand_in: HandIn, key: str = "grade.unexpected"
    ) -> AbstractContextManager[None]:
        return self.problems.kept_to(hand_in.file, hand_in.learner, key)

    def _count(self, one: _Graded) -> None:
        """Take a hand-in into the class report; one that is in dispute may be there twice."""
        if one.hand_in.dispute:
            return
        sheet, items = one.hand_in.seal.sheet, self.items[one.hand_in.seal.sheet]
        # Tried first, so that one that fails leaves no half of itself in the class's figures.
        report.ClassReport(items).add(one.marked)
        counted = self.reports.setdefault(sheet, report.ClassReport(items))
        counted.add(one.marked)
        for row in one.to_mark:
            if pair := by_hand.both_marks(row):
                counted.tally(items[row["item"]]).second[pair] += 1

    def _final(self, marked: Marked, rows: Iterable[Row]) -> lms.Final:
        hand_in, late = marked.hand_in, self.choices.late
        numbers = [row["number"] for row in rows]
        hours = late.hours(hand_in.seal.sealed)
        blocked = ""
        if hand_in.dispute:
            blocked = "lms.dispute"
        elif hand_in.stranger:
            blocked = "lms.stranger"
        elif late.off and late.due and hours is None:
            blocked = "lms.no_time"
        return lms.Final(
            pupil=hand_in.pupil,
            sheet=hand_in.seal.sheet,
            most=marked.automatic_most + marked.written_most,
            mark=marked.automatic + sum(n for n in numbers if n is not None),
            still=numbers.count(None),
            blocked=blocked,
            disputed=bool(hand_in.dispute),
            timed=late.due is not None,
            hours=hours,
            off=late.off_in_all(hours),
            lms_late=hand_in.sender.late,
        )


def _unread(marked: Marked, rows: list[Row]) -> Iterable[str]:
    """Say which answers no program can mark, as long as no reader has marked them either."""
    waiting = {row["item"] for row in rows if row["number"] is None}
    for result in marked.results:
        if result.unread and (result.item.id in waiting or not result.by_hand):
            values = {"id": result.item.id, "most": LONGEST_TEXT}
            yield message(f"grade.{result.unread}", **values)


def _lines(one: _Graded) -> list[str]:
    """Return what a learner's page says under the mark."""
    final, lines = one.final, []
    if one.hand_in.dispute:
        lines.append(message("feedback.dispute"))
    if final.hours:
        lines.append(message("feedback.late", hours=tidy(final.hours)))
    if final.off:
        values = {"off": tidy(final.off), "final": tidy(final.final)}
        lines.append(message("feedback.late_off", **values))
    return lines


def _marks_row(one: _Graded) -> Row:
    marked, final = one.marked, one.final
    seal, counts = one.hand_in.seal, marked.counts
    return {
        **_whose(one.hand_in),
        "mark": "" if final.disputed else tidy(final.mark),
        "out_of": tidy(final.most),
        **final.cells(),
        "automatic": tidy(marked.automatic),
        "automatic_out_of": tidy(marked.automatic_most),
        "written": tidy(final.mark - marked.automatic),
        "written_out_of": tidy(marked.written_most),
        "still_to_mark": final.still,
        "answered": marked.answered,
        "questions": len(marked.results),
        "sound_accepted": counts.sound_accepted,
        "sound": counts.sound,
        "unsound_rejected": counts.unsound_rejected,
        "unsound": counts.unsound,
        "file": one.hand_in.file,
        "revision": seal.revision,
        "sealed": seal.sealed,
        "feedback": one.page,
    }


def _whose(hand_in: HandIn) -> Row:
    name = hand_in.pupil.name if hand_in.pupil else hand_in.sender.name
    return {"learner": hand_in.learner, "name": name, "sheet": hand_in.seal.sheet}


def _item_rows(marked: Marked) -> Iterable[Row]:
    whose = _whose(marked.hand_in)
    for result in marked.results:
        yield {
            **whose,
            "question": result.item.id,
            "mark": "" if result.credit is None else tidy(result.marks),
            "out_of": tidy(result.item.marks),
            "sure": tidy(result.sure),
            "answer": in_ids(result.handed if result.unread else result.value),
        }
