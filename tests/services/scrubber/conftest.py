"""A scrubber on each database, its callers, and claims that come from the line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.scrubber.app import create_app
from services.scrubber.consumers import handler_table
from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import ExpectedPayment, Grouping
from shared.db import Context, Database
from shared.events import EVENTS, LineEvent, SqlLogBus, read_event
from shared.events.contracts import ChartCoded, ClaimCorrected, ClaimEvent, ClaimGrouped
from shared.events.outbox import OutboxRow
from shared.runtime import Runtime, Settings, open_tables
from tests.builders import SERVICE_DAY
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.scrubber.cases import a_scrubber

BILLER = ("scrub:run", "claims:read", "claims:correct")
LEAD = (*BILLER, "claims:release")

Caller = Callable[..., httpx.AsyncClient]
Arrives = Callable[..., Awaitable[None]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def claims_database(database: Database) -> Database:
    await database.migrate("services/scrubber/migrations")
    return database


@pytest.fixture
async def caller(claims_database: Database, clock: Clock, tmp_path: Path) -> AsyncIterator[Caller]:
    """`caller("bea", BILLER)` is an HTTP client of the scrubber with bea's token."""
    issuer = an_issuer(tmp_path, clock)
    settings = Settings(data_dir=tmp_path, rate_limit="100000/minute")
    bus = SqlLogBus(settings.bus_url)
    tables = open_tables(settings)
    runtime = Runtime("scrubber", settings, claims_database, bus, an_authenticator(issuer, clock), clock, tables)
    transport = httpx.ASGITransport(create_app(runtime))
    clients: list[httpx.AsyncClient] = []

    def client(subject: str, scopes: tuple[str, ...], *, tenant: str = "mercy", role: str = "") -> httpx.AsyncClient:
        token = issuer.token(subject, tenant, scopes, roles=[role] if role else [])
        headers = {"Authorization": f"Bearer {token}"}
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://scrubber", headers=headers))
        return clients[-1]

    yield client
    for opened in clients:
        await opened.aclose()
    await bus.close()


@pytest.fixture
def bea(caller: Caller) -> httpx.AsyncClient:
    return caller("bea", BILLER)


@pytest.fixture
def bob(caller: Caller) -> httpx.AsyncClient:
    return caller("bob", BILLER)


@pytest.fixture
def lea(caller: Caller) -> httpx.AsyncClient:
    return caller("lea", LEAD)


@pytest.fixture
def arrives(claims_database: Database, clock: Clock) -> Arrives:
    """`await arrives(claim)` is what the consumer does with a grouped claim, or with a corrected one.

    With `coder` it first hears of the chart that they have finalized.
    """
    table = handler_table(a_scrubber())

    async def arrive(
        claim: AnyClaim,
        *,
        revision: int = 2,
        tenant: str = "mercy",
        corrected: bool = False,
        coder: str = "",
        expected: ExpectedPayment | None = None,
    ) -> None:
        grouping = Grouping(method="none", as_of=SERVICE_DAY, expected=expected)
        event: ClaimEvent = (
            ClaimCorrected(claim=claim, revision=revision, corrected_by="bob")
            if corrected
            else ClaimGrouped(claim=claim, revision=revision, grouping=grouping)
        )
        context = Context(tenant=tenant, actor="system:scrubber", request_id="e-1", at=clock())
        coded = ChartCoded(claim=claim, revision=revision - 1, chart_id="C-1", coder=coder, coded_at=clock())
        async with claims_database.unit_of_work(context) as uow:
            for one in (coded, event) if coder else (event,):
                await table[type(one)](uow, one)

    return arrive


async def told(database: Database) -> list[LineEvent]:
    """Every event in the outbox, in order."""
    async with database.read() as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
    return [_event(row) for row in rows]


def _event(row: OutboxRow) -> LineEvent:
    sent = (row.headers["ce_type"], row.topic)
    return read_event(next(model for model in EVENTS if (model.event_type, model.topic) == sent), bytes(row.value))


def if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def document(claim: AnyClaim) -> dict[str, Any]:
    return claim.model_dump(mode="json")
