"""Claims from examined to delivered: `python -m bench.batches [--claims N]`, on a PostgreSQL of its own.

Different professional claims of three lines: examined by every edit for which tables are embedded, taken as cleared
(200 to a transaction, as the consumer takes them), batched, and delivered into a folder. By the clock, and by the
processor time of this process, which is what a core needs whatever else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from bench.x12 import many
from services.scrubber.bootstrap import create_scrubber
from services.submission import clearing
from services.submission.route_settings import terms_of
from services.submission.routes.folder import FolderRoute
from services.submission.settings import SubmissionSettings
from services.submission.transmission import Transmitter
from services.submission.ways import Way
from shared.claims import ClaimId, ScrubReport
from shared.claims.control_numbers import control_number
from shared.db import Context, Database, new_id
from shared.events.contracts import ClaimCleared
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.postgres import PostgresServer

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
REPORT = ScrubReport(outcome="cleared", edits_version="1", edits_run=1)
TOGETHER = 200


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


async def taken(database: Database, claims: list[Any]) -> None:
    context = Context(tenant="bench", actor="bench", request_id="bench", at=NOW)
    for begin in range(0, len(claims), TOGETHER):
        async with database.unit_of_work(context) as uow:
            for claim in claims[begin : begin + TOGETHER]:
                event = ClaimCleared(claim=claim, revision=3, report=REPORT, touchless=True)
                await clearing.take_one(uow, event)


async def stage(name: str, count: int, work: Callable[[], Awaitable[Any]]) -> float:
    begun, processor = time.perf_counter(), time.process_time()
    await work()
    seconds, busy = time.perf_counter() - begun, time.process_time() - processor
    print(f"  {name:<24}{seconds:>8.2f} s by the clock{busy:>8.2f} s of processor{count / busy:>10,.0f} claims/s")
    return seconds


async def measure(server: PostgresServer, folder: Path, count: int) -> None:
    database = Database.open(server.create_database())
    await database.migrate("services/submission/migrations")
    way = Way(terms_of(SubmissionSettings()), FolderRoute("clearinghouse", folder))
    transmitter = Transmitter(database, [way], lambda: NOW)
    claims = claims_of(count)
    scrubber = create_scrubber()

    async def examined() -> None:
        for claim in claims:
            scrubber.examine(claim, tenant="bench", as_of=NOW.date())

    seconds = await stage("examine", count, examined)
    seconds += await stage("take as cleared", count, lambda: taken(database, claims))
    seconds += await stage("batch", count, transmitter.batch_all)
    seconds += await stage("deliver", count, transmitter.deliver)
    print(f"  {'end to end':<24}{seconds:>8.2f} s by the clock")
    await database.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--claims", type=int, default=5_000)
    count = arguments.parse_args().claims
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{count:,} claims on PostgreSQL")
    server = PostgresServer()
    try:
        server.start()
        with TemporaryDirectory(prefix="revcycle-bench-") as name:
            asyncio.run(measure(server, Path(name), count))
    finally:
        server.remove()


if __name__ == "__main__":
    main()
