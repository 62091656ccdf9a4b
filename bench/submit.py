"""Claims in by submission's door, many in one request: `python -m bench.submit [--claims N] [--rounds N]`.

Different professional claims of three lines, as NDJSON and as an 837, validated and submitted: once to `revcycle serve`
with everything in one process on SQLite, once to scrubber and submission in processes of their own on PostgreSQL, with
an embedded bus between them. By the clock, until the last answer is in, and by the processor time of the services,
which includes what the workers do with the events meanwhile. The client shares the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.batches import claims_of
from bench.processes import peak_megabytes, processor_seconds
from revcycle.demo.api import Api
from revcycle.demo.server import running_server
from services.submission.domain.x12 import EnvelopeSettings, write_interchange
from shared.claims import Contact
from shared.x12 import TradingPartner
from tests.e2e.fleet import Process
from tests.fixtures.ports import free_ports
from tests.fixtures.postgres import PostgresMissing, PostgresServer

_TIMEOUT = httpx.Timeout(600.0)
_ENVELOPE = EnvelopeSettings(
    sender=TradingPartner("PRACTICE"),
    sender_name="PRACTICE",
    submitter_id="PRACTICE",
    contact=Contact(name="EDI", telephone="6155550100"),
    receiver=TradingPartner("REVCYCLE"),
    receiver_name="REVCYCLE",
    receiver_id="REVCYCLE",
    control_number=1,
    created_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    usage="T",
)


@dataclass(frozen=True)
class Door:
    """Submission's door, for a biller, and the processes behind it."""

    client: httpx.AsyncClient
    path: str
    pids: tuple[int, ...]

    def processor(self) -> float:
        return sum(map(processor_seconds, self.pids))


def as_lines(claims: list[Any]) -> bytes:
    return b"".join(claim.model_dump_json(exclude_none=True).encode() + b"\n" for claim in claims)


def as_837(claims: list[Any]) -> bytes:
    return write_interchange(claims, _ENVELOPE)


FORMS: dict[str, tuple[str, Callable[[list[Any]], bytes]]] = {
    "NDJSON": ("application/x-ndjson", as_lines),
    "837": ("application/edi-x12", as_837),
}


async def send(door: Door, what: str, form: str, claims: list[Any]) -> None:
    """Print how long it took. Raises ValueError where not every claim is queued."""
    media_type, written = FORMS[form]
    content, count = written(claims), len(claims)
    path = "v1/claims/validate" if what == "validate" else "v1/claims"
    before, began = door.processor(), time.perf_counter()
    answer = await door.client.post(f"{door.path}/{path}", content=content, headers={"Content-Type": media_type})
    clock, processor = time.perf_counter() - began, door.processor() - before
    outcomes = Counter(json.loads(line).get("outcome") for line in answer.raise_for_status().text.splitlines())
    if outcomes["queued"] != count:
        raise ValueError(f"of {count} claims: {outcomes}")
    print(
        f"  {what:<9}{form:<8}{clock:>7.2f} s by the clock{processor:>7.2f} s of processor"
        f"{count / clock:>8,.0f} claims/s{count / processor:>8,.0f} by processor",
        flush=True,
    )


async def measure(name: str, door: Door, count: int, rounds: int) -> None:
    # No patient twice: two claims of one would be found to be duplicates.
    others = iter(claims_of(50 + 4 * rounds * count))
    print(name, flush=True)
    await send(door, "validate", "NDJSON", list(itertools.islice(others, 50)))
    for _ in range(rounds):
        for what in ("validate", "submit"):
            for form in FORMS:
                await send(door, what, form, list(itertools.islice(others, count)))
    print(f"  the most memory of a service: {max(map(peak_megabytes, door.pids)):.0f} MB", flush=True)


@asynccontextmanager
async def on_sqlite(folder: Path) -> AsyncIterator[Door]:
    async with running_server(folder) as server:
        api = await Api.log_in(server.address, "biller", folder)
        headers = dict(api._client.headers)
        await api.close()
        async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=_TIMEOUT) as client:
            yield Door(client, "/submission", (server.process.pid,))


@asynccontextmanager
async def on_postgresql(folder: Path) -> AsyncIterator[Door]:
    """Raises PostgresMissing."""
    async with AsyncExitStack() as stack:
        postgres = PostgresServer()
        stack.callback(postgres.remove)
        postgres.start()
        ports = dict(zip(("issuer", "scrubber", "submission"), free_ports(3), strict=True))
        issuer = f"http://127.0.0.1:{ports['issuer']}/issuer"
        environment = {
            "REVCYCLE_DATA_DIR": str(folder),
            "REVCYCLE_RATE_LIMIT": "1000000/minute",
            "REVCYCLE_LOG_LEVEL": "WARNING",
            "REVCYCLE_SUBMISSION_BATCH_EVERY": "PT12H",
            "REVCYCLE_SUBMISSION_SCRUBBER_URL": f"http://127.0.0.1:{ports['scrubber']}/",
        }
        services = []
        for name, port in ports.items():
            own = {} if name == "issuer" else {
                "REVCYCLE_DATABASE_URL": postgres.create_database(),
                "REVCYCLE_ISSUER_URL": issuer,
                "REVCYCLE_JWKS_URL": f"{issuer}/jwks.json",
            }  # fmt: skip
            process = Process(name, port, environment | own, folder)
            stack.callback(process.stop)
            process.start()
            process.wait_until_ready()
            services.append(process)
        api = await Api.log_in(f"http://127.0.0.1:{ports['issuer']}", "biller", folder)
        headers = dict(api._client.headers)
        await api.close()
        address = f"http://127.0.0.1:{ports['submission']}"
        pids = tuple(one.running.pid for one in services[1:] if one.running)
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=_TIMEOUT) as client:
            yield Door(client, "", pids)


async def _run(count: int, rounds: int) -> None:
    for name, opened in (("one process, SQLite", on_sqlite), ("scrubber and submission, PostgreSQL", on_postgresql)):
        with tempfile.TemporaryDirectory(prefix="revcycle-bench-") as folder:
            async with opened(Path(folder)) as door:
                await measure(name, door, count, rounds)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--claims", type=int, default=1_000)
    arguments.add_argument("--rounds", type=int, default=1)
    wanted = arguments.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    try:
        asyncio.run(_run(wanted.claims, wanted.rounds))
    except PostgresMissing as missing:
        print(f"without PostgreSQL: {missing}")


if __name__ == "__main__":
    main()
