"""`kit.age`: an old estimate at another date, and what each assumption does to it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from attrs import frozen

from kit.course.course import Course, find_course
from kit.course.evidence import source_line
from kit.course.html import template
from kit.course.messages import KitError, in_words_of, message
from kit.instruments.age.estimates import (
    BY_PARTS,
    Estimate,
    Part,
    check_alike,
    find_estimate,
    load_book,
)
from kit.instruments.age.recipes import (
    Choice,
    Effect,
    Range,
    RecipeId,
    assumptions,
    carry,
    sensitivity,
    usable,
)
from kit.instruments.charts import Bar, ranges
from kit.notebook.output import Page, in_sentences
from kit.notebook.widget.widget import script, text

_HERE = Path(__file__).parent


@in_sentences
def age(
    *estimates: str | Part, to: str | int = "", recipe: RecipeId | None = None, live: bool = False
) -> LiveAge | Page:
    """Carry an estimate to another date and show what each assumption does to it.

    Args:
        estimates: ids of the course's estimates (``95-billion``, ``95-billion/real-estate``) or an
            ``kit.instruments.age.estimates.Estimate`` of one's own. Several only where they measure
            the same.
        to: the date, for example ``2025`` or ``2026-01``.
        recipe: ``prices``, ``unchanged`` or ``raised``; without one, all that can be used.
        live: with sliders for the assumptions; one estimate only.

    """
    course = find_course()
    if not to or not estimates:
        raise KitError(message("ageing.say_when"))
    parts = tuple(find_estimate(course, e) if isinstance(e, str) else e for e in estimates)
    check_alike(parts)
    pages = [_aged(course, part, str(to), recipe) for part in parts]
    if live:
        return LiveAge(course, parts[0], str(to), pages[0])
    return Page("\n\n".join(p.text for p in pages), "".join(p.html for p in pages))


def _aged(course: Course, part: Part, to: str, recipe: RecipeId | None) -> Page:
    """Return the whole page of one estimate: its recipes, their ranges, the sensitivity."""
    can, refusals = usable(course, part, to) if recipe is None else ((recipe,), ())
    if not can:
        raise KitError("\n\n".join(refusals))
    words = _Words(course, part, to)
    carried = [carry(course, part, r, to) for r in can]
    swings = sensitivity(course, part, to) if recipe is None else ()
    head, rows = words.head(), [words.row(r) for r in carried]
    moves = [words.moves(s) for s in swings]
    notes = [*filter(None, [part.note]), *refusals]
    sources = words.sources(can)
    told = [message("ageing.sensitivity"), *moves] if moves else []
    tornado = [Bar(words.swing(s), s.low.amount, s.high.amount) for s in swings]
    html = template(
        _HERE / "aged.html.j2",
        head=head,
        rows=rows,
        range=ranges(words.bars(carried), words.unit).figure,
        moves=moves,
        tornado=ranges(tornado, words.unit).figure if tornado else "",
        notes=notes,
        sources=sources,
    )
    lines = [*head, message("ageing.effects"), *(row["text"] for row in rows), *told]
    return Page("\n".join([*lines, *notes, *sources]), html)


@frozen
class _Words:
    """The sentences about one estimate carried to one date."""

    course: Course
    part: Part
    to: str

    @property
    def unit(self) -> str:
        return f"{self.part.scale} {self.part.currency}"

    @property
    def names(self) -> dict[str, str]:
        """What the course calls its money and its series, for sentences that name them."""
        book = load_book(self.course)
        return {
            "local": book.recipes.local,
            "currency": book.recipes.currency,
            "prices": book.series[book.recipes.prices].title,
            "local_prices": book.series[book.recipes.local_prices].title,
        }

    def head(self) -> list[str]:
        part = self.part
        amount = f"{part.amount:g} {self.unit}"
        said = {"amount": amount, "what": part.what, "holder": part.holder, "as_of": part.as_of}
        lines = [message("ageing.head", to=self.to, **said)]
        for piece in part.parts if isinstance(part, Estimate) else ():
            share = f"{piece.amount:g} {piece.scale} {piece.currency}"
            lines.append(message("ageing.part", amount=share, what=piece.what))
        return lines

    def bars(self, carried: list[Range]) -> list[Bar]:
        """Return a bar a recipe: from its lowest to its highest, a mark where it stands."""
        return [
            Bar(
                message(f"ageing.{r.recipe}_label", **self.names),
                r.low.amount,
                r.high.amount,
                r.used.amount,
            )
            for r in carried
        ]

    def row(self, carried: Range) -> dict[str, Any]:
        """Return a recipe's result as the cells of a table, and as lines of text."""
        name = carried.recipe
        cells = {
            "label": message(f"ageing.{name}_label", **self.names),
            "used": f"{carried.used.amount:.1f}",
            "low": f"{carried.low.amount:.1f}",
            "high": f"{carried.high.amount:.1f}",
            "question": message(f"ageing.{name}_question", **self.names),
            "ignores": message(f"ageing.{name}_ignores", **self.names),
            "assumed": " ".join(self.assumed(carried.used)),
        }
        return {**cells, "text": message("ageing.row", unit=self.unit, **cells)}

    def assumed(self, effect: Effect) -> list[str]:
        """Return everything that an effect assumes, a sentence each."""
        lines = [self.choice(name, choice) for name, choice in effect.chosen]
        if effect.recipe != "prices":
            lines.insert(0, message("ageing.local_sum", when=self.part.local_of, **self.names))
        return lines + [message("ageing.note", when=p.when, note=p.note) for p in effect.notes]

    def choice(self, assumption: str, choice: Choice) -> str:
        """Return what is assumed as a sentence."""
        point = choice.point
        if assumption == "base":
            if point.when == BY_PARTS and isinstance(self.part, Estimate):
                dates = ", ".join(p.money_of[0] for p in self.part.parts)
                return message("ageing.base_parts", dates=dates)
            return message("ageing.base_money", when=point.when)
        rate = f"{point.value:,.0f} {choice.series.unit}"
        note = f"; {point.note}" if point.note else ""
        where = f"{choice.series.title}, {point.when}{note}"
        return message(f"ageing.{assumption}_rate", rate=rate, where=where)

    def swing(self, swing: Range) -> str:
        name = message(f"ageing.assume_{swing.assumption}")
        if swing.recipe is None:
            return name
        return message(
            "ageing.assume_in", name=name, recipe=message(f"ageing.{swing.recipe}_short")
        )

    def moves(self, swing: Range) -> str:
        low, high = (f"{e.amount:.1f}" for e in (swing.low, swing.high))
        values = {"low": low, "high": high, "width": f"{swing.width:.1f}", "unit": self.unit}
        return message("ageing.moves", label=self.swing(swing), **values)

    def sources(self, recipes: tuple[RecipeId, ...]) -> list[str]:
        """Return where the estimate and the series that were used come from."""
        book = load_book(self.course)
        names = {book.recipes.prices} if "prices" in recipes else set()
        if set(recipes) - {"prices"}:
            names |= {*book.recipes.rates}
        if "raised" in recipes:
            names |= {book.recipes.local_prices}
        ids = [self.part.record, *(book.series[n].record for n in sorted(names))]
        return [source_line(self.course, i) for i in dict.fromkeys(ids) if i]


