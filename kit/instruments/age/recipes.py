"""Carrying an old estimate to another date: what each assumption does to it.

A recipe answers one question and ignores others. Its result is the effect of assumptions, never
what something is worth. The estimates and the series stand in the course's ``estimates.toml`` and
``evidence/series/*.csv``.

============  ==================================================================================
prices        amount x P(to) / P(base): the same money in prices of its own country.
unchanged     amount x R(then) / R(later): a local sum that stayed as it was, bought at a later
              market rate. R is local money for one unit of the estimate's currency.
raised        the same, times L(to) / L(then): the local sum first raised by local prices.
============  ==================================================================================

Which assumption matters is asked one at a time: each is varied over its documented values while the
others stay at their first (the tornado diagram; Eschenbach 1992, Interfaces 22(6), 40-46). That
does not show what several do together; the range of a recipe, over all their combinations, does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Literal

from attrs import frozen

from kit.course.course import Course
from kit.course.messages import KitError, each_in_digits, message
from kit.instruments.age.estimates import BY_PARTS, Book, Estimate, Part, Point, Series, load_book

RecipeId = Literal["prices", "unchanged", "raised"]
RECIPES: tuple[RecipeId, ...] = ("prices", "unchanged", "raised")


@frozen
class Choice:
    """One documented value that an assumption can take."""

    point: Point
    series: Series

    @property
    def id(self) -> str:
        """The series and the date, for example ``rial-free/2013-11-11``."""
        return f"{self.series.id}/{self.point.when}"


@frozen
class Assumption:
    """Something that a recipe has to assume; its first choice is used unless another is named."""

    id: str  #: ``base``, ``then`` or ``later``
    choices: tuple[Choice, ...]


@frozen
class Effect:
    """What a recipe makes of an estimate under named assumptions."""

    recipe: RecipeId
    amount: float  #: in the estimate's scale and currency
    chosen: tuple[tuple[str, Choice], ...]  #: by assumption
    notes: tuple[Point, ...] = ()  #: the prices used that are not quite what they seem


@frozen
class Range:
    """How far the answer moves: over everything that a recipe assumes, or over one assumption."""

    recipe: RecipeId | None  #: None where the recipe itself is what varies
    used: Effect  #: each assumption at its first choice, or at the one that was named
    low: Effect
    high: Effect
    assumption: str = ""  #: the one that varies; empty for all of them together

    @property
    def width(self) -> float:
        """The distance between the lowest and the highest answer."""
        return self.high.amount - self.low.amount

    @property
    def amounts(self) -> dict[str, str]:
        """Its four numbers, to be read."""
        used, low, high = self.used.amount, self.low.amount, self.high.amount
        return each_in_digits(".1f", used=used, low=low, high=high, width=self.width)


def assumptions(course: Course, part: Part, recipe: RecipeId, to: str) -> tuple[Assumption, ...]:
    """Return what ``recipe`` has to assume to carry ``part`` to the date ``to``.

    Raises:
        KitError: where the result would mislead; the message says why.

    """
    book = load_book(course)
    _refuse(book, part, recipe, to)
    if recipe == "prices":
        _value(book.prices, to)  # refused where there is none
        base = [Choice(_base(part, book.prices, when), book.prices) for when in part.money_of]
        return (Assumption("base", tuple(base)),)
    if recipe == "raised":
        _value(book.local_prices, part.local_of)
        _value(book.local_prices, to)
    then, later = _rates(book, part.local_of), _rates(book, to)
    return Assumption("then", then), Assumption("later", later)


def _refuse(book: Book, part: Part, recipe: RecipeId, to: str) -> None:
    if recipe not in RECIPES:
        raise KitError(message("ageing.no_recipe", name=recipe, known=", ".join(RECIPES)))
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", to):
        raise KitError(message("ageing.no_date", to=to))
    if part.currency != book.currency:
        raise KitError(message("ageing.currency", unit=part.currency, ours=book.currency))
    if not part.money_of:
        raise KitError(message("ageing.no_money", what=part.what))
    if recipe != "prices" and not part.local_of:
        raise KitError(message("ageing.no_basis", what=part.what, local=book.local))
    start = part.local_of
    if recipe == "prices":
        start = part.money_of[0]
    if _before(to, start):
        raise KitError(message("ageing.backwards", as_of=part.as_of, to=to))
    if recipe != "prices" and part.local_until and _before(part.local_until, to):
        raise KitError(
            message("ageing.until", until=part.local_until, to=to, what=part.what, note=part.note)
        )


def _base(part: Part, prices: Series, when: str) -> Point:
    """Return the prices of ``when``; for ``parts``, those that carry each part from its own date.

    That is the mean of the parts' prices, each weighed by what its part buys in them.
    """
    if when != BY_PARTS or not isinstance(part, Estimate):
        return _value(prices, when)
    bought = sum(p.amount / _value(prices, p.money_of[0]).value for p in part.parts)
    return Point(BY_PARTS, sum(p.amount for p in part.parts) / bought)


def _before(one: str, other: str) -> bool:
    """Whether the date ``one`` is surely earlier; ``2013`` is not earlier than ``2013-11``."""
    both = min(len(one), len(other))
    return one[:both] < other[:both]


def _value(series: Series, when: str) -> Point:
    for point in series.points:
        if point.when == when:
            return point
    raise KitError(_missing([series], when))


def _rates(book: Book, when: str) -> tuple[Choice, ...]:
    """Return every rate within the date ``when``: for a year also those of its days."""
    found = []
    for series in book.rates:
        for point in series.points:
            if f"{point.when}-".startswith(f"{when}-"):
                found.append(Choice(point, series))
    if not found:
        raise KitError(_missing(book.rates, when))
    return tuple(found)


def _missing(every: Iterable[Series], when: str) -> str:
    runs = []
    for series in every:
        days = [point.when for point in series.points]
        runs.append(message("ageing.run", title=series.title, first=min(days), last=max(days)))
    return message("ageing.ends", when=when, runs="; ".join(runs))


def effect(
    course: Course, part: Part, recipe: RecipeId, to: str, chosen: Mapping[str, str] | None = None
) -> Effect:
    """Return what ``recipe`` makes of ``part`` at the date ``to``.

    Args:
        course: the course whose series are used.
        part: the estimate, or a part of one.
        recipe: see the head of this module.
        to: a date that the series have: ``2025``, ``2026-01`` or ``2013-11-11``.
        chosen: an assumption's id to a choice's id; one that is not named is at its first.

    Raises:
        KitError: where the result would mislead, or a series does not reach so far.

    """
    picked = {}
    for each in assumptions(course, part, recipe, to):
        picked[each.id] = _pick(each, (chosen or {}).get(each.id))
    return _effect_of(course, part, recipe, to, picked)


def _pick(assumption: Assumption, name: str | None) -> Choice:
    """Return the choice with an id; the first where none is named."""
    if not name:
        return assumption.choices[0]
    for choice in assumption.choices:
        if choice.id == name:
            return choice
    known = ", ".join(choice.id for choice in assumption.choices)
    raise KitError(message("ageing.no_choice", name=name, known=known))


def _effect_of(
    course: Course, part: Part, recipe: RecipeId, to: str, picked: Mapping[str, Choice]
) -> Effect:
    book = load_book(course)
    prices: tuple[Point, ...] = ()  # at first and later
    if recipe == "prices":
        prices = (picked["base"].point, _value(book.prices, to))
    elif recipe == "raised":
        prices = (_value(book.local_prices, part.local_of), _value(book.local_prices, to))
    factor = 1.0
    if prices:
        factor = prices[1].value / prices[0].value
    if recipe != "prices":
        factor *= picked["then"].point.value / picked["later"].point.value
    notes = tuple(point for point in prices if point.note)
    return Effect(recipe, part.amount * factor, tuple(picked.items()), notes)


def carry(
    course: Course, part: Part, recipe: RecipeId, to: str, chosen: Mapping[str, str] | None = None
) -> Range:
    """Return the effect of ``recipe`` and its range over all its documented assumptions.

    Takes and raises what :func:`effect` does.
    """
    every = assumptions(course, part, recipe, to)
    results = []
    for choices in product(*(assumption.choices for assumption in every)):
        picked = {each.id: choice for each, choice in zip(every, choices, strict=True)}
        results.append(_effect_of(course, part, recipe, to, picked))
    return _range(recipe, effect(course, part, recipe, to, chosen), results)


def usable(course: Course, part: Part, to: str) -> tuple[tuple[RecipeId, ...], tuple[str, ...]]:
    """Return the recipes that can carry ``part`` to ``to``, and why each of the others cannot."""
    can: list[RecipeId] = []
    refusals: list[str] = []
    for recipe in RECIPES:
        try:
            assumptions(course, part, recipe, to)
            can.append(recipe)
        except KitError as fault:
            refusals.append(str(fault))
    return tuple(can), tuple(dict.fromkeys(refusals))


def sensitivity(course: Course, part: Part, to: str) -> tuple[Range, ...]:
    """Return how far each assumption alone moves the answer, the widest first.

    The choice of the recipe counts as an assumption where more than one can be used. An assumption
    that has only one documented value moves nothing and is left out.
    """
    can, _ = usable(course, part, to)
    first = {recipe: effect(course, part, recipe, to) for recipe in can}
    found = []
    for recipe in can:
        for each in assumptions(course, part, recipe, to):
            results = [effect(course, part, recipe, to, {each.id: c.id}) for c in each.choices]
            found.append(_range(recipe, first[recipe], results, each.id))
    if can:
        found.append(_range(None, first[can[0]], list(first.values()), "recipe"))
    found.sort(key=lambda swing: -swing.width)
    return tuple(swing for swing in found if swing.width)


def _range(
    recipe: RecipeId | None, used: Effect, results: list[Effect], assumption: str = ""
) -> Range:
    rising = sorted(results, key=lambda e: e.amount)
    return Range(recipe, used, rising[0], rising[-1], assumption)
