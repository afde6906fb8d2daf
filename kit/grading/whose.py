"""Whose a submission is: the files of an inbox are read, and matched to the class list.

Whatever is wrong with one of them is noted, and the others are read all the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence

from attrs import evolve

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading.inbox import OtherKindError, Sender, SubmittedFile
from kit.grading.marks import LONGEST_NAME, Submission
from kit.grading.problems import Problems
from kit.grading.roster import BETWEEN, Pupil, Roster, is_called
from kit.grading.times import LateRule
from kit.learner.submission import NotSealedError, Seal, hand_ins
from kit.questions.base import LONGEST_TEXT

_MOST_ANSWERS = 5000  #: no exercise asks so much
_LONG = 2 * LONGEST_TEXT  #: characters; no page of the kit makes an answer so long
_LONG_CODE = LONGEST_TEXT // 10  #: characters of a class code, likewise
_MOST_TOGETHER = 6  #: learners who hand in as one
#: What stands between two names of which each has a comma: 'Cruz, Ada; Berg, Bo'.
_BETWEEN_NAMES = re.compile(r"\s*[;/&+]\s*|\s+(?:and|und|et|y|e)\s+")
_BLANK = re.compile(r"\s+")  #: 'B01 B02', where both are on the class list
_A_CODE = re.compile(r"(?=.*\d)[^\W_][\w.-]*")  #: what is a code and no name
_OF_AN_EDITION = "/kit/__init__.py"  #: what is in every copy of the kit, as in home folders


def read_all(
    course: Course,
    files: Sequence[SubmittedFile],
    roster: Roster,
    late: LateRule,
    problems: Problems,
    progress: Callable[[int, int], None],
) -> list[Submission]:
    """Return every submission that can be read; note what is wrong with each of the others."""
    submissions, editions = [], []
    for file in files:
        if f"/{file.name}".endswith(_OF_AN_EDITION):
            editions.append(file.name.removesuffix(_OF_AN_EDITION[1:]))
    left_out: Counter[str] = Counter()  # by edition of the kit, its files that are no hand-in
    for n, file in enumerate(files):
        progress(n, 2 * len(files))
        with problems.kept_to(file.name):
            try:
                lost: list[KitError] = []
                found = hand_ins(file.read(), lost)
            except (NotSealedError, OtherKindError):
                around = [edition for edition in editions if file.name.startswith(edition)]
                if not around:
                    raise
                left_out[max(around, key=len)] += 1
                continue
            for fault in lost[:1]:
                problems.add(file.name, message("grade.one_of_several", fault=fault))
            for seal, intact in found:
                submission = _read(course, file, seal, late, problems, intact=intact)
                together = _together(submission, roster)
                if roster.pupils:
                    submission = _matched(submission, roster, problems, is_one=not together)
                if not submission.code:
                    key = "grade.sender" if submission.sender.name else "grade.no_code"
                    problems.add_about(submission, message(key))
                submissions += _each_of_them(submission, together)
    for edition, count in left_out.items():
        problems.add(edition.rstrip("/"), message("grade.edition", n=count))
    return submissions


def _read(
    course: Course,
    file: SubmittedFile,
    seal: Seal,
    late: LateRule,
    problems: Problems,
    *,
    intact: bool,
) -> Submission:
    if seal.course != course.id:
        raise KitError(message("grade.other_course", course=f"{seal.course:.60}"))
    if not any(sheet.id == seal.sheet for sheet in course.sheets):
        raise KitError(message("grade.no_such_sheet", sheet=f"{seal.sheet:.60}"))
    if max(len(seal.record), len(seal.sealed)) > LONGEST_NAME:
        raise KitError(message("grade.too_long"))
    if len(seal.answers) > _MOST_ANSWERS:
        raise KitError(message("grade.many_answers", most=_MOST_ANSWERS))
    try:
        content = repr(seal.answers)
        if len(content) > _LONG or len(seal.learner) > _LONG_CODE:
            seal = _cut(seal)
            content = repr(seal.answers)
    except RecursionError:
        raise KitError(message("handin.wrong_form", fault="RecursionError")) from None
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()
    submission = Submission(file.name, seal, intact, file.sender, content=digest, rule=late)
    if not intact:
        problems.add_about(submission, message("grade.altered"))
    code, sender = submission.code, submission.sender.name
    if code and code.casefold() == sender.casefold():
        submission = evolve(submission, agreed=True)
    return submission


def _cut(seal: Seal) -> Seal:
    """Return a seal without what no page of the kit can have made of it, to spare the memory.

    A class's submissions are held at once, and each may be a file of many megabytes. What is cut
    is still seen to be too long.
    """
    answers = {}
    for name, answer in seal.answers.items():
        text = answer.value if isinstance(answer.value, str) else repr(answer.value)
        answers[name] = evolve(answer, wording=answer.wording[:LONGEST_NAME])
        if len(text) > _LONG:
            answers[name] = evolve(answers[name], value=text[: LONGEST_TEXT + 1])
    return evolve(seal, learner=seal.learner[:_LONG_CODE], answers=answers)


def _matched(
    submission: Submission, roster: Roster, problems: Problems, *, is_one: bool
) -> Submission:
    """Return it with its row of the class list; the code that was typed goes first.

    What fits badly is noted of the work of one learner, and not of several together.
    """
    sender = submission.sender
    typed = roster.match(submission.code)
    sent_by = None
    if sender.name:
        if not (sender.id or sender.number):  # where the name begins and ends may be unclear
            sent_by = roster.in_path(sender.place)
        sent_by = sent_by or roster.sent(sender.id, sender.name, sender.number)
    elif sent_by := roster.in_path(submission.file):
        sender = Sender(sent_by.name or sent_by.code)
        submission = evolve(submission, sender=sender)
    matched = evolve(submission, pupil=typed or sent_by, sent_by=sent_by)
    if not is_one:
        return matched
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
    elif typed and sender.name and roster.has_names:
        # A learner's own name for a file may look like Canvas's.
        is_of_lms = not sender.is_hidden and (sender.number or roster.is_canvas)
        if is_of_lms:
            values = {"sender": sender.name, "pupil": typed.label}
            problems.add_about(submission, message("grade.stranger", **values))
            matched = evolve(matched, stranger=True)
    return matched


def _together(submission: Submission, roster: Roster) -> list[tuple[str, Pupil | None]]:
    """Return the code of each who has handed in together, and the row of the class list.

    It is a group that the LMS names, or all who were typed: 'B01, B02'. Where there is no class
    list, each has to be a code, and all of one form: in '7b/12' class and number have two.

    Returns:
        Nothing where it is the work of one learner alone.

    """
    pupils: list[Pupil | None] = [*roster.group(submission.sender.name)]
    if not pupils and not roster.match(submission.code):
        parts = _parts(BETWEEN, submission.code)
        if not roster.pupils:
            forms = {re.sub(r"\d+", "0", re.sub(r"[^\W\d]+", "a", code)) for code in parts}
            are_codes = len(forms) == 1 and all(map(_A_CODE.fullmatch, parts))
            return [(code, None) for code in parts if are_codes]
        for split in (BETWEEN, _BETWEEN_NAMES, _BLANK):
            pupils = list(map(roster.match, _parts(split, submission.code)))
            if pupils and None not in pupils:
                break
    if None in pupils:
        return []
    return [(pupil.code or pupil.name, pupil) for pupil in pupils if pupil]


def _parts(between: re.Pattern[str], text: str) -> list[str]:
    """Return what stands between some signs; nothing, where that is not two, or a few more."""
    parts = [part.strip() for part in between.split(text) if part.strip()]
    return parts if 2 <= len(parts) <= _MOST_TOGETHER else []


def _each_of_them(
    submission: Submission, together: Sequence[tuple[str, Pupil | None]]
) -> list[Submission]:
    """Return one for each learner who has handed in together: 'B01, B02' gives two rows."""
    dispute = ""
    if submission.pupil and submission.pupil not in [pupil for _, pupil in together]:
        values = {"pupil": submission.code, "sender": submission.sender.name}
        dispute = message("grade.other_sender", **values)
    each = []
    for code, pupil in together:
        one = evolve(submission, own_code=code, dispute=dispute)
        if pupil:
            one = evolve(one, pupil=pupil, agreed=pupil is submission.sent_by)
        if not one.agreed and not dispute:
            # Another has sent it for this one, or perhaps both have: that is no contradiction.
            one = evolve(one, sender=evolve(one.sender, name="", id="", number=""))
        each.append(one)
    return each or [submission]
