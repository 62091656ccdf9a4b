"""`revcycle migrate` and `revcycle audit verify`: looking after the services' databases, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select, union

from revcycle.failures import UnknownService
from revcycle.services import SERVICES
from shared import audit
from shared.audit.tables import AuditEntryRow, AuditHeadRow
from shared.db import Database
from shared.runtime import Settings, open_database


@dataclass(frozen=True)
class AuditReport:
    """A line for each service and tenant, and whether every chain is whole."""

    lines: tuple[str, ...]
    intact: bool


def migrate(names: Sequence[str], settings: Settings) -> list[str]:
    """Bring each database to its newest schema; a line for each. Raises UnknownService."""
    return asyncio.run(_migrate(_known(names), settings))


def audit_faults(service: str | None, tenant: str | None, settings: Settings) -> AuditReport:
    """Verify the chain of every tenant of every service that is meant. Raises UnknownService."""
    names = _known([service] if service else [])
    return asyncio.run(_audit(names, tenant, settings))


def _known(names: Sequence[str]) -> Sequence[str]:
    unknown = [name for name in names if name not in SERVICES]
    if unknown:
        raise UnknownService(f"there is no service {unknown[0]!r} with a database; there are {', '.join(SERVICES)}")
    return names or SERVICES


async def _migrate(names: Sequence[str], settings: Settings) -> list[str]:
    for name in names:
        database = await open_database(name, settings)
        await database.close()
    return [f"{name}: at the newest schema" for name in names]


async def _audit(names: Sequence[str], tenant: str | None, settings: Settings) -> AuditReport:
    lines: list[str] = []
    intact = True
    for name in names:
        database = await open_database(name, settings)
        try:
            for one in [tenant] if tenant else await _tenants(database):
                async with database.read() as session:
                    faults = await audit.verify(session, one)
                intact = intact and not faults
                lines += _lines(name, one, faults)
        finally:
            await database.close()
    return AuditReport(tuple(lines), intact)


async def _tenants(database: Database) -> list[str]:
    """Whoever has entries or a head: either may have been taken away."""
    both = union(select(AuditEntryRow.tenant), select(AuditHeadRow.tenant))
    async with database.read() as session:
        return sorted((await session.execute(both)).scalars())


def _lines(service: str, tenant: str, faults: Sequence[audit.Fault]) -> Iterator[str]:
    if not faults:
        yield f"{service} {tenant}: intact"
    for fault in faults:
        span = f"entry {fault.seq}" if fault.seq == fault.last else f"entries {fault.seq} to {fault.last}"
        yield f"{service} {tenant}: {fault.kind.value}: {span}"
