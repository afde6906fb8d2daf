"""Whose work it is: nobody is marked by the order of files, or with another's work."""

from __future__ import annotations

import itertools
import unicodedata
import zipfile
from pathlib import Path

import pytest
from helpers import a_seal, key_answers
from test_class import (
    CANVAS_LIST,
    MOODLE_LIST,
    WITHOUT_WRITING,
    a_list,
    grade,
    sent_to,
    told,
)
from test_folder import CHOICE, answered, edit, put, rows_of, table

from kit.learner import submission

ADA, BO = "cruzada_777_1_x.json", "bergbo_778_2_x.json"
MOODLE_ADA = "Ada Cruz_11_assignsubmission_file/01-exercise.ipynb"
MOODLE_BO = "Bo Berg_12_assignsubmission_file/01-exercise.ipynb"
WRONG = next(o.id for o in CHOICE.options if not o.right)


def other_answers() -> dict:
    return {**WITHOUT_WRITING, CHOICE.id: submission.SealedAnswer(WRONG, CHOICE.fingerprint)}


def whose_is_final(out) -> set[str]:
    return {row["name"] or row["learner"] for row in table(out, "marks.csv") if row["final"]}


def all_named(out, *files) -> bool:
    """Whether each of these files is told of beside another of them."""
    rows = table(out, "problems.csv")
    return all(
        any(r["file"] == one and any(other in r["problem"] for other in files) for r in rows)
        for one in files
    )


def test_one_file_under_two_senders_is_nobody_s_until_somebody_says_whose(box, out, tmp_path):
    for name in (ADA, BO):
        put(box, name, learner="", record="one", answers=WITHOUT_WRITING)
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert whose_is_final(out) == set()
    assert {row["mark"] for row in table(out, "marks.csv")} == {""}
    assert sent_to(out, "canvas") == {}
    assert all_named(out, ADA, BO)


def test_with_a_code_it_is_the_one_s_whose_code_it_bears(box, out, tmp_path):
    for name in (ADA, BO):
        put(box, name, learner="B08", record="one", answers=WITHOUT_WRITING)
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert set(sent_to(out, "canvas")) == {"Berg"}
    assert whose_is_final(out) == {"Berg, Bo"}
    assert "counted for neither" in told(out)


@pytest.mark.parametrize("learner", ["", "A7"])
def test_without_a_class_list_one_file_under_two_senders_counts_for_neither(box, out, learner):
    for name in (ADA, BO):
        put(box, name, learner=learner, record="one", answers=WITHOUT_WRITING)
    grade(box, out)
    assert whose_is_final(out) == set()
    assert all_named(out, ADA, BO)


def test_a_name_that_was_typed_agrees_with_the_sender_s_name(tmp_path, out):
    seal = a_seal(answers=WITHOUT_WRITING, learner="ada cruz", record="one")
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in (MOODLE_ADA, MOODLE_BO):
            archive.writestr(name.replace("ipynb", "json"), submission.to_json(seal))
    grade(path, out)
    assert {r["file"] for r in table(out, "marks.csv") if r["final"]} == {
        f"m.zip/{MOODLE_ADA}".replace("ipynb", "json")
    }


def test_one_record_with_other_answers_under_each_sender_is_each_sender_s(box, out, tmp_path):
    """A notebook handed out with answers in it gives every learner the same record."""
    put(box, ADA, learner="", record="one", answers=WITHOUT_WRITING, revision=3)
    put(box, BO, learner="", record="one", answers=other_answers(), revision=9)
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    sent = sent_to(out, "canvas")
    assert float(sent["Cruz"]) == float(sent["Berg"]) + CHOICE.marks
    assert all_named(out, ADA, BO)
    pages = {row["feedback"] for row in table(out, "marks.csv")}
    assert len(pages) == 2
    assert all((out / page).is_file() for page in pages)


def test_one_code_under_two_senders_is_neither_s(box, out):
    put(box, ADA, learner="A7", record="one", answers=WITHOUT_WRITING)
    put(box, BO, learner="A7", record="one", answers=other_answers())
    grade(box, out)
    assert whose_is_final(out) == set()
    assert all_named(out, ADA, BO)


def test_writing_of_one_record_is_marked_for_each_sender_alone(box, out):
    """Record, code and words were the same, so one mark was counted for both."""
    for name, choice in ((ADA, WRONG), (BO, next(o.id for o in CHOICE.options if o.right))):
        put(box, name, learner="", record="one", answers=answered(CHOICE, choice))
    grade(box, out)
    rows = table(out, "to-mark.csv")
    assert len({r["answer_id"] for r in rows}) == len(rows)

    def change(rows):
        for row in rows:
            row["mark"] = "2" if row["learner"] == "cruzada" else ""

    edit(out / "to-mark.csv", change)
    grade(box, out)
    assert {r["file"]: r["written"] for r in rows_of(out).values()} == {ADA: "2", BO: "0"}


