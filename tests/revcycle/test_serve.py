"""One process with several services: what it answers, and how it ends."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from revcycle.failures import UnknownService
from revcycle.roles import Role
from revcycle.serve import opened
from revcycle.server import http_server, run
from shared.runtime import Settings


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def issuer(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`revcycle serve issuer` as its own process, answering."""
    arguments = ["serve", "issuer", "--port", str(port), "--data-dir", str(tmp_path)]
    process = subprocess.Popen([sys.executable, "-m", "revcycle", *arguments], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not answers(port):
        assert process.poll() is None
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_in_order(issuer: subprocess.Popen[bytes], number: signal.Signals) -> None:
    issuer.send_signal(number)
    assert issuer.wait(timeout=30) == 0


def test_the_issuer_stands_where_its_tokens_say(issuer: subprocess.Popen[bytes], port: int) -> None:
    found = httpx.get(f"http://127.0.0.1:{port}/issuer/.well-known/openid-configuration").json()
    assert found["issuer"] == f"http://127.0.0.1:{port}/issuer"


async def test_several_services_stand_below_their_names(tmp_path: Path) -> None:
    async with opened(("encoder", "issuer"), Role.API, Settings(data_dir=tmp_path)) as process:
        transport = httpx.ASGITransport(process.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.get("/")).json()["services"] == {"encoder": "/encoder/v1"}
            assert (await client.get("/encoder/healthz")).is_success
            assert (await client.get("/encoder/v1/charts")).status_code == 401
    assert process.workers == []


async def test_a_service_alone_stands_at_the_root_as_behind_the_gateway(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    async with opened(("encoder",), Role.ALL, settings) as process:
        transport = httpx.ASGITransport(process.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.get("/v1/charts")).status_code == 401
    assert len(process.workers) == 1


async def test_an_unknown_service_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UnknownService, match="encoder"):
        async with opened(("encodr",), Role.ALL, Settings(data_dir=tmp_path / "untouched")):
            pass
    assert not (tmp_path / "untouched").exists()


class BrokenWorker:
    async def run(self, stop: asyncio.Event) -> None:
        raise RuntimeError("a bug")


class PatientWorker:
    ended = False

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.ended = True


async def test_a_worker_that_breaks_stops_the_process_loudly_and_the_others_in_order(port: int) -> None:
    patient = PatientWorker()
    server = http_server(httpx.ASGITransport, host="127.0.0.1", port=port)  # type: ignore[arg-type]  # never called
    with pytest.raises(RuntimeError, match="a bug"):
        await run(server, [BrokenWorker(), patient], asyncio.Event())  # type: ignore[list-item]  # they can run
    assert patient.ended
