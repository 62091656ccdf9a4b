"""The production shape on one machine: PostgreSQL, Kafka, Envoy, an issuer, and each service as its own process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.fixtures.envoy import Gateway, run_gateway
from tests.fixtures.ports import free_ports

LINE = ("encoder", "grouper", "scrubber", "submission")
REVCYCLE = str(Path(sys.executable).with_name("revcycle"))
_START_SECONDS = 90.0


@dataclass
class Process:
    """One `revcycle serve <name>`, which can be killed and started again on its port."""

    name: str
    port: int
    environment: Mapping[str, str]
    folder: Path
    running: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.running = subprocess.Popen(
                [REVCYCLE, "serve", self.name, "--port", str(self.port)],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self) -> None:
        """Raises TimeoutError with the end of the log."""
        deadline = time.monotonic() + _START_SECONDS
        path = "/issuer/jwks.json" if self.name == "issuer" else "/readyz"
        while time.monotonic() < deadline:
            # An answer on the port says nothing of a process that has ended: another may have taken it.
            if self.running is not None and self.running.poll() is not None:
                break
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=2).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError(f"{self.name} is not ready:\n{self.log()[-3000:]}")

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait(timeout=30)
        self.kills += 1

    def stop(self) -> None:
        if self.running is None or self.running.poll() is not None:
            return
        self.running.terminate()
        try:
            self.running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait(timeout=30)

    def log(self) -> str:
        return (self.folder / f"{self.name}.log").read_text(errors="replace")


@dataclass
class Fleet:
    """All processes, the gateway before them, and tokens of the issuer's demo users."""

    gateway: Gateway
    processes: dict[str, Process]
    secrets: Mapping[str, str]
    environment: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, user: str, *, is_system: bool = False) -> str:
        form = (
            {"grant_type": "client_credentials", "client_id": user, "client_secret": self.secrets[user]}
            if is_system
            else {"grant_type": "password", "username": user, "password": self.secrets[user]}
        )
        answer = httpx.post(f"http://127.0.0.1:{self.processes['issuer'].port}/issuer/token", data=form, timeout=10)
        return str(answer.raise_for_status().json()["access_token"])

    def command(self, service: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`revcycle …` as an operator of the service would call it."""
        return subprocess.run(
            [REVCYCLE, *arguments],
            env={**os.environ, **self.environment[service]},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@contextmanager
def running_fleet(folder: Path, *, databases: Mapping[str, str], kafka_bootstrap: str) -> Iterator[Fleet]:
    """Everything started and ready; stopped at the end, the gateway first."""
    names = (*LINE, "simulator", "issuer")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    issuer_address = f"http://127.0.0.1:{ports['issuer']}/issuer"
    with ExitStack() as stack:
        issuer = Process("issuer", ports["issuer"], {"REVCYCLE_DATA_DIR": str(folder / "issuer")}, folder)
        stack.callback(issuer.stop)
        issuer.start()
        issuer.wait_until_ready()
        secrets = json.loads((folder / "issuer" / "issuer" / "users.json").read_text())
        common = {
            "REVCYCLE_ISSUER_URL": issuer_address,
            "REVCYCLE_JWKS_URL": f"{issuer_address}/jwks.json",
            "REVCYCLE_KAFKA_BOOTSTRAP": kafka_bootstrap,
            "REVCYCLE_RATE_LIMIT": "1000000/minute",
            "REVCYCLE_AUDIT_KEY": "a-key-of-the-test",
            "REVCYCLE_SUBMISSION_CLEARINGHOUSE_URL": f"http://127.0.0.1:{ports['simulator']}/",
            "REVCYCLE_SUBMISSION_TOKEN_URL": f"{issuer_address}/token",
            "REVCYCLE_SUBMISSION_CLIENT_ID": "clearinghouse",
            "REVCYCLE_SUBMISSION_CLIENT_SECRET": secrets["clearinghouse"],
            "REVCYCLE_SUBMISSION_BATCH_EVERY": "PT2S",
            # Members whom a payer does not find are no part of the answer key; answers twice and out of order are.
            "REVCYCLE_SIMULATOR_BEHAVIOUR": '{"payer_rejects": 0, "repeated": 200, "out_of_order": 300}',
        }
        environment = {
            name: common
            | {"REVCYCLE_DATA_DIR": str(folder / name)}
            | ({"REVCYCLE_DATABASE_URL": databases[name]} if name in databases else {})
            for name in (*LINE, "simulator")
        }
        processes = {name: Process(name, ports[name], environment[name], folder) for name in environment}
        for process in processes.values():
            stack.callback(process.stop)
            process.start()
        for process in processes.values():
            process.wait_until_ready()
        backends = {name: [process.port] for name, process in processes.items()}
        gateway = stack.enter_context(
            run_gateway(
                folder, backends, issuer=issuer_address, issuer_port=ports["issuer"], jwks_path="/issuer/jwks.json"
            )
        )
        yield Fleet(gateway, processes | {"issuer": issuer}, secrets, environment)
