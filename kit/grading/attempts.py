"""Whose attempts count: from the files of an inbox to one submission a learner and exercise.

Nobody is marked by the order of files. Where it cannot be told whose work a submission is, it is
named with the others, and not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from attrs import define, evolve, field

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading.inbox import SubmittedFile
from kit.grading.marks import LONGEST_NAME, Submission
from kit.grading.roster import Pupil, Roster, is_called
from kit.grading.tables import Row
from kit.learner.submission import Seal, read_bytes
from kit.questions.base import LONGEST_TEXT

_NAMED = 10  #: files that one sentence names
_MOST_ANSWERS = 5000  #: no exercise asks so much


@define
class Problems:
    """What a teacher has to look at: the rows of ``problems.csv``."""

    rows: list[Row] = field(factory=list)

    def add(self, file: str, problem: str, learner: str = "") -> None:
        """Add a row; ``file`` is empty where no file is meant."""
        self.rows.append({"file": file, "learner": learner, "problem": problem})

    def add_about(self, submission: Submission, problem: str) -> None:
        """Add a row about a submission."""
        self.add(submission.file, problem, submission.learner)

    @contextmanager
    def kept_to(
        self, file: str, learner: str = "", key: str = "grade.unexpected"
    ) -> Iterator[None]:
        """Let whatever goes wrong with one submission stop no other: it is listed, and said.

        Args:
            file: the submission's name in the inbox.
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


# --- Reading --------------------------------------------------------------------------------------


def read_all(
    course: Course,
    files: Sequence[SubmittedFile],
    roster: Roster | None,
    problems: Problems,
    progress: Callable[[int, int], None],
) -> list[Submission]:
    """Return every submission that can be read; note what is wrong with each."""
    submissions = []
    for n, file in enumerate(files):
        progress(n, 2 * len(files))
        with problems.kept_to(file.name):
            submission = _read(course, file, problems)
            if roster:
                submission = _matched(submission, roster, problems)
            submissions.append(submission)
    return submissions


def _read(course: Course, file: SubmittedFile, problems: Problems) -> Submission:
    seal, intact = read_bytes(file.read())
    if seal.course != course.id:
        raise KitError(message("grade.other_course", course=f"{seal.course:.60}"))
    if not any(sheet.id == seal.sheet for sheet in course.sheets):
        raise KitError(message("grade.no_such_sheet", sheet=f"{seal.sheet:.60}"))
    if max(len(seal.record), len(seal.sealed)) > LONGEST_NAME:
        raise KitError(message("grade.too_long"))
    if len(seal.answers) > _MOST_ANSWERS:
        raise KitError(message("grade.many_answers", most=_MOST_ANSWERS))
    try:
        seal = _cut(seal)
        content = repr(seal.answers)
    except RecursionError:
        raise KitError(message("handin.wrong_form", fault="RecursionError")) from None
    submission = Submission(file.name, seal, intact, file.sender, content=content)
    code, sender = submission.code, submission.sender.name
    if not intact:
        problems.add_about(submission, message("grade.altered"))
    if not code:
        key = "grade.sender" if sender else "grade.no_code"
        problems.add_about(submission, message(key))
    return evolve(submission, agreed=bool(code) and code.casefold() == sender.casefold())


