"""The class report's page: what it says first, its pictures, and whom it names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from attrs import evolve
from classes import a_seal
from helpers import COURSE, GRADED
from test_folder import put
from test_report import CHOICE, FERRY, ITEMS, SHEET, a_class, judging

from kit.grading import Choices, grade_folder, pages, pictures, report, report_page, tomorrow
from kit.grading.marks import Submission, mark
from kit.learner import submission
from kit.learner.calibration import Judgement
from kit.learner.submission import SealedAnswer
from kit.questions.bank import load_questions

NUMBER = {name: n for n, name in enumerate(ITEMS, 1)}


def choosing(option: str, share: float):
    """Return a change: so large a share of the class chooses ``option``, the others the key."""

    def change(n, lot, answers, skill):
        value = option if n % 10 < 10 * share else CHOICE.key
        for name, item in ITEMS.items():
            answers[name] = SealedAnswer(item.key or "Text.", item.fingerprint)
        answers[CHOICE.id] = SealedAnswer(value, CHOICE.fingerprint)

    return change


def said_of(found: report.ClassReport) -> list[str]:
    return [point.text for point in tomorrow.points(found)]


def page_of(found: report.ClassReport, tmp_path, **options) -> str:
    report_page.write(COURSE, tmp_path, {SHEET.id: found}, **options)
    return (tmp_path / "report.html").read_text(encoding="utf-8")


# --- What to talk about tomorrow ------------------------------------------------------------------


def test_a_wrong_answer_that_many_gave_comes_first_and_is_counted():
    said = said_of(a_class(20, choosing("times", 0.7)))
    assert said[0].startswith(f"Question {NUMBER[CHOICE.id]}: 14 of 20 chose “The Times")
    assert "little time: 20 of 20" in said[-1]


def test_what_the_better_half_is_split_about_comes_before_what_most_got_wrong():
    """Where 30 to 70 per cent are right a class learns most by debate (peer instruction)."""
    others = [name for name, item in ITEMS.items() if item.kind == "choose-one"]
    hard = next(name for name in others if name != CHOICE.id)
    wrong = next(option.id for option in ITEMS[hard].options if not option.right)

    def change(n, lot, answers, skill):
        choosing("times", 0.4)(n, lot, answers, skill)
        if n >= 2:
            answers[hard] = SealedAnswer(wrong, ITEMS[hard].fingerprint)
        if n % 2:  # these know less elsewhere
            for name in set(ITEMS) - {CHOICE.id, hard}:
                del answers[name]

    split, most, *_ = said_of(a_class(20, change))
    assert split.startswith(f"Question {NUMBER[CHOICE.id]}: 8 of 20 chose “The Times")
    assert "Of the 10 who earned most on the other questions, 6 had it right" in split
    assert most.startswith(f"Question {NUMBER[hard]}: 18 of 20 chose")
    assert "earned most on the other questions" not in most


@pytest.mark.parametrize("size", [1, 2, 12, 40])
def test_there_are_never_more_than_three_sentences_and_each_is_there_once(size):
    said = said_of(a_class(size))
    assert 1 <= len(said) == len(set(said)) <= 3


def test_one_learner_s_slip_is_nobody_else_s():
    """Of three, one who erred is a third of the class; that is no matter for the class."""

    def change(n, lot, answers, skill):
        for name, item in ITEMS.items():
            answers[name] = SealedAnswer(item.key or "Text.", item.fingerprint)
        if n == 0:
            answers[CHOICE.id] = SealedAnswer("times", CHOICE.fingerprint)

    assert "The Times" not in " ".join(said_of(a_class(3, change)))


@pytest.mark.parametrize(
    ("size", "sound", "unsound", "says"),
    [
        (30, 0.2, 0.95, "They distrust too much"),
        (30, 0.95, 0.2, "They trust too much"),
        (30, 0.9, 0.9, "They tell well-supported statements from others"),
        (3, 0.4, 0.9, "cannot be said from the answers of 3"),
        (12, 0, 1, "All 12 judged the statements alike: they accepted 0 %"),
    ],
)
def test_the_class_s_leaning_is_said_only_where_its_range_allows(size, sound, unsound, says):
    said = said_of(a_class(size, judging(sound, unsound)))
    assert says in " ".join(said)
    assert ("too much:" in " ".join(said)) == ("too much" in says)


def test_where_nobody_answered_that_is_what_there_is_to_say():
    said = said_of(a_class(5, lambda n, lot, answers, skill: answers.clear()))
    assert said == [
        "Question 1: 5 of 5 left it out. Ask whether time ran out, or what was not clear."
    ]
    assert said_of(report.ClassReport()) == [
        "No answer stands out, or there are none yet: ask what was easy, and what was hard."
    ]


# --- The pictures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 12, 30, 320])
def test_every_picture_is_named_described_and_drawn_within_its_frame(tmp_path, size):
    text = page_of(a_class(size), tmp_path)
    drawn = [ET.fromstring(one) for one in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]
    named = [one for one in drawn if one.get("role") == "img"]
    assert len(named) == 2
    for one in drawn:
        if one in named:
            assert all(one.findtext(name) for name in ("title", "desc"))
            _, _, wide, tall = map(float, one.get("viewBox").split())
            for dot in one.iter("circle"):
                assert 0 < float(dot.get("cx")) < wide
                assert 0 < float(dot.get("cy")) < tall
        else:
            assert one.get("aria-hidden") == "true"
    places = set(re.findall(r' id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= places
    # The policy of the page forbids both.
    assert "style=" not in text
    assert "<script" not in text


def test_each_learner_is_a_dot_in_the_corner_of_what_they_did():
    chances = [(1, 0), (1, 0), (1, 0), (0, 1), (1, 1), (1, 1), (0, 0)]

    def corners(n, lot, answers, skill):
        judging(*chances[n])(n, lot, answers, skill)

    found = a_class(len(chances), corners)
    places = Counter((one.leaning, one.apart) for one in found.judging)
    assert places == {(-1, 0): 3, (1, 0): 1, (0, 1): 2, (0, -1): 1}
    shown = ET.fromstring(report_page.sheet_section(COURSE, SHEET.id, found)["judging"]["picture"])
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in shown.iter("circle")]
    named = {text.text: float(text.get("x")) for text in shown.iter("text")}
    assert named["everything"] < 200 < 440 < named["nothing"]
    assert sum(x < 200 for x, _ in dots) == 3
    assert sum(x > 440 for x, _ in dots) == 1
    assert sum(y < 100 for _, y in dots) == 2
    assert sum(y > 300 for _, y in dots) == 1


def test_what_was_earned_can_be_told_apart_in_light_dark_and_print():
    """By contrast of 3 to 1 (WCAG 2.2, 1.4.11), or by stripes and dots where there is no colour."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        red, green, blue = [((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05

    css = Path(pages.__file__).with_name("pages.css").read_text(encoding="utf-8")
    themes = [dict(re.findall(r"--(\w+): (#\w+);", line)) for line in css.splitlines()]
    themes = [theme for theme in themes if "most" in theme]
    assert len(themes) == 3
    for theme in themes:
        for one, other in [("all", "most"), ("most", "some"), ("line", "paper")]:
            tones = sorted([luminance(theme[one]), luminance(theme[other])])
            assert tones[1] / tones[0] >= 3, (one, other, theme)
    for kind, look in [("none", "url(#striped)"), ("waiting", "url(#dotted)"), ("blank", "none")]:
        assert f".{kind} {{ fill: {look};" in css


