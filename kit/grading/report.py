"""The class report: how each question did, what drew whom, and whether the class tells apart.

Everything is summed up as hand-ins go by, so that a class of any size takes the same memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from attrs import define, field

from kit.course.course import Course
from kit.course.html import inline
from kit.course.messages import message
from kit.grading import pages, tables
from kit.grading.marks import Marked, Result
from kit.grading.statistics import Interval, Sums, alpha, clustered, weighted_kappa, wilson
from kit.grading.tables import tidy
from kit.questions.base import Question, labels_in
from kit.questions.parts import Option, TwoCounts, Unit

COLUMNS = (
    "sheet", "question", "part", "answered", "blank", "earned", "low", "high", "discrimination",
    "from", "to", "agreement", "with_key", "look_at",
)  # fmt: skip
_NAMED = 8  #: learners that are named beside an option; of a larger class the first ones
_FEW = 10  #: below so many learners the intervals say little, and nothing is called faulty
_MANY = 0.25  #: a wrong option that so large a share chose is worth a look


@define
class Chosen:
    """One option or label: how often it was chosen, how those did otherwise, and who they were."""

    rest: Sums = field(factory=Sums)
    names: list[str] = field(factory=list)

    def add(self, rest: float, learner: str) -> None:
        """Count one learner who chose it."""
        self.rest.add(rest)
        if len(self.names) < _NAMED:
            self.names.append(learner)

    @property
    def who(self) -> str:
        """The learners who chose it, as far as they are named."""
        more = self.rest.n - len(self.names)
        return ", ".join(self.names) + (f" … (+{more})" if more > 0 else "")


@define
class Tally:
    """One question, across the class."""

    item: Question
    blank: int = 0
    credit: Sums = field(factory=Sums)  #: of those who answered: credit, and share of the rest
    chosen: dict[str, Chosen] = field(factory=dict)  #: by option
    units: dict[str, Counter[str]] = field(factory=dict)  #: by unit, how often each label
    parts: dict[str, Sums] = field(factory=dict)  #: by unit, whether as the key says; and the rest
    second: Counter[tuple[float, float]] = field(factory=Counter)  #: two markers' marks

    def add(self, result: Result, rest: float, learner: str) -> None:
        """Take in one learner's answer; ``rest`` is the share of the other marks they earned."""
        if result.unread:
            return  # neither an answer to this question as it is now, nor a blank
        if result.value is None:
            self.blank += 1
            return
        self.credit.add(result.credit or 0.0, rest)
        labels = labels_in(result.value)
        for unit in self.item.units:
            label = labels.get(unit.id)
            if label is not None:
                self.units.setdefault(unit.id, Counter())[label] += 1
                self.parts.setdefault(unit.id, Sums()).add(label in unit.right, rest)
        for option in self.item.chosen_ids(result.value):
            self.chosen.setdefault(option, Chosen()).add(rest, learner)

    @property
    def answered(self) -> int:
        """How many gave an answer."""
        return self.credit.n

    @property
    def agreement(self) -> float | None:
        """How far learners agree among themselves on the labels: Krippendorff's alpha."""
        return alpha(self.units.values()) if self.item.units else None

    @property
    def with_key(self) -> float | None:
        """How far each learner agrees with the key: the same alpha, of every learner and the key.

        Where the key takes more than one label, a learner's choice among these is the key's.
        """
        keys = {unit.id: unit.right for unit in self.item.units if unit.right}
        pairs = (
            repeat(Counter({x: 2} if x in keys[unit] else {x: 1, keys[unit][0]: 1}), n)
            for unit, counts in self.units.items()
            if unit in keys
            for x, n in counts.items()
        )
        return alpha(chain.from_iterable(pairs)) if keys else None


@define
class ClassReport:
    """One sheet, across the class."""

    items: Mapping[str, Question]
    learners: int = 0
    total: Sums = field(factory=Sums)  #: the share of the automatic marks
    tallies: dict[str, Tally] = field(factory=dict)
    accepted: Sums = field(factory=Sums)  #: each learner's share of the sound let stand
    rejected: Sums = field(factory=Sums)  #: each learner's share of the unsound held back
    apart: Sums = field(factory=Sums)  #: accepted + rejected - 1
    distrust: Sums = field(factory=Sums)  #: rejected - accepted
    judged: tuple[int, int] = (0, 0)  #: how many sound and unsound statements there are

    def add(self, marked: Marked) -> None:
        """Take in one hand-in."""
        self.learners += 1
        most, learner = marked.automatic_most, marked.hand_in.learner
        if most:
            self.total.add(marked.automatic / most)
        for result in marked.results:
            others = most - (result.item.marks if result.by_program else 0.0)
            rest = (marked.automatic - result.marks) / others if others else 0.0
            self.tally(result.item).add(result, rest, learner)
        counts = marked.counts
        self.judged = (counts.sound, counts.unsound)
        # Whoever left the questions out has judged nothing.
        if counts.sound and counts.unsound and _judged_any(marked):
            yes, no = counts.sound_accepted / counts.sound, counts.unsound_rejected / counts.unsound
            self.accepted.add(yes)
            self.rejected.add(no)
            self.apart.add(yes + no - 1)
            self.distrust.add(no - yes)

    def tally(self, item: Question) -> Tally:
        """Return the sums of one question."""
        if item.id not in self.tallies:
            self.tallies[item.id] = Tally(item)
        return self.tallies[item.id]


