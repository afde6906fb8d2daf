"""What the other tests lean on must itself be able to fail."""

from __future__ import annotations

import inspect

import pytest
from helpers import LONGEST, PROJECT, each, with_keys


def test_each_looks_at_every_case_and_names_all_that_fail(tmp_path):
    @each("number", [1, 2, 3, 4])
    def odd(number, tmp_path):
        assert tmp_path.is_dir()
        assert number % 2

    assert list(inspect.signature(odd).parameters) == ["tmp_path"]
    with pytest.raises(AssertionError) as told:
        odd(tmp_path=tmp_path)
    assert str(told.value).startswith("2 of 4 fail:")
    assert ["\n\n1:" in str(told.value), "\n\n2:" in str(told.value)] == [False, True]
    assert "\n\n4:" in str(told.value)


def test_each_takes_any_exception_for_a_failure():
    @each("number", [1, 0])
    def divides(number):
        assert 1 / number

    with pytest.raises(AssertionError, match="0: ZeroDivisionError"):
        divides()


def test_each_without_cases_is_skipped():
    @each("number", [])
    def never(number):
        raise NotImplementedError

    with pytest.raises(pytest.skip.Exception):
        never()


@with_keys
def test_the_files_that_are_begun_first_are_there():
    assert [name for name in LONGEST if not (PROJECT / "tests" / name).is_file()] == []
