"""Diagnoses, procedures and the coded events of a stay."""

from __future__ import annotations

from typing import Annotated, Literal

from shared.claims.base import X12, Code, Date, Many, Model, Money, Quantity, Text
from shared.claims.identifiers import IcdCode, Ndc, PcsCode

PoaIndicator = Literal["Y", "N", "U", "W", "1"]
"""Present on admission: yes, no, documentation insufficient, clinically undetermined; 1 is exempt (pre-2011 format).
A code that CMS lists as exempt has no indicator at all (None)."""


class Diagnosis(Model):
    code: Annotated[IcdCode, X12("HI01-2")]
    poa: Annotated[PoaIndicator | None, X12("HI01-9")] = None


class Procedure(Model):
    """An ICD-10-PCS procedure of an inpatient stay and the day it was done."""

    code: Annotated[PcsCode, X12("HI01-2")]
    date: Annotated[Date | None, X12("HI01-4")] = None


class Occurrence(Model):
    """An event that bears on payment and its day (HI*BH; UB-04 FL 31-34)."""

    code: Annotated[Code, X12("HI01-2")]
    date: Annotated[Date, X12("HI01-4")]


class OccurrenceSpan(Model):
    """An event that lasted (HI*BI; UB-04 FL 35-36)."""

    code: Annotated[Code, X12("HI01-2")]
    from_date: Annotated[Date, X12("HI01-4")]
    through_date: Annotated[Date, X12("HI01-4")]


class ValueAmount(Model):
    """An amount or number that bears on payment (HI*BE; UB-04 FL 39-41)."""

    code: Annotated[Code, X12("HI01-2")]
    amount: Annotated[Money, X12("HI01-5")]


class Drug(Model):
    """What was given, by national drug code (2410 LIN, CTP, REF). `unit`: F2, GR, ME, ML or UN."""

    ndc: Annotated[Ndc, X12("LIN03")]
    quantity: Annotated[Quantity, X12("CTP04")]
    unit: Annotated[Literal["F2", "GR", "ME", "ML", "UN"], X12("CTP05-1")]
    prescription_number: Annotated[Text | None, X12("REF02")] = None
    link_sequence: Annotated[Text | None, X12("REF02")] = None


class Ambulance(Model):
    """Transport (CR1). `reason` A-E; `miles` loaded miles."""

    weight_pounds: Annotated[Quantity | None, X12("CR102")] = None
    reason: Annotated[Literal["A", "B", "C", "D", "E"], X12("CR104")]
    miles: Annotated[Quantity, X12("CR106")]
    round_trip_purpose: Annotated[Text | None, X12("CR109")] = None
    stretcher_purpose: Annotated[Text | None, X12("CR110")] = None


class SpinalManipulation(Model):
    """Chiropractic treatment (CR2)."""

    condition: Annotated[Literal["A", "C", "D", "E", "F", "G", "M"], X12("CR208")]
    description: Annotated[Text | None, X12("CR210")] = None


class Measurement(Model):
    """A test result or measure that the payer needs (MEA): `purpose` OG or TR, `kind` HT, R1, R2, R3, R4."""

    purpose: Annotated[Literal["OG", "TR"], X12("MEA01")]
    kind: Annotated[Literal["HT", "R1", "R2", "R3", "R4"], X12("MEA02")]
    value: Annotated[Quantity, X12("MEA03")]


class Repricing(Model):
    """What a repricer decided (HCP)."""

    methodology: Annotated[Code, X12("HCP01")]
    allowed: Annotated[Money, X12("HCP02")]
    savings: Annotated[Money | None, X12("HCP03")] = None
    organization_id: Annotated[Text | None, X12("HCP04")] = None
    rate: Annotated[Quantity | None, X12("HCP05")] = None
    approved_drg: Annotated[Text | None, X12("HCP06")] = None
    approved_amount: Annotated[Money | None, X12("HCP07")] = None
    approved_revenue_code: Annotated[Text | None, X12("HCP08")] = None
    approved_procedure: Annotated[Text | None, X12("HCP10")] = None
    approved_unit: Annotated[Code | None, X12("HCP11")] = None
    approved_units: Annotated[Quantity | None, X12("HCP12")] = None
    reject_reason: Annotated[Code | None, X12("HCP13")] = None
    compliance: Annotated[Code | None, X12("HCP14")] = None
    exception: Annotated[Code | None, X12("HCP15")] = None


class Contract(Model):
    """Terms under which the service was given (CN1)."""

    kind: Annotated[Literal["01", "02", "03", "04", "05", "06", "09"], X12("CN101")]
    amount: Annotated[Money | None, X12("CN102")] = None
    percent: Annotated[Quantity | None, X12("CN103")] = None
    code: Annotated[Text | None, X12("CN104")] = None
    discount_percent: Annotated[Quantity | None, X12("CN105")] = None
    version: Annotated[Text | None, X12("CN106")] = None


class FormAnswer(Model):
    """One answered question of a supporting form (2440 FRM)."""

    question: Annotated[Text, X12("FRM01")]
    answer: Annotated[Literal["N", "W", "Y"] | None, X12("FRM02")] = None
    text: Annotated[Text | None, X12("FRM03")] = None
    date: Annotated[Date | None, X12("FRM04")] = None
    percent: Annotated[Quantity | None, X12("FRM05")] = None


class SupportingForm(Model):
    """A form such as a certificate of medical necessity (2440 LQ): `kind` AS or UT."""

    kind: Annotated[Literal["AS", "UT"], X12("LQ01")]
    form: Annotated[Text, X12("LQ02")]
    answers: Many[FormAnswer]
