"""Chapter 16 (ICD-10-CM Official Guidelines I.C.16)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # Note at P07: birth weight before gestational age.
    fires("perinatal.weight_behind_age", "Z38.00 P07.36 P07.17", "P07.36", "Z38.00 P07.17 P07.36", age=0),
    silent("perinatal.weight_behind_age", "Z38.00 P07.17 P07.36", age=0),
    fires("perinatal.sepsis_organism_twice", "P36.4 B96.20", "B96.20", "P36.4", age=0),
    silent("perinatal.sepsis_organism_twice", "P36.8 B96.89", age=0),
    fires("perinatal.stillbirth_with_others", "P95 P07.17", "P07.17", "P95", age=0),
    silent("perinatal.stillbirth_with_others", "P95", age=0),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_16(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
