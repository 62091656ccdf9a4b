"""Front-end edits of one service line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from services.simulator.domain.code_edits import needs_procedure
from services.simulator.domain.payer_edits import adjusted, decisions
from services.simulator.domain.questions import Asked
from services.simulator.domain.received_claims import Party, ReceivedLine, day_of, number_of, parties
from services.simulator.domain.statuses import Status
from shared.claims import HcpcsCode, Ndc, RevenueCode
from shared.tables.codes import PLACE_OF_SERVICE, REVENUE
from shared.x12 import Segment

LineEdit = Callable[[ReceivedLine, Asked], Status | None]

_MINUTES = "MJ"
_ANESTHESIA = re.compile(r"0[01]\d{3}")
_PAYMENT_GROUPS = {"0022", "0023", "0024"}
"""Revenue codes under which HIPPS codes stand, not procedures."""
_BUNDLED_INTO = 6
_RIDES = ("A0425", "A0436")
_CERTIFICATES_ENDED = date(2023, 1, 1)


def procedure_code(line: ReceivedLine, asked: Asked) -> Status | None:
    """X222.351.2400.SV101-2.020."""
    if not line.procedure:
        needed = asked.claim.kind == "professional" or needs_procedure(asked, line.revenue_code)
        return Status("A6", "507") if needed else None
    if line.revenue_code in _PAYMENT_GROUPS:
        return None if re.fullmatch(r"[0-9A-Z]{5}", line.procedure) else Status("A7", "507")
    valid = not HcpcsCode.problem_of(line.procedure) and asked.is_procedure(line.procedure, _day(line, asked))
    return None if valid else Status("A7", "507")


def revenue_code(line: ReceivedLine, asked: Asked) -> Status | None:
    if asked.claim.kind != "institutional":
        return None
    valid = not RevenueCode.problem_of(line.revenue_code) and asked.is_code(REVENUE, line.revenue_code)
    return None if valid else Status("A7", "455")


def modifiers(line: ReceivedLine, asked: Asked) -> Status | None:
    """X222.351.2400.SV101-3.020 and .040. An ambulance's say its way by two letters, and stand in no list."""
    repeated = len(set(line.modifiers)) < len(line.modifiers)
    day, ride = _day(line, asked), line.procedure.startswith("A0")
    wrong = any(not re.fullmatch(r"[A-Z0-9]{2}", one) for one in line.modifiers)
    unknown = not ride and any(not asked.is_modifier(one, day) for one in line.modifiers)
    return Status("A7", "453") if repeated or wrong or unknown else None


def charge(line: ReceivedLine, asked: Asked) -> Status | None:
    wrong = line.charge is None or line.charge < 0 or line.charge != round(line.charge, 2)
    return Status("A7", "693") if wrong else None


def units(line: ReceivedLine, asked: Asked) -> Status | None:
    return Status("A7", "476") if line.units is None or line.units <= 0 else None


def minutes(line: ReceivedLine, asked: Asked) -> Status | None:
    service = _segment(line, "SV1")
    counted = service is not None and service[3] == _MINUTES
    return Status("A7", "258") if counted and not _ANESTHESIA.fullmatch(line.procedure) else None


def description(line: ReceivedLine, asked: Asked) -> Status | None:
    """SV101-7 and SV202-7 of a code that stands for nothing in particular."""
    described = len(line.product) > _BUNDLED_INTO and line.product[_BUNDLED_INTO]
    return Status("A8", "306") if asked.listed("unlisted_procedures", line.procedure) and not described else None


def drug(line: ReceivedLine, asked: Asked) -> Status | None:
    lin = _segment(line, "LIN")
    return Status("A7", "218") if lin is not None and lin[2] == "N4" and Ndc.problem_of(lin[3]) else None


def place_of_service(line: ReceivedLine, asked: Asked) -> Status | None:
    service = _segment(line, "SV1")
    wrong = service is not None and service[5] and not asked.is_code(PLACE_OF_SERVICE, service[5])
    return Status("A7", "249") if wrong else None


