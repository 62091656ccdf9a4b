"""Which codes stand on a chart on given days: what a change of a reference table may touch."""

from __future__ import annotations

from services.encoder.domain.coding import ChartCodes, coding_day
from shared.claims import Encounter
from shared.tables.touched import CodeKind, Held, Period


def held_codes(encounter: Encounter, codes: ChartCodes, period: Period) -> Held:
    """By kind, those whose day lies in `period`: the coder's, those received, and those of charges.

    ICD-10 codes go by the day of the chart, charges by their own. A coder's word on a charge goes before the captured.
    """
    held: dict[CodeKind, set[str]] = {"service": set(), "modifier": set(), "revenue": set()}
    day = coding_day(encounter)
    if period.meets(day, day):
        held["diagnosis"] = _diagnoses(encounter, codes)
        held["discharge"] = {str(encounter.discharge_status)} if encounter.discharge_status else set()
        held["procedure"] = {str(p.code) for p in (*codes.procedures, *encounter.received_codes.procedures)}
    coding = {line.charge_id: line for line in codes.lines}
    for charge in encounter.charges:
        if not period.meets(charge.service_date, charge.through_date or charge.service_date):
            continue
        line = coding.get(charge.id)
        procedure = (line.procedure if line else None) or charge.procedure
        modifiers = charge.modifiers if line is None or line.modifiers is None else line.modifiers
        held["service"] |= {str(procedure)} if procedure else set()
        held["modifier"] |= set(map(str, modifiers))
        held["revenue"] |= {str(charge.revenue_code)} if charge.revenue_code else set()
    return held


def _diagnoses(encounter: Encounter, codes: ChartCodes) -> set[str]:
    single = (codes.admitting_diagnosis, encounter.admitting_diagnosis)
    several = (*codes.diagnoses, *codes.reasons_for_visit, *codes.external_causes, *encounter.received_codes.diagnoses)
    return {str(diagnosis.code) for diagnosis in (*single, *several) if diagnosis is not None}
