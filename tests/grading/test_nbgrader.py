"""The real nbgrader on what ``kit nbgrader`` writes: the same marks as ``kit grade``."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
import real_nbgrader
from classes import a_seal, sealed_notebook
from helpers import COURSE, GRADED, PROJECT, key_answers
from helpers import a_seal as a_plain_seal
from test_folder import table

from kit.command import cli
from kit.course.course import load_course
from kit.course.messages import CONTENT, KitError
from kit.grading import grade_folder, nbgrader
from kit.learner import submission
from kit.learner.submission import SealedAnswer
from kit.questions.bank import load_questions

pytestmark = pytest.mark.slow  # nbgrader runs a kernel for each hand-in
SHEET = GRADED[0]
BOOK = Path(SHEET.notebook).name
ITEMS = load_questions(COURSE, SHEET)


def hand_in(folder: Path, name: str, seal: submission.Seal | None) -> None:
    """Put a learner's notebook where nbgrader collects it, made from the released one."""
    released = folder / "release" / SHEET.id / BOOK
    there = folder / "submitted" / name / SHEET.id
    there.mkdir(parents=True)
    text = sealed_notebook(released, seal) if seal else released.read_text(encoding="utf-8")
    (there / BOOK).write_text(text, encoding="utf-8")


def delete_a_graded_cell(path: Path) -> None:
    """Take a cell that gives marks out of a learner's notebook; nbgrader puts it back."""
    book = nbformat.read(path, as_version=4)
    graded = [
        n for n, cell in enumerate(book.cells) if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    del book.cells[graded[0]]
    nbformat.write(book, path)


@pytest.fixture(scope="module")
def school(tmp_path_factory) -> Path:
    """An nbgrader course with one assignment: generated, handed in by four, and autograded."""
    if not real_nbgrader.PACKAGES.is_dir():
        pytest.skip("nbgrader is not here; make setup-test brings it")
    folder = tmp_path_factory.mktemp("school")
    cli.main(["nbgrader", str(folder), "--keys", str(COURSE.keys)])
    real_nbgrader.run(folder, "generate_assignment", SHEET.id)
    hand_in(folder, "partly", a_seal(COURSE, SHEET, 0))
    hand_in(folder, "full", a_plain_seal(answers=key_answers(), record="full", learner="full"))
    hand_in(folder, "unsealed", None)
    note = ITEMS["exercise-01/note"]
    odd = {**key_answers(), note.id: SealedAnswer("<b>x</b>\n```\n# y", note.fingerprint)}
    hand_in(folder, "odd", a_plain_seal(answers=odd, record="odd", learner="odd"))
    delete_a_graded_cell(folder / "submitted" / "odd" / SHEET.id / BOOK)
    real_nbgrader.run(folder, "autograde", SHEET.id)
    real_nbgrader.run(folder, "export")
    return folder


def test_nbgrader_gives_the_same_marks_as_kit_grade(school, tmp_path):
    grade_folder(COURSE, school / "submitted", COURSE.keys, tmp_path)
    ours = {
        row["file"].partition("/")[0]: float(row["automatic"])
        for row in table(tmp_path, "marks.csv")
    }
    with (school / "grades.csv").open(encoding="utf-8", newline="") as file:
        theirs = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: float(row["score"]) for name, row in theirs.items()} == pytest.approx(
        {**ours, "unsealed": 0.0}, abs=0.005
    )
    most = sum(i.marks for i in ITEMS.values())
    assert {float(row["max_score"]) for row in theirs.values()} == {most}
    assert ours["full"] == sum(i.marks for i in ITEMS.values() if i.marked)
    assert 0 < ours["partly"] < ours["full"]
    assert ours["partly"] != round(ours["partly"])  # partial credit is in it


