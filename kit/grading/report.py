"""The class report: how each question did, what drew whom, and whether the class tells apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

from kit.course.course import Course
from kit.course.messages import message
from kit.grading import pages, tables
from kit.grading.marks import MarkedSubmission, Result
from kit.grading.statistics import (
    alpha,
    clustered,
    correlation,
    mean,
    mean_interval,
    weighted_kappa,
)
from kit.grading.tables import Row, tidy
from kit.learner.calibration import Measure, wilson
from kit.questions.base import Question, labels_in
from kit.questions.parts import TwoCounts, Unit

COLUMNS = (
    "sheet", "question", "part", "answered", "blank", "earned", "low", "high", "discrimination",
    "from", "to", "agreement", "with_key", "look_at",
)  # fmt: skip
_NAMED = 8  #: learners that are named beside an option; of a larger class the first ones
_FEW = 10  #: below so many learners the intervals say little, and nothing is called faulty
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
    def discrimination(self) -> Measure | None:
        """How far those who earned more here earned more elsewhere: a correlation."""
        return correlation(self.credits, self.rests)

    @property
    def names(self) -> str:
        """The learners, as far as they are named."""
        names = ", ".join(self.learners[:_NAMED])
        if self.count > _NAMED:
            names += f" … (+{self.count - _NAMED})"
        return names


@define
class QuestionTally:
    """One question, across the class."""

    question: Question
    blank: int = 0
    answers: Answers = field(factory=Answers)
    chosen: dict[str, Answers] = field(factory=dict)  #: by option, of those who chose it
    units: dict[str, Answers] = field(factory=dict)  #: by unit, of those who gave it a label
    labels: dict[str, Counter[str]] = field(factory=dict)  #: by unit, how often each label
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
        for option in self.question.chosen_ids(result.value):
            self.chosen.setdefault(option, Answers()).add(learner, credit, rest)
        labels = labels_in(result.value)
        for unit in self.question.units:
            if unit.id in labels:
                label = labels[unit.id]
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
        pairs = []
        for unit in self.question.units:
            for label, learners in self.labels.get(unit.id, {}).items():
                if label in unit.right:
                    pairs += [Counter({label: 2})] * learners
                elif unit.right:
                    pairs += [Counter((label, unit.right[0]))] * learners
        return alpha(pairs)

    @property
    def kappa(self) -> float | None:
        """How far two markers of the writing agree."""
        return weighted_kappa(self.two_marks)

    @property
    def has_details(self) -> bool:
        """Whether the page says more of it than its row in the table."""
        return bool(self.chosen or self.units) or self.kappa is not None


@define
class ClassReport:
    """One sheet, across the class."""

    learners: int = 0
    totals: list[float] = field(factory=list)  #: each learner's share of the automatic marks
    tallies: dict[str, QuestionTally] = field(factory=dict)
    counts: TwoCounts = field(factory=TwoCounts)  #: the last learner's; how many there are to judge
    accepted: list[float] = field(factory=list)  #: each learner's share of the sound accepted
    rejected: list[float] = field(factory=list)  #: each learner's share of the unsound rejected

    def add(self, marked: MarkedSubmission) -> None:
        """Take in one submission."""
        self.learners += 1
        most, earned = marked.automatic_most, marked.automatic
        if most:
            self.totals.append(earned / most)
        for result in marked.results:
            others = most - result.automatic_most
            rest = 0.0
            if others:
                rest = (earned - result.marks) / others
            self.tally(result.question).add(result, rest, marked.submission.learner)
        counts = self.counts = marked.counts
        # Whoever left the questions out has judged nothing.
        if counts.sound and counts.unsound and _judged_any(marked):
            self.accepted.append(counts.sound_accepted / counts.sound)
            self.rejected.append(counts.unsound_rejected / counts.unsound)

    def tally(self, question: Question) -> QuestionTally:
        """Return what is known of one question."""
        return self.tallies.setdefault(question.id, QuestionTally(question))


def _judged_any(marked: MarkedSubmission) -> bool:
    for result in marked.results:
        if result.value is not None and result.question.two_counts(None) != TwoCounts():
            return True
    return False


# --- What may be faulty -----------------------------------------------------------------------


def faults(tally: QuestionTally) -> list[str]:
    """Return the reasons for which a question is worth a second look; none in a small class."""
    if tally.answers.count < _FEW or not tally.question.marked:
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
            yield message("report.below_chance", chance=_per_cent(chance))


def _option_faults(tally: QuestionTally) -> Iterator[str]:
    right = [option.id for option in tally.question.options if option.right]
    if not tally.question.picks_one or len(right) != 1:
        return
    key, everybody = tally.chosen.get(right[0], Answers()), tally.answers.count
    for option in tally.question.options:
        taken = tally.chosen.get(option.id, Answers())
        if option.right or not taken.count or taken.count < _MANY * everybody:
            continue
        share = _per_cent(taken.count / everybody)
        if taken.count > key.count:
            yield message("report.more", option=option.text, share=share)
        elif mean(taken.rests) > mean(key.rests):
            yield message("report.stronger", option=option.text, share=share)


def _unit_faults(unit: Unit, tally: QuestionTally) -> Iterator[str]:
    answers = tally.units.get(unit.id, Answers())
    if answers.count < _FEW:
        return
    [(label, times)] = tally.labels[unit.id].most_common(1)
    if label not in unit.right and 2 * times > answers.count:
        name, share = tally.question.names[label], _per_cent(times / answers.count)
        yield message("report.other_label", unit=unit.text, label=name, share=share)
    if _is_negative(answers):
        yield message("report.unit_negative", unit=unit.text)


def _is_negative(answers: Answers) -> bool:
    """Whether those who earned less here surely earned more elsewhere."""
    discrimination = answers.discrimination
    return discrimination is not None and discrimination.high < 0


# --- The page and the table -----------------------------------------------------------------------


def write(course: Course, out: Path, reports: Mapping[str, ClassReport]) -> None:
    """Write ``report.html`` and ``report.csv`` into ``out``."""
    rows: list[Row] = []
    sheets = []
    for sheet, report in reports.items():
        rows += table_rows(sheet, report)
        sheets.append(sheet_section(course, sheet, report))
    tables.write(out / "report.csv", COLUMNS, rows)
    page = pages.page("report.html.j2", course, sheets=sheets, **_FORMS)
    (out / "report.html").write_bytes(page)


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
            yield {**base, "part": name, "answered": answers.count, "look_at": _between(share)}


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


def sheet_section(course: Course, sheet: str, report: ClassReport) -> dict[str, Any]:
    """Return what the page needs to show one sheet."""
    faulty = []
    for n, tally in enumerate(report.tallies.values(), 1):
        faulty += [(n, fault) for fault in faults(tally)]
    average = _per_cent(mean(report.totals))
    return {
        "title": course.sheet(sheet).title,
        "head": message("report.head", learners=report.learners, mean=average),
        "is_small": report.learners < _FEW,
        "discrimination": discrimination_lines(report),
        "faulty": faulty,
        "tallies": list(report.tallies.values()),
    }


def discrimination_lines(report: ClassReport) -> list[str]:
    """Say how well the class tells sound from unsound, and which way it leans."""
    accepted = clustered(report.accepted, report.counts.sound)
    rejected = clustered(report.rejected, report.counts.unsound)
    if not accepted or not rejected:
        return []
    lines = [
        message("report.accepted", rate=_between(accepted)),
        message("report.rejected", rate=_between(rejected)),
    ]
    differences, leanings = [], []
    for yes, no in zip(report.accepted, report.rejected, strict=True):
        differences.append(yes + no - 1)
        leanings.append(no - yes)
    difference, leaning = mean_interval(differences), mean_interval(leanings)
    if not difference or not leaning:
        return [*lines, message("report.apart_few")]
    key = _by_sign(difference, "report.apart_yes", "report.apart_no", "report.apart_open")
    lines.append(message(key, value=_points(difference)))
    key = _by_sign(leaning, "report.lean_distrust", "report.lean_trust", "report.lean_open")
    return [*lines, message(key, value=_points(leaning))]


def _by_sign(found: Measure, above: str, below: str, unclear: str) -> str:
    """Return one of three keys: the interval lies above 0, below it, or holds it."""
    if found.low > 0:
        return above
    if found.high < 0:
        return below
    return unclear


def _per_cent(share: float) -> str:
    return f"{round(100 * share)} %"


def _between(found: Measure | None) -> str:
    """Return a share with its interval, in per cent; '' where there is none."""
    if found is None:
        return ""
    low, high = round(100 * found.low), round(100 * found.high)
    return message("report.between", value=_per_cent(found.value), low=low, high=high)


def _points(found: Measure) -> str:
    low, high = round(100 * found.low), round(100 * found.high)
    return message("report.points", value=round(100 * found.value), low=low, high=high)


def _decimals(found: Measure | None) -> str:
    """Return a correlation with its interval; '' where there is none."""
    if found is None:
        return ""
    value, low, high = f"{found.value:.2f}", f"{found.low:.2f}", f"{found.high:.2f}"
    return message("report.plain", value=value, low=low, high=high)


def _mean_rest(answers: Answers) -> str:
    if not answers.count:
        return ""
    return _per_cent(mean(answers.rests))


#: How the page writes figures down.
_FORMS = {
    "between": _between, "decimals": _decimals, "tidy": tidy, "mean_rest": _mean_rest,
    "nobody": Answers(),
}  # fmt: skip
