"""The express: lessons of 25 minutes, at two reading levels, that need nothing else."""

from __future__ import annotations

import re
import shutil

import textstat
from helpers import COURSE, each
from textstat.backend.utils import get_lang_easy_words

from kit.authoring import build
from kit.authoring.check import faults
from kit.authoring.handouts import sources
from kit.course.article import read_text
from kit.course.course import load_course
from kit.course.messages import CONTENT
from kit.questions.bank import load_questions

EXPRESS = [sheet for sheet in COURSE.sheets if sheet.plain]
PAGES = [page for page in COURSE.pages if page.plain]
SIMPLE = [page for page in PAGES if page.page != page.id]
MOST_WORDS, MOST_JUDGEMENTS = 700, 6
LONGEST_SENTENCE = 14  #: words
#: Of the words of a plainer page so many may be outside of Dale and Chall's 3,000 easy ones, names
#: left out; each is explained, or is one of the lesson's own.
MOST_HARD = 0.07


def prose(page) -> str:
    """Return what a page says to its reader, without its blocks and the addresses of its links."""
    text = re.sub(r"```.*?```", "", build.page_text(COURSE, page), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", text)


def sentences(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        cells = re.split(r"\|", line)
        lines += [re.sub(r"[*\[\]>#“”]", "", cell).strip(" -") for cell in cells]
    found = []
    for line in lines:
        found += re.split(r"(?<=[.?!])\s+", line)
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def words(text: str) -> list[str]:
    return re.findall(r"[\w’']+", text)


def questions(page) -> list:
    return [
        load_questions(COURSE, page)[name] for name in build.asked(build.page_text(COURSE, page))
    ]


def hard_words(text: str) -> list[str]:
    easy = get_lang_easy_words("en")
    found = []
    for word in re.findall(r"\b[a-z]+\b", text):  # names have a capital
        stems = {word, word.removesuffix("s"), word.removesuffix("d"), word.removesuffix("ed")}
        if not stems & easy:
            found.append(word)
    return found


def test_there_are_three_and_each_has_two_pages():
    assert len(EXPRESS) == 3
    assert len(PAGES) == 6


@each("page", PAGES)
def test_an_express_lesson_fits_its_25_minutes(page):
    said = words(prose(page))
    judgements = 0
    for question in questions(page):
        judgements += max(1, len(question.units))
        texts = [question.passage, question.prompt, question.reason]
        for row in (*question.rows, *question.labels, *getattr(question, "slips", ())):
            texts += [getattr(row, "text", ""), getattr(row, "reason", "")]
        said += words(" ".join(texts))
    assert page.minutes == 25
    assert len(said) <= MOST_WORDS
    assert judgements <= MOST_JUDGEMENTS


@each("sheet", EXPRESS)
def test_each_of_its_two_pages_leads_to_the_other_in_its_first_lines(sheet):
    [full, simple] = [page for page in PAGES if page.id == sheet.id]
    for here, there in ((full, simple), (simple, full)):
        name = there.notebook.rpartition("/")[2]
        assert f"]({name})" in build.page_text(COURSE, here).partition("```")[0]


@each("page", SIMPLE)
def test_the_plainer_page_is_plain(page):
    text = prose(page)
    assert [s for s in sentences(text) if len(words(s)) > LONGEST_SENTENCE] == []
    hard = hard_words(text)
    assert len(hard) <= MOST_HARD * len(words(text)), sorted(set(hard))


@each("sheet", EXPRESS)
def test_the_plainer_page_is_another_text_and_easier_to_read(sheet):
    [full, simple] = [prose(page) for page in PAGES if page.id == sheet.id]
    for measure in (textstat.automated_readability_index, textstat.coleman_liau_index):
        full_said, simple_said = ("\n".join(sentences(text)) for text in (full, simple))
        assert measure(simple_said) < measure(full_said) - 1
    same = set(sentences(full)) & set(sentences(simple))
    assert len(same) < len(sentences(simple)) / 3


@each("sheet", EXPRESS)
def test_the_sheet_on_paper_asks_the_lessons_questions_and_the_teachers_has_the_script(sheet):
    texts = {path.relative_to(COURSE.root).as_posix(): read_text(path) for path in sources(COURSE)}
    paper = texts[f"handouts/{sheet.id}.md"]
    exit_ticket = questions(sheet)[-2:]
    for question in exit_ticket:
        for option in question.options:
            assert option.text.rstrip(".") in paper or question.id.endswith("/cinema")
    script = texts[f"handouts/teacher/{sheet.id}.md"].partition("## Think aloud")[2]
    script = script.partition("## Key")[0]
    assert 180 <= len(words(script)) <= 420  # some three minutes, with pauses


def test_a_plainer_page_that_asks_something_else_is_told(tmp_path):
    shutil.copytree(CONTENT, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "lessons" / f"{SIMPLE[0].page}.md"
    text = read_text(path)
    path.write_text(text.replace("express-might/chance", "express-might/harbour"), "utf-8")
    [told] = faults(load_course.__wrapped__(tmp_path, tmp_path))
    assert path.name in told
    assert SIMPLE[0].id in told
