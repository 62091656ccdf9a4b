"""Units of work that leave a trail, and hands that tamper with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

from shared import audit
from shared.db import Context, Database
from shared.db.infrastructure import create_v1

AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def context(tenant: str = "north", request_id: str = "r-1", *, minutes: int = 0) -> Context:
    return Context(tenant, "ann", request_id, AT + timedelta(minutes=minutes))


async def create_tables(database: Database) -> None:
    """The shared tables with the triggers of the trail."""

    def create(connection: Connection) -> None:
        create_v1(Operations(MigrationContext.configure(connection)))

    async with database.engine.begin() as connection:
        await connection.run_sync(create)


async def record_acts(database: Database, count: int, tenant: str = "north") -> None:
    """`count` entries, two in a unit of work, on the charts c-0, c-1, c-2 in turn."""
    for first in range(0, count, 2):
        async with database.unit_of_work(context(tenant, f"r-{first}", minutes=first)) as uow:
            for number in range(first, min(first + 2, count)):
                audit.record(uow, "chart.coded", "chart", f"c-{number % 3}", {"version": number, "codes": ["I10"]})


async def faults(database: Database, tenant: str = "north") -> list[audit.Fault]:
    async with database.read() as session:
        return await audit.verify(session, tenant)


async def tamper(database: Database, *statements: str) -> None:
    """As somebody with the database's password would: past the triggers, by plain SQL."""
    async with database.engine.begin() as connection:
        if database.dialect == "postgresql":
            await connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        else:
            await connection.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_update"))
            await connection.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_delete"))
        for statement in statements:
            await connection.execute(text(statement))
