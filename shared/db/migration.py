"""Alembic, bound to the service's engine: each service's `env.py` calls `run`, `Database.migrate` calls `upgrade`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_ROOT = Path(__file__).parents[2]


async def upgrade(engine: AsyncEngine, script_location: str) -> None:
    """Run the missing revisions in one transaction. `script_location` is relative to the folder of `services`."""
    config = Config()
    config.set_main_option("script_location", str(_ROOT / script_location).replace("%", "%%"))
    async with engine.connect() as connection:
        await _suspend_foreign_keys(connection)
        async with connection.begin():
            await connection.run_sync(_upgrade, config)


async def _suspend_foreign_keys(connection: AsyncConnection) -> None:
    """SQLite alters a table by dropping it, which would delete what refers to it. Possible only before the begin."""
    if connection.dialect.name == "sqlite":
        driver: Any = (await connection.get_raw_connection()).driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")


def _upgrade(connection: Connection, config: Config) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run(target: Sequence[MetaData]) -> None:
    """The whole of a service's `env.py`. `target` is what the database must look like.

    `Database.migrate` gives the connection; by hand it is opened for `alembic -x url=…`, to write a new revision.
    """
    connection = context.config.attributes.get("connection")
    if connection is None:
        asyncio.run(_run_by_hand(context.get_x_argument(as_dictionary=True)["url"], target))
    else:
        _run(connection, target)


def _run(connection: Connection, target: Sequence[MetaData]) -> None:
    # Batch mode: SQLite alters a table by making a new one.
    context.configure(connection=connection, target_metadata=list(target), render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def _run_by_hand(url: str, target: Sequence[MetaData]) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_run, target)
