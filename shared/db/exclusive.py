"""One process at a time: for the relay, for scheduled jobs, for migrations."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

SECONDS_BETWEEN_LOOKS = 5.0


class ExclusiveLost(Exception):
    """The connection that held the lock broke, so another process may hold it now. The block was stopped."""


@asynccontextmanager
async def file_lock(path: Path) -> AsyncIterator[bool]:
    """Hold `path` alone, or yield False. The lock ends with the process, however it ends."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@asynccontextmanager
async def advisory_lock(engine: AsyncEngine, name: str) -> AsyncIterator[bool]:
    """Hold PostgreSQL's session lock of that name on a connection of its own, or yield False.

    A block whose connection breaks is cancelled, and `ExclusiveLost` raised in its place.
    """
    async with engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        if not await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(name)}):
            yield False
            return
        async with _while_connected(connection, name):
            yield True
        # The lock ends with its connection, which NullPool closes now.


@asynccontextmanager
async def _while_connected(connection: AsyncConnection, name: str) -> AsyncIterator[None]:
    holder = asyncio.current_task()
    assert holder is not None  # noqa: S101 - a coroutine always runs in a task here
    lost = False

    async def watch() -> None:
        nonlocal lost
        await _until_broken(connection)
        lost = True
        holder.cancel()

    watcher = asyncio.create_task(watch(), name=f"exclusive-{name}")
    try:
        yield
    except asyncio.CancelledError as cancelled:
        if lost and holder.uncancel() == 0:
            raise ExclusiveLost(f"the connection that held {name} is gone") from cancelled
        raise
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])


async def _until_broken(connection: AsyncConnection) -> None:
    broken = asyncio.Event()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    driver.add_termination_listener(lambda _: broken.set())
    while not broken.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_BETWEEN_LOOKS):
                await broken.wait()
        try:
            # A peer that vanished without a word shows only when it is asked.
            async with asyncio.timeout(SECONDS_BETWEEN_LOOKS):
                await connection.execute(text("SELECT 1"))
        except (DBAPIError, TimeoutError, OSError):
            return


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
