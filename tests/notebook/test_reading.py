from __future__ import annotations

import re
from html import unescape

import pandas as pd
import pytest
from helpers import COURSE, both_forms, each

import kit
from kit.course.article import OWN_COPY, Article, load_article
from kit.course.evidence import COLUMNS, SEEN, find_record, load_claims, load_records
from kit.course.messages import message, words
from kit.instruments.provenance import outline, web_of
from kit.notebook import reading
from kit.notebook.output import Page

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


# --- Evidence -----------------------------------------------------------------------------------


@each("name", [*load_records(COURSE), "changes"])
def test_evidence_is_a_frame(learner_course, name):
    frame = kit.evidence(name)
    assert isinstance(frame, pd.DataFrame)
    assert len(frame)
    assert (frame["address"] != "").all()


def test_a_page_shows_the_texts_of_a_table_whole_also_of_a_selection(learner_course):
    frame = kit.evidence("relays")
    for shown in (frame, frame[["statement", "address"]], frame.loc[["page-under-study"]]):
        html = unescape(shown._repr_html_())
        assert all(text in html for text in shown["statement"])
        assert all(str(index) in html for index in shown.index)


def test_a_table_shows_nothing_where_it_has_no_number(learner_course):
    html = kit.evidence("counts")._repr_html_()
    assert "NA" not in re.findall(r">([^<]*)<", html)
    assert ">646<" in html


@each("row", RECORDS)
def test_one_record_is_a_card(learner_course, row):
    name, record = row
    card = kit.evidence(name, record.id)
    text, html = both_forms(card)
    assert isinstance(card, Page)
    for said in (record.statement, record.who, record.checked, record.caveat, record.address):
        assert said in text
    assert record.short in unescape(html)
    assert "{" not in text


@each("row", RECORDS)
def test_a_card_says_whose_page_it_is_where_that_is_not_the_original(learner_course, row):
    name, record = row
    label = message("evidence.host")
    for shown in both_forms(kit.evidence(name, record.id)):
        assert (label in shown) == (record.host != "original")
        assert unescape(record.host_note) in unescape(shown)


def test_every_column_has_its_words_on_a_card_and_over_a_table():
    labels = {key.partition(".")[2] for key in words() if key.startswith("evidence.")}
    assert labels == {*COLUMNS, *SEEN}


@each("name", ["changes", "counts", "relays"])
def test_a_table_has_words_for_heads_and_no_names_of_fields(learner_course, name):
    frame = kit.evidence(name)
    html = frame._repr_html_()
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)<', html)
    assert heads == [message(f"evidence.{field}") for field in ("id", *frame.columns)]
    frame["my own"] = "x"
    assert ">my own<" in frame._repr_html_()


def test_an_address_in_a_table_is_a_link_that_shows_its_site_alone(learner_course):
    frame = kit.evidence("changes")
    html = unescape(frame._repr_html_())
    for address in "; ".join(frame["address"]).split("; "):
        site = address.split("/")[2]
        assert f'<a href="{address}">{site}</a>' in html
    frame.iloc[0, -1] = '<b>bold</b> https://a.example/"onclick="x; and more'
    html = frame._repr_html_()
    assert "<b>" not in html
    assert '"onclick="' not in html
    assert "; and more" in html


def test_a_card_shows_who_counted_whom_and_until_when(learner_course):
    text, html = both_forms(kit.evidence("counts", "ihr-14-january"))
    for shown in (text, html):
        assert "3428" in shown
        assert "deaths" in shown
        assert "protesters only" in shown
        assert "2026-01-14" in shown
        assert "floor" in shown


def test_a_card_shows_changes_and_where_it_has_it_from(learner_course):
    text, _ = both_forms(kit.evidence("relays", "relay-daljoog"))
    assert "renamed: the son Mojtaba is called Mostafa" in text
    assert message("provenance.got_inferred", claim="flee-plan", source="The Times") in text


