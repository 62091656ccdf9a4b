"""Front-end edits of a whole claim. Each takes a claim and its payer and gives the status it would get, or None.

Rules and codes: the front-end edits that NGS, CEDI, CGS and CareSource publish; absent is A6, a bad value A7, a
contradiction A8.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from services.simulator.domain.received_claims import Party, ReceivedClaim
from services.simulator.domain.statuses import Status
from services.simulator.parameters import PayerProfile
from shared.claims import IcdCode, Mbi, Npi, TaxId, TaxonomyCode

ClaimEdit = Callable[[ReceivedClaim, PayerProfile | None, date], Status | None]

_PO_BOX = re.compile(r"\b(P\W*O\W*BOX|POST OFFICE BOX|LOCK\W*BOX)\b", re.IGNORECASE)
_LONGEST_CONTROL_NUMBER = 20
_OLDEST = 150


def _npi(party: Party | None, entity: str) -> Status | None:
    if party is None or not party.id:
        return Status("A6", "562", entity)
    return Status("A7", "562", entity) if Npi.problem_of(party.id) else None


def billing_npi(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    return _npi(claim.billing, "85")


def rendering_npi(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    return _npi(claim.providers["82"], "82") if "82" in claim.providers else None


def attending_present(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    return _npi(claim.providers.get("71"), "71") if claim.kind == "institutional" else None


def attending_is_a_person(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    attending = claim.providers.get("71")
    return Status("A7", "741", "71") if attending and not attending.is_person else None


def billing_tax_id(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    if not claim.billing.tax_id:
        return Status("A6", "128", "85")
    return Status("A7", "128", "85") if TaxId.problem_of(claim.billing.tax_id) else None


def billing_taxonomy(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    taxonomy = claim.billing.taxonomy
    return Status("A7", "145", "85") if taxonomy and TaxonomyCode.problem_of(taxonomy) else None


def billing_street(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    return Status("A7", "503", "85") if any(map(_PO_BOX.search, claim.billing.address)) else None


def billing_zip(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    if not claim.billing.address:
        return Status("A6", "503", "85")
    return _whole_zip(claim.billing, "85")


def facility_zip(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    facility = claim.providers.get("77")
    return _whole_zip(facility, "77") if facility is not None and facility.city else None


def _whole_zip(party: Party, entity: str) -> Status | None:
    """All nine digits, in the United States."""
    if party.country not in ("", "US", "USA") or re.fullmatch(r"\d{9}", party.zip_code):
        return None
    return Status("A7" if party.zip_code else "A6", "500", entity)


def member_id_present(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    return None if claim.subscriber.id else Status("A6", "164", "IL")


def medicare_number(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    """X222.121.2010BA.NM109.020."""
    is_medicare = payer is not None and payer.medicare
    wrong = is_medicare and claim.subscriber.id and Mbi.problem_of(claim.subscriber.id)
    return Status("A7", "164", "IL") if wrong else None


def birth_date(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    entity = "IL" if claim.patient_is_subscriber else "QC"
    if not claim.patient.birth_date:
        return Status("A6", "158", entity)
    born = _day(claim.patient.birth_date)
    return None if born and born <= day and day.year - born.year < _OLDEST else Status("A7", "158", entity)


def patient_sex(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    entity = "IL" if claim.patient_is_subscriber else "QC"
    if not claim.patient.sex:
        return Status("A6", "157", entity)
    return None if claim.patient.sex in ("F", "M", "U") else Status("A7", "157", entity)


def control_number_length(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    return Status("A7", "478") if len(claim.control_number) > _LONGEST_CONTROL_NUMBER else None


def total_charge(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    total = claim.total_charge
    if total is None or total <= 0 or total != round(total, 2):
        return Status("A7", "178")
    balance = sum((line.charge or Decimal(0) for line in claim.lines), Decimal(0))
    return None if balance == total else Status("A8", "178")


def replaced_claim(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    """Frequency 7 or 8 needs the payer's number of the claim in REF*F8."""
    refers = claim.frequency in ("7", "8")
    return Status("A6", "464") if refers and not claim.references.get("F8") else None


def principal_diagnosis(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    has_principal = any(code[0] == "ABK" and len(code) > 1 for code in claim.codes)
    return None if has_principal else Status("A6", "254")


def diagnosis_codes(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    wrong = [code for code in claim.diagnoses if IcdCode.problem_of(code)]
    twice = any(count > 1 for count in Counter(claim.diagnoses).values())
    return Status("A7", "255") if wrong or twice else None


def type_of_bill(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    good = re.fullmatch(r"[1-9]\d[0-9A-Z]", claim.type_of_bill)
    return Status("A7", "228") if claim.kind == "institutional" and not good else None


def admission_date(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    """Inpatient bills (11, 18, 21 …) say when the patient came."""
    inpatient = claim.kind == "institutional" and claim.facility[:1] in "124" and claim.facility[1:] in ("1", "8")
    return Status("A6", "189") if inpatient and not claim.dates.get("435") else None


def statement_dates(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    if claim.kind != "institutional":
        return None
    begin, _, end = claim.dates.get("434", "").partition("-")
    first, last = _day(begin), _day(end)
    return None if first and last and first <= last <= day else Status("A7", "188")


def prior_authorization(claim: ReceivedClaim, payer: PayerProfile | None, day: date) -> Status | None:
    needed = payer and any(line.procedure in payer.authorized_procedures for line in claim.lines)
    return Status("A6", "252") if needed and not claim.references.get("G1") else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{8}", text) else None
    except ValueError:
        return None


CLAIM_EDITS: tuple[ClaimEdit, ...] = (
    billing_npi,
    billing_tax_id,
    billing_taxonomy,
    billing_street,
    billing_zip,
    member_id_present,
    medicare_number,
    birth_date,
    patient_sex,
    control_number_length,
    total_charge,
    replaced_claim,
    principal_diagnosis,
    diagnosis_codes,
    rendering_npi,
    facility_zip,
    attending_present,
    attending_is_a_person,
    type_of_bill,
    admission_date,
    statement_dates,
    prior_authorization,
)
