"""The test before and after: two forms that are as alike as can be shown without a class.

Nobody earns anything in either by trusting all, trusting nothing, guessing, or going by a sign.
"""

from __future__ import annotations

import random
import re
from statistics import mean

import pytest
from attrs import evolve
from blind import SIGNS, Way, every_way, having, lacking, with_words
from helpers import COURSE, FORMS, each, with_keys

from kit.grading.report import ClassReport, LearnerFigures
from kit.grading.report_page import before_and_after, weeks_later
from kit.questions.bank import load_questions
from kit.questions.base import Question

pytestmark = with_keys

A, B = (list(load_questions(COURSE, sheet).values()) for sheet in FORMS)
TWINS = [(one, other) for one in A for other in B if one.id[7:] == other.id[7:]]
#: What each four items are about, by the first half of their names.
CONSTRUCTS = ("unnamed", "number", "hedge")
#: Words that say that an item is about its construct.
CUES = {
    "unnamed": r"names|whose|did not say who|not named|sources|called himself",
    "number": r"\d",
    "hedge": r"chance|“[^”]*(?:possibl|admit|confirm|may)",
}

OF_A_BODY = with_words("sa(?:y|id)|thought|had|confirmed|open")
TOO_FIRM = with_words("only|nothing|nobody")
#: Signs that readers of an earlier version found in the claims; exercises are not held to them.
CLAIM_SIGNS = {
    "begins with The": lambda text: text.startswith("The "),
    "fourteen words or more": lambda text: len(text.split()) >= 14,
    "what somebody said, thought or had, or what is open": OF_A_BODY,
    "the same without only, nothing": lambda text: OF_A_BODY(text) and not TOO_FIRM(text),
}


def ways_by_signs() -> list[Way]:
    """Return every way of answering that looks at the claims alone."""
    ways = list(every_way())
    for name, sign in CLAIM_SIGNS.items():
        ways.append(Way(f"{name}: right", having(sign)))
        ways.append(Way(f"{name}: wrong", lacking(sign)))
    return ways


def name_of(item: Question) -> str:
    return item.id.partition("/")[2]


def claim(item: Question) -> str:
    [unit] = item.units
    return unit.text


def is_sound(item: Question) -> bool:
    [unit] = item.units
    return bool(unit.sound)


def as_one(form: list[Question], *, claims: bool = True) -> Question:
    """Return a form as one question, so that whoever looks at signs sees all texts side by side."""
    units = []
    for item in form:
        text = claim(item) if claims else item.passage
        units.append(evolve(item.units[0], id=name_of(item), text=text))
    return evolve(form[0], units=tuple(units))


def apart(question: Question, answer: object) -> float:
    """Return how well an answer tells sound from unsound: -1 to 1."""
    counts = question.two_counts(answer)
    return counts.sound_accepted / counts.sound + counts.unsound_rejected / counts.unsound - 1


def expected(way: Way, question: Question) -> float:
    return mean(apart(question, answer) for answer in way.answers(question))


# --- Twins ----------------------------------------------------------------------------------------


def test_each_form_has_twelve_items_one_a_minute_four_of_each_construct_half_of_them_sound():
    for sheet, form in zip(FORMS, (A, B), strict=True):
        assert sheet.minutes == len(form) == sum(item.marks for item in form) == 12
        for construct in CONSTRUCTS:
            four = [item for item in form if name_of(item).startswith(construct)]
            assert [is_sound(item) for item in four].count(True) == len(four) / 2 == 2
            assert [item.id for item in four if not re.search(CUES[construct], item.passage)] == []


def test_each_item_is_asked_alike_about_a_story_with_a_record():
    assert len({(item.prompt.partition(": ")[2], item.labels) for item in [*A, *B]}) == 1
    assert len({item.prompt for item in A}) == 12, "the class report tells them apart by these"
    assert [item.id for item in [*A, *B] if not item.records] == []
    cited = [record for item in [*A, *B] for record in item.records]
    assert len(cited) == len(set(cited)), "no story is in both forms, or twice in one"


