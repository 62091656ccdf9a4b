"""Requests a second and latency for each kind of endpoint, against `revcycle serve` in a process of its own.

The load comes from this process on the same machine, so that both share its cores: the figures are a floor.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from revcycle.demo.api import Api
from revcycle.demo.server import running_server
from samples.day import make_day
from tests.builders import an_institutional_claim

REQUESTS = 600
AT_ONCE = 8
DAY = date(2026, 11, 24)

Call = Callable[[int], Awaitable[object]]


async def measure(name: str, call: Call) -> None:
    """Print requests a second and the 50th, 95th and 99th percentile in milliseconds."""
    seconds: list[float] = []
    numbers = iter(range(REQUESTS))

    async def work() -> None:
        for number in numbers:
            began = time.perf_counter()
            await call(number)
            seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    elapsed = time.perf_counter() - began
    cuts = statistics.quantiles(seconds, n=100)
    p50, p95, p99 = (cuts[cut] * 1000 for cut in (49, 94, 98))
    print(f"{name:<44}{REQUESTS / elapsed:>8.0f}/s {p50:>8.1f} {p95:>8.1f} {p99:>8.1f} ms", flush=True)


async def main() -> None:
    samples = make_day(3, REQUESTS, DAY).encounters
    claim = an_institutional_claim().document()
    print(f"{AT_ONCE} requests at a time{'':<24}{'':>8}   {'p50':>8} {'p95':>8} {'p99':>8}")
    with tempfile.TemporaryDirectory() as folder:
        async with running_server(Path(folder)) as server:
            ehr = await Api.log_in(server.address, "ehr", Path(folder))
            coder = await Api.log_in(server.address, "coding-manager", Path(folder))
            encounters = [json.loads(one.encounter.model_dump_json(exclude_none=True)) for one in samples]
            await measure("POST /encoder/v1/encounters", lambda n: ehr.post("/encoder/v1/encounters", encounters[n]))
            charts = [chart async for chart in coder.pages("/encoder/v1/charts")]
            await measure("GET  /encoder/v1/charts (50)", lambda _: coder.get("/encoder/v1/charts", limit=50))
            await measure(
                "GET  /encoder/v1/charts/{id}",
                lambda n: coder.get(f"/encoder/v1/charts/{charts[n % len(charts)]['id']}"),
            )
            await measure(
                "GET  /encoder/v1/codes?q=", lambda _: coder.get("/encoder/v1/codes", q="I50", date="2026-11-20")
            )
            await measure("POST /grouper/v1/group", lambda _: coder.post("/grouper/v1/group", claim))
            await measure("POST /scrubber/v1/scrub", lambda _: coder.post("/scrubber/v1/scrub", claim))
            for api in (ehr, coder):
                await api.close()


if __name__ == "__main__":
    asyncio.run(main())
