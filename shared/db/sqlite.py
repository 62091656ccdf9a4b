"""SQLite as a service's database: how its files are opened, for the one writer and for the readers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import URL, Connection, NullPool, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")
SECONDS_FOR_A_LOCK = 15.0
"""How long to wait for another process that writes."""

_WRITER = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_READER = ("query_only=ON",)


class _WriterConnection(aiosqlite.Connection):
    """Runs statements on the event loop's own thread; what may wait (locks, the disk) goes to the other thread.

    A statement inside an open transaction takes some 10 µs, handing it to a thread and back five times that. And a
    statement that never suspends cannot be cancelled half way, which would cost the whole group its transaction.
    """

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return fn(*args, **kwargs)

    async def begin(self) -> None:
        await super()._execute(self._conn.execute, "BEGIN IMMEDIATE")

    async def commit(self) -> None:
        await super()._execute(self._conn.commit)


def writer_engine(url: URL) -> AsyncEngine:
    """Each connection locks the database for writing when it begins. Meant for one connection at a time."""
    path = _path(url)

    async def connect() -> aiosqlite.Connection:
        connection = _WriterConnection(lambda: _open(path, check_same_thread=False), iter_chunk_size=64)
        connection._thread.daemon = True
        return await connection

    engine = create_async_engine(url, poolclass=NullPool, async_creator=connect)
    _on_connect(engine, _WRITER)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        driver.run_async(lambda writer: writer.begin())

    return engine


def reader_engine(url: URL, pool_size: int) -> AsyncEngine:
    """Connections that cannot write; each transaction sees one state of the database."""
    arguments = {"isolation_level": None, "timeout": SECONDS_FOR_A_LOCK}
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, connect_args=arguments)
    _on_connect(engine, _READER)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _path(url: URL) -> str:
    if url.database in (None, "", ":memory:"):
        raise ValueError("a service's SQLite database is a file: sqlite+aiosqlite:///folder/name.db")
    return str(url.database)


def _open(path: str, *, check_same_thread: bool) -> sqlite3.Connection:
    # isolation_level None: Python begins no transaction of its own accord.
    return sqlite3.connect(path, timeout=SECONDS_FOR_A_LOCK, isolation_level=None, check_same_thread=check_same_thread)


def _on_connect(engine: AsyncEngine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
