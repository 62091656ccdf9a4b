"""`revcycle events dead-letters`: what a service could not take, and giving it another chance."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

from revcycle.failures import UnknownService
from revcycle.services import SERVICES
from shared.events import Received, dead_letters, replay
from shared.events.dead_letters import ATTEMPTS, ERROR, ERROR_CODE, TOPIC
from shared.events.envelope import ID, TENANT
from shared.runtime import Settings, open_bus


def listed(service: str, limit: int, settings: Settings) -> list[str]:
    """The letters as JSON lines without their payload, which holds PHI. Raises UnknownService."""
    _must_exist(service)
    return asyncio.run(_listed(service, limit, settings))


def replayed(service: str, event_id: str | None, settings: Settings) -> str:
    """Put them back for the service; says how many. Raises UnknownService."""
    _must_exist(service)
    count = asyncio.run(_replayed(service, event_id, settings))
    return f"{count} events given to {service} again"


def _must_exist(service: str) -> None:
    if service not in SERVICES:
        raise UnknownService(f"there is no service {service!r}; there are {', '.join(SERVICES)}")


async def _listed(service: str, limit: int, settings: Settings) -> list[str]:
    bus = open_bus(settings)
    lines: list[str] = []
    try:
        async with aclosing(dead_letters(bus, service)) as letters:  # type: ignore[type-var]  # an async generator
            async for letter in letters:
                lines.append(_line(letter))
                if len(lines) == limit:
                    break
    finally:
        await bus.close()
    return lines


async def _replayed(service: str, event_id: str | None, settings: Settings) -> int:
    bus = open_bus(settings)
    try:
        return await replay(bus, service, None if event_id is None else [event_id])
    finally:
        await bus.close()


def _line(letter: Received) -> str:
    headers = letter.record.headers
    shown = {
        "event_id": headers.get(ID),
        "claim_id": letter.record.key,
        "tenant": headers.get(TENANT),
        "topic": headers.get(TOPIC),
        "attempts": headers.get(ATTEMPTS),
        "code": headers.get(ERROR_CODE),
        "error": headers.get(ERROR),
    }
    return json.dumps(shown)
