"""`revcycle serve`: everything in one process on SQLite, or one service on PostgreSQL and Kafka."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvloop
from fastapi import FastAPI

from revcycle import __version__
from revcycle.garbage import collect_seldom
from revcycle.roles import Role
from revcycle.server import http_server, lifespan_of, run, stopped_by_signals
from revcycle.services import ISSUER, SERVICES, Doors, doors
from shared.events import Worker
from shared.http.issuer import LocalIssuer, create_issuer_app
from shared.runtime import Runtime, Settings, TokenAuthenticator, open_bus, open_runtime, open_tables, system_clock


@dataclass
class Process:
    """What one process serves: a page of addresses, the apps below it, and the workers beside them."""

    app: FastAPI
    workers: list[Worker] = field(default_factory=list)


def serve(names: Sequence[str], role: Role, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. No names: all services and the local issuer, mounted below their names.

    Raises UnknownService, NotLoopback, or what stopped a worker.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(names, role, settings))


async def _serve(names: Sequence[str], role: Role, settings: Settings) -> None:
    stop = asyncio.Event()
    with stopped_by_signals(stop):
        async with opened(names, role, settings) as process:
            collect_seldom()
            server = None
            if role is not Role.WORKER:
                server = http_server(process.app, host=settings.host, port=settings.port)
            await run(server, process.workers, stop)


@asynccontextmanager
async def opened(names: Sequence[str], role: Role, settings: Settings) -> AsyncIterator[Process]:
    """The process with databases migrated and apps started; everything is closed on leaving, the last first."""
    wanted = [doors(name) for name in (names or SERVICES) if name != ISSUER]
    with_issuer = settings.local_issuer and (not names or ISSUER in names)
    async with AsyncExitStack() as stack:
        apps: dict[str, FastAPI] = {}
        if with_issuer:
            issuer = LocalIssuer.open(settings, system_clock)
            apps[ISSUER] = create_issuer_app(issuer, host=settings.host)
            if not names:
                _point_submission_at_the_simulator(settings, issuer)
        if not names:
            os.environ.setdefault("REVCYCLE_ENCODER_GROUPER_URL", f"{_here(settings)}/grouper/")
            os.environ.setdefault("REVCYCLE_SUBMISSION_SCRUBBER_URL", f"{_here(settings)}/scrubber/")
        process = Process(FastAPI())
        bus = open_bus(settings)
        stack.push_async_callback(bus.close)
        authenticator = TokenAuthenticator.for_settings(settings)
        stack.push_async_callback(authenticator.close)
        tables = open_tables(settings)
        for service in wanted:
            opening = open_runtime(service.name, settings, bus=bus, authenticator=authenticator, tables=tables)
            runtime = await stack.enter_async_context(opening)
            await _open_doors(service, role, runtime, process, apps, stack)
        process.app = _front(apps, alone=len(names) == 1 and not with_issuer)
        yield process


async def _open_doors(
    service: Doors,
    role: Role,
    runtime: Runtime,
    process: Process,
    apps: dict[str, FastAPI],
    stack: AsyncExitStack,
) -> None:
    if role is not Role.WORKER:
        app = service.create_app(runtime)
        await stack.enter_async_context(lifespan_of(app))
        apps[service.name] = app
    if role is not Role.API and service.create_worker is not None:
        process.workers.append(service.create_worker(runtime))


def _point_submission_at_the_simulator(settings: Settings, issuer: LocalIssuer) -> None:
    """In one process the clearinghouse is the simulator beside it, unless the environment names another."""
    if "REVCYCLE_SUBMISSION_CLEARINGHOUSE_URL" in os.environ:
        return
    here = _here(settings)
    os.environ |= {
        "REVCYCLE_SUBMISSION_CLEARINGHOUSE_URL": f"{here}/simulator/",
        "REVCYCLE_SUBMISSION_TOKEN_URL": f"{here}/issuer/token",
        "REVCYCLE_SUBMISSION_CLIENT_ID": "clearinghouse",
        "REVCYCLE_SUBMISSION_CLIENT_SECRET": issuer.secrets["clearinghouse"],
    }


def _here(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.port}"


def _front(apps: dict[str, FastAPI], *, alone: bool) -> FastAPI:
    """A service alone stands at the root, as a gateway wants it; else each below its name, and a page of addresses."""
    if alone and apps:
        return next(iter(apps.values()))
    front = FastAPI(title="revcycle", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)

    @front.get("/")
    async def addresses() -> dict[str, Any]:
        return {
            "product": "revcycle",
            "version": __version__,
            "services": {name: f"/{name}/v1" for name in apps if name != ISSUER},
            "documentation": {name: f"/{name}/docs" for name in apps if name != ISSUER},
        }

    @front.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    for name, app in apps.items():
        front.mount(f"/{name}", app)
    return front
