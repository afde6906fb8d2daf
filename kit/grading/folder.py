"""``kit grade``: a folder of hand-ins to ``marks.csv``, ``to-mark.csv`` and ``problems.csv``.

One file that cannot be read never stops the rest. No name from a submission becomes a path.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import define, evolve, field

from kit import handin
from kit.course import Course
from kit.files import write_whole
from kit.grading.marks import HandIn, Marked, Written, mark
from kit.items import Item, load_items
from kit.messages import KitError

Row = dict[str, Any]

TABLES = ("marks.csv", "to-mark.csv", "problems.csv")
MARKS = (
    "learner", "sheet", "mark", "out_of", "automatic", "automatic_out_of", "written",
    "written_out_of", "still_to_mark", "answered", "questions", "sound_accepted", "sound",
    "unsound_rejected", "unsound", "file", "revision", "sealed",
)  # fmt: skip
TO_MARK = (
    "learner", "item", "criterion", "most", "mark", "comment", "answer", "levels", "status",
    "answer_id",
)  # fmt: skip
PROBLEMS = ("file", "learner", "problem")


@define
class _Problems:
    rows: list[Row] = field(factory=list)

    def add(self, file: str, problem: str, learner: str = "") -> None:
        self.rows.append({"file": file, "learner": learner, "problem": problem})


def grade_folder(course: Course, submissions: Path, keys: Path, out: Path) -> str:
    """Grade every hand-in below ``submissions`` and write the three tables into ``out``.

    Marks that a reader has put into an earlier ``to-mark.csv`` there are kept and counted, so
    grading again after marking gives the totals.

    Args:
        course: the course that the exercises belong to.
        submissions: the folder of ``.ipynb`` and ``.json`` files, searched through.
        keys: the folder of the keys.
        out: the folder to write to; made if need be.

    Returns:
        One line that says what was done.

    Raises:
        KitError: when there is nothing to grade or no key to grade it with.

    """
    problems = _Problems()
    files = _files(course, submissions, out)
    hand_ins = _latest(course, _read_all(course, submissions, files, problems), problems)
    items = {sheet: _keyed(course, sheet, keys) for sheet in {h.seal.sheet for h in hand_ins}}
    marked = [mark(course, items[h.seal.sheet], h) for h in hand_ins]
    for m in marked:
        for problem in m.problems:
            problems.add(m.hand_in.file, problem, m.hand_in.learner)
    _same_codes(course, hand_ins, problems)
    criteria = {id(m): list(_criteria_rows(m)) for m in marked}
    asked = {row["answer_id"]: row for rows in criteria.values() for row in rows}
    given = _marks_given(course, out / "to-mark.csv", asked, problems)
    to_mark = [_filled(course, row, given) for row in asked.values()]
    to_mark += _orphans(course, asked, given)
    rows = [_marks_row(m, criteria[id(m)], given) for m in marked]
    _write(out / "marks.csv", MARKS, rows)
    _write(out / "to-mark.csv", TO_MARK, to_mark)
    _write(out / "problems.csv", PROBLEMS, problems.rows)
    return course.say(
        "grade.done",
        graded=len(marked),
        all=len(files),
        marks=out / "marks.csv",
        written=out / "to-mark.csv",
        problems=f"{len(problems.rows)} ({out / 'problems.csv'})",
    )


def _files(course: Course, submissions: Path, out: Path) -> list[Path]:
    if not submissions.is_dir():
        raise KitError(course.say("grade.no_folder", path=submissions))
    files = [
        p
        for p in sorted(submissions.rglob("*"))
        if p.is_file()
        and not p.is_symlink()
        and not any(part.startswith((".", "__")) for part in p.relative_to(submissions).parts)
        and not (p.name in TABLES and p.resolve().parent == out.resolve())
    ]
    if not any(p.suffix.lower() in (".ipynb", ".json") for p in files):
        raise KitError(course.say("grade.no_files", path=submissions))
    return files


def _read_all(
    course: Course, folder: Path, files: Iterable[Path], problems: _Problems
) -> list[HandIn]:
    hand_ins = []
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            hand_ins.append(_read_one(course, path, name, problems))
        except KitError as fault:
            problems.add(name, str(fault))
    return hand_ins


def _read_one(course: Course, path: Path, name: str, problems: _Problems) -> HandIn:
    if path.suffix.lower() not in (".ipynb", ".json"):
        raise KitError(course.say("grade.other_kind"))
    seal, intact = handin.read(path)
    hand_in = HandIn(name, seal, intact)
    if seal.course != course.id:
        raise KitError(course.say("grade.other_course", course=f"{seal.course:.60}"))
    if seal.sheet not in {s.id for s in course.sheets}:
        raise KitError(course.say("grade.no_such_sheet", sheet=f"{seal.sheet:.60}"))
    if not intact:
        problems.add(name, course.say("grade.altered"), hand_in.learner)
    if not seal.learner.strip():
        problems.add(name, course.say("grade.no_code"), hand_in.learner)
    return hand_in


def _latest(course: Course, hand_ins: list[HandIn], problems: _Problems) -> list[HandIn]:
    """Keep of each record the hand-in with the highest revision; list the others."""
    attempts: dict[tuple[str, str, str], list[HandIn]] = defaultdict(list)
    codes: dict[tuple[str, str], list[HandIn]] = defaultdict(list)
    for hand_in in hand_ins:
        seal, code = hand_in.seal, hand_in.seal.learner.strip().casefold()
        attempts[seal.sheet, seal.record, code].append(hand_in)
        codes[seal.sheet, seal.record].append(hand_in)
    for group in codes.values():
        names = sorted({h.learner for h in group if h.seal.learner.strip()})
        if len({n.casefold() for n in names}) > 1:
            text = course.say("grade.two_codes", codes=", ".join(names))
            problems.add(group[0].file, text, group[0].learner)
    best = []
    for group in attempts.values():
        used = max(group, key=lambda h: (h.seal.revision, h.intact))
        best.append(used)
        for other in group:
            if other.seal.revision < used.seal.revision:
                revisions = {"old": other.seal.revision, "new": used.seal.revision}
                text = course.say("grade.superseded", file=used.file, **revisions)
                problems.add(other.file, text, other.learner)
            elif evolve(other.seal, sealed="") != evolve(used.seal, sealed=""):
                text = course.say("grade.other_copy", file=used.file)
                problems.add(other.file, text, other.learner)
    return sorted(best, key=lambda h: (h.learner.casefold(), h.seal.sheet, h.file))


def _keyed(course: Course, sheet_id: str, keys: Path) -> dict[str, Item]:
    sheet = course.sheet(sheet_id)
    items = load_items(course, sheet, keys)
    if not all(item.has_key for item in items.values() if item.marked):
        raise KitError(course.say("grade.no_keys", sheet=sheet.id, path=keys))
    return items


def _same_codes(course: Course, hand_ins: list[HandIn], problems: _Problems) -> None:
    files = defaultdict(list)
    for h in hand_ins:
        if h.seal.learner.strip():
            files[h.seal.sheet, h.learner.casefold()].append(h)
    for group in files.values():
        if len(group) > 1:
            names = ", ".join(h.file for h in group)
            text = course.say("grade.same_code", learner=group[0].learner, files=names)
            problems.add(group[0].file, text, group[0].learner)


# --- Marks given by hand ------------------------------------------------------------------------


def answer_id(hand_in: HandIn, written: Written, criterion: str) -> str:
    """Return the name of one criterion of one answer; it changes when the answer's words do."""
    who = [hand_in.seal.record, hand_in.seal.learner.strip().casefold()]
    text = "\0".join([*who, written.item.id, criterion, *written.text.split()])
    # A letter first: a spreadsheet would take 12e34 for a number and rewrite it.
    return "a" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:15]


