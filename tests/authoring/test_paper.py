"""Slides and paper: made from the lesson's own page and questions, and without a key."""

from __future__ import annotations

import re
import shutil

import pytest
from helpers import COURSE, GRADED, PROJECT, each, key_texts, with_keys

from kit.authoring import paper, release, slides
from kit.command import cli
from kit.course.article import normal, read_text
from kit.course.course import load_course
from kit.course.messages import CONTENT, KitError, message
from kit.questions.bank import load_questions

SLIDES = slides.pages(COURSE)
PAPER = paper.pages(COURSE)
LESSONS = [sheet for sheet in COURSE.sheets if not sheet.graded and sheet.minutes]
MADE = {**SLIDES, **PAPER}


def said(html: str) -> str:
    return normal(re.sub(r"<[^>]*>", " ", html))


@each("path", MADE)
def test_what_is_committed_is_as_the_lesson_calls_for(path):
    assert read_text(path) == MADE[path], "stale: run make notebooks"


def test_no_other_page_lies_in_the_folders():
    for folder in ("slides", "paper"):
        there = set((PROJECT / "handouts" / folder).iterdir())
        assert there == {path for path in MADE if path.parent.name == folder}


@each("path", MADE)
def test_it_needs_no_network_and_nothing_beside_it(path):
    page = re.sub(r"<a href=[^>]*>", "", MADE[path])
    assert not re.search(
        r"\bsrc=(?!.data:)|<link\b|<iframe\b|url\(|@import|\bfetch\(|\bimport\b", page
    )


@each("sheet", LESSONS)
def test_a_lesson_has_at_most_twelve_slides_and_ends_with_its_card(sheet):
    made = slides.slides(COURSE, sheet)
    assert 4 <= len(made) <= slides.MOST
    if ">" in "".join(part.text for part in paper.parts(COURSE, sheet)):
        assert "<blockquote>" in made[-1].first


@each("sheet", LESSONS)
def test_a_questions_reasons_are_not_seen_before_the_next_key(sheet):
    for slide in slides.slides(COURSE, sheet):
        if slide.question is None or slide.question.survey:
            assert not slide.then
            continue
        for row in slide.question.rows:
            if row.reason:
                assert said(paper.inline(row.reason)) not in said(slide.first)
                assert said(paper.inline(row.reason)) in said(slide.then)


@each("sheet", LESSONS)
def test_no_correction_and_no_warning_of_ours_is_cut_off_a_slide(sheet):
    """A paragraph's end may be where it says that a report was wrong, or what one may leave out."""
    page = "\n\n".join(part.text for part in paper.parts(COURSE, sheet))
    paragraphs = [text.strip() for text in page.split("\n\n")]
    for slide in slides.slides(COURSE, sheet):
        for text in slide.texts:
            assert text in paragraphs or message("handouts.on_the_page") in text


def test_a_paragraph_is_cut_after_a_whole_sentence():
    long = "One two three. " + "*Four five six. Seven* eight. " + "nine " * 120 + "end."
    assert slides._shortened(long) == "One two three. *Four five six. Seven* eight."
    assert slides._shortened("- " + long) == "- " + long
    assert slides._shortened("Short: it stays.") == "Short: it stays."


@with_keys
@each("sheet", GRADED)
def test_an_exercise_on_paper_asks_everything_and_tells_nothing_of_its_key(sheet):
    page = said(PAPER[COURSE.home / "handouts" / "paper" / f"{sheet.id}.html"])
    keyed = said(paper.keys(COURSE)[COURSE.home / "solutions" / "paper" / f"{sheet.id}.html"])
    for question in load_questions(COURSE, sheet).values():
        assert said(paper.inline(question.prompt)) in page
        for secret in key_texts(question):
            shown = said(paper.inline(secret))
            assert shown not in page
            if secret in [row.reason for row in question.rows]:
                assert shown in keyed


def test_neither_slides_nor_paper_nor_the_teachers_pages_go_to_learners():
    names = [path.as_posix() for path in release.own_files(COURSE)]
    assert "handouts/01-who-says-so.html" in names
    assert "handouts/express-might.html" in names
    assert [n for n in names if re.search(r"slides/|paper/|teacher/", n)] == []


def test_there_is_room_for_what_is_written_by_hand():
    html = PAPER[COURSE.home / "handouts" / "paper" / "exercise-01.html"]
    assert html.count("<hr>") >= 8


def test_what_a_page_shows_from_the_course_is_on_paper_too():
    html = said(PAPER[COURSE.home / "handouts" / "paper" / "exercise-07.html"])
    assert said(read_text(CONTENT / "texts" / "quarry.txt").splitlines()[-1]) in html
    html = PAPER[COURSE.home / "handouts" / "paper" / "03-one-number.html"]
    assert "¶15" in html
    assert ".ipynb" not in html


def test_the_commands_make_them_and_say_which_are_stale(tmp_path, monkeypatch, capsys):
    shutil.copytree(CONTENT, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for command, folder in (("slides", "slides"), ("paper", "paper")):
        assert cli.main([command, "--check"]) == 1
        assert cli.main([command]) == 0
        assert f"handouts/{folder}/01-who-says-so.html" in capsys.readouterr().out
        assert cli.main([command, "--check"]) == 0


def test_without_keys_there_is_no_teachers_sheet(tmp_path):
    shutil.copytree(CONTENT, tmp_path, dirs_exist_ok=True)
    with pytest.raises(KitError, match="exercise-01"):
        paper.keys(load_course.__wrapped__(tmp_path, tmp_path))
