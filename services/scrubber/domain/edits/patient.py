"""The patient (loops 2010CA, or 2010BA where the patient is the subscriber)."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Circumstances, Defect, edit

_OLDEST = 150
"""Years. Row 30 of the list of front-end edits."""


def is_subscriber(claim: AnyClaim) -> bool:
    """Whether the patient is the subscriber, and so has no loop of its own: what is known of one is known of both."""
    return claim.billed_coverage.patient_is_subscriber


def entity_of_patient(claim: AnyClaim) -> str:
    """IL where the patient is the subscriber."""
    return "IL" if is_subscriber(claim) else "QC"


@edit(
    "patient-birth-date-missing",
    title="The patient has no birth date",
    version="2",
    predicted="A6:158",
    source="005010X222A1 and X223A2, 2010BA and 2010CA DMG02",
    row=30,
)
def patient_birth_date_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.patient.birth_date is None and not (is_subscriber(claim) and claim.billed_coverage.subscriber.birth_date):
        yield Defect(
            "/patient/birth_date", "Give the patient's birth date.", predicted=f"A6:158:{entity_of_patient(claim)}"
        )


@edit(
    "patient-birth-date-impossible",
    title="The patient's birth date cannot be",
    predicted="A7:158",
    source="005010X222A1 and X223A2, DMG02; front-end edits of Medicare contractors: not after today, age below 150",
    row=30,
)
def patient_birth_date_impossible(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    born = claim.patient.birth_date
    if born is None:
        return
    answer = f"A7:158:{entity_of_patient(claim)}"
    if born > on.as_of:
        yield Defect("/patient/birth_date", "Correct the birth date: it lies in the future.", predicted=answer)
    elif on.as_of.year - born.year >= _OLDEST:
        yield Defect("/patient/birth_date", f"Correct the birth date: it is {_OLDEST} years ago.", predicted=answer)


@edit(
    "patient-sex-missing",
    title="The patient's sex is not said",
    version="2",
    predicted="A6:157",
    source="005010X222A1 and X223A2, DMG03: F, M or U",
    row=31,
)
def patient_sex_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.patient.sex is None and not (is_subscriber(claim) and claim.billed_coverage.subscriber.sex):
        yield Defect(
            "/patient/sex", "Give the patient's sex: F, M or U.", predicted=f"A6:157:{entity_of_patient(claim)}"
        )


@edit(
    "patient-first-name-missing",
    title="The patient has no first name",
    predicted="A6:505:QC",
    source="005010X222A1 and X223A2, 2010CA NM104",
    severity="warning",
    row=29,
)
def patient_first_name_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.patient.name.first is None:
        yield Defect("/patient/name/first", "Give the patient's first name, unless the patient has but one name.")


@edit(
    "patient-address-missing",
    title="The patient has no address",
    predicted="A6:126",
    source="005010X222A1 and X223A2, 2010BA and 2010CA N3 and N4: required for the patient",
    row=32,
)
def patient_address_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    coverage = claim.billed_coverage
    known_as_subscriber = coverage.patient_is_subscriber and coverage.subscriber.address is not None
    if claim.patient.address is None and not known_as_subscriber:
        yield Defect("/patient/address", "Give the patient's address.", predicted=f"A6:126:{entity_of_patient(claim)}")


@edit(
    "service-before-birth",
    title="A service lies before the patient's birth",
    predicted="A8:158",
    source="005010X222A1 and X223A2, DTP*472 and DTP*434 against DMG02",
    row=55,
)
def service_before_birth(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    born, first = claim.patient.birth_date, on.first_day
    if born is not None and first is not None and first < born <= on.as_of:
        yield Defect(
            "/patient/birth_date",
            "Correct the birth date or the dates of service: the patient was not born yet.",
            {"first_day_of_service": first.isoformat()},
            predicted=f"A8:158:{entity_of_patient(claim)}",
        )


@edit(
    "service-after-death",
    title="A service lies after the patient's death",
    predicted="A8:187",
    source="005010X222A1 and X223A2, PAT06 against the dates of service",
    severity="warning",
)
def service_after_death(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    died = claim.patient.death_date
    if died is not None and (last := on.last_day) is not None and last > died:
        yield Defect(
            "/patient/death_date",
            "Look at the date of death and the dates of service: a service lies after it.",
            {"last_day_of_service": last.isoformat()},
        )
