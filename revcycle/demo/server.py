"""The embedded server of the demo: `revcycle serve` as its own process, on a free port of this machine."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from revcycle.demo.errors import ServerFailed

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_DAY_IN_MINUTES = {
    # One person here does in a minute what a department does in a day.
    "REVCYCLE_RATE_LIMIT": "100000/minute",
    "REVCYCLE_LOG_LEVEL": "WARNING",
    # Noon is when the demo says so.
    "REVCYCLE_SUBMISSION_BATCH_EVERY": "PT12H",
    # The payers decide on every claim that they have accepted, and at once.
    "REVCYCLE_SIMULATOR_BEHAVIOUR": '{"remitted": 1000}',
}


@dataclass(frozen=True)
class Server:
    """A running server: its address and the folder that holds its databases, keys and log."""

    address: str
    data_dir: Path
    process: asyncio.subprocess.Process

    @property
    def log(self) -> Path:
        return self.data_dir / "server.log"

    def check(self) -> None:
        """Raises ServerFailed where the process has ended."""
        if self.process.returncode is not None:
            raise ServerFailed(f"the server ended with code {self.process.returncode}; see {self.log}")


@asynccontextmanager
async def running_server(data_dir: Path, *what: str) -> AsyncIterator[Server]:
    """Start the server, wait until it answers, and stop it in order at the end. Raises ServerFailed.

    `what` is as for `revcycle serve`: nothing for the whole product, `"grouper", "--role", "api"` for one door of it.
    """
    port = _free_port()
    arguments = ["-m", "revcycle", "serve", *what, "--port", str(port), "--data-dir", str(data_dir)]
    with (data_dir / "server.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdout=log, stderr=log, env=os.environ | _DAY_IN_MINUTES
        )
    server = Server(f"http://127.0.0.1:{port}", data_dir, process)
    try:
        await _answering(server)
        yield server
    finally:
        await _stopped(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answering(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.address, timeout=5.0) as client:
        try:
            async with asyncio.timeout(_START_SECONDS):
                while not await _answers(client):
                    server.check()
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise ServerFailed(f"the server did not answer in {_START_SECONDS:.0f} seconds; see {server.log}") from None


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).is_success
    except httpx.TransportError:
        return False


async def _stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
