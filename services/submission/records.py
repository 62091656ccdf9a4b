"""What submission shows: a claim in flight with its timeline, interchanges, rejections. Values, never rows."""

from __future__ import annotations

from services.submission.domain.answers import Source
from services.submission.domain.lifecycle import ClaimState
from services.submission.domain.status_codes import StatusWording
from services.submission.store import InterchangeState, ResponseState
from shared.claims import Amount, Claim, ClaimKind, Instant, Many, Model, PayerStatus, Rejection


class ClaimSummary(Model):
    """Where a claim stands."""

    id: str
    version: int
    revision: int
    state: ClaimState
    kind: ClaimKind
    payer_id: str
    payer_name: str
    patient_control_number: str
    attempt: int
    total_charge: Amount
    payer_claim_control_number: str | None
    owner: str | None
    touched: bool
    created_at: Instant
    changed_at: Instant


class Transmission(Model):
    """One time the claim went out."""

    attempt: int
    patient_control_number: str
    interchange_id: str
    interchange_control_number: int
    route: str
    state: InterchangeState
    batched_at: Instant
    delivered_at: Instant | None


class Answer(Model):
    """One answer about the claim, with the segments as they came. `effect` says what it changed."""

    source: Source
    attempt: int | None
    """None where the answer is about a whole interchange."""
    reference: str
    statuses: Many[PayerStatus]
    segments: Many[str]
    effect: str
    response_id: str
    at: Instant


class Step(Model):
    """Something that was done to the claim, from the audit trail."""

    at: Instant
    actor: str
    action: str


class ClaimTimeline(Model):
    """Everything about one claim in flight, from its first batch to its last answer."""

    version: int
    summary: ClaimSummary
    claim: Claim
    rejection: Rejection | None
    transmissions: Many[Transmission]
    answers: Many[Answer]
    steps: Many[Step]


class Reason(Model):
    """A status of the answer, and what it means in words."""

    status: PayerStatus
    meaning: StatusWording


class RejectedClaim(Model):
    """An item of the rejection worklist: what came back, why in words, and what would help."""

    version: int
    summary: ClaimSummary
    rejection: Rejection
    reasons: Many[Reason]
    hours_waiting: int


class Interchange(Model):
    """One file that went out or waits to."""

    id: str
    route: str
    control_number: int
    kind: ClaimKind
    payer_id: str
    payer_name: str
    state: InterchangeState
    claims: int
    total_charge: Amount
    sha256: str
    delivery_attempts: int
    last_error: str | None
    created_at: Instant
    delivered_at: Instant | None


class Batched(Model):
    """What a batch run made."""

    interchanges: Many[Interchange]
    claims: int


class ResponseFile(Model):
    """A file that came in. `received` files are read within moments."""

    id: str
    route: str
    external_id: str
    state: ResponseState
    problem: str | None
    received_at: Instant


class Collected(Model):
    """What a look at the route brought: files that were new, and how many are read now."""

    files: int
    read: int


class PayerFigures(Model):
    payer_id: str
    payer_name: str
    state: ClaimState
    claims: int
    total_charge: Amount


class Figures(Model):
    """Claims by payer and state, and how many went through without a hand on them."""

    claims: int
    accepted: int
    accepted_at_first: int
    """Accepted on the first submission."""
    by_payer: Many[PayerFigures]
