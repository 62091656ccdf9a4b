"""A claim at the scrubber, and what may happen to it.

    arrives ──▶ cleared                 every edit passed, or a named person let its findings pass
       └──────▶ held ──correct──▶ cleared | held
                 ├──release──▶ cleared | held
                 └──return───▶ returned  to the coder, until it comes again

A held claim has at most one owner. Every transition gives a new value with the next version; `revision` grows when the
others are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import standing_overrides, with_overrides
from services.scrubber.domain.examination import Examination
from services.scrubber.errors import ClaimNotHeld, ClaimOwned, IdentityChanged, NoSuchFinding
from shared.claims import Claim, ClaimId, Instant, Model, Override, ScrubReport
from shared.errors import StaleVersion

ClaimStatus = Literal["cleared", "held", "returned"]
_IDENTITY = ("id", "encounter_id", "kind")


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
    touched: bool = False
    """A person changed the claim, or let a finding pass, since it was coded."""
    held_since: Instant | None = None
    queue: str | None = None
    """Where on the worklist it waits, by a customer rule."""

    @classmethod
    def arrived(
        cls, examination: Examination, *, revision: int, at: datetime, touched: bool, before: ScrubbedClaim | None
    ) -> ScrubbedClaim:
        """The claim as it comes from the line at `revision`, examined: nothing of its earlier visit counts."""
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
        return self._next(status="returned", owner=None, held_since=None, queue=None, revision=self.revision + 1)

    def assigned_to(self, biller: str) -> ScrubbedClaim:
        """Raises ClaimOwned where somebody else has it."""
        self.check_workable(biller)
        return self if self.owner == biller else self._next(owner=biller)

    def unassigned(self, by: str) -> ScrubbedClaim:
        """Raises ClaimOwned where somebody else has it."""
        self.check_workable(by)
        return self if self.owner is None else self._next(owner=None)

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
        for field in _IDENTITY:
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
            held_since=self.held_since if held else None,
            queue=examination.queue if held else None,
            revision=self.revision + 1 if told else self.revision,
        )

    def _next(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "version": self.version + 1})


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
    queue: str | None = None
    edits: tuple[str, ...]
    """The edits that hold the claim."""


class ReportEntry(Model):
    """One run of the edits on the claim: when, for whom and why."""

    version: int
    revision: int
    at: Instant
    actor: str
    cause: str
    report: ScrubReport


class ClaimRecord(ScrubbedClaim):
    """The claim with the history of its reports, newest first."""

    history: tuple[ReportEntry, ...] = ()
