"""Writing the trail: acts gather during the unit of work and are chained when it is about to commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from pydantic import JsonValue
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.audit.chain import GENESIS, Link, details_text, moment_text
from shared.audit.tables import AuditEntryRow, AuditHeadRow
from shared.db import Context, UnitOfWork, WriteSession

_NOTHING: Mapping[str, JsonValue] = MappingProxyType({})
_PENDING = "audit.pending"


@dataclass(frozen=True)
class _Act:
    action: str
    record_type: str
    record_id: str
    details: str


def record(
    uow: UnitOfWork, action: str, record_type: str, record_id: str, details: Mapping[str, JsonValue] = _NOTHING
) -> None:
    """Note that the unit's actor does `action`, such as `chart.finalized`, to the record. Written with the unit or not.

    `details` says what a later reader needs to understand the act, never PHI; it is read at once, so a later change to
    it does not count. Raises TypeError for what is not JSON.
    """
    act = _Act(action, record_type, record_id, details_text(details))
    if _PENDING not in uow.session.info:
        uow.session.info[_PENDING] = []
        # Last: a tenant has one head row, and each of its units waits for that until our commit.
        uow.before_commit(partial(_append, uow), last=True)
    uow.session.info[_PENDING].append(act)


async def _append(uow: UnitOfWork) -> None:
    acts: list[_Act] = uow.session.info.pop(_PENDING)
    tenant, key = uow.context.tenant, uow.session.info.get("audit_key")
    seq, last_hash = await _lock_head(uow.session, tenant)
    rows = []
    for act in acts:
        seq += 1
        link = _link(uow.context, act, seq, last_hash)
        last_hash = link.hash(key)
        rows.append(vars(link) | {"hash": last_hash})
    await uow.session.execute(insert(AuditEntryRow), rows)
    head = update(AuditHeadRow).where(AuditHeadRow.tenant == tenant).values(seq=seq, hash=last_hash)
    await uow.session.execute(head)


async def _lock_head(session: WriteSession, tenant: str) -> tuple[int, str]:
    head = select(AuditHeadRow.seq, AuditHeadRow.hash).where(AuditHeadRow.tenant == tenant).with_for_update()
    found = (await session.execute(head)).one_or_none()
    if found is None:
        # Two first units of a tenant may come together: one inserts, the other waits for it here.
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        first = dialect.insert(AuditHeadRow).values(tenant=tenant, seq=0, hash=GENESIS)
        await session.execute(first.on_conflict_do_nothing())
        found = (await session.execute(head)).one()
    return found.seq, found.hash


def _link(context: Context, act: _Act, seq: int, previous_hash: str) -> Link:
    return Link(
        tenant=context.tenant,
        seq=seq,
        at=moment_text(context.at),
        actor=context.actor,
        action=act.action,
        record_type=act.record_type,
        record_id=act.record_id,
        details=act.details,
        request_id=context.request_id,
        previous_hash=previous_hash,
    )
