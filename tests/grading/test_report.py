"""The class report: planted faults are found and named, and sound questions are let be."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from classes import a_seal
from helpers import COURSE, GRADED
from test_folder import answered, edit, put, table

from kit.grading import grade_folder, report, report_page
from kit.grading.marks import Submission, mark
from kit.grading.statistics import alpha
from kit.learner import submission
from kit.learner.submission import SealedAnswer
from kit.questions.bank import load_questions

SHEET = GRADED[0]
ITEMS = load_questions(COURSE, SHEET)
CHOICE = ITEMS["exercise-01/companions"]
FERRY = ITEMS["exercise-01/ferry"]


def a_class(size: int, change=lambda n, lot, answers, skill: None) -> report.ClassReport:
    """Return the report of a seeded class; ``change`` plants something in each one's answers."""
    found = report.ClassReport()
    for n in range(size):
        seal = a_seal(COURSE, SHEET, n)
        lot = random.Random(f"class:{n}")
        skill = lot.uniform(0.3, 0.95)  # as classes.a_seal draws it
        change(n, lot, seal.answers, skill)
        found.add(mark(COURSE, ITEMS, Submission(f"{n}.json", seal)))
    return found


def named(found: report.ClassReport) -> dict[str, list[str]]:
    return {name: faults for name, t in found.tallies.items() if (faults := report.faults(t))}


@pytest.mark.parametrize("size", [30, 200])
def test_a_sound_exercise_has_no_fault(size):
    assert named(a_class(size)) == {}


def test_a_key_that_is_wrong_is_found():
    """The better a learner, the surer they take another option than the key has."""

    def change(n, lot, answers, skill):
        value = "times" if lot.random() < skill else "not-said"
        answers[CHOICE.id] = SealedAnswer(value, CHOICE.fingerprint)

    told = named(a_class(60, change))
    assert told.keys() == {CHOICE.id}
    assert "The Times" in " ".join(told[CHOICE.id])
    assert "check the key" in " ".join(told[CHOICE.id])


def test_a_question_that_all_get_right_or_wrong_is_named():
    def change(right):
        value = next(o.id for o in CHOICE.options if o.right == right)
        return lambda n, lot, answers, skill: answers.update(
            {CHOICE.id: SealedAnswer(value, CHOICE.fingerprint)}
        )

    assert "Everybody" in " ".join(named(a_class(20, change(True)))[CHOICE.id])
    assert "Nobody" in " ".join(named(a_class(20, change(False)))[CHOICE.id])


def test_a_statement_that_most_label_otherwise_is_named():
    def change(n, lot, answers, skill):
        if FERRY.id in answers:
            answers[FERRY.id].value["brother"] = "stands" if lot.random() < 0.8 else "not-yet"

    [told] = named(a_class(60, change)).values()
    assert "Leif Holm" in " ".join(told)


def test_in_a_small_class_nothing_is_called_faulty():
    def change(n, lot, answers, skill):
        answers[CHOICE.id] = SealedAnswer("times", CHOICE.fingerprint)

    assert named(a_class(9, change)) == {}
    assert named(a_class(12, change)) != {}


# --- Telling apart, or distrusting? -----------------------------------------------------------


def judging(sound: float, unsound: float):
    """Return a change: the chances to let sound statements stand, and to reject unsound ones."""

    def change(n, lot, answers, skill):
        given = {}
        for unit in FERRY.units:
            right = lot.random() < (sound if unit.sound else unsound)
            given[unit.id] = "stands" if right == unit.sound else "not-yet"
        answers[FERRY.id] = SealedAnswer(given, FERRY.fingerprint)

    return change


@pytest.mark.parametrize(
    ("sound", "unsound", "says"),
    [
        (0.88, 0.9, ["better than blanket", "No leaning can be said"]),
        (
            0.1,
            0.9,
            ["it cannot be said that they tell apart", "towards distrust. They turn down"],
        ),
        (0.92, 0.05, ["it cannot be said that they tell apart", "accept more readily"]),
        (0.5, 0.95, ["better than blanket", "towards distrust. They turn down"]),
        (0.1, 0.1, ["worse than blanket", "No leaning can be said"]),
    ],
)
def test_the_class_tells_apart_or_distrusts(sound, unsound, says):
    told = " ".join(report_page.discrimination_lines(a_class(40, judging(sound, unsound))))
    assert [x for x in says if x not in told] == []


