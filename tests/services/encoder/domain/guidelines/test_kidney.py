"""Chapter 14 (ICD-10-CM Official Guidelines I.C.14.a)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("kidney.stage_twice", "I12.0 N18.5 N18.6", "N18.5", "I12.0 N18.6"),
    fires("kidney.stage_twice", "N18.9 N18.31", "N18.9", "N18.31"),
    silent("kidney.stage_twice", "I12.9 N18.31"),
    # Inclusion term at N18.6: chronic kidney disease requiring chronic dialysis.
    fires("kidney.dialysis_before_end_stage", "N18.5 Z99.2", "N18.5", "N18.6 Z99.2"),
    silent("kidney.dialysis_before_end_stage", "N18.6 Z99.2"),
    silent("kidney.dialysis_before_end_stage", "N17.0 N18.4 Z99.2"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_14(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