class LiveAge(anywidget.AnyWidget):
    """An estimate with a slider for each assumption; its saved output is the still page.

    The sliders of ipywidgets lose the arrow keys to the notebook, and tell those who read by ear a
    number instead of what is assumed; so the page has its own.
    """

    _esm = script(_HERE / "sliders.js")
    _css = text("question.css")
    intro = traitlets.Unicode().tag(sync=True)
    #: Of each slider: its id, its label, and its choices in words.
    controls: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)  #: by assumption, the number of its choice
    now = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)  #: HTML

    def __init__(self, course: Course, part: Part, to: str, still: Page) -> None:
        self._words, self._still = _Words(course, part, to), still
        self._recipes, _ = usable(course, part, to)
        every = {a.id: a for r in self._recipes for a in assumptions(course, part, r, to)}
        self._rising = {
            name: sorted(a.choices, key=lambda c: c.point.value)
            for name, a in every.items()
            if a.choices[1:]
        }
        controls = [
            {
                "id": name,
                "label": message(f"ageing.assume_{name}"),
                "choices": [self._words.choice(name, c) for c in choices],
            }
            for name, choices in self._rising.items()
        ]
        first = {n: choices.index(every[n].choices[0]) for n, choices in self._rising.items()}
        super().__init__(intro=message("ageing.live"), controls=controls, chosen=first)
        self._draw()
        self.observe(self._moved, names="chosen")

    def _moved(self, _change: object) -> None:
        with in_words_of(self._words.course.root):
            self._draw()

    def _draw(self) -> None:
        """Work out every recipe under what the sliders say, and show it."""
        words, course = self._words, self._words.course
        chosen = {name: choices[self.chosen[name]].id for name, choices in self._rising.items()}
        rows = [carry(course, words.part, r, words.to, chosen) for r in self._recipes]
        low, high = (end(r.used.amount for r in rows) for end in (min, max))
        key = "ageing.now" if len(rows) > 1 else "ageing.now_one"
        # The words go first: they are there at once, the picture takes a moment.
        self.now = message(key, low=f"{low:.1f}", high=f"{high:.1f}", unit=words.unit)
        bars = words.bars(rows)
        if len(rows) > 1:
            bars.insert(0, Bar(message("ageing.now_label"), low, high, strong=True))
        picture = ranges(bars, words.unit)
        lines = "".join(f"<li>{escape(line)}</li>" for line in picture.text.splitlines()[1:])
        self.shown = f"<ul>{lines}</ul>{picture.figure}"

    def __repr__(self) -> str:
        return self._still.text

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data |= {"text/plain": self._still.text, "text/html": self._still.html}
        return data, metadata
