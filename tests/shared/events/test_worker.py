"""The worker: parts run together, stop together, and a bug in one of them is loud."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from shared.db import Database
from shared.events import BusUnavailable, Job, Worker, apart
from tests.shared.events.line import DEADLINE, until


class Part:
    """Runs until it is stopped, or until it breaks."""

    def __init__(self, breaks: BaseException | None = None) -> None:
        self._breaks = breaks
        self.stopped_in_order = False

    async def run(self, stop: asyncio.Event) -> None:
        if self._breaks is not None:
            raise self._breaks
        await stop.wait()
        self.stopped_in_order = True


@pytest.fixture
async def stop() -> AsyncIterator[asyncio.Event]:
    async with asyncio.timeout(DEADLINE):
        yield asyncio.Event()


async def test_a_stop_lets_every_part_finish(database: Database, stop: asyncio.Event):
    relay, consumer = Part(), Part()
    working = asyncio.create_task(Worker(database, relay, [consumer]).run(stop))
    await asyncio.sleep(0)
    stop.set()
    await working
    assert relay.stopped_in_order
    assert consumer.stopped_in_order


async def test_a_bug_in_one_part_stops_the_others_and_is_raised(database: Database, stop: asyncio.Event):
    relay = Part()
    with pytest.raises(ZeroDivisionError):
        await Worker(database, relay, [Part(ZeroDivisionError())]).run(stop)
    assert relay.stopped_in_order


async def test_a_job_runs_at_the_start_and_again_and_again(database: Database, stop: asyncio.Event):
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            stop.set()

    await Worker(database, jobs=[Job("count", timedelta(milliseconds=1), work)]).run(stop)
    assert runs == 3


async def test_a_job_runs_in_one_replica_at_a_time(database: Database, database_url: str, stop: asyncio.Event):
    at_work, most, runs = 0, 0, 0

    async def work() -> None:
        nonlocal at_work, most, runs
        at_work += 1
        most, runs = max(most, at_work), runs + 1
        await asyncio.sleep(0.01)
        at_work -= 1

    job = Job("alone", timedelta(milliseconds=1), work)
    other = Database.open(database_url)
    try:
        replicas = [asyncio.create_task(Worker(one, jobs=[job]).run(stop)) for one in (database, other)]

        async def enough() -> bool:
            return runs >= 10

        await until(enough)
        stop.set()
        await asyncio.gather(*replicas)
    finally:
        await other.close()
    assert most == 1


async def test_a_bus_that_is_away_costs_a_job_its_turn_and_no_more(database: Database, stop: asyncio.Event):
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise BusUnavailable("away")
        stop.set()

    await Worker(database, jobs=[Job("retry", timedelta(milliseconds=1), work)]).run(stop)
    assert runs == 2


async def test_a_bug_in_a_job_is_raised(database: Database, stop: asyncio.Event):
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Worker(database, jobs=[Job("broken", timedelta(hours=1), work)]).run(stop)


async def test_one_of_many_that_a_job_fails_on_keeps_no_other_and_is_counted(database: Database):
    def counted() -> float:
        return REGISTRY.get_sample_value("revcycle_faults_total", {"of": "thing"}) or 0.0

    before, done = counted(), []
    for name in ("first", "second", "third"):
        async with apart(database, "thing", name):
            if name == "second":
                raise ZeroDivisionError
            done.append(name)
    assert done == ["first", "third"]
    assert counted() == before + 1


@pytest.mark.parametrize("error", [BusUnavailable("away"), asyncio.CancelledError()])
async def test_a_bus_that_is_away_is_no_fault_of_one_of_many(database: Database, error: BaseException):
    with pytest.raises(type(error)):
        async with apart(database, "thing", "first"):
            raise error


async def test_a_part_that_is_cut_off_does_not_go_unseen(database: Database, stop: asyncio.Event):
    with pytest.raises(RuntimeError):
        await Worker(database, Part(asyncio.CancelledError())).run(stop)
