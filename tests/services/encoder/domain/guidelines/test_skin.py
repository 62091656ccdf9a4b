"""Chapter 12 (ICD-10-CM Official Guidelines I.C.12)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # Until FY 2019 the highest stage alone, since FY 2020 that of admission and the highest reached (I.C.12.a.6).
    fires("pressure_ulcer.stage_twice", "L89.152 L89.153", "L89.152", "L89.153", day=date(2019, 9, 30)),
    silent("pressure_ulcer.stage_twice", "L89.152 L89.153", day=date(2019, 10, 1)),
    silent("pressure_ulcer.stage_twice", "L89.152 L89.313", day=date(2019, 9, 30)),
    fires("pressure_ulcer.stage_evolved", "L89.152:Y L89.153:Y", "L89.153"),
    silent("pressure_ulcer.stage_evolved", "L89.152:Y L89.153:N"),
    silent("pressure_ulcer.stage_evolved", "L89.152:Y L89.153:Y", day=date(2019, 9, 30)),
    fires("chronic_ulcer.depth_twice", "L97.421:Y L97.422:Y", "L97.421", "L97.422:Y"),
    silent("chronic_ulcer.depth_twice", "L97.421:Y L97.422:N"),
    silent("chronic_ulcer.depth_twice", "L97.421 L97.512"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_12(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
