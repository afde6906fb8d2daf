"""An ``article.toml`` brought into line with a text; what the command says of it: test_cli.py."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.authoring.outline import outline, outline_over
from kit.course.article import fingerprint, paragraphs
from kit.course.messages import KitError

# --- An article.toml, brought into line with a text ---------------------------------------------

STORY = "Is it so?\nIt is said.\nNobody knows.\n"
FILE = Path("article.toml")
WRITTEN = """# my notes

[reference]
title = "Is it so?"   # as printed
page = "https://example.org/a"
site = ""
published = ""
published_how = ""
credited = "me"
words = 8

# about the headline
[[units]]
n = 0
kind = "headline"
gist = "A question."
fingerprint = "{}"

[[units]]
fingerprint = "{}"
kind = "caption"  # it is one
gist = '''
Somebody says so; n = 7
n = 8
'''
n = 1
quotations = [
  "It is",
  "said",
]
# a note at its end

[[units]]
n = 2
kind = "paragraph"
gist = "Nothing is known."
fingerprint = "{}"
""".format(*map(fingerprint, paragraphs(STORY)))


def units(text: str) -> dict[str, dict]:
    """Return the pieces of an article.toml by their fingerprints."""
    return {unit["fingerprint"]: unit for unit in tomllib.loads(text)["units"]}


def test_a_text_that_has_not_changed_changes_nothing():
    made = outline_over(WRITTEN, STORY.upper(), FILE)
    assert (made.text, made.known, made.new, made.gone) == (WRITTEN, 3, 0, ())


def test_without_an_article_it_is_the_outline():
    assert outline_over("", STORY, FILE).text == outline(STORY)


def test_what_the_author_wrote_follows_the_words_and_not_the_number():
    made = outline_over(WRITTEN, "An advert.\nNobody knows.\nIs it so?\nIt is said.\n", FILE)
    old, now = units(WRITTEN), units(made.text)
    assert [unit["n"] for unit in now.values()] == [0, 1, 2, 3]
    for print_, unit in old.items():
        assert {**now[print_], "n": 0} == {**unit, "n": 0}
    assert (made.known, made.new, made.gone) == (3, 1, ())
    for comment in ("# my notes", "# as printed", "# about the headline\n[[units]]\nn = 2",
                    "# it is one", "# a note at its end"):  # fmt: skip
        assert comment in made.text
    assert tomllib.loads(made.text)["reference"] == tomllib.loads(WRITTEN)["reference"]
    assert not made.reference_fits


def test_pieces_that_are_gone_are_named_and_new_ones_are_to_be_filled_in():
    made = outline_over(WRITTEN, "Is it so?\nIt is not said.\nNobody knows.\n", FILE)
    assert made.gone == ("¶1 (“Somebody says so; n = 7 n = 8”)",)
    assert (made.known, made.new) == (2, 1)
    assert [u["gist"][:4] for u in units(made.text).values()] == ["A qu", "TODO", "Noth"]


def test_a_piece_that_nobody_filled_in_is_not_missed():
    assert outline_over(outline(STORY), "Is it so?\nNobody knows.\n", FILE).gone == ()


def test_the_same_words_twice_keep_their_order():
    text = "A\nAdvert\nB\nAdvert\n"
    old = outline(text).split("gist = ")
    old[4] = old[4].replace("TODO", "mine", 1)
    old = "gist = ".join(old)
    gists = [u["gist"] for u in tomllib.loads(old)["units"]]
    made = outline_over(old, f"New\n{text}", FILE).text
    assert [u["gist"] for u in tomllib.loads(made)["units"]][1:] == gists


def test_tables_after_the_pieces_and_none_at_all_are_no_trouble():
    head, _, pieces = WRITTEN.partition("# about the headline\n")
    turned = f"{pieces}\n{head}"
    made = outline_over(turned, f"{STORY}More.\n", FILE)
    assert len(units(made.text)) == 4
    assert tomllib.loads(made.text)["reference"]["credited"] == "me"
    assert tomllib.loads(outline_over(head, STORY, FILE).text)["reference"]["credited"] == "me"
    without = outline_over(pieces, STORY, FILE).text
    assert tomllib.loads(without)["reference"]["title"] == "Is it so?"


@pytest.mark.parametrize(
    "old",
    [
        'units = [{n = 0, kind = "headline", gist = "mine", fingerprint = "x"}]\n',
        "[[units]]\nn = 0\ngist = '''\n[[units]]\n'''\n",
        f'[[units]]\n"n" = 5\ngist = "mine"\nfingerprint = "{fingerprint("Is it so?")}"\n',
        "[[units]]\nn = 0\n[units.note]\nx = 1\n",
        'units = "mine"\n',
        "[[units]\n",
    ],
)
def test_an_article_whose_pieces_cannot_be_told_apart_is_refused(old):
    with pytest.raises(KitError, match=r"article\.toml (was left as it is|cannot be read)"):
        outline_over(old, STORY, FILE)


LINES = st.lists(st.sampled_from(["a", "b", "c", 'd "e" \\', "f # g", "[[units]]"]), min_size=1)


@given(LINES, LINES)
def test_whatever_becomes_of_a_text_what_is_known_is_kept(first, then):
    old = outline("\n".join(first))
    for n in range(len(first)):
        old = old.replace("TODO: what it says", f"I say {n}", 1)
    made = outline_over(old, "\n".join(then), FILE)
    now = tomllib.loads(made.text)["units"]
    assert [u["fingerprint"] for u in now] == [fingerprint(line) for line in then]
    assert [u["n"] for u in now] == list(range(len(then)))
    kept = {u["gist"] for u in now} | {gone.partition("“")[2][:-2] for gone in made.gone}
    assert {u["gist"] for u in tomllib.loads(old)["units"]} <= kept
    assert is_in_line(made.text, then)


def is_in_line(text: str, lines: list[str]) -> bool:
    """Whether doing it once more changes nothing."""
    return outline_over(text, "\n".join(lines), FILE).text == text


def test_any_first_line_can_be_a_title():
    for line in ('a "b" \\c', "\x01\x7f", "«é»"):
        assert tomllib.loads(outline(line))["reference"]["title"] == line
