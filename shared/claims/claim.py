"""The canonical claim: everything that an 837P (005010X222A1) or an 837I (005010X223A2) can say, said once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from shared.claims.base import X12, Amount, Code, Date, Instant, Many, Model, Reference, Text
from shared.claims.clinical import (
    Ambulance,
    Contract,
    Diagnosis,
    Occurrence,
    OccurrenceSpan,
    Procedure,
    Repricing,
    SpinalManipulation,
    ValueAmount,
)
from shared.claims.coverage import Coverage, PayerSequence
from shared.claims.identifiers import ClaimId, HcpcsCode, PatientControlNumber
from shared.claims.lines import InstitutionalLine, ProfessionalLine
from shared.claims.parties import (
    Address,
    Note,
    Patient,
    PayToPlan,
    Provider,
    ServiceFacility,
    StateCondition,
    SupportingDocument,
)

ClaimKind = Literal["professional", "institutional"]


class ClaimReferences(Model):
    """Numbers that the claim as a whole may carry (2300 REF); those of one payer stand on its `Coverage`."""

    service_authorization_exception: Annotated[Code | None, X12("REF02")] = None  # 4N
    mandatory_medicare_crossover: Annotated[bool, X12("REF02")] = False  # F5
    mammography_certificate: Annotated[Reference | None, X12("REF02")] = None  # EW
    clia_number: Annotated[Reference | None, X12("REF02")] = None  # X4
    repriced_claim_number: Annotated[Reference | None, X12("REF02")] = None  # 9A
    adjusted_repriced_claim_number: Annotated[Reference | None, X12("REF02")] = None  # 9C
    investigational_device_exemption: Annotated[Many[Reference], Field(max_length=5)] = ()  # LX
    demonstration_project: Annotated[Reference | None, X12("REF02")] = None  # P4
    care_plan_oversight_npi: Annotated[Reference | None, X12("REF02")] = None  # 1J
    peer_review_authorization: Annotated[Reference | None, X12("REF02")] = None  # G4
    auto_accident_state: Annotated[Code | None, X12("REF02")] = None  # LU (837I)


class _Claim(Model):
    id: ClaimId
    """This product's id of the claim, the same through every resubmission."""
    encounter_id: Reference
    patient_control_number: Annotated[PatientControlNumber, X12("2300.CLM01")]
    """CLM01, unique for every submission."""
    total_charge: Annotated[Amount, X12("2300.CLM02")]
    frequency: Annotated[Code, X12("2300.CLM05-3")] = "1"
    """CLM05-3, NUBC claim frequency code: 1 original, 7 replacement, 8 void …"""
    patient: Annotated[Patient, X12("2010CA")]
    coverages: Annotated[Many[Coverage], X12("2000B"), Field(min_length=1, max_length=11)]
    billed_sequence: PayerSequence = "P"
    """Which coverage this claim is sent to; the others are told of in loop 2320."""
    billing: Annotated[Provider, X12("2010AA")]
    pay_to_address: Annotated[Address | None, X12("2010AB")] = None
    pay_to_plan: Annotated[PayToPlan | None, X12("2010AC")] = None
    referring: Annotated[Provider | None, X12("2310A")] = None
    rendering: Annotated[Provider | None, X12("2310B")] = None
    service_facility: Annotated[ServiceFacility | None, X12("2310C")] = None
    accept_assignment: Annotated[Literal["A", "B", "C"], X12("2300.CLM07")] = "A"
    delay_reason: Annotated[Code | None, X12("2300.CLM20")] = None
    supporting_documents: Annotated[Many[SupportingDocument], X12("2300.PWK"), Field(max_length=10)] = ()
    contract: Annotated[Contract | None, X12("2300.CN1")] = None
    references: Annotated[ClaimReferences, X12("2300")] = ClaimReferences()
    fixed_format: Annotated[Many[Text], X12("2300.K3"), Field(max_length=10)] = ()
    repricing: Annotated[Repricing | None, X12("2300.HCP")] = None
    epsdt: Annotated[StateCondition | None, X12("2300.CRC")] = None

    @property
    def billed_coverage(self) -> Coverage:
        billed = self.billed_sequence
        for coverage in self.coverages:
            if coverage.sequence == billed:
                return coverage
        raise LookupError("billed_sequence names no coverage of the claim")

    @property
    def other_coverages(self) -> tuple[Coverage, ...]:
        billed = self.billed_coverage
        return tuple(coverage for coverage in self.coverages if coverage is not billed)

    @model_validator(mode="after")
    def _billed_coverage_exists(self) -> _Claim:
        if not any(coverage.sequence == self.billed_sequence for coverage in self.coverages):
            raise ValueError("billed_sequence names no coverage of the claim")
        return self


