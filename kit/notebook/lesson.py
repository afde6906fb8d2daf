"""What a learner does in a notebook: begin, ask, see progress, hand in.

Every function finds its course from the working directory and its record from its argument, so
that no cell depends on another having been run.
"""

from __future__ import annotations

import base64
import time
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import Any

from attrs import evolve

from kit.course.course import Course, Sheet, find_course
from kit.course.evidence import find_record
from kit.course.files import write_whole
from kit.course.html import block, template
from kit.course.messages import KitError, message, reason
from kit.learner import practice, submission
from kit.learner.calibration import LEAST_TO_CALIBRATE, brier, calibration
from kit.learner.record import (
    LearnerRecord,
    damaged_copies,
    mark_sealed,
    mark_warm_ups,
    open_record,
    read_record,
)
from kit.learner.reveals import find_reveal, knew_already, missing, opened, skip_item
from kit.notebook import charts
from kit.notebook.output import Page, in_sentences, notice
from kit.notebook.widget.widget import QuestionView, refresh
from kit.questions.base import Question
from kit.questions.items import find_item, load_items, who_item
from kit.questions.still import still_html, still_text

_HERE = Path(__file__).parent

# An answer typed just before comes on another line than the call to hand in: let it arrive.
_ON_THE_WAY = 0.5  # seconds


def record_path(course: Course, sheet: Sheet) -> Path:
    """Return the file of the learner's record for a sheet."""
    return course.work / f"{sheet.id}.json"


@in_sentences
def begin(name: str) -> Page:
    """Open the learner's record of a lesson or exercise and say where it stands.

    Args:
        name: the sheet's id, for example ``01-who-says-so``.

    Returns:
        One line of text; in an exercise also the field for the class code, shown above it.

    """
    course = find_course()
    sheet = course.sheet(name)
    path = record_path(course, sheet)
    record = open_record(path, sheet.id)
    items = load_items(course, sheet)
    lines = [
        message(
            "begin.line",
            title=sheet.title,
            done=_answered(items, record),
            all=len(items),
            where=course.show_path(path),
        )
    ]
    aside = [course.show_path(p) for p in damaged_copies(path)]
    if aside:
        lines.append(message("begin.damaged", files=", ".join(aside)))
    if sheet.graded:
        _display(QuestionView(course, sheet, who_item(sheet), path))
    return notice("\n\n".join(lines))


@in_sentences
def ask(item_id: str) -> QuestionView | Page:
    """Show one question, with the answer kept so far.

    Args:
        item_id: for example ``who-says-so/companions``; the part before the slash names the
            lesson whose record keeps the answer.

    """
    course = find_course()
    sheet, item = find_item(course, item_id)
    try:
        return QuestionView(course, sheet, item, record_path(course, sheet))
    except KitError as fault:
        # The record cannot be had; the question can still be read.
        html = f"{block(str(fault))}{still_html(item)}"
        return Page(f"{fault}\n{still_text(item)}", html)


@in_sentences
def solution(item_id: str) -> Page:
    """Show one question with its key and the reasons; where no key is there, say so.

    Given a sheet's id instead, say what the key itself earns.
    """
    course = find_course()
    if "/" not in item_id:
        return notice(_full_marks(course, course.sheet(item_id)))
    _, item = find_item(course, item_id)
    if not item.has_key and (item.marked or (item.marks and item.by_reader)):
        raise KitError(message("solution.no_key", id=item_id))
    key = item.has_key
    return Page(still_text(item, key=key), still_html(item, key=key))


def _full_marks(course: Course, sheet: Sheet) -> str:
    items = load_items(course, sheet).values()
    earned = sum(i.marks * (i.credit(i.key) or 0) for i in items)
    most = sum(i.marks for i in items if i.marked)
    written = sum(i.marks for i in items if i.by_reader)
    return message("solution.marks", earned=f"{earned:g}", most=f"{most:g}", written=f"{written:g}")


@in_sentences
def warm_up(name: str) -> QuestionView | Page:
    """Show two or three questions of earlier lessons once more, to be answered afresh.

    Args:
        name: the id of the lesson that begins with them, for example ``02-count-origins``.

    """
    course = find_course()
    sheet = course.sheet(name)
    path = record_path(course, sheet)
    record = open_record(path, sheet.id)
    items = {item.id: item for item in practice.earlier(course, sheet)}
    drawn = record.warm_ups
    if not drawn:
        drawn = tuple(i.id for i in practice.draw(items.values(), _records(course), record.record))
        mark_warm_ups(path, sheet.id, drawn)
    chosen = [practice.again(sheet, items[i]) for i in drawn if i in items]
    said = notice(message(f"practice.{'warm_up' if chosen else 'nothing'}", count=len(chosen)))
    views = [QuestionView(course, sheet, item, path) for item in chosen]
    shown: list[QuestionView | Page] = [said, *views]
    for page in shown[:-1]:
        _display(page)
    return shown[-1]


