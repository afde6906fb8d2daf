from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from attrs import evolve
from helpers import COURSE, GRADED, ITEMS, SHOWN, SHOWROOM, with_keys

from kit.authoring import export
from kit.authoring.export import gift
from kit.command import cli
from kit.course.article import practice_texts
from kit.course.messages import KitError
from kit.grading import tables
from kit.questions.bank import load_questions
from kit.questions.parts import CommonError


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- Which questions ----------------------------------------------------------------------------


def test_all_questions_or_those_of_some_sheets(course):
    asked, lost = export.bank(course, [], None)
    assert [i.id for _, i in asked] == list(ITEMS)
    assert lost == []
    some, _ = export.bank(course, ["one-number", "01-who-says-so", "03-one-number"], None)
    sheets = [s.id for s, _ in some]
    assert list(dict.fromkeys(sheets)) == ["03-one-number", "01-who-says-so"]
    assert len(some) == sum(i.partition("/")[0] in ("who-says-so", "one-number") for i in ITEMS)


def test_without_keys_graded_questions_are_left_out_and_named(learner_course):
    asked, lost = export.bank(learner_course, [], None)
    assert lost == sorted(i for sheet in GRADED for i in load_questions(learner_course, sheet))
    assert {s.graded for s, _ in asked} == {False}
    with_keys, none = export.bank(learner_course, [], COURSE.keys)
    assert (len(with_keys), none) == (len(asked) + len(lost), [])


def test_an_unknown_sheet_is_told(course):
    with pytest.raises(KitError, match="There is no lesson or exercise"):
        export.bank(course, ["nonsense"], None)


@with_keys
def test_a_question_brings_the_practice_text_that_it_is_about():
    asked = export.bank(COURSE, ["exercise-07", "01-who-says-so"], None)[0]
    title = practice_texts(COURSE)["quarry"].read_text(encoding="utf-8").partition("\n")[0].strip()
    for row in export.rows(COURSE, asked):
        is_about_it = row["sheet"] == "exercise-07" and row["id"] != "exercise-07/who"
        assert (title in row["practice_text"]) == is_about_it, row["id"]
    whole = gift(COURSE, asked).text
    told = [text for text in whole.split("\n\n") if "::exercise-07/" in text]
    assert told
    for text in told:
        assert title in text, text[:80]


# --- The table ----------------------------------------------------------------------------------


def rows(name: str, **changes) -> list[export.Row]:
    item = evolve(SHOWN[f"showroom/{name}"], **changes)
    return list(export.rows(SHOWROOM, [(SHOWROOM.sheets[0], item)]))


def test_each_row_repeats_its_question():
    for row in rows("many", marks=4, paragraphs=(1, 2)):
        assert row["id"] == "showroom/many"
        assert row["marks"] == 4
        assert row["paragraphs"] == "1, 2"
        assert row["records"].startswith("https://")
        assert row["general_reason"].startswith("A bill")
        assert row.keys() <= set(export.COLUMNS)


def test_points_are_what_each_part_gives_or_takes():
    assert [(r["answer"], r["points"]) for r in rows("many", marks=4)] == [
        ("right", 2),
        ("right", 2),
        ("", -4),
    ]
    assert [(r["answer"], r["points"]) for r in rows("label", marks=3)[:2]] == [
        ("Somebody named", 1.5),
        ("Nobody is named", 1.5),
    ]
    assert [(r["text"], r.get("answer"), r["points"]) for r in rows("number")] == [
        ("1\u202f790–1\u202f810 crowns", "right", 1),
        ("595–605 crowns", None, 0.5),
    ]
    assert [r["answer"] for r in rows("order")] == [3, 1, 2]


def test_a_survey_has_options_without_points():
    assert [r.get("points") for r in rows("one", survey=True)] == [None] * 3
    assert [r["prompt"] for r in rows("forecast")] == [SHOWN["showroom/forecast"].prompt]


def test_writing_has_a_row_for_each_level_or_criterion():
    assert [r["text"] for r in rows("write")] == [c.text for c in SHOWN["showroom/write"].rubric]
    note = ITEMS["exercise-01/note"]
    found = list(export.rows(COURSE, [(GRADED[0], note)]))
    levels = [x for c in note.rubric for x in c.levels]
    read = [r for r in found if r["part"] == "criterion"]
    assert [(r["answer"], r["points"], r["reason"]) for r in read] == [
        (x.text, x.points, x.anchor) for x in levels
    ]


def test_wrong_answers_that_are_often_given_are_for_the_teacher_s_table_alone():
    item = evolve(SHOWN["showroom/write"], common=(CommonError("It was magic.", "Who says so?"),))
    asked = [(SHOWROOM.sheets[0], item)]
    last = list(export.rows(SHOWROOM, asked))[-1]
    assert (last["part"], last["text"], last["reason"]) == (
        "common",
        "It was magic.",
        "Who says so?",
    )
    assert "magic" not in gift(SHOWROOM, asked).text


def test_the_whole_bank_fits_the_table(course, tmp_path):
    asked, _ = export.bank(course, [], None)
    tables.write(tmp_path / "x.csv", export.COLUMNS, export.rows(course, asked))
    found = table(tmp_path / "x.csv")
    assert list(dict.fromkeys(row["id"] for row in found)) == list(ITEMS)
    reasons = {row["reason"] for row in found}
    assert {r.reason for i in ITEMS.values() for r in i.rows} <= reasons


# --- The command --------------------------------------------------------------------------------


def test_the_ending_says_which(course, capsys):
    for name, start in [
        ("a.txt", b"$CATEGORY"),
        ("a.GIFT", b"$CATEGORY"),
        ("b/a.csv", b"\xef\xbb\xbfsheet,"),
    ]:
        assert cli.main(["export", name, "--sheet", "exercise-01"]) == 0
        assert Path(name).read_bytes().startswith(start)
        assert f"Written to {Path(name)}" in capsys.readouterr().out
    assert cli.main(["export", "a.xml"]) == 1
    assert "should end in" in capsys.readouterr().err
    assert not Path("a.xml").exists()


def test_what_was_left_out_or_changed_is_printed(learner_course, capsys):
    assert cli.main(["export", "a.txt"]) == 0
    said = capsys.readouterr().out
    assert "--keys" in said
    assert "exercise-01/note" in said
    assert "start-here/forecast-rial" in said
    assert "exercise-01" not in Path("a.txt").read_text("utf-8")
    assert cli.main(["export", "a.txt", "--keys", str(COURSE.keys)]) == 0
    assert "--keys" not in capsys.readouterr().out


def test_no_cell_of_the_table_runs(showroom, capsys):
    path = showroom.root / "items" / "01-showroom.toml"
    text = path.read_text(encoding="utf-8").replace('"The bird."', "'=HYPERLINK(\"x\")'")
    path.write_text(text, encoding="utf-8")
    assert cli.main(["export", "a.csv"]) == 0
    found = table(Path("a.csv"))
    assert [r["text"] for r in found if "HYPERLINK" in r["text"]] == ['\'=HYPERLINK("x")']
    assert "-1" in {r["points"] for r in found}  # a number stays one


def test_a_learner_s_edition_without_keys_exports_its_lessons(home, capsys):
    shutil.rmtree(home / "solutions", ignore_errors=True)
    assert cli.main(["export", "a.csv"]) == 0
    assert {r["sheet"] for r in table(Path("a.csv"))} == {
        s.id for s in COURSE.sheets if not s.graded and load_questions(COURSE, s)
    }
