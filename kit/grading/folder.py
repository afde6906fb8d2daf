"""``kit grade``: an inbox of hand-ins to tables, a page for each learner, and a class report.

One file that cannot be read never stops the rest. No name from a submission becomes a path. The
inbox is gone through twice: once to see whose attempts count, once to mark those, so that no more
than one hand-in's answers are held at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from attrs import define, evolve, field, frozen

from kit import handin
from kit.course import Course
from kit.grading import by_hand, feedback, inbox, lms, report, roster, tables
from kit.grading.by_hand import answer_id
from kit.grading.marks import LONGEST_NAME, HandIn, LateRule, Marked, mark
from kit.grading.tables import Row, tidy
from kit.items import Item, load_items
from kit.messages import KitError, say

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


@define
class _Problems:
    rows: list[Row] = field(factory=list)

    def add(self, file: str, problem: str, learner: str = "") -> None:
        self.rows.append({"file": file, "learner": learner, "problem": problem})


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
    choices, problems = choices or Choices(), _Problems()
    pupils = roster.load(course, choices.roster) if choices.roster else None
    if choices.lms and pupils is None:
        raise KitError(course.say("grade.lms_roster"))
    with inbox.opened(course, submissions, _ours(out)) as found:
        read = _read_all(course, found, pupils, problems, choices)
        hand_ins = _counting(course, read, problems, first=choices.first)
        items = {sheet: _keyed(course, sheet, keys) for sheet in {h.seal.sheet for h in hand_ins}}
        _same_codes(course, hand_ins, problems)
        with by_hand.locked(course, out / "to-mark.csv"):
            given = by_hand.read_given(course, out / "to-mark.csv")
            pages = feedback.Pages(course, out / PAGES)
            run = _Run(course, out, choices, items, given, problems, pages)
            finals = run.all(hand_ins, len(found))
    missing = _missing(course, pupils, hand_ins, problems) if pupils else 0
    if choices.lms and pupils:
        lms.write(course, choices.lms, out, pupils, finals)
    if pupils:
        for text in lms.doubles(course, finals):
            problems.add("", text)
    tables.write(out / "problems.csv", PROBLEMS, problems.rows)
    return _said(course, out, len(finals), len(found), missing, problems)


def _said(
    course: Course, out: Path, graded: int, files: int, missing: int, problems: _Problems
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


# --- Whose attempt counts -----------------------------------------------------------------------


def _read_all(
    course: Course,
    found: list[inbox.Found],
    pupils: roster.Roster | None,
    problems: _Problems,
    choices: Choices,
) -> list[HandIn]:
    hand_ins = []
    for n, file in enumerate(found):
        choices.progress(n, 2 * len(found))
        try:
            hand_in = _read_one(course, file, problems)
        except KitError as fault:
            problems.add(file.name, str(fault))
            continue
        if pupils:
            hand_in = _matched(course, hand_in, pupils, problems)
        # What is needed to choose among attempts; the answers are read again for marking.
        slim = evolve(hand_in.seal, answers={}, learner=hand_in.code)
        hand_ins.append(evolve(hand_in, seal=slim))
    return hand_ins


def _matched(course: Course, hand_in: HandIn, pupils: roster.Roster, problems: _Problems) -> HandIn:
    """Return the hand-in with its row of the class list; the code that was typed goes first."""
    typed, sent = pupils.match(hand_in.code), pupils.sent(hand_in.sender.id, hand_in.sender.name)
    pupil = typed or sent
    if pupil is None:
        problems.add(hand_in.file, course.say("grade.not_on_roster"), hand_in.learner)
    elif sent and sent is not pupil:
        text = course.say("grade.other_sender", pupil=pupil.label, sender=sent.label)
        problems.add(hand_in.file, text, hand_in.learner)
    return evolve(hand_in, pupil=pupil)


def _read_one(course: Course, file: inbox.Found, problems: _Problems) -> HandIn:
    hand_in = _load(file)
    seal = hand_in.seal
    if seal.course != course.id:
        raise KitError(course.say("grade.other_course", course=f"{seal.course:.60}"))
    if seal.sheet not in {s.id for s in course.sheets}:
        raise KitError(course.say("grade.no_such_sheet", sheet=f"{seal.sheet:.60}"))
    if max(len(seal.record), len(seal.sealed)) > LONGEST_NAME:
        raise KitError(course.say("grade.too_long"))
    if not hand_in.intact:
        problems.add(file.name, course.say("grade.altered"), hand_in.learner)
    if not hand_in.code:
        key = "grade.sender" if hand_in.sender.name else "grade.no_code"
        problems.add(file.name, course.say(key), hand_in.learner)
    return hand_in


def _load(file: inbox.Found) -> HandIn:
    seal, intact = handin.read_bytes(file.load())
    try:
        content = hash(repr((seal.learner, seal.answers)))
    except RecursionError:
        raise KitError(say("handin.wrong_form", fault="RecursionError")) from None
    return HandIn(file.name, seal, intact, file.sender, content=content, load=file.load)


def _counting(
    course: Course, hand_ins: list[HandIn], problems: _Problems, *, first: bool
) -> list[HandIn]:
    """Keep of each record the hand-in with the highest revision, or the first; list the others."""
    attempts: dict[tuple[str, str, str], list[HandIn]] = defaultdict(list)
    codes: dict[tuple[str, str], list[HandIn]] = defaultdict(list)
    for hand_in in hand_ins:
        seal = hand_in.seal
        attempts[seal.sheet, seal.record, hand_in.code.casefold()].append(hand_in)
        codes[seal.sheet, seal.record].append(hand_in)
    for group in codes.values():
        names = sorted({h.learner for h in group if h.code})
        if len({n.casefold() for n in names}) > 1:
            text = course.say("grade.two_codes", codes=", ".join(names))
            problems.add(group[0].file, text, group[0].learner)
    sign = -1 if first else 1
    best = []
    for group in attempts.values():
        used = max(group, key=lambda h: (sign * h.seal.revision, h.intact))
        best.append(used)
        for other in group:
            if other.seal.revision != used.seal.revision:
                revisions = {"old": other.seal.revision, "new": used.seal.revision}
                key = "grade.not_first" if first else "grade.superseded"
                text = course.say(key, file=used.file, **revisions)
                problems.add(other.file, text, other.learner)
            elif other.content != used.content:
                text = course.say("grade.other_copy", file=used.file)
                problems.add(other.file, text, other.learner)
    return sorted(best, key=lambda h: (h.learner.casefold(), h.seal.sheet, h.file))


def _keyed(course: Course, sheet_id: str, keys: Path) -> dict[str, Item]:
    sheet = course.sheet(sheet_id)
    items = load_items(course, sheet, keys)
    if not all(item.has_key for item in items.values() if item.marked):
        raise KitError(course.say("grade.no_keys", sheet=sheet.id, path=keys))
    return items


def _same_codes(course: Course, hand_ins: list[HandIn], problems: _Problems) -> None:
    files = defaultdict(list)
    for h in hand_ins:
        if h.code:
            files[h.seal.sheet, h.learner.casefold()].append(h)
    for group in files.values():
        if len(group) > 1:
            names = ", ".join(h.file for h in group[:10]) + (" …" if group[10:] else "")
            text = course.say("grade.same_code", learner=group[0].learner, files=names)
            problems.add(group[0].file, text, group[0].learner)


def _missing(
    course: Course, pupils: roster.Roster, hand_ins: list[HandIn], problems: _Problems
) -> int:
    """List for each exercise that came in who has not handed it in; return how many that are."""
    count = 0
    for sheet in sorted({h.seal.sheet for h in hand_ins}):
        there = [h.pupil for h in hand_ins if h.pupil and h.seal.sheet == sheet]
        for pupil in pupils.missing(there):
            problems.add("", course.say("grade.missing", sheet=sheet), pupil.label)
            count += 1
    return count


# --- Marking --------------------------------------------------------------------------------------


@frozen
class _Run:
    """One run of marking, and the tables that it writes to."""

    course: Course
    out: Path
    choices: Choices
    items: Mapping[str, Mapping[str, Item]]
    given: by_hand.Given
    problems: _Problems
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
