"""Modifiers and bundled services (CMS Pub 100-04; NCCI Policy Manual)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("modifier.unknown", "J06.9", "20610", setting="professional", charges=("20610 ZZ",)),
    silent("modifier.unknown", "J06.9", setting="professional", charges=("20610 RT",)),
    fires("modifier.repeated", "J06.9", "20610", setting="professional", charges=("20610 RT RT",)),
    silent("modifier.repeated", "J06.9", setting="professional", charges=("20610 RT", "20610 RT")),
    fires("modifier.visits_only", "J06.9", "20610", setting="professional", charges=("99213 25", "20610 25")),
    silent("modifier.visits_only", "J06.9", setting="professional", charges=("99213 25", "20610")),
    fires("modifier.never_on_visits", "J06.9", "99213", setting="professional", charges=("99213 59",)),
    silent("modifier.never_on_visits", "J06.9", setting="professional", charges=("20610 59",)),
    fires("modifier.apart", "J06.9", "20610", setting="professional", charges=("20610 50 LT",)),
    fires("modifier.apart", "J06.9", "71046", setting="professional", charges=("71046 26 TC",)),
    fires("modifier.apart", "J06.9", "20610", setting="professional", charges=("20610 59 XS",)),
    silent("modifier.apart", "J06.9", setting="professional", charges=("20610 50", "20605 LT")),
    fires("modifier.both_sides", "J06.9", "20610", setting="professional", charges=("20610 RT LT",)),
    silent("modifier.both_sides", "J06.9", setting="professional", charges=("20610 RT", "20610 LT")),
    fires("modifier.setting", "J06.9", "71046", setting="outpatient", charges=("71046 26",)),
    fires("modifier.setting", "J06.9", "20610", setting="professional", charges=("20610 73",)),
    silent("modifier.setting", "J06.9", setting="professional", charges=("71046 26",)),
    # Column 1 43239, column 2 43235, modifier indicator 0; 45385 and 45380, indicator 1.
    fires("ncci.hospital", "K21.9", "43235", setting="outpatient", charges=("43239", "43235 59")),
    fires("ncci.hospital", "K63.5", "45380", setting="outpatient", charges=("45385", "45380")),
    silent("ncci.hospital", "K63.5", setting="outpatient", charges=("45385", "45380 59")),
    silent("ncci.hospital", "K63.5", setting="outpatient", charges=("45385", "43239")),
    fires("ncci.practitioner", "K63.5", "45380", setting="professional", charges=("45380", "45385")),
    silent("ncci.practitioner", "K63.5", setting="professional", charges=("45380 XS", "45385")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_modifiers(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
