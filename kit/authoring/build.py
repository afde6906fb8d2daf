"""Make the notebooks from the lessons' Markdown, so that nobody edits JSON by hand."""

from __future__ import annotations

import copy
import json
import os
import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from unittest import mock

import nbformat
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from traitlets.config import Config

from kit.authoring.languages import in_language_of
from kit.authoring.made import Made, is_fresh
from kit.course.article import read_text
from kit.course.course import Course, Sheet
from kit.course.messages import KitError, message
from kit.course.pictures import PICTURE, picture_html
from kit.learner import submission
from kit.notebook.output import STRICT
from kit.questions.bank import load_questions
from kit.questions.in_markdown import calls, given_to, questions_on
from kit.questions.still import still_text

_WIDGET = "application/vnd.jupyter.widget-view+json"
_SECONDS_A_CELL = 60
_LONGEST_FOLDER = 90  #: characters; the path of a socket in it may have 103


def source_path(course: Course, sheet: Sheet) -> Path:
    """Return the Markdown file that a sheet's notebook is made from."""
    return course.root / "lessons" / f"{sheet.first.page}.md"


def page_text(course: Course, sheet: Sheet) -> str:
    """Return a sheet's Markdown as its notebook is made from it.

    Without the author's comments, which no learner sees, and with a ``kit.ask`` block in the place
    of each question that is written on the page.

    Raises:
        KitError: when there is no such page, or a question on it cannot be read.

    """
    path = source_path(course, sheet)
    if sheet.repeats:  # with other names in its calls, and that of its own file
        text = page_text(course, sheet.first)
        return re.sub(rf'\b{re.escape(sheet.repeats)}(?=["/.])', sheet.id, text)
    if not path.is_file():
        raise KitError(message("error.no_file", path=path))
    return questions_on(path, sheet.prefix).shown


def blocks(text: str) -> list[str]:
    """Return a page's blocks marked ``python``, which become the notebook's code cells."""
    return [source for kind, source in pieces(text) if kind == "code"]


def asked(text: str) -> list[str]:
    """Return the ids of the questions that a page asks, in order."""
    return given_to("ask", "\n".join(blocks(text)))


def stories(text: str) -> list[str]:
    """Return what a page shows as a story: names of practice texts, ids of questions."""
    return given_to("story", "\n".join(blocks(text)))


def told_above(text: str) -> dict[str, str]:
    """Return, for each question of a page, what was shown last above it as a story."""
    last, found = "", {}
    for name, given in calls("\n".join(blocks(text))):
        if name == "story":
            last = given
        elif name == "ask":
            found[given] = last
    return found


BY_HAND = "kit-by-hand"  #: the tag of what is read only where the page does not run by itself
#: What the kit's extension for JupyterLab says on a lesson's page; the keys are ``page.…``.
PAGE_WORDS = (
    "show_code",
    "hide_code",
    "starting",
    "again",
    "stopped",
    "lost",
    "no_kernel",
    "no_kit",
)


def bare(course: Course, sheet: Sheet, text: str | None = None) -> NotebookNode:
    """Return a sheet's notebook without outputs, its code folded away.

    Its metadata carry the kit's mark, by which the page that opens it knows a lesson, and the
    sentences that the page says about it, in the words of the course.

    ``text`` is its page, if not as :func:`page_text` returns it.
    """
    if text is None:
        text = page_text(course, sheet)
    book = _dressed(_with_note(_cells(text)))
    page_words = {name: message(f"page.{name}") for name in PAGE_WORDS}
    book.metadata["kit"] = {"sheet": sheet.id, "words": page_words}
    if course.language != "en":  # the page around a lesson is in English
        book.metadata["kit"] |= {"lang": course.language, "dir": course.direction}
    return book


