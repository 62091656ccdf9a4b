"""One change and everything that belongs to it: rows, events, audit entries, in one transaction."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from shared.db.context import Context
from shared.db.sessions import WriteSession

Step = Callable[[], Awaitable[None]]


class UnitOfWork:
    """What `Database.unit_of_work` gives: commits when its block ends, rolls back on any exception.

    Keep it short: on SQLite every other unit waits for its turn meanwhile. Call no other service inside.
    """

    def __init__(self, session: WriteSession, context: Context) -> None:
        self.session = session
        self.context = context
        self._before: deque[Step] = deque()
        self._last: deque[Step] = deque()
        self._after: list[Callable[[], None]] = []

    def before_commit(self, step: Step, *, last: bool = False) -> None:
        """Run `step` in this transaction just before the commit, in the order of the calls.

        A `last` step comes after all others: it takes a lock that many units want, and holds it for a moment only.
        What a step raises rolls the unit back. A step may add steps.
        """
        (self._last if last else self._before).append(step)

    def after_commit(self, step: Callable[[], None]) -> None:
        """Run `step` once the change is durable, to wake somebody up. What must not be lost goes before the commit."""
        self._after.append(step)

    async def complete(self) -> None:
        """Run the steps before the commit. For `Database` only."""
        while steps := self._before or self._last:
            await steps.popleft()()

    def announce(self) -> None:
        """Run the steps after the commit. For `Database` only."""
        for step in self._after:
            step()
