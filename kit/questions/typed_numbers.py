"""Numbers as people type them: read safely, or refused in a sentence, never misread.

A comma is a decimal mark in half of the world and a thousands mark in the other. Where a text could
be either ("1,500"), it is refused and both ways to write it are named.
"""

from __future__ import annotations

import re
import unicodedata

from kit.course.messages import KitError, message

LARGEST = 10**15  #: above this a floating-point number no longer holds every whole number
_LONGEST = 60  # characters
_DECIMAL, _APART = "٫", "'"  # marks that can only be read in one way
_SIGN = {"-": -1, "−": -1, "–": -1, "+": 1}
_SAME_MARK = str.maketrans({"’": _APART, "`": _APART, "٬": _APART, "_": " "})


def read_number(text: str, unit: str = "") -> float:
    """Return the number that ``text`` says; a whole number as an int.

    Understood are a point or a comma before decimals; spaces, apostrophes, points or commas between
    groups of three digits; digits of any script; and the unit or a per cent sign behind.

    Args:
        text: what was typed.
        unit: the unit that stands beside the box, which may be typed too.

    Raises:
        KitError: when it is no number, or could be two.

    """
    body = _bare(text, unit)
    sign = _SIGN.get(body[:1], 0)
    body = body[1:].lstrip() if sign else body
    whole, decimals = _halves(body, text)
    number = float(f"{whole}.{decimals or 0}")
    if number > LARGEST:
        raise KitError(message("number.too_large", text=text.strip()))
    number *= sign or 1
    return int(number) if number.is_integer() else number


def spell(number: float) -> str:
    """Return ``number`` so that it cannot be misread: thin spaces between groups, a point."""
    text = f"{abs(number):,.10f}".rstrip("0").rstrip(".").replace(",", "\u202f")
    return f"−{text}" if number < 0 else text


def _bare(text: str, unit: str) -> str:
    """Return ``text`` in plain digits, one kind of space, without its unit."""
    if len(text) > _LONGEST:
        raise KitError(message("number.none", text=text[:_LONGEST] + "…"))
    # Not NFKC: that would read 10⁵ as 105.
    plain = " ".join(text.translate(_SAME_MARK).split())
    for tail in (unit, "%"):
        if tail and plain.casefold().endswith(tail.casefold()):
            plain = plain[: -len(tail)].rstrip()
            break
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def _halves(body: str, text: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark."""
    if not re.fullmatch(rf"[0-9 .,{_APART}{_DECIMAL}]*[0-9][0-9 .,{_APART}{_DECIMAL}]*", body):
        raise KitError(message("number.none", text=text.strip()))
    marks = [c for c in body if not c.isdigit()]
    last = marks[-1] if marks else ""
    if not marks or last in (" ", _APART) or len(set(marks)) == 1 < len(marks):
        return _grouped(body, last, text), ""
    head, _, tail = body.rpartition(last)
    if len(marks) == 1 and last != _DECIMAL and _could_be_a_group(head, tail):
        raise KitError(
            message("number.two_ways", text=text.strip(), one=head + tail, other=f"{head}.{tail}")
        )
    apart = set(marks[:-1])
    if last in apart or len(apart) > 1 or apart & {_DECIMAL}:
        raise KitError(message("number.odd_groups", text=text.strip()))
    return _grouped(head, marks[0] if apart else "", text), tail


def _could_be_a_group(head: str, tail: str) -> bool:
    return len(tail) == 3 and 1 <= len(head) <= 3 and head.strip("0") != ""


def _grouped(body: str, mark: str, text: str) -> str:
    """Return the digits of a whole part whose groups of three stand apart by ``mark``."""
    groups = body.split(mark) if mark else [body]
    odd = len(groups) > 1 and (
        not re.fullmatch("[1-9][0-9]{0,2}", groups[0])
        or not all(re.fullmatch("[0-9]{3}", g) for g in groups[1:])
    )
    if odd or not re.fullmatch("[0-9]*", "".join(groups)):
        raise KitError(message("number.odd_groups", text=text.strip()))
    return "".join(groups) or "0"
