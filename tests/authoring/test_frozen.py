"""A course of an earlier kit works with this one, and so do its records and hand-ins.

``frozen/`` holds courses as ``kit new`` made them, each with both, of its own day. They are never
changed; what a newer ``kit new`` makes is added beside them.
"""

from __future__ import annotations

import csv
import shutil

import pytest
from helpers import PROJECT

from kit.authoring import build, release
from kit.authoring.check import faults
from kit.course.course import load_course
from kit.grading import grade_folder
from kit.learner.record import read_record, record_path, standing
from kit.questions.bank import load_questions

FROZEN = sorted((PROJECT / "tests" / "authoring" / "frozen").iterdir())


@pytest.fixture(params=FROZEN, ids=lambda path: path.name)
def old(request, tmp_path, monkeypatch):
    folder = shutil.copytree(request.param, tmp_path / "town")
    monkeypatch.setenv("KIT_WORK", str(folder / "records"))
    return load_course(folder, folder)


def test_it_has_no_fault_and_can_be_made_and_released(old):
    assert faults(old) == []
    for sheet in old.sheets:
        path = old.home / sheet.notebook
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(build.as_bytes(build.bare(old, sheet)))
    assert build.solved(old, old.sheets[1]).cells
    assert release.contents(old, release.own_files(old))


def test_what_learners_kept_is_still_their_answer(old):
    for sheet in old.sheets:
        questions = load_questions(old, sheet)
        record = read_record(record_path(old, sheet))
        kept = {name: entry for name, entry in record.entries.items() if name in questions}
        assert kept
        assert standing(questions, record).answered == len(kept)
        for name, entry in kept.items():
            assert entry.wording == questions[name].fingerprint


def test_what_was_handed_in_earns_what_it_earned(old, tmp_path):
    grade_folder(old, old.root / "handed-in", old.keys, tmp_path / "marks")
    with (tmp_path / "marks" / "marks.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["learner"], row["automatic"], row["still_to_mark"]) == ("elm-7", "4", "2")
