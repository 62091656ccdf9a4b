"""Identifiers accept what their authority gives out and refuse what it cannot have given out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.claims import (
    AS_RECEIVED,
    Ein,
    HcpcsCode,
    IcdCode,
    InvalidIdentifier,
    Mbi,
    Ndc,
    Npi,
    PatientControlNumber,
    PcsCode,
    RevenueCode,
    Ssn,
    TaxId,
    TaxonomyCode,
    ZipCode,
)


class Enrolment(BaseModel):
    npi: Npi


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (Npi, "1234567893", "1234567893"),  # worked example of the CMS NPI check digit paper
        (Mbi, "1EG4-TE5-MK73", "1EG4TE5MK73"),  # the example card on CMS's MBI page
        (Mbi, "1eg4te5mk73", "1EG4TE5MK73"),
        (TaxId, "62-6001234", "626001234"),
        (IcdCode, "e11.9", "E119"),
        (IcdCode, "S72.001A", "S72001A"),
        (IcdCode, "C4A.0", "C4A0"),
        (PcsCode, "0DTJ4ZZ", "0DTJ4ZZ"),
        (HcpcsCode, "99213", "99213"),
        (HcpcsCode, "j1885", "J1885"),
        (HcpcsCode, "0001U", "0001U"),
        (HcpcsCode, "3074F", "3074F"),
        (RevenueCode, "450", "0450"),
        (TaxonomyCode, "207R00000X", "207R00000X"),
        (Ndc, "00002-7510-01", "00002751001"),
        (ZipCode, "37203-0001", "372030001"),
    ],
)
def test_a_right_value_is_kept_in_one_form(kind, text, kept):
    assert kind.parse(text) == kept


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Npi, "1234567890", "npi_check_digit"),
        (Npi, "123456789", "npi_format"),
        (Npi, "3234567893", "npi_format"),  # NPIs begin with 1 or 2
        (Mbi, "1SG4TE5MK73", "mbi_format"),  # S is one of the six letters never used
        (Mbi, "0EG4TE5MK73", "mbi_format"),  # the first place is 1-9
        (TaxId, "111111111", "tax_id_repeated_digit"),
        (Ein, "001234567", "ein_prefix"),
        (Ssn, "666123456", "ssn_format"),
        (Ssn, "000123456", "ssn_format"),
        (IcdCode, "11.9E", "icd10cm_format"),
        (IcdCode, "E11.99999", "icd10cm_format"),
        (PcsCode, "0DTJ4ZI", "icd10pcs_format"),  # I and O are not used
        (HcpcsCode, "9921", "hcpcs_format"),
        (RevenueCode, "45A", "revenue_code_format"),
        (TaxonomyCode, "207R000000", "taxonomy_format"),
        (PatientControlNumber, "A" * 21, "patient_control_number_format"),
        (ZipCode, "3720", "zip_code_format"),
    ],
)
def test_a_wrong_value_is_refused_with_its_reason(kind, text, code):
    with pytest.raises(InvalidIdentifier) as refused:
        kind.parse(text)
    assert refused.value.problem.code == code
    assert text not in str(refused.value)


def test_a_model_refuses_a_wrong_identifier_without_repeating_it():
    with pytest.raises(ValidationError) as refused:
        Enrolment.model_validate({"npi": "1234567890"})
    (error,) = refused.value.errors()
    assert error["type"] == "npi_check_digit"
    assert error["loc"] == ("npi",)
    assert "1234567890" not in error["msg"]


def test_as_received_a_wrong_identifier_is_kept_and_says_what_is_wrong():
    enrolment = Enrolment.model_validate({"npi": "1234567890"}, context=AS_RECEIVED)
    assert enrolment.npi == "1234567890"
    assert enrolment.npi.problem is not None
    assert enrolment.npi.problem.code == "npi_check_digit"


def test_as_received_a_control_character_is_still_refused():
    with pytest.raises(ValidationError):
        Enrolment.model_validate({"npi": "12345\x0067893"}, context=AS_RECEIVED)


@given(st.integers(100_000_000, 299_999_999), st.integers(0, 9), st.integers(1, 9))
def test_any_single_wrong_digit_of_an_npi_is_found(nine, place, change):
    """ISO/IEC 7812-1: the Luhn check digit finds every error in one digit."""
    npi = next(f"{nine}{digit}" for digit in range(10) if Npi.problem_of(f"{nine}{digit}") is None)
    wrong = npi[:place] + str((int(npi[place]) + change) % 10) + npi[place + 1 :]
    assert Npi.problem_of(wrong) is not None
