"""The service lines of a claim: what was done or supplied, how often, for how much."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.claims.base import X12, Amount, Code, Date, Many, Model, Quantity, Reference, Text
from shared.claims.clinical import (
    Ambulance,
    Contract,
    Drug,
    Measurement,
    Repricing,
    SupportingForm,
)
from shared.claims.coverage import LineAdjudication
from shared.claims.identifiers import HcpcsCode, Modifier, Npi, RevenueCode
from shared.claims.parties import Address, Note, Provider, ServiceFacility, StateCondition, SupportingDocument

DiagnosisPointer = Annotated[int, Field(ge=1, le=12)]
"""SV107: a place in the claim's list of diagnoses, counted from one."""

Modifiers = Annotated[Many[Modifier], Field(max_length=4)]


class LineDates(Model):
    """Dates that a line may add to its date of service (2400 DTP)."""

    prescription: Annotated[Date | None, X12("DTP03")] = None  # 471
    certification_revision: Annotated[Date | None, X12("DTP03")] = None  # 607
    begin_therapy: Annotated[Date | None, X12("DTP03")] = None  # 463
    last_certification: Annotated[Date | None, X12("DTP03")] = None  # 461
    last_seen: Annotated[Date | None, X12("DTP03")] = None  # 304
    hemoglobin_test: Annotated[Date | None, X12("DTP03")] = None  # 738
    creatinine_test: Annotated[Date | None, X12("DTP03")] = None  # 739
    shipped: Annotated[Date | None, X12("DTP03")] = None  # 011
    last_xray: Annotated[Date | None, X12("DTP03")] = None  # 455
    initial_treatment: Annotated[Date | None, X12("DTP03")] = None  # 454


class Dme(Model):
    """Durable medical equipment for rent or sale (SV5) and the length it is certified for (CR3)."""

    procedure: Annotated[HcpcsCode, X12("SV501-2")]
    days: Annotated[Quantity, X12("SV503")]
    rental_price: Annotated[Amount, X12("SV504")]
    purchase_price: Annotated[Amount, X12("SV505")]
    rental_frequency: Annotated[Literal["1", "4", "6"], X12("SV506")]
    certification: Annotated[Literal["I", "R", "S"] | None, X12("CR301")] = None
    certified_months: Annotated[Quantity | None, X12("CR303")] = None


class PurchasedService(Model):
    """A service bought from another provider (PS1)."""

    provider_id: Annotated[Reference, X12("PS101")]
    amount: Annotated[Amount, X12("PS102")]


class _Line(Model):
    number: Annotated[int, X12("LX01"), Field(ge=1, le=999)]
    """LX01, counted from one."""
    control_number: Annotated[Reference | None, X12("REF02")] = None
    """REF*6R, by which a remittance finds its line. The writer gives one where None."""
    charge: Amount
    units: Quantity
    modifiers: Modifiers = ()
    description: Annotated[Text | None, X12("SV101-7")] = None
    """What an unlisted or not-otherwise-classified code stands for."""
    service_from: Annotated[Date | None, X12("DTP03")] = None
    service_through: Annotated[Date | None, X12("DTP03")] = None
    drug: Annotated[Drug | None, X12("2410")] = None
    supporting_documents: Annotated[Many[SupportingDocument], Field(max_length=10)] = ()
    sales_tax: Annotated[Amount | None, X12("AMT02")] = None
    repriced_line_number: Annotated[Reference | None, X12("REF02")] = None
    adjusted_repriced_line_number: Annotated[Reference | None, X12("REF02")] = None
    repricing: Annotated[Repricing | None, X12("2400.HCP")] = None
    rendering: Annotated[Provider | None, X12("2420A")] = None
    adjudications: Annotated[Many[LineAdjudication], X12("2430"), Field(max_length=15)] = ()

    @property
    def last_day(self) -> Date | None:
        return self.service_through or self.service_from


