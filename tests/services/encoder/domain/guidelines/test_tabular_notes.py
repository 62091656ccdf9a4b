"""Instructions of the tabular list (I.A.17, I.B.7)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # I50: code first heart failure due to hypertension (I11.0).
    fires("code_first.order", "I50.32 I11.0", "I50.32", "I11.0 I50.32"),
    silent("code_first.order", "I11.0 I50.32"),
    silent("code_first.order", "I50.32 I10"),
    # R65.2: code first underlying infection, such as …
    fires("code_first.missing", "R65.21", "R65.21"),
    silent("code_first.missing", "A41.9 R65.21"),
    # E11.22: use additional code to identify stage of chronic kidney disease (N18.1-N18.6).
    fires("use_additional.missing", "E11.22", "E11.22"),
    fires("use_additional.missing", "E11.22", "E11.22", "E11.22 N18.32", documented=("N18.32",)),
    silent("use_additional.missing", "E11.22 N18.31"),
    # A list of what may be added is told only where the documents name one of its codes: E11, insulin (Z79.4).
    silent("use_additional.missing", "E11.9"),
    fires("use_additional.missing", "E11.9", "E11.9", "E11.9 Z79.4", documented=("Z79.4",)),
    fires("use_additional.first", "Z79.4 E11.9", "Z79.4", "E11.9 Z79.4"),
    silent("use_additional.first", "E11.9 Z79.4"),
    # E26.01: code also adrenal adenoma (D35.0-).
    fires("code_also.missing", "E26.01", "E26.01"),
    silent("code_also.missing", "E26.01 D35.01"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_tabular_notes(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
