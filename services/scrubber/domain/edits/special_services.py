"""What some services alone must say: a laboratory its certificate, an ambulance its way, equipment no form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

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
    parts: list[tuple[str, str | None]] = [("/references", claim.references.clia_number)]
    parts += [(f"/lines/{position}", line.clia_number) for position, line in enumerate(claim.lines) if line.clia_number]
    for part, number in parts:
        if number is not None and not _CERTIFICATE.fullmatch(number):
            yield Defect(
                f"{part}/clia_number", "Write the CLIA number as on the certificate: ten characters, the third a D."
            )


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


class Rides(NamedTuple):
    """The services of an ambulance."""

    claim: ProfessionalClaim
    services: tuple[Service, ...]
    severity: Severity | None
    """Payers other than Medicare may know the way by their authorisation of it."""

    def without(self, field: str) -> Service | None:
        """The first that has not what the claim has not either; None where the claim has it."""
        if getattr(self.claim, field) is not None:
            return None
        lines = self.claim.lines
        return next((one for one in self.services if getattr(lines[one.position], field) is None), None)


def rides(claim: ProfessionalClaim, on: Circumstances) -> Rides | None:
    """None where there are none."""
    found = tuple([one for one in on.once(services, claim) if _FIRST_RIDE <= one.code <= _LAST_RIDE])
    return Rides(claim, found, None if on.billed.filing_indicator in MEDICARE else "warning") if found else None


@edit(
    "ambulance-way-missing",
    sees=rides,
    title="An ambulance does not say where it took the patient up or down",
    predicted="A6:126:PW",
    source="005010X222A1, 2310E and 2310F, or 2420G and 2420H: required for ambulance services; "
    "CMS Pub 100-04 ch. 15 §30",
    kinds=PROFESSIONAL,
    row=62,
)
def ambulance_way_missing(found: Rides) -> Iterator[Defect]:
    ends = (("pickup", "PW", "took the patient up"), ("drop_off", "45", "set the patient down"))
    for field, entity, what in ends:
        if (ride := found.without(field)) is not None:
            yield Defect(
                f"/{field}",
                f"Give the address at which the ambulance of line {ride.number} {what}.",
                {"code": ride.code},
                predicted=f"A6:126:{entity}",
                severity=found.severity,
            )


@edit(
    "ambulance-transport-missing",
    sees=rides,
    title="An ambulance does not say why and how far it drove",
    source="005010X222A1, 2300 or 2400 CR1: required on claims of ambulance transport; CMS Pub 100-04 ch. 15 §30",
    kinds=PROFESSIONAL,
    row=62,
)
def ambulance_transport_missing(found: Rides) -> Iterator[Defect]:
    if (ride := found.without("ambulance")) is not None:
        yield Defect(
            "/ambulance",
            f"Say why the patient was driven and how many miles (line {ride.number}).",
            {"code": ride.code},
            severity=found.severity,
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
