"""The class's figures: how each question did, what drew whom, and whether the class tells apart.

:mod:`kit.grading.report_page` shows them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from kit.course.messages import message
from kit.grading import by_hand
from kit.grading.marks import MarkedSubmission, Result, Submission, answer_in_words
from kit.grading.pictures import shade
from kit.grading.statistics import alpha, clustered, correlation, mean, weighted_kappa
from kit.grading.tables import Row, tidy
from kit.learner.calibration import Judgement, Measure, wilson
from kit.questions.base import Question, labels_in
from kit.questions.parts import Statement, TwoCounts, texts_of

COLUMNS = (
    "sheet", "question", "part", "answered", "blank", "earned", "low", "high", "discrimination",
    "from", "to", "agreement", "with_key", "look_at",
)  # fmt: skip
FEW = 10  #: below so many learners the intervals say little, and nothing is called faulty
_MANY = 0.25  #: a wrong option that so large a share chose is worth a look


@define
class Answers:
    """Those who gave an answer, or a part of one such as an option: what it earned, and the rest.

    The n-th of each list is about one and the same learner.
    """

    learners: list[str] = field(factory=list)
    credits: list[float] = field(factory=list)  #: what it earned, 0 to 1
    rests: list[float] = field(factory=list)  #: the share of the other marks that they earned

    def add(self, learner: str, credit: float, rest: float) -> None:
        """Take in one learner's answer."""
        self.learners.append(learner)
        self.credits.append(credit)
        self.rests.append(rest)

    @property
    def count(self) -> int:
        """How many gave it."""
        return len(self.learners)

    @property
    def earned(self) -> Measure | None:
        """The mean credit: of partial credits too, as if each were a share."""
        return clustered(self.credits, 1)

    @property
    def rests_of_right(self) -> list[float]:
        """What those whose answer earned everything earned on the other questions."""
        pairs = zip(self.credits, self.rests, strict=True)
        return [rest for credit, rest in pairs if credit == 1]

    @property
    def discrimination(self) -> Measure | None:
        """How far those who earned more here earned more elsewhere: a correlation."""
        return correlation(self.credits, self.rests)


@define
class QuestionTally:
    """One question, across the class."""

    question: Question
    blank: int = 0
    answers: Answers = field(factory=Answers)
    chosen: dict[str, Answers] = field(factory=dict)  #: by option, of those who chose it
    units: dict[str, Answers] = field(factory=dict)  #: by unit, of those who gave it a label
    labels: dict[str, Counter[str]] = field(factory=dict)  #: by unit, how often each label
    typed: dict[str, Answers] = field(factory=dict)  #: in words, where there is nothing to choose
    earned: Counter[str] = field(factory=Counter)  #: how many learners have each of SHADES
    two_marks: list[tuple[float, float]] = field(factory=list)  #: where two markers gave one each

    def add(self, result: Result, rest: float, learner: str) -> None:
        """Take in one learner's answer; ``rest`` is the share of the other marks they earned."""
        if result.unread:
            return  # neither an answer to this question as it is now, nor a blank
        if result.value is None:
            self.blank += 1
            return
        credit = result.credit or 0.0
        self.answers.add(learner, credit, rest)
        chosen, labels = self.question.chosen_ids(result.value), labels_in(result.value)
        for option in chosen:
            self.chosen.setdefault(option, Answers()).add(learner, credit, rest)
        if self.question.marked and not chosen and not labels:
            words = answer_in_words(self.question, result.value)
            self.typed.setdefault(words, Answers()).add(learner, credit, rest)
        for unit in self.question.units:
            if label := labels.get(unit.id):
                self.labels.setdefault(unit.id, Counter())[label] += 1
                is_right = float(label in unit.right)
                self.units.setdefault(unit.id, Answers()).add(learner, is_right, rest)

    @property
    def agreement(self) -> float | None:
        """How far learners agree among themselves on the labels: Krippendorff's alpha."""
        return alpha(self.labels.values())

    @property
    def with_key(self) -> float | None:
        """How far each learner agrees with the key: the same alpha, of every learner and the key.

        Where the key takes more than one label, a learner's choice among these is the key's.
        """
        pairs: list[Counter[str]] = []
        times = []
        for unit in self.question.units:
            for label, learners in self.labels.get(unit.id, {}).items():
                if unit.right:
                    key = label if label in unit.right else unit.right[0]
                    pairs.append(Counter((label, key)))
                    times.append(learners)
        return alpha(pairs, times)

    @property
    def kappa(self) -> float | None:
        """How far two markers of the writing agree."""
        return weighted_kappa(self.two_marks)

    @property
    def has_details(self) -> bool:
        """Whether the page says more of it than its row in the table."""
        return bool(self.chosen or self.units or self.typed) or self.kappa is not None

    @property
    def counts(self) -> bool:
        """Whether the question earns marks, by the program or by a reader."""
        question = self.question
        return bool(question.marks) and (question.marked or question.by_reader)


