"""Marks given by hand: ``to-mark.csv`` is their one store, for spreadsheets and the desk alike."""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path

from attrs import define, evolve, field, frozen
from filelock import FileLock, Timeout

from kit.course.files import write_whole
from kit.course.messages import KitError, in_every_language, message
from kit.grading import tables
from kit.grading.marks import MarkedSubmission, Result, Submission, answer_in_ids
from kit.grading.tables import Row, tidy
from kit.questions.base import Question

COLUMNS = (
    "learner", "item", "criterion", "most", "mark", "comment", "second_mark", "answer", "levels",
    "status", "answer_id",
)  # fmt: skip
_LOCK_SECONDS = 5.0
_GIVEN = ("mark", "comment", "second_mark")  #: what a reader fills in
_CONTENT = ("learner", "item", "criterion", "answer")  #: the columns that say which answer it is


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


# --- What is to be marked -------------------------------------------------------------------------


def answer_id(
    submission: Submission, result: Result, criterion: str, code: str | None = None
) -> str:
    """Return the name of one criterion of one answer; it changes when the answer does.

    With ``code``, it is the name that it would have under this class code.
    """
    typed = submission.seal.learner if code is None else code
    who = [submission.seal.record, typed.strip().casefold()]
    if submission.shared:  # then record and code may be another's as well
        who.append(submission.sender.key)
    text = result.text
    if result.unread:  # its ids stay as they are when texts are edited
        text = str(answer_in_ids(result.handed)) or text
    name = "\0".join([*who, result.question.id, criterion, *text.split()])
    # A letter first: a spreadsheet would take 12e34 for a number and rewrite it.
    return "a" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:15]


def criteria(question: Question) -> list[tuple[str, float, str]]:
    """Return each criterion's id, highest mark and levels in words."""
    rows = []
    for criterion in question.rubric:
        levels = [f"{x.points:g} = {x.text} (“{x.anchor}”)" for x in criterion.levels]
        most = max((level.points for level in criterion.levels), default=0.0)
        in_words = sys.intern(f"{criterion.text}: {'; '.join(levels)}")  # every answer has it
        rows.append((criterion.id, most, in_words))
    return rows or [("whole", question.marks, question.look_for)]


def with_rows(marked: MarkedSubmission) -> MarkedSubmission:
    """Return it with a row for each criterion of each answer that a reader has to mark."""
    return marked.with_rows(partial(_rows_to_mark, marked.submission))


def _rows_to_mark(submission: Submission, result: Result) -> Iterator[Row]:
    if not result.to_mark:
        return
    if result.question.by_reader:
        rows = criteria(result.question)
    else:
        rows = [("whole", result.question.marks, result.why_unread)]
    for criterion, most, levels in rows:
        yield {
            "learner": submission.typed or submission.learner,
            "item": result.question.id,
            "criterion": criterion,
            "most": tidy(most),
            "answer": result.text,
            "levels": levels,
            "answer_id": answer_id(submission, result, criterion),
            "number": None,
        }


# --- The table as it was found --------------------------------------------------------------------


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
        row["answer_id"] = row["answer_id"].strip().casefold()
        yield row


def columns_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns of ``to-mark.csv``: the kit's, and those that a teacher has added.

    Args:
        rows: as :func:`read_rows` returns them.

    """
    first = rows[0] if rows else {}
    return tuple(dict.fromkeys((*COLUMNS, *first)))


def is_todays(row: Row) -> bool:
    """Whether a row of ``to-mark.csv`` is about an answer that was graded, not one kept aside."""
    aside = in_every_language("grade.earlier") | in_every_language("grade.astray")
    return bool(row["answer_id"]) and row["status"] not in aside


def both_marks(row: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the marks of both markers, where both gave one."""
    most = highest(row)
    one, two = tables.number(row["mark"], most), tables.number(row["second_mark"], most)
    if one is None or two is None:
        return None
    return one, two


def highest(row: Mapping[str, str]) -> float:
    """Return the highest mark in a row, as a spreadsheet may have put it; 0 where it is lost."""
    return tables.number(row["most"], float("inf")) or 0.0


