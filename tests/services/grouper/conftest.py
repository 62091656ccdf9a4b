"""A grouper on each database, its callers, and a way to hand it an event."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.grouper.app import create_app
from services.grouper.consumers import handler_table
from services.grouper.parameters.payment import load_payment_rules
from shared.db import Context, Database
from shared.events import SqlLogBus
from shared.events.contracts import ChartCoded
from shared.runtime import Runtime, Settings, open_tables
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.grouper.stays import a_grouper

Caller = Callable[..., httpx.AsyncClient]
Receive = Callable[[ChartCoded], Awaitable[None]]


@pytest.fixture(autouse=True)
def _engine_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker process for every app would cost each test a second; those of the pool ask for it."""
    monkeypatch.setenv("REVCYCLE_GROUPER_ENGINE", "in_process")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def decisions(database: Database) -> Database:
    """The grouper's database."""
    await database.migrate("services/grouper/migrations")
    return database


@pytest.fixture
async def caller(decisions: Database, clock: Clock, tmp_path: Path) -> AsyncIterator[Caller]:
    """`caller("group:run")` is an HTTP client of the grouper with these scopes. Its tables: `tmp_path / "tables"`."""
    issuer = an_issuer(tmp_path, clock)
    settings = Settings(data_dir=tmp_path, rate_limit="100000/minute")
    bus = SqlLogBus(settings.bus_url)
    authenticator, tables = an_authenticator(issuer, clock), open_tables(settings)
    runtime = Runtime("grouper", settings, decisions, bus, authenticator, clock, tables)
    app = create_app(runtime)
    clients: list[httpx.AsyncClient] = []

    def client(*scopes: str, tenant: str = "mercy") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {issuer.token('ehr', tenant, scopes)}"}
        transport = httpx.ASGITransport(app)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://grouper", headers=headers))
        return clients[-1]

    yield client
    for opened in clients:
        await opened.aclose()
    await app.state.grouper.engine.close()
    await bus.close()


@pytest.fixture
def receive(decisions: Database, clock: Clock) -> Receive:
    """Hand the grouper an event as its consumer would."""
    handle = handler_table(a_grouper(), load_payment_rules())[ChartCoded]

    async def hand(event: ChartCoded, *, tenant: str = "mercy") -> None:
        context = Context(tenant=tenant, actor="system:grouper", request_id="event-1", at=clock())
        async with decisions.unit_of_work(context) as uow:
            await handle(uow, event)

    return hand


def chart_coded(claim: Any, revision: int = 1) -> ChartCoded:
    """The event of a chart that was coded on the demo's day."""
    return ChartCoded.model_validate(
        {
            "claim": claim,
            "revision": revision,
            "chart_id": "chart-1",
            "coder": "ana",
            "coded_at": "2026-11-23T10:00:00+00:00",
        }
    )
