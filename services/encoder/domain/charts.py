"""A chart and the states it goes through.

    received ──assign──▶ assigned ──codes──▶ coded ──finalize──▶ finalized ──return──▶ returned
        ◀──release──┘                         ▲                                           │
                                              └────────────────codes──────────────────────┘

    A cancelled encounter's chart is `cancelled` until the EHR takes that back; a merged one's is `merged` for good, its
    documents and charges being with the chart it was merged into.

A chart has at most one owner; who took it has it for the time of a lease, who was handed it until it is finished.
Whoever gives codes to a chart that nobody owns becomes its owner. Every transition returns a new chart with the next
version; the one given is unchanged.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.documents.filing import FiledDocument
from services.encoder.domain.problems import Problem
from services.encoder.domain.queue.holds import QUERY_OPEN, Hold
from services.encoder.domain.queue.rules import HandOver, Placement
from services.encoder.errors import (
    ChartClosed,
    ChartCoded,
    ChartHeld,
    ChartNotOwned,
    ChartOwned,
    FlagNotFound,
    HoldNotFound,
    QueryOpen,
)
from shared.claims import (
    Amount,
    Claim,
    ClaimId,
    Code,
    Date,
    Encounter,
    EncounterClass,
    Instant,
    Many,
    Model,
    PatientControlNumber,
    Reference,
    ReturnReason,
    Text,
)

ChartStatus = Literal["received", "assigned", "coded", "finalized", "returned", "cancelled", "merged"]

OPEN: tuple[ChartStatus, ...] = ("received", "assigned", "coded", "returned")
"""The states in which a chart waits for a coder."""

TouchlessOutcome = Literal["finalized", "audited", "refused"]
"""Finished without a coder; so finished and drawn for audit; left to the coders."""

_CLOSED: dict[ChartStatus, str] = {
    "finalized": "a finalized chart changes only after it was returned",
    "cancelled": "the encounter was cancelled",
    "merged": "the chart was merged into another",
}

ChartFlag = Literal[
    "late_document",
    "late_charge",
    "late_update",
    "discharge_cancelled",
    "cancelled_when_finalized",
    "merged_when_finalized",
]
"""What the EHR told of a chart too late for its coder to know: a person looks at it, nothing is undone by itself."""


class Chart(Model):
    """Where the coding of one encounter stands. Holds nothing of the patient."""

    id: Reference
    claim_id: ClaimId
    facility_id: Reference
    encounter_id: Reference
    work_type: EncounterClass
    """Which of the coders' queues it waits in."""
    specialty: Text | None = None
    status: ChartStatus = "received"
    version: int = 1
    """Counts the changes of the chart: its ETag."""
    revision: int = 0
    """The last known state of the claim in the whole line; 0 before the chart was first finalized."""
    owner: str | None = None
    """The subject who works on it now."""
    coder: str | None = None
    """The subject who finalized it last."""
    received_at: Instant
    service_date: Date
    """The day the queue sorts by: discharge, or while the stay lasts, its first day."""
    discharged: bool
    value: Amount
    """The charges of the encounter together."""
    control_number: PatientControlNumber | None = None
    """CLM01 of the claim as it last stood; None before the chart was first finalized."""
    frequency: Code = "1"
    return_reasons: Many[ReturnReason] = ()
    payer: Text | None = None
    """The id of the primary payer."""
    filing_indicator: Code | None = None
    """SBR09 of the primary coverage."""
    placement: Placement | None = None
    """In which queue it waits, and where in it."""
    lease_expires_at: Instant | None = None
    """When the owner's lease ends and the chart may go to another; None while it is held, or was handed to them."""
    holds: Many[Hold] = ()
    """Why it waits though nobody works on it."""
    handed_over: HandOver | None = None
    query_answered: bool = False
    """A query was answered since the chart was last coded."""
    touchless: TouchlessOutcome | None = None
    """What the touchless path made of it; None where it was not asked."""
    flags: Many[ChartFlag] = ()
    """What became known of it after it was finalized. A flag stands until a coder takes it off."""
    told_at: Instant | None = None
    """When the EHR last said how the visit stands, by its own clock: an older message only fills gaps."""
    merged_into: Reference | None = None
    """The chart that has its documents and charges now."""

    def assigned_to(self, coder: str, lease_expires_at: Instant | None = None) -> Self:
        """Raises ChartClosed, or ChartOwned where another coder has it. One's own chart is taken again unchanged."""
        self._must_be_open_to(coder)
        if self.owner == coder:
            return self
        status = "assigned" if self.status == "received" else self.status
        return self._next(owner=coder, status=status, lease_expires_at=None if self.holds else lease_expires_at)

    def renewed(self, coder: str, lease_expires_at: Instant) -> Self:
        """The lease goes on; no new version, for nothing about the chart is new. Raises ChartNotOwned, ChartOwned."""
        if self.owner is None:
            raise ChartNotOwned("nobody works on this chart; take it again")
        self._must_be_open_to(coder)
        if self.lease_expires_at is None:
            return self
        return self.model_copy(update={"lease_expires_at": lease_expires_at})

    def lease_has_ended(self, at: Instant) -> bool:
        """Whether the chart is its owner's only until somebody else takes it."""
        return self.lease_expires_at is not None and self.lease_expires_at <= at

    def without_lapsed(self, at: Instant) -> Self:
        """Free of an owner whose lease has ended and of holds whose time is over; itself where neither is.

        No version of its own: what is done with the chart next makes it one.
        """
        standing = tuple(hold for hold in self.holds if hold.stands_at(at))
        changes: dict[str, object] = {} if len(standing) == len(self.holds) else {"holds": standing}
        if self.lease_has_ended(at):
            changes |= self._without_owner()
        return self.model_copy(update=changes) if changes else self

    def back_in_queue(self, at: Instant) -> Self:
        """The next version without what has lapsed; itself where nothing has."""
        freed = self.without_lapsed(at)
        return self if freed is self else freed._next()

    def held(self, hold: Hold) -> Self:
        """With the hold in place of one of the same reason. Its owner keeps it; the lease rests. Raises ChartClosed."""
        self._must_be_open()
        others = tuple(one for one in self.holds if one.reason != hold.reason)
        return self._next(holds=(*others, hold), lease_expires_at=None)

    def hold_lifted(self, reason: str, lease_expires_at: Instant | None = None) -> Self:
        """Without the hold; with the last one gone the owner's lease begins anew. Raises HoldNotFound."""
        others = tuple(one for one in self.holds if one.reason != reason)
        if len(others) == len(self.holds):
            raise HoldNotFound("the chart is not held for this reason")
        leased = lease_expires_at if self.owner and not others else None
        return self._next(holds=others, lease_expires_at=leased)

    def query_settled(self, lease_expires_at: Instant | None, *, answered: bool, others_open: bool) -> Self:
        """After one of its queries was answered, withdrawn or has expired: with the last one its hold goes."""
        chart = self.model_copy(update={"query_answered": self.query_answered or answered})
        if others_open or all(hold.reason != QUERY_OPEN for hold in self.holds):
            return chart._next()
        return chart.hold_lifted(QUERY_OPEN, lease_expires_at)

    def handed(self, hand_over: HandOver, *, coder: str | None, placement: Placement | None = None) -> Self:
        """Given to a coder without lease, or to the queue of the placement. Raises ChartClosed."""
        self._must_be_open()
        given: dict[str, object] = {"owner": coder, "lease_expires_at": None} if coder else self._without_owner()
        if coder and self.status == "received":
            given["status"] = "assigned"
        return self._next(**given, handed_over=hand_over, placement=placement or self.placement)

    def placed(self, placement: Placement) -> Self:
        """In its queue; no new version, for nothing about the chart is new."""
        return self.model_copy(update={"placement": placement})

    def released_by(self, subject: str, *, as_manager: bool = False) -> Self:
        """Back into the queue. Raises ChartNotOwned, or ChartOwned where it is another's and not a manager asks."""
        if self.owner is None:
            raise ChartNotOwned("nobody works on this chart")
        if self.owner != subject and not as_manager:
            raise ChartOwned("only its owner or a manager can release this chart")
        return self._next(**self._without_owner())

    def coded_by(self, coder: str, lease_expires_at: Instant | None = None) -> Self:
        """With codes saved. A lease goes on by it. Raises ChartClosed or ChartOwned."""
        self._must_be_open_to(coder)
        handed = self.owner == coder and self.lease_expires_at is None
        lease = None if handed or self.holds else lease_expires_at
        return self._next(owner=coder, status="coded", lease_expires_at=lease, query_answered=False)

    def finalized_by(self, coder: str, control_number: PatientControlNumber) -> Self:
        """Finished: the claim takes its next revision. Raises ChartClosed, ChartOwned, QueryOpen or ChartHeld."""
        self._must_be_open_to(coder)
        self._must_not_be_held()
        return self._next(
            status="finalized",
            revision=self.revision + 1,
            owner=None,
            lease_expires_at=None,
            handed_over=None,
            coder=coder,
            control_number=control_number,
            return_reasons=(),
        )

    def returned(
        self,
        *,
        revision: int,
        reasons: tuple[ReturnReason, ...],
        control_number: PatientControlNumber,
        frequency: str,
    ) -> Self:
        """Come back from the line. The claim's number stays what it was there, for it may be out under it already."""
        return self._next(
            status="returned",
            revision=revision,
            owner=None,
            lease_expires_at=None,
            return_reasons=reasons,
            control_number=control_number,
            frequency=frequency,
        )

    def updated(self, encounter: Encounter) -> Self:
        """With more or other knowledge of the encounter, such as charges that came late. Raises ChartClosed."""
        self._must_be_open()
        return self._next(**facts_of(encounter))

    def replaced(self, encounter: Encounter) -> Self:
        """With the encounter sent anew. Raises ChartClosed, or ChartCoded once coding has begun."""
        if self.status in ("coded", "returned"):
            raise ChartCoded("coding has begun; send charges, coverages and documents singly")
        return self.updated(encounter)

    def flagged(self, flag: ChartFlag) -> Self:
        """With the flag; itself where it has it."""
        return self if flag in self.flags else self._next(flags=(*self.flags, flag))

    def without_flag(self, flag: str) -> Self:
        """Somebody has looked at it. Raises FlagNotFound."""
        if flag not in self.flags:
            raise FlagNotFound("the chart does not have this flag")
        return self._next(flags=tuple(one for one in self.flags if one != flag))

    def documented(self) -> Self:
        """With another document. A finalized chart stays so, and says that somebody must read it."""
        return self.flagged("late_document") if self.status == "finalized" else self._next()

    def told(self, at: Instant) -> Self:
        """Part of the next change: the EHR has said at this moment how the visit stands."""
        return self.model_copy(update={"told_at": at if self.told_at is None else max(at, self.told_at)})

    def cancelled(self) -> Self:
        """The encounter did not happen. Whether a claim is out that must be voided is for a person: see the flag."""
        if self.status == "finalized":
            return self.flagged("cancelled_when_finalized")
        flags = (*self.flags, "cancelled_when_finalized") if self.revision else self.flags
        gone = {"status": "cancelled", "flags": tuple(dict.fromkeys(flags))}
        return self._next(**self._without_owner() | gone)

    def reinstated(self) -> Self:
        """The encounter happened after all."""
        return self._next(status="returned" if self.revision else "received")

    def merged(self, into: str) -> Self:
        """Its documents and charges are another chart's now; a finalized chart keeps them, for its claim is out."""
        if self.status == "finalized":
            return self.flagged("merged_when_finalized")
        return self._next(**self._without_owner() | {"status": "merged", "merged_into": into})

    def amended(self, flag: ChartFlag) -> Self:
        """With other knowledge that must be kept in any state; a finalized chart says so."""
        flags = (*self.flags, flag) if self.status == "finalized" else self.flags
        return self._next(flags=tuple(dict.fromkeys(flags)))

    def renumbered(self, encounter: Encounter) -> Self:
        """The encounter has another number now."""
        return self._next(encounter_id=encounter.id)

    def _must_be_open(self) -> None:
        if (reason := _CLOSED.get(self.status)) is not None:
            raise ChartClosed(reason)

    def _must_be_open_to(self, coder: str) -> None:
        self._must_be_open()
        if self.owner not in (None, coder):
            raise ChartOwned("another coder works on this chart")

    def _must_not_be_held(self) -> None:
        reasons = [hold.reason for hold in self.holds]
        if QUERY_OPEN in reasons:
            raise QueryOpen("a query to a physician is not answered yet")
        if reasons:
            raise ChartHeld(f"the chart is held: {', '.join(reasons)}", extra={"reasons": reasons})

    def _without_owner(self) -> dict[str, object]:
        status = "received" if self.status == "assigned" else self.status
        return {"owner": None, "lease_expires_at": None, "status": status}

    def _next(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "version": self.version + 1})


