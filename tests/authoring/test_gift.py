"""What ``kit export`` writes for Moodle, read back by somebody else's parser (gift-pegjs)."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from helpers import (
    COURSE,
    GRADED,
    ITEMS,
    SHOWN,
    SHOWROOM,
    a_question,
    authored,
    each,
    escaped,
    from_npm,
)
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kit.authoring.export import gift
from kit.course.article import load_article
from kit.course.html import block, inline
from kit.questions import export
from kit.questions.bank import load_questions
from kit.questions.base import Question
from kit.questions.choice import Choice
from kit.questions.export import GRADES, escape, grade
from kit.questions.kinds import KINDS
from kit.questions.number import ExpectedError
from kit.questions.parts import Label, Option, Statement

READER = Path(__file__).parent / "gift"
SHEET = SHOWROOM.sheets[0]
#: The parts of a mark in Moodle's own menu, in per cent and with its digits.
MENU = (
    *(100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20),
    *(16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0),
)
#: What a text may not do to the file: GIFT's own marks, comments, Markdown, TeX, HTML, directions.
NASTY = [
    *("=", "~", "#", "{", "}", ":", "\\", "\\n", "::", "####", "->", "=%50%", "%50%", "{T}", "//"),
    *("\n", "\n\n", "\r\n", "\n//a", "\n::b::", "\n$CATEGORY: c\n\n", "[html]", "[plain]x", "TRUE"),
    *("*a*", "`b = {c}`", "[d](https://e.org/?f=1&g=2#h)", "$$x^2=\\frac{1}{2}$$", "\\(i\\)"),
    *("<b>j</b>", "<!-- k", "&amp;", "&", "'", '"', "שלום", "سلام", "\u202e", "\ufeff", "\u2028"),
    *(" ", "a", "1. ", "- ", "> ", "💬"),
]
#: What Python or JavaScript take for space.
SPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff " + "".join(
    map(chr, range(0x2000, 0x200B))
)
Read = dict[str, Any]


@frozen
class Reader:
    """The parser, in a Node process of its own."""

    process: subprocess.Popen[str]

    def __call__(self, text: str) -> list[Read]:
        self.process.stdin.write(json.dumps(text) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "fault" in answer:
            raise ValueError(answer["fault"])
        return answer["read"]


@pytest.fixture(scope="module")
def read(request) -> Iterator[Reader]:
    """The parser, in Node."""
    there = from_npm(request.config, READER, "gift-reader")
    process = subprocess.Popen(
        ["node", str(READER / "read.js"), str(there)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        yield Reader(process)
        process.stdin.close()


def one(read: Reader, item: Question) -> Read:
    """Return the one question that an item of the showroom becomes."""
    [found] = several(read, item)
    return found


def several(read: Reader, item: Question) -> list[Read]:
    made = gift(SHOWROOM, [(SHEET, item)])
    questions = read(made.text)[3:]  # two categories, the edition between them
    assert len(questions) == made.count
    return questions


def same(text: str) -> str:
    """Return a text without the space around it, which no reader keeps."""
    return text.strip(SPACE)


def unmasked(label: str) -> str:
    """Return a label as it was: this reader leaves its own masks (``&&061;``) in labels."""
    return re.sub(r"&&(\d{3});", lambda found: chr(int(found[1])), label)


def weights(question: Read) -> list[float]:
    given = (c["weight"] for c in question["choices"])
    sure = (100.0 if c["isCorrect"] else 0.0 for c in question["choices"])
    return [s if g is None else g for g, s in zip(given, sure, strict=True)]


def in_moodle(question: Read, chosen: set[int]) -> float:
    """Return the share of the mark that Moodle gives for choosing these options, by number."""
    return min(1.0, max(0.0, sum(w for n, w in enumerate(weights(question)) if n in chosen) / 100))


# --- The whole bank -----------------------------------------------------------------------------


def bank(course, sheets) -> list[tuple[Any, Question]]:
    return [(s, i) for s in sheets for i in load_questions(course, s).values()]


def asked_in_moodle(items) -> list[Question]:
    return [i for i in items if not i.survey and i.kind != "probability"]


def kinds(item: Question) -> list[str]:
    """Return what a Moodle question each item should be."""
    if item.kind == "label":
        one_each = all(len(u.right) == 1 for u in item.units)
        used = {x for u in item.units for x in u.right}
        pairs = len(item.units) + sum(x.id not in used for x in item.labels)
        return ["Matching"] if one_each and pairs > 2 else ["MC"] * len(item.units)
    own = {"number": "Numerical", "order": "Matching", "write": "Essay"}
    return [own.get(item.kind, "MC")]


def titles(item: Question) -> list[str]:
    """Return what each Moodle question of an item is called."""
    if item.units and "Matching" not in kinds(item):
        return [f"{item.id}/{unit.id}" for unit in item.units]
    return [item.id]


@pytest.mark.parametrize(
    ("course", "sheets"), [(COURSE, COURSE.sheets), (SHOWROOM, SHOWROOM.sheets)], ids=lambda c: ""
)
def test_every_question_of_a_course_is_read_back(read, course, sheets):
    pairs = bank(course, sheets)
    made = gift(course, pairs)
    questions = [q for q in read(made.text) if q["type"] not in ("Category", "Description")]
    wanted = asked_in_moodle(item for _, item in pairs)
    assert [q["type"] for q in questions] == [k for item in wanted for k in kinds(item)]
    assert len(questions) == made.count
    names = chain.from_iterable(titles(item) for item in wanted)
    assert [q["title"] for q in questions] == list(names)


def test_texts_reasons_and_passages_come_along(read):
    made = gift(COURSE, bank(COURSE, COURSE.sheets))
    questions = {q["title"]: q for q in read(made.text) if q["type"] != "Category"}
    for item in asked_in_moodle(ITEMS.values()):
        mine = [q for name, q in questions.items() if name == item.id or f"{item.id}/" in name]
        for question in mine:
            stem, after = question["stem"]["text"], question["globalFeedback"] or {"text": ""}
            assert question["stem"]["format"] == "html"
            assert same(block(item.passage)) in stem
            assert inline(item.prompt) in stem
            assert same(block(item.reason)) in after["text"]
        whole = json.dumps(mine, ensure_ascii=False)
        for row in item.rows:
            for text in (row.text, row.reason):
                assert json.dumps(inline(text), ensure_ascii=False)[1:-1] in whole
        for criterion in item.rubric:
            assert inline(criterion.text) in mine[0]["stem"]["text"]
            for level in criterion.levels:
                assert inline(level.anchor) in mine[0]["globalFeedback"]["text"]
                assert inline(level.anchor) not in mine[0]["stem"]["text"]
        assert item.look_for == "" or item.look_for[:40] not in whole


def test_the_paragraphs_come_along_and_the_reader_s_own_copy_does_not(read, showroom):
    (showroom.home / "my-article.txt").write_text("My own copy.\n\nOf this.", encoding="utf-8")
    item = evolve(SHOWN["showroom/one"], paragraphs=(1,))
    made = gift(showroom, [(SHEET, item)])
    unit = load_article(showroom).unit(1)
    _, edition, _, question = read(made.text)
    for text in (edition["stem"]["text"], question["stem"]["text"]):
        assert inline(unit.gist) in text
        assert all(quotation in text for quotation in unit.quotations)
    assert edition["type"] == "Description"
    assert all(inline(u.gist) in edition["stem"]["text"] for u in load_article(showroom).units)
    assert "own copy" not in made.text


def test_a_sheet_is_a_category_even_with_a_slash_in_its_title(read):
    sheet = evolve(SHEET, title="Either/or:\nwho = what?")
    title = read(gift(SHOWROOM, [(sheet, SHOWN["showroom/one"])]).text)[2]["title"]
    assert title == "$course$/The showroom/Either//or: who = what?"


def test_a_sheet_without_questions_gets_no_category(read):
    made = gift(SHOWROOM, [(SHEET, SHOWN["showroom/forecast"])])
    assert [q["type"] for q in read(made.text)] == ["Category", "Description"]


# --- Marks --------------------------------------------------------------------------------------


CHOICES = [i for i in [*ITEMS.values(), *SHOWN.values()] if isinstance(i, Choice)]
MANY = a_question(
    id="showroom/more",
    kind="choose-many",
    prompt="Which?",
    options=(
        Option("a", "A", right=True),
        Option("b", "B", right=True),
        Option("c", "C", right=True),
        Option("d", "D", either=True),
        Option("e", "E"),
        Option("f", "F"),
    ),
)
HALF = a_question(
    id="showroom/half",
    kind="choose-one",
    prompt="Which?",
    options=(Option("a", "A", credit=0.5), Option("b", "B", right=True), Option("c", "C")),
)


def some(options: int, most: int) -> Iterator[set[int]]:
    return map(set, chain(*(combinations(range(options), n) for n in range(1, most + 1))))


@each("item", [*asked_in_moodle(CHOICES), MANY, HALF])
def test_moodle_gives_for_each_choice_what_the_kit_gives(read, item):
    question = one(read, evolve(item, paragraphs=(), id=f"showroom/{item.id}"))
    single = item.kind == "choose-one"
    assert single == any(c["isCorrect"] for c in question["choices"])
    for chosen in some(len(item.options), 1 if single else len(item.options)):
        ids = [item.options[n].id for n in sorted(chosen)]
        ours = item.credit(ids[0] if single else ids)
        assert in_moodle(question, chosen) == pytest.approx(ours, abs=1e-6)


def statements(item: Question) -> Question:
    """Return the item without its paragraph numbers, which the showroom does not have."""
    return evolve(item, units=tuple(evolve(u, paragraph=None) for u in item.units), paragraphs=())


@each("item", [i for i in ITEMS.values() if i.kind == "label"])
def test_each_statement_gets_the_labels_of_its_key(read, item):
    questions = several(read, statements(item))
    labels = {x.id: x.text for x in item.labels}
    if questions[0]["type"] == "Matching":
        pairs = [
            (p["subquestion"]["text"], unmasked(p["subanswer"])) for p in questions[0]["matchPairs"]
        ]
        things = [
            (f"{n}. {inline(u.text)}", labels[u.right[0]]) for n, u in enumerate(item.units, 1)
        ]
        used = {x for u in item.units for x in u.right}
        assert pairs == things + [("", x.text) for x in item.labels if x.id not in used]
        return
    for unit, question in zip(item.units, questions, strict=True):
        full = [n for n, w in enumerate(weights(question)) if w == 100]
        assert {item.labels[n].id for n in full} == set(unit.right)
        assert sum(c["isCorrect"] for c in question["choices"]) == 1  # so one can be chosen
        assert inline(unit.reason) in question["globalFeedback"]["text"]


def test_a_statement_that_takes_every_label_is_still_a_choice(read):
    labels = (Label("a", "A"), Label("b", "B"))
    units = (Statement("x", "X", right=("a", "b"), reason="Y."), Statement("z", "Z", right=("b",)))
    item = a_question(
        id="showroom/all", kind="label", prompt="?", labels=labels, units=units, marks=3
    )
    made = gift(SHOWROOM, [(SHEET, item)])
    assert [q["type"] for q in read(made.text)[3:]] == ["MC", "MC"]
    assert made.notes == {"export.split": ["showroom/all"]}
    assert "showroom/all/x (marks: 1.5)" in made.text


def test_an_order_is_places_to_match_with_three_at_least(read):
    item = SHOWN["showroom/order"]
    pairs = one(read, item)["matchPairs"]
    assert [(p["subquestion"]["text"], p["subanswer"]) for p in pairs] == [
        (inline(o.text), str(item.sequence.index(o.id) + 1)) for o in item.options
    ]
    two = evolve(item, options=item.options[:2], sequence=("stops", "bill"))
    assert [p["subanswer"] for p in one(read, two)["matchPairs"]] == ["2", "1", "3"]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"answer": 1800.0, "tolerance": 10.0}, ("range", 1800, 10)),
        ({"answer": -0.00001, "tolerance": 0.0}, ("range", -0.00001, 0)),
        ({"answer": 1e15, "tolerance": 0.5}, ("range", 1e15, 0.5)),
        ({"answer": None, "low": -3.5, "high": 0}, ("high-low", -3.5, 0)),
    ],
)
def test_numbers_are_read_as_they_are(read, changes, wanted):
    slips = (
        ExpectedError(-5, -4, "Too *low*: look again.", credit=0.5),
        ExpectedError(7, 7, "7 = {no}"),
    )
    item = evolve(SHOWN["showroom/number"], slips=slips, **changes)
    first, *rest = one(read, item)["choices"]
    text = first["text"]
    ends = ("number", "range") if text["type"] == "range" else ("numberLow", "numberHigh")
    assert (text["type"], *(text[end] for end in ends)) == wanted
    assert first["weight"] == 100
    assert [(c["text"]["numberLow"], c["text"]["numberHigh"], c["weight"]) for c in rest] == [
        (-5, -4, 50),
        (7, 7, 0),
    ]
    assert [c["feedback"]["text"] for c in rest] == [inline(s.reason) for s in slips]


def test_the_unit_is_told_and_not_typed(read):
    assert "crowns" in one(read, SHOWN["showroom/number"])["stem"]["text"]


@each("counts", product(range(1, 11), range(13)))
def test_every_part_of_a_mark_is_in_moodle_s_menu_and_the_whole_is_whole(read, counts):
    right, wrong = counts
    options = [Option(f"r{n}", "R", right=True) for n in range(right)]
    options += [Option(f"w{n}", "W") for n in range(wrong)]
    item = evolve(MANY, options=tuple(options))
    given = weights(one(read, item))
    assert [w for w in given if min(abs(abs(w) - known) for known in MENU) > 1e-9] == []
    assert sum(w for w in given if w > 0) == pytest.approx(100, abs=0.01)
    notes = gift(SHOWROOM, [(SHEET, item)]).notes
    assert ("export.rounded" in notes) == (wrong > 10)


def test_what_moodle_would_refuse_is_left_out_and_named():
    options = tuple(Option(f"r{n}", "R", right=True) for n in range(11))
    made = gift(SHOWROOM, [(SHEET, evolve(MANY, options=options))])
    assert made.count == 0
    assert made.notes == {"export.too_many_right": ["showroom/more"]}


@given(st.floats(-1, 1))
def test_a_part_of_a_mark_is_moved_to_the_nearest(share):
    nearest = min(abs(known / 100 - abs(share)) for known in MENU)
    assert abs(grade(share) - share) == pytest.approx(nearest, abs=1e-7)
    assert grade(share) * share >= 0


def test_there_are_as_many_parts_of_a_mark_as_moodle_has():
    assert sorted(round(100 * g, 5) for g in GRADES) == sorted(MENU)


def test_a_credit_that_moodle_does_not_know_is_moved_and_named(read):
    options = (evolve(HALF.options[0], credit=0.45), *HALF.options[1:])
    made = gift(SHOWROOM, [(SHEET, evolve(HALF, options=options))])
    assert made.notes == {"export.rounded": ["showroom/half"]}
    assert weights(read(made.text)[3])[0] in (40, 50)


# --- Texts of every sort ------------------------------------------------------------------------


texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=8).map("".join)
shown = texts.filter(lambda text: same(inline(text)))


@example("T", "", "[plain]x", "%50% of it", "[html]", "#")
@example("", "//a", "TRUE", "-> b", "%-100%", "")
@given(prompt=texts, passage=texts, first=shown, second=shown, reason=texts, after=texts)
def test_any_text_is_read_back_as_it_was(read, prompt, passage, first, second, reason, after):
    options = (Option("a", first, right=True, reason=reason), Option("b", second, reason=after))
    item = a_question("a = b", "choose-one", prompt, passage=passage, options=options, reason=after)
    found = one(read, item)
    assert found["title"] == "a = b"
    assert found["type"] == "MC"
    assert inline(prompt) in found["stem"]["text"]
    assert same(block(passage)) in found["stem"]["text"]
    assert [same(c["text"]["text"]) for c in found["choices"]] == [
        same(inline(text)) for text in (first, second)
    ]
    assert [same((c["feedback"] or {"text": ""})["text"]) for c in found["choices"]] == [
        same(inline(text)) for text in (reason, after)
    ]
    assert same((found["globalFeedback"] or {"text": ""})["text"]) == same(block(after))
    assert weights(found) == [100, 0]


class Words(HTMLParser):
    """The words of a piece of HTML, its tags left out."""

    def __init__(self, page: str):
        super().__init__()
        self.words = ""
        self.feed(page)
        self.close()

    def handle_data(self, data: str) -> None:
        self.words += data


def one_line(text: str) -> str:
    return re.sub(f"[{SPACE}]+", " ", text).strip()


def plain(markdown: str) -> str:
    return one_line(Words(inline(markdown)).words)


@given(thing=texts, label=texts, other=texts)
def test_any_label_is_read_back_as_plain_text(read, thing, label, other):
    assume(plain(label) and plain(other))
    labels = (Label("a", label), Label("b", other))
    units = tuple(Statement(f"u{n}", thing, right=("a",)) for n in range(2))
    item = a_question("showroom/x", "label", "?", labels=labels, units=units)
    pairs = one(read, item)["matchPairs"]
    assert [same(p["subquestion"]["text"]) for p in pairs] == [
        *(same(f"{n}. {inline(thing)}") for n in (1, 2)),
        "",
    ]
    assert [one_line(unmasked(p["subanswer"])) for p in pairs] == [
        plain(text) for text in (label, label, other)
    ]


@given(texts)
def test_nothing_of_gift_s_own_is_left_unescaped(text):
    """What holds without the reader too: taking the escapes back gives the text."""
    made = escape(text)
    assert "\n" not in made
    assert re.search(r"[#=~{}:]", re.sub(r"\\.", "", made)) is None
    back = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], made)
    assert back == re.sub("\r\n?", "\n", text)


@pytest.mark.parametrize("sign", "=~#{}:\\\n")
def test_the_reader_notices_what_is_not_escaped(read, monkeypatch, sign):
    """Else its agreement would say nothing."""
    monkeypatch.delitem(export._ESCAPES, ord(sign))
    text = f"one {sign}{sign}n two"
    item = evolve(HALF, options=(Option("a", text, right=True), *HALF.options[1:]))
    try:
        found = one(read, item)["choices"][0]["text"]["text"]
    except (ValueError, KeyError, AssertionError):
        return
    assert found != inline(text)


# --- What is left out, and in whose words -------------------------------------------------------


def test_each_kind_has_a_form_but_forecasts():
    without = {kind for kind, cls in KINDS.items() if not cls.can_be_right}
    assert without == {"probability"}
    made = {item.kind for item in SHOWN.values() if gift(SHOWROOM, [(SHEET, item)]).count}
    assert made == KINDS.keys() - without


def test_surveys_and_forecasts_are_named():
    survey = evolve(SHOWN["showroom/one"], id="showroom/opinion", survey=True)
    made = gift(SHOWROOM, [(SHEET, survey), (SHEET, SHOWN["showroom/forecast"])])
    assert made.count == 0
    assert made.notes == {"export.no_right_answer": ["showroom/opinion", "showroom/forecast"]}


def test_what_is_otherwise_in_moodle_is_named():
    pairs = [(SHEET, SHOWN[f"showroom/{name}"]) for name in ("label", "order", "one")]
    assert gift(SHOWROOM, pairs).notes == {
        "export.split": ["showroom/label"],
        "export.placed": ["showroom/order"],
    }


def test_the_marks_stand_above_each_question():
    made = gift(COURSE, bank(COURSE, GRADED))
    marks = re.findall(r"^// .*\(marks: ([\d.]+)\)$", made.text, re.MULTILINE)
    total = sum(i.marks for s in GRADED for i in load_questions(COURSE, s).values())
    assert sum(map(float, marks)) == pytest.approx(total)


def test_the_file_speaks_the_language_of_its_course(read, pseudo):
    for question in read(gift(pseudo, bank(pseudo, pseudo.sheets)).text):
        parts = [question["title"]] if question["type"] == "Category" else []
        for key in ("stem", "globalFeedback"):
            parts.append(re.sub("<[^>]*>", " ", (question.get(key) or {"text": ""})["text"]))
        assert escaped(" ".join(parts), authored(pseudo) + "course") == []
