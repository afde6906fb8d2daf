"""Whose attempts count: of all that was handed in, one submission a learner and exercise.

Nobody is marked by the order of files. Where it cannot be told whose work a submission is, it is
named with the others, and not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from attrs import evolve, frozen

from kit.course.messages import message
from kit.grading.marks import Submission
from kit.grading.problems import Problems
from kit.grading.roster import Roster

_NAMED = 10  #: files that one sentence names
_A_TEXT = 60  #: characters of an answer that two do not write alike by chance
#: What is said of the attempts that do not count, by the rule that says which does.
_NOT_USED = {
    "last": "grade.superseded",
    "first": "grade.not_first",
    "best": "grade.not_best",
    "before due": "grade.not_before_due",
}


@frozen
class Choosing:
    """How one of a learner's attempts is chosen."""

    first: bool = False  #: the first, where the class list says nothing else of the learner
    #: What an attempt earns, for a learner whose best one counts.
    earned: Callable[[Submission], float] = lambda _: 0.0

    def rule(self, attempts: Sequence[Submission]) -> str:
        """Return which attempt of a learner counts: 'first', 'last', 'best' or 'before due'.

        Where none was in time, the last one counts for who asked for the last before it was due.
        """
        for one in attempts:
            if one.pupil and one.pupil.counts == "before due":
                return "before due" if any(map(_is_in_time, attempts)) else "last"
            if one.pupil and one.pupil.counts:
                return one.pupil.counts
        return "first" if self.first else "last"

    def chosen(
        self, attempts: Sequence[Submission], place: Callable[[Submission], Any]
    ) -> Submission:
        """Return the attempt that counts.

        Args:
            attempts: of one learner, for one exercise.
            place: what puts them in order of time. No two that differ have one place.

        """
        rule, among = self.rule(attempts), list(attempts)
        if rule == "first":
            return min(among, key=place)
        if rule == "best":
            return max(among, key=lambda one: (self.earned(one), place(one)))
        if rule == "before due":
            among = list(filter(_is_in_time, among))
        return max(among, key=place)


def _is_in_time(submission: Submission) -> bool:
    return submission.hours == 0


def those_that_count(
    submissions: Sequence[Submission], problems: Problems, choosing: Choosing
) -> list[Submission]:
    """Keep of each learner's attempts the one that counts.

    What is left out is listed. What several learners sent in is named with the others.
    """
    records: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in _without_drafts(submissions, problems):
        records[submission.seal.sheet, submission.seal.record].append(submission)
    used: list[Submission] = []
    for same_record in records.values():
        of_record = []
        for attempts in _by_learner(same_record):
            of_record.append(_attempt_that_counts(attempts, problems, choosing))
        used += _told_apart(_one_text_one_code(of_record, problems), problems)
    counted = _one_a_learner(used, problems, choosing)
    for submission in counted:
        if submission.dispute:
            problems.add_about(submission, submission.dispute)
    return sorted(counted, key=lambda one: (one.learner.casefold(), one.seal.sheet, one.file))


def _without_drafts(submissions: Sequence[Submission], problems: Problems) -> Iterator[Submission]:
    """Leave out a working copy where its sender has handed in that exercise."""
    handed_in = {
        (one.sender.key, one.seal.sheet): one.file
        for one in submissions
        if one.sender.key and not one.sender.is_draft
    }
    for one in submissions:
        file = handed_in.get((one.sender.key, one.seal.sheet))
        if file and one.sender.is_draft:
            problems.add_about(one, message("grade.draft", file=file))
        else:
            yield one


