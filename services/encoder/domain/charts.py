"""A chart and the states it goes through.

    received ──assign──▶ assigned ──codes──▶ coded ──finalize──▶ finalized ──return──▶ returned
        ◀──release──┘                         ▲                                           │
                                              └────────────────codes──────────────────────┘

A chart has at most one owner. Whoever gives codes to a chart that nobody owns becomes its owner. Every transition
returns a new chart with the next version; the one given is unchanged.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.problems import Problem
from services.encoder.errors import ChartClosed, ChartCoded, ChartNotOwned, ChartOwned
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

ChartStatus = Literal["received", "assigned", "coded", "finalized", "returned"]

OPEN: tuple[ChartStatus, ...] = ("received", "assigned", "coded", "returned")
"""The states in which a chart waits for a coder."""


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

    def assigned_to(self, coder: str) -> Self:
        """Raises ChartClosed, or ChartOwned where another coder has it. One's own chart is taken again unchanged."""
        self._must_be_open_to(coder)
        if self.owner == coder:
            return self
        return self._next(owner=coder, status="assigned" if self.status == "received" else self.status)

    def released_by(self, subject: str, *, as_manager: bool = False) -> Self:
        """Back into the queue. Raises ChartNotOwned, or ChartOwned where it is another's and not a manager asks."""
        if self.owner is None:
            raise ChartNotOwned("nobody works on this chart")
        if self.owner != subject and not as_manager:
            raise ChartOwned("only its owner or a manager can release this chart")
        return self._next(owner=None, status="received" if self.status == "assigned" else self.status)

    def coded_by(self, coder: str) -> Self:
        """With codes saved. Raises ChartClosed or ChartOwned."""
        self._must_be_open_to(coder)
        return self._next(owner=coder, status="coded")

    def finalized_by(self, coder: str, control_number: PatientControlNumber) -> Self:
        """Finished: the claim takes its next revision. Raises ChartClosed or ChartOwned."""
        self._must_be_open_to(coder)
        return self._next(
            status="finalized",
            revision=self.revision + 1,
            owner=None,
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
            return_reasons=reasons,
            control_number=control_number,
            frequency=frequency,
        )

    def updated(self, encounter: Encounter) -> Self:
        """With more or other knowledge of the encounter, such as charges that came late. Raises ChartClosed."""
        if self.status == "finalized":
            raise ChartClosed("a finalized chart changes only after it was returned")
        return self._next(**facts_of(encounter))

    def replaced(self, encounter: Encounter) -> Self:
        """With the encounter sent anew. Raises ChartClosed, or ChartCoded once coding has begun."""
        if self.status in ("coded", "returned"):
            raise ChartCoded("coding has begun; send charges, coverages and documents singly")
        return self.updated(encounter)

    def _must_be_open_to(self, coder: str) -> None:
        if self.status == "finalized":
            raise ChartClosed("a finalized chart changes only after it was returned")
        if self.owner not in (None, coder):
            raise ChartOwned("another coder works on this chart")

    def _next(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "version": self.version + 1})


def facts_of(encounter: Encounter) -> dict[str, object]:
    """What a chart repeats of its encounter, so that the queue can sort and choose without opening it."""
    return {
        "facility_id": encounter.facility.id,
        "encounter_id": encounter.id,
        "work_type": encounter.encounter_class,
        "specialty": encounter.specialty,
        "service_date": (encounter.ended_at or encounter.started_at).date(),
        "discharged": encounter.ended_at is not None,
        "value": sum((charge.amount for charge in encounter.charges), start=Decimal("0.00")),
    }


def open_chart(encounter: Encounter, *, chart_id: str, claim_id: str, received_at: Instant) -> Chart:
    """The chart of an encounter that has just come in."""
    return Chart.model_validate(
        {"id": chart_id, "claim_id": claim_id, "received_at": received_at, **facts_of(encounter)}
    )


class DocumentSummary(Model):
    """A document without its text."""

    id: Reference
    kind: str
    title: Text
    author: Text | None = None
    written_at: Instant
    characters: int


class OpenedChart(Model):
    """All of a chart that a coder sees at once; the texts of its documents are fetched singly."""

    chart: Chart
    encounter: Encounter
    """As received, without its documents."""
    documents: Many[DocumentSummary]
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
