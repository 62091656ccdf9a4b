"""Waking the relay the moment an outbox row is committed. A hint and no more: the relay looks by itself as well."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from weakref import WeakSet

import asyncpg
from sqlalchemy import text

from shared.db import Database, UnitOfWork

_CHANNEL = "revcycle_outbox"
_LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)
"""What the driver itself raises when its connection is gone."""
_NOTIFY = text(f"NOTIFY {_CHANNEL}")

_waiting: dict[str, WeakSet[asyncio.Event]] = defaultdict(WeakSet)
"""Relays of this process by the address of their database."""


def wake_relay(uow: UnitOfWork) -> Callable[[], None]:
    """A step for after the commit."""
    address = str(uow.session.get_bind().engine.url)

    def wake() -> None:
        for event in _waiting[address]:
            event.set()

    return wake


async def notify_relay(uow: UnitOfWork) -> None:
    """Within the transaction: PostgreSQL tells the relay of another process when it commits."""
    if uow.session.get_bind().dialect.name == "postgresql":
        await uow.session.execute(_NOTIFY)


@contextmanager
def woken(database: Database) -> Iterator[asyncio.Event]:
    """An event that is set after each commit of this process that wrote to the outbox."""
    event = asyncio.Event()
    waiting = _waiting[str(database.engine.url)]
    waiting.add(event)
    try:
        yield event
    finally:
        waiting.discard(event)


@asynccontextmanager
async def listening(database: Database, event: asyncio.Event) -> AsyncIterator[None]:
    """Set `event` on other processes' commits too, where the database can tell of them (PostgreSQL).

    Raises OSError or SQLAlchemyError where the database is away.
    """
    if database.dialect != "postgresql":
        yield
        return

    def notified(*_: Any) -> None:
        event.set()

    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        try:
            await driver.add_listener(_CHANNEL, notified)
        except _LOST as error:
            raise ConnectionError("the database went away before it could be listened to") from error
        try:
            yield
        finally:
            if not driver.is_closed():
                with suppress(*_LOST):  # it may die in between, and then there is nothing to take back
                    await driver.remove_listener(_CHANNEL, notified)
