"""A second grading into one folder wipes nothing that was about somebody else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_class import CANVAS_COLUMNS, CANVAS_LIST, WITHOUT_WRITING, a_list, grade
from test_folder import edit, give, put, table


def fill(box, *learners, **changes) -> None:
    for path in box.iterdir():
        path.unlink()
    for learner in learners:
        values = {"record": f"of {learner}", "answers": WITHOUT_WRITING, **changes}
        put(box, f"{learner}.json", learner=learner, **values)


def everything(folder) -> dict[str, bytes]:
    """Return what was graded: the tables and pages, but not what is kept beside them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "earlier-" not in str(path.relative_to(folder))
        and path.suffix in (".csv", ".html")
    }


def kept(out) -> list[Path]:
    return sorted(out.glob("earlier-*"))


@pytest.mark.parametrize("pages", [True, False])
def test_another_class_in_the_same_folder_leaves_the_first_one_whole(box, out, pages):
    fill(box, "A1", "A2")
    grade(box, out, pages=pages)
    first = everything(out)
    fill(box, "C1", "C2", "C3")
    said = grade(box, out, pages=pages)
    [folder] = kept(out)
    assert everything(folder) == first
    assert str(folder) in said
    assert "are not among today's: 2." in said
    assert {r["learner"] for r in table(out, "marks.csv")} == {"C1", "C2", "C3"}
    assert len(list((out / "feedback").glob("*.html"))) == (3 if pages else 0)


def test_another_class_with_the_same_codes_is_another_class(box, out):
    fill(box, "A1", "A2")
    grade(box, out)
    first = everything(out)
    fill(box, "A1", "A2", record="of another class")
    (box / "A2.json").unlink()
    grade(box, out)
    assert everything(kept(out)[0]) == first


def test_the_same_class_again_is_no_other_class(box, out):
    fill(box, "A1", "A2")
    put(box, "w.json", learner="A3")
    grade(box, out)
    edit(out / "to-mark.csv", give("2"))
    grade(box, out)
    put(box, "A1.json", learner="A1", record="of A1", revision=9)
    put(box, "late.json", learner="A4")
    grade(box, out, first=False)
    assert kept(out) == []


def test_a_part_of_the_class_keeps_the_others_pages(box, out):
    fill(box, "A1", "A2")
    grade(box, out)
    pages = {p.name for p in (out / "feedback").iterdir()}
    fill(box, "A2")
    grade(box, out)
    there = {p.name for p in (out / "feedback").iterdir()}
    beside = {p.name for p in (kept(out)[0] / "feedback").iterdir()}
    assert there | beside == pages
    assert {r["learner"] for r in table(kept(out)[0], "marks.csv")} == {"A1", "A2"}


def test_each_is_kept_in_a_folder_of_its_own(box, out):
    for learner in ("A1", "B1", "C1", "A1"):
        fill(box, learner)
        grade(box, out)
    learners = [{r["learner"] for r in table(folder, "marks.csv")} for folder in kept(out)]
    assert learners == [{"A1"}, {"B1"}, {"C1"}]


def test_marks_given_by_hand_are_kept_for_the_class_that_comes_back(box, out):
    fill(box)
    put(box, "a.json", learner="A1", record="of A1")
    grade(box, out)
    edit(out / "to-mark.csv", give("2"))
    fill(box, "C1")
    grade(box, out)
    fill(box)
    put(box, "a.json", learner="A1", record="of A1")
    grade(box, out)
    assert float(table(out, "marks.csv")[0]["written"]) == 2


@pytest.mark.parametrize("name", ["marks.csv", "report.csv", "items.csv", "report.html"])
def test_a_table_of_a_teacher_s_own_is_kept(box, out, name):
    out.mkdir()
    (out / name).write_text("pupil,oral\nAda,1\n", encoding="utf-8")
    fill(box, "A1")
    said = grade(box, out)
    assert (kept(out)[0] / name).read_text(encoding="utf-8") == "pupil,oral\nAda,1\n"
    assert "not as the kit writes them" in said


def test_a_column_that_a_teacher_has_added_to_the_marks_is_kept(box, out):
    fill(box, "A1")
    grade(box, out)

    def add(rows):
        for row in rows:
            row["oral"] = "2"

    edit(out / "marks.csv", add)
    grade(box, out)
    assert table(kept(out)[0], "marks.csv")[0]["oral"] == "2"
    grade(box, out)
    assert len(kept(out)) == 1


def test_a_gradebook_s_own_export_is_kept(box, out, tmp_path):
    fill(box, "B07")
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    text = ",".join([*CANVAS_COLUMNS, "Essay (123)"]) + "\nx,1,2,3,4,9\n"
    (out / "canvas.csv").write_text(text, encoding="utf-8")
    grade(box, out, roster=a_list(tmp_path, CANVAS_LIST), lms="canvas")
    assert (kept(out)[0] / "canvas.csv").read_text(encoding="utf-8") == text


def test_what_is_kept_is_not_taken_for_hand_ins(box):
    fill(box, "A1")
    out = box / "marks"
    grade(box, out)
    shutil.move(box / "A1.json", box.parent / "A1.json")
    put(box, "C1.json", learner="C1", answers=WITHOUT_WRITING)
    for _ in range(2):
        grade(box, out)
        assert table(out, "problems.csv") == []
    assert len(kept(out)) == 1
