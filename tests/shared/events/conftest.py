"""The two buses behind one fixture: what a test says of `line` or `bus` must hold on both."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from shared.db import Database
from shared.events import Bus, KafkaBus, SqlLogBus
from tests.fixtures.kafka import KafkaBroker
from tests.fixtures.postgres import PostgresServer
from tests.shared.events.line import DEADLINE, Line, make_tables

Outage = Callable[[], AbstractAsyncContextManager[None]]

SESSION = timedelta(seconds=3)
"""How long a silent consumer keeps its partitions in these tests."""


@pytest.fixture(
    params=[
        "sql-log",
        pytest.param("sql-log-postgresql", marks=pytest.mark.postgres),
        pytest.param("kafka", marks=pytest.mark.kafka),
    ]
)
def bus_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bus_address(bus_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if bus_kind == "kafka":
        return str(request.getfixturevalue("kafka_bootstrap"))
    if bus_kind == "sql-log-postgresql":
        return str(request.getfixturevalue("postgres_url"))
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
async def line(service_database: Database, bus: Bus, open_another: Callable[[], Bus], outage: Outage) -> Line:
    return Line(service_database, bus, open_another, outage)


async def exclusively(connection: sqlite3.Connection) -> None:
    """Lock the file, between two transactions of the bus: it works on this thread, so waiting must let it go on."""
    async with asyncio.timeout(DEADLINE):
        while not connection.in_transaction:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                await asyncio.sleep(0.005)


@pytest.fixture
def outage(bus_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Outage:
    """The bus goes down hard, in whatever way its kind can, and is back at the end of the context."""

    @asynccontextmanager
    async def server_killed(server: KafkaBroker | PostgresServer) -> AsyncIterator[None]:
        await asyncio.to_thread(server.kill if isinstance(server, KafkaBroker) else server.stop)
        yield
        server.start()  # by the main thread, with which PostgreSQL ends

    @asynccontextmanager
    async def log_locked() -> AsyncIterator[None]:
        with closing(sqlite3.connect(tmp_path / "bus.sqlite", isolation_level=None, timeout=0)) as other:
            await exclusively(other)
            yield
            other.execute("ROLLBACK")

    match bus_kind:
        case "kafka":
            return lambda: server_killed(request.getfixturevalue("kafka"))
        case "sql-log-postgresql":
            return lambda: server_killed(request.getfixturevalue("postgres_server"))
        case _:
            return log_locked
