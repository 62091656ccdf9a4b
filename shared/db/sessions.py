"""Two kinds of session, so that a signature says whether a function may change something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


class CommitOutsideUnitOfWork(RuntimeError):
    """A bug: code that was given a session ended the transaction, which is the unit of work's to end."""


class ReadSessionChanged(RuntimeError):
    """A bug: an object of a read session was added, changed or deleted."""


class _UnchangedSession(Session):
    def flush(self, objects: Sequence[Any] | None = None) -> None:
        if self.new or self.dirty or self.deleted:
            raise ReadSessionChanged("a read session holds changes; take a unit of work")


class ReadSession(AsyncSession):
    """One consistent look at the database. It refuses changes, here and in the database itself."""

    sync_session_class = _UnchangedSession

    async def commit(self) -> NoReturn:
        raise CommitOutsideUnitOfWork("a read session has nothing to commit")


class WriteSession(AsyncSession):
    """The session of a unit of work, which alone commits it or rolls it back. `begin_nested` is free to use."""

    async def commit(self) -> NoReturn:
        raise CommitOutsideUnitOfWork("the unit of work commits when its block ends")

    async def rollback(self) -> NoReturn:
        raise CommitOutsideUnitOfWork("raise an exception, and the unit of work rolls back")
