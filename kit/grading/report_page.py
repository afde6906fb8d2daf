"""The class report as a page: first what to talk about and the pictures, then every question."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kit.course.course import Course
from kit.course.messages import in_digits, message
from kit.grading import pages, pictures, tables, tomorrow
from kit.grading.report import (
    COLUMNS,
    FEW,
    Answers,
    ClassReport,
    LearnerFigures,
    QuestionTally,
    between,
    faults,
    per_cent,
    table_rows,
)
from kit.grading.statistics import clustered, mean, mean_interval
from kit.grading.tables import Row, printed
from kit.learner.calibration import LEAST_TO_CALIBRATE, Measure, calibration

_TYPED = 6  #: typed answers of a question that are shown, the most frequent
_KINDS = {True: "all", False: "other"}  #: the class of a bar: of the key's answers, and of others
_NAMED = 8  #: learners that are named in one place; of a larger class the first ones


def write(
    course: Course, out: Path, reports: Mapping[str, ClassReport], *, names: bool = False
) -> None:
    """Write ``report.html`` and ``report.csv`` into ``out``; with ``names``, learners' names."""
    rows: list[Row] = []
    sheets = []
    later: list[tuple[ClassReport, ClassReport]] = []
    for sheet, report in reports.items():
        rows += table_rows(sheet, report)
        shown = sheet_section(course, sheet, report, names=names)
        before = course.sheet(sheet).before
        if course.sheet(sheet).repeats:
            later.append((reports.get(before, ClassReport()), report))
            last = shown
        elif before in reports:
            shown["before"] = before_and_after(reports[before], report)
        sheets.append(shown)
    if later:
        last["before"] = weeks_later(later)
    tables.write(out / "report.csv", COLUMNS, rows)
    shades = {kind: message(f"report.shade_{kind}") for kind in pictures.SHADES}
    functions = {"per_cent": per_cent, "named": _named}
    page = pages.page(
        "report.html.j2", course, sheets=sheets, names=names, shades=shades, **functions
    )
    (out / "report.html").write_bytes(page)


def sheet_section(
    course: Course, sheet: str, report: ClassReport, *, names: bool = False
) -> dict[str, Any]:
    """Return what the page needs to show one sheet."""
    tallies = list(report.tallies.values())
    faulty = []
    for n, tally in enumerate(tallies, 1):
        faulty += [(n, fault) for fault in faults(tally)]
    learners = sorted(report.learners, key=lambda one: (-one.share, one.name))
    average = per_cent(mean([one.share for one in learners]))
    head = "report.head"
    if len(learners) == 1:
        head = "report.head_one"
    return {
        "id": sheet,
        "title": course.sheet(sheet).title,
        "head": message(head, learners=len(learners), mean=average),
        "is_small": len(learners) < FEW,
        "tomorrow": tomorrow.points(report),
        "judging": _judging(report),
        "questions": [_question(n, tally) for n, tally in enumerate(tallies, 1)],
        "heat": _heat(learners, tallies, names=names),
        "sure": _sureness(report),
        "faulty": faulty,
    }


def _named(learners: Sequence[str]) -> str:
    """Return the first learners by name, and how many more there are."""
    first = ", ".join(learners[:_NAMED])
    if len(learners) > _NAMED:
        first += f" … (+{len(learners) - _NAMED})"
    return first


# --- How they judge -------------------------------------------------------------------------------


def _judging(report: ClassReport) -> dict[str, Any]:
    """Return the picture of telling apart and leaning, with the table that says the same."""
    if not report.judging:
        return {}
    counts = report.counts
    places: dict[tuple[float, float], list[LearnerFigures]] = defaultdict(list)
    for one in report.judging:
        places[one.leaning, one.apart].append(one)
    lines = discrimination_lines(report)
    # Two places that differ by one statement lie this far apart.
    step = 2**0.5 / max(counts.sound, counts.unsound)
    drawn = {place: len(learners) for place, learners in places.items()}
    mean = tomorrow.class_judgement(report)
    return {
        "picture": pictures.diamond(drawn, step, mean, " ".join(lines)),
        "lines": lines,
        "places": sorted(places.values(), key=lambda learners: -learners[0].apart),
        "each": _each(report.judging),
        "has_mean": mean is not None,
    }


def _each(learners: Sequence[LearnerFigures]) -> str:
    """Say how many learners a dot or a column stands for; '' where it is one."""
    each = pictures.several(len(learners))
    if each == 1:
        return ""
    return message("report.each", n=each)


