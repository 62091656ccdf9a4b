"""One canonical encounter of each FHIR Encounter in a Bundle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.fhir import elements, people
from services.encoder.domain.fhir.bundle import Bundle, Placed
from services.encoder.domain.fhir.clinical import charges, diagnoses, procedures
from services.encoder.domain.fhir.coverages import coverages
from services.encoder.domain.fhir.documents import documents
from services.encoder.domain.fhir.issues import Notes, Path
from services.encoder.domain.fhir.people import Members
from services.encoder.parameters import parameter
from shared.claims import AS_RECEIVED, Encounter

_NOT_CARE = ("planned", "cancelled", "entered-in-error")
_NUBC = {
    "admission_type": ("https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit", "fhir_admit_priorities"),
    "admission_source": ("https://www.nubc.org/CodeSystem/PointOfOrigin", "fhir_admit_sources"),
    "discharge_status": ("https://www.nubc.org/CodeSystem/PatDischargeStatus", "fhir_discharge_dispositions"),
}
"""NUBC's own code system, and the parameter that reads FHIR's example codes."""

_LONGEST_REFERENCE = 50


def facilities_named(bundle: Bundle) -> set[str]:
    """Every name under which a profile may be kept that this Bundle needs."""
    return {name for encounter in bundle.of_type["Encounter"] for name in people.facility_names(encounter, bundle)}


def encounters_of(bundle: Bundle, profiles: Mapping[str, FacilityProfile], notes: Notes) -> tuple[Encounter, ...]:
    """The encounters of a Bundle, or none where something in it is wrong: whatever that is goes to `notes`."""
    if not bundle.of_type["Encounter"] and not notes.errors:
        notes.error("no_encounter", ("entry",), "the Bundle holds no Encounter")
    read = [_encounter(placed, bundle, profiles, notes) for placed in bundle.of_type["Encounter"]]
    return () if notes.errors else tuple(encounter for encounter in read if encounter is not None)


def _encounter(
    placed: Placed, bundle: Bundle, profiles: Mapping[str, FacilityProfile], notes: Notes
) -> Encounter | None:
    resource = placed.resource
    if resource.status in _NOT_CARE:
        notes.warning(
            "encounter_not_care", placed.at("status"), f"an encounter that is {resource.status} makes no chart"
        )
        return None
    patient = bundle.resolve(resource.subject, within=placed)
    if patient is None:
        code = "reference_not_found" if resource.subject else "encounter_without_patient"
        notes.error(code, placed.at("subject"), "the Bundle does not hold the patient of this encounter")
    facility, profile = people.facility(placed, bundle, profiles, notes)
    zone = profile.zone if profile else None
    started = elements.instant(resource.period.start, zone) if resource.period else None
    if started is None:
        notes.error("period_missing", placed.at("period", "start"), "the encounter does not say when it began")
    if patient is None or started is None or facility["id"] is None:
        return None
    frame = {
        "id": _number(placed),
        "facility": facility,
        "started_at": started,
        "ended_at": _ended_at(resource, zone),
        **_class(placed, started.date(), profile, notes),
    }
    return _validated(frame | _contents(placed, patient, frame, bundle, profile, notes), placed, notes)


def _number(placed: Placed) -> str:
    """The visit number, else the first identifier, else the resource's id."""
    visit = elements.typed_identifier(placed.resource, "VN")
    names = [*([visit] if visit else []), *reversed(elements.names_of(placed.resource)[1:2]), placed.id]
    return next((name for name in names if name and len(name) <= _LONGEST_REFERENCE), placed.id)


def _ended_at(resource: Any, zone: Any) -> datetime | None:
    """The end counts only once the encounter is finished: a planned end is a guess."""
    return elements.instant(resource.period.end, zone) if resource.status == "finished" else None


