"""Chapter 4 (ICD-10-CM Official Guidelines I.C.4.a, I.C.15.i for gestational diabetes)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("diabetes.complication_denied", "E11.65 E11.9", "E11.9", "E11.65"),
    silent("diabetes.complication_denied", "E11.65 E11.22 N18.30"),
    # I.A.15: the index has kidney disease below "Diabetes, with".
    fires("diabetes.linked_condition", "E11.9 N18.30", "E11.9", "E11.22 N18.30"),
    fires("diabetes.linked_condition", "E10.9 K31.84", "E10.9", "E10.43 K31.84"),
    silent("diabetes.linked_condition", "E11.9 N18.30", day=date(2016, 9, 30)),
    silent("diabetes.linked_condition", "E11.9 J18.9"),
    fires("diabetes.insulin_without_diabetes", "I10 Z79.4", "Z79.4"),
    silent("diabetes.insulin_without_diabetes", "E11.9 Z79.4"),
    # Until FY 2021 insulin alone was told, since FY 2022 both (I.C.4.a.3).
    fires("diabetes.insulin_and_oral_drug", "E11.9 Z79.4 Z79.84", "Z79.84", "E11.9 Z79.4", day=date(2021, 9, 30)),
    silent("diabetes.insulin_and_oral_drug", "E11.9 Z79.4 Z79.84", day=date(2021, 10, 1)),
    silent("diabetes.insulin_and_oral_drug", "E11.9 Z79.84", day=date(2020, 10, 1)),
    fires("diabetes.remission_with_drug", "E11.A Z79.84", "E11.A"),
    silent("diabetes.remission_with_drug", "E11.A Z79.899"),
    fires("diabetes.gestational_with_drug_status", "O24.414 Z3A.30 Z79.4", "Z79.4", "O24.414 Z3A.30"),
    # I.C.15.h: pre-existing diabetes in pregnancy has its drug told.
    silent("diabetes.gestational_with_drug_status", "O24.113 E11.9 Z79.4 Z3A.30"),
    fires("diabetes.gestational_control_twice", "O24.410 O24.414", "O24.410", "O24.414"),
    silent("diabetes.gestational_control_twice", "O24.410 Z3A.30"),
    fires("diabetes.gestational_beside_other", "O24.410 O24.113", "O24.113"),
    silent("diabetes.gestational_beside_other", "O24.113 E11.9"),
    fires("diabetes.after_pancreatectomy", "E89.1 Z90.410 Z79.4", "E89.1"),
    fires("diabetes.after_pancreatectomy", "E13.9 E89.1 Z90.410", "E13.9", "E89.1 E13.9 Z90.410"),
    silent("diabetes.after_pancreatectomy", "E89.1 E13.9 Z90.410 Z79.4"),
    silent("diabetes.after_pancreatectomy", "E89.1"),
    # I.C.4.a.5.a: the mechanical failure is principal, underdosing behind it.
    fires("diabetes.pump_failure_order", "T38.3X6A T85.614A E10.65", "T38.3X6A", "T85.614A T38.3X6A E10.65"),
    silent("diabetes.pump_failure_order", "T85.614A T38.3X6A E10.65"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_4(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
