"""The makers of identifiers against the checks of `shared.claims`, which have their own authorities."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.identifiers import make_member_id, make_npi, with_wrong_check_digit
from shared.claims import Mbi, Npi


@given(st.integers(0, 99_999))
def test_a_sample_npi_passes_its_check_and_is_of_the_marked_range(number: int) -> None:
    npi = make_npi(number)
    assert Npi.problem_of(npi) is None
    assert npi.startswith("1999")


@given(st.integers(0, 99_999))
def test_a_wrong_check_digit_is_wrong(number: int) -> None:
    problem = Npi.problem_of(with_wrong_check_digit(make_npi(number)))
    assert problem
    assert problem.code == "npi_check_digit"


@given(st.integers())
def test_a_medicare_number_has_the_form_of_an_mbi(seed: int) -> None:
    assert Mbi.problem_of(make_member_id("mbi", Random(seed))) is None


def test_a_member_id_follows_its_payers_form() -> None:
    number = make_member_id("K##", Random(1))
    assert number[0] == "K"
    assert number[1:].isdigit()
    assert len(number) == 3


def test_an_npi_number_of_six_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="five digits"):
        make_npi(100_000)
