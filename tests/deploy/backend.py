"""A backend behind the gateway under test: says who it is and what reached it."""

from __future__ import annotations

import asyncio
import os

from fastapi import FastAPI, Request, Response

app = FastAPI(docs_url=None, openapi_url=None)
state = {"ready": True}


@app.get("/readyz")
async def ready() -> Response:
    return Response(status_code=200 if state["ready"] else 503)


@app.post("/v1/unready")
async def become_unready() -> dict[str, int]:
    state["ready"] = False
    return {"pid": os.getpid()}


@app.get("/docs")
@app.get("/openapi.json")
@app.api_route("/v1/echo", methods=["GET", "POST"])
async def echo(request: Request) -> dict[str, object]:
    return {"pid": os.getpid(), "path": request.url.path, "headers": dict(request.headers)}


@app.api_route("/v1/slow", methods=["GET", "POST"])
async def slow(request: Request) -> dict[str, object]:
    await asyncio.sleep(0.05)
    return {"pid": os.getpid(), "key": request.headers.get("idempotency-key")}
