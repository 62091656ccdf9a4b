"""Writing the trail: acts gather during the unit of work and are chained when it is about to commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import JsonValue
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.audit.chain import GENESIS, Link, details_text, moment_text
from shared.audit.tables import AuditEntryRow, AuditHeadRow
from shared.db import Context, InfrastructureBase, UnitOfWork, WriteSession

_NOTHING: Mapping[str, JsonValue] = MappingProxyType({})
_ENTRIES = InfrastructureBase.metadata.tables[AuditEntryRow.__tablename__]
_HEADS = InfrastructureBase.metadata.tables[AuditHeadRow.__tablename__]


@dataclass(frozen=True, slots=True)
class _Act:
    context: Context
    action: str
    record_type: str
    record_id: str
    details: str


_pending: WeakKeyDictionary[WriteSession, list[_Act]] = WeakKeyDictionary()
"""Acts of transactions that are still open. By session: the events of one batch share one."""


def record(
    uow: UnitOfWork, action: str, record_type: str, record_id: str, details: Mapping[str, JsonValue] = _NOTHING
) -> None:
    """Note that the unit's actor does `action`, such as `chart.finalized`, to the record. Written with the unit or not.

    `details` says what a later reader needs to understand the act, never PHI; it is read at once, so a later change to
    it does not count. Raises TypeError for what is not JSON.
    """
    act = _Act(uow.context, action, record_type, record_id, details_text(details))
    acts = _pending.setdefault(uow.session, [])
    if not acts:
        # Last: a tenant has one head row, and each of its units waits for that until our commit.
        uow.before_commit(partial(_append, uow.session), last=True)
    acts.append(act)


async def _append(session: WriteSession) -> None:
    """Write what the transaction's units have done, each tenant's acts in their order at the end of its chain."""
    acts = _pending.pop(session)
    key = session.info.get("audit_key")
    heads = await _lock_heads(session, {act.context.tenant for act in acts})
    entries: list[dict[str, Any]] = []
    for act in acts:
        seq, last_hash = heads[act.context.tenant]
        link = _link(act, seq + 1, last_hash)
        digest = link.hash(key)
        heads[act.context.tenant] = link.seq, digest
        entries.append(vars(link) | {"hash": digest})
    await session.execute(insert(_ENTRIES), entries)
    moved = update(_HEADS).where(_HEADS.c.tenant == bindparam("of")).values(seq=bindparam("to"), hash=bindparam("ends"))
    ends = [{"of": tenant, "to": seq, "ends": digest} for tenant, (seq, digest) in heads.items()]
    await session.execute(moved, ends)


async def _lock_heads(session: WriteSession, tenants: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Where each tenant's chain ends. Locked in the order of the tenants, so that no two units wait for each other."""
    wanted = sorted(tenants)
    found = await _locked(session, wanted)
    if missing := [tenant for tenant in wanted if tenant not in found]:
        # Two first units of a tenant may come together: one inserts, the other waits for it here.
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        first = dialect.insert(_HEADS).on_conflict_do_nothing()
        await session.execute(first, [{"tenant": tenant, "seq": 0, "hash": GENESIS} for tenant in missing])
        found |= await _locked(session, missing)
    return found


async def _locked(session: WriteSession, tenants: list[str]) -> dict[str, tuple[int, str]]:
    heads = select(_HEADS).where(_HEADS.c.tenant.in_(tenants)).order_by(_HEADS.c.tenant).with_for_update()
    return {row.tenant: (row.seq, row.hash) for row in await session.execute(heads)}


def _link(act: _Act, seq: int, previous_hash: str) -> Link:
    return Link(
        tenant=act.context.tenant,
        seq=seq,
        at=moment_text(act.context.at),
        actor=act.context.actor,
        action=act.action,
        record_type=act.record_type,
        record_id=act.record_id,
        details=act.details,
        request_id=act.context.request_id,
        previous_hash=previous_hash,
    )