def _with_note(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Put a note under the title: what to do where the page does not come alive by itself.

    Where it does, the extension hides the cell by its tag.
    """
    if not any(cell.cell_type == "code" for cell in cells):
        return cells  # nothing to bring to life
    note = nbformat.v4.new_markdown_cell(message("page.by_hand"))
    note.metadata["tags"] = [BY_HAND]
    title, _, rest = cells[0].source.partition("\n")
    if cells[0].cell_type != "markdown" or not title.startswith("# "):
        return [note, *cells]
    first = nbformat.v4.new_markdown_cell(title)
    below = [nbformat.v4.new_markdown_cell(rest.strip())] if rest.strip() else []
    return [first, note, *below, *cells[1:]]


def _cells(text: str) -> list[NotebookNode]:
    """Return a page as the cells of a notebook."""
    cells = []
    for kind, source in pieces(text):
        if kind == "code":
            cells.append(nbformat.v4.new_code_cell(source))
        else:
            shown = PICTURE.sub(_with_its_bytes, source)
            cells.append(nbformat.v4.new_markdown_cell(shown))
    return cells


def _with_its_bytes(match: re.Match[str]) -> str:
    """Return a picture on a page as HTML that needs no file: notebooks are moved and handed in."""
    return picture_html(match["target"], match["alt"]) or match[0]


@lru_cache(maxsize=64)  # a check asks for a page's blocks again and again
def pieces(text: str) -> tuple[tuple[str, str], ...]:
    """Split Markdown at its ``python`` blocks: those become code cells, the rest Markdown cells.

    jupytext would do this too, but installed beside JupyterLab it takes over how every learner's
    files are opened and saved.
    """
    lines = text.splitlines()
    found, start = [], 0
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and token.info.strip() == "python" and token.map:
            found.append(("markdown", "\n".join(lines[start : token.map[0]])))
            found.append(("code", token.content))
            start = token.map[1]
    found.append(("markdown", "\n".join(lines[start:])))
    return tuple((kind, source.strip()) for kind, source in found if source.strip())


def desk(course: Course) -> NotebookNode:
    """Return the notebook of the marking desk; what it shows depends on what waits to be marked."""
    book = _dressed(_cells(read_text(in_language_of(course, "marking-desk"))))
    for cell in book.cells:
        if cell.cell_type == "code":
            # A second reader changes a number in it.
            cell.metadata = nbformat.from_dict({"tags": ["nbval-ignore-output"]})
    return book


def refuse_without_key(course: Course, sheet: Sheet) -> None:
    """Raise a KitError where a key of an exercise is not here."""
    questions = load_questions(course, sheet).values()
    if any(question.marked and not question.has_key for question in questions):
        raise KitError(message("grade.no_keys", sheet=sheet.id, path=course.keys))


def solved(course: Course, sheet: Sheet) -> NotebookNode:
    """Return an exercise with each question answered and explained, and its key sealed in."""
    refuse_without_key(course, sheet)
    book = _dressed(_cells(page_text(course, sheet)))
    book.cells = [cell for cell in book.cells if not given_to("begin", cell.source)]
    above = None
    for cell in book.cells:
        cell.source = cell.source.replace("kit.ask(", "kit.solution(")
        if cell.cell_type == "markdown" and above is None:
            cell.source = message("solution.head", title=sheet.title)
        if cell.cell_type == "code" and "kit.hand_in(" in cell.source:
            call = f'import kit\n\nkit.solution("{sheet.id}")'
            cell.source = submission.to_cell(call, _key_seal(course, sheet))
            if above is not None and above.cell_type == "markdown":
                above.source = message("solution.end")
        above = cell
    return book


def _key_seal(course: Course, sheet: Sheet) -> submission.Seal:
    answers = {}
    for question in load_questions(course, sheet).values():
        answers[question.id] = submission.SealedAnswer(question.key, question.fingerprint)
    return submission.Seal(
        course=course.id,
        sheet=sheet.id,
        learner="solution",
        record="solution",
        revision=1,
        sealed="",
        answers=answers,
    )


def run(book: NotebookNode, folder: Path) -> NotebookNode:
    """Execute a notebook in a folder as a new learner would find it; keep only lasting outputs.

    Raises:
        KitError: when a cell fails.

    """
    folder.mkdir(parents=True, exist_ok=True)
    metadata = copy.deepcopy(book.metadata)  # running it adds what this Python is
    with tempfile.TemporaryDirectory() as work:
        records = str(Path(work) / "my-work")
        with mock.patch.dict(os.environ, {"KIT_WORK": records, STRICT: "1"}):
            client = NotebookClient(
                book,
                timeout=_SECONDS_A_CELL,
                kernel_name="python3",
                extra_arguments=["--log-level=ERROR"],  # its warnings mean nothing to an author
                store_widget_state=False,
                config=_lines_in(Path(work)),
                resources={"metadata": {"path": str(folder)}},
            )
            try:
                client.execute()
            except CellExecutionError as fault:
                raise KitError(_failed(book, fault)) from None
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_WIDGET, None)
    book.metadata = metadata
    return book


def _lines_in(folder: Path) -> Config:
    """Return the settings with which a kernel is spoken to over sockets in ``folder``.

    As a rule it is over ports of the machine. They are chosen before the kernel is there to hold
    them: of two notebooks that are run at once, one could be given a port of the other.
    """
    config = Config()
    if os.name == "posix" and len(str(folder)) < _LONGEST_FOLDER:
        config.KernelManager.transport = "ipc"
        config.KernelManager.connection_file = str(folder / "kernel.json")
    return config


def _failed(book: NotebookNode, fault: CellExecutionError) -> str:
    title = book.cells[0].source.lstrip().partition("\n")[0].lstrip("# ")
    block = ""
    for cell in book.cells:
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            block = cell.source
    why = fault.evalue.strip()
    return message("check_course.failed", name=title, fault=why, block=block)


def notebooks(course: Course) -> Made:
    """Yield the notebook of each page, a lesson's with its outputs."""
    books = [(sheet, bare(course, sheet)) for sheet in course.pages]
    for sheet, book in books:
        path = course.home / sheet.notebook
        if not sheet.graded:
            run(book, path.parent)
        yield path, as_bytes(book)


def solutions(course: Course, *, outputs: bool) -> Made:
    """Yield each exercise's solution, and the marking desk.

    Raises:
        KitError: where a key is not here.

    """
    folder = course.home / "solutions"
    books = [(sheet, solved(course, sheet)) for sheet in course.sheets if sheet.graded]
    for sheet, book in books:
        if outputs:
            run(book, folder)
        yield folder / Path(sheet.notebook).name, as_bytes(book)
    yield folder / "marking-desk.ipynb", as_bytes(desk(course))


def stale(course: Course) -> Iterator[Path]:
    """Yield the notebooks that fit their page no longer, or show an older form of a question."""
    for sheet in course.pages:
        if not _is_up_to_date(course, sheet):
            yield course.home / sheet.notebook


def _is_up_to_date(course: Course, sheet: Sheet) -> bool:
    path = course.home / sheet.notebook
    if not is_fresh(path, as_bytes(bare(course, sheet))):
        return False
    questions = load_questions(course, sheet)
    for cell in json.loads(path.read_bytes())["cells"]:
        shown = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
        for name in given_to("ask", "".join(cell["source"])):
            now = name in questions and still_text(questions[name])
            if shown and now not in ["".join(text) for text in shown]:
                return False
    return True


def as_bytes(book: NotebookNode) -> bytes:
    """Return a notebook as the file that it will be."""
    return f"{nbformat.writes(book)}\n".encode()


_METADATA = nbformat.from_dict(
    {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
)


def _dressed(cells: list[NotebookNode]) -> NotebookNode:
    book: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(_METADATA))
    for n, cell in enumerate(book.cells):
        cell.id = f"cell-{n:02}"
        # A key pressed by accident must not delete a question or turn it into text.
        metadata = {**cell.metadata, "deletable": False, "editable": False}
        if cell.cell_type == "code":
            metadata["jupyter"] = {"source_hidden": True}
        cell.metadata = nbformat.from_dict(metadata)
    return book
