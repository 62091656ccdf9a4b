"""Who does what when: what a unit of work stamps on rows, events and the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Context:
    """The tenant whose records are touched, the actor (a subject, or `system:<group>`), and the request behind it.

    `at` is the moment of the change in UTC; `traceparent` the W3C trace context that events carry on.
    """

    tenant: str
    actor: str
    request_id: str
    at: datetime
    traceparent: str | None = None

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise ValueError("a context's moment is in UTC")
