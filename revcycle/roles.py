"""Which of a service's doors a process opens."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The REST API and the event worker of a service scale apart: latency moves one, lag the other."""

    API = "api"
    WORKER = "worker"
    ALL = "all"