def _cut(seal: Seal) -> Seal:
    """Return a seal without what no page of the kit can have made of it, to spare the memory.

    A class's submissions are held at once, and each may be a file of many megabytes. What is cut
    is still seen to be too long.
    """
    answers = {}
    for name, answer in seal.answers.items():
        text = answer.value if isinstance(answer.value, str) else repr(answer.value)
        answers[name] = evolve(answer, wording=answer.wording[:LONGEST_NAME])
        if len(text) > 2 * LONGEST_TEXT:
            answers[name] = evolve(answers[name], value=text[: LONGEST_TEXT + 1])
    return evolve(seal, learner=seal.learner[: LONGEST_TEXT // 10], answers=answers)


def _matched(submission: Submission, roster: Roster, problems: Problems) -> Submission:
    """Return it with its row of the class list; the code that was typed goes first."""
    sender = submission.sender
    typed = roster.match(submission.code)
    sent_by = roster.sent(sender.id, sender.name)
    matched = evolve(submission, pupil=typed or sent_by, sent_by=sent_by)
    if matched.pupil is None:
        problems.add_about(submission, message("grade.not_on_roster"))
    elif typed and typed is sent_by:
        matched = evolve(matched, agreed=True)
    elif typed and sent_by:
        values = {"pupil": typed.label, "sender": sent_by.label}
        matched = evolve(matched, dispute=message("grade.other_sender", **values))
    elif typed and sender.name and is_called(typed, sender.name):
        # Two on the list have this name, and the code tells them apart.
        matched = evolve(matched, agreed=True)
    elif typed and sender.name and roster.has_names and (sender.number or roster.is_canvas):
        # Only what an LMS surely wrote: a learner's own file name may look like Canvas's.
        values = {"sender": sender.name, "pupil": typed.label}
        problems.add_about(submission, message("grade.stranger", **values))
        matched = evolve(matched, stranger=True)
    return matched


# --- Which of several counts ----------------------------------------------------------------------


def counting(
    submissions: Sequence[Submission], problems: Problems, *, first: bool
) -> list[Submission]:
    """Keep of each learner's attempts the one with the highest revision, or the first.

    What is left out is listed. What several learners sent in is named with the others.
    """
    records: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in submissions:
        records[submission.seal.sheet, submission.seal.record].append(submission)
    counted: list[Submission] = []
    for same_record in records.values():
        _note_two_codes(same_record, problems)
        used = []
        for attempts in _by_learner(same_record):
            used.append(_attempt_that_counts(attempts, problems, first=first))
        counted += _told_apart(used, problems)
    for submission in counted:
        if submission.dispute:
            problems.add_about(submission, submission.dispute)
    return sorted(counted, key=lambda one: (one.learner.casefold(), one.seal.sheet, one.file))


def _note_two_codes(same_record: Sequence[Submission], problems: Problems) -> None:
    codes = sorted({one.learner for one in same_record if one.code})
    if len(set(map(str.casefold, codes))) > 1:
        problems.add_about(same_record[0], message("grade.two_codes", codes=", ".join(codes)))


def _by_learner(same_record: Sequence[Submission]) -> list[list[Submission]]:
    """Return the submissions of one record by learner: those with one code and one sender."""
    codes: dict[str, dict[str, list[Submission]]] = defaultdict(lambda: defaultdict(list))
    for one in same_record:
        codes[one.code.casefold()][one.sender.key].append(one)
    _join_codeless(codes)
    attempts: list[list[Submission]] = []
    for senders in codes.values():
        # What came some other way too, by mail perhaps, is the sender's, where there is one only.
        if len(senders) == 2 and "" in senders:
            other_way = senders.pop("")
            next(iter(senders.values())).extend(other_way)
        attempts += senders.values()
    return attempts


def _join_codeless(codes: dict[str, dict[str, list[Submission]]]) -> None:
    """Let what a sender once handed in without a code go with what has one."""
    for sender, attempts in list(codes.get("", {}).items()):
        with_code = [code for code, senders in codes.items() if code and sender in senders]
        if sender and len(with_code) == 1:
            codes[with_code[0]][sender].extend(attempts)
            del codes[""][sender]


def _attempt_that_counts(
    attempts: Sequence[Submission], problems: Problems, *, first: bool
) -> Submission:
    """Return the attempt that counts, and list the others."""
    sign, key = 1, "grade.superseded"
    if first:
        sign, key = -1, "grade.not_first"
    used = max(attempts, key=lambda one: (sign * one.seal.revision, one.intact))
    rivals = []
    for other in attempts:
        if other is used:
            continue
        if other.seal.revision != used.seal.revision:
            revisions = {"old": other.seal.revision, "new": used.seal.revision}
            text = message(key, file=used.file, **revisions)
        elif other.content == used.content:
            text = message("grade.copy", file=used.file)
        else:
            text = message("grade.other_copy", file=used.file)
            if other.intact == used.intact:
                rivals.append(other)
        problems.add_about(other, text)
    if rivals:  # nothing but their order would choose among them
        used = evolve(used, dispute=message("grade.rival_copies", files=_files(rivals)))
    return used


def _told_apart(used: Sequence[Submission], problems: Problems) -> Sequence[Submission]:
    """Return the submissions of one record, each named with those that other people sent in."""
    if len({one.sender.key for one in used} - {""}) < 2:
        return used
    told_apart = []
    for one in used:
        others = [other for other in used if other.sender.key != one.sender.key]
        named = [f"{other.sender.name or other.learner}: {other.file}" for other in others]
        whose = ", ".join(named[:_NAMED])
        dispute = one.dispute
        if not dispute and _is_ones_own(one, others):
            problems.add_about(one, message("grade.sent_by_others", others=whose))
        elif not dispute:
            dispute = message("grade.whose", others=whose)
        told_apart.append(evolve(one, shared=True, dispute=dispute))
    return told_apart


def _is_ones_own(submission: Submission, others: Sequence[Submission]) -> bool:
    """Whether everything in a submission says that it is its sender's, though others sent the same.

    Either its code is the sender's; or neither its code nor its answers are another's as well.
    """
    if submission.agreed:
        return True
    code = submission.code.casefold()
    for other in others:
        if (code and other.code.casefold() == code) or other.content == submission.content:
            return False
    return True


def _files(submissions: Sequence[Submission]) -> str:
    names = ", ".join(one.file for one in submissions[:_NAMED])
    if len(submissions) > _NAMED:
        names += " …"
    return names


# --- What the class as a whole has to be told -----------------------------------------------------


def note_same_codes(submissions: Sequence[Submission], problems: Problems) -> None:
    """Note where one code stands in more than one learner's submission."""
    by_code = defaultdict(list)
    for one in submissions:
        if one.code and not one.dispute:
            by_code[one.seal.sheet, one.learner.casefold()].append(one)
    for same in by_code.values():
        if len(same) > 1:
            values = {"learner": same[0].learner, "files": _files(same)}
            problems.add_about(same[0], message("grade.same_code", **values))


def note_missing(roster: Roster, submissions: Sequence[Submission], problems: Problems) -> int:
    """List for each exercise that came in who has not handed it in; return how many that are."""
    there: dict[str, list[Pupil | None]] = defaultdict(list)
    for one in submissions:
        there[one.seal.sheet] += [one.pupil, one.sent_by]
    count = 0
    for sheet in sorted(there):
        for pupil in roster.missing(there[sheet]):
            problems.add("", message("grade.missing", sheet=sheet), pupil.label)
            count += 1
    return count
