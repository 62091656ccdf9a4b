"""Reading the trail of one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit.tables import AuditEntryRow


@dataclass(frozen=True)
class Entry:
    """`actor` did `action` to the record `record_type`/`record_id` at `at` (UTC), in the request `request_id`.

    `seq` counts a tenant's entries from 1; `hash` is the entry's in the chain.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    record_type: str
    record_id: str
    details: Mapping[str, JsonValue]
    request_id: str
    hash: str


async def trail(session: AsyncSession, tenant: str, record_type: str, record_id: str) -> list[Entry]:
    """What was done to the record, oldest first."""
    mine = select(AuditEntryRow).filter_by(tenant=tenant, record_type=record_type, record_id=record_id)
    rows = await session.scalars(mine.order_by(AuditEntryRow.seq))
    return [_entry(row) for row in rows]


def _entry(row: AuditEntryRow) -> Entry:
    return Entry(
        seq=row.seq,
        at=datetime.fromisoformat(row.at),
        actor=row.actor,
        action=row.action,
        record_type=row.record_type,
        record_id=row.record_id,
        details=orjson.loads(row.details),
        request_id=row.request_id,
        hash=row.hash,
    )
