"""What submission shows: a claim in flight with its timeline, interchanges, rejections. Values, never rows."""

from __future__ import annotations

from datetime import time
from typing import Literal

from services.submission.domain.answers import Source
from services.submission.domain.learning import Evidence, Fingerprint, SuggestedRule
from services.submission.domain.lifecycle import ClaimState
from services.submission.domain.priority import Priority
from services.submission.domain.resubmission import Resubmission
from services.submission.domain.status_codes import StatusWording
from services.submission.domain.timeline import TimelineEntry
from services.submission.store import InterchangeState, ResponseState
from shared.claims import (
    Amount,
    Claim,
    ClaimKind,
    Date,
    Instant,
    Many,
    Model,
    PayerStatus,
    Rejection,
    ScrubReport,
    Severity,
)
from shared.http import Problem


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
    lease_expires_at: Instant | None
    """When the owner loses the claim unless they touch it."""
    filing_deadline: Date | None
    """The last day on which the payer takes the claim, where it is known."""
    touched: bool
    created_at: Instant
    changed_at: Instant


class Resubmitted(ClaimSummary):
    """Where a claim stands that is on its way out again, and how that was decided."""

    resubmission: Resubmission


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


class UnmatchedAnswer(Model):
    """An answer about no claim or interchange of ours. The file that it came in is kept as a whole.

    Without its free text and raw segments: it is about nobody's patient of this tenant.
    """

    response_id: str
    position: int
    """Its place in the file, from 0."""
    source: Source
    reference: str
    """What it says that it answers: a control number."""
    statuses: Many[str]
    """`category:status:entity`."""
    at: Instant


class ClaimTimeline(Model):
    """Everything about one claim in flight, from its first batch to its last answer."""

    version: int
    summary: ClaimSummary
    claim: Claim
    rejection: Rejection | None
    transmissions: Many[Transmission]
    answers: Many[Answer]
    steps: Many[Step]
    entries: Many[TimelineEntry]
    """All of it in one line, in the order in which it happened."""


class Reason(Model):
    """A status of the answer, and what it means in words."""

    status: PayerStatus
    meaning: StatusWording


class RejectedClaim(Model):
    """An item of the rejection worklist: what came back, why in words, what would help, and how urgent it is."""

    version: int
    summary: ClaimSummary
    rejection: Rejection
    reasons: Many[Reason]
    hours_waiting: int
    due_at: Instant
    """Until when it should be out again, in the tenant's local time."""
    overdue: bool
    priority: Priority
    """By its total the worklist is sorted."""
    days_left: int | None
    """Until the end of timely filing, on which the claim is still in time; negative once it has passed."""


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


class RouteWindow(Model):
    """By the clock of `zone`, on these days of the week (Monday 0); it may run over midnight."""

    opens: time
    closes: time
    zone: str
    days: Many[int]


class RouteStatus(Model):
    """A way out and back: what it is for, and how it is."""

    name: str
    payers: Many[str]
    """The payers that it serves; none: every payer."""
    receiver: str
    """ISA08."""
    usage: Literal["P", "T"]
    character_set: Literal["basic", "extended"]
    claims_in_batch: int
    window: RouteWindow | None
    """When it is batched for on schedule and delivered to; null: always."""
    is_open: bool
    paused_at: Instant | None
    paused_by: str | None
    waiting: int
    """Interchanges of yours that it has not taken yet."""
    waiting_since: Instant | None
    down_since: Instant | None
    """Since when no delivery went through."""
    last_error: str | None
    delivered_at: Instant | None
    answers_down_since: Instant | None
    """Since when no answers can be fetched."""
    answers_error: str | None
    answered_at: Instant | None
    """When the last file came."""


class Routes(Model):
    items: Many[RouteStatus]


class ResponseFile(Model):
    """A file that came in. `received` files are read within moments; one that `failed` did so by a fault of ours."""

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
    """In the payer's adjudication, or through it: paid and denied claims were accepted."""
    accepted_at_first: int
    """Of those, on the first submission."""
    by_payer: Many[PayerFigures]


class SubmittedClaim(Model):
    """What became of a claim that came in by the door of submission."""

    claim_id: str
    patient_control_number: str
    """CLM01 under which it goes out: by it every answer finds the claim."""
    outcome: Literal["queued", "held"]
    """queued: it goes out with the next batch. held: it waits on the scrubber's worklist for what the report says."""
    report: ScrubReport


class FormFault(Model):
    """What is wrong with a claim or its file as X12."""

    code: str
    severity: Severity
    message: str
    """Repeats no text of the file."""
    offset: int
    """Of the segment, in bytes from the begin of the file."""
    segment: int
    """As SE01 counts: ST is 1; 0 outside of a transaction set."""
    x12: str | None
    pointer: str | None
    """Into the claim document, where the fault is of a value of it."""
    answer: str | None
    """What the other side would send: TA1, 999 or 277CA."""


class SubmittedLine(Model):
    """The answer to one claim of many: what became of it, or the problem with it."""

    line: int
    """The line of an NDJSON body, blank lines too; the how-manieth claim or fault of an X12 file."""
    status: int
    name: str | None = None
    """CLM01 as it came in an X12 file."""
    claim_id: str | None = None
    patient_control_number: str | None = None
    outcome: Literal["queued", "held"] | None = None
    report: ScrubReport | None = None
    problem: Problem | None = None
    faults: Many[FormFault] = ()


class BulkAnswer(Model):
    """What became of one claim of a bulk correction, or the problem that it met."""

    claim_id: str
    outcome: Literal["resubmitted", "would be resubmitted", "held"] | None = None
    """held: the edits found something, so it stays on the worklist as it was; the report says what."""
    report: ScrubReport | None = None
    """What the edits found on it as corrected."""
    claim: Resubmitted | None = None
    """Where it stands now, where it was resubmitted."""
    problem: Problem | None = None


class BulkAnswers(Model):
    """One answer for each claim, in the order asked for."""

    claims: Many[BulkAnswer]
    resubmitted: int
    held: int
    refused: int


class RejectionPattern(Model):
    """What rejections have in common, how often it came, and the rule that was learned from it."""

    id: str
    fingerprint: Fingerprint
    words: str
    """The status in words."""
    claims: int
    """Different claims that came back with it."""
    first_seen: Date
    last_seen: Date
    rule_id: str | None
    """Of the rule that was suggested to the scrubber, where it is proposed."""
    suggested_on: Date | None
    evidence: Evidence | None = None
    """As it is now; of a single pattern only."""
    rule: SuggestedRule | None = None
    """What it comes to as a rule; of a single pattern only. None where it means no field that a rule can ask about."""
    claim_ids: Many[str] = ()
    """Claims that came back with it, the latest first; of a single pattern only."""
