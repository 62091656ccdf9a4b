"""The engine in worker processes: a native fault or a hang kills one worker, which is replaced, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import structlog

from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.engines.frames import GroupStays, Request, Start, WorkLines, read_answers
from services.grouper.engines.line_work import Block, LineEngine, WorkPlace
from services.grouper.engines.msdrg_session import ENGINE_NAME
from services.grouper.engines.turns import Turns
from services.grouper.engines.worker_process import DEATHS, WorkerProcess
from services.grouper.errors import EngineBusy, EngineFailed

log = structlog.get_logger("revcycle.grouper")

_MOST_IN_A_FRAME = 64
"""Stays: enough that the pipe costs little, few enough that no one waits long behind them."""
_FEWEST_IN_A_FRAME = 8
"""Fewer are not worth dividing among workers."""


class PooledEngine(DrgEngine, LineEngine):
    """`workers` processes, started when first needed. Frames of stays wait their turn, at most `waiting_limit`.

    Stays go before lines: who streams many waits longer, and does not fail for it.
    """

    name = ENGINE_NAME

    def __init__(
        self,
        *,
        workers: int = 2,
        batch_timeout: timedelta = timedelta(seconds=10),
        waiting_limit: int = 256,
        work: WorkPlace | None = None,
    ) -> None:
        start = Start(*work) if work is not None else Start(None, {})
        self._workers = [WorkerProcess(start, batch_timeout.total_seconds()) for _ in range(workers)]
        self._idle = Turns(self._workers)
        self._waiting_limit = waiting_limit
        self.at_once = workers

    @property
    def pids(self) -> list[int]:
        """The processes that are running now."""
        return [worker.pid for worker in self._workers if worker.pid is not None]

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        answered = await asyncio.gather(*(self._group(part) for part in self._parts(stays)))
        return [answer for part in answered for answer in part]

    async def work(self, block: Block) -> bytes:
        return await self._ask(WorkLines(*block), urgent=False)

    async def start(self) -> None:
        await asyncio.gather(*(worker.start() for worker in self._workers))

    async def close(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def _parts(self, stays: Sequence[GrouperInput]) -> list[list[GrouperInput]]:
        """As even as can be, one for each worker where there are stays enough."""
        least = -(-len(stays) // _MOST_IN_A_FRAME)
        parts = max(least, min(len(self._workers), len(stays) // _FEWEST_IN_A_FRAME), 1)
        cuts = [len(stays) * part // parts for part in range(parts + 1)]
        return [list(stays[begin:end]) for begin, end in pairwise(cuts) if begin < end]

    async def _group(self, stays: list[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        """Stays that kill their worker are asked again one by one, so that only the one at fault fails."""
        if self._idle.waiting >= self._waiting_limit:
            raise EngineBusy
        try:
            answers = read_answers(await self._ask(GroupStays(stays), urgent=True))
        except EngineFailed as error:
            if len(stays) == 1:
                return [error]
            alone = [await self._group([stay]) for stay in stays]
            return [answer for answers in alone for answer in answers]
        return [answer or EngineFailed("gave no answer") for answer in answers]

    async def _ask(self, request: Request, *, urgent: bool) -> bytes:
        worker = await self._idle.take(urgent=urgent)
        # A caller who goes away must not leave half an answer in the pipe: the exchange goes on to its end.
        return await asyncio.shield(asyncio.ensure_future(self._exchange(worker, request)))

    async def _exchange(self, worker: WorkerProcess, request: Request) -> bytes:
        try:
            return await worker.ask(request)
        except DEATHS as error:
            log.warning("worker_lost", exit_code=worker.exit_code, error=type(error).__name__)
            await worker.stop()
            raise EngineFailed("did not answer" if isinstance(error, TimeoutError) else "died") from error
        finally:
            self._idle.give(worker)
