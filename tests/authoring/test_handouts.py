from __future__ import annotations

import re
import shutil

import pytest
from helpers import COURSE, GRADED, ITEMS, PROJECT, each, key_texts

from kit.authoring import handouts
from kit.authoring.check import faults
from kit.command import cli
from kit.course.article import load_article, normal, read_text
from kit.course.course import load_course
from kit.course.evidence import every_record, is_day
from kit.course.messages import CONTENT
from kit.questions.bank import load_questions

FOLDER = COURSE.root / "handouts"
TEXTS = {
    path.relative_to(FOLDER).with_suffix("").as_posix(): read_text(path)
    for path in handouts.sources(COURSE)
}
PAGES = dict(zip(TEXTS, handouts.pages(COURSE).values(), strict=True))
EXPRESS = [sheet.id for sheet in COURSE.sheets if sheet.plain]
THE_TEACHERS = [f"teacher/{name}" for name in EXPRESS]
DAY_UNDER_STUDY = "2026-01-13"
LATER = re.compile(r"\b(?:1[4-9]|2\d|3[01]) January\b|\b(?:February|March|April) 2026\b")
SHINGLE = 6  #: words in the article's order that are hardly chance
ORIGINAL = PROJECT.parent / "shared" / "article" / "article.txt"
every_handout = each("name", TEXTS)
before_the_outcome = each("name", [n for n in TEXTS if n[:2] not in ("06", "07", "fo")])


@pytest.fixture
def own_course(tmp_path):
    """A copy of the course that a test may change."""
    shutil.copytree(CONTENT, tmp_path, dirs_exist_ok=True)
    return load_course.__wrapped__(tmp_path, tmp_path)


def edition() -> dict[int, list[str]]:
    return {u.n: [normal(q) for q in u.quotations] for u in load_article(COURSE).units}


def test_each_lesson_has_its_handout_and_the_adults_theirs():
    lessons = [s.id for s in COURSE.sheets if not s.graded and s.id[:2].isdigit()]
    to_hand_out = sorted([*lessons, *EXPRESS, "for-parents"])
    assert list(TEXTS) == [*to_hand_out, *sorted(THE_TEACHERS)]
    assert [path.stem for path in handouts.to_hand_out(COURSE)] == to_hand_out


@every_handout
def test_a_committed_handout_is_as_its_markdown_calls_for(name):
    path = PROJECT / "handouts" / f"{name}.html"
    assert read_text(path) == PAGES[name], "stale: run make notebooks"


def test_no_other_page_lies_in_the_folder():
    for folder, names in (("", TEXTS), ("teacher/", THE_TEACHERS)):
        found = {f"{folder}{p.stem}" for p in (PROJECT / "handouts" / folder).glob("*.*")}
        assert found == {
            name
            for name in names
            if name.startswith(folder) and name.count("/") == folder.count("/")
        }


@every_handout
def test_a_handout_needs_nothing_else(name):
    assert not re.search(r"<(?:script|img|iframe|link)\b|url\(|@import", PAGES[name])


@every_handout
def test_raw_html_in_a_handout_is_shown_as_text(name, own_course):
    path = own_course.root / "handouts" / f"{name}.md"
    path.write_text(f"{TEXTS[name]}\n\n<script>1</script>\n", encoding="utf-8")
    assert "<script>" not in handouts.pages(own_course)[own_course.home / f"handouts/{name}.html"]


@every_handout
def test_learners_write_their_code_and_adults_do_not(name):
    assert ("Class code:" in PAGES[name]) == (name not in ("for-parents", *THE_TEACHERS))


@every_handout
def test_no_key_stands_on_a_handout(name):
    items = [item for sheet in GRADED for item in load_questions(COURSE, sheet).values()]
    items += [item for item in ITEMS.values() if name not in THE_TEACHERS]
    secrets = {text for item in items for text in key_texts(item)}
    assert len(secrets) > 300
    said = normal(TEXTS[name])
    assert [text for text in secrets if normal(text) in said] == []


