"""Question banks that other systems wrote: read, and written down as an author would have.

Nothing of a bank is run, and nothing is lost without a word: what the kit cannot ask is listed by
name, what is otherwise here is said, and what the bank does not say is marked TODO, which
``kit check`` does not let pass.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import tomli_w
from attrs import define, field

from kit.authoring.export import export_class
from kit.authoring.importing import aiken, gift, moodle
from kit.authoring.importing.aiken import UNREADABLE
from kit.authoring.importing.markdown import Files, slug, with_files
from kit.authoring.keys import split_key
from kit.course.course import NAME, Course, Sheet
from kit.course.files import write_whole
from kit.course.messages import KitError, message
from kit.course.pictures import FOLDER
from kit.questions.base import is_number
from kit.questions.export import Export
from kit.questions.foreign import TODO, Foreign, Row, name_of
from kit.questions.in_markdown import call_block
from kit.questions.kinds import KINDS
from kit.questions.table import Cells, item_of

#: What a table has at least.
COLUMNS = {"id", "kind", "prompt", "part", "text", "answer", "reason"}
_LONGEST_NAME = 40  #: characters of a question's id behind its sheet
_FORMULA = re.compile(r"\\\\[(\[]|\$\$")  #: as LaTeX has it
_NO_BLOCK = ("![", "|", "```", "-", "*", "1.", ">")  #: beginnings of what is no sentence that asks


@define
class Bank:
    """What a file holds."""

    rows: list[Row] = field(factory=list)  #: of an items file, their ids still without a sheet
    sections: list[str] = field(factory=list)  #: of each row, where in the bank it was
    files: Files = field(factory=dict)  #: pictures, by the name that they will have
    left_out: dict[str, list[str]] = field(factory=lambda: defaultdict(list))
    notes: dict[str, list[str]] = field(factory=lambda: defaultdict(list))


def read_bank(path: Path) -> Bank:
    """Read a question bank: Moodle's XML, GIFT or Aiken.

    Raises:
        KitError: when it is none of these.

    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise KitError(message("import.no_file", file=path, fault=fault.strerror)) from None
    ending, bank = path.suffix.lower(), Bank()
    if ending == ".xml":
        found = moodle.read(path, data, bank.files)
    elif ending in (".txt", ".gift", ".aiken"):
        text = _as_text(data)
        read = aiken.read if aiken.looks_like(text) else gift.read
        found = read(text)
    else:
        raise KitError(message("import.bad_ending", file=path))
    for foreign in found:
        _take(bank, foreign)
    if not bank.rows:
        raise KitError(message("import.nothing", file=path) + notes_as_text(bank))
    told = str(bank.rows)
    for name in list(bank.files):
        if f"{FOLDER}/{name}" not in told:  # it belongs to a question that was left out
            del bank.files[name]
    return bank


