"""The real scrubber on a database of its own, asked by submission without a network between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from services.scrubber.app import create_app
from services.scrubber.consumers import handler_table
from services.submission.scrubbing import ScrubberOverHttp
from shared.db import Context, Database
from shared.events import EVENTS, LineEvent, SqlLogBus, read_event
from shared.events.outbox import OutboxRow
from shared.runtime import Runtime, Settings, open_tables
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer


@dataclass
class ScrubberBeside:
    """`over_http` is how submission asks it; `hears` brings it what submission tells the line."""

    database: Database
    over_http: ScrubberOverHttp
    transport: httpx.ASGITransport
    clock: Clock
    table: Any

    def client(self, authorization: str) -> httpx.AsyncClient:
        headers = {"Authorization": authorization}
        return httpx.AsyncClient(transport=self.transport, base_url="http://scrubber", headers=headers)

    async def hears(self, *events: LineEvent, tenant: str = "mercy") -> list[LineEvent]:
        """Handle events as its worker does; what it told the line by it."""
        before = len(await told(self.database))
        for event in events:
            context = Context(tenant=tenant, actor="system:scrubber", request_id="e-1", at=self.clock())
            async with self.database.unit_of_work(context) as uow:
                await self.table[type(event)](uow, event)
        return (await told(self.database))[before:]


@asynccontextmanager
async def a_scrubber_beside(directory: Path, clock: Clock) -> AsyncIterator[ScrubberBeside]:
    """With the same issuer as submission, whose key is in the directory."""
    database = Database.open(f"sqlite+aiosqlite:///{directory / 'scrubber.db'}")
    await database.migrate("services/scrubber/migrations")
    settings = Settings(data_dir=directory, rate_limit="100000/minute")
    bus = SqlLogBus(settings.bus_url)
    authenticator = an_authenticator(an_issuer(directory, clock), clock)
    runtime = Runtime("scrubber", settings, database, bus, authenticator, clock, open_tables(settings))
    app = create_app(runtime)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://scrubber/") as client:
        yield ScrubberBeside(database, ScrubberOverHttp(client), transport, clock, handler_table(app.state.scrubber))
    await bus.close()
    await database.close()


async def told(database: Database) -> list[LineEvent]:
    """Every event in the outbox, in order."""
    async with database.read() as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
    kinds = {(model.event_type, model.topic): model for model in EVENTS}
    return [read_event(kinds[row.headers["ce_type"], row.topic], bytes(row.value)) for row in rows]
