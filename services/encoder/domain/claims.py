"""From encounter and codes to the canonical claim: nothing is decided here that the chart does not say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from services.encoder.domain.coding import ChartCodes, LineCoding, coding_day
from services.encoder.parameters import parameter
from shared.claims import (
    AS_RECEIVED,
    CLAIM,
    Charge,
    ClaimId,
    Diagnosis,
    Encounter,
    InstitutionalClaim,
    Occurrence,
    PatientControlNumber,
    ProfessionalClaim,
)

_PRINCIPAL_ONLY = (1,)
"""Where the coder says nothing, a line is for the principal diagnosis: the least that a claim must say."""

_LONGEST_LINE_NUMBER = 30
"""REF02 of REF*6R (005010X222A1 and 005010X223A2, 2400); the writer numbers a line whose charge id is longer."""


def build_claim(
    encounter: Encounter,
    codes: ChartCodes,
    *,
    claim_id: ClaimId,
    control_number: PatientControlNumber,
    frequency: str = "1",
) -> ProfessionalClaim | InstitutionalClaim:
    """The claim of a chart that `obstacles` finds ready.

    Raises pydantic.ValidationError where it is not.
    """
    build = _professional if encounter.is_professional else _institutional
    claim = {
        "id": claim_id,
        "patient_control_number": control_number,
        "frequency": frequency,
        **_common(encounter),
        **build(encounter, codes),
    }
    return CLAIM.validate_python(claim, context=AS_RECEIVED)


def _common(encounter: Encounter) -> dict[str, Any]:
    sequences = [coverage.sequence for coverage in encounter.coverages]
    return {
        "encounter_id": encounter.id,
        "total_charge": sum((charge.amount for charge in encounter.charges), Decimal("0.00")),
        "patient": encounter.patient,
        "coverages": encounter.coverages,
        "billed_sequence": "P" if "P" in sequences else sequences[0],
        "billing": encounter.facility.billing,
        "referring": encounter.providers.referring,
        "rendering": encounter.providers.rendering,
        "service_facility": encounter.providers.service_facility,
        "condition_codes": encounter.condition_codes,
    }


def _professional(encounter: Encounter, codes: ChartCodes) -> dict[str, Any]:
    place = encounter.place_of_service or next(c.place_of_service for c in encounter.charges if c.place_of_service)
    coding = {line.charge_id: line for line in codes.lines}
    return {
        "kind": "professional",
        "place_of_service": place,
        "diagnoses": tuple(Diagnosis(code=diagnosis.code) for diagnosis in codes.diagnoses),
        "supervising": encounter.providers.supervising,
        "dates": _professional_dates(encounter, place),
        "related_causes": _related_causes(encounter),
        "lines": tuple(
            _professional_line(number, charge, coding.get(charge.id), encounter, place)
            for number, charge in enumerate(encounter.charges, 1)
        ),
    }


def _professional_dates(encounter: Encounter, place: str) -> dict[str, date | None]:
    stay = place in parameter("inpatient_places_of_service").on(coding_day(encounter))
    return {
        "admission": encounter.started_at.date() if stay else None,
        "discharge": encounter.ended_at.date() if stay and encounter.ended_at else None,
        "accident": encounter.accident.date if encounter.accident else None,
    }


def _related_causes(encounter: Encounter) -> dict[str, Any] | None:
    accident = encounter.accident
    return {"causes": accident.causes, "state": accident.state} if accident else None


def _professional_line(
    number: int, charge: Charge, coding: LineCoding | None, encounter: Encounter, place: str
) -> dict[str, Any]:
    return {
        **_line(number, charge, coding),
        "pointers": (coding.pointers if coding else ()) or _PRINCIPAL_ONLY,
        "place_of_service": charge.place_of_service if charge.place_of_service != place else None,
        "rendering": charge.rendering if charge.rendering != encounter.providers.rendering else None,
        "ordering": encounter.providers.ordering,
    }


def _line(number: int, charge: Charge, coding: LineCoding | None) -> dict[str, Any]:
    corrected = coding.modifiers if coding else None
    return {
        "number": number,
        "control_number": charge.id if len(charge.id) <= _LONGEST_LINE_NUMBER else None,
        "charge": charge.amount,
        "unit": charge.unit,
        "units": charge.units,
        "procedure": (coding.procedure if coding else None) or charge.procedure,
        "modifiers": charge.modifiers if corrected is None else corrected,
        "description": charge.description,
        "service_from": charge.service_date,
        "service_through": charge.through_date,
        "drug": charge.drug,
    }


def _institutional(encounter: Encounter, codes: ChartCodes) -> dict[str, Any]:
    providers, inpatient = encounter.providers, encounter.encounter_class == "inpatient"
    facility_types = parameter("facility_types").on(coding_day(encounter))
    coding = {line.charge_id: line for line in codes.lines}
    return {
        "kind": "institutional",
        "facility_type": encounter.facility_type or facility_types[encounter.encounter_class],
        "diagnoses": codes.diagnoses,
        "admitting_diagnosis": (codes.admitting_diagnosis or encounter.admitting_diagnosis) if inpatient else None,
        "reasons_for_visit": codes.reasons_for_visit,
        "external_causes": codes.external_causes,
        "procedures": codes.procedures,
        **_statement_period(encounter),
        "admission": _admission(encounter),
        "patient_status": encounter.discharge_status,
        "occurrences": (*encounter.occurrences, *_accident_occurrences(encounter)),
        "occurrence_spans": encounter.occurrence_spans,
        "values": encounter.values,
        "references": _accident_state(encounter),
        "attending": providers.attending,
        "operating": providers.operating,
        "lines": tuple(
            _institutional_line(number, charge, coding.get(charge.id), encounter)
            for number, charge in enumerate(encounter.charges, 1)
        ),
    }


def _statement_period(encounter: Encounter) -> dict[str, date]:
    """From the first service, which may precede admission, through discharge (CMS Pub 100-04 ch. 25 §75.1, FL 6)."""
    charges = encounter.charges
    ended = coding_day(encounter)
    last = (
        ended
        if encounter.encounter_class == "inpatient"
        else max([ended, *(charge.through_date or charge.service_date for charge in charges)])
    )
    first = min([encounter.started_at.date(), *(charge.service_date for charge in charges)])
    return {"statement_from": first, "statement_through": last}


def _admission(encounter: Encounter) -> dict[str, Any]:
    """Type and source on every bill; the date and both hours of a stay (005010X223A2, 2300 DTP*435 and DTP*096)."""
    admission: dict[str, Any] = {"type": encounter.admission_type, "source": encounter.admission_source}
    if encounter.encounter_class != "inpatient":
        return admission
    came, left = encounter.started_at, encounter.ended_at
    admission |= {"date": came.date(), "hour": came.hour, "minute": came.minute}
    return admission | ({"discharge_hour": left.hour, "discharge_minute": left.minute} if left else {})


def _accident_occurrences(encounter: Encounter) -> tuple[Occurrence, ...]:
    """The accident as occurrence codes, unless registration already gave them."""
    accident = encounter.accident
    if accident is None:
        return ()
    codes = parameter("accident_occurrences").on(coding_day(encounter))
    known = {occurrence.code for occurrence in encounter.occurrences}
    wanted = [codes[cause] for cause in accident.causes]
    return tuple(Occurrence(code=code, date=accident.date) for code in wanted if code not in known)


def _accident_state(encounter: Encounter) -> dict[str, str | None]:
    accident = encounter.accident
    return {"auto_accident_state": accident.state if accident and "AA" in accident.causes else None}


def _institutional_line(number: int, charge: Charge, coding: LineCoding | None, encounter: Encounter) -> dict[str, Any]:
    return {
        **_line(number, charge, coding),
        "revenue_code": charge.revenue_code,
        "non_covered": charge.non_covered,
        "rendering": charge.rendering if charge.rendering != encounter.providers.rendering else None,
    }
