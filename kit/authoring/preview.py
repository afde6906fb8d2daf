"""A page as learners get it, with what is to be mended on it at its place.

It is a notebook beside the sheet's own, which ``kit preview`` writes anew at each save and takes
away at its end. The kit's extension shows it anew when it has changed.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kit.authoring import build, check
from kit.course.course import Course, Sheet, load_course
from kit.course.files import write_whole
from kit.course.messages import KitError, message, use_words_of
from kit.questions.in_markdown import given_to, take_apart

_NOTE = "alert-danger"  #: the class of what stands on a page and is to be mended


def preview_path(course: Course, sheet: Sheet) -> Path:
    """Return where the preview of a sheet stands: beside its notebook, so that links lead on."""
    path = course.home / sheet.notebook
    return path.with_name(f"{path.stem}.preview.ipynb")


def write_preview(root: Path, name: str) -> list[str]:
    """Write the preview of a sheet, and return what is to be mended in the course.

    All in the folder ``root`` of the course is read anew; ``name`` is the sheet's id.

    Raises:
        KitError: when ``course.toml`` cannot be read, or has no such sheet.

    """
    forget()
    use_words_of(root)
    course = load_course(root, root)
    sheet = course.sheet(name)
    found = check.faults(course)
    book = build.bare(course, sheet, _text(course, sheet))
    _put_in(book, sheet, found)
    book.metadata["kit"]["preview"] = True
    write_whole(preview_path(course, sheet), build.as_bytes(book))
    return found


def forget() -> None:
    """Let go of what was read before: an author may have changed every file."""
    for name, module in sys.modules.copy().items():
        if name.startswith("kit."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _text(course: Course, sheet: Sheet) -> str:
    """Return a page as it is shown, also where a question on it cannot be read."""
    path = build.source_path(course, sheet)
    if not path.is_file():
        return f"# {sheet.title}\n"
    return take_apart(path.read_text("utf-8-sig", "replace"), sheet.prefix).shown


def _put_in(book: NotebookNode, sheet: Sheet, faults: list[str]) -> None:
    """Put what is to be mended into a page: above its question, else at the top."""
    left = list(faults)
    cells = []
    for cell in book.cells:
        here = []
        for name in given_to("ask", cell.source):
            here += [fault for fault in left if name in fault]
        left = [fault for fault in left if fault not in here]
        if here:
            cells.append(_note(here))
        cells.append(cell)
    page = [fault for fault in left if sheet.id in fault or f"{sheet.page}.md" in fault]
    left = [fault for fault in left if fault not in page]
    if left:
        page.append(message("preview.elsewhere", count=len(left), first=left[0]))
    if page:
        cells.insert(0, _note(page))
    book.cells = cells


def _note(faults: list[str]) -> NotebookNode:
    lines = "".join(f"<li>{escape(fault)}</li>" for fault in faults)
    head = escape(message("preview.mend"))
    box = f'<div class="alert alert-block {_NOTE}"><strong>{head}</strong><ul>{lines}</ul></div>'
    cell: NotebookNode = nbformat.v4.new_markdown_cell(box)
    return cell


def refresh(root: Path, name: str, path: Path) -> str:
    """Write a sheet's preview anew and return what the terminal says of it.

    Where the course in the folder ``root`` cannot be read, the preview at ``path`` says so on top
    and stays otherwise.
    """
    try:
        found = write_preview(root, name)
    except KitError as fault:
        found = [str(fault)]
        if path.is_file():
            book = nbformat.read(path, as_version=4)
            cells = [cell for cell in book.cells if _NOTE not in cell.source.partition("\n")[0]]
            book.cells = [_note(found), *cells]
            write_whole(path, build.as_bytes(book))
    return "\n".join(found) or message("preview.no_fault")
