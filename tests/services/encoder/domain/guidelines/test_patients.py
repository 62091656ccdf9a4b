"""Age and sex (Medicare Code Editor edits 4 and 5)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # Maternity: 9 to 64 years; newborn: 0.
    fires("patient.age", "O80", "O80", age=5),
    fires("patient.age", "O80", "O80", age=65, setting="outpatient"),
    silent("patient.age", "O80", age=9),
    silent("patient.age", "O80"),
    # CMS ended edit 5 with discharges of 2024-09-30.
    fires("patient.sex", "O80", "O80", sex="M", day=date(2024, 9, 30)),
    silent("patient.sex", "O80", sex="M", day=date(2024, 10, 1)),
    silent("patient.sex", "O80", sex="F", day=date(2024, 9, 30)),
    silent("patient.sex", "O80", sex="U", day=date(2024, 9, 30)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_patients(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
