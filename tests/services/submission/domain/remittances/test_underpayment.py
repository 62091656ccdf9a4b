"""Allowed against expected. Every figure is by hand from the claim that stands in the test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.submission.domain.denials.limits import Tolerance
from services.submission.domain.remittances.underpayment import (
    is_asked_to_pay_first,
    reasons_of,
    underpayment_of,
)
from services.submission.domain.x12.reading import read_remittances
from services.submission.domain.x12.reading.advice import RemittedClaim
from shared.claims import ExpectedLine, ExpectedPayment
from tests.services.submission.remittances import a_claim, a_service, an_835

DAY = date(2026, 12, 1)


def by_line(*amounts: str, left_out: Sequence[str] = ("deductible", "sequestration")) -> ExpectedPayment:
    lines = tuple(ExpectedLine(number=number, amount=Decimal(one)) for number, one in enumerate(amounts, 1))
    total = sum((line.amount for line in lines), Decimal(0))
    return ExpectedPayment(method="mpfs", amount=total, lines=lines, left_out=tuple(left_out), as_of=date(2026, 11, 16))


def by_claim(amount: str | None, *left_out: str) -> ExpectedPayment:
    return ExpectedPayment(method="ipps", amount=None if amount is None else Decimal(amount), left_out=left_out)


def remitted(status: str, charged: str, paid: str, *services: Sequence[str], **more: Any) -> RemittedClaim:
    text = an_835(paid, a_claim("A1", status, charged, paid, *services, **more))
    (claim,) = (one for one in read_remittances(text.encode()) if isinstance(one, RemittedClaim))
    return claim


def found(claim: RemittedClaim, expected: ExpectedPayment | None, **more: Any) -> tuple[str, str, str] | None:
    """Expected, allowed and difference."""
    short = underpayment_of(claim, expected, DAY, **{"total_charge": claim.charged, **more})
    return None if short is None else (str(short.expected), str(short.allowed), str(short.difference))


def test_it_names_its_rule_and_shows_each_line_with_the_basis_of_the_figure():
    # 99213: 80 paid, 20 coinsurance, so that 100 is allowed of 120; 85025: 10 paid as expected.
    services = (
        a_service("99213", "150", "80", "CO*45*50", "PR*2*20"),
        a_service("85025", "30", "10", "CO*45*20", line="2"),
    )
    claim = remitted("1", "180", "90", *services, patient="20")
    short = underpayment_of(claim, by_line("120.00", "10.00"), DAY, total_charge=Decimal(180))
    assert short is not None
    assert (short.rule, short.expected, short.allowed, short.difference) == ("allowed-below-expected", 130, 110, 20)
    assert short.tolerance == Decimal("1.30")  # 1 % of 130 is more than 1.00
    assert [(line.number, line.expected, line.allowed, line.difference) for line in short.lines] == [
        (1, 120, 100, 20), (2, 10, 10, 0)
    ]  # fmt: skip
    assert (short.expectation.method, short.expectation.as_of) == ("mpfs", date(2026, 11, 16))
    assert [(reason.line, reason.amount, reason.category) for reason in reasons_of(short)] == [(1, 20, "underpaid")]


@pytest.mark.parametrize(
    ("cas", "paid", "allowed"),
    [
        (("CO*45*25", "PR*1*100"), "0", ""),  # a deductible takes all
        (("CO*45*25", "PR*1*50*1*2*10"), "40", ""),  # deductible and coinsurance of one CAS
        (("CO*45*25", "PR*2*20", "CO*253*1.6"), "78.4", ""),  # 2 % of 80 kept by sequestration
        (("CO*45*25", "CO*237*9", "PR*2*20"), "71", ""),  # a legislated penalty
        (("CO*45*25", "CO*144*5", "PR*2*20"), "75", "100"),  # AMT*B6 says what is allowed
    ],
)
def test_shares_of_the_patient_and_what_is_kept_of_the_payment_are_allowed(cas: Sequence[str], paid: str, allowed: str):
    claim = remitted("1", "125", paid, a_service("99213", "125", paid, *cas, allowed=allowed))
    assert claim.is_balanced
    assert found(claim, by_line("100.00")) is None
    assert found(claim, by_line("120.00")) == ("120.00", "100.00", "20.00")


def test_what_is_stated_as_allowed_goes_before_what_is_paid():
    claim = remitted("1", "125", "80", a_service("99213", "125", "80", "CO*45*45", allowed="90"))
    assert found(claim, by_line("100.00")) == ("100.00", "90.00", "10.00")


def test_the_coverage_amount_of_the_claim_is_none_that_is_allowed():
    claim = remitted("1", "125", "80", a_service("99213", "125", "80", "CO*45*45"), more=["AMT*AU*125"])
    assert found(claim, by_line("100.00")) == ("100.00", "80.00", "20.00")


def test_a_denied_line_is_a_denial_and_nothing_is_expected_of_it():
    denied = a_service("85025", "30", "0", "CO*197*30", line="2")
    right = remitted("1", "155", "80", a_service("99213", "125", "80", "CO*45*25", "PR*2*20"), denied)
    assert found(right, by_line("100.00", "10.00")) is None
    less = remitted("1", "155", "70", a_service("99213", "125", "70", "CO*45*35", "PR*2*20"), denied)
    assert found(less, by_line("100.00", "10.00")) == ("100.00", "90.00", "10.00")
    # A service of the patient's that is not covered is refused too: PR 96.
    patients = remitted("1", "125", "0", a_service("99213", "125", "0", "PR*96*125"), patient="125")
    assert found(patients, by_line("200.00")) is None


def test_lines_make_up_for_one_another_and_services_that_were_split_are_one():
    first = a_service("11042", "200", "90", "CO*45*110")
    second = a_service("11043", "200", "60", "CO*45*140", line="2")
    # The payer reduces the other of two procedures: 60 + 90 are 150 in all, as expected.
    assert found(remitted("1", "400", "150", first, second), by_line("60.00", "90.00")) is None
    split = (a_service("97110", "50", "20", "CO*45*30"), a_service("97110", "50", "20", "CO*45*30"))
    claim = remitted("1", "100", "40", *split)
    assert found(claim, by_line("60.00"), numbers=(1, 1)) == ("60.00", "40.00", "20.00")


def test_a_line_without_an_expected_amount_is_not_compared():
    services = (a_service("99213", "125", "100", "CO*45*25"), a_service("J3490", "90", "1", "CO*45*89", line="2"))
    left_out = ("deductible", "line")
    assert found(remitted("1", "215", "101", *services), by_line("100.00", left_out=left_out)) is None


@pytest.mark.parametrize(
    ("paid", "written_off", "own", "is_short"),
    [
        ("199", "101", None, False),  # 1.00 below 200.00: as much as 1 % lets pass twice over
        ("198", "102", None, False),  # 2.00 is just 1 %
        ("197.99", "102.01", None, True),
        ("199.99", "100.01", Tolerance(amount=Decimal(0), percent=Decimal(0)), True),
        ("150", "150", Tolerance(amount=Decimal(50), percent=Decimal(5)), False),
        ("149.99", "150.01", Tolerance(amount=Decimal(50), percent=Decimal(5)), True),
        ("210", "90", None, False),  # more than expected is no underpayment
    ],
)
def test_the_greater_tolerance_is_let_pass(paid: str, written_off: str, own: Tolerance | None, is_short: bool):
    claim = remitted("1", "300", paid, a_service("99213", "300", paid, f"CO*45*{written_off}"))
    assert (found(claim, by_line("200.00"), own=own) is not None) is is_short


@pytest.mark.parametrize("status", ["2", "3", "4", "20", "21", "23", "25"])
def test_nothing_is_said_of_another_payers_turn_of_denials_and_of_what_decides_nothing(status: str):
    claim = remitted(status, "125", "10", a_service("99213", "125", "10", "CO*45*115"))
    assert found(claim, by_line("100.00")) is None


def test_nothing_is_said_of_a_reversal_and_of_what_does_not_balance():
    line = a_service("99213", "-125", "-80", "CO*45*-45")
    assert found(remitted("22", "-125", "-80", line), by_line("100.00")) is None
    assert found(remitted("1", "125", "80", a_service("99213", "125", "80", "CO*45*1")), by_line("100.00")) is None


def test_nothing_is_said_where_the_expectation_leaves_out_what_could_lower_it():
    claim = remitted("1", "125", "80", a_service("99213", "125", "80", "CO*45*45"))
    assert found(claim, None) is None
    assert found(claim, by_line("100.00", left_out=("locality",))) is None
    assert found(claim, by_line("100.00", left_out=("practitioner",))) is None
    stay = remitted("1", "20000", "9000", cas=["CO*45*9400", "PR*1*1600"])
    assert found(stay, by_claim(None)) is None
    assert found(stay, by_claim("12000.00", "readmission-reduction")) is None


def test_a_stay_is_compared_as_a_whole_by_what_its_adjustments_leave():
    # 9,000 paid, 1,600 deductible, 180 sequestration: 10,780 is allowed.
    stay = remitted("1", "20000", "9000", cas=["CO*45*9220*1*253*180", "PR*1*1600"], filing="MA")
    assert stay.is_balanced
    assert found(stay, by_claim("10880.00", "outlier")) is None  # 100.00 less, where 108.80 is let pass
    assert found(stay, by_claim("12000.00", "outlier")) == ("12000.00", "10780.00", "1220.00")
    # A part of a claim, and a stay of which something is refused, are no measure of the whole.
    assert found(stay, by_claim("12000.00"), total_charge=Decimal(25000)) is None
    refused = remitted("1", "20000", "9000", cas=["CO*45*9000*1*197*400", "PR*1*1600"], filing="MA")
    assert found(refused, by_claim("12000.00")) is None


def test_nothing_is_expected_of_a_later_payer_and_of_a_void():
    assert is_asked_to_pay_first({})
    assert is_asked_to_pay_first({"billed_sequence": "P", "frequency": "7"})
    assert not is_asked_to_pay_first({"billed_sequence": "S"})
    assert not is_asked_to_pay_first({"frequency": "8"})
