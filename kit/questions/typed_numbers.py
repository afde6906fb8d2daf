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
_SIGN = {"-": -1, "−": -1, "–": -1, "+": 1}
_SAME_MARK = str.maketrans({"’": "'", "`": "'", "٬": "'", "_": " "})
_MARKS = " .,'٫"  # the last can only be a decimal mark
_TWO_WAYS = re.compile("(?!0+[.,])([0-9]{1,3})[.,]([0-9]{3})")  # 1,500: a group, or decimals?
_GROUPS = "[1-9][0-9]{0,2}(?P<apart>[ .,'])[0-9]{3}(?:(?P=apart)[0-9]{3})*"
_WHOLE = re.compile(f"[0-9]+|{_GROUPS}")
_DECIMALS = "(?!(?P=apart))[.,٫](?P<decimals>[0-9]*)"  # not behind the mark of the groups
_WITH_DECIMALS = re.compile(f"(?P<whole>[0-9]*|{_GROUPS}){_DECIMALS}")


def read_number(text: str, unit: str = "") -> float:
    """Return the number that ``text`` says; a whole number as an int.

    Understood are a point or a comma before decimals; spaces, apostrophes, points or commas between
    groups of three digits; digits of any script; and the unit or a per cent sign behind.

    Args:
        text: what was typed.
        unit: the unit that is shown beside the box, which may be typed too.

    Raises:
        KitError: when it is no number, or could be two.

    """
    body = _bare(text, unit)
    sign = _SIGN.get(body[:1], 0)
    if sign:
        body = body[1:].lstrip()
    number = float(_plain_digits(body, text.strip())) * (sign or 1)
    if abs(number) > LARGEST:
        raise KitError(message("number.too_large", text=text.strip()))
    return int(number) if number.is_integer() else number


def spell(number: float) -> str:
    """Return ``number`` so that it cannot be misread: thin spaces between groups of digits."""
    text = f"{abs(number):,.10f}".rstrip("0").rstrip(".").replace(",", "\u202f")
    text = text.replace(".", message("number.decimals"))
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
    digits = ""
    for character in plain:
        digits += str(unicodedata.decimal(character, character))
    return digits


def _plain_digits(body: str, typed: str) -> str:
    """Return the digits of a number without a sign, with a point before its decimals."""
    if not re.fullmatch(f"[{_MARKS}]*[0-9][0-9{_MARKS}]*", body):
        raise KitError(message("number.none", text=typed))
    if match := _TWO_WAYS.fullmatch(body):
        one, other = match[1] + match[2], f"{match[1]}{message('number.decimals')}{match[2]}"
        raise KitError(message("number.two_ways", text=typed, one=one, other=other))
    whole, decimals = body, ""
    if match := _WITH_DECIMALS.fullmatch(body):
        whole, decimals = match["whole"], match["decimals"]
    elif not _WHOLE.fullmatch(body):
        raise KitError(message("number.odd_groups", text=typed))
    return f"{re.sub('[^0-9]', '', whole)}.{decimals}0"
