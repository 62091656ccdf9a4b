"""Patient, practitioners, organizations: who is who on the claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.fhir import elements
from services.encoder.domain.fhir.bundle import Bundle, Placed
from services.encoder.domain.fhir.issues import Notes
from shared.claims import Provider

Members = dict[str, Any]
"""The members of a canonical model, not yet validated."""


def patient(placed: Placed, notes: Notes) -> Members:
    resource = placed.resource
    name = elements.person_name(resource.name)
    if name is None:
        notes.error("patient_without_name", placed.at("name"), "the patient has no name")
    number = elements.typed_identifier(resource, "MR") or next(iter(elements.names_of(resource)), None)
    if number is None:
        notes.error("patient_without_number", placed.at("identifier"), "the patient has no medical record number")
    return {
        "medical_record_number": number,
        "name": name,
        "birth_date": elements.full_date(resource.birthDate),
        "sex": elements.sex(resource.gender),
        "address": elements.address(resource.address),
        "death_date": _death_date(resource),
    }


def _death_date(resource: Any) -> Any:
    died = elements.instant(resource.deceasedDateTime, None)
    return died.date() if died else None


def facility_chain(encounter: Placed, bundle: Bundle) -> list[Placed]:
    """The organization that gave the care and those that it is part of, innermost first."""
    organization = bundle.resolve(encounter.resource.serviceProvider, within=encounter)
    for stay in encounter.resource.location or ():
        location = bundle.resolve(stay.location, within=encounter)
        if organization is None and location is not None:
            organization = bundle.resolve(location.resource.managingOrganization, within=location)
    chain: list[Placed] = []
    while organization is not None and organization not in chain:
        chain.append(organization)
        organization = bundle.resolve(organization.resource.partOf, within=organization)
    return chain


def facility_names(encounter: Placed, bundle: Bundle) -> list[str]:
    """Every name under which a profile of the encounter's facility may be kept, the nearest first."""
    names = [
        name for organization in facility_chain(encounter, bundle) for name in elements.names_of(organization.resource)
    ]
    reference = encounter.resource.serviceProvider
    if reference is not None and reference.reference:
        names.append(reference.reference.rpartition("/")[2])
    return names


def facility(
    encounter: Placed, bundle: Bundle, profiles: Mapping[str, FacilityProfile], notes: Notes
) -> tuple[Members, FacilityProfile | None]:
    """Who bills: the facility's profile, else the organization that has an NPI, else the outermost one."""
    for name in facility_names(encounter, bundle):
        if (profile := profiles.get(name)) is not None:
            return {"id": profile.id, "billing": profile.billing, "ccn": profile.ccn}, profile
    chain = facility_chain(encounter, bundle)
    if not chain:
        place = encounter.at("serviceProvider")
        notes.error("facility_unknown", place, "the Bundle does not hold who gave the care, and no profile knows it")
        return {"id": None, "billing": None}, None
    billing = next((o for o in chain if elements.identifier_in(o.resource, [elements.US_NPI])), chain[-1])
    if elements.identifier_in(billing.resource, [elements.US_NPI]) is None:
        place = billing.at("identifier")
        notes.warning("billing_npi_missing", place, "the billing organization has no NPI; PUT /v1/facilities/{id}")
    return {"id": next(iter(elements.names_of(billing.resource)), None), "billing": organization(billing)}, None


def organization(placed: Placed) -> Members:
    resource = placed.resource
    phone = elements.telephone(resource.telecom)
    return {
        "organization": resource.name,
        "npi": elements.identifier_in(resource, [elements.US_NPI]),
        "tax_id": elements.identifier_in(resource, elements.TAX_ID_SYSTEMS),
        "address": elements.address(resource.address),
        "contact": {"telephone": phone} if phone else None,
    }


def practitioner(
    reference: Any,
    place: tuple[Placed, tuple[str | int, ...]],
    bundle: Bundle,
    profile: FacilityProfile | None,
    notes: Notes,
) -> Members | Provider | None:
    """Whom a reference to a Practitioner or PractitionerRole means; None, with a warning, where nobody knows.

    `place` is the resource that refers, and where in it.
    """
    referrer, steps = place
    found = bundle.resolve(reference, within=referrer)
    if found is not None and found.resource.get_resource_type() == "PractitionerRole":
        found = bundle.resolve(found.resource.practitioner, within=found)
    names = elements.names_of(found.resource) if found else [(reference.reference or "").rpartition("/")[2]]
    for alias in profile.practitioners if profile else ():
        if alias.received in names:
            return alias.provider
    name = elements.person_name(getattr(found.resource, "name", None)) if found else None
    if found is None or name is None:
        notes.warning("provider_unknown", referrer.at(*steps), "the Bundle does not hold this provider or its name")
        return None
    return {
        "person": name,
        "npi": elements.identifier_in(found.resource, [elements.US_NPI]),
        "taxonomy": _taxonomy(found, bundle),
    }


def _taxonomy(placed: Placed, bundle: Bundle) -> str | None:
    for role in bundle.referring("PractitionerRole", "practitioner", placed):
        for specialty in role.resource.specialty or ():
            if (code := elements.code_in(specialty, elements.NUCC_TAXONOMY)) is not None:
                return code
    return None
