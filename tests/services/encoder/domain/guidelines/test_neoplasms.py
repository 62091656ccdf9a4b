"""Chapter 2 (ICD-10-CM Official Guidelines I.C.2, I.C.21.c.8)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("neoplasms.therapy_without_neoplasm", "Z51.11 Z85.3", "Z51.11"),
    silent("neoplasms.therapy_without_neoplasm", "Z51.11 C50.911"),
    # I.C.2.e.1: surgery for the malignancy, then its chemotherapy in the same stay.
    # The inclusion term at Z85.3 is C50.-.
    fires("neoplasms.history_with_active", "C50.911 Z85.3", "Z85.3", "C50.911"),
    silent("neoplasms.history_with_active", "C78.01 Z85.3"),
    fires("neoplasms.secondary_without_primary", "C79.51 M54.9", "C79.51"),
    silent("neoplasms.secondary_without_primary", "C79.51 C80.1"),
    silent("neoplasms.secondary_without_primary", "C79.51 Z85.46"),
    fires("neoplasms.anemia_first", "D63.0 C18.9", "D63.0", "C18.9 D63.0"),
    # I.C.2.c.2: anemia due to chemotherapy goes first.
    silent("neoplasms.anemia_first", "D64.81 C18.9 T45.1X5A"),
    fires("neoplasms.chemotherapy_effect_missing", "D64.81 C18.9", "D64.81"),
    silent("neoplasms.chemotherapy_effect_missing", "D64.81 C18.9 T45.1X5A"),
    fires("neoplasms.follow_up_with_active", "Z08 C50.911", "Z08", "C50.911"),
    silent("neoplasms.follow_up_with_active", "Z08 Z85.3"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_2(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
