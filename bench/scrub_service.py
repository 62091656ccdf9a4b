"""The scrubber's API as a process of its own: its start, its memory, and one claim over HTTP at a fixed rate."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.open_loop import address, milliseconds
from bench.processes import peak_megabytes, processor_seconds
from revcycle.demo.server import running_server
from revcycle.tokens import demo_token
from shared.runtime import Settings

PER_SECOND = 50
SECONDS = 20


async def measure(tables: Path, claims: Sequence[Any]) -> None:
    """Prints what it finds. `tables` is the catalogue of the releases that are loaded."""
    with tempfile.TemporaryDirectory() as folder:
        # An installation has its modules compiled: a first start does that here, and the second is measured.
        os.environ |= {"REVCYCLE_TABLES_DIR": str(tables), "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        async with running_server(Path(folder), "scrubber", "--role", "api"):
            pass
        began = time.perf_counter()
        async with running_server(Path(folder), "scrubber", "--role", "api") as server:
            seconds, pid = time.perf_counter() - began, server.process.pid
            print(f"\nthe service answers after {seconds:.1f} s, {processor_seconds(pid):.1f} s of them of processor")
            token = demo_token("biller", Settings(data_dir=Path(folder), port=address(server)[1]))
            bodies = [claim.model_dump_json().encode() for claim in claims]
            median, p99 = await milliseconds(
                server, "/v1/scrub", f"Bearer {token}", bodies, per_second=PER_SECOND, seconds=SECONDS
            )
            print(f"one claim over HTTP, {PER_SECOND}/s: {median:.1f} ms median, {p99:.1f} ms p99")
            print(f"the most memory of the service, mapped tables too: {peak_megabytes(pid):.0f} MB")
