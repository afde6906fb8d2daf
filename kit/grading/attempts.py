"""Whose attempts count: from the files of an inbox to one hand-in a learner and exercise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from attrs import define, evolve, field

from kit import handin
from kit.course import Course
from kit.grading import inbox, roster
from kit.grading.marks import LONGEST_NAME, HandIn
from kit.grading.tables import Row
from kit.messages import KitError, say


@define
class Problems:
    """What a teacher has to look at: the rows of ``problems.csv``."""

    rows: list[Row] = field(factory=list)

    def add(self, file: str, problem: str, learner: str = "") -> None:
        """Add a row; ``file`` is empty where no file is meant."""
        self.rows.append({"file": file, "learner": learner, "problem": problem})


def read_all(
    course: Course,
    found: list[inbox.Found],
    pupils: roster.Roster | None,
    problems: Problems,
    progress: Callable[[int, int], None],
) -> list[HandIn]:
    """Return every hand-in that can be read, without its answers; note what is wrong with each."""
    hand_ins = []
    for n, file in enumerate(found):
        progress(n, 2 * len(found))
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


def _matched(course: Course, hand_in: HandIn, pupils: roster.Roster, problems: Problems) -> HandIn:
    """Return the hand-in with its row of the class list; the code that was typed goes first."""
    typed, sent = pupils.match(hand_in.code), pupils.sent(hand_in.sender.id, hand_in.sender.name)
    pupil = typed or sent
    if pupil is None:
        problems.add(hand_in.file, course.say("grade.not_on_roster"), hand_in.learner)
    elif sent and sent is not pupil:
        text = course.say("grade.other_sender", pupil=pupil.label, sender=sent.label)
        problems.add(hand_in.file, text, hand_in.learner)
    return evolve(hand_in, pupil=pupil)


def _read_one(course: Course, file: inbox.Found, problems: Problems) -> HandIn:
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


def counting(
    course: Course, hand_ins: list[HandIn], problems: Problems, *, first: bool
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


def note_same_codes(course: Course, hand_ins: list[HandIn], problems: Problems) -> None:
    """Note where one code stands in more than one learner's hand-in."""
    files = defaultdict(list)
    for h in hand_ins:
        if h.code:
            files[h.seal.sheet, h.learner.casefold()].append(h)
    for group in files.values():
        if len(group) > 1:
            names = ", ".join(h.file for h in group[:10]) + (" …" if group[10:] else "")
            text = course.say("grade.same_code", learner=group[0].learner, files=names)
            problems.add(group[0].file, text, group[0].learner)


def note_missing(
    course: Course, pupils: roster.Roster, hand_ins: list[HandIn], problems: Problems
) -> int:
    """List for each exercise that came in who has not handed it in; return how many that are."""
    count = 0
    for sheet in sorted({h.seal.sheet for h in hand_ins}):
        there = [h.pupil for h in hand_ins if h.pupil and h.seal.sheet == sheet]
        for pupil in pupils.missing(there):
            problems.add("", course.say("grade.missing", sheet=sheet), pupil.label)
            count += 1
    return count
