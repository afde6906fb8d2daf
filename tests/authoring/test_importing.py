"""Question banks of other systems: read, listed or refused in a sentence, and never a traceback."""

from __future__ import annotations

import shutil
import tomllib
from base64 import b64encode
from pathlib import Path

import attrs
import pytest
import tomli_w
from helpers import COURSE, ITEMS, PROJECT, SHOWN, SHOWROOM, with_keys
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.authoring import check, export, importing
from kit.authoring.keys import split_key
from kit.command.cli import main
from kit.course.course import Course, load_course
from kit.course.messages import KitError, in_words_of
from kit.grading import tables
from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.foreign import TODO

LYNX = PROJECT / "examples" / "the-lynx"
PNG = b"\x89PNG a drawn chart"


def bank_of(tmp_path: Path, name: str, text: str) -> importing.Bank:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return importing.read_bank(path)


@pytest.fixture
def lynx(tmp_path) -> Course:
    folder = tmp_path / "lynx"
    shutil.copytree(LYNX, folder, ignore=shutil.ignore_patterns("my-work", ".*"))
    return load_course(folder, folder)


def again(course: Course) -> Course:
    load_course.cache_clear()
    return load_course(course.root, course.home)


def questions(course: Course, sheet: str) -> list[Question]:
    course = again(course)
    return list(load_questions(course, course.sheet(sheet)).values())


# --- Aiken --------------------------------------------------------------------------------------

AIKEN = """Which bridge was closed?
It is in the middle of the town.
A. the old one
B) the new one
of the two
C. neither
ANSWER: B
EXPLANATION: The notice says so.

Which two are named?
A. the engineer
B. the mayor
C. a neighbour
ANSWER: A, C

No answer here
A. one
B. two
"""


def test_aiken(tmp_path):
    bank = bank_of(tmp_path, "bridge.txt", AIKEN)
    one, two = bank.rows
    assert (one["kind"], two["kind"]) == ("choose-one", "choose-many")
    assert one["prompt"] == "Which bridge was closed? It is in the middle of the town."
    assert [row["text"] for row in one["options"]] == [
        "the old one",
        "the new one of the two",
        "neither",
    ]
    assert [row.get("right", False) for row in one["options"]] == [False, True, False]
    assert {row["reason"] for row in one["options"]} == {TODO}
    assert one["reason"] == "The notice says so."
    assert [row.get("right", False) for row in two["options"]] == [True, False, True]
    assert bank.left_out == {"unreadable": ["No answer here"]}
    assert "No answer here" in importing.notes_as_text(bank)


def test_aiken_as_people_write_it(tmp_path):
    text = """1) Which of these holds?
(a) std::one
(b) two

Answer: (B)

2) Which are right?
A. one
B. two
C. three
Ans - A, C
"""
    one, two = bank_of(tmp_path, "mine.txt", text).rows
    assert [row.get("right", False) for row in one["options"]] == [False, True]
    assert [row.get("right", False) for row in two["options"]] == [True, False, True]


# --- GIFT ---------------------------------------------------------------------------------------

GIFT = r"""// a comment
$CATEGORY: $course$/Town\/Bridges

::Closed::[html]<p>Who <b>closed</b> it?</p>{
  =The town#It has the key.
  ~The engineer#She only said so.
  ~%50%The mayor
  ####The notice is signed.
}

Two of these are named{~%50%Ada ~%50%Ines ~%-100%Tom}

The bridge is old.{T#No.#Yes, look at the year.}

How many piers has it \{about\}?{#=4:1#Count them. =%50%8:2}

When was it built?{#1900..1910}

How many were hurt?{#0}

Match them.{
=the engineer -> a crack
=the mayor -> the costs
= -> the weather
}

Who said it? {=Ada =%80%Ada Moss}

Write to the town. {}

The {~old =new} bridge is open.

::Only a text::Here begins part two.

::Gap::The {1:MC:~old~=new} bridge is shut.

::Broken::Where does it end? {=here
"""


