"""ICD-10-PCS (Official Guidelines A9, B3.2, B3.3, B3.8, B3.11; Medicare Code Editor edit 11)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # Resection of the small intestine has no external approach.
    fires("procedure.not_built", "K57.20", "0DT8XZZ", procedures=("0DT8XZZ",)),
    silent("procedure.not_built", "K57.20", procedures=("0DT80ZZ",)),
    fires("procedure.repeated", "K57.20", "0DBN0ZZ", procedures=("0DBN0ZZ", "0DBN0ZZ")),
    silent("procedure.repeated", "K57.20", procedures=("0DBN0ZZ", "0DBM0ZZ")),
    fires(
        "procedure.inspection_included",
        "K57.20",
        "0DJD8ZZ",
        "K57.20 0DBN8ZX",
        procedures=("0DJD8ZZ", "0DBN8ZX"),
    ),
    fires("procedure.inspection_included", "K57.20", "0DJD8ZZ", procedures=("0DJ08ZZ", "0DJD8ZZ")),
    # Through another approach the inspection is coded by itself (B3.11.c).
    silent("procedure.inspection_included", "K57.20", procedures=("0DJD4ZZ", "0DTN0ZZ")),
    fires(
        "procedure.excision_in_resection",
        "K57.20",
        "0DBN0ZZ",
        "K57.20 0DTN0ZZ",
        procedures=("0DTN0ZZ", "0DBN0ZZ"),
    ),
    # A biopsy before the resection is coded as well (B3.4.b).
    silent("procedure.excision_in_resection", "K57.20", procedures=("0DTN0ZZ", "0DBN0ZX")),
    fires("procedure.approaches_differ", "K57.20", "0DTN4ZZ", procedures=("0DTN4ZZ", "0DTN0ZZ")),
    silent("procedure.approaches_differ", "K57.20", procedures=("0DJD4ZZ", "0DTN0ZZ")),
    fires("procedure.discontinued", "K80.00 Z53.31", "Z53.31", procedures=("0FT40ZZ",)),
    fires("procedure.discontinued", "K80.00 Z53.09", "Z53.09", procedures=("0FJ44ZZ",)),
    silent("procedure.discontinued", "K80.00 Z53.09"),
    fires(
        "procedure.principal",
        "K57.20",
        "0DBN8ZX",
        "K57.20 0DTN0ZZ 0DBN8ZX",
        procedures=("0DBN8ZX", "0DTN0ZZ"),
    ),
    silent("procedure.principal", "K57.20", procedures=("0DTN0ZZ", "0DBN8ZX")),
    silent("procedure.principal", "K57.20", procedures=("0DBN8ZX",)),
    fires("procedure.not_covered", "G40.909", "00F3XZZ", procedures=("00F3XZZ",)),
    silent("procedure.not_covered", "K57.20", procedures=("0DTN0ZZ",)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_procedures(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
