"""Builders of canonical values, clean unless a test says otherwise. Every person, place and number here is invented.

claim = a_professional_claim().with_line("99213", modifiers=["25"]).build()
claim = an_institutional_claim().but(patient_status=None).build()
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self

from shared.claims import (
    AS_RECEIVED,
    Encounter,
    InstitutionalClaim,
    ProfessionalClaim,
)

SERVICE_DAY = date(2026, 11, 16)
"""The day of service in every builder: fiscal year 2027 of ICD-10-CM, MS-DRG version 44."""

DISCHARGE_DAY = date(2026, 11, 20)

BILLING_NPI = "1234567893"  # the worked example of the CMS check digit paper
ATTENDING_NPI = "1987654328"
OPERATING_NPI = "1122334455"
REFERRING_NPI = "1555666779"
FACILITY_NPI = "1444555662"


def an_address(**fields: Any) -> dict[str, Any]:
    return {
        "line1": "400 RIVERSIDE AVENUE",
        "city": "NASHVILLE",
        "state": "TN",
        "zip_code": "372030001",
    } | fields


def a_person(last: str = "ABERNATHY", first: str = "JOAN", **fields: Any) -> dict[str, Any]:
    return {"last": last, "first": first} | fields


def an_organization_provider(**fields: Any) -> dict[str, Any]:
    return {
        "organization": "CUMBERLAND VALLEY MEDICAL CENTER",
        "npi": BILLING_NPI,
        "taxonomy": "282N00000X",
        "tax_id": "626001234",
        "address": an_address(),
        "contact": {"name": "BILLING OFFICE", "telephone": "6155550100"},
    } | fields


def a_physician(npi: str = ATTENDING_NPI, last: str = "OKAFOR", first: str = "SAMUEL", **fields: Any) -> dict[str, Any]:
    return {"person": a_person(last, first), "npi": npi, "taxonomy": "207R00000X"} | fields


def a_patient(**fields: Any) -> dict[str, Any]:
    return {
        "medical_record_number": "MRN-1002003",
        "name": a_person(),
        "birth_date": "1950-04-12",
        "sex": "F",
        "address": an_address(line1="12 MAPLE STREET", zip_code="372110042"),
    } | fields


def a_subscriber(member_id: str = "1EG4TE5MK73", **fields: Any) -> dict[str, Any]:
    patient = a_patient()
    return {
        "person": patient["name"],
        "member_id": member_id,
        "birth_date": patient["birth_date"],
        "sex": patient["sex"],
        "address": patient["address"],
    } | fields


def medicare(part: str = "B", **fields: Any) -> dict[str, Any]:
    """Medicare as the primary payer. The member id is the example of CMS's page on the MBI format."""
    return {
        "sequence": "P",
        "payer": {"name": "MEDICARE", "payer_id": "MCARE" + part},
        "subscriber": a_subscriber(),
        "relationship": "18",
        "filing_indicator": "M" + part,
    } | fields


def commercial(**fields: Any) -> dict[str, Any]:
    return {
        "sequence": "P",
        "payer": {"name": "MERIDIAN HEALTH PLAN", "payer_id": "MHP01"},
        "subscriber": a_subscriber("W20045118"),
        "relationship": "18",
        "filing_indicator": "CI",
        "group_number": "GRP7781",
    } | fields


