"""For schools that run nbgrader: an assignment that gives the same marks as ``kit grade``.

nbgrader runs what learners hand in; ``kit grade`` does not. The marks come from the seal in the
notebook, by way of the same functions. Nothing but the notebook is in the assignment's source
folder, because nbgrader lays the files from there over the learner's.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from kit.course.course import Course, find_course
from kit.course.files import keep_beside, write_whole
from kit.course.html import block
from kit.course.messages import KitError, message
from kit.grading.by_hand import criteria
from kit.grading.folder import keyed_questions
from kit.grading.marks import Result, Submission, mark
from kit.learner import submission
from kit.notebook.output import Page, errors_as_text
from kit.questions.bank import load_questions
from kit.questions.base import Question

CONFIG = "nbgrader_config.py"
_SCHEMA = 3  #: of nbgrader's metadata, since nbgrader 0.6
_CONFIG = '''"""Settings of nbgrader for this course; made by the kit once, and yours to change."""
import os

c = get_config()
c.CourseDirectory.course_id = "{course}"
# A cell that a learner has deleted is put back; else its marks would count for nobody.
c.OverwriteCells.add_missing_cells = True
# Autograding runs the learners' notebooks: their cells must not open a teacher's own answers.
os.environ["KIT_WORK"] = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".kit-work")
'''
_POINTS = """# The marks of the question above: given when it has been handed in.
### BEGIN HIDDEN TESTS
from kit.grading.nbgrader import points
points("{item}")
### END HIDDEN TESTS"""
_WRITTEN = """# What was handed in as the answer to the question above.
from kit.grading.nbgrader import written
written("{item}")"""
_TASK = """{heading}

=== BEGIN MARK SCHEME ===

{scheme}

=== END MARK SCHEME ==="""


def write_course(
    course: Course, folder: Path, keys: Path, books: dict[str, NotebookNode]
) -> list[Path]:
    """Write an nbgrader course into ``folder``: its settings, the keys, a source for each exercise.

    Args:
        course: the course.
        folder: the nbgrader course's folder; what else is there is left alone.
        keys: the folder of the keys. A copy goes to ``keys/``, which nbgrader does not release.
        books: by sheet id, the exercise's notebook as learners get it.

    Returns:
        Where files are kept that stood there and were not as they are now: in ``folder`` itself,
        for nbgrader hands out whatever is in ``source/``.

    Raises:
        KitError: when a key is missing.

    """
    keyed = {name: keyed_questions(course, name, keys) for name in books}
    kept = []
    for sheet_id, book in books.items():
        sheet = course.sheet(sheet_id)
        made = nbformat.writes(_assignment(book, keyed[sheet_id])) + "\n"
        files = {folder / "source" / sheet.id / Path(sheet.notebook).name: made.encode()}
        if sheet.keys:  # without it the whole key is on the exercise's page
            files[folder / "keys" / sheet.keys] = (keys / sheet.keys).read_bytes()
        for path, data in files.items():
            if path.is_file() and path.read_bytes() != data:
                kept.append(keep_beside(path, folder))
            write_whole(path, data)
    if not (folder / CONFIG).exists():
        (folder / CONFIG).write_text(_CONFIG.format(course=course.id), encoding="utf-8")
    return [path for path in kept if path]


def _assignment(book: NotebookNode, questions: dict[str, Question]) -> NotebookNode:
    """Return the notebook with what nbgrader needs after each question."""
    cells = []
    for cell in book.cells:
        cells.append(cell)
        for question in questions.values():
            if cell.cell_type == "code" and f'kit.ask("{question.id}")' in cell.source:
                cells += cells_after(question)
    book.cells = cells
    return book


def cells_after(question: Question) -> list[NotebookNode]:
    """Return the cells in which nbgrader marks a question, or shows it to who marks it."""
    name, marks = question.id.replace("/", "-"), question.marks
    if question.marked:
        source = _POINTS.format(item=question.id)
        cell = nbformat.v4.new_code_cell(source, id=f"points-{name}"[:64])
        return [_locked(cell, name, grade=True, points=marks)]
    if not question.by_reader or not marks:
        return []
    shown = nbformat.v4.new_code_cell(_WRITTEN.format(item=question.id), id=f"text-{name}"[:64])
    scheme = [f"- {levels}" for _, _, levels in criteria(question)]
    heading = message("nbgrader.task", marks=f"{marks:g}")
    text = _TASK.format(heading=heading, scheme="\n\n".join([*scheme, question.look_for]))
    task = nbformat.v4.new_markdown_cell(text, id=f"task-{name}"[:64])
    return [_locked(shown, f"{name}-text"), _locked(task, name, task=True, points=marks)]


def _locked(cell: NotebookNode, grade_id: str, **more: Any) -> NotebookNode:
    meta = {"grade": False, "solution": False, "task": False, "locked": True, **more}
    meta |= {"grade_id": grade_id, "schema_version": _SCHEMA}
    cell.metadata["nbgrader"] = nbformat.from_dict(meta)
    return cell


# --- What the assignment's cells call -----------------------------------------------------------


def points(item_id: str) -> float:
    """Return the marks of one question, from the seal in this folder's notebook, for nbgrader.

    Raises:
        KitError: when there is no seal to be read; nbgrader then gives no points.

    """
    result = _result(item_id)
    if result.unread:  # 0 would look as if it had been marked
        raise KitError(result.why_unread)
    return result.marks


@errors_as_text
def written(item_id: str) -> Page:
    """Show the text that was handed in as the answer to one question."""
    result = _result(item_id)
    text = message("feedback.left_out")
    if result.to_mark and result.text:
        text = result.text
    # Shown as text whatever it holds: the renderer escapes HTML, and a fence keeps Markdown still.
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (3 + longest)
    return Page(text, block(f"{fence}text\n{text}\n{fence}"))


def _result(item_id: str) -> Result:
    """Return what the answer to one question has earned in this folder's notebook."""
    course = find_course()
    sheet = course.sheet(item_id)
    seal, intact = submission.read(Path(Path(sheet.notebook).name))
    questions = load_questions(course, sheet, _keys(course))
    marked = mark(course, questions, Submission("", seal, intact))
    results = {result.question.id: result for result in marked.results}
    if item_id not in results:
        raise KitError(message("error.no_item", id=item_id, known=", ".join(results)))
    return results[item_id]


def _keys(course: Course) -> Path:
    """Return the keys beside nbgrader's settings; on a learner's computer there are none."""
    for folder in (here := Path.cwd(), *here.parents):
        if (folder / CONFIG).is_file() and os.environ.get("NBGRADER_EXECUTION"):
            return folder / "keys"
    return course.keys
