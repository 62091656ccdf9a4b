"""The scrubber's use cases: load, one decision of the domain, save, tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.scrubber import history_store, passage_store, rule_handlers, rules_store, store
from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.claim_patch import WHOLE, patched_document
from services.scrubber.domain.engine import EDIT_FAILED
from services.scrubber.domain.examination import Examination, Scrubber
from services.scrubber.domain.expectations import still_expected
from services.scrubber.domain.fixes import Fix
from services.scrubber.domain.history import History
from services.scrubber.domain.priority import Priority, explain
from services.scrubber.domain.rules.book import RULE_FAILED
from services.scrubber.domain.scrubbed_claim import ClaimRecord, ScrubbedClaim
from services.scrubber.domain.services import billed_services
from services.scrubber.domain.touches import Touch, touches
from services.scrubber.domain.worklist import OverrideRequest, Recheck, RecheckResult
from services.scrubber.errors import ClaimNotCoded, EditNotFound
from services.scrubber.metrics import SCRUBBED
from services.scrubber.parameters import priority_weights
from services.scrubber.store import HoldFilter
from shared import audit
from shared.claims import ExpectedPayment, Override, ReturnReason
from shared.db import ReadSession, UnitOfWork
from shared.events import emit
from shared.events.contracts import ChartCoded, ClaimCleared, ClaimCorrected, ClaimGrouped, ClaimHeld, ScrubberReturned
from shared.worklists import Leases

_NO_DETAILS: Mapping[str, list[str]] = MappingProxyType({})


async def scrub_claim(scrubber: Scrubber, uow: UnitOfWork, event: ClaimGrouped | ClaimCorrected) -> None:
    """Repair and examine a claim that comes from the line, once for each revision; clear it or hold it."""
    before = await store.find_claim(uow.session, uow.context.tenant, event.claim.id)
    if before is not None and before.revision >= event.revision:
        return
    examination = await _examine(scrubber, uow, event.claim)
    claim = ScrubbedClaim.arrived(
        examination,
        revision=event.revision,
        at=uow.context.at,
        touched=isinstance(event, ClaimCorrected),
        before=before,
        expected=_expected(event, examination.claim, before),
    )
    await _keep(uow, claim, "claim.scrubbed", came=event)
    _tell(uow, claim)


def _expected(
    event: ClaimGrouped | ClaimCorrected, examined: AnyClaim, before: ScrubbedClaim | None
) -> ExpectedPayment | None:
    """A claim that was corrected comes past the grouper: what was expected before may be expected still.

    A repair of a form changes no price, a customer rule that changes the lines may.
    """
    if isinstance(event, ClaimGrouped):
        return event.grouping.expected if event.claim.lines == examined.lines else None
    return still_expected(before.expected, before.claim, event.claim) if before is not None else None


async def note_coder(uow: UnitOfWork, event: ChartCoded) -> None:
    """Keep who coded the claim: the figures are told apart by it."""
    await passage_store.note_coder(uow.session, uow.context.tenant, event.claim.id, event.revision, event.coder)


async def correct(
    scrubber: Scrubber, uow: UnitOfWork, claim_id: str, version: int, claim: AnyClaim, leases: Leases
) -> ScrubbedClaim:
    """Take a biller's correction of a held claim and examine it at once.

    Raises ClaimNotFound, StaleVersion, ClaimNotHeld, ClaimOwned, IdentityChanged.
    """
    current = await _workable(uow, claim_id, version, leases)
    current.check_identity(claim)
    return await _corrected(scrubber, uow, current, claim, paths=[WHOLE])


async def patch(
    scrubber: Scrubber,
    uow: UnitOfWork,
    claim_id: str,
    version: int,
    fix: Fix,
    leases: Leases,
    read: Callable[[bytes], AnyClaim],
) -> ScrubbedClaim:
    """As `correct`, by a JSON Patch. `read` is the door that a whole claim comes in by: it refuses what is none.

    Raises also NoRepair, InvalidPatch, and what `read` raises, its pointers into the claim as patched.
    """
    current = await _workable(uow, claim_id, version, leases)
    operations = fix.operations_on(current)
    claim = read(patched_document(current.claim, operations))
    paths = [operation.path for operation in operations if operation.op != "test"]
    repair_of = [fix.repair_of] if fix.repair_of else []
    return await _corrected(scrubber, uow, current, claim, paths=paths, repair_of=repair_of)


async def release(
    scrubber: Scrubber,
    uow: UnitOfWork,
    claim_id: str,
    version: int,
    requests: Sequence[OverrideRequest],
    leases: Leases,
) -> ScrubbedClaim:
    """Let named findings pass, for a reason; the edits run again, and what was not named still holds.

    Raises ClaimNotFound, StaleVersion, ClaimNotHeld, ClaimOwned, NoSuchFinding.
    """
    current = await _workable(uow, claim_id, version, leases)
    overrides = [_override(uow, request) for request in requests]
    released = current.released(await _examine(scrubber, uow, current.claim), overrides)
    await _keep(uow, released, "claim.released", {"overrides": [override.edit_id for override in overrides]})
    if released.status == "cleared":
        _tell(uow, released)
    return released


async def return_to_coder(
    uow: UnitOfWork, claim_id: str, version: int, reasons: Sequence[ReturnReason], leases: Leases
) -> ScrubbedClaim:
    """Send a held claim back to the coder with questions, whose words stay with the claim's reports.

    Raises ClaimNotFound, StaleVersion, ClaimNotHeld, ClaimOwned, ClaimNotCoded.
    """
    current = await _workable(uow, claim_id, version, leases)
    if not await passage_store.coder_before(uow.session, uow.context.tenant, claim_id, current.revision):
        raise ClaimNotCoded("it came in whole; correct it here, or send it anew from where it was coded")
    returned = current.returned()
    codes = [reason.code for reason in reasons]
    await _keep(uow, returned, "claim.returned", {"reasons": codes}, asked=reasons)
    emit(uow, ScrubberReturned(claim=returned.claim, revision=returned.revision, reasons=tuple(reasons)))
    return returned


async def recheck(scrubber: Scrubber, uow: UnitOfWork, wanted: Recheck, leases: Leases) -> RecheckResult:
    """Run the edits again on claims that one edit holds, in the order of their ids. Raises EditNotFound."""
    known = {edit.id for edit in scrubber.edits.edits} | {EDIT_FAILED, RULE_FAILED}
    if wanted.edit_id not in known and not wanted.edit_id.startswith("rule:"):
        raise EditNotFound("there is no edit with this id", pointer="/edit_id")
    tenant = uow.context.tenant
    ids = await store.held_ids(uow.session, tenant, wanted.edit_id, wanted.after or "", wanted.limit + 1)
    cleared = 0
    for claim_id in ids[: wanted.limit]:
        current = await _touched(uow, claim_id, leases)
        checked = current.rechecked(await _examine(scrubber, uow, current.claim))
        await _keep(uow, checked, "claim.rechecked")
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


async def pull_next(uow: UnitOfWork, wanted: HoldFilter, leases: Leases) -> ScrubbedClaim | None:
    """Give the caller the first held claim that is free; None where none waits. Two callers never get the same one."""
    found = await store.next_held(uow.session, uow.context.tenant, wanted, uow.context.at)
    return None if found is None else await _assigned(uow, found, uow.context.actor, leases)


async def assign(uow: UnitOfWork, claim_id: str, biller: str, leases: Leases) -> ScrubbedClaim:
    """Give a held claim to one biller for a lease. Raises ClaimNotFound, ClaimNotHeld, ClaimOwned."""
    current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    return await _assigned(uow, current, biller, leases)


async def renew_lease(uow: UnitOfWork, claim_id: str, leases: Leases) -> ScrubbedClaim:
    """Keep the caller's claim for another lease. Raises ClaimNotFound, ClaimNotHeld, ClaimOwned, ClaimNotOwned."""
    current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    current.without_lapsed(uow.context.at).check_owned_by(uow.context.actor)
    return await _renewed(uow, current, current.touched_by(uow.context.actor, _lease_end(uow, leases)))


