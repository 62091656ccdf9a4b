"""The engine in worker processes: a native fault or a hang kills one worker, which is replaced, and nothing else."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from datetime import timedelta

import orjson
import structlog

from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.engines.frames import LENGTH_BYTES, frame
from services.grouper.engines.msdrg_session import ENGINE_NAME, Document
from services.grouper.engines.translation import claim_document, read_result
from services.grouper.errors import EngineBusy, EngineFailed

log = structlog.get_logger("revcycle.grouper")

_BATCH = 64
"""Claims in one frame: enough that the pipe costs little, few enough that two workers share a small bulk request."""

_DEATHS = (asyncio.IncompleteReadError, OSError, ValueError)  # a TimeoutError is an OSError


class PooledEngine(DrgEngine):
    """`workers` processes, started when first needed. Batches wait their turn, at most `waiting_limit` of them."""

    name = ENGINE_NAME

    def __init__(
        self, *, workers: int = 2, batch_timeout: timedelta = timedelta(seconds=10), waiting_limit: int = 256
    ) -> None:
        self._workers = [_WorkerProcess(batch_timeout.total_seconds()) for _ in range(workers)]
        self._idle: asyncio.LifoQueue[_WorkerProcess] = asyncio.LifoQueue()
        for worker in self._workers:
            self._idle.put_nowait(worker)
        self._waiting_limit = waiting_limit
        self._waiting = 0

    @property
    def pids(self) -> list[int]:
        """The processes that are running now."""
        return [worker.pid for worker in self._workers if worker.pid is not None]

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        claims = [claim_document(stay) for stay in stays]
        batches = [claims[start : start + _BATCH] for start in range(0, len(claims), _BATCH)]
        answered = await asyncio.gather(*(self._batch(batch) for batch in batches))
        return [answer for batch in answered for answer in batch]

    async def start(self) -> None:
        await asyncio.gather(*(worker.start() for worker in self._workers))

    async def close(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def _batch(self, claims: list[Document]) -> list[GrouperAnswer | EngineFailed]:
        """A batch that kills its worker is asked again claim by claim, so that only the claim at fault fails."""
        try:
            results = await self._ask(claims)
        except EngineFailed as error:
            if len(claims) == 1:
                return [error]
            alone = [await self._batch([claim]) for claim in claims]
            return [answer for answers in alone for answer in answers]
        return [read_result(result) for result in results]

    async def _ask(self, claims: list[Document]) -> list[Document | None]:
        if self._waiting >= self._waiting_limit:
            raise EngineBusy
        self._waiting += 1
        try:
            worker = await self._idle.get()
        finally:
            self._waiting -= 1
        # A caller who goes away must not leave half an answer in the pipe: the exchange goes on to its end.
        exchange = asyncio.ensure_future(self._exchange(worker, claims))
        return await asyncio.shield(exchange)

    async def _exchange(self, worker: _WorkerProcess, claims: list[Document]) -> list[Document | None]:
        try:
            return await worker.ask(claims)
        except _DEATHS as error:
            log.warning("worker_lost", exit_code=worker.exit_code, claims=len(claims), error=type(error).__name__)
            await worker.stop()
            raise EngineFailed("did not answer" if isinstance(error, TimeoutError) else "died") from error
        finally:
            self._idle.put_nowait(worker)


class _WorkerProcess:
    """A place in the pool and the process that fills it now, if any."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._process: Process | None = None
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def exit_code(self) -> int | None:
        """Of the process that fills the place: None while it runs, the negative signal where one ended it."""
        return self._process.returncode if self._process is not None else None

    async def start(self) -> Process:
        """The running process, a new one where the last has ended."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                command = (sys.executable, "-m", "services.grouper.engines.worker")
                self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=2**20)
            return self._process

    async def ask(self, claims: list[Document]) -> list[Document | None]:
        """The results of one frame. Raises one of `_DEATHS` when the process dies or takes longer than the timeout."""
        async with asyncio.timeout(self._timeout):
            process = await self.start()
            assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # PIPE, for mypy
            process.stdin.write(frame(claims))
            await process.stdin.drain()
            length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
            results: list[Document | None] = orjson.loads(await process.stdout.readexactly(length))
            return results

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            try:
                process.kill()
            except ProcessLookupError:
                return
        await process.wait()
