"""Front-end edits of codes: valid on the day of service, complete, and not against one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from services.simulator.domain.questions import Asked, ClaimEdit
from services.simulator.domain.received_claims import day_of
from services.simulator.domain.statuses import Status
from shared.tables import NoRelease, Table, ioce, ipps, poa
from shared.tables.codes import (
    ADMISSION_SOURCE,
    ADMISSION_TYPE,
    CONDITION,
    DISCHARGE_STATUS,
    OCCURRENCE,
    OCCURRENCE_SPAN,
    PLACE_OF_SERVICE,
    POA,
    TYPE_OF_BILL,
    VALUE,
    CodeRow,
)

_STILL_PATIENT = "30"
_INTERIM, _FINAL = {"2", "3"}, {"1", "4"}
_BEFORE_ADMISSION = timedelta(days=3)
_DIAGNOSES = ("ABK", "ABF", "ABJ", "APR", "ABN")
_EXTERNAL_CAUSES = ("V", "W", "X", "Y")


def diagnoses(asked: Asked) -> Iterator[Status]:
    """The principal one is told of by a status of its own."""
    if not asked.carries_icd():
        yield Status("A7", "187")
        return
    for code in asked.claim.coded(*_DIAGNOSES):
        if not asked.is_icd("icd10cm", code[1]):
            yield Status("A7", "254" if code[0] == "ABK" else "255")
    if any(code[1].startswith(_EXTERNAL_CAUSES) for code in asked.claim.coded("ABK")):
        yield Status("A7", "509")


def accident(asked: Asked) -> Iterator[Status]:
    """CLM11: the state of one with a car, the day of any, which is no later than the services."""
    causes = asked.claim.segments[0].components(11)
    if asked.claim.kind != "professional" or not causes:
        return
    if "AA" in causes[:3] and not any(causes[3:]):
        yield Status("A7", "727")
    when = day_of(asked.claim.dates.get("439", ""))
    if {"AA", "OA"} & set(causes[:3]) and when is None:
        yield Status("A6", "728")


def accident_day(asked: Asked) -> Iterator[Status]:
    when, last = day_of(asked.claim.dates.get("439", "")), asked.claim.last_day
    if when is not None and last is not None and when > last:
        yield Status("A7", "728")


def place(asked: Asked) -> Iterator[Status]:
    """Place of service, or type of bill."""
    claim = asked.claim
    table = PLACE_OF_SERVICE if claim.kind == "professional" else TYPE_OF_BILL
    if not asked.is_code(table, claim.facility):
        yield Status("A7", "249" if claim.kind == "professional" else "228")


def presence_on_admission(asked: Asked) -> Iterator[Status]:
    """Of a stay that Medicare pays by DRG each diagnosis says it; which are exempt the front end does not know."""
    for code in asked.claim.coded("ABK", "ABF"):
        if code[8] and not asked.is_code(POA, code[8]):
            yield Status("A7", "688")
    needed = asked.of_medicare and asked.claim.is_hospital_stay and asked.claim.coded("DR")
    if needed and any(not code[8] and not _is_exempt(asked, code[1]) for code in asked.claim.coded("ABK", "ABF")):
        yield Status("A6", "688")


def _is_exempt(asked: Asked, code: str) -> bool:
    """By CMS's list, else ICD-10-CM Official Guidelines, appendix I, by its chapters and the sequelae."""
    listed = None if asked.tables is None else poa.is_exempt(asked.tables, code, asked.service_day)
    if listed is not None:
        return listed
    return code[0] in "VWXYZQ" or code.startswith(("O80", "O94", "I252", "I69", "O09", "P00")) or code[6:] in ("D", "S")


def drg(asked: Asked) -> Iterator[Status]:
    for code in asked.claim.coded("DR"):
        if asked.tables is not None and asked.of_medicare and asked.claim.is_hospital_stay:
            try:
                known = ipps.drg(asked.tables, code[1], asked.service_day)
            except NoRelease:
                return
            if known is None:
                yield Status("A7", "256")