def test_a_cell_of_the_heat_map_is_what_its_table_says(tmp_path):
    found = a_class(25)
    heat = report_page.sheet_section(COURSE, SHEET.id, found)["heat"]
    told = Counter(kind for _, kinds in heat["rows"] for kind in kinds)
    drawn = ET.fromstring(heat["picture"]).iter("path")
    assert {path.get("class"): path.get("d").count("M") for path in drawn} == told
    assert sum(told.values()) == 25 * len(ITEMS)


def test_of_many_learners_a_dot_and_a_column_stand_for_several(tmp_path):
    found = report.ClassReport()
    found.learners = a_class(1).learners * (2 * pictures.MOST_DRAWN + 1)
    found.tallies, found.counts = a_class(1).tallies, a_class(1).counts
    shown = report_page.sheet_section(COURSE, SHEET.id, found)
    assert "about 3 learners" in shown["heat"]["each"]
    [path, *_] = ET.fromstring(shown["heat"]["picture"]).iter("path")
    assert len(re.findall("M", path.get("d"))) <= pictures.MOST_DRAWN * len(ITEMS)
    assert len(list(ET.fromstring(shown["judging"]["picture"]).iter("circle"))) <= 301


def test_the_bar_of_the_right_option_is_marked(tmp_path):
    found = a_class(10, choosing("times", 0.3))
    [detail] = [
        one
        for one in report_page.sheet_section(COURSE, SHEET.id, found)["questions"]
        if one["question"] is CHOICE
    ]
    bars = {row["text"]: (row["key"], row["text_of"], row["bar"]) for row in detail["options"]}
    for option in CHOICE.options:
        is_key, count, bar = bars[option.text]
        chose = {"times": 3, CHOICE.key: 7}.get(option.id, 0)
        assert (is_key, count) == (option.right, f"{chose} of 10")
        if chose:
            assert f'width="{10 * chose}.000"' in bar
            assert ('class="all"' in bar) == option.right


