"""Codes and their dates are those of CMS's own files: FY 2026 began 2025-10-01, FY 2027 begins 2026-10-01.

U07.1 came into ICD-10-CM on 2020-04-01 (CDC, ICD-10-CM addenda April 2020); C81.10 is of the first edition; J44 is the
heading of J44.0, J44.1 and J44.9; 0FT44ZZ is the laparoscopic resection of the gallbladder (ICD-10-PCS table 0FT).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.encoder.domain.code_checks import check_codes, diagnosis_element, standing_of
from services.encoder.domain.coding import ChartCodes
from shared.runtime import embedded_tables
from shared.tables import CodeSets
from tests.builders import EncounterBuilder, a_professional_encounter, an_encounter


def problems(encounter: EncounterBuilder, **codes: Any) -> dict[str, tuple[str, str | None]]:
    """Pointer → code and element of everything that is wrong."""
    found = check_codes(ChartCodes.model_validate(codes), encounter.build(), CodeSets(embedded_tables().current()))
    return {problem.pointer: (problem.code, problem.x12) for problem in found}


def a_procedure(code: str = "0FT44ZZ", day: date | None = date(2026, 11, 17)) -> dict[str, Any]:
    return {"code": code, "date": day}


def test_codes_of_the_day_on_their_own_claim_can_stand():
    assert not problems(
        an_encounter(),
        diagnoses=[{"code": "J18.9", "poa": "Y"}, {"code": "N17.9", "poa": "Y"}],
        procedures=[a_procedure()],
        admitting_diagnosis={"code": "R06.02"},
        external_causes=[{"code": "W19.XXXA"}],
    )


@pytest.mark.parametrize(
    ("code", "day", "standing"),
    [
        ("J189", date(2026, 11, 20), "billable"),
        ("J44", date(2026, 11, 20), "category"),
        ("U071", date(2020, 3, 31), "not_on_day"),
        ("U071", date(2020, 4, 1), "billable"),
        ("Q999X", date(2026, 11, 20), "unknown"),
    ],
)
def test_a_code_stands_as_its_code_set_says_on_that_day(code: str, day: date, standing: str):
    assert standing_of("icd10cm", code, day, CodeSets(embedded_tables().current())) == standing


def test_a_faulty_code_is_told_at_its_place():
    found = problems(an_encounter(), diagnoses=[{"code": "J189"}, {"code": "J44"}, {"code": "Q999X"}])
    assert found == {
        "/diagnoses/1/code": ("code_not_billable", "2300.HI01-2"),
        "/diagnoses/2/code": ("code_unknown", "2300.HI02-2"),
    }


def test_a_code_is_judged_on_the_day_of_discharge():
    before = an_encounter().but(
        started_at=datetime(2020, 3, 25, tzinfo=UTC), ended_at=datetime(2020, 3, 31, tzinfo=UTC), charges=[]
    )
    assert problems(before, diagnoses=[{"code": "U071"}]) == {
        "/diagnoses/0/code": ("code_not_valid_on_day", "2300.HI01-2")
    }
    assert not problems(before.but(ended_at=datetime(2020, 4, 1, tzinfo=UTC)), diagnoses=[{"code": "U071"}])


def test_an_unknown_procedure_is_told_at_its_place():
    assert problems(an_encounter(), procedures=[a_procedure(), a_procedure("0ZZZZZZ")]) == {
        "/procedures/1/code": ("code_unknown", "2300.HI01-2")
    }


def test_a_code_is_reported_once():
    assert problems(an_encounter(), diagnoses=[{"code": "J189"}, {"code": "I10"}, {"code": "J18.9"}]) == {
        "/diagnoses/2/code": ("code_repeated", "2300.HI02-2")
    }


@pytest.mark.parametrize(
    ("index", "professional", "element"),
    [
        (0, True, "2300.HI01-2"),
        (11, True, "2300.HI12-2"),
        (0, False, "2300.HI01-2"),
        (1, False, "2300.HI01-2"),
        (12, False, "2300.HI12-2"),
        (13, False, "2300.HI01-2"),
    ],
)
def test_a_diagnosis_stands_where_the_guide_puts_it(index: int, professional: bool, element: str):
    """005010X222A1: ABK then ABF in one HI of twelve. 005010X223A2: the principal alone, then HI of twelve."""
    assert diagnosis_element(index, professional=professional) == element


def test_a_professional_claim_carries_twelve_diagnoses():
    codes = [{"code": "I10"}] * 13
    found = problems(a_professional_encounter(), diagnoses=codes)
    assert found["/diagnoses/12"] == ("too_many_diagnoses", "2300.HI")


def test_procedures_and_facility_codes_have_no_place_on_a_professional_claim():
    found = problems(
        a_professional_encounter(),
        diagnoses=[{"code": "I10"}],
        procedures=[a_procedure(day=date(2026, 11, 16))],
        admitting_diagnosis={"code": "I10"},
        reasons_for_visit=[{"code": "I10"}],
        external_causes=[{"code": "W19XXXA"}],
    )
    assert {pointer: code for pointer, (code, _) in found.items()} == {
        "/procedures": "procedure_not_inpatient",
        "/admitting_diagnosis": "not_inpatient",
        "/reasons_for_visit": "not_outpatient",
        "/external_causes": "not_institutional",
    }


def test_a_procedure_is_done_during_the_stay_or_three_days_before():
    """CMS Pub 100-04 ch. 3 §40.3: admission on 16 November reaches back to the 13th; discharge was on the 20th."""
    days = [date(2026, 11, 12), date(2026, 11, 13), date(2026, 11, 20), date(2026, 11, 21), None]
    found = problems(an_encounter(), diagnoses=[{"code": "J189"}], procedures=[a_procedure(day=day) for day in days])
    assert found == {
        "/procedures/0/date": ("procedure_date_outside_stay", "2300.HI01-4"),
        "/procedures/3/date": ("procedure_date_outside_stay", "2300.HI03-4"),
        "/procedures/4/date": ("procedure_date_missing", "2300.HI04-4"),
    }


def test_a_pointer_names_a_diagnosis_and_a_line_a_charge():
    lines = [
        {"charge_id": "C1", "pointers": [1, 2]},
        {"charge_id": "C9"},
        {"charge_id": "C1"},
    ]
    assert problems(a_professional_encounter(), diagnoses=[{"code": "I10"}], lines=lines) == {
        "/lines/0/pointers/1": ("pointer_without_diagnosis", "2400.SV107-2"),
        "/lines/1/charge_id": ("charge_unknown", None),
        "/lines/2/charge_id": ("charge_repeated", None),
    }
