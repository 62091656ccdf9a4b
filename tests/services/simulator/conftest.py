"""A simulator of its own for each test, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from services.simulator.app import create_app
from shared.db import Database
from shared.events import SqlLogBus
from shared.runtime import Runtime, Settings
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer

Caller = Callable[..., httpx.AsyncClient]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandboxes(database: Database) -> Database:
    await database.migrate("services/simulator/migrations")
    return database


@pytest.fixture
async def caller(sandboxes: Database, clock: Clock, tmp_path: Path) -> AsyncIterator[Caller]:
    """A caller of a process of its own each time: what is to last stands in the database."""
    settings = Settings(data_dir=tmp_path, rate_limit="100000/minute")
    bus = SqlLogBus(settings.bus_url)
    issuer = an_issuer(tmp_path, clock)
    runtime = Runtime("simulator", settings, sandboxes, bus, an_authenticator(issuer, clock), clock)
    clients: list[httpx.AsyncClient] = []

    def client(tenant: str = "mercy", scopes: tuple[str, ...] = ("simulator:use",)) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {issuer.token('clearinghouse', tenant, scopes)}"}
        transport = httpx.ASGITransport(create_app(runtime))
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://simulator", headers=headers))
        return clients[-1]

    yield client
    for opened in clients:
        await opened.aclose()
    await bus.close()


@pytest.fixture
def customer(caller: Caller) -> httpx.AsyncClient:
    return caller()
