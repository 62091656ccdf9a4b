"""Present on admission (appendix I)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("poa.missing", "I21.4:Y I10", "I10"),
    silent("poa.missing", "I10:U Z79.4"),
    silent("poa.missing", "I10", setting="outpatient"),
    fires("poa.exempt", "I10:Y Z79.4:Y", "Z79.4", "I10:Y Z79.4"),
    silent("poa.exempt", "I10:Y Z79.4"),
    fires("poa.one", "I10:Y Z79.4:1", "Z79.4", "I10:Y Z79.4"),
    silent("poa.one", "I10:Y Z79.4"),
    fires("poa.outpatient", "I10:Y", "I10", "I10", setting="outpatient"),
    silent("poa.outpatient", "I10:Y"),
    silent("poa.outpatient", "I10", setting="outpatient"),
    fires("poa.principal_not_present", "I21.4:N", "I21.4"),
    silent("poa.principal_not_present", "I21.4:W"),
    # A hemorrhage after delivery follows the admission for it.
    silent("poa.principal_not_present", "O72.1:N"),
    fires("poa.always_present", "I21.4:Y E11.9:N", "E11.9", "I21.4:Y E11.9:Y"),
    silent("poa.always_present", "I21.4:Y N17.9:N"),
    # Ketoacidosis may come in the stay.
    silent("poa.always_present", "I21.4:Y E11.10:N"),
    fires("poa.combination", "A41.9:N R65.21:Y", "A41.9"),
    silent("poa.combination", "A41.9:Y R65.21:N"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_present_on_admission(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
