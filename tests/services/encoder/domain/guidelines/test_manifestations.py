"""Etiology and manifestation (I.A.13); the pairs are code first notes of the tabular list."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("manifestation.principal", "F02.80 G30.9", "F02.80", "G30.9 F02.80"),
    fires("manifestation.principal", "F02.80", "F02.80"),
    silent("manifestation.principal", "G30.9 F02.80"),
    # An organism is an additional code, not a manifestation, whatever its title says.
    silent("manifestation.principal", "B96.20 N39.0"),
    fires("manifestation.etiology_missing", "I10 D63.1", "D63.1"),
    fires("manifestation.etiology_missing", "J18.9 F02.80", "F02.80"),
    silent("manifestation.etiology_missing", "N18.4 D63.1"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_manifestations(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
