from __future__ import annotations

import pytest
from helpers import COURSE

from kit.lenses import load_lenses

LENSES = load_lenses(COURSE)


def found(text: str, kind: str) -> list[tuple[str, str]]:
    finds = [f for f in LENSES.look(text) if f.lens == "sourcing" and f.kind == kind]
    return [(f.text, f.source_kind) for f in finds]


@pytest.mark.parametrize(
    ("text", "cue", "source", "kind"),
    [
        ("Mara Lind said it rained.", "said", "Mara Lind", "named-person"),
        (
            "“It rained,” said Mara Lind, its director.",
            "said",
            "Mara Lind, its director",
            "named-person",
        ),
        (
            "Mara Lind, its director, said it rained.",
            "said",
            "Mara Lind, its director",
            "named-person",
        ),
        ("On Tuesday the ministry announced cuts.", "announced", "the ministry", "institution"),
        ("It rained, according to the police.", "according to", "the police", "institution"),
        (
            "According to a report in The Post, it rained.",
            "According to",
            "a report in The Post",
            "document",
        ),
        (
            "A Reuters investigation suggested that it rained.",
            "suggested",
            "A Reuters investigation",
            "document",
        ),
        ("A poll found only a few voters were sure.", "found", "A poll", "document"),
        ("Officials say it rained.", "say", "Officials", "anonymous-bare"),
        ("Two officials told reporters that it rained.", "told", "Two officials", "anonymous-bare"),
        (
            "A senior intelligence source warned that it may rain.",
            "warned",
            "A senior intelligence source",
            "anonymous-described",
        ),
        (
            "It rained, as per a note citing an unnamed diplomat.",
            "citing",
            "an unnamed diplomat",
            "anonymous-described",
        ),
        ("The bank has repeatedly denied wrongdoing.", "denied", "The bank", "institution"),
        ("The fund was described by Ada Moss as safe.", "described", "Ada Moss", "named-person"),
        ("Holt, who had told police he was ill, left.", "told", "Holt, who", "named-person"),
        ("The mayor accused rivals of lying.", "accused", "The mayor", "anonymous-bare"),
        (
            "Residents of the valley say it will flood.",
            "say",
            "Residents of the valley",
            "anonymous-described",
        ),
        ("Lind's claim that it rained was wrong.", "claim", "Lind", "named-person"),
        ("Source: aajtak", "Source:", "aajtak", "institution"),
    ],
)
def test_cue_and_source_are_found_with_the_kind_of_source(text, cue, source, kind):
    assert (cue, kind) in found(text, "cue")
    assert (source, kind) in found(text, "source")


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("It is believed that he fled.", "believed"),
        ("He is said to own it.", "said"),
        ("He reportedly fled.", "reportedly"),
        ("There were reports of rain.", "reports"),
        ("Rumours swirl that he fled.", "Rumours"),
        ("It was announced that he fled.", "announced"),
    ],
)
def test_where_nobody_is_named_the_cue_says_so(text, cue):
    assert found(text, "cue") == [(cue, "agentless")]
    assert found(text, "source") == []


@pytest.mark.parametrize(
    "text",
    [
        "The claim was filed in May.",
        "The United States is large.",
        "They called him and added salt.",
        "It was found in a field.",
        "He was asked in and fed.",
        "The state of the roads is poor.",
        "Asylum claims can be heard.",
        "She was told to leave.",
        "The bridge was known to few.",
    ],
)
def test_what_reports_nothing_is_no_cue(text):
    assert found(text, "cue") == []


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Lind said that it rained.", "it rained"),
        ("“It rained all day,” said Lind.", "“It rained all day,”"),
        ("It rained, Lind said.", "It rained"),
        ("According to Lind, it rained.", "it rained"),
        ("It is believed that he fled.", "he fled"),
    ],
)
def test_what_is_put_down_to_somebody_is_marked(text, content):
    assert [c for c, _ in found(text, "content")] == [content]


def test_he_is_taken_for_the_last_person_named_only_where_one_can_be_meant():
    one = LENSES.look("Ada Moss said no. She said it twice.")
    assert [f.refers_to for f in one if f.text == "She"] == ["Ada Moss"]
    two = LENSES.look("Ada Moss said no. Ines Holt said yes. She said it twice.")
    assert [(f.refers_to, f.source_kind) for f in two if f.text == "She"] == [("", "pronoun")]
    other = LENSES.look("Ada Moss said it was late. Bo Lind laughed. She said no.")
    assert [f.refers_to for f in other if f.text == "She"] == [""]
    assert [f.source_kind for f in LENSES.look("They said no.") if f.text == "They"] == ["pronoun"]


def test_a_figure_behind_which_nobody_stands_is_offered():
    text = "Over 600 deaths were counted. Police said 20 were hurt."
    assert found(text, "unattributed") == [("Over 600 deaths", "")]
