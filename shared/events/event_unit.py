"""Many events in one transaction, each in its own context: the unit of work that a handler gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.db import Context, UnitOfWork


class EventUnit(UnitOfWork):
    """One event's part of the batch's unit of work: the same transaction, the event's tenant, id and trace.

    Its steps run with the batch's, so that a lock which many want is taken after all handlers are through. What others
    keep in `session.info` belongs to one unit of work (the audit trail's pending acts do): each event has its own.
    """

    def __init__(self, batch: UnitOfWork, context: Context) -> None:
        super().__init__(batch.session, context)
        self._batch = batch
        self._notes: dict[Any, Any] = dict(batch.session.info)

    @contextmanager
    def own_notes(self) -> Iterator[None]:
        """Within it, `session.info` is this event's. The handler runs in it, and so does each of its steps."""
        notes = self.session.info
        batchs = dict(notes)
        notes.clear()
        notes.update(self._notes)
        try:
            yield
        finally:
            self._notes = dict(notes)
            notes.clear()
            notes.update(batchs)

    def before_commit(self, step: Callable[[], Awaitable[None]], *, last: bool = False) -> None:
        async def with_own_notes() -> None:
            with self.own_notes():
                await step()

        self._batch.before_commit(with_own_notes, last=last)

    def after_commit(self, step: Callable[[], None]) -> None:
        self._batch.after_commit(step)
