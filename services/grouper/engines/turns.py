"""Who gets the next idle worker: the urgent before the patient, the first to come before the others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Hands out things of which each serves one at a time. For one event loop."""

    def __init__(self, things: Iterable[T]) -> None:
        self._idle = list(things)
        self._urgent: deque[asyncio.Future[T]] = deque()
        self._patient: deque[asyncio.Future[T]] = deque()

    @property
    def waiting(self) -> int:
        """How many urgent ones wait."""
        return len(self._urgent)

    def empty(self) -> bool:
        """Whether nothing is idle."""
        return not self._idle

    async def take(self, *, urgent: bool) -> T:
        """The thing that was given back last, or the next that is. Who takes it must give it back."""
        if self._idle:
            return self._idle.pop()
        turn: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        queue = self._urgent if urgent else self._patient
        queue.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(turn.result())
            else:
                queue.remove(turn)
            raise

    def give(self, thing: T) -> None:
        """Back to whoever is next."""
        for queue in (self._urgent, self._patient):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(thing)
                    return
        self._idle.append(thing)
