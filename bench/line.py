"""Claims a second from intake to the payer's acceptance, in one process and with the real parts.

Every claim is taken in by bulk, coded and finalized by REST, grouped, scrubbed, batched, written as 837, acknowledged
and accepted. Everything shares this machine: clients, services, simulator, and in the second mode PostgreSQL, Kafka
and Envoy.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx

from revcycle.demo.api import Api
from revcycle.demo.server import running_server
from samples.day import make_day
from samples.models import SampleEncounter
from tests.e2e.fleet import LINE, Fleet, running_fleet
from tests.fixtures.kafka import KafkaBroker, KafkaMissing
from tests.fixtures.postgres import PostgresMissing, PostgresServer

CLAIMS = 500
AT_ONCE = 6
DAY = date(2026, 11, 24)
PATIENCE = 600.0


def clean_encounters(count: int) -> list[SampleEncounter]:
    """Encounters without a defect."""
    samples = make_day(5, count * 2, DAY).encounters
    return [one for one in samples if one.defect is None][:count]


async def drive(mode: str, ehr: Api, coder: Api, biller: Api) -> None:
    """Send the claims through and print how fast each part went."""
    samples = clean_encounters(CLAIMS)
    began = time.perf_counter()
    charts: dict[str, str] = {}
    for begin in range(0, len(samples), 100):
        part = samples[begin : begin + 100]
        lines = [one.encounter.model_dump_json(exclude_none=True).encode() for one in part]
        answers = await ehr.post_lines("/encoder/v1/encounters:bulk", lines)
        charts |= {one.encounter.id: answer["chart_id"] for one, answer in zip(part, answers, strict=True)}
    taken = time.perf_counter()
    await _code_all(coder, samples, charts)
    coded = time.perf_counter()
    await _until_accepted(biller, len(samples))
    done = time.perf_counter()
    print(f"{mode}: {len(samples)} claims")
    print(f"  intake by bulk          {len(samples) / (taken - began):>8.0f} encounters/s")
    print(f"  coding by REST          {len(samples) / (coded - taken):>8.0f} charts/s (two requests each)")
    print(f"  last coded to accepted  {done - coded:>8.1f} s")
    print(f"  intake to accepted      {len(samples) / (done - began):>8.1f} claims/s", flush=True)


async def _code_all(coder: Api, samples: list[SampleEncounter], charts: dict[str, str]) -> None:
    waiting = iter(samples)

    async def work() -> None:
        for sample in waiting:
            path = f"/encoder/v1/charts/{charts[sample.encounter.id]}"
            chart = await coder.put(f"{path}/codes", sample.codes, version=1) or {}
            await coder.post(f"{path}/finalize", version=chart["version"])

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _until_accepted(biller: Api, claims: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        figures = await biller.get("/submission/v1/figures")
        settled = sum(line["claims"] for line in figures["by_payer"] if line["state"] in ("accepted", "rejected"))
        if settled == claims:
            return
        if any(line["state"] == "ready" for line in figures["by_payer"]):
            await biller.post("/submission/v1/batches")
        await asyncio.sleep(0.2)
    raise TimeoutError(f"not accepted within {PATIENCE:.0f} s: {figures}")


async def in_one_process() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running_server(Path(folder)) as server:
            people = [
                await Api.log_in(server.address, user, Path(folder)) for user in ("ehr", "coding-manager", "biller")
            ]
            await drive("one process, SQLite and the SQL log", *people)
            for api in people:
                await api.close()


@contextlib.contextmanager
def real_parts(folder: Path) -> Iterator[Fleet]:
    with contextlib.ExitStack() as stack:
        postgres = PostgresServer()
        postgres.start()
        stack.callback(postgres.remove)
        stack.callback(postgres.stop)
        (folder / "kafka").mkdir()
        kafka = KafkaBroker(folder / "kafka")
        kafka.start()
        stack.callback(kafka.stop)
        databases = {name: postgres.create_database() for name in LINE}
        yield stack.enter_context(running_fleet(folder, databases=databases, kafka_bootstrap=kafka.bootstrap))


async def with_real_parts(fleet: Fleet) -> None:
    context = ssl.create_default_context(cafile=str(fleet.gateway.certificate))
    people = []
    for user in ("ehr", "coding-manager", "biller"):
        headers = {"Authorization": f"Bearer {fleet.token(user, is_system=user == 'ehr')}"}
        client = httpx.AsyncClient(base_url=fleet.gateway.url, verify=context, headers=headers, timeout=60)
        people.append(Api(client, user))
    await drive("a process for each service, PostgreSQL, Kafka, Envoy", *people)
    for api in people:
        await api.close()


def main() -> None:
    asyncio.run(in_one_process())
    try:
        with tempfile.TemporaryDirectory() as folder, real_parts(Path(folder)) as fleet:
            asyncio.run(with_real_parts(fleet))
    except (PostgresMissing, KafkaMissing) as missing:
        print(f"without the real parts: {missing}")


if __name__ == "__main__":
    main()
