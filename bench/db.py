"""Units of work a second: one claim row and one outbox row in each, durable when counted. `python -m bench.db`."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, LargeBinary, Text, event, insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import Context, Database, new_id
from tests.fixtures.postgres import PostgresMissing, PostgresServer

CONTEXT = Context("bench", "bench", "bench", datetime(2026, 11, 2, tzinfo=UTC))
CLAIM = "x" * 2000
EVENT = CLAIM.encode()
"""The size of a claim document of a few lines."""


class Base(DeclarativeBase):
    pass


class ClaimRow(Base):
    __tablename__ = "claim"

    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)


class EventRow(Base):
    __tablename__ = "event"

    id: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


INSERT_CLAIM, INSERT_EVENT = insert(ClaimRow.__table__), insert(EventRow.__table__)


async def write(session: AsyncSession) -> None:
    await session.execute(INSERT_CLAIM, {"id": new_id(), "document": CLAIM})
    await session.execute(INSERT_EVENT, {"id": new_id(), "value": EVENT})


async def units_a_second(unit: Callable[[], Awaitable[None]], count: int, at_once: int) -> float:
    numbers = iter(range(count))

    async def work() -> None:
        for _ in numbers:
            await unit()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    return count / (time.perf_counter() - begun)


async def create_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


@asynccontextmanager
async def through_database(url: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    database = Database.open(url)
    await create_tables(database.engine)

    async def unit() -> None:
        async with database.unit_of_work(CONTEXT) as uow:
            await write(uow.session)

    yield unit
    await database.close()


@asynccontextmanager
async def one_commit_each(url: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """What one would write without thinking: a pool of aiosqlite connections, equally durable."""
    engine = create_async_engine(
        url, pool_size=16, max_overflow=0, connect_args={"isolation_level": None, "timeout": 60}
    )
    event.listen(engine.sync_engine, "connect", _make_durable)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    await create_tables(engine)

    async def unit() -> None:
        async with AsyncSession(engine) as session, session.begin():
            await write(session)

    yield unit
    await engine.dispose()


def _make_durable(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined] # the driver's connection
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def measure_sqlite(folder: Path) -> None:
    for name, opened, count in (
        ("one commit each", one_commit_each, 500),
        ("coalescing writer", through_database, 5000),
    ):
        for at_once in (16, 64):
            async with opened(f"sqlite+aiosqlite:///{folder / f'{new_id()}.db'}") as unit:
                show(f"SQLite, {name}", at_once, await units_a_second(unit, count, at_once))


async def measure_postgres(server: PostgresServer) -> None:
    for at_once in (16, 64):
        async with through_database(server.create_database()) as unit:
            show("PostgreSQL", at_once, await units_a_second(unit, 2000, at_once))


def show(database: str, at_once: int, rate: float) -> None:
    print(f"{database:<28}{at_once:>4} at once {rate:>10,.0f} units/s")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure_sqlite(Path(folder)))
    try:
        server = PostgresServer()
    except PostgresMissing as missing:
        print(missing)
        return
    try:
        server.start()
        asyncio.run(measure_postgres(server))
    finally:
        server.remove()


if __name__ == "__main__":
    main()
