"""How good the lenses are against texts that people marked, and how fast they read.

The texts stand outside this repository (``../shared/lens-dev``, with their licences); without them
only the speed is measured. Half of the documents, by a fixed hash of their names, were looked at
while the rules were written; the other half was scored only at the end. Both are reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain
from pathlib import Path
from time import process_time
from typing import Any

from bench.table import Row
from kit.course.course import Course, load_course
from kit.course.messages import CONTENT
from kit.lenses import Find, load_lenses

PROJECT = Path(__file__).parents[1]
DEV = PROJECT.parent / "shared" / "lens-dev"
COURSE: Course = load_course(CONTENT, PROJECT)
LENSES = load_lenses(COURSE)
LONGER = 25  #: code points that a find may have more than what it meets
Sentence = dict[str, Any]
Span = tuple[int, int]


_NEWS = (
    "The bridge over the Elm was closed on Sunday after an engineer found a crack in one of its "
    "piers, the town hall said. Buses go round by the mill until it is mended, and the market has "
    "moved to the school yard. The repair may take until August and could cost about 40,000 euros, "
    "according to a letter to the council that was read out on Monday evening. Ines Holt, who "
    "inspected the pier, told the meeting that nobody had been in danger. Shops on the far bank "
    "have put out chairs and sell tea to those who wait. The bridge was built in 1911 and last "
    "painted two years ago.\n"
)  #: invented


def rows() -> list[Row]:
    """Return a row for each score, looked-at half and held-out half, and the speed."""
    return [*_scores(), *_speed()]


def held_out(document: str) -> bool:
    """Whether a document belongs to the half that was not looked at."""
    return int(hashlib.sha256(document.encode()).hexdigest(), 16) % 2 == 1


def _read(name: str) -> list[Sentence]:
    path = DEV / name
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _scores() -> Iterable[Row]:
    wiki, gum, meantime = (
        _read(name)
        for name in (
            "hedges_wiki_dev.jsonl",
            "gum_news_dev_sents.jsonl",
            "meantime_dev_sents.jsonl",
        )
    )
    gum = [s for s in gum if not s["in_caption"]]
    measures: list[tuple[str, list[Sentence], Callable[[list[Sentence]], str], str]] = [
        ("hedges, encyclopaedia: sentence F1 / cue P / R", wiki, hedges, "75 / 80 / - in news"),
        ("sources, news (GUM): cue F1 / span F1", gum, sources, "70 / 60"),
        ("sources, news (MEANTIME): cue F1 / span F1", meantime, sources, "70 / 60"),
        ("dates, news (GUM): F1", gum, dates, "82"),
        ("dates, news (MEANTIME): F1 / ages right", meantime, dates, "82 / 80"),
        ("figures, news (MEANTIME): F1", meantime, figures, ""),
    ]
    for what, sentences, measure, aim in measures:
        if sentences:
            known = [s for s in sentences if not held_out(s["doc"])]
            fresh = [s for s in sentences if held_out(s["doc"])]
            yield Row(what, measure(fresh), "the half looked at", measure(known), "", aim)


def _day(sentence: Sentence) -> date | None:
    try:
        return date.fromisoformat(sentence.get("dct") or "")
    except ValueError:
        return None


def _finds(sentence: Sentence, lens: str, kind: str = "") -> list[Find]:
    """Return what a lens finds; what stands inside a quotation counts where the marks have it."""
    found = LENSES.look(sentence["sentence"], _day(sentence))
    inner = sentence["doc"].startswith("GUM")
    kinds = {kind, f"inner-{kind}"} if inner else {kind}
    return [f for f in found if f.lens == lens and (not kind or f.kind in kinds)]


def meets(find: Span, mark: Span) -> bool:
    """Whether a find overlaps a mark and is not much longer."""
    longer = (find[1] - find[0]) - (mark[1] - mark[0])
    return find[0] < mark[1] and mark[0] < find[1] and longer <= LONGER


def alike(find: Span, mark: Span) -> bool:
    """Whether a find and a mark share at least half of what they cover (Jaccard)."""
    shared = min(find[1], mark[1]) - max(find[0], mark[0])
    return shared > 0 and 2 * shared >= max(find[1], mark[1]) - min(find[0], mark[0])


def prf(
    pairs: list[tuple[list[Span], list[Span]]], same: Callable[[Span, Span], bool]
) -> tuple[float, float, float]:
    """Return precision, recall and F1 in per cent over pairs of found and marked spans."""
    found = [any(same(f, m) for m in marks) for finds, marks in pairs for f in finds]
    marked = [any(same(f, m) for f in finds) for finds, marks in pairs for m in marks]
    p, r = (100 * sum(x) / (len(x) or 1) for x in (found, marked))
    return p, r, 2 * p * r / ((p + r) or 1)


def _spans(things: Iterable[Find | dict[str, Any]]) -> list[Span]:
    """Return each place once."""
    return sorted(
        {(t.start, t.end) if isinstance(t, Find) else (t["start"], t["end"]) for t in things}
    )


def hedges(sentences: list[Sentence]) -> str:
    """Score the hedges; approximators, which these texts do not mark, are left out."""
    pairs = []
    for s in sentences:
        finds = [f for f in _finds(s, "hedge") if f.kind != "approximator"]
        pairs.append((_spans(finds), _spans(s["cues"])))
    whole = [([(0, 1)] if f else [], [(0, 1)] if m else []) for f, m in pairs]
    p, r, _ = prf(pairs, meets)
    return f"{prf(whole, meets)[2]:.1f} / {p:.1f} / {r:.1f}"


def sources(sentences: list[Sentence]) -> str:
    """Score cues by overlap and sources by Jaccard."""
    cues, spans = [], []
    for s in sentences:
        marks = s["attributions"]
        named = chain.from_iterable(m.get("sources") or [m.get("source")] for m in marks)
        cues.append((_spans(_finds(s, "sourcing", "cue")), _spans(marks)))
        spans.append((_spans(_finds(s, "sourcing", "source")), _spans(x for x in named if x)))
    return f"{prf(cues, meets)[2]:.1f} / {prf(spans, alike)[2]:.1f}"


def dates(sentences: list[Sentence]) -> str:
    """Score dates by overlap, and ages within half a year or ten per cent where they are given."""
    pairs, right = [], []
    for s in sentences:
        marks, finds = s.get("timexes", s.get("dates")), _finds(s, "date")
        pairs.append((_spans(finds), _spans(marks)))
        for mark in marks:
            age = mark.get("age_years")
            if age is not None:
                place = (mark["start"], mark["end"])
                told = [f.age_years for f in finds if meets((f.start, f.end), place)]
                near = (
                    told and told[0] is not None and abs(told[0] - age) <= max(0.5, abs(age) / 10)
                )
                right.append(bool(near))
    ages = f" / {100 * sum(right) / len(right):.1f}" if right else ""
    return f"{prf(pairs, meets)[2]:.1f}{ages}"


def figures(sentences: list[Sentence]) -> str:
    """Score amounts, counts and percentages by overlap."""
    pairs = [(_spans(_finds(s, "figure")), _spans(s["values"])) for s in sentences]
    return f"{prf(pairs, meets)[2]:.1f}"


def _speed() -> Iterable[Row]:
    """Measure megabytes a second on one core, and the cost of four times the text."""
    short, long = _NEWS * 300, _NEWS * 1200
    fast, slow = (min(_used(text) for _ in range(5)) for text in (short, long))
    yield Row("speed, all lenses", f"{len(long) / slow / 1e6:.2f} MB/s", "", "", "", "1 MB/s")
    yield Row("time for four times the text", f"{slow / fast:.2f} times", "", "", "", "4")


def _used(text: str) -> float:
    """Return the processor time in seconds that one look takes."""
    start = process_time()
    LENSES.look(text)
    return process_time() - start
