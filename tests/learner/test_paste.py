"""One text to paste: whatever a form makes of it, the seal comes back whole, or is refused."""

from __future__ import annotations

import csv
import html
import io
import zlib
from base64 import urlsafe_b64encode
from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.course.messages import KitError
from kit.learner import paste, submission

ANSWERS = {
    f"exercise-0{n}/q{m}": submission.SealedAnswer(f"Because of ¶{n}, says – “{m}”.", "ab" * 8)
    for n in range(1, 8)
    for m in range(4)
}
SEAL = submission.Seal("c", "exercise-01", "Ada 7", "ab" * 8, 12, "2026-11-28T20:00:00", ANSWERS)
TEXT = paste.to_paste(SEAL)

MADE_OF_IT = {
    "as it was": lambda text: text,
    "in one line": lambda text: text.replace("\n", " "),
    "broken anew": lambda text: fill(text, 31, break_on_hyphens=False),
    "with what was written around it": lambda text: f"Dear teacher,\n\n{text}\n\nbest, Ada",
    "hyphens turned into dashes": lambda text: text.replace("--", "—"),
    "hard blanks": lambda text: text.replace("\n", "\xa0\n"),
    "with a mark in front": lambda text: "\ufeff" + text,
    "Windows": lambda text: text.replace("\n", "\r\n"),
}


def read(name: str, text: str) -> list[submission.Seal]:
    """Every hand-in that is pasted in a file."""
    texts = paste.texts_in(name, text.encode())
    return [submission.hand_ins(paste.unpack(one))[0][0] for one in texts.values()]


@pytest.mark.parametrize("made", MADE_OF_IT.values(), ids=MADE_OF_IT)
def test_whatever_a_form_makes_of_the_text_the_seal_comes_back(made):
    assert read("a.txt", made(TEXT)) == [SEAL]


@pytest.mark.parametrize(
    "page",
    [
        "<p>{}</p>",
        "<div class='no-overflow'><p>Here:</p><pre>{}</pre></div>",
        "<html><body>{}</body></html>",
    ],
)
def test_in_moodle_s_online_text_it_is_found(page):
    lines = html.escape(TEXT).replace("\n", "<br />\r\n")
    assert read("onlinetext.html", page.format(lines)) == [SEAL]


def test_each_row_of_a_form_s_table_is_another_learner_s():
    other = paste.to_paste(submission.Seal("c", "exercise-01", "Bo", "cd" * 8, 3, "2026"))
    one_line = other.replace("\n", " ")
    table = (
        f'"When","Your text"\r\n"1 May","{TEXT}"\r\n"2 May","nothing"\r\n"3 May","{one_line}"\r\n'
    )
    assert list(paste.texts_in("form.csv", table.encode())) == ["form.csv/2", "form.csv/4"]
    assert [seal.learner for seal in read("form.csv", table)] == ["Ada 7", "Bo"]


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-16")])
def test_a_form_s_table_is_read_as_spreadsheets_save_it(delimiter, encoding):
    rows = [["Zeit", "Text"], ["2026", TEXT]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    [pasted] = paste.texts_in("form.csv", text.getvalue().encode(encoding)).values()
    assert submission.hand_ins(paste.unpack(pasted)) == [(SEAL, True)]


def test_of_two_in_one_text_the_last_counts():
    other = paste.to_paste(submission.Seal("c", "exercise-01", "Ada 7", "ab" * 8, 13, "2026"))
    assert [seal.revision for seal in read("a.txt", TEXT + "\n" + other)] == [13]


def test_a_text_without_one_is_none():
    assert paste.texts_in("notes.txt", b"I have no text to paste.") == {}


def test_it_is_about_two_thousand_characters():
    assert len(TEXT) < 2500


@given(st.integers(20, len(TEXT) - 20), st.integers(1, 30))
def test_what_is_cut_out_of_it_is_never_read_as_a_hand_in(start, length):
    cut = TEXT[:start] + TEXT[start + length :]
    if "".join(cut.split()) == "".join(TEXT.split()):
        return  # only a line's end was lost
    with pytest.raises(KitError):
        paste.unpack(cut)


def test_a_text_that_would_unpack_to_more_than_any_hand_in_is_refused():
    packed = zlib.compress(b" " * (submission.LARGEST_FILE + 1), 9)
    letters = urlsafe_b64encode(packed).decode().rstrip("=")
    with pytest.raises(KitError):
        paste.unpack(f"kit-seal {paste._digest(letters)} {letters} kit-end")


@given(st.text(max_size=300))
def test_any_other_text_is_refused_in_a_sentence(text):
    with pytest.raises(KitError):
        paste.unpack(f"kit-seal {text} kit-end")
