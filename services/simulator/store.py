"""What the clearinghouse keeps of each customer: how it behaves to them, what it has seen, receipts, files to fetch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, LargeBinary, String, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import JsonDocument, UtcDateTime, WriteSession, in_parts, new_id

MarkKind = Literal["number", "service"]


class Base(DeclarativeBase):
    """Tables of the simulator."""


class CustomerRow(Base):
    """One customer's sandbox. `box` names it in ids and cursors; `version` counts the interchanges taken."""

    __tablename__ = "customer"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    box: Mapped[str] = mapped_column(String(36))
    behaviour: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    """What the customer has set; None: as the settings have it."""
    version: Mapped[int] = mapped_column(default=0)
    next_control_number: Mapped[int] = mapped_column(default=1)
    next_sequence: Mapped[int] = mapped_column(default=1)
    next_position: Mapped[int] = mapped_column(default=1)


class ReceiptRow(Base):
    """An interchange that was taken, by the SHA-256 of its bytes."""

    __tablename__ = "receipt"
    __table_args__ = (Index("receipt_by_number", "tenant", "sender", "control_number"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    sender: Mapped[str] = mapped_column(String(15))
    control_number: Mapped[str] = mapped_column(String(9))
    claims: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MarkRow(Base):
    """A claim's control number, or a service in process, that was seen: its digest, for a service names the patient."""

    __tablename__ = "mark"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[MarkKind] = mapped_column(String(7), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)


class DecisionRow(Base):
    """A payer's decision on a claim, by the number that it gave to it: what a replacement or void takes back."""

    __tablename__ = "decision"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    payer_number: Mapped[str] = mapped_column(String(50), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JsonDocument)


class FileRow(Base):
    """An answer. `sequence` is the order in which they were made; `position` that in which they went out, once due."""

    __tablename__ = "file"
    __table_args__ = (
        Index("file_by_position", "tenant", "position", unique=True),
        Index("file_by_due", "tenant", "position", "due_at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(5))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    position: Mapped[int | None]


async def customer(session: AsyncSession, tenant: str) -> CustomerRow | None:
    return await session.get(CustomerRow, tenant)


def _insert(session: WriteSession, table: type[Base]) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


async def customer_for_change(session: WriteSession, tenant: str) -> CustomerRow:
    """The customer's row, made where there is none, locked until the unit of work ends."""
    fresh = {"box": new_id(), "version": 0, "next_control_number": 1, "next_sequence": 1, "next_position": 1}
    await session.execute(_insert(session, CustomerRow).values(tenant=tenant, **fresh).on_conflict_do_nothing())
    query = select(CustomerRow).where(CustomerRow.tenant == tenant).with_for_update()
    return (await session.scalars(query)).one()


async def receipt(session: AsyncSession, tenant: str, digest: str) -> ReceiptRow | None:
    return await session.get(ReceiptRow, (tenant, digest))


async def number_used(session: AsyncSession, tenant: str, sender: str, control_number: str) -> bool:
    """Whether another interchange came under this ISA13."""
    query = select(ReceiptRow.digest).where(
        ReceiptRow.tenant == tenant, ReceiptRow.sender == sender, ReceiptRow.control_number == control_number
    )
    return (await session.scalars(query.limit(1))).first() is not None


async def marked(session: AsyncSession, tenant: str, kind: MarkKind, digests: Collection[str]) -> frozenset[str]:
    """Those of the digests that were seen before."""
    found = set[str]()
    for part in in_parts(sorted(digests)):
        query = select(MarkRow.digest).where(MarkRow.tenant == tenant, MarkRow.kind == kind, MarkRow.digest.in_(part))
        found.update(await session.scalars(query))
    return frozenset(found)


async def add_marks(session: WriteSession, tenant: str, kind: MarkKind, digests: Iterable[str]) -> None:
    rows = [{"tenant": tenant, "kind": kind, "digest": digest} for digest in digests]
    if rows:
        await session.execute(insert(MarkRow), rows)


async def decisions(session: AsyncSession, tenant: str, payer_numbers: Collection[str]) -> Mapping[str, dict[str, Any]]:
    """Those of the payers' decisions that are kept, by their number."""
    found: dict[str, dict[str, Any]] = {}
    for part in in_parts(sorted(payer_numbers)):
        query = select(DecisionRow).where(DecisionRow.tenant == tenant, DecisionRow.payer_number.in_(part))
        found |= {row.payer_number: row.document for row in await session.scalars(query)}
    return found


async def add_decisions(session: WriteSession, tenant: str, documents: Mapping[str, dict[str, Any]]) -> None:
    if not documents:
        return
    rows = [{"tenant": tenant, "payer_number": number, "document": document} for number, document in documents.items()]
    await session.execute(_insert(session, DecisionRow).on_conflict_do_nothing(), rows)


async def add_files(session: WriteSession, files: Sequence[dict[str, Any]]) -> None:
    if files:
        await session.execute(insert(FileRow), files)


async def any_due(session: AsyncSession, tenant: str, at: datetime) -> bool:
    """Whether an answer is due that has not gone out."""
    return (await session.scalars(_due(tenant, at).limit(1))).first() is not None


async def send_due(session: WriteSession, box: CustomerRow, at: datetime) -> None:
    """Give every answer that is due its place among those that went out."""
    due = (await session.scalars(_due(box.tenant, at).order_by(FileRow.due_at, FileRow.sequence))).all()
    for sequence in due:
        change = update(FileRow).where(FileRow.tenant == box.tenant, FileRow.sequence == sequence)
        await session.execute(change.values(position=box.next_position))
        box.next_position += 1


def _due(tenant: str, at: datetime) -> Any:
    return select(FileRow.sequence).where(FileRow.tenant == tenant, FileRow.position.is_(None), FileRow.due_at <= at)


async def files_after(session: AsyncSession, tenant: str, position: int, limit: int) -> Sequence[FileRow]:
    """At most `limit` files that went out after the one at `position`."""
    query = select(FileRow).where(FileRow.tenant == tenant, FileRow.position > position)
    return (await session.scalars(query.order_by(FileRow.position).limit(limit))).all()


async def forget_files(session: WriteSession, tenant: str, before: datetime) -> None:
    """Files that went out before that time."""
    gone = delete(FileRow).where(FileRow.tenant == tenant, FileRow.position.is_not(None), FileRow.due_at < before)
    await session.execute(gone)
