"""The events of the claim line: what happened, said once, with the whole claim in it, or the query that it waits for.

Every payload names its CloudEvents `type` and its topic. The claim's id is the key, so that what happens to one claim
is read in the order in which it happened. JSON Schemas of these models are committed in `docs/events/`; a change that
an old consumer could not read fails `tests/shared/events/test_contracts.py`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.claims import (
    Claim,
    ClaimId,
    ClaimKind,
    Date,
    ExpectedPayment,
    FormatRepair,
    Grouping,
    Instant,
    Many,
    Model,
    Reference,
    Rejection,
    ReturnReason,
    ScrubReport,
    Text,
)
from shared.claims.decisions import LongText
from shared.claims.queries import QueryAnswer, QueryLevel, QueryText


class LineEvent(Model):
    """The part that every event has: its `key` is the id of the claim, or else of the thing, that it is about."""

    event_type: ClassVar[str]
    topic: ClassVar[str]

    @property
    def key(self) -> str:
        """Each kind of event says where that id stands."""
        raise NotImplementedError


class ClaimEvent(LineEvent):
    """An event with the whole claim in it.

    `revision` counts the states of one claim through the whole line, from 1: whoever changes a claim raises it by one,
    and whoever holds a later revision passes over an earlier one.
    """

    claim: Claim
    revision: int

    @property
    def key(self) -> ClaimId:
        return self.claim.id


class ChartCoded(ClaimEvent):
    """The coder finished the chart: encoder to grouper. `coder` is the subject who finalized."""

    event_type = "chart.coded.v1"
    topic = "encoder.charts.v1"

    chart_id: Reference
    coder: str
    coded_at: Instant


class ClaimGrouped(ClaimEvent):
    """The DRG is known, or none applies: grouper to scrubber."""

    event_type = "claim.grouped.v1"
    topic = "grouper.claims.v1"

    grouping: Grouping


class GrouperReturned(ClaimEvent):
    """The claim cannot be grouped; the coder must look again: grouper to encoder."""

    event_type = "claim.returned.v1"
    topic = "grouper.claims.v1"

    returned_by: Literal["grouper"] = "grouper"
    reasons: Many[ReturnReason]


class ClaimCleared(ClaimEvent):
    """Every edit passed: scrubber to submission. `claim` is as repaired."""

    event_type = "claim.cleared.v1"
    topic = "scrubber.claims.v1"

    report: ScrubReport
    touchless: bool
    """No person changed the claim since it was coded."""
    filing_deadline: Date | None = None
    """The last day on which the payer takes it; None where it sets no time, or where none is known."""
    expected: ExpectedPayment | None = None
    """The grouper's, of the claim as it stands; None where there is none, or what it rests on was changed since."""


class ClaimHeld(ClaimEvent):
    """Edits failed; the claim waits on the scrubber's worklist."""

    event_type = "claim.held.v1"
    topic = "scrubber.claims.v1"

    report: ScrubReport


class ScrubberReturned(ClaimEvent):
    """A biller sent the claim back to the coder: scrubber to encoder."""

    event_type = "claim.returned.v1"
    topic = "scrubber.claims.v1"

    returned_by: Literal["scrubber"] = "scrubber"
    reasons: Many[ReturnReason]


class ClaimSubmitted(ClaimEvent):
    """The claim went out in an interchange."""

    event_type = "claim.submitted.v1"
    topic = "submission.claims.v1"

    interchange_control_number: str
    route: str
    submitted_at: Instant


class ClaimAccepted(ClaimEvent):
    """The payer took the claim into adjudication (277CA A2)."""

    event_type = "claim.accepted.v1"
    topic = "submission.claims.v1"

    payer_claim_control_number: str | None = None
    accepted_at: Instant


class ClaimRejected(ClaimEvent):
    """The claim came back before adjudication (TA1, 999 or 277CA); it waits on the rejection worklist."""

    event_type = "claim.rejected.v1"
    topic = "submission.claims.v1"

    rejection: Rejection


class ClaimCorrected(ClaimEvent):
    """A biller corrected a rejected claim: submission to scrubber, for nothing skips the edits."""

    event_type = "claim.corrected.v1"
    topic = "submission.claims.v1"

    corrected_by: str
    changes: Many[FormatRepair] = ()