@in_sentences
def reveal(reveal_id: str) -> QuestionView | Page:
    """Show what a lesson keeps closed until the answers it would give away are committed.

    Once open it stands folded, so that nobody has to see it who only runs the page.

    Args:
        reveal_id: for example ``looking-back/outcome``.

    """
    course = find_course()
    closed = find_reveal(course, reveal_id)
    sheet = course.sheet(reveal_id)
    records = _records(course)
    left = missing(closed, records)
    if opened(closed, records) is not None:
        skipped = message("reveal.skipped") if left else ""
        told = {"title": closed.title, "skipped": skipped, "text": closed.text}
        plain = "\n\n".join(part for part in told.values() if part)
        return Page(plain, template(_HERE / "reveal.html.j2", **told))
    counts = Counter(course.sheet(name).title for name in left)
    named = ", ".join(message("reveal.left", title=t, n=n) for t, n in counts.items())
    item = skip_item(closed, named)
    return QuestionView(course, sheet, item, record_path(course, sheet))


@in_sentences
def forecasts(reveal_id: str) -> Page:
    """Show the learner's forecasts beside what happened, with their Brier score.

    Nothing is shown while the reveal is closed. What was committed after it had been opened
    without the commitments is not scored.

    Args:
        reveal_id: the reveal whose questions are the forecasts, ``looking-back/outcome``.

    """
    course = find_course()
    closed = find_reveal(course, reveal_id)
    records = _records(course)
    since = opened(closed, records)
    if since is None:
        return notice(message("forecasts.closed", title=closed.title))
    asked = [find_item(course, name)[1] for name in closed.needs]
    came_out = [item for item in asked if item.resolves is not None]
    made = practice.forecasts(came_out, records, since)
    rows = [_forecast_row(course, forecast) for forecast in made]
    lines = _forecast_score(made, knew_already(closed, records))
    told = [f"{row['prompt']}\n    {row['said']} {row['found']}" for row in rows]
    html = template(_HERE / "forecasts.html.j2", rows=rows, lines=lines)
    return Page("\n".join([*told, *lines]), html)


def _forecast_row(course: Course, forecast: practice.Forecast) -> dict[str, Any]:
    """Return what is said of one forecast: the number, how it came out, and who says so."""
    item, judged = forecast.item, forecast.judgement
    chance = forecast.chance
    key = "none" if chance is None else "late" if forecast.late else "said"
    found = [message("forecasts.came_true" if item.resolves else "forecasts.did_not")]
    if judged:
        numbers = {"chance": f"{judged.chance:.2f}", "outcome": f"{judged.so:d}"}
        found.append(message("forecasts.distance", **numbers, score=f"{brier([judged]).value:.2f}"))
    return {
        "prompt": item.prompt,
        "said": message(f"forecasts.{key}", n=f"{100 * (chance or 0):g}"),
        "found": " ".join(found),
        "records": [find_record(course, name) for name in item.records],
    }


def _forecast_score(made: list[practice.Forecast], knew: bool | None) -> list[str]:
    """Return the score in sentences: of those who knew the end it says something else."""
    judged = [forecast.judgement for forecast in made if forecast.judgement]
    if not judged:
        return [message("forecasts.nothing")]
    score = brier(judged)
    numbers = {name: f"{getattr(score, name):.2f}" for name in ("value", "low", "high")}
    apart = {True: "knew", False: "new", None: "not_said"}[knew]
    return [
        message("belief.brier", **numbers),
        message("forecasts.few", n=score.n),
        message(f"forecasts.{apart}"),
    ]


def _records(course: Course) -> list[LearnerRecord]:
    """Return the learner's records of all lessons, those not begun as empty ones."""
    lessons = [sheet for sheet in course.sheets if not sheet.graded]
    return [read_record(record_path(course, sheet), sheet.id) for sheet in lessons]


