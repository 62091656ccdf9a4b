"""Condition, Procedure and ChargeItem: what was found, done and charged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from services.encoder.domain.fhir import elements
from services.encoder.domain.fhir.bundle import Bundle, Placed
from services.encoder.domain.fhir.issues import Notes
from services.encoder.domain.fhir.people import Members

_ADMISSION = "AD"
_DISCHARGE = "DD"
_NOT_SO = ("refuted", "entered-in-error")
_NOT_DONE = ("not-done", "entered-in-error", "preparation", "stopped", "unknown")
_NOT_CHARGED = ("aborted", "entered-in-error", "not-billable")


def diagnoses(encounter: Placed, bundle: Bundle, notes: Notes) -> tuple[list[Members], Members | None]:
    """Diagnoses as received, discharge diagnosis first, then by rank; and the admitting diagnosis.

    A condition that names the encounter but is not in `Encounter.diagnosis` comes last. Only ICD-10-CM codes are taken.
    """
    taken: dict[str, Members] = {}
    admitting: Members | None = None
    for placed, use in _conditions(encounter, bundle, notes):
        resource = placed.resource
        if any(coding.code in _NOT_SO for coding in elements.codings(resource.verificationStatus)):
            notes.information("condition_not_so", placed.at("verificationStatus"), "a refuted condition is left out")
            continue
        code = elements.code_in(resource.code, [elements.ICD10CM])
        if code is None:
            notes.warning("condition_not_icd10", placed.at("code"), "the condition has no ICD-10-CM code: left out")
        elif use == _ADMISSION:
            admitting = admitting or {"code": code}
        else:
            taken.setdefault(code, {"code": code})
    return list(taken.values()), admitting


def _conditions(encounter: Placed, bundle: Bundle, notes: Notes) -> Iterator[tuple[Placed, str | None]]:
    listed = encounter.resource.diagnosis or []
    ranked = sorted(enumerate(listed), key=lambda item: (_use(item[1]) != _DISCHARGE, item[1].rank or len(listed) + 1))
    seen: list[Placed] = []
    for index, diagnosis in ranked:
        found = bundle.resolve(diagnosis.condition, within=encounter)
        if found is None:
            place = encounter.at("diagnosis", index, "condition")
            notes.error("reference_not_found", place, "the Bundle does not hold this condition")
        elif found.resource.get_resource_type() == "Condition":
            seen.append(found)
            yield found, _use(diagnosis)
    for placed in bundle.referring("Condition", "encounter", encounter):
        if placed not in seen:
            yield placed, None


def _use(diagnosis: Any) -> str | None:
    return next((coding.code for coding in elements.codings(diagnosis.use)), None)


def procedures(encounter: Placed, zone: ZoneInfo | None, bundle: Bundle, notes: Notes) -> tuple[list[Members], Any]:
    """ICD-10-PCS procedures as received, and a reference to who did the first of them (the operating physician)."""
    taken: list[Members] = []
    surgeon: Any = None
    for placed in bundle.referring("Procedure", "encounter", encounter):
        resource = placed.resource
        if resource.status in _NOT_DONE:
            notes.information("procedure_not_done", placed.at("status"), "a procedure that was not done is left out")
            continue
        code = elements.code_in(resource.code, elements.ICD10PCS)
        if code is None:
            message = "the procedure has no ICD-10-PCS code: left out; CPT and HCPCS come with the charges"
            notes.warning("procedure_not_icd10", placed.at("code"), message)
            continue
        taken.append({"code": code, "date": _performed_on(resource, zone)})
        if surgeon is None and resource.performer:
            surgeon = (resource.performer[0].actor, (placed, ("performer", 0, "actor")))
    return taken, surgeon


def _performed_on(resource: Any, zone: ZoneInfo | None) -> date | None:
    period = resource.performedPeriod
    moment = elements.instant(resource.performedDateTime or (period.start if period else None), zone)
    return moment.date() if moment else None


def charges(encounter: Placed, zone: ZoneInfo | None, bundle: Bundle, notes: Notes) -> list[Members]:
    """Charge items that say an amount and a day; others are told of and left out."""
    taken = []
    for placed in bundle.referring("ChargeItem", "context", encounter):
        resource = placed.resource
        if resource.status in _NOT_CHARGED:
            continue
        began, ended = _occurrence(resource, zone)
        if resource.priceOverride is None or resource.priceOverride.value is None:
            notes.warning("charge_without_amount", placed.at("priceOverride"), "a charge without an amount is left out")
        elif began is None:
            notes.warning("charge_without_day", placed.at("occurrence"), "a charge without its day is left out")
        else:
            taken.append(_charge(placed) | {"service_date": began, "through_date": ended})
    return taken


def _charge(placed: Placed) -> Members:
    resource = placed.resource
    quantity = resource.quantity.value if resource.quantity else None
    return {
        "id": placed.id,
        "procedure": elements.code_in(resource.code, elements.HCPCS),
        "revenue_code": elements.code_in(resource.code, [elements.REVENUE_CODES]),
        "units": quantity if quantity is not None else 1,
        "amount": resource.priceOverride.value,
    }


def _occurrence(resource: Any, zone: ZoneInfo | None) -> tuple[date | None, date | None]:
    period = resource.occurrencePeriod
    began = elements.instant(resource.occurrenceDateTime or (period.start if period else None), zone)
    ended = elements.instant(period.end, zone) if period else None
    return began.date() if began else None, ended.date() if ended else None
