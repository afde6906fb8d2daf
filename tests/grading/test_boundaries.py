"""Whatever goes wrong with one hand-in or one archive, the others are graded and it is listed."""

from __future__ import annotations

import csv
import struct
import zipfile
from pathlib import Path

import pytest
from attrs import evolve
from classes import page_of
from helpers import COURSE, GRADED, SHOWN, SHOWROOM, a_seal, an_answer, key_answers
from test_folder import MOST, problems_of, put, rows_of, table

from kit.course.course import load_course
from kit.course.messages import KitError
from kit.grading import (
    Choices,
    by_hand,
    feedback,
    folder,
    grade_folder,
    mark_rows,
    marks,
    report,
    report_page,
    whose,
)
from kit.grading.roster import Roster
from kit.learner import submission
from kit.learner.submission import SealedAnswer
from kit.questions.bank import load_questions

SIZE = 30
BAD = "17.json"
FAULTS = (
    TypeError("unhashable type: 'dict'"), ValueError("x"), KeyError("k"), RecursionError(),
    MemoryError(), OSError(5, "Input/output error"), KitError("A sentence."), ZeroDivisionError(),
    StopIteration(), AssertionError(),
)  # fmt: skip


@pytest.fixture
def full_box(box) -> Path:
    for n in range(SIZE):
        put(box, f"{n}.json", learner=f"B{n}")
    return box


def is_bad(*args) -> bool:
    """Whether a call is about the one hand-in in which a fault is planted."""
    for arg in args:
        about = getattr(arg, "submission", arg)
        names = {getattr(about, "file", ""), getattr(arg, "name", "")}
        row = arg.get("learner") if isinstance(arg, dict) else arg
        if BAD in names or row == "B17" or getattr(arg, "learner", "") == "B17":
            return True
        if isinstance(arg, bytes) and b'"B17"' in arg:
            return True
    return False


#: Each stage that one hand-in goes through, where it lives, and whether it is marked all the same.
STAGES = {
    "reading": (whose, "hand_ins", False),
    "opening": (whose, "_read", False),
    "the class list": (Roster, "match", False),
    "marking": (folder, "mark", False),
    "one answer": (marks, "_result", False),
    "what to mark by hand": (by_hand, "with_rows", False),
    "marks given by hand": (by_hand.ReaderMarks, "fill", False),
    "the total": (marks.MarkedSubmission, "added_up", False),
    "the class report": (report.ClassReport, "add", True),
    "the page": (feedback.FeedbackPages, "page", True),
    "what the page says of confidence": (feedback, "_calibration", True),
    "the row": (mark_rows, "marks_row", False),
    "the answers' rows": (mark_rows, "item_rows", False),
}


#: Every kind of fault in one stage, three kinds in every stage.
PLANTED = [
    pytest.param(stage, fault, id=f"{stage}, {type(fault).__name__}")
    for stage in STAGES
    for fault in FAULTS
    if stage == "marking" or isinstance(fault, TypeError | KitError | MemoryError)
]


@pytest.mark.parametrize(("stage", "fault"), PLANTED)
def test_a_fault_in_any_stage_of_one_hand_in_stops_no_other(
    full_box, out, tmp_path, monkeypatch, stage, fault
):
    home, name, marked_all_the_same = STAGES[stage]
    real = getattr(home, name)

    def planted(*args, **kwargs):
        if is_bad(*args):
            raise fault
        return real(*args, **kwargs)

    monkeypatch.setattr(home, name, planted)
    pupils = tmp_path / "class.csv"
    pupils.write_text("code\n" + "\n".join(f"B{n}" for n in range(SIZE)), encoding="utf-8")
    said = grade_folder(COURSE, full_box, COURSE.keys, out, Choices(roster=pupils, lms="moodle"))
    others = {f"{n}.json" for n in range(SIZE)} - {BAD}
    rows = rows_of(out)
    assert rows.keys() == (others | {BAD} if marked_all_the_same else others)
    assert {rows[name]["automatic"] for name in others} == {f"{MOST:g}"}
    assert all((out / rows[name]["feedback"]).is_file() for name in others)
    told = [r["problem"] for r in table(out, "problems.csv") if r["file"] == BAD]
    assert len(told) >= 1
    assert all(len(text.split()) > 1 and "Traceback" not in text for text in told)
    assert (out / "report.html").is_file()
    assert f"of {SIZE} files" in said


