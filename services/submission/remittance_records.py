"""What submission shows of remittances: payments, claims in them, a claim's account. Values, never rows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.submission.domain.remittances.documents import AdjudicatedClaim, RemittanceFault
from services.submission.domain.remittances.matching import Candidate
from services.submission.domain.remittances.posting import Effect, EntryKind
from services.submission.remittance_store import AdjustmentState, RemittanceState
from shared.claims import Amount, Claim, Date, Instant, Many, Model, Money, ScrubReport

Reason = Annotated[str, Field(min_length=1, max_length=500)]
"""In a person's own words; it stays on the record."""


class RemittanceSummary(Model):
    """One payment of a payer. `amount` is negative where the payer takes money back."""

    id: str
    version: int
    state: RemittanceState
    repeats: str | None
    """The remittance that posted the same payment before, or that a person has put this one in the place of."""
    payer_id: str
    payer_name: str
    payee_id: str
    trace_number: str
    """Check or EFT number."""
    method: str
    amount: Money
    paid_on: Date | None
    produced_on: Date | None
    claims: int
    claims_paid: Money
    provider_adjusted: Money
    is_balanced: bool
    is_whole: bool
    """False where the file ended within it."""
    response_id: str
    """The file that it came in."""
    received_at: Instant


class ProviderAdjustmentShown(Model):
    """Money that moves on the provider's account. A positive amount lowers the payment."""

    remittance_id: str
    position: int
    version: int
    state: AdjustmentState
    claim_id: str | None
    """The claim that it is about, as its reference or a person says."""
    provider_id: str
    period_end: Date | None
    reason: str
    """X12 element 426: WO overpayment recovery, FB forwarding balance, 72 authorized return, L6 interest owed …"""
    words: str | None
    """The reason in words; None of a code that the guide does not list."""
    reference: str
    amount: Money


class AdjustmentSettlement(Model):
    """What an adjustment of a provider's account was for."""

    reason: Reason
    claim_id: Annotated[str, Field(max_length=36)] | None = None
    """The claim that it is about, if it is about one."""


class PaymentChoice(Model):
    """What becomes of a payment that differs from one that was posted before."""

    choice: Literal["add", "replace", "set_aside"]
    """add: it is another payment. replace: what was posted before comes off the accounts. set_aside: nothing of it is
    posted."""
    reason: Reason


class Remittance(Model):
    """A payment with its faults and what belongs to no claim of it."""

    version: int
    summary: RemittanceSummary
    provider_adjustments: Many[ProviderAdjustmentShown]
    faults: Many[RemittanceFault]


class RemittedClaim(Model):
    """A claim of a payment, and what it did to the claim that it was matched to."""

    id: str
    version: int
    remittance_id: str
    claim_id: str | None
    """None where it is of no claim that is known."""
    attempt: int | None
    """Which sending of the claim it pays."""
    patient_control_number: str
    payer_claim_control_number: str
    status: str
    """CLP02."""
    charged: Money
    paid: Money
    effect: Effect
    undone_by: str | None
    """The reversal that took it back, or the remittance that a person has put in the place of its own."""
    flags: Many[str]
    faults: Many[RemittanceFault]
    adjudicated: AdjudicatedClaim
    at: Instant


class UnmatchedClaim(Model):
    """A claim of a payment that is of no claim that is known, and those of ours that it may be of."""

    version: int
    remitted: RemittedClaim
    trace_number: str
    payer_id: str
    payer_name: str
    candidates: Many[Candidate]


class Matching(Model):
    """Whose a claim of a payment is."""

    claim_id: Annotated[str, Field(max_length=36)]
    attempt: Annotated[int, Field(ge=1, le=99)] | None = None
    """Which sending of the claim it pays; the last where none is named."""
    reason: Reason
    confirm: bool = False
    """Post it though the charge, the patient or the days do not go together."""


class Dismissal(Model):
    """Why a claim of a payment is none of ours, or not of the claim that it was matched to."""

    reason: Reason


class AccountEntry(Model):
    """One amount on a claim's account."""

    kind: EntryKind
    group: str
    reason: str
    line: int | None
    amount: Money
    remitted_claim_id: str


class AccountSums(Model):
    """`open` is the charge less payments and write-offs; of it `patient` is the patient's, `of_payers` the rest.

    `denied` is what the payer who decided last refuses to pay, `prior_payers` what others decided before the claim went
    to this one, where it is a second payer's. `voided` is the charge of a claim that was taken back.
    """

    charge: Amount
    voided: Money
    prior_payers: Money
    paid: Money
    contractual: Money
    other: Money
    payer_initiated: Money
    denied: Money
    patient: Money
    interest: Money
    open: Money
    of_payers: Money


class SecondaryDraft(Model):
    """The claim for the next payer, and what the edits find in it. Nothing is kept: `POST /v1/claims` submits it."""

    claim: Claim
    report: ScrubReport


class ClaimAccount(Model):
    """What was paid and adjusted on a claim, and by which postings."""

    account: AccountSums
    entries: Many[AccountEntry]
    postings: Many[RemittedClaim]