class RelatedCauses(Model):
    """Accident or employment (CLM11): AA auto, EM employment, OA other; state where an auto accident happened."""

    causes: Annotated[Many[Literal["AA", "EM", "OA"]], X12("CLM11-1"), Field(min_length=1, max_length=2)]
    state: Annotated[Code | None, X12("CLM11-4")] = None
    country: Annotated[Code | None, X12("CLM11-5")] = None


class ProfessionalDates(Model):
    """Dates of the illness and of the claim (2300 DTP of the 837P)."""

    onset: Annotated[Date | None, X12("DTP03")] = None  # 431
    initial_treatment: Annotated[Date | None, X12("DTP03")] = None  # 454
    last_seen: Annotated[Date | None, X12("DTP03")] = None  # 304
    acute_manifestation: Annotated[Date | None, X12("DTP03")] = None  # 453
    accident: Annotated[Date | None, X12("DTP03")] = None  # 439
    last_menstrual_period: Annotated[Date | None, X12("DTP03")] = None  # 484
    last_xray: Annotated[Date | None, X12("DTP03")] = None  # 455
    prescription: Annotated[Date | None, X12("DTP03")] = None  # 471
    disability_from: Annotated[Date | None, X12("DTP03")] = None  # 314, 360
    disability_through: Annotated[Date | None, X12("DTP03")] = None  # 314, 361
    last_worked: Annotated[Date | None, X12("DTP03")] = None  # 297
    return_to_work: Annotated[Date | None, X12("DTP03")] = None  # 296
    admission: Annotated[Date | None, X12("DTP03")] = None  # 435
    discharge: Annotated[Date | None, X12("DTP03")] = None  # 096
    assumed_care: Annotated[Date | None, X12("DTP03")] = None  # 090
    relinquished_care: Annotated[Date | None, X12("DTP03")] = None  # 091
    first_contact: Annotated[Date | None, X12("DTP03")] = None  # 444
    repricer_received: Annotated[Date | None, X12("DTP03")] = None  # 050


class ProfessionalClaim(_Claim):
    """An 837P claim."""

    kind: Literal["professional"] = "professional"
    place_of_service: Annotated[Code, X12("2300.CLM05-1")]
    diagnoses: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=12)]
    """The first is the principal diagnosis."""
    lines: Annotated[Many[ProfessionalLine], X12("2400"), Field(max_length=50)]
    provider_signature_on_file: Annotated[bool, X12("2300.CLM06")] = True
    related_causes: Annotated[RelatedCauses | None, X12("2300.CLM11")] = None
    special_program: Annotated[Code | None, X12("2300.CLM12")] = None
    dates: Annotated[ProfessionalDates, X12("2300")] = ProfessionalDates()
    patient_paid: Annotated[Amount | None, X12("2300.AMT02")] = None
    note: Annotated[Note | None, X12("2300.NTE")] = None
    ambulance: Annotated[Ambulance | None, X12("2300.CR1")] = None
    spinal_manipulation: Annotated[SpinalManipulation | None, X12("2300.CR2")] = None
    conditions: Annotated[Many[StateCondition], X12("2300.CRC"), Field(max_length=8)] = ()
    anesthesia_procedures: Annotated[Many[HcpcsCode], X12("2300.HI"), Field(max_length=2)] = ()
    condition_codes: Annotated[Many[Code], X12("2300.HI"), Field(max_length=24)] = ()
    supervising: Annotated[Provider | None, X12("2310D")] = None
    primary_care: Annotated[Provider | None, X12("2310A")] = None
    pickup: Annotated[Address | None, X12("2310E")] = None
    drop_off: Annotated[Address | None, X12("2310F")] = None
    drop_off_name: Annotated[Text | None, X12("2310F.NM103")] = None

    @property
    def first_day(self) -> Date | None:
        return min((line.service_from for line in self.lines if line.service_from), default=None)

    @property
    def last_day(self) -> Date | None:
        return max((line.last_day for line in self.lines if line.last_day), default=None)


