"""The event door as it is wired: a coded chart comes in over the bus, and what was decided goes out over it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from services.grouper import store
from services.grouper.errors import ClaimNotGrouped
from services.grouper.worker import create_worker
from shared.db import Context, Database
from shared.events import SqlLogBus, emit
from shared.runtime import Runtime, Settings
from tests.builders import an_institutional_claim
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.grouper.conftest import chart_coded

DEADLINE = 60.0
CLAIM_ID = "0193628d-58f5-7a70-8d2e-7a3d8ef0a001"


async def status_of(database: Database) -> str | None:
    async with database.read() as session:
        try:
            return (await store.get_claim(session, "mercy", CLAIM_ID)).status
        except ClaimNotGrouped:
            return None


@pytest.mark.parametrize("engine", ["in_process", "pool"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_coded_chart_comes_in_over_the_bus_and_is_grouped(
    decisions: Database, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("REVCYCLE_GROUPER_ENGINE", engine)
    settings = Settings(data_dir=tmp_path)
    bus = SqlLogBus(settings.bus_url)
    authenticator = an_authenticator(an_issuer(tmp_path, clock), clock)
    worker = create_worker(Runtime("grouper", settings, decisions, bus, authenticator, clock))
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    # The outbox of this database stands in for the encoder's: the relay takes what is in it to the bus.
    async with decisions.unit_of_work(Context("mercy", "ana", "r-1", clock())) as uow:
        emit(uow, chart_coded(an_institutional_claim().build()))
    async with asyncio.timeout(DEADLINE):
        while await status_of(decisions) is None and not running.done():  # noqa: ASYNC110  # the bus tells nobody
            await asyncio.sleep(0.02)
    stop.set()
    await asyncio.wait_for(running, DEADLINE)
    assert await status_of(decisions) == "grouped"
    await bus.close()
