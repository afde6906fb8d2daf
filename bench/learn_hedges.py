"""Learns how far a line of hedges.toml, and what stands beside it, can be trusted.

Run ``python -m bench.learn_hedges``. It reads the Wikipedia sentences of the Szeged Uncertainty
Corpus (``../shared/lens-dev``, CC BY-SA, not part of this repository) and writes
``kit/content/lexicons/hedge_weights.toml``: a logistic regression over the places where a line
of the lexicon stands, with a penalty under which most weights are nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from json import dumps
from typing import Any

import numpy as np
from attrs import frozen

from bench.lenses import LENSES, _read, meets
from kit.course.messages import CONTENT
from kit.lenses.hedges import features, rule_holds
from kit.lenses.words import Words

PENALTY = 0.8  #: on the sum of all weights
PRIOR = {
    "the rules": 1.5,
    "against the rules": -2.0,
}  #: not learned: they alone decide about a new word
_SEEN = 3  #: times that a feature must have been seen
_LEAST = 0.05  #: smaller weights are left out
_ROUNDS = 200
_HEAD = """\
# How far a line of hedges.toml, and what stands beside it, can be trusted: a hedge is found where
# the weights that apply add up to more than nothing. Learned by bench/learn_hedges.py from the
# Wikipedia sentences of the Szeged Uncertainty Corpus (Szarvas, Vincze, Farkas, Móra and Gurevych
# 2012). The corpus is said to be under CC BY-SA, Wikipedia was under CC BY-SA 3.0; so is this file:
# https://creativecommons.org/licenses/by-sa/3.0/
# "…ly" is a word that ends so, "1" a number, "Name" a capital, "|" the edge of the sentence.

[weights]
"""


@frozen
class Place:
    """A place at which a line of the lexicon stands."""

    document: str
    names: list[str]  #: its features
    hedge: bool  #: whether people marked it


def places(sentences: Iterable[dict[str, Any]]) -> list[Place]:
    """Return every place that the weights are asked about."""
    found = []
    for sentence in sentences:
        words = Words(sentence["sentence"], LENSES.grammar)
        marks = [(cue["start"], cue["end"]) for cue in sentence["cues"]]
        for spot in LENSES.hedges.spots(words):
            if not spot.line.table.sure:
                span = (words.start[spot.i], words.end[spot.after - 1])
                names = features(spot, ruled=rule_holds(spot))
                found.append(Place(sentence["doc"], names, any(meets(span, m) for m in marks)))
    return found


def learn(known: list[Place], penalty: float = PENALTY) -> dict[str, float]:
    """Return the weight of each feature that has one (FISTA: steps downhill, each then shrunk)."""
    seen = Counter(name for place in known for name in place.names)
    names = [name for name, count in seen.items() if count >= _SEEN]
    column = {name: k for k, name in enumerate(names)}
    table = np.zeros((len(known), len(names)))
    for row, place in enumerate(known):
        for name in place.names:
            if name in column:
                table[row, column[name]] = 1
    marked = np.array([place.hedge for place in known], dtype=float)
    offset = sum(table[:, column[name]] * weight for name, weight in PRIOR.items())
    free = np.array([0.0 if name in PRIOR else 1.0 for name in names])
    step = 4 / np.linalg.norm(table, 2) ** 2
    weights, ahead, pace = np.zeros(len(names)), np.zeros(len(names)), 1.0
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-(table @ ahead + offset)))
        moved = ahead - step * (table.T @ (chance - marked))
        shrunk = free * np.sign(moved) * np.maximum(np.abs(moved) - step * penalty, 0)
        faster = (1 + (1 + 4 * pace**2) ** 0.5) / 2
        ahead = shrunk + (pace - 1) / faster * (shrunk - weights)
        weights, pace = shrunk, faster
    learned = {name: float(weight) for name, weight in zip(names, weights, strict=True)}
    learned |= PRIOR
    return {name: round(w, 2) for name, w in learned.items() if abs(w) >= _LEAST}


def score(weights: dict[str, float], known: list[Place]) -> tuple[float, float]:
    """Return precision and recall in per cent over the places."""
    told = [sum(weights.get(name, 0) for name in place.names) > 0 for place in known]
    right = sum(t and p.hedge for t, p in zip(told, known, strict=True))
    return 100 * right / (sum(told) or 1), 100 * right / (sum(p.hedge for p in known) or 1)


def across(known: list[Place], penalty: float) -> tuple[float, float]:
    """Return precision and recall on documents left out of the learning, a fifth at a time."""
    parts: list[list[Place]] = [[] for _ in range(5)]
    for place in known:
        parts[int(hashlib.sha256(place.document.encode()).hexdigest(), 16) % 5].append(place)
    scores = []
    for k, part in enumerate(parts):
        rest = [place for n, other in enumerate(parts) if n != k for place in other]
        scores.append(score(learn(rest, penalty), part))
    precision, recall = np.mean(scores, axis=0)
    return float(precision), float(recall)


def main() -> None:
    """Learn from all sentences and write the table."""
    known = places(_read("hedges_wiki_dev.jsonl"))
    weights = learn(known)
    lines = [f"{dumps(name, ensure_ascii=False)} = {weights[name]}" for name in sorted(weights)]
    path = CONTENT / "lexicons" / "hedge_weights.toml"
    path.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(known)} places, {len(weights)} weights")
    print("precision and recall on what was left out:", across(known, PENALTY))


if __name__ == "__main__":
    main()
