"""The canonical encounter: what an EHR knows when a stay or visit is over and nobody has coded it yet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.claims.base import X12, Amount, Code, Date, Instant, Many, Model, Quantity, Reference, Text
from shared.claims.clinical import Diagnosis, Drug, Occurrence, OccurrenceSpan, Procedure, ValueAmount
from shared.claims.coverage import Coverage
from shared.claims.identifiers import HcpcsCode, Modifier, RevenueCode
from shared.claims.parties import Patient, Provider, ServiceFacility

EncounterClass = Literal["inpatient", "outpatient", "emergency", "observation", "same_day_surgery", "professional"]
"""What kind of care it was. All but `professional` are billed by the facility on an 837I."""


class Facility(Model):
    """Who bills. `id` is the EHR's own name for the place."""

    id: Reference
    billing: Annotated[Provider, X12("2010AA")]
    ccn: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{6}$")] = None
    """CMS certification number, six characters."""


class Document(Model):
    """A clinical note as signed. `kind`: discharge_summary, operative_report, progress_note, history_and_physical …"""

    id: Reference
    kind: Annotated[str, Field(pattern=r"^[a-z_]{3,40}$")]
    title: Text
    author: Text | None = None
    written_at: Instant
    text: Annotated[str, Field(min_length=1, max_length=500_000)]


class EncounterProviders(Model):
    attending: Annotated[Provider | None, X12("2310A")] = None
    operating: Annotated[Provider | None, X12("2310B")] = None
    rendering: Annotated[Provider | None, X12("2310B")] = None
    referring: Annotated[Provider | None, X12("2310A")] = None
    ordering: Annotated[Provider | None, X12("2420E")] = None
    supervising: Annotated[Provider | None, X12("2310D")] = None
    service_facility: Annotated[ServiceFacility | None, X12("2310C")] = None


class Charge(Model):
    """One line of the charge capture."""

    id: Reference
    service_date: Annotated[Date, X12("2400.DTP03")]
    through_date: Annotated[Date | None, X12("2400.DTP03")] = None
    revenue_code: Annotated[RevenueCode | None, X12("2400.SV201")] = None
    procedure: Annotated[HcpcsCode | None, X12("2400.SV101-2")] = None
    modifiers: Annotated[Many[Modifier], X12("2400.SV101-3"), Field(max_length=4)] = ()
    description: Annotated[Text | None, X12("2400.SV101-7")] = None
    unit: Annotated[Literal["UN", "MJ", "DA"], X12("2400.SV103")] = "UN"
    units: Annotated[Quantity, X12("2400.SV104")]
    amount: Annotated[Amount, X12("2400.SV102")]
    """The charge for all units together."""
    non_covered: Annotated[Amount | None, X12("2400.SV207")] = None
    drug: Annotated[Drug | None, X12("2410")] = None
    place_of_service: Annotated[Code | None, X12("2400.SV105")] = None
    rendering: Annotated[Provider | None, X12("2420A")] = None


class Accident(Model):
    causes: Annotated[Many[Literal["AA", "EM", "OA"]], X12("2300.CLM11-1"), Field(min_length=1, max_length=2)]
    date: Annotated[Date, X12("2300.DTP03")]
    state: Annotated[Code | None, X12("2300.CLM11-4")] = None


class CodedDiagnoses(Model):
    """Codes that came with the encounter, from a problem list or a CDI review: suggestions until a coder takes them."""

    diagnoses: Annotated[Many[Diagnosis], Field(max_length=50)] = ()
    procedures: Annotated[Many[Procedure], Field(max_length=50)] = ()


class Encounter(Model):
    """One stay or visit of one patient at one facility."""

    id: Reference
    """The EHR's own number of the encounter, unique within the facility."""
    facility: Facility
    patient: Annotated[Patient, X12("2010CA")]
    encounter_class: EncounterClass
    specialty: Text | None = None
    started_at: Annotated[Instant, X12("2300.DTP03")]
    ended_at: Annotated[Instant | None, X12("2300.DTP03")] = None
    """Discharge, or the end of the visit. A chart can be coded to the end only when it is known."""
    admission_type: Annotated[Code | None, X12("2300.CL101")] = None
    admission_source: Annotated[Code | None, X12("2300.CL102")] = None
    discharge_status: Annotated[Code | None, X12("2300.CL103")] = None
    place_of_service: Annotated[Code | None, X12("2300.CLM05-1")] = None
    """CMS place of service, for professional encounters."""
    facility_type: Annotated[str | None, X12("2300.CLM05-1"), Field(pattern=r"^[1-9][1-9]$")] = None
    """First two digits of the type of bill; where None it follows from the encounter class."""
    providers: EncounterProviders = EncounterProviders()
    coverages: Annotated[Many[Coverage], X12("2000B"), Field(max_length=11)] = ()
    documents: Annotated[Many[Document], Field(max_length=500)] = ()
    charges: Annotated[Many[Charge], X12("2400"), Field(max_length=999)] = ()
    admitting_diagnosis: Annotated[Diagnosis | None, X12("2300.HI01-2")] = None
    received_codes: CodedDiagnoses = CodedDiagnoses()
    accident: Accident | None = None
    condition_codes: Annotated[Many[Code], X12("2300.HI"), Field(max_length=24)] = ()
    occurrences: Annotated[Many[Occurrence], X12("2300.HI"), Field(max_length=24)] = ()
    occurrence_spans: Annotated[Many[OccurrenceSpan], X12("2300.HI"), Field(max_length=24)] = ()
    values: Annotated[Many[ValueAmount], X12("2300.HI"), Field(max_length=24)] = ()

    @property
    def is_professional(self) -> bool:
        return self.encounter_class == "professional"

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Encounter:
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValueError("ended_at is before started_at")
        return self
