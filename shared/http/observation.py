"""Each request seen from outside: an id, a span, a log line, a count, and an answer even when everything else fails.

Logs, metrics and spans hold the route's template, never the path, the query or the body: those may hold PHI.
"""

from __future__ import annotations

import re
from time import perf_counter
from typing import Any

import structlog
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.db import new_id
from shared.http.answers import respond
from shared.http.paths import OPEN_PATHS, own_path
from shared.http.problems import InternalError, answer_of
from shared.runtime.principal import Principal

log = structlog.get_logger("revcycle.http")
tracer = trace.get_tracer("revcycle.http")

REQUESTS = Counter("revcycle_http_requests_total", "Requests answered.", ["service", "method", "route", "status"])
LATENCY = Histogram(
    "revcycle_http_request_seconds",
    "Time from the request's head to the end of the answer.",
    ["service", "method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{8,128}")


class Observation:
    """The outermost ASGI middleware."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope["request_id"] = request_id_from(headers.get("x-request-id"))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=scope["request_id"], service=self._service)
        parent = propagate.extract(headers)
        with tracer.start_as_current_span("http.request", context=parent, kind=SpanKind.SERVER) as span:
            await self._observe(scope, receive, send, span)

    async def _observe(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        started, status = perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = scope["request_id"]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            log.error("request failed", route=route_template(scope), exc_info=True)
            span.set_status(StatusCode.ERROR)
            if status:
                # The head is out; the server must cut the connection so that the caller sees a broken answer.
                raise ConnectionAbortedError("the answer broke off") from None
            await respond(answer_of(InternalError("quote the request id to support"), scope["request_id"]))(
                scope, receive, send_with_id
            )
        finally:
            self._record(scope, status or 499, perf_counter() - started, span)

    def _record(self, scope: Scope, status: int, seconds: float, span: Span) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = route_template(scope)
        REQUESTS.labels(self._service, method, route, status).inc()
        LATENCY.labels(self._service, method, route).observe(seconds)
        tenant = _tenant(scope)
        span.update_name(f"{method} {route}")
        span.set_attributes(
            {"http.request.method": method, "http.route": route, "http.response.status_code": status}
            | ({"revcycle.tenant": tenant} if tenant else {})
        )
        write = log.debug if route in OPEN_PATHS else log.info
        write("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), tenant=tenant)


def request_id_from(given: str | None) -> str:
    """The caller's id when it is 8 to 128 plain characters, else a new one."""
    return given if given is not None and _SANE_ID.fullmatch(given) else new_id()


def route_template(scope: Scope) -> str:
    """`/v1/charts/{chart_id}`, or `unmatched`."""
    if (path := own_path(scope)) in OPEN_PATHS:
        return path
    route: Any = scope.get("route")
    return getattr(route, "path", None) or "unmatched"


def _tenant(scope: Scope) -> str | None:
    match scope.get("principal"):
        case Principal(tenant=tenant):
            return tenant
        case _:
            return None