@every_handout
def test_the_articles_words_are_those_that_the_edition_quotes(name):
    quoted = edition()
    found = re.findall(r"“([^”]+)”[^“”¶]*\(¶(\d+)", TEXTS[name])
    wrong = [
        (words, n) for words, n in found if not any(normal(words) in q for q in quoted[int(n)])
    ]
    assert wrong == []


@pytest.mark.skipif(not ORIGINAL.is_file(), reason="the article is not part of the kit")
@every_handout
def test_no_other_run_of_the_articles_words_stands_on_a_handout(name):
    runs = _runs(read_text(ORIGINAL))
    ours = _runs(" ".join(q for quotations in edition().values() for q in quotations))
    assert len(runs) > 700
    said = re.sub(r"\]\([^)]*\)", "]", TEXTS[name])  # an address is no quotation
    assert sorted((_runs(said) & runs) - ours) == []


def _runs(text: str) -> set[str]:
    words = re.findall(r"\w+", normal(text))
    return {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def forecasts() -> list[str]:
    """Return what each forecast of lesson 00 says, without its number."""
    first = load_questions(COURSE, COURSE.sheets[0]).values()
    return [i.prompt.rpartition(" of 8. ")[2] for i in first if i.resolves is not None]


@before_the_outcome
def test_no_fact_of_a_later_day_stands_on_a_handout_before_lesson_06(name):
    later = [r for r in every_record(COURSE).values() if _day(r) > DAY_UNDER_STUDY]
    assert len(later) > 15
    # A record of what is not known may lie at an earlier record's address.
    assert [r.id for r in later if r.address in TEXTS[name] and not r.id.startswith("open-")] == []
    counts = {f"{r.count.number:,}" for r in later if r.count}
    assert [n for n in counts if n in TEXTS[name]] == []
    # What a forecast asks about is no fact: learners commit to it in these words.
    asked = forecasts()
    said = TEXTS[name]
    for prompt in asked:
        said = said.replace(prompt, "")
    assert LATER.findall(said) == []


def _day(record) -> str:
    days = [d for d in (record.day, record.published, record.count and record.count.until) if d]
    return max((d for d in days if is_day(d)), default="")


def test_the_first_handout_asks_the_forecasts_in_the_lessons_own_words():
    assert len(forecasts()) == 9
    assert [p for p in forecasts() if p not in TEXTS["00-start-here"]] == []


@pytest.mark.parametrize(
    "planted",
    [
        "[x](https://example.org)",
        "There were 4711 of them.",
        "It is believed that Khamenei has a well-devised plan in place.",
    ],
    ids=["a loose link", "a loose figure", "a quotation without marks"],
)
def test_the_check_looks_at_handouts_too(own_course, planted):
    path = own_course.root / "handouts" / "for-parents.md"
    path.write_text(f"{read_text(path)}\n\n{planted}\n", encoding="utf-8")
    found = faults(own_course)
    assert len(found) == 1
    assert "for-parents" in found[0]


def test_an_invented_case_on_a_handout_needs_no_record(own_course):
    path = own_course.root / "handouts" / "for-parents.md"
    path.write_text(f"{read_text(path)}\n\nAn invented 4711.\n", encoding="utf-8")
    assert faults(own_course) == []


def test_the_command_makes_handouts_and_says_which_are_stale(own_course, monkeypatch, capsys):
    monkeypatch.chdir(own_course.home)
    assert cli.main(["handouts", "--check"]) == 1
    _, *stale = capsys.readouterr().out.splitlines()
    assert len(stale) == len(TEXTS)
    shutil.rmtree(own_course.home / "handouts", ignore_errors=True)
    shutil.copytree(CONTENT / "handouts", own_course.home / "handouts")
    assert cli.main(["handouts"]) == 0
    assert "handouts/00-start-here.html" in capsys.readouterr().out
    assert cli.main(["handouts", "--check"]) == 0
