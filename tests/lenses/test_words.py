from __future__ import annotations

import pytest
from helpers import COURSE
from hypothesis import given
from hypothesis import strategies as st

from kit.lenses.lexicon import load_lexicon
from kit.lenses.words import Grammar, Words

GRAMMAR = Grammar(load_lexicon(COURSE, "grammar").sets)
SPACE = "*_" + "".join(c for c in map(chr, range(0x3001)) if c.isspace())
ANY = st.text(st.characters(exclude_categories=[]), max_size=200)  # surrogates and NUL too


def words(text: str) -> Words:
    return Words(text, GRAMMAR)


@given(ANY)
def test_words_are_stretches_of_the_text_in_order_and_leave_out_only_space_and_markup(text):
    w = words(text)
    at = 0
    for word, start, end in zip(w.words, w.start, w.end, strict=True):
        assert text[start:end] == word != ""
        assert text[at:start].strip(SPACE) == ""
        at = end
    assert text[at:].strip(SPACE) == ""


@given(ANY)
def test_every_word_stands_in_one_sentence_but_for_new_lines(text):
    w = words(text)
    held = [i for first, last in w.sentences for i in range(first, last)]
    assert held == sorted(set(held))
    assert {i for i in range(len(w.low)) if w.low[i][0] != "\n"} == set(held)
    assert len(w.quoted) == len(w.low)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He'd go, wouldn't he?", ["He", "'d", "go", ",", "wouldn", "'t", "he", "?"]),
        ("O'Brien’s all-girl team", ["O'Brien", "’s", "all-girl", "team"]),
        ("U.S. sales of $1,200.50", ["U.S.", "sales", "of", "$", "1,200.50"]),
        (
            "the 1990s, 15-20% at 6:40 p.m.",
            ["the", "1990s", ",", "15-20", "%", "at", "6:40", "p.m."],
        ),
        ("AT&T... said", ["AT&T", "...", "said"]),
        ("cafe\u0301 𝔘nder", ["cafe\u0301", "𝔘nder"]),
    ],
)
def test_a_text_is_cut_as_a_reader_would(text, expected):
    assert words(text).words == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One came. Two went.", 2),
        ("Mr. Holt met Gen. Moss. They spoke.", 2),
        ("J. Holt said 3.5 is enough.", 1),
        ("Why? Because. No! Yes.", 4),
        ("Yes! he said.", 1),
        ("Sen. Moss, I-Vt., came. He left.", 2),
        ('"Go," he said. "Now!" She went.', 3),
        ("A headline\n\nA paragraph", 2),
        ("Well... no", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end(text, count):
    assert len(words(text).sentences) == count


def test_quotation_marks_open_and_close_and_end_with_the_line():
    w = words('a "b c" d “e” f "g\nh')
    inside = [word for word, q in zip(w.words, w.quoted, strict=True) if q and word.isalpha()]
    assert inside == ["b", "c", "e", "g"]
