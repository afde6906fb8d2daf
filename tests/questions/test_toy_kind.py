"""A kind of question is one room: one that is made outside the kit goes through all of the kit.

Nothing outside ``kit/questions`` knows which kinds there are, so a class and its folder are enough.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from helpers import PROJECT
from yes_no import YesNo

from kit.authoring import export, importing, keys
from kit.authoring.adding import add_question
from kit.authoring.export import gift
from kit.authoring.questions import question_faults
from kit.course.course import Course, load_course
from kit.course.messages import KitError, use_words_of
from kit.grading import grade_folder
from kit.learner import submission
from kit.learner.record import keep_answer, read_record
from kit.notebook.widget.widget import QuestionView
from kit.questions.bank import find_question
from kit.questions.foreign import Answer, Foreign
from kit.questions.kinds import KINDS

EXAMPLE = PROJECT / "examples" / "the-lynx"
NAME = "exercise-01/toy"
ASKED = f'\n[[item]]\nid = "{NAME}"\nkind = "yes-no"\nprompt = "Is it so?"\nclaim = "It *snows*."\n'
KEY = f'\n[[item]]\nid = "{NAME}"\ntruth = true\nreason = "Look out of the window."\n'


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture
def course(home, monkeypatch) -> Course:
    """The small example course with a question of a kind that the kit does not have."""
    if not EXAMPLE.is_dir():
        pytest.skip("the example course is not in a learners' edition")
    shutil.copytree(EXAMPLE, home, dirs_exist_ok=True)
    monkeypatch.setitem(KINDS, YesNo.kind, YesNo)
    add(home / "items" / "exercise-01.toml", ASKED)
    add(home / "solutions" / "keys" / "01.toml", KEY)
    add(home / "messages.toml", '[kind]\nyes-no = "Yes or no"\n')
    use_words_of(home)
    return load_course(home, home)


@pytest.fixture
def toy(course) -> YesNo:
    question = find_question(course, NAME)[1]
    assert isinstance(question, YesNo)
    return question


def test_it_is_asked_live_and_without_a_kernel(course, toy):
    view = QuestionView(course, course.sheet(NAME), toy)
    assert view.question["kind_word"] == "Yes or no"
    assert view.question["claim"] == "It *snows*."
    assert "truth" not in view.question
    data, _ = view._repr_mimebundle_()
    assert "It <em>snows</em>. [   ]" in data["text/html"]
    assert data["text/plain"].splitlines()[1:] == ["Is it so?", "  It *snows*. [   ]"]


def test_its_answer_is_kept_sealed_graded_and_told_the_reason(course, toy, tmp_path):
    path = course.work / "exercise-01.json"
    with pytest.raises(KitError):
        keep_answer(path, toy, "perhaps")
    keep_answer(path, toy, "yes")
    record = read_record(path)
    assert record.value(toy) == "yes"
    assert toy.in_words(record.value(toy)) == ["It *snows*.: yes"]
    came, out = tmp_path / "came", tmp_path / "marks"
    came.mkdir()
    text = submission.to_json(submission.seal(course, record, "A7"))
    assert json.loads(text)["answers"][NAME]["wording"] == toy.fingerprint
    (came / "a.json").write_text(text, encoding="ascii")
    grade_folder(course, came, course.keys, out)
    with (out / "items.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = [row for row in csv.DictReader(file) if row["question"] == NAME]
    assert (row["mark"], row["out_of"], row["answer"]) == ("1", "1", "yes")
    [page] = (out / "feedback").glob("*.html")
    assert "You said yes, and so does the key." in page.read_text(encoding="utf-8")
    assert "Look out of the window." in page.read_text(encoding="utf-8")
    assert NAME in (out / "report.csv").read_text(encoding="utf-8")


def test_it_is_checked_and_exported(course, toy):
    assert list(question_faults(course, toy)) == []
    asked = [(course.sheet(NAME), toy)]
    made = gift(course, asked)
    assert made.count == 1
    assert "{\n\tT\n\t####[html]<p>Look out of the window.</p>\n}" in made.text
    [row] = export.rows(course, asked)
    assert (row["kind"], row["part"], row["answer"], row["points"]) == ("yes-no", "claim", "yes", 1)


def test_it_is_added_with_its_skeleton_and_taken_from_a_bank(course):
    name, _ = add_question(course, "yes-no", course.sheet("exercise-01"))
    added = find_question(course, name)[1]
    assert isinstance(added, YesNo)
    assert added.truth is True
    importing._takers.cache_clear()
    bank = importing.Bank()
    foreign = Foreign(kind="yes-no", text="Is it?", answers=(Answer("It rains."),))
    importing._take(bank, foreign)
    importing._takers.cache_clear()
    assert bank.rows[0]["claim"] == "It rains."


def test_its_faults_are_told_and_fields_of_other_kinds_refused(course):
    path = course.root / "items" / "exercise-01.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("It *snows*.", "Does it?"), encoding="utf-8")
    assert len(list(question_faults(course, find_question(course, NAME)[1]))) == 1
    path.write_text(f"{text}words = 7\n", encoding="utf-8")
    with pytest.raises(KitError, match="of the kind yes-no has no words"):
        find_question(course, NAME)


def test_its_key_stays_at_home(course):
    row = {"id": NAME, "kind": "yes-no", "claim": "C", "truth": True}
    assert [name for name, _ in keys.left_in(row)] == ["truth"]


# --- What makes that so ---------------------------------------------------------------------------


def test_nobody_outside_asks_which_kind_a_question_is():
    switch = re.compile(
        r"\b(?:item|question)\.kind\s*(?:[=!]=|in\b|not\b)|\[[\w.]*(?:item|question)\.kind\]"
        r"|[\"']choose-(?:one|many)[\"']"
    )
    switches = []
    for path in [*(PROJECT / "kit").rglob("*.py"), *(PROJECT / "kit").rglob("*.j2")]:
        if "questions" not in path.relative_to(PROJECT / "kit").parts[:1]:
            switches += [f"{path}: {line}" for line in switch.findall(path.read_text("utf-8"))]
    assert switches == []
