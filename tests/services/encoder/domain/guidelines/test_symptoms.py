"""Symptoms that belong to a disease (I.B.5)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("symptom.integral", "J18.9 R06.02", "R06.02", "J18.9"),
    fires("symptom.integral", "R07.9 I21.4", "R07.9", "I21.4"),
    silent("symptom.integral", "E11.9 R06.02"),
    silent("symptom.integral", "R06.02"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_symptoms(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
