"""What one request carries along: its runtime, its id, its trace, its unit-of-work context."""

from typing import cast

from fastapi import Request
from opentelemetry import propagate

from shared.db import Context
from shared.http.policies import caller
from shared.runtime.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    """The runtime that the app was made with."""
    return cast(Runtime, request.app.state.runtime)


def request_id_of(request: Request) -> str:
    """The request's id: the caller's `X-Request-Id` when it is sane, else one made here."""
    return cast(str, request.scope["request_id"])


def context_of(request: Request) -> Context:
    """Who does what when: what the unit of work stamps on rows, events and the audit trail."""
    principal = caller(request)
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return Context(
        tenant=principal.tenant,
        actor=principal.subject,
        request_id=request_id_of(request),
        at=runtime_of(request).clock(),
        traceparent=carrier.get("traceparent"),
    )
