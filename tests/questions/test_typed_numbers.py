from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit.course.messages import KitError
from kit.questions.typed_numbers import LARGEST, read_number, spell


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("16.5", 16.5),
        ("16,5", 16.5),
        (" 95 ", 95),
        ("1429500", 1429500),
        ("1,429,500", 1429500),
        ("1.429.500", 1429500),
        ("1 429 500", 1429500),
        ("1\u202f429\u00a0500", 1429500),
        ("1'429'500", 1429500),
        ("1’429’500.25", 1429500.25),
        ("1,429,500.5", 1429500.5),
        ("1.429.500,5", 1429500.5),
        ("1 429,5", 1429.5),
        ("1 429,500", 1429.5),
        ("0,500", 0.5),
        ("0.125", 0.125),
        (".5", 0.5),
        ("5.", 5),
        ("1500,0", 1500),
        ("1500.000", 1500),
        ("-3", -3),
        ("− 3,25", -3.25),
        ("+4", 4),
        ("40 %", 40),
        ("40%", 40),
        ("16.5 billion dollars", 16.5),
        ("16.5 Billion Dollars", 16.5),
        ("۱۶٫۵", 16.5),
        ("١٬٤٢٩٬٥٠٠", 1429500),
        ("１２", 12),
    ],
)
def test_what_people_type_is_understood(text, number):
    assert read_number(text, "billion dollars") == number


@pytest.mark.parametrize("text", ["1,500", "1.500", "12,345", "999.999", "-1,500", "1,500 %"])
def test_what_could_be_two_numbers_is_refused_and_both_are_named(text):
    with pytest.raises(KitError, match="two ways") as fault:
        read_number(text)
    plain = text.strip("-% ").replace(",", ".")
    assert plain in str(fault.value)
    assert plain.replace(".", "") in str(fault.value)


@pytest.mark.parametrize(
    "text",
    [
        "1,42,950",
        "1.4295.00",
        "12 34",
        "1 2345",
        "1,429.500.5",
        "1.5,5.5",
        "1'42",
        "0,123,456",
        "1,2 3",
        "1 429 50",
        "1 000.000 000",
        "1٫5٫5",
    ],
)
def test_odd_groups_are_refused(text):
    with pytest.raises(KitError, match="groups"):
        read_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "1e5",
        "1/2",
        "nan",
        "inf",
        "-",
        "--5",
        "5-",
        "ten",
        "5 kg",
        ".",
        ",",
        "½",
        "10⁵",
        "1;5",
        "0x10",
        "$5",
        "5 billion",
        "1" * 61,
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(KitError):
        read_number(text)


def test_a_number_that_cannot_be_held_exactly_is_refused():
    assert read_number(str(LARGEST)) == LARGEST
    with pytest.raises(KitError, match="large"):
        read_number(str(LARGEST + 1))


@given(st.integers(-LARGEST, LARGEST))
def test_a_whole_number_comes_back_whatever_stands_between_its_groups(number):
    assert read_number(spell(number)) == number
    for mark in (",", ".", "'", " "):
        text = f"{number:,}".replace(",", mark)
        if text.count(mark) == 1 and mark in ",.":
            with pytest.raises(KitError):
                read_number(text)
        else:
            assert read_number(text) == number


@given(st.integers(0, 10**6), st.integers(0, 99), st.sampled_from(".,"))
def test_decimals_come_back(whole, part, mark):
    assert read_number(f"{whole}{mark}{part:02}") == pytest.approx(whole + part / 100)


@given(st.text(alphabet="0123456789.,' -+%٫٬", max_size=14) | st.text(max_size=70))
@example("1,500.")
def test_any_text_gives_a_number_or_a_sentence(text):
    try:
        number = read_number(text)
    except KitError as fault:
        assert str(fault)
    else:
        digits = [c for c in text if c.isdecimal()]
        assert digits
        assert abs(number) <= LARGEST


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_three_digits_behind_one_mark_are_never_guessed(head, tail, mark):
    with pytest.raises(KitError, match="two ways"):
        read_number(f"{head}{mark}{tail:03}")
