"""Codes that stand first or never do (I.C.21.c.16, I.B.14)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

_FY2022 = date(2021, 10, 1)

CASES = [
    fires("sequencing.only_first", "J18.9 Z00.00", "Z00.00", "Z00.00 J18.9", setting="professional"),
    fires("sequencing.only_first", "Z00.00 Z02.1", "Z02.1", setting="professional"),
    silent("sequencing.only_first", "Z00.00 J18.9", setting="professional"),
    # Examination in a research program is the exception of Z00.
    silent("sequencing.only_first", "C18.7 Z00.6", setting="professional"),
    fires("sequencing.never_first", "Z68.41 E66.01", "Z68.41", "E66.01 Z68.41", setting="professional"),
    silent("sequencing.never_first", "E66.01 Z68.41", setting="professional"),
    # Of an inpatient the editor says it: principal.unacceptable.
    silent("sequencing.never_first", "B95.0"),
    fires("sequencing.never_first", "Z79.4 I48.20", "Z79.4", "I48.20 Z79.4"),
    fires("sequencing.social_determinants", "Z59.1 F20.0", "Z59.1", "F20.0 Z59.1", setting="professional", day=_FY2022),
    silent("sequencing.social_determinants", "Z59.1 F20.0", setting="professional", day=date(2021, 9, 30)),
    silent("sequencing.social_determinants", "F20.0 Z59.1", setting="professional", day=_FY2022),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sequencing_z_codes(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
