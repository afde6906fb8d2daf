"""`kit.age`: an old estimate at another date, and what each assumption does to it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from attrs import frozen

from kit.course.course import Course, find_course
from kit.course.html import template
from kit.course.messages import KitError, each_in_digits, in_digits, in_words_of, message
from kit.instruments.age.estimates import (
    BY_PARTS,
    Estimate,
    Part,
    check_alike,
    find_estimate,
    load_book,
)
from kit.instruments.age.recipes import (
    Assumption,
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
from kit.instruments.evidence_table import source_line
from kit.notebook.output import Page, errors_as_text, one_below_another
from kit.notebook.widget.widget import Saved, script, text

_HERE = Path(__file__).parent
#: What each column of the table holds, as ``ageing.row`` names it, and the column's head.
_COLUMNS = {
    "label": "recipe",
    "used": "result",
    "range": "range",
    "question": "answers",
    "ignores": "ignores",
    "assumed": "assumes",
}


@errors_as_text
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
    parts = tuple(find_estimate(course, each) for each in estimates)
    check_alike(parts)
    pages = [_estimate_page(course, part, str(to), recipe) for part in parts]
    if live:
        return LiveAge(course, parts[0], str(to), pages[0])
    return one_below_another(pages)


def _estimate_page(course: Course, part: Part, to: str, recipe: RecipeId | None) -> Page:
    """Return the whole page of one estimate: its recipes, their ranges, the sensitivity."""
    recipes: tuple[RecipeId, ...]
    refusals: tuple[str, ...] = ()
    swings: tuple[Range, ...] = ()
    if recipe is None:
        recipes, refusals = usable(course, part, to)
        swings = sensitivity(course, part, to)
    else:
        recipes = (recipe,)
    if not recipes:
        raise KitError("\n\n".join(refusals))
    sentences = _Sentences(course, part, to)
    head, rows, bars = sentences.head(), [], []
    lines = [*head, message("ageing.effects")]
    for each in recipes:
        result = carry(course, part, each, to)
        said = sentences.row(result)
        rows.append([said[name] for name in _COLUMNS])
        lines.append(message("ageing.row", unit=part.unit, **said))
        bars.append(sentences.bar(result))
    moves, varied, tornado = [], [], ""
    for swing in swings:
        moves.append(sentences.moves(swing))
        varied.append(sentences.bar(swing))
    if swings:
        lines += [message("ageing.sensitivity"), *moves]
        tornado = ranges(varied, part.unit).figure
    notes = [*filter(None, [part.note]), *refusals]
    sources = sentences.sources(recipes)
    html = template(
        _HERE / "aged.html.j2",
        head=head,
        heads=[message(f"ageing.column_{name}") for name in _COLUMNS.values()],
        rows=rows,
        range=ranges(bars, part.unit).figure,
        moves=moves,
        tornado=tornado,
        notes=notes,
        sources=sources,
    )
    return Page("\n".join([*lines, *notes, *sources]), html)


@frozen
class _Sentences:
    """The sentences about one estimate, converted to one date."""

    course: Course
    part: Part
    to: str

    @property
    def names(self) -> dict[str, str]:
        """What the course calls its money and its series, for sentences that name them."""
        book = load_book(self.course)
        return {
            "local": book.local,
            "currency": book.currency,
            "prices": book.prices.title,
            "local_prices": book.local_prices.title,
        }

    def head(self) -> list[str]:
        part = self.part
        said = {"what": part.what, "holder": part.holder, "as_of": part.as_of}
        lines = [message("ageing.head", to=self.to, amount=part.sum, **said)]
        if isinstance(part, Estimate):
            for piece in part.parts:
                lines.append(message("ageing.part", amount=piece.sum, what=piece.what))
        return lines

    def bar(self, each: Range) -> Bar:
        """Return a bar from the lowest to the highest; a recipe's has a mark at what is used."""
        low, high = each.low.amount, each.high.amount
        if each.assumption:
            return Bar(self.swing(each), low, high)
        label = message(f"ageing.{each.recipe}_label", **self.names)
        return Bar(label, low, high, each.used.amount)

    def row(self, carried: Range) -> dict[str, str]:
        """Return what is said of a recipe's result, in its line of text and in its table."""
        said = carried.amounts
        for name in ("label", "question", "ignores"):
            said[name] = message(f"ageing.{carried.recipe}_{name}", **self.names)
        said["range"] = f"{said['low']}–{said['high']}"
        said["assumed"] = " ".join(self.assumed(carried.used))
        return said

    def assumed(self, effect: Effect) -> list[str]:
        """Return everything that an effect assumes, a sentence each."""
        lines = []
        if effect.recipe != "prices":
            lines.append(message("ageing.local_sum", when=self.part.local_of, **self.names))
        for assumption, choice in effect.chosen:
            lines.append(self.choice(assumption, choice))
        for point in effect.notes:
            lines.append(message("ageing.note", when=point.when, note=point.note))
        return lines

    def choice(self, assumption: str, choice: Choice) -> str:
        """Return what is assumed as a sentence."""
        point = choice.point
        if assumption == "base":
            if point.when == BY_PARTS and isinstance(self.part, Estimate):
                dates = ", ".join(part.money_of[0] for part in self.part.parts)
                return message("ageing.base_parts", dates=dates)
            return message("ageing.base_money", when=point.when)
        rate = f"{in_digits(point.value, ',.0f')} {choice.series.unit}"
        where = f"{choice.series.title}, {point.when}"
        if point.note:
            where += f"; {point.note}"
        return message(f"ageing.{assumption}_rate", rate=rate, where=where)

    def swing(self, swing: Range) -> str:
        """Return what varies, in words."""
        name = message(f"ageing.assume_{swing.assumption}")
        if swing.recipe is None:
            return name
        recipe = message(f"ageing.{swing.recipe}_short")
        return message("ageing.assume_in", name=name, recipe=recipe)

    def moves(self, swing: Range) -> str:
        """Return how far an assumption alone moves the answer."""
        told = {"label": self.swing(swing), "unit": self.part.unit}
        return message("ageing.moves", **told, **swing.amounts)

    def sources(self, recipes: tuple[RecipeId, ...]) -> list[str]:
        """Return where the estimate and the series that were used come from."""
        book = load_book(self.course)
        used = []
        if "prices" in recipes:
            used.append(book.prices)
        if "raised" in recipes:
            used.append(book.local_prices)
        if "raised" in recipes or "unchanged" in recipes:
            used += book.rates
        used.sort(key=lambda series: series.id)
        records = dict.fromkeys([self.part.record, *(series.record for series in used)])
        return [source_line(self.course, record) for record in records if record]


