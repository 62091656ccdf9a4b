"""Chapter 9 (ICD-10-CM Official Guidelines I.C.9)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # Heart conditions are presumed due to hypertension since FY 2017; the kidney's always were.
    fires("hypertension.with_heart_disease", "I10 I50.9", "I10", "I11.0 I50.9", day=date(2016, 10, 1)),
    silent("hypertension.with_heart_disease", "I10 I50.9", day=date(2016, 9, 30)),
    fires("hypertension.with_heart_disease", "I10 I50.32 N18.30", "I10", "I13.0 I50.32 N18.30"),
    fires("hypertension.with_heart_disease", "I12.9 I50.9 N18.30", "I12.9", "I13.0 I50.9 N18.30"),
    fires("hypertension.with_heart_disease", "I10 I51.7", "I10", "I11.9 I51.7"),
    silent("hypertension.with_heart_disease", "I10 I25.10 I48.91"),
    silent("hypertension.with_heart_disease", "I11.0 I50.32"),
    fires("hypertension.with_kidney_disease", "I10 N18.4", "I10", "I12.9 N18.4"),
    fires("hypertension.with_kidney_disease", "I10 N18.6 Z99.2", "I10", "I12.0 N18.6 Z99.2"),
    fires("hypertension.with_kidney_disease", "I11.0 I50.22 N18.5", "I11.0", "I13.2 I50.22 N18.5"),
    # I.C.9.a.2: acute kidney failure is not due to hypertension.
    silent("hypertension.with_kidney_disease", "I10 N17.9"),
    silent("hypertension.with_kidney_disease", "I12.9 N18.4"),
    fires("hypertension.essential_beside_combination", "I11.0 I50.9 I10", "I10", "I11.0 I50.9"),
    silent("hypertension.essential_beside_combination", "I16.0 I10"),
    # Titles of I12.0, I12.9, I13.0 to I13.2.
    fires("hypertension.combination_disagrees", "I12.9 N18.6 Z99.2", "I12.9", "I12.0 N18.6 Z99.2"),
    fires("hypertension.combination_disagrees", "I13.2 I50.9 N18.31", "I13.2", "I13.0 I50.9 N18.31"),
    fires("hypertension.combination_disagrees", "I11.9 I50.9", "I11.9", "I11.0 I50.9"),
    fires("hypertension.combination_disagrees", "I13.0 I50.9 N18.5", "I13.0", "I13.2 I50.9 N18.5"),
    silent("hypertension.combination_disagrees", "I13.0 I50.9 N18.9"),
    silent("hypertension.combination_disagrees", "I12.0 N18.5"),
    silent("hypertension.combination_disagrees", "I11.0"),
    fires("hypertension.crisis_alone", "I16.0", "I16.0"),
    silent("hypertension.crisis_alone", "I16.0 I10"),
    fires("infarction.subsequent_alone", "I22.1", "I22.1"),
    fires("infarction.subsequent_alone", "I22.1 I21.A1", "I22.1"),
    silent("infarction.subsequent_alone", "I22.1 I21.02"),
    fires("infarction.st_elevation_twice", "I21.02 I21.4", "I21.4", "I21.02"),
    silent("infarction.st_elevation_twice", "I21.4 I25.2"),
    fires("infarction.type_2_by_elevation", "A41.9 I21.A1 I21.4", "I21.4", "A41.9 I21.A1"),
    silent("infarction.type_2_by_elevation", "A41.9 I21.A1"),
    fires("heart_failure.kinds_apart", "I11.0 I50.21 I50.22", "I50.22", "I11.0 I50.23"),
    fires("heart_failure.kinds_apart", "I50.22 I50.32", "I50.32", "I50.42"),
    silent("heart_failure.kinds_apart", "I11.0 I50.23"),
    fires("heart_failure.unspecified_beside_type", "I50.23 I50.9", "I50.9", "I50.23"),
    silent("heart_failure.unspecified_beside_type", "I50.9"),
    fires("stroke.scale_without_infarction", "I61.9 R29.708", "R29.708", "I61.9"),
    silent("stroke.scale_without_infarction", "I63.9 R29.708"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_9(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
