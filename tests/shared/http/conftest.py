"""An item service on SQLite, its caller and its clock."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.db import Database
from shared.http.issuer import LocalIssuer
from shared.runtime import Runtime, Settings
from shared.runtime.logs import configure_logging
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer, bearer
from tests.shared.http.item_service import create_app, create_tables

ALL_SCOPES = ("items:read", "items:write")


class SilentBus:
    """A bus that is there; the HTTP door only asks whether it is."""

    async def ping(self) -> None: ...

    async def close(self) -> None: ...


@dataclass
class Door:
    """The item service and what a test needs to call it."""

    app: FastAPI
    runtime: Runtime
    issuer: LocalIssuer
    clock: Clock
    client: httpx.AsyncClient

    def caller(self, *scopes: str, **who: str) -> dict[str, str]:
        return bearer(self.issuer, *(scopes or ALL_SCOPES), **who)

    async def post(self, body: Any, *, key: str | None = None, headers: dict[str, str] | None = None) -> httpx.Response:
        sent = self.caller() | ({"Idempotency-Key": key} if key else {}) | (headers or {})
        return await self.client.post("/v1/items", json=body, headers=sent)

    async def names(self) -> list[str]:
        listed = await self.client.get("/v1/items?limit=200", headers=self.caller())
        return sorted(item["name"] for item in listed.json()["items"])


@pytest.fixture(autouse=True)
def logs() -> io.StringIO:
    """What the process writes, as in production."""
    written = io.StringIO()
    configure_logging(Settings(), written)
    return written


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(tmp_path: Path, clock: Clock) -> LocalIssuer:
    return an_issuer(tmp_path, clock)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite; a module whose rules rest on the database asks for PostgreSQL too."""
    return Settings(data_dir=tmp_path).database_url_for("items")


@pytest.fixture
async def runtime(tmp_path: Path, database_url: str, issuer: LocalIssuer, clock: Clock) -> AsyncIterator[Runtime]:
    settings = Settings(data_dir=tmp_path)
    database = Database.open(database_url)
    opened = Runtime("items", settings, database, SilentBus(), an_authenticator(issuer, clock), clock)  # type: ignore[arg-type]
    await create_tables(opened)
    yield opened
    await database.close()


@pytest.fixture
async def door(runtime: Runtime, issuer: LocalIssuer, clock: Clock) -> AsyncIterator[Door]:
    app = create_app(runtime)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://items") as client:
        yield Door(app, runtime, issuer, clock, client)