@in_sentences
def progress() -> Page:
    """Say for each lesson and exercise how much is answered, and what was right first time.

    Once there are enough answers with a confidence, a picture shows how well the two fit.
    """
    course = find_course()
    rows = []
    for sheet in course.sheets:
        items = load_items(course, sheet)
        if not items:
            continue  # a page to read only
        at = practice.standing(items, read_record(record_path(course, sheet), sheet.id))
        rows.append(
            message(
                "progress.checked" if at.checked else "progress.line",
                title=sheet.title,
                done=at.answered,
                all=at.questions,
                first=at.right_first,
                of=at.checked,
            )
        )
    standing = notice("\n".join(f"- {row}" for row in rows))
    sure = _how_sure(course)
    return Page(f"{standing.text}\n\n{sure.text}", standing.html + sure.html) if sure else standing


def _how_sure(course: Course) -> Page | None:
    """Return how well the learner's confidence fits; None where none was given yet."""
    lessons = [sheet for sheet in course.sheets if not sheet.graded]
    items = {name: i for sheet in lessons for name, i in load_items(course, sheet).items()}
    judged = practice.how_sure(items, _records(course))
    if not judged:
        return None
    if len(judged) < LEAST_TO_CALIBRATE:
        least = LEAST_TO_CALIBRATE
        return notice(message("progress.sure_few", n=len(judged), least=least))
    right, said = (fmean(values) for values in ([j.so for j in judged], [j.chance for j in judged]))
    words = message(
        "progress.sure", n=len(judged), said=f"{100 * said:.0f}", right=f"{100 * right:.0f}"
    )
    picture = charts.calibration(calibration(judged))
    return Page(f"{words}\n{picture.text}", block(words) + picture._repr_html_())


@in_sentences
def hand_in(name: str = "") -> Page:
    """Seal the answers of an exercise into this cell and into ``my-work/hand-in/``.

    Args:
        name: the exercise's id, for example ``exercise-01``.

    The seal is comment lines under the call; JupyterLab puts them into the running cell. Where
    nothing is answered nothing is sealed.

    """
    course = find_course()
    if not name:
        raise KitError(message("handin.which"))
    sheet = course.sheet(name)
    path = record_path(course, sheet)
    if _shell() is not None:
        time.sleep(_ON_THE_WAY)
    record = read_record(path, sheet.id)
    items = load_items(course, sheet)
    left = [n for n, i in enumerate(items.values(), 1) if not i.complete(record.value(i))]
    if all(record.value(item) is None for item in items.values()):
        return notice(message("handin.nothing"))
    learner = str(record.value(who_item(sheet)) or "")
    sealed = submission.seal(course, record, learner)
    copy = _write_copy(course, sealed)
    _seal_cell(sealed)
    refresh(path, mark_sealed(path, sheet.id, sealed.revision))
    lines = [message("handin.sealed", done=_answered(items, record), all=len(items))]
    if left:
        lines.append(message("handin.unanswered", numbers=", ".join(map(str, left))))
    if not learner:
        lines.append(message("handin.no_name"))
    lines.append(message("handin.copy", where=course.show_path(copy)))
    return Page("\n".join(lines), _with_download(lines, copy))


def _answered(items: dict[str, Question], record: LearnerRecord) -> int:
    return sum(item.complete(record.value(item)) for item in items.values())


def _write_copy(course: Course, sealed: submission.Seal) -> Path:
    path = course.work / "hand-in" / f"{sealed.sheet}-{sealed.record[:6]}.json"
    try:
        write_whole(path, submission.to_json(sealed).encode("ascii"))
    except OSError as fault:
        raise KitError(message("error.cannot_write", path=path, fault=reason(fault))) from fault
    return path


def _with_download(lines: list[str], copy: Path) -> str:
    data = base64.b64encode(copy.read_bytes()).decode()
    return template(_HERE / "sealed.html.j2", lines=lines, data=data, name=copy.name)


def _seal_cell(sealed: submission.Seal) -> None:
    """Put the seal under the call in the cell that is running, where there is a front end."""
    shell = _shell()
    if shell is None:
        return
    source = shell.get_parent().get("content", {}).get("code", "")
    there = submission.sealed_in(source)
    # Running all cells again must not change a notebook that holds the same answers already.
    same = there is not None and evolve(there, sealed=sealed.sealed) == sealed
    if "hand_in" in source and not same:
        shell.set_next_input(submission.to_cell(submission.call_part(source), sealed), replace=True)


def _display(view: QuestionView | Page) -> None:
    from IPython.display import display  # noqa: PLC0415

    display(view)


def _shell() -> Any:
    from IPython import get_ipython  # noqa: PLC0415

    shell = get_ipython()
    return shell if shell is not None and hasattr(shell, "get_parent") else None
