"""Many events in one transaction, each in its own context: the unit of work that a handler gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from shared.db import Context, UnitOfWork


class EventUnit(UnitOfWork):
    """One event's part of the batch's unit of work: the same transaction, the event's tenant, id and trace.

    Its steps run with the batch's, so that a lock which many want is taken after all handlers are through.
    """

    def __init__(self, batch: UnitOfWork, context: Context) -> None:
        super().__init__(batch.session, context)
        self._batch = batch

    def before_commit(self, step: Callable[[], Awaitable[None]], *, last: bool = False) -> None:
        self._batch.before_commit(step, last=last)

    def after_commit(self, step: Callable[[], None]) -> None:
        self._batch.after_commit(step)