async def unassign(uow: UnitOfWork, claim_id: str) -> ScrubbedClaim:
    """Give the caller's claim back to the worklist. Raises ClaimNotFound, ClaimNotHeld, ClaimOwned."""
    current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    free = current.unassigned(uow.context.actor)
    return current if free is current else await _handed(uow, free, "claim.unassigned")


async def return_lapsed(uow: UnitOfWork, claim_ids: Sequence[str]) -> None:
    """Put claims back on the worklist whose owner's lease has ended."""
    for claim_id in claim_ids:
        current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
        freed = current.back_on_worklist(uow.context.at)
        if freed is not current:
            await _handed(uow, freed, "claim.lapsed", lapsed_from=current.owner)


async def open_claim(session: ReadSession, tenant: str, claim_id: str) -> ClaimRecord:
    """The claim with the history of its reports. Raises ClaimNotFound."""
    claim = await store.get_claim(session, tenant, claim_id)
    history = await store.reports(session, tenant, claim_id)
    return ClaimRecord.model_construct(**dict(claim), history=history)


async def history(session: ReadSession, tenant: str, claim_id: str) -> list[Touch]:
    """Every touch of the claim, newest first. Raises ClaimNotFound."""
    await store.get_claim(session, tenant, claim_id)
    return touches(await audit.trail(session, tenant, "claim", claim_id))


