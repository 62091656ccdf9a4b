"""The I/OCE on hospital outpatient bills: what must or must not stand together with other lines of the bill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from services.scrubber.domain.engine import Defect
from services.scrubber.domain.outpatient_visit import Visit, VisitLine, ioce_edit
from shared.tables import ioce

_BILATERAL, _SEPARATE_VISIT, _STOPPED_BEFORE_ANAESTHESIA = "50", "25", "73"
_AGAIN = ("76", "77")
"""Repeated by the same or by another physician."""
_NO_DEVICE = "CG"
"""On some procedures: it was done without a device (I/OCE, edit 92)."""
_SEVERAL_VISITS = "G0"
"""Condition code: distinct medical visits on one day (CMS Pub 100-04 ch. 4 §180.4)."""
_DISTINCT = {"S", "T"}
_DRUG = {"G", "K"}
_PAYABLE = {"J1", "J2", "P", "Q1", "Q2", "Q3", "R", "S", "S1", "T", "U", "V"}
"""Indicators of procedures that the OPPS pays, or may pay: one of them on the bill gives a drug its procedure."""
_TRAUMA_REVENUE = "068"
_ACQUISITION_REVENUE = "0815"
_PACKAGED = "N"
_TOTAL = "0001"


def _by_day(lines: Iterable[VisitLine]) -> Iterator[list[VisitLine]]:
    for _, group in groupby(sorted(lines, key=lambda line: line.day), key=lambda line: line.day):
        yield list(group)


@ioce_edit(
    17,
    "ioce-bilateral-specification",
    title="A bilateral procedure is specified in a way that cannot be",
    predicted="LIR",
    section="CMS Pub 100-04 ch. 4 §20.6.2",
)
def ioce_bilateral_specification(visit: Visit) -> Iterator[Defect]:
    marked = [line for line in visit.lines if line.listed is not None and line.listed.bilateral]
    for line in marked:
        if line.listed is not None and line.listed.bilateral == "inherent" and line.has(_BILATERAL):
            yield line.defect(f"Take modifier 50 off line {line.number}: its code stands for both sides already.")
    for lines in _by_day(line for line in marked if line.has(_BILATERAL) and not line.has(*_AGAIN)):
        seen: dict[str, int] = {}
        for line in lines:
            code = str(line.line.procedure)
            if code in seen:
                yield line.defect(
                    f"Line {line.number} is the same procedure on both sides as line {seen[code]}: drop one of them.",
                    other_line=str(seen[code]),
                )
            seen.setdefault(code, line.number)


@ioce_edit(37, "ioce-terminated-bilateral", title="A procedure that was stopped is billed more than once")
def ioce_terminated_bilateral(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines:
        several = line.line.units > 1 or line.has(_BILATERAL)
        if several and line.listed is not None and line.has(_STOPPED_BEFORE_ANAESTHESIA):
            yield line.defect(
                f"Bill line {line.number} once and for one side: with modifier 73 nothing more was begun.",
                units=str(line.line.units),
            )


@ioce_edit(74, "ioce-bilateral-units", title="A procedure with modifier 50 has more than one unit")
def ioce_bilateral_units(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines:
        is_bilateral = line.listed is not None and line.listed.bilateral in ("conditional", "independent")
        if is_bilateral and line.has(_BILATERAL) and line.line.units > 1:
            yield line.defect(
                f"Bill one unit on line {line.number}: modifier 50 says both sides.",
                "units",
                units=str(line.line.units),
            )


@ioce_edit(
    21,
    "ioce-visit-without-25",
    title="A medical visit beside a procedure of the same day lacks modifier 25",
    section="CMS Pub 100-04 ch. 4 §20.6",
)
def ioce_visit_without_25(visit: Visit) -> Iterator[Defect]:
    # A comprehensive service (J1) or observation takes the visit in, and the edit with it.
    if visit.lines_on("observation_hourly") or any(line.indicator == "J1" for line in visit.lines):
        return
    procedure_on = {line.day: line for line in visit.lines if line.indicator in _DISTINCT}
    for line in visit.medical_visits if procedure_on else ():
        beside = procedure_on.get(line.day)
        if beside is not None and not line.has(_SEPARATE_VISIT):
            yield line.defect(
                f"Add modifier 25 to line {line.number} if the visit was more than part of line {beside.number}.",
                other_line=str(beside.number),
            )


@ioce_edit(
    42,
    "ioce-visits-same-day",
    title="Several medical visits of one day stand under one revenue code",
    section="CMS Pub 100-04 ch. 4 §180.4",
)
def ioce_visits_same_day(visit: Visit) -> Iterator[Defect]:
    if _SEVERAL_VISITS in visit.claim.condition_codes:
        return
    first_at: dict[tuple[object, str], int] = {}
    for line in visit.medical_visits:
        first = first_at.setdefault((line.day, line.line.revenue_code), line.number)
        if first != line.number or line.line.units > 1:
            yield line.defect(
                f"Give condition code G0 if line {line.number} is a visit apart from that on line {first}.",
                other_line=str(first),
            )


@ioce_edit(43, "ioce-transfusion-without-product", title="A transfusion stands on a bill without its blood product")
def ioce_transfusion_without_product(visit: Visit) -> Iterator[Defect]:
    if not visit.lines_on("blood_product"):
        for line in visit.lines_on("blood_service"):
            yield line.defect(f"Add the blood product that was given with line {line.number}.")


@ioce_edit(51, "ioce-observation-twice", title="Hours of observation stand on more than one line")
def ioce_observation_twice(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("observation_hourly")[1:]:
        yield line.defect("Put all hours of observation on one line, under its first day.")


@ioce_edit(58, "ioce-direct-admission-alone", title="A direct admission to observation stands without its hours")
def ioce_direct_admission_alone(visit: Visit) -> Iterator[Defect]:
    if not visit.lines_on("observation_hourly"):
        for line in visit.lines_on("observation_direct_admit"):
            yield line.defect(f"Add the hours of observation that follow line {line.number}.")


@ioce_edit(60, "ioce-modifier-ca-twice", title="Modifier CA stands on more than one procedure")
def ioce_modifier_ca_twice(visit: Visit) -> Iterator[Defect]:
    lines = visit.emergencies
    for line in lines[1:] if len(lines) > 1 else [line for line in lines if line.line.units > 1]:
        yield line.defect(f"Leave modifier CA on one procedure; take it off line {line.number}.")


@ioce_edit(
    70,
    "ioce-modifier-ca-status",
    title="Modifier CA is for patients who died or were sent on",
    section="CMS Pub 100-04 ch. 4 §180.7",
)
def ioce_modifier_ca_status(visit: Visit) -> Iterator[Defect]:
    status = visit.claim.patient_status
    if status is not None and not visit.on.listed("statuses_died_or_transferred", status):
        for line in visit.emergencies:
            yield line.defect(
                f"Correct the discharge status, or take modifier CA off line {line.number}.",
                patient_status=status,
                list="statuses_died_or_transferred",
            )


@ioce_edit(
    76, "ioce-trauma-response", title="A trauma response lacks its revenue code or critical care", predicted="LIR"
)
def ioce_trauma_response(visit: Visit) -> Iterator[Defect]:
    care = {line.day for line in visit.lines_on("trauma_critical_care")}
    for line in visit.lines_on("trauma_revenue_code"):
        if line.day not in care or not line.line.revenue_code.startswith(_TRAUMA_REVENUE):
            yield line.defect(f"Line {line.number} needs revenue code 068x and critical care (99291) on the same day.")


@ioce_edit(
    92,
    "ioce-device-missing",
    title="A procedure that needs a device is billed without one",
    section="CMS Pub 100-04 ch. 4 §61.2",
)
def ioce_device_missing(visit: Visit) -> Iterator[Defect]:
    days = {line.day for line in visit.lines_on("device")}
    for line in visit.lines_on("device_procedure"):
        if visit.is_outpatient and line.day not in days and not _needs_no_device(visit, line):
            yield line.defect(f"Add the device of the procedure on line {line.number}, with the same day of service.")


def _needs_no_device(visit: Visit, line: VisitLine) -> bool:
    if line.has(_NO_DEVICE) and line.is_on("bypass_e92_modifier"):
        return True
    rows = (one.row for one in visit.modifiers if one.line is line)
    return any(row is not None and row.device_not_required for row in rows)


@ioce_edit(
    93, "ioce-cornea-without-transplant", title="Corneal tissue stands on a bill without a transplant", predicted="LIR"
)
def ioce_cornea_without_transplant(visit: Visit) -> Iterator[Defect]:
    if not visit.lines_on("cornea_transplant"):
        for line in visit.lines_on("cornea_tissue_processing"):
            yield line.defect(f"Add the transplant that the tissue on line {line.number} was for.")


@ioce_edit(
    100,
    "ioce-donor-acquisition-missing",
    title="A stem cell transplant lacks the line of its donor's services",
    section="CMS Pub 100-04 ch. 4 §231.11",
)
def ioce_donor_acquisition_missing(visit: Visit) -> Iterator[Defect]:
    if all(line.line.revenue_code != _ACQUISITION_REVENUE for line in visit.lines):
        for line in visit.lines_on("allogeneic_transplant"):
            yield line.defect(f"Add the acquisition of the cells for line {line.number} under revenue code 0815.")


@ioce_edit(99, "ioce-drug-without-procedure", title="A drug stands on a bill without the procedure that gave it")
def ioce_drug_without_procedure(visit: Visit) -> Iterator[Defect]:
    if not visit.is_outpatient or any(line.indicator in _PAYABLE for line in visit.lines):
        return
    for line in visit.lines:
        if line.indicator in _DRUG and line.billed_for_payment and not line.is_on("bypass_e99"):
            yield line.defect(
                f"Add the procedure by which the drug on line {line.number} was given.", indicator=line.indicator
            )


@ioce_edit(27, "ioce-only-incidental", title="An outpatient bill has nothing but what is packaged", predicted="CR")
def ioce_only_incidental(visit: Visit) -> Iterator[Defect]:
    lines = [(line, row) for line, row in visit.revenues if line.line.revenue_code != _TOTAL]
    if visit.is_outpatient and lines and all(_is_packaged(line, row) for line, row in lines):
        yield Defect("/lines", "Add the service that these lines belong to: nothing of the bill is paid for by itself.")


def _is_packaged(line: VisitLine, revenue: ioce.RevenueRow | None) -> bool:
    if line.line.procedure is not None:
        return line.indicator == _PACKAGED
    return revenue is not None and revenue.status_indicator == _PACKAGED
