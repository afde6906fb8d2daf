r"""Questions as GIFT, the text format that Moodle imports.

The rules are those of Moodle's importer (question/format/gift): a blank line ends a question, so
line breaks within a text are written ``\n``; ``\ # = ~ { } :`` are escaped; a part of a mark that
is not in Moodle's list (:data:`GRADES`) stops the import. Texts are HTML and say so, ``[html]``,
because every reader of GIFT shows HTML alike. That word also keeps a text that begins with ``[`` or
``%`` from being taken for a format or a part of a mark.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from attrs import evolve, field, frozen

from kit.course.article import load_article
from kit.course.course import Course, Sheet
from kit.course.html import inline, template
from kit.questions.items import Item, Option, Unit
from kit.questions.still import keyed_rows

_HERE = Path(__file__).parent

#: The parts of a mark that Moodle knows (question/engine/bank.php).
GRADES = (
    *(0, 1, 9 / 10, 5 / 6, 4 / 5, 3 / 4, 7 / 10, 2 / 3, 3 / 5, 1 / 2, 2 / 5, 1 / 3, 3 / 10, 1 / 4),
    *(1 / 5, 1 / 6, 1 / 7, 1 / 8, 1 / 9, 1 / 10, 1 / 20),
)
_NEAR = 1e-5  #: as near as Moodle wants it
_FEWEST_PAIRS = 3  #: Moodle's form asks for two things to match, and three to choose from
_ESCAPES = {ord(c): f"\\{c}" for c in "\\#=~{}:"} | {ord("\n"): "\\n"}


@frozen
class Question:
    """One question as GIFT writes it."""

    name: str
    stem: str  #: HTML
    marks: float
    answers: tuple[str, ...]  #: in GIFT, each for a line of its own
    after: str  #: HTML that is shown to everybody after the attempt
    sign: str = ""  #: ``#`` before answers that are numbers


@frozen
class Gift:
    """A file for Moodle, and what of the questions the import cannot carry over."""

    text: str
    count: int  #: of Moodle's questions
    notes: dict[str, list[str]] = field(factory=dict)  #: ids of items, by the key of what to say


def gift(course: Course, asked: Iterable[tuple[Sheet, Item]]) -> Gift:
    """Return questions with their keys as GIFT, the reading edition of the text before them."""
    notes: dict[str, list[str]] = {}
    parts, count = [_category(course.title), _edition(course)], 0
    for sheet, pairs in groupby(asked, key=itemgetter(0)):
        made = [q for _, item in pairs for q in _questions(course, item, notes)]
        parts += [_category(course.title, sheet.title)] if made else []
        parts += [_written(course, question) for question in made]
        count += len(made)
    return Gift("\n\n".join(parts) + "\n", count, notes)


def escape(text: str) -> str:
    """Return ``text`` so that GIFT reads it as it is: line breaks and marks of its own escaped."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_ESCAPES)


def grade(share: float) -> float:
    """Return the part of a mark nearest to ``share`` (-1 to 1) that Moodle knows."""
    nearest = min(GRADES, key=lambda known: abs(known - abs(share)))
    return nearest if share >= 0 else -nearest


def share_of(item: Item, option: Option) -> float:
    """Return what choosing ``option`` is worth as a share of the marks; below 0 for a wrong tick.

    The shares of what is ticked add up to what :func:`kit.questions.scoring.credit` gives, 0 at
    the least; so do Moodle's.
    """
    if item.kind == "choose-one":
        return 1.0 if option.right else option.credit
    right = sum(o.right for o in item.options)
    wrong = sum(not o.right and not o.either for o in item.options)
    return 1 / right if option.right else 0.0 if option.either else -1 / wrong


def _questions(course: Course, item: Item, notes: dict[str, list[str]]) -> list[Question]:
    """Return what an item is in Moodle: no question, one, or several; ``notes`` tells why."""
    why = _left_out(item)
    for key in [why] if why else _changes(item):
        notes.setdefault(key, []).append(item.id)
    return [] if why else _KINDS[item.kind](course, item)


def _left_out(item: Item) -> str | None:
    """Return the key of the sentence that says why Moodle cannot ask the item; None if it can."""
    if item.survey or item.kind == "probability":
        return "export.no_right_answer"
    # Moodle refuses a question whose right options do not make up the whole mark.
    whole = sum(grade(share_of(item, o)) for o in item.options if o.right)
    if item.kind == "choose-many" and round(whole, 2) != 1:
        return "export.too_many_right"
    return None


def _changes(item: Item) -> Iterator[str]:
    """Yield the keys of the sentences that say what is otherwise in Moodle."""
    shares = [slip.credit for slip in item.slips]
    if item.kind in ("choose-one", "choose-many"):
        shares += [share_of(item, o) for o in item.options]
    if any(abs(grade(share) - share) > _NEAR for share in shares):
        yield "export.rounded"
    if item.kind == "label" and not _fits_matching(item):
        yield "export.split"
    if item.kind == "order":
        yield "export.placed"


def _chosen(course: Course, item: Item) -> list[Question]:
    best = next(o for o in item.options if o.right) if item.kind == "choose-one" else None
    answers = [_choice(share_of(item, o), o.text, o.reason, best=o is best) for o in item.options]
    return [_question(course, item, answers)]


def _choice(share: float, text: str, reason: str, *, best: bool) -> str:
    """Return one option; ``=``, for the ``best``, tells Moodle that only one can be chosen."""
    sign = "=" if best else f"~%{_percent(share)}%"
    return sign + _rich(inline(text)) + _after("#", inline(reason))