@frozen
class LearnerFigures:
    """What the report knows of one learner."""

    who: str  #: tells the learner from all others
    name: str
    share: float  #: of the automatic marks
    earned: dict[str, str]  #: by question that counts, one of SHADES
    accepted: float  #: the share of the sound statements accepted
    rejected: float  #: the share of the unsound ones held back
    sealed: str = ""  #: when it was handed in, UTC: of two tests this says which came first
    has_judged: bool = True  #: both sound and unsound; else the shares mean nothing

    @property
    def apart(self) -> float:
        """How well they tell sound from unsound, -1 to 1; 0 is blanket trust and distrust."""
        return self.accepted + self.rejected - 1

    @property
    def leaning(self) -> float:
        """Which way they lean: -1 trusts everything, 1 distrusts everything."""
        return self.rejected - self.accepted


@define
class ClassReport:
    """One sheet, across the class."""

    learners: list[LearnerFigures] = field(factory=list)
    tallies: dict[str, QuestionTally] = field(factory=dict)
    counts: TwoCounts = field(factory=TwoCounts)  #: the last learner's; how many there are to judge
    sureness: list[Judgement] = field(factory=list)  #: each answer that said how sure it was

    @property
    def judging(self) -> list[LearnerFigures]:
        """The learners who judged any statement as sound or unsound."""
        return [learner for learner in self.learners if learner.has_judged]

    @property
    def accepted(self) -> list[float]:
        """Each learner's share of the sound statements accepted."""
        return [one.accepted for one in self.judging]

    @property
    def rejected(self) -> list[float]:
        """Each learner's share of the unsound statements held back."""
        return [one.rejected for one in self.judging]

    def add(self, marked: MarkedSubmission) -> None:
        """Take in one submission."""
        most, automatic = marked.automatic_most, marked.automatic
        name = marked.submission.learner
        earned = {}
        for result in marked.results:
            rest = _share(automatic - result.marks, most - result.automatic_most)
            tally = self.tally(result.question)
            tally.add(result, rest, name)
            if tally.counts:
                kind = earned[result.question.id] = _earned(result)
                tally.earned[kind] += 1
            tally.two_marks += filter(None, map(by_hand.both_marks, result.rows))
            if result.confidence is not None and result.credit is not None:
                self.sureness.append(Judgement(result.confidence / 100, result.credit == 1))
        self.counts, judged = marked.counts, marked.judged
        figures = LearnerFigures(
            learner_id(marked.submission),
            name,
            _share(automatic, most),
            earned,
            _share(judged.sound_accepted, judged.sound),
            _share(judged.unsound_rejected, judged.unsound),
            sealed=marked.submission.seal.sealed,
            has_judged=bool(judged.sound and judged.unsound),
        )
        self.learners.append(figures)

    def tally(self, question: Question) -> QuestionTally:
        """Return what is known of one question."""
        return self.tallies.setdefault(question.id, QuestionTally(question))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def learner_id(submission: Submission) -> str:
    """Return what tells the learner from all others, whichever computer they worked at."""
    if submission.pupil:
        return f"pupil {submission.pupil.label}"
    if submission.code or submission.sender.key:
        return f"{submission.sender.key} {submission.code.casefold()}"
    return f"record {submission.seal.record}"


def one_each(graded: Iterable[MarkedSubmission], *, first: bool) -> list[MarkedSubmission]:
    """Return one submission of each learner and sheet, for a class of 12 is 12 in its report.

    One that is in dispute may be there twice, and is in no figure.

    Args:
        graded: what was handed in.
        first: take the earliest of each learner, not the latest.

    """
    found: dict[tuple[str, str], MarkedSubmission] = {}
    for one in sorted(graded, key=_when, reverse=first):
        if not one.submission.dispute:
            found[one.sheet, learner_id(one.submission)] = one
    return list(found.values())


