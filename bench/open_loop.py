"""A server of the product asked over open connections, at a fixed rate whether the answers are back or not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from statistics import quantiles

from revcycle.demo.server import Server

CONNECTIONS = 16
WARMING = 200

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def milliseconds(
    server: Server, path: str, token: str, bodies: Sequence[bytes], *, per_second: int, seconds: int
) -> tuple[float, float]:
    """Median and 99th percentile, from when a request was to leave to the last byte of its answer."""
    caller = _Caller(server, path, token)
    await caller.connect()
    for number in range(WARMING):
        await caller.ask(bodies[number % len(bodies)], time.perf_counter())
    caller.times.clear()
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(per_second * seconds):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            # Not from when it was due: the clock of an event loop goes by milliseconds, and is late by one.
            group.create_task(caller.ask(bodies[number % len(bodies)], time.perf_counter()))
    await caller.close()
    cuts = quantiles(caller.times, n=100)
    return cuts[49], cuts[98]


class _Caller:
    """Posts JSON. A request waits for a connection where all are taken."""

    def __init__(self, server: Server, path: str, token: str) -> None:
        self._server, self._path, self._token = server, path, token
        self._idle: asyncio.Queue[Connection] = asyncio.Queue()
        self.times: list[float] = []

    async def connect(self) -> None:
        for _ in range(CONNECTIONS):
            self._idle.put_nowait(await connected(self._server))

    async def close(self) -> None:
        while not self._idle.empty():
            self._idle.get_nowait()[1].close()

    async def ask(self, body: bytes, leaves: float) -> None:
        """Raises ValueError where it is not answered with 200."""
        reader, writer = await self._idle.get()
        writer.write(head(self._path, self._token, "application/json", len(body)) + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        self.times.append((time.perf_counter() - leaves) * 1000)
        self._idle.put_nowait((reader, writer))
        if not answer.startswith(b"HTTP/1.1 200"):
            raise ValueError(answer.split(b"\r\n")[0].decode())


async def connected(server: Server) -> Connection:
    return await asyncio.open_connection(*address(server), limit=2**22)


def address(server: Server) -> tuple[str, int]:
    host, _, port = server.address.removeprefix("http://").partition(":")
    return host, int(port)


def head(path: str, token: str, media_type: str, length: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: {token}\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