def ub04(asked: Asked) -> Iterator[Status]:
    """Condition, occurrence, span and value codes."""
    lists: tuple[tuple[str, Table[CodeRow], str], ...] = (
        ("BG", CONDITION, "460"), ("BH", OCCURRENCE, "719"), ("BI", OCCURRENCE_SPAN, "721"), ("BE", VALUE, "725"),
    )  # fmt: skip
    for qualifier, table, status in lists:
        if any(not asked.is_code(table, code[1]) for code in asked.claim.coded(qualifier)):
            yield Status("A7", status)
    for code in asked.claim.coded("BI"):
        begin, _, end = code[3].partition("-")
        if end < begin:
            yield Status("A7", "722")


def admission(asked: Asked) -> Iterator[Status]:
    claim = asked.claim
    if claim.kind != "institutional":
        return
    cl1 = claim.segment("CL1")
    kind, source, status = (cl1[1], cl1[2], cl1[3]) if cl1 is not None else ("", "", "")
    for value, table, code in ((kind, ADMISSION_TYPE, "231"), (source, ADMISSION_SOURCE, "229")):
        if not value and claim.is_inpatient:
            yield Status("A6", code)
        elif value and not asked.is_code(table, value):
            yield Status("A7", code)
    if not status:
        yield Status("A6", "234")
    elif not asked.is_code(DISCHARGE_STATUS, status):
        yield Status("A7", "234")
    elif claim.is_hospital_stay and (
        (status == _STILL_PATIENT and claim.frequency in _FINAL)
        or (status != _STILL_PATIENT and claim.frequency in _INTERIM)
    ):
        yield Status("A8", "234")


def hours(asked: Asked) -> Iterator[Status]:
    """Of admission and discharge, and that the admission is within the statement."""
    claim = asked.claim
    admitted, through = claim.dates.get("435", ""), claim.last_day
    status = cl1[3] if (cl1 := claim.segment("CL1")) is not None else ""
    day = day_of(admitted)
    if claim.kind == "institutional" and day is not None and through is not None and day > through:
        yield Status("A8", "189")
    if claim.is_hospital_stay and admitted and len(admitted) <= len("CCYYMMDD"):
        yield Status("A6", "230")
    final = claim.frequency in _FINAL and status != _STILL_PATIENT
    if claim.is_hospital_stay and final and not claim.dates.get("096"):
        yield Status("A6", "233")
    if claim.is_inpatient and claim.frequency in _INTERIM and status == _STILL_PATIENT and claim.dates.get("096"):
        yield Status("A7", "233")
    if claim.is_inpatient and not claim.coded("ABJ"):
        yield Status("A6", "232")


def reason_for_visit(asked: Asked) -> Iterator[Status]:
    """CMS Pub 100-04 ch. 25 §75.6 (FL 70)."""
    claim, cl1 = asked.claim, asked.claim.segment("CL1")
    unscheduled = claim.facility in {"13", "85"} and cl1 is not None and cl1[1] in {"1", "2", "5"}
    visited = any(
        line.revenue_code.startswith("045") or line.revenue_code in {"0516", "0526", "0762"} for line in claim.lines
    )
    if claim.kind == "institutional" and unscheduled and visited and not claim.coded("APR"):
        yield Status("A6", "673")


def operations(asked: Asked) -> Iterator[Status]:
    first, last = asked.claim.first_day, asked.claim.last_day
    for code in asked.claim.coded("BBR", "BBQ"):
        if not asked.is_icd("icd10pcs", code[1]):
            yield Status("A7", "465")
        when = day_of(code[3])
        if when is None:
            yield Status("A6", "486")
        elif first is not None and last is not None and not first - _BEFORE_ADMISSION <= when <= last:
            yield Status("A7", "486")


def needs_procedure(asked: Asked, revenue_code: str) -> bool:
    """I/OCE edit 48, on hospital outpatient bills; on others, and where the I/OCE is silent, by the list."""
    if asked.claim.facility not in {"13", "14", "83", "85"}:
        return False
    if asked.tables is not None and asked.of_medicare and asked.claim.facility in {"13", "14"}:
        try:
            row = ioce.revenue(asked.tables, revenue_code, asked.service_day).row
        except NoRelease:
            row = None
        if row is not None:
            return not (row.exempt_from_edit_48 or row.status_indicator in ("N", "F"))
    return asked.listed("revenue_codes_with_procedure", revenue_code[:3])


CODE_EDITS: tuple[ClaimEdit, ...] = (
    diagnoses, accident, accident_day, place, presence_on_admission, drg, ub04, admission, hours, reason_for_visit,
    operations,
)  # fmt: skip
