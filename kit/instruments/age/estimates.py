"""Old estimates and the series that carry them: ``estimates.toml``, ``evidence/series/*.csv``."""

from __future__ import annotations

from functools import cache

from attrs import evolve, field, frozen
from attrs.validators import gt

from kit.course.course import Course
from kit.course.messages import KitError, in_digits, message
from kit.course.toml import read_table, read_toml, structure

BY_PARTS = "parts"  #: in ``money_of``: each part in the money of its own first date
TOMAN = "toman"  #: ten rials; prices in shops and many archives are in tomans


def _plain_money(_: object, __: object, currency: str) -> None:
    if TOMAN in currency.casefold():
        raise KitError(message("ageing.toman", unit=currency))


@frozen
class Part:
    """A sum of money that somebody put a number on, and what the number is of."""

    id: str
    amount: float  #: in ``scale`` of ``currency``
    what: str  #: what exactly is measured
    holder: str  #: whose, and how many bodies that is
    as_of: str  #: ``2008``, ``2013-11`` or ``2013-11-11``
    currency: str = field(default="US dollars", validator=_plain_money)
    scale: str = "billion"
    record: str = ""  #: the evidence record that it rests on
    #: The dates whose money it may be in, the likeliest first; none: it cannot be converted.
    money_of: tuple[str, ...] = ()
    local_of: str = ""  #: the date on which it was a sum in local money; empty where not known
    local_until: str = ""  #: after this date it is not converted by way of local money
    note: str = ""  #: what is not known about its basis

    @property
    def unit(self) -> str:
        """What its amount is in, such as ``billion US dollars``."""
        return f"{self.scale} {self.currency}"

    @property
    def sum(self) -> str:
        """Its amount with the unit, to be read."""
        return f"{in_digits(self.amount, 'g')} {self.unit}"


@frozen
class Estimate(Part):
    """A whole, with parts that have dates and bases of their own."""

    parts: tuple[Part, ...] = ()


@frozen
class Point:
    """One value of a series."""

    when: str
    value: float = field(validator=gt(0.0))
    note: str = ""  #: for example that a mean lacks a month


@frozen
class Series:
    """Prices or rates by date, in the order of their file."""

    id: str
    title: str
    record: str
    unit: str = field(validator=_plain_money)
    points: tuple[Point, ...] = ()


@frozen
class _Recipes:
    currency: str
    prices: str
    local: str
    local_prices: str
    rates: tuple[str, ...]


@frozen
class _File:
    recipes: _Recipes
    series: tuple[Series, ...]
    estimate: tuple[Estimate, ...]


@frozen
class Book:
    """The course's estimates, and the series that convert them."""

    currency: str  #: of the estimates
    local: str  #: what the course calls its local money
    prices: Series  #: where the estimates' currency is at home
    local_prices: Series
    rates: tuple[Series, ...]  #: local money for one unit of the currency
    series: dict[str, Series]
    estimates: dict[str, Part]


@cache
def load_book(course: Course) -> Book:
    """Read the course's ``estimates.toml`` and the series that it names.

    Raises:
        KitError: a line for each fault; also where a rate is in tomans.

    """
    path = course.root / "estimates.toml"
    raw = structure(read_toml(path), _File, path)
    folder = course.root / "evidence" / "series"
    series = {}
    for one in raw.series:
        series[one.id] = evolve(one, points=read_table(folder / f"{one.id}.csv", Point))
    recipes = raw.recipes
    unknown = {recipes.prices, recipes.local_prices, *recipes.rates} - series.keys()
    if unknown:
        raise KitError(message("ageing.no_series", path=path, names=", ".join(sorted(unknown))))
    estimates: dict[str, Part] = {}
    for whole in raw.estimate:
        for part in (whole, *whole.parts):
            estimates[part.id] = part
    return Book(
        currency=recipes.currency,
        local=recipes.local,
        prices=series[recipes.prices],
        local_prices=series[recipes.local_prices],
        rates=tuple(series[name] for name in recipes.rates),
        series=series,
        estimates=estimates,
    )


def find_estimate(course: Course, name: str | Part) -> Part:
    """Return the course's estimate called ``name``, or the part of one; an estimate as it is.

    Raises:
        KitError: when there is none; the message lists those there are.

    """
    if isinstance(name, Part):
        return name
    estimates = load_book(course).estimates
    if name not in estimates:
        raise KitError(message("ageing.no_estimate", name=name, known=", ".join(estimates)))
    return estimates[name]


def check_alike(parts: tuple[Part, ...]) -> None:
    """Refuse to show sums side by side that do not measure the same thing.

    Raises:
        KitError: the message says what each of them measures.

    """
    if len({(part.what, part.holder, part.currency) for part in parts}) > 1:
        lines = []
        for part in parts:
            lines.append(
                message("ageing.measures", amount=part.sum, holder=part.holder, what=part.what)
            )
        raise KitError(message("ageing.unlike", lines="\n".join(lines)))
