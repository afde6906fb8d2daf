"""The second course, graded from end to end: one learner knows, one trusts all, one rejects all."""

from __future__ import annotations

import csv
import html
import re
import shutil

import pytest
from helpers import EXAMPLE, a_seal, key_answers

from kit import cli, handin
from kit.authoring.check import faults, todos
from kit.handin import SealedAnswer
from kit.items import load_items
from kit.text import compare, load_article

[SHEET] = (s for s in EXAMPLE.sheets if s.graded)
ITEMS = load_items(EXAMPLE, SHEET)
#: What a learner says who believes, or who doubts, whatever stands there: by question.
TRUSTS = {
    "pitch": {u.id: "stands" for u in ITEMS["exercise-01/pitch"].units},
    "free-shelves": "confirms",
    "letter": [o.id for o in ITEMS["exercise-01/letter"].options],
    "money": "settles",
    "reed": "keep",
    "note": "It was in the paper, so it is true (1).",
}
REJECTS = {
    "pitch": {u.id: "not-yet" for u in ITEMS["exercise-01/pitch"].units},
    "free-shelves": "false",
    "letter": [],
    "money": "nothing",
    "reed": "none",
    "note": "You cannot believe anything in it.",
}
#: Points that a reader gives for the writing: learner, then criterion.
POINTS = {
    "knows": {"stands": 2, "not-yet": 2, "asks": 2},
    "trusts": {"stands": 0, "not-yet": 0, "asks": 0},
    "rejects": {"stands": 0, "not-yet": 0, "asks": 0},
}


def sealed(learner: str, said: dict[str, object]) -> handin.Seal:
    answers = {
        name: SealedAnswer(said[name.partition("/")[2]], item.wording)
        for name, item in ITEMS.items()
        if said[name.partition("/")[2]]
    }
    return a_seal(
        course=EXAMPLE.id, sheet=SHEET.id, learner=learner, record=f"{learner}0", answers=answers
    )


@pytest.fixture
def graded(home, monkeypatch):
    """The example in a teacher's folder, three hand-ins graded, the writing marked by hand."""
    shutil.copytree(EXAMPLE.home, home, dirs_exist_ok=True)
    box = home / "handed-in"
    box.mkdir()
    knows = {k.partition("/")[2]: a.value for k, a in key_answers(EXAMPLE, SHEET).items()}
    for learner, said in (("knows", knows), ("trusts", TRUSTS), ("rejects", REJECTS)):
        text = handin.to_json(sealed(learner, said))
        (box / f"{learner}.json").write_text(text, encoding="utf-8")
    assert cli.main(["grade", "handed-in"]) == 0
    before = {r["learner"]: r for r in rows(home, "marks.csv")}
    mark_by_hand(home / "marks" / "to-mark.csv")
    assert cli.main(["grade", "handed-in"]) == 0
    return home, before, {r["learner"]: r for r in rows(home, "marks.csv")}


def rows(home, name) -> list[dict[str, str]]:
    with (home / "marks" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mark_by_hand(path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    for row in table:
        row["mark"] = str(POINTS[row["learner"]][row["criterion"]])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys())
        writer.writeheader()
        writer.writerows(table)


def test_each_gets_the_marks_that_the_key_gives(graded):
    _, before, after = graded
    assert {k: (r["automatic"], r["automatic_out_of"]) for k, r in after.items()} == {
        "knows": ("13", "13"),
        "trusts": ("4", "13"),
        "rejects": ("4", "13"),
    }
    assert {k: r["still_to_mark"] for k, r in before.items()} == dict.fromkeys(POINTS, "3")
    assert {k: (r["written"], r["mark"], r["out_of"]) for k, r in after.items()} == {
        "knows": ("6", "19", "19"),
        "trusts": ("0", "4", "19"),
        "rejects": ("0", "4", "19"),
    }
    assert {r["still_to_mark"] for r in after.values()} == {"0"}


def test_blanket_trust_and_blanket_distrust_show_in_the_two_counts(graded):
    counts = ("sound_accepted", "sound", "unsound_rejected", "unsound")
    assert {k: tuple(r[c] for c in counts) for k, r in graded[2].items()} == {
        "knows": ("4", "4", "4", "4"),
        "trusts": ("4", "4", "0", "4"),
        "rejects": ("0", "4", "4", "4"),
    }


def words(path) -> str:
    text = re.sub(
        r"<(style|script).*?</\1>|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.S
    )
    return " ".join(html.unescape(text).split())


def test_each_gets_a_page_with_the_reason_for_what_they_said(graded):
    home, _, after = graded
    pages = {k: words(home / "marks" / r["feedback"]) for k, r in after.items()}
    assert "Mark: 19 of 19." in pages["knows"]
    assert "Mark: 4 of 19." in pages["trusts"]
    assert "Mark: 4 of 19." in pages["rejects"]
    money = {o.id: o.reason for o in ITEMS["exercise-01/money"].options}
    assert money["settles"] in pages["trusts"]
    assert money["nothing"] in pages["rejects"]
    common = [text for item in ITEMS.values() for e in item.common for text in (e.answer, e.say)]
    assert common
    assert [text for text in common for page in pages.values() if text in page] == []


def test_the_report_tells_of_the_class(graded):
    home, _, _ = graded
    said = words(home / "marks" / "report.html")
    assert "3 hand-ins. On average they earned 54 %" in said  # (13 + 4 + 4) of 3 times 13
    assert rows(home, "problems.csv") == []


def test_it_has_no_faults_and_nothing_left_to_fill_in():
    assert faults(EXAMPLE) == []
    assert todos(EXAMPLE) == {}


def test_it_is_carried_in_full_and_each_paragraph_is_its_own_words():
    article = load_article(EXAMPLE)
    text = "\n".join(unit.gist for unit in article.units)
    assert {v.state for v in compare(article, text)} == {"same"}
    assert article.reference.words == len(text.split())
    assert article.reference.in_full


def test_its_statements_are_in_balance():
    for sheet in EXAMPLE.sheets:
        sound = [u.sound for i in load_items(EXAMPLE, sheet).values() for u in i.units]
        assert sound.count(True) == sound.count(False) > 0


@pytest.mark.parametrize("command", ["check", "notebooks", "solutions"])
def test_its_commands_find_nothing_to_mend(monkeypatch, command):
    monkeypatch.chdir(EXAMPLE.home)
    assert cli.main([command, *(["--check"] if command != "check" else [])]) == 0
