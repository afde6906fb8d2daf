from __future__ import annotations

import re
from functools import cache

import pytest
from helpers import BY_NAME, COURSE, PAGE, PROJECT, each, with_keys
from hypothesis import given
from hypothesis import strategies as st

from kit.course.article import (
    OWN_COPY,
    OWN_PAGE,
    Article,
    ReadingEdition,
    Unit,
    compare,
    fingerprint,
    load_article,
    normal,
    own_copy,
    paragraphs,
    read_text,
)
from kit.course.messages import CONTENT, KitError, message

ORIGINAL = PROJECT.parent / "shared" / "article" / "article.txt"
ARTICLE = load_article(COURSE)
QUOTED = [(unit.n, q) for unit in ARTICLE.units for q in unit.quotations]
RUN = 8  #: so many words of the article in a row are a quotation

needs_original = pytest.mark.skipif(
    not ORIGINAL.is_file(),
    reason="the article itself is not part of the kit; it stands in ../shared/article",
)


def original() -> str:
    return ORIGINAL.read_text(encoding="utf-8")


def an_article(*lines: str) -> ReadingEdition:
    units = tuple(Unit(n, "paragraph", "gist", fingerprint(x)) for n, x in enumerate(lines))
    return ReadingEdition(ARTICLE.reference, units)


# --- The edition --------------------------------------------------------------------------------


def test_the_units_are_numbered_in_order_from_the_headline():
    assert [u.n for u in ARTICLE.units] == list(range(len(ARTICLE.units)))
    assert ARTICLE.units[0].kind == "headline"


@each("unit", ARTICLE.units)
def test_each_unit_has_a_gist_and_a_kind_that_has_a_name(unit):
    assert unit.gist.strip()
    assert message(f"article.{unit.kind}")
    assert re.fullmatch("[0-9a-f]{16}", unit.fingerprint)


def test_a_unit_is_found_by_its_number():
    assert ARTICLE.unit(6).n == 6
    for n in (-1, len(ARTICLE.units)):
        with pytest.raises(KitError, match=str(n)):
            ARTICLE.unit(n)


def test_quotations_are_short_and_few():
    lengths = [len(q.split()) for _, q in QUOTED]
    assert QUOTED
    assert max(lengths) <= 30
    assert sum(lengths) <= ARTICLE.reference.words / 4


# --- Against the article itself -----------------------------------------------------------------


@needs_original
def test_the_original_is_the_text_that_the_edition_describes():
    text = original()
    assert len(text.split()) == ARTICLE.reference.words
    assert paragraphs(text)[0] == ARTICLE.reference.title
    assert {v.state for v in compare(ARTICLE, text)} == {"same"}
    assert len(paragraphs(text)) == len(ARTICLE.units)


@needs_original
@each("quoted", QUOTED)
def test_each_quotation_stands_in_its_paragraph_word_for_word(quoted):
    n, quotation = quoted
    assert quotation in paragraphs(original())[n]


def just_words(text: str) -> list[str]:
    """Return the words alone, so that marks and entities hide no quotation."""
    text = normal(re.sub(r"<[^>]*>|\\[nu\"]", " ", text))
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", text)


def runs(words: list[str], length: int = RUN) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@cache
def forbidden_runs() -> set[tuple[str, ...]]:
    """Return the article's runs of words that stand in no registered quotation."""
    passages = [ARTICLE.reference.title, *(q for _, q in QUOTED)]
    return runs(just_words(original())) - {r for p in passages for r in runs(just_words(p))}


def runs_in(text: str) -> set[tuple[str, ...]]:
    """Return the runs of words in ``text``; a registered quotation ends one, whole as it is."""
    plain = f" {' '.join(just_words(text))} "
    for _, quotation in sorted(QUOTED, key=lambda pair: -len(pair[1])):
        plain = plain.replace(f" {' '.join(just_words(quotation))} ", " | ")
    return {run for part in plain.split("|") for run in runs(part.split())}


@cache
def published_texts() -> dict[str, str]:
    """Return everything that the kit publishes in words, by file."""
    pages = [
        path
        for folder in (CONTENT, PROJECT / "solutions" / "keys")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    pages += [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *BY_NAME.values()]
    return {str(p.relative_to(PROJECT)): p.read_text(encoding="utf-8") for p in pages}


@needs_original
@each("name", sorted(published_texts()))
def test_the_kit_carries_no_long_run_of_the_article_but_registered_quotations(name):
    found = runs_in(published_texts()[name]) & forbidden_runs()
    assert [" ".join(run) for run in found] == []


@needs_original
def test_a_copied_sentence_would_be_found():
    sentence = paragraphs(original())[7].split(". ")[1]
    in_html = "<p>" + sentence.replace(" ", "\n").replace("'", "&rsquo;") + "</p>"
    assert runs_in(in_html) & forbidden_runs()


# --- Comparing a reader's copy ------------------------------------------------------------------

LINES = st.lists(st.text("abcde ", min_size=1, max_size=6).filter(str.strip), min_size=1)


@given(LINES)
def test_a_copy_is_the_same_as_itself_whatever_the_spacing(lines):
    copy = "\n\n\n".join(f"  {line} ".replace(" ", "  ").upper() for line in lines)
    assert {v.state for v in compare(an_article(*lines), copy)} == {"same"}


@given(LINES, LINES)
def test_every_unit_gets_one_verdict_in_order(lines, other):
    article = an_article(*lines)
    verdicts = compare(article, "\n".join(other))
    assert [v.n for v in verdicts] == [u.n for u in article.units]
    for v in verdicts:
        assert (v.state == "missing") == (v.text == "")
        assert (v.state == "same") == (fingerprint(v.text) == article.unit(v.n).fingerprint)


def test_one_changed_paragraph_does_not_shift_the_rest():
    verdicts = compare(an_article("one", "two", "three"), "one\ntwo, altered\nthree")
    assert [v.state for v in verdicts] == ["same", "differs", "same"]
    assert verdicts[1].text == "two, altered"


def test_a_missing_and_an_extra_paragraph_do_not_shift_the_rest():
    article = an_article("one", "two", "three")
    assert [v.state for v in compare(article, "one\nthree")] == ["same", "missing", "same"]
    assert {v.state for v in compare(article, "an advert\none\ntwo\nmore\nthree")} == {"same"}
    assert {v.state for v in compare(article, "")} == {"missing"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("‘It’s “so”’", "'It's \"so\"'"),
        ("a – b", "a - b"),
        ("a\u00a0b", "a b"),
        ("Q&amp;A", "q&a"),
        ("ﬁne", "fine"),
    ],
)
def test_marks_that_do_not_matter_do_not_count(one, other):
    assert fingerprint(one) == fingerprint(other)


