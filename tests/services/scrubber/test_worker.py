"""The event door as it is wired: a grouped claim comes in over the bus, and what became of it goes out over it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from services.scrubber.store import ClaimRow
from services.scrubber.worker import create_worker
from shared.claims import Grouping
from shared.db import Context, Database
from shared.events import SqlLogBus, emit
from shared.events.contracts import ClaimGrouped
from shared.runtime import Runtime, Settings
from tests.builders import SERVICE_DAY, a_professional_claim
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer

DEADLINE = 60.0
CLAIM = a_professional_claim().build()


async def status_of(database: Database) -> str | None:
    async with database.read() as session:
        row = await session.get(ClaimRow, ("mercy", str(CLAIM.id)))
        return row and row.status


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_grouped_claim_comes_in_over_the_bus_and_is_cleared(
    claims_database: Database, clock: Clock, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    bus = SqlLogBus(settings.bus_url)
    authenticator = an_authenticator(an_issuer(tmp_path, clock), clock)
    worker = create_worker(Runtime("scrubber", settings, claims_database, bus, authenticator, clock))
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    # The outbox of this database stands in for the grouper's: the relay takes what is in it to the bus.
    grouping = Grouping(method="none", as_of=SERVICE_DAY)
    async with claims_database.unit_of_work(Context("mercy", "ana", "r-1", clock())) as uow:
        emit(uow, ClaimGrouped(claim=CLAIM, revision=2, grouping=grouping))
    async with asyncio.timeout(DEADLINE):
        while await status_of(claims_database) is None and not running.done():  # noqa: ASYNC110  # the bus tells nobody
            await asyncio.sleep(0.02)
    stop.set()
    await asyncio.wait_for(running, DEADLINE)
    assert await status_of(claims_database) == "cleared"
    await bus.close()