class ClaimBuilder:
    """Gathers fields of a claim; every step returns a new builder."""

    model: type[ProfessionalClaim] | type[InstitutionalClaim]

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def but(self, **fields: Any) -> Self:
        """With these fields instead."""
        return type(self)(self.fields | fields)

    def with_lines(self, *lines: dict[str, Any]) -> Self:
        """With just these lines; numbers and the total follow."""
        numbered = [line | {"number": number} for number, line in enumerate(lines, 1)]
        total = sum((Decimal(line["charge"]) for line in lines), Decimal(0))
        return self.but(lines=numbered, total_charge=str(total))

    def with_diagnoses(self, *codes: str | dict[str, Any]) -> Self:
        return self.but(diagnoses=[{"code": code} if isinstance(code, str) else code for code in codes])

    def with_coverages(self, *coverages: dict[str, Any]) -> Self:
        return self.but(coverages=list(coverages))

    def with_billing(self, **fields: Any) -> Self:
        return self.but(billing=self.fields["billing"] | fields)

    def with_patient(self, **fields: Any) -> Self:
        return self.but(patient=self.fields["patient"] | fields)

    def document(self) -> dict[str, Any]:
        """The claim as JSON would hold it, faults included."""
        return self.build().model_dump(mode="json")

    def build(self) -> Any:
        return self.model.model_validate(self.fields, context=AS_RECEIVED)


class ProfessionalClaimBuilder(ClaimBuilder):
    model = ProfessionalClaim

    def with_line(self, procedure: str, charge: str = "125.00", **fields: Any) -> Self:
        """With one more line."""
        return self.with_lines(*self.fields["lines"], a_professional_line(procedure, charge, **fields))

    def build(self) -> ProfessionalClaim:
        return ProfessionalClaim.model_validate(self.fields, context=AS_RECEIVED)


class InstitutionalClaimBuilder(ClaimBuilder):
    model = InstitutionalClaim

    def with_line(self, revenue_code: str, charge: str = "1000.00", **fields: Any) -> Self:
        """With one more line."""
        return self.with_lines(*self.fields["lines"], an_institutional_line(revenue_code, charge, **fields))

    def build(self) -> InstitutionalClaim:
        return InstitutionalClaim.model_validate(self.fields, context=AS_RECEIVED)


def a_professional_line(procedure: str = "99213", charge: str = "125.00", **fields: Any) -> dict[str, Any]:
    return {
        "number": 1,
        "procedure": procedure,
        "charge": charge,
        "units": "1",
        "pointers": [1],
        "service_from": SERVICE_DAY.isoformat(),
    } | fields


def an_institutional_line(revenue_code: str, charge: str = "1000.00", **fields: Any) -> dict[str, Any]:
    return {"number": 1, "revenue_code": revenue_code, "charge": charge, "units": "1"} | fields


_COMMON: dict[str, Any] = {
    "id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a001",
    "encounter_id": "ENC-1",
    "patient_control_number": "RC0000000000000000A1",
    "patient": a_patient(),
    "billing": an_organization_provider(),
}


def a_professional_claim() -> ProfessionalClaimBuilder:
    """An office visit of a Medicare patient with hypertension: one line, one diagnosis, no defect."""
    fields = _COMMON | {
        "place_of_service": "11",
        "coverages": [medicare("B")],
        "rendering": a_physician(),
        "billing": an_organization_provider(organization="CUMBERLAND MEDICAL GROUP", taxonomy="207R00000X"),
        "diagnoses": [{"code": "I10"}],
    }
    return ProfessionalClaimBuilder(fields).with_lines(a_professional_line())


def an_institutional_claim() -> InstitutionalClaimBuilder:
    """A Medicare inpatient stay of four days for pneumonia, MS-DRG 194: no defect."""
    fields = _COMMON | {
        "facility_type": "11",
        "coverages": [medicare("A")],
        "attending": a_physician(),
        "diagnoses": [{"code": "J189", "poa": "Y"}, {"code": "N179", "poa": "Y"}, {"code": "I10", "poa": "Y"}],
        "admitting_diagnosis": {"code": "R0602"},
        "statement_from": SERVICE_DAY.isoformat(),
        "statement_through": DISCHARGE_DAY.isoformat(),
        "admission": {
            "type": "1",
            "source": "1",
            "date": SERVICE_DAY.isoformat(),
            "hour": 14,
            "discharge_hour": 11,
        },
        "patient_status": "01",
        "drg": "194",
    }
    return InstitutionalClaimBuilder(fields).with_lines(
        an_institutional_line("0120", "6400.00", unit="DA", units="4"),
        an_institutional_line("0250", "812.50", units="14"),
        an_institutional_line("0300", "410.00", units="6"),
    )


