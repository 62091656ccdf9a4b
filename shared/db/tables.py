"""The base of the tables that every service has: outbox, inbox, deliveries, idempotency keys, audit trail."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class InfrastructureBase(DeclarativeBase):
    """Its classes live beside the code that uses them; `shared.db.infrastructure` creates their tables."""
