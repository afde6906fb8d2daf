"""Marks given by hand: ``to-mark.csv`` is their one store, for spreadsheets and the desk alike."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from attrs import define, field, frozen
from filelock import FileLock, Timeout

from kit.course.course import Course
from kit.course.messages import KitError, message
from kit.grading import tables
from kit.grading.marks import HandIn, Marked, Written
from kit.grading.tables import Row, tidy
from kit.questions.base import LONGEST_TEXT, Question

COLUMNS = (
    "learner", "item", "criterion", "most", "mark", "comment", "second_mark", "answer", "levels",
    "status", "answer_id",
)  # fmt: skip
_LOCK_SECONDS = 5.0
_GIVEN = ("mark", "comment", "second_mark")  #: what a reader fills in


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep the desk and ``kit grade`` from writing ``to-mark.csv`` over each other's marks.

    Raises:
        KitError: when the other one holds it for several seconds.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.with_name(f".{path.stem}.lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise KitError(message("grade.busy", path=path.name)) from None


def answer_id(hand_in: HandIn, written: Written, criterion: str) -> str:
    """Return the name of one criterion of one answer; it changes when the answer does."""
    who = [hand_in.seal.record, hand_in.seal.learner.strip().casefold()]
    if hand_in.shared:  # then record and code may be another's as well
        who.append(hand_in.sender.key)
    words = (written.ids or written.text).split()
    text = "\0".join([*who, written.item.id, criterion, *words])
    # A letter first: a spreadsheet would take 12e34 for a number and rewrite it.
    return "a" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:15]


def criteria(item: Question) -> list[tuple[str, float, str]]:
    """Return each criterion's id, highest mark and levels in words."""
    rows = []
    for criterion in item.rubric:
        levels = [f"{x.points:g} = {x.text} (“{x.anchor}”)" for x in criterion.levels]
        most = max((x.points for x in criterion.levels), default=0.0)
        rows.append((criterion.id, most, f"{criterion.text}: {'; '.join(levels)}"))
    return rows or [("whole", item.marks, item.look_for)]


def rows_to_mark(marked: Marked) -> Iterator[Row]:
    """Return a row for each criterion of each answer that a reader has to mark, not marked yet."""
    for written in marked.written:
        item = written.item
        if item.by_reader:
            rows = criteria(item)
        else:
            why = message(f"grade.{written.why}", id=item.id, most=LONGEST_TEXT)
            rows = [("whole", item.marks, why)]
        other = marked.hand_in.other_form
        for criterion, most, levels in rows:
            yield {
                "learner": marked.hand_in.learner,
                "item": item.id,
                "criterion": criterion,
                "most": tidy(most),
                "answer": written.text,
                "levels": levels,
                "answer_id": answer_id(marked.hand_in, written, criterion),
                # Its name before others sent in the same record, or after they were taken away.
                "other_id": answer_id(other, written, criterion) if other else "",
            }


def read_rows(path: Path) -> Iterator[Row]:
    """Read ``to-mark.csv``: every row with every column, a cell that is missing as ''.

    Columns that a teacher has added come after the kit's own.

    Raises:
        KitError: when its heading is lost, or names a column twice; for then no mark could be
            matched to its answer.

    """
    heading = tables.heading(path)
    double = sorted({name for name in COLUMNS if heading.count(name) > 1})
    if double:
        raise KitError(message("grade.double_column", path=path, names=", ".join(double)))
    for cells in tables.read(path, {"answer_id", "mark"}, "grade.no_heading"):
        row = dict.fromkeys(COLUMNS, "") | cells
        yield row | {"answer_id": row["answer_id"].strip().casefold()}


def columns_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the columns of ``to-mark.csv``: the kit's, and those that a teacher has added.

    Args:
        rows: as :func:`read_rows` returns them.

    """
    added = {name: None for row in rows for name in row if name not in COLUMNS}
    return (*COLUMNS, *added)


def is_todays(row: Row) -> bool:
    """Whether a row of ``to-mark.csv`` is about an answer that was graded, not one kept aside."""
    aside = (message("grade.earlier"), message("grade.astray"))
    return bool(row["answer_id"]) and row["status"] not in aside


@frozen(eq=False)
class _Line:
    """A row of the table, and in which line it stands."""

    place: int
    row: Row

    @property
    def is_given(self) -> bool:
        """Whether a reader has filled in anything."""
        return any(self.given.values())

    @property
    def given(self) -> dict[str, str]:
        """What a reader has filled in, in a teacher's own columns too."""
        own = [name for name in self.row if name not in COLUMNS]
        return {name: self.row[name].strip() for name in (*_GIVEN, *own)}


