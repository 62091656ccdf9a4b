"""A thousand claims through the real parts, each service killed in the middle: none lost, none doubled."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from revcycle.demo.api import Api
from samples.day import make_day
from samples.models import SampleEncounter
from tests.e2e.fleet import LINE, Fleet, running_fleet
from tests.fixtures.kafka import KafkaBroker
from tests.fixtures.postgres import PostgresServer

pytestmark = [pytest.mark.e2e, pytest.mark.postgres, pytest.mark.kafka, pytest.mark.envoy]

CLAIMS = int(os.environ.get("REVCYCLE_E2E_CLAIMS", "1000"))
CODERS_AT_WORK = 6
PATIENCE = 600.0
DAY = date(2026, 11, 24)


@pytest.fixture
def fleet(tmp_path: Path, postgres_server: PostgresServer, kafka: KafkaBroker) -> Iterator[Fleet]:
    databases = {name: postgres_server.create_database() for name in LINE}
    try:
        with running_fleet(tmp_path, databases=databases, kafka_bootstrap=kafka.bootstrap) as running:
            yield running
    finally:
        for url in databases.values():
            postgres_server.drop_database(url)


def client(fleet: Fleet, user: str, *, is_system: bool = False) -> Api:
    """The demo's own API client, which repeats what fails on the way, through the gateway."""
    context = ssl.create_default_context(cafile=str(fleet.gateway.certificate))
    headers = {"Authorization": f"Bearer {fleet.token(user, is_system=is_system)}"}
    return Api(httpx.AsyncClient(base_url=fleet.gateway.url, verify=context, headers=headers, timeout=60), user)


async def persistently(what: Callable[[], Awaitable[Any]]) -> Any:
    """As a client with a queue would: a service that is away now is asked again, for two minutes at most."""
    deadline = time.monotonic() + 120
    while True:
        try:
            return await what()
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)


async def send(ehr: Api, samples: tuple[SampleEncounter, ...]) -> dict[str, str]:
    """Chart ids by encounter. A bulk request that broke off is sent again: what is there already is not doubled."""
    charts: dict[str, str] = {}
    for begin in range(0, len(samples), 50):
        part = samples[begin : begin + 50]
        lines = [one.encounter.model_dump_json(exclude_none=True).encode() for one in part]
        answers = await persistently(lambda lines=lines: ehr.post_lines("/encoder/v1/encounters:bulk", lines))
        charts |= {one.encounter.id: answer["chart_id"] for one, answer in zip(part, answers, strict=True)}
    return charts


async def code(coder: Api, sample: SampleEncounter, chart_id: str) -> None:
    """Codes and finalizes, unless an earlier try did and its answer was lost."""
    path = f"/encoder/v1/charts/{chart_id}"

    async def attempt() -> None:
        chart = (await coder.get(path))["chart"]
        if chart["status"] in ("finalized", "returned"):
            return
        chart = await coder.put(f"{path}/codes", sample.first_codes or sample.codes, version=chart["version"])
        assert chart is not None
        await coder.post(f"{path}/finalize", version=chart["version"])

    await persistently(attempt)


async def code_all(coder: Api, samples: tuple[SampleEncounter, ...], charts: dict[str, str]) -> None:
    waiting = iter(samples)

    async def work() -> None:
        for sample in waiting:
            await code(coder, sample, charts[sample.encounter.id])

    await asyncio.gather(*(work() for _ in range(CODERS_AT_WORK)))


async def kill_each_in_turn(fleet: Fleet) -> None:
    """Each service dies by SIGKILL in the middle of its work and is started again."""
    for name in LINE:
        await asyncio.sleep(4)
        process = fleet.processes[name]
        await asyncio.to_thread(process.kill)
        process.start()
        await asyncio.to_thread(process.wait_until_ready)


async def items(api: Api, path: str, **query: str) -> list[dict[str, Any]]:
    async def read() -> list[dict[str, Any]]:
        pages: AsyncIterator[dict[str, Any]] = api.pages(path, **query)
        return [item async for item in pages]

    found: list[dict[str, Any]] = await persistently(read)
    return found


async def ends(coder: Api, biller: Api) -> dict[str, str]:
    """Where each claim stands, by claim id. A claim that stands in two places fails the test."""
    found: Counter[str] = Counter()
    places: dict[str, str] = {}
    for place, listed in (
        ("returned", [c["claim_id"] for c in await items(coder, "/encoder/v1/charts", status="returned")]),
        ("held", [hold["id"] for hold in await items(biller, "/scrubber/v1/holds")]),
    ):
        found.update(listed)
        places |= dict.fromkeys(listed, place)
    for claim in await items(biller, "/submission/v1/claims"):
        found[claim["id"]] += 1
        places[claim["id"]] = claim["state"]
    doubled = [claim_id for claim_id, times in found.items() if times > 1]
    assert not doubled
    return places


FATE = {"cleared": "accepted", "held": "held", "returned": "returned", "rejected": "rejected"}
"""What the answer key foresees, and where the claim must stand when nobody has worked on it."""


async def until_all_ended(coder: Api, biller: Api) -> dict[str, str]:
    deadline = time.monotonic() + PATIENCE
    places: dict[str, str] = {}
    while time.monotonic() < deadline:
        places = await ends(coder, biller)
        if len(places) == CLAIMS and set(places.values()) <= set(FATE.values()):
            return places
        await asyncio.sleep(2)
    pytest.fail(f"after {PATIENCE:.0f} s: {Counter(places.values())}")


async def claim_numbers_sent(biller: Api) -> Counter[str]:
    """Every CLM01 in every 837 that went out, read with nothing of ours."""
    numbers: Counter[str] = Counter()
    for interchange in await items(biller, "/submission/v1/interchanges"):
        content = await biller.text(f"/submission/v1/interchanges/{interchange['id']}/content")
        element, end = re.escape(content[3]), re.escape(content[105])
        numbers.update(re.findall(rf"{end}CLM{element}([^{element}]+){element}", content))
    return numbers


async def test_a_thousand_claims_survive_the_death_of_every_service(fleet: Fleet):
    samples = make_day(11, CLAIMS, DAY).encounters
    ehr, coder, biller = client(fleet, "ehr", is_system=True), client(fleet, "coding-manager"), client(fleet, "biller")
    charts = await send(ehr, samples)
    assert len(set(charts.values())) == CLAIMS
    await asyncio.gather(code_all(coder, samples, charts), kill_each_in_turn(fleet))
    await kill_each_in_turn(fleet)
    places = await until_all_ended(coder, biller)

    claims = {chart["id"]: chart["claim_id"] for chart in await items(coder, "/encoder/v1/charts")}
    foreseen = {claims[charts[one.encounter.id]]: FATE[one.fate] for one in samples}
    assert places == foreseen

    sent = await claim_numbers_sent(biller)
    submitted = {claim["patient_control_number"]: claim for claim in await items(biller, "/submission/v1/claims")}
    assert sent == Counter(submitted.keys())
    for name in LINE:
        assert fleet.processes[name].kills == 2
        verified = fleet.command(name, "audit", "verify", "--service", name)
        assert verified.returncode == 0, verified.stdout
        letters = fleet.command(name, "events", "dead-letters", "list", name)
        assert (letters.returncode, letters.stdout) == (0, "")
