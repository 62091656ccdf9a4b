"""The adapter of docs/adapters.md on a real Kafka: what it carries and brings arrives once, whatever comes twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import httpx
import jsonschema
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import select

from services.submission.consumers import HANDLERS
from services.submission.route_settings import terms_of
from services.submission.routes.bus import BusRoute
from services.submission.settings import SubmissionSettings
from services.submission.store import ResponseRow
from services.submission.transmission import Transmitter
from services.submission.ways import Way
from shared.db import Database, new_id
from shared.events import Bus, Consumer, KafkaBus, Received, Record, Relay, Topic, Worker, dead_letters
from shared.events.contracts import ClaimCleared, ResponseReceived
from tests.fixtures.kafka import KafkaBroker
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import a_277ca, cleared, control_numbers_in, take

ROOT = Path(__file__).parents[3]
ADAPTER = ROOT / "docs" / "examples" / "folder_adapter.py"
ASYNCAPI = json.loads((ROOT / "docs" / "events" / "asyncapi.json").read_text(encoding="utf-8"))
INTERCHANGES, RESPONSES = "submission.interchanges.v1", "clearinghouse.responses.v1"
TITLES = {"interchange.prepared.v1": "InterchangePrepared", "response.received.v1": "ResponseReceived"}
DEADLINE = 60.0
FOUND = TypeVar("FOUND")

pytestmark = pytest.mark.kafka


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database: it is the bus that these tests are about."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
async def bus(kafka_bootstrap: str) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(kafka_bootstrap, partitions=2)
    yield bus
    await bus.close()


@pytest.fixture
def route_name() -> str:
    """Each test's own, for the topics are everybody's."""
    return f"medicare-{new_id()[-12:]}"


@pytest.fixture
def transmitter(in_flight: Database, bus: KafkaBus, clock: Clock, route_name: str) -> Transmitter:
    terms = replace(terms_of(SubmissionSettings()), name=route_name)
    return Transmitter(in_flight, [Way(terms, BusRoute(route_name, bus, clock))], clock)


@dataclass
class Adapter:
    """The example as a process of its own, and the folder that it shares with a clearinghouse written by hand."""

    folder: Path
    broker: str
    route: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {"BROKER": self.broker, "ROUTE": self.route, "TENANT": "mercy", "FOLDER": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([sys.executable, ADAPTER], env=os.environ | environment, stderr=log)

    def end(self) -> None:
        """It leaves its group, which would else wait for it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)

    def files(self, name: str) -> list[Path]:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"the adapter ended:\n{(self.folder / 'log').read_text()[-2000:]}")
        return sorted((self.folder / name).glob("[!.]*"))

    async def takes(self) -> str:
        """The clearinghouse takes the next interchange out of the folder."""
        (file,) = await until(lambda: self.files("out"))
        content = file.read_text()
        file.unlink()
        return content

    def answers(self, name: str, content: str) -> None:
        part = self.folder / "back" / f".{name}"
        part.write_text(content)
        part.rename(self.folder / "back" / name)


@pytest.fixture
def adapter(tmp_path: Path, kafka_bootstrap: str, route_name: str) -> Iterator[Adapter]:
    adapter = Adapter(tmp_path / "medicare", kafka_bootstrap, route_name)
    adapter.folder.mkdir()
    yield adapter
    adapter.end()