def _judged_any(marked: Marked) -> bool:
    return any(
        r.value is not None and r.item.two_counts(None) != TwoCounts() for r in marked.results
    )


# --- What may be faulty -----------------------------------------------------------------------


def faults(tally: Tally) -> list[str]:
    """Return the reasons for which a question is worth a second look; none in a small class."""
    if tally.answered < _FEW or not tally.item.marked:
        return []
    found = [*_of_the_whole(tally), *_of_options(tally)]
    for unit in tally.item.units:
        found += _of_unit(unit, tally)
    return found


def _of_the_whole(tally: Tally) -> Iterator[str]:
    item, r = tally.item, tally.credit.correlation()
    if r and r.high < 0:
        yield message("report.negative")
    if tally.credit.mean == 1:
        yield message("report.all_right")
    if tally.credit.mean == 0:
        yield message("report.all_wrong")
    if item.picks_one and item.options:
        reached = wilson(tally.credit.mean, tally.answered)
        if 0 < reached.high < 1 / len(item.options):
            yield message("report.below_chance", chance=_per_cent(1 / len(item.options)))


def _of_options(tally: Tally) -> Iterator[str]:
    right = [o.id for o in tally.item.options if o.right]
    if not tally.item.picks_one or len(right) != 1:
        return
    key = tally.chosen.get(right[0], Chosen())
    for option in tally.item.options:
        taken = tally.chosen.get(option.id)
        if taken is None or option.right or taken.rest.n < _MANY * tally.answered:
            continue
        if taken.rest.n > key.rest.n or taken.rest.mean > key.rest.mean:
            share = _per_cent(taken.rest.n / tally.answered)
            key_name = "more" if taken.rest.n > key.rest.n else "stronger"
            yield message(f"report.{key_name}", option=option.text, share=share)


def _of_unit(unit: Unit, tally: Tally) -> Iterator[str]:
    counts, sums = tally.units.get(unit.id, Counter()), tally.parts.get(unit.id, Sums())
    if sums.n < _FEW:
        return
    label, n = counts.most_common(1)[0]
    if label not in unit.right and 2 * n > sums.n:
        name = next(x.text for x in tally.item.labels if x.id == label)
        yield message("report.other_label", unit=unit.text, label=name, share=_per_cent(n / sums.n))
    r = sums.correlation()
    if r and r.high < 0:
        yield message("report.unit_negative", unit=unit.text)


# --- The page and the table -----------------------------------------------------------------------


def write(course: Course, out: Path, reports: Mapping[str, ClassReport]) -> None:
    """Write ``report.html`` and ``report.csv`` into ``out``."""
    rows = [row for sheet, report in reports.items() for row in _rows(sheet, report)]
    tables.write(out / "report.csv", COLUMNS, rows)
    sheets = [_sheet(course, sheet, report) for sheet, report in reports.items()]
    (out / "report.html").write_bytes(pages.page("report.html.j2", course, sheets=sheets))


def _rows(sheet: str, report: ClassReport) -> Iterator[dict[str, Any]]:
    for tally in report.tallies.values():
        if not tally.item.marked:
            continue
        whole = {
            "answered": tally.answered,
            "blank": tally.blank,
            "agreement": tidy(tally.agreement),
            "with_key": tidy(tally.with_key),
        }
        look_at = " ".join(faults(tally))
        base = {"sheet": sheet, "question": tally.item.id}
        yield {**base, **whole, **_cells(tally.credit), "look_at": look_at}
        for unit_id, sums in tally.parts.items():
            yield {**base, "part": unit_id, "answered": sums.n, **_cells(sums)}
        for option_id, chosen in tally.chosen.items():
            share = wilson(chosen.rest.n / tally.answered, tally.answered)
            figures = {"earned": "", "answered": chosen.rest.n}
            yield {**base, "part": option_id, **figures, "look_at": _between(share)}


