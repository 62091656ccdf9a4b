"""The one object through which a service reaches its database."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, NullPool, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from shared.db import sqlite
from shared.db.coalescing import CoalescingWriter
from shared.db.columns import json_text
from shared.db.context import Context
from shared.db.exclusive import advisory_lock, file_lock
from shared.db.migration import upgrade
from shared.db.sessions import ReadSession, WriteSession
from shared.db.unit_of_work import UnitOfWork

Dialect = Literal["sqlite", "postgresql"]
SECONDS_TO_MIGRATE = 300.0
_PING_SECONDS = 5.0


class Database(ABC):
    """Opened once by a process, closed at its end; used within one event loop."""

    dialect: Dialect
    engine: AsyncEngine
    """The writing engine. On SQLite it locks the file at every begin; a service takes a unit of work instead."""

    @classmethod
    def open(cls, url: str, *, pool_size: int = 16, audit_key: bytes | None = None) -> Database:
        """`sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`; nothing connects before it is used.

        `pool_size` is the number of readers on SQLite, of connections in all on PostgreSQL. `audit_key` seals the audit
        trail: every session carries it in `info`. Raises ValueError for another database and for SQLite in memory.
        """
        parsed = make_url(url)
        match parsed.drivername:
            case "sqlite+aiosqlite":
                return _SqliteDatabase(parsed, pool_size, audit_key)
            case "postgresql+asyncpg":
                return _PostgresDatabase(parsed, pool_size, audit_key)
        raise ValueError(f"no such database: {parsed.drivername}; use sqlite+aiosqlite or postgresql+asyncpg")

    @asynccontextmanager
    async def unit_of_work(self, context: Context) -> AsyncIterator[UnitOfWork]:
        """One transaction: committed when the block ends, rolled back when it raises.

        What the database raises passes through as `sqlalchemy.exc.DBAPIError`, serialization failures included. A
        caller cancelled during the commit does not learn its outcome.
        """
        async with self._transaction() as session:
            session.info["audit_key"] = self._audit_key
            uow = UnitOfWork(session, context)
            yield uow
            await uow.complete()
        uow.announce()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """A session that sees one state of the database from its first query on and cannot change it."""
        async with ReadSession(self._readers, info={"audit_key": self._audit_key}) as session:
            yield session

    @abstractmethod
    def exclusive(self, name: str) -> AbstractAsyncContextManager[bool]:
        """True in one holder at a time among all processes with this database, False in the others, at once.

        Raises `ExclusiveLost` out of the block when the lock is lost meanwhile.
        """

    async def ping(self) -> None:
        """Raises when the database does not answer a query."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def is_away(self, error: Exception) -> bool:
        """Whether `error` came of a database that is gone, and not of what was asked of it."""
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return True
        if isinstance(error, SQLAlchemyError | OSError):
            try:
                async with asyncio.timeout(_PING_SECONDS):
                    await self.ping()
            except (SQLAlchemyError, OSError):
                return True
        return False

    async def migrate(self, script_location: str) -> None:
        """Bring the schema to the newest revision of `services/<name>/migrations`.

        Replicas may start together: one migrates, the others wait for it. Raises TimeoutError after five minutes.
        """
        async with asyncio.timeout(SECONDS_TO_MIGRATE):
            while not await self._migrate_alone(script_location):  # noqa: ASYNC110 - the others are other processes
                await asyncio.sleep(0.1)

    @abstractmethod
    async def close(self) -> None:
        """Finish what was begun and close every connection."""

    _readers: AsyncEngine
    _audit_key: bytes | None

    @abstractmethod
    def _transaction(self) -> AbstractAsyncContextManager[WriteSession]:
        """What a unit of work writes in: committed when the block ends."""

    async def _migrate_alone(self, script_location: str) -> bool:
        async with self.exclusive("migrate") as alone:
            if alone:
                await upgrade(self.engine, script_location)
            return alone


class _SqliteDatabase(Database):
    dialect = "sqlite"

    def __init__(self, url: URL, pool_size: int, audit_key: bytes | None) -> None:
        self._audit_key = audit_key
        self.engine = sqlite.writer_engine(url)
        self._readers = sqlite.reader_engine(url, pool_size)
        self._writer = CoalescingWriter(self.engine)
        self._path = Path(url.database or "")

    def exclusive(self, name: str) -> AbstractAsyncContextManager[bool]:
        plain = re.sub(r"[^\w.-]", "_", name)
        return file_lock(self._path.with_name(f"{self._path.name}.{plain}.lock"))

    async def close(self) -> None:
        await self._writer.close()
        await self.engine.dispose()
        await self._readers.dispose()

    def _transaction(self) -> AbstractAsyncContextManager[WriteSession]:
        return self._writer.transaction()


class _PostgresDatabase(Database):
    dialect = "postgresql"

    def __init__(self, url: URL, pool_size: int, audit_key: bytes | None) -> None:
        self._audit_key = audit_key
        self.engine = create_async_engine(
            url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, json_serializer=json_text
        )
        # One snapshot for the whole of a read, as SQLite gives it.
        self._readers = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._locks = create_async_engine(url, poolclass=NullPool)

    def exclusive(self, name: str) -> AbstractAsyncContextManager[bool]:
        return advisory_lock(self._locks, name)

    async def close(self) -> None:
        await self.engine.dispose()
        await self._locks.dispose()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[WriteSession]:
        async with WriteSession(self.engine, expire_on_commit=False) as session:
            yield session
            await AsyncSession.commit(session)