def test_no_lesson_and_no_exercise_uses_a_story_of_the_forms():
    ours = {record for item in [*A, *B] for record in item.records}
    for sheet in COURSE.sheets:
        for item in load_questions(COURSE, sheet).values():
            its_own = sheet in FORMS or sheet.repeats
            assert its_own or not ours & set(item.records), item.id


def test_twins_are_alike_in_key_length_and_signs():
    assert len(TWINS) == 12
    for one, other in TWINS:
        assert is_sound(one) == is_sound(other)
        assert abs(len(one.passage.split()) - len(other.passage.split())) <= 4, one.id
        assert abs(len(claim(one).split()) - len(claim(other).split())) <= 3, one.id
        for name, sign in {**SIGNS, **CLAIM_SIGNS}.items():
            assert sign(claim(one)) == sign(claim(other)), (one.id, name)


def measures(form: list[Question]) -> dict[str, float]:
    """Return what can be measured of how hard a form's texts are to read."""
    texts = [f"{item.passage} {claim(item)}" for item in form]
    words = [word for text in texts for word in re.findall(r"[^\W\d]+", text)]
    sentences = sum(len(re.findall(r"[.?!](?:”?\s|$)", text)) for text in texts)
    return {
        "words": len(words),
        "words in a sentence": len(words) / sentences,
        "letters in a word": len("".join(words)) / len(words),
        "words of nine letters or more": sum(len(word) >= 9 for word in words) / len(words),
    }


def test_both_forms_are_equally_hard_to_read():
    other = measures(B)
    for name, value in measures(A).items():
        assert value == pytest.approx(other[name], rel=0.05, abs=0.02), name


@each("form", [A, B])
def test_no_more_than_three_items_running_have_the_same_answer(form):
    answers = "".join("yn"[is_sound(item)] for item in form)
    assert re.search(r"yyyy|nnnn", answers) is None


def test_the_answers_of_one_form_are_of_no_use_in_the_other():
    """Twins stand at other places, and what is copied place by place earns what guessing does."""
    places = list(zip(A, B, strict=True))
    assert [one.id for one, other in places if name_of(one) == name_of(other)] == []
    assert [is_sound(one) == is_sound(other) for one, other in places].count(True) == 6


# --- Readers that never were ----------------------------------------------------------------------


@each("form", [A, B])
def test_trust_distrust_and_guessing_earn_nothing(form):
    whole = as_one(form)
    ways = {way.name: way for way in every_way()}
    for name in ("the same label for all: 1", "the same label for all: 2", "guesses"):
        assert expected(ways[name], whole) == 0


@each("form", [A, B])
def test_turning_down_what_has_no_name_and_taking_what_has_a_number_earn_nothing(form):
    """Of the claims about unnamed sources, as of those with a number, half are sound."""
    whole = as_one(form)
    unnamed = {name_of(i): ("unsupported" if "unnamed" in i.id else "supported") for i in form}
    numbers = {name_of(i): ("supported" if "number" in i.id else "unsupported") for i in form}
    hedges = {name_of(i): ("supported" if "hedge" in i.id else "unsupported") for i in form}
    for answer in (unnamed, numbers, hedges):
        assert apart(whole, answer) == pytest.approx(0)


#: One claim of twelve that a sign happens to hit is 1/6; three signs may look at longer texts.
@pytest.mark.parametrize(("claims", "most"), [(True, 1 / 6), (False, 1 / 3)])
def test_no_sign_earns_more_than_chance_may_and_none_in_one_form_only(claims, most):
    for way in ways_by_signs():
        one, other = (expected(way, as_one(form, claims=claims)) for form in (A, B))
        assert max(abs(one), abs(other)) <= most + 1e-9, way.name
        assert abs(one - other) <= 1 / 3 + 1e-9, way.name


def test_a_careful_reader_who_errs_sometimes_does_equally_well_in_both():
    lot, labels = random.Random(12), ("supported", "unsupported")
    for error in (0.1, 0.3):
        found = []
        for form in (A, B):
            whole, scores = as_one(form), []
            for _ in range(400):
                answer = {}
                for unit in whole.units:
                    right = labels.index(unit.right[0])
                    answer[unit.id] = labels[right ^ (lot.random() < error)]
                scores.append(apart(whole, answer))
            found.append(mean(scores))
        assert found == pytest.approx([1 - 2 * error] * 2, abs=0.06)


