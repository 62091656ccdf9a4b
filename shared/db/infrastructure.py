"""The tables that every service has, as its first revision makes them. A later shape gets a function of its own."""

from __future__ import annotations

from types import ModuleType

import sqlalchemy as sa

from shared.db.columns import JsonDocument, UtcDateTime

_SQLITE_KEEPS_ENTRIES = [
    f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
    for act in ("UPDATE", "DELETE")
]
_POSTGRES_KEEPS_ENTRIES = [
    "CREATE FUNCTION audit_entry_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$",
    "CREATE TRIGGER audit_entry_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_only_grows()",
]


def create_v1(op: ModuleType) -> None:
    """For a service's revision 0001, before its own tables. `op` is Alembic's module of that name."""
    _create_outbox(op)
    _create_inbox(op)
    _create_delivery(op)
    _create_idempotency(op)
    _create_audit(op)


def _create_outbox(op: ModuleType) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("headers", JsonDocument(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sqlite_autoincrement=True,
    )


def _create_inbox(op: ModuleType) -> None:
    op.create_table(
        "inbox",
        sa.Column("group", sa.String(100), primary_key=True),
        sa.Column("event_id", sa.String(100), primary_key=True),
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("replay", sa.String(36), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_inbox_settled_at", "inbox", ["settled_at"])


def _create_delivery(op: ModuleType) -> None:
    op.create_table(
        "delivery",
        sa.Column("group", sa.String(100), primary_key=True),
        sa.Column("event_id", sa.String(100), primary_key=True),
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("event_type", sa.String(100), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(200), nullable=False),
        sa.Column("first_failed_at", UtcDateTime(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
    )


def _create_idempotency(op: ModuleType) -> None:
    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("subject", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("operation", sa.String(500), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("lock", sa.String(36), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", JsonDocument(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
    )
    op.create_index("ix_idempotency_expires_at", "idempotency", ["expires_at"])


def _create_audit(op: ModuleType) -> None:
    texts = ("at", "actor", "action", "record_type", "record_id", "details", "request_id", "previous_hash", "hash")
    op.create_table(
        "audit_entry",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
    )
    op.create_index("audit_entry_record", "audit_entry", ["tenant", "record_type", "record_id", "seq"])
    op.create_table(
        "audit_head",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_KEEPS_ENTRIES if sqlite else _POSTGRES_KEEPS_ENTRIES:
        op.execute(statement)