def _class(placed: Placed, day: date, profile: FacilityProfile | None, notes: Notes) -> Members:
    code = placed.resource.class_fhir.code
    encounter_class = parameter("fhir_encounter_classes").on(day).get(code)
    if encounter_class is None:
        notes.error("encounter_class", placed.at("class"), "the class is none of HL7's encounter classes")
    if encounter_class == "ambulatory":
        encounter_class = profile.ambulatory_visits if profile else "outpatient"
    professional = encounter_class == "professional"
    return {
        "encounter_class": encounter_class or "outpatient",
        "place_of_service": profile.place_of_service if profile and professional else None,
    }


def _contents(
    placed: Placed, patient: Placed, frame: Members, bundle: Bundle, profile: FacilityProfile | None, notes: Notes
) -> Members:
    zone, day = profile.zone if profile else None, frame["started_at"].date()
    professional = frame["encounter_class"] == "professional"
    found, admitting = diagnoses(placed, bundle, notes)
    done, surgeon = procedures(placed, zone, bundle, notes)
    service_type = placed.resource.serviceType
    return {
        "patient": people.patient(patient, notes),
        "specialty": service_type.text if service_type and service_type.text else None,
        "coverages": coverages(patient, day, bundle, profile, notes, professional=professional),
        "documents": documents(placed, day, zone, bundle, notes),
        "charges": charges(placed, zone, bundle, notes),
        "received_codes": {"diagnoses": found, "procedures": done},
        "admitting_diagnosis": admitting if frame["encounter_class"] == "inpatient" else None,
        "providers": _providers(placed, surgeon, bundle, profile, notes, professional=professional),
        **_admission(placed, day, notes),
    }


def _providers(
    placed: Placed, surgeon: Any, bundle: Bundle, profile: FacilityProfile | None, notes: Notes, *, professional: bool
) -> Members:
    """By HL7 v3 ParticipationType: ATND attender, PPRF primary performer, REF referrer."""
    roles = {"ATND": "rendering" if professional else "attending", "PPRF": "rendering", "REF": "referring"}
    providers: Members = {}
    for index, participant in enumerate(placed.resource.participant or ()):
        kinds = [coding.code for concept in participant.type or () for coding in elements.codings(concept)]
        role = next((roles[kind] for kind in kinds if kind in roles), None)
        if role and role not in providers and participant.individual:
            place = (placed, ("participant", index, "individual"))
            providers[role] = people.practitioner(participant.individual, place, bundle, profile, notes)
    if surgeon is not None:
        reference, place = surgeon
        providers["operating"] = people.practitioner(reference, place, bundle, profile, notes)
    return providers


def _admission(placed: Placed, day: date, notes: Notes) -> Members:
    """NUBC codes as sent, else the FHIR example codes that mean just one of them."""
    stay = placed.resource.hospitalization
    concepts = {
        "admission_type": (("priority",), placed.resource.priority),
        "admission_source": (("hospitalization", "admitSource"), stay.admitSource if stay else None),
        "discharge_status": (("hospitalization", "dischargeDisposition"), stay.dischargeDisposition if stay else None),
    }
    return {
        member: _nubc(member, concept, placed.at(*steps), day, notes) for member, (steps, concept) in concepts.items()
    }


def _nubc(member: str, concept: Any, path: Path, day: date, notes: Notes) -> str | None:
    system, name = _NUBC[member]
    known = parameter(name).on(day)
    sent = elements.code_in(concept, [system])
    found = sent or next((known[coding.code] for coding in elements.codings(concept) if coding.code in known), None)
    if found is None and elements.codings(concept):
        notes.warning("nubc_code_unclear", path, "the code does not mean just one NUBC code: left out")
    return found


def _validated(members: Members, placed: Placed, notes: Notes) -> Encounter | None:
    """The canonical encounter, or None with an error for each of its members that cannot be."""
    try:
        return Encounter.model_validate(members, context=AS_RECEIVED)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False, include_context=False):
            place = ".".join(map(str, fault["loc"]))
            message = f"read as an encounter, {place or 'it'} cannot stand: {fault['msg']}"
            notes.error("encounter_invalid", placed.path, message)
        return None