def test_a_cards_address_is_a_link_where_it_is_one(learner_course):
    assert '<a href="https://' in kit.evidence("relays", "relay-wion")._repr_html_()
    assert "<a " not in kit.evidence("relays", "relays-none-says-left")._repr_html_()


def test_a_card_holds_no_markup_of_a_records(own_course, monkeypatch):
    path = own_course.root / "evidence" / "relays.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("WION reports", "<b>WION & reports", 1), encoding="utf-8")
    html = kit.evidence("relays", "relay-wion")._repr_html_()
    assert "<b>WION" not in html
    assert "&lt;b&gt;WION &amp; reports" in html


# --- Provenance ---------------------------------------------------------------------------------


@pytest.fixture
def displayed(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: shown.append((a, k)))
    return shown


@each("claim", CLAIMS)
def test_provenance_says_in_words_what_it_draws(learner_course, displayed, claim):
    text, html = both_forms(kit.provenance(claim))
    web = web_of(learner_course, claim)
    tree = outline(web)
    assert text.endswith("\n".join(f"{'    ' * depth}- {line}" for depth, line in tree))
    assert html.count("<li>") >= len(tree)
    assert html.count("<li>") == html.count("</li>")
    assert html.count("<ul>") == html.count("</ul>")
    for record in web.records.values():
        assert record.short in text
    for shown in (text, html):
        assert load_claims(COURSE)[claim].title in shown
        for n in (len(web.origins), len(web.passed_on), len(web.records)):
            assert re.search(rf"\b{n}\b", shown)


def test_provenance_draws_in_markdown_with_words_for_who_has_no_picture(learner_course, displayed):
    kit.provenance("95-billion")
    [((bundle,), how)] = displayed
    assert how == {"raw": True}
    assert bundle["text/markdown"].startswith("```mermaid\n")
    assert bundle["text/markdown"].endswith("\n```")
    assert "```" not in bundle["text/markdown"][3:-3]
    assert load_claims(COURSE)["95-billion"].title in bundle["text/plain"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_page_under_study_stands_out_and_the_words_say_how(learner_course, displayed, claim):
    words, html = both_forms(kit.provenance(claim))
    [((bundle,), _)] = displayed
    name = find_record(learner_course, "page-under-study").short
    assert bundle["text/markdown"].count(f'{{{{"{name}<br/>') == 1
    for form in (words, html):
        assert message("provenance.studied", name=name) in form


def test_a_claim_that_passed_the_page_under_study_by_says_nothing_of_it(own_course, displayed):
    path = own_course.root / "article.toml"
    path.write_text(path.read_text("utf-8").replace('page = "https', 'page = "http', 1), "utf-8")
    assert "six corners" not in repr(kit.provenance("95-billion"))
    [((bundle,), _)] = displayed
    assert '{{"' not in bundle["text/markdown"].partition("accTitle")[2]


def test_the_sum_has_one_origin_at_first_hand_and_the_plan_none(learner_course, displayed):
    assert message("provenance.at_first_hand", n=1) in repr(kit.provenance("95-billion"))
    assert message("provenance.at_first_hand", n=0) in repr(kit.provenance("flee-plan"))


def test_what_is_shown_stays_the_same(learner_course, displayed):
    shown = [both_forms(kit.provenance(claim)) for claim in CLAIMS * 2]
    assert shown[: len(CLAIMS)] == shown[len(CLAIMS) :]
    assert displayed[: len(CLAIMS)] == displayed[len(CLAIMS) :]


def test_nothing_is_drawn_where_there_is_no_such_claim(learner_course, displayed):
    assert "flee-plan" in repr(kit.provenance("nonsense"))
    assert displayed == []


@pytest.mark.parametrize(
    "call",
    [
        lambda: kit.evidence("relays", "nonsense"),
        lambda: kit.evidence("nonsense", "relay-wion"),
        lambda: kit.evidence("changes", "western"),
        lambda: kit.provenance(""),
    ],
)
def test_a_mistake_in_a_call_is_told_in_a_sentence(learner_course, call):
    text, html = both_forms(call())
    assert "There" in text or "has:" in text
    assert "Traceback" not in text + html


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
