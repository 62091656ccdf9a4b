"""The two buses behind one fixture: what a test says of `line` or `bus` must hold on both."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from shared.db import Database
from shared.events import Bus, KafkaBus, SqlLogBus
from tests.fixtures.kafka import KafkaBroker
from tests.shared.events.line import Line, make_tables

SESSION = timedelta(seconds=3)
"""How long a silent consumer keeps its partitions in these tests."""


@pytest.fixture(params=["sql-log", pytest.param("kafka", marks=pytest.mark.kafka)])
def bus_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bus_address(bus_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if bus_kind == "kafka":
        return str(request.getfixturevalue("kafka_bootstrap"))
    return f"sqlite+aiosqlite:///{tmp_path / 'bus.sqlite'}"


def open_bus(kind: str, address: str) -> Bus:
    if kind == "kafka":
        return KafkaBus(address, partitions=4, session=SESSION)
    return SqlLogBus(address, partitions=4, session=SESSION)


@pytest.fixture
async def open_another(bus_kind: str, bus_address: str) -> AsyncIterator[Callable[[], Bus]]:
    """Opens buses as separate processes would; all are closed at the end."""
    async with AsyncExitStack() as opened:

        def another() -> Bus:
            bus = open_bus(bus_kind, bus_address)
            opened.push_async_callback(bus.close)
            return bus

        yield another


@pytest.fixture
async def bus(open_another: Callable[[], Bus]) -> Bus:
    return open_another()


@pytest.fixture
def service_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'service.sqlite'}"


@pytest.fixture
async def service_database(service_url: str) -> AsyncIterator[Database]:
    database = Database.open(service_url)
    await make_tables(database)
    yield database
    await database.close()


@pytest.fixture
async def line(
    service_database: Database,
    bus: Bus,
    open_another: Callable[[], Bus],
    bus_kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Line:
    @asynccontextmanager
    async def broker_killed() -> AsyncIterator[None]:
        broker: KafkaBroker = request.getfixturevalue("kafka")
        await asyncio.to_thread(broker.kill)
        yield
        await asyncio.to_thread(broker.start)

    @asynccontextmanager
    async def log_locked() -> AsyncIterator[None]:
        with closing(sqlite3.connect(tmp_path / "bus.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")

    return Line(service_database, bus, open_another, broker_killed if bus_kind == "kafka" else log_locked)
