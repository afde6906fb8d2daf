from __future__ import annotations

import pytest
from attrs import evolve
from helpers import COURSE

from kit.lenses import load_lenses

LENSES = load_lenses(COURSE)


def hedges(text: str) -> list[tuple[str, str]]:
    return [(f.text, f.kind) for f in LENSES.look(text) if f.lens == "hedge"]


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("He may flee.", "may", "modal"),
        ("May he flee, they asked.", "May", "modal"),
        ("Israel May Strike Again", "May", "modal"),
        ("He might flee.", "might", "modal"),
        ("It could rain.", "could", "modal"),
        ("It would help.", "would", "modal"),
        ("The town would flood if it rained.", "would", "modal"),
        ("An estimated 20 came.", "An estimated", "approximator"),
        ("He'd aim for the door.", "'d", "modal"),
        ("He said it would have failed.", "would", "modal"),
        ("It is reportedly gone.", "reportedly", "adverb"),
        ("A possible third way.", "possible", "adjective"),
        ("A potential heir.", "potential", "adjective"),
        ("It is not clear why.", "not clear", "adjective"),
        ("Rumours spread.", "Rumours", "noun"),
        ("There is doubt about it.", "doubt", "noun"),
        ("They believe him.", "believe", "belief"),
        ("Prices are expected to fall.", "expected", "adjective"),
        ("It seems lost.", "seems", "belief"),
        ("He appeared to smile.", "appeared", "belief"),
        ("She is widely considered a star.", "considered", "belief"),
        ("It is seen as a test.", "seen", "belief"),
        ("He is said to own it.", "said", "agentless"),
        ("It is widely believed that he fled.", "believed", "agentless"),
        ("Ten are thought to have died.", "thought", "agentless"),
        ("We go if it rains.", "if", "conditional"),
        ("Unless it rains, we go.", "Unless", "conditional"),
        ("Should talks fail, we go.", "Should", "conditional"),
        ("They ask whether it rained.", "whether", "open-question"),
        ("About 20 came.", "About", "approximator"),
        ("It cost more than $95 billion.", "more than", "approximator"),
        ("It was found about a decade ago.", "about", "approximator"),
        ("Some 400 guests came.", "Some", "approximator"),
        ("Could he flee?", "?", "headline-question"),
        ("Iran on the brink: is this the end?", "?", "headline-question"),
    ],
)
def test_a_hedge_is_found_with_its_kind(text, word, kind):
    assert (word, kind) in hedges(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("He came in May 2013.", "May"),
        ("On May 5 he came.", "May"),
        ("Theresa May said no.", "May"),
        ("The might of the army.", "might"),
        ("Military might won.", "might"),
        ("As a child he could not swim.", "could"),
        ("From there they could see the sea.", "could"),
        ("Nobody could leave.", "could"),
        ("He said it would close in June.", "would"),
        ("He would later become king.", "would"),
        ("The king would ride at dawn.", "would"),
        ("It is possible to walk there.", "possible"),
        ("He'd walked home.", "'d"),
        ("As soon as possible.", "possible"),
        ("The best possible start.", "possible"),
        ("She has the potential to win.", "potential"),
        ("There is no doubt.", "doubt"),
        ("The suspect was held.", "suspect"),
        ("A think tank in London.", "think"),
        ("On second thought, no.", "thought"),
        ("He appeared in court.", "appeared"),
        ("Even if it rains, we go.", "if"),
        ("They moved so they could be near.", "could"),
        ("Neither side could score.", "could"),
        ("It was reported to the police.", "reported"),
        ("Three plans were considered.", "considered"),
        ("Estimates vary.", "Estimates"),
        ("Come in, if needed.", "if"),
        ("It looks as if new.", "if"),
        ("Should we go?", "Should"),
        ("They talked about him.", "about"),
        ("It lay over the road.", "over"),
        ("For over two weeks it rained.", "over"),
        ("Some people came.", "Some"),
        ("He said so.", "said"),
        ("Why did he flee?", "?"),
        ('"Will you go?" she asked.', "?"),
    ],
)
def test_what_leaves_nothing_open_is_no_hedge(text, word):
    assert word not in [found for found, _ in hedges(text)]


def test_a_question_in_running_text_is_no_headline():
    assert ("?", "headline-question") not in hedges("He left. Could he come back? Nobody knows.")


def test_each_find_names_the_line_that_made_it():
    (find,) = LENSES.look("He might.")
    assert "“might”" in find.reason
    assert "[might] in hedges.toml" in find.reason


def test_a_weighed_line_tells_its_weights_and_only_lines_that_there_are_have_some():
    weights = LENSES.weights
    lines = {name.split("“")[1].split("”")[0] for name in weights if "“" in name}
    assert lines <= {line.base for line in LENSES.hedges.ordered}
    (find,) = LENSES.look("Rome is regarded as old.")
    told = find.reason.partition("weights")[2]
    assert "the rules +1.5" in told
    parts = [part.rsplit(" ", 1)[0] for part in told.partition(": ")[2].split(", ")]
    assert sum(weights[part] for part in parts) > 0


def test_weights_can_take_a_hedge_away_and_bring_one_that_the_rule_does_not_see():
    def found(text: str, weights: dict[str, float]) -> list[str]:
        return [f.text for f in evolve(LENSES, weights=weights).look(text) if f.lens == "hedge"]

    none = {"the rules": 1.5, "against the rules": -2.0}
    against = none | {"“regard”": -2.0}
    assert found("Rome is regarded as old.", none) == ["regarded"]
    assert found("Rome is regarded as old.", against) == []
    assert found("Many consider it a scandal.", none) == []
    assert found("Many consider it a scandal.", LENSES.weights) == ["consider"]
