"""One process: the HTTP doors on one port and the workers beside them, in one event loop, closed in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import structlog
import uvicorn
from fastapi import FastAPI

from shared.events import Worker

log = structlog.get_logger("revcycle.server")

_GRACE_SECONDS = 10
"""How long open requests may take to end once we are told to stop, and then how long the workers may."""


class _QuietServer(uvicorn.Server):
    """uvicorn without its own signal handling: one place decides when the whole process stops."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: FastAPI, *, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="httptools",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        # Nothing here trusts a client address that a header claims; the local issuer checks the real one.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return _QuietServer(config)


@asynccontextmanager
async def lifespan_of(app: FastAPI) -> AsyncIterator[None]:
    """Start and end a mounted app, which its parent does not do for it."""
    async with app.router.lifespan_context(app):
        yield


async def run(server: uvicorn.Server | None, workers: list[Worker], stop: asyncio.Event) -> None:
    """Serve and work until `stop` is set, then close the HTTP door first and the workers after it.

    Whatever ends before it was told to, by an error or without one, stops the rest, and its error is raised.
    """
    workers_stop = asyncio.Event()
    working = [asyncio.create_task(worker.run(workers_stop), name="worker") for worker in workers]
    serving = [asyncio.create_task(server.serve(), name="http")] if server else []
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait([*working, *serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        if server:
            server.should_exit = True
        await _ended(serving)
        workers_stop.set()
        await _ended(working)
    finally:
        stopping.cancel()
        for task in (*serving, *working):
            task.cancel()
    _raise_first([*working, *serving])


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the tasks with patience, not for ever; one that does not end is cancelled by the caller."""
    if tasks:
        await asyncio.wait(tasks, timeout=2 * _GRACE_SECONDS)


def _raise_first(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error


@contextmanager
def stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop` once; a second one of either kills the process as usual."""
    loop = asyncio.get_running_loop()

    def heard(number: signal.Signals) -> None:
        log.info("signal", signal=number.name)
        loop.remove_signal_handler(number)
        stop.set()

    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, heard, number)
    try:
        yield
    finally:
        for number in numbers:
            with suppress(ValueError):
                loop.remove_signal_handler(number)
