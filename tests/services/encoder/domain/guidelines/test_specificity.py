"""Once, and as exactly as the record does (I.B.2, I.B.8, I.B.9, I.B.12, I.A.9.b)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("duplicate.repeated", "J18.9 I10 J18.9", "J18.9", "J18.9 I10"),
    silent("duplicate.repeated", "J18.9 I10"),
    fires("specificity.documented", "I50.9", "I50.9", "I50.32", documented=("I50.32",)),
    fires("specificity.documented", "I50.9", "I50.9", documented=("I50.32", "I50.22")),
    silent("specificity.documented", "I50.9", documented=("I10",)),
    silent("specificity.documented", "I50.9 I50.32", documented=("I50.32",)),
    fires("specificity.unspecified_beside_specific", "I50.9 I50.32", "I50.9", "I50.32"),
    silent("specificity.unspecified_beside_specific", "I50.9 I10"),
    silent("specificity.unspecified_beside_specific", "I50.22 I50.32"),
    fires("acute_and_chronic.apart", "J96.11 J96.01", "J96.01", "J96.21"),
    fires("acute_and_chronic.apart", "K81.0 K81.1", "K81.1", "K81.2"),
    # Acute and chronic laryngitis have no code together: acute goes first.
    fires("acute_and_chronic.apart", "J37.0 J04.0", "J04.0", "J04.0 J37.0"),
    silent("acute_and_chronic.apart", "J04.0 J37.0"),
    silent("acute_and_chronic.apart", "J96.21"),
    fires("combination.with", "N30.00 R31.9", "N30.00", "N30.01"),
    fires("combination.with", "R18.8 K70.30", "K70.30", "K70.31"),
    silent("combination.with", "N30.00 R30.0"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_specificity(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