def _fits_matching(item: Item) -> bool:
    """Whether a ``label`` item is one for Moodle's matching: each statement has one right label."""
    one_each = len(item.units) > 1 and all(len(u.right) == 1 for u in item.units)
    return one_each and len(item.units) + len(_unused(item)) >= _FEWEST_PAIRS


def _unused(item: Item) -> list[str]:
    given = {name for u in item.units for name in u.right}
    return [x.text for x in item.labels if x.id not in given]


def _labelled(course: Course, item: Item) -> list[Question]:
    units = list(enumerate(item.units, 1))
    if not _fits_matching(item):
        return [_one_statement(course, item, n, unit) for n, unit in units]
    names = {x.id: x.text for x in item.labels}
    pairs = [_pair(_statement(n, u), names[u.right[0]]) for n, u in units]
    pairs += [_pair("", label) for label in _unused(item)]
    return [_question(course, item, pairs, units=item.units)]


def _one_statement(course: Course, item: Item, n: int, unit: Unit) -> Question:
    shares = [(x, float(x.id in unit.right)) for x in item.labels]
    answers = [_choice(s, x.text, "", best=x.id == unit.right[0]) for x, s in shares]
    question = _question(course, item, answers, units=(unit,), statement=_statement(n, unit))
    return evolve(question, name=f"{item.id}/{unit.id}", marks=item.marks / len(item.units))


def _statement(n: int, unit: Unit) -> str:
    # With its number: Moodle shuffles them, and some of them are sentences of one story.
    where = "" if unit.paragraph is None else f" (¶{unit.paragraph})"
    return f"{n}. {inline(unit.text)}{where}"


def _ordered(course: Course, item: Item) -> list[Question]:
    pairs = [_pair(inline(o.text), str(item.sequence.index(o.id) + 1)) for o in item.options]
    pairs += [_pair("", str(n)) for n in range(len(pairs) + 1, _FEWEST_PAIRS + 1)]
    return [_question(course, item, pairs, options=keyed_rows(item))]


def _pair(thing: str, label: str) -> str:
    """Return a thing, as HTML, and its label, which Moodle shows as plain text.

    A label without a thing is one that nothing gets.
    """
    # Between its tags this HTML has no bare angle bracket: inline escapes them.
    plain = " ".join(html.unescape(re.sub("<[^>]*>", "", inline(label))).split())
    return f"={_rich(thing) if thing else ''} -> {escape(plain)}"


def _number(course: Course, item: Item) -> list[Question]:
    accepted = "..".join(map(_digits, item.bounds or ()))
    if item.answer is not None:
        accepted = f"{_digits(item.answer)}:{_digits(item.tolerance)}"
    answers = [f"=%100%{accepted}"]
    for slip in item.slips:
        span = f"{_digits(slip.low)}..{_digits(slip.high)}"
        answers.append(f"=%{_percent(slip.credit)}%{span}{_after('#', inline(slip.reason))}")
    return [evolve(_question(course, item, answers), sign="#")]


def _essay(course: Course, item: Item) -> list[Question]:
    return [_question(course, item, ())]


_KINDS: dict[str, Callable[[Course, Item], list[Question]]] = {
    "choose-one": _chosen,
    "choose-many": _chosen,
    "label": _labelled,
    "number": _number,
    "order": _ordered,
    "write": _essay,
}


def _question(
    course: Course,
    item: Item,
    answers: Iterable[str],
    units: tuple[Unit, ...] = (),
    **shown: object,
) -> Question:
    """Return a question with the paragraphs that it or its ``units`` are about."""
    numbers = {*item.paragraphs, *(u.paragraph for u in units if u.paragraph is not None)}
    about = [load_article(course).unit(n) for n in sorted(numbers)]
    shown |= {"item": item, "about": about, "units": units}
    stem = template(_HERE / "exported.html.j2", course, **shown)
    after = template(_HERE / "exported_after.html.j2", course, **shown)
    return Question(item.id, stem, item.marks, tuple(answers), after)


def _edition(course: Course) -> str:
    """Return the reading edition as what Moodle calls a description: nothing is asked in it."""
    article = load_article(course)
    page = article.reference.page
    text = template(_HERE / "exported.html.j2", course, item=None, about=article.units, page=page)
    return f"::{escape(article.reference.title)}::{_rich(text)}"


def _written(course: Course, question: Question) -> str:
    marks = course.say("export.marks", id=question.name, marks=f"{question.marks:g}")
    lines = filter(None, (*question.answers, _after("####", question.after)))
    answers = "".join(f"\t{line}\n" for line in lines)
    stem = f"::{escape(question.name)}::{_rich(question.stem)}"
    return f"// {' '.join(marks.split())}\n{stem}{{{question.sign}\n{answers}}}"


def _category(*names: str) -> str:
    # A slash within a name is doubled; nothing else is escaped in a category.
    path = "/".join(" ".join(name.split()).replace("/", "//") for name in names)
    return f"$CATEGORY: $course$/{path}"


def _after(sign: str, text: str) -> str:
    """Return what is said after an attempt, behind its sign; nothing where nothing is said."""
    return sign + _rich(text) if text.strip() else ""


def _rich(text: str) -> str:
    return f"[html]{escape(text.strip())}"


def _percent(share: float) -> str:
    return _digits(round(100 * grade(share), 5))


def _digits(number: float) -> str:
    """Return a number as every reader of GIFT takes it: with a point, without an exponent."""
    return f"{number:.10f}".rstrip("0").rstrip(".")
