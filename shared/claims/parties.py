"""The people and organisations on a claim: patient, subscriber, providers, payers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.claims.base import X12, Code, Date, Many, Model, Quantity, Reference, Text
from shared.claims.identifiers import MemberId, Npi, Ssn, TaxId, TaxonomyCode, ZipCode

Sex = Literal["F", "M", "U"]
"""DMG03: female, male, unknown."""

Relationship = Literal[
    "18", "01", "04", "05", "07", "10", "15", "17", "19", "20", "21", "22", "23", "24", "29", "32", "33", "36", "39",
    "40", "41", "43", "53", "G8",
]  # fmt: skip
"""The patient's relationship to the subscriber, X12 element 1069 as PAT01, SBR02 and 2320.SBR02 use it; 18 is self."""


class Address(Model):
    line1: Annotated[str, X12("N301"), Field(min_length=1, max_length=55)]
    line2: Annotated[str, X12("N302"), Field(min_length=1, max_length=55)] | None = None
    city: Annotated[str, X12("N401"), Field(min_length=2, max_length=30)]
    state: Annotated[str | None, X12("N402"), Field(min_length=2, max_length=2)] = None
    zip_code: Annotated[ZipCode | None, X12("N403")] = None
    country: Annotated[str | None, X12("N404"), Field(min_length=2, max_length=3)] = None
    """ISO 3166; None means the United States."""
    subdivision: Annotated[str | None, X12("N407"), Field(min_length=1, max_length=3)] = None


class PersonName(Model):
    last: Annotated[str, X12("NM103"), Field(min_length=1, max_length=60)]
    first: Annotated[str | None, X12("NM104"), Field(min_length=1, max_length=35)] = None
    middle: Annotated[str | None, X12("NM105"), Field(min_length=1, max_length=25)] = None
    suffix: Annotated[str | None, X12("NM107"), Field(min_length=1, max_length=10)] = None


class Contact(Model):
    """A PER segment: whom to ask. Telephone and fax are ten digits."""

    name: Annotated[Text | None, X12("PER02")] = None
    telephone: Annotated[str | None, X12("PER04"), Field(max_length=20)] = None
    extension: Annotated[str | None, X12("PER06"), Field(max_length=10)] = None
    fax: Annotated[str | None, X12("PER06"), Field(max_length=20)] = None
    email: Annotated[Text | None, X12("PER06")] = None


class SecondaryId(Model):
    """Another number of a provider or payer (REF).

    `qualifier` is element 128 as each loop allows it: 0B state licence, 1G UPIN, G2 payer-assigned, LU location, FY
    claim office, NF NAIC, 2U payer id, EI or SY tax id, G5 site.
    """

    qualifier: Annotated[str, X12("REF01"), Field(min_length=2, max_length=3)]
    value: Annotated[Reference, X12("REF02")]


class Provider(Model):
    """One who gives, orders or bills for care: exactly one of `person` and `organization` is set."""

    person: PersonName | None = None
    organization: Annotated[str | None, X12("NM103"), Field(min_length=1, max_length=60)] = None
    npi: Annotated[Npi | None, X12("NM109")] = None
    taxonomy: Annotated[TaxonomyCode | None, X12("PRV03")] = None
    tax_id: Annotated[TaxId | None, X12("REF02")] = None
    tax_id_kind: Literal["EI", "SY"] = "EI"
    """Employer identification number or, for a person, social security number."""
    address: Address | None = None
    contact: Contact | None = None
    secondary_ids: Many[SecondaryId] = ()

    @property
    def is_person(self) -> bool:
        return self.person is not None


class ServiceFacility(Model):
    """Where the service was given, if not at the billing provider's address (2310C/2310E, line 2420C)."""

    organization: Annotated[str, X12("NM103"), Field(min_length=1, max_length=60)]
    npi: Annotated[Npi | None, X12("NM109")] = None
    address: Address | None = None
    contact: Contact | None = None
    secondary_ids: Many[SecondaryId] = ()


class PayToPlan(Model):
    """A plan that paid and now seeks payment from another (2010AC)."""

    organization: Annotated[str, X12("NM103"), Field(min_length=1, max_length=60)]
    payer_id: Annotated[Reference, X12("NM109")]
    tax_id: Annotated[TaxId, X12("REF02")]
    address: Address
    secondary_ids: Many[SecondaryId] = ()


class Payer(Model):
    """Who is asked to pay (2010BB, or 2330B for another payer)."""

    name: Annotated[str, X12("NM103"), Field(min_length=1, max_length=60)]
    payer_id: Annotated[str | None, X12("NM109"), Field(min_length=2, max_length=80)] = None
    payer_id_kind: Literal["PI", "XV"] = "PI"
    address: Address | None = None
    secondary_ids: Many[SecondaryId] = ()


class Patient(Model):
    """The person cared for. `medical_record_number` is the facility's own and goes out as REF*EA."""

    medical_record_number: Annotated[Reference, X12("REF02")]
    name: PersonName
    birth_date: Annotated[Date | None, X12("DMG02")] = None
    sex: Annotated[Sex | None, X12("DMG03")] = None
    address: Address | None = None
    death_date: Annotated[Date | None, X12("PAT06")] = None
    weight_pounds: Annotated[Quantity | None, X12("PAT08")] = None
    pregnant: Annotated[bool, X12("PAT09")] = False


class Subscriber(Model):
    """Who holds the coverage: a person, or for workers' compensation an employer (`organization`)."""

    person: PersonName | None = None
    organization: Annotated[str | None, X12("NM103"), Field(min_length=1, max_length=60)] = None
    member_id: Annotated[MemberId | None, X12("NM109")] = None
    birth_date: Annotated[Date | None, X12("DMG02")] = None
    sex: Annotated[Sex | None, X12("DMG03")] = None
    address: Address | None = None
    ssn: Annotated[Ssn | None, X12("REF02")] = None
    property_casualty_claim_number: Annotated[Reference | None, X12("REF02")] = None
    contact: Contact | None = None


class SupportingDocument(Model):
    """A paper or electronic attachment (PWK): `report_type` (element 755), `transmission` AA BM EL EM FX (756)."""

    report_type: Annotated[Code, X12("PWK01")]
    transmission: Annotated[Code, X12("PWK02")]
    control_number: Annotated[Reference | None, X12("PWK06")] = None


class Note(Model):
    """Free text to the payer (NTE). `kind`: ADD, CER, DCP, DGN, TPO for 837P; ALG … UPI for 837I (element 363)."""

    kind: Annotated[str, X12("NTE01"), Field(min_length=3, max_length=3)] = "ADD"
    text: Annotated[Text, X12("NTE02")]


class StateCondition(Model):
    """A yes-or-no condition with its codes (CRC): ambulance 07, vision E1-E3, homebound 75, EPSDT ZZ, hospice 70."""

    category: Annotated[Code, X12("CRC01")]
    applies: Annotated[bool, X12("CRC02")]
    codes: Annotated[Many[Code], Field(min_length=1, max_length=5)]
