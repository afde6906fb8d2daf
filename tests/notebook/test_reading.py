from __future__ import annotations

import re

from helpers import COURSE, both_forms

import kit
from kit.course.article import OWN_COPY, Article, load_article
from kit.course.evidence import load_claims, load_records
from kit.course.messages import message
from kit.notebook import reading

RECORDS = [(name, r) for name, rows in load_records(COURSE).items() for r in rows]
CLAIMS = list(load_claims(COURSE))

# --- The text under study -----------------------------------------------------------------------


def test_the_article_shows_every_unit(learner_course):
    text, html = both_forms(kit.article())
    article = load_article(learner_course)
    for unit in article.units:
        assert f"¶{unit.n} " in text
        assert f"¶{unit.n}<" in html
    assert article.reference.title in text
    assert article.reference.page in html


def test_the_article_shows_the_chosen_units_only(learner_course):
    text, html = both_forms(kit.article().show(6, 19))
    assert re.findall(r"^¶(\d+)", text, re.MULTILINE) == ["6", "19"]
    assert re.findall(r"¶(\d+)<", html) == ["6", "19"]


def test_a_paragraph_that_is_not_there_is_told_in_a_sentence(learner_course):
    assert "no paragraph 99" in repr(kit.article().show(6, 99))


def test_ones_own_copy_is_shown_in_full(learner_course):
    copy = "\n\n".join(f"Line number {u.n}" for u in load_article(learner_course).units)
    (learner_course.home / OWN_COPY).write_text(copy + " <b>&", encoding="utf-8")
    text, html = both_forms(kit.article().show(6, 21))
    assert "Line number 6" in text
    assert "Line number 21" in html
    assert "“seek refuge" not in text
    assert message("article.differs") in html
    assert "<b>" not in both_forms(kit.article())[1]


def test_ones_own_copy_that_cannot_be_read_is_told_in_a_sentence(learner_course):
    (learner_course.home / OWN_COPY).write_bytes(b"\xff\xfe\x00")
    for shown in (kit.article(), kit.article().show(6)):
        for text in both_forms(shown):
            assert "UTF-8" in text


# --- A story of the reader's own ------------------------------------------------------------

STORY = "Bridge *closed* <b>\nIt may take until August.\nNobody was hurt."


def test_a_story_of_ones_own_is_shown_in_full_under_numbers(home):
    (home / "story.txt").write_text(STORY, encoding="utf-8")
    view = kit.article("story.txt")
    assert repr(view).splitlines()[1:] == [
        "¶0 [headline] Bridge *closed* <b>",
        "¶1 [paragraph] It may take until August.",
        "¶2 [paragraph] Nobody was hurt.",
    ]
    page = view._repr_html_()
    assert "Bridge *closed* &lt;b&gt;" in page
    assert "my-article.txt" not in page  # that note is about the text under study
    assert "href" not in page


def test_it_can_be_shown_in_part_and_knows_its_numbers(home):
    view = kit.article(Article.from_text(STORY))
    assert repr(view.show(2)) == "¶2 [paragraph] Nobody was hurt."
    assert "0 (its headline) to 2" in repr(view.show(3))


def test_a_story_from_the_web_shows_where_it_stands(home):
    story = Article("A", ("B",), "Ada Moss", "2025-05-04", "https://example.org/a?b&c")
    page = kit.article(story)._repr_html_()
    for part in ("example.org", "2025-05-04", "Ada Moss", 'href="https://example.org/a?b&amp;c"'):
        assert part in page


def test_a_story_that_cannot_be_read_is_told_in_a_sentence(home):
    assert "nowhere.html" in repr(kit.article("nowhere.html"))


def test_on_a_site_the_note_says_where_to_paste_the_text(monkeypatch):
    assert "my-article.txt" in kit.article()._repr_html_()
    monkeypatch.setattr(reading, "IN_BROWSER", True)
    page = kit.article()._repr_html_()
    assert "Keep it as the article" in page
    assert "my-article.txt" not in page