def _letters(cell: str) -> str:
    """Return a cell's letters and digits: what is left of it in every spreadsheet."""
    plain = unicodedata.normalize("NFKC", cell).casefold()
    return re.sub(r"[\W_]+", "", plain) or plain.strip()


@frozen(eq=False)
class TableRow:
    """A row of the table, or of today's answers."""

    cells: Row
    place: int = 0  #: in which line of the file it is

    @property
    def id(self) -> str:
        """The id of its answer; perhaps empty."""
        return str(self.cells["answer_id"])

    @cached_property
    def content(self) -> tuple[str, ...]:
        """The letters of what it says of its answer: learner, question, criterion, answer."""
        return tuple(_letters(self.cells[name]) for name in _CONTENT)

    @cached_property
    def given(self) -> dict[str, str]:
        """What a reader has filled in, in a teacher's own columns too."""
        names = [name for name in self.cells if name in _GIVEN or name not in COLUMNS]
        return {name: self.cells[name].strip() for name in names}


class TodaysAnswers:
    """Today's answers by their ids, and what a table says of them.

    A spreadsheet that sorts some columns and not others puts an answer's mark beside another
    answer's id. So an id alone is not believed: the rest of the row has to speak of that answer.
    """

    def __init__(self, today: Iterable[MarkedSubmission], table: Iterable[TableRow]) -> None:
        self.rows: dict[str, TableRow] = {}
        self._given: dict[str, tuple[Submission, Result]] = {}  #: what each answer is part of
        for one in today:
            for result in one.results:
                for row in map(TableRow, result.rows):
                    self.rows[row.id], self._given[row.id] = row, (one.submission, result)
        self._by_content: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._by_other_id: dict[str, list[str]] = defaultdict(list)
        self.learners = {answer: row.cells["learner"] for answer, row in self.rows.items()}
        for answer, own in self.rows.items():
            self._by_content[own.content].append(answer)
            submission, result = self._given[answer]
            if other := submission.other_form:  # before or after others sent in the same record
                other_id = answer_id(other, result, own.cells["criterion"])
                self._by_other_id[other_id].append(answer)
        #: What each column holds in any of today's rows.
        self._in_columns = list(map(set, zip(*self._by_content, strict=True)))
        self._row_with_id = {}  #: by answer, the row of the table with its id
        places, order = [], {answer: n for n, answer in enumerate(self.rows)}
        for row in table:
            if answer := self.named(row):
                self._row_with_id[answer] = row
                places.append(order[answer])
        self._was_moved = places != sorted(places)
        self._torn = {row.place for row in table if self._speaks_of_another(row)}

    def named(self, row: TableRow) -> str:
        """Return the answer of today whose id a row bears, in either form; '' where it is none."""
        if not row.id or row.id in self.rows:
            return row.id
        others = self._by_other_id.get(row.id, [])
        return _only([answer for answer in others if self.rows[answer].content == row.content])

    def under_another_code(self, row: TableRow) -> str:
        """Return the answer whose id a row bore before the learner put the class code right."""
        code = tables.as_written(row.cells["learner"])
        found = []
        for answer, own in self.rows.items():
            if own.content[1:] == row.content[1:]:
                about = (*self._given[answer], own.cells["criterion"])
                if row.id in (answer_id(*about, code), answer_id(*about, "")):
                    found.append(answer)
        return _only(found)

    def matching(self, row: TableRow) -> str:
        """Return the one answer that everything in a row speaks of; '' where there is none."""
        learner, *rest = row.content
        found = []
        for (whose, *what), answers in self._by_content.items():
            if what == rest and learner in (whose, whose.lstrip("0")):
                found += answers
        return _only(found)

    def doubt(self, row: TableRow, answer: str) -> str:
        """Return the key of why a row may not be about the answer with its id; '' where it is.

        Where some rows were torn apart, one that fits nothing exactly may have been torn too. And
        where a spreadsheet has made '?' of all letters, only the order shows that nothing moved.
        """
        if row.place in self._torn:
            return "grade.torn_row"
        if not answer:
            return ""
        own = self.rows[answer].content
        is_unclear = self._was_moved and not _is_recognised(row.content, own)
        if self._torn:
            is_unclear = row.content != own
        return "grade.unclear_row" if is_unclear else ""

    def _speaks_of_another(self, row: TableRow) -> bool:
        """Whether a row's cells are those of another of today's answers than its id is.

        What fits no answer is no proof: a spreadsheet makes 7 of 007, and '?' of letters.
        """
        answer = self.named(row)
        if not answer:
            return bool(row.id) and self._took_the_place(row)
        own = self.rows[answer].content
        learner, *rest = row.content
        if learner == own[0].lstrip("0"):
            learner = own[0]
        for cell, own_cell, column in zip([learner, *rest], own, self._in_columns, strict=True):
            if cell and cell != own_cell and cell in column:
                return True
        return False

    def _took_the_place(self, row: TableRow) -> bool:
        """Whether a row about nobody of today has all that another's own row should have."""
        for answer in self._by_content.get(row.content, []):
            if self._row_with_id.get(answer, row).content != row.content:
                return True
        return False