# --- Whom it names, and how many it counts --------------------------------------------------------


def test_it_names_nobody_unless_that_is_asked_for(tmp_path):
    found = a_class(12)
    names = {f"B{n:05}" for n in range(12)}
    assert not [name for name in names if name in page_of(found, tmp_path)]
    page = page_of(found, tmp_path, names=True)
    assert [name for name in names if page.count(name) < 3] == []


@pytest.mark.parametrize(
    "name", ["<b>x</b>", "محمد بن عبد الرحمن", "Wolfeschlegelsteinhausenbergerdorff", ""]
)
def test_a_name_of_any_form_stands_in_the_heat_map(name):
    [picture] = [pictures.heat_map([(name, ["all", "blank"])], [1, 2], "", names=True)]
    [text, *_] = ET.fromstring(picture).iter("text")
    assert len(text.text or "") <= 17
    assert (text.text or "")[:8] == name[:8]


def test_a_class_of_twelve_six_of_whom_handed_in_twice_is_twelve(box, out):
    for n in range(12):
        seal = a_seal(COURSE, SHEET, n)
        (box / f"{n}.json").write_text(submission.to_json(seal), encoding="utf-8")
        if n < 6:  # at another computer, so in another record, and later
            again = evolve(
                seal, record=f"{n:015x}f", sealed="2026-02-02T10:00:00+00:00", answers={}
            )
            (box / f"{n}-again.json").write_text(submission.to_json(again), encoding="utf-8")
    grade_folder(COURSE, box, COURSE.keys, out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "12 learners." in page
    found = re.search(r"left out: (\d+)", page)
    assert found
    assert int(found[1]) >= 6  # the later one counts
    grade_folder(COURSE, box, COURSE.keys, out, Choices(first=True))
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "12 learners." in page
    assert "left out: 6" not in page


def test_hand_ins_without_code_from_two_computers_are_two_learners(box, out):
    put(box, "a.json", learner="", record="a" * 16)
    put(box, "b.json", learner="", record="b" * 16)
    grade_folder(COURSE, box, COURSE.keys, out)
    assert "2 learners." in (out / "report.html").read_text(encoding="utf-8")


# --- How sure; before and after -------------------------------------------------------------------


def test_sureness_is_drawn_from_thirty_answers_on_and_told_before(tmp_path):
    found = a_class(3)
    assert report_page.sheet_section(COURSE, SHEET.id, found)["sure"] == {}
    found.sureness = [Judgement(0.9, so=n % 2 == 0) for n in range(29)]
    shown = report_page.sheet_section(COURSE, SHEET.id, found)["sure"]
    assert "picture" not in shown
    assert "90 % sure: 52 % of 29 answers were right" in shown["lines"][0]
    found.sureness.append(Judgement(0.9, so=True))
    shown = report_page.sheet_section(COURSE, SHEET.id, found)["sure"]
    assert len(list(ET.fromstring(shown["picture"]).iter("circle"))) == 1
    assert "How sure they were" in page_of(found, tmp_path)


def test_confidence_comes_from_the_answers_that_a_program_can_mark():
    asked = evolve(CHOICE, confidence=True)
    found = report.ClassReport()
    for value, sure in ((asked.key, 90), ("times", 60), (asked.key, None)):
        seal = evolve(
            a_seal(COURSE, SHEET, 1),
            answers={asked.id: SealedAnswer(value, asked.fingerprint, sure)},
        )
        found.add(mark(COURSE, {asked.id: asked}, Submission("a.json", seal)))
    assert found.sureness == [Judgement(0.9, so=True), Judgement(0.6, so=False)]


@pytest.mark.parametrize(("size", "is_said"), [(20, True), (3, False)])
def test_before_and_after_stand_beside_each_other_for_those_who_did_both(tmp_path, size, is_said):
    before, after = a_class(size + 1, judging(0.3, 0.6)), a_class(size, judging(0.9, 0.9))
    first, second = GRADED[:2]
    sheets = (first, evolve(second, before=first.id), *COURSE.sheets)
    course = evolve(COURSE, sheets=sheets)
    report_page.write(course, tmp_path, {first.id: before, second.id: after})
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("Before and after") == 1
    assert f"Of the {size} who did both tests" in page
    assert ("Telling apart changed by" in page) == is_said
    assert ("Whether telling apart changed cannot be said" in page) != is_said
    assert "Left out because they judged in one of them only: 1." in page
    assert "All began with the same test." in page
    report_page.write(course, tmp_path, {second.id: after})
    assert "Before and after" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def both_tests(size: int, *, harder: float, better: float) -> dict[str, object]:
    """Return what is said of a class of which every second learner began with the other test.

    Args:
        size: how many learners.
        harder: by how much each tells apart worse in the second test than in the first.
        better: by how much each tells apart better in the test that comes later.

    """
    tests = report.ClassReport(), report.ClassReport()
    for n in range(size):
        for time in (0, 1):
            which = (n + time) % 2
            rate = 0.6 + n % 4 / 20 - which * harder / 2 + time * better / 2
            tests[which].learners.append(
                report.LearnerFigures(str(n), "", 0, {}, rate, rate, f"2026-0{time + 1}-01")
            )
    return report_page.before_and_after(*tests)


def test_what_a_learner_handed_in_first_is_before_so_a_harder_test_is_no_change():
    shown = both_tests(20, harder=0.2, better=0)
    assert shown["lines"][0].startswith("Telling apart changed by 0 (from -")
    assert "0 lies in that range" in shown["lines"][0]
    assert "10 began with the first of them, 10 with this one" in shown["how"]
    assert len(shown["lines"]) == 2
    shown = both_tests(20, harder=0.1, better=0.3)
    assert shown["lines"][0].startswith("Telling apart changed by 30 (from ")
    assert "0 lies in that range" not in shown["lines"][0]


def test_whoever_runs_out_of_time_is_judged_by_what_they_answered():
    """A question left out is no statement that was accepted or turned down the wrong way."""
    course, form = COURSE, COURSE.sheet("test-a")
    items = load_questions(course, form)
    answers = {}
    for item in list(items.values())[:9]:
        answers[item.id] = SealedAnswer(item.key, item.fingerprint)
    found = report.ClassReport()
    seal = evolve(a_seal(course, form, 1), answers=answers)
    found.add(mark(course, items, Submission("a.json", seal)))
    [learner] = found.learners
    assert (learner.apart, learner.leaning) == (1, 0)


def test_a_course_from_right_to_left_has_its_report_so(tmp_path):
    report_page.write(evolve(COURSE, language="ar"), tmp_path, {SHEET.id: a_class(3)})
    assert 'dir="rtl"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert FERRY.id in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")
