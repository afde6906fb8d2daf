"""The same lesson in Notebook 7, the other front end that schools have."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

from playwright.sync_api import expect

sys.path.append(str(Path(__file__).parents[1] / "grading"))

from classes import a_seal
from helpers import COURSE, GRADED, PROJECT, with_keys

from kit.grading import by_hand, grade_folder
from kit.learner import paste, submission

EXERCISE = "exercises/01-exercise.ipynb"


def test_answer_by_keyboard_and_hand_in(open_notebook7) -> None:
    front = open_notebook7(EXERCISE)
    front.run_all()
    question = front.question("Paragraph 20 lists")
    radios = question.get_by_role("radio")
    radios.first.focus()
    front.page.keyboard.press("Space")
    front.page.keyboard.press("ArrowDown")
    front.page.keyboard.press("ArrowDown")
    expect(radios.nth(2)).to_be_checked()
    expect(question.locator(".kit-status")).to_have_text("Saved.")
    assert front.value("exercise-01", "exercise-01/companions") == "not-said"
    front.run_all()
    expect(front.question("Paragraph 20 lists").get_by_role("radio").nth(2)).to_be_checked()
    front.hand_in("1 of 7")
    seal, intact = submission.read(front.home / EXERCISE)
    assert intact
    assert seal.answers["exercise-01/companions"].value == "not-said"


@with_keys
def test_the_desk_marks_what_the_browser_edition_hands_in(open_notebook7, classroom) -> None:
    """As a file, and as a text pasted into a form: see test_browser_edition."""
    box, marks = classroom / "handed-in", classroom / "marks"
    box.mkdir(exist_ok=True)
    shutil.copytree(PROJECT / "solutions", classroom / "solutions", dirs_exist_ok=True)
    as_file, as_text = (a_seal(COURSE, GRADED[0], n) for n in (2, 3))
    (box / "01.json").write_text(submission.to_json(as_file), encoding="utf-8")
    form = f'"When","Text"\n"today","{paste.to_paste(as_text)}"\n'
    (box / "form.csv").write_text(form, encoding="utf-8")
    grade_folder(COURSE, box, COURSE.keys, marks)
    front = open_notebook7("solutions/marking-desk.ipynb")
    front.run_all()
    desk = front.page.locator(".kit-desk")
    desk.locator(".kit-answer").click()
    desk.locator("select").focus()
    front.page.keyboard.press("Tab")
    for _ in by_hand.read_rows(marks / "to-mark.csv"):
        for key in ("3", "n"):
            front.page.keyboard.press(key)
            front.page.wait_for_timeout(250)
    expect(desk).to_contain_text("All are marked.")
    grade_folder(COURSE, box, COURSE.keys, marks)
    with (marks / "marks.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [(row["learner"], row["written"], row["still_to_mark"]) for row in rows] == [
        ("B00002", "3", "0"),
        ("B00003", "3", "0"),
    ]
