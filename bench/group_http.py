"""The grouper from outside: its batch, one claim at a time in open loop, and the command line, each in its process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from bench.open_loop import address, connected, head, milliseconds
from bench.processes import processor_seconds
from revcycle.demo.server import Server, running_server
from revcycle.tokens import demo_token
from services.grouper.domain.stays import Stay
from shared.runtime import Settings

PER_SECOND = 100
SECONDS = 10


def line_of(stay: Stay) -> bytes:
    """A stay as a caller writes it."""
    return orjson.dumps(
        {
            "kind": "stay",
            "discharge_date": stay.discharge_date.isoformat(),
            "age": stay.age,
            "sex": stay.sex,
            "discharge_status": stay.discharge_status,
            "diagnoses": [{"code": str(one.code), "poa": one.poa} for one in stay.diagnoses],
            "procedures": [{"code": str(one.code)} for one in stay.procedures],
        }
    )


@asynccontextmanager
async def a_server(engine: str, workers: int) -> AsyncIterator[tuple[Server, str]]:
    """The API of the grouper alone, as operations scale it, with its engine as named; and a token for it."""
    os.environ |= {"REVCYCLE_GROUPER_ENGINE": engine, "REVCYCLE_GROUPER_WORKERS": str(workers)}
    with tempfile.TemporaryDirectory() as folder:
        async with running_server(Path(folder), "grouper", "--role", "api") as server:
            settings = Settings(data_dir=Path(folder), port=address(server)[1])
            yield server, f"Bearer {demo_token('coding-manager', settings)}"


async def batch(lines: list[bytes], workers: int, rounds: int) -> list[tuple[int, float, float]]:
    """Of each round claims, seconds, and processor seconds of the server and its workers, after a round unmeasured."""
    async with a_server("pool", workers) as (server, token):
        measured = []
        for _ in range(rounds + 1):
            began, before = time.perf_counter(), processor_seconds(server.process.pid)
            if (answers := await _sent(server, token, lines)) != len(lines):
                raise ValueError(f"{answers} answers to {len(lines)} lines")
            seconds, after = time.perf_counter() - began, processor_seconds(server.process.pid)
            measured.append((len(lines), seconds, after - before))
        return measured[1:]


async def _sent(server: Server, token: str, lines: list[bytes]) -> int:
    """How many lines are answered; sends while it receives."""
    reader, writer = await connected(server)
    body = b"\n".join(lines) + b"\n"
    writer.write(head("/v1/group/batch", token, "application/x-ndjson", len(body)))

    async def send() -> None:
        for start in range(0, len(body), 65_536):
            writer.write(body[start : start + 65_536])
            await writer.drain()

    sending = asyncio.create_task(send())
    await reader.readuntil(b"\r\n\r\n")
    answers = 0
    while size := int(await reader.readline(), 16):
        answers += (await reader.readexactly(size + 2)).count(b"\n") - 1
    await sending
    writer.close()
    return answers


async def one_by_one(lines: list[bytes]) -> None:
    """Latency of `/v1/group` at a fixed rate, with the engine in the server's process and in one of its own."""
    for engine in ("in_process", "pool"):
        async with a_server(engine, 1) as (server, token):
            median, p99 = await milliseconds(server, "/v1/group", token, lines, per_second=PER_SECOND, seconds=SECONDS)
            label = f"one claim over HTTP, {PER_SECOND}/s, {engine}"
            print(f"{label:<46}{median:>8.2f} ms median {p99:>8.2f} ms p99")


def command_line(lines: list[bytes], workers: int) -> tuple[float, float]:
    """Seconds and processor seconds that `revcycle group` takes for the lines, without those of its start."""
    with tempfile.TemporaryDirectory() as folder:
        (once, of_once), (twice, of_twice) = (_grouped(Path(folder), lines * times, workers) for times in (1, 3))
    return (twice - once) / 2, (of_twice - of_once) / 2


def _grouped(folder: Path, lines: list[bytes], workers: int) -> tuple[float, float]:
    file = folder / "stays.ndjson"
    file.write_bytes(b"\n".join(lines))
    command = [
        sys.executable,
        "-m",
        "revcycle",
        "group",
        str(file),
        "--workers",
        str(workers),
        "--data-dir",
        str(folder),
    ]
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=300)
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, processor