@define
class Given:
    """What readers have filled in so far, and what was wrong with it."""

    file: str = "to-mark.csv"
    columns: tuple[str, ...] = COLUMNS  #: of the table, with those that a teacher has added
    lines: list[_Line] = field(factory=list)  #: as they stand in the table
    rows: dict[str, Row] = field(factory=dict)  #: by answer id, those that count
    places: dict[str, int] = field(factory=dict)  #: in which line each of them stands
    filled: set[str] = field(factory=set)  #: the answers of today that have asked for theirs
    earlier: list[Row] = field(factory=list)  #: about answers that are not there today
    astray: list[Row] = field(factory=list)  #: rows in which not everything agrees
    problems: list[tuple[str, str]] = field(factory=list)  #: learner, problem

    def match(self, course: Course, today: Iterable[Row]) -> None:
        """Let only those marks count in whose row everything speaks of one answer.

        A spreadsheet that sorts some columns and not others puts an answer's mark beside another
        answer's id. Such a row is named with that other one, kept, and not counted.
        """
        if not any(line.is_given for line in self.lines):
            return
        answers, before = _Answers(today, self.lines), message("grade.astray")
        claims: dict[str, list[_Line]] = defaultdict(list)
        nameless = []
        for line in [line for line in self.lines if line.is_given]:
            name = answers.named(line.row)
            if not line.row["answer_id"]:
                nameless.append(line)
            elif line.row["status"] == before:  # it waits for somebody to look at it
                self._set_aside(course, line, "grade.still_astray")
            elif answers.is_torn(line):
                self._set_aside(course, line, "grade.torn_row", other=answers.learner(name))
            elif not name:
                self.earlier.append(line.row)
            elif answers.is_unclear(line):
                self._set_aside(course, line, "grade.unclear_row")
            else:
                claims[name].append(line)
        with_id = set(claims)
        for line in nameless:  # where everything else in it fits
            name = answers.only(line.row)
            if not name or name in with_id:
                self._set_aside(course, line, "grade.no_id")
            else:
                claims[name].append(line)
        for name, claimed in claims.items():
            self._settle(course, name, claimed)

    def _settle(self, course: Course, name: str, lines: list[_Line]) -> None:
        """Take the one mark that the lines about an answer give; of two, neither."""
        if all(line.given == lines[0].given for line in lines):
            self.rows[name], self.places[name] = lines[0].row, lines[0].place
            return
        places = ", ".join(str(line.place) for line in lines)
        for line in lines:
            self._set_aside(course, line, "grade.same_row", rows=places)

    def _set_aside(self, course: Course, line: _Line, key: str, **values: str) -> None:
        self.astray.append(line.row)
        learner = line.row["learner"]
        text = message(key, row=line.place, file=self.file, learner=learner, **values)
        self.problems.append((learner, text))

    def fill(self, course: Course, row: Row) -> Row:
        """Return a row of today's with what was given for it; ``number`` is its mark or None."""
        name = row["answer_id"]
        self.filled.add(name)
        kept = self.rows.get(name, {})
        mark = kept.get("mark", "").strip()
        # The rubric says how much there is, not the table: a cell there may have been changed.
        value = tables.number(mark, float(row["most"])) if mark else None
        if mark and value is None:
            at = {"row": self.places[name], "file": self.file, "mark": mark, "most": row["most"]}
            self.problems.append((row["learner"], message("grade.bad_mark", **at)))
        added = {column: cell for column, cell in kept.items() if column not in COLUMNS}
        return {
            **added,
            **row,
            "mark": kept.get("mark", "") if value is None else tidy(value),
            "comment": kept.get("comment", ""),
            "second_mark": kept.get("second_mark", ""),
            "status": message("grade.to_mark" if value is None else "grade.marked"),
            "number": value,
        }

    def left_over(self, course: Course) -> Iterator[Row]:
        """Return the rows that count for nothing today: what was given in them is kept."""
        absent = [row for name, row in self.rows.items() if name not in self.filled]
        for row in [*self.earlier, *absent]:
            yield {**row, "status": message("grade.earlier")}
        for row in self.astray:
            yield {**row, "status": message("grade.astray")}