def _marks_given(
    course: Course, path: Path, asked: Mapping[str, Row], problems: _Problems
) -> dict[str, Row]:
    """Read back what a reader has written into ``to-mark.csv``, by answer id.

    Each row keeps what was typed; ``number`` is its mark, or None where that cannot be counted.
    """
    if not path.is_file():
        return {}
    given: dict[str, Row] = {}
    for n, cells in enumerate(_table(course, path), 2):
        row = {name: cells.get(name) or "" for name in TO_MARK}
        name, mark = row["answer_id"], row["mark"].strip()
        if not mark and not row["comment"].strip():
            continue
        if not name or name in given:
            text = course.say("grade.same_row", row=n, file=path.name)
            problems.add(path.name, text, row["learner"])
            name = f"row {n}"
        # The rubric says how much there is, not the table: a cell there may have been changed.
        number = _number(mark, float(asked[name]["most"])) if name in asked else None
        if mark and number is None and name in asked:
            most = asked[name]["most"]
            text = course.say("grade.bad_mark", row=n, file=path.name, mark=mark, most=most)
            problems.add(path.name, text, row["learner"])
        given[name] = {**row, "number": number}
    return given


def _table(course: Course, path: Path) -> list[dict[str, str]]:
    """Read a table that a spreadsheet has saved, with whatever stands between its columns.

    Raises:
        KitError: when its heading is lost, for then no mark could be matched to its answer.

    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what a Windows spreadsheet calls plain CSV
    csv.field_size_limit(2**31 - 1)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = list(reader)
    except csv.Error as fault:
        raise KitError(course.say("grade.bad_table", path=path, fault=fault)) from None
    if not {"answer_id", "mark"} <= set(reader.fieldnames or ()):
        raise KitError(course.say("grade.no_heading", path=path))
    return rows


def _number(text: str, most: float) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number <= most else None


def _criteria(item: Item) -> list[tuple[str, float, str]]:
    """Return each criterion's id, highest mark and levels in words."""
    rows = []
    for criterion in item.rubric:
        levels = [f"{x.points:g} = {x.text} (“{x.anchor}”)" for x in criterion.levels]
        most = max((x.points for x in criterion.levels), default=0.0)
        rows.append((criterion.id, most, f"{criterion.text}: {'; '.join(levels)}"))
    return rows or [("whole", item.marks, item.look_for)]