class LiveAge(Saved, anywidget.AnyWidget):
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
        self._sentences, self._page = _Sentences(course, part, to), still
        self._recipes, _ = usable(course, part, to)
        self._choices: dict[str, list[Choice]] = {}  # of each slider, from low to high
        controls, first = [], {}
        for assumption in self._varying():
            choices = sorted(assumption.choices, key=lambda choice: choice.point.value)
            self._choices[assumption.id] = choices
            first[assumption.id] = choices.index(assumption.choices[0])
            said = [self._sentences.choice(assumption.id, choice) for choice in choices]
            label = message(f"ageing.assume_{assumption.id}")
            controls.append({"id": assumption.id, "label": label, "choices": said})
        super().__init__(intro=message("ageing.live"), controls=controls, chosen=first)
        self._draw()
        self.observe(self._moved, names="chosen")

    def _varying(self) -> list[Assumption]:
        """Return the assumptions that have more than one documented value, each once."""
        found = {}
        course, part, to = self._sentences.course, self._sentences.part, self._sentences.to
        for recipe in self._recipes:
            for assumption in assumptions(course, part, recipe, to):
                if len(assumption.choices) > 1:
                    found[assumption.id] = assumption
        return list(found.values())

    def _moved(self, _change: object) -> None:
        with in_words_of(self._sentences.course.root):
            self._draw()

    def _draw(self) -> None:
        """Work out every recipe under what the sliders say, and show it."""
        course, part, to = self._sentences.course, self._sentences.part, self._sentences.to
        chosen = {name: choices[self.chosen[name]].id for name, choices in self._choices.items()}
        bars, amounts = [], []
        for recipe in self._recipes:
            result = carry(course, part, recipe, to, chosen)
            bars.append(self._sentences.bar(result))
            amounts.append(result.used.amount)
        low, high = min(amounts), max(amounts)
        key = "ageing.now_one"
        if len(bars) > 1:
            key = "ageing.now"
            bars.insert(0, Bar(message("ageing.now_label"), low, high, strong=True))
        # The words go first: they are there at once, the picture takes a moment.
        self.now = message(key, unit=part.unit, **each_in_digits(".1f", low=low, high=high))
        picture = ranges(bars, part.unit)
        lines = "".join(f"<li>{escape(line)}</li>" for line in picture.text.splitlines()[1:])
        self.shown = f"<ul>{lines}</ul>{picture.figure}"

    def _still(self) -> Page:
        return self._page