def _as_text(data: bytes) -> str:
    """Return a text file of any age: UTF-8, UTF-16 with its mark, or what Windows wrote before."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _take(bank: Bank, foreign: Foreign) -> None:
    """Add a question to a bank, or its name to what is left out."""
    name = foreign.name.strip() or " ".join(foreign.text.split())[:50] or "?"
    export = _takers().get(foreign.kind)
    if export is None:
        bank.left_out[foreign.kind].append(name)
        return
    row = with_files(export.take(foreign), bank.files)
    passage, prompt = _split_text(with_files(foreign.text, bank.files))
    head: Row = {"id": _free(slug(name, _LONGEST_NAME), bank.rows), "kind": row.pop("kind")}
    if foreign.marks != 1:
        head["marks"] = foreign.marks
    head["prompt"] = prompt
    optional = {"passage": passage, "hints": list(foreign.hints), "reason": foreign.reason}
    for key, value in {**with_files(optional, bank.files), **row}.items():
        if value or is_number(value):  # a right answer can be 0
            head[key] = value
    bank.rows.append(head)
    bank.sections.append(foreign.section)
    said = [foreign.text, *(answer.text for answer in foreign.answers)]
    if any(_FORMULA.search(text) for text in said):
        foreign.notes.append("import.formula")
    for key in dict.fromkeys(foreign.notes):
        bank.notes[key].append(head["id"])


@cache
def _takers() -> dict[str, type[Export]]:
    """Return the class that makes a question of each thing that other systems ask."""
    takers = {}
    for kind in KINDS:
        export = export_class(KINDS[kind])
        takers.update(dict.fromkeys(export.takes, export))
    return takers


def _free(name: str, rows: list[Row]) -> str:
    """Return a name that no row has yet."""
    taken = {row["id"] for row in rows}
    free, n = name, 1
    while free in taken:
        n += 1
        free = f"{name}-{n}"
    return free


def notes_as_text(bank: Bank) -> str:
    """Return what was left out of a bank, is otherwise here, or is to be filled in: a line each."""
    lines = []
    for kind, names in bank.left_out.items():
        told = ", ".join(f"“{name}”" for name in names)
        key = "import.unreadable" if kind == UNREADABLE else "import.left_out"
        lines.append(message(key, kind=kind, names=told))
    for key, ids in bank.notes.items():
        lines.append(message(key, ids=", ".join(ids)))
    # As JSON has them: where a text only speaks of the word, its quotation marks are escaped.
    if todos := json.dumps(bank.rows).count(json.dumps(TODO)):
        lines.append(message("import.todo", count=todos))
    return "".join(f"\n{line}" for line in lines)


def _split_text(text: str) -> tuple[str, str]:
    """Return what stands above a question, and the one paragraph that asks: the last there is."""
    blocks = re.split(r"\n\s*\n", text.strip())
    for n in range(len(blocks) - 1, -1, -1):
        if blocks[n].strip() and not blocks[n].lstrip().startswith(_NO_BLOCK):
            asks = " ".join(blocks[n].split())
            return "\n\n".join([*blocks[:n], *blocks[n + 1 :]]).strip(), asks
    return text.strip(), TODO


def bank_of_table(path: Path, lines: Iterable[Cells]) -> Bank:
    """Return what the table that ``kit export`` writes holds; also one that was made by hand.

    ``lines`` are its rows, by column; it has those of :data:`COLUMNS` at least.

    Raises:
        KitError: when a cell cannot be read, or nothing is in it.

    """
    found: dict[str, list[Cells]] = {}
    for line in lines:
        if "".join(line.values()).strip():
            found.setdefault(line["id"].strip() or name_of(len(found)), []).append(line)
    bank = Bank()
    for name, rows in found.items():
        try:
            row = item_of(rows)
        except ValueError as fault:
            raise KitError(message("import.bad_cell", file=path, id=name, fault=fault)) from None
        bank.rows.append({"id": _free(name.rpartition("/")[2], bank.rows), **row})
        bank.sections.append("")
    if not bank.rows:
        raise KitError(message("import.nothing", file=path))
    return bank


def sheet_name(path: Path) -> str:
    """Return the name of the sheet that a bank becomes where nobody has said one."""
    return slug(path.stem, _LONGEST_NAME)


# --- Writing it down ------------------------------------------------------------------------------


def write_bank(course: Course, bank: Bank, sheet: str, *, graded: bool) -> list[Path]:
    """Write a bank as a new sheet: its questions, its page, its key, its pictures.

    ``sheet`` is its id, such as ``exercise-02``. The key of one that is ``graded`` goes into
    ``solutions/keys``. Returns the files that were written.

    Raises:
        KitError: where a file of that name is there, or ``course.toml`` has such a sheet; then
            nothing is written.

    """
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", sheet):
        raise KitError(message("import.bad_name", sheet=sheet))
    prefix = Sheet(sheet, "", "").prefix
    if any(prefix == other.prefix for other in course.sheets):
        raise KitError(message("import.sheet_there", sheet=sheet))
    rows = [{**row, "id": f"{prefix}/{row['id']}"} for row in bank.rows]
    made: dict[Path, bytes] = {}
    if graded:
        keys = []
        for n, row in enumerate(rows):
            rows[n], key = split_key(row)
            keys.append(key)
        made[course.keys / f"{sheet}.toml"] = _toml(keys)
    made[course.root / "items" / f"{sheet}.toml"] = _toml(rows)
    page = _page(course, bank, sheet, rows, graded=graded)
    made[course.root / "lessons" / f"{sheet}.md"] = page.encode()
    for name, data in bank.files.items():
        made[course.root / FOLDER / name] = data
    there = [course.show_path(path) for path in made if path.exists()]
    if there:
        raise KitError(message("import.there", files=", ".join(there)))
    settings = course.root / NAME
    text = settings.read_text(encoding="utf-8-sig").rstrip() + "\n" + _sheet_table(sheet, graded)
    for path, data in made.items():
        write_whole(path, data)
    write_whole(settings, text.encode())
    return [*made, settings]


def _toml(rows: list[Row]) -> bytes:
    return tomli_w.dumps({"item": rows}, multiline_strings=True).encode()


def _sheet_table(sheet: str, graded: bool) -> str:
    """Return the piece of ``course.toml`` about a new sheet."""
    folder = "notebooks"
    row: Row = {"id": sheet, "title": _title(sheet), "minutes": 20}
    if graded:
        folder = "exercises"
        row |= {"graded": True, "keys": f"{sheet}.toml"}
    return f"\n[[sheets]]\n{tomli_w.dumps(row | {'notebook': f'{folder}/{sheet}.ipynb'})}"


def _title(sheet: str) -> str:
    return sheet.replace("-", " ").capitalize()


def _page(course: Course, bank: Bank, sheet: str, rows: list[Row], *, graded: bool) -> str:
    """Return the page that asks the questions of a bank, a heading over each part of it."""
    blocks = [f"# {_title(sheet)}", call_block(f'begin("{sheet}")')]
    section = ""
    for n, (row, where) in enumerate(zip(rows, bank.sections, strict=True), 1):
        if where != section and where:
            blocks.append(f"## {where}")
        section = where
        if graded:
            blocks.append(message("import.marks", n=n, marks=f"{row.get('marks', 1):g}"))
        blocks.append(call_block(f'ask("{row["id"]}")'))
    if graded:
        blocks.append(call_block(f'hand_in("{sheet}")'))
    return "\n\n".join(blocks) + "\n"
