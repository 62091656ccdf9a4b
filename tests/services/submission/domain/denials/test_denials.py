"""What is a denial, of which category, and until when it can be appealed. Expected days by the calendar."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.submission.domain.denials import category_of, denial_of
from services.submission.domain.remittances.posting import entries_of
from services.submission.domain.x12.reading import read_remittances
from services.submission.domain.x12.reading.advice import RemittedClaim
from services.submission.parameters import parameter
from tests.services.submission.remittances import a_claim, a_service, an_835

DAY = date(2026, 12, 1)


def read(segments: list[str]) -> RemittedClaim:
    (claim,) = (one for one in read_remittances(an_835("0", segments).encode()) if isinstance(one, RemittedClaim))
    return claim


NO_DENIALS = [
    a_claim("A", "1", "125", "80", a_service("99213", "125", "80", "CO*45*25", "PR*2*20")),
    a_claim("A", "1", "125", "0", a_service("99213", "125", "0", "PR*1*125")),
    a_claim("A", "2", "125", "5", a_service("99213", "125", "5", "OA*23*120")),
    a_claim("A", "1", "125", "0", a_service("99213", "125", "0", "CO*24*125")),
    a_claim("A", "22", "-125", "0", a_service("99213", "-125", "0", "CO*29*-125")),
]


@pytest.mark.parametrize(
    "segments", NO_DENIALS, ids=["write-off", "deductible", "prior payer", "capitation", "reversal"]
)
def test_write_offs_shares_of_the_patient_and_prior_payers_are_no_denials(segments: list[str]):
    assert denial_of(read(segments), DAY) is None


# Of each code the category by what X12's public list says that it is about (code source 139).
CATEGORIES = [
    ("29", "timely_filing"), ("197", "authorization"), ("18", "duplicate"), ("50", "medical_necessity"),
    ("22", "coordination"), ("27", "eligibility"), ("97", "coding"), ("16", "documentation"), ("204", "not_covered"),
    ("A2", "contractual"), ("42", "contractual"), ("A1", "unlisted"), ("160", "not_covered"), ("202", "not_covered"),
    ("239", "eligibility"), ("267", "coding"), ("283", "provider"), ("286", "timely_filing"), ("B11", "coordination"),
    ("B7", "provider"), ("45", "contractual"), ("253", "contractual"), ("2", "patient_share"), ("23", "prior_payer"),
    ("X99", "unlisted"),
]  # fmt: skip


@pytest.mark.parametrize(("carc", "category"), CATEGORIES)
def test_each_reason_has_its_category(carc: str, category: str):
    assert category_of(carc, DAY).name == category


def test_no_code_stands_in_two_categories():
    listed = [code for entry in parameter("denial_categories").on(DAY).values() for code in entry["carcs"]]
    assert len(listed) == len(set(listed))


def test_a_line_that_is_refused_beside_one_that_is_paid_is_a_denial_of_its_own_amount():
    claim = read(
        a_claim(
            "A", "1", "225", "80", a_service("99213", "125", "80", "CO*45*25", "PR*2*20"),
            a_service("93000", "100", "0", "CO*50*90", "CO*45*10", line="2", remark="N115"), patient="20",
        )
    )  # fmt: skip
    denial = denial_of(claim, DAY)
    assert denial is not None
    (reason,) = denial.reasons
    assert (reason.line, reason.carc, reason.rarcs, reason.category) == (2, "50", ("N115",), "medical_necessity")
    assert denial.amount == Decimal(90)
    assert sum(entry.amount for entry in entries_of(claim, DAY)) == 225


def test_the_main_reason_is_the_one_that_most_of_the_money_goes_with():
    lines = [a_service("99213", "60", "0", "CO*16*60"), a_service("93000", "100", "0", "CO*16*20", "CO*197*80")]
    denial = denial_of(read(a_claim("A", "4", "160", "0", *lines)), DAY)
    assert denial is not None
    # 16 takes 60 and 20, 197 takes 80: of equals the first
    assert (denial.main.carc, denial.amount) == ("16", Decimal(160))


def test_a_denied_claim_without_a_reason_is_still_one():
    denial = denial_of(read(a_claim("A", "4", "125", "0")), DAY)
    assert denial is not None
    assert (denial.amount, denial.main.category) == (Decimal(125), "unlisted")


def test_a_remark_on_the_claim_holds_for_each_of_its_lines():
    line = a_service("99213", "125", "0", "CO*16*125", remark="N382")
    denial = denial_of(read(a_claim("A", "4", "125", "0", line, more=["MOA***MA130"])), DAY)
    assert denial is not None
    assert denial.main.rarcs == ("N382", "MA130")


def test_a_notice_of_any_date_is_read():
    # Old files come back from archives, and dates are mistyped.
    assert category_of("29", date(2002, 9, 16)).name == category_of("29", date.max).name == "timely_filing"
