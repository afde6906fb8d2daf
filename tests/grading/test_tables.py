"""Tables that no spreadsheet runs, whichever separator it guesses."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.grading import tables

SIGNS = "=+-@＝＋－＠"
PIECES = st.lists(
    st.sampled_from(
        [*SIGNS, ",", ";", "\t", "\n", "\r", '"', "'", " ", "1", "SUM(A1)", "word", "|"]
    )
)
TEXT = PIECES.map("".join)


def cells(text: str, separator: str) -> list[str]:
    """Return every cell that a spreadsheet sees that takes ``separator`` for the separator."""
    return [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=3))
def test_no_cell_is_a_formula_whichever_separator_is_guessed(tmp_path_factory, separator, rows):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    tables.write(path, ("one", "two"), [{"one": one, "two": two} for one, two in rows])
    for cell in cells(path.read_text("utf-8-sig"), separator):
        begins = cell.lstrip(' \t\r\n"')[:1]
        is_number = tables._NUMBER.fullmatch(cell.strip().rstrip('"'))
        assert begins not in tuple(SIGNS) or is_number, repr(cell)


@given(TEXT)
def test_an_apostrophe_is_put_in_once_and_taken_out_again(text):
    safe = tables.harmless(text)
    assert tables.harmless(safe) == safe
    if "'" not in text:
        assert tables.as_written(safe) == text


@pytest.mark.parametrize("text", ["-7", "+3,5", "gut; sehr gut, =weiter", "a-b", "1 - 2", "x=1"])
def test_what_nothing_runs_stays_as_it_is(text):
    assert tables.harmless(text) == text


def test_eleven_cells_of_an_answer_were_formulas_in_europe():
    text = ";=1" * 11
    assert not any(cell.startswith("=") for cell in cells(tables.harmless(text), ";"))
