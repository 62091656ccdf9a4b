"""Which resubmission is right. By the guides' rule: never adjudicated, sent anew; adjudicated, replaced or voided."""

from __future__ import annotations

from datetime import date

import pytest

from services.submission.domain.replacements import check_taken
from services.submission.domain.resubmission import resubmission, resubmitted
from services.submission.errors import AttemptsExhausted, NothingToVoid, PayerNumberMissing, ReplacementNotTaken
from tests.builders import ClaimBuilder, a_professional_claim, an_institutional_claim, commercial, medicare

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


def test_an_unprocessable_claim_is_a_new_claim_and_such_a_replacement_still_replaces():
    """RARC MA130: nothing was decided, and a new claim is to be sent."""
    claim = a_professional_claim().build()
    terms = resubmission(claim, "unprocessable", attempt=2, payer_claim_control_number=PAYER_NUMBER)
    assert (terms.decision, terms.frequency, terms.payer_claim_control_number) == ("new", "1", None)
    assert "unprocessable" in terms.because.lower()
    replacement = an_institutional_claim().but(
        frequency="7", coverages=[medicare("A", payer_claim_control_number=PAYER_NUMBER)]
    )
    terms = resubmission(replacement.build(), "unprocessable", attempt=3, payer_claim_control_number="THE-REFUSED-ONES")
    assert (terms.decision, terms.payer_claim_control_number) == ("replacement", PAYER_NUMBER)
    with pytest.raises(NothingToVoid):
        resubmission(claim, "unprocessable", attempt=2, intent="void")


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_medicare_part_b_takes_no_replacement_and_no_void(frequency: str):
    """CMS 837P companion guide for Part B, CLM05-3."""
    with pytest.raises(ReplacementNotTaken) as refusal:
        check_taken(a_professional_claim().build(), frequency, date(2026, 11, 24))
    assert "companion guide" in refusal.value.extra["source"]


@pytest.mark.parametrize(
    ("claim", "frequency"),
    [
        (a_professional_claim(), "1"),
        (a_professional_claim().with_coverages(commercial()), "7"),
        (an_institutional_claim(), "7"),
        (an_institutional_claim(), "8"),
    ],
)
def test_others_take_them(claim: ClaimBuilder, frequency: str):
    check_taken(claim.build(), frequency, date(2026, 11, 24))


def test_nothing_is_replaced_without_the_payers_number():
    with pytest.raises(PayerNumberMissing):
        resubmission(a_professional_claim().build(), "denied", attempt=2)


def test_what_was_never_adjudicated_cannot_be_voided():
    with pytest.raises(NothingToVoid):
        resubmission(a_professional_claim().build(), "rejected", attempt=2, intent="void")


@pytest.mark.parametrize(
    ("outcome", "intent", "bill"),
    [
        ("rejected", "correct", "0111"),
        ("denied", "correct", "0117"),
        ("paid", "correct", "0117"),
        ("paid", "void", "0118"),
    ],
)
def test_the_frequency_is_the_last_digit_of_the_type_of_bill(outcome: str, intent: str, bill: str):
    """UB-04 form locator 4: 0111 admit through discharge, 0117 replacement, 0118 void of an inpatient claim."""
    claim = an_institutional_claim().but(facility_type="11").build()
    terms = resubmission(claim, outcome, attempt=2, intent=intent, payer_claim_control_number=PAYER_NUMBER)  # type: ignore[arg-type]
    again = resubmitted(claim, terms)
    assert again.type_of_bill == bill  # type: ignore[union-attr]
    assert (again.billed_coverage.payer_claim_control_number is None) == (bill == "0111")


def test_a_rejected_interim_bill_is_the_same_interim_bill_again():
    """NUBC frequency 2: first claim of a series. The payer has none of it."""
    claim = an_institutional_claim().but(facility_type="21", frequency="2").build()
    terms = resubmission(claim, "rejected", attempt=2, payer_claim_control_number=PAYER_NUMBER)
    assert (terms.decision, terms.frequency, terms.payer_claim_control_number) == ("new", "2", None)


def test_a_replacement_names_the_number_that_the_payer_gave_last():
    first = a_professional_claim().but(frequency="7", coverages=[medicare("B", payer_claim_control_number="ICN1")])
    terms = resubmission(first.build(), "paid", attempt=3, payer_claim_control_number="ICN2")
    assert (terms.frequency, terms.payer_claim_control_number) == ("7", "ICN2")


def test_a_rejected_replacement_keeps_the_number_of_what_it_replaces_whatever_its_rejection_names():
    replacement = a_professional_claim().but(
        frequency="7", coverages=[medicare("B", payer_claim_control_number=PAYER_NUMBER)]
    )
    terms = resubmission(replacement.build(), "rejected", attempt=3, payer_claim_control_number="NUMBER-OF-NOTHING")
    assert terms.payer_claim_control_number == PAYER_NUMBER


def test_what_was_voided_goes_out_as_a_new_claim_and_is_not_voided_twice():
    voided = a_professional_claim().but(
        frequency="8", coverages=[medicare("B", payer_claim_control_number=PAYER_NUMBER)]
    )
    terms = resubmission(voided.build(), "accepted", attempt=3, payer_claim_control_number=PAYER_NUMBER)
    assert (terms.decision, terms.frequency, terms.payer_claim_control_number) == ("new", "1", None)
    with pytest.raises(NothingToVoid):
        resubmission(voided.build(), "paid", attempt=3, intent="void", payer_claim_control_number=PAYER_NUMBER)


def test_the_decision_is_explained():
    claim = a_professional_claim().build()
    rejected = resubmission(claim, "rejected", attempt=2)
    denied = resubmission(claim, "denied", attempt=2, payer_claim_control_number=PAYER_NUMBER)
    assert rejected.because.startswith("Rejected before adjudication")
    assert denied.because.startswith("Denied after adjudication")


def test_there_is_no_hundredth_attempt():
    with pytest.raises(AttemptsExhausted):
        resubmission(a_professional_claim().build(), "rejected", attempt=100)


def test_the_number_of_another_payer_stays():
    """REF*F8 is of the payer that the claim is sent to."""
    other = medicare(sequence="S", payer_claim_control_number="OTHER1")
    claim = a_professional_claim().with_coverages(medicare("B"), other).build()
    again = resubmitted(claim, resubmission(claim, "denied", attempt=2, payer_claim_control_number=PAYER_NUMBER))
    assert [coverage.payer_claim_control_number for coverage in again.coverages] == [PAYER_NUMBER, "OTHER1"]
