"""One holder at a time, on both databases."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from shared.db import Database, ExclusiveLost


@pytest.fixture
async def replica(database_url: str) -> AsyncIterator[Database]:
    opened = Database.open(database_url)
    yield opened
    await opened.close()


async def test_one_of_two_holds_a_name_and_the_other_is_told_at_once(database: Database, replica: Database) -> None:
    async with database.exclusive("relay") as first:
        async with replica.exclusive("relay") as second:
            assert (first, second) == (True, False)
        async with replica.exclusive("purge") as other_name:
            assert other_name
    async with replica.exclusive("relay") as next_holder:
        assert next_holder


async def test_one_process_does_not_hold_a_name_twice(database: Database) -> None:
    async with database.exclusive("relay"), database.exclusive("relay") as again:
        assert not again


async def test_a_holder_that_fails_lets_go(database: Database, replica: Database) -> None:
    with contextlib.suppress(LookupError):
        async with database.exclusive("relay"):
            raise LookupError
    async with replica.exclusive("relay") as held:
        assert held


async def test_a_cancelled_holder_lets_go(database: Database, replica: Database) -> None:
    begun = asyncio.Event()

    async def hold() -> None:
        async with database.exclusive("relay"):
            begun.set()
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    await asyncio.wait_for(begun.wait(), 30)
    holder.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holder
    async with replica.exclusive("relay") as held:
        assert held


@pytest.mark.postgres
async def test_a_holder_whose_connection_breaks_is_stopped(postgres_url: str) -> None:
    database = Database.open(postgres_url)
    begun = asyncio.Event()

    async def hold() -> None:
        async with database.exclusive("relay"):
            begun.set()
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    await asyncio.wait_for(begun.wait(), 30)
    async with database.engine.begin() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        )
    with pytest.raises(ExclusiveLost):
        await asyncio.wait_for(holder, 30)
    async with database.exclusive("relay") as held:
        assert held
    await database.close()
