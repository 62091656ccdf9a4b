"""How long to wait after a failure, and waiting in a way that a stop ends at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, wait_random_exponential


@dataclass(frozen=True)
class BackOff:
    """Waits grow by two from `first` to `longest` seconds, each drawn at random below its bound ("full jitter")."""

    first: float = 0.2
    longest: float = 30.0

    def after(self, failures: int) -> float:
        """Seconds to wait after that many failures in a row, 1 and more."""
        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = failures
        return wait_random_exponential(multiplier=self.first, max=self.longest, min=self.first / 2)(state)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until `stop` is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