def test_a_changed_word_counts():
    assert fingerprint("over 600 deaths") != fingerprint("over 60 deaths")


# --- One's own copy -----------------------------------------------------------------------------


def test_without_a_copy_there_is_none(course):
    assert own_copy(course) is None


@pytest.mark.parametrize("folder", ["home", "work"])
def test_a_copy_is_found_in_the_project_and_in_the_work_folder(course, folder):
    place = getattr(course, folder)
    place.mkdir(exist_ok=True)
    (place / OWN_COPY).write_bytes("\ufeffÜber all\r\n".encode())
    assert own_copy(course).split() == ["Über", "all"]


def test_a_copy_that_is_no_text_is_told_in_a_sentence(course):
    path = course.home / OWN_COPY
    path.write_bytes("Über".encode("latin-1"))
    with pytest.raises(KitError, match="UTF-8"):
        own_copy(course)
    with pytest.raises(KitError, match=r"nothing\.txt"):
        read_text(course.home / "nothing.txt")
    with pytest.raises(KitError, match="plain text"):
        read_text(course.home)


@with_keys
def test_a_readers_copy_is_never_committed():
    ignored = (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {OWN_COPY, OWN_PAGE} <= set(ignored)


# --- A story of one's own -----------------------------------------------------------------------

STORY = [
    "Old bridge closed after crack is found",
    "The town closed the old bridge on Sunday after an engineer reported a crack in a pier.",
    "“We could not take the risk,” said Ines Holt, the town’s engineer, who saw the pier.",
    "The repair may take until August, says the town hall, and could cost 40,000 euros.",
]


def test_a_plain_text_is_a_title_and_paragraphs():
    story = Article.from_text("\nA\n\n B \nC\n", published="2025-05-04")
    assert (story.title, story.paragraphs) == ("A", ("B", "C"))
    assert (story.text, story.published) == ("A\nB\nC", "2025-05-04")
    with pytest.raises(KitError, match="no words"):
        Article.from_text(" \n ")


def test_a_story_has_the_form_of_an_edition_without_summaries():
    edition = Article.from_text("A\nB b\nC").edition
    assert [(u.n, u.kind, u.gist) for u in edition.units] == [
        (0, "headline", ""),
        (1, "paragraph", ""),
        (2, "paragraph", ""),
    ]
    assert edition.reference.words == 4
    assert {v.state for v in compare(edition, "A\nB b\nC")} == {"same"}


def test_a_saved_page_gives_title_author_date_and_clean_text(home):
    for name in ("story.html", "STORY.HTM"):
        (home / name).write_text(PAGE, encoding="utf-8")
        story = Article.from_file(name)
        assert [story.title, *story.paragraphs] == STORY
        assert (story.author, story.published) == ("Ada Moss", "2025-05-04")
    (home / "story.txt").write_text("\n".join(STORY), encoding="utf-8")
    assert Article.from_file(home / "story.txt").text == story.text


@pytest.mark.parametrize(
    ("name", "content"), [("a.html", b""), ("a.html", b"<html></html>"), ("a.html", b"\x00\xff")]
)
def test_a_page_without_a_story_is_told_in_a_sentence(home, name, content):
    (home / name).write_bytes(content)
    with pytest.raises(KitError, match="plain text file"):
        Article.from_file(name)


def test_a_file_that_is_not_there_is_told_in_a_sentence(home):
    for name in ("a.html", "a.txt"):
        with pytest.raises(KitError, match=rf"{name}\. Check"):
            Article.from_file(name)
    (home / "b.html").mkdir()
    with pytest.raises(KitError, match="could not be read"):
        Article.from_file("b.html")


def test_a_saved_page_serves_as_ones_own_copy(course):
    (course.home / OWN_PAGE).write_text(PAGE, encoding="utf-8")
    assert own_copy(course).split("\n") == STORY
    (course.home / OWN_COPY).write_text("plain", encoding="utf-8")
    assert own_copy(course) == "plain"
