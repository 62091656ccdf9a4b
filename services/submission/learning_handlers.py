"""Learning from rejections: count what they have in common, and suggest a rule to the scrubber where one is due."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.submission import learning_store
from services.submission.domain.learning import Evidence, Fingerprint, fingerprints, suggestion
from services.submission.domain.status_codes import status_meaning
from services.submission.errors import PatternNotFound
from services.submission.learning_store import PatternRow
from services.submission.parameters import parameter
from services.submission.records import RejectionPattern
from shared import audit
from shared.db import ReadSession, UnitOfWork
from shared.events import emit
from shared.events.contracts import ClaimRejected, RuleSuggested

_CLAIMS_SHOWN = 50


async def learn(uow: UnitOfWork, event: ClaimRejected) -> None:
    """Count a rejection by its fingerprints. One that has come often enough is suggested as a rule, once."""
    for fingerprint in fingerprints(event.rejection, event.claim):
        on = event.rejection.received_on
        row, is_new = await learning_store.count(uow.session, uow.context.tenant, fingerprint, event.claim.id, on)
        if is_new and row.suggested_on is None and fingerprint.pattern is not None:
            await _suggest_if_due(uow, row, fingerprint, event)


async def _suggest_if_due(uow: UnitOfWork, row: PatternRow, fingerprint: Fingerprint, event: ClaimRejected) -> None:
    """Looked at with every so many claims; not suggested while it would stop too many that the payer accepts."""
    wanted = parameter("learning").on(uow.context.at.date())
    if row.claims % wanted["claims"]:
        return
    evidence = await _evidence(uow.session, row, fingerprint)
    if evidence.wrongly_stopped > evidence.accepted * Decimal(str(wanted["most_wrong"])):
        return
    row.suggested_on = uow.context.at.date()
    rule = suggestion(fingerprint, status_meaning(fingerprint.status, row.last_seen), evidence)
    emit(uow, RuleSuggested(claim_id=event.claim.id, **dict(rule)))
    audit.record(uow, "rule.suggested", "rejection_pattern", row.id, {"rule": rule.rule_id, "claims": row.claims})


async def _evidence(session: AsyncSession, row: PatternRow, fingerprint: Fingerprint) -> Evidence:
    limit = parameter("learning").on(row.last_seen)["examined"]
    taken = await learning_store.accepted_claims(session, row.tenant, row.payer_id, fingerprint.kind, limit)
    return Evidence(
        claims=row.claims,
        accepted=len(taken),
        wrongly_stopped=sum(map(fingerprint.is_on, taken)),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )


async def open_pattern(session: ReadSession, tenant: str, pattern_id: str) -> RejectionPattern:
    """One fingerprint with its evidence as it is now, and the claims. Raises PatternNotFound."""
    row = await session.get(PatternRow, (tenant, pattern_id))
    if row is None:
        raise PatternNotFound("no rejections have this fingerprint")
    fingerprint = learning_store.fingerprint_of(row)
    shown = pattern(row)
    evidence = await _evidence(session, row, fingerprint)
    rule = suggestion(fingerprint, shown.words, evidence) if fingerprint.pattern else None
    claims = await learning_store.claims_of(session, tenant, pattern_id, _CLAIMS_SHOWN)
    return shown.model_copy(update={"evidence": evidence, "rule": rule, "claim_ids": tuple(claims)})


def pattern(row: PatternRow) -> RejectionPattern:
    """A fingerprint as a line of the list."""
    fingerprint = learning_store.fingerprint_of(row)
    return RejectionPattern(
        id=row.id,
        fingerprint=fingerprint,
        words=status_meaning(fingerprint.status, row.last_seen),
        claims=row.claims,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        rule_id=f"learned-{row.id}" if row.suggested_on else None,
        suggested_on=row.suggested_on,
    )
