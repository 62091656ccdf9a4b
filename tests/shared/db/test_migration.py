"""Each service's revisions make what its classes say, on both databases."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

import shared.audit.tables
import shared.events.deliveries
import shared.events.inbox
import shared.events.outbox
import shared.http.idempotency  # noqa: F401 - each declares its tables
from shared.db import Database, InfrastructureBase

ROOT = Path(__file__).parents[3]
SERVICES = sorted(env.parents[1].name for env in ROOT.glob("services/*/migrations/env.py"))


def _differences(connection: Connection, target: list[MetaData]) -> list[object]:
    context = MigrationContext.configure(connection, opts={"target_metadata": target, "compare_type": True})
    return list(compare_metadata(context, target))


def _own_tables(service: str) -> list[MetaData]:
    store = f"services.{service}.store"
    return [importlib.import_module(store).Base.metadata] if importlib.util.find_spec(store) else []


@pytest.mark.parametrize("service", SERVICES)
async def test_the_newest_revision_is_what_the_classes_say(database: Database, service: str) -> None:
    target = [InfrastructureBase.metadata, *_own_tables(service)]
    await database.migrate(f"services/{service}/migrations")
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences, target) == []


@pytest.mark.parametrize("service", SERVICES[:1])
async def test_replicas_that_start_together_migrate_once(database_url: str, service: str) -> None:
    replicas = [Database.open(database_url) for _ in range(4)]
    try:
        await asyncio.gather(*(replica.migrate(f"services/{service}/migrations") for replica in replicas))
        async with replicas[0].read() as session:
            versions = (await session.execute(text("SELECT version_num FROM alembic_version"))).all()
        assert len(versions) == 1
    finally:
        await asyncio.gather(*(replica.close() for replica in replicas))
