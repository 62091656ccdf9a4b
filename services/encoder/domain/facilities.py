"""What a facility says of itself once, because its EHR does not say it with every encounter."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.claims import X12, Code, Many, Model, Payer, Provider, Reference


@cache
def _zones() -> frozenset[str]:
    """Every zone of the machine. Finding them reads a folder of hundreds of files, and a profile is read a message."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("time_zone_unknown", "a time zone is named as in the IANA database")
    return name


class PayerAlias(Model):
    """The payer that the EHR means by `received`: the id or identifier of its payer organization."""

    received: Reference
    payer: Annotated[Payer | None, X12("2010BB")] = None
    """None where the EHR's payer stands for a patient who pays alone: no coverage is made."""
    filing_indicator: Annotated[Code | None, X12("2000B.SBR09")] = None


class PractitionerAlias(Model):
    """The provider that the EHR means by `received`: the id or identifier of its practitioner."""

    received: Reference
    provider: Provider


class FacilityProfile(Model):
    """Who bills for a facility, and how its EHR's own names are to be read."""

    id: Reference
    """The EHR's name of the facility: `Encounter.facility.id`, or the id or an identifier of the FHIR Organization."""
    billing: Annotated[Provider, X12("2010AA")]
    ccn: Annotated[str, Field(pattern=r"^[0-9A-Z]{6}$")] | None = None
    time_zone: Annotated[str, AfterValidator(_known_zone)] | None = None
    """IANA name. FHIR times are read in it, for a claim's dates and hours are local. None keeps the offset received."""
    ambulatory_visits: Literal["outpatient", "professional"] = "outpatient"
    """How a FHIR visit of class AMB is billed: by the hospital or by the physicians' group."""
    place_of_service: Annotated[Code | None, X12("2300.CLM05-1")] = None
    """CMS place of service of its professional visits."""
    payers: Annotated[Many[PayerAlias], Field(max_length=2_000)] = ()
    practitioners: Annotated[Many[PractitionerAlias], Field(max_length=20_000)] = ()
    version: int = 1
    """Counts its changes; what a caller sends is passed over."""

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.time_zone) if self.time_zone else None
