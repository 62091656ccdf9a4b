"""An encoder on each database, and callers with the roles of the trade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.encoder.app import create_app
from shared.db import Context, Database
from shared.events import SqlLogBus
from shared.runtime import Runtime, Settings
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer

EHR = ("charts:write", "charts:read")
CODER = ("charts:read", "charts:code", "codes:read", "audit:read")

Caller = Callable[..., httpx.AsyncClient]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def charts_database(database: Database) -> Database:
    await database.migrate("services/encoder/migrations")
    return database


@pytest.fixture
async def caller(charts_database: Database, clock: Clock, tmp_path: Path) -> AsyncIterator[Caller]:
    """`caller("ana", CODER)` is an HTTP client of the encoder with ana's token."""
    issuer = an_issuer(tmp_path, clock)
    settings = Settings(data_dir=tmp_path, rate_limit="100000/minute")
    bus = SqlLogBus(settings.bus_url)
    runtime = Runtime("encoder", settings, charts_database, bus, an_authenticator(issuer, clock), clock)
    transport = httpx.ASGITransport(create_app(runtime))
    clients: list[httpx.AsyncClient] = []

    def client(subject: str, scopes: tuple[str, ...], *, tenant: str = "mercy", role: str = "") -> httpx.AsyncClient:
        token = issuer.token(subject, tenant, scopes, roles=[role] if role else [])
        headers = {"Authorization": f"Bearer {token}"}
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://encoder", headers=headers))
        return clients[-1]

    yield client
    for opened in clients:
        await opened.aclose()
    await bus.close()


@pytest.fixture
def context(clock: Clock) -> Context:
    return Context(tenant="mercy", actor="ana", request_id="r-1", at=clock())


@pytest.fixture
def ehr(caller: Caller) -> httpx.AsyncClient:
    return caller("ehr", EHR)


@pytest.fixture
def ana(caller: Caller) -> httpx.AsyncClient:
    return caller("ana", CODER)


@pytest.fixture
def ben(caller: Caller) -> httpx.AsyncClient:
    return caller("ben", CODER)


def if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


async def a_received_chart(ehr: httpx.AsyncClient, encounter: dict[str, Any]) -> dict[str, Any]:
    response = await ehr.post("/v1/encounters", json=encounter)
    assert response.status_code == 201, response.text
    chart: dict[str, Any] = response.json()["chart"]
    return chart
