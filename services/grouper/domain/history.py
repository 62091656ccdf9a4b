"""What was decided on one claim, revision by revision."""

from __future__ import annotations

from typing import Literal

from shared.claims import ClaimId, Grouping, Instant, Many, Model, ReturnReason

Status = Literal["grouped", "not_applicable", "returned"]
"""A DRG was assigned; none applies to this kind of claim; the claim went back to the coder."""


class ClaimDecision(Model):
    """What was decided on one revision of a claim."""

    revision: int
    status: Status
    decided_at: Instant
    grouping: Grouping | None = None
    reasons: Many[ReturnReason] = ()


class GroupedClaim(Model):
    """A claim at the grouper. `version` is the latest revision that it has decided on."""

    claim_id: ClaimId
    version: int
    status: Status
    drg: str | None
    history: Many[ClaimDecision]
    """Newest first."""
