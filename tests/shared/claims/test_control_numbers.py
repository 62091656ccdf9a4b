"""Expected values are counted by hand from the layout that RFC 9562 §5.7 gives a UUIDv7."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.claims import ClaimId, PatientControlNumber
from shared.claims.control_numbers import control_number

CLAIM = ClaimId("0193628d-58f5-7a70-8d2e-7a3d8ef0a001")

uuid7_bits = st.tuples(
    st.integers(0, 2**48 - 1), st.integers(0, 2**12 - 1), st.integers(0, 2**62 - 1)
)  # clock, rand_a, rand_b


def a_claim_id(clock: int, random_a: int, random_b: int) -> ClaimId:
    number = f"{clock << 80 | 7 << 76 | random_a << 64 | 2 << 62 | random_b:032x}"
    return ClaimId("-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:])))


def test_the_number_fits_the_twenty_characters_that_every_payer_returns():
    number = control_number(CLAIM, 1)
    assert len(number) == 20
    assert PatientControlNumber.problem_of(number) is None


def test_the_last_two_digits_are_the_attempt():
    assert [control_number(CLAIM, attempt)[-2:] for attempt in (1, 2, 99)] == ["01", "02", "99"]
    assert len({control_number(CLAIM, attempt)[:-2] for attempt in range(1, 100)}) == 1


def test_one_bit_set_is_one_character():
    assert control_number(a_claim_id(0, 0, 1), 1) == "00000000000000000101"
    assert control_number(a_claim_id(0, 0, 0b11111), 1) == "00000000000000000Z01"
    # rand_a begins at bit 62: the thirteenth character from the right has bits 60 to 64.
    assert control_number(a_claim_id(0, 1, 0), 1) == "00000400000000000001"
    # the clock begins at bit 74: the fifteenth character from the right has bits 70 to 74.
    assert control_number(a_claim_id(1, 0, 0), 1) == "000G0000000000000001"


@pytest.mark.parametrize("attempt", [0, -1, 100])
def test_an_attempt_that_two_digits_cannot_hold_is_refused(attempt: int):
    with pytest.raises(ValueError, match="attempt"):
        control_number(CLAIM, attempt)


@given(first=uuid7_bits, second=uuid7_bits)
def test_claims_that_differ_in_a_random_bit_or_in_the_last_minute_of_the_clock_never_share_a_number(
    first: tuple[int, int, int], second: tuple[int, int, int]
):
    same = (first[0] % 2**16, *first[1:]) == (second[0] % 2**16, *second[1:])
    numbers = control_number(a_claim_id(*first), 1), control_number(a_claim_id(*second), 1)
    assert (numbers[0] == numbers[1]) == same