@pytest.mark.parametrize("name", ["final", "is_final"])
def test_a_fault_in_what_one_comes_to_costs_no_table_of_all(
    full_box, out, tmp_path, monkeypatch, name
):
    real = getattr(marks.MarkedSubmission, name).fget

    def planted(marked):
        if marked.submission.file == BAD:
            raise TypeError
        return real(marked)

    monkeypatch.setattr(marks.MarkedSubmission, name, property(planted))
    pupils = tmp_path / "class.csv"
    pupils.write_text("code\n" + "\n".join(f"B{n}" for n in range(SIZE)), encoding="utf-8")
    grade_folder(COURSE, full_box, COURSE.keys, out, Choices(roster=pupils, lms="moodle"))
    assert rows_of(out).keys() == {f"{n}.json" for n in range(SIZE)} - {BAD}
    assert BAD in problems_of(out)
    assert (out / "moodle.csv").is_file()


def test_a_fault_in_the_class_report_leaves_everything_else(full_box, out, monkeypatch):
    def planted(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(report_page, "sheet_section", planted)
    grade_folder(COURSE, full_box, COURSE.keys, out)
    assert len(rows_of(out)) == SIZE
    assert "the class report could not be made" in problems_of(out)["report.html"]


def test_one_that_cannot_be_counted_leaves_no_half_of_itself_in_the_report(
    full_box, out, monkeypatch
):
    grade_folder(COURSE, full_box, COURSE.keys, out)
    whole = (out / "report.csv").read_bytes()
    put(full_box, "bad.json", learner="B99")
    real = report.QuestionTally.add

    def planted(tally, result, rest, learner):
        if learner == "B99" and result.question.id.endswith("/note"):
            raise TypeError
        real(tally, result, rest, learner)

    monkeypatch.setattr(report.QuestionTally, "add", planted)
    grade_folder(COURSE, full_box, COURSE.keys, out)
    assert (out / "report.csv").read_bytes() == whole
    assert "not in the class report" in problems_of(out)["bad.json"]


def test_marks_given_by_hand_survive_a_fault_of_their_hand_in(full_box, out, monkeypatch):
    grade_folder(COURSE, full_box, COURSE.keys, out)
    path = out / "to-mark.csv"
    rows = table(out, path.name)
    for row in rows:
        row["mark"], row["comment"] = "2", f"for {row['learner']}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    for home, name in ((folder, "mark"), (by_hand.ReaderMarks, "fill"), (mark_rows, "marks_row")):
        real = getattr(home, name)

        def planted(*args, real=real):
            if is_bad(*args):
                raise TypeError
            return real(*args)

        with monkeypatch.context() as context:
            context.setattr(home, name, planted)
            grade_folder(COURSE, full_box, COURSE.keys, out)
        assert sum(r["comment"] == "for B17" for r in table(out, path.name)) == 1
    grade_folder(COURSE, full_box, COURSE.keys, out)
    assert float(rows_of(out)[BAD]["written"]) == 2


# --- Archives -------------------------------------------------------------------------------------

GOOD = submission.to_json(a_seal(answers=key_answers())).encode()
LZMA_HEADER = 4 + 1  # two version bytes, two of length, one of properties; then the memory it wants


def one_member(path: Path, packing: int, name: str = "x.json") -> bytearray:
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr(name, GOOD)
    return bytearray(path.read_bytes())


def spoil(path: Path, packing: int) -> None:
    """Damage the packed data of a member, after its header."""
    data = one_member(path, packing)
    start = data.index(b"x.json") + len("x.json") + 12
    data[start : start + 60] = bytes(60)
    path.write_bytes(data)


def cut(path: Path, packing: int) -> None:
    data = one_member(path, packing)
    at = data.index(b"x.json") + len("x.json")
    del data[at : at + 40]
    path.write_bytes(data)


def wants_gigabytes(path: Path, _: int) -> None:
    data = one_member(path, zipfile.ZIP_LZMA)
    at = data.index(b"x.json") + len("x.json") + LZMA_HEADER
    data[at : at + 4] = struct.pack("<I", 0xFFFFFFFF)
    data[at + 20 : at + 40] = bytes(20)
    path.write_bytes(data)


def odd_header(path: Path, packing: int) -> None:
    """A packing that Python knows by number only: Deflate64, and one that nobody knows."""
    data = one_member(path, packing)
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.index(mark) + offset
        data[at : at + 2] = struct.pack("<H", 9)
    path.write_bytes(data)


def with_name(name: str):
    def make(path: Path, packing: int) -> None:
        with zipfile.ZipFile(path, "w", packing) as archive:
            archive.writestr(zipfile.ZipInfo("x"), GOOD)
            archive.filelist[0].filename = archive.filelist[0].orig_filename = name

    return make


def headless(path: Path, packing: int) -> None:
    path.write_bytes(one_member(path, packing)[:-30])


PACKINGS = {
    "stored": zipfile.ZIP_STORED, "deflate": zipfile.ZIP_DEFLATED, "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}  # fmt: skip
HARM = {
    "spoilt": spoil, "cut": cut, "wants gigabytes": wants_gigabytes, "odd packing": odd_header,
    "no name": with_name(""), "a slash": with_name("/"), "a dot": with_name("."),
    "two dots": with_name(".."), "a tab": with_name("\t"), "headless": headless,
}  # fmt: skip


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("harm", HARM)
def test_a_class_is_graded_whatever_one_archive_holds(box, out, harm, packing):
    put(box, "good.json", learner="B1")
    HARM[harm](box / "bad.zip", PACKINGS[packing])
    grade_folder(COURSE, box, COURSE.keys, out)
    assert "good.json" in rows_of(out)
    told = {name: why for name, why in problems_of(out).items() if name.startswith("bad.zip")}
    listed = told.keys() | {n for n in rows_of(out) if n.startswith("bad.zip")}
    assert listed or harm == "a slash"  # a folder without a name holds nothing
    assert all(len(why.split()) > 3 for why in told.values())


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("harm", ["spoilt", "no name"])
def test_the_other_members_of_the_same_archive_are_graded(box, out, harm, packing):
    path = box / "class.zip"
    with zipfile.ZipFile(path, "w", PACKINGS[packing]) as archive:
        archive.writestr("bad.json", b"0123456789" * 900)
        archive.writestr("good.json", GOOD)
        if harm == "no name":
            archive.filelist[0].filename = archive.filelist[0].orig_filename = ""
    if harm == "spoilt":
        data = bytearray(path.read_bytes())
        at = data.index(b"bad.json") + len("bad.json") + 12
        data[at : at + 20] = bytes(20)
        path.write_bytes(data)
    grade_folder(COURSE, box, COURSE.keys, out)
    assert rows_of(out).keys() == {"class.zip/good.json"}
    assert len(problems_of(out)) == 1


def test_a_file_that_cannot_even_be_looked_at_is_listed(full_box, out, monkeypatch):
    """As in a folder that is closed to whoever grades."""
    real = Path.is_file

    def planted(path):
        if path.name == BAD:
            raise PermissionError(13, "Permission denied")
        return real(path)

    def closed(path, *_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", planted)
    stat = Path.stat
    monkeypatch.setattr(Path, "stat", lambda p, **k: closed(p) if p.name == BAD else stat(p, **k))
    grade_folder(COURSE, full_box, COURSE.keys, out)
    assert len(rows_of(out)) == SIZE - 1
    assert "Permission denied" in problems_of(out)[BAD]


# --- Every kind of question, surveys too ----------------------------------------------------------


@pytest.mark.parametrize("name", SHOWN)
def test_an_answered_survey_of_any_kind_stops_nothing(home, box, out, name):
    """A `label` question with `survey = true` that somebody answered ended the whole run."""
    item = SHOWN[name]
    sheet = evolve(SHOWROOM.sheets[0], graded=True)
    course = evolve(SHOWROOM, sheets=(sheet,))
    survey = evolve(item, survey=True, locks=False)
    for given in (an_answer(item), an_answer(survey)):
        seal = a_seal(
            course=course.id,
            sheet=sheet.id,
            answers={survey.id: SealedAnswer(given, survey.fingerprint)},
        )
        marked = marks.mark(course, {survey.id: survey}, marks.Submission("a.json", seal))
        page = page_of(course, marked)
        report.ClassReport().add(marked)
        assert marked.automatic_most == 0
        assert "{" not in page.partition("<main>")[2]


def test_an_exercise_without_a_key_does_not_stop_the_others(own_course, box, out):
    course = load_course(own_course.root, own_course.home)
    (course.keys / GRADED[1].keys).unlink()
    put(box, "a.json")
    put(box, "b.json", sheet=GRADED[1].id, answers={}, learner="B8")
    grade_folder(course, box, course.keys, out)
    assert rows_of(out).keys() == {"a.json"}
    assert "no keys" in problems_of(out)["b.json"]


def test_questions_that_cannot_be_read_stop_their_own_exercise_alone(own_course, box, out):
    course = load_course(own_course.root, own_course.home)
    path = course.root / "items" / f"{GRADED[1].id}.toml"
    path.write_text("[[item", encoding="utf-8")
    put(box, "a.json")
    put(box, "b.json", sheet=GRADED[1].id, answers={}, learner="B8")
    grade_folder(course, box, course.keys, out)
    assert rows_of(out).keys() == {"a.json"}
    assert "b.json" in problems_of(out)
    assert load_questions(course, GRADED[0])
