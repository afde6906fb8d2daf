"""What to talk about tomorrow: three sentences from a class's figures, no surer than these are.

First comes what a class learns most from by talking: where 30 to 70 per cent are right, for then
neighbours can convince each other (Crouch & Mazur 2001, "Peer Instruction: Ten years of experience
and results", American Journal of Physics 69), and where those who do well elsewhere differ as well,
so that it is no mere slip of the weak; then what most got wrong. They give counts, not shares: '3
of 5' says itself how little it rests on. Of the class's judgement they say only what its range
allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from attrs import evolve, frozen

from kit.course.messages import message
from kit.grading.pages import in_short
from kit.grading.report import Answers, ClassReport, QuestionTally
from kit.grading.statistics import mean_interval
from kit.learner.calibration import Measure
from kit.questions.parts import texts_of

_SENTENCES = 3
_OFTEN = 1 / 3  #: a wrong answer that so large a share gave is worth the class's time
_WELL = 0.8  #: a question on which so large a share earned everything needs little of it
_A_FEW = 3  #: learners below whom even one wrong answer is worth a word
_TO_SPLIT = 6  #: learners from whom on it is said what the better half of them did
_DEBATED = (0.3, 0.7)  #: between these shares of right answers a class learns most by debate


@frozen
class Point:
    """Something to talk about, in a sentence."""

    text: str
    count: int = 0  #: how many learners it is about
    of: int = 1
    question: str = ""  #: the id of the question, where the page says who chose what of it
    is_split: bool = False  #: those who do well elsewhere are of two minds about it

    @property
    def share(self) -> float:
        """The share of the learners that it is about."""
        return self.count / self.of


def points(report: ClassReport) -> list[Point]:
    """Return at most three things to talk about of a sheet."""
    weightiest: list[Point] = []
    left_out: list[Point] = []
    for n, tally in enumerate(report.tallies.values(), 1):
        if tally.counts:
            weightiest += _weightiest(_points(n, tally))
            count, everybody = tally.earned["blank"], sum(tally.earned.values())
            if count:
                text = message("report.tomorrow_blank", n=n, count=count, of=everybody)
                left_out.append(Point(text, count, everybody))
    weightiest = sorted([*weightiest, *_weightiest(left_out)], key=_weight)
    said = weightiest[: _SENTENCES - 1]
    judged, is_sure = _about_judging(report)
    if judged:
        said.insert(0 if is_sure else len(said), Point(judged))
    said += weightiest[_SENTENCES - 1 :]
    said += _went_well(report)
    return said[:_SENTENCES] or [Point(message("report.tomorrow_none"))]


def _weightiest(points: Iterable[Point]) -> list[Point]:
    """Return the point that is worth most, in a list; an empty one where none is worth a word."""
    weighty = [one for one in points if one.share >= _OFTEN and (one.count > 1 or one.of < _A_FEW)]
    return sorted(weighty, key=_weight)[:1]


def _weight(point: Point) -> tuple[bool, float, int]:
    return not point.is_split, -point.share, -point.count


def _points(n: int, tally: QuestionTally) -> Iterator[Point]:
    """Yield what learners did otherwise than the key."""
    question, everybody = tally.question, tally.answers
    of = everybody.count
    for option in question.options:
        if not tally.chosen or option.either or (option.right and question.picks_one):
            continue
        chose = tally.chosen.get(option.id, Answers())
        key, many, right = "report.tomorrow_option", chose.count, everybody.rests_of_right
        if option.right:
            key, many, right = "report.tomorrow_missed", of - chose.count, chose.rests
        elif not question.picks_one:
            right = list((Counter(everybody.rests) - Counter(chose.rests)).elements())
        text = message(key, n=n, count=many, of=of, text=_quoted(option.text))
        yield _perhaps_split(Point(text, many, of, question.id), everybody, right)
    labels = texts_of(question.labels)
    for unit in question.units:
        answers = tally.units.get(unit.id, Answers())
        key_says = " / ".join(labels[label] for label in unit.right)
        for label, count in tally.labels.get(unit.id, Counter()).items():
            if label not in unit.right:
                shown = {"unit": _quoted(unit.text), "text": labels[label]}
                counts = {"n": n, "count": count, "of": answers.count}
                text = message("report.tomorrow_label", **counts, **shown, key=key_says)
                point = Point(text, count, answers.count, question.id)
                yield _perhaps_split(point, answers, answers.rests_of_right)
    for words, answers in tally.typed.items():
        if not any(answers.credits):
            counts = {"n": n, "count": answers.count, "of": of}
            text = message("report.tomorrow_typed", **counts, text=_quoted(words))
            point = Point(text, answers.count, of, question.id)
            yield _perhaps_split(point, everybody, everybody.rests_of_right)


def _perhaps_split(point: Point, everybody: Answers, right: Sequence[float]) -> Point:
    """Return a point, with what shows that it is worth a debate where something does.

    Args:
        point: what many did.
        everybody: all answers to the same question, or to the same statement of it.
        right: what those who had it right earned on the other questions.

    """
    low, high = _DEBATED
    if everybody.count < _TO_SPLIT or not low <= len(right) / everybody.count <= high:
        return point
    middle = median(everybody.rests)
    better = sum(rest >= middle for rest in everybody.rests)
    right_too = sum(rest >= middle for rest in right)
    if right_too in (0, better) or better == everybody.count:
        return point
    said = message("report.tomorrow_split", better=better, right=right_too)
    return evolve(point, text=f"{point.text} {said}", is_split=True)


def _quoted(authored: str) -> str:
    """Return a text as it stands between quotation marks, with the sentence going on after it."""
    return in_short(authored).removesuffix(".")


def class_judgement(report: ClassReport) -> tuple[Measure, Measure] | None:
    """Return the class's leaning and telling apart with their ranges; None where few or alike."""
    leaning = mean_interval([one.leaning for one in report.judging])
    apart = mean_interval([one.apart for one in report.judging])
    if leaning is None or apart is None:
        return None
    return leaning, apart


def _about_judging(report: ClassReport) -> tuple[str, bool]:
    """Say how the class judges statements, and whether that is sure; '' where nobody has judged."""
    judging = report.judging
    if not judging:
        return "", False
    found = class_judgement(report)
    key = "report.tomorrow_open"
    if len(judging) > 1 and len({(one.leaning, one.apart) for one in judging}) == 1:
        key = "report.tomorrow_alike"
    elif found:
        leaning, apart = found
        if leaning.low > 0:
            key = "report.tomorrow_distrust"
        elif leaning.high < 0:
            key = "report.tomorrow_trust"
        elif apart.low > 0:
            key = "report.tomorrow_apart"
    accepted = round(100 * sum(report.accepted) / len(judging))
    rejected = round(100 * sum(report.rejected) / len(judging))
    text = message(key, n=len(judging), accepted=accepted, rejected=rejected)
    return text, key in ("report.tomorrow_distrust", "report.tomorrow_trust")


def _went_well(report: ClassReport) -> Iterator[Point]:
    """Say which question needs little time; nothing where none does."""
    best: Point | None = None
    for n, tally in enumerate(report.tallies.values(), 1):
        everybody, full = sum(tally.earned.values()), tally.earned["all"]
        if everybody < _A_FEW or full < _WELL * everybody:
            continue
        if best is None or full > best.count:
            text = message("report.tomorrow_well", n=n, count=full, of=everybody)
            best = Point(text, full, everybody)
    if best:
        yield best
