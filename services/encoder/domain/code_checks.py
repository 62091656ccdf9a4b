"""Is each code a code on that day, and does it belong on this kind of claim? Guideline checks are another room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from services.encoder.domain.coding import ChartCodes, coding_day
from services.encoder.domain.problems import Problem, pointer
from services.encoder.parameters import parameter
from shared.claims import Encounter, EncounterClass
from shared.tables import CodeSets, CodeSystem, NoRelease

_STANDING = {
    "unknown": ("code_unknown", "no release of the code set knows this code"),
    "not_on_day": ("code_not_valid_on_day", "the code is not valid on {day}"),
    "category": ("code_not_billable", "the code is a heading; choose one of the codes below it"),
}

_YEAR = timedelta(days=364)
"""Short enough that no release, which lasts a year at most, is stepped over."""

Standing = Literal["billable", "category", "not_on_day", "unknown"]


def check_codes(codes: ChartCodes, encounter: Encounter, code_sets: CodeSets) -> tuple[Problem, ...]:
    """Everything that keeps these codes off the claim, each at its pointer into `codes`; empty where they can stand."""
    return (
        *check_listed(codes, encounter.encounter_class, coding_day(encounter), code_sets),
        *_procedure_dates(codes, encounter),
        *_lines(codes, encounter),
    )


def check_listed(codes: ChartCodes, setting: EncounterClass, day: date, code_sets: CodeSets) -> tuple[Problem, ...]:
    """As `check_codes`, of codes without their encounter: what each is on the day, and whether its list can hold it.

    Raises NoRelease.
    """
    return (
        *_standing(codes, day, code_sets),
        *_repeated(codes, setting == "professional"),
        *_misplaced(codes, setting, day),
    )


def diagnosis_element(index: int, *, professional: bool) -> str:
    """Where the diagnosis at `index` (from 0) stands: HI01 to HI12 of one segment, the principal alone on an 837I."""
    place = index if professional or index == 0 else (index - 1) % 12
    return f"2300.HI{place + 1:02d}-2"


def _coded(codes: ChartCodes, *, professional: bool) -> Iterator[tuple[CodeSystem, str, str, str]]:
    """Every code with its system, pointer and element."""
    for index, diagnosis in enumerate(codes.diagnoses):
        element = diagnosis_element(index, professional=professional)
        yield "icd10cm", diagnosis.code, pointer("diagnoses", index, "code"), element
    if codes.admitting_diagnosis is not None:
        yield "icd10cm", codes.admitting_diagnosis.code, "/admitting_diagnosis/code", "2300.HI01-2"
    for name in ("reasons_for_visit", "external_causes"):
        for index, diagnosis in enumerate(getattr(codes, name)):
            yield "icd10cm", diagnosis.code, pointer(name, index, "code"), f"2300.HI{index + 1:02d}-2"
    for index, procedure in enumerate(codes.procedures):
        element = diagnosis_element(index, professional=False)
        yield "icd10pcs", procedure.code, pointer("procedures", index, "code"), element


def _standing(codes: ChartCodes, day: date, code_sets: CodeSets) -> Iterator[Problem]:
    for system, code, place, element in _coded(codes, professional=False):
        standing = standing_of(system, code, day, code_sets)
        if standing != "billable":
            name, message = _STANDING[standing]
            yield Problem(code=name, pointer=place, x12=element, message=message.format(day=day))


def standing_of(system: CodeSystem, code: str, day: date, code_sets: CodeSets) -> Standing:
    """What a code is on a day. Raises NoRelease where the code set is not carried on that day."""
    entry = code_sets.lookup(system, code, day)
    if entry is not None:
        return "billable" if entry.billable else "category"
    if code_sets.prefix(system, code, day, limit=1):
        return "category"
    known = _known_in(system, code, day, -_YEAR, code_sets) or _known_in(system, code, day, _YEAR, code_sets)
    return "not_on_day" if known else "unknown"


def _known_in(system: CodeSystem, code: str, day: date, step: timedelta, code_sets: CodeSets) -> bool:
    """Whether an earlier or later release has the code, year by year until the table ends."""
    while True:
        day += step
        try:
            if code_sets.is_valid(system, code, day):
                return True
        except NoRelease:
            return False


def _repeated(codes: ChartCodes, professional: bool) -> Iterator[Problem]:
    for name in ("diagnoses", "reasons_for_visit", "external_causes"):
        seen: set[str] = set()
        for index, diagnosis in enumerate(getattr(codes, name)):
            if diagnosis.code in seen:
                yield Problem(
                    code="code_repeated",
                    pointer=pointer(name, index, "code"),
                    x12=diagnosis_element(index, professional=professional),
                    message="the code is already in this list (ICD-10-CM Official Guidelines I.B.12)",
                )
            seen.add(diagnosis.code)


def _misplaced(codes: ChartCodes, setting: EncounterClass, day: date) -> Iterator[Problem]:
    professional = setting == "professional"
    limit = parameter("diagnosis_limits").on(day)["professional" if professional else "institutional"]
    if len(codes.diagnoses) > limit:
        message = f"a claim of this kind carries {limit} diagnoses"
        yield Problem(code="too_many_diagnoses", pointer=pointer("diagnoses", limit), x12="2300.HI", message=message)
    inpatient = setting == "inpatient"
    if codes.procedures and not inpatient:
        message = "ICD-10-PCS is for hospital inpatients; other settings use HCPCS (45 CFR 162.1002)"
        yield Problem(code="procedure_not_inpatient", pointer="/procedures", x12="2300.HI", message=message)
    if codes.admitting_diagnosis is not None and not inpatient:
        message = "only an inpatient claim has an admitting diagnosis"
        yield Problem(code="not_inpatient", pointer="/admitting_diagnosis", x12="2300.HI", message=message)
    if codes.reasons_for_visit and (professional or inpatient):
        message = "only an outpatient claim of a facility has reasons for visit"
        yield Problem(code="not_outpatient", pointer="/reasons_for_visit", x12="2300.HI", message=message)
    if codes.external_causes and professional:
        message = "a professional claim carries external causes among its diagnoses"
        yield Problem(code="not_institutional", pointer="/external_causes", x12="2300.HI", message=message)


def _procedure_dates(codes: ChartCodes, encounter: Encounter) -> Iterator[Problem]:
    window = timedelta(days=parameter("preadmission_days").on(coding_day(encounter)))
    first = encounter.started_at.date() - window
    last = encounter.ended_at.date() if encounter.ended_at else None
    for index, procedure in enumerate(codes.procedures):
        day = procedure.date
        if day is None:
            message = "a procedure needs the day it was done"
        elif day < first or (last is not None and day > last):
            message = "the procedure was not done during the stay or the three days before it"
        else:
            continue
        element = diagnosis_element(index, professional=False).replace("-2", "-4")
        code = "procedure_date_missing" if day is None else "procedure_date_outside_stay"
        yield Problem(code=code, pointer=pointer("procedures", index, "date"), x12=element, message=message)


def _lines(codes: ChartCodes, encounter: Encounter) -> Iterator[Problem]:
    charges = {charge.id for charge in encounter.charges}
    for index, line in enumerate(codes.lines):
        if line.charge_id not in charges:
            message = "the encounter has no such charge"
            yield Problem(code="charge_unknown", pointer=pointer("lines", index, "charge_id"), message=message)
        for place, number in enumerate(line.pointers):
            if number > len(codes.diagnoses):
                yield Problem(
                    code="pointer_without_diagnosis",
                    pointer=pointer("lines", index, "pointers", place),
                    x12=f"2400.SV107-{place + 1}",
                    message="the pointer names no diagnosis",
                )
    yield from _charges_coded_twice([line.charge_id for line in codes.lines])


def _charges_coded_twice(charge_ids: Sequence[str]) -> Iterator[Problem]:
    for index, charge_id in enumerate(charge_ids):
        if charge_id in charge_ids[:index]:
            message = "the charge is already coded above"
            yield Problem(code="charge_repeated", pointer=pointer("lines", index, "charge_id"), message=message)
