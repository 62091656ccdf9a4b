"""The days of a stay: admission, statement, room and board, and the day of death, against each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from services.scrubber.domain.edits.payer import MEDICARE
from services.scrubber.domain.engine import INSTITUTIONAL, Circumstances, Defect, edit
from shared.claims import InstitutionalClaim

_HOSPITAL_STAYS = {"11"}
_BEGINS_STAY = {"1", "2"}
"""Claim frequencies of a bill that begins with the admission: all of the stay, or its first part."""
_INTERIM = {"2", "3"}
_STILL_PATIENT = "30"
_PAYMENT_WINDOW = timedelta(days=3)
_ROOM_AND_BOARD = tuple(f"{group:03d}" for group in range(10, 22))
"""Revenue codes 010x to 021x count days (CMS Pub 100-04 ch. 25 §75.4)."""
_COVERED_DAYS, _NON_COVERED_DAYS = "80", "81"
_DIED = {"20", "40", "41", "42"}
_DAY_OF_DEATH = "55"


def days_of(claim: InstitutionalClaim) -> int | None:
    """The days of room and board that the statement has; None where its dates contradict each other.

    The day of discharge is no day of the stay, unless the patient came and left on the same day (CMS Pub 100-02 ch. 3
    §20.1). Days before the admission are outpatient services of the payment window.
    """
    first = max(claim.statement_from, claim.admission.date or claim.statement_from)
    nights = (claim.statement_through - first).days
    if nights < 0:
        return None
    goes_on = claim.patient_status == _STILL_PATIENT and claim.frequency in _INTERIM
    return nights + 1 if goes_on else max(nights, 1)


@edit(
    "admission-before-statement",
    title="A bill that begins with the admission begins later",
    source="CMS Pub 100-04 ch. 25 §75.1 (FL 6, FL 12): the first bill of a stay is from the admission, or before it",
    kinds=INSTITUTIONAL,
    bills=_HOSPITAL_STAYS,
    severity="warning",
)
def admission_before_statement(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    admitted = claim.admission.date
    if claim.frequency not in _BEGINS_STAY or admitted is None:
        return
    if admitted < claim.statement_from <= claim.statement_through:
        yield Defect(
            "/admission/date",
            "Correct the admission or the statement's first day, or bill the rest of the stay (frequency 3 or 4).",
            {"admission": admitted.isoformat(), "from": claim.statement_from.isoformat()},
        )


@edit(
    "statement-before-window",
    title="A statement begins more than three days before the admission",
    source="42 CFR 412.2(c)(5); CMS Pub 100-04 ch. 3 §40.3: outpatient services of the 3 days before are on the bill",
    kinds=INSTITUTIONAL,
    bills=_HOSPITAL_STAYS,
    severity="warning",
)
def statement_before_window(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    admitted = claim.admission.date
    if admitted is None or admitted > claim.statement_through:
        return
    if claim.statement_from < admitted - _PAYMENT_WINDOW:
        yield Defect(
            "/statement_from",
            "Bill what was before the payment window apart, or correct the dates.",
            {"admission": admitted.isoformat(), "from": claim.statement_from.isoformat()},
        )


@edit(
    "room-days-contradict-statement",
    title="Days of room and board are not the days of the statement",
    predicted="RTP",
    source="CMS Pub 100-04 ch. 25 §75.4 (FL 46): units of accommodation are days; ch. 3 §20 and §40.2",
    kinds=INSTITUTIONAL,
    bills=_HOSPITAL_STAYS,
    severity="warning",
)
def room_days_contradict_statement(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if (days := days_of(claim)) is None:
        return
    rooms = [line.units for line in claim.lines if line.revenue_code.startswith(_ROOM_AND_BOARD)]
    if rooms and sum(rooms) != days:
        yield Defect(
            "/lines",
            f"Correct the units of room and board or the dates: the statement has {days} days.",
            {"days": str(days), "units": str(sum(rooms))},
        )


@edit(
    "covered-days-contradict-statement",
    title="Covered and non-covered days are not the days of the statement",
    predicted="RTP",
    source="CMS Pub 100-04 ch. 25 §75.3 (FL 39-41, value codes 80 and 81)",
    kinds=INSTITUTIONAL,
    bills=_HOSPITAL_STAYS,
    severity="warning",
)
def covered_days_contradict_statement(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if (days := days_of(claim)) is None:
        return
    said = [value.amount for value in claim.values if value.code in (_COVERED_DAYS, _NON_COVERED_DAYS)]
    if said and sum(said, Decimal(0)) != days:
        yield Defect(
            "/values",
            f"Correct value codes 80 and 81: together they are the {days} days of the statement.",
            {"days": str(days), "said": str(sum(said, Decimal(0)))},
        )


@edit(
    "death-date-missing",
    title="A patient died, and the bill does not say when",
    predicted="RTP",
    source="CMS CR 7792; NUBC occurrence code 55: required with discharge status 20, 40, 41, 42",
    kinds=INSTITUTIONAL,
    effective=date(2012, 10, 1),
)
def death_date_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.patient_status not in _DIED or not claim.is_inpatient or on.billed.filing_indicator not in MEDICARE:
        return
    if all(occurrence.code != _DAY_OF_DEATH for occurrence in claim.occurrences):
        yield Defect(
            "/occurrences",
            "Give the day of death with occurrence code 55.",
            {"patient_status": claim.patient_status},
        )
