"""The customer's own times for appeals and replacements, payer by payer: written as a whole, and used at once."""

from __future__ import annotations

from pydantic import JsonValue

from services.submission import denial_handlers, limit_store
from services.submission.denial_records import PayerLimits
from services.submission.domain.denials.limits import LimitEditions, fault_of_editions
from services.submission.errors import InvalidLimits
from services.submission.limit_store import PayerLimitsRow
from shared import audit
from shared.db import ReadSession, UnitOfWork
from shared.errors import StaleVersion

_NOTHING_KEPT = 0
"""The version of a payer of which the customer keeps nothing yet."""


async def keep(uow: UnitOfWork, payer_id: str, version: int, wanted: LimitEditions) -> PayerLimits:
    """Put these editions in the place of those that are kept. Open denials of the payer get their deadlines by them.

    Raises StaleVersion, InvalidLimits.
    """
    if (fault := fault_of_editions(wanted.editions)) is not None:
        raise InvalidLimits(fault[1], pointer=fault[0])
    row = await limit_store.limits_for_change(uow.session, uow.context.tenant, payer_id)
    if version != (row.version if row is not None else _NOTHING_KEPT):
        raise StaleVersion("the payer's times have changed since they were read")
    if row is None:
        row = PayerLimitsRow(tenant=uow.context.tenant, payer_id=payer_id)
        uow.session.add(row)
    row.editions = wanted.model_dump(mode="json")["editions"]
    row.changed_by, row.changed_at = uow.context.actor, uow.context.at
    await uow.session.flush()
    counted = await denial_handlers.count_anew(uow, payer_id, wanted.editions)
    details: dict[str, JsonValue] = {"payer": payer_id, "editions": len(wanted.editions), "denials": counted}
    audit.record(uow, "payer_limits.kept", "payer", payer_id, details)
    return shown(row)


async def limits(session: ReadSession, tenant: str, payer_id: str) -> PayerLimits:
    """What is kept of a payer; no editions, and version 0, where nothing is."""
    row = await session.get(PayerLimitsRow, (tenant, payer_id))
    return PayerLimits(payer_id=payer_id, version=_NOTHING_KEPT, editions=()) if row is None else shown(row)


def shown(row: PayerLimitsRow) -> PayerLimits:
    return PayerLimits(
        payer_id=row.payer_id,
        version=row.version,
        editions=row.limits,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )
