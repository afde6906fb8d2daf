"""A page for each learner: each question, their answer, the reason for that answer, the marks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import evolve
from markupsafe import Markup, escape

from kit.course.article import load_article
from kit.course.course import Course
from kit.course.evidence import EvidenceRecord, every_record
from kit.course.html import inline, template
from kit.course.messages import message
from kit.grading import pages
from kit.grading.marks import MarkedSubmission, Result, Submission, answer_in_words
from kit.grading.tables import Row, as_written, printed
from kit.questions.base import Question

_QUESTION = Path(__file__).with_name("feedback_question.html.j2")
_WRITTEN = "\0"  #: where a learner's own text will be; no text of a course holds this
_MOST_KEPT = 5000  #: answers; to keep what is said of them all would fill the memory
Share = tuple[float, int, Result]  #: the share of its marks that an answer earned; its number
_WELL = 0.5  #: a share of the marks from which on something went well
_BEST = 3  #: questions that are named for that
_OURS = re.compile(r"[a-z0-9-]+-[0-9a-f]{12}\.html")


def pages_in(folder: Path) -> list[Path]:
    """Return the learners' pages that lie in a folder."""
    return sorted(path for path in folder.glob("*.html") if _OURS.fullmatch(path.name))


def file_name(submission: Submission) -> str:
    """Return a page's name: letters and digits of the code, and a hash; never a path."""
    sheet = submission.seal.sheet
    who = "\0".join([sheet, *submission.whose])
    digest = hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:12]
    slug = re.sub(r"[^a-z0-9]+", "-", f"{sheet} {submission.learner[:24]}".lower()).strip("-")
    return f"{slug}-{digest}.html"


class FeedbackPages:
    """The pages of a class. What is said of an answer is made once, however many gave it."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._records = {name: _cited(one) for name, one in every_record(course).items()}
        self._said: dict[tuple[object, ...], str] = {}

    def page(self, marked: MarkedSubmission) -> bytes:
        """Return one learner's page."""
        course, shares = self._course, list(_shares(marked))
        questions = [self._section(n, result) for n, result in enumerate(marked.results, 1)]
        return pages.page(
            "feedback.html.j2",
            course,
            sheet=course.sheet(marked.sheet),
            marked=marked,
            questions=questions,
            well=_went_well(marked, shares),
            again=_first_again(course, self._records, shares),
            calibration=_calibration(marked),
            printed=printed,
            **_to_read_again(self._records, marked),
        )

    def _section(self, n: int, result: Result) -> str:
        """Return the part of a page that is about one answer, as HTML."""
        if result.unread:
            return template(_QUESTION, n=n, q=_question(result))
        written = None
        if result.question.by_reader and result.value is not None:
            # Of what learners write, hardly two texts are alike, and all else is.
            written, result = result.value, evolve(result, value=_WRITTEN)
        given = [(row["criterion"], row["number"], row["comment"]) for row in result.rows]
        answer = (n, result.question.id, repr(result.value), result.confidence, *given)
        section = self._said.get(answer)
        if section is None:
            section = template(_QUESTION, n=n, q=_question(result))
            if len(self._said) < _MOST_KEPT:
                self._said[answer] = section
        if written is not None:
            section = section.replace(_WRITTEN, escape(written))
        return section


# --- What the page begins with --------------------------------------------------------------------


def _shares(marked: MarkedSubmission) -> Iterator[Share]:
    """Yield of each question that earns marks the share earned, its number, and its result."""
    for n, result in enumerate(marked.results, 1):
        question = result.question
        earned = result.share
        if question.marks and question.has_right_answer and earned is not None:
            yield earned, n, result


def _line(n: int, result: Result, *said: str) -> Markup:
    """Return what is said of a question above, as HTML, after a link to it and its first words."""
    return _linked(n, message("feedback.question", n=n), result.question.prompt, *said)


@lru_cache(maxsize=4096, typed=True)  # of a class, many earned the same; HTML is a type of its own
def _linked(n: int, question: str, prompt: str, *said: str) -> Markup:
    line = Markup('<a href="#q{}">{}</a> (“{}”): {}')
    return line.format(n, question, pages.in_short(prompt, 60), Markup(" ").join(said))


def _went_well(marked: MarkedSubmission, shares: Sequence[Share]) -> list[str]:
    """Return what earned most, as far as anything did, and else what was tried."""
    earning = [one for one in shares if one[0] >= _WELL]
    earning.sort(key=lambda one: (-one[0], -one[2].question.marks))
    well: list[str] = []
    for earned, n, result in earning[:_BEST]:
        most = result.question.marks
        text = message("feedback.well_right")
        if earned < 1:
            text = message("feedback.marks", mark=printed(earned * most), most=printed(most))
        well.append(_line(n, result, text))
    counts = marked.counts
    if counts.sound and counts.unsound:
        told = {"sound": counts.sound, "accepted": counts.sound_accepted}
        told |= {"unsound": counts.unsound, "rejected": counts.unsound_rejected}
        apart = told["accepted"] / counts.sound + told["rejected"] / counts.unsound - 1
        if apart >= _WELL:
            well.append(message("feedback.well_judged", **told))
    if not well and marked.answered:
        well.append(message("feedback.well_tried", n=marked.answered, all=len(marked.results)))
    return well


