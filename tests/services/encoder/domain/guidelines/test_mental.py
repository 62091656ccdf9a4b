"""Chapter 5 (ICD-10-CM Official Guidelines I.C.5)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("substance.patterns_together", "F10.20 F10.10", "F10.10", "F10.20"),
    fires("substance.patterns_together", "F11.90 F11.10", "F11.90", "F11.10"),
    silent("substance.patterns_together", "F10.20 F11.10"),
    fires("substance.remission_beside_active", "F10.20 F10.21", "F10.21"),
    silent("substance.remission_beside_active", "F10.21 F11.20"),
    fires("substance.use_uncomplicated", "F12.90", "F12.90"),
    silent("substance.use_uncomplicated", "F12.920"),
    fires("substance.blood_alcohol_alone", "I10 Y90.4", "Y90.4"),
    silent("substance.blood_alcohol_alone", "F10.129 Y90.4"),
    fires("dementia.severity_twice", "F03.A0 F03.B0", "F03.A0", "F03.B0"),
    silent("dementia.severity_twice", "F01.B0 F03.A0"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_5(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