def an_outpatient_claim() -> InstitutionalClaimBuilder:
    """A Medicare outpatient hospital visit, type of bill 0131: no defect."""
    return (
        an_institutional_claim()
        .but(
            facility_type="13",
            diagnoses=[{"code": "I10"}],
            admitting_diagnosis=None,
            statement_through=SERVICE_DAY.isoformat(),
            admission={"type": "3", "source": "1"},
            drg=None,
        )
        .with_lines(
            an_institutional_line("0510", "220.00", procedure="G0463", service_from=SERVICE_DAY.isoformat()),
        )
    )


class EncounterBuilder:
    """Gathers fields of an encounter; every step returns a new builder."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def but(self, **fields: Any) -> Self:
        return type(self)(self.fields | fields)

    def with_charge(self, **fields: Any) -> Self:
        number = len(self.fields["charges"]) + 1
        charge = {"id": f"C{number}", "service_date": SERVICE_DAY.isoformat(), "units": "1", "amount": "100.00"}
        return self.but(charges=[*self.fields["charges"], charge | fields])

    def document(self) -> dict[str, Any]:
        """The encounter as an EHR would send it in JSON, faults included."""
        return self.build().model_dump(mode="json", exclude_none=True)

    def build(self) -> Encounter:
        return Encounter.model_validate(self.fields, context=AS_RECEIVED)


def an_encounter() -> EncounterBuilder:
    """An inpatient stay for pneumonia, discharged and not yet coded."""
    fields: dict[str, Any] = {
        "id": "ENC-1",
        "facility": {"id": "CVMC", "billing": an_organization_provider(), "ccn": "440999"},
        "patient": a_patient(),
        "encounter_class": "inpatient",
        "specialty": "internal medicine",
        "started_at": datetime(2026, 11, 16, 20, 10, tzinfo=UTC),
        "ended_at": datetime(2026, 11, 20, 17, 5, tzinfo=UTC),
        "admission_type": "1",
        "admission_source": "1",
        "discharge_status": "01",
        "providers": {"attending": a_physician()},
        "coverages": [medicare("A")],
        "documents": [
            {
                "id": "DOC-1",
                "kind": "discharge_summary",
                "title": "Discharge summary",
                "author": "S. Okafor",
                "written_at": datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
                "text": "Community-acquired pneumonia, on ceftriaxone. Acute kidney injury, resolved. Hypertension.",
            }
        ],
        "charges": [],
        "admitting_diagnosis": {"code": "R0602"},
    }
    return (
        EncounterBuilder(fields)
        .with_charge(revenue_code="0120", unit="DA", units="4", amount="6400.00")
        .with_charge(revenue_code="0250", units="14", amount="812.50")
        .with_charge(revenue_code="0300", units="6", amount="410.00")
    )


def a_professional_encounter() -> EncounterBuilder:
    """An office visit with one charge, not yet coded."""
    group = an_organization_provider(organization="CUMBERLAND MEDICAL GROUP", taxonomy="207R00000X")
    return (
        an_encounter()
        .but(
            id="ENC-2",
            encounter_class="professional",
            facility={"id": "CMG", "billing": group},
            started_at=datetime(2026, 11, 16, 15, 0, tzinfo=UTC),
            ended_at=datetime(2026, 11, 16, 15, 20, tzinfo=UTC),
            admission_type=None,
            admission_source=None,
            discharge_status=None,
            admitting_diagnosis=None,
            place_of_service="11",
            providers={"rendering": a_physician()},
            coverages=[medicare("B")],
            charges=[],
        )
        .with_charge(procedure="99213", amount="125.00")
    )