async def explain_priority(session: ReadSession, tenant: str, claim_id: str, day: date) -> Priority:
    """Raises ClaimNotFound, ClaimNotHeld."""
    return explain(await store.get_claim(session, tenant, claim_id), priority_weights().on(day), day)


async def rank_anew(scrubber: Scrubber, uow: UnitOfWork, limit: int) -> int:
    """Count how urgent held claims are today, at most `limit`; answers how many there were.

    No audit entry: it follows from the day and the payer's rules, and nothing on the claim has changed.
    """
    today = uow.context.at.date()
    claims = await store.claims_ranked_before(uow.session, uow.context.tenant, today, limit)
    for claim in claims:
        deadline = scrubber.payer_rules.filing_deadline(claim.claim, today)
        ranked = claim.model_copy(update={"filing_deadline": deadline})
        await store.save_rank(uow.session, uow.context.tenant, ranked, today)
    return len(claims)


async def examine(
    scrubber: Scrubber, session: AsyncSession, tenant: str, claim: AnyClaim, today: date, *, beside: History = ()
) -> Examination:
    """The claim as repaired and what is found on it by the tenant's rules and earlier claims. Nothing is kept.

    `beside` is what claims bill for the patient that are taken for cleared and are not yet.
    """
    rules = await rule_handlers.running_book(scrubber, session, tenant)
    earlier = await history_store.earlier_services(session, tenant, claim)
    examination = scrubber.examine(claim, tenant=tenant, as_of=today, rules=rules, history=(*earlier, *beside))
    return replace(examination, filing_deadline=scrubber.payer_rules.filing_deadline(examination.claim, today))


async def examine_all(
    scrubber: Scrubber, session: AsyncSession, tenant: str, claims: Sequence[AnyClaim], today: date
) -> list[Examination]:
    """As `examine`, of claims that come one after another: what clears is an earlier claim to those behind it."""
    rules = await rule_handlers.running_book(scrubber, session, tenant)
    histories = await history_store.histories(session, tenant, claims)
    examined = []
    for claim in claims:
        found = scrubber.examine(claim, tenant=tenant, as_of=today, rules=rules, history=histories.of(claim))
        if found.report.outcome == "cleared":
            histories.add(found.claim, billed_services(found.claim))
        examined.append(replace(found, filing_deadline=scrubber.payer_rules.filing_deadline(found.claim, today)))
        await asyncio.sleep(0)  # many claims leave room for the requests beside them
    return examined


async def keep_new(uow: UnitOfWork, claims: Sequence[ScrubbedClaim], revision: int) -> None:
    """Keep what belongs to claims that came at this revision and were added just now, and tell the line of each."""
    history_store.remember_new(uow.session, uow.context.tenant, claims)
    for claim in claims:
        store.add_report(uow.session, uow.context, claim, _cause(ClaimGrouped))
    await passage_store.begin_passages(uow, claims, revision)
    for claim in claims:
        _note(uow, claim, "claim.scrubbed")
        _tell(uow, claim)


async def _examine(scrubber: Scrubber, uow: UnitOfWork, claim: AnyClaim) -> Examination:
    tenant, today = uow.context.tenant, uow.context.at.date()
    examination = await examine(scrubber, uow.session, tenant, claim, today)
    await rules_store.add_matches(uow.session, tenant, [(str(claim.id), examination.matches)], today)
    return examination


