"""What one request carries along: its runtime, its id, its trace, its unit-of-work context."""

import re
from typing import cast

from fastapi import Request
from opentelemetry import propagate

from shared.db import Context
from shared.http.policies import caller
from shared.runtime.runtime import Runtime

_PREFIX = re.compile(r"/[a-z-]{1,40}")


def runtime_of(request: Request) -> Runtime:
    """The runtime that the app was made with."""
    return cast(Runtime, request.app.state.runtime)


def request_id_of(request: Request) -> str:
    """The request's id: the caller's `X-Request-Id` when it is sane, else one made here."""
    return cast(str, request.scope["request_id"])


def public_prefix(request: Request) -> str:
    """What stands before `/v1` for the caller: the mount point, or the prefix that the gateway took away."""
    forwarded = request.headers.get("x-forwarded-prefix", "")
    mounted: str = request.scope.get("root_path", "")
    return mounted or (forwarded if _PREFIX.fullmatch(forwarded) else "")


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
