"""``kit grade``: an inbox of hand-ins to tables, a page for each learner, and a class report.

One file that cannot be read never stops the rest. No name from a submission becomes a path. The
inbox is gone through twice: once to see whose attempts count, once to mark those, so that no more
than one hand-in's answers are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from attrs import evolve, field, frozen

from kit import handin
from kit.course import Course
from kit.grading import attempts, by_hand, feedback, inbox, lms, report, roster, tables
from kit.grading.by_hand import answer_id
from kit.grading.marks import HandIn, LateRule, Marked, mark
from kit.grading.tables import Row, tidy
from kit.items import Item, load_items
from kit.messages import KitError

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
    *(f"{name}.csv" for name in lms.KINDS),
)  # fmt: skip
PAGES = "feedback"  #: the folder of the learners' pages


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
    choices, problems = choices or Choices(), attempts.Problems()
    pupils = roster.load(course, choices.roster) if choices.roster else None
    if choices.lms and pupils is None:
        raise KitError(course.say("grade.lms_roster"))
    with inbox.opened(course, submissions, _ours(out)) as found:
        read = attempts.read_all(course, found, pupils, problems, choices.progress)
        hand_ins = attempts.counting(course, read, problems, first=choices.first)
        items = {sheet: _keyed(course, sheet, keys) for sheet in {h.seal.sheet for h in hand_ins}}
        attempts.note_same_codes(course, hand_ins, problems)
        with by_hand.locked(course, out / "to-mark.csv"):
            given = by_hand.read_given(course, out / "to-mark.csv")
            pages = feedback.Pages(course, out / PAGES)
            run = _Run(course, out, choices, items, given, problems, pages)
            finals = run.all(hand_ins, len(found))
    missing = attempts.note_missing(course, pupils, hand_ins, problems) if pupils else 0
    if choices.lms and pupils:
        lms.write(course, choices.lms, out, pupils, finals)
    if pupils:
        for text in lms.doubles(course, finals):
            problems.add("", text)
    tables.write(out / "problems.csv", PROBLEMS, problems.rows)
    return _said(course, out, len(finals), len(found), missing, problems)


def _said(
    course: Course, out: Path, graded: int, files: int, missing: int, problems: attempts.Problems
) -> str:
    lines = [
        course.say(
            "grade.done",
            graded=graded,
            all=files,
            marks=out / "marks.csv",
            written=out / "to-mark.csv",
            problems=f"{len(problems.rows)} ({out / 'problems.csv'})",
        ),
        course.say("grade.done_report", report=out / "report.html"),
    ]
    return "\n".join([*lines, *([course.say("grade.done_missing", n=missing)] if missing else [])])


def _ours(out: Path) -> Callable[[Path], bool]:
    """Return what tells the files that grading has written from those handed in."""
    folder = out.resolve()

    def ours(path: Path) -> bool:
        parent = path.resolve().parent
        return parent == folder / PAGES or (parent == folder and path.name in OURS)

    return ours


def _keyed(course: Course, sheet_id: str, keys: Path) -> dict[str, Item]:
    sheet = course.sheet(sheet_id)
    items = load_items(course, sheet, keys)
    if not all(item.has_key for item in items.values() if item.marked):
        raise KitError(course.say("grade.no_keys", sheet=sheet.id, path=keys))
    return items


# --- Marking --------------------------------------------------------------------------------------


@frozen
class _Run:
    """One run of marking, and the tables that it writes to."""

    course: Course
    out: Path
    choices: Choices
    items: Mapping[str, Mapping[str, Item]]
    given: by_hand.Given
    problems: attempts.Problems
    pages: feedback.Pages
    reports: dict[str, report.ClassReport] = field(factory=dict)

    def all(self, hand_ins: list[HandIn], files: int) -> list[lms.Final]:
        """Mark every hand-in, a row and a page at a time; return the totals."""
        finals = []
        if self.choices.pages:
            (self.out / PAGES).mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:

            def table(name: str, columns: tuple[str, ...]) -> tables.Table:
                return stack.enter_context(tables.writing(self.out / name, columns))

            marks, items = table("marks.csv", MARKS), table("items.csv", ITEMS)
            to_mark = table("to-mark.csv", by_hand.COLUMNS)
            for n, hand_in in enumerate(hand_ins):
                self.choices.progress(files + n * files // len(hand_ins), 2 * files)
                try:
                    marked = self._mark(hand_in)
                except KitError as fault:  # the file has gone or changed since the first reading
                    self.problems.add(hand_in.file, str(fault), hand_in.learner)
                    continue
                rows = [self.given.fill(self.course, r) for r in by_hand.rows_to_mark(marked)]
                final = self._final(marked, rows)
                finals.append(final)
                page = self._page(marked, rows, final)
                marks.add({**_marks_row(marked, final), **final.cells(), "feedback": page})
                for row in _item_rows(marked):
                    items.add(row)
                for row in rows:
                    to_mark.add(row)
            for row in self.given.left_over(self.course):
                to_mark.add(row)
        self.choices.progress(2 * files, 2 * files)
        for learner, text in self.given.problems:
            self.problems.add(self.given.file, text, learner)
        if self.choices.pages:
            self.pages.clear()
        report.write(self.course, self.out, dict(sorted(self.reports.items())))
        return finals

    def _mark(self, slim: HandIn) -> Marked:
        seal, intact = handin.read_bytes(slim.load())
        if (seal.sheet, seal.record) != (slim.seal.sheet, slim.seal.record):
            raise KitError(self.course.say("grade.changed"))
        hand_in = evolve(slim, seal=seal, intact=intact)
        items = self.items[slim.seal.sheet]
        marked = mark(self.course, items, hand_in)
        for problem in marked.problems:
            self.problems.add(hand_in.file, problem, hand_in.learner)
        sheet = self.reports.setdefault(seal.sheet, report.ClassReport(items))
        sheet.add(marked)
        return marked

    def _final(self, marked: Marked, rows: Iterable[Row]) -> lms.Final:
        seal, late = marked.hand_in.seal, self.choices.late
        for row in rows:
            pair = by_hand.both_marks(row)
            if pair:
                tally = self.reports[seal.sheet].tally(self.items[seal.sheet][row["item"]])
                tally.second[pair] += 1
        numbers = [row["number"] for row in rows]
        mark = marked.automatic + sum(n for n in numbers if n is not None)
        hours = late.hours(seal.sealed)
        return lms.Final(
            pupil=marked.hand_in.pupil,
            sheet=seal.sheet,
            most=marked.automatic_most + marked.written_most,
            mark=mark,
            still=numbers.count(None),
            timed=late.due is not None,
            hours=hours,
            off=late.off_in_all(hours),
            lms_late=marked.hand_in.sender.late,
        )

    def _page(self, marked: Marked, rows: list[Row], final: lms.Final) -> str:
        if not self.choices.pages:
            return ""
        lines = []
        if final.hours:
            lines.append(self.course.say("feedback.late", hours=tidy(final.hours)))
        if final.off:
            values = {"off": tidy(final.off), "final": tidy(final.final)}
            lines.append(self.course.say("feedback.late_off", **values))
        return f"{PAGES}/{self.pages.write(marked, rows, lines)}"


def _marks_row(marked: Marked, final: lms.Final) -> Row:
    seal, counts = marked.hand_in.seal, marked.counts
    return {
        **_whose(marked.hand_in),
        "mark": tidy(final.mark),
        "out_of": tidy(final.most),
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
        "file": marked.hand_in.file,
        "revision": seal.revision,
        "sealed": seal.sealed,
    }


def _whose(hand_in: HandIn) -> Row:
    name = hand_in.pupil.name if hand_in.pupil else hand_in.sender.name
    return {"learner": hand_in.learner, "name": name, "sheet": hand_in.seal.sheet}


def _item_rows(marked: Marked) -> Iterable[Row]:
    whose = _whose(marked.hand_in)
    for result in marked.results:
        answer = result.value
        if isinstance(answer, dict):
            answer = "; ".join(f"{unit}={label}" for unit, label in answer.items())
        elif isinstance(answer, list):
            answer = "; ".join(answer)
        yield {
            **whose,
            "question": result.item.id,
            "mark": "" if result.credit is None else tidy(result.marks),
            "out_of": tidy(result.item.marks),
            "sure": tidy(result.sure),
            "answer": "" if answer is None else answer,
        }