def _cells(sums: Sums) -> dict[str, str]:
    """Return the columns that a question and a statement share: earned, discrimination."""
    earned, r = _earned(sums), sums.correlation()
    cells = {"earned": tidy(sums.mean) if sums.n else ""}
    cells |= {"low": tidy(earned.low), "high": tidy(earned.high)} if earned else {}
    return cells | (
        {"discrimination": tidy(r.value), "from": tidy(r.low), "to": tidy(r.high)} if r else {}
    )


def _earned(sums: Sums) -> Interval | None:
    """Return the mean credit with its interval: of partial credits too, as if each were a share."""
    return clustered(sums, 1) if sums.n else None


def _sheet(course: Course, sheet: str, report: ClassReport) -> dict[str, Any]:
    shown = list(report.tallies.values())
    return {
        "title": course.sheet(sheet).title,
        "head": message("report.head", learners=report.learners, mean=_per_cent(report.total.mean)),
        "few": message("report.few") if report.learners < _FEW else "",
        "apart": _apart(report),
        "faulty": [(n, f) for n, t in enumerate(shown, 1) for f in faults(t)],
        "questions": [_question(n, t) for n, t in enumerate(shown, 1)],
    }


def _apart(report: ClassReport) -> list[str]:
    """Say how well the class tells sound from unsound, and which way it leans."""
    yes = clustered(report.accepted, report.judged[0])
    no = clustered(report.rejected, report.judged[1])
    if not yes or not no:
        return []
    lines = [
        message("report.accepted", rate=_between(yes)),
        message("report.rejected", rate=_between(no)),
    ]
    apart, lean = report.apart.mean_interval(), report.distrust.mean_interval()
    if not apart or not lean:
        return [*lines, message("report.apart_few")]
    key = "apart_yes" if apart.low > 0 else "apart_no" if apart.high < 0 else "apart_open"
    lines.append(message(f"report.{key}", value=_points(apart)))
    key = "lean_distrust" if lean.low > 0 else "lean_trust" if lean.high < 0 else "lean_open"
    return [*lines, message(f"report.{key}", value=_points(lean))]


def _question(n: int, tally: Tally) -> dict[str, Any]:
    earned, r = _earned(tally.credit), tally.credit.correlation()
    kappa = weighted_kappa(tally.second.elements())
    two = sum(tally.second.values())
    return {
        "n": n,
        "id": tally.item.id,
        "name": tally.item.id.partition("/")[2],
        "prompt": inline(tally.item.prompt),
        "marked": tally.item.marked,
        "answered": tally.answered,
        "blank": tally.blank,
        "earned": _between(earned) if earned and tally.item.marked else "",
        "sorts": _plain(r) if r and tally.item.marked else "",
        "agreement": tidy(tally.agreement),
        "with_key": tidy(tally.with_key),
        "kappa": message("report.kappa", kappa=tidy(kappa), n=two) if kappa is not None else "",
        "options": [_option(o, tally) for o in tally.item.options if tally.chosen],
        "units": [_unit(u, tally) for u in tally.item.units if tally.parts],
    }


def _option(option: Option, tally: Tally) -> dict[str, Any]:
    chosen = tally.chosen.get(option.id, Chosen())
    return {
        "text": inline(option.text),
        "mark": option.mark + " " if tally.item.has_key else "",
        "n": chosen.rest.n,
        "of": tally.answered,
        "rest": _per_cent(chosen.rest.mean) if chosen.rest.n else "",
        "who": chosen.who,
    }


def _unit(unit: Unit, tally: Tally) -> dict[str, Any]:
    sums, names = tally.parts.get(unit.id, Sums()), {x.id: x.text for x in tally.item.labels}
    counts, r = tally.units.get(unit.id, Counter()), sums.correlation()
    return {
        "text": inline(unit.text),
        "key": " / ".join(names[x] for x in unit.right),
        "given": [(names[x], counts[x]) for x in names],
        "same": round(sums.x),
        "of": sums.n,
        "sorts": _plain(r) if r else "",
    }


def _per_cent(share: float) -> str:
    return f"{round(100 * share)} %"


def _between(found: Interval) -> str:
    low, high = round(100 * found.low), round(100 * found.high)
    return message("report.between", value=_per_cent(found.value), low=low, high=high)


def _points(found: Interval) -> str:
    low, high = round(100 * found.low), round(100 * found.high)
    return message("report.points", value=round(100 * found.value), low=low, high=high)


def _plain(found: Interval) -> str:
    return message(
        "report.plain", value=f"{found.value:.2f}", low=f"{found.low:.2f}", high=f"{found.high:.2f}"
    )
