"""SQLite's one writer: many units of work share one COMMIT, and so one wait for the disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from shared.db.sessions import WriteSession

UNITS_PER_COMMIT = 256
SECONDS_PER_COMMIT = 0.05
"""Matters only while units keep coming: a group ends as soon as nobody waits."""
SECONDS_FOR_A_TURN = 60.0


class _Unit:
    """One unit of work in the writer's queue: first it waits for its turn, then for the commit that it shares."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        self.turn: asyncio.Future[AsyncConnection] = loop.create_future()
        self.ended: asyncio.Future[bool] = loop.create_future()
        self.durable: asyncio.Future[None] = loop.create_future()

    async def take_turn(self, connection: AsyncConnection) -> bool:
        """Let the unit work; answers whether it stays in the group. Raises what broke the whole group's transaction."""
        if self.turn.done():
            return False
        self.turn.set_result(connection)
        return await self.ended

    def leave(self) -> None:
        """The unit failed or was cancelled: it keeps nobody's turn and hears of no commit."""
        self.durable.cancel()
        if not self.ended.done():
            self.ended.set_result(False)

    def settle(self, error: Exception | None) -> None:
        """Tell the unit how its group's commit ended."""
        waiting = self.durable if self.turn.done() else self.turn
        if waiting.done():
            return
        if error is None:
            self.durable.set_result(None)
        else:
            waiting.set_exception(_of_this_unit(error))


def _settle(units: list[_Unit], error: Exception | None) -> None:
    for unit in units:
        unit.settle(error)


def _of_this_unit(error: Exception) -> Exception:
    """An exception is raised once only: each unit gets its own."""
    own = OperationalError("COMMIT", None, error)
    own.__cause__ = error
    return own


class CoalescingWriter:
    """Runs units of work one after another, each in a savepoint of the open group's transaction.

    The group is committed when nobody waits for a turn, or at its limit; its units return only then. A unit that fails
    or is cancelled loses its own savepoint and nothing else. A COMMIT that fails, fails every unit of its group.
    """

    def __init__(
        self, engine: AsyncEngine, *, units: int = UNITS_PER_COMMIT, seconds: float = SECONDS_PER_COMMIT
    ) -> None:
        self._engine = engine
        self._units = units
        self._seconds = seconds
        self._waiting: deque[_Unit] = deque()
        self._at_work: _Unit | None = None
        self._connection: AsyncConnection | None = None
        self._groups: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[WriteSession]:
        """A session whose work is durable when the block has ended.

        Raises RuntimeError inside another unit of the same task, TimeoutError when no turn came within a minute, and
        `sqlalchemy.exc.OperationalError` when the database could not be locked or the commit failed.
        """
        unit = self._enter()
        try:
            async with asyncio.timeout(SECONDS_FOR_A_TURN):
                connection = await unit.turn
            async with _savepoint(unit, connection) as session:
                yield session
        except BaseException:
            unit.leave()
            raise
        await unit.durable

    async def close(self) -> None:
        """Let the units that wait have their turn, then close the connection."""
        if self._groups is not None:
            await self._groups
        await self._disconnect()

    def _enter(self) -> _Unit:
        at_work = self._at_work
        if at_work is not None and at_work.task is asyncio.current_task() and not at_work.ended.done():
            raise RuntimeError("a unit of work inside a unit of work would wait for itself")
        unit = _Unit()
        self._waiting.append(unit)
        if self._groups is None or self._groups.done():
            # A task of its own: cancelling a unit's task must not cut a COMMIT that others share.
            self._groups = asyncio.create_task(self._commit_groups(), name="sqlite-writer")
        return unit

    async def _commit_groups(self) -> None:
        while self._waiting:
            group: list[_Unit] = []
            try:
                await self._commit_group(group)
            except Exception as error:  # noqa: BLE001 - every unit of the group raises it
                _settle(group or self._drain(), error)
                await self._disconnect()
            else:
                _settle(group, None)

    async def _commit_group(self, group: list[_Unit]) -> None:
        connection = await self._connect()
        driver: Any = (await connection.get_raw_connection()).driver_connection
        now = asyncio.get_running_loop().time
        async with connection.begin():
            limit = now() + self._seconds
            while self._waiting and len(group) < self._units and now() < limit:
                await self._give_turn(connection, group)
                if not driver.in_transaction:
                    raise sqlite3.OperationalError("SQLite rolled the group's transaction back")

    async def _give_turn(self, connection: AsyncConnection, group: list[_Unit]) -> None:
        self._at_work = unit = self._waiting.popleft()
        # In the group before its turn, so that it hears of a transaction that broke under it.
        group.append(unit)
        try:
            if not await unit.take_turn(connection):
                group.remove(unit)
        finally:
            self._at_work = None

    def _drain(self) -> list[_Unit]:
        units = list(self._waiting)
        self._waiting.clear()
        return units

    async def _connect(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


@asynccontextmanager
async def _savepoint(unit: _Unit, connection: AsyncConnection) -> AsyncIterator[WriteSession]:
    session = WriteSession(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    try:
        yield session
        await AsyncSession.commit(session)
        unit.ended.set_result(True)
    except BaseException:
        try:
            await AsyncSession.rollback(session)
        except Exception as error:
            # SQLite rolls the whole transaction back by itself when the disk is full or fails: the savepoint is gone.
            unit.ended.set_exception(error)
            raise
        raise
    finally:
        await session.close()
