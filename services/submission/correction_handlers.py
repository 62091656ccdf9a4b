"""Correct and send again, or take back: always by way of the scrubber, never past it."""

from __future__ import annotations

from datetime import date
from typing import get_args

from pydantic import JsonValue

from services.submission import denial_store, rejection_store, store, views
from services.submission.domain.changes import changes
from services.submission.domain.claim_changes import claim_change, with_claim_change
from services.submission.domain.corrections import SeenClaim
from services.submission.domain.leases import FREE
from services.submission.domain.lifecycle import Act, after
from services.submission.domain.replacements import check_taken
from services.submission.domain.resubmission import (
    NOT_ADJUDICATED,
    Intent,
    Outcome,
    Resubmission,
    resubmission,
    resubmitted,
)
from services.submission.errors import ClaimNotCorrectable, IdentityChanged, NothingToVoid
from services.submission.handlers import AnyClaim, claim_for_change, take_document
from services.submission.records import BulkAnswer, Resubmitted
from services.submission.store import ClaimRow
from shared import audit
from shared.claims import ScrubReport
from shared.db import UnitOfWork
from shared.errors import StaleVersion
from shared.events import emit
from shared.events.contracts import ClaimCorrected

_IDENTITY = ("id", "encounter_id", "kind")


async def correct(
    uow: UnitOfWork, claim_id: str, version: int, claim: AnyClaim, reason: str | None = None
) -> Resubmitted:
    """Send a claim that came back to the scrubber, to go out again as what became of it decides.

    `reason` is the claim change reason where the biller gives it. Raises ClaimNotFound, StaleVersion,
    ClaimNotCorrectable, ClaimOwned, IdentityChanged, PayerNumberMissing, ReplacementNotTaken, AttemptsExhausted,
    InvalidChangeReason.
    """
    row = await _workable(uow, claim_id, version)
    before = store.claim_of(row)
    _check_identity(before, claim)
    return await _sent_again(uow, row, before, claim, "correct", reason)


async def void(uow: UnitOfWork, claim_id: str, version: int, reason: str | None = None) -> Resubmitted:
    """Take back what the payer has: the same claim, as a void, by way of the scrubber.

    `reason` as for `correct`. Raises ClaimNotFound, StaleVersion, NothingToVoid, ClaimOwned, PayerNumberMissing,
    ReplacementNotTaken, AttemptsExhausted, InvalidChangeReason.
    """
    row = await _workable(uow, claim_id, version)
    before = store.claim_of(row)
    return await _sent_again(uow, row, before, before, "void", reason)


async def conclude(uow: UnitOfWork, seen: SeenClaim, claim: AnyClaim, report: ScrubReport) -> BulkAnswer:
    """Send a claim again if the edits let it pass; else it stays as it was. Raises as `correct`."""
    if report.outcome == "held":
        return BulkAnswer(claim_id=seen.id, outcome="held", report=report)
    done = await correct(uow, seen.id, seen.version, claim)
    return BulkAnswer(claim_id=seen.id, outcome="resubmitted", report=report, claim=done)


async def _workable(uow: UnitOfWork, claim_id: str, version: int) -> ClaimRow:
    row = await claim_for_change(uow, claim_id)
    if row.version != version:
        raise StaleVersion("the claim has changed since it was read")
    row.lease.checked(uow.context.actor, uow.context.at)
    return row


async def _outcome(uow: UnitOfWork, row: ClaimRow, intent: Intent) -> Outcome:
    outcome: Outcome | None = next((outcome for outcome in get_args(Outcome) if outcome == row.state), None)
    if outcome is None:
        refused = ClaimNotCorrectable if intent == "correct" else NothingToVoid
        raise refused(f"the claim is {row.state}")
    last = await denial_store.last_of_claim(uow.session, row.tenant, row.id) if outcome == "denied" else None
    if last is not None and last.is_unprocessable:
        return "unprocessable"
    return outcome


def _terms(row: ClaimRow, before: AnyClaim, intent: Intent, outcome: Outcome, day: date) -> Resubmission:
    terms = resubmission(
        before,
        outcome,
        attempt=row.attempt + 1,
        intent=intent,
        payer_claim_control_number=row.payer_claim_control_number,
    )
    if outcome not in NOT_ADJUDICATED:
        check_taken(before, terms.frequency, day)
    return terms


async def _sent_again(
    uow: UnitOfWork, row: ClaimRow, before: AnyClaim, claim: AnyClaim, intent: Intent, reason: str | None
) -> Resubmitted:
    day, outcome = uow.context.at.date(), await _outcome(uow, row, intent)
    terms, undecided = _terms(row, before, intent, outcome, day), outcome in NOT_ADJUDICATED
    told = claim_change(before, claim, terms.frequency, day, rejected=undecided, stated=reason)
    terms = terms.model_copy(update={"claim_change": told})
    corrected = with_claim_change(resubmitted(claim, terms), told, day)
    act: Act = "void" if terms.decision == "void" and not undecided else "correct"
    state = after(row.state, act)
    if state is None:
        raise ClaimNotCorrectable(f"the claim is {row.state}")
    made = changes(before, corrected)
    await rejection_store.remove_statuses(uow.session, row)
    if undecided:
        row.payer_claim_control_number = terms.payer_claim_control_number
    row.state, row.attempt, row.revision = state, row.attempt + 1, row.revision + 1
    row.rejection, row.rejected_at, row.ranked_on, row.priority = None, None, None, 0
    row.lease, row.touched = FREE, True
    take_document(row, corrected, uow)
    emit(uow, ClaimCorrected(claim=corrected, revision=row.revision, corrected_by=uow.context.actor, changes=made))
    details: dict[str, JsonValue] = {
        "attempt": row.attempt,
        "decision": terms.decision,
        "frequency": terms.frequency,
        "fields": [*sorted({change.pointer for change in made})],
    }
    if told is not None:
        details["claim_change"] = told.code
    audit.record(uow, "claim.voided" if act == "void" else "claim.corrected", "claim", row.id, details)
    await uow.session.flush()
    return Resubmitted(**dict(views.summary(row)), resubmission=terms)


def _check_identity(before: AnyClaim, claim: AnyClaim) -> None:
    for field in _IDENTITY:
        if getattr(before, field) != getattr(claim, field):
            raise IdentityChanged(f"{field} is not that of the claim", pointer=f"/{field}")
