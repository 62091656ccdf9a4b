"""The services of practitioners as the fee schedule sees them, whatever they were read from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from shared.claims import (
    X12,
    Address,
    Amount,
    Code,
    Date,
    HcpcsCode,
    Many,
    Model,
    Modifiers,
    ProfessionalClaim,
    ProfessionalLine,
    Quantity,
    TaxonomyCode,
    ZipCode,
)
from shared.errors import Invalid

Locality = Annotated[str, StringConstraints(pattern=r"^[0-9]{7}$")]
"""Contractor and locality of the fee schedule: `0441209` is Brazoria, Texas; all zeros is the national amount."""

PractitionerKind = Literal[
    "physician",
    "nurse-practitioner",
    "clinical-nurse-specialist",
    "physician-assistant",
    "nurse-midwife",
    "nurse-anesthetist",
    "anesthesiologist-assistant",
    "clinical-psychologist",
    "clinical-social-worker",
    "marriage-family-therapist",
    "mental-health-counselor",
    "dietitian",
    "therapist",
    "audiologist",
]
"""Who Medicare pays by the fee schedule, as far as the share of it differs (42 CFR part 414 subpart B)."""

_EXAMPLE: dict[str, Any] = {
    "kind": "services",
    "service_date": "2025-11-03",
    "place_of_service": "22",
    "lines": [
        {"number": 1, "procedure": "45385", "units": "1", "charge": "900.00"},
        {"number": 2, "procedure": "45380", "modifiers": ["59"], "units": "1", "charge": "650.00"},
    ],
    "practitioner": {"kind": "physician", "locality": "0441209"},
}


class DayOfServiceMissing(Invalid):
    """No line of the claim has a date of service, so that no fee schedule can be chosen."""

    code, title = "day_of_service_missing", "The claim has no date of service"


class AnesthesiaBaseUnits(Model):
    """The base units of an anaesthesia code, as CMS publishes them beside the fee schedule."""

    procedure: HcpcsCode
    units: Annotated[Quantity, Field(ge=0, le=99)]


class PractitionerFacts(Model):
    """What a claim does not say of who gave the services. What is not given follows from the claim, or is said."""

    kind: PractitionerKind | None = None
    """None: by the taxonomy of the rendering practitioner; a physician where that says nothing."""
    participating: bool = True
    """Whether the practitioner has signed the Medicare participation agreement of the year."""
    qualifying_apm: bool = False
    """Paid by the conversion factor of qualifying APM participants (from CY2026)."""
    locality: Locality | None = None
    """Where the services are priced. None: by the ZIP code of where they were given."""
    anesthesia_base_units: Annotated[Many[AnesthesiaBaseUnits], Field(max_length=50)] = ()
    """CMS publishes them beside the fee schedule; no table of them is carried."""
    present_at_induction: bool = False
    """For modifier AD: the physician documents to have been there (Pub 100-04 ch. 12 §50.D)."""


class ServiceLine(Model):
    """A service of a practitioner."""

    number: Annotated[int, X12("LX01"), Field(ge=1, le=999)]
    procedure: Annotated[HcpcsCode, X12("SV101-2")]
    modifiers: Modifiers = ()
    unit: Annotated[Literal["UN", "MJ"], X12("SV103")] = "UN"
    """UN units or MJ minutes (anaesthesia)."""
    units: Annotated[Quantity, X12("SV104"), Field(ge=0)] = Decimal(1)
    charge: Annotated[Amount | None, X12("SV102")] = None
    service_date: Annotated[Date | None, X12("DTP03")] = None
    """None: the day of the services."""
    through: Annotated[Date | None, X12("DTP03")] = None
    """The last day, where the line bills several."""
    place_of_service: Annotated[Code | None, X12("SV105")] = None
    """None: that of the services."""
    zip_code: ZipCode | None = None
    """Where the service was given."""
    taxonomy: TaxonomyCode | None = None
    """Of who gave it."""


class ProfessionalServices(Model):
    """What decides the payment of a professional claim under the physician fee schedule."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: Literal["services"] = "services"
    service_date: Date
    """The day of every line that does not say its own."""
    place_of_service: Annotated[Code, X12("2300.CLM05-1")]
    accepts_assignment: Annotated[bool, X12("2300.CLM07")] = True
    assumed_care: Annotated[Date | None, X12("2300.DTP03")] = None
    """The first day of the postoperative care that modifier 55 bills."""
    relinquished_care: Annotated[Date | None, X12("2300.DTP03")] = None
    """The last day of the postoperative care that modifier 55 bills."""
    lines: Annotated[Many[ServiceLine], X12("2400"), Field(min_length=1, max_length=50)]
    practitioner: PractitionerFacts = PractitionerFacts()

    def day_of(self, line: ServiceLine) -> date:
        return line.service_date or self.service_date

    @property
    def last_day(self) -> date:
        """The last on which a service began."""
        return max(self.day_of(line) for line in self.lines)


def services_of(claim: ProfessionalClaim, given: PractitionerFacts | None) -> ProfessionalServices:
    """The services that a professional claim bills. Raises DayOfServiceMissing."""
    day = claim.first_day
    if day is None:
        raise DayOfServiceMissing("no line has a date of service", pointer="/lines/0/service_from")
    return ProfessionalServices.model_construct(
        kind="services",
        service_date=day,
        place_of_service=claim.place_of_service,
        accepts_assignment=claim.accept_assignment != "C",
        assumed_care=claim.dates.assumed_care,
        relinquished_care=claim.dates.relinquished_care,
        lines=tuple(_line(claim, line) for line in claim.lines),
        practitioner=given or PractitionerFacts(),
    )


def _line(claim: ProfessionalClaim, line: ProfessionalLine) -> ServiceLine:
    rendering = line.rendering or claim.rendering or claim.billing
    return ServiceLine.model_construct(
        number=line.number,
        procedure=line.procedure,
        modifiers=line.modifiers,
        unit=line.unit,
        units=line.units,
        charge=line.charge,
        service_date=line.service_from,
        through=line.service_through,
        place_of_service=line.place_of_service,
        zip_code=_zip_code(line, claim),
        taxonomy=rendering.taxonomy,
    )


def _zip_code(line: ProfessionalLine, claim: ProfessionalClaim) -> ZipCode | None:
    """Of the service facility of the line, of the claim, or else of the billing provider (Pub 100-04 ch. 1 §10.1.1)."""
    places: tuple[Address | None, ...] = tuple(
        place.address for place in (line.service_facility, claim.service_facility, claim.billing) if place is not None
    )
    return next((address.zip_code for address in places if address is not None and address.zip_code is not None), None)
