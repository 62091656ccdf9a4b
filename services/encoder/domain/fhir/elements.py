"""The data types of FHIR that several resources share, as the canonical models say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

US_NPI = "http://hl7.org/fhir/sid/us-npi"
TAX_ID_SYSTEMS = ("urn:oid:2.16.840.1.113883.4.4", "http://hl7.org/fhir/sid/us-ein")
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10PCS = ("http://www.cms.gov/Medicare/Coding/ICD10", "http://hl7.org/fhir/sid/icd-10-pcs")
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = (
    CPT,
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "urn:oid:2.16.840.1.113883.6.285",
)
REVENUE_CODES = "https://www.nubc.org/CodeSystem/RevenueCodes"
NUCC_TAXONOMY = ("http://nucc.org/provider-taxonomy", "http://hl7.org/fhir/sid/us-nucc")

_SEXES = {"female": "F", "male": "M"}


def instant(value: datetime | date | str | None, zone: ZoneInfo | None) -> datetime | None:
    """A FHIR dateTime as a moment, in the facility's own time where that is known.

    A day without time begins at midnight there; a month or year alone says too little (None).
    """
    if isinstance(value, datetime):
        return value.astimezone(zone) if zone else value
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=zone or UTC)
    return None


def codings(concept: Any) -> list[Any]:
    return list(concept.coding or ()) if concept is not None else []


def code_in(concept: Any, systems: Iterable[str]) -> str | None:
    """The first code of a CodeableConcept that comes from one of the systems."""
    wanted = tuple(systems)
    return next((coding.code for coding in codings(concept) if coding.system in wanted and coding.code), None)


def identifier_in(resource: Any, systems: Iterable[str]) -> str | None:
    wanted = tuple(systems)
    return next((i.value for i in resource.identifier or () if i.system in wanted and i.value), None)


def typed_identifier(resource: Any, type_code: str) -> str | None:
    """The identifier whose type is `type_code` of HL7 v2 table 0203, such as MR or VN."""
    for identifier in resource.identifier or ():
        if identifier.value and any(coding.code == type_code for coding in codings(identifier.type)):
            return str(identifier.value)
    return None


def names_of(resource: Any) -> list[str]:
    """Every name that a profile may know a resource by: its id and its identifiers' values."""
    values = [identifier.value for identifier in getattr(resource, "identifier", None) or () if identifier.value]
    return [name for name in (resource.id, *values) if name]


def person_name(names: Any) -> dict[str, Any] | None:
    """The official name, else the first; one that is a single text stands as the last name."""
    given = [name for name in names or () if name.family or name.text]
    if not given:
        return None
    name = next((candidate for candidate in given if candidate.use == "official"), given[0])
    parts = list(name.given or ())
    return {
        "last": name.family or name.text,
        "first": parts[0] if parts else None,
        "middle": parts[1] if len(parts) > 1 else None,
        "suffix": name.suffix[0] if name.suffix else None,
    }


def address(addresses: Any) -> dict[str, Any] | None:
    """The first address that has a street and a town."""
    for candidate in addresses or ():
        if candidate.line and candidate.city:
            country = candidate.country
            return {
                "line1": candidate.line[0],
                "line2": candidate.line[1] if len(candidate.line) > 1 else None,
                "city": candidate.city,
                "state": candidate.state,
                "zip_code": candidate.postalCode,
                "country": None if country in ("US", "USA") else country,
            }
    return None


def telephone(telecom: Any) -> str | None:
    """Ten digits of the first telephone number that has them."""
    for point in telecom or ():
        digits = "".join(filter(str.isdigit, point.value or ""))[-10:]
        if point.system == "phone" and len(digits) == 10:
            return digits
    return None


def sex(gender: str | None) -> str | None:
    """Administrative gender as DMG03; `other` and `unknown` are U."""
    return None if gender is None else _SEXES.get(gender, "U")


def full_date(value: date | str | None) -> date | None:
    return value if isinstance(value, date) else None
