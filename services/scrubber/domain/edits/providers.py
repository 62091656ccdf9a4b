"""The other providers of a claim and its lines: rendering, referring, attending, service facility …"""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim, in_united_states
from services.scrubber.domain.edits.billing_provider import without_npi
from services.scrubber.domain.engine import INSTITUTIONAL, PROFESSIONAL, Circumstances, Defect, edit
from shared.claims import InstitutionalClaim, ProfessionalClaim, Provider

_PERSON_ROLES = {"71": "attending", "72": "operating", "ZZ": "other operating", "DN": "referring", "DK": "ordering"}
_FACILITY_ZIP_DIGITS = 9


@edit(
    "provider-npi-invalid",
    title="An NPI is not one",
    predicted="A7:562",
    source="45 CFR 162.406; CMS, Requirements for the NPI check digit (Luhn over 80840 and the NPI)",
    row=15,
)
def provider_npi_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, entity, provider in on.parts.providers:
        if provider.npi is not None and (problem := provider.npi.problem):
            yield Defect(
                f"{pointer}/npi",
                f"Correct the NPI: {problem.message}.",
                {"check": problem.code},
                predicted=f"A7:562:{entity}",
            )


@edit(
    "provider-taxonomy-invalid",
    title="A taxonomy code is not one",
    predicted="A7:145",
    source="NUCC, Health Care Provider Taxonomy Code Set: ten characters, the last an X",
    row=18,
)
def provider_taxonomy_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, entity, provider in on.parts.providers:
        if isinstance(provider, Provider) and provider.taxonomy is not None and (problem := provider.taxonomy.problem):
            yield Defect(
                f"{pointer}/taxonomy",
                f"Correct the taxonomy code: {problem.message}.",
                {"check": problem.code},
                predicted=f"A7:145:{entity}",
            )


@edit(
    "provider-must-be-person",
    title="This provider must be a person",
    predicted="A7:741",
    source="005010X222A1 2310A, 2420E and X223A2 2310A-2310F: NM102 is 1",
    row=58,
)
def provider_must_be_person(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, entity, provider in on.parts.providers:
        if entity in _PERSON_ROLES and isinstance(provider, Provider) and not provider.is_person:
            yield Defect(
                pointer,
                f"Name the {_PERSON_ROLES[entity]} provider as a person, not as an organization.",
                predicted=f"A7:741:{entity}",
            )


@edit(
    "rendering-npi-missing",
    title="The rendering provider has no NPI",
    version="2",
    predicted="A6:562:82",
    source="45 CFR 162.410(a)(1); 005010X222A1, 2310B NM109",
    kinds=PROFESSIONAL,
    row=57,
)
def rendering_npi_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, entity, provider in on.parts.providers:
        if entity == "82" and provider.npi is None and isinstance(provider, Provider):
            severity = without_npi(provider, on)
            yield Defect(f"{pointer}/npi", "Give the NPI of the rendering provider.", severity=severity)


@edit(
    "attending-missing",
    title="There is no attending provider",
    predicted="A6:562:71",
    source="005010X223A2, 2310A: required but for transport alone; CMS Pub 100-04 ch. 25 §75.6 (FL 76)",
    kinds=INSTITUTIONAL,
    row=69,
)
def attending_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    transport_alone = bool(claim.lines) and all(line.revenue_code.startswith("054") for line in claim.lines)
    if claim.attending is None and not transport_alone:
        yield Defect("/attending", "Name the provider who had overall charge of the patient's care.")
    elif claim.attending is not None and claim.attending.npi is None:
        yield Defect("/attending/npi", "Give the NPI of the attending provider.")


@edit(
    "service-facility-zip-nine-digits",
    title="The service facility's ZIP code is not nine digits",
    predicted="A7:500:77",
    source="005010X222A1 2310C and X223A2 2310E, N403: the full nine digits",
    row=20,
)
def service_facility_zip_nine_digits(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, entity, provider in on.parts.providers:
        address = provider.address
        if entity != "77" or address is None or not in_united_states(address):
            continue
        zip_code = address.zip_code
        if zip_code is None or zip_code.problem or len(zip_code) != _FACILITY_ZIP_DIGITS:
            yield Defect(
                f"{pointer}/address/zip_code",
                "Give all nine digits of the ZIP code.",
                predicted="A6:500:77" if zip_code is None else None,
            )
