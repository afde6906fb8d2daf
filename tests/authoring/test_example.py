"""The small course under examples/: whole, fresh, and graded from end to end."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import PROJECT, an_answer

from kit.authoring.check import todos
from kit.command.cli import main
from kit.course.course import load_course
from kit.grading import grade_folder
from kit.learner import submission
from kit.questions.bank import load_questions
from kit.questions.base import Question

EXAMPLE = PROJECT / "examples" / "the-lynx"
COURSE = load_course(EXAMPLE, EXAMPLE)
SHEET = COURSE.sheet("exercise-01")
ITEMS = load_questions(COURSE, SHEET)
JUDGED = ITEMS["exercise-01/swans"]
BOOKS = sorted(EXAMPLE.glob("notebooks/*.ipynb")) + sorted(EXAMPLE.glob("solutions/0*.ipynb"))


@pytest.fixture
def copy(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "the-lynx"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("my-work", ".ipynb_*"))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "command", [["check"], ["notebooks", "--check"], ["solutions", "--check"]], ids=" ".join
)
def test_it_has_no_fault_and_its_notebooks_fit_their_pages(copy, command, capsys):
    assert main(command) == 0, capsys.readouterr().out
    assert not todos(load_course(copy, copy)), "nothing of the skeleton is left to fill in"


@pytest.mark.slow
def test_its_notebooks_give_what_they_are_committed_with(copy, tmp_path):
    inside = [str(copy / book.relative_to(EXAMPLE)) for book in BOOKS]
    assert len(inside) == len(COURSE.sheets)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", *inside],
        cwd=copy,
        env={**os.environ, "KIT_WORK": str(tmp_path / "my-work")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


# --- Graded from end to end -----------------------------------------------------------------------


def by_key(item: Question) -> object:
    return an_answer(item)


def blanket(accepts: bool):
    """Return how somebody answers who lets every statement stand, or none."""

    def answer(item: Question) -> object:
        label = next((x.id for x in item.labels if x.accepts is accepts), None)
        return {unit.id: label for unit in item.units} if label else an_answer(item)

    return answer


LEARNERS = {"A1": by_key, "A2": blanket(accepts=True), "A3": blanket(accepts=False)}


@pytest.fixture
def graded(tmp_path) -> tuple[Path, str]:
    box, out = tmp_path / "handed-in", tmp_path / "marks"
    box.mkdir()
    for n, (code, answer) in enumerate(LEARNERS.items(), 1):
        answers = {i.id: submission.SealedAnswer(answer(i), i.fingerprint) for i in ITEMS.values()}
        seal = submission.Seal(
            course=COURSE.id,
            sheet=SHEET.id,
            learner=code,
            record=f"{n:016x}",
            revision=n,
            sealed="2026-02-01T10:00:00+00:00",
            answers=answers,
        )
        (box / f"{code}.json").write_text(submission.to_json(seal), encoding="utf-8")
    return out, grade_folder(COURSE, box, COURSE.keys, out)


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_blanket_trust_and_blanket_distrust_earn_the_same_half(graded):
    out, said = graded
    assert "Graded 3 of 3 files" in said
    marks = {row["learner"]: row for row in rows(out, "marks.csv")}
    assert [float(marks[code]["automatic"]) for code in LEARNERS] == [14, 10, 10]
    assert {row["automatic_out_of"] for row in marks.values()} == {"14"}
    counts = ("sound_accepted", "sound", "unsound_rejected", "unsound")
    assert [[marks[code][c] for c in counts] for code in LEARNERS] == [
        ["4", "4", "4", "4"],
        ["4", "4", "0", "4"],
        ["0", "4", "4", "4"],
    ]


def test_what_was_written_waits_and_counts_when_it_is_marked(graded, tmp_path):
    out, _ = graded
    table = (out / "to-mark.csv").read_text(encoding="utf-8-sig")
    waiting = rows(out, "to-mark.csv")
    assert [row["criterion"] for row in waiting] == ["holds", "defends"] * len(LEARNERS)
    with (out / "to-mark.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, waiting[0].keys())
        writer.writeheader()
        writer.writerows({**row, "mark": "3"} for row in waiting)
    assert table.count("\n") > len(waiting)
    grade_folder(COURSE, tmp_path / "handed-in", COURSE.keys, out)
    totals = [(r["mark"], r["out_of"], r["still_to_mark"]) for r in rows(out, "marks.csv")]
    assert totals == [("20", "20", "0"), ("16", "20", "0"), ("16", "20", "0")]


def test_each_learner_gets_a_page_and_the_class_a_report(graded):
    out, _ = graded
    pages = [out / row["feedback"] for row in rows(out, "marks.csv")]
    assert len(set(pages)) == len(LEARNERS)
    reason = next(u.reason for u in JUDGED.units if u.id == "works")
    for page in pages:
        assert reason in page.read_text(encoding="utf-8").replace("&#39;", "'")
    assert "The swans on the weir" in (out / "report.html").read_text(encoding="utf-8")


def test_a_second_best_answer_and_a_known_slip_earn_a_part():
    assert ITEMS["exercise-01/diver"].credit("one") == 0.5
    assert ITEMS["exercise-01/sheep"].credit(3) == 0.5
    assert ITEMS["exercise-01/sheep"].credit(11) == 0
