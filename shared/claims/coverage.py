"""Who pays: a coverage, and what that payer has already decided (coordination of benefits)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.claims.base import X12, Amount, Code, Date, Many, Model, Money, Quantity, Reference, Text
from shared.claims.identifiers import HcpcsCode, Modifier, RevenueCode
from shared.claims.parties import Payer, Relationship, SecondaryId, Subscriber

PayerSequence = Literal["P", "S", "T", "A", "B", "C", "D", "E", "F", "G", "H", "U"]
"""SBR01: primary, secondary, tertiary, then the fourth to the eleventh; U unknown."""

AdjustmentGroup = Literal["CO", "CR", "OA", "PI", "PR"]
"""CAS01: contractual obligation, correction, other, payer initiated, patient responsibility."""


class Adjustment(Model):
    """Why less was paid than charged: one reason of a CAS segment. `reason` is a CARC (X12 code source 139)."""

    group: Annotated[AdjustmentGroup, X12("CAS01")]
    reason: Annotated[Code, X12("CAS02")]
    amount: Annotated[Money, X12("CAS03")]
    quantity: Annotated[Quantity | None, X12("CAS04")] = None


class Adjudication(Model):
    """What a prior payer decided on the whole claim (2320 AMT, CAS, MIA/MOA and 2330B DTP*573)."""

    paid: Annotated[Money, X12("AMT02")]
    date: Annotated[Date | None, X12("DTP03")] = None
    """None where the date stands on each line (2430 DTP*573) instead."""
    remaining_patient_liability: Annotated[Amount | None, X12("AMT02")] = None
    non_covered: Annotated[Amount | None, X12("AMT02")] = None
    adjustments: Many[Adjustment] = ()
    remark_codes: Annotated[Many[Code], Field(max_length=5)] = ()
    """RARC of MOA03-07 or MIA05 and MIA20-23."""
    covered_days: Annotated[Quantity | None, X12("MIA01")] = None
    reimbursement_rate: Annotated[Quantity | None, X12("MOA01")] = None
    hcpcs_payable: Annotated[Amount | None, X12("MOA02")] = None


class LineAdjudication(Model):
    """What a prior payer decided on one line (2430 SVD, CAS, DTP*573, AMT*EAF)."""

    payer_id: Annotated[Reference, X12("SVD01")]
    """Matches `Payer.payer_id` of one of the claim's other coverages."""
    paid: Annotated[Money, X12("SVD02")]
    procedure: Annotated[HcpcsCode | None, X12("SVD03")] = None
    modifiers: Annotated[Many[Modifier], Field(max_length=4)] = ()
    revenue_code: Annotated[RevenueCode | None, X12("SVD04")] = None
    units: Annotated[Quantity, X12("SVD05")]
    bundled_into_line: Annotated[int | None, X12("SVD06"), Field(ge=1, le=999)] = None
    date: Annotated[Date, X12("DTP03")]
    adjustments: Many[Adjustment] = ()
    remaining_patient_liability: Annotated[Amount | None, X12("AMT02")] = None


class OtherPayerProvider(Model):
    """A provider's number with another payer (2330C-2330I): `role` is NM101 of that loop (DN, P3, 82, 77 …)."""

    role: Annotated[Code, X12("NM101")]
    is_person: bool = True
    secondary_ids: Annotated[Many[SecondaryId], Field(min_length=1, max_length=3)]


class Coverage(Model):
    """One payer of the patient, in its turn. On an encounter as registered; on a claim as it will be billed."""

    sequence: Annotated[PayerSequence, X12("SBR01")]
    payer: Annotated[Payer, X12("2010BB")]
    subscriber: Annotated[Subscriber, X12("2010BA")]
    relationship: Annotated[Relationship, X12("SBR02")]
    filing_indicator: Annotated[Code | None, X12("SBR09")] = None
    """SBR09: MA Medicare A, MB Medicare B, MC Medicaid, CI commercial, BL Blue Cross, HM HMO, 16 Medicare HMO …"""
    insurance_type: Annotated[Code | None, X12("SBR05")] = None
    """SBR05, why Medicare is secondary: 12 working aged, 13 ESRD, 14 no-fault, 15 workers' comp., 43 disabled …"""
    group_number: Annotated[Reference | None, X12("SBR03")] = None
    group_name: Annotated[Text | None, X12("SBR04")] = None
    assignment_of_benefits: Annotated[Literal["Y", "N", "W"], X12("CLM08")] = "Y"
    release_of_information: Annotated[Literal["Y", "I"], X12("CLM09")] = "Y"
    signature_by_provider: Annotated[bool, X12("CLM10")] = False
    """CLM10 = P: the provider signed for the patient."""
    prior_authorization: Annotated[Reference | None, X12("REF02")] = None
    referral_number: Annotated[Reference | None, X12("REF02")] = None
    payer_claim_control_number: Annotated[Reference | None, X12("REF02")] = None
    """The payer's own number of the claim (REF*F8), which a replacement or void must name."""
    adjudication: Annotated[Adjudication | None, X12("2320")] = None
    other_payer_providers: Many[OtherPayerProvider] = ()

    @model_validator(mode="after")
    def _subscriber_is_somebody(self) -> Coverage:
        if (self.subscriber.person is None) == (self.subscriber.organization is None):
            raise ValueError("a subscriber is either a person or an organization")
        return self

    @property
    def patient_is_subscriber(self) -> bool:
        return self.relationship == "18"