def discrimination_lines(report: ClassReport) -> list[str]:
    """Say how well the class tells sound from unsound, and which way it leans."""
    accepted = clustered(report.accepted, report.counts.sound)
    rejected = clustered(report.rejected, report.counts.unsound)
    if not accepted or not rejected:
        return []
    lines = [
        message("report.accepted", rate=between(accepted)),
        message("report.rejected", rate=between(rejected)),
    ]
    found = tomorrow.class_judgement(report)
    if not found:
        return [*lines, message("report.apart_few")]
    leaning, apart = found
    key = _by_sign(apart, "report.apart_yes", "report.apart_no", "report.apart_open")
    lines.append(message(key, value=_points(apart)))
    key = _by_sign(leaning, "report.lean_distrust", "report.lean_trust", "report.lean_open")
    return [*lines, message(key, value=_points(leaning))]


def _by_sign(found: Measure, above: str, below: str, unclear: str) -> str:
    """Return one of three keys: the interval lies above 0, below it, or holds it."""
    if found.low > 0:
        return above
    if found.high < 0:
        return below
    return unclear


def before_and_after(before: ClassReport, after: ClassReport) -> dict[str, Any]:
    """Return how those who did both tests judged in each, and what can be said of the change.

    Where half of a class begins with the other test, what each learner handed in first is before.
    """
    both = _who_did_both(before, after)
    if not both:
        return {}
    in_order = [pair for pair in both if pair[0].sealed <= pair[1].sealed]
    turned = [(later, earlier) for earlier, later in both if later.sealed < earlier.sealed]
    only_one = len(before.judging) + len(after.judging) - 2 * len(both)
    orders = {"n": len(both), "first": len(in_order), "turned": len(turned), "one": only_one}
    how = message("report.before_how", **orders)
    return _changed([in_order, turned], "report.before_head", how)


def weeks_later(tests: Sequence[tuple[ClassReport, ClassReport]]) -> dict[str, Any]:
    """Return the same of a test that is asked once more, weeks after the last lesson.

    Args:
        tests: each form that came first, with the other form as it was asked once more: half of a
            class did the one pair, half the other.

    """
    orders = [_who_did_both(before, after) for before, after in tests]
    n = sum(map(len, orders))
    if not n:
        return {}
    everybody: set[str] = set()
    for report in chain.from_iterable(tests):
        everybody.update(one.who for one in report.judging)
    how = message("report.later_how", n=n, one=len(everybody) - n)
    return _changed(orders, "report.later_head", how)


Pairs = list[tuple[LearnerFigures, LearnerFigures]]  #: a learner's figures, earlier and later


def _who_did_both(before: ClassReport, after: ClassReport) -> Pairs:
    first = {one.who: one for one in before.judging}
    return [(first[one.who], one) for one in after.judging if one.who in first]


def _changed(orders: Sequence[Pairs], head: str, how: str) -> dict[str, Any]:
    """Return what can be said of a change; ``orders``: the learners by the test they began with."""
    pairs = list(chain.from_iterable(orders))
    rows, lines = [], []
    for name in ("apart", "leaning"):
        earlier = [getattr(one, name) for one, _ in pairs]
        later = [getattr(one, name) for _, one in pairs]
        changes = [new - old for old, new in zip(earlier, later, strict=True)]
        for when, values in (("before", earlier), ("after", later)):
            found, text = mean_interval(values), str(round(100 * mean(values)))
            picture: Markup | str = ""
            if found:
                picture, text = pictures.interval(found), _points(found)
            rows.append(
                {"what": message(f"report.{name}_{when}"), "text": text, "picture": picture}
            )
        change = mean_interval(changes)
        key, value = f"report.{name}_change", ""
        if change is None:
            key = f"{key}_open"
        else:
            value = _points(change)
            if change.low <= 0 <= change.high:
                key = f"{key}_unclear"
        lines.append(message(key, value=value))
    if len([order for order in orders if order]) == 1:
        lines.append(message("report.before_one_order"))
    return {"head": message(head), "rows": rows, "lines": lines, "how": how}


# --- The questions --------------------------------------------------------------------------------