@pytest.mark.parametrize("names", list(itertools.permutations(["a.json", "b.json", "c.json"])))
def test_of_two_contents_of_one_revision_none_is_chosen_by_its_name(box, out, names):
    one, two, three = names
    put(box, one, record="one", answers=WITHOUT_WRITING)
    put(box, two, record="one", answers=other_answers())
    put(box, three, record="one", answers=WITHOUT_WRITING)
    grade(box, out)
    assert whose_is_final(out) == set()
    assert {r["file"] for r in table(out, "problems.csv")} >= set(names)


def test_a_copy_that_was_altered_gives_way_to_the_one_that_is_whole(box, out):
    put(box, "b.json", record="one", answers=other_answers())
    text = submission.to_json(a_seal(answers=WITHOUT_WRITING, record="one"))
    (box / "a.json").write_text(text.replace('"digest": "', '"digest": "0'), encoding="utf-8")
    grade(box, out)
    assert {r["file"] for r in table(out, "marks.csv")} == {"b.json"}
    assert whose_is_final(out) == {"A7"}


def test_a_copy_of_a_hand_in_is_named_with_the_one_that_is_used(box, out):
    for name in ("a.json", "b.json"):
        put(box, name, record="one", answers=WITHOUT_WRITING)
    grade(box, out)
    assert "b.json|A7|a copy of a.json" in told(out)
    assert whose_is_final(out) == {"A7"}


def test_what_came_by_mail_as_well_is_the_same_learner_s(box, out):
    put(box, ADA, record="one", revision=3, answers=WITHOUT_WRITING)
    put(box, "by-mail.json", record="one", revision=4, answers=other_answers())
    grade(box, out)
    assert {r["file"] for r in table(out, "marks.csv")} == {"by-mail.json"}
    assert "superseded" in told(out) or "not used: revision 3" in told(out)


def test_two_of_one_name_in_moodle_are_two(tmp_path, out):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, answers in ((11, WITHOUT_WRITING), (12, other_answers())):
            seal = a_seal(answers=answers, learner="", record="one")
            name = f"Ada Cruz_{number}_assignsubmission_file_/x.json"
            archive.writestr(name, submission.to_json(seal))
    grade(path, out, roster=a_list(tmp_path, MOODLE_LIST))
    assert len(table(out, "marks.csv")) == 2


def test_a_code_of_another_sends_no_mark(box, out, tmp_path):
    """It was 'counted for the code', so the one who had done nothing got the mark."""
    put(box, ADA, learner="B08", record="one", answers=WITHOUT_WRITING)
    put(box, "other.json", learner="C1", record="two", answers=WITHOUT_WRITING)
    said = grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert sent_to(out, "canvas") == {}
    assert "Missing" not in said  # one sent it, the other is named in it: look, do not write off
    page = next(
        (out / r["feedback"]).read_text("utf-8")
        for r in table(out, "marks.csv")
        if r["file"] == ADA
    )
    assert "not counted yet" in page
    assert "Cruz" not in page.partition("</header>")[2]


def test_the_class_report_counts_nobody_s_work_twice(box, out):
    for name in (ADA, BO):
        put(box, name, learner="", record="one", answers=WITHOUT_WRITING)
    put(box, "c.json", learner="B9", record="two", answers=WITHOUT_WRITING)
    grade(box, out)
    assert {r["answered"] for r in table(out, "report.csv") if r["question"] == CHOICE.id} == {"1"}


def test_two_learners_at_one_computer_have_their_own_codes(box, out):
    """Without an LMS nothing but the code tells them apart, and that agrees with itself."""
    put(box, "a.json", learner="B07", record="one", revision=5, answers=WITHOUT_WRITING)
    put(box, "b.json", learner="B08", record="one", revision=9, answers=other_answers())
    grade(box, out)
    assert whose_is_final(out) == {"B07", "B08"}


# --- Senders and class lists ----------------------------------------------------------------------


def in_folders(tmp_path, **hand_ins) -> Path:
    """Return a zip as Moodle 4.1 to 4.5 makes it: a folder for each sender."""
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, (name, values) in enumerate(hand_ins.items(), 11):
            seal = a_seal(**{"answers": WITHOUT_WRITING, "record": name, **values})
            folder = f"{name.replace('_', ' ')}_{number}_assignsubmission_file"
            archive.writestr(f"{folder}/01-exercise.json", submission.to_json(seal))
    return path


