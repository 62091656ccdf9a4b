"""What a caller gets when the native engine dies on a claim: a problem that says so, and the next claim its DRG."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import Any

import httpx
import pytest

from services.grouper.engines.pool import PooledEngine
from tests.services.grouper.conftest import Caller

DEADLINE = 30.0
STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2026-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "J18.9", "poa": "Y"}, {"code": "N17.9", "poa": "Y"}],
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept


@pytest.fixture(autouse=True)
def one_worker_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grouper groups in a worker, as it does outside the embedded mode."""
    monkeypatch.setenv("REVCYCLE_GROUPER_ENGINE", "pool")
    monkeypatch.setenv("REVCYCLE_GROUPER_WORKERS", "1")


def engine_of(client: httpx.AsyncClient) -> PooledEngine:
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    engine = transport.app.state.grouper.engine  # type: ignore[attr-defined]  # it is our app
    assert isinstance(engine, PooledEngine)
    return engine


async def test_a_native_fault_is_a_problem_and_the_next_claim_is_grouped(caller: Caller) -> None:
    client = caller("group:run")
    engine = engine_of(client)
    await engine.start()
    [pid] = engine.pids
    os.kill(pid, signal.SIGSTOP)
    asked = asyncio.create_task(client.post("/v1/group", json=STAY))
    async with asyncio.timeout(DEADLINE):
        while not engine._idle.empty():  # noqa: ASYNC110  # taking a worker sets no event
            await asyncio.sleep(0.005)
    os.kill(pid, signal.SIGSEGV)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    failed = await asyncio.wait_for(asked, DEADLINE)
    assert (failed.status_code, failed.json()["code"]) == (503, "engine_failed")
    assert failed.headers["retry-after"] == "1"
    again = await client.post("/v1/group", json=STAY)
    assert (again.status_code, again.json()["drg"]["drg"]) == (200, "194")