def _heat(
    learners: Sequence[LearnerFigures], tallies: Sequence[QuestionTally], *, names: bool
) -> dict[str, Any]:
    """Return the heat map, the learners with the most marks first, and its table."""
    asked = [(n, tally.question.id) for n, tally in enumerate(tallies, 1) if tally.counts]
    rows = []
    drawn = learners[:: pictures.several(len(learners))]
    for n, learner in enumerate(drawn, 1):
        kinds = [learner.earned.get(question, "blank") for _, question in asked]
        name = str(n)
        if names:
            name = learner.name
        rows.append((name, kinds))
    if not asked or not rows:
        return {}
    about = message("report.heat_about", learners=len(learners), questions=len(asked))
    numbers = [n for n, _ in asked]
    picture = pictures.heat_map(rows, numbers, about, names=names)
    return {"picture": picture, "numbers": numbers, "rows": rows, "each": _each(learners)}


def _sureness(report: ClassReport) -> dict[str, Any]:
    """Return the picture of how sure they were against how many were right; with few, words."""
    if not report.sureness:
        return {}
    bins = calibration(report.sureness)
    lines = []
    for one in bins:
        shares = {"said": one.stated, "right": one.so.value, "low": one.so.low, "high": one.so.high}
        values = {name: round(100 * share) for name, share in shares.items()}
        lines.append(message("report.sure_bin", n=round(one.so.n), **values))
    shown: dict[str, Any] = {"lines": lines}
    if len(report.sureness) >= LEAST_TO_CALIBRATE:
        shown["picture"] = pictures.calibration(bins, " ".join(lines))
    return shown


def _question(n: int, tally: QuestionTally) -> dict[str, Any]:
    """Return all that is said of a question: its line, its figures, and who chose what."""
    question, answers, earned = tally.question, tally.answers, tally.earned
    shown: dict[str, Any] = {"n": n, "tally": tally, "question": question}
    shown["prompt"] = pages.in_short(question.prompt, 70)
    if everybody := sum(earned.values()):
        shown["bar"] = pictures.bar((earned[kind] / everybody, kind) for kind in pictures.SHADES)
    if marked := everybody - earned["waiting"]:
        shown["text"] = message("report.of", n=earned["all"], of=marked)
    if question.marked:
        shown |= {"earned": between(answers.earned), "sorts": _decimals(answers.discrimination)}
    shown |= {"agreement": printed(tally.agreement), "with_key": printed(tally.with_key)}
    shown |= {"units": list(_unit_rows(tally)), "options": []}
    if tally.chosen:
        for option in question.options:
            mark = option.mark if question.has_key else ""
            chose = tally.chosen.get(option.id, Answers())
            shown["options"].append(_answer_row(option.text, mark, chose, answers.count))
    typed = sorted(tally.typed.items(), key=lambda item: -item[1].count)
    for words, gave in typed[:_TYPED]:
        mark = "✓" if gave.credits[0] == 1 else "✗"
        shown["options"].append(_answer_row(words, mark, gave, answers.count))
    shown["more"] = sum(gave.count for _, gave in typed[_TYPED:])
    return shown


def _answer_row(text: str, mark: str, gave: Answers, everybody: int) -> dict[str, Any]:
    """Return one answer: its bar, how many gave it, and how they did otherwise."""
    is_key = mark == "✓"
    bar = pictures.bar([(gave.count / max(1, everybody), _KINDS[is_key])])
    row = {"text": text, "mark": mark, "key": is_key, "bar": bar, "names": _named(gave.learners)}
    row["text_of"] = message("report.of", n=gave.count, of=everybody)
    if gave.count:
        row["rest"] = per_cent(mean(gave.rests))
    return row


def _unit_rows(tally: QuestionTally) -> Iterator[dict[str, Any]]:
    """Yield each statement with the labels it was given, those of the key first."""
    if not tally.units:
        return
    for unit in tally.question.units:
        given = tally.labels.get(unit.id, Counter())
        everybody = max(1, sum(given.values()))
        said: list[dict[str, Any]] = []
        for label in tally.question.labels:
            is_key, count = label.id in unit.right, given[label.id]
            if is_key or count:
                said.append({"text": label.text, "count": count, "key": is_key})
        said.sort(key=lambda label: not label["key"])
        bar = pictures.bar((label["count"] / everybody, _KINDS[label["key"]]) for label in said)
        yield {"text": unit.text, "bar": bar, "said": said}


def _points(found: Measure) -> str:
    low, high = round(100 * found.low), round(100 * found.high)
    return message("report.points", value=round(100 * found.value), low=low, high=high)


def _decimals(found: Measure | None) -> str:
    """Return a correlation with its interval; '' where there is none."""
    if found is None:
        return ""
    values = {}
    for name in ("value", "low", "high"):
        values[name] = in_digits(getattr(found, name), ".2f")
    return message("report.plain", **values)