class _Answers:
    """Today's answers, and what a table says of them."""

    def __init__(self, today: Iterable[Row], lines: Iterable[_Line]) -> None:
        self._rows = {row["answer_id"]: row for row in today}
        self._content: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._others: dict[str, list[str]] = defaultdict(list)  #: by the other form of their id
        #: What stands in each column of any of today's rows.
        self._cells: dict[str, set[str]] = {name: set() for name in _SPEAKS}
        for answer, row in self._rows.items():
            self._content[_content(row)].append(answer)
            self._others[row.get("other_id", "")].append(answer)
            for name in _SPEAKS:
                self._cells[name].add(_letters(row[name]))
        told = [(self.named(line.row), line) for line in lines]
        order = {name: n for n, name in enumerate(self._rows)}
        places = [order[name] for name, _ in told if name]
        self._moved = places != sorted(places)
        self._told = {name: line.row for name, line in told if name}
        self._torn = {line for _, line in told if self._speaks_of_another(line.row)}

    def named(self, row: Row) -> str:
        """Return the answer of today whose id a row bears, in either form; '' where it is none."""
        name = row["answer_id"]
        if not name or name in self._rows:
            return str(name)
        found = [answer for answer in self._others.get(name, []) if self.fits(row, answer)]
        return found[0] if len(found) == 1 else ""

    def learner(self, name: str) -> str:
        """Return whose answer ``name`` is."""
        return str(self._rows[name]["learner"]) if name in self._rows else ""

    def fits(self, row: Row, name: str) -> bool:
        """Whether all that a row says of its answer is what the answer ``name`` is."""
        return _content(row) == _content(self._rows[name])

    def is_torn(self, line: _Line) -> bool:
        """Whether a row says something that is not so of the answer with its id, but of another."""
        return line in self._torn

    def is_unclear(self, line: _Line) -> bool:
        """Whether nothing but its id says which answer a row is about, in a table that was moved.

        Where some rows were torn apart, one that fits nothing exactly may have been torn too. And
        where a spreadsheet has made '?' of all letters, only the order shows that nothing moved.
        """
        name = self.named(line.row)
        if self._torn:
            return not self.fits(line.row, name)
        return self._moved and not self._knows(line.row, name)

    def _knows(self, row: Row, name: str) -> bool:
        """Whether a row says whose answer it is, or what was answered, as the answer has it."""
        true, pairs = self._rows[name], []
        for column in ("learner", "answer"):
            pairs.append((_letters(row[column]), _letters(true[column])))
        return not any(said for said, _ in pairs) or any(said == own for said, own in pairs if said)

    def _speaks_of_another(self, row: Row) -> bool:
        """Whether a row's cells are those of another of today's answers than its id is.

        What fits no answer is no proof: a spreadsheet makes 7 of 007, and '?' of letters.
        """
        name = self.named(row)
        if not name:
            # An answer that is not there today, with all else of one whose own row says otherwise.
            found = self._content.get(_content(row), []) if row["answer_id"] else []
            return any(x in self._told and not self.fits(self._told[x], x) for x in found)
        said = {column: _letters(row[column]) for column in _SPEAKS}
        true = {column: _letters(self._rows[name][column]) for column in _SPEAKS}
        if said["learner"] == true["learner"].lstrip("0"):
            said["learner"] = true["learner"]
        return any(
            cell and cell != true[column] and cell in self._cells[column]
            for column, cell in said.items()
        )

    def only(self, row: Row) -> str:
        """Return the one answer that everything in a row speaks of; '' where there is none."""
        learner, *rest = _content(row)
        found = [
            answer
            for (whose, *what), answers in self._content.items()
            for answer in answers
            if what == rest and learner in (whose, whose.lstrip("0"))
        ]
        return found[0] if len(found) == 1 else ""


_SPEAKS = ("learner", "item", "criterion", "answer")  #: the columns that say which answer it is


def _content(row: Row) -> tuple[str, ...]:
    return tuple(_letters(row[name]) for name in _SPEAKS)


@lru_cache(maxsize=4096)
def _letters(cell: str) -> str:
    """Return a cell's letters and digits: what is left of it in every spreadsheet."""
    plain = unicodedata.normalize("NFKC", cell).casefold()
    return re.sub(r"[\W_]+", "", plain) or plain.strip()


def read_given(path: Path) -> Given:
    """Read back what readers have written into ``to-mark.csv``; nothing, where there is none.

    Raises:
        KitError: as :func:`read_rows`.

    """
    given = Given(path.name)
    rows = list(read_rows(path)) if path.is_file() else []
    given.columns = columns_of(rows)
    given.lines = [_Line(place, row) for place, row in enumerate(rows, 2)]
    return given


def both_marks(row: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the marks of both markers, where both gave one."""
    most = tables.number(row["most"], float("inf")) or 0.0
    one, two = tables.number(row["mark"], most), tables.number(row["second_mark"], most)
    return None if one is None or two is None else (one, two)