class ClaimRemitted(ClaimEvent):
    """The payer's 835 told what it paid."""

    event_type = "claim.remitted.v1"
    topic = "submission.claims.v1"

    paid: str
    """Negative where it was taken back."""
    payment_reference: str
    attempt: int | None = None
    """For which sending of the claim it was paid; another may have followed since. None in events of before."""


class RuleSuggested(LineEvent):
    """What a payer refuses again and again, said as a rule of the scrubber: submission to scrubber.

    There it is proposed, and runs in shadow or for good once a person with the permission says so.
    """

    event_type = "rule.suggested.v1"
    topic = "submission.claims.v1"

    claim_id: ClaimId
    """The last claim that it was learned from."""
    rule_id: str
    name: Text
    description: LongText
    """Its evidence in words: how many claims it would have caught, how many it would have stopped wrongly."""
    payers: Many[str]
    kinds: Many[ClaimKind]
    each: Literal["claim", "line"]
    condition: str
    """In CEL, as the scrubber's customer rules are written."""
    message: LongText
    pointer: str
    predicted: str
    effective: Date

    @property
    def key(self) -> ClaimId:
        return self.claim_id


class QueryEvent(LineEvent):
    """What happens to a question to a physician about a chart. There need be no claim yet; its id is known."""

    topic = "encoder.charts.v1"

    claim_id: ClaimId
    query_id: Reference
    chart_id: Reference
    facility_id: Reference
    encounter_id: Reference
    version: int
    """Counts the changes of the query: whoever holds a later one passes over an earlier."""

    @property
    def key(self) -> ClaimId:
        return self.claim_id


class QuerySent(QueryEvent):
    """A physician is asked; until the answer the chart is not finalized: encoder to the EHR."""

    event_type = "query.sent.v1"

    text: QueryText
    author: str
    physician: str
    sent_at: Instant
    due_at: Instant


class QueryEscalated(QueryEvent):
    """Nobody answered in time; it is the turn of the next level."""

    event_type = "query.escalated.v1"

    level: QueryLevel
    physician: str
    due_at: Instant


class QueryAnswered(QueryEvent):
    """The physician answered, or amended an answer: the one given here holds."""

    event_type = "query.answered.v1"

    text: QueryText
    answer: QueryAnswer
    amended: bool


class QueryEnded(QueryEvent):
    """The query needs no answer any more, or will get none."""

    event_type = "query.ended.v1"

    outcome: Literal["withdrawn", "expired"]
    ended_at: Instant


class InterchangePrepared(LineEvent):
    """An 837 for an adapter to carry to its clearinghouse; its `route` says to which. The same id is the same bytes."""

    event_type = "interchange.prepared.v1"
    topic = "submission.interchanges.v1"

    interchange_id: Reference
    route: Reference
    control_number: int
    """ISA13."""
    sha256: str
    """Of the bytes that `content` makes in ASCII."""
    content: str
    """ISA to IEA, as it must arrive."""

    @property
    def key(self) -> str:
        return self.interchange_id


class ResponseReceived(LineEvent):
    """A file that an adapter brings from its clearinghouse: TA1, 999, 277CA or 835, one of each `external_id`."""

    event_type = "response.received.v1"
    topic = "clearinghouse.responses.v1"

    route: Reference
    """The route whose interchanges it answers."""
    external_id: Annotated[str, Field(min_length=1, max_length=128)]
    """The clearinghouse's own id or name of the file: one that came before is passed over."""
    content: str
    """As it came, decoded as UTF-8, or as Latin-1 where it is none."""

    @property
    def key(self) -> str:
        return self.route


EVENTS: tuple[type[LineEvent], ...] = (
    ChartCoded,
    ClaimGrouped,
    GrouperReturned,
    ClaimCleared,
    ClaimHeld,
    ScrubberReturned,
    ClaimSubmitted,
    ClaimAccepted,
    ClaimRejected,
    ClaimCorrected,
    ClaimRemitted,
    RuleSuggested,
    QuerySent,
    QueryEscalated,
    QueryAnswered,
    QueryEnded,
    InterchangePrepared,
    ResponseReceived,
)
"""Every event of the line. A type on a topic names one model: (`claim.returned.v1`, `grouper.claims.v1`)."""
