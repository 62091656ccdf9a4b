"""Hospital-acquired conditions (MS-DRG Definitions Manual, appendix I: pressure ulcers of stage 3 and 4 are HAC 04)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, found, silent

CASES = [
    fires("hospital_acquired.condition", "A41.9:Y L89.153:N", "L89.153"),
    fires("hospital_acquired.condition", "I63.9:Y S72.011A:U", "S72.011A"),
    silent("hospital_acquired.condition", "A41.9:Y L89.153:Y"),
    silent("hospital_acquired.condition", "A41.9:Y L89.153:W"),
    silent("hospital_acquired.condition", "A41.9:Y L89.152:N"),
    silent("hospital_acquired.condition", "A41.9 L89.153:N", setting="observation"),
    # The nearest edition of MS-DRG speaks of days that none covers.
    silent("hospital_acquired.condition", "A41.9:Y L89.152:N", day=date(2015, 9, 30)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hospital_acquired(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)


def test_the_condition_is_named(embedded_tables: Tables) -> None:
    finding = found(CASES[0], embedded_tables)[0]
    assert "hospital-acquired condition 04, Stage III and IV Pressure Ulcers" in finding.message
