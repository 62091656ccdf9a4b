"""The services by name, and where each one's two doors are: `app.create_app` and `worker.create_worker`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI

from revcycle.failures import UnknownService
from shared.events import Worker
from shared.runtime import Runtime

SERVICES = ("encoder", "grouper", "scrubber", "submission", "simulator")
"""In the order of the claim line; each is served below `/<name>` where several share a port."""

ISSUER = "issuer"
"""The local identity provider: no service of the line, but served in the same way."""


@dataclass(frozen=True)
class Doors:
    """How to make a service's HTTP app and, where it has one, its worker."""

    name: str
    create_app: Callable[[Runtime], FastAPI]
    create_worker: Callable[[Runtime], Worker] | None


def doors(name: str) -> Doors:
    """Raises UnknownService. Imports the service only now: one process loads what it serves."""
    if name not in SERVICES:
        raise UnknownService(f"there is no service {name!r}; the services are {', '.join((*SERVICES, ISSUER))}")
    app = import_module(f"services.{name}.app")
    has_worker = find_spec(f"services.{name}.worker") is not None
    worker = import_module(f"services.{name}.worker").create_worker if has_worker else None
    return Doors(name, app.create_app, worker)
