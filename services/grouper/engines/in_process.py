"""The engine in a thread of this process: for tests, and where no other process may be started."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.engines.line_work import Block, LineEngine, LineWork, WorkPlace, open_work
from services.grouper.engines.msdrg_session import ENGINE_NAME, MsdrgSession
from services.grouper.errors import EngineBusy, EngineFailed

_T = TypeVar("_T")


class InProcessEngine(DrgEngine, LineEngine):
    """One thread. A native fault ends the process; the pool outlives one."""

    name = ENGINE_NAME
    at_once = 1

    def __init__(self, *, waiting_limit: int = 256, work: WorkPlace | None = None) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="grouper")
        self._waiting_limit = waiting_limit
        self._waiting = 0
        self._place = work
        self._session: MsdrgSession | None = None
        self._work: LineWork | None = None

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        if self._waiting >= self._waiting_limit:
            raise EngineBusy
        self._waiting += 1
        try:
            return await self._in_thread(self._group, tuple(stays))
        finally:
            self._waiting -= 1

    async def work(self, block: Block) -> bytes:
        return await self._in_thread(self._on_lines, block)

    async def start(self) -> None:
        await self._in_thread(self._open)

    async def close(self) -> None:
        self._thread.shutdown(wait=True)
        if self._session is not None:
            self._session.close()

    async def _in_thread(self, call: Callable[..., _T], *given: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *given)

    def _open(self) -> MsdrgSession:
        self._session = self._session or MsdrgSession()
        return self._session

    def _group(self, stays: tuple[GrouperInput, ...]) -> list[GrouperAnswer | EngineFailed]:
        return [answer or EngineFailed("gave no answer") for answer in self._open().group(stays)]

    def _on_lines(self, block: Block) -> bytes:
        if self._work is None:
            if self._place is None:
                raise ValueError("this engine was made without a work for lines")
            self._work = open_work(self._place.opener, self._place.setup, self._open())
        return self._work(*block)
