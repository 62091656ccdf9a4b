"""A place in the pool and the process that fills it now, if any."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process

from services.grouper.engines.frames import LENGTH_BYTES, Request, Start, encode, frame

DEATHS = (asyncio.IncompleteReadError, OSError, ValueError)  # a TimeoutError is an OSError
"""What `ask` raises where the process has died or hangs."""
_START_SECONDS = 60
"""Loading the definitions and the models takes less than one, on a machine that has nothing else to do."""
_COMMAND = (sys.executable, "-m", "services.grouper.engines.worker")


class WorkerProcess:
    """One exchange at a time. A process that has ended is replaced at the next."""

    def __init__(self, start: Start, timeout: float) -> None:
        self._start = start
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
        """The running process, a new one where the last has ended. Raises one of `DEATHS` when it does not come up."""
        async with self._starting, asyncio.timeout(_START_SECONDS):
            if self._process is None or self._process.returncode is not None:
                # Of its own session: an interrupt at the terminal is for the pool, which closes its workers.
                self._process = await asyncio.create_subprocess_exec(
                    *_COMMAND, stdin=PIPE, stdout=PIPE, limit=2**20, start_new_session=True
                )
                await _exchange(self._process, self._start)
            return self._process

    async def ask(self, request: Request) -> bytes:
        """The answer to one frame. Raises one of `DEATHS` when the process dies or takes longer than the timeout."""
        process = await self.start()
        async with asyncio.timeout(self._timeout):
            return await _exchange(process, request)

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


async def _exchange(process: Process, request: Request) -> bytes:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # PIPE, for mypy
    process.stdin.write(frame(encode(request)))
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
    return await process.stdout.readexactly(length)
