"""Chapter 15 (ICD-10-CM Official Guidelines I.C.15, I.C.21.c.11)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("pregnancy.chapter_first", "N39.0 O23.43 Z3A.30", "N39.0", "O23.43 N39.0 Z3A.30"),
    silent("pregnancy.chapter_first", "O23.43 B96.20 Z3A.30"),
    # Antenatal screening may be the reason for the visit.
    silent("pregnancy.chapter_first", "Z36.3 O09.512 Z3A.20", setting="professional"),
    fires("pregnancy.condition_outside_chapter", "O80 Z37.0 D64.9 Z3A.39", "D64.9"),
    silent("pregnancy.condition_outside_chapter", "O99.02 D64.9 Z37.0 Z3A.39"),
    # I.C.15.a.1: an incidental pregnancy is Z33.1.
    silent("pregnancy.condition_outside_chapter", "D64.9 Z33.1"),
    fires("pregnancy.on_newborn_record", "Z38.00 O70.0", "O70.0", "Z38.00", age=0),
    fires("pregnancy.on_newborn_record", "O80 Z37.0 Z38.00", "Z38.00", "O80 Z37.0", age=28),
    silent("pregnancy.on_newborn_record", "Z38.00 P59.9", age=0),
    silent("pregnancy.on_newborn_record", "O80 Z37.0", age=28),
    # A condition of the perinatal period may be there for life (I.C.16.a.4).
    silent("pregnancy.on_newborn_record", "P27.1", age=3),
    # Note at chapter 15: second trimester from 14 weeks 0 days, third from 28 weeks 0 days.
    fires("pregnancy.trimester_disagrees", "O09.511 Z3A.14", "O09.511", setting="professional"),
    silent("pregnancy.trimester_disagrees", "O09.511 Z3A.13", setting="professional"),
    fires("pregnancy.trimester_disagrees", "O09.512 Z3A.28", "O09.512", setting="professional"),
    silent("pregnancy.trimester_disagrees", "O09.512 Z3A.27", setting="professional"),
    silent("pregnancy.trimester_disagrees", "O09.512 Z3A.00", setting="professional"),
    fires("pregnancy.weeks_missing", "O23.43", "O23.43"),
    silent("pregnancy.weeks_missing", "O23.43 Z3A.30"),
    silent("pregnancy.weeks_missing", "O90.81"),
    fires("pregnancy.weeks_after_its_end", "O03.9 Z3A.10", "Z3A.10", "O03.9"),
    silent("pregnancy.weeks_after_its_end", "O20.0 Z3A.10"),
    silent("pregnancy.outcome_missing", "O80 Z3A.39"),
    fires("pregnancy.outcome_missing", "O70.0 Z3A.39", "O70.0", procedures=("10E0XZZ",)),
    fires("pregnancy.outcome_missing", "O99.02 D64.9 Z3A.39", "O99.02"),
    # Extraction of retained products after the delivery.
    silent("pregnancy.outcome_missing", "O72.2", procedures=("10D17ZZ",)),
    silent("pregnancy.outcome_missing", "O99.013 D64.9 Z3A.39"),
    silent("pregnancy.outcome_missing", "O70.0 Z37.0 Z3A.39", procedures=("10E0XZZ",)),
    fires("pregnancy.uncomplicated_with_complication", "O80 O70.0 Z37.0", "O80", "O70.0 Z37.0"),
    silent("pregnancy.uncomplicated_with_complication", "O80 Z37.0 Z3A.39"),
    fires("pregnancy.uncomplicated_outcome", "O80 Z37.1 Z3A.39", "Z37.1"),
    silent("pregnancy.uncomplicated_outcome", "O80 Z37.0 Z3A.39"),
    fires("pregnancy.incidental_first", "Z33.1 J06.9", "Z33.1", "J06.9 Z33.1", setting="professional"),
    silent("pregnancy.incidental_first", "J06.9 Z33.1", setting="professional"),
    fires("pregnancy.fetus_without_multiple", "O36.5931 Z3A.32", "O36.5931"),
    silent("pregnancy.fetus_without_multiple", "O36.5930 Z3A.32"),
    silent("pregnancy.fetus_without_multiple", "O30.043 O36.5931 Z3A.32"),
    fires("pregnancy.cesarean_with_indication", "O34.211 O82 Z37.0", "O82", "O34.211 Z37.0"),
    silent("pregnancy.cesarean_with_indication", "O82 O99.02 D50.9 Z37.0"),
    fires("pregnancy.supervision_at_delivery", "O80 O09.523 Z37.0", "O09.523", "O80 Z37.0"),
    silent("pregnancy.supervision_at_delivery", "O09.523 Z3A.30", setting="professional"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_15(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
