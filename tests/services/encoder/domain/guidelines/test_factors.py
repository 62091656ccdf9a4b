"""Chapter 21 and section IV (ICD-10-CM Official Guidelines I.C.21, IV.M, IV.P)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("factors.findings_denied", "Z00.00 R73.03", "Z00.00", setting="professional"),
    silent("factors.findings_denied", "Z00.01 R73.03", setting="professional"),
    # A chronic condition that is stable is no finding of the examination (IV.P).
    silent("factors.findings_denied", "Z00.00 I10 E11.9", setting="professional"),
    fires("factors.findings_missing", "Z00.01 Z23", "Z00.01", setting="professional"),
    silent("factors.findings_missing", "Z00.01 R73.03", setting="professional"),
    fires("factors.reason_for_surgery_missing", "Z01.818 Z79.4", "Z01.818", setting="professional"),
    silent("factors.reason_for_surgery_missing", "Z01.818 K40.90", setting="professional"),
    fires("factors.dialysis_without_failure", "Z49.31", "Z49.31", setting="professional"),
    silent("factors.dialysis_without_failure", "Z49.31 N18.6", setting="professional"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_21(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