def test_a_code_that_its_sender_took_from_another_sends_no_mark(tmp_path, out):
    """Ada's own version was 'not used', because Bo's had the higher revision."""
    box = in_folders(
        tmp_path,
        Ada_Cruz={"record": "one", "learner": "B07", "revision": 3},
        Bo_Berg={"record": "one", "learner": "B07", "revision": 9, "answers": other_answers()},
    )
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    sent = sent_to(out, "moodle")
    assert set(sent) == {"Cruz"}
    assert float(sent["Cruz"]) == 14


def test_a_sender_who_is_not_on_the_list_sends_no_mark_to_who_is(tmp_path, out):
    box = in_folders(tmp_path, Zed_Zoe={"learner": "B07"}, Bo_Berg={"learner": "B08"})
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    assert set(sent_to(out, "moodle")) == {"Berg"}
    assert "Zed Zoe sent it, who is not on the class list" in told(out)


def test_a_list_of_codes_alone_can_contradict_no_sender(tmp_path, out):
    box = in_folders(tmp_path, Zed_Zoe={"learner": "B07"})
    grade(box, out, roster=a_list(tmp_path, "code\nB07\n"), lms="moodle")
    assert len(sent_to(out, "moodle")) == 1


def test_of_two_with_one_name_the_code_tells_whose_it_is(tmp_path, out):
    pupils = "First name,Last name,ID number\nKim,Lee,K1\nKim,Lee,K2\n"
    box = in_folders(tmp_path, Kim_Lee={"learner": "K1"}, Bo_Berg={"learner": "K2"})
    grade(box, out, roster=a_list(tmp_path, pupils), lms="moodle")
    rows = [r["ID number"] for r in table(out, "moodle.csv")]
    assert rows == ["K1"]


def test_a_school_s_own_id_is_not_canvas_s(box, out, tmp_path):
    put(box, "bergbo_1_345_x.json", learner="", answers=WITHOUT_WRITING)
    pupils = a_list(tmp_path, 'id,name\n1,"Cruz, Ada"\n2,"Berg, Bo"\n')
    grade(box, out, roster=pupils, lms="canvas")
    assert set(sent_to(out, "canvas")) == {"Berg"}


def test_a_name_composed_otherwise_is_the_same_name(tmp_path, out):
    """As a Mac writes it."""
    name = unicodedata.normalize("NFD", "José Núñez")
    pupils = "First name,Last name,ID number\nJosé,Núñez,N1\n"
    box = in_folders(tmp_path, **{name: {"learner": ""}})
    grade(box, out, roster=a_list(tmp_path, pupils), lms="moodle")
    assert [r["ID number"] for r in table(out, "moodle.csv")] == ["N1"]


def test_a_code_added_at_the_second_attempt_is_the_same_learner_s(box, out, tmp_path):
    put(box, ADA, learner="", record="one", revision=3, answers=other_answers())
    put(box, "cruzada_777_5_x-2.json", learner="B07", record="one", revision=4,
        answers=WITHOUT_WRITING)  # fmt: skip
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert sent_to(out, "canvas") == {"Cruz": "14"}


def test_marks_given_by_hand_stay_when_others_send_in_the_same_record_or_stop(box, out):
    """Its id changed with what others did, and all its marks were 'earlier or absent'."""
    put(box, ADA, learner="", record="one", answers=answered(CHOICE, WRONG))
    grade(box, out)
    edit(out / "to-mark.csv", lambda rows: [row.update(mark="2") for row in rows])
    grade(box, out)
    assert rows_of(out)[ADA]["written"] == "2"
    put(box, BO, learner="", record="one", answers={**key_answers(), **other_answers()})
    said = grade(box, out)
    assert rows_of(out)[ADA]["written"] == "2"
    assert "are not among today's" not in said
    (box / BO).unlink()
    grade(box, out)
    assert rows_of(out)[ADA]["written"] == "2"
    assert len(list((out / "feedback").glob("*.html"))) == 1


def test_tables_for_an_lms_are_never_older_than_the_marks(box, out, tmp_path):
    put(box, ADA, learner="", answers=WITHOUT_WRITING)
    pupils = a_list(tmp_path, CANVAS_LIST)
    grade(box, out, roster=pupils, lms="canvas")
    said = grade(box, out, roster=pupils)
    assert not (out / "canvas.csv").exists()
    assert "canvas.csv" in said
    assert "Taken away" not in grade(box, out, roster=pupils, lms="moodle")


def test_a_table_for_an_lms_that_cannot_be_written_costs_no_other(box, out, tmp_path):
    put(box, ADA, learner="", answers=WITHOUT_WRITING)
    (out / "moodle.csv").mkdir(parents=True)
    grade(box, out, roster=a_list(tmp_path, MOODLE_LIST), lms="moodle")
    assert len(table(out, "marks.csv")) == 1
    assert "could not be written" in told(out)
