r"""The question bank for other systems: which questions, as GIFT for Moodle, or as a table.

The rules of GIFT are those of Moodle's importer (question/format/gift): a blank line ends a
question, so line breaks within a text are written ``\n``; ``\ # = ~ { } :`` are escaped; a part of
a mark that is not in Moodle's list (:data:`kit.questions.export.GRADES`) stops the import. Texts
are HTML and say so, ``[html]``, because every reader of GIFT shows HTML alike. That word also keeps
a text that begins with ``[`` or ``%`` from being taken for a format or a part of a mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from attrs import field, frozen

from kit.authoring.build import page_text, source_path, told_above
from kit.authoring.leaks import left_in_items
from kit.authoring.paper import story_text
from kit.course.article import load_article, practice_texts
from kit.course.course import Course, Sheet
from kit.course.evidence import find_record
from kit.course.html import template
from kit.course.messages import KitError, message
from kit.course.pictures import PICTURE
from kit.questions import export
from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.table import settings

_HERE = Path(__file__).parent
COLUMNS = (
    *("sheet", "id", "kind", "marks", "prompt", "passage", "paragraphs"),
    *("part", "part_id", "text", "answer", "points", "reason"),
    *("general_reason", "model_answer", "look_for", "records"),
    *("practice_text", "settings", "part_settings"),
)
Row = dict[str, Any]
Asked = list[tuple[Sheet, Question]]


@frozen
class Gift:
    """A file for Moodle, and what of the questions the import cannot carry over."""

    text: str
    count: int  #: of Moodle's questions
    notes: dict[str, list[str]] = field(factory=dict)  #: ids of questions, by what to say


def bank(course: Course, names: Iterable[str], keys: Path | None) -> tuple[Asked, list[str]]:
    """Return the questions of the sheets called ``names`` (of all, where that is empty).

    Returns:
        Each question with its sheet, in order; and the ids of those whose key is not there: they
        could not be marked elsewhere.

    Raises:
        KitError: when no sheet has a name, a file has faults, or the published questions of an
            exercise hold a part of their key: an export without keys would let it out.

    """
    sheets = dict.fromkeys([course.sheet(name) for name in names] or course.sheets)
    if left := left_in_items(course, sheets):
        raise KitError(message("release.key", faults="\n".join(left)))
    asked, lost = [], set()
    for sheet in sheets:
        for question in load_questions(course, sheet, keys).values():
            needs_key = question.marked or (
                question.by_reader and sheet.graded and not question.survey
            )
            if needs_key and not question.has_key:
                lost.add(question.id)
            else:
                asked.append((sheet, question))
    return asked, sorted(lost)


def notes_as_text(notes: Mapping[str, Iterable[str]]) -> str:
    """Return what was left out or changed: a line for each sentence, with the ids it is about.

    ``notes`` has these ids of questions, by the key of the sentence.
    """
    text = ""
    for key, ids in notes.items():
        if ids:
            text += "\n" + message(key, ids=", ".join(ids))
    return text


# --- GIFT -----------------------------------------------------------------------------------------


def export_class(kind: type[Question]) -> type[export.Export]:
    """Return what a kind is in other systems: the class ``Export`` of its folder."""
    found: type[export.Export] = import_module(f"{kind.__module__}.export").Export
    return found


def export_of(question: Question) -> export.Export:
    """Return what a question is in other systems."""
    return export_class(type(question))(question)


def gift(course: Course, asked: Asked) -> Gift:
    """Return questions with their keys as GIFT, the reading edition of the text before them."""
    notes: defaultdict[str, list[str]] = defaultdict(list)
    parts, count = [_category(course.title), _edition(course)], 0
    last = None
    stories = stories_of(course, asked)
    for sheet, question in asked:
        made = export_of(question)
        why_not = made.left_out()
        if why_not:
            notes[why_not].append(question.id)
            continue
        for key in made.changes():
            notes[key].append(question.id)
        if sheet != last:
            parts.append(_category(course.title, sheet.title))
            last = sheet
        if any(PICTURE.search(text) for text in question.texts):
            notes["export.pictures"].append(question.id)
        story = stories.get(question.id, "")
        texts = [_question_text(course, question, each, story) for each in made.asked()]
        parts += texts
        count += len(texts)
    return Gift("\n\n".join(parts) + "\n", count, dict(notes))


def stories_of(course: Course, asked: Asked) -> dict[str, str]:
    """Return the practice texts that questions are about, as Markdown, by the questions' ids.

    A question that has no passage of its own and names no paragraph of the article is about the
    last practice text that its page shows above it. A text that the learner chooses is none.
    """
    texts, found = practice_texts(course), {}
    above: dict[str, dict[str, str]] = {}
    for sheet, question in asked:
        if sheet.id not in above:
            is_there = source_path(course, sheet).is_file()
            above[sheet.id] = told_above(page_text(course, sheet)) if is_there else {}
        name = above[sheet.id].get(question.id, "")
        own = question.passage or question.paragraphs
        if name in texts and not own and not any(unit.paragraph for unit in question.units):
            found[question.id] = story_text(course, name)
    return found


def _question_text(course: Course, question: Question, asked: export.Asked, story: str) -> str:
    """Return one question of Moodle's, with the text or the paragraphs that it is about."""
    numbers = set(question.paragraphs)
    for statement in asked.units:
        if statement.paragraph is not None:
            numbers.add(statement.paragraph)
    about = [load_article(course).unit(n) for n in sorted(numbers)]
    shown = asked.shown | {"question": question, "about": about, "units": asked.units}
    shown["story"] = story
    stem = template(_HERE / "exported.html.j2", **shown)
    lines = [
        *asked.answers,
        export.after("####", template(_HERE / "exported_after.html.j2", **shown)),
    ]
    answers = "".join(f"\t{line}\n" for line in lines if line)
    name = asked.name or question.id
    worth = question.marks
    if asked.marks is not None:
        worth = asked.marks
    marks = message("export.marks", id=name, marks=f"{worth:g}")
    head = f"// {' '.join(marks.split())}\n::{export.escape(name)}::{export.rich(stem)}"
    return f"{head}{{{asked.sign}\n{answers}}}"


