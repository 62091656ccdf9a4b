"""Every request can be followed, counted and limited, and nothing about a patient or a token is written down."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from shared.db import Context
from shared.http import observation
from shared.runtime import Runtime
from tests.shared.http.conftest import Door
from tests.shared.http.item_service import create_app

GAUZE = {"name": "GAUZE", "price": "12.50"}
TRACE = "0af7651916cd43dd8448eb211c80319c"  # the worked example of W3C Trace Context
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.mark.parametrize("given", ["req-2026-11-24", "0192f3a0-7c1e-7b51-9a41-8f3f6f0f2b11"])
async def test_a_sane_request_id_is_kept(door: Door, given: str) -> None:
    response = await door.client.get("/v1/items", headers=door.caller() | {"X-Request-Id": given})
    assert response.headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", [None, "short", "x" * 200, "has space in it", "JOAN ABERNATHY 1941"])
async def test_else_a_request_id_is_made(door: Door, given: str | None) -> None:
    sent = {} if given is None else {"X-Request-Id": given}
    first = await door.client.get("/v1/items", headers=door.caller() | sent)
    second = await door.client.get("/v1/items", headers=door.caller() | sent)
    assert first.headers["X-Request-Id"] not in (given, second.headers["X-Request-Id"])


@pytest.fixture
async def limited(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    settings = runtime.settings.model_copy(update={"rate_limit": "3/hour"})
    transport = httpx.ASGITransport(create_app(replace(runtime, settings=settings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://items") as client:
        yield client


async def test_the_allowance_is_told_and_kept(door: Door, limited: httpx.AsyncClient) -> None:
    answers = [await limited.get("/v1/items", headers=door.caller()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"3"}
    assert all(1 <= int(answer.headers["RateLimit-Reset"]) <= 7200 for answer in answers)
    assert answers[3].json()["code"] == "rate_limited"
    assert answers[3].headers["Retry-After"] == answers[3].headers["RateLimit-Reset"]


async def test_one_caller_does_not_use_up_anothers_allowance(door: Door, limited: httpx.AsyncClient) -> None:
    for _ in range(4):
        await limited.get("/v1/items", headers=door.caller())
    assert (await limited.get("/v1/items", headers=door.caller(subject="biller"))).status_code == 200
    assert (await limited.get("/v1/items", headers=door.caller(tenant="other"))).status_code == 200
    assert (await limited.get("/healthz")).status_code == 200


@pytest.mark.parametrize("address", ["/v1/items", "/v1/items/none", "/v1/nothing"])
async def test_every_answer_tells_the_allowance(door: Door, address: str) -> None:
    for headers in (door.caller(), {}):
        response = await door.client.get(address, headers=headers)
        for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"):
            assert response.headers[name].isdigit()


async def test_logs_hold_neither_patient_nor_token_nor_query(door: Door, logs: io.StringIO) -> None:
    caller = door.caller()
    private = {"name": "JOAN ABERNATHY", "price": "1"}
    await door.client.post("/v1/items?mrn=MRN-4711", json=private, headers=caller | {"Idempotency-Key": "ABERNATHY-1"})
    await door.client.post("/v1/items", json={"name": "BROKEN", "price": "1"}, headers=caller)
    await door.client.get("/v1/items/ABERNATHY?name=ABERNATHY", headers=caller)
    await door.client.get("/v1/items", headers={"Authorization": "Bearer ABERNATHY"})
    written = logs.getvalue()
    assert written.count('"event":"request"') == 4
    assert "request failed" in written
    for private_text in ("ABERNATHY", "MRN-4711", "mrn", caller["Authorization"].split()[1], "Bearer"):
        assert private_text not in written


async def test_a_request_is_one_line_with_its_template_and_a_failure_names_its_place(
    door: Door, logs: io.StringIO
) -> None:
    await door.client.get("/v1/items/i-1", headers=door.caller() | {"X-Request-Id": "req-12345678"})
    await door.post({"name": "BROKEN", "price": "1"})
    seen = [json.loads(line) for line in logs.getvalue().splitlines()]
    first = next(line for line in seen if line["event"] == "request")
    assert first | {"ms": 0, "timestamp": ""} == {
        "event": "request",
        "level": "info",
        "logger": "revcycle.http",
        "service": "items",
        "request_id": "req-12345678",
        "tenant": "mercy",
        "method": "GET",
        "route": "/v1/items/{item_id}",
        "status": 404,
        "ms": 0,
        "timestamp": "",
    }
    failure = next(line for line in seen if line["event"] == "request failed")
    assert failure["exception"][0]["type"] == "builtins.RuntimeError"
    assert "tests.shared.http.item_service" in failure["exception"][0]["at"][-1]


def count(**labels: str) -> float:
    return REGISTRY.get_sample_value("revcycle_http_requests_total", labels) or 0.0


async def test_requests_are_counted_by_template_and_status(door: Door) -> None:
    labels = {"service": "items", "method": "GET", "route": "/v1/items/{item_id}", "status": "404"}
    before = count(**labels)
    await door.client.get("/v1/items/ABERNATHY", headers=door.caller())
    assert count(**labels) == before + 1
    exposed = (await door.client.get("/metrics")).text
    assert "revcycle_http_request_seconds_bucket" in exposed
    assert "ABERNATHY" not in exposed


async def test_made_up_methods_and_addresses_make_no_new_series(door: Door) -> None:
    for number in range(3):
        await door.client.request(f"HACK{number}", f"/v1/made-up-{number}", headers=door.caller())
    exposed = (await door.client.get("/metrics")).text
    assert "HACK" not in exposed
    assert "made-up" not in exposed
    assert 'method="OTHER",route="unmatched"' in exposed


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(observation, "tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


async def test_a_span_continues_the_callers_trace_and_holds_no_path(door: Door, spans: InMemorySpanExporter) -> None:
    await door.client.get("/v1/items/ABERNATHY?q=ABERNATHY", headers=door.caller() | {"traceparent": TRACEPARENT})
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /v1/items/{item_id}"
    assert trace.format_trace_id(span.context.trace_id) == TRACE  # type: ignore[union-attr]
    assert span.attributes["http.response.status_code"] == 404  # type: ignore[index]
    assert "ABERNATHY" not in span.to_json()


async def test_the_unit_of_work_knows_caller_request_and_trace(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    contexts: list[Context] = []
    opened = type(door.runtime.database).unit_of_work

    def recorded(self: Any, context: Context) -> Any:
        contexts.append(context)
        return opened(self, context)

    monkeypatch.setattr(type(door.runtime.database), "unit_of_work", recorded)
    await door.post(GAUZE, headers={"X-Request-Id": "req-12345678", "traceparent": TRACEPARENT})
    context = contexts[0]
    assert (context.tenant, context.actor, context.request_id) == ("mercy", "coder", "req-12345678")
    assert context.at == door.clock()
    assert context.traceparent is not None
    assert TRACE in context.traceparent
