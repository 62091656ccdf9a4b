"""The scrubber's use cases: load, one decision of the domain, save, tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.scrubber import history_store, rule_handlers, rules_store, store
from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import EDIT_FAILED
from services.scrubber.domain.examination import Examination, Scrubber
from services.scrubber.domain.rules.book import RULE_FAILED
from services.scrubber.domain.scrubbed_claim import ClaimRecord, ScrubbedClaim
from services.scrubber.domain.worklist import OverrideRequest, Recheck, RecheckResult
from services.scrubber.errors import EditNotFound
from services.scrubber.metrics import SCRUBBED
from shared import audit
from shared.claims import Override, ReturnReason
from shared.db import ReadSession, UnitOfWork
from shared.events import emit
from shared.events.contracts import ClaimCleared, ClaimCorrected, ClaimGrouped, ClaimHeld, ScrubberReturned


async def scrub_claim(scrubber: Scrubber, uow: UnitOfWork, event: ClaimGrouped | ClaimCorrected) -> None:
    """Repair and examine a claim that comes from the line, once for each revision; clear it or hold it."""
    before = await store.find_claim(uow.session, uow.context.tenant, event.claim.id)
    if before is not None and before.revision >= event.revision:
        return
    claim = ScrubbedClaim.arrived(
        await _examine(scrubber, uow, event.claim),
        revision=event.revision,
        at=uow.context.at,
        touched=isinstance(event, ClaimCorrected),
        before=before,
    )
    await _keep(uow, claim, action="claim.scrubbed", cause=event.event_type.removesuffix(".v1"))
    _tell(uow, claim)


async def correct(scrubber: Scrubber, uow: UnitOfWork, claim_id: str, version: int, claim: AnyClaim) -> ScrubbedClaim:
    """Take a biller's correction of a held claim and examine it at once.

    Raises ClaimNotFound, StaleVersion, ClaimNotHeld, ClaimOwned, IdentityChanged.
    """
    current = await _workable(uow, claim_id, version)
    current.check_identity(claim)
    corrected = current.corrected(await _examine(scrubber, uow, claim))
    await _keep(uow, corrected, action="claim.corrected")
    _tell(uow, corrected)
    return corrected


async def release(
    scrubber: Scrubber, uow: UnitOfWork, claim_id: str, version: int, requests: Sequence[OverrideRequest]
) -> ScrubbedClaim:
    """Let named findings pass, for a reason; the edits run again, and what was not named still holds.

    Raises ClaimNotFound, StaleVersion, ClaimNotHeld, ClaimOwned, NoSuchFinding.
    """
    current = await _workable(uow, claim_id, version)
    overrides = [_override(uow, request) for request in requests]
    released = current.released(await _examine(scrubber, uow, current.claim), overrides)
    await _keep(uow, released, action="claim.released", overrides=[override.edit_id for override in overrides])
    if released.status == "cleared":
        _tell(uow, released)
    return released


async def return_to_coder(
    uow: UnitOfWork, claim_id: str, version: int, reasons: Sequence[ReturnReason]
) -> ScrubbedClaim:
    """Send a held claim back to the coder. Raises ClaimNotFound, StaleVersion, ClaimNotHeld, ClaimOwned."""
    current = await _workable(uow, claim_id, version)
    returned = current.returned()
    await _keep(uow, returned, action="claim.returned", reasons=[reason.code for reason in reasons])
    emit(uow, ScrubberReturned(claim=returned.claim, revision=returned.revision, reasons=tuple(reasons)))
    return returned


async def recheck(scrubber: Scrubber, uow: UnitOfWork, wanted: Recheck) -> RecheckResult:
    """Run the edits again on claims that one edit holds, in the order of their ids. Raises EditNotFound."""
    known = {edit.id for edit in scrubber.edits.edits} | {EDIT_FAILED, RULE_FAILED}
    if wanted.edit_id not in known and not wanted.edit_id.startswith("rule:"):
        raise EditNotFound("there is no edit with this id", pointer="/edit_id")
    tenant = uow.context.tenant
    ids = await store.held_ids(uow.session, tenant, wanted.edit_id, wanted.after or "", wanted.limit + 1)
    cleared = 0
    for claim_id in ids[: wanted.limit]:
        current = await store.claim_for_change(uow.session, tenant, claim_id)
        checked = current.rechecked(await _examine(scrubber, uow, current.claim))
        await _keep(uow, checked, action="claim.rechecked")
        if checked.status == "cleared":
            cleared += 1
            _tell(uow, checked)
    more = len(ids) > wanted.limit
    checked_count = min(len(ids), wanted.limit)
    return RecheckResult(
        checked=checked_count,
        cleared=cleared,
        held=checked_count - cleared,
        next_after=ids[wanted.limit - 1] if more else None,
    )


async def assign(uow: UnitOfWork, claim_id: str, biller: str) -> ScrubbedClaim:
    """Give a held claim to one biller. Raises ClaimNotFound, ClaimNotHeld, ClaimOwned."""
    current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    return await _reassigned(uow, current, current.assigned_to(biller), "claim.assigned")


async def unassign(uow: UnitOfWork, claim_id: str, by: str) -> ScrubbedClaim:
    """Give a held claim back to the worklist. Raises ClaimNotFound, ClaimNotHeld, ClaimOwned."""
    current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    return await _reassigned(uow, current, current.unassigned(by), "claim.unassigned")


async def open_claim(session: ReadSession, tenant: str, claim_id: str) -> ClaimRecord:
    """The claim with the history of its reports. Raises ClaimNotFound."""
    claim = await store.get_claim(session, tenant, claim_id)
    history = await store.reports(session, tenant, claim_id)
    return ClaimRecord.model_construct(**dict(claim), history=history)


async def _examine(scrubber: Scrubber, uow: UnitOfWork, claim: AnyClaim) -> Examination:
    tenant, today = uow.context.tenant, uow.context.at.date()
    rules = await rule_handlers.running_book(scrubber, uow.session, tenant)
    history = await history_store.earlier_services(uow.session, tenant, claim)
    examination = scrubber.examine(claim, tenant=tenant, as_of=today, rules=rules, history=history)
    await rules_store.add_matches(uow.session, tenant, str(claim.id), examination.matches, today)
    return examination


async def _workable(uow: UnitOfWork, claim_id: str, version: int) -> ScrubbedClaim:
    current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    current.check_version(version)
    current.check_workable(uow.context.actor)
    return current


async def _reassigned(uow: UnitOfWork, before: ScrubbedClaim, after: ScrubbedClaim, action: str) -> ScrubbedClaim:
    if after is not before:
        await store.save_claim(uow.session, uow.context.tenant, after, uow.context.at)
        audit.record(uow, action, "claim", after.id, {"owner": after.owner, "version": after.version})
    return after


async def _keep(
    uow: UnitOfWork, claim: ScrubbedClaim, *, action: str, cause: str | None = None, **details: list[str]
) -> None:
    await store.save_claim(uow.session, uow.context.tenant, claim, uow.context.at)
    await history_store.remember(uow.session, uow.context.tenant, claim)
    store.add_report(uow.session, uow.context, claim, cause or action)
    told: dict[str, Any] = {"status": claim.status, "revision": claim.revision, "version": claim.version}
    found = sorted({finding.edit_id for finding in claim.report.findings})
    audit.record(uow, action, "claim", claim.id, told | {"findings": found} | details)
    uow.after_commit(SCRUBBED.labels(claim.claim.kind, claim.status).inc)


def _tell(uow: UnitOfWork, claim: ScrubbedClaim) -> None:
    if claim.status == "cleared":
        cleared = ClaimCleared(
            claim=claim.claim, revision=claim.revision, report=claim.report, touchless=not claim.touched
        )
        emit(uow, cleared)
    else:
        emit(uow, ClaimHeld(claim=claim.claim, revision=claim.revision, report=claim.report))


def _override(uow: UnitOfWork, request: OverrideRequest) -> Override:
    return Override(
        edit_id=request.edit_id,
        actor=uow.context.actor,
        reason=request.reason,
        at=uow.context.at.isoformat(),
    )
