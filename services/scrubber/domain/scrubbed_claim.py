"""A claim at the scrubber, and what may happen to it.

    arrives ──▶ cleared                 every edit passed, or a named person let its findings pass
       └──────▶ held ──correct──▶ cleared | held
                 ├──release──▶ cleared | held
                 └──return───▶ returned  to the coder, until it comes again

A held claim has at most one owner, by a lease that ends unless they touch the claim. Every transition gives a new value
with the next version; `revision` grows when the others are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, Self

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Examination
from services.scrubber.domain.expectations import still_expected
from services.scrubber.domain.overrides import standing_overrides, with_overrides
from services.scrubber.errors import ClaimNotHeld, ClaimNotOwned, ClaimOwned, IdentityChanged, NoSuchFinding
from shared.claims import (
    Claim,
    ClaimId,
    Date,
    ExpectedPayment,
    Instant,
    Many,
    Model,
    Override,
    ReturnReason,
    ScrubReport,
)
from shared.errors import StaleVersion

ClaimStatus = Literal["cleared", "held", "returned"]
IDENTITY = ("id", "encounter_id", "kind")
"""What a correction keeps."""


class ScrubbedClaim(Model):
    """The claim as it stands, with the report of its last run."""

    id: ClaimId
    version: int
    """Counts the changes of this record; its ETag."""
    revision: int
    """Counts the states of the claim through the whole line."""
    status: ClaimStatus
    claim: Claim
    report: ScrubReport
    owner: str | None = None
    lease_expires_at: Instant | None = None
    """When the owner loses the claim unless they touch it; an owner without one has lost it."""
    touched: bool = False
    """A person changed the claim, or let a finding pass, since it was coded."""
    held_since: Instant | None = None
    queue: str | None = None
    """Where on the worklist it waits, by a customer rule."""
    filing_deadline: Date | None = None
    """The last day on which the payer takes the claim; None where it sets no time."""
    expected: ExpectedPayment | None = None
    """The grouper's, of the claim as it stands; None where there is none, or what it rests on was changed since."""

    @classmethod
    def arrived(
        cls,
        examination: Examination,
        *,
        revision: int,
        at: datetime,
        touched: bool,
        before: ScrubbedClaim | None,
        expected: ExpectedPayment | None = None,
    ) -> ScrubbedClaim:
        """The claim as it comes from the line at `revision`, examined: nothing of its earlier visit counts.

        `expected` is what the grouper expects to be paid for it.
        """
        return cls(
            id=examination.claim.id,
            version=before.version + 1 if before else 1,
            revision=revision + 1,
            status=examination.report.outcome,
            claim=examination.claim,
            report=examination.report,
            touched=touched,
            held_since=at if examination.report.outcome == "held" else None,
            queue=examination.queue if examination.report.outcome == "held" else None,
            filing_deadline=examination.filing_deadline,
            expected=expected,
        )

    def corrected(self, examination: Examination) -> ScrubbedClaim:
        """After a biller's correction. Overrides stand where their findings are the very same."""
        overrides = standing_overrides(self.report, examination.report)
        return self._examined(examination, overrides, touched=True, told=True)

    def rechecked(self, examination: Examination) -> ScrubbedClaim:
        """After the edits ran again on the same claim; the others are told when that clears it."""
        overrides = standing_overrides(self.report, examination.report)
        cleared = with_overrides(examination.report, overrides).outcome == "cleared"
        return self._examined(examination, overrides, touched=self.touched, told=cleared)

    def released(self, examination: Examination, overrides: Sequence[Override]) -> ScrubbedClaim:
        """After a named person let findings pass; whatever they did not name still holds. Raises NoSuchFinding."""
        holding = {finding.edit_id for finding in examination.report.findings if finding.severity == "error"}
        for position, override in enumerate(overrides):
            if override.edit_id not in holding:
                raise NoSuchFinding("the claim is not held for this edit", pointer=f"/overrides/{position}/edit_id")
        named = {override.edit_id for override in overrides}
        earlier = [o for o in standing_overrides(self.report, examination.report) if o.edit_id not in named]
        together = [*earlier, *overrides]
        cleared = with_overrides(examination.report, together).outcome == "cleared"
        return self._examined(examination, together, touched=True, told=cleared)

    def returned(self) -> ScrubbedClaim:
        """Back to the coder."""
        return self._next(
            status="returned",
            owner=None,
            lease_expires_at=None,
            held_since=None,
            queue=None,
            revision=self.revision + 1,
        )

    def assigned_to(self, biller: str, lease_ends: datetime) -> ScrubbedClaim:
        """Theirs until the lease ends; one that they have goes on. Raises ClaimNotHeld, ClaimOwned."""
        self.check_workable(biller)
        if self.owner == biller:
            return self.touched_by(biller, lease_ends)
        return self._next(owner=biller, lease_expires_at=lease_ends)

    def touched_by(self, actor: str, lease_ends: datetime) -> ScrubbedClaim:
        """With the lease going on where the actor is the owner. Same version: nothing that is worked on has changed."""
        goes_on = self.owner == actor and self.lease_expires_at is not None and self.lease_expires_at < lease_ends
        return self.model_copy(update={"lease_expires_at": lease_ends}) if goes_on else self

    def without_lapsed(self, at: datetime) -> ScrubbedClaim:
        """As it is free to take, where its owner's lease has ended; else itself. Same version."""
        if self.owner is None or (self.lease_expires_at is not None and self.lease_expires_at > at):
            return self
        return self.model_copy(update={"owner": None, "lease_expires_at": None})

    def back_on_worklist(self, at: datetime) -> ScrubbedClaim:
        """The next version of it without an owner, where their lease has ended; else itself."""
        freed = self.without_lapsed(at)
        return self if freed is self else freed._next()

    def unassigned(self, by: str) -> ScrubbedClaim:
        """Raises ClaimOwned where somebody else has it."""
        self.check_workable(by)
        return self if self.owner is None else self._next(owner=None, lease_expires_at=None)

    def check_owned_by(self, biller: str) -> None:
        """Raises ClaimNotHeld, ClaimOwned, ClaimNotOwned where nobody has it."""
        self.check_workable(biller)
        if self.owner is None:
            raise ClaimNotOwned("the claim is not yours; take it first")

    def check_version(self, version: int) -> None:
        if self.version != version:
            raise StaleVersion(f"the claim is at version {self.version}")

    def check_workable(self, by: str) -> None:
        """Raises ClaimNotHeld, ClaimOwned."""
        if self.status != "held":
            raise ClaimNotHeld(f"the claim is {self.status}")
        if self.owner not in (None, by):
            raise ClaimOwned("the claim has another owner")

    def check_identity(self, correction: AnyClaim) -> None:
        """Raises IdentityChanged."""
        for field in IDENTITY:
            if getattr(correction, field) != getattr(self.claim, field):
                raise IdentityChanged(f"{field} cannot be changed", pointer=f"/{field}")

    def _examined(
        self, examination: Examination, overrides: Sequence[Override], *, touched: bool, told: bool
    ) -> ScrubbedClaim:
        report = with_overrides(examination.report, overrides)
        held = report.outcome == "held"
        return self._next(
            claim=examination.claim,
            report=report,
            status=report.outcome,
            touched=touched,
            owner=self.owner if held else None,
            lease_expires_at=self.lease_expires_at if held else None,
            held_since=self.held_since if held else None,
            queue=examination.queue if held else None,
            filing_deadline=examination.filing_deadline,
            expected=still_expected(self.expected, self.claim, examination.claim),
            revision=self.revision + 1 if told else self.revision,
        )

    def _next(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "version": self.version + 1})


class HoldReason(Model):
    """An edit that holds a claim."""

    edit_id: str
    title: str


class Hold(Model):
    """A line of the worklist."""

    id: ClaimId
    version: int
    kind: str
    payer_id: str | None
    payer_name: str
    total_charge: str
    held_since: Instant
    owner: str | None
    lease_expires_at: Instant | None = None
    queue: str | None = None
    edits: tuple[str, ...]
    """The edits that hold the claim."""
    why: tuple[HoldReason, ...]
    """The same with their titles."""
    priority: Decimal
    """Points by which the worklist is sorted; `GET /v1/claims/{id}/priority` says how they came about."""
    filing_deadline: Date | None
    days_left: int | None
    """Until the deadline, on which the claim is still in time; negative once it has passed."""


class ReportEntry(Model):
    """One run of the edits on the claim: when, for whom and why."""

    version: int
    revision: int
    at: Instant
    actor: str
    cause: str
    report: ScrubReport
    asked: Many[ReturnReason] = ()
    """The questions with which the claim went back to the coder, where it did."""


class ClaimRecord(ScrubbedClaim):
    """The claim with the history of its reports, newest first."""

    history: tuple[ReportEntry, ...] = ()
