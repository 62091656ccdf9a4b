"""SQLite as a service's database: how its file is opened, for the one writer and for the readers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, NullPool, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import Pool
from sqlalchemy.util import await_only

from shared.db.columns import json_text

SECONDS_FOR_A_LOCK = 15.0
"""How long to wait for another process that writes."""

_WRITER = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_READER = ("query_only=ON",)


class WriterDialect(SQLiteDialect_pysqlite):
    """Statements run on the event loop's own thread; what waits for a lock or the disk runs on another.

    A statement inside an open transaction takes some 10 µs, handing it to a thread and back many times that. And a
    statement that never suspends cannot be cancelled half way, which would cost a whole group its transaction.
    """

    driver = "writer"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        return NullPool

    def do_begin(self, dbapi_connection: Any) -> None:
        await_only(asyncio.to_thread(dbapi_connection.execute, "BEGIN IMMEDIATE"))

    def do_commit(self, dbapi_connection: Any) -> None:
        await_only(asyncio.to_thread(dbapi_connection.commit))

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        await_only(_at_once(cursor.execute, statement, parameters))

    # SQLAlchemy would compile each of these anew, for their names differ; that takes longer than to run them.
    def do_savepoint(self, connection: Connection, name: str) -> None:
        connection.exec_driver_sql(f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        connection.exec_driver_sql(f"RELEASE {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        connection.exec_driver_sql(f"ROLLBACK TO {name}")

    def get_driver_connection(self, connection: Any) -> Any:
        return connection


async def _at_once(call: Callable[..., object], *arguments: object) -> None:
    """SQLAlchemy insists on an await in every execution, so that it notices a driver which blocks by mistake."""
    call(*arguments)


class _Cursor(sqlite3.Cursor):
    async def _async_soft_close(self) -> None:
        """What SQLAlchemy awaits on a cursor of an asyncio driver before it reads rows that such a driver has buffered.

        Here they are still with the cursor, which is closed when they have been read.
        """


class _LoopConnection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class ReaderDialect(WriterDialect):
    """A reader waits for nobody: in WAL mode it sees the last commit, so that all of it runs on the loop's thread.

    Through a thread each statement of a busy process would wait twice for the interpreter's lock, 5 ms at a time.
    """

    driver = "reader"
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        return AsyncAdaptedQueuePool

    def do_begin(self, dbapi_connection: Any) -> None:
        await_only(_at_once(dbapi_connection.execute, "BEGIN"))

    def do_commit(self, dbapi_connection: Any) -> None:
        await_only(_at_once(dbapi_connection.commit))


registry.register("sqlite.writer", __name__, WriterDialect.__name__)
registry.register("sqlite.reader", __name__, ReaderDialect.__name__)


def writer_engine(url: URL) -> AsyncEngine:
    """Each connection locks the database for writing when it begins. Raises ValueError for one in memory."""
    if url.database in (None, "", ":memory:"):
        raise ValueError("a service's SQLite database is a file: sqlite+aiosqlite:///folder/name.db")
    options = _options() | {"factory": _LoopConnection}
    writer = url.set(drivername="sqlite+writer")
    return _configured(create_async_engine(writer, connect_args=options, json_serializer=json_text), _WRITER)


def reader_engine(url: URL, pool_size: int) -> AsyncEngine:
    """Connections that cannot write; each transaction sees one state of the database."""
    options = _options() | {"factory": _LoopConnection}
    reader = url.set(drivername="sqlite+reader")
    return _configured(create_async_engine(reader, pool_size=pool_size, max_overflow=0, connect_args=options), _READER)


def _options() -> dict[str, Any]:
    # isolation_level None: Python's driver begins no transaction of its own accord.
    return {"isolation_level": None, "timeout": SECONDS_FOR_A_LOCK}


def _configured(engine: AsyncEngine, pragmas: tuple[str, ...]) -> AsyncEngine:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
