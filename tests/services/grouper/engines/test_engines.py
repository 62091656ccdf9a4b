"""The contract of the engine port, on both adapters, and what the pool does when a worker dies, hangs or is overrun."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.engines.pool import PooledEngine
from services.grouper.errors import EngineBusy, EngineFailed

PNEUMONIA = GrouperInput(
    version="44.0",
    age=65,
    sex="M",
    discharge_status="01",
    poa_exempt=False,
    diagnoses=(("J189", "Y"), ("N179", "Y")),
    procedures=(),
)
HEART_FAILURE = replace(PNEUMONIA, diagnoses=(("I5021", "Y"),))
NO_SUCH_VERSION = replace(PNEUMONIA, version="42.5")

DEADLINE = 30.0

Asked = asyncio.Task[list[GrouperAnswer | EngineFailed]]


@pytest.fixture(params=[InProcessEngine, PooledEngine])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[DrgEngine]:
    opened: DrgEngine = request.param()
    yield opened
    await opened.close()


@pytest.fixture
async def pool() -> AsyncIterator[PooledEngine]:
    opened = PooledEngine(workers=1, batch_timeout=timedelta(seconds=20))
    await opened.group([PNEUMONIA])
    yield opened
    await opened.close()


def drgs(answers: list[GrouperAnswer | EngineFailed]) -> list[int | None]:
    return [answer.final_drg if isinstance(answer, GrouperAnswer) else None for answer in answers]


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110  # the death of a process sets no event
            await asyncio.sleep(0.005)


# -- the contract -----------------------------------------------------------------------------------------------------


async def test_answers_come_in_the_order_of_the_stays(engine: DrgEngine) -> None:
    assert drgs(await engine.group([PNEUMONIA, HEART_FAILURE] * 100)) == [194, 293] * 100


async def test_nothing_asked_is_nothing_answered(engine: DrgEngine) -> None:
    assert await engine.group([]) == []


async def test_many_callers_get_each_their_own_answer(engine: DrgEngine) -> None:
    asked = [[PNEUMONIA], [HEART_FAILURE], [HEART_FAILURE, PNEUMONIA]] * 10
    answers = await asyncio.gather(*(engine.group(stays) for stays in asked))
    assert [drgs(one) for one in answers] == [[194], [293], [293, 194]] * 10


async def test_a_stay_that_the_engine_gives_up_on_fails_alone(engine: DrgEngine) -> None:
    assert drgs(await engine.group([PNEUMONIA, NO_SUCH_VERSION, HEART_FAILURE])) == [194, None, 293]


async def test_an_engine_can_be_started_ahead_and_closed_twice(engine: DrgEngine) -> None:
    await engine.start()
    assert drgs(await engine.group([PNEUMONIA])) == [194]
    await engine.close()
    await engine.close()


async def test_a_caller_who_goes_away_leaves_the_engine_whole(engine: DrgEngine) -> None:
    await engine.start()
    leaving = asyncio.create_task(engine.group([PNEUMONIA] * 50))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert drgs(await engine.group([HEART_FAILURE])) == [293]


# -- faults of a worker -----------------------------------------------------------------------------------------------


def hold(pool: PooledEngine) -> int:
    """Stop the only worker where it is, so that what is asked of it now is surely in its hands."""
    [pid] = pool.pids
    os.kill(pid, signal.SIGSTOP)
    return pid


async def asked_while_held(pool: PooledEngine, stays: list[GrouperInput]) -> Asked:
    task = asyncio.create_task(pool.group(stays))
    await eventually(lambda: pool._idle.empty())
    return task


@pytest.mark.parametrize("fault", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
async def test_a_native_fault_costs_the_one_request_and_the_worker_is_replaced(
    pool: PooledEngine, fault: signal.Signals
) -> None:
    pid = hold(pool)
    asked = await asked_while_held(pool, [PNEUMONIA])
    os.kill(pid, fault)
    with suppress(ProcessLookupError):  # SIGKILL does not wait for it
        os.kill(pid, signal.SIGCONT)
    [failed] = await asyncio.wait_for(asked, DEADLINE)
    assert isinstance(failed, EngineFailed)
    assert (failed.code, failed.status) == ("engine_failed", 503)
    assert drgs(await pool.group([PNEUMONIA])) == [194]
    assert pool.pids not in ([], [pid])


async def test_a_native_fault_leaves_the_other_worker_as_it_was() -> None:
    pool = PooledEngine(workers=2)
    await pool.start()
    before = pool.pids
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    asked = [asyncio.create_task(pool.group([PNEUMONIA])) for _ in before]
    await eventually(pool._idle.empty)  # each worker has a claim in its hands
    spared, faulty = before
    os.kill(faulty, signal.SIGSEGV)
    for pid in before:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    answers = [answer for answers in await asyncio.wait_for(asyncio.gather(*asked), DEADLINE) for answer in answers]
    assert sorted(map(str, drgs(answers))) == ["194", "None"]
    assert drgs(await pool.group([PNEUMONIA] * 48)) == [194] * 48
    assert spared in pool.pids
    assert faulty not in pool.pids
    await pool.close()


async def test_a_batch_whose_worker_dies_is_asked_again_claim_by_claim(pool: PooledEngine) -> None:
    pid = hold(pool)
    asked = await asked_while_held(pool, [PNEUMONIA, HEART_FAILURE, PNEUMONIA])
    os.kill(pid, signal.SIGKILL)
    assert drgs(await asyncio.wait_for(asked, DEADLINE)) == [194, 293, 194]


async def test_a_worker_that_died_between_requests_is_replaced_unnoticed(pool: PooledEngine) -> None:
    [pid] = pool.pids
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not pool.pids)
    assert drgs(await pool.group([PNEUMONIA])) == [194]


async def test_a_worker_that_hangs_is_killed_after_the_timeout() -> None:
    pool = PooledEngine(workers=1, batch_timeout=timedelta(seconds=2))
    await pool.group([PNEUMONIA])
    pid = hold(pool)
    [failed] = await asyncio.wait_for(pool.group([PNEUMONIA]), DEADLINE)
    assert isinstance(failed, EngineFailed)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    await pool.close()


async def test_one_dead_worker_does_not_hurt_the_other() -> None:
    pool = PooledEngine(workers=2)
    await pool.start()
    os.kill(pool.pids[0], signal.SIGKILL)
    assert drgs(await pool.group([PNEUMONIA] * 200)) == [194] * 200
    await pool.close()


async def test_a_pool_that_is_asked_while_it_starts_starts_no_worker_twice() -> None:
    pool = PooledEngine(workers=1)
    _, answers, _ = await asyncio.gather(pool.start(), pool.group([PNEUMONIA]), pool.start())
    assert drgs(answers) == [194]
    assert len(pool.pids) == 1
    await pool.close()


async def test_no_worker_outlives_its_pool(pool: PooledEngine) -> None:
    [pid] = pool.pids
    await pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("adapter", [InProcessEngine, PooledEngine])
async def test_more_than_may_wait_is_turned_away(adapter: type[InProcessEngine | PooledEngine]) -> None:
    engine = adapter(waiting_limit=1)
    await engine.start()
    callers: list[Awaitable[object]] = [engine.group([PNEUMONIA] * 20) for _ in range(10)]
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert any(isinstance(outcome, EngineBusy) for outcome in outcomes)
    assert any(isinstance(outcome, list) for outcome in outcomes)
    assert drgs(await engine.group([PNEUMONIA])) == [194]
    await engine.close()
