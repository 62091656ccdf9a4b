"""Health, readiness and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from jsonschema import Draft202012Validator

from shared.claims import Model
from shared.http import NDJSON, NdjsonStream, in_lines, json_body
from shared.http.body import JsonBody
from shared.runtime import Runtime
from tests.fixtures.openapi import assert_no_5xx, dangling
from tests.shared.http.conftest import Door
from tests.shared.http.item_service import CanWrite, Draft, Item, create_app


class BrokenBus:
    async def ping(self) -> None:
        raise ConnectionError("no broker")


async def test_alive_and_ready_are_told_to_anybody(door: Door) -> None:
    assert (await door.client.get("/healthz")).json() == {"status": "ok"}
    assert (await door.client.get("/readyz")).json() == {"ready": True, "database": "ok", "bus": "ok"}


async def test_without_its_bus_a_service_is_alive_but_not_ready(runtime: Runtime) -> None:
    transport = httpx.ASGITransport(create_app(replace(runtime, bus=BrokenBus())))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://items") as client:
        assert (await client.get("/healthz")).status_code == 200
        response = await client.get("/readyz")
    assert (response.status_code, response.json()["bus"]) == (503, "unreachable")


async def test_a_mounted_service_answers_below_its_prefix(door: Door) -> None:
    whole = FastAPI()
    whole.mount("/items-service", door.app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(whole), base_url="http://all") as client:
        assert (await client.get("/items-service/healthz")).status_code == 200
        assert (await client.get("/items-service/v1/items", headers=door.caller())).status_code == 200
        assert (await client.get("/items-service/v1/items")).status_code == 401
        made = await client.post("/items-service/v1/items", json={"name": "A", "price": "1"}, headers=door.caller())
        assert made.headers["Location"].startswith("/items-service/v1/items/")


@pytest.mark.parametrize(("sent", "prefix"), [("/items-service", "/items-service"), ("//evil.example", "")])
async def test_behind_a_gateway_a_location_has_the_prefix_that_it_took_away(door: Door, sent: str, prefix: str) -> None:
    made = await door.post({"name": "A", "price": "1"}, headers={"X-Forwarded-Prefix": sent})
    assert made.headers["Location"].startswith(f"{prefix}/v1/items/")


async def test_behind_a_gateway_the_page_finds_its_document_and_the_document_its_server(door: Door) -> None:
    behind = {"X-Forwarded-Prefix": "/items-service"}
    page = await door.client.get("/docs", headers=behind)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "url: '/items-service/openapi.json'" in page.text
    there = (await door.client.get("/openapi.json", headers=behind)).json()
    assert there["servers"] == [{"url": "/items-service"}]
    # The document is made once, and the next caller may come another way.
    assert "servers" not in (await door.client.get("/openapi.json")).json()
    assert "url: '/openapi.json'" in (await door.client.get("/docs")).text


@pytest.fixture
async def document(door: Door) -> dict[str, Any]:
    found: dict[str, Any] = (await door.client.get("/openapi.json")).json()
    return found


def test_the_body_that_we_read_ourselves_is_in_the_document(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/items"]["post"]["requestBody"]
    assert body["required"] is True
    content = body["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Draft"}
    assert content["examples"]["example 1"]["value"] == {"name": "GAUZE", "price": "12.50"}
    Draft202012Validator(document["components"]["schemas"]["Draft"] | {"components": document["components"]})
    bulk = document["paths"]["/v1/items/bulk"]["post"]["requestBody"]["content"]
    assert bulk["application/x-ndjson"]["schema"] == {"$ref": "#/components/schemas/Draft"}


def test_every_operation_tells_scopes_problems_and_headers(document: dict[str, Any]) -> None:
    post = document["paths"]["/v1/items"]["post"]
    assert post["security"] == [{"oidc": ["items:write"]}]
    assert {"400", "401", "403", "409", "413", "415", "422", "429", "500"} <= set(post["responses"])
    assert post["responses"]["422"] == {"$ref": "#/components/responses/Problem"}
    assert {"RateLimit-Limit", "X-Request-Id", "ETag", "Location"} <= set(post["responses"]["201"]["headers"])
    assert {p["name"] for p in post["parameters"]} == {"Idempotency-Key"}
    put = document["paths"]["/v1/items/{item_id}"]["put"]
    assert {"412", "428"} <= set(put["responses"])
    schema = post["responses"]["201"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Item"}


def test_every_reference_in_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    assert list(dangling(document)) == []
    assert "HTTPValidationError" not in str(document)


async def test_schemathesis_finds_no_5xx(door: Door) -> None:
    await assert_no_5xx(door.client, headers=door.caller())


class Told(Model):
    line: int
    item: Item | None = None


class DraftOrFile(JsonBody):
    """A draft as JSON, drafts as NDJSON, or a file of them."""

    other_forms: ClassVar[Mapping[str, Any]] = {NDJSON: '{"name": "GAUZE"}', "text/csv": "GAUZE,12.50"}
    __hash__ = object.__hash__


_JSON = json_body(Draft).dependency
GivenDrafts = Annotated[Draft, Depends(DraftOrFile(_JSON.shape, _JSON.adapter, _JSON.models, False, ()))]
orders = APIRouter()


@orders.post("/v1/orders", responses={200: in_lines(Told, "One answer a line.")}, response_class=NdjsonStream)
async def order(_: CanWrite, given: GivenDrafts) -> NdjsonStream:
    raise NotImplementedError


class Wish(Model):
    name: str | None = None


@orders.post("/v1/wishes")
async def wish(_: CanWrite, wanted: Annotated[Wish, json_body(Wish, optional=True)]) -> str | None:
    return wanted.name


async def test_a_body_in_which_nothing_need_be_said_need_not_be_sent(runtime: Runtime, door: Door) -> None:
    app = create_app(runtime, orders)
    assert app.openapi()["paths"]["/v1/wishes"]["post"]["requestBody"].get("required", False) is False
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://items") as client:
        nothing, said, wrong = [
            await client.post("/v1/wishes", content=body, headers=door.caller())
            for body in (b"", b'{"name": "GAUZE"}', b" ")
        ]
    assert (nothing.json(), said.json(), wrong.status_code) == (None, "GAUZE", 400)


async def test_other_forms_of_a_body_and_answers_in_lines_are_in_the_document(runtime: Runtime) -> None:
    document = create_app(runtime, orders).openapi()
    operation = document["paths"]["/v1/orders"]["post"]
    told = {"$ref": "#/components/schemas/Told"}
    assert operation["responses"]["200"]["content"] == {NDJSON: {"schema": told}}
    item = {"$ref": "#/components/schemas/Item"}
    assert document["components"]["schemas"]["Told"]["properties"]["item"]["anyOf"][0] == item
    content = operation["requestBody"]["content"]
    assert content[NDJSON] == {"schema": content["application/json"]["schema"], "example": '{"name": "GAUZE"}'}
    assert content["text/csv"] == {"schema": {"type": "string", "format": "binary"}, "example": "GAUZE,12.50"}
    assert list(dangling(document)) == []
