"""Whose attempts count: from the files of an inbox to one hand-in a learner and exercise.

Nobody is marked by the order of files. Where it cannot be told whose work a hand-in is, it is named
with the others, and not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, evolve, field

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading import inbox, roster
from kit.grading.marks import LONGEST_NAME, HandIn
from kit.grading.tables import Row
from kit.learner import submission
from kit.questions.base import LONGEST_TEXT

_NAMED = 10  #: files that one sentence names
_MOST_ANSWERS = 5000  #: no exercise asks so much


@define
class Problems:
    """What a teacher has to look at: the rows of ``problems.csv``."""

    course: Course
    rows: list[Row] = field(factory=list)

    def add(self, file: str, problem: str, learner: str = "") -> None:
        """Add a row; ``file`` is empty where no file is meant."""
        self.rows.append({"file": file, "learner": learner, "problem": problem})

    @contextmanager
    def kept_to(
        self, file: str, learner: str = "", key: str = "grade.unexpected"
    ) -> Iterator[None]:
        """Let whatever goes wrong with one hand-in stop no other: it is listed, and said.

        Args:
            file: the hand-in's name in the inbox.
            learner: whose it is, where that is known.
            key: what to say of a fault that nobody foresaw; it has a place for ``fault``.

        """
        try:
            yield
        except KitError as fault:
            self.add(file, str(fault), learner)
        except Exception as fault:
            shown = f"{type(fault).__name__} {fault}"
            self.add(file, message(key, fault=" ".join(shown.split())[:120]), learner)


def read_all(
    course: Course,
    found: list[inbox.Found],
    pupils: roster.Roster | None,
    problems: Problems,
    progress: Callable[[int, int], None],
) -> list[HandIn]:
    """Return every hand-in that can be read; note what is wrong with each."""
    hand_ins = []
    for n, file in enumerate(found):
        progress(n, 2 * len(found))
        with problems.kept_to(file.name):
            hand_in = _read_one(course, file, problems)
            hand_ins.append(_matched(hand_in, pupils, problems) if pupils else hand_in)
    return hand_ins


def _matched(hand_in: HandIn, pupils: roster.Roster, problems: Problems) -> HandIn:
    """Return the hand-in with its row of the class list; the code that was typed goes first."""
    typed, sent = pupils.match(hand_in.code), pupils.sent(hand_in.sender.id, hand_in.sender.name)
    pupil, dispute = typed or sent, ""
    agreed = hand_in.agreed or (typed is not None and typed is sent)
    stranger, name = False, hand_in.sender.name
    if pupil is None:
        problems.add(hand_in.file, message("grade.not_on_roster"), hand_in.learner)
    elif sent and sent is not pupil:
        dispute = message("grade.other_sender", pupil=pupil.label, sender=sent.label)
    elif typed and name and roster.is_called(typed, name):
        agreed = True  # two on the list have this name, and the code tells them apart
    elif typed and name and not sent and pupils.has_names:
        # Only what an LMS surely wrote: a learner's own file name may look like Canvas's.
        stranger = bool(hand_in.sender.number) or pupils.is_canvas
    if stranger and pupil:
        values = {"sender": name, "pupil": pupil.label}
        problems.add(hand_in.file, message("grade.stranger", **values), hand_in.learner)
    return evolve(
        hand_in, pupil=pupil, sent_by=sent, agreed=agreed, dispute=dispute, stranger=stranger
    )


def _read_one(course: Course, file: inbox.Found, problems: Problems) -> HandIn:
    seal, intact = submission.read_bytes(file.load())
    if seal.course != course.id:
        raise KitError(message("grade.other_course", course=f"{seal.course:.60}"))
    if seal.sheet not in {s.id for s in course.sheets}:
        raise KitError(message("grade.no_such_sheet", sheet=f"{seal.sheet:.60}"))
    if max(len(seal.record), len(seal.sealed)) > LONGEST_NAME:
        raise KitError(message("grade.too_long"))
    if len(seal.answers) > _MOST_ANSWERS:
        raise KitError(message("grade.many_answers", most=_MOST_ANSWERS))
    try:
        content = hash(repr(seal.answers))
    except RecursionError:
        raise KitError(message("handin.wrong_form", fault="RecursionError")) from None
    hand_in = HandIn(file.name, _slim(seal), intact, file.sender, content=content)
    named = hand_in.code and hand_in.code.casefold() == hand_in.sender.name.casefold()
    hand_in = evolve(hand_in, agreed=bool(named))
    if not intact:
        problems.add(file.name, message("grade.altered"), hand_in.learner)
    if not hand_in.code:
        key = "grade.sender" if hand_in.sender.name else "grade.no_code"
        problems.add(file.name, message(key), hand_in.learner)
    return hand_in


def _slim(seal: submission.Seal) -> submission.Seal:
    """Return a seal without what no page of the kit can have made of it, to spare the memory.

    A class's hand-ins are held at once, and each may be a file of many megabytes.
    """
    answers = {
        name: evolve(given, value=_cut(given.value), wording=given.wording[:LONGEST_NAME])
        for name, given in seal.answers.items()
    }
    return evolve(seal, learner=seal.learner[: LONGEST_TEXT // 10], answers=answers)


def _cut(value: Any) -> Any:
    """Return a value, or as much of its text as still shows that it is too long."""
    if isinstance(value, str):
        return value[: LONGEST_TEXT + 1]
    if isinstance(value, dict | list) and len(text := repr(value)) > 2 * LONGEST_TEXT:
        return text[: LONGEST_TEXT + 1]
    return value


def counting(hand_ins: list[HandIn], problems: Problems, *, first: bool) -> list[HandIn]:
    """Keep of each learner's attempts the one with the highest revision, or the first.

    What is left out is listed. What several learners sent in is named with the others.
    """
    records: dict[tuple[str, str], list[HandIn]] = defaultdict(list)
    for hand_in in hand_ins:
        records[hand_in.seal.sheet, hand_in.seal.record].append(hand_in)
    best: list[HandIn] = []
    for group in records.values():
        _note_two_codes(group, problems)
        used = [_used(attempts, problems, first=first) for attempts in _attempts(group)]
        best += _told_apart(used, problems)
    for hand_in in best:
        if hand_in.dispute:
            problems.add(hand_in.file, hand_in.dispute, hand_in.learner)
    return sorted(best, key=lambda h: (h.learner.casefold(), h.seal.sheet, h.file))


def _note_two_codes(group: list[HandIn], problems: Problems) -> None:
    names = sorted({h.learner for h in group if h.code})
    if len({n.casefold() for n in names}) > 1:
        text = message("grade.two_codes", codes=", ".join(names))
        problems.add(group[0].file, text, group[0].learner)


def _attempts(group: list[HandIn]) -> list[list[HandIn]]:
    """Return the hand-ins of one record by learner: those with one code and one sender."""
    codes: dict[str, dict[str, list[HandIn]]] = defaultdict(lambda: defaultdict(list))
    for hand_in in group:
        codes[hand_in.code.casefold()][hand_in.sender.key].append(hand_in)
    _join_codeless(codes)
    for senders in codes.values():
        # What came some other way too, by mail perhaps, is the sender's, where there is one only.
        if len(senders) == 2 and "" in senders:
            other_way = senders.pop("")
            next(iter(senders.values())).extend(other_way)
    return [attempts for senders in codes.values() for attempts in senders.values()]


def _join_codeless(codes: dict[str, dict[str, list[HandIn]]]) -> None:
    """Let what a sender once handed in without a code go with what has one."""
    for sender, attempts in list(codes.get("", {}).items()):
        with_code = [code for code, senders in codes.items() if code and sender in senders]
        if sender and len(with_code) == 1:
            codes[with_code[0]][sender].extend(attempts)
            del codes[""][sender]


def _used(attempts: list[HandIn], problems: Problems, *, first: bool) -> HandIn:
    """Return the attempt that counts, and list the others."""
    sign = -1 if first else 1
    used = max(attempts, key=lambda h: (sign * h.seal.revision, h.intact))
    rivals = []
    for other in attempts:
        if other is used:
            continue
        if other.seal.revision != used.seal.revision:
            revisions = {"old": other.seal.revision, "new": used.seal.revision}
            key = "grade.not_first" if first else "grade.superseded"
            text = message(key, file=used.file, **revisions)
        elif other.content == used.content:
            text = message("grade.copy", file=used.file)
        else:
            text = message("grade.other_copy", file=used.file)
            if other.intact == used.intact:
                rivals.append(other)
        problems.add(other.file, text, other.learner)
    if rivals:  # nothing but their order would choose among them
        used = evolve(used, dispute=message("grade.rival_copies", files=_files(rivals)))
    return used


def _told_apart(used: list[HandIn], problems: Problems) -> list[HandIn]:
    """Return the hand-ins of one record, each named with those that other people sent in."""
    if len({h.sender.key for h in used if h.sender.key}) < 2:
        return used
    named = []
    for hand_in in used:
        others = [h for h in used if h.sender.key != hand_in.sender.key]
        whose = ", ".join(f"{h.sender.name or h.learner}: {h.file}" for h in others[:_NAMED])
        dispute = hand_in.dispute
        if not dispute and not _is_ones_own(hand_in, others):
            dispute = message("grade.whose", others=whose)
        elif not dispute:
            text = message("grade.sent_by_others", others=whose)
            problems.add(hand_in.file, text, hand_in.learner)
        named.append(evolve(hand_in, shared=True, dispute=dispute))
    return named


def _is_ones_own(hand_in: HandIn, others: list[HandIn]) -> bool:
    """Whether everything in a hand-in says that it is its sender's, though others sent the same.

    Either its code is the sender's; or neither its code nor its answers are another's as well.
    """
    if hand_in.agreed:
        return True
    code = hand_in.code.casefold()
    same_code = any(h.code.casefold() == code for h in others) if code else False
    return not same_code and all(h.content != hand_in.content for h in others)


def _files(hand_ins: Iterable[HandIn]) -> str:
    names = [h.file for h in hand_ins]
    return ", ".join(names[:_NAMED]) + (" …" if names[_NAMED:] else "")


def note_same_codes(hand_ins: list[HandIn], problems: Problems) -> None:
    """Note where one code stands in more than one learner's hand-in."""
    same = defaultdict(list)
    for h in hand_ins:
        if h.code and not h.dispute:
            same[h.seal.sheet, h.learner.casefold()].append(h)
    for group in same.values():
        if len(group) > 1:
            learner = group[0].learner
            text = message("grade.same_code", learner=learner, files=_files(group))
            problems.add(group[0].file, text, learner)


def note_missing(pupils: roster.Roster, hand_ins: list[HandIn], problems: Problems) -> int:
    """List for each exercise that came in who has not handed it in; return how many that are."""
    count = 0
    for sheet in sorted({h.seal.sheet for h in hand_ins}):
        of_sheet = [h for h in hand_ins if h.seal.sheet == sheet]
        there = [p for h in of_sheet for p in (h.pupil, h.sent_by) if p]
        for pupil in pupils.missing(there):
            problems.add("", message("grade.missing", sheet=sheet), pupil.label)
            count += 1
    return count
