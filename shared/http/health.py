"""Is it alive, is it ready, how much does it do. No token is needed: nothing here is PHI, and no gateway routes it."""

import asyncio
from functools import cache
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic_core import to_json

from shared.claims import Model
from shared.events import asyncapi
from shared.runtime.runtime import Runtime

_PROBE_SECONDS = 3.0


class Health(Model):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Model):
    """Whether requests should come here, and what stands in the way."""

    ready: bool
    database: Literal["ok", "unreachable"]
    bus: Literal["ok", "unreachable"]


def operations_router(runtime: Runtime) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics` and `/asyncapi.json`."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", summary="Is the process alive")
    async def healthz() -> Health:
        return Health()

    @router.get("/readyz", summary="Can it serve", responses={503: {"model": Readiness}})
    async def readyz(response: Response) -> Readiness:
        database, bus = await asyncio.gather(_probe(runtime.database.ping()), _probe(runtime.bus.ping()))
        readiness = Readiness(ready=database == bus == "ok", database=database, bus=bus)
        response.status_code = 200 if readiness.ready else 503
        return readiness

    @router.get("/asyncapi.json", summary="AsyncAPI 3.0 of the product's events", include_in_schema=False)
    async def events() -> Response:
        return Response(_asyncapi_document(), media_type="application/json")

    @router.get("/metrics", summary="Prometheus metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


@cache
def _asyncapi_document() -> bytes:
    """Without the examples, which stand in the committed document."""
    return to_json(asyncapi.document({}))


async def _probe(ping: object) -> Literal["ok", "unreachable"]:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            await ping  # type: ignore[misc]
    except Exception:  # noqa: BLE001  # whatever it is, the answer to the probe is the same
        return "unreachable"
    return "ok"