def test_the_release_holds_no_key_and_nothing_but_the_notebook(school):
    files = [p for p in (school / "release").rglob("*") if p.is_file()]
    assert [p.name for p in files] == [BOOK]
    text = files[0].read_text(encoding="utf-8")
    assert "points(" not in text
    assert "MARK SCHEME" not in text
    key = (COURSE.keys / SHEET.keys).read_text(encoding="utf-8")
    reasons = [i.reason for i in ITEMS.values()] + [
        o.reason for i in ITEMS.values() for o in i.options
    ]
    assert all(r in key for r in reasons if r)
    assert [r for r in reasons if r and json.dumps(r)[1:-1] in text] == []


def test_a_source_folder_holds_nothing_that_could_overwrite_a_learner_s_file(school):
    assert [p.name for p in (school / "source" / SHEET.id).iterdir()] == [BOOK]


def test_writing_is_shown_to_its_reader_as_text(school):
    book = nbformat.read(school / "autograded" / "odd" / SHEET.id / BOOK, as_version=4)
    [cell] = [c for c in book.cells if "written(" in c.source]
    [output] = cell.outputs
    assert "<b>" not in output.data["text/html"]
    assert "&lt;b&gt;x&lt;/b&gt;" in output.data["text/html"]
    assert output.data["text/plain"] == "<b>x</b>\n```\n# y"


def test_grading_opened_no_record_of_the_teacher_s(school):
    assert not (PROJECT / "my-work" / "hand-in").exists() or (school / ".kit-work").exists()
    assert (school / ".kit-work").is_dir()


def test_a_second_run_keeps_the_school_s_settings(school):
    config = school / nbgrader.CONFIG
    config.write_text(config.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    cli.main(["nbgrader", str(school), "--keys", str(COURSE.keys)])
    assert config.read_text(encoding="utf-8").endswith("# mine\n")


def test_a_second_run_keeps_what_the_school_has_changed(school, capsys):
    source = school / "source" / SHEET.id / BOOK
    made = source.read_bytes()
    source.write_bytes(made + b" ")
    cli.main(["nbgrader", str(school), "--keys", str(COURSE.keys)])
    assert source.read_bytes() == made
    [kept] = school.glob("*.before*")  # not in source/: nbgrader hands out what lies there
    assert kept.read_bytes() == made + b" "
    assert kept.name in capsys.readouterr().out
    kept.unlink()


def test_formgrader_opens_what_was_graded(school):
    """Its server shows the learner's notebook with the place for the reader's points."""
    port = 18_000 + os.getpid() % 2000
    command = ["-m", "jupyter", "server", "--no-browser", "--allow-root", f"--port={port}"]
    formgrader = "{'nbgrader.server_extensions.formgrader': True}"
    command += ["--IdentityProvider.token=t", f"--ServerApp.jpserver_extensions={formgrader}"]
    with (school / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *command],
            cwd=school,
            stdout=log,
            stderr=log,
            env=real_nbgrader.variables(school),
        )
    try:
        base = f"http://127.0.0.1:{port}/formgrader"
        rows = json.loads(
            get(f"{base}/api/submitted_notebooks/{SHEET.id}/{Path(BOOK).stem}?token=t")
        )
        [partly] = [row for row in rows if row["student"] == "partly"]
        page = get(f"{base}/submissions/{partly['id']}/?index=0&token=t")
        assert "For a reader" in page
        assert "nbgrader_grade" in page or "score" in page
        assert partly["needs_manual_grade"] is True
    finally:
        server.terminate()
        server.wait(20)


def get(address: str) -> str:
    """Return a page of a server that may still be starting."""
    for _ in range(120):
        with suppress(OSError), urllib.request.urlopen(address, timeout=10) as answer:
            return answer.read().decode()
        time.sleep(0.5)
    pytest.fail(f"no answer from {address.partition('?')[0]}")


def test_without_keys_no_assignment_is_written(tmp_path, home, capsys):
    assert cli.main(["nbgrader", str(tmp_path / "x")]) == 1
    assert "There are no keys" in capsys.readouterr().err
    assert not (tmp_path / "x" / "source").exists()


def test_without_a_seal_there_are_no_points(keyed_home):
    with pytest.raises(KitError, match="cannot be read"):
        nbgrader.points("exercise-01/denial")
    assert load_course(CONTENT, keyed_home)
