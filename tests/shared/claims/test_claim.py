"""The canonical models are strict, frozen, exact with money, and survive the way through JSON."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from pydantic import ValidationError

from shared.claims import (
    AS_RECEIVED,
    CLAIM,
    Encounter,
    InstitutionalClaim,
    ProfessionalClaim,
    x12_location,
)
from tests.builders import (
    a_professional_claim,
    a_professional_line,
    an_encounter,
    an_institutional_claim,
    an_outpatient_claim,
    commercial,
    medicare,
)

CLAIMS = [a_professional_claim(), an_institutional_claim(), an_outpatient_claim()]


def refused(document, model=ProfessionalClaim):
    with pytest.raises(ValidationError) as error:
        model.model_validate_json(json.dumps(document))
    return {".".join(map(str, e["loc"])): e["type"] for e in error.value.errors()}


@pytest.mark.parametrize("builder", CLAIMS)
def test_a_claim_is_the_same_after_json(builder):
    claim = builder.build()
    assert CLAIM.validate_json(CLAIM.dump_json(claim)) == claim


@pytest.mark.parametrize("builder", CLAIMS)
def test_a_claim_is_the_same_after_plain_python(builder):
    claim = builder.build()
    assert CLAIM.validate_python(json.loads(CLAIM.dump_json(claim))) == claim


def test_an_encounter_is_the_same_after_json():
    encounter = an_encounter().build()
    assert Encounter.model_validate_json(encounter.model_dump_json()) == encounter


def test_money_is_decimal_with_two_places():
    claim = a_professional_claim().with_lines(a_professional_line(charge="125.5")).build()
    assert claim.total_charge == Decimal("125.50")
    assert json.loads(claim.model_dump_json())["total_charge"] == "125.50"


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        ("10.005", "money_places"),
        (10.005, "money_places"),
        ("NaN", "finite_number"),
        ("1e10", "money_range"),
        ("-0.01", "money_negative"),
        ("ten", "decimal_type"),
        (True, "decimal_type"),
        (None, "decimal_type"),
    ],
)
def test_an_amount_that_is_not_money_is_refused(amount, error):
    document = a_professional_claim().document() | {"total_charge": amount}
    assert refused(document) == {"total_charge": error}


@pytest.mark.parametrize(
    ("day", "error"),
    [("2026-02-30", "date_impossible"), ("11/16/2026", "date_format"), ("20261116", "date_format")],
)
def test_a_day_that_is_none_is_refused(day, error):
    document = a_professional_claim().document()
    document["lines"][0]["service_from"] = day
    assert refused(document) == {"lines.0.service_from": error}


def test_a_time_without_offset_is_refused():
    document = an_encounter().document() | {"started_at": "2026-11-16T14:10:00"}
    assert refused(document, Encounter) == {"started_at": "timezone_aware"}


def test_an_unknown_field_is_refused():
    assert refused(a_professional_claim().document() | {"colour": "blue"}) == {"colour": "extra_forbidden"}


def test_a_number_for_a_text_is_refused():
    document = a_professional_claim().document() | {"encounter_id": 17}
    assert refused(document) == {"encounter_id": "string_type"}


def test_a_claim_cannot_be_changed():
    claim = a_professional_claim().build()
    with pytest.raises(ValidationError):
        claim.total_charge = Decimal("1.00")


@pytest.mark.parametrize(("count", "allowed"), [(12, True), (13, False)])
def test_a_professional_claim_has_at_most_twelve_diagnoses(count, allowed):
    builder = a_professional_claim().with_diagnoses(*["I10"] * count)
    assert refused_fields(builder) == (set() if allowed else {"diagnoses"})


@pytest.mark.parametrize(("count", "allowed"), [(25, True), (26, False)])
def test_an_institutional_claim_has_at_most_twenty_five_diagnoses(count, allowed):
    builder = an_institutional_claim().with_diagnoses(*["I10"] * count)
    assert refused_fields(builder) == (set() if allowed else {"diagnoses"})


def refused_fields(builder):
    try:
        builder.build()
    except ValidationError as error:
        return {e["loc"][0] for e in error.errors()}
    return set()


def test_the_billed_coverage_must_exist():
    builder = a_professional_claim().but(billed_sequence="S")
    with pytest.raises(ValidationError, match="names no coverage"):
        builder.build()


def test_the_other_coverages_are_those_not_billed():
    claim = (
        a_professional_claim()
        .with_coverages(medicare("B", sequence="S"), commercial(sequence="P"))
        .but(billed_sequence="S")
        .build()
    )
    assert claim.billed_coverage.filing_indicator == "MB"
    assert [coverage.filing_indicator for coverage in claim.other_coverages] == ["CI"]


def test_the_type_of_bill_has_leading_zero_facility_type_and_frequency():
    """UB-04 form locator 4."""
    assert an_institutional_claim().build().type_of_bill == "0111"
    assert an_outpatient_claim().but(frequency="7").build().type_of_bill == "0137"


def test_a_validation_error_never_repeats_the_patients_data():
    document = a_professional_claim().document()
    document["patient"]["birth_date"] = "SECRET-VALUE"
    with pytest.raises(ValidationError) as error:
        ProfessionalClaim.model_validate_json(json.dumps(document), context=AS_RECEIVED)
    assert "SECRET-VALUE" not in str(error.value)


@pytest.mark.parametrize(
    ("model", "path", "place"),
    [
        # Expected places are those of the guides 005010X222A1 and 005010X223A2.
        (ProfessionalClaim, ["billing", "npi"], "2010AA.NM109"),
        (ProfessionalClaim, ["billing", "address", "zip_code"], "2010AA.N403"),
        (ProfessionalClaim, ["lines", 0, "procedure"], "2400.SV101-2"),
        (ProfessionalClaim, ["lines", 3, "pointers", 0], "2400.SV107"),
        (ProfessionalClaim, ["coverages", 0, "subscriber", "member_id"], "2010BA.NM109"),
        (ProfessionalClaim, ["total_charge"], "2300.CLM02"),
        (InstitutionalClaim, ["attending", "npi"], "2310A.NM109"),
        (InstitutionalClaim, ["lines", 0, "revenue_code"], "2400.SV201"),
        (InstitutionalClaim, ["patient_status"], "2300.CL103"),
        (Encounter, ["charges", 0, "amount"], "2400.SV102"),
        (Encounter, ["documents", 0, "text"], None),
    ],
)
def test_a_field_knows_its_place_in_the_transaction_set(model, path, place):
    assert x12_location(model, path) == place
