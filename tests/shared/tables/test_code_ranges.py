"""Ranges of codes are counted out by digits, else by digits and letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables.code_ranges import expanded


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("01-03 7", ["01", "02", "03", "7"]),
        ("F1-F3", ["F1", "F2", "F3"]),
        ("A8-AB", ["A8", "A9", "AA", "AB"]),
        ("KY-L1", ["KY", "KZ", "L0", "L1"]),
        ("DR01-DR02", ["DR01", "DR02"]),
    ],
)
def test_ranges_are_counted_out(codes: str, expected: list[str]):
    assert list(expanded(codes)) == expected


@given(st.integers(0, 9999), st.integers(0, 50))
def test_a_range_of_numbers_has_every_number_in_it_and_keeps_its_width(first: int, more: int):
    last = min(first + more, 9999)
    assert [int(code) for code in expanded(f"{first:04d}-{last:04d}")] == list(range(first, last + 1))
    assert {len(code) for code in expanded(f"{first:04d}-{last:04d}")} == {4}