async def _corrected(
    scrubber: Scrubber, uow: UnitOfWork, current: ScrubbedClaim, claim: AnyClaim, **details: list[str]
) -> ScrubbedClaim:
    corrected = current.corrected(await _examine(scrubber, uow, claim))
    told = {name: value for name, value in details.items() if value}
    await _keep(uow, corrected, "claim.corrected", told)
    _tell(uow, corrected)
    return corrected


async def _workable(uow: UnitOfWork, claim_id: str, version: int, leases: Leases) -> ScrubbedClaim:
    current = await _touched(uow, claim_id, leases)
    current.check_version(version)
    current.check_workable(uow.context.actor)
    return current


async def _touched(uow: UnitOfWork, claim_id: str, leases: Leases) -> ScrubbedClaim:
    """The claim to change: free where its lease has ended, and for another lease the caller's where it is theirs."""
    current = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    return current.without_lapsed(uow.context.at).touched_by(uow.context.actor, _lease_end(uow, leases))


def _lease_end(uow: UnitOfWork, leases: Leases) -> datetime:
    return leases.end_for(uow.context.actor, by=uow.context.actor, at=uow.context.at)


async def _assigned(uow: UnitOfWork, current: ScrubbedClaim, biller: str, leases: Leases) -> ScrubbedClaim:
    ends = leases.end_for(biller, by=uow.context.actor, at=uow.context.at)
    free = current.without_lapsed(uow.context.at)
    assigned = free.assigned_to(biller, ends)
    if assigned.version == current.version:
        return await _renewed(uow, current, assigned)
    lapsed_from = {} if free is current else {"lapsed_from": current.owner}
    return await _handed(uow, assigned, "claim.assigned", **lapsed_from)


async def _renewed(uow: UnitOfWork, before: ScrubbedClaim, after: ScrubbedClaim) -> ScrubbedClaim:
    if after is not before:
        await store.save_lease(uow.session, uow.context.tenant, after)
        audit.record(uow, "claim.lease_renewed", "claim", after.id, {"owner": after.owner, "version": after.version})
    return after


async def _handed(uow: UnitOfWork, claim: ScrubbedClaim, action: str, **details: str | None) -> ScrubbedClaim:
    await store.save_claim(uow.session, uow.context.tenant, claim, uow.context.at)
    audit.record(uow, action, "claim", claim.id, {"owner": claim.owner, "version": claim.version, **details})
    return claim


async def _keep(
    uow: UnitOfWork,
    claim: ScrubbedClaim,
    action: str,
    details: Mapping[str, list[str]] = _NO_DETAILS,
    *,
    came: ClaimGrouped | ClaimCorrected | None = None,
    asked: Sequence[ReturnReason] = (),
) -> None:
    await store.save_claim(uow.session, uow.context.tenant, claim, uow.context.at)
    await history_store.remember(uow.session, uow.context.tenant, claim)
    store.add_report(uow.session, uow.context, claim, _cause(type(came)) if came else action, asked)
    if came:
        await passage_store.begin_passage(uow, claim, came.revision)
    else:
        await passage_store.follow_passage(uow, claim)
    _note(uow, claim, action, details)


def _cause(came: type[ClaimGrouped | ClaimCorrected]) -> str:
    return came.event_type.removesuffix(".v1")


def _note(uow: UnitOfWork, claim: ScrubbedClaim, action: str, details: Mapping[str, list[str]] = _NO_DETAILS) -> None:
    told: dict[str, Any] = {"status": claim.status, "revision": claim.revision, "version": claim.version}
    found = sorted({finding.edit_id for finding in claim.report.findings})
    audit.record(uow, action, "claim", claim.id, told | {"findings": found} | dict(details))
    uow.after_commit(SCRUBBED.labels(claim.claim.kind, claim.status).inc)


def _tell(uow: UnitOfWork, claim: ScrubbedClaim) -> None:
    if claim.status == "cleared":
        cleared = ClaimCleared(
            claim=claim.claim,
            revision=claim.revision,
            report=claim.report,
            touchless=not claim.touched,
            filing_deadline=claim.filing_deadline,
            expected=claim.expected,
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
