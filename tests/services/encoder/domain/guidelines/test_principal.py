"""The principal or first-listed diagnosis (section II, IV.H, I.C.20.a.6; Medicare Code Editor edits 8 and 9)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("principal.external_cause", "W01.0XXA S00.03XA", "W01.0XXA", "S00.03XA W01.0XXA"),
    fires("principal.external_cause", "W01.0XXA", "W01.0XXA", setting="professional"),
    silent("principal.external_cause", "S00.03XA W01.0XXA", setting="professional"),
    # The editor takes Z51.89 with a secondary diagnosis only, Z59.00 never.
    fires("principal.unacceptable", "Z51.89", "Z51.89"),
    fires("principal.unacceptable", "Z59.00 F20.0", "Z59.00"),
    silent("principal.unacceptable", "Z51.89 I10"),
    silent("principal.unacceptable", "F20.0 Z59.00"),
    silent("principal.unacceptable", "Z51.89", setting="outpatient"),
    fires("principal.questionable", "E11.9", "E11.9"),
    silent("principal.questionable", "E11.65"),
    fires("principal.symptom", "R07.9 I21.4", "R07.9"),
    silent("principal.symptom", "R07.9 Z87.891"),
    fires("uncertain.outpatient", "R05.1 J18.9", "J18.9", "R05.1", setting="professional", uncertain=("J18.9",)),
    silent("uncertain.outpatient", "R05.1 J18.9", setting="professional"),
    silent("uncertain.outpatient", "R05.1 J18.9", uncertain=("J18.9",)),
    fires("uncertain.inpatient", "R07.9", "I26.99", uncertain=("I26.99",)),
    silent("uncertain.inpatient", "I26.99", uncertain=("I26.99",)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_principal(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
