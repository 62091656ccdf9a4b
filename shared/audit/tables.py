"""The two tables of the trail: the entries, which only grow, and where each tenant's chain ends."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import InfrastructureBase


class AuditEntryRow(InfrastructureBase):
    """One act. A trigger refuses to change or delete it. Texts that are hashed are kept as text, never converted."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("audit_entry_record", "tenant", "record_type", "record_id", "seq"),)

    tenant: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    record_type: Mapped[str] = mapped_column(Text)
    record_id: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)


class AuditHeadRow(InfrastructureBase):
    """The last entry of a tenant: shows when the end of the chain was cut off, and is locked to append."""

    __tablename__ = "audit_head"

    tenant: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)
