"""The log's tables. They live in the bus's own database, beside no service's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import JsonDocument

_TOPIC, _GROUP, _MEMBER = String(100), String(100), String(36)


class LogBase(DeclarativeBase):
    """Times are seconds since the epoch: leases are compared, never shown."""


class TopicRow(LogBase):
    __tablename__ = "log_topic"

    name: Mapped[str] = mapped_column(_TOPIC, primary_key=True)
    partitions: Mapped[int]
    kept_seconds: Mapped[float] = mapped_column(Float)


class PartitionRow(LogBase):
    """`next_offset` is raised in the transaction that appends: the row's lock makes offsets gapless and in order."""

    __tablename__ = "log_partition"

    topic: Mapped[str] = mapped_column(_TOPIC, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    next_offset: Mapped[int] = mapped_column(BigInteger, default=0)


class RecordRow(LogBase):
    __tablename__ = "log_record"
    __table_args__ = (
        ForeignKeyConstraint(["topic", "number"], ["log_partition.topic", "log_partition.number"]),
        Index("ix_log_record_appended_at", "topic", "appended_at"),
    )

    topic: Mapped[str] = mapped_column(_TOPIC, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    headers: Mapped[bytes] = mapped_column(LargeBinary)
    """A JSON object; nobody queries it, and as bytes it costs least."""
    value: Mapped[bytes] = mapped_column(LargeBinary)
    appended_at: Mapped[float] = mapped_column(Float)


class MemberRow(LogBase):
    """A consumer that is alive until its lease ends."""

    __tablename__ = "log_member"

    group: Mapped[str] = mapped_column(_GROUP, primary_key=True)
    member: Mapped[str] = mapped_column(_MEMBER, primary_key=True)
    topics: Mapped[Any] = mapped_column(JsonDocument)
    lease_until: Mapped[float] = mapped_column(Float)


class ClaimRow(LogBase):
    """Who reads a partition for a group, and how far the group has come.

    `generation` rises with every change of owner; a commit that names an older one is refused.
    """

    __tablename__ = "log_claim"

    group: Mapped[str] = mapped_column(_GROUP, primary_key=True)
    topic: Mapped[str] = mapped_column(_TOPIC, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    committed: Mapped[int] = mapped_column(BigInteger, default=0)
    owner: Mapped[str | None] = mapped_column(_MEMBER)
    generation: Mapped[int] = mapped_column(default=0)
