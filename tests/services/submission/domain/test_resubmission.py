"""Which resubmission is right. By the guides' rule: never adjudicated, sent anew; adjudicated, replaced or voided."""

from __future__ import annotations

import pytest

from services.submission.domain.resubmission import (
    NothingToVoid,
    PayerNumberMissing,
    resubmission,
    resubmitted,
)
from tests.builders import a_professional_claim, medicare

PAYER_NUMBER = "PYR20261116001"


def test_a_rejected_claim_is_a_new_claim_under_a_new_number():
    claim = a_professional_claim().build()
    again = resubmitted(claim, resubmission(claim, "rejected", attempt=2, payer_claim_control_number=PAYER_NUMBER))
    assert again.frequency == "1"
    assert again.patient_control_number != claim.patient_control_number
    assert again.billed_coverage.payer_claim_control_number is None
    assert (again.id, again.lines) == (claim.id, claim.lines)


def test_control_numbers_are_twenty_characters_and_differ_by_attempt():
    claim = a_professional_claim().build()
    numbers = [resubmission(claim, "rejected", attempt=n).patient_control_number for n in (1, 2, 3, 99)]
    assert len(set(numbers)) == 4
    assert {len(number) for number in numbers} == {20}
    assert {number[:18] for number in numbers} == {numbers[0][:18]}


@pytest.mark.parametrize("outcome", ["denied", "paid"])
def test_an_adjudicated_claim_is_replaced_by_the_payers_number(outcome: str):
    claim = a_professional_claim().build()
    terms = resubmission(claim, outcome, attempt=2, payer_claim_control_number=PAYER_NUMBER)  # type: ignore[arg-type]
    again = resubmitted(claim, terms)
    assert (again.frequency, again.billed_coverage.payer_claim_control_number) == ("7", PAYER_NUMBER)


def test_a_paid_claim_is_voided_by_the_payers_number():
    claim = a_professional_claim().build()
    terms = resubmission(claim, "paid", attempt=2, intent="void", payer_claim_control_number=PAYER_NUMBER)
    assert (terms.frequency, terms.payer_claim_control_number) == ("8", PAYER_NUMBER)


def test_a_rejected_replacement_still_replaces_what_the_payer_has():
    replacement = a_professional_claim().but(
        frequency="7", coverages=[medicare("B", payer_claim_control_number=PAYER_NUMBER)]
    )
    terms = resubmission(replacement.build(), "rejected", attempt=3)
    assert (terms.frequency, terms.payer_claim_control_number) == ("7", PAYER_NUMBER)


def test_nothing_is_replaced_without_the_payers_number():
    with pytest.raises(PayerNumberMissing):
        resubmission(a_professional_claim().build(), "denied", attempt=2)


def test_what_was_never_adjudicated_cannot_be_voided():
    with pytest.raises(NothingToVoid):
        resubmission(a_professional_claim().build(), "rejected", attempt=2, intent="void")