def _criteria_rows(marked: Marked) -> Iterable[Row]:
    for written in marked.written:
        for criterion, most, levels in _criteria(written.item):
            yield {
                "learner": marked.hand_in.learner,
                "item": written.item.id,
                "criterion": criterion,
                "most": _tidy(most),
                "answer": written.text,
                "levels": levels,
                "answer_id": answer_id(marked.hand_in, written, criterion),
            }


def _filled(course: Course, row: Row, given: Mapping[str, Row]) -> Row:
    kept = given.get(row["answer_id"], {})
    number = kept.get("number")
    return {
        **row,
        "mark": kept.get("mark", "") if number is None else _tidy(number),
        "comment": kept.get("comment", ""),
        "status": course.say("grade.to_mark" if number is None else "grade.marked"),
    }


def _orphans(course: Course, asked: Mapping[str, Row], given: Mapping[str, Row]) -> list[Row]:
    """Return the marked rows whose answer is not among today's: kept, and not counted."""
    return [
        {**{name: row[name] for name in TO_MARK}, "status": course.say("grade.earlier")}
        for name, row in given.items()
        if name not in asked and (row["mark"].strip() or row["comment"].strip())
    ]


def _marks_row(marked: Marked, criteria: list[Row], given: Mapping[str, Row]) -> Row:
    seal, counts = marked.hand_in.seal, marked.counts
    numbers = [given.get(row["answer_id"], {}).get("number") for row in criteria]
    written = sum(n for n in numbers if n is not None)
    return {
        "learner": marked.hand_in.learner,
        "sheet": seal.sheet,
        "mark": _tidy(marked.automatic + written),
        "out_of": _tidy(marked.automatic_most + marked.written_most),
        "automatic": _tidy(marked.automatic),
        "automatic_out_of": _tidy(marked.automatic_most),
        "written": _tidy(written),
        "written_out_of": _tidy(marked.written_most),
        "still_to_mark": numbers.count(None),
        "answered": marked.answered,
        "questions": marked.questions,
        "sound_accepted": counts.sound_accepted,
        "sound": counts.sound,
        "unsound_rejected": counts.unsound_rejected,
        "unsound": counts.unsound,
        "file": marked.hand_in.file,
        "revision": seal.revision,
        "sealed": seal.sealed,
    }


def _tidy(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")


# --- Writing ------------------------------------------------------------------------------------


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    """Write a table in one step, with a mark that tells spreadsheets it is UTF-8."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, columns)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    write_whole(path, table.getvalue().encode("utf-8-sig", "replace"))


def _harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula: such text gets an apostrophe."""
    if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