def facts_of(encounter: Encounter) -> dict[str, object]:
    """What a chart repeats of its encounter, so that the queue can sort and choose without opening it."""
    primary = next((coverage for coverage in encounter.coverages if coverage.sequence == "P"), None)
    return {
        "payer": primary.payer.payer_id if primary else None,
        "filing_indicator": primary.filing_indicator if primary else None,
        "facility_id": encounter.facility.id,
        "encounter_id": encounter.id,
        "work_type": encounter.encounter_class,
        "specialty": encounter.specialty,
        "service_date": (encounter.ended_at or encounter.started_at).date(),
        "discharged": encounter.ended_at is not None,
        "value": sum((charge.amount for charge in encounter.charges), start=Decimal("0.00")),
    }


def open_chart(
    encounter: Encounter, *, chart_id: str, claim_id: str, received_at: Instant, told_at: Instant | None = None
) -> Chart:
    """The chart of an encounter that has just come in."""
    own = {"id": chart_id, "claim_id": claim_id, "received_at": received_at, "told_at": told_at}
    return Chart.model_validate(own | facts_of(encounter))


class OpenedChart(Model):
    """All of a chart that a coder sees at once; the texts of its documents are fetched singly."""

    chart: Chart
    encounter: Encounter
    """As received, without its documents."""
    documents: Many[FiledDocument]
    """Those that are current."""
    codes: ChartCodes
    warnings: Many[Problem]
    """Identifiers that failed their check; pointers into `encounter`."""

    @property
    def version(self) -> int:
        return self.chart.version


class Receipt(Model):
    """What became of an encounter that came in."""

    outcome: Literal["created", "unchanged", "conflict"]
    """`unchanged`: the same content was here before. `conflict`: other content was; nothing was changed."""
    chart: Chart
    warnings: Many[Problem] = ()

    @property
    def version(self) -> int:
        return self.chart.version


class FinalizedChart(Model):
    """A chart that left the encoder, and the claim that it became."""

    chart: Chart
    claim: Claim

    @property
    def version(self) -> int:
        return self.chart.version