def _is_recognised(content: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether a row says whose answer it is, or what was answered, as the answer has it."""
    learner, _, _, text = content
    if text:
        return text == own[3] or learner == own[0] != ""
    return learner in ("", own[0])


def _only(answers: Sequence[str]) -> str:
    """Return the one answer; '' where there is none or more."""
    if len(answers) == 1:
        return answers[0]
    return ""


# --- Which marks count ----------------------------------------------------------------------------


@define
class ReaderMarks:
    """What readers have filled in so far, and what was wrong with it."""

    file: str = "to-mark.csv"
    columns: tuple[str, ...] = COLUMNS  #: of the table, with those that a teacher has added
    rows: list[TableRow] = field(factory=list)  #: as they are in the table
    counted: dict[str, TableRow] = field(factory=dict)  #: by answer id, the row that counts
    filled: set[str] = field(factory=set)  #: the answers of today that have asked for theirs
    earlier: list[TableRow] = field(factory=list)  #: about answers that are not there today
    astray: list[TableRow] = field(factory=list)  #: rows in which not everything agrees
    problems: list[tuple[str, str]] = field(factory=list)  #: learner, problem

    def match(self, today: Iterable[MarkedSubmission]) -> None:
        """Let only those marks count in whose row everything speaks of one answer.

        Any other row is named, kept, and not counted.
        """
        given = [row for row in self.rows if any(row.given.values())]
        if not given:
            return
        answers, astray = TodaysAnswers(today, self.rows), in_every_language("grade.astray")
        claims: dict[str, list[TableRow]] = defaultdict(list)
        nameless = []
        for row in given:
            answer = answers.named(row)
            doubt = answers.doubt(row, answer)
            if row.cells["status"] in astray:  # it waits for somebody to look at it
                doubt = "grade.still_astray"
            if not row.id:
                nameless.append(row)
            elif doubt:
                self._set_aside(row, doubt, other=answers.learners.get(answer, ""))
            elif answer:
                claims[answer].append(row)
            elif answer := answers.under_another_code(row):
                claims[answer].append(row)
                values = {"old": row.cells["learner"], "item": row.cells["item"]}
                text = message("grade.new_code", file=self.file, row=row.place, **values)
                self.problems.append((answers.learners[answer], text))
            else:
                self.earlier.append(row)
        with_id = set(claims)
        for row in nameless:  # its mark goes where everything else in it fits
            answer = answers.matching(row)
            if answer and answer not in with_id:
                claims[answer].append(row)
            else:
                self._set_aside(row, "grade.no_id")
        for answer, rows in claims.items():
            self._settle(answer, rows)

    def _settle(self, answer: str, rows: Sequence[TableRow]) -> None:
        """Take the one mark that the rows about an answer give; of two, neither."""
        if all(row.given == rows[0].given for row in rows):
            self.counted[answer] = rows[0]
            return
        places = ", ".join(str(row.place) for row in rows)
        for row in rows:
            self._set_aside(row, "grade.same_row", rows=places)

    def _set_aside(self, row: TableRow, key: str, **values: str) -> None:
        self.astray.append(row)
        learner = row.cells["learner"]
        text = message(key, row=row.place, file=self.file, learner=learner, **values)
        self.problems.append((learner, text))

    def has_marked(self, row: Row) -> bool:
        """Whether a reader has given a mark for a row of today's."""
        counted = self.counted.get(row["answer_id"])
        return counted is not None and bool(counted.given["mark"])

    def filled_in(self, marked: MarkedSubmission) -> MarkedSubmission:
        """Return a submission with what readers gave for it."""
        return marked.with_rows(lambda result: map(self.fill, result.rows))

    def fill(self, row: Row) -> Row:
        """Return a row of today's with what was given for it; ``number`` is its mark or None."""
        answer = row["answer_id"]
        self.filled.add(answer)
        filled = {**dict.fromkeys(_GIVEN, ""), **row}
        number = None
        if answer in self.counted:
            counted = self.counted[answer]
            filled |= {name: counted.cells[name] for name in counted.given}
            # The rubric says how much there is, not the table: a cell there may have been changed.
            number = tables.number(filled["mark"], float(row["most"]))
            if number is None and filled["mark"].strip():
                at = {"row": counted.place, "file": self.file, "most": row["most"]}
                text = message("grade.bad_mark", mark=filled["mark"].strip(), **at)
                self.problems.append((row["learner"], text))
        filled |= {"number": number, "status": message("grade.to_mark")}
        if number is not None:
            filled |= {"mark": tidy(number), "status": message("grade.marked")}
        return filled

    def left_over(self) -> Iterator[Row]:
        """Yield the rows that count for nothing today: what was given in them is kept."""
        absent = [row for answer, row in self.counted.items() if answer not in self.filled]
        for row in [*self.earlier, *absent]:
            yield {**row.cells, "status": message("grade.earlier")}
        for row in self.astray:
            yield {**row.cells, "status": message("grade.astray")}


def before(path: Path) -> Path:
    """Return where the table stands as it was before it was last written anew."""
    return path.with_name(f"{path.name}.before")


def read_marks(path: Path) -> ReaderMarks:
    """Read back what readers have written into ``to-mark.csv``; nothing, where there is none yet.

    Where rows with marks have gone since it was last read, as when a spreadsheet saves only what a
    filter shows, they are taken from the copy, and this is said.

    Raises:
        KitError: as :func:`read_rows`.

    """
    cells = list(read_rows(path)) if path.is_file() else []  # all of it may be gone
    rows = [TableRow(row, place) for place, row in enumerate(cells, 2)]
    gone = list(_rows_gone(before(path), rows))
    columns = columns_of(cells or [row.cells for row in gone])
    marks = ReaderMarks(path.name, columns, rows)
    if gone:
        text = message("grade.shrunk", n=len(gone), file=path.name, copy=before(path).name)
        marks.problems.append(("", text))
        marks.rows += gone
    return marks


def _rows_gone(copy: Path, rows: Sequence[TableRow]) -> Iterator[TableRow]:
    """Yield the rows of a copy in which something was given, and that are not among ``rows``."""
    try:
        cells = list(read_rows(copy))
    except (KitError, OSError):
        return
    if len(cells) <= len(rows):
        return
    ids, contents = {row.id for row in rows}, {row.content for row in rows}
    for place, row in enumerate(map(TableRow, cells), len(rows) + 2):
        is_there = row.id in ids or row.content in contents
        if is_todays(row.cells) and not is_there and any(row.given.values()):
            yield evolve(row, place=place)


def write_marks(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    """Write ``to-mark.csv``; as it was is kept beside it.

    Raises:
        OSError: when it cannot be written; the old table stands.

    """
    if path.is_file():
        write_whole(before(path), path.read_bytes())
    tables.write(path, columns, rows)