def diagnosis_pointers(line: ReceivedLine, asked: Asked) -> Status | None:
    """There (A6), once each (A7), and of a diagnosis that is there (A8)."""
    if asked.claim.kind != "professional":
        return None
    pointers = [pointer for pointer in line.pointers if pointer]
    if not pointers:
        return Status("A6", "477")
    if asked.claim.diagnoses and not set(pointers) <= {str(n) for n in range(1, len(asked.claim.diagnoses) + 1)}:
        return Status("A8", "477")
    return Status("A7", "477") if len(set(pointers)) != len(pointers) else None


def date_of_service(line: ReceivedLine, asked: Asked) -> Status | None:
    """Required on every professional line, never in the future, never backwards."""
    if not line.service_date:
        return Status("A6", "187") if asked.claim.kind == "professional" else None
    begin, _, end = line.service_date.partition("-")
    end = end or begin
    if day_of(begin) is None or day_of(end) is None or begin > end:
        return Status("A7", "187")
    return Status("A7", "510") if end > f"{asked.day:%Y%m%d}" else None


def inside_statement(line: ReceivedLine, asked: Asked) -> Status | None:
    first, _, last = asked.claim.dates.get("434", "").partition("-")
    begin, _, end = line.service_date.partition("-")
    if not (begin and first and last and first <= last and begin <= (end or begin)):
        return None
    return Status("A7", "188") if begin < first or (end or begin) > last else None


def earlier_decisions(line: ReceivedLine, asked: Asked) -> Status | None:
    """005010X222A1 and X223A2 §1.4.4.2: what an earlier payer paid and adjusted makes the line's charge."""
    others = {dict(parties(other)).get("PR", Party()).id for other in asked.claim.others}
    for svd, rest in decisions(line.segments):
        if svd[1] not in others:
            return Status("A7", "516")
        explained = (number_of(svd[2]) or Decimal(0)) + adjusted(rest)
        if explained != line.charge and not svd[_BUNDLED_INTO]:
            return Status("A8", "672")
    return None


def ambulance(line: ReceivedLine, asked: Asked) -> Status | None:
    """Where it took the patient up and down, of the claim or of the line."""
    if not asked.of_medicare or not _RIDES[0] <= line.procedure <= _RIDES[1]:
        return None
    named = {role for role, _ in parties([*asked.claim.segments, *line.segments])}
    missing = next((end for end in ("PW", "45") if end not in named), None)
    return Status("A6", "126", missing) if missing else None


def certificate(line: ReceivedLine, asked: Asked) -> Status | None:
    """X222.492.2440.LQ02.030: none for days of service from 2023 on."""
    ended = asked.of_medicare and _day(line, asked) >= _CERTIFICATES_ENDED
    return Status("A7", "698") if ended and _segment(line, "LQ") is not None else None


def laboratory(line: ReceivedLine, asked: Asked) -> Status | None:
    numbers = [asked.claim.references.get("X4", "")]
    numbers += [one[2] for one in line.segments if one.id == "REF" and one[1] == "X4"]
    wrong = any(number and not re.fullmatch(r"\d{2}D\d{7}", number) for number in numbers)
    return Status("A7", "142") if wrong else None


def _segment(line: ReceivedLine, segment_id: str) -> Segment | None:
    return next((one for one in line.segments if one.id == segment_id), None)


def _day(line: ReceivedLine, asked: Asked) -> date:
    """The last day of the line, else of the claim."""
    return day_of(line.service_date.rpartition("-")[2]) or asked.service_day


LINE_EDITS: tuple[LineEdit, ...] = (
    procedure_code,
    revenue_code,
    modifiers,
    charge,
    units,
    minutes,
    description,
    drug,
    place_of_service,
    diagnosis_pointers,
    date_of_service,
    inside_statement,
    earlier_decisions,
    ambulance,
    certificate,
    laboratory,
)