def _by_learner(same_record: Sequence[Submission]) -> list[list[Submission]]:
    """Return the submissions of one record by learner: those with one code and one sender."""
    codes: dict[str, dict[str, list[Submission]]] = defaultdict(lambda: defaultdict(list))
    for one in same_record:
        codes[one.claimed][one.sender.key].append(one)
    # What a sender once handed in without a code goes with what has one, where there is one only.
    for sender in list(codes.get("", {})):
        with_code = [senders for code, senders in codes.items() if code and sender in senders]
        if sender and len(with_code) == 1:
            with_code[0][sender] += codes[""].pop(sender)
    attempts: list[list[Submission]] = []
    for senders in codes.values():
        # What came some other way too, by mail perhaps, is the sender's, where there is one only.
        if len(senders) == 2 and "" in senders:
            other_way = senders.pop("")
            next(iter(senders.values())).extend(other_way)
        attempts += senders.values()
    return attempts


def _attempt_that_counts(
    attempts: Sequence[Submission], problems: Problems, choosing: Choosing
) -> Submission:
    """Return the attempt of one record that counts, and list the others."""
    revisions: dict[int, Submission] = {}
    rivals: dict[int, list[Submission]] = defaultdict(list)
    # Of two with the same answers the one that was sealed first; whole ones before altered ones.
    for one in sorted(attempts, key=lambda one: (not one.intact, _time(one), one.file)):
        revision = one.seal.revision
        kept = revisions.setdefault(revision, one)
        if one is kept:
            continue
        if one.content == kept.content:
            problems.add_about(one, message("grade.copy", file=kept.file))
            continue
        problems.add_about(one, message("grade.other_copy", file=kept.file))
        if one.intact == kept.intact:
            rivals[revision].append(one)
    used = choosing.chosen(list(revisions.values()), lambda one: one.seal.revision)
    key = _NOT_USED[choosing.rule(attempts)]
    for revision, one in revisions.items():
        if one is not used:
            values = {"old": revision, "new": used.seal.revision}
            problems.add_about(one, message(key, file=used.file, **values))
    if used.seal.revision in rivals:  # nothing but their order would choose among them
        others = _files(rivals[used.seal.revision])
        used = evolve(used, dispute=message("grade.rival_copies", files=others))
    return used


def _time(submission: Submission) -> datetime:
    """Return when it was sealed; the last of all times where that cannot be told."""
    return submission.sealed or datetime.max.replace(tzinfo=UTC)


def _one_text_one_code(of_record: Sequence[Submission], problems: Problems) -> Sequence[Submission]:
    """Dispute what was handed in under two codes with the same answers, and name other codes.

    One learner may have corrected the code, or have given the work to another. Where only one of
    the codes is on the class list, or one sender has sent both, it was corrected.
    """
    codes = {one.claimed: one.typed for one in of_record if one.typed}
    if len(codes) < 2:
        return of_record
    named = ", ".join(sorted(codes.values()))
    problems.add_about(of_record[0], message("grade.two_codes", codes=named))
    told_apart = []
    for one in of_record:
        same = [other for other in of_record if _is_same_text(one, other)]
        sender = one.sender.key or None  # two of whom nobody knows the sender have not the same
        ones_own = [other for other in same if other.sender.key == sender]
        others = [other for other in same if other.sender.key != sender]
        newest = max([*ones_own, one], key=lambda one: (one.seal.revision, _time(one), one.file))
        known = [other for other in others if other.pupil]
        if one.pupil and not known:  # the only code of these that is on the class list
            ones_own, others = [*ones_own, *others], []
        if one is not newest:
            problems.add_about(one, message("grade.copy", file=newest.file))
        elif others and one.typed and not one.pupil and len(known) == 1:
            problems.add_about(one, message("grade.corrected_code", file=known[0].file))
        elif others and one.typed and not one.dispute and not one.agreed:
            whose = message("grade.whose", others=_senders(others))
            told_apart.append(evolve(one, dispute=whose))
        else:
            # To put the code right makes nobody late: the answers are as old as they were.
            first = min([*ones_own, one], key=_time)
            told_apart.append(evolve(one, seal=evolve(one.seal, sealed=first.seal.sealed)))
    return told_apart


