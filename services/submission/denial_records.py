"""What submission shows of denials. Values, never rows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.submission.denial_store import DenialOutcome, DenialState
from services.submission.domain.denials import DenialCategory, DenialReason
from services.submission.domain.denials.limits import Basis, PayerLimit
from services.submission.domain.remittances.underpayment import Underpayment
from shared.claims import Amount, Date, Instant, LongText, Many, Model, Money


class CodeWords(Model):
    """What a code says, where the customer has loaded the list of its owner."""

    code: str
    words: str


class ShownDenial(Model):
    """An item of the denial worklist: what was refused and why, how urgent it is, and until when it can be appealed."""

    id: str
    version: int
    state: DenialState
    claim_id: str
    remitted_claim_id: str
    payer_id: str
    payer_name: str
    category: DenialCategory
    carc: str
    amount: Money
    reasons: Many[DenialReason]
    underpayment: Underpayment | None
    """Where nothing is refused, and the payer allowed less than was expected: `amount` is the difference."""
    words: Many[CodeWords]
    """Of the CARC and RARC in `reasons`, where their lists are loaded."""
    denied_on: Date
    appeal_deadline: Date | None
    """None where it cannot be appealed, or the time is not known: `appeal_basis` says which."""
    appeal_basis: Basis
    appeal_source: str | None
    """The contract's or the law's words for it."""
    filing_deadline: Date | None
    """Until when another claim may be filed; None where none may be, or the time is not known."""
    filing_basis: Basis
    filing_source: str | None
    points: Annotated[float, Field(description="How urgent it was on the day `ranked_on`.")]
    ranked_on: Date
    owner: str | None
    lease_expires_at: Instant | None
    outcome: DenialOutcome | None
    closing_reason: str | None
    created_at: Instant
    closed_at: Instant | None


class DenialGroup(Model):
    """Denials of one payer for one main reason."""

    payer_id: str
    payer_name: str
    carc: str
    category: DenialCategory
    denials: int
    amount: Amount
    next_appeal_deadline: Date | None


class DenialGroups(Model):
    """Those with most money first."""

    items: Many[DenialGroup]


class Closing(Model):
    """What came of the work on a denial."""

    outcome: Annotated[DenialOutcome, Field(description="superseded is set by a later remittance alone.")]
    reason: Annotated[
        LongText | None,
        Field(description="Why. An underpayment that is accepted or written off needs one; no data of the patient."),
    ] = None


class PayerLimits(Model):
    """How long a customer has by its contracts with a payer, to appeal and to replace; version 0 where none is kept."""

    payer_id: str
    version: int
    editions: Many[PayerLimit]
    changed_by: str | None = None
    changed_at: Instant | None = None
