"""The encoder's event door on a real bus: a finalized chart goes out, a returned claim comes back."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.encoder.worker import create_worker
from shared.claims import ReturnReason
from shared.db import Database
from shared.events import Bus, SqlLogBus
from shared.events.bus import Record
from shared.events.contracts import ChartCoded, GrouperReturned
from shared.events.envelope import read_event, to_record
from shared.runtime import Runtime, Settings
from tests.builders import an_encounter
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.encoder.api.test_charts import a_coded_chart
from tests.services.encoder.conftest import if_match

REASON = ReturnReason(code="ungroupable", message="Choose another principal diagnosis.", pointer="/diagnoses/0/code")
DEADLINE_SECONDS = 30.0


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    opened = SqlLogBus(f"sqlite+aiosqlite:///{tmp_path / 'line.sqlite'}")
    yield opened
    await opened.close()


@asynccontextmanager
async def at_work(database: Database, bus: Bus, clock: Clock, folder: Path) -> AsyncIterator[None]:
    """The encoder's worker runs meanwhile."""
    authenticator = an_authenticator(an_issuer(folder, clock), clock)
    runtime = Runtime("encoder", Settings(data_dir=folder), database, bus, authenticator, clock)
    stop = asyncio.Event()
    running = asyncio.create_task(create_worker(runtime).run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, DEADLINE_SECONDS)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - the worker changes it, and tells nobody
            await asyncio.sleep(0.05)


async def on_topic(bus: Bus, topic: str) -> list[Record]:
    return [received.record async for received in bus.scan(topic)]


async def test_a_finalized_chart_goes_out_and_its_returned_claim_comes_back(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, charts_database: Database, bus: Bus, clock: Clock, tmp_path: Path
):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    async with at_work(charts_database, bus, clock, tmp_path):
        chart = (await ana.post(f"{path}/finalize", headers=if_match(2))).json()["chart"]

        async def told() -> bool:
            return bool(await on_topic(bus, ChartCoded.topic))

        await until(told)
        [record] = await on_topic(bus, ChartCoded.topic)
        event = read_event(ChartCoded, record.value)
        assert (event.chart_id, event.revision, event.coder) == (chart["id"], 1, "ana")
        assert record.key == event.claim.id == chart["claim_id"]

        returned = GrouperReturned(claim=event.claim, revision=2, reasons=(REASON,))
        answer = to_record(returned, event_id="e-2", tenant="mercy", at=clock(), traceparent=None)
        answer = dataclasses.replace(answer, headers={**answer.headers, "ce_source": "/grouper"})
        await bus.publish([answer])

        async def back() -> bool:
            return (await ana.get(path)).json()["chart"]["status"] == "returned"

        await until(back)