def _is_same_text(one: Submission, other: Submission) -> bool:
    """Whether two submissions of one record have the same answers under two codes."""
    is_other_code = bool(other.typed) and one.claimed != other.claimed
    were_together = bool(one.own_code and other.own_code)
    return is_other_code and not were_together and one.content == other.content


def _told_apart(used: Sequence[Submission], problems: Problems) -> Sequence[Submission]:
    """Return the submissions of one record, each named with those that other people sent in."""
    if len({one.sender.key for one in used} - {""}) < 2:
        return used
    told_apart = []
    for one in used:
        others = [other for other in used if other.sender.key != one.sender.key]
        whose, dispute = _senders(others), one.dispute
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
    codes = {other.claimed for other in others} - {""}
    contents = {other.content for other in others}
    is_like_others = submission.claimed in codes or submission.content in contents
    return submission.agreed or not is_like_others


def _one_a_learner(
    used: Sequence[Submission], problems: Problems, choosing: Choosing
) -> list[Submission]:
    """Keep one of what a learner handed in from several records, as after a computer was reset."""
    learners: dict[Any, list[Submission]] = defaultdict(list)
    for n, one in enumerate(used):
        whose: Any = n  # nobody else's: nothing says that it is one learner's
        if one.pupil and not (one.dispute or one.stranger):
            whose = (one.seal.sheet, id(one.pupil))
        elif (one.code or one.sender.key) and not (one.dispute or one.stranger):
            whose = (one.seal.sheet, one.claimed, one.sender.key)
        learners[whose].append(one)
    counted = []
    for attempts in learners.values():
        times = {one.sealed for one in attempts}
        if None in times or len(times) < len(attempts):
            counted += attempts  # only the names of files would choose among them
            continue
        chosen = choosing.chosen(attempts, _time)
        counted.append(chosen)
        for one in attempts:
            if one is not chosen:
                values = {"file": chosen.file, "time": one.seal.sealed}
                problems.add_about(one, message("grade.other_record", **values))
    return counted


def _senders(submissions: Sequence[Submission]) -> str:
    named = [f"{one.sender.name or one.learner}: {one.file}" for one in submissions]
    return ", ".join(named[:_NAMED])


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


def note_same_texts(submissions: Sequence[Submission], problems: Problems) -> None:
    """Name those who wrote the same, word for word, in different records. Their marks stay."""
    by_text: dict[tuple[str, str, str], list[Submission]] = defaultdict(list)
    for one in submissions:
        for item, answer in one.seal.answers.items():
            if isinstance(answer.value, str) and len(answer.value) >= _A_TEXT:
                text = " ".join(answer.value.split()).casefold()
                by_text[one.seal.sheet, item, text].append(one)
    for (_, item, _), same in by_text.items():
        for one in same:
            others = (other for other in same if other.seal.record != one.seal.record)
            if first := list(islice(others, _NAMED)):
                values = {"id": f"{item:.60}", "others": _senders(first)}
                problems.add_about(one, message("grade.same_text", **values))


def note_clocks(submissions: Sequence[Submission], problems: Problems) -> None:
    """Note what was sealed by a clock that is a year or more off, or that left no time.

    Nobody knows whether that is late.
    """
    for one in submissions:
        if one.late.due and one.hours is None:
            key = "grade.clock" if one.sealed else "grade.no_time"
            problems.add_about(one, message(key, time=one.seal.sealed))


def note_missing(roster: Roster, submissions: Sequence[Submission], problems: Problems) -> int:
    """List for each exercise that came in who has not handed it in; return how many that are."""
    there: dict[str, set[int]] = defaultdict(set)
    for one in submissions:
        there[one.seal.sheet] |= {id(one.pupil), id(one.sent_by)}
    count = 0
    for sheet, seen in sorted(there.items()):
        for pupil in roster.pupils:
            if id(pupil) not in seen:
                is_excused = pupil.is_excused(sheet)
                key = "grade.excused" if is_excused else "grade.missing"
                problems.add("", message(key, sheet=sheet), pupil.label)
                count += not is_excused
    return count
