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

from kit.course import Course
from kit.grading import tables
from kit.grading.marks import HandIn, Marked, Written
from kit.grading.tables import Row, tidy
from kit.items import Item
from kit.messages import KitError
from kit.replies import LONGEST_TEXT

COLUMNS = (
    "learner", "item", "criterion", "most", "mark", "comment", "second_mark", "answer", "levels",
    "status", "answer_id",
)  # fmt: skip
_LOCK_SECONDS = 5.0
_GIVEN = ("mark", "comment", "second_mark")  #: what a reader fills in


@contextmanager
def locked(course: Course, path: Path) -> Iterator[None]:
    """Keep the desk and ``kit grade`` from writing ``to-mark.csv`` over each other's marks.

    Raises:
        KitError: when the other one holds it for several seconds.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.with_name(f".{path.stem}.lock"), timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise KitError(course.say("grade.busy", path=path.name)) from None


def answer_id(hand_in: HandIn, written: Written, criterion: str) -> str:
    """Return the name of one criterion of one answer; it changes when the answer's words do."""
    who = [hand_in.seal.record, hand_in.seal.learner.strip().casefold()]
    if hand_in.shared:  # then record and code may be another's as well
        who.append(hand_in.sender.key)
    text = "\0".join([*who, written.item.id, criterion, *written.text.split()])
    # A letter first: a spreadsheet would take 12e34 for a number and rewrite it.
    return "a" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:15]


def criteria(item: Item) -> list[tuple[str, float, str]]:
    """Return each criterion's id, highest mark and levels in words."""
    rows = []
    for criterion in item.rubric:
        levels = [f"{x.points:g} = {x.text} (“{x.anchor}”)" for x in criterion.levels]
        most = max((x.points for x in criterion.levels), default=0.0)
        rows.append((criterion.id, most, f"{criterion.text}: {'; '.join(levels)}"))
    return rows or [("whole", item.marks, item.look_for)]


def rows_to_mark(course: Course, marked: Marked) -> Iterator[Row]:
    """Return a row for each criterion of each answer that a reader has to mark, not marked yet."""
    for written in marked.written:
        item = written.item
        rows = criteria(item)
        if written.why and item.kind != "write":
            why = course.say(f"grade.{written.why}", id=item.id, most=LONGEST_TEXT)
            rows = [("whole", item.marks, why)]
        for criterion, most, levels in rows:
            yield {
                "learner": marked.hand_in.learner,
                "item": item.id,
                "criterion": criterion,
                "most": tidy(most),
                "answer": written.text,
                "levels": levels,
                "answer_id": answer_id(marked.hand_in, written, criterion),
            }


def read_rows(course: Course, path: Path) -> Iterator[Row]:
    """Read ``to-mark.csv``: every row with every column, a cell that is missing as ''.

    Columns that a teacher has added come after the kit's own.

    Raises:
        KitError: when its heading is lost, for then no mark could be matched to its answer.

    """
    for cells in tables.read(course, path, {"answer_id", "mark"}, "grade.no_heading"):
        yield dict.fromkeys(COLUMNS, "") | {name: cell for name, cell in cells.items() if name}


def columns_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return the columns of ``to-mark.csv``: the kit's, and those that a teacher has added."""
    added = {name: None for row in rows for name in row if name and name not in COLUMNS}
    return (*COLUMNS, *added)


def is_todays(course: Course, row: Row) -> bool:
    """Whether a row of ``to-mark.csv`` is about an answer that was graded, not one kept aside."""
    aside = (course.say("grade.earlier"), course.say("grade.astray"))
    return bool(row["answer_id"]) and row["status"] not in aside


@frozen(eq=False)
class _Line:
    """A row of the table in which something was given, and in which line it stands."""

    place: int
    row: Row

    @property
    def given(self) -> tuple[str, ...]:
        """What a reader has filled in."""
        return tuple(self.row[name].strip() for name in _GIVEN)