def test_whoever_left_it_out_has_neither_trusted_nor_distrusted():
    def change(n, lot, answers, skill):
        if n < 20:
            answers.pop(FERRY.id, None)
        else:
            judging(1, 1)(n, lot, answers, skill)

    found = a_class(40, change)
    assert len(found.accepted) == len(found.rejected) == 20
    assert set(found.accepted) == set(found.rejected) == {1}


def test_with_three_learners_nothing_is_claimed():
    told = " ".join(report_page.discrimination_lines(a_class(3, judging(1, 1))))
    assert "no more than this can be said" in told
    told = " ".join(report_page.discrimination_lines(a_class(12, judging(1, 1))))
    assert "no more than this can be said" in told
    assert "100 % (from 76 to 100 %)" in told


# --- Figures, page and table ------------------------------------------------------------------


def test_agreement_is_that_of_the_labels_given():
    found = a_class(25)
    seals = [a_seal(COURSE, SHEET, n).answers.get(FERRY.id) for n in range(25)]
    units = [
        {x.id: sum(s is not None and s.value[u.id] == x.id for s in seals) for x in FERRY.labels}
        for u in FERRY.units
    ]
    assert found.tally(FERRY).agreement == pytest.approx(alpha(units))


def test_agreement_with_the_key_is_full_only_where_all_agree_with_it():
    def as_key(n, lot, answers, skill):
        answers[FERRY.id] = SealedAnswer(FERRY.key, FERRY.fingerprint)

    assert a_class(12, as_key).tally(FERRY).with_key == 1
    assert a_class(12, judging(0, 0)).tally(FERRY).with_key < -0.9
    assert abs(a_class(200, judging(0.5, 0.5)).tally(FERRY).with_key) < 0.1


@pytest.mark.parametrize("size", [1, 2, 6, 40])
def test_a_report_of_any_size_can_be_read(tmp_path, size):
    box, out = tmp_path / "in", tmp_path / "marks"
    box.mkdir()
    for n in range(size):
        text = submission.to_json(a_seal(COURSE, SHEET, n))
        (box / f"{n}.json").write_text(text, encoding="utf-8")
    grade_folder(COURSE, box, COURSE.keys, out)
    text = (out / "report.html").read_text(encoding="utf-8")
    assert ("Fewer than ten learners" in text) == (size < 10)
    assert text.count("<h4 id=") == len([i for i in ITEMS.values() if i.marked])
    assert "nan" not in text.lower().replace("finance", "")
    rows = table(out, "report.csv")
    assert {r["question"] for r in rows} == {i.id for i in ITEMS.values() if i.marked}
    for row in rows:
        if row["earned"] and row["low"]:
            assert float(row["low"]) <= float(row["earned"]) <= float(row["high"])


def test_two_markers_agreement_stands_in_the_report(tmp_path):
    box, out = tmp_path / "in", tmp_path / "marks"
    box.mkdir()
    for n in range(6):
        put(
            box,
            f"{n}.json",
            learner=f"B{n}",
            answers=answered(ITEMS["exercise-01/note"], f"Text {n}."),
        )
    grade_folder(COURSE, box, COURSE.keys, out)
    assert "weighted kappa" not in (out / "report.html").read_text(encoding="utf-8")

    def change(rows):
        for n, row in enumerate(rows):
            row["mark"], row["second_mark"] = str(n % 4), str((n or 1) % 4)

    edit(out / "to-mark.csv", change)
    grade_folder(COURSE, box, COURSE.keys, out)
    assert "over 6 marks that both gave" in (out / "report.html").read_text(encoding="utf-8")
    assert {r["second_mark"] for r in table(out, "to-mark.csv")} == {"0", "1", "2", "3"}


def test_beside_each_option_stand_those_it_drew():
    found = a_class(30)
    tally = found.tally(CHOICE)
    for option in CHOICE.options:
        drew = [
            f"B{n:05}"
            for n in range(30)
            if (a := a_seal(COURSE, SHEET, n).answers.get(CHOICE.id)) and a.value == option.id
        ]
        chosen = tally.chosen.get(option.id, report.Answers())
        assert chosen.learners == drew


def test_the_file_s_place_is_the_out_folder(tmp_path):
    report_page.write(COURSE, tmp_path, {SHEET.id: a_class(5)})
    assert {p.name for p in Path(tmp_path).iterdir()} == {"report.html", "report.csv"}