class Admission(Model):
    """How the patient came and went (CL1, DTP*435, DTP*096). `at` and `discharge_hour` in the facility's local time."""

    type: Annotated[Code | None, X12("CL101")] = None
    source: Annotated[Code | None, X12("CL102")] = None
    date: Annotated[Date | None, X12("DTP03")] = None
    hour: Annotated[int | None, X12("DTP03"), Field(ge=0, le=23)] = None
    minute: Annotated[int, X12("DTP03"), Field(ge=0, le=59)] = 0
    discharge_hour: Annotated[int | None, X12("DTP03"), Field(ge=0, le=23)] = None
    discharge_minute: Annotated[int, X12("DTP03"), Field(ge=0, le=59)] = 0


class InstitutionalClaim(_Claim):
    """An 837I claim."""

    kind: Literal["institutional"] = "institutional"
    facility_type: Annotated[str, X12("2300.CLM05-1"), Field(min_length=2, max_length=2)]
    """The two digits between leading zero and frequency in the NUBC type of bill: 11 inpatient, 13 outpatient …"""
    diagnoses: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=25)]
    """The first is the principal diagnosis."""
    lines: Annotated[Many[InstitutionalLine], X12("2400"), Field(max_length=999)]
    statement_from: Annotated[Date, X12("2300.DTP03")]
    statement_through: Annotated[Date, X12("2300.DTP03")]
    admission: Annotated[Admission, X12("2300")] = Admission()
    patient_status: Annotated[Code | None, X12("2300.CL103")] = None
    """CL103, NUBC discharge status."""
    drg: Annotated[str | None, X12("2300.HI01-2"), Field(pattern=r"^\d{3}$")] = None
    admitting_diagnosis: Annotated[Diagnosis | None, X12("2300.HI01-2")] = None
    reasons_for_visit: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=3)] = ()
    external_causes: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=12)] = ()
    procedures: Annotated[Many[Procedure], X12("2300.HI"), Field(max_length=25)] = ()
    """The first is the principal procedure."""
    condition_codes: Annotated[Many[Code], X12("2300.HI"), Field(max_length=24)] = ()
    occurrences: Annotated[Many[Occurrence], X12("2300.HI"), Field(max_length=24)] = ()
    occurrence_spans: Annotated[Many[OccurrenceSpan], X12("2300.HI"), Field(max_length=24)] = ()
    values: Annotated[Many[ValueAmount], X12("2300.HI"), Field(max_length=24)] = ()
    treatment_codes: Annotated[Many[Code], X12("2300.HI"), Field(max_length=24)] = ()
    estimated_patient_due: Annotated[Amount | None, X12("2300.AMT02")] = None
    repricer_received: Annotated[Instant | None, X12("2300.DTP03")] = None
    claim_notes: Annotated[Many[Note], X12("2300.NTE"), Field(max_length=10)] = ()
    billing_note: Annotated[Text | None, X12("2300.NTE02")] = None
    attending: Annotated[Provider | None, X12("2310A")] = None
    operating: Annotated[Provider | None, X12("2310B")] = None
    other_operating: Annotated[Provider | None, X12("2310C")] = None
    rendering: Annotated[Provider | None, X12("2310D")] = None
    service_facility: Annotated[ServiceFacility | None, X12("2310E")] = None
    referring: Annotated[Provider | None, X12("2310F")] = None

    @property
    def type_of_bill(self) -> str:
        """The four digits of UB-04 form locator 4."""
        return f"0{self.facility_type}{self.frequency}"

    @property
    def is_inpatient(self) -> bool:
        """A Part A stay in a hospital, skilled nursing facility or religious institution, swing beds included.

        By the digits of the type of bill: facility 1, 2 or 4, classification 1 or 8 (CMS Pub 100-04 ch. 1 §50.2.1).
        """
        return self.facility_type[0] in "124" and self.facility_type[1] in "18"

    @property
    def first_day(self) -> Date:
        return self.statement_from

    @property
    def last_day(self) -> Date:
        return self.statement_through


Claim = Annotated[ProfessionalClaim | InstitutionalClaim, Field(discriminator="kind")]
"""A claim of either kind, told apart by `kind`."""

CLAIM: TypeAdapter[ProfessionalClaim | InstitutionalClaim] = TypeAdapter(Claim)
"""Reads and writes a claim of either kind: `CLAIM.validate_json(...)`."""