def _edition(course: Course) -> str:
    """Return the reading edition as what Moodle calls a description: nothing is asked in it."""
    article = load_article(course)
    page = article.reference.page
    shown = {"question": None, "about": article.units, "page": page}
    text = template(_HERE / "exported.html.j2", **shown)
    return f"::{export.escape(article.reference.title)}::{export.rich(text)}"


def _category(*names: str) -> str:
    # A slash within a name is doubled; nothing else is escaped in a category.
    path = "/".join(" ".join(name.split()).replace("/", "//") for name in names)
    return f"$CATEGORY: $course$/{path}"


# --- A table --------------------------------------------------------------------------------------


def rows(course: Course, asked: Asked) -> Iterator[Row]:
    """Yield a row for each option, statement, number or level, with the cells of its question."""
    stories = stories_of(course, asked)
    for sheet, question in asked:
        cells: Row = {
            "sheet": sheet.id,
            "id": question.id,
            "kind": question.kind,
            "marks": question.marks,
            "prompt": question.prompt,
            "passage": question.passage,
            "paragraphs": ", ".join(map(str, question.paragraphs)),
            "general_reason": question.reason,
            "records": " ".join(find_record(course, name).address for name in question.records),
            "model_answer": question.model_answer,
            "look_for": question.look_for,
            "practice_text": stories.get(question.id, ""),
            "settings": settings(question),
        }
        for part in list(export_of(question).rows()) or [{}]:
            row = cells | part
            if "points" in part:
                row["points"] = _short(part["points"])
            yield row


def _short(points: float) -> float:
    """Return points without needless digits."""
    # A number, not text: a minus before text would be taken for a formula and get an apostrophe.
    points = round(float(points), 4)
    if points.is_integer():
        return int(points)
    return points
