"""What some services alone must say: a laboratory its certificate, an ambulance its way, equipment no form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from services.scrubber.domain.edits.payer import MEDICARE
from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect, edit
from services.scrubber.domain.services import Service, services
from shared.claims import ProfessionalClaim, Severity

_CERTIFICATE = re.compile(r"\d{2}D\d{7}")
_WAIVED = "QW"
_FIRST_RIDE, _LAST_RIDE = "A0425", "A0436"
"""HCPCS: mileage and base rates of ambulances on the ground and in the air."""
_CERTIFICATES_ENDED = date(2023, 1, 1)


@edit(
    "clia-number-invalid",
    title="A CLIA number is not one",
    predicted="A7:142",
    source="005010X222A1, 2300 and 2400 REF*X4; CMS Pub 100-04 ch. 16 §70: ten characters, the third a D",
    kinds=PROFESSIONAL,
    row=60,
)
def clia_number_invalid(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    numbers = [("/references/clia_number", claim.references.clia_number)]
    numbers += [(f"/lines/{position}/clia_number", line.clia_number) for position, line in enumerate(claim.lines)]
    for pointer, number in numbers:
        if number is not None and not _CERTIFICATE.fullmatch(number):
            yield Defect(pointer, "Write the CLIA number as on the certificate: ten characters, the third a D.")


@edit(
    "clia-number-missing",
    title="Medicare is billed for a waived test without the laboratory's CLIA number",
    predicted="CARC 16",
    source="CMS Pub 100-04 ch. 16 §70: a test without the number is returned as unprocessable (MA120)",
    kinds=PROFESSIONAL,
    row=60,
)
def clia_number_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    if on.billed.filing_indicator not in MEDICARE or claim.references.clia_number is not None:
        return
    for position, line in enumerate(claim.lines):
        if _WAIVED in line.modifiers and line.clia_number is None:
            yield Defect(
                f"/lines/{position}/clia_number",
                f"Give the CLIA number of the laboratory that did the test of line {position + 1}.",
                {"code": str(line.procedure), "modifier": _WAIVED},
            )


def rides(claim: ProfessionalClaim, on: Circumstances) -> tuple[Service, ...]:
    """The services of an ambulance."""
    return tuple(one for one in on.once(services, claim) if _FIRST_RIDE <= one.code <= _LAST_RIDE)


def _of_medicare(on: Circumstances) -> Severity | None:
    """Others may know the way by their authorisation of it."""
    return None if on.billed.filing_indicator in MEDICARE else "warning"


@edit(
    "ambulance-way-missing",
    title="An ambulance does not say where it took the patient up or down",
    predicted="A6:126:PW",
    source="005010X222A1, 2310E and 2310F, or 2420G and 2420H: required for ambulance services; "
    "CMS Pub 100-04 ch. 15 §30",
    kinds=PROFESSIONAL,
    row=62,
)
def ambulance_way_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    ends = (("pickup", "PW", "took the patient up"), ("drop_off", "45", "set the patient down"))
    for field, entity, what in ends:
        if getattr(claim, field) is None and (ride := _without(field, claim, on)) is not None:
            yield Defect(
                f"/{field}",
                f"Give the address at which the ambulance of line {ride.number} {what}.",
                {"code": ride.code},
                predicted=f"A6:126:{entity}",
                severity=_of_medicare(on),
            )


def _without(field: str, claim: ProfessionalClaim, on: Circumstances) -> Service | None:
    return next((one for one in on.once(rides, claim) if getattr(claim.lines[one.position], field) is None), None)


@edit(
    "ambulance-transport-missing",
    title="An ambulance does not say why and how far it drove",
    source="005010X222A1, 2300 or 2400 CR1: required on claims of ambulance transport; CMS Pub 100-04 ch. 15 §30",
    kinds=PROFESSIONAL,
    row=62,
)
def ambulance_transport_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.ambulance is None and (ride := _without("ambulance", claim, on)) is not None:
        yield Defect(
            "/ambulance",
            f"Say why the patient was driven and how many miles (line {ride.number}).",
            {"code": ride.code},
            severity=_of_medicare(on),
        )


@edit(
    "equipment-certificate-ended",
    title="A certificate of medical necessity goes to Medicare, which takes none any more",
    predicted="A7:698",
    source="CMS: no CMN or DIF for days of service from 2023-01-01; CEDI, front-end edit X222.492.2440.LQ02.030",
    kinds=PROFESSIONAL,
    effective=_CERTIFICATES_ENDED,
    row=62,
)
def equipment_certificate_ended(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    if on.billed.filing_indicator not in MEDICARE:
        return
    for position, line in enumerate(claim.lines):
        if line.forms and (line.service_from or on.day) >= _CERTIFICATES_ENDED:
            yield Defect(f"/lines/{position}/forms", f"Take the certificate off line {position + 1}.")