@asynccontextmanager
async def consuming(database: Database, bus: Bus, group: str) -> AsyncIterator[None]:
    """Our own side takes answers from the bus."""
    stop = asyncio.Event()
    handlers = {ResponseReceived: HANDLERS[ResponseReceived]}
    consumer = Consumer(database=database, bus=bus, group=group, handlers=handlers)
    worker = Worker(database, Relay(database=database, bus=bus, source="/submission"), [consumer])
    task = asyncio.create_task(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def test_what_goes_out_and_comes_back_twice_is_there_once(
    in_flight: Database,
    clock: Clock,
    bus: KafkaBus,
    kafka: KafkaBroker,
    transmitter: Transmitter,
    adapter: Adapter,
    biller: httpx.AsyncClient,
) -> None:
    first, second = cleared(), cleared()
    adapter.start()
    async with consuming(in_flight, bus, adapter.route):
        await send(transmitter, in_flight, clock, first)
        content = await adapter.takes()
        assert control_numbers_in(content.encode()) == [first.claim.patient_control_number]
        adapter.answers("1.999", a_999(1))
        adapter.answers("2.277", a_277ca((first.claim.patient_control_number, "A2:20:PR")))
        await until(lambda: kept(in_flight, adapter.route, 2))

        adapter.end()
        # As if it had died before each of its commits: the offsets and the files are those from before.
        await forget_offsets(kafka.bootstrap, f"{adapter.route}-adapter")
        for file in adapter.folder.joinpath("brought").iterdir():
            file.rename(adapter.folder / "back" / file.name)
        await asyncio.to_thread(kafka.kill)
        kafka.start()
        adapter.start()

        await send(transmitter, in_flight, clock, second)
        content = await adapter.takes()
        assert control_numbers_in(content.encode()) == [second.claim.patient_control_number]
        adapter.answers("3.277", a_277ca((second.claim.patient_control_number, "A2:20:PR")))
        files = await until(lambda: kept(in_flight, adapter.route, 3))
        assert [file.external_id for file in files] == ["1.999", "2.277", "3.277"]
    await transmitter.collect()
    for event in (first, second):
        assert (await biller.get(f"/v1/claims/{event.claim.id}")).json()["summary"]["state"] == "accepted"
    went = await said(bus, INTERCHANGES, adapter.route)
    came = await said(bus, RESPONSES, adapter.route)
    assert (len(went), len(came)) == (2, 5)
    for received in (*went, *came):
        fits_the_asyncapi(received.record)


async def test_an_answer_that_nobody_can_read_holds_nothing_up_and_is_listed(
    in_flight: Database,
    clock: Clock,
    bus: KafkaBus,
    transmitter: Transmitter,
    route_name: str,
    biller: httpx.AsyncClient,
) -> None:
    event = cleared()
    await send(transmitter, in_flight, clock, event)
    accepted = a_277ca((event.claim.patient_control_number, "A2:20:PR"))
    broken = {
        "no event": b"\x00not JSON",
        "no content": json.dumps({"route": route_name, "external_id": "1"}).encode(),
        "no route of ours": json.dumps({"route": "Over There", "external_id": "1", "content": "ISA"}).encode(),
    }
    good = {"4": "ISA*no acknowledgement~", "5": accepted}
    async with consuming(in_flight, bus, route_name):
        await bus.ensure_topics([Topic(RESPONSES)])
        await bus.publish([a_response(route_name, value) for value in broken.values()])
        await bus.publish(
            [
                a_response(route_name, json.dumps({"route": route_name, "external_id": name, "content": text}).encode())
                for name, text in good.items()
            ]
        )
        await until(lambda: kept(in_flight, route_name, 2))
        letters = await until(lambda: given_up(bus, route_name, len(broken)))
    assert [one.record.value for one in letters] == list(broken.values())
    await transmitter.collect()
    files = (await biller.get("/v1/responses", params={"unmatched": True})).json()["items"]
    assert [(file["external_id"], file["state"]) for file in files if file["route"] == route_name] == [
        ("4", "unreadable")
    ]
    assert (await biller.get(f"/v1/claims/{event.claim.id}")).json()["summary"]["state"] == "accepted"


async def send(transmitter: Transmitter, database: Database, clock: Clock, event: ClaimCleared) -> None:
    await take(database, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()


async def until(found: Callable[[], FOUND | Awaitable[FOUND]]) -> FOUND:
    """The first answer that is not empty."""
    deadline = time.monotonic() + DEADLINE
    while True:
        answer = found()
        answer = await answer if isinstance(answer, Awaitable) else answer
        if answer:
            return answer
        assert time.monotonic() < deadline, "nothing came"
        await asyncio.sleep(0.05)


async def kept(database: Database, route: str, least: int) -> Sequence[ResponseRow]:
    """The route's files, once there are so many."""
    async with database.read() as session:
        rows = (await session.scalars(select(ResponseRow).where(ResponseRow.route == route))).all()
    return sorted(rows, key=lambda row: row.external_id) if len(rows) >= least else []


async def said(bus: KafkaBus, topic: str, route: str) -> list[Received]:
    return [one async for one in bus.scan(topic) if json.loads(one.record.value).get("route") == route]


async def given_up(bus: KafkaBus, group: str, least: int) -> list[Received]:
    """A group's dead letters about the route of its name, once there are so many."""
    found = [one async for one in dead_letters(bus, group) if one.record.key == group]
    return found if len(found) >= least else []


async def forget_offsets(bootstrap: str, group: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        numbers = await consumer._client.fetch_all_metadata()
        places = [TopicPartition(INTERCHANGES, number) for number in numbers.partitions_for_topic(INTERCHANGES)]
        consumer.assign(places)
        await consumer.commit(dict.fromkeys(places, 0))
    finally:
        await consumer.stop()


def a_response(route: str, value: bytes) -> Record:
    headers = {"ce_id": new_id(), "ce_type": "response.received.v1", "ce_tenant": "mercy"}
    return Record(RESPONSES, route, value, headers)


def fits_the_asyncapi(record: Record) -> None:
    """Payload and headers as the document describes the message of this type."""
    message = ASYNCAPI["components"]["messages"][TITLES[record.headers["ce_type"]]]
    for schema, value in ((message["payload"], json.loads(record.value)), (message["headers"], dict(record.headers))):
        jsonschema.validate(value, {**schema, "components": ASYNCAPI["components"]})


def a_999(control_number: int) -> str:
    """All of the group was accepted (005010X231A1)."""
    return (
        "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*REVCYCLE       *261124*0800*^*00501*000000903*0*T*:~"
        "GS*FA*CLEARINGHOUSE*REVCYCLE*20261124*0800*903*X*005010X231A1~ST*999*0001*005010X231A1~"
        f"AK1*HC*{control_number}*005010X222A1~AK2*837*0001*005010X222A1~IK5*A~AK9*A*1*1*1~SE*6*0001~"
        "GE*1*903~IEA*1*000000903~"
    )
