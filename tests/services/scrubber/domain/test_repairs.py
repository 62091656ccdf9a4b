"""Format repairs change form, never meaning."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scrubber.domain.claim_parts import ClaimParts
from services.scrubber.domain.repairs import RULES, repair
from shared.claims import CLAIM, Address
from tests.builders import (
    a_patient,
    a_person,
    a_professional_claim,
    a_subscriber,
    an_address,
    an_institutional_claim,
    commercial,
    medicare,
)

FACILITY = {"organization": "RIVERSIDE SURGERY CENTER", "npi": "1444555662"}


def made(builder, **options):
    claim = builder.build()
    repairs = repair(claim, ClaimParts.of(claim), **options).repairs
    return [(r.repair_id, r.pointer, r.before, r.after) for r in repairs]


def test_blanks_in_a_name_go():
    claim = a_professional_claim().with_patient(name=a_person(" ABER  NATHY "))
    assert made(claim) == [("blanks", "/patient/name/last", " ABER  NATHY ", "ABER NATHY")]


def test_separators_at_the_end_of_an_address_go():
    claim = a_professional_claim().with_billing(address=an_address(line1="400 RIVERSIDE AVENUE,*"))
    assert made(claim) == [
        ("trailing-separators", "/billing/address/line1", "400 RIVERSIDE AVENUE,*", "400 RIVERSIDE AVENUE")
    ]


def test_a_state_is_written_in_capitals():
    claim = a_professional_claim().with_billing(address=an_address(state="tn"))
    assert made(claim) == [("state-case", "/billing/address/state", "tn", "TN")]


def test_the_zip_code_is_completed_from_the_provider_record():
    claim = a_professional_claim().with_billing(address=an_address(zip_code="37203"))
    record = Address.model_validate(an_address(line1="400 Riverside  Avenue"))
    assert made(claim, known_addresses=[record]) == [
        ("zip-plus-four", "/billing/address/zip_code", "37203", "372030001")
    ]


def test_the_zip_code_is_completed_from_the_same_address_on_the_claim():
    claim = a_professional_claim().but(service_facility=FACILITY | {"address": an_address(zip_code="37203")})
    assert made(claim) == [("zip-plus-four", "/service_facility/address/zip_code", "37203", "372030001")]


def test_the_zip_code_of_another_address_completes_nothing():
    elsewhere = FACILITY | {"address": an_address(line1="1 ELM STREET", zip_code="37203")}
    assert made(a_professional_claim().but(service_facility=elsewhere)) == []


def test_two_zip_codes_of_one_address_settle_nothing():
    records = [Address.model_validate(an_address(zip_code=code)) for code in ("372030001", "372030002")]
    claim = a_professional_claim().with_billing(address=an_address(zip_code="37203"))
    assert made(claim, known_addresses=records) == []


def test_a_medicare_id_loses_its_hyphens():
    claim = a_professional_claim().with_coverages(medicare(subscriber=a_subscriber("1eg4-te5-mk73")))
    assert made(claim) == [("mbi-punctuation", "/coverages/0/subscriber/member_id", "1eg4-te5-mk73", "1EG4TE5MK73")]


def test_another_payers_id_stays_as_it_is():
    assert made(a_professional_claim().with_coverages(commercial(subscriber=a_subscriber("w-2004-5118")))) == []


def test_a_telephone_number_is_ten_digits():
    claim = a_professional_claim().with_billing(contact={"name": "BILLING", "telephone": "(615) 555-0100"})
    assert made(claim) == [("telephone-digits", "/billing/contact/telephone", "(615) 555-0100", "6155550100")]


@pytest.mark.parametrize("rule", RULES)
def test_a_repair_that_is_switched_off_is_not_made(rule):
    claim = (
        a_professional_claim()
        .but(patient=a_patient(name=a_person(" ABERNATHY", "JOAN,")))
        .with_billing(address=an_address(state="tn"), contact={"name": "B", "telephone": "615-555-0100"})
        .with_coverages(medicare(subscriber=a_subscriber("1EG4-TE5-MK73")))
        .but(service_facility=FACILITY | {"address": an_address(zip_code="37203")})
    )
    assert {r[0] for r in made(claim)} == set(RULES)
    assert {r[0] for r in made(claim, switched_off={rule})} == set(RULES) - {rule}


typed = st.text(alphabet="AB .,~*:|;- ", min_size=2, max_size=12)
digits = st.sampled_from(["37203", "372030001", "3720", "37203-0001"])


@given(last=typed, line=typed, city=typed, zip_code=digits, state=st.sampled_from(["tn", "TN", " T", "t,"]))
def test_a_repaired_claim_needs_no_repair_and_keeps_its_meaning(last, line, city, zip_code, state):
    for builder in (a_professional_claim(), an_institutional_claim()):
        claim = (
            builder.with_patient(name=a_person(last))
            .with_billing(address=an_address(line1=line, city=city, zip_code=zip_code, state=state))
            .but(service_facility=FACILITY | {"address": an_address(line1=line, city=city, state=state)})
            .build()
        )
        repaired, parts, repairs = repair(claim, ClaimParts.of(claim))
        assert repair(repaired, parts) == (repaired, parts, ())
        assert meaning(repaired) == meaning(claim)
        assert {r.repair_id for r in repairs} <= set(RULES)


def meaning(claim: Any) -> dict[str, Any]:
    """The claim without the words that a person typed: codes, units, dates, money, ids."""
    document = CLAIM.dump_python(claim, mode="json")
    return {
        field: document.get(field)
        for field in ("id", "encounter_id", "patient_control_number", "total_charge", "frequency", "diagnoses", "lines",
                      "procedures", "statement_from", "statement_through", "drg", "values", "place_of_service")
    } | {"birth_date": document["patient"]["birth_date"], "npi": document["billing"]["npi"]}  # fmt: skip


def test_money_is_untouched():
    claim = a_professional_claim().with_patient(name=a_person(" A")).build()
    assert repair(claim, ClaimParts.of(claim)).claim.total_charge == Decimal("125.00")
