from __future__ import annotations

import kit
from kit.text import Article

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
