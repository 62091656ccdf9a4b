"""The committed gateway configuration does in the real proxy what it says."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.fixtures.envoy import run_gateway
from tests.fixtures.ports import free_port, free_ports, wait_for_port

pytestmark = pytest.mark.envoy

ISSUER = "https://issuer.test/"
KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})


def token(key: ECKey = KEY, **claims: object) -> str:
    now = int(time.time())
    body = {"iss": ISSUER, "aud": "revcycle", "sub": "coder-1", "iat": now, "exp": now + 300} | claims
    return jwt.encode({"alg": "ES256", "kid": "k1"}, body, key)


@dataclass
class Stage:
    url: str
    certificate: Path
    backends: list[subprocess.Popen[bytes]]

    def client(self, **headers: str) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(base_url=self.url, verify=context, headers=headers, timeout=20)


class _Jwks(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = str(KeySet([KEY]).as_dict(private=False)).replace("'", '"').encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def jwks_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Jwks)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def start_backend(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "uvicorn", "tests.deploy.backend:app", "--port", str(port), "--log-level", "error"]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2])


@pytest.fixture
def stage(tmp_path: Path, jwks_port: int) -> Iterator[Stage]:
    ports = free_ports(2)
    backends = [start_backend(port) for port in ports]
    try:
        for port in ports:
            wait_for_port(port)
        with run_gateway(
            tmp_path, {"encoder": ports, "grouper": ports[:1]}, issuer=ISSUER, issuer_port=jwks_port
        ) as gate:
            running = Stage(gate.url, gate.certificate, backends)
            wait_until_routed(running)
            yield running
    finally:
        for backend in backends:
            backend.kill()
            backend.wait()


def wait_until_routed(stage: Stage) -> None:
    """Active health checks must have passed once on every backend."""
    deadline = time.monotonic() + 20
    with stage.client(Authorization=f"Bearer {token()}") as client:
        while time.monotonic() < deadline:
            answers = [client.get("/encoder/v1/echo") for _ in range(8)]
            if len({a.json()["pid"] for a in answers if a.status_code == 200}) == 2:
                return
            time.sleep(0.1)
    pytest.fail("the gateway routes to fewer than two backends after 20 s")


def test_a_prefix_leads_to_its_service_and_is_taken_off(stage: Stage):
    with stage.client(Authorization=f"Bearer {token()}") as client:
        reached = client.get("/encoder/v1/echo", headers={"X-Forwarded-Prefix": "/elsewhere"}).json()
        assert reached["path"] == "/v1/echo"
        assert reached["headers"]["x-forwarded-prefix"] == "/encoder"
        assert client.get("/grouper/v1/echo").json()["pid"] == stage.backends[0].pid
        assert client.get("/nowhere/v1/echo").status_code == 404


def test_what_describes_a_service_is_for_anybody_and_learns_the_prefix(stage: Stage):
    with stage.client() as client:
        for page in ("docs", "openapi.json"):
            reached = client.get(f"/grouper/{page}", headers={"X-Forwarded-Prefix": "/elsewhere"}).json()
            assert (reached["path"], reached["headers"]["x-forwarded-prefix"]) == (f"/{page}", "/grouper")


@pytest.mark.parametrize("path", ["/encoder/healthz", "/encoder/metrics", "/encoder/readyz", "/encoder/admin"])
def test_what_is_not_the_api_is_not_reachable_from_outside(stage: Stage, path: str):
    with stage.client(Authorization=f"Bearer {token()}") as client:
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "bearer",
    [
        None,
        "nonsense",
        token(key=OTHER_KEY),
        token(iss="https://elsewhere.test/"),
        token(aud="another-api"),
        token(exp=int(time.time()) - 3600),
    ],
    ids=["none", "no-jwt", "wrong-key", "wrong-issuer", "wrong-audience", "expired"],
)
def test_a_request_without_a_right_token_is_refused(stage: Stage, bearer: str | None):
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    with stage.client(**headers) as client:
        assert client.get("/encoder/v1/echo").status_code in {401, 403}


def test_a_path_in_another_spelling_needs_the_token_too(stage: Stage):
    with stage.client() as client:
        for path in ("/encoder//v1/echo", "/encoder/x/../v1/echo", "/encoder/%2e/v1/echo", "/encoder%2fv1/echo"):
            assert client.get(path).status_code in {400, 401, 404}


def test_every_request_gets_an_id_of_its_own(stage: Stage):
    with stage.client(Authorization=f"Bearer {token()}", **{"X-Request-Id": "chosen-by-the-caller"}) as client:
        answers = [client.get("/encoder/v1/echo") for _ in range(3)]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 3
    assert "chosen-by-the-caller" not in ids
    assert ids == {answer.json()["headers"]["x-request-id"] for answer in answers}


def test_a_subject_beyond_its_rate_is_told_to_wait_and_others_are_not(tmp_path: Path, jwks_port: int):
    port = free_port()
    backend = start_backend(port)
    try:
        wait_for_port(port)
        backends = {"encoder": [port]}
        with run_gateway(tmp_path, backends, issuer=ISSUER, issuer_port=jwks_port, subject_limit=20) as gate:
            stage = Stage(gate.url, gate.certificate, [backend])
            with stage.client(Authorization=f"Bearer {token(sub='greedy')}") as client:
                answers = [client.get("/encoder/v1/none") for _ in range(25)]
            with stage.client(Authorization=f"Bearer {token(sub='modest')}") as client:
                other = client.get("/encoder/v1/none")
    finally:
        backend.kill()
        backend.wait()
    assert [answer.status_code for answer in answers[20:]] == [429] * 5
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].headers["x-ratelimit-remaining"] == "0"
    assert answers[0].headers["x-ratelimit-limit"].startswith("20")
    assert other.status_code != 429


def test_a_backend_that_says_it_is_not_ready_gets_no_requests(stage: Stage):
    with stage.client(Authorization=f"Bearer {token()}") as client:
        gone = client.post("/encoder/v1/unready").json()["pid"]
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            pids = {client.get("/encoder/v1/echo").json()["pid"] for _ in range(10)}
            if gone not in pids:
                return
            time.sleep(0.2)
    pytest.fail("the unready backend still got requests after 20 s")


async def steady_load(stage: Stage, victim: int) -> list[httpx.Response]:
    """200 reads and keyed writes, one backend killed with SIGKILL after a quarter of them."""
    context = ssl.create_default_context(cafile=str(stage.certificate))
    headers = {"Authorization": f"Bearer {token()}"}
    async with httpx.AsyncClient(base_url=stage.url, verify=context, headers=headers, timeout=30) as client:
        gate = asyncio.Semaphore(8)

        async def one(number: int) -> httpx.Response:
            async with gate:
                if number == 50:
                    os.kill(victim, signal.SIGKILL)
                if number % 2:
                    return await client.get("/encoder/v1/slow")
                return await client.post("/encoder/v1/slow", headers={"Idempotency-Key": f"key-{number}"}, content=b"x")

        return await asyncio.gather(*(one(number) for number in range(200)))


def test_a_killed_backend_loses_no_request(stage: Stage):
    answers = asyncio.run(steady_load(stage, stage.backends[1].pid))
    refused = [(n, a.status_code, a.text[:80]) for n, a in enumerate(answers) if a.status_code != 200]
    assert not refused
    assert stage.backends[1].pid not in {answer.json()["pid"] for answer in answers[-40:]}
