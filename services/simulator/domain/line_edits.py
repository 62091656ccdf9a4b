"""Front-end edits of one service line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from services.simulator.domain.received_claims import ReceivedClaim, ReceivedLine
from services.simulator.domain.statuses import Status
from shared.claims import HcpcsCode, RevenueCode

LineEdit = Callable[[ReceivedLine, ReceivedClaim, date], Status | None]


def procedure_code(line: ReceivedLine, claim: ReceivedClaim, day: date) -> Status | None:
    """X222.351.2400.SV101-2.020."""
    if not line.procedure:
        return Status("A6", "507") if claim.kind == "professional" else None
    return Status("A7", "507") if HcpcsCode.problem_of(line.procedure) else None


def revenue_code(line: ReceivedLine, claim: ReceivedClaim, day: date) -> Status | None:
    wrong = claim.kind == "institutional" and RevenueCode.problem_of(line.revenue_code)
    return Status("A7", "455") if wrong else None


def modifiers(line: ReceivedLine, claim: ReceivedClaim, day: date) -> Status | None:
    """X222.351.2400.SV101-3.040."""
    repeated = len(set(line.modifiers)) < len(line.modifiers)
    wrong = any(not re.fullmatch(r"[A-Z0-9]{2}", modifier) for modifier in line.modifiers)
    return Status("A7", "453") if repeated or wrong else None


def charge(line: ReceivedLine, claim: ReceivedClaim, day: date) -> Status | None:
    wrong = line.charge is None or line.charge < 0 or line.charge != round(line.charge, 2)
    return Status("A7", "693") if wrong else None


def units(line: ReceivedLine, claim: ReceivedClaim, day: date) -> Status | None:
    return Status("A7", "476") if line.units is None or line.units <= 0 else None


def diagnosis_pointers(line: ReceivedLine, claim: ReceivedClaim, day: date) -> Status | None:
    if claim.kind != "professional":
        return None
    known = {str(number) for number in range(1, len(claim.diagnoses) + 1)}
    good = line.pointers and set(line.pointers) <= known and len(set(line.pointers)) == len(line.pointers)
    return None if good else Status("A7", "477")


def date_of_service(line: ReceivedLine, claim: ReceivedClaim, day: date) -> Status | None:
    """Required on every professional line, never in the future, never backwards."""
    if not line.service_date:
        return Status("A6", "187") if claim.kind == "professional" else None
    begin, _, end = line.service_date.partition("-")
    end = end or begin
    if not re.fullmatch(r"\d{8}", begin) or not re.fullmatch(r"\d{8}", end) or begin > end:
        return Status("A7", "187")
    return Status("A7", "510") if end > f"{day:%Y%m%d}" else None


LINE_EDITS: tuple[LineEdit, ...] = (
    procedure_code,
    revenue_code,
    modifiers,
    charge,
    units,
    diagnosis_pointers,
    date_of_service,
)