class ProfessionalLine(_Line):
    """Loop 2400 of an 837P (SV1)."""

    procedure: Annotated[HcpcsCode, X12("SV101-2")]
    charge: Annotated[Amount, X12("SV102")]
    unit: Annotated[Literal["UN", "MJ"], X12("SV103")] = "UN"
    """UN units or MJ minutes (anaesthesia)."""
    units: Annotated[Quantity, X12("SV104")]
    place_of_service: Annotated[Code | None, X12("SV105")] = None
    pointers: Annotated[Many[DiagnosisPointer], X12("SV107"), Field(max_length=4)] = ()
    emergency: Annotated[bool, X12("SV109")] = False
    epsdt: Annotated[bool, X12("SV111")] = False
    family_planning: Annotated[bool, X12("SV112")] = False
    copay_exempt: Annotated[bool, X12("SV115")] = False
    dates: LineDates = LineDates()
    ambulance: Annotated[Ambulance | None, X12("2400.CR1")] = None
    ambulance_patients: Annotated[Quantity | None, X12("QTY02")] = None
    obstetric_anesthesia_units: Annotated[Quantity | None, X12("QTY02")] = None
    pickup: Annotated[Address | None, X12("2420G")] = None
    drop_off: Annotated[Address | None, X12("2420H")] = None
    drop_off_name: Annotated[Text | None, X12("NM103")] = None
    dme: Annotated[Dme | None, X12("2400.SV5")] = None
    conditions: Annotated[Many[StateCondition], Field(max_length=3)] = ()
    measurements: Annotated[Many[Measurement], Field(max_length=5)] = ()
    contract: Annotated[Contract | None, X12("2400.CN1")] = None
    prior_authorization: Annotated[Reference | None, X12("REF02")] = None
    referral_number: Annotated[Reference | None, X12("REF02")] = None
    clia_number: Annotated[Reference | None, X12("REF02")] = None
    referring_clia_number: Annotated[Reference | None, X12("REF02")] = None
    mammography_certificate: Annotated[Reference | None, X12("REF02")] = None
    immunization_batch: Annotated[Reference | None, X12("REF02")] = None
    postage: Annotated[Amount | None, X12("AMT02")] = None
    fixed_format: Annotated[Many[Text], Field(max_length=10)] = ()
    """K3, only where a payer has asked for it."""
    note: Annotated[Note | None, X12("2400.NTE")] = None
    third_party_note: Annotated[Text | None, X12("NTE02")] = None
    purchased_service: Annotated[PurchasedService | None, X12("2400.PS1")] = None
    purchased_service_provider: Annotated[Npi | None, X12("2420B.NM109")] = None
    service_facility: Annotated[ServiceFacility | None, X12("2420C")] = None
    supervising: Annotated[Provider | None, X12("2420D")] = None
    ordering: Annotated[Provider | None, X12("2420E")] = None
    referring: Annotated[Provider | None, X12("2420F")] = None
    forms: Annotated[Many[SupportingForm], X12("2440")] = ()


PAYMENT_GROUP_REVENUE_CODES = frozenset({"0022", "0023", "0024"})
"""Under which nursing facilities, home health agencies and rehabilitation facilities bill their payment groups, HIPPS
codes in the place of a procedure (CMS Pub 100-04 ch. 25 §75.5, FL 44)."""


class InstitutionalLine(_Line):
    """Loop 2400 of an 837I (SV2)."""

    revenue_code: Annotated[RevenueCode, X12("SV201")]
    procedure: Annotated[HcpcsCode | None, X12("SV202-2")] = None
    charge: Annotated[Amount, X12("SV203")]
    unit: Annotated[Literal["UN", "DA"], X12("SV204")] = "UN"
    """UN units or DA days."""
    units: Annotated[Quantity, X12("SV205")]
    non_covered: Annotated[Amount | None, X12("SV207")] = None
    facility_tax: Annotated[Amount | None, X12("AMT02")] = None
    third_party_note: Annotated[Text | None, X12("NTE02")] = None
    operating: Annotated[Provider | None, X12("2420A")] = None
    other_operating: Annotated[Provider | None, X12("2420B")] = None
    rendering: Annotated[Provider | None, X12("2420C")] = None
    referring: Annotated[Provider | None, X12("2420D")] = None
