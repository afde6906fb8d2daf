"""``kit add`` and ``kit rename``: what an author would else write, or change, at several places."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from kit.authoring.build import source_path
from kit.authoring.keys import split_key
from kit.authoring.preview import forget
from kit.authoring.spares import written
from kit.course.article import read_text
from kit.course.course import NAME, Course, Sheet, load_course
from kit.course.files import write_whole
from kit.course.messages import KitError, message
from kit.course.toml import parse
from kit.learner.record import read_record, record_path
from kit.questions.bank import find_question, load_questions
from kit.questions.in_markdown import call_block
from kit.questions.kinds import KINDS

Texts = dict[Path, str]  #: what is to be written into each file
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_NAMED_AS_SHEETS = ("items", "lessons", "handouts")
_LAST_PART = re.compile(r"\n## [^\n]*\n(?:(?!\n## ).)*kit\.hand_in\(", re.DOTALL)
_TICKED = """::: {kind} {name}
TODO: the question

- [ ] TODO: what a thoughtful person might choose
  > TODO: why it is not right
- [x] TODO: what is right
  > TODO: how one can tell
:::
"""


# --- Adding a question ----------------------------------------------------------------------------


def add_question(course: Course, kind: str, sheet: Sheet, name: str = "") -> tuple[str, list[Path]]:
    """Write the skeleton of a question where it belongs: its page, its file, its key.

    ``name`` is the second half of its id; one that is free without it.

    Returns:
        Its id, and the files that were changed.

    Raises:
        KitError: where there is no such kind, or the name is taken or will not do.

    """
    if kind not in KINDS:
        raise KitError(message("add.no_kind", kind=kind, known=", ".join(KINDS)))
    taken = load_questions(course, sheet)
    if not name:
        name = next(f"q{n}" for n in count(1) if f"{sheet.prefix}/q{n}" not in taken)
    question_id = f"{sheet.prefix}/{name}"
    if not _NAME.fullmatch(name) or question_id in taken:
        raise KitError(message("add.bad_name", name=name, sheet=sheet.id))
    texts = _skeleton(course, sheet, kind, question_id)
    for path, text in texts.items():
        write_whole(path, text.encode())
    return question_id, list(texts)


def _skeleton(course: Course, sheet: Sheet, kind: str, question_id: str) -> Texts:
    page = source_path(course, sheet)
    if KINDS[kind].ticked:
        asked = _TICKED.format(kind=kind, name=question_id.partition("/")[2])
        return {page: _with(read_text(page), asked)}
    text = (KINDS[kind].folder() / "skeleton.toml").read_text("utf-8")
    row = {"id": question_id, "kind": kind, **parse(text)}
    items = course.root / "items" / f"{sheet.id}.toml"
    texts = {page: _with(read_text(page), call_block(f'ask("{question_id}")') + "\n")}
    if sheet.graded and sheet.keys:
        path = course.keys / sheet.keys
        row, key = split_key(row)
        texts[path] = _added(path, key)
    texts[items] = _added(items, row)
    return texts


def _with(page: str, asked: str) -> str:
    """Return a page with a question at its end, before the part that hands in."""
    last = _LAST_PART.search(page)
    end = last.start() if last else len(page)
    return f"{page[:end].rstrip()}\n\n{asked}\n{page[end:].lstrip()}".rstrip() + "\n"


def _added(path: Path, row: Mapping[str, Any]) -> str:
    old = read_text(path).rstrip() + "\n\n" if path.is_file() else ""
    return old + "\n".join(_as_toml("item", row))


def _as_toml(table: str, row: Mapping[str, Any]) -> list[str]:
    """Return a row and the tables in it as lines of TOML."""
    lines, below = [f"[[{table}]]"], []
    for name, value in row.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for part in value:
                below += ["", *_as_toml(f"{table}.{name}", part)]
        else:
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return [*lines, *below, *([""] if table == "item" else [])]


# --- Renaming -------------------------------------------------------------------------------------


def rename(course: Course, old: str, new: str, *, anyway: bool = False) -> list[str]:
    """Give a question, or a lesson or exercise, another id, wherever the course names it.

    Ids are such as ``exercise-01/bird`` or ``01-first-look``. A page's title and the name of its
    notebook stay. With ``anyway``, answers under the old name may be lost.

    Returns:
        The files that were changed, as the author knows them.

    Raises:
        KitError: where there is no such id, the new one will not do, or answers would be lost.

    """
    is_question = "/" in old
    sheet = find_question(course, old)[0] if is_question else course.sheet(old)
    _refuse_name(course, sheet, old, new)
    asked = list(load_questions(course, sheet))
    answered = set(read_record(record_path(course, sheet)).entries)
    if not anyway and answered & ({old} if is_question else {*asked}):
        raise KitError(message("rename.answers", old=old, path=course.show_path(course.work)))
    before = {path: read_text(path) for path in written(course.root, course.home)}
    after, moved = {}, {}
    for path, text in before.items():
        if is_question:
            after[path] = _with_name(path, text, source_path(course, sheet), old, new)
            continue
        after[path] = _with_sheet(path, text, sheet, new)
        if path.stem.removesuffix(".plain") == sheet.id and path.parent.name in _NAMED_AS_SHEETS:
            moved[path] = path.with_name(path.name.replace(sheet.id, new, 1))
    changed = [path for path in before if after[path] != before[path] or path in moved]
    for path in changed:
        write_whole(moved.get(path, path), after[path].encode())
        if path in moved:
            path.unlink()
    wanted = [_prefix(new) + name[name.index("/") :] for name in asked]
    if is_question:
        wanted = [new if name == old else name for name in asked]
    if _ids_now(course, new) != wanted:
        for path in changed:
            moved.get(path, path).unlink(missing_ok=True)
            write_whole(path, before[path].encode())
        raise KitError(message("rename.not_done", old=old))
    return [course.show_path(moved.get(path, path)) for path in changed]


def _ids_now(course: Course, name: str) -> list[str]:
    """Return the ids of a sheet's questions as its files are now; none where they have a fault."""
    forget()
    try:
        again = load_course(course.root, course.home)
        return list(load_questions(again, again.sheet(name)))
    except KitError:
        return []


