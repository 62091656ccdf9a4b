"""The engine in a thread of this process: for the embedded mode, where there is one user and one machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.engines.msdrg_session import ENGINE_NAME, MsdrgSession
from services.grouper.engines.translation import claim_document, read_result
from services.grouper.errors import EngineBusy, EngineFailed


class InProcessEngine(DrgEngine):
    """One thread: two are slower than one. A native fault ends the process; the pool outlives one."""

    name = ENGINE_NAME

    def __init__(self, *, waiting_limit: int = 256) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="grouper")
        self._waiting_limit = waiting_limit
        self._waiting = 0
        self._session: MsdrgSession | None = None

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        if self._waiting >= self._waiting_limit:
            raise EngineBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._group, tuple(stays))
        finally:
            self._waiting -= 1

    async def start(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    async def close(self) -> None:
        self._thread.shutdown(wait=True)
        if self._session is not None:
            self._session.close()

    def _open(self) -> MsdrgSession:
        self._session = self._session or MsdrgSession()
        return self._session

    def _group(self, stays: tuple[GrouperInput, ...]) -> list[GrouperAnswer | EngineFailed]:
        results = self._open().group([claim_document(stay) for stay in stays])
        return [read_result(result) for result in results]