def _first_again(
    course: Course, known: Mapping[str, Markup], shares: Sequence[Share]
) -> list[Markup]:
    """Return the two things to read again that cost most marks."""
    lost = [one for one in shares if one[0] < 1]
    lost.sort(key=lambda one: (one[0] - 1) * one[2].question.marks)
    again = []
    for _, n, result in lost[:2]:
        said: list[str] = [message("feedback.again_reasons")]
        records = [known[name] for name in result.question.records if name in known]
        numbers = sorted(result.question.paragraphs_missed(result.value))
        if numbers:
            gist = load_article(course).unit(numbers[0]).gist
            said = [message("feedback.again_paragraph", n=numbers[0], gist=gist)]
        elif records:
            said = [message("feedback.again_record"), records[0]]
        again.append(_line(n, result, *said))
    return again


# --- Question by question -------------------------------------------------------------------------


def _question(result: Result) -> dict[str, Any]:
    """Return what is said about one answer."""
    question = result.question
    shown: dict[str, Any] = {"question": question, "marks": _marks(result)}
    if result.confidence is not None:
        shown["confidence"] = message("feedback.sure", n=round(result.confidence))
    if result.unread:
        said = result.unread
        if not result.to_mark:
            said = "reworded"
        elif result.rows and None not in result.numbers:
            said = "read_by_hand"
        shown |= {"said": message(f"feedback.{said}"), "handed_in": result.text}
        return shown | {"criteria": _criteria(result)}
    if result.value is None:
        shown["said"] = message("feedback.left_out")
    if question.has_right_answer:
        return shown | _check(result)
    if result.value is not None:
        answer = answer_in_words(question, result.value)
        shown["said"] = message("feedback.you_said", answer=answer)
    return shown


def _check(result: Result) -> dict[str, Any]:
    """Return the verdict and the reasons, as the lessons give them."""
    question, value = result.question, result.value
    feedback = question.feedback(value)
    shown: dict[str, Any] = {"model": feedback["model"]}
    if value is not None and question.by_reader:
        shown |= {"answer": value, "criteria": _criteria(result)}
    elif value is not None:
        shown["said"] = feedback["verdict"]
    shown["after"] = [feedback[name] for name in ("slip", "reason") if feedback.get(name)]
    shown["rows"] = []
    for answered in question.answered_rows(value, whole=True):
        row: dict[str, Any] = {"text": inline(answered.row.text)}
        row |= {"given": answered.given, "yours": answered.yours}
        if answered.explained:
            row |= {"mark": "✓" if answered.right else "✗"} | answered.said()
        shown["rows"].append(row)
    return shown


def _marks(result: Result) -> str:
    question = result.question
    if result.is_thrown_out:
        return message("feedback.thrown_out")
    if not question.marks or question.survey:
        return ""
    most, earned = printed(question.marks), result.marks
    if result.credit is None:
        if None in result.numbers:
            return message("feedback.unmarked", most=most)
        earned = sum(filter(None, result.numbers))
    return message("feedback.marks", mark=printed(earned), most=most)


def _criteria(result: Result) -> list[dict[str, Any]]:
    return [_criterion(result.question, row) for row in result.rows]


def _criterion(question: Question, row: Row) -> dict[str, Any]:
    """Return what a reader gave for one criterion: the level reached, and what the top one asks."""
    number = row["number"]
    shown = {"points": f"{printed(number) or '–'} / {row['most']}"}
    shown["comment"] = as_written(row["comment"])
    for criterion in question.rubric:
        if criterion.id == row["criterion"]:
            shown["text"] = criterion.text
            levels = sorted(criterion.levels, key=lambda level: -level.points)
            reached = [level for level in levels if number is not None and level.points <= number]
            if reached:
                shown["level"] = reached[0].text
            if number is not None and levels and number < levels[0].points:
                shown["top"] = f"{levels[0].text} (“{levels[0].anchor}”)"
    return shown


def _calibration(marked: MarkedSubmission) -> str:
    """Say how well the learner's confidence fits what was right; '' where none was given."""
    asked = [result for result in marked.results if result.confidence is not None]
    if not asked:
        return ""
    right = sum(result.credit == 1 for result in asked)
    says = round(sum(result.confidence or 0.0 for result in asked) / len(asked))
    share = round(100 * right / len(asked))
    return message("feedback.sureness", count=len(asked), says=says, right=right, share=share)


def _cited(record: EvidenceRecord) -> Markup:
    """Return what a record says, and the link to who says so, as HTML."""
    link = Markup('<a href="{}" rel="noopener noreferrer">{}</a>')
    source = link.format(record.address, record.who)
    cited = Markup("{} ({}, {})").format(record.statement, source, record.published)
    if record.whose_page:
        cited += Markup(" {}").format(record.whose_page)
    return cited


def _to_read_again(known: Mapping[str, Markup], marked: MarkedSubmission) -> dict[str, list[Any]]:
    """Return the paragraphs and records of the questions that were not answered fully right."""
    paragraphs: set[int] = set()
    records: dict[str, Markup] = {}
    for result in marked.results:
        if result.credit is not None and result.credit < 1:
            paragraphs |= result.question.paragraphs_missed(result.value)
            records |= {name: known[name] for name in result.question.records if name in known}
    return {"paragraphs": sorted(paragraphs), "records": list(records.values())}