def _refuse_name(course: Course, sheet: Sheet, old: str, new: str) -> None:
    """Raise a KitError where the new id will not do."""
    if "/" in old:
        taken = set(load_questions(course, sheet))
        fits = new.partition("/")[0] == sheet.prefix and _NAME.fullmatch(new.partition("/")[2])
    else:
        taken = {other.id for other in course.sheets if other != sheet}
        taken |= {other.prefix for other in course.sheets if other != sheet}
        fits = _prefix(new) not in taken and _NAME.fullmatch(new)
    if not fits or new in taken:
        raise KitError(message("rename.bad_name", old=old, new=new))


def _with_name(path: Path, text: str, page: Path, old: str, new: str) -> str:
    """Return a file's text with a question's new id in the place of its old one.

    On its own ``page`` the question may be written out, under the second half of its id.
    """
    text = re.sub(rf"""(["']){re.escape(old)}\1""", rf"\g<1>{new}\1", text)
    if path == page:
        prefix, _, name = old.partition("/")
        head = rf"(?m)^( {{0,3}}:::+ *[\w-]+ +)(?:{re.escape(prefix)}/)?{re.escape(name)}(?=\s|$)"
        text = re.sub(head, rf"\g<1>{new.partition('/')[2]}", text)
    return text


def _with_sheet(path: Path, text: str, sheet: Sheet, new: str) -> str:
    """Return a file's text with a sheet's new id in the place of its old one."""
    text = re.sub(rf"""(["']){re.escape(sheet.prefix)}/""", rf"\g<1>{_prefix(new)}/", text)
    text = re.sub(rf"""(kit\.\w+\(["']){re.escape(sheet.id)}(?=["'])""", rf"\g<1>{new}", text)
    if path.name == NAME:
        named = rf"""(?m)^((?:id|before)\s*=\s*["']){re.escape(sheet.id)}(?=["'])"""
        text = re.sub(named, rf"\g<1>{new}", text)
    return text


def _prefix(sheet_id: str) -> str:
    return re.sub(r"^\d+-", "", sheet_id)