def test_a_form_that_a_sign_gives_away_is_found():
    given_away = []
    for item in A:
        text = "It is still open." if is_sound(item) else "So it was."
        given_away.append(evolve(item, units=(evolve(item.units[0], text=text),)))
    ways = {way.name: way for way in every_way()}
    assert expected(ways["careful: right"], as_one(given_away)) == 1


# --- What the report says of classes that never were ----------------------------------------------


def test_weeks_later_each_form_is_asked_once_more_under_a_name_of_its_own():
    """From the same files, so that the two cannot drift apart."""
    for form in FORMS:
        [later] = [sheet for sheet in COURSE.sheets if sheet.repeats == form.id]
        [other] = [sheet for sheet in FORMS if sheet != form]
        assert (later.before, later.keys, later.minutes) == (other.id, form.keys, form.minutes)
        first, again = (list(load_questions(COURSE, sheet).values()) for sheet in (form, later))
        assert [evolve(item, id=item.id.replace("-later", "")) for item in again] == first
        assert {item.id.partition("/")[0] for item in again} == {later.id}


def test_whoever_did_a_first_is_set_beside_b_weeks_later_and_the_other_way_round():
    reports = {name: ClassReport() for name in ("a", "b", "a later", "b later")}
    for n in range(6):
        first, again = ("a", "b later") if n % 2 else ("b", "a later")
        for name, rate in ((first, 0.5), (again, 0.6 + n / 100)):
            one = LearnerFigures(str(n), "", 0, {}, rate, rate, sealed=f"{len(name)}")
            reports[name].learners.append(one)
    reports["a later"].learners.append(LearnerFigures("new", "", 0, {}, 1, 1, sealed="9"))
    both_ways = weeks_later(
        [(reports["b"], reports["a later"]), (reports["a"], reports["b later"])]
    )
    assert "6 who did" in both_ways["how"]
    assert "both: 1." in both_ways["how"]
    assert both_ways["rows"][0]["text"].startswith("0")
    assert "same test" not in "".join(both_ways["lines"])
    one_way = weeks_later([(reports["b"], reports["a later"])])
    assert "same test" in "".join(one_way["lines"])


def said_of_a_class(lot: random.Random, *, better: float, more_distrust: float) -> list[str]:
    """Return what the report says of 40 learners, every second of whom began with form B.

    Args:
        lot: draws the learners and their answers.
        better: by how much each tells apart better the second time.
        more_distrust: by how much each accepts less, and turns down more, the second time.

    """
    forms = ClassReport(), ClassReport()
    for n in range(40):
        skill, trust = lot.gauss(0.65, 0.1), lot.gauss(0, 0.12)
        for time in (0, 1):
            accepts = skill + trust + time * (better / 2 - more_distrust)
            rejects = skill - trust + time * (better / 2 + more_distrust)
            right = [sum(lot.random() < rate for _ in range(6)) / 6 for rate in (accepts, rejects)]
            one = LearnerFigures(str(n), "", 0, {}, *right, sealed=f"2026-0{time + 1}-01")
            forms[(n + time) % 2].learners.append(one)
    return list(before_and_after(*forms)["lines"])


@pytest.mark.parametrize(
    ("better", "more_distrust", "apart_told", "leaning_told"),
    [
        (0, 0, (0, 0.15), (0, 0.15)),
        (0.1, 0, (0.2, 0.6), (0, 0.15)),
        (0.4, 0, (1, 1), (0, 0.15)),
        (0, 0.15, (0, 0.15), (0.95, 1)),
    ],
    ids=["no effect", "a small one", "a large one", "more distrust"],
)
def test_a_change_is_told_where_there_is_one_and_seldom_elsewhere(
    better, more_distrust, apart_told, leaning_told
):
    """The shares of the classes in which a change is told, as docs/test-before-and-after.md has."""
    lot = random.Random(19)
    classes = [said_of_a_class(lot, better=better, more_distrust=more_distrust) for _ in range(40)]
    for n, (least, most) in enumerate((apart_told, leaning_told)):
        told = mean("0 lies in that range" not in lines[n] for lines in classes)
        assert least <= told <= most
