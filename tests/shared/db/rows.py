"""A small table for the tests of the database, and the context of their units of work."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import Context, Database, JsonDocument, MoneyColumn, UtcDateTime

AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
CONTEXT = Context(tenant="north", actor="ann", request_id="r-1", at=AT)


class Base(DeclarativeBase):
    pass


class NoteRow(Base):
    __tablename__ = "note"

    id: Mapped[str] = mapped_column(primary_key=True)
    writer: Mapped[str] = mapped_column(default="")


class ValueRow(Base):
    __tablename__ = "kept_value"

    id: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[datetime | None] = mapped_column(UtcDateTime)
    amount: Mapped[Decimal | None] = mapped_column(MoneyColumn)
    document: Mapped[Any] = mapped_column(JsonDocument, nullable=True)


async def create_tables(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def note_ids(database: Database) -> set[str]:
    async with database.read() as session:
        return set(await session.scalars(select(NoteRow.id)))


async def note_count(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(NoteRow)) or 0
