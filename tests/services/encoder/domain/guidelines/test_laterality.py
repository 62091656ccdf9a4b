"""Sides (I.B.13)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("laterality.both_sides", "H25.11 H25.12", "H25.12", "H25.13"),
    fires("laterality.both_sides", "M17.11 I10 M17.12", "M17.12", "M17.0 I10"),
    # There is no code for pain in both knees: each side has its own.
    silent("laterality.both_sides", "M25.561 M25.562"),
    silent("laterality.both_sides", "H25.11 H25.11"),
    fires("laterality.bilateral_and_side", "M17.0 M17.11", "M17.11", "M17.0"),
    silent("laterality.bilateral_and_side", "M17.0 M16.11"),
    fires("laterality.unspecified_side", "H91.90 H91.91", "H91.90", "H91.91"),
    fires("laterality.unspecified_side", "H91.90", "H91.90", "H91.92", documented=("H91.92",)),
    fires("laterality.unspecified_side", "H91.90", "H91.90", documented=("H91.91", "H91.92")),
    silent("laterality.unspecified_side", "H91.90"),
    silent("laterality.unspecified_side", "H91.91", documented=("H91.92",)),
    fires("laterality.edit_20", "G81.90", "G81.90"),
    silent("laterality.edit_20", "G81.91"),
    silent("laterality.edit_20", "G81.90", setting="outpatient"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_laterality(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
