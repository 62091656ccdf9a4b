"""Claims from examined to delivered: `python -m bench.batches [--claims N]`, on a PostgreSQL of its own.

Different professional claims of three lines. One process examines them by every edit for which tables are embedded and
tells of each as the scrubber does; this one takes them meanwhile, as submission's consumer does, then batches them and
delivers into a folder. Between the two is a pipe in place of the bus, whose broker is not on these cores. By the clock,
and by the processor time of each process, which is what a core needs whatever else the machine does. Event loop and
collection of garbage are those of `revcycle serve`.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import platform
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, cast

import uvloop

from bench.x12 import many
from revcycle.garbage import collect_seldom
from services.scrubber.bootstrap import create_scrubber
from services.scrubber.domain.examination import Scrubber
from services.submission.consumers import HANDLERS
from services.submission.route_settings import terms_of
from services.submission.routes.folder import FolderRoute
from services.submission.settings import SubmissionSettings
from services.submission.transmission import Transmitter
from services.submission.ways import Way
from services.submission.worker import EVENTS_AT_ONCE
from shared.claims import ClaimId
from shared.claims.control_numbers import control_number
from shared.db import Database, new_id
from shared.events import Partition, Received, Record, RetryPolicy
from shared.events.contracts import ClaimCleared
from shared.events.envelope import to_record
from shared.events.handling import Handling
from shared.events.inbox import Arrival
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.postgres import PostgresServer

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TENANT = "bench"
PATIENCE = 120.0


class Spent(NamedTuple):
    """Seconds by the clock, and of processor."""

    clock: float
    processor: float

    @classmethod
    def so_far(cls) -> Spent:
        return cls(time.perf_counter(), time.process_time())

    def until_now(self) -> Spent:
        now = Spent.so_far()
        return Spent(now.clock - self.clock, now.processor - self.processor)


def claims_of(count: int) -> list[Any]:
    visit = a_professional_claim().with_diagnoses("I10", "E119").with_lines(
        a_professional_line("99214", "180.00", modifiers=["25"], pointers=[1, 2]),
        a_professional_line("93000", "45.00"),
        a_professional_line("36415", "12.50", pointers=[2]),
    )  # fmt: skip
    numbered: list[Any] = []
    for claim in cast(list[Any], many(visit, "B", count)):
        own = ClaimId(new_id())
        numbered.append(claim.model_copy(update={"id": own, "patient_control_number": control_number(own, 1)}))
    return numbered


# -- the process that examines ----------------------------------------------------------------------------------------


def examine(count: int, ready: Event, begin: Event, told: Queue[Any]) -> None:
    """Put the events of all claims into `told` once it is `begin`, a lot at a time, and at last what it took."""
    scrubber, claims = create_scrubber(), claims_of(count)
    collect_seldom()
    ready.set()
    begin.wait()
    begun = Spent.so_far()
    for first in range(0, count, EVENTS_AT_ONCE):
        told.put(list(_cleared(scrubber, claims[first : first + EVENTS_AT_ONCE])))
    told.put(begun.until_now())


def _cleared(scrubber: Scrubber, claims: list[Any]) -> Iterator[Record]:
    for claim in claims:
        found = scrubber.examine(claim, tenant=TENANT, as_of=NOW.date())
        if found.report.outcome != "cleared":
            raise ValueError(f"the claims measured with are clean: {[one.edit_id for one in found.report.findings]}")
        event = ClaimCleared(claim=found.claim, revision=3, report=found.report, touchless=True)
        yield to_record(event, event_id=new_id(), tenant=TENANT, at=NOW, traceparent=None)


# -- the process that takes, batches and delivers ---------------------------------------------------------------------


async def take(database: Database, told: Queue[Any]) -> Spent:
    """Take events as they come until there are no more; what examining them took."""
    handling = Handling(database, "submission", HANDLERS, RetryPolicy(), lambda: NOW)
    while not isinstance(came := await asyncio.to_thread(told.get, timeout=PATIENCE), Spent):
        partition = Partition(ClaimCleared.topic, 0)
        await handling.together([Arrival.read(Received(partition, 0, record)) for record in came])
    return came


async def stage(work: Callable[[], Awaitable[Any]]) -> Spent:
    begun = Spent.so_far()
    await work()
    return begun.until_now()


def tell(name: str, spent: Spent, count: int) -> None:
    rate = f"{count / spent.processor:>8,.0f} claims/s" if spent.processor else ""
    print(f"  {name:<36}{spent.clock:>7.2f} s by the clock{spent.processor:>7.2f} s of processor{rate}")


async def measure(server: PostgresServer, folder: Path, count: int, begin: Event, told: Queue[Any]) -> None:
    database = Database.open(server.create_database())
    await database.migrate("services/submission/migrations")
    route = FolderRoute("clearinghouse", folder)
    transmitter = Transmitter(database, [Way(terms_of(SubmissionSettings()), route)], lambda: NOW)
    collect_seldom()
    begun = Spent.so_far()
    begin.set()
    examined = await take(database, told)
    taken = begun.until_now()
    batched = await stage(transmitter.batch_all)
    delivered = await stage(transmitter.deliver)
    tell("examine, in a process of its own", examined, count)
    tell("take meanwhile", taken, count)
    tell("batch", batched, count)
    tell("deliver", delivered, count)
    print(f"  {'examined to batched':<36}{taken.clock + batched.clock:>7.2f} s by the clock")
    print(f"  {'examined to delivered':<36}{taken.clock + batched.clock + delivered.clock:>7.2f} s by the clock")
    await database.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--claims", type=int, default=5_000)
    count = arguments.parse_args().claims
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{count:,} claims on PostgreSQL")
    spawning = multiprocessing.get_context("spawn")
    ready, begin, told = spawning.Event(), spawning.Event(), spawning.Queue()
    examiner = spawning.Process(target=examine, args=(count, ready, begin, told), daemon=True)
    server = PostgresServer()
    try:
        examiner.start()
        server.start()
        if not ready.wait(PATIENCE):
            raise TimeoutError("the examining process did not start")
        with TemporaryDirectory(prefix="revcycle-bench-") as name:
            folder = Path(name)
            uvloop.run(measure(server, folder, count, begin, told))
            sent = sum(path.read_bytes().count(b"~CLM*") for path in folder.rglob("*.837"))
        if sent != count:
            raise ValueError(f"{sent} claims were delivered")
        examiner.join(PATIENCE)
    finally:
        server.remove()


if __name__ == "__main__":
    main()