def _when(one: MarkedSubmission) -> tuple[str, int]:
    # The kit writes every time in UTC and in one form, so as text they are in their order.
    return one.submission.seal.sealed, one.submission.seal.revision


def _earned(result: Result) -> str:
    """Return which of SHADES a result is."""
    if not result.answered and not result.unread:
        return "blank"
    share = result.share
    if share is None:
        return "waiting"
    return shade(share)


# --- What may be faulty -----------------------------------------------------------------------


def faults(tally: QuestionTally) -> list[str]:
    """Return the reasons for which a question is worth a second look; none in a small class."""
    if tally.answers.count < FEW or not tally.question.marked:
        return []
    found = [*_question_faults(tally), *_option_faults(tally)]
    for unit in tally.question.units:
        found += _unit_faults(unit, tally)
    return found


def _question_faults(tally: QuestionTally) -> Iterator[str]:
    question, earned = tally.question, mean(tally.answers.credits)
    if _is_negative(tally.answers):
        yield message("report.negative")
    if earned == 1:
        yield message("report.all_right")
    if earned == 0:
        yield message("report.all_wrong")
    if question.picks_one and question.options:
        chance = 1 / len(question.options)
        if 0 < wilson(earned, tally.answers.count).high < chance:
            yield message("report.below_chance", chance=per_cent(chance))


def _option_faults(tally: QuestionTally) -> Iterator[str]:
    right = [option.id for option in tally.question.options if option.right]
    if not tally.question.picks_one or len(right) != 1:
        return
    key, everybody = tally.chosen.get(right[0], Answers()), tally.answers.count
    for option in tally.question.options:
        taken = tally.chosen.get(option.id, Answers())
        if option.right or not taken.count or taken.count < _MANY * everybody:
            continue
        share = per_cent(taken.count / everybody)
        if taken.count > key.count:
            yield message("report.more", option=option.text, share=share)
        elif mean(taken.rests) > mean(key.rests):
            yield message("report.stronger", option=option.text, share=share)


def _unit_faults(unit: Statement, tally: QuestionTally) -> Iterator[str]:
    answers = tally.units.get(unit.id, Answers())
    if answers.count < FEW:
        return
    [(label, times)] = tally.labels[unit.id].most_common(1)
    if label not in unit.right and 2 * times > answers.count:
        name, share = texts_of(tally.question.labels)[label], per_cent(times / answers.count)
        yield message("report.other_label", unit=unit.text, label=name, share=share)
    if _is_negative(answers):
        yield message("report.unit_negative", unit=unit.text)


def _is_negative(answers: Answers) -> bool:
    """Whether those who earned less here surely earned more elsewhere."""
    discrimination = answers.discrimination
    return discrimination is not None and discrimination.high < 0


# --- The table ------------------------------------------------------------------------------------


def table_rows(sheet: str, report: ClassReport) -> Iterator[Row]:
    """Yield the rows of ``report.csv``: each question, then its statements and its options."""
    for tally in report.tallies.values():
        if not tally.question.marked:
            continue
        base = {"sheet": sheet, "question": tally.question.id}
        yield {
            **base,
            **_cells(tally.answers),
            "blank": tally.blank,
            "agreement": tidy(tally.agreement),
            "with_key": tidy(tally.with_key),
            "look_at": " ".join(faults(tally)),
        }
        for name, answers in tally.units.items():
            yield {**base, "part": name, **_cells(answers)}
        for name, answers in tally.chosen.items():
            share = wilson(answers.count / tally.answers.count, tally.answers.count)
            yield {**base, "part": name, "answered": answers.count, "look_at": between(share)}


def _cells(answers: Answers) -> Row:
    """Return the columns that a question and a statement share: earned, discrimination."""
    cells: Row = {"answered": answers.count}
    earned, discrimination = answers.earned, answers.discrimination
    if earned:
        cells |= {"earned": tidy(earned.value), "low": tidy(earned.low), "high": tidy(earned.high)}
    if discrimination:
        cells["discrimination"] = tidy(discrimination.value)
        cells |= {"from": tidy(discrimination.low), "to": tidy(discrimination.high)}
    return cells


def per_cent(share: float) -> str:
    """Return a share in per cent."""
    return f"{round(100 * share)} %"


def between(found: Measure | None) -> str:
    """Return a share with its interval, in per cent; '' where there is none."""
    if found is None:
        return ""
    low, high = round(100 * found.low), round(100 * found.high)
    return message("report.between", value=per_cent(found.value), low=low, high=high)