def test_gift(tmp_path):
    bank = bank_of(tmp_path, "bridge.gift", GIFT)
    rows = {row["id"]: row for row in bank.rows}
    assert [row["kind"] for row in bank.rows] == [
        *("choose-one", "choose-many", "choose-one", "number", "number", "number", "label"),
        *("write", "write", "choose-one"),
    ]
    closed = rows["closed"]
    assert closed["prompt"] == "Who **closed** it?"
    assert closed["reason"] == "The notice is signed."
    assert [row["reason"] for row in closed["options"]] == [
        *("It has the key.", "She only said so.", TODO),
    ]
    assert closed["options"][2]["credit"] == 0.5
    old = rows["the-bridge-is-old"]["options"]
    assert [row["text"] for row in old] == ["True", "False"]
    assert [row["reason"] for row in old] == ["Yes, look at the year.", "No."]
    piers = rows["how-many-piers-has-it-about"]
    assert (piers["prompt"], piers["low"], piers["high"]) == (
        "How many piers has it {about}?",
        3,
        5,
    )
    assert piers["slips"][0]["credit"] == 0.5
    assert (bank.rows[4]["low"], bank.rows[4]["high"]) == (1900, 1910)
    assert rows["how-many-were-hurt"]["answer"] == 0
    assert len(rows["match-them"]["labels"]) == 3
    assert rows["match-them"]["units"][1]["right"] == ["b"]
    assert rows["who-said-it"]["model_answer"] == "Ada / Ada Moss"
    assert rows["write-to-the-town"]["rubric"][0]["text"] == TODO
    assert rows["the-bridge-is-open"]["prompt"] == "The \\_\\_\\_\\_\\_ bridge is open."
    left_out = {"description": ["Only a text"], "cloze": ["Gap"], "unreadable": ["Broken"]}
    assert bank.left_out == left_out
    assert set(bank.notes) == {"import.by_reader"}
    assert bank.sections[0] == "Bridges"


# --- Moodle's XML -------------------------------------------------------------------------------

XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>$course$/top/Charts</text></category></question>
<question type="multichoice"><name><text>Axis</text></name>
<questiontext format="html"><text><![CDATA[<p>Look.</p><p><img src="@@PLUGINFILE@@/my%20chart.png"
alt="Two bars"></p><table><tr><th>year</th></tr><tr><td>first</td></tr></table><p>Where does it
begin?</p>]]></text><file name="my chart.png" encoding="base64">{b64encode(PNG).decode()}</file>
<file name="run.exe" encoding="base64">TVo=</file></questiontext>
<defaultgrade>2.0000000</defaultgrade><single>false</single><shuffleanswers>1</shuffleanswers>
<answer fraction="33.33333"><text>at nothing</text><feedback><text>Yes.</text></feedback></answer>
<answer fraction="66.66667"><text>below</text></answer>
<answer fraction="-50"><text>at ten</text></answer>
<hint><text>Look at the left.</text></hint></question>
<question type="ordering"><name><text>Order</text></name><questiontext><text>What came
first?</text></questiontext><answer><text>one</text></answer><answer><text>two</text></answer>
</question>
<question type="numerical"><name><text>Sum</text></name><questiontext><text>How
many?</text></questiontext><answer fraction="100"><text>12</text><tolerance>0.5</tolerance></answer>
<answer fraction="0"><text>*</text><feedback><text>No.</text></feedback></answer>
<units><unit><multiplier>1</multiplier><unit_name>km</unit_name></unit></units></question>
<question type="essay"><name><text>Say</text></name><questiontext><text>Say
it: \\(x^2\\).</text></questiontext><graderinfo><text>It is cut.</text></graderinfo></question>
<question type="cloze"><name><text>Gaps</text></name><questiontext format="html"><text><![CDATA[<img
src="@@PLUGINFILE@@/gap.png">]]></text><file name="gap.png"
encoding="base64">{b64encode(PNG + b"2").decode()}</file></questiontext></question>
<question type="calculated"><name><text>Sums</text></name></question>
</quiz>"""


def test_moodle_xml(tmp_path):
    bank = bank_of(tmp_path, "charts.xml", XML)
    axis, order, total, say = bank.rows
    assert (axis["kind"], axis["marks"], axis["shuffle"]) == ("choose-many", 2, True)
    assert axis["prompt"] == "Where does it begin?"
    assert "![Two bars](pictures/my-chart.png)" in axis["passage"]
    assert "| year |" in axis["passage"]
    assert axis["hints"] == ["Look at the left."]
    assert bank.files == {"my-chart.png": PNG}
    assert (order["kind"], order["sequence"]) == ("order", ["a", "b"])
    assert (total["low"], total["high"]) == (11.5, 12.5)
    assert say["model_answer"] == "It is cut."
    assert bank.left_out == {"cloze": ["Gaps"], "calculated": ["Sums"]}
    assert bank.notes == {
        "import.shares_many": ["axis"],
        "import.file_left_out": ["axis"],
        "import.any_number": ["sum"],
        "import.units": ["sum"],
        "import.formula": ["say"],
    }
    assert set(bank.sections) == {"Charts"}


def test_what_is_no_bank_is_refused_in_a_sentence(tmp_path):
    bomb = '<!DOCTYPE quiz [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>'
    outside = '<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>'
    cases = [
        ("a.xml", "<quiz><question", "no complete XML"),
        ("a.xml", "<html></html>", "not a question bank"),
        ("a.xml", bomb, "no complete XML"),
        ("a.xml", outside, "no complete XML"),
        ("a.xml", "<quiz></quiz>", "no questions in it"),
        ("a.docx", "PK", "a question bank ends in"),
        ("a.gift", "", "no questions in it"),
    ]
    for name, text, said in cases:
        with pytest.raises(KitError, match=said):
            bank_of(tmp_path, name, text)
    with pytest.raises(KitError, match="cannot be read"):
        importing.read_bank(tmp_path / "none.gift")


CASES = [("a.txt", AIKEN), ("a.gift", GIFT), ("a.xml", XML)]
PIECES = st.sampled_from(["{", "}", "=", "~", "%", "#", "\\", "::", "->", "\n\n", "<", "]]>", "A."])


@settings(max_examples=60, deadline=None)
@given(
    case=st.sampled_from(CASES),
    at=st.integers(0, 2000),
    cut=st.integers(0, 60),
    put=st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=4),
)
def test_a_damaged_bank_is_read_or_refused_and_what_is_read_can_be_written(
    tmp_path_factory, case, at, cut, put
):
    name, text = case
    text = text[:at] + "".join(put) + text[at + cut :]
    path = tmp_path_factory.mktemp("bank") / name
    path.write_bytes(text.encode("utf-8", "replace"))
    try:
        rows = importing.read_bank(path).rows
    except KitError:
        return
    written = tomllib.loads(tomli_w.dumps({"item": rows}, multiline_strings=True))
    assert len(written["item"]) == len(rows)
    assert len({row["id"] for row in rows}) == len(rows)


# --- Written down -------------------------------------------------------------------------------


@pytest.mark.parametrize("graded", [False, True])
def test_it_becomes_a_sheet_of_the_course_that_kit_check_does_not_let_pass(lynx, graded, tmp_path):
    (lynx.root / "bank.gift").write_text(GIFT, encoding="utf-8")
    bank = importing.read_bank(lynx.root / "bank.gift")
    written = importing.write_bank(lynx, bank, "02-bridge", graded=graded)
    assert len(written) == 3 + graded
    found = questions(lynx, "02-bridge")
    assert [question.id.partition("/")[0] for question in found] == ["bridge"] * 10
    assert all(question.has_key for question in found)
    with in_words_of(lynx.root):
        faults = "\n".join(check.faults(again(lynx)))
    assert "bridge/closed: it still says TODO (1)" in faults
    assert "bridge/write-to-the-town" in faults
    if graded:
        public = (lynx.root / "items" / "02-bridge.toml").read_text(encoding="utf-8")
        assert "right" not in public
        assert "reason" not in public
        assert "release" not in faults


def test_nothing_is_overwritten(lynx, tmp_path):
    bank = bank_of(tmp_path, "bank.txt", AIKEN)
    before = (lynx.root / "course.toml").read_bytes()
    for sheet, said in (("01-the-lynx", "already"), ("My Bank", "small letters")):
        with pytest.raises(KitError, match=said):
            importing.write_bank(lynx, bank, sheet, graded=False)
    (lynx.root / "lessons" / "bridge.md").write_text("mine")
    with pytest.raises(KitError, match="there already"):
        importing.write_bank(lynx, bank, "bridge", graded=False)
    assert (lynx.root / "course.toml").read_bytes() == before
    assert not (lynx.root / "items" / "bridge.toml").exists()


def test_the_command_says_what_it_did(lynx, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(lynx.root)
    path = tmp_path / "charts.xml"
    path.write_text(XML, encoding="utf-8")
    assert main(["import", str(path), "--graded"]) == 0
    said = capsys.readouterr().out
    assert "4 questions" in said
    assert "(cloze): “Gaps”" in said
    assert "33.33333" in said
    assert "TODO stands for" in said
    assert (lynx.root / "pictures" / "my-chart.png").read_bytes() == PNG
    assert (lynx.root / "solutions" / "keys" / "charts.toml").is_file()
    assert main(["import", str(path)]) == 1


# --- Out and back -------------------------------------------------------------------------------


def back(course: Course, asked: export.Asked, tmp_path: Path) -> importing.Bank:
    path = tmp_path / "table.csv"
    tables.write(path, export.COLUMNS, export.rows(course, asked))
    lines = []
    for line in tables.read(path, importing.COLUMNS, "import.no_columns"):
        lines.append({name: tables.as_written(cell) for name, cell in line.items()})
    return importing.bank_of_table(path, lines)


def as_question(row: dict, question: Question) -> Question:
    """Return a row as a question again, through the file that it is written into."""
    from kit.course.toml import parse, structure
    from kit.questions.bank import _ItemFile

    text = tomli_w.dumps({"item": [row | {"id": question.id}]}, multiline_strings=True)
    return structure(dict(parse(text)), _ItemFile, Path("items.toml")).item[0]


def assert_same(course: Course, asked: export.Asked, tmp_path: Path) -> None:
    bank = back(course, asked, tmp_path)
    assert len(bank.rows) == len(asked)
    for row, (_, question) in zip(bank.rows, asked, strict=True):
        assert as_question(row, question) == question


@with_keys
def test_the_table_comes_back_as_the_questions_were(tmp_path):
    asked = [(COURSE.sheet(item.id), item) for item in ITEMS.values()]
    assert_same(COURSE, asked, tmp_path)
    assert_same(SHOWROOM, [(SHOWROOM.sheets[0], item) for item in SHOWN.values()], tmp_path)


TEXTS = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and "\r" not in text)


@settings(max_examples=30, deadline=None)
@given(prompt=TEXTS, option=TEXTS, reason=TEXTS, marks=st.integers(0, 20))
def test_whatever_is_in_the_cells(tmp_path_factory, prompt, option, reason, marks):
    question = SHOWN["showroom/many"]
    first = attrs.evolve(question.options[0], text=option, reason=reason)
    changed = attrs.evolve(
        question, prompt=prompt, marks=marks, options=(first, *question.options[1:])
    )
    try:
        (prompt + option + reason).encode()
    except UnicodeEncodeError:
        return  # no file can hold it
    folder = tmp_path_factory.mktemp("table")
    assert_same(SHOWROOM, [(SHOWROOM.sheets[0], changed)], folder)


def test_a_table_made_by_hand(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "id;kind;prompt;part;text;answer;reason\n"
        "who;choose-one;Who says so?;option;Ada;right;She signed.\n"
        "who;choose-one;Who says so?;option;Tom;;\n"
        "sort;label;Which is it?;unit;It may rain.;a guess;\n"
        "sort;label;Which is it?;unit;It rained.;seen;One can look.\n"
        "many;number;How many?;number;12,5;;\n"
        "first;order;What came first?;option;late;2;\n"
        "first;order;What came first?;option;early;1;\n",
        encoding="utf-8",
    )
    lines = list(tables.read(path, importing.COLUMNS, "import.no_columns"))
    who, sort, many, first = importing.bank_of_table(path, lines).rows
    assert [row["reason"] for row in who["options"]] == ["She signed.", TODO]
    assert [unit["right"] for unit in sort["units"]] == [["a"], ["b"]]
    assert [label["text"] for label in sort["labels"]] == ["a guess", "seen"]
    assert many["answer"] == 12.5
    assert first["sequence"] == ["b", "a"]


@with_keys
def test_gift_comes_back_with_the_same_options_and_key(tmp_path):
    asked = [(sheet, item) for sheet, item in export.bank(COURSE, [], None)[0] if item.picks_one]
    path = tmp_path / "questions.txt"
    path.write_text(export.gift(COURSE, asked).text, encoding="utf-8")
    rows = importing.read_bank(path).rows
    marked = [item for _, item in asked if item.has_right_answer]
    assert len(rows) == len(marked) > 20
    for row, item in zip(rows, marked, strict=True):
        right = [option.get("right", False) for option in row["options"]]
        assert right == [option.right for option in item.options], item.id
        assert TODO not in [option["reason"] for option in row["options"]]


@with_keys
def test_pictures_go_out_with_gift_and_come_back_as_files(tmp_path):
    root = PROJECT / "examples" / "the-chart"
    course = load_course(root, root)
    with in_words_of(root):
        asked = export.bank(course, ["exercise-01"], None)[0]
        text = export.gift(course, asked).text
    (tmp_path / "chart.txt").write_text(text, encoding="utf-8")
    bank = importing.read_bank(tmp_path / "chart.txt")
    there = {path.read_bytes() for path in (root / "pictures").glob("market-*.svg")}
    assert set(bank.files.values()) == there
    drawn = next(row for row in bank.rows if row["id"].endswith("drawn"))
    for option in drawn["options"]:
        assert option["text"].startswith("![A bar chart of four days"), option
        assert "](pictures/picture" in option["text"]


@with_keys
def test_a_key_is_split_off_and_laid_over_again():
    from kit.authoring.keys import left_in

    for item in SHOWN.values():
        row = attrs.asdict(item, recurse=True)
        given_out, key = split_key({**row, "kind": item.kind})
        assert list(left_in(given_out)) == [], item.id
        assert key["id"] == item.id
