r"""Questions as GIFT, the text format that Moodle imports.

The rules are those of Moodle's importer (question/format/gift): a blank line ends a question, so
line breaks within a text are written ``\n``; ``\ # = ~ { } :`` are escaped; a part of a mark that
is not in Moodle's list (:data:`kit.questions.export.GRADES`) stops the import. Texts are HTML and
say so, ``[html]``, because every reader of GIFT shows HTML alike. That word also keeps a text that
begins with ``[`` or ``%`` from being taken for a format or a part of a mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from attrs import field, frozen

from kit.authoring.build import page_text, source_path, told_above
from kit.authoring.paper import story_text
from kit.course.article import load_article, practice_texts
from kit.course.course import Course, Sheet
from kit.course.html import template
from kit.course.messages import message
from kit.course.pictures import PICTURE
from kit.questions.base import Question
from kit.questions.export import Asked, Export, after, escape, rich

_HERE = Path(__file__).parent


@frozen
class Gift:
    """A file for Moodle, and what of the questions the import cannot carry over."""

    text: str
    count: int  #: of Moodle's questions
    notes: dict[str, list[str]] = field(factory=dict)  #: ids of items, by the key of what to say


def export_of(question: Question) -> Export:
    """Return the export of a question: the class ``Export`` of its kind's folder."""
    module = import_module(f"{type(question).__module__}.export")
    export: Export = module.Export(question)
    return export


def gift(course: Course, asked: Iterable[tuple[Sheet, Question]]) -> Gift:
    """Return questions with their keys as GIFT, the reading edition of the text before them."""
    notes: defaultdict[str, list[str]] = defaultdict(list)
    parts, count = [_category(course.title), _edition(course)], 0
    last = None
    asked = list(asked)
    stories = stories_of(course, asked)
    for sheet, question in asked:
        export = export_of(question)
        why_not = export.left_out()
        if why_not:
            notes[why_not].append(question.id)
            continue
        for key in export.changes():
            notes[key].append(question.id)
        if sheet != last:
            parts.append(_category(course.title, sheet.title))
            last = sheet
        if any(PICTURE.search(text) for text in question.texts):
            notes["export.pictures"].append(question.id)
        story = stories.get(question.id, "")
        texts = [_question_text(course, question, each, story) for each in export.asked()]
        parts += texts
        count += len(texts)
    return Gift("\n\n".join(parts) + "\n", count, dict(notes))


def stories_of(course: Course, asked: Iterable[tuple[Sheet, Question]]) -> dict[str, str]:
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


def _question_text(course: Course, question: Question, asked: Asked, story: str) -> str:
    """Return one question of Moodle's, with the text or the paragraphs that it is about."""
    numbers = set(question.paragraphs)
    for statement in asked.units:
        if statement.paragraph is not None:
            numbers.add(statement.paragraph)
    about = [load_article(course).unit(n) for n in sorted(numbers)]
    shown = asked.shown | {"question": question, "about": about, "units": asked.units}
    shown["story"] = story
    stem = template(_HERE / "exported.html.j2", **shown)
    lines = [*asked.answers, after("####", template(_HERE / "exported_after.html.j2", **shown))]
    answers = "".join(f"\t{line}\n" for line in lines if line)
    name = asked.name or question.id
    worth = question.marks
    if asked.marks is not None:
        worth = asked.marks
    marks = message("export.marks", id=name, marks=f"{worth:g}")
    head = f"// {' '.join(marks.split())}\n::{escape(name)}::{rich(stem)}"
    return f"{head}{{{asked.sign}\n{answers}}}"


def _edition(course: Course) -> str:
    """Return the reading edition as what Moodle calls a description: nothing is asked in it."""
    article = load_article(course)
    page = article.reference.page
    shown = {"question": None, "about": article.units, "page": page}
    text = template(_HERE / "exported.html.j2", **shown)
    return f"::{escape(article.reference.title)}::{rich(text)}"


def _category(*names: str) -> str:
    # A slash within a name is doubled; nothing else is escaped in a category.
    path = "/".join(" ".join(name.split()).replace("/", "//") for name in names)
    return f"$CATEGORY: $course$/{path}"
