"""A claim that the grouper cannot be sure of goes back with the field; it never gets a DRG by guess."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from services.grouper.domain.stays import years_between
from shared.claims import Grouping
from tests.builders import a_professional_claim, an_institutional_claim, an_outpatient_claim
from tests.services.grouper.stays import a_grouper, a_stay, decide, drg_of, reasons_of


@pytest.mark.parametrize(
    ("patient", "claim", "reason"),
    [
        ({"sex": None}, {}, ("grouper-sex-missing", "/patient/sex")),
        ({"birth_date": None}, {}, ("grouper-age-unknown", "/patient/birth_date")),
        ({"birth_date": "2026-11-17"}, {}, ("grouper-birth-after-admission", "/patient/birth_date")),
        ({"birth_date": "1901-11-16"}, {}, ("grouper-age-impossible", "/patient/birth_date")),
        ({}, {"admission": {}}, ("grouper-admission-date-missing", "/admission/date")),
        ({}, {"admission": {"date": "2026-11-21"}}, ("grouper-admission-after-discharge", "/admission/date")),
        ({}, {"patient_status": None}, ("grouper-discharge-status-missing", "/patient_status")),
        ({}, {"patient_status": "99"}, ("grouper-discharge-status-invalid", "/patient_status")),
        ({}, {"patient_status": "1"}, ("grouper-discharge-status-invalid", "/patient_status")),
        ({}, {"diagnoses": []}, ("grouper-principal-diagnosis-missing", "/diagnoses")),
        ({}, {"diagnoses": [{"code": "J18"}]}, ("grouper-code-invalid", "/diagnoses/0/code")),
        ({}, {"diagnoses": [{"code": "J189"}, {"code": "ZZZ"}]}, ("grouper-code-invalid", "/diagnoses/1/code")),
        ({}, {"procedures": [{"code": "ZZZZZZZ"}]}, ("grouper-code-invalid", "/procedures/0/code")),
    ],
)
def test_what_is_missing_or_impossible_is_returned(
    patient: dict[str, Any], claim: dict[str, Any], reason: tuple[str, str]
) -> None:
    assert reasons_of(an_institutional_claim().with_patient(**patient).but(**claim).build()) == [reason]


def test_all_that_is_wrong_is_said_at_once() -> None:
    claim = an_institutional_claim().with_patient(sex=None).but(patient_status=None).with_diagnoses("J18").build()
    assert [code for code, _ in reasons_of(claim)] == [
        "grouper-sex-missing",
        "grouper-discharge-status-missing",
        "grouper-code-invalid",
    ]


def test_a_code_is_judged_on_the_day_of_discharge() -> None:
    # J44.81 was new on 2023-10-01 (ICD-10-CM FY 2024 addendum).
    assert reasons_of(a_stay("J189", "J4481", discharge_date="2023-09-30")) == [
        ("grouper-code-invalid", "/diagnoses/1/code")
    ]
    assert drg_of(a_stay("J189", "J4481", discharge_date="2023-10-01"))


@pytest.mark.parametrize(
    ("stay", "reasons"),
    [
        # An external cause cannot be principal (return code 5 of the CMS grouper).
        (a_stay("W19XXXA"), [("grouper-dx-cannot-be-pdx", "/diagnoses/0/code")]),
        # MDC 14 is of women only.
        (a_stay("O80"), [("grouper-drg-998", "/diagnoses/0/code"), ("grouper-drg-998", "/sex")]),
        # Antepartum supervision without a complication belongs to DRG 998.
        (a_stay("O0900", sex="F", age=30), [("grouper-drg-998", "/diagnoses/0/code")]),
        # A sex that decides between MDC 12 and 13 and is unknown.
        (a_stay("Z302", sex="U"), [("grouper-invalid-sex", "/sex")]),
        # A possible hospital-acquired condition without a POA indicator.
        (a_stay("I5021", {"code": "L89153"}), [("grouper-hac-missing-one-poa", "/diagnoses/1/poa")]),
        (a_stay("I5021", {"code": "L89153", "poa": "1"}), [("grouper-hac-missing-one-poa", "/diagnoses/1/poa")]),
    ],
)
def test_a_stay_without_a_drg_is_returned_with_the_field(stay: Any, reasons: list[tuple[str, str]]) -> None:
    assert reasons_of(stay) == reasons


def test_an_unknown_sex_is_no_obstacle_where_it_does_not_matter() -> None:
    assert drg_of(a_stay("J189", sex="U")).drg == "195"


@pytest.mark.parametrize(
    ("claim", "as_of"),
    [
        (a_professional_claim().build(), date(2026, 11, 16)),
        (an_outpatient_claim().build(), date(2026, 11, 16)),
        (an_institutional_claim().but(facility_type="12").build(), date(2026, 11, 20)),  # Part B of an inpatient
        (an_institutional_claim().but(facility_type="21").build(), date(2026, 11, 20)),  # skilled nursing
        (an_institutional_claim().but(facility_type="13", statement_through="1980-01-01").build(), date(1980, 1, 1)),
    ],
)
def test_what_is_not_an_inpatient_hospital_stay_has_no_drg_and_says_why(claim: Any, as_of: date) -> None:
    decision = decide(claim)
    assert isinstance(decision, Grouping)
    assert (decision.method, decision.drg, decision.as_of) == ("none", None, as_of)
    assert decision.reason is not None
    assert decision.reason.startswith("MS-DRG ")


def test_a_professional_claim_without_a_date_of_service_is_returned() -> None:
    claim = a_professional_claim().with_lines({"number": 1, "procedure": "99213", "charge": "125.00", "units": "1"})
    assert reasons_of(claim.build()) == [("grouper-service-date-missing", "/lines")]


@pytest.mark.parametrize("exempt", [{"taxonomy": "282NC0060X"}, {"taxonomy": "282E00000X"}])
def test_a_hospital_exempt_from_poa_is_known_by_its_taxonomy(exempt: dict[str, str]) -> None:
    ulcer = {"code": "L89153"}
    claim = an_institutional_claim().with_diagnoses({"code": "I5021", "poa": "Y"}, ulcer)
    assert reasons_of(claim.build()) == [("grouper-hac-missing-one-poa", "/diagnoses/1/poa")]
    assert drg_of(claim.with_billing(**exempt).build()).drg == "291"


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(1950, 4, 12), date(2026, 4, 11), 75),
        (date(1950, 4, 12), date(2026, 4, 12), 76),
        (date(2026, 11, 16), date(2026, 11, 16), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 0),
        (date(2024, 2, 29), date(2025, 3, 1), 1),
    ],
)
def test_an_age_is_in_completed_years(birth: date, day: date, years: int) -> None:
    assert years_between(birth, day) == years


def test_the_age_is_that_of_the_admission_not_of_the_discharge() -> None:
    stay = a_stay("J189", age=None, birth_date="2025-11-18", admission_date="2026-11-17")  # home on the 20th
    assert stay.age_at_admission == 0


def test_several_subjects_are_decided_in_their_order() -> None:
    subjects = [a_stay("I5021"), a_professional_claim().build(), a_stay("W19XXXA"), a_stay("J189")]
    first, second, third, fourth = asyncio.run(a_grouper().decide(subjects))
    assert (first.drg.drg, second.method, third.reasons[0].code, fourth.drg.drg) == (  # type: ignore[union-attr]
        "293",
        "none",
        "grouper-dx-cannot-be-pdx",
        "195",
    )