@define
class Given:
    """What readers have filled in so far, and what was wrong with it."""

    file: str = "to-mark.csv"
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
        if not self.lines:
            return
        answers, before = _Answers(today), course.say("grade.astray")
        torn = {n for n in self.lines if n.row["status"] != before and answers.is_torn(n.row)}
        claims: dict[str, list[_Line]] = defaultdict(list)
        nameless = []
        for line in self.lines:
            name = line.row["answer_id"]
            if not name:
                nameless.append(line)
            elif name not in answers:
                self.earlier.append(line.row)
            elif line.row["status"] == before:  # it waits for somebody to look at it
                self._set_aside(course, line, "grade.still_astray")
            # Where some rows were torn apart, one that fits nothing exactly may have been too.
            elif line in torn or (torn and not answers.fits(line.row, name)):
                self._set_aside(course, line, "grade.torn_row", other=answers.learner(name))
            else:
                claims[name].append(line)
        ids = set(claims)
        for line in nameless:
            name = answers.only(line.row)
            if not name or name in ids:
                self._set_aside(course, line, "grade.no_id")
            else:
                claims[name].append(line)
        for name, lines in claims.items():
            self._settle(course, name, lines)

    def _settle(self, course: Course, name: str, lines: list[_Line]) -> None:
        """Take the one mark that the lines about an answer give; of two, neither."""
        if len({line.given for line in lines}) == 1:
            self.rows[name], self.places[name] = lines[0].row, lines[0].place
            return
        places = ", ".join(str(line.place) for line in lines)
        for line in lines:
            self._set_aside(course, line, "grade.same_row", rows=places)

    def _set_aside(self, course: Course, line: _Line, key: str, **values: str) -> None:
        self.astray.append(line.row)
        learner = line.row["learner"]
        text = course.say(key, row=line.place, file=self.file, learner=learner, **values)
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
            self.problems.append((row["learner"], course.say("grade.bad_mark", **at)))
        added = {column: cell for column, cell in kept.items() if column not in COLUMNS}
        return {
            **added,
            **row,
            "mark": kept.get("mark", "") if value is None else tidy(value),
            "comment": kept.get("comment", ""),
            "second_mark": kept.get("second_mark", ""),
            "status": course.say("grade.to_mark" if value is None else "grade.marked"),
            "number": value,
        }

    def left_over(self, course: Course) -> Iterator[Row]:
        """Return the rows that count for nothing today: what was given in them is kept."""
        absent = [row for name, row in self.rows.items() if name not in self.filled]
        for row in [*self.earlier, *absent]:
            yield {**row, "status": course.say("grade.earlier")}
        for row in self.astray:
            yield {**row, "status": course.say("grade.astray")}


class _Answers:
    """Today's answers, to hold against what a table says of them."""

    def __init__(self, today: Iterable[Row]) -> None:
        self._rows = {row["answer_id"]: row for row in today}
        self._content: dict[tuple[str, ...], list[str]] = defaultdict(list)
        #: What stands in each column of any of today's rows.
        self._cells: dict[str, set[str]] = {name: set() for name in _SPEAKS}
        for answer, row in self._rows.items():
            self._content[_content(row)].append(answer)
            for name in _SPEAKS:
                self._cells[name].add(_letters(row[name]))

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def learner(self, name: str) -> str:
        """Return whose answer ``name`` is."""
        return str(self._rows[name]["learner"]) if name in self._rows else ""

    def fits(self, row: Row, name: str) -> bool:
        """Whether all that a row says of its answer is what the answer ``name`` is."""
        return _content(row) == _content(self._rows[name])

    def is_torn(self, row: Row) -> bool:
        """Whether a row says something that is not so of the answer with its id, but of another.

        What fits no answer is no proof: a spreadsheet makes 7 of 007, and '?' of letters.
        """
        true = self._rows.get(row["answer_id"])
        if true is None:
            return False
        said = {name: _letters(row[name]) for name in _SPEAKS}
        return any(
            cell and cell != _letters(true[name]) and cell in self._cells[name]
            for name, cell in said.items()
        )

    def only(self, row: Row) -> str:
        """Return the one answer that everything in a row speaks of; '' where there is none."""
        found = self._content.get(_content(row), [])
        return found[0] if len(found) == 1 else ""


_SPEAKS = ("learner", "item", "criterion", "answer")  #: the columns that say which answer it is


def _content(row: Row) -> tuple[str, ...]:
    return tuple(_letters(row[name]) for name in _SPEAKS)


@lru_cache(maxsize=4096)
def _letters(cell: str) -> str:
    """Return a cell's letters and digits: what is left of it in every spreadsheet."""
    plain = unicodedata.normalize("NFKC", cell).casefold()
    return re.sub(r"[\W_]+", "", plain) or plain.strip()


def read_given(course: Course, path: Path) -> Given:
    """Read back what readers have written into ``to-mark.csv``; nothing, where there is none.

    Raises:
        KitError: as :func:`read_rows`.

    """
    given = Given(path.name)
    for place, row in enumerate(read_rows(course, path) if path.is_file() else (), 2):
        if any(row[name].strip() for name in row if name in _GIVEN or name not in COLUMNS):
            given.lines.append(_Line(place, row))
    return given


def both_marks(row: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the marks of both markers, where both gave one."""
    most = tables.number(row["most"], float("inf")) or 0.0
    one, two = tables.number(row["mark"], most), tables.number(row["second_mark"], most)
    return None if one is None or two is None else (one, two)
